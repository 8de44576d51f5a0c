// SPDX-License-Identifier: MIT
#include "judge/picture_source.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/data_print.hpp"
#include "data/picture_reader.hpp"
#include "data/picture_tree.hpp"
#include "generate/pieces.hpp"
#include "generate/sample_file.hpp"
#include "generate/set_text.hpp"
#include "io/npz.hpp"
#include "io/picture_file.hpp"
#include "judge/image_arrays.hpp"

namespace mf {

namespace fs = std::filesystem;

std::string file_print(const fs::path& path) {
    const auto time = fs::last_write_time(path).time_since_epoch();
    return fmt::format("{} {} {}", path.filename().string(), fs::file_size(path),
                       std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

namespace {

constexpr std::int64_t kPortionNumbers = 1 << 22;  // of images drawn at a time

PictureSize size_of(const Shape& shape) { return {static_cast<int>(shape[0]), static_cast<int>(shape[1])}; }

class ModelPictures final : public PictureSource {
  public:
    ModelPictures(const LoadedModel& model, SampleRequest request, const fs::path& file, ByteRule bytes,
                  const Team& team)
        : model_(model), request_(std::move(request)), file_(file), bytes_(bytes) {
        shape_ = model.shown_shape();
        if (shape_.rank() != 3 || (shape_[2] != 1 && shape_[2] != 3))
            throw UsageError(fmt::format("{}: has samples of shape {}, expected pictures of 1 or 3 channels",
                                         file.string(), shape_),
                             shape_.rank() == 3 ? "--vae FILE makes pictures of latents" : "");
        const GuidanceRequest& g = request_.guidance;
        for (const auto* list : {&g.omega, &g.t_min, &g.t_max})
            check_usage(list->size() <= 1, "one strength and one interval at a time");
        const std::int64_t best = std::max<std::int64_t>(16, kPortionNumbers / shape_.count());
        portion_ = std::min({samples_in_piece(model, request_, team), best, std::int64_t{256}});
    }

    std::int64_t count() const override { return request_.count; }
    std::int64_t portion() const override { return portion_; }
    PictureSize size() const override { return size_of(shape_); }
    std::string print() const override {
        return fmt::format("{} first {}", set_text(model_, request_), request_.first);
    }
    std::vector<BytePicture> read(std::int64_t first, std::int64_t count, Team& team) override {
        SampleRequest part = request_;
        part.first = request_.first + first;
        part.count = count;
        request_.remarks = nullptr;  // once is enough
        const Samples samples = draw_samples(model_, part, team);
        std::vector<BytePicture> out(static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i)
            out[static_cast<std::size_t>(i)] = byte_picture(
                std::span(samples.values)
                    .subspan(static_cast<std::size_t>(i * shape_.count()),
                             static_cast<std::size_t>(shape_.count())),
                static_cast<int>(shape_[0]), static_cast<int>(shape_[1]), static_cast<int>(shape_[2]), bytes_,
                fmt::format("{}: sample {}", file_.string(), part.first + i));
        return out;
    }

  private:
    const LoadedModel& model_;
    SampleRequest request_;
    fs::path file_;
    ByteRule bytes_;
    Shape shape_;
    std::int64_t portion_ = 0;
};

class ArrayPictures final : public PictureSource {
  public:
    ArrayPictures(const fs::path& path, std::int64_t most, ByteRule bytes)
        : path_(path), bytes_(bytes), file_(path), reader_(file_.open(sample_array_name(file_))) {
        shape_ = image_shape(reader_.shape(), path.string());
        const std::int64_t all = reader_.shape()[0];
        count_ = most > 0 ? std::min(most, all) : all;
    }

    std::int64_t count() const override { return count_; }
    PictureSize size() const override { return size_of(shape_); }
    std::string print() const override { return fmt::format("{} first {}", file_print(path_), count_); }
    std::vector<BytePicture> read(std::int64_t first, std::int64_t count, Team&) override {
        while (at_ < first) at_ += reader_.read_rows(std::min<std::int64_t>(64, first - at_)).shape()[0];
        const Tensor rows = reader_.read_rows(count);
        at_ += count;
        std::vector<BytePicture> out;
        for (std::int64_t i = 0; i < count; ++i) {
            const std::string place = fmt::format("{}: image {}", path_.string(), first + i);
            out.push_back(picture_of_row(rows, i, place));
        }
        return out;
    }

  private:
    BytePicture picture_of_row(const Tensor& rows, std::int64_t i, const std::string& place) const {
        const Tensor row = rows.reshaped({rows.shape()[0], shape_.count()}).row_range(i, i + 1);
        std::vector<float> values;
        append_values(row, place, values);
        // Bytes are bytes under every rule.
        const ByteRule rule = is_of_bytes(rows) ? ByteRule::nearest : bytes_;
        return byte_picture(values, static_cast<int>(shape_[0]), static_cast<int>(shape_[1]),
                            static_cast<int>(shape_[2]), rule, place);
    }

    fs::path path_;
    ByteRule bytes_;
    ArrayFile file_;
    Shape shape_;
    NpyReader reader_;
    std::int64_t count_ = 0, at_ = 0;
};

class FolderPictures final : public PictureSource {
  public:
    FolderPictures(const fs::path& path, std::int64_t most, CropPlan crop, const Remarks& remarks)
        : path_(path), crop_(std::move(crop)), tree_(list_pictures(path, {})) {
        for (const std::string& line : tree_.remarks) tell(remarks, line);
        if (most > 0 && most < std::ssize(tree_.files)) tree_.files.resize(static_cast<std::size_t>(most));
    }

    std::int64_t count() const override { return std::ssize(tree_.files); }
    /// Of the first, which stands for all: whoever needs them equal crops them.
    PictureSize size() const override {
        if (crop_.side > 0 && crop_.rule != "none") return {crop_.side, crop_.side};
        const BytePicture first = one(tree_.files.front().path);
        return {first.height, first.width};
    }
    std::string print() const override {
        std::uint64_t digest = 0;
        for (const PictureTree::File& file : tree_.files)
            digest = digest_of(fs::relative(file.path, path_).string() + " " + file_print(file.path), digest);
        return fmt::format("folder of {} pictures {:016x} crop {} {}", tree_.files.size(), digest,
                           crop_.side > 0 ? crop_.rule : "none", crop_.side);
    }
    std::vector<BytePicture> read(std::int64_t first, std::int64_t count, Team& team) override {
        std::vector<BytePicture> out(static_cast<std::size_t>(count));
        team.split(count, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                out[static_cast<std::size_t>(i)] = one(tree_.files[static_cast<std::size_t>(first + i)].path);
        });
        return out;
    }

  private:
    BytePicture one(const fs::path& file) const {
        Picture picture = read_picture(file);
        if (crop_.side > 0 && crop_.rule != "none") {
            const PictureView view{picture.pixels.data(), picture.width, picture.height, picture.channels};
            std::vector<std::uint8_t> cut;
            if (crop_.rule == "adm") {
                cut = adm_crop(view, crop_.side);
            } else {
                cut.resize(static_cast<std::size_t>(crop_.side) * static_cast<std::size_t>(crop_.side) *
                           static_cast<std::size_t>(picture.channels));
                crop_and_resize(cut.data(), view, crop_.side);
            }
            picture.pixels = std::move(cut);
            picture.width = picture.height = crop_.side;
        }
        BytePicture out{picture.height, picture.width, {}};
        const std::int64_t pixels = std::int64_t{out.height} * out.width;
        out.pixels.resize(static_cast<std::size_t>(3 * pixels));
        convert_channels(out.pixels.data(), 3, picture.pixels.data(), picture.channels, pixels);
        return out;
    }

    fs::path path_;
    CropPlan crop_;
    PictureTree tree_;
};

class DataPictures final : public PictureSource {
  public:
    DataPictures(const ImageDataset& data, std::int64_t most, std::string name, ByteRule bytes)
        : data_(data), name_(std::move(name)), bytes_(bytes) {
        check_usage(data.size() > 0 || most > 0, "{}: is endless; --count says how many to take", name_);
        count_ = data.size() == 0 ? most : most > 0 ? std::min(most, data.size()) : data.size();
    }

    std::int64_t count() const override { return count_; }
    PictureSize size() const override { return size_of(data_.sample_shape()); }
    std::string print() const override {
        std::uint64_t digest = 0;
        for (const std::string& part : data_.print().digests) digest = digest_of(part, digest);
        return fmt::format("{} {} first {} {:016x}", name_, data_.sample_shape(), count_, digest);
    }
    std::vector<BytePicture> read(std::int64_t first, std::int64_t count, Team& team) override {
        const Shape shape = data_.sample_shape();
        std::vector<BytePicture> out(static_cast<std::size_t>(count));
        team.split(count, 1, [&](std::int64_t begin, std::int64_t end) {
            std::vector<float> values(static_cast<std::size_t>(shape.count()));
            for (std::int64_t i = begin; i < end; ++i) {
                data_.stored(values.data(), nullptr, first + i);
                // Stored pictures are bytes, whatever the rule for floats is.
                const ByteRule rule = data_.size() > 0 ? ByteRule::nearest : bytes_;
                out[static_cast<std::size_t>(i)] = byte_picture(
                    values, static_cast<int>(shape[0]), static_cast<int>(shape[1]),
                    static_cast<int>(shape[2]), rule, fmt::format("{}: image {}", name_, first + i));
            }
        });
        return out;
    }

  private:
    const ImageDataset& data_;
    std::string name_;
    ByteRule bytes_;
    std::int64_t count_ = 0;
};

}  // namespace

std::unique_ptr<PictureSource> pictures_of_model(const LoadedModel& model, const SampleRequest& request,
                                                 const fs::path& file, ByteRule bytes, const Team& team) {
    return std::make_unique<ModelPictures>(model, request, file, bytes, team);
}

std::unique_ptr<PictureSource> pictures_of_arrays(const fs::path& path, std::int64_t most, ByteRule bytes) {
    return std::make_unique<ArrayPictures>(path, most, bytes);
}

std::unique_ptr<PictureSource> pictures_of_folder(const fs::path& path, std::int64_t most,
                                                  const CropPlan& crop, const Remarks& remarks) {
    return std::make_unique<FolderPictures>(path, most, crop, remarks);
}

std::unique_ptr<PictureSource> pictures_of_data(const ImageDataset& data, std::int64_t most,
                                                const std::string& name, ByteRule bytes) {
    return std::make_unique<DataPictures>(data, most, name, bytes);
}

}  // namespace mf
