// SPDX-License-Identifier: MIT
#include "generate/latent_encoder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "data/latent_manifest.hpp"
#include "io/checksum.hpp"
#include "io/folder_lock.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// Of the encoder's numbers, whatever the file calls them and whatever stands beside them.
std::string fingerprint(const SdVae& vae) {
    std::uint32_t sum = 0;
    for (const Param& param : vae.params().all()) {
        sum = crc32c(param.name, sum);
        sum = crc32c({static_cast<const char*>(param.value.raw()), param.value.bytes()}, sum);
    }
    return fmt::format("crc32c:{:08x}", sum);
}

std::string shard_name(std::int64_t number) { return fmt::format("{:06}.safetensors", number); }

class Encoding {
  public:
    Encoding(const SquarePictures& pictures, const EncodeRequest& request, const EncodeHooks& hooks,
             Team& team)
        : pictures_(pictures),
          request_(request),
          hooks_(hooks),
          team_(team),
          opened_(open_vae(request.vae, VaeHalf::encoder, request.precision, team)) {
        for (const std::string& line : opened_.remarks) tell(hooks.remarks, line);
        const SdVae::Config& config = opened_.vae->config();
        const std::string place = request.vae.string();
        check_usage(config.pixels == 3, "{}: encodes pictures of {} channels; only 3 are supported", place,
                    config.pixels);
        const std::int64_t side = request.crop.side, factor = config.factor();
        check_usage(side % factor == 0, "--size {}: this autoencoder wants a multiple of {}", side, factor);
        wanted_.shape = {side / factor, side / factor, config.latents};
        wanted_.variants = request.flip ? 2 : 1;
        wanted_.class_names = pictures.class_names();
        wanted_.recipe = {{"vae", fingerprint(*opened_.vae)},
                          {"precision", request.precision == Precision::bf16 ? "bf16" : "f32"},
                          {"numbers", name_of(request.numbers)},
                          {"crop", request.crop.name},
                          {"size", std::to_string(side)},
                          {"flip", request.flip ? "true" : "false"},
                          {"pictures", fmt::format("{} of {}", pictures.count(), pictures.print())},
                          {"pictures a file", std::to_string(request.shard)}};
    }

    EncodedSet run() {
        prepare_folder();
        const FolderLock lock(request_.out);
        const LatentManifest before = continued();
        sweep();
        EncodedSet out;
        out.shape = wanted_.shape;
        const std::int64_t shards = (pictures_.count() + request_.shard - 1) / request_.shard;
        bool changed = !before.complete;
        for (std::int64_t number = 0; number < shards; ++number) {
            const auto at = static_cast<std::size_t>(number);
            if (at < before.shards.size() && is_whole(before.shards[at])) {
                wanted_.shards.push_back(before.shards[at]);
                const std::int64_t first = number * request_.shard;
                out.reused += std::min(request_.shard, pictures_.count() - first);
                out.left_out += std::min(request_.shard, pictures_.count() - first) - before.shards[at].count;
                continue;
            }
            changed = true;
            if (!make(number, out)) return out;
            // What stands behind in the list stays listed: a damaged file in the middle costs that file.
            LatentManifest now = wanted_;
            if (before.shards.size() > at + 1)
                now.shards.insert(now.shards.end(), before.shards.begin() + number + 1, before.shards.end());
            write_manifest(request_.out, now);
        }
        out.count = wanted_.count();
        check(out.count > 0, "{}: not one of {} pictures could be read", request_.out.string(),
              pictures_.count());
        out.complete = wanted_.complete = true;
        if (changed) write_manifest(request_.out, wanted_);
        return out;
    }

  private:
    void prepare_folder() const {
        std::error_code code;
        const bool used = fs::exists(request_.out, code) &&
                          (!fs::is_directory(request_.out) || !fs::is_empty(request_.out));
        const bool only_lock = used && fs::is_directory(request_.out) &&
                               std::all_of(fs::directory_iterator(request_.out), {}, [](const auto& entry) {
                                   return entry.path().filename().string().starts_with('.');
                               });
        if (used && !only_lock && !fs::exists(request_.out / kManifestName))
            throw Error(fmt::format("{}: holds something else, expected a new folder or one of latents",
                                    request_.out.string()));
        fs::create_directories(request_.out, code);
        check(!code, "{}: cannot be made: {}", request_.out.string(), code.message());
    }

    /// What an earlier call listed; Error when it was of another set.
    LatentManifest continued() const {
        const auto before = read_manifest(request_.out);
        if (!before) {
            write_manifest(request_.out, wanted_);
            return wanted_;
        }
        const auto refuse = [&](const std::string& what, const std::string& now, const std::string& was) {
            throw Error(fmt::format("{}: holds latents made in another way: {} was {}, now {}",
                                    request_.out.string(), what, was, now),
                        "take another folder; one set is made in one way");
        };
        for (const auto& [key, value] : wanted_.recipe) {
            const auto found =
                std::ranges::find(before->recipe, key, &std::pair<std::string, std::string>::first);
            const std::string was = found == before->recipe.end() ? "not known" : found->second;
            if (was != value) refuse(key, value, was);
        }
        if (before->class_names != wanted_.class_names) refuse("the classes", "others", "others");
        if (before->shape != wanted_.shape) refuse("the shape", wanted_.shape.text(), before->shape.text());
        return *before;
    }

    /// What a killed process left under the names of files that were not finished.
    void sweep() const {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(request_.out)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with('.') && name.ends_with(".tmp")) fs::remove(entry.path(), ignored);
        }
    }

    bool is_whole(const LatentShard& shard) const {
        const std::string fault = fault_of(request_.out, shard, true);
        if (!fault.empty())
            tell(hooks_.remarks,
                 fmt::format("{}: {}; it is made again", (request_.out / shard.file).string(), fault));
        return fault.empty();
    }

    void encode(Pool& pool, std::vector<std::uint8_t>& square, Tensor& moments, std::int64_t row) const {
        const std::int64_t side = request_.crop.side;
        for (int variant = 0; variant < wanted_.variants; ++variant) {
            if (variant == 1)
                for (std::int64_t y = 0; y < side; ++y)
                    for (std::int64_t l = 0, r = side - 1; l < r; ++l, --r)
                        std::swap_ranges(&square[static_cast<std::size_t>(3 * (y * side + l))],
                                         &square[static_cast<std::size_t>(3 * (y * side + l))] + 3,
                                         &square[static_cast<std::size_t>(3 * (y * side + r))]);
            Tensor picture({1, side, side, 3}, DType::f32, &pool);
            std::ranges::transform(square, picture.f32(), value_of_byte);
            CpuDevice device(team_);
            const Context context{device, pool, nullptr, request_.precision};
            const Tensor got = mean_and_std(opened_.vae->moments(context, picture).value);
            const std::int64_t at = row * wanted_.variants + variant;
            moments.row_range(at, at + 1).copy_from(got);
        }
    }

    /// False when a stop was asked for.
    bool make(std::int64_t number, EncodedSet& out) {
        const std::int64_t first = number * request_.shard;
        const std::int64_t end = std::min(pictures_.count(), first + request_.shard);
        const std::int64_t numbers = 2 * wanted_.shape.count();
        Tensor moments({(end - first) * wanted_.variants, numbers}, request_.numbers);
        std::vector<std::int32_t> labels;
        Pool pool;
        for (std::int64_t i = first; i < end; ++i) {
            if (hooks_.wants_stop && hooks_.wants_stop()) return false;
            std::string why;
            if (auto square = pictures_.read(i, why)) {
                encode(pool, *square, moments, std::ssize(labels));
                labels.push_back(pictures_.label(i));
            } else {
                ++out.left_out;
                tell(hooks_.remarks, "left out: " + why);
            }
            if (hooks_.progress) hooks_.progress(i + 1, ++here_);
        }
        write(shard_name(number), moments, labels);
        return true;
    }

    void write(const std::string& name, const Tensor& moments, const std::vector<std::int32_t>& labels) {
        const std::int64_t count = std::ssize(labels);
        if (count == 0) {  // every picture of it was left out: a tensor of no rows has no memory
            TensorFile empty;
            empty.tensors.emplace("labels", Tensor::zeros({1}, DType::i32));
            write_safetensors(request_.out / name, empty);
        } else {
            TensorFile file;
            const Shape& shape = wanted_.shape;
            file.tensors.emplace("moments",
                                 moments.row_range(0, count * wanted_.variants)
                                     .reshaped({count, wanted_.variants, shape[0], shape[1], 2 * shape[2]}));
            Tensor numbers({count}, DType::i32);
            std::ranges::copy(labels, static_cast<std::int32_t*>(numbers.raw()));
            if (!wanted_.class_names.empty()) file.tensors.emplace("labels", numbers);
            write_safetensors(request_.out / name, file);
        }
        wanted_.shards.push_back(measured_shard(request_.out, name, count));
    }

    const SquarePictures& pictures_;
    const EncodeRequest& request_;
    const EncodeHooks& hooks_;
    Team& team_;
    OpenedVae opened_;
    LatentManifest wanted_;
    std::int64_t here_ = 0;
};

}  // namespace

EncodedSet encode_latents(const SquarePictures& pictures, const EncodeRequest& request,
                          const EncodeHooks& hooks, Team& team) {
    return Encoding(pictures, request, hooks, team).run();
}

}  // namespace mf
