// SPDX-License-Identifier: MIT
#include "io/npy.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "io/tensor_bytes.hpp"

namespace mf {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostHeader = 10000;  // NumPy's own readers refuse longer ones

struct NumpyType {
    const char* code;
    DType dtype;
};
// For reading b1 counts as u8; the first entry of a type is the one written.
constexpr std::array<NumpyType, 7> kTypes = {{{"f4", DType::f32},
                                              {"f8", DType::f64},
                                              {"f2", DType::f16},
                                              {"i4", DType::i32},
                                              {"i8", DType::i64},
                                              {"u1", DType::u8},
                                              {"b1", DType::u8}}};

struct NpyHeader {
    std::string type;
    bool fortran = false;
    Shape shape;
};

/// Reads the Python dictionary that a header is: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderReader {
  public:
    HeaderReader(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

    NpyHeader read() {
        NpyHeader header;
        int seen = 0;
        expect('{');
        while (!take('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr" && (seen & 1) == 0)
                header.type = type();
            else if (key == "fortran_order" && (seen & 2) == 0)
                header.fortran = truth();
            else if (key == "shape" && (seen & 4) == 0)
                header.shape = shape();
            else
                fail(key == "descr" || key == "fortran_order" || key == "shape"
                         ? "a key stands twice"
                         : "unknown key " + shown(key));
            seen |= key == "descr" ? 1 : key == "fortran_order" ? 2 : 4;
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        skip_blanks();
        if (seen != 7 || !rest_.empty()) fail("expected descr, fortran_order and shape, nothing more");
        return header;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error(fmt::format("[npy] {}: the header is damaged: {}", name_, what));
    }
    void skip_blanks() {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
    }
    bool take(char c) {
        skip_blanks();
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail(fmt::format("expected '{}' before {}", c, shown(rest_.substr(0, 20))));
    }
    bool take(std::string_view word) {
        skip_blanks();
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::string quoted() {
        skip_blanks();
        if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"'))
            fail(fmt::format("expected a quoted word before {}", shown(rest_.substr(0, 20))));
        const std::size_t end = rest_.find(rest_[0], 1);
        if (end == std::string_view::npos) fail("a quote is not closed");
        std::string word(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        return word;
    }
    std::string type() {
        skip_blanks();
        check(!rest_.starts_with('['), "[npy] {}: holds records with named fields, expected plain numbers",
              name_);
        return quoted();
    }
    bool truth() {
        if (take(std::string_view("True"))) return true;
        if (!take(std::string_view("False"))) fail("fortran_order must be True or False");
        return false;
    }
    Shape shape() {
        Shape out;
        expect('(');
        while (!take(')')) {
            skip_blanks();
            std::int64_t d = -1;
            const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), d);
            if (code != std::errc() || d < 0) fail("the shape must be integers >= 0");
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            check(out.rank() < Shape::most, "[npy] {}: more than {} dimensions", name_, Shape::most);
            out.push(d);
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return out;
    }

    std::string_view rest_;
    const std::string& name_;
};

DType dtype_of(const std::string& text, const std::string& name) {
    const std::string code = text.size() == 3 ? text.substr(1) : "";
    for (const NumpyType& type : kTypes) {
        if (code != type.code) continue;
        const bool one_byte = size_of(type.dtype) == 1;
        check(text[0] != '>' || one_byte, "[npy] {}: the numbers are big endian ({}), expected little endian",
              name, text);
        if (text[0] == '<' || one_byte) return type.dtype;
    }
    throw Error(fmt::format("[npy] {}: dtype {} is not supported, expected f2, f4, f8, i4, i8, u1 or b1",
                            name, shown(text)));
}

NpyHeader read_header(ByteSource& source, const std::string& name) {
    std::array<char, 8> start{};
    check(source.left() >= start.size(), "[npy] {}: the file is truncated ({} bytes)", name, source.left());
    source.read(start.data(), start.size());
    check(std::string_view(start.data(), 6) == kMagic, "[npy] {}: is not an .npy file", name);
    const int version = static_cast<unsigned char>(start[6]);
    check(1 <= version && version <= 3, "[npy] {}: format version {}, expected 1, 2 or 3", name, version);
    std::uint32_t length = 0;
    const std::size_t width = version == 1 ? 2 : 4;
    check(source.left() >= width, "[npy] {}: the file is truncated in its header", name);
    source.read(&length, width);
    check(length <= source.left(), "[npy] {}: the file is truncated in its header", name);
    check(length <= kMostHeader, "[npy] {}: a header of {} bytes, expected at most {}", name, length,
          kMostHeader);
    std::string text(length, '\0');
    source.read(text.data(), text.size());
    return HeaderReader(text, name).read();
}

}  // namespace

Tensor read_npy_from(ByteSource& source, const std::string& name) {
    const NpyHeader header = read_header(source, name);
    const DType dtype = dtype_of(header.type, name);
    // With one dimension or none both orders are the same.
    if (header.fortran && header.shape.rank() > 1)
        throw Error(
            fmt::format("[npy] {}: the array of shape {} is in Fortran order", name, header.shape.text()),
            "save numpy.ascontiguousarray(array) instead");
    const auto bytes = tensor_bytes(header.shape, dtype);
    check(bytes.has_value(), "[npy] {}: the shape {} is too large", name, header.shape.text());
    check(*bytes <= source.left(),
          "[npy] {}: the file is truncated: {} of shape {} has {} bytes, but {} are there", name,
          name_of(dtype), header.shape.text(), *bytes, source.left());
    check(*bytes == source.left(), "[npy] {}: {} bytes too many after the array", name,
          source.left() - *bytes);
    Tensor tensor(header.shape, dtype);
    source.read(tensor.raw(), *bytes);
    return tensor;
}

std::string npy_header(const Tensor& tensor, const std::string& name) {
    check(!tensor.empty(), "[npy] {}: the tensor has no memory", name);
    const char* code = nullptr;
    for (std::size_t i = kTypes.size(); i-- > 0;)
        if (kTypes[i].dtype == tensor.dtype()) code = kTypes[i].code;
    if (code == nullptr)
        throw Error(fmt::format("[npy] {}: NumPy has no type for {}", name, name_of(tensor.dtype())),
                    "convert to f32 first");
    std::string shape;
    for (const std::int64_t d : tensor.shape()) shape += fmt::format("{}, ", d);
    if (tensor.shape().rank() > 1) shape.resize(shape.size() - 2);
    if (tensor.shape().rank() == 1) shape.pop_back();
    std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                   size_of(tensor.dtype()) == 1 ? '|' : '<', code, shape);
    text.append(63 - (kMagic.size() + 4 + text.size()) % 64, ' ');
    text += '\n';
    const auto length = static_cast<std::uint16_t>(text.size());
    std::string out(kMagic);
    out += {'\x01', '\x00', static_cast<char>(length & 0xFF), static_cast<char>(length >> 8)};
    return out + text;
}

Tensor read_npy(const std::filesystem::path& path) {
    const InputFile file(path);
    FileSource source(file, 0, file.size());
    return read_npy_from(source, file.name());
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
