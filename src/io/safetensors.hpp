// SPDX-License-Identifier: MIT
// Named tensors and text in one file, in the safetensors format (https://github.com/huggingface/safetensors):
// 8 bytes header length (little endian), a JSON header, then the numbers of all tensors without a gap.
// A file is believed only after its header has been checked against its size: every error is one line with
// the path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "io/file.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// A tensor of a type that is not computed with here (I8, I16, U16, U32, U64, C64 and the types of 4, 6 and 8 bits), or of
/// more than five dimensions. Nobody is hindered by it who does not need it.
struct ForeignTensor {
    std::string type;   ///< "F8_E4M3"
    std::string shape;  ///< "(3, 4)"
    Shape dims;         ///< the same; empty where it has more than five
    std::uint64_t offset = 0, bytes = 0;
};

struct TensorFile {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> metadata;
    std::map<std::string, ForeignTensor> foreign = {};  ///< not read, not written

    /// The tensor of this name. Error, naming `place`, when it is missing or foreign.
    const Tensor& at(const std::string& name, const std::string& place) const;
};

/// Where one tensor stands in its file.
struct TensorEntry {
    DType dtype = DType::f32;
    Shape shape;
    std::uint64_t offset = 0;  ///< first byte, counted from the start of the file
    std::uint64_t bytes = 0;
};

struct SafetensorsHeader {
    std::map<std::string, TensorEntry> tensors;
    std::map<std::string, ForeignTensor> foreign;
    std::map<std::string, std::string> metadata;
    std::uint64_t file_bytes = 0;
};

/// Reads and checks the header alone, whatever the size of the file.
/// Dtypes: F64, F32, F16, BF16, I64, I32, U8, and BOOL (as u8, 0 or 1), up to five dimensions; tensors of the other
/// official types are foreign. A file that is something else altogether is called what it is.
SafetensorsHeader read_safetensors_header(const std::filesystem::path& path);

/// Copies every tensor to memory of its own.
TensorFile read_safetensors(const std::filesystem::path& path);

/// Writes atomically (see write_file_atomically). Equal content gives equal bytes: the header lists names in
/// byte order; the numbers stand by falling element size, then by name, so that each tensor is aligned for
/// its type. Error for a tensor without memory, a name "__metadata__", and names or metadata that are not
/// UTF-8.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

/// One CRC-32C over every tensor's name and bytes, in the order of the names: "crc32c:0123abcd", for metadata.
std::string checksum_of(const TensorFile& file);

/// The tensors of a file without reading it first: views of the mapped file, valid while this object lives,
/// and not to be written to. Tensors that another program left unaligned for their type are copied.
class MappedSafetensors {
  public:
    explicit MappedSafetensors(const std::filesystem::path& path);

    const std::map<std::string, Tensor>& tensors() const& { return file_.tensors; }
    const std::map<std::string, std::string>& metadata() const& { return file_.metadata; }
    const std::map<std::string, ForeignTensor>& foreign() const& { return file_.foreign; }
    // The views of a temporary would be gone before they are used.
    void tensors() && = delete;
    void metadata() && = delete;
    void foreign() && = delete;

  private:
    MappedFile mapping_;
    TensorFile file_;
};

}  // namespace mf
