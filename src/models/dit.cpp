// SPDX-License-Identifier: MIT
#include "models/dit.hpp"

#include <algorithm>
#include <cmath>

#include "models/transformer_sizes.hpp"
#include "nn/initial_weights.hpp"
#include "ops/arithmetic.hpp"
#include "ops/columns.hpp"
#include "ops/embedding.hpp"
#include "ops/layer_norm.hpp"
#include "ops/modulate.hpp"
#include "ops/pointwise.hpp"
#include "ops/recompute.hpp"

namespace mf {
namespace {

/// First half of the features from the column, second half from the row; each [sin(p w_k), cos(p w_k)].
Tensor sine_positions(const PatchGrid& grid, std::int64_t hidden) {
    const std::int64_t across = grid.width / grid.patch, quarter = hidden / 4;
    Tensor out({grid.count(), hidden}, DType::f32);
    for (std::int64_t p = 0; p < grid.count(); ++p)
        for (std::int64_t j = 0; j < hidden; ++j) {
            const auto place = static_cast<double>(j < 2 * quarter ? p % across : p / across);
            const double w =
                std::pow(10000.0, -static_cast<double>(j % quarter) / static_cast<double>(quarter));
            const bool cosine = j / quarter % 2 == 1;
            out.f32()[p * hidden + j] =
                static_cast<float>(cosine ? std::cos(place * w) : std::sin(place * w));
        }
    return out;
}

}  // namespace

Dit::Dit(const Config& c) : config_(c), grid_{c.height, c.width, c.channels, c.patch} {
    check_patch(c.patch, c.height, c.width);
    if (c.hidden % 4 != 0)
        throw UsageError(fmt::format("model.hidden={} must be a multiple of 4", c.hidden),
                         fmt::format("{} is the nearest above", (c.hidden + 3) / 4 * 4));
    check_heads(c.hidden, c.heads, 1);
    positions_ = sine_positions(grid_, c.hidden);
    params_.keep_constant(positions_);
    patches_ = {&params_.add("x_embedder.proj.weight", {c.hidden, c.channels, c.patch, c.patch}, true),
                &params_.add("x_embedder.proj.bias", {c.hidden})};
    time_ = ScalarEmbedder::add(params_, "t_embedder.mlp.0", "t_embedder.mlp.2", c.hidden);
    interval_ = ScalarEmbedder::add(params_, "h_embedder.mlp.0", "h_embedder.mlp.2", c.hidden);
    classes_ = &params_.add("y_embedder.embedding_table.weight", {c.classes + 1, c.hidden});
    const auto inner = static_cast<std::int64_t>(static_cast<double>(c.hidden) * c.mlp_ratio);
    for (std::int64_t i = 0; i < c.depth; ++i)
        blocks_.emplace_back(params_, fmt::format("blocks.{}", i), c.hidden, c.heads, inner);
    final_ = LinearLayer::add(params_, "final_layer.linear", c.hidden, grid_.entries(), true);
    final_modulation_ =
        LinearLayer::add(params_, "final_layer.adaLN_modulation.1", c.hidden, 2 * c.hidden, true);
    params_.freeze();
}

Dual Dit::tokens(const Context& context, const Dual& z) const {
    Dual x = patches_(context, patchify(context, z, grid_));
    // A constant is added: neither the tangent nor the gradient changes.
    context.device.add_repeated(x.value, positions_);
    return x;
}

Dual Dit::condition(const Context& context, const Dual& t, const Dual& h, const Tensor& labels) const {
    Tensor known = labels;
    if (known.empty()) {
        known = context.make_host({t.rows()}, DType::i32);
        for (std::int64_t i = 0; i < t.rows(); ++i)
            static_cast<std::int32_t*>(known.raw())[i] = static_cast<std::int32_t>(config_.classes);
    }
    const Dual times = add(context, time_(context, t), interval_(context, h));
    return add(context, times, embedding(context, known, *classes_));
}

UV Dit::forward(const Context& context, const Dual& z, const Dual& r, const Dual& t, const Condition& given,
                Want want) const {
    check(!want.v, "[dit] v is asked of a network without a v head");
    const Dual c = condition(context, t, subtract(context, t, r), given.labels);
    const Dual silu = pointwise(context, Pointwise::silu, c);
    Dual x = tokens(context, z);
    for (const AdaLnBlock& block : blocks_)
        x = recomputed<2>(
            context, {std::move(x), silu},
            [&block](const Context& own, const std::array<Dual, 2>& in) { return block(own, in[0], in[1]); });
    const Dual two = final_modulation_(context, silu);
    const std::int64_t width = config_.hidden;
    const Dual n = modulate(context, layer_norm(context, x), columns(context, two, 0, width),
                            columns(context, two, width, 2 * width));
    UV out;
    if (want.u) out.u = unpatchify(context, final_(context, n), grid_);
    return out;
}

double Dit::flops_per_row(Want) const {
    const auto patches = static_cast<double>(grid_.count());
    double sum = patches * (patches_.flops() + final_.flops()) + time_.flops() + interval_.flops() +
                 final_modulation_.flops();
    for (const AdaLnBlock& block : blocks_)
        sum += patches * block.flops(grid_.count()) + block.modulation_flops();
    return sum;
}

std::int64_t Dit::tile_rows() const { return transformer_tile(grid_.count(), config_.hidden); }

void Dit::initialise(std::uint64_t seed) {
    fill_xavier(patches_, seed);
    for (const ScalarEmbedder& embedder : {time_, interval_})
        for (const LinearLayer& layer : {embedder.in, embedder.out}) {
            fill_normal(*layer.weight, seed, 0.02);
            fill_constant(*layer.bias, 0);
        }
    fill_normal(*classes_, seed, 0.02);
    for (const AdaLnBlock& block : blocks_) block.initialise(seed);
    fill_zero(final_);
    fill_zero(final_modulation_);
}

Dit::Config Dit::detect(const std::vector<std::pair<std::string, Shape>>& weights, std::int64_t height,
                        std::int64_t width) {
    const auto shape_of = [&](const std::string& name) {
        const auto found = std::ranges::find(weights, name, &std::pair<std::string, Shape>::first);
        return found == weights.end() ? Shape{} : found->second;
    };
    Config c;
    const Shape patches = shape_of("x_embedder.proj.weight"),
                table = shape_of("y_embedder.embedding_table.weight"),
                first = shape_of("blocks.0.mlp.fc1.weight");
    check(patches.rank() == 4 && patches[2] == patches[3] && patches[2] > 0 && patches[0] > 0,
          "[dit] x_embedder.proj.weight must be (hidden, channels, patch, patch) but is {}", patches);
    check(table.rank() == 2 && table[0] > 0,
          "[dit] y_embedder.embedding_table.weight must be (classes + 1, hidden) but is {}", table);
    check(first.rank() == 2 && first[1] == patches[0],
          "[dit] blocks.0.mlp.fc1.weight is {}, which fits no width of {}", first, patches[0]);
    c.height = height, c.width = width;
    c.hidden = patches[0], c.channels = patches[1], c.patch = patches[2];
    c.classes = table[0] - 1;
    c.depth = 0;
    while (shape_of(fmt::format("blocks.{}.attn.qkv.weight", c.depth)).rank() > 0) ++c.depth;
    // The published XL alone has wider heads, of 72.
    c.heads = c.hidden == 1152 ? 16 : c.hidden % 64 == 0 ? c.hidden / 64 : 1;
    c.mlp_ratio = (static_cast<double>(first[0]) + 0.5) / static_cast<double>(c.hidden);
    return c;
}

const OptionTable& Dit::options() {
    static const OptionTable table = transformer_options();
    return table;
}

std::unique_ptr<VelocityModel> Dit::make(const Settings& settings, const SampleKind& sample) {
    const TransformerSize size = transformer_size(settings, sample);
    return std::make_unique<Dit>(Config{.height = sample.shape[0],
                                        .width = sample.shape[1],
                                        .channels = sample.shape[2],
                                        .classes = sample.classes,
                                        .patch = size.patch,
                                        .hidden = size.hidden,
                                        .depth = size.depth,
                                        .heads = size.heads});
}

}  // namespace mf
