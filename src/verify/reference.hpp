// SPDX-License-Identifier: MIT
// Golden vectors: one file of tensors with its `config`, and the comparison of results with them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "io/safetensors.hpp"
#include "ops/param.hpp"

namespace mf::verify {

/// How far numbers and gradients may be from a reference in single precision, relative to the largest of them.
inline constexpr double kTolerance = 1e-5, kGradientTolerance = 1e-4;

/// One file of golden vectors. Whatever is asked for and not there is an Error that names it.
class Reference {
  public:
    explicit Reference(const std::filesystem::path& path);

    std::string name() const { return path_.filename().string(); }
    const std::filesystem::path& path() const { return path_; }
    const std::map<std::string, Tensor>& tensors() const { return file_.tensors; }
    bool has(const std::string& name) const { return file_.tensors.contains(name); }
    /// f32 tensors; i32 ones through `integers`.
    const Tensor& at(const std::string& name) const;
    std::vector<double> reals(const std::string& name) const;
    std::vector<std::int64_t> integers(const std::string& name) const;

    /// A number of the `config`, nested ones as "schedule.base_lr"; several as `settings`.
    double setting(const std::string& key) const;
    double setting(const std::string& key, double otherwise) const {
        return has_setting(key) ? setting(key) : otherwise;
    }
    bool has_setting(const std::string& key) const { return numbers_.contains(key); }
    std::vector<double> settings(const std::string& key) const;
    /// A word of the `config`; `otherwise` (unless null) when it has none.
    std::string word(const std::string& key, const char* otherwise = nullptr) const;
    /// A list of words; empty when there is none.
    std::vector<std::string> words(const std::string& key) const;
    /// Error when the `config` has this number and says something else than the file's tensors do.
    void expect(const std::string& key, double value) const;
    /// Settings that nobody asked for, but for those that only tell where the file is from.
    std::vector<std::string> unread() const;

  private:
    std::filesystem::path path_;
    TensorFile file_;
    std::map<std::string, std::vector<double>> numbers_;  // of the config, flattened
    std::map<std::string, std::vector<std::string>> words_;
    mutable std::set<std::string> read_;  // keys that were asked for
};

/// How far one result is: max |got - expected| / max |expected|.
struct TensorError {
    std::string name;
    double error, tolerance;
};

/// Collects how far results are from a reference, when networks compute in this precision (tolerances are for f32).
class Comparison {
  public:
    /// `allowance`: what all tolerances are multiplied with, on a device whose functions and sums round otherwise.
    explicit Comparison(const Reference& reference, Precision precision = Precision::f32,
                        double allowance = 1)
        : reference_(reference), precision_(precision), allowance_(allowance) {}

    Precision precision() const { return precision_; }

    /// Compares with the tensor of this name; sizes must agree.
    void values(const std::string& name, std::span<const double> got, double tolerance);
    void values(const std::string& name, std::span<const float> got, double tolerance);
    void value(const std::string& name, double got, double tolerance) {
        values(name, std::span(&got, 1), tolerance);
    }
    /// Whole numbers, masks and labels: equal or not.
    void equal(const std::string& name, std::span<const std::int64_t> got);
    /// Says that a tensor is an input, so that it is not reported as one nobody looked at.
    void inputs(std::initializer_list<const char*> names);
    void input(const std::string& name) { seen_.insert(name); }

    /// In the order of comparison; a tensor that was compared twice stands there twice.
    const std::vector<TensorError>& all() const { return all_; }
    /// The one that is farthest from its tolerance, or null when nothing was compared.
    const TensorError* worst() const;
    /// Something was compared, all of it is within its tolerance, and no tensor was left over.
    bool passed() const {
        return worst() != nullptr && worst()->error <= worst()->tolerance && unseen().empty();
    }
    /// Tensors of the file that were neither compared nor read as inputs.
    std::vector<std::string> unseen() const;

  private:
    void note(const std::string& name, double error, double tolerance);

    const Reference& reference_;
    Precision precision_;
    double allowance_;
    std::set<std::string> seen_;
    std::vector<TensorError> all_;
};

}  // namespace mf::verify
