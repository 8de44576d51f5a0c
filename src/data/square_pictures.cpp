// SPDX-License-Identifier: MIT
#include "data/square_pictures.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/class_choice.hpp"
#include "data/data_print.hpp"
#include "data/filtered_resize.hpp"
#include "data/image_form.hpp"
#include "data/images.hpp"
#include "data/picture_reader.hpp"
#include "data/picture_tree.hpp"
#include "data/resize.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> cut(const PictureView& in, const CropRule& crop) {
    std::vector<std::uint8_t> square;
    if (crop.name == "adm") {
        square = adm_crop(in, crop.side);
    } else {
        square.resize(static_cast<std::size_t>(crop.side) *
                      static_cast<std::size_t>(crop.side * in.channels));
        crop_and_resize(square.data(), in, crop.side);
    }
    const std::int64_t pixels = std::int64_t{crop.side} * crop.side;
    std::vector<std::uint8_t> out(static_cast<std::size_t>(3 * pixels));
    convert_channels(out.data(), 3, square.data(), in.channels, pixels);
    return out;
}

/// A folder of pictures.
class FolderSquares final : public SquarePictures {
  public:
    FolderSquares(const Settings& settings, const CropRule& crop, std::int64_t most)
        : folder_(data_path(settings, "image_folder", "the folder of the pictures")),
          crop_(crop),
          skip_(settings.text("data.bad") == "skip"),
          ground_text_(settings.text("data.background")),
          ground_(colour_of("data.background", ground_text_)) {
        PictureTree tree = list_pictures(folder_, {settings.text("data.split"), std::nullopt, skip_});
        const ClassChoice choice = choose_classes(tree.class_names, settings.text("data.classes"));
        for (PictureTree::File& file : tree.files) {
            if (!tree.class_names.empty()) file.label = choice.label_of[static_cast<std::size_t>(file.label)];
            if (file.label >= 0) files_.push_back(std::move(file));
        }
        check(!files_.empty(), "[image_folder] {}: there are no pictures of these classes", folder_.string());
        if (most > 0 && most < std::ssize(files_)) files_.resize(static_cast<std::size_t>(most));
        count_ = std::ssize(files_);
        class_names_ = choice.names;
        remarks_ = std::move(tree.remarks);
        remarks_.insert(remarks_.end(), choice.remarks.begin(), choice.remarks.end());
    }

    std::int32_t label(std::int64_t i) const override { return files_[static_cast<std::size_t>(i)].label; }

    std::optional<std::vector<std::uint8_t>> read(std::int64_t i, std::string& why) const override {
        ImageForm form;
        form.size = crop_.name == "area" ? crop_.side : 0;  // a huge one is averaged down while it is read
        try {
            const Picture picture = read_for(files_[static_cast<std::size_t>(i)].path, form, ground_).picture;
            return cut({picture.pixels.data(), picture.width, picture.height, picture.channels}, crop_);
        } catch (const Error& error) {
            if (!skip_) throw Error(error.what(), "data.bad=skip leaves out what cannot be read");
            why = error.what();
            return std::nullopt;
        }
    }

    /// Of names, sizes and labels: files may be copied elsewhere, or touched.
    std::string print() const override {
        std::uint64_t digest = 0;
        for (const PictureTree::File& file : files_) {
            std::error_code unknown;
            digest = digest_of(fmt::format("{} {} {}", fs::relative(file.path, folder_, unknown).string(),
                                           fs::file_size(file.path, unknown), file.label),
                               digest);
        }
        return fmt::format("image_folder {:016x} background {} bad {}", digest, ground_text_,
                           skip_ ? "skip" : "refuse");
    }

  private:
    fs::path folder_;
    CropRule crop_;
    bool skip_;
    std::string ground_text_;
    Colour ground_;
    std::vector<PictureTree::File> files_;
};

/// A set that is held in memory, or drawn.
class HeldSquares final : public SquarePictures {
  public:
    HeldSquares(std::unique_ptr<Dataset> data, const Settings& settings, const CropRule& crop,
                std::int64_t most)
        : data_(std::move(data)), images_(data_->images()), name_(settings.text("data.name")), crop_(crop) {
        const Shape shape = data_->sample_shape();
        check_usage(images_ != nullptr && (shape[2] == 1 || shape[2] == 3),
                    "data.name={} has samples of shape {}; an autoencoder encodes pictures", name_, shape);
        const std::int64_t size = data_->size();
        if (size == 0 && most == 0)
            throw UsageError(fmt::format("data.name={} is endless", name_),
                             "--count N says how many to encode");
        count_ = size == 0 ? most : most == 0 ? size : std::min(size, most);
        class_names_ = images_->class_names();
        remarks_ = data_->remarks();
        if (size > 0) return;
        for (const auto& [key, value] : settings.items())  // what is drawn has no files to tell it by
            if (key.starts_with("data.")) keys_ += fmt::format(" {}={}", key, value);
    }

    std::int32_t label(std::int64_t i) const override {
        std::int32_t out = 0;
        take(i, &out);
        return out;
    }
    std::optional<std::vector<std::uint8_t>> read(std::int64_t i, std::string&) const override {
        const std::vector<float> values = take(i, nullptr);
        std::vector<std::uint8_t> bytes(values.size());
        std::ranges::transform(values, bytes.begin(), byte_of_value);
        const Shape shape = data_->sample_shape();
        return cut({bytes.data(), static_cast<int>(shape[1]), static_cast<int>(shape[0]),
                    static_cast<int>(shape[2])},
                   crop_);
    }
    std::string print() const override {
        std::uint64_t digest = 0;
        for (const std::string& part : images_->print().digests) digest = digest_of(part, digest);
        return fmt::format("{} {} {:016x}{}", name_, data_->sample_shape(), digest, keys_);
    }

  private:
    std::vector<float> take(std::int64_t i, std::int32_t* label) const {
        std::vector<float> out(static_cast<std::size_t>(data_->sample_shape().count()));
        images_->stored(out.data(), label, i);
        return out;
    }

    std::unique_ptr<Dataset> data_;
    const ImageDataset* images_;
    std::string name_, keys_;
    CropRule crop_;
};

}  // namespace

std::unique_ptr<SquarePictures> square_pictures(const Settings& settings, const CropRule& crop,
                                                std::int64_t most, int threads) {
    const std::string& name = settings.text("data.name");
    const bool stored = settings.has("data.path");
    for (const char* key : {"data.size", "data.flip", "data.channels"})
        if (stored && settings.has(key) && settings.was_set(key))
            throw UsageError(fmt::format("{} says what becomes of pictures that are learnt as they are", key),
                             "--size, --crop and --flip say what is encoded");
    if (name == "image_folder") return std::make_unique<FolderSquares>(settings, crop, most);
    return std::make_unique<HeldSquares>(dataset_catalogue().at(name).make(settings, {.threads = threads}),
                                         settings, crop, most);
}

std::string set_name_for(const std::string& path) {
    const auto holds = [&](const char* file) {
        std::error_code none;
        return fs::exists(fs::path(path) / file, none);
    };
    if (!fs::is_directory(path)) return fs::path(path).extension() == ".bin" ? "cifar" : "idx";
    for (const char* file :
         {"data_batch_1.bin", "test_batch.bin", "train.bin", "cifar-10-batches-bin", "cifar-100-binary"})
        if (holds(file)) return "cifar";
    for (const char* start : {"train-images", "t10k-images"})
        for (const char* end : {"-idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte", ".idx3-ubyte.gz"})
            if (holds((std::string(start) + end).c_str())) return "idx";
    return "image_folder";
}

}  // namespace mf
