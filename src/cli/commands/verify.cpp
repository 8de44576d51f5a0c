// SPDX-License-Identifier: MIT
// meanflow verify: this build against golden vectors, a line a file.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/verify/kinds.hpp"
#include "core/error.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

struct Case {
    std::string file, status, remark;
    double worst = 0, tolerance = 0;
    std::string tensor;
};

Case verify_file(const fs::path& path, Team& team) {
    Case out{path.filename().string(), "failed", "", 0, 0, ""};
    const VerifyKind* kind = kind_of(out.file);
    if (kind == nullptr) {
        out.status = "skipped";
        out.remark = "this build knows no such kind";
        return out;
    }
    try {
        const Reference reference(path);
        Comparison comparison(reference);
        kind->verify(reference, comparison, team);
        const std::size_t unseen = comparison.unseen().size();
        out.status = comparison.passed() ? "passed" : "failed";
        out.worst = comparison.worst();
        out.tolerance = comparison.tolerance();
        out.tensor = comparison.tensor();
        out.remark = fmt::format("{} tensors", comparison.compared());
        if (unseen > 0) out.remark += fmt::format(", {} not known: {}", unseen, comparison.unseen()[0]);
    } catch (const Error& error) {
        out.remark = error.what();
    }
    return out;
}

std::vector<fs::path> files_of(const fs::path& target) {
    if (fs::is_regular_file(target)) return {target};
    if (!fs::is_directory(target)) throw Error(fmt::format("{}: no such folder or file", target.string()));
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(target))
        if (entry.path().extension() == ".safetensors") out.push_back(entry.path());
    std::ranges::sort(out);
    if (out.empty())
        throw Error(fmt::format("{}: there is no .safetensors file in this folder", target.string()));
    return out;
}

void print_line(const Case& one) {
    if (one.tensor.empty())
        fmt::print("{:<8} {:<34} {}\n", one.status, one.file, one.remark);
    else
        fmt::print("{:<8} {:<34} worst {:.1e} of {:.0e} in {} ({})\n", one.status, one.file, one.worst,
                   one.tolerance, one.tensor, one.remark);
}

int run(const Invocation& invocation) {
    Team team(invocation.threads());
    std::vector<Json> rows;
    int failed = 0, passed = 0, skipped = 0;
    for (const fs::path& path : files_of(invocation.words[0])) {
        const Case one = verify_file(path, team);
        ++(one.status == "passed" ? passed : one.status == "failed" ? failed : skipped);
        rows.push_back(Json::object({{"file", one.file},
                                     {"status", one.status},
                                     {"worst", one.worst},
                                     {"tolerance", one.tolerance},
                                     {"tensor", one.tensor}}));
        if (!invocation.json() && (!invocation.quiet() || one.status == "failed")) print_line(one);
    }
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"cases", Json::array(rows)}}).text());
    else if (!invocation.quiet())
        fmt::print("{} passed, {} failed, {} skipped\n", passed, failed, skipped);
    return failed > 0 ? 1 : 0;
}

}  // namespace

Command verify_command() {
    Command out;
    out.name = "verify";
    out.summary = "check this build against golden vectors; exit code 1 if any differs";
    out.usage = "DIR|FILE.safetensors [--json]";
    out.example = "  meanflow verify tests/data";
    out.has_results = true;
    out.least_words = out.most_words = 1;
    out.run = run;
    return out;
}

}  // namespace mf::cli
