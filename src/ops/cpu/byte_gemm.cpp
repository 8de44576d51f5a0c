// SPDX-License-Identifier: MIT
#include "ops/cpu/byte_gemm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.hpp"
#include "ops/cpu/vector_io.hpp"
#include "tensor/device_bytes.hpp"

namespace mf::cpu {
namespace {

constexpr std::int64_t kStep = 4;  // numbers of one step of the inner loop
constexpr std::uint8_t kZero = 128;
constexpr float kMost = 127.0F;
constexpr float kLeast = 1e-30F;                     // a row of smaller numbers is one of zeros
constexpr std::int64_t kRowBlock = 24 * kMicroRows;  // rows whose numbers stay in the second cache

std::int64_t steps_of(std::int64_t k) { return (k + kStep - 1) / kStep; }

/// Where the i-th of four neighbours stands in a panel: pairs of words are even bytes and odd ones.
constexpr std::int64_t place_of(std::int64_t i) { return kFourProducts || i == 0 || i == 3 ? i : 3 - i; }

using FactorVector [[gnu::vector_size(kVectorFloats * sizeof(ByteFactor))]] = ByteFactor;

void put_factors(ByteFactor* to, IntVector q) {
    const auto narrow = __builtin_convertvector(q, FactorVector);
    std::memcpy(to, &narrow, sizeof narrow);
}

/// Calls step(i, x) for every vector of a row; the last is filled up with zeros.
template <class Number, class Step>
void for_vectors(const Number* x, std::int64_t k, Step step) {
    by_vectors(
        k, [&](std::int64_t i) { step(i, get(x + i)); },
        [&](std::int64_t i, std::int64_t n) {
            Number last[kVectorFloats]{};
            std::copy_n(x + i, n, last);
            step(i, get(last));
        });
}

/// The largest |x| of a row, or what is larger than any number: infinity or NaN.
template <class Number>
float largest(const Number* x, std::int64_t k) {
    IntVector most{};  // without their signs, floats are in the order of their bits
    for_vectors(x, k, [&](std::int64_t, FloatVector v) {
        const IntVector bits = std::bit_cast<IntVector>(v) & 0x7FFFFFFF;
        most = bits > most ? bits : most;
    });
    std::int32_t out = 0;
    for (int lane = 0; lane < kVectorFloats; ++lane) out = std::max(out, most[lane]);
    return std::bit_cast<float>(out);
}

/// A row's numbers as whole ones, with room for whole vectors at `q`.
template <class Number>
void quantise(const Number* x, std::int64_t k, ByteFactor* q, float& scale, std::int32_t& start) {
    const float most = largest(x, k);
    const bool finite = most <= std::numeric_limits<float>::max();
    const float inverse = finite && most >= kLeast ? kMost / most : 0.0F;
    scale = !finite ? std::numeric_limits<float>::quiet_NaN() : inverse > 0 ? most / kMost : 1.0F;
    IntVector sums{};
    const FloatVector factor = FloatVector{} + inverse;
    for_vectors(x, k, [&](std::int64_t i, FloatVector v) {
        IntVector whole = nearest(v * factor);
        if (!finite) whole = IntVector{};
        sums += whole;
        put_factors(q + i, whole);
    });
    std::int32_t sum = 0;
    for (int lane = 0; lane < kVectorFloats; ++lane) sum += sums[lane];
    start = -static_cast<std::int32_t>(kZero) * sum;
}

struct Tile {
    const ByteFactor* q;
    std::int64_t stride, steps;
    const std::uint8_t* panel;
    const std::int32_t* starts;
    const float *row_scales, *scales, *bias;
    float* y;
    std::int64_t y_row, width;
};

template <class Word>
WordVector repeated(const ByteFactor* at) {
    Word word = 0;
    std::memcpy(&word, at, sizeof word);
    return WordVector{} + word;
}

/// One step of four numbers.
template <int rows>
inline void add_step(IntVector (&sums)[rows][2], const ByteFactor* q, std::int64_t stride, WordVector left,
                     WordVector right) {
    if constexpr (kFourProducts) {
#pragma GCC unroll 12
        for (int row = 0; row < rows; ++row) {
            const WordVector each = repeated<std::uint32_t>(q + row * stride);
            sums[row][0] = dot_bytes(sums[row][0], left, each);
            sums[row][1] = dot_bytes(sums[row][1], right, each);
        }
    } else {
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
            const WordVector a = (half == 0 ? left : left >> 8) & 0x00FF00FFU,
                             b = (half == 0 ? right : right >> 8) & 0x00FF00FFU;
#pragma GCC unroll 12
            for (int row = 0; row < rows; ++row) {
                const WordVector each = repeated<std::uint32_t>(q + row * stride + 2 * half);
                sums[row][0] = dot_words(sums[row][0], a, each);
                sums[row][1] = dot_words(sums[row][1], b, each);
            }
        }
    }
}

template <int rows>
void finish(const Tile& t, const IntVector (&sums)[rows][2]) {
    for (int row = 0; row < rows; ++row) {
        float* const y = t.y + row * t.y_row;
        for (int half = 0; half < 2; ++half) {
            const std::int64_t at = half * kVectorFloats, room = t.width - at;
            if (room <= 0) break;
            const FloatVector scale = t.row_scales[row] * load(t.scales + at);
            FloatVector value = __builtin_convertvector(sums[row][half], FloatVector) * scale;
            float last[kVectorFloats]{};
            if (t.bias != nullptr) {
                std::copy_n(t.bias + at, std::min<std::int64_t>(room, kVectorFloats), last);
                value = value + load(last);
            }
            if (room >= kVectorFloats) {
                store(y + at, value);
            } else {
                store(last, value);
                std::copy_n(last, room, y + at);
            }
        }
    }
}

template <int rows>
void run_tile(const Tile& t) {
    IntVector sums[rows][2];
#pragma GCC unroll 12
    for (int row = 0; row < rows; ++row) sums[row][0] = sums[row][1] = IntVector{} + t.starts[row];
    const ByteFactor* q = t.q;
    const std::uint8_t* b = t.panel;
    for (std::int64_t step = 0; step < t.steps; ++step, q += kStep, b += kPanel * kStep)
        add_step<rows>(sums, q, t.stride, load_bytes(b), load_bytes(b + kPanel * kStep / 2));
    finish<rows>(t, sums);
}

template <int rows>
void run_tile_of(const Tile& t, std::int64_t count) {
    if constexpr (rows > 1) {
        if (count < rows) return run_tile_of<rows - 1>(t, count);
    }
    run_tile<rows>(t);
}

const std::int32_t* ints(const Tensor& t) { return static_cast<const std::int32_t*>(t.raw()); }
ByteFactor* factors(const Tensor& t) { return static_cast<ByteFactor*>(const_cast<Tensor&>(t).raw()); }

/// Room of a row: whole vectors, whole steps.
std::int64_t padded(std::int64_t k) { return (k + kVectorFloats - 1) / kVectorFloats * kVectorFloats; }

/// Rows [begin, end) times the p-th panel.
void rows_times_panel(const ByteRows& x, Tensor& y, const float* bias, const BytePanels& w, std::int64_t p,
                      std::int64_t begin, std::int64_t end) {
    const std::int64_t steps = steps_of(w.k), stride = padded(w.k), column = p * kPanel;
    for (std::int64_t row = begin; row < end; row += kMicroRows)
        run_tile_of<kMicroRows>(
            Tile{.q = factors(x.numbers) + row * stride,
                 .stride = stride,
                 .steps = steps,
                 .panel = static_cast<const std::uint8_t*>(w.data.raw()) + p * steps * kPanel * kStep,
                 .starts = ints(x.starts) + row,
                 .row_scales = x.scales.f32() + row,
                 .scales = w.scales.f32() + column,
                 .bias = bias == nullptr ? nullptr : bias + column,
                 .y = y.f32() + row * w.n + column,
                 .y_row = w.n,
                 .width = std::min<std::int64_t>(kPanel, w.n - column)},
            end - row);
}

}  // namespace

void quantise_rows(const Tensor& w, Tensor& b, Tensor& scales) {
    const std::int64_t n = w.shape()[0], k = w.count() / n;
    b = Tensor(w.shape(), DType::u8);
    scales = Tensor({n}, DType::f32);
    auto* bytes = static_cast<std::uint8_t*>(b.raw());
    for (std::int64_t row = 0; row < n; ++row) {
        const float* from = w.f32() + row * k;
        const float most = largest(from, k);
        check(most <= std::numeric_limits<float>::max(), "[byte gemm] a weight is infinite or NaN");
        const float scale = most >= kLeast ? most / kMost : 1.0F;
        scales.f32()[row] = scale;
        for (std::int64_t i = 0; i < k; ++i)
            bytes[row * k + i] =
                static_cast<std::uint8_t>(kZero + std::clamp(std::lround(from[i] / scale), -127L, 127L));
    }
}

Tensor widened(const Tensor& b, const Tensor& scales) {
    const std::int64_t n = b.shape()[0], k = b.count() / n;
    Tensor out(b.shape(), DType::f32);
    const auto* bytes = static_cast<const std::uint8_t*>(b.raw());
    for (std::int64_t i = 0; i < n * k; ++i)
        out.f32()[i] = scales.f32()[i / k] * static_cast<float>(bytes[i] - kZero);
    return out;
}

void pack(BytePanels& panels, const Tensor& b, const Tensor& scales) {
    check(b.dtype() == DType::u8 && b.count() > 0 && scales.count() == b.shape()[0],
          "[byte gemm] weights {} {} with {} scales", b.shape(), name_of(b.dtype()), scales.count());
    const std::int64_t n = b.shape()[0], k = b.count() / n, steps = steps_of(k),
                       count = (n + kPanel - 1) / kPanel;
    check(k <= kMostByteColumns, "[byte gemm] {} columns; {} are possible", k, kMostByteColumns);
    panels.k = k, panels.n = n;
    panels.scales = Tensor::zeros({count * kPanel});
    std::copy_n(scales.f32(), n, panels.scales.f32());
    panels.data = Tensor({count, steps * kPanel * kStep}, DType::u8);
    auto* to = static_cast<std::uint8_t*>(panels.data.raw());
    const auto* from = static_cast<const std::uint8_t*>(b.raw());
    std::memset(to, kZero, panels.data.bytes());
    for (std::int64_t row = 0; row < n; ++row) {
        std::uint8_t* panel = to + row / kPanel * steps * kPanel * kStep + row % kPanel * kStep;
        for (std::int64_t i = 0; i < k; ++i)
            panel[i / kStep * kPanel * kStep + place_of(i % kStep)] = from[row * k + i];
    }
}

ByteRows quantised(Team& team, Pool& pool, const Tensor& x) {
    const std::int64_t m = x.rows(), k = x.cols(), stride = padded(k);
    check(k <= kMostByteColumns, "[byte gemm] {} columns; {} are possible", k, kMostByteColumns);
    ByteRows out{
        .numbers = Tensor({m, stride * static_cast<std::int64_t>(sizeof(ByteFactor))}, DType::u8, &pool),
        .scales = Tensor({m}, DType::f32, &pool),
        .starts = Tensor({m}, DType::i32, &pool),
        .m = m,
        .k = k};
    float* const scales = out.scales.f32();
    auto* const starts = static_cast<std::int32_t*>(out.starts.raw());
    ByteFactor* const numbers = factors(out.numbers);
    team.split(m, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            ByteFactor* q = numbers + row * stride;
            x.dtype() == DType::bf16 ? quantise(x.bf16() + row * k, k, q, scales[row], starts[row])
                                     : quantise(x.f32() + row * k, k, q, scales[row], starts[row]);
        }
    });
    return out;
}

void multiply(Team& team, const ByteRows& x, Tensor& y, const float* bias, const BytePanels& w) {
    check(x.k == w.k && y.rows() == x.m && y.cols() == w.n, "[byte gemm] x ({}, {}) times ({}, {}) into {}",
          x.m, x.k, w.n, w.k, y.shape());
    const std::int64_t panels = (w.n + kPanel - 1) / kPanel;
    // Threads share out the panels, so that each reads its part of W alone; where there are more of them, rows too.
    std::int64_t block = kRowBlock;
    const auto blocks = [&] { return (x.m + block - 1) / block; };
    while (block > kMicroRows && blocks() * panels < 4 * team.size())
        block = block / 2 / kMicroRows * kMicroRows;
    const std::int64_t pieces = blocks() * panels;
    team.run([&](int lane) {
        for (std::int64_t i = pieces * lane / team.size(); i < pieces * (lane + 1) / team.size(); ++i) {
            const std::int64_t begin = i / panels * block;
            rows_times_panel(x, y, bias, w, i % panels, begin, std::min(x.m, begin + block));
        }
    });
}

}  // namespace mf::cpu
