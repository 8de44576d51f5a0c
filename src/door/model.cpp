// SPDX-License-Identifier: MIT
#include "door/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "door/model_parts.hpp"
#include "generate/guidance.hpp"
#include "generate/pieces.hpp"

namespace mf::door {
namespace {

SampleRequest settled(SampleRequest request, const Model::Parts& parts, std::size_t room) {
    const std::int64_t each = parts.loaded.sample.shape.count();
    check_usage(request.count > 0, "count={}: at least one sample", request.count);
    check_usage(static_cast<std::int64_t>(room) == request.count * each,
                "[sample] {} samples of {} numbers do not fit in {}", request.count, each, room);
    check_guidance_numbers(request.guidance, request.count);
    check_finite("sample", request.noise, "noise");
    constexpr std::array solvers = {"auto", "average", "euler", "heun"};
    check_usage(std::ranges::find(solvers, request.solver) != solvers.end(),
                "solver '{}' is not known; there are {}", request.solver, fmt::join(solvers, ", "));
    request.precision = parts.precision;
    request.record = 0;
    return request;
}

}  // namespace

void check_finite(const char* place, std::span<const float> values, const char* name) {
    for (const float x : values)
        check_usage(std::isfinite(x), "[{}] {} holds {}, which is no finite number", place, name, x);
}

void check_guidance_numbers(const GuidanceRequest& guidance, std::int64_t count) {
    const auto check_list = [&](const std::vector<double>& list, const char* name, double most) {
        check_usage(list.size() <= 1 || std::ssize(list) == count,
                    "{} has {} numbers for {} samples; give one, or one for each", name, list.size(), count);
        for (const double x : list)
            check_usage(x >= 0 && x <= most, "{} is {}, expected a number from 0 to {}", name, x, most);
    };
    check_list(guidance.omega, "omega", 1000);
    check_list(guidance.t_min, "the begin of the interval", 1);
    check_list(guidance.t_max, "the end of the interval", 1);
    for (std::size_t i = 0; i < std::max(guidance.t_min.size(), guidance.t_max.size()); ++i) {
        const auto at = [i](const std::vector<double>& list, double otherwise) {
            return list.empty() ? otherwise : list.size() == 1 ? list[0] : list[i];
        };
        check_usage(at(guidance.t_min, 0) <= at(guidance.t_max, 1),
                    "the interval goes from {} to {}: the smaller time comes first", at(guidance.t_min, 0),
                    at(guidance.t_max, 1));
    }
}

Model::Model(const std::filesystem::path& path, const ModelChoice& choice, int threads)
    : parts_(std::make_unique<Parts>(path, choice, threads)) {}
Model::Model(LoadedModel loaded, Precision precision, int threads)
    : parts_(std::make_unique<Parts>(std::move(loaded), precision, threads)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const LoadedModel& Model::loaded() const { return parts_->loaded; }
int Model::threads() const { return parts_->team.size(); }
std::string Model::device() const {
    return parts_->loaded.device != nullptr ? parts_->loaded.device->name() : "cpu";
}
bool Model::has_vae() const { return parts_->vae != nullptr; }

void Model::sample(const SampleRequest& request, std::span<float> out, const Progress& progress) const {
    Parts& parts = *parts_;
    SampleRequest all = settled(request, parts, out.size());
    const auto turn = parts.turn.take();
    if (progress && all.piece == 0)
        all.piece =
            std::max<std::int64_t>(parts.loaded.model->tile_rows() * parts.team.size(), all.count / 50);
    const std::int64_t each = parts.loaded.sample.shape.count();
    draw_in_pieces(parts.loaded, all, parts.team, [&](std::int64_t first, const Samples& samples) {
        const std::int64_t begin = first - all.first;
        std::ranges::copy(samples.values, out.begin() + begin * each);
        if (progress) progress(begin + std::ssize(samples.values) / each, all.count);
    });
}

std::vector<std::string> Model::attach_vae(const VaeRequest& request) {
    Parts& parts = *parts_;
    const auto turn = parts.turn.take();
    std::vector<std::string> found;
    parts.vae =
        open_decoder(with_scale_of(request, parts.loaded.settings), parts.loaded.sample, parts.team, found);
    std::vector<std::string>& all = parts.loaded.remarks;
    all.resize(parts.own_remarks);
    all.insert(all.end(), found.begin(), found.end());
    return found;
}

Shape Model::picture_shape() const {
    const Shape& sample = sample_shape();
    if (parts_->vae != nullptr) return parts_->vae->shape(sample);
    if (sample.rank() == 3 && (sample[2] == 1 || sample[2] == 3)) return sample;
    throw UsageError(fmt::format("[decode] samples of shape {} are no pictures", sample.text()),
                     sample.rank() == 3 ? "attach the autoencoder (VAE) of these latents first" : "");
}

std::vector<std::uint8_t> Model::decode(std::span<const float> samples, const Stop& stop) const {
    const Shape picture = picture_shape();
    const std::int64_t each = sample_shape().count(), count = std::ssize(samples) / each;
    check_usage(count * each == std::ssize(samples), "[decode] {} numbers are no samples of shape {}",
                samples.size(), sample_shape().text());
    std::vector<std::uint8_t> out(static_cast<std::size_t>(count * picture.count()));
    if (parts_->vae == nullptr) {
        to_bytes(samples, out);
        return out;
    }
    const auto turn = parts_->turn.take();
    to_bytes(parts_->vae->decode(parts_->team, samples, sample_shape(), stop), out);
    return out;
}

void to_bytes(std::span<const float> values, std::span<std::uint8_t> out) {
    check(values.size() == out.size(), "[to_bytes] {} numbers to {} bytes", values.size(), out.size());
    std::ranges::transform(values, out.begin(), byte_of_value);
}

}  // namespace mf::door
