// SPDX-License-Identifier: MIT
// Reads a file of reference numbers (safetensors: an 8-byte length, a JSON header, raw little-endian data),
// apart from the library's own reader so that the two cannot share a mistake.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mf {

/// Every dtype is widened to double, which holds all of them but large 64-bit integers exactly.
struct GoldenTensor {
    std::vector<std::int64_t> shape;
    std::vector<double> values;

    std::vector<float> floats() const;
    std::vector<std::int32_t> integers() const;
    /// The only value of a tensor of shape [1]; throws when there are more.
    double scalar() const;
};

class Golden {
  public:
    /// A file of tests/data, or an absolute path. Throws std::runtime_error when it cannot be read.
    explicit Golden(const std::string& name);

    /// Throws, naming the file, when there is no such tensor.
    const GoldenTensor& at(const std::string& name) const;
    bool has(const std::string& name) const { return tensors_.contains(name); }
    const std::map<std::string, GoldenTensor>& tensors() const { return tensors_; }
    /// The settings the numbers were made with; null when the file has none.
    const nlohmann::json& config() const { return config_; }

  private:
    std::string name_;
    std::map<std::string, GoldenTensor> tensors_;
    nlohmann::json config_;
};

}  // namespace mf
