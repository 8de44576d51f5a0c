// SPDX-License-Identifier: MIT
// Event files are read back here by a decoder of their own, made from the formats' descriptions.
#include "io/tensorboard.hpp"

#include <cmath>
#include <limits>
#include <map>

#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// CRC-32C bit by bit, straight from the polynomial.
std::uint32_t slow_masked_crc(const std::string& bytes) {
    std::uint32_t c = 0xFFFFFFFF;
    for (const char byte : bytes)
        for (int bit = 0; bit < 8; ++bit) {
            const bool one = ((c ^ (static_cast<unsigned char>(byte) >> bit)) & 1U) != 0;
            c = (c >> 1) ^ (one ? 0x82F63B78U : 0U);
        }
    c = ~c;
    return ((c >> 15) | (c << 17)) + 0xA282EAD8U;
}

/// The fields of a protocol buffer message: number -> raw values (varints as 8 bytes).
using Message = std::multimap<std::uint64_t, std::string>;

std::uint64_t varint(const std::string& in, std::size_t& at) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(in.at(at++));
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
}

Message parse(const std::string& in) {
    Message out;
    for (std::size_t at = 0; at < in.size();) {
        const std::uint64_t tag = varint(in, at);
        std::size_t bytes = 0;
        switch (tag & 7) {
            case 0: {
                const std::uint64_t value = varint(in, at);
                out.emplace(tag >> 3, std::string(reinterpret_cast<const char*>(&value), 8));
                continue;
            }
            case 1:
                bytes = 8;
                break;
            case 2:
                bytes = varint(in, at);
                break;
            case 5:
                bytes = 4;
                break;
            default:
                ADD_FAILURE() << "wire type " << (tag & 7);
                return out;
        }
        EXPECT_LE(at + bytes, in.size());
        out.emplace(tag >> 3, in.substr(at, bytes));
        at += bytes;
    }
    return out;
}

template <class T>
T as(const std::string& bytes) {
    T value{};
    EXPECT_EQ(bytes.size(), sizeof value);
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

const std::string& field(const Message& message, std::uint64_t number) {
    static const std::string none;
    EXPECT_EQ(message.count(number), 1U) << "field " << number;
    return message.contains(number) ? message.find(number)->second : none;
}

/// The events of a file; checks both sums of every record.
std::vector<Message> events(const std::string& path) {
    const std::string in = slurp(path);
    std::vector<Message> out;
    std::size_t at = 0;
    while (at < in.size()) {
        const auto length = as<std::uint64_t>(in.substr(at, 8));
        EXPECT_EQ(as<std::uint32_t>(in.substr(at + 8, 4)), slow_masked_crc(in.substr(at, 8)));
        const std::string bytes = in.substr(at + 12, length);
        EXPECT_EQ(as<std::uint32_t>(in.substr(at + 12 + length, 4)), slow_masked_crc(bytes));
        out.push_back(parse(bytes));
        at += length + 16;
    }
    EXPECT_EQ(at, in.size());
    return out;
}

TEST(TensorBoard, ScalarsComeBack) {
    const Scratch scratch;
    EventWriter writer(scratch.folder());
    const float nan = std::numeric_limits<float>::quiet_NaN();
    writer.scalar(1, "loss/total", 0.5F);
    writer.scalars(std::int64_t{1} << 40, {{"a", -1.0F}, {"b", nan}});
    EXPECT_TRUE(has(writer.path(), "/events.out.tfevents."));

    const auto all = events(writer.path());
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(field(all[0], 3), "brain.Event:2");
    EXPECT_NEAR(as<double>(field(all[0], 1)), static_cast<double>(std::time(nullptr)), 60);
    EXPECT_EQ(as<std::int64_t>(field(all[1], 2)), 1);
    const Message value = parse(field(parse(field(all[1], 5)), 1));
    EXPECT_EQ(field(value, 1), "loss/total");
    EXPECT_EQ(as<float>(field(value, 2)), 0.5F);
    EXPECT_EQ(as<std::int64_t>(field(all[2], 2)), std::int64_t{1} << 40);
    const Message two = parse(field(all[2], 5));
    ASSERT_EQ(two.count(1), 2U);
    EXPECT_TRUE(std::isnan(as<float>(field(parse(two.rbegin()->second), 2))));
}

TEST(TensorBoard, APictureIsAPng) {
    const Scratch scratch;
    EventWriter writer(scratch.folder());
    const Picture picture{2, 3, 1, {1, 2, 3, 4, 5, 6}};
    writer.picture(7, "samples", picture);
    const auto all = events(writer.path());
    ASSERT_EQ(all.size(), 2U);
    const Message value = parse(field(parse(field(all[1], 5)), 1));
    EXPECT_EQ(field(value, 1), "samples");
    const Message image = parse(field(value, 4));
    EXPECT_EQ(as<std::int64_t>(field(image, 1)), 3);
    EXPECT_EQ(as<std::int64_t>(field(image, 2)), 2);
    EXPECT_EQ(as<std::int64_t>(field(image, 3)), 1);
    EXPECT_EQ(decode_png(field(image, 4), "event").pixels, picture.pixels);
}

TEST(TensorBoard, AResumedRunSaysFromWhere) {
    const Scratch scratch;
    EventWriter first(scratch.folder()), second(scratch.folder(), 300);
    EXPECT_NE(first.path(), second.path());
    const auto all = events(second.path());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(as<std::int64_t>(field(all[1], 2)), 300);
    EXPECT_EQ(as<std::int64_t>(field(parse(field(all[1], 7)), 1)), 1);
}

TEST(TensorBoard, AFullDiskLeavesWholeRecords) {
    const Scratch scratch;
    EventWriter writer(scratch.folder());
    std::string error;
    {
        const SmallDisk disk(200);
        for (int step = 0; step < 100 && error.empty(); ++step)
            error = error_of([&] { writer.scalar(step, "loss", 1.0F); });
    }
    EXPECT_TRUE(has(error, "cannot be added: File too large"));
    EXPECT_GE(events(writer.path()).size(), 3U);
    EXPECT_TRUE(has(error_of([&] { EventWriter none(scratch / "none"); }), "there is no such folder"));
}

}  // namespace
