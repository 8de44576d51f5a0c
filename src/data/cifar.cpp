// SPDX-License-Identifier: MIT
// CIFAR-10 and CIFAR-100 in their binary version.
#include <filesystem>
#include <set>
#include <sstream>

#include "data/image_sets.hpp"
#include "data/splits.hpp"
#include "data/stored_images.hpp"
#include "io/cifar_binary.hpp"
#include "io/file.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

struct Files {
    CifarLayout layout;
    std::vector<fs::path> batches;
    fs::path folder;  ///< where names of classes may be
};

/// The files of a folder that holds one of the two sets; no batches when it holds neither.
Files files_in(const fs::path& folder, bool train) {
    Files ten{CifarLayout::ten, {}, folder}, hundred{CifarLayout::hundred, {}, folder};
    if (train)
        for (int k = 1; k <= 5; ++k) ten.batches.push_back(folder / fmt::format("data_batch_{}.bin", k));
    else
        ten.batches.push_back(folder / "test_batch.bin");
    hundred.batches.push_back(folder / (train ? "train.bin" : "test.bin"));
    if (fs::exists(ten.batches[0])) return ten;
    if (!fs::exists(hundred.batches[0])) hundred.batches.clear();
    return hundred;
}

Files find_files(const fs::path& path, bool train) {
    if (!fs::is_directory(path)) {
        const auto layout = cifar_layout(InputFile(path).size());
        check(layout.has_value(),
              "[cifar] {}: {} bytes are no whole number of records of 3073 (CIFAR-10) or 3074 bytes "
              "(CIFAR-100)",
              path.string(), InputFile(path).size());
        return {*layout, {path}, path.parent_path()};
    }
    // The folder itself, or what the archive of the data set unpacks to.
    for (const char* inside : {"", "cifar-10-batches-bin", "cifar-100-binary"})
        if (Files files = files_in(path / inside, train); !files.batches.empty()) return files;
    throw MissingSplit(
        fmt::format("[cifar] {}: there is neither {} (CIFAR-10) nor {} (CIFAR-100)", path.string(),
                    train ? "data_batch_1.bin" : "test_batch.bin", train ? "train.bin" : "test.bin"),
        "data.path is the folder that the archive of the binary version unpacks to");
}

/// The lines of a file of names, or `otherwise` where there is none or it does not have `count` different ones.
std::vector<std::string> names_in(const fs::path& path, std::size_t count,
                                  std::vector<std::string> otherwise) {
    if (!fs::is_regular_file(path)) return otherwise;
    std::istringstream lines(read_file(path, 1 << 16));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
        if (!line.empty()) names.push_back(one_line(line));
    }
    const bool different = std::set<std::string>(names.begin(), names.end()).size() == names.size();
    return names.size() == count && different ? names : otherwise;
}

std::vector<std::string> numbers(int count) {
    std::vector<std::string> out;
    for (int k = 0; k < count; ++k) out.push_back(std::to_string(k));
    return out;
}

std::vector<std::string> class_names(const Files& files, bool coarse) {
    if (files.layout == CifarLayout::ten)
        return names_in(
            files.folder / "batches.meta.txt", 10,
            {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"});
    const int count = coarse ? 20 : 100;
    return names_in(files.folder / (coarse ? "coarse_label_names.txt" : "fine_label_names.txt"),
                    static_cast<std::size_t>(count), numbers(count));
}

std::unique_ptr<Dataset> make_cifar(const Settings& settings, const DataPlan& plan) {
    const ImageForm form = image_form(settings, plan);
    const bool coarse = settings.flag("data.coarse");
    const Files files = find_files(data_path(settings, "cifar", "the folder of the binary version's batches"),
                                   settings.text("data.split") == "train");
    check_usage(!coarse || files.layout == CifarLayout::hundred,
                "data.coarse=true: CIFAR-10 has no coarse labels");
    std::int64_t bytes = 0;
    for (const fs::path& path : files.batches) bytes += static_cast<std::int64_t>(InputFile(path).size());
    const Extent extent{kCifarSide, kCifarSide};
    check_memory("cifar", bytes / cifar_record_bytes(files.layout), extent, form);
    CifarBatch batch;
    for (const fs::path& path : files.batches) append_cifar(batch, path, files.layout);
    ImageStore store{batch.count(), kCifarSide, kCifarSide, 3, std::move(batch.pixels), {}, {}, {}};
    store.labels = coarse ? std::move(batch.coarse) : std::move(batch.labels);
    store.class_names = class_names(files, coarse);
    return std::make_unique<StoredImages>(formed(std::move(store), form, "cifar"), form.flip);
}

}  // namespace

DatasetEntry cifar() {
    OptionTable options = {
        {"data.path", OptionKind::text, "",
         "folder of the binary version (CIFAR-10 or CIFAR-100), or one .bin of it"},
        {.key = "data.split",
         .kind = OptionKind::text,
         .initial = "train",
         .help = "which files of a folder",
         .choices = {"train", "test"}},
        {"data.coarse", OptionKind::flag, "false", "CIFAR-100: its 20 coarse classes"},
    };
    for (Option& option : image_options(3, true)) options.push_back(std::move(option));
    return {"cifar", "CIFAR-10 and CIFAR-100 as binary files", options, make_cifar};
}

}  // namespace mf
