// SPDX-License-Identifier: MIT
#include "models/mit.hpp"

#include <cmath>

#include "models/transformer_sizes.hpp"
#include "nn/initial_weights.hpp"
#include "ops/arithmetic.hpp"
#include "ops/embedding.hpp"
#include "ops/recompute.hpp"
#include "ops/rms_norm.hpp"
#include "ops/tokens.hpp"

namespace mf {
namespace {

PatchGrid checked_grid(const Mit::Config& c) {
    check_patch(c.patch, c.height, c.width);
    check_heads(c.hidden, c.heads, 2);
    if (c.head_depth > c.depth)
        throw UsageError(
            fmt::format("model.head_depth={} is more than model.depth={}", c.head_depth, c.depth),
            "the depth counts the blocks of a head as well");
    return {c.height, c.width, c.channels, c.patch};
}

/// `given`, or a column of one number; on the device.
Tensor column(const Context& context, const Tensor& given, std::int64_t rows, float otherwise) {
    return given.empty() ? context.filled({rows, 1}, otherwise) : context.on_device(given);
}

Tensor labels_or_null(const Context& context, const Tensor& given, std::int64_t rows, std::int64_t null) {
    if (!given.empty()) return given;
    Tensor out = context.make_host({rows}, DType::i32);
    for (std::int64_t i = 0; i < rows; ++i)
        static_cast<std::int32_t*>(out.raw())[i] = static_cast<std::int32_t>(null);
    return out;
}

}  // namespace

Mit::Mit(const Config& c)
    : config_(c),
      grid_(checked_grid(c)),
      prefix_(c.class_tokens + c.omega_tokens + 2 * c.interval_tokens + c.time_tokens),
      table_(RopeTable::make(prefix_ + grid_.count(), c.hidden / c.heads)) {
    params_.keep_constant(table_.cos);
    params_.keep_constant(table_.sin);
    const auto embedder = [&](const std::string& name) {
        return ScalarEmbedder::add(params_, "net." + name + ".mlp.0._flax_linear",
                                   "net." + name + ".mlp.2._flax_linear", c.hidden);
    };
    const auto tokens = [&](const std::string& name, std::int64_t n) {
        return &params_.add("net." + name + "_tokens", {n, c.hidden});
    };
    patches_ = {&params_.add("net.x_embedder.proj.weight", {c.hidden, c.channels, c.patch, c.patch}, true),
                &params_.add("net.x_embedder.proj.bias", {c.hidden})};
    time_ = embedder("h_embedder");
    omega_ = embedder("omega_embedder");
    t_min_ = embedder("cfg_t_start_embedder");
    t_max_ = embedder("cfg_t_end_embedder");
    classes_ =
        &params_.add("net.y_embedder.embedding_table._flax_embedding.weight", {c.classes + 1, c.hidden});
    time_tokens_ = tokens("time", c.time_tokens);
    class_tokens_ = tokens("class", c.class_tokens);
    omega_tokens_ = tokens("omega", c.omega_tokens);
    t_min_tokens_ = tokens("t_min", c.interval_tokens);
    t_max_tokens_ = tokens("t_max", c.interval_tokens);
    const auto inner = static_cast<std::int64_t>(static_cast<double>(c.hidden) * c.mlp_ratio);
    const auto blocks = [&](std::vector<InContextBlock>& to, const std::string& name, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i)
            to.emplace_back(params_, fmt::format("net.{}.{}", name, i), c.hidden, c.heads, inner);
    };
    blocks(trunk_, "shared_blocks", c.depth - c.head_depth);
    blocks(u_head_, "u_heads", c.head_depth);
    if (c.v_blocks) blocks(v_head_, "v_heads", c.head_depth);
    u_final_ = add_final("u_final_layer");
    v_final_ = add_final("v_final_layer");
    params_.freeze();
}

Mit::Final Mit::add_final(const std::string& name) {
    Param* norm = &params_.add("net." + name + ".norm.weight", {config_.hidden});
    return {norm, LinearLayer::add(params_, "net." + name + ".linear._flax_linear", config_.hidden,
                                   grid_.entries(), true)};
}

Dual Mit::sequence(const Context& context, const Dual& z, const Dual& h, const Condition& given) const {
    const std::int64_t rows = z.rows();
    Tensor strength = context.make_host({rows, 1});
    for (std::int64_t i = 0; i < rows; ++i)
        strength.f32()[i] = given.omega.empty() ? 0.0F : 1.0F - 1.0F / given.omega.f32()[i];
    const Dual label =
        embedding(context, labels_or_null(context, given.labels, rows, config_.classes), *classes_);
    const Dual w = omega_(context, context.on_device(strength)),
               from = t_min_(context, column(context, given.t_min, rows, 0)),
               to = t_max_(context, column(context, given.t_max, rows, 1)), time = time_(context, h);
    const TokenGroup groups[] = {{class_tokens_, &label},
                                 {omega_tokens_, &w},
                                 {t_min_tokens_, &from},
                                 {t_max_tokens_, &to},
                                 {time_tokens_, &time}};
    return with_tokens(context, groups, patches_(context, patchify(context, z, grid_)));
}

Dual Mit::run(const Context& context, const InContextBlock& block, Dual x) const {
    return recomputed<1>(context, {std::move(x)},
                         [this, &block](const Context& own, const std::array<Dual, 1>& in) {
                             return block(own, in[0], table_);
                         });
}

Dual Mit::trunk(const Context& context, Dual x, std::int64_t blocks) const {
    for (std::int64_t i = 0; i < blocks; ++i)
        x = run(context, trunk_[static_cast<std::size_t>(i)], std::move(x));
    return x;
}

Dual Mit::finish(const Context& context, const Final& final, const Dual& x) const {
    const Dual kept = without_tokens(context, x, prefix_ + grid_.count(), prefix_);
    const Dual n = rms_norm(context, kept, *final.norm, context.operand());
    return unpatchify(context, final.linear(context, n), grid_);
}

UV Mit::forward(const Context& context, const Dual& z, const Dual& r, const Dual& t,
                const Condition& condition, Want want) const {
    const Dual trunk_end =
        trunk(context, sequence(context, z, subtract(context, t, r), condition), trunk_depth());
    UV out;
    if (want.u) {
        Dual x = trunk_end;
        for (const InContextBlock& block : u_head_) x = run(context, block, std::move(x));
        out.u = finish(context, u_final_, x);
    }
    if (want.v) {
        Dual x = trunk_end.still();  // nobody asks how v moves
        for (const InContextBlock& block : v_head_) x = run(context, block, std::move(x));
        out.v = finish(context, v_final_, x);
    }
    return out;
}

double Mit::flops_per_row(Want want) const {
    const auto patches = static_cast<double>(grid_.count());
    const std::int64_t tokens = prefix_ + grid_.count();
    const double block =
        u_head_.empty() && trunk_.empty()
            ? 0.0
            : (trunk_.empty() ? u_head_ : trunk_)[0].flops(tokens) * static_cast<double>(tokens);
    const double final = patches * u_final_.linear.flops();
    double sum = patches * patches_.flops() + 4 * time_.flops() + static_cast<double>(trunk_.size()) * block;
    if (want.u) sum += static_cast<double>(u_head_.size()) * block + final;
    if (want.v) sum += static_cast<double>(v_head_.size()) * block + final;
    return sum;
}

std::int64_t Mit::tile_rows() const { return transformer_tile(prefix_ + grid_.count(), config_.hidden); }

void Mit::initialise(std::uint64_t seed) {
    const double by_width = 1.0 / std::sqrt(static_cast<double>(config_.hidden));
    for (const ScalarEmbedder& embedder : {time_, omega_, t_min_, t_max_}) {
        fill_scaled(embedder.in, seed, 1);
        fill_scaled(embedder.out, seed, 1);
    }
    fill_xavier(patches_, seed);
    for (Param* param : {classes_, class_tokens_, omega_tokens_, t_min_tokens_, t_max_tokens_, time_tokens_})
        fill_normal(*param, seed, by_width);
    for (const auto* blocks : {&trunk_, &u_head_, &v_head_})
        for (const InContextBlock& block : *blocks) block.initialise(seed, 0.32);
    for (const Final& final : {u_final_, v_final_}) {
        fill_constant(*final.norm, 1);
        fill_zero(final.linear);
    }
}

}  // namespace mf
