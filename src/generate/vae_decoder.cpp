// SPDX-License-Identifier: MIT
#include "generate/vae_decoder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/checksum.hpp"
#include "models/tiled_decode.hpp"
#include "models/vae_weights.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kUsualGroups = 32, kUsualFirst = 128;

/// A number of a config.json as diffusers writes it beside its weights; 0 when there is none.
std::int64_t groups_beside(const fs::path& path) {
    const fs::path config = path.parent_path() / "config.json";
    std::error_code ignored;
    if (!fs::is_regular_file(config, ignored) || fs::file_size(config, ignored) > (1U << 20U)) return 0;
    const auto json = nlohmann::json::parse(read_file(config), nullptr, false);
    if (!json.is_object() || !json.contains("norm_num_groups") ||
        !json["norm_num_groups"].is_number_integer())
        return 0;
    return json["norm_num_groups"].get<std::int64_t>();
}

std::int64_t groups_of(const fs::path& path, const std::map<std::string, std::string>& metadata,
                       const std::vector<std::int64_t>& channels, std::vector<std::string>& remarks) {
    std::int64_t groups = 0;
    if (const auto found = metadata.find("norm_num_groups"); found != metadata.end()) {
        const std::string& text = found->second;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), groups);
        check(error == std::errc() && end == text.data() + text.size() && groups > 0,
              "{}: its metadata norm_num_groups says '{}', expected a number from 1 on", path.string(), text);
    }
    if (groups == 0) groups = groups_beside(path);
    if (groups == 0) {
        groups = kUsualGroups;
        if (channels[0] != kUsualFirst)
            remarks.push_back(
                fmt::format("{}: nothing says how many groups its norms have; {} are taken (metadata "
                            "norm_num_groups, or a config.json beside it, would)",
                            path.string(), groups));
    }
    for (const std::int64_t c : channels)
        check(groups > 0 && c % groups == 0, "{}: norms of {} groups do not go with {} channels",
              path.string(), groups, c);
    return groups;
}

void check_finite(const Tensor& tensor, const std::string& name, const std::string& place) {
    Tensor wide = tensor;
    if (tensor.dtype() != DType::f32) {
        wide = Tensor(tensor.shape(), DType::f32);
        wide.copy_from(tensor);
    }
    for (std::int64_t i = 0; i < wide.count(); ++i)
        check(std::isfinite(wide.f32()[i]), "{}: tensor {} holds {} at {}", place, name, wide.f32()[i], i);
}

}  // namespace

OpenedVae open_vae(const fs::path& path, VaeHalf half, Precision precision, Team& team) {
    const std::string place = path.string();
    OpenedVae out;
    out.mapping = std::make_shared<const NamedTensors>(read_weights_file(path));
    VaeWeights weights = vae_weights(out.mapping->tensors, place);
    out.form = weights.form;
    out.remarks = std::move(weights.remarks);
    SdVae::Config config = SdVae::detect(shapes_of(weights.tensors));
    const bool decodes = half == VaeHalf::decoder;
    check(decodes ? config.has_decoder : config.has_encoder, "{}: holds the {} of an autoencoder alone",
          place, decodes ? "encoder" : "decoder");
    config.has_encoder = !decodes, config.has_decoder = decodes;
    std::erase_if(weights.tensors, [decodes](const auto& one) {
        return one.first.starts_with(decodes ? "encoder." : "decoder.") ||
               one.first.starts_with(decodes ? "quant_conv." : "post_quant_conv.");
    });
    config.groups = groups_of(path, out.mapping->metadata, config.channels, out.remarks);
    out.vae = std::make_unique<SdVae>(config);
    NamedShapes wanted;
    for (const Param& param : out.vae->params().all()) wanted.emplace_back(param.name, param.shape);
    check_all_there(place, "autoencoder (VAE)", wanted, shapes_of(weights.tensors));
    for (const auto& [name, tensor] : weights.tensors) check_finite(tensor, name, place);
    out.vae->params().bind(weights.tensors, place);
    out.vae->prepare(team, precision);
    return out;
}

VaeDecoder::VaeDecoder(OpenedVae opened, const VaeRequest& request)
    : opened_(std::move(opened)),
      request_(request),
      scale_(latent_scale(request.scale, static_cast<std::size_t>(opened_.vae->config().latents))) {}

Shape VaeDecoder::shape(const Shape& sample) const {
    const SdVae::Config& config = vae().config();
    check_usage(sample.rank() == 3 && sample[2] == config.latents,
                "samples of shape {} are no latents of this autoencoder, which have {} channels", sample,
                config.latents);
    return {sample[0] * config.factor(), sample[1] * config.factor(), config.pixels};
}

std::vector<float> VaeDecoder::decode(Team& team, std::span<const float> samples, const Shape& sample,
                                      const Stop& stop) const {
    const Shape picture = shape(sample);
    const std::int64_t count = std::ssize(samples) / sample.count();
    std::vector<float> out(static_cast<std::size_t>(count * picture.count()));
    const TilePlan plan = plan_tiles(vae().config(), sample[0], sample[1], request_.bytes);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool, nullptr, request_.precision};
    for (std::int64_t i = 0; i < count; ++i) {
        end_if_asked(stop, "decoding");
        Tensor latent({1, sample[0], sample[1], sample[2]}, DType::f32, &pool);
        std::copy_n(samples.data() + i * sample.count(), sample.count(), latent.f32());
        scale_.to_latents(latent.floats());
        const Tensor pixels = decode_by_plan(vae(), context, latent, plan);
        std::copy_n(pixels.f32(), picture.count(), out.data() + i * picture.count());
    }
    return out;
}

std::string VaeDecoder::text() const {
    std::uint32_t sum = 0;
    for (const Param& param : vae().params().all())
        sum = crc32c({static_cast<const char*>(param.value.raw()), param.value.bytes()}, sum);
    return fmt::format("vae {:08x} latents {} bf16 {}", sum, scale_.name,
                       request_.precision == Precision::bf16);
}

VaeRequest with_scale_of(VaeRequest request, const Settings& settings) {
    if (request.scale == "auto" && settings.has("data.latents"))
        request.scale = settings.text("data.latents");
    return request;
}

std::shared_ptr<const VaeDecoder> open_decoder(const VaeRequest& request, const SampleKind& sample,
                                               Team& team, std::vector<std::string>& remarks) {
    const std::string place = request.path.string();
    const Shape& shape = sample.shape;
    check_usage(shape.rank() == 3,
                "{}: an autoencoder is for models of latents; this one draws samples of shape {}", place,
                shape);
    OpenedVae opened = open_vae(request.path, VaeHalf::decoder, request.precision, team);
    remarks.insert(remarks.end(), opened.remarks.begin(), opened.remarks.end());
    if (const std::int64_t channels = opened.vae->config().latents; shape[2] != channels)
        throw UsageError(
            fmt::format("{}: decodes latents of {} channels; this model draws samples of shape {}", place,
                        channels, shape),
            shape[2] == 3 ? "samples of three channels are pictures already: leave --vae out" : "");
    VaeRequest settled = request;
    if (settled.scale == "auto") {
        // What models of four channels learn in both published projects; others have to be told.
        if (shape[2] != 4)
            throw UsageError(
                fmt::format("nothing says how these latents of {} channels are standardised", shape[2]),
                "--latents none, or --latents sd");
        settled.scale = "imf";
    }
    const TilePlan plan = plan_tiles(opened.vae->config(), shape[0], shape[1], request.bytes);
    if (plan.tile > 0)
        remarks.push_back(fmt::format(
            "decoding a latent of {} x {} would take {} MiB and may take {}: it goes in tiles, which "
            "takes longer (--vae-memory)",
            shape[0], shape[1], decode_bytes(opened.vae->config(), shape[0], shape[1], {}) >> 20,
            request.bytes >> 20));
    return std::make_shared<const VaeDecoder>(std::move(opened), settled);
}

}  // namespace mf
