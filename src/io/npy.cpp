// SPDX-License-Identifier: MIT
#include "io/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "io/tensor_bytes.hpp"

namespace mf {
namespace {

static_assert(std::endian::native == std::endian::little, "the formats of this room are little endian");

constexpr std::size_t kPiece = 1 << 16;  // numbers that are widened at a time

struct NumpyType {
    const char* code;
    DType dtype;  ///< as which it is read
};
// The first entry of a type is the one written.
constexpr std::array<NumpyType, 12> kNumpyTypes = {{{"f4", DType::f32},
                                                    {"f8", DType::f64},
                                                    {"f2", DType::f16},
                                                    {"i4", DType::i32},
                                                    {"i8", DType::i64},
                                                    {"u1", DType::u8},
                                                    {"b1", DType::u8},
                                                    {"i1", DType::i32},
                                                    {"i2", DType::i32},
                                                    {"u2", DType::i32},
                                                    {"u4", DType::i64},
                                                    {"u8", DType::i64}}};

/// How the numbers of a type stand in the file and in memory.
struct NumberForm {
    DType dtype = DType::f32;
    char letter = 'f';
    std::size_t bytes = 4;  ///< of one in the file
    bool swap = false;      ///< big endian
};

std::optional<NumberForm> number_form(const std::string& type) {
    if (type.size() != 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos)
        return std::nullopt;
    for (const NumpyType& known : kNumpyTypes) {
        if (type.substr(1) != known.code) continue;
        const auto bytes = static_cast<std::size_t>(type[2] - '0');
        return NumberForm{known.dtype, type[1], bytes, type[0] == '>' && bytes > 1};
    }
    return std::nullopt;
}

/// The letter of a type's kind: U in "<U5".
char kind_letter(const std::string& type) {
    return type == "records" ? 'r' : type.size() > 1 ? type[1] : '?';
}

[[noreturn]] void refuse_type(const std::string& name, const std::string& type) {
    const char* what = "something unknown";
    const char* hint = "save it as numbers: numpy.asarray(x, dtype='float32')";
    switch (kind_letter(type)) {
        case 'r':
            throw Error(
                fmt::format("[npy] {}: holds records with named fields, expected plain numbers", name),
                "save one field as an array of its own: x['field']");
        case 'O':
            what = "Python objects";
            break;
        case 'U':
        case 'S':
        case 'a':
            what = "text";
            break;
        case 'M':
        case 'm':
            what = "dates or times";
            break;
        case 'c':
            what = "complex numbers";
            hint = "save x.real and x.imag as arrays of their own";
            break;
        case 'V':
            what = "raw bytes (bfloat16 is saved so)";
            hint = "save x.astype('float32') instead";
            break;
        case 'f':
        case 'g':
            what = "floats of another size";
            hint = "save x.astype('float64') instead";
            break;
        default:
            break;
    }
    throw Error(fmt::format("[npy] {}: holds {} (dtype {}), expected numbers", name, what, shown(type)),
                hint);
}

void swap_each(void* data, std::size_t count, std::size_t bytes) {
    auto* at = static_cast<unsigned char*>(data);
    for (std::size_t i = 0; i < count; ++i, at += bytes) std::reverse(at, at + bytes);
}

template <class From, class To>
void widen(const std::vector<char>& from, void* to, std::size_t done, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        From value;
        std::memcpy(&value, from.data() + i * sizeof value, sizeof value);
        static_cast<To*>(to)[done + i] = value;
    }
}

/// The next numbers of the file, as they are in memory.
void read_numbers(ByteSource& source, const NumberForm& form, Tensor& out, const std::string& name) {
    const auto count = static_cast<std::size_t>(out.count());
    if (form.bytes == size_of(form.dtype)) {
        source.read(out.raw(), count * form.bytes);
        if (form.swap) swap_each(out.raw(), count, form.bytes);
        if (form.letter == 'u' && form.dtype == DType::i64) {
            const auto* values = static_cast<const std::int64_t*>(out.raw());
            check(std::all_of(values, values + count, [](std::int64_t v) { return v >= 0; }),
                  "[npy] {}: holds unsigned numbers above 2^63 - 1, which are not supported", name);
        }
        return;
    }
    std::vector<char> piece(std::min(count, kPiece) * form.bytes);
    for (std::size_t done = 0; done < count;) {
        const std::size_t part = std::min(kPiece, count - done);
        source.read(piece.data(), part * form.bytes);
        if (form.swap) swap_each(piece.data(), part, form.bytes);
        if (form.bytes == 1)
            widen<std::int8_t, std::int32_t>(piece, out.raw(), done, part);
        else if (form.bytes == 4)
            widen<std::uint32_t, std::int64_t>(piece, out.raw(), done, part);
        else if (form.letter == 'i')
            widen<std::int16_t, std::int32_t>(piece, out.raw(), done, part);
        else
            widen<std::uint16_t, std::int32_t>(piece, out.raw(), done, part);
        done += part;
    }
}

/// The same array with the last dimension running fastest, from one whose first does.
Tensor in_c_order(const Tensor& columns) {
    const Shape& shape = columns.shape();
    Tensor out(shape, columns.dtype());
    std::array<std::int64_t, Shape::most> index{}, stride{};
    std::int64_t step = 1;
    for (int d = 0; d < shape.rank(); ++d) {
        stride[static_cast<std::size_t>(d)] = step;
        step *= shape[d];
    }
    const std::size_t bytes = size_of(columns.dtype());
    const auto* from = static_cast<const char*>(columns.raw());
    auto* to = static_cast<char*>(out.raw());
    std::int64_t at = 0;
    for (std::int64_t i = 0, n = out.count(); i < n; ++i, to += bytes) {
        std::memcpy(to, from + static_cast<std::size_t>(at) * bytes, bytes);
        for (int d = shape.rank() - 1; d >= 0; --d) {
            const auto k = static_cast<std::size_t>(d);
            at += stride[k];
            if (++index[k] < shape[d]) break;
            at -= stride[k] * shape[d];
            index[k] = 0;
        }
    }
    return out;
}

}  // namespace

NpyReader::NpyReader(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), about_(read_npy_about(*source_, name_)) {}

bool NpyReader::holds_numbers() const { return number_form(about_.type).has_value(); }

Shape NpyReader::shape() const {
    check(about_.dims.size() <= Shape::most, "[npy] {}: more than {} dimensions", name_, Shape::most);
    Shape out;
    for (const std::int64_t d : about_.dims) out.push(d);
    return out;
}

void NpyReader::check_size() {
    const std::optional<NumberForm> form = number_form(about_.type);
    if (!form) refuse_type(name_, about_.type);
    if (std::exchange(checked_, true)) return;
    const Shape all = shape();
    // In memory a number may be wider than in the file.
    const auto in_memory = tensor_bytes(all, form->dtype);
    check(in_memory.has_value(), "[npy] {}: the shape {} is too large", name_, all.text());
    const std::uint64_t bytes = *in_memory / size_of(form->dtype) * form->bytes;
    check(bytes <= source_->left(),
          "[npy] {}: the file is truncated: {} of shape {} has {} bytes, but {} are there", name_,
          about_.type.substr(1), all.text(), bytes, source_->left());
    check(bytes == source_->left(), "[npy] {}: {} bytes too many after the array", name_,
          source_->left() - bytes);
}

Tensor NpyReader::next(Shape shape) {
    Tensor out(shape, number_form(about_.type)->dtype);
    read_numbers(*source_, *number_form(about_.type), out, name_);
    return out;
}

Tensor NpyReader::read() {
    check_size();
    const Shape all = shape();
    if (all.rank() == 0) return next(all);
    if (rows_done_ > 0) return read_rows(all[0] - rows_done_);
    rows_done_ = all[0];
    // With one dimension or none both orders are the same.
    return about_.fortran && all.rank() > 1 ? in_c_order(next(all)) : next(all);
}

Tensor NpyReader::read_rows(std::int64_t rows) {
    check_size();
    const Shape all = shape();
    check(all.rank() > 0 && rows >= 0 && rows <= all[0] - rows_done_,
          "[npy] {}: {} rows wanted of an array of shape {}, {} of which are read", name_, rows, all.text(),
          rows_done_);
    Shape part{rows};
    for (int d = 1; d < all.rank(); ++d) part.push(all[d]);
    const std::int64_t first = rows_done_;
    rows_done_ += rows;
    if (!about_.fortran || all.rank() == 1) return next(part);
    if (whole_.empty()) whole_ = in_c_order(next(all));
    const auto row_bytes = all[0] == 0 ? 0 : whole_.bytes() / static_cast<std::size_t>(all[0]);
    Tensor out(part, whole_.dtype());
    std::memcpy(out.raw(),
                static_cast<const char*>(whole_.raw()) + static_cast<std::size_t>(first) * row_bytes,
                out.bytes());
    return out;
}

std::string npy_type(DType dtype, const std::string& name) {
    for (const NumpyType& type : kNumpyTypes)
        if (type.dtype == dtype) return fmt::format("{}{}", size_of(dtype) == 1 ? '|' : '<', type.code);
    throw Error(fmt::format("[npy] {}: NumPy has no type for {}", name, name_of(dtype)),
                "convert to f32 first");
}

std::string npy_header(const Tensor& tensor, const std::string& name) {
    check(!tensor.empty(), "[npy] {}: the tensor has no memory", name);
    return npy_header_text(npy_type(tensor.dtype(), name), {tensor.shape().begin(), tensor.shape().end()});
}

Tensor read_npy(const std::filesystem::path& path) {
    const InputFile file(path);
    return NpyReader(std::make_unique<FileSource>(file, 0, file.size()), file.name()).read();
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
    const std::string header = npy_header(tensor, path.string());
    const auto write = [&](FileWriter& out) {
        out.write(header);
        out.write(tensor.raw(), tensor.bytes());
    };
    write_file_atomically(path, write, header.size() + tensor.bytes());
}

}  // namespace mf
