// SPDX-License-Identifier: MIT
#include "io/npy_header.hpp"

#include <array>
#include <charconv>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/looks_like.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::string_view kNpyMagic = "\x93NUMPY";
constexpr std::size_t kMostNpyHeader = 10000;  // NumPy's own readers refuse longer ones
constexpr std::size_t kMostNpyDims = 64;

/// Reads the Python dictionary that a header is: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class NpyHeaderReader {
  public:
    NpyHeaderReader(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

    NpyAbout read() {
        NpyAbout header;
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
                header.dims = shape();
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
        if (!rest_.starts_with('[') && !rest_.starts_with('(')) return quoted();
        // A list of fields: stepped over as far as its brackets go.
        int depth = 0;
        while (!rest_.empty()) {
            const char c = rest_[0];
            if (c == '\'' || c == '"') {
                quoted();
                continue;
            }
            rest_.remove_prefix(1);
            depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
            if (depth == 0) return "records";
        }
        fail("a bracket is not closed");
    }
    bool truth() {
        if (take(std::string_view("True"))) return true;
        if (!take(std::string_view("False"))) fail("fortran_order must be True or False");
        return false;
    }
    std::vector<std::int64_t> shape() {
        std::vector<std::int64_t> out;
        expect('(');
        while (!take(')')) {
            skip_blanks();
            std::int64_t d = -1;
            const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), d);
            if (code != std::errc() || d < 0) fail("the shape must be integers >= 0");
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            take('L');  // Python 2's long integers
            if (out.size() == kMostNpyDims) fail("it has too many dimensions");
            out.push_back(d);
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

}  // namespace

std::string NpyAbout::type_text() const {
    const bool has_order = !type.empty() && (type[0] == '<' || type[0] == '|' || type[0] == '=');
    return one_line(has_order ? type.substr(1) : type);
}

std::string NpyAbout::shape_text() const { return fmt::format("({})", fmt::join(dims, ", ")); }

std::string NpyAbout::text() const { return type_text() + " " + shape_text(); }

NpyAbout read_npy_about(ByteSource& source, const std::string& name) {
    std::array<char, 8> start{};
    check(source.left() >= start.size(), "[npy] {}: the file is truncated ({} bytes)", name, source.left());
    const std::uint64_t bytes = source.left();
    source.read(start.data(), start.size());
    if (std::string_view(start.data(), 6) != kNpyMagic)
        refuse_as("npy", "is not an .npy file", name, {start.data(), start.size()}, bytes);
    const int version = static_cast<unsigned char>(start[6]);
    check(1 <= version && version <= 3, "[npy] {}: format version {}, expected 1, 2 or 3", name, version);
    std::uint32_t length = 0;
    const std::size_t width = version == 1 ? 2 : 4;
    check(source.left() >= width, "[npy] {}: the file is truncated in its header", name);
    source.read(&length, width);
    check(length <= source.left(), "[npy] {}: the file is truncated in its header", name);
    check(length <= kMostNpyHeader, "[npy] {}: a header of {} bytes, expected at most {}", name, length,
          kMostNpyHeader);
    std::string text(length, '\0');
    source.read(text.data(), text.size());
    return NpyHeaderReader(text, name).read();
}

std::string npy_header_text(std::string_view type, const std::vector<std::int64_t>& dims) {
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                                   fmt::join(dims, ", "), dims.size() == 1 ? "," : "");
    text.append(63 - (kNpyMagic.size() + 4 + text.size()) % 64, ' ');
    text += '\n';
    const auto length = static_cast<std::uint16_t>(text.size());
    std::string out(kNpyMagic);
    out += {'\x01', '\x00', static_cast<char>(length & 0xFF), static_cast<char>(length >> 8)};
    return out + text;
}

}  // namespace mf
