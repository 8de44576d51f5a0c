// SPDX-License-Identifier: MIT
#include "verify/reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace mf::verify {
namespace {

void flatten(const nlohmann::json& value, const std::string& key,
             std::map<std::string, std::vector<double>>& out) {
    if (value.is_number()) out[key] = {value.get<double>()};
    if (value.is_boolean()) out[key] = {value.get<bool>() ? 1.0 : 0.0};
    if (value.is_array() && std::ranges::all_of(value, [](const auto& item) { return item.is_number(); }))
        out[key] = value.get<std::vector<double>>();
    if (value.is_object())
        for (const auto& [name, item] : value.items())
            flatten(item, key.empty() ? name : key + "." + name, out);
}

void flatten_words(const nlohmann::json& value, const std::string& key,
                   std::map<std::string, std::vector<std::string>>& out) {
    if (value.is_string()) out[key] = {value.get<std::string>()};
    if (value.is_array() && !value.empty() &&
        std::ranges::all_of(value, [](const auto& item) { return item.is_string(); }))
        out[key] = value.get<std::vector<std::string>>();
    if (value.is_object())
        for (const auto& [name, item] : value.items())
            flatten_words(item, key.empty() ? name : key + "." + name, out);
}

/// Settings that tell where a file is from, or that all files of a family repeat whether they matter to them or not.
constexpr std::array kAbout = {"max_abs_difference_to_single_precision_run",
                               "draw_order",
                               "layout",
                               "weights",
                               "batch",
                               "steps",
                               "betas",
                               "b2",
                               "weight_decay",
                               "P_mean",
                               "P_std",
                               "data_proportion",
                               "cfg_beta",
                               "class_dropout_prob",
                               "norm_p",
                               "norm_eps"};

}  // namespace

Reference::Reference(const std::filesystem::path& path) : path_(path), file_(read_safetensors(path)) {
    const auto config = file_.metadata.find("config");
    check(config != file_.metadata.end(), "{}: its metadata has no config", path.string());
    const auto json = nlohmann::json::parse(config->second, nullptr, false);
    check(json.is_object(), "{}: its config is not a JSON object", path.string());
    flatten(json, "", numbers_);
    flatten_words(json, "", words_);
    const std::string layout = word("layout", "NHWC");
    check(layout.find("NHWC") != std::string::npos, "{}: layout {} is not known, expected NHWC",
          path.string(), layout);
}

const Tensor& Reference::at(const std::string& name) const {
    const auto found = file_.tensors.find(name);
    check(found != file_.tensors.end(), "{}: has no tensor {}", path_.string(), name);
    return found->second;
}

std::vector<double> Reference::reals(const std::string& name) const {
    const Tensor& tensor = at(name);
    check(tensor.dtype() == DType::f32, "{}: {} is {}, expected f32", path_.string(), name,
          name_of(tensor.dtype()));
    return {tensor.floats().begin(), tensor.floats().end()};
}

std::vector<std::int64_t> Reference::integers(const std::string& name) const {
    const Tensor& tensor = at(name);
    check(tensor.dtype() == DType::i32, "{}: {} is {}, expected i32", path_.string(), name,
          name_of(tensor.dtype()));
    const auto* numbers = static_cast<const std::int32_t*>(tensor.raw());
    return {numbers, numbers + tensor.count()};
}

std::vector<double> Reference::settings(const std::string& key) const {
    const auto found = numbers_.find(key);
    check(found != numbers_.end(), "{}: its config has no number {}", path_.string(), key);
    read_.insert(key);
    return found->second;
}

double Reference::setting(const std::string& key) const {
    const std::vector<double> all = settings(key);
    check(all.size() == 1, "{}: {} in its config is a list, expected one number", path_.string(), key);
    return all[0];
}

std::string Reference::word(const std::string& key, const char* otherwise) const {
    const std::vector<std::string> found = words(key);
    if (found.empty() && otherwise != nullptr) return otherwise;
    check(found.size() == 1, "{}: its config has no word {}", path_.string(), key);
    return found[0];
}

std::vector<std::string> Reference::words(const std::string& key) const {
    read_.insert(key);
    const auto found = words_.find(key);
    return found == words_.end() ? std::vector<std::string>{} : found->second;
}

void Reference::expect(const std::string& key, double value) const {
    if (!has_setting(key)) return;
    check(setting(key) == value, "{}: its config says {} = {}, its tensors say {}", path_.string(), key,
          setting(key), value);
}

std::vector<std::string> Reference::unread() const {
    std::vector<std::string> out;
    const auto add = [&](const auto& settings) {
        for (const auto& [key, value] : settings)
            if (!read_.contains(key) && std::ranges::find(kAbout, key) == kAbout.end()) out.push_back(key);
    };
    add(numbers_);
    add(words_);
    return out;
}

void Comparison::note(const std::string& name, double error, double tolerance) {
    seen_.insert(name);
    all_.push_back(
        {name, std::isnan(error) ? std::numeric_limits<double>::infinity() : error, tolerance * allowance_});
}

const TensorError* Comparison::worst() const {
    const auto share = [](const TensorError& one) { return one.error / one.tolerance; };
    const auto found = std::ranges::max_element(all_, {}, share);
    return found == all_.end() ? nullptr : &*found;
}

void Comparison::values(const std::string& name, std::span<const double> got, double tolerance) {
    const std::vector<double> expected = reference_.reals(name);
    check(expected.size() == got.size(), "{}: {} has {} numbers, this build gives {}", reference_.name(),
          name, expected.size(), got.size());
    double error = 0, scale = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double off = std::abs(got[i] - expected[i]);
        error = std::isnan(off) || off > error ? off : error;  // a NaN stays
        if (std::isnan(error)) break;
        scale = std::max(scale, std::abs(expected[i]));
    }
    note(name, scale > 0 ? error / scale : error, tolerance);
}

void Comparison::values(const std::string& name, std::span<const float> got, double tolerance) {
    const std::vector<double> wide(got.begin(), got.end());
    values(name, wide, tolerance);
}

void Comparison::equal(const std::string& name, std::span<const std::int64_t> got) {
    const bool same = std::ranges::equal(reference_.integers(name), got);
    note(name, same ? 0 : 1, 1e-9);
}

void Comparison::inputs(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (reference_.has(name)) seen_.insert(name);
}

std::vector<std::string> Comparison::unseen() const {
    std::vector<std::string> out;
    for (const auto& [name, tensor] : reference_.tensors())
        if (!seen_.contains(name)) out.push_back(name);
    return out;
}

}  // namespace mf::verify
