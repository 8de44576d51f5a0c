// SPDX-License-Identifier: MIT
// Folders of latents as the official PyTorch and JAX codes cache them: a file of torch.save for each picture,
// {"image": (2 channels, height, width), means, then deviations; "label": a number}.
#include <algorithm>
#include <charconv>

#include "core/error.hpp"
#include "core/team.hpp"
#include "data/data_print.hpp"
#include "data/latent_store.hpp"
#include "data/splits.hpp"
#include "io/torch_file.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostLabel = 1'000'000;

class LatentFiles final : public LatentStore {
  public:
    LatentFiles(std::vector<fs::path> files, Team& team) : files_(std::move(files)) {
        about_.count = std::ssize(files_);
        const Shape planes = image_of(read_torch_file(files_[0]), files_[0]).shape();
        about_.shape = {planes[1], planes[2], planes[0] / 2};
        about_.labels.resize(files_.size());
        team.split(about_.count, 16, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const fs::path& path = files_[static_cast<std::size_t>(i)];
                const NamedTensors file = read_torch_file(path);
                check_shape(image_of(file, path), path);
                about_.labels[static_cast<std::size_t>(i)] = label_of(file, path);
            }
        });
        for (std::int32_t label = 0; label <= std::ranges::max(about_.labels); ++label)
            about_.class_names.push_back(std::to_string(label));
        for (std::size_t i = 0; i < files_.size(); ++i) {
            std::error_code unknown;
            about_.digest = digest_of(fmt::format("{} {} {}", files_[i].filename().string(),
                                                  fs::file_size(files_[i], unknown), about_.labels[i]),
                                      about_.digest);
        }
    }

    void mix(std::int64_t i, int, float* z) const override {
        const fs::path& path = files_[static_cast<std::size_t>(i)];
        const NamedTensors file = read_torch_file(path);
        const Tensor& given = image_of(file, path);
        check_shape(given, path);
        Tensor planes(given.shape(), DType::f32);
        planes.copy_from(given);
        const std::int64_t channels = about_.shape[2], pixels = about_.shape[0] * about_.shape[1];
        const float* mean = planes.f32();
        const float* deviation = mean + channels * pixels;
        for (std::int64_t p = 0; p < pixels; ++p)
            for (std::int64_t c = 0; c < channels; ++c, ++z)
                *z = mean[c * pixels + p] + deviation[c * pixels + p] * *z;
    }

  private:
    static const Tensor& image_of(const NamedTensors& file, const fs::path& path) {
        const auto found = file.tensors.find("image");
        if (found == file.tensors.end())
            throw Error(fmt::format("[latents] {}: has no tensor 'image'", path.string()),
                        "a latent is {\"image\": means and deviations, \"label\": a number}");
        const Tensor& image = found->second;
        const bool numbers = image.dtype() == DType::f32 || image.dtype() == DType::f64 ||
                             image.dtype() == DType::f16 || image.dtype() == DType::bf16;
        check(
            image.shape().rank() == 3 && image.shape()[0] % 2 == 0 && image.count() > 0 && numbers,
            "[latents] {}: 'image' has shape {} and type {}, expected (2 channels, height, width) and floats",
            path.string(), image.shape(), name_of(image.dtype()));
        return image;
    }

    void check_shape(const Tensor& image, const fs::path& path) const {
        const Shape wanted{2 * about_.shape[2], about_.shape[0], about_.shape[1]};
        check(image.shape() == wanted, "[latents] {}: 'image' has shape {}, {} has {}", path.string(),
              image.shape(), files_[0].filename().string(), wanted);
    }

    /// A tensor of one number, or a plain number.
    static std::int32_t label_of(const NamedTensors& file, const fs::path& path) {
        std::int64_t label = -1;
        if (const auto found = file.tensors.find("label");
            found != file.tensors.end() && found->second.count() == 1) {
            const Tensor& one = found->second;
            if (one.dtype() == DType::i64) label = *static_cast<const std::int64_t*>(one.raw());
            if (one.dtype() == DType::i32) label = *static_cast<const std::int32_t*>(one.raw());
            if (one.dtype() == DType::u8) label = *static_cast<const std::uint8_t*>(one.raw());
        } else if (const auto note = file.notes.find("label"); note != file.notes.end()) {
            std::from_chars(note->second.data(), note->second.data() + note->second.size(), label);
        }
        check(label >= 0 && label <= kMostLabel, "[latents] {}: has no label from 0 to {}", path.string(),
              kMostLabel);
        return static_cast<std::int32_t>(label);
    }

    std::vector<fs::path> files_;
};

}  // namespace

std::vector<fs::path> latent_files_in(const fs::path& folder) {
    std::vector<std::string> parts;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_directory() && !split_of(entry.path().filename().string()).empty())
            parts.push_back(entry.path().filename().string());
    std::vector<fs::path> out;
    for (const auto& entry :
         fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
        if (entry.is_regular_file() && entry.path().extension() == ".pt") out.push_back(entry.path());
    std::ranges::sort(out);
    if (parts.size() > 1 && !out.empty())
        throw Error(
            fmt::format("[latents] {}: is made of the parts {} and {}", folder.string(), parts[0], parts[1]),
            "data.path names one of them");
    return out;
}

std::unique_ptr<LatentStore> open_latent_files(std::vector<fs::path> files, int threads) {
    Team team(threads);
    return std::make_unique<LatentFiles>(std::move(files), team);
}

}  // namespace mf
