// SPDX-License-Identifier: MIT
// Single arrays in NumPy's .npy format (numpy/lib/format.py, versions 1.0 to 3.0).
// Numbers of every plain type and byte order are read, in C and in Fortran order, up to five dimensions:
//   f2 f4 f8 i4 i8 u1 as they are;  b1 as u8;  i1 i2 u2 as i32;  u4 u8 as i64
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/byte_source.hpp"
#include "io/npy_header.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// An array that is read as a whole or some rows at a time, so that it may be larger than memory.
class NpyReader {
  public:
    /// Reads the header alone. `name`: the path, for messages.
    NpyReader(std::unique_ptr<ByteSource> source, std::string name);

    const NpyAbout& about() const { return about_; }
    /// True for numbers of the types above; text, objects, complex numbers, dates and records are none.
    bool holds_numbers() const;
    /// Error when it has more than five dimensions.
    Shape shape() const;
    /// The whole array, or what is left of it after read_rows. Error when it holds no numbers, when an u8 is
    /// above 2^63 - 1, or when the file is shorter or longer than the header says.
    Tensor read();
    /// The next `rows` entries of the first dimension: (rows, ...). An array in Fortran order is held in memory.
    Tensor read_rows(std::int64_t rows);
    /// Texts (U or S) as UTF-8, in C order. Error when it holds anything else.
    std::vector<std::string> read_texts();

  private:
    void check_size();
    Tensor next(Shape shape);

    std::unique_ptr<ByteSource> source_;
    std::string name_;
    NpyAbout about_;
    bool checked_ = false;
    std::int64_t rows_done_ = 0;
    Tensor whole_;  ///< of an array in Fortran order
};

Tensor read_npy(const std::filesystem::path& path);

/// Writes version 1.0, atomically. Error for bf16, which NumPy does not know, and for a tensor without
/// memory.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

/// NumPy's word for a type of ours: "<f4". Error for bf16.
std::string npy_type(DType dtype, const std::string& name);

/// Everything in a .npy file before the numbers of `tensor`; its length is a multiple of 64.
std::string npy_header(const Tensor& tensor, const std::string& name);

/// A whole .npy file of texts (type U), one dimension.
std::string npy_of_texts(const std::vector<std::string>& texts);

}  // namespace mf
