// SPDX-License-Identifier: MIT
#include "door/judging.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "door/turn.hpp"
#include "judge/fid_variant.hpp"
#include "judge/inception_measure.hpp"
#include "models/classify.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf::door {
namespace {

/// Without "auto", which is for files that say how theirs was made.
const FidVariant& variant_of(const std::string& name) {
    std::vector<std::string> names;
    for (const FidVariant& variant : fid_variants()) names.push_back(variant.name);
    if (std::ranges::find(names, name) == names.end())
        throw UsageError(fmt::format("variant '{}' is not known", name),
                         fmt::format("there are {}", fmt::join(names, ", ")));
    return fid_variant(name);
}

}  // namespace

struct OpenJudge::Parts {
    Turn turn;
    Team team;
    Judge judge;

    Parts(const std::filesystem::path& path, int threads) : team(threads), judge(load_judge(path, team)) {}
};

OpenJudge::OpenJudge(const std::filesystem::path& path, int threads)
    : parts_(std::make_unique<Parts>(path, threads)) {}
OpenJudge::~OpenJudge() = default;
OpenJudge::OpenJudge(OpenJudge&&) noexcept = default;
OpenJudge& OpenJudge::operator=(OpenJudge&&) noexcept = default;
const Judge& OpenJudge::judge() const { return parts_->judge; }

Features OpenJudge::features(std::span<const float> pictures, const Stop& stop) const {
    Parts& parts = *parts_;
    const std::int64_t each = parts.judge.sample.shape.count(), count = std::ssize(pictures) / each;
    check_usage(count * each == std::ssize(pictures), "[judge] {} numbers are no pictures of shape {}",
                pictures.size(), parts.judge.sample.shape.text());
    const auto turn = parts.turn.take();
    Features out;
    out.count = count;
    out.classes = parts.judge.sample.classes;
    out.size = parts.judge.classifier->config().hidden;
    const std::int64_t most = parts.judge.classifier->tile_rows() * parts.team.size() * 8;
    for (std::int64_t begin = 0; begin < count; begin += most) {
        end_if_asked(stop, "judging");
        const auto rows = static_cast<std::size_t>(std::min(most, count - begin) * each);
        const Classified some =
            classify(*parts.judge.classifier, pictures.subspan(static_cast<std::size_t>(begin * each), rows),
                     parts.team);
        out.features.insert(out.features.end(), some.features.begin(), some.features.end());
        out.logits.insert(out.logits.end(), some.logits.begin(), some.logits.end());
    }
    return out;
}

struct OpenFidNetwork::Parts {
    Turn turn;
    Team team;
    const FidVariant* variant;
    OpenedInception opened;
    Pool pool;

    Parts(const std::filesystem::path& path, const std::string& name, Precision precision, int threads)
        : team(threads), variant(&variant_of(name)), opened(open_inception(path, precision, team)) {}
};

OpenFidNetwork::OpenFidNetwork(const std::filesystem::path& path, const std::string& variant,
                               Precision precision, int threads)
    : parts_(std::make_unique<Parts>(path, variant, precision, threads)) {}
OpenFidNetwork::~OpenFidNetwork() = default;
OpenFidNetwork::OpenFidNetwork(OpenFidNetwork&&) noexcept = default;
OpenFidNetwork& OpenFidNetwork::operator=(OpenFidNetwork&&) noexcept = default;
const std::string& OpenFidNetwork::variant() const { return parts_->variant->name; }
std::int64_t OpenFidNetwork::feature_size() const { return parts_->opened.network->features(); }
std::int64_t OpenFidNetwork::classes() const { return parts_->opened.network->classes(); }

Features OpenFidNetwork::features(std::span<const std::uint8_t> pictures, int height, int width, int channels,
                                  const Stop& stop) const {
    Parts& parts = *parts_;
    check_usage(height > 0 && width > 0 && (channels == 1 || channels == 3),
                "[features] pictures of {} x {} x {}, expected 1 or 3 channels", height, width, channels);
    const std::int64_t each = std::int64_t{height} * width * channels, count = std::ssize(pictures) / each;
    check_usage(count * each == std::ssize(pictures), "[features] {} bytes are no pictures of {} x {} x {}",
                pictures.size(), height, width, channels);
    const auto turn = parts.turn.take();
    Features out;
    out.count = count;
    out.size = parts.opened.network->features();
    out.classes = parts.opened.network->classes();
    constexpr std::int64_t most = 16;
    CpuDevice device(parts.team);
    const Context context{device, parts.pool, nullptr, parts.opened.precision};
    for (std::int64_t begin = 0; begin < count; begin += most) {
        end_if_asked(stop, "looking at pictures");
        std::vector<BytePicture> some;
        for (std::int64_t i = begin; i < std::min(begin + most, count); ++i) {
            BytePicture one{height, width, {}};
            for (std::int64_t k = 0; k < each; ++k)
                one.pixels.insert(one.pixels.end(), static_cast<std::size_t>(channels == 1 ? 3 : 1),
                                  pictures[static_cast<std::size_t>(i * each + k)]);
            some.push_back(std::move(one));
        }
        const InceptionOutput seen =
            (*parts.opened.network)(context, network_input(some, *parts.variant, parts.team));
        const auto features = seen.features.floats(), logits = seen.logits_without_bias.floats();
        out.features.insert(out.features.end(), features.begin(), features.end());
        out.logits.insert(out.logits.end(), logits.begin(), logits.end());
    }
    return out;
}

}  // namespace mf::door
