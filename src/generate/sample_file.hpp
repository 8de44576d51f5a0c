// SPDX-License-Identifier: MIT
// Samples in files: .npz, .npy, .csv.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "generate/sampling.hpp"
#include "io/npz.hpp"

namespace mf {

/// Draws samples and writes them as they come, in bounded memory and to files of any size; atomically. By the ending:
///   .npz  `samples` f32 (count, ...); where there are classes `labels` i64 (the null class counts as one more),
///         `class_names`, and `omega`, `t_min`, `t_max` f32; `seed`, `steps` i64; with request.record also `recorded` and
///         `recorded_times`
///   .npy  samples alone
///   .csv  a line a sample
/// `pixels`: images as bytes, as PNGs show them: `arr_0` u1 (count, H, W, C) in the place of samples and `arr_1` in the
/// place of labels, which is what public evaluators of images read. Where there are several pieces, .npz and .npy go on
/// from PATH.part after an interruption, to the same bytes. Returns the seconds that drawing took. UsageError for
/// another ending, and for pixels of what is no picture.
double write_drawn_samples(const std::filesystem::path& path, const LoadedModel& loaded,
                           const SampleRequest& request, bool pixels, Team& team);

/// Points or images of a data set: .npz (one array `samples`), .npy or .csv.
void write_samples(const std::filesystem::path& path, const Samples& samples, const Shape& sample_shape);

/// Samples of an .npz (the array `samples`, or `arr_0`, or the only one), an .npy, or rows of a .csv, .tsv or .txt, as
/// points (n, 2). Error when it is anything else.
std::vector<float> read_points(const std::filesystem::path& path);
/// The array of samples in a file: `samples`, `arr_0`, or the only one of numbers. Error, listing what is there, when
/// there is none.
std::string sample_array_name(const ArrayFile& file);
/// True for files called .csv, .tsv or .txt.
bool is_text_table(const std::filesystem::path& path);
/// True for such files, told by their name or their first bytes.
bool is_sample_file(const std::filesystem::path& path);
/// "x.npz" and 4: "x_4.npz".
std::filesystem::path with_suffix(const std::filesystem::path& path, const std::string& suffix);

}  // namespace mf
