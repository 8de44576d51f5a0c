// SPDX-License-Identifier: MIT
// IDX files: MNIST, Fashion-MNIST and whatever else comes in their format.
#include "io/idx.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "data/image_sets.hpp"
#include "data/splits.hpp"
#include "data/stored_images.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// The file of one of these names, plain or packed.
std::optional<fs::path> find_file(const fs::path& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names)
        for (const char* ending : {"", ".gz"})
            if (fs::path path = folder / (name + ending); fs::exists(path)) return path;
    return std::nullopt;
}

/// "train-images-idx3-ubyte", "train-images.idx3-ubyte": both are in use.
std::vector<std::string> usual_names(const std::string& start, const std::string& what) {
    return {start + "-" + what + "-ubyte", start + "." + what + "-ubyte"};
}

struct IdxFiles {
    fs::path images;
    std::optional<fs::path> labels;
};

IdxFiles files_in(const fs::path& folder, const std::string& split) {
    const std::string start = split == "train" ? "train" : "t10k";
    const auto images = find_file(folder, usual_names(start + "-images", "idx3"));
    const auto labels = find_file(folder, usual_names(start + "-labels", "idx1"));
    if (images && labels) return {*images, labels};
    const std::string missing =
        usual_names(start + (images ? "-labels" : "-images"), images ? "idx1" : "idx3")[0];
    const std::string what =
        fmt::format("[idx] {}: there is no {}, plain or as .gz", folder.string(), missing);
    const std::string hint = "data.path is the folder of MNIST's four files, or one file of images";
    if (!images && !labels) throw MissingSplit(what, hint);
    throw Error(what, hint);
}

void replace(std::string& text, const std::string& what, const std::string& by) {
    if (const std::size_t at = text.rfind(what); at != std::string::npos) text.replace(at, what.size(), by);
}

/// Labels of x-images-idx3-ubyte.gz are in x-labels-idx1-ubyte.gz, or not packed.
IdxFiles files_beside(const fs::path& images) {
    std::string name = images.filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    std::string labels = name;
    replace(labels, "images", "labels");
    replace(labels, "idx3", "idx1");
    if (labels == name) return {images, std::nullopt};
    return {images, find_file(images.parent_path(), {labels})};
}

void read_images(ImageStore& store, const fs::path& path, std::uint64_t most_bytes) {
    IdxArray array = read_idx(path, most_bytes);
    const Shape& shape = array.shape;
    const std::int64_t channels = shape.rank() == 4 ? shape[3] : 1;
    check((shape.rank() == 3 || shape.rank() == 4) && (channels == 1 || channels == 3) && shape.count() > 0 &&
              std::max(shape[1], shape[2]) <= 1 << 15,
          "[idx] {}: values of shape {}, expected pictures: (count, height, width), with 1 or 3 channels "
          "behind",
          path.string(), shape);
    store.count = shape[0];
    store.height = static_cast<int>(shape[1]);
    store.width = static_cast<int>(shape[2]);
    store.channels = static_cast<int>(channels);
    store.pixels = std::move(array.values);
}

void read_labels(ImageStore& store, const fs::path& path, const std::vector<std::string>& names) {
    const IdxArray array = read_idx(path, std::uint64_t{1} << 32);
    check(array.shape.rank() == 1 && array.shape[0] == store.count,
          "[idx] {}: labels of shape {}, expected ({}), one for each picture", path.string(), array.shape,
          store.count);
    for (auto name = names.begin(); name != names.end(); ++name)
        check_usage(!name->empty() && std::find(names.begin(), name, *name) == name,
                    "data.names: class {} is called '{}'; every class wants a name of its own",
                    name - names.begin(), *name);
    store.class_names = names;
    if (names.empty())
        for (int k = 0; k <= std::ranges::max(array.values); ++k)
            store.class_names.push_back(std::to_string(k));
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        check(array.values[i] < store.class_names.size(),
              "[idx] {}: picture {} (byte {}) has label {}, expected 0 to {} (data.names has {} classes)",
              path.string(), i, 8 + i, array.values[i], store.class_names.size() - 1,
              store.class_names.size());
        store.labels.push_back(array.values[i]);
    }
}

std::unique_ptr<Dataset> make_idx(const Settings& settings, const DataPlan& plan) {
    const ImageForm form = image_form(settings, plan);
    const fs::path path =
        data_path(settings, "idx", "the folder of MNIST's four files, or one file of images");
    const IdxFiles files =
        fs::is_directory(path) ? files_in(path, settings.text("data.split")) : files_beside(path);
    ImageStore store;
    read_images(store, files.images, static_cast<std::uint64_t>(form.memory_mib) << 20);
    if (files.labels)
        read_labels(store, *files.labels, settings.texts("data.names"));
    else
        store.remarks.push_back(
            fmt::format("{}: no file of labels beside it, so there are no classes", files.images.string()));
    return std::make_unique<StoredImages>(formed(std::move(store), form, "idx"), form.flip);
}

}  // namespace

DatasetEntry idx() {
    OptionTable options = {
        {"data.path", OptionKind::text, "", "folder of MNIST's files (plain or .gz), or one file of images"},
        {.key = "data.split",
         .kind = OptionKind::text,
         .initial = "train",
         .help = "which files of a folder: train-* or t10k-*",
         .choices = {"train", "test"}},
        {"data.names", OptionKind::texts, "", "names of the classes; none given: their numbers"},
    };
    for (Option& option : image_options(1, false)) options.push_back(std::move(option));
    return {"idx", "MNIST, Fashion-MNIST and other files in IDX format", options, make_idx};
}

}  // namespace mf
