// SPDX-License-Identifier: MIT
#include "train/convert_weights.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "train/build_info.hpp"
#include "train/weights_match.hpp"

namespace mf {
namespace {

struct Known {
    const char *architecture, *anchor;
    std::vector<std::string>
        parts;  ///< names of the network begin with one of these; empty: all with the prefix
};

const std::array<Known, 4>& known_networks() {
    static const std::vector<std::string> vae = {"encoder.", "decoder.", "quant_conv.", "post_quant_conv."};
    static const std::array<Known, 4> all = {{{"sd_vae", "decoder.conv_out.weight", vae},
                                              {"sd_vae", "encoder.conv_in.weight", vae},
                                              {"inception_v3", "Mixed_7c.branch_pool.conv.weight", {}},
                                              {"inception_v3", "Mixed_7c.branch3x3_1.conv.weight", {}}}};
    return all;
}

const Known* known_network(const NamedTensors& file, std::string& prefix) {
    for (const Known& known : known_networks())
        for (const auto& [name, tensor] : file.tensors) {
            if (!name.ends_with(known.anchor)) continue;
            const std::string before = name.substr(0, name.size() - std::string_view(known.anchor).size());
            if (!before.empty() && !before.ends_with('.')) continue;
            prefix = before;
            return &known;
        }
    return nullptr;
}

bool is_float(DType type) {
    return type == DType::f32 || type == DType::f64 || type == DType::f16 || type == DType::bf16;
}

Tensor as_type(const Tensor& given, std::optional<DType> type) {
    if (!type || !is_float(given.dtype()) || given.dtype() == *type) return given;
    Tensor wide(given.shape(), DType::f32);
    wide.copy_from(given);
    if (*type == DType::f32) return wide;
    Tensor out(given.shape(), *type);
    out.copy_from(wide);
    return out;
}

std::string left_out_words(std::int64_t count, const std::string& example, const char* why) {
    return fmt::format("{} tensor{} left out, {} ({})", count, count == 1 ? " is" : "s are", why,
                       shown(example));
}

}  // namespace

std::string architecture_of(const NamedTensors& file, std::string& prefix) {
    const Known* known = known_network(file, prefix);
    return known == nullptr ? "" : known->architecture;
}

ConvertedWeights write_other_weights(const NamedTensors& file, const std::filesystem::path& from,
                                     const std::filesystem::path& to, std::optional<DType> type) {
    const std::string place = from.string();
    std::string prefix;
    const Known* known = known_network(file, prefix);
    ConvertedWeights out;
    if (known != nullptr) out.architecture = known->architecture;
    TensorFile written;
    std::int64_t others = 0;
    std::string other;
    for (const auto& [name, tensor] : file.tensors) {
        const std::string rest = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
        const bool part = !rest.empty() && (known == nullptr || known->parts.empty() ||
                                            std::ranges::any_of(known->parts, [&](const std::string& one) {
                                                return rest.starts_with(one);
                                            }));
        if (!part) {
            ++others, other = name;
            continue;
        }
        check(known == nullptr || holds_finite(tensor),
              "{}: tensor {} holds a number that is infinite or not a number", place, shown(name));
        written.tensors.emplace(rest, as_type(tensor, type));
    }
    if (others > 0)
        out.remarks.push_back(fmt::format("{}: {}", place, left_out_words(others, other, "of other parts")));
    if (!file.foreign.empty())
        out.remarks.push_back(
            fmt::format("{}: {}", place,
                        left_out_words(std::ssize(file.foreign), file.foreign.begin()->first,
                                       "of types that are not computed with here")));
    check(!written.tensors.empty(), "{}: holds no tensor", place);
    written.metadata = file.metadata;
    written.metadata["program"] = fmt::format("meanflow {}", program_version());
    written.metadata["converted_from"] = from.filename().string();
    if (known != nullptr) {
        written.metadata["format"] = "meanflow weights 1";
        written.metadata["architecture"] = out.architecture;
    }
    out.tensors = std::ssize(written.tensors);
    write_safetensors(to, written);
    return out;
}

}  // namespace mf
