// SPDX-License-Identifier: MIT
// Named arrays in NumPy's .npz format: a zip archive of .npy files (see npy.hpp for the types), of any size.
// What is not asked for is not read, and may be anything.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/npy.hpp"
#include "io/zip.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// An .npz, or an .npy as the one array of a file: told by the content.
class ArrayFile {
  public:
    explicit ArrayFile(const std::filesystem::path& path);

    const std::string& name() const { return file_->name(); }
    /// True for an .npy, whose array has no name and stands for every name that is asked for.
    bool is_single() const { return entries_.empty() && single_; }
    /// Names in the order of the file; that of a single array is "".
    std::vector<std::string> names() const;
    bool has(const std::string& name) const;
    /// Error when there is no such array; the hint lists what is there. The file must outlive the reader.
    NpyReader open(const std::string& name) const;
    Tensor read(const std::string& name) const { return open(name).read(); }
    /// "it has features f4 (3, 4), names U5 (3)": what is there, for a hint.
    std::string listing() const;

  private:
    std::unique_ptr<InputFile> file_;
    std::vector<ZipEntry> entries_;
    bool single_ = false;
};

/// Every array of numbers in what numpy.savez and numpy.savez_compressed write; entries that are none (text, objects, other
/// files) are left out.
std::map<std::string, Tensor> read_npz(const std::filesystem::path& path);

/// Writes atomically, without compression; equal content gives equal bytes.
void write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors);

/// An .npz that is larger than memory: arrays one after the other, the numbers of each piece by piece.
class NpzWriter {
  public:
    explicit NpzWriter(FileWriter& out) : zip_(out) {}
    void add(const std::string& name, const Tensor& tensor);
    void add(const std::string& name, const std::vector<std::string>& texts);
    /// An array whose numbers `write` gives, in C order; `end` when all are there.
    void begin(const std::string& name, DType dtype, const Shape& shape);
    void write(const void* numbers, std::size_t bytes);
    void end() { zip_.end(); }
    /// After the last array.
    void finish() { zip_.finish(); }

  private:
    ZipWriter zip_;
};

}  // namespace mf
