// SPDX-License-Identifier: MIT
#include <fstream>
#include <future>
#include <iterator>

#include <unistd.h>

#include "core/error.hpp"
#include "plot/child.hpp"
#include "plot/figure.hpp"
#include "plot/script.hpp"
#include "plot/text.hpp"

namespace mf::plot {
namespace {

namespace fs = std::filesystem;

// A file under a temporary name that takes its real name in the end, or vanishes.
class FileInTheMaking {
  public:
    explicit FileInTheMaking(fs::path target) : target_(std::move(target)) {
        name_ = fmt::format(".{}.{}.part", target_.filename().string(), ::getpid());
    }
    ~FileInTheMaking() {
        std::error_code ignored;
        fs::remove(path(), ignored);
    }
    FileInTheMaking(const FileInTheMaking&) = delete;
    FileInTheMaking& operator=(const FileInTheMaking&) = delete;

    const std::string& name() const { return name_; }
    fs::path path() const { return target_.parent_path() / name_; }
    void finish() const {
        std::error_code error;
        fs::rename(path(), target_, error);
        check(!error, "[draw] {} cannot be written: {}", target_.string(), error.message());
    }

  private:
    fs::path target_;
    std::string name_;
};

void write_text(const fs::path& path, const std::string& text) {
    const FileInTheMaking file(path);
    std::ofstream out(file.path(), std::ios::binary);
    out << text;
    out.close();
    check(out.good(), "[draw] {} cannot be written", path.string());
    file.finish();
}

std::string last_line(const std::string& text) {
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) return "it said nothing";
    const std::string_view until = std::string_view(text).substr(0, end + 1);
    return one_line(until.substr(until.find_last_of('\n') + 1));  // npos + 1 is 0
}

// gnuplot does not always notice that the disk is full: a whole picture ends in the right way.
bool is_whole(const fs::path& path, Format format) {
    std::ifstream in(path, std::ios::binary);
    in.seekg(-16, std::ios::end);
    const std::string end{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return end.find(format == Format::png ? "IEND" : "</svg>") != std::string::npos;
}

void draw_one(const fs::path& gnuplot, const fs::path& stem, Format format) {
    const std::string extension = format == Format::png ? "png" : "svg";
    const FileInTheMaking picture(stem.string() + "." + extension);
    // "./" keeps gnuplot from reading anything into the name ("|command", "~", "-").
    const std::string settings =
        fmt::format("format='{}'; target={}", extension, gnuplot_text("./" + picture.name()));
    const fs::path folder = stem.parent_path();
    // -d: the figure does not depend on the gnuplotrc of whoever runs it.
    const ChildResult result =
        run_child(gnuplot, {"-d", "-e", settings, "./" + stem.filename().string() + ".gp"}, folder);
    const std::string script = stem.string() + ".gp";
    check(result.code == 0, "[draw] gnuplot failed on {} (exit code {}): {}", script, result.code,
          last_line(result.errors));
    check(is_whole(picture.path(), format), "[draw] gnuplot left no whole picture for {}: {}", script,
          last_line(result.errors));
    picture.finish();
}

}  // namespace

bool can_draw() { return find_program("gnuplot").has_value(); }

std::vector<fs::path> draw(const Figure& figure, const fs::path& stem, const std::vector<Format>& formats) {
    const std::string name = stem.filename().string();
    check_usage(!name.empty() && name != "." && name != "..", "[draw] '{}' names no file", stem.string());
    check_usage(one_line(name) == name, "[draw] the file name '{}' has characters that gnuplot cannot take",
                one_line(name));
    const Script script = script_of(figure, name);
    const fs::path absolute = fs::absolute(stem);
    std::error_code error;
    fs::create_directories(absolute.parent_path(), error);
    check(!error, "[draw] folder {} cannot be made: {}", absolute.parent_path().string(), error.message());
    write_text(absolute.string() + ".tsv", script.data);
    write_text(absolute.string() + ".gp", script.commands);

    const auto gnuplot = find_program("gnuplot");
    if (!gnuplot)
        throw Error(fmt::format("[draw] gnuplot is not installed; {}.gp is ready for it", stem.string()),
                    "apt-get install gnuplot-nox");
    std::vector<fs::path> pictures;
    // All formats at once: gnuplot takes one core and about a second for each.
    std::vector<std::future<void>> drawn;
    for (const Format format : formats) {
        drawn.push_back(
            std::async(std::launch::async, [&, format] { draw_one(*gnuplot, absolute, format); }));
        pictures.emplace_back(stem.string() + (format == Format::png ? ".png" : ".svg"));
    }
    for (std::future<void>& one : drawn) one.get();
    return pictures;
}

}  // namespace mf::plot
