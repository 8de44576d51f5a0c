// SPDX-License-Identifier: MIT
#include "io/tensorboard.hpp"

#include <array>
#include <chrono>
#include <cstring>

#include <unistd.h>

#include "core/error.hpp"
#include "io/checksum.hpp"

namespace mf {
namespace {

// Protocol buffers: a field is its number and wire type as a varint, then its value.
enum class Wire : std::uint32_t { varint = 0, eight_bytes = 1, length = 2, four_bytes = 5 };

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void put_tag(std::string& out, std::uint32_t field, Wire wire) {
    put_varint(out, field << 3 | static_cast<std::uint32_t>(wire));
}

template <class T>
void put_raw(std::string& out, T value) {
    std::array<char, sizeof(T)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    out.append(bytes.data(), bytes.size());
}

void put_integer(std::string& out, std::uint32_t field, std::int64_t value) {
    put_tag(out, field, Wire::varint);
    put_varint(out, static_cast<std::uint64_t>(value));
}

void put_bytes(std::string& out, std::uint32_t field, std::string_view bytes) {
    put_tag(out, field, Wire::length);
    put_varint(out, bytes.size());
    out += bytes;
}

// Field numbers of event.proto and summary.proto.
namespace event {
constexpr std::uint32_t wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7;
}
namespace session_log {
constexpr std::uint32_t status = 1;
constexpr std::int64_t start = 1;
}  // namespace session_log
namespace summary {
constexpr std::uint32_t value = 1;
}
namespace value {
constexpr std::uint32_t tag = 1, simple_value = 2, image = 4;
}
namespace image {
constexpr std::uint32_t height = 1, width = 2, colorspace = 3, encoded = 4;
}

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A name that no file of the folder has yet.
std::filesystem::path new_name(const std::filesystem::path& folder) {
    check(std::filesystem::is_directory(folder), "[tensorboard] {}: there is no such folder",
          folder.string());
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0')
        std::strcpy(host.data(), "localhost");
    for (char& c : host)
        if (c == '/') c = '_';
    for (int n = 0;; ++n) {
        auto path = folder / fmt::format("events.out.tfevents.{:010}.{}.{}.{}",
                                         static_cast<std::int64_t>(now()), host.data(), ::getpid(), n);
        if (!std::filesystem::exists(path)) return path;
    }
}

std::string record_of(std::string_view data) {
    std::string length;
    put_raw(length, static_cast<std::uint64_t>(data.size()));
    std::string out = length;
    put_raw(out, masked_crc32c(length));
    out += data;
    put_raw(out, masked_crc32c(data));
    return out;
}

}  // namespace

EventWriter::EventWriter(const std::filesystem::path& folder, std::int64_t resumed_step)
    : file_(new_name(folder)) {
    std::string version;
    put_bytes(version, event::file_version, "brain.Event:2");
    add(0, version);
    if (resumed_step < 0) return;
    std::string log, start;
    put_integer(log, session_log::status, session_log::start);
    put_bytes(start, event::session_log, log);
    add(resumed_step, start);
}

void EventWriter::add(std::int64_t step, std::string_view event_fields) {
    std::string data;
    put_tag(data, event::wall_time, Wire::eight_bytes);
    put_raw(data, now());
    put_integer(data, event::step, step);
    data += event_fields;
    file_.append(record_of(data));
}

void EventWriter::scalars(std::int64_t step, const std::vector<std::pair<std::string, float>>& values) {
    std::string all;
    for (const auto& [tag, number] : values) {
        std::string one;
        put_bytes(one, value::tag, tag);
        put_tag(one, value::simple_value, Wire::four_bytes);
        put_raw(one, number);
        put_bytes(all, summary::value, one);
    }
    std::string fields;
    put_bytes(fields, event::summary, all);
    add(step, fields);
}

void EventWriter::picture(std::int64_t step, const std::string& tag, const Picture& picture) {
    std::string pixels, one, all, fields;
    put_integer(pixels, image::height, picture.height);
    put_integer(pixels, image::width, picture.width);
    put_integer(pixels, image::colorspace, picture.channels);
    put_bytes(pixels, image::encoded, encode_png(picture));
    put_bytes(one, value::tag, tag);
    put_bytes(one, value::image, pixels);
    put_bytes(all, summary::value, one);
    put_bytes(fields, event::summary, all);
    add(step, fields);
}

}  // namespace mf
