// SPDX-License-Identifier: MIT
#include "metrics/feature_statistics.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/array_numbers.hpp"
#include "io/file.hpp"
#include "io/looks_like.hpp"
#include "io/npz.hpp"
#include "metrics/tensor_io.hpp"

namespace mf {
namespace {

constexpr double kSymmetric = 1e-3;  ///< share of the largest number by which two halves may differ

struct Names {
    const char *mean, *covariance;
};
constexpr Names kNames[] = {{"mu", "sigma"}, {"ref_mu", "ref_sigma"}};

std::vector<double> doubles_of(const Tensor& tensor, const std::string& place) {
    std::vector<double> out;
    if (tensor.dtype() == DType::f64) {
        const auto* from = static_cast<const double*>(tensor.raw());
        out.assign(from, from + tensor.count());
    } else {
        const Tensor floats = to_floats(tensor, place);
        out.assign(floats.floats().begin(), floats.floats().end());
    }
    const auto bad = std::ranges::find_if_not(out, [](double v) { return std::isfinite(v); });
    check(bad == out.end(), "{}: holds {} at place {}, expected finite numbers", place,
          bad == out.end() ? 0.0 : *bad, bad - out.begin());
    return out;
}

/// Halves that differ by rounding are made the same.
void make_symmetric(Gaussian& g, const std::string& place) {
    const auto d = static_cast<std::size_t>(g.dim());
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < d; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            double &low = g.covariance[i * d + j], &high = g.covariance[j * d + i];
            largest = std::max({largest, std::abs(low), std::abs(high)});
            difference = std::max(difference, std::abs(low - high));
            low = high = 0.5 * (low + high);
        }
    check(difference <= kSymmetric * largest, "{}: is not symmetric: two numbers differ by {:.3g}", place,
          difference);
}

Gaussian gaussian_in(const ArrayFile& file, const Names& names) {
    const std::string place = fmt::format("{}: {}", file.name(), names.mean),
                      other = fmt::format("{}: {}", file.name(), names.covariance);
    const Tensor mean = file.read(names.mean), covariance = file.read(names.covariance);
    const std::int64_t d = mean.count();
    check(d > 0 && mean.shape().rank() <= 2 && mean.cols() == d,
          "{} has shape {}, expected one row of features", place, mean.shape());
    check(covariance.shape() == Shape({d, d}), "{} has shape {}, expected {} for the {} features of {}",
          other, covariance.shape(), Shape({d, d}), d, names.mean);
    Gaussian out{doubles_of(mean, place), doubles_of(covariance, other)};
    make_symmetric(out, other);
    return out;
}

const Names* names_in(const ArrayFile& file) {
    for (const Names& names : kNames)
        if (file.has(names.mean) && file.has(names.covariance)) return &names;
    return nullptr;
}

/// "key=value" texts.
std::map<std::string, std::string> about_in(const ArrayFile& file) {
    std::map<std::string, std::string> out;
    for (const std::string& text : file.open("about").read_texts()) {
        const std::size_t equals = text.find('=');
        if (equals != std::string::npos) out[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return out;
}

}  // namespace

bool holds_statistics(const std::filesystem::path& path) {
    const ArrayFile file(path);
    return !file.is_single() && names_in(file) != nullptr;
}

FeatureStatistics read_statistics(const std::filesystem::path& path) {
    const ArrayFile file(path);
    const Names* names = file.is_single() ? nullptr : names_in(file);
    if (names == nullptr)
        throw Error(
            fmt::format("{}: holds no statistics; expected arrays mu and sigma, or ref_mu and ref_sigma",
                        path.string()),
            file.listing());
    FeatureStatistics out;
    out.mean_name = names->mean;
    out.features = gaussian_in(file, *names);
    if (file.has("mu_s") && file.has("sigma_s")) out.spatial = gaussian_in(file, {"mu_s", "sigma_s"});
    // Other programs may call something else features or about.
    if (!file.has("about") || file.open("about").holds_numbers()) return out;
    out.about = about_in(file);
    if (file.has("count")) out.count = to_integers(file.read("count"), path.string() + ": count").at(0);
    if (file.has("features")) {
        const Tensor kept = to_floats(file.read("features"), path.string() + ": features");
        check(kept.cols() == out.features.dim(), "{}: features has shape {}, expected {} columns",
              path.string(), kept.shape(), out.features.dim());
        out.kept.assign(kept.floats().begin(), kept.floats().end());
    }
    return out;
}

void write_statistics(const std::filesystem::path& path, const FeatureStatistics& statistics) {
    std::vector<std::string> about;
    for (const auto& [key, value] : statistics.about) about.push_back(fmt::format("{}={}", key, value));
    const auto add = [](NpzWriter& out, const Gaussian& g, const char* mean, const char* covariance) {
        out.add(mean, tensor_of_doubles(g.mean, {g.dim()}));
        out.add(covariance, tensor_of_doubles(g.covariance, {g.dim(), g.dim()}));
    };
    write_file_atomically(path, [&](FileWriter& file) {
        NpzWriter out(file);
        add(out, statistics.features, "mu", "sigma");
        if (statistics.spatial) add(out, *statistics.spatial, "mu_s", "sigma_s");
        if (!statistics.kept.empty())
            out.add("features", tensor_of_floats(statistics.kept,
                                                 {statistics.kept_rows().rows, statistics.features.dim()}));
        out.add("count", tensor_of_integer(statistics.count));
        out.add("about", about);
        out.finish();
    });
}

FeatureStatistics statistics_of(const FeatureSums& sums) {
    FeatureStatistics out;
    out.features = sums.features();
    out.spatial = sums.spatial();
    const MatrixView kept = sums.kept();
    out.kept.assign(kept.data, kept.data + kept.rows * kept.cols);
    out.count = sums.rows();
    return out;
}

}  // namespace mf
