// SPDX-License-Identifier: MIT
#include "generate/sample_file.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "io/npz.hpp"

namespace mf {
namespace {

/// (count, *sample_shape)
Tensor as_tensor(const std::vector<float>& values, const Shape& sample_shape) {
    Shape shape{static_cast<std::int64_t>(values.size()) / sample_shape.count()};
    for (const std::int64_t d : sample_shape) shape.push(d);
    Tensor out(shape, DType::f32);
    std::copy(values.begin(), values.end(), out.f32());
    return out;
}

Tensor stacked(const std::vector<std::vector<float>>& states, const Shape& sample_shape) {
    std::vector<float> all;
    for (const std::vector<float>& state : states) all.insert(all.end(), state.begin(), state.end());
    Shape shape{static_cast<std::int64_t>(states.size()),
                static_cast<std::int64_t>(states[0].size()) / sample_shape.count()};
    for (const std::int64_t d : sample_shape) shape.push(d);
    Tensor out(shape, DType::f32);
    std::copy(all.begin(), all.end(), out.f32());
    return out;
}

std::string csv_of(const std::vector<float>& values, std::int64_t columns) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i)
        out += fmt::format("{}{}", values[i], (static_cast<std::int64_t>(i) + 1) % columns == 0 ? "\n" : ",");
    return out;
}

}  // namespace

void write_samples(const std::filesystem::path& path, const Samples& samples, const Shape& sample_shape) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    const std::string ending = path.extension().string();
    if (ending == ".npz") {
        std::map<std::string, Tensor> arrays = {{"samples", as_tensor(samples.values, sample_shape)}};
        if (!samples.recorded.empty()) {
            arrays["recorded"] = stacked(samples.recorded, sample_shape);
            Tensor times({static_cast<std::int64_t>(samples.recorded_times.size())}, DType::f64);
            std::copy(samples.recorded_times.begin(), samples.recorded_times.end(),
                      static_cast<double*>(times.raw()));
            arrays["recorded_times"] = times;
        }
        return write_npz(path, arrays);
    }
    if (ending == ".npy") return write_npy(path, as_tensor(samples.values, sample_shape));
    check_usage(ending == ".csv", "--out {}: samples are written as .png, .svg, .npz, .npy or .csv",
                path.string());
    write_file_atomically(path, csv_of(samples.values, sample_shape.count()));
}

std::map<std::string, Tensor> read_arrays(const std::filesystem::path& path) {
    if (path.extension() == ".npy") return {{"samples", read_npy(path)}};
    return read_npz(path);
}

Tensor as_floats(const Tensor& tensor, const std::string& place) {
    if (tensor.dtype() == DType::f32) return tensor;
    check(tensor.dtype() == DType::f64, "{}: expected numbers as f32 or f64, got {}", place,
          name_of(tensor.dtype()));
    Tensor out(tensor.shape(), DType::f32);
    const auto* numbers = static_cast<const double*>(tensor.raw());
    for (std::int64_t i = 0; i < out.count(); ++i) out.f32()[i] = static_cast<float>(numbers[i]);
    return out;
}

Tensor read_samples(const std::filesystem::path& path) {
    const std::map<std::string, Tensor> arrays = read_arrays(path);
    const auto named = arrays.find("samples");
    if (named != arrays.end()) return as_floats(named->second, path.string());
    check(arrays.size() == 1, "{}: has {} arrays and none is called samples", path.string(), arrays.size());
    return as_floats(arrays.begin()->second, path.string());
}

std::vector<float> read_points(const std::filesystem::path& path) {
    const Tensor points = read_samples(path);
    check(points.shape().rank() == 2 && points.cols() == 2, "{}: expected points of shape (n, 2), got {}",
          path.string(), points.shape().text());
    return {points.floats().begin(), points.floats().end()};
}

std::filesystem::path with_suffix(const std::filesystem::path& path, const std::string& suffix) {
    return path.parent_path() / (path.stem().string() + "_" + suffix + path.extension().string());
}

}  // namespace mf
