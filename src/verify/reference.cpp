// SPDX-License-Identifier: MIT
#include "verify/reference.hpp"

#include <algorithm>
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

}  // namespace

Reference::Reference(const std::filesystem::path& path) : path_(path), file_(read_safetensors(path)) {
    const auto config = file_.metadata.find("config");
    check(config != file_.metadata.end(), "{}: its metadata has no config", path.string());
    const auto json = nlohmann::json::parse(config->second, nullptr, false);
    check(json.is_object(), "{}: its config is not a JSON object", path.string());
    flatten(json, "", numbers_);
    for (const auto& [key, value] : json.items())
        if (value.is_string()) words_[key] = value.get<std::string>();
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
    return found->second;
}

double Reference::setting(const std::string& key) const {
    const std::vector<double> all = settings(key);
    check(all.size() == 1, "{}: {} in its config is a list, expected one number", path_.string(), key);
    return all[0];
}

const std::string& Reference::word(const std::string& key) const {
    const auto found = words_.find(key);
    check(found != words_.end(), "{}: its config has no word {}", path_.string(), key);
    return found->second;
}

void Comparison::note(const std::string& name, double error, double tolerance) {
    seen_.insert(name);
    all_.push_back({name, std::isnan(error) ? std::numeric_limits<double>::infinity() : error, tolerance});
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
