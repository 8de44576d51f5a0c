// SPDX-License-Identifier: MIT
// Samples in files: .npz, .npy, .csv.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "generate/sampling.hpp"

namespace mf {

/// By the ending: .npz (one array `samples`; with recorded states also `recorded` and `recorded_times`),
/// .npy, .csv.
void write_samples(const std::filesystem::path& path, const Samples& samples, const Shape& sample_shape);
/// All arrays of an .npz; the one of an .npy is called samples.
std::map<std::string, Tensor> read_arrays(const std::filesystem::path& path);
/// f32 or f64 numbers as f32. Error names `place` for other types.
Tensor as_floats(const Tensor& tensor, const std::string& place);
/// The array `samples` of an .npz (or its only array), or an .npy, as f32 in its shape.
Tensor read_samples(const std::filesystem::path& path);
/// The array `samples` of an .npz (or its only array), or an .npy, as rows of two. Error when it is anything
/// else.
std::vector<float> read_points(const std::filesystem::path& path);
/// "x.npz" and 4: "x_4.npz".
std::filesystem::path with_suffix(const std::filesystem::path& path, const std::string& suffix);

}  // namespace mf
