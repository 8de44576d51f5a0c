// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/dtype.hpp"
#include "core/error.hpp"
#include "data/data_print.hpp"
#include "data/latent_manifest.hpp"
#include "data/latent_store.hpp"
#include "io/file.hpp"
#include "io/mapped_pages.hpp"
#include "io/safetensors.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// Means, then deviations of every pixel.
template <class T>
void mix_pixels(const T* moments, std::int64_t pixels, std::int64_t channels, float* z) {
    for (std::int64_t p = 0; p < pixels; ++p, moments += 2 * channels)
        for (std::int64_t c = 0; c < channels; ++c, ++z)
            *z = to_float(moments[c]) + to_float(moments[channels + c]) * *z;
}

class ShardedLatents final : public LatentStore {
  public:
    ShardedLatents(const fs::path& folder, const LatentManifest& manifest) {
        about_.shape = manifest.shape;
        about_.variants = manifest.variants;
        about_.class_names = manifest.class_names;
        for (const LatentShard& listed : manifest.shards) {
            about_.digest = digest_of(listed.checksum, about_.digest);
            if (listed.count > 0) add(folder / listed.file, listed.count);
        }
        check(about_.count > 0, "[latents] {}: holds no latents", folder.string());
    }

    void mix(std::int64_t i, int variant, float* z) const override {
        const auto after = std::ranges::upper_bound(shards_, i, {}, &Shard::first);
        const Shard& shard = *std::prev(after);
        const std::int64_t channels = about_.shape[2], pixels = about_.shape[0] * about_.shape[1];
        const std::uint64_t numbers = static_cast<std::uint64_t>(2 * channels * pixels);
        const std::uint64_t bytes = numbers * size_of(shard.dtype);
        const auto row = static_cast<std::uint64_t>((i - shard.first) * about_.variants + variant);
        const std::uint64_t offset = shard.offset + row * bytes;
        const std::byte* at = shard.mapping.bytes().data() + offset;
        if (shard.dtype == DType::f32)
            mix_pixels(reinterpret_cast<const float*>(at), pixels, channels, z);
        else
            mix_pixels(reinterpret_cast<const bfloat16*>(at), pixels, channels, z);
        let_go(shard.mapping, offset, bytes);
    }

  private:
    struct Shard {
        MappedFile mapping;
        std::int64_t first;
        DType dtype;
        std::uint64_t offset;  ///< of the moments
    };

    static const TensorEntry& entry_of(const SafetensorsHeader& header, const fs::path& path,
                                       const char* name) {
        const auto found = header.tensors.find(name);
        check(found != header.tensors.end(), "[latents] {}: has no tensor '{}'", path.string(), name);
        return found->second;
    }

    void add(const fs::path& path, std::int64_t count) {
        const SafetensorsHeader header = read_safetensors_header(path);
        const TensorEntry& moments = entry_of(header, path, "moments");
        const Shape wanted{count, about_.variants, about_.shape[0], about_.shape[1], 2 * about_.shape[2]};
        check(moments.shape == wanted && (moments.dtype == DType::f32 || moments.dtype == DType::bf16),
              "[latents] {}: moments of shape {} and type {}, expected {} and f32 or bf16", path.string(),
              moments.shape, name_of(moments.dtype), wanted);
        check(moments.offset % size_of(moments.dtype) == 0,
              "[latents] {}: its numbers stand at byte {}, which is not aligned", path.string(),
              moments.offset);
        shards_.push_back({MappedFile(path), about_.count, moments.dtype, moments.offset});
        if (!about_.class_names.empty()) add_labels(header, path, count);
        expect_random(shards_.back().mapping);
        about_.count += count;
    }

    void add_labels(const SafetensorsHeader& header, const fs::path& path, std::int64_t count) {
        const TensorEntry& labels = entry_of(header, path, "labels");
        check(labels.shape == Shape{count} && labels.dtype == DType::i32,
              "[latents] {}: labels of shape {} and type {}, expected ({}) and i32", path.string(),
              labels.shape, name_of(labels.dtype), count);
        const std::size_t before = about_.labels.size();
        about_.labels.resize(before + static_cast<std::size_t>(count));
        InputFile(path).read(labels.offset, about_.labels.data() + before, labels.bytes);
        const auto classes = static_cast<std::int32_t>(about_.class_names.size());
        for (std::size_t k = before; k < about_.labels.size(); ++k)
            check(about_.labels[k] >= 0 && about_.labels[k] < classes,
                  "[latents] {}: label {}, expected 0 to {}", path.string(), about_.labels[k], classes - 1);
    }

    std::vector<Shard> shards_;
};

}  // namespace

std::unique_ptr<LatentStore> open_latent_shards(const fs::path& folder, bool check_sums) {
    const auto manifest = read_manifest(folder);
    check(manifest.has_value(), "[latents] {}: holds no {}", folder.string(), kManifestName);
    if (!manifest->complete)
        throw Error(fmt::format("[latents] {}: is not finished: {} latents so far", folder.string(),
                                manifest->count()),
                    "the command 'meanflow data encode' that began it goes on");
    for (const LatentShard& shard : manifest->shards)
        if (const std::string fault = fault_of(folder, shard, check_sums); !fault.empty())
            throw Error(fmt::format("[latents] {}: {}", (folder / shard.file).string(), fault),
                        "the same 'meanflow data encode' makes what is missing or damaged again");
    return std::make_unique<ShardedLatents>(folder, *manifest);
}

}  // namespace mf
