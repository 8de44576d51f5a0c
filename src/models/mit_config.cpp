// SPDX-License-Identifier: MIT
// Where the sizes of an iMF transformer come from: configuration keys, or the weights themselves.
#include <algorithm>
#include <array>
#include <cmath>

#include "models/mit.hpp"
#include "models/transformer_sizes.hpp"

namespace mf {
namespace {

using Named = std::vector<std::pair<std::string, Shape>>;

/// Shape of one weight; rank 0 when there is none of this name.
Shape shape_of(const Named& weights, const std::string& name) {
    const auto found = std::ranges::find(weights, name, &Named::value_type::first);
    return found == weights.end() ? Shape{} : found->second;
}

std::int64_t count_blocks(const Named& weights, const std::string& part) {
    std::int64_t n = 0;
    while (shape_of(weights, fmt::format("net.{}.{}.attn_scale", part, n)).rank() > 0) ++n;
    return n;
}

std::int64_t count_tokens(const Named& weights, const std::string& part) {
    const Shape shape = shape_of(weights, "net." + part + "_tokens");
    check(shape.rank() == 2, "[mit] the weights have no matrix net.{}_tokens", part);
    return shape[0];
}

}  // namespace

Mit::Config Mit::detect(const Named& weights, std::int64_t height, std::int64_t width) {
    Config c;
    const Shape patches = shape_of(weights, "net.x_embedder.proj.weight");
    check(patches.rank() == 4 && patches[2] == patches[3] && patches[2] > 0 && patches[0] > 0,
          "[mit] net.x_embedder.proj.weight must be (hidden, channels, patch, patch) but is {}", patches);
    c.height = height, c.width = width;
    c.hidden = patches[0], c.channels = patches[1], c.patch = patches[2];
    const Shape table = shape_of(weights, "net.y_embedder.embedding_table._flax_embedding.weight");
    check(table.rank() == 2 && table[0] > 0, "[mit] the class table must be (classes + 1, hidden) but is {}",
          table);
    c.classes = table[0] - 1;
    c.class_tokens = count_tokens(weights, "class");
    c.omega_tokens = count_tokens(weights, "omega");
    c.interval_tokens = count_tokens(weights, "t_min");
    c.time_tokens = count_tokens(weights, "time");
    c.head_depth = count_blocks(weights, "u_heads");
    c.depth = count_blocks(weights, "shared_blocks") + c.head_depth;
    c.v_blocks = count_blocks(weights, "v_heads") > 0;
    const std::string first = c.depth > c.head_depth ? "net.shared_blocks.0" : "net.u_heads.0";
    const Shape norm = shape_of(weights, first + ".attn.q_norm.weight"),
                w1 = shape_of(weights, first + ".mlp.w1._flax_linear.weight");
    check(norm.rank() == 1 && norm[0] > 0 && c.hidden % norm[0] == 0 && w1.rank() == 2,
          "[mit] {}.attn.q_norm.weight is {} and mlp.w1 {}, which fit no width of {}", first, norm, w1,
          c.hidden);
    c.heads = c.hidden / norm[0];
    // The middle of the ratios that round down to this number of units.
    c.mlp_ratio = (static_cast<double>(w1[0]) + 0.5) / static_cast<double>(c.hidden);
    return c;
}

const OptionTable& Mit::options() {
    static const OptionTable table = [] {
        OptionTable out = transformer_options();
        out.push_back({"model.head_depth", OptionKind::integer, "0",
                       "blocks of the u head and of the v head, of the depth; 0: as the size says", 0, 1024});
        out.push_back({"model.v_head", OptionKind::flag, "true", "blocks for v (used in training only)"});
        return out;
    }();
    return table;
}

std::unique_ptr<VelocityModel> Mit::make(const Settings& settings, const SampleKind& sample) {
    const TransformerSize size = transformer_size(settings, sample);
    Config c;
    c.height = sample.shape[0], c.width = sample.shape[1], c.channels = sample.shape[2];
    c.classes = sample.classes;
    c.mlp_ratio = size.mlp_ratio;
    c.patch = size.patch, c.hidden = size.hidden, c.depth = size.depth, c.heads = size.heads;
    const std::int64_t head_depth = settings.integer("model.head_depth");
    c.head_depth = head_depth > 0 ? head_depth : std::min(size.head_depth, c.depth);
    c.v_blocks = settings.flag("model.v_head");
    return std::make_unique<Mit>(c);
}

}  // namespace mf
