// SPDX-License-Identifier: MIT
#include "train/init_weights.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "models/dit.hpp"
#include "models/mit.hpp"
#include "nn/layers.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "train/weights_match.hpp"

namespace mf {
namespace {

constexpr const char* kMitTable = "net.y_embedder.embedding_table._flax_embedding.weight";
constexpr const char* kDitTable = "y_embedder.embedding_table.weight";

Tensor own_copy(const Tensor& given) {
    Tensor out(given.shape(), DType::f32);
    out.copy_from(given);
    return out;
}

/// A scalar input of a transformer, and the constant that a source gave it.
struct HeldInput {
    std::string in, out;  ///< the two layers of its embedder, without ".weight"
    double value;
};

/// The inputs that never varied while the source was trained.
std::vector<HeldInput> held_inputs(const SourceWeights& source, bool mit) {
    std::vector<HeldInput> out;
    if (!source.settings) return out;
    const Settings& s = *source.settings;
    const auto embedder = [&](const std::string& name, double value) {
        const std::string layer = (mit ? "net." : "") + name + "_embedder.mlp.",
                          end = mit ? "._flax_linear" : "";
        out.push_back({layer + "0" + end, layer + "2" + end, value});
    };
    if (s.text("objective.name") == "fm") embedder("h", 0);
    if (!mit) return out;
    const std::string kind = s.has("objective.guidance") ? s.text("objective.guidance") : "none";
    if (kind == "flexible") return out;
    embedder("omega", kind == "fixed" ? 1 - 1 / s.real("objective.omega") : 0);
    if (kind == "fixed" && s.flag("objective.interval")) return out;
    embedder("cfg_t_start", 0);
    embedder("cfg_t_end", 1);
    return out;
}

/// The embedding of one number, by the same arithmetic as in the network, so that not a bit of its outputs changes.
Tensor embedded(double s, const Tensor& w0, const Tensor& b0, const Tensor& w2, const Tensor& b2,
                Team& team) {
    ParamStore params;
    const ScalarEmbedder embedder = ScalarEmbedder::add(params, "in", "out", w2.rows());
    params.freeze();
    const std::pair<const LinearLayer*, std::pair<const Tensor*, const Tensor*>> layers[] = {
        {&embedder.in, {&w0, &b0}}, {&embedder.out, {&w2, &b2}}};
    for (const auto& [layer, numbers] : layers) {
        layer->weight->value.copy_from(*numbers.first);
        layer->bias->value.copy_from(*numbers.second);
    }
    params.repack(team, Precision::f32);
    CpuDevice device(team);
    Pool pool;
    Tensor number({1, 1}, DType::f32);
    number.fill(static_cast<float>(s));
    return own_copy(embedder(Context{device, pool}, Dual(number)).value);
}

class Adaptation {
  public:
    Adaptation(const SourceWeights& source, const VelocityModel& model, const std::string& place)
        : source_(source), model_(model), place_(place), weights_(source.file.tensors) {
        const auto& all = model.params().all();
        for (const Param& param : all) shapes_[param.name] = param.shape;
        mit_ = dynamic_cast<const Mit*>(&model) != nullptr;
    }

    /// A network of another kind has hardly a name in common.
    void check_kind() const {
        const auto known =
            std::ranges::count_if(shapes_, [&](const auto& one) { return weights_.contains(one.first); });
        for (const auto& [name, shape] : shapes_)
            if (const auto found = weights_.find(name);
                found != weights_.end() && found->second.dtype() == DType::u8)
                throw Error(
                    fmt::format("{}: tensor {} has 8 bits, which are for sampling", place_, shown(name)),
                    "start from the weights that it was made of");
        if (known > 0) return;
        const std::string kind = source_.settings ? source_.settings->text("model.name") : "";
        throw Error(fmt::format("{}: its weights are of another network{}; none of their names is known here",
                                place_, kind.empty() ? "" : " (model.name=" + kind + ")"),
                    kind.empty() ? "'meanflow info FILE' lists what it holds"
                                 : "model.name=" + kind + " with its sizes");
    }

    void hold_inputs(Team& team) {
        std::vector<std::string> names;
        for (const HeldInput& held : held_inputs(source_, mit_)) {
            if (!has_layer(held.in) || !has_layer(held.out)) continue;
            Tensor weight = own_copy(weights_.at(held.out + ".weight")),
                   bias = own_copy(weights_.at(held.out + ".bias"));
            const Tensor w0 = own_copy(weights_.at(held.in + ".weight")),
                         b0 = own_copy(weights_.at(held.in + ".bias"));
            if (w0.cols() != ScalarEmbedder::kFeatures || w0.rows() != weight.cols() ||
                b0.count() != w0.rows() || bias.count() != weight.rows() || w0.rows() != weight.rows())
                continue;  // match_weights says what is wrong
            const Tensor constant = embedded(held.value, w0, b0, weight, bias, team);
            weights_[held.out + ".weight"] = Tensor::zeros(weight.shape());
            weights_[held.out + ".bias"] = constant.reshaped(bias.shape());
            names.push_back(held.out.substr(0, held.out.find(".mlp")));
        }
        if (!names.empty())
            remarks_.push_back(
                fmt::format("{}: was trained at one value of what goes into {}; that is where they start, "
                            "whatever they are given",
                            place_, fmt::join(names, ", ")));
        add_interval_embedder();
        widen_first_layer();
    }

    void add_v_head() {
        std::vector<std::pair<std::string, std::string>> pairs = {
            {"net.v_heads.", "net.u_heads."}, {"net.v_final_layer.", "net.u_final_layer."}};
        const bool lacks_blocks =
            std::ranges::any_of(shapes_,
                                [&](const auto& one) { return one.first.starts_with("net.v_heads."); }) &&
            std::ranges::none_of(weights_,
                                 [&](const auto& one) { return one.first.starts_with("net.v_heads."); });
        std::int64_t copied = 0;
        for (const auto& [name, shape] : shapes_) {
            if (lacks_blocks)
                for (const auto& [to, from] : pairs)
                    if (name.starts_with(to)) copied += copy(name, from + name.substr(to.size()));
            if (name.starts_with("v_head.") && !weights_.contains(name))
                copied += copy(name, last_layer() + name.substr(6));
        }
        if (copied > 0)
            remarks_.push_back(
                fmt::format("{}: has no v head, which starts as a copy of the u head", place_));
    }

    void fit_classes(const std::vector<std::string>& names) {
        for (const char* table : {kMitTable, kDitTable}) {
            if (!shapes_.contains(table) || !weights_.contains(table)) continue;
            const Tensor from = weights_.at(table);
            const Shape to = shapes_.at(table);
            const bool named = !names.empty() && !source_.class_names.empty();
            if (from.shape().rank() != 2 || from.shape()[1] != to[1] || from.shape()[0] < 1) return;
            if (from.shape() == to && (!named || names == source_.class_names)) return;
            if (from.shape() == to && !named) return;
            weights_[table] = matched(own_copy(from), to, named ? names : std::vector<std::string>{});
        }
    }

    InitialWeights finish(Team& team) {
        TensorFile file;
        file.tensors = weights_;
        file.foreign = source_.file.foreign;
        for (const auto& [name, shape] : shapes_)
            if (file.foreign.contains(name)) (void)file.at(name, place_);
        const std::string_view ignored = model_.has_v_head() ? std::string_view() : "net.v_heads.";
        const WeightsMatch match = match_weights(file, model_.params(), ignored);
        if (!match.fits())
            throw Error(
                fmt::format("{}: its weights do not fit the network of this run: {}", place_, match.text()),
                "model.size, model.hidden, model.depth, model.heads and model.patch must be those of the "
                "weights");
        if (!match.surplus.empty()) remarks_.push_back(fmt::format("{}: {}", place_, match.surplus_text()));
        check_finite(file, model_.params(), team, place_);
        InitialWeights out;
        for (const auto& [name, shape] : shapes_) out.weights.emplace(name, weights_.at(name));
        out.remarks = std::move(remarks_);
        return out;
    }

  private:
    bool has_layer(const std::string& name) const {
        return weights_.contains(name + ".weight") && weights_.contains(name + ".bias");
    }

    std::int64_t copy(const std::string& name, const std::string& from) {
        const auto found = weights_.find(from);
        if (found == weights_.end()) return 0;
        weights_[name] = found->second;
        return 1;
    }

    /// Of the points' network: "network.8".
    std::string last_layer() const {
        int last = 0;
        for (const auto& [name, shape] : shapes_) {
            int number = 0;
            if (std::sscanf(name.c_str(), "network.%9d.", &number) == 1) last = std::max(last, number);
        }
        return "network." + std::to_string(last);
    }

    /// A transformer of flow matching may have no embedder of t - r at all: one that gives zero changes nothing.
    void add_interval_embedder() {
        if (mit_ || !shapes_.contains("h_embedder.mlp.0.weight")) return;
        if (std::ranges::any_of(weights_,
                                [](const auto& one) { return one.first.starts_with("h_embedder."); }))
            return;
        for (const char* layer : {"h_embedder.mlp.0", "h_embedder.mlp.2"})
            for (const char* part : {".weight", ".bias"}) {
                const std::string own = std::string(layer) + part, like = "t" + own.substr(1);
                if (!weights_.contains(like)) return;
                weights_[own] =
                    own.starts_with("h_embedder.mlp.2") ? Tensor::zeros(shapes_.at(own)) : weights_.at(like);
            }
        remarks_.push_back(fmt::format("{}: has no input for t - r; it starts without effect", place_));
    }

    /// The points' network of one time has no column for r.
    void widen_first_layer() {
        const char* name = "network.0.weight";
        if (!shapes_.contains(name) || !weights_.contains(name)) return;
        const Tensor from = own_copy(weights_.at(name));
        const Shape to = shapes_.at(name);
        if (from.shape().rank() != 2 || from.shape()[0] != to[0] || from.shape()[1] + 1 != to[1]) return;
        Tensor wide = Tensor::zeros(to);
        for (std::int64_t row = 0; row < from.rows(); ++row)
            std::copy_n(from.f32() + row * from.cols(), from.cols(), wide.f32() + row * to[1]);
        weights_[name] = wide;
        remarks_.push_back(fmt::format("{}: has no input for r; it starts without effect", place_));
    }

    /// The class table for other classes: rows by name, the null class last and for what the source does not have.
    Tensor matched(const Tensor& from, const Shape& to, const std::vector<std::string>& names) {
        Tensor out(to, DType::f32);
        const std::int64_t width = to[1], null = from.rows() - 1, classes = to[0] - 1;
        std::int64_t found_count = 0;
        for (std::int64_t label = 0; label <= classes; ++label) {
            std::int64_t row = null;
            if (label < classes && static_cast<std::size_t>(label) < names.size()) {
                const auto found =
                    std::ranges::find(source_.class_names, names[static_cast<std::size_t>(label)]);
                if (found != source_.class_names.end() && found - source_.class_names.begin() < null)
                    row = found - source_.class_names.begin(), ++found_count;
            }
            std::copy_n(from.f32() + row * width, width, out.f32() + label * width);
        }
        remarks_.push_back(fmt::format(
            "{}: has {} classes, this run {}: {} {} found by name, the others start as its null class",
            place_, null, classes, found_count, found_count == 1 ? "is" : "are"));
        return out;
    }

    const SourceWeights& source_;
    const VelocityModel& model_;
    const std::string& place_;
    std::map<std::string, Tensor> weights_;
    std::map<std::string, Shape> shapes_;
    std::vector<std::string> remarks_;
    bool mit_ = false;
};

}  // namespace

InitialWeights initial_weights_from(const SourceWeights& source, const VelocityModel& model,
                                    const std::vector<std::string>& class_names, Team& team,
                                    const std::string& place) {
    Adaptation work(source, model, place);
    work.check_kind();
    work.hold_inputs(team);
    work.add_v_head();
    work.fit_classes(class_names);
    return work.finish(team);
}

}  // namespace mf
