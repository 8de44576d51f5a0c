// SPDX-License-Identifier: MIT
#include "core/rng.hpp"

#include <algorithm>
#include <cmath>

#include "core/vector_math.hpp"

namespace mf {
namespace {

using Words = std::array<std::uint32_t, 4>;

inline Words philox10(Words counter, std::uint32_t key0, std::uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key0, static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key1, static_cast<std::uint32_t>(a)};
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    return counter;
}

inline Words counter_of(Stream stream, std::uint64_t index, std::uint32_t block) {
    return {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
            static_cast<std::uint32_t>(stream), block};
}

struct NormalPair {
    float a, b;
};

/// Box-Muller: the radius from a uniform on (0, 1], the angle from one on [0, 1).
inline NormalPair box_muller(std::uint32_t w0, std::uint32_t w1) {
    const float u = static_cast<float>((w0 >> 8) + 1U) * 0x1p-24F;
    const float square = -2.0F * fast_log(u);
    const float radius = std::sqrt(square > 0.0F ? square : 0.0F);
    const SinCos angle = sincos_turns(to_unit(w1));
    return {radius * angle.cos, radius * angle.sin};
}

constexpr std::int64_t kChunk = 64;  // rows a time: the words stay in L1 between the two loops below

struct ChunkWords {
    std::uint32_t w[4][kChunk];
};

void draw(ChunkWords& out, std::uint64_t seed, Stream stream, std::uint64_t first, std::uint32_t block) {
    const auto key0 = static_cast<std::uint32_t>(seed);
    const auto key1 = static_cast<std::uint32_t>(seed >> 32);
    for (std::int64_t i = 0; i < kChunk; ++i) {
        const Words words =
            philox10(counter_of(stream, first + static_cast<std::uint64_t>(i), block), key0, key1);
        for (std::size_t k = 0; k < 4; ++k) out.w[k][i] = words[k];
    }
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::uint64_t seed, Stream stream, std::uint64_t index,
                                    std::uint32_t block) {
    return philox10(counter_of(stream, index, block), static_cast<std::uint32_t>(seed),
                    static_cast<std::uint32_t>(seed >> 32));
}

void Random::uniforms(float* u0, float* u1, float* u2, float* u3, std::uint64_t first, std::int64_t count,
                      std::uint32_t block) const {
    ChunkWords chunk;
    float* const outs[4] = {u0, u1, u2, u3};
    for (std::int64_t at = 0; at < count; at += kChunk) {
        draw(chunk, seed_, stream_, first + static_cast<std::uint64_t>(at), block);
        const std::int64_t n = std::min(kChunk, count - at);
        for (std::size_t k = 0; k < 4; ++k)
            if (outs[k] != nullptr)
                for (std::int64_t i = 0; i < n; ++i) outs[k][at + i] = to_unit(chunk.w[k][i]);
    }
}

void Random::normals(float* n0, float* n1, std::uint64_t first, std::int64_t count,
                     std::uint32_t block) const {
    ChunkWords chunk;
    for (std::int64_t at = 0; at < count; at += kChunk) {
        draw(chunk, seed_, stream_, first + static_cast<std::uint64_t>(at), block);
        const std::int64_t n = std::min(kChunk, count - at);
        for (std::int64_t i = 0; i < n; ++i) {
            const NormalPair pair = box_muller(chunk.w[0][i], chunk.w[1][i]);
            n0[at + i] = pair.a;
            n1[at + i] = pair.b;
        }
    }
}

void Random::normal_rows(float* out, std::int64_t width, std::uint64_t first, std::int64_t count) const {
    ChunkWords chunk;
    float normal[4][kChunk];
    for (std::int64_t at = 0; at < count; at += kChunk) {
        const std::int64_t n = std::min(kChunk, count - at);
        for (std::int64_t column = 0; column < width; column += 4) {
            draw(chunk, seed_, stream_, first + static_cast<std::uint64_t>(at),
                 static_cast<std::uint32_t>(column / 4));
            const std::int64_t used = std::min<std::int64_t>(4, width - column);
            for (std::int64_t k = 0; k < used; k += 2)
                for (std::int64_t i = 0; i < kChunk; ++i) {
                    const NormalPair pair = box_muller(chunk.w[k][i], chunk.w[k + 1][i]);
                    normal[k][i] = pair.a;
                    normal[k + 1][i] = pair.b;
                }
            for (std::int64_t i = 0; i < n; ++i)
                for (std::int64_t k = 0; k < used; ++k) out[(at + i) * width + column + k] = normal[k][i];
        }
    }
}

void Random::normal_vector(float* out, std::int64_t count, std::uint64_t index) const {
    for (std::int64_t at = 0; at < count; at += 4) {
        const Words words = philox(seed_, stream_, index, static_cast<std::uint32_t>(at / 4));
        const NormalPair a = box_muller(words[0], words[1]);
        const NormalPair b = box_muller(words[2], words[3]);
        const float four[4] = {a.a, a.b, b.a, b.b};
        std::copy_n(four, std::min<std::int64_t>(4, count - at), out + at);
    }
}

}  // namespace mf
