// SPDX-License-Identifier: MIT
#include "io/torch_storages.hpp"

#include <algorithm>
#include <cstring>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

/// Copies may take this many times the file: expanded tensors repeat numbers without an end.
constexpr std::uint64_t kMostCopies = 8, kFreeCopies = std::uint64_t{1} << 26;

bool is_plain(const TorchTensor& tensor) {
    std::int64_t step = 1;
    for (std::size_t i = tensor.dims.size(); i-- > 0;) {
        if (tensor.dims[i] != 1 && tensor.strides[i] != step) return false;
        step *= tensor.dims[i];
    }
    return true;
}

/// The dimensions as a shape, where they are few enough.
bool shape_of(const TorchTensor& tensor, Shape& out) {
    if (tensor.dims.size() > Shape::most) return false;
    for (const std::int64_t d : tensor.dims) out.push(d);
    return true;
}

/// Numbers of `bytes` bytes each from a strided place to rows without gaps.
void gather(const TorchTensor& tensor, const std::byte* from, std::byte* to, bool swap) {
    const std::size_t size = tensor.type->bytes, rank = tensor.dims.size();
    std::vector<std::int64_t> at(rank, 0);
    std::uint64_t count = 1;
    for (const std::int64_t d : tensor.dims) count *= static_cast<std::uint64_t>(d);
    const std::byte* source = from;
    for (std::uint64_t i = 0; i < count; ++i, to += size) {
        if (swap)
            std::reverse_copy(source, source + size, to);
        else
            std::memcpy(to, source, size);
        for (std::size_t d = rank; d-- > 0;) {
            source += tensor.strides[d] * static_cast<std::int64_t>(size);
            if (++at[d] < tensor.dims[d]) break;
            source -= tensor.strides[d] * static_cast<std::int64_t>(size) * tensor.dims[d];
            at[d] = 0;
        }
    }
}

std::string dims_text(const std::vector<std::int64_t>& dims) {
    std::string out = "(";
    for (std::size_t i = 0; i < dims.size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(dims[i]);
    return out + ")";
}

/// Bytes of the tensor without gaps; more than any file when that has no end.
std::uint64_t plain_bytes(const TorchTensor& tensor) {
    std::uint64_t out = tensor.type->bytes;
    for (const std::int64_t d : tensor.dims)
        if (__builtin_mul_overflow(out, static_cast<std::uint64_t>(d), &out)) return UINT64_MAX;
    return out;
}

}  // namespace

void take_tensors(const TorchContent& content, const TorchBytes& bytes_of, bool big, std::uint64_t file_bytes,
                  const std::string& place, NamedTensors& out) {
    std::uint64_t copied = 0;
    for (const auto& [name, tensor] : content.tensors) {
        const std::string where = fmt::format("[torch] {}: tensor {}", place, shown(name));
        Shape shape;
        const std::size_t size = tensor.type->bytes;
        if (!tensor.type->here || !shape_of(tensor, shape)) {
            out.foreign[name] = {.type = std::string(tensor.type->safetensors),
                                 .shape = dims_text(tensor.dims),
                                 .dims = shape};
            continue;
        }
        const std::span<const std::byte> storage =
            tensor.in_pickle ? std::as_bytes(std::span(tensor.bytes)) : bytes_of(tensor.storage);
        check(tensor.reach <= storage.size() / size,
              "{} needs {} numbers of {} bytes from storage {}, which has {} bytes", where, tensor.reach,
              size, shown(tensor.storage), storage.size());
        const std::byte* from = tensor.reach == 0 ? storage.data() : storage.data() + tensor.offset * size;
        const bool swap = size > 1 && (tensor.in_pickle ? tensor.big_endian : big);
        const bool aligned = reinterpret_cast<std::uintptr_t>(from) % size == 0;
        if (tensor.reach > 0 && !tensor.in_pickle && !swap && aligned && is_plain(tensor)) {
            out.tensors.emplace(name,
                                Tensor::view_of(const_cast<std::byte*>(from), shape, *tensor.type->here));
            continue;
        }
        const std::uint64_t bytes = tensor.reach == 0 ? 0 : plain_bytes(tensor);
        check(bytes <= kFreeCopies + kMostCopies * file_bytes - std::min(copied, kMostCopies * file_bytes),
              "{} of shape {} repeats its few numbers too often", where, dims_text(tensor.dims));
        copied += bytes;
        Tensor own(shape, *tensor.type->here);
        if (bytes > 0) gather(tensor, from, static_cast<std::byte*>(own.raw()), swap);
        out.tensors.emplace(name, std::move(own));
    }
}

}  // namespace mf
