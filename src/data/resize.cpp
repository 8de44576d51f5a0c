// SPDX-License-Identifier: MIT
#include "data/resize.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mf {
namespace {

/// Along one axis: output i is the sum of weights[i * width + k] times input first[i] + k.
struct Taps {
    int width = 0;
    std::vector<int> first;
    std::vector<float> weights;
};

/// Each output is the mean over from / to inputs, the outer ones by the share that is covered.
Taps shrinking(int from, int to) {
    const double step = static_cast<double>(from) / to;
    Taps out{static_cast<int>(std::ceil(step)) + 1, {}, {}};
    for (int i = 0; i < to; ++i) {
        const double low = i * step, high = low + step;
        const int first = std::min(static_cast<int>(low), from - out.width);
        out.first.push_back(std::max(first, 0));
        for (int k = 0; k < out.width; ++k) {
            const double cell = out.first.back() + k;
            const double covered = std::min(cell + 1, high) - std::max(cell, low);
            out.weights.push_back(static_cast<float>(std::max(covered, 0.0) / step));
        }
    }
    return out;
}

/// Each output lies between the centres of two inputs.
Taps enlarging(int from, int to) {
    Taps out{2, {}, {}};
    for (int i = 0; i < to; ++i) {
        const double at = std::clamp((i + 0.5) * from / to - 0.5, 0.0, from - 1.0);
        const int first = std::clamp(static_cast<int>(at), 0, std::max(from - 2, 0));
        out.first.push_back(first);
        out.weights.push_back(static_cast<float>(1 - (at - first)));
        out.weights.push_back(static_cast<float>(at - first));
    }
    return out;
}

/// Taps whose inputs all exist: those beyond the end (of weight 0) are cut.
Taps taps_of(int from, int to) {
    Taps taps = to < from ? shrinking(from, to) : enlarging(from, to);
    if (taps.width <= from) return taps;
    Taps out{from, std::vector<int>(static_cast<std::size_t>(to)), {}};
    for (int i = 0; i < to; ++i)
        for (int k = 0; k < from; ++k)
            out.weights.push_back(
                taps.weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(taps.width) +
                             static_cast<std::size_t>(k)]);
    return out;
}

/// Taps of a part; one that is to be enlarged does not cut through cells.
Taps taps_in(const Window& part, int to) {
    if (part.size <= to) {
        Taps out = taps_of(static_cast<int>(part.size), to);
        for (int& first : out.first) first += static_cast<int>(part.start);
        return out;
    }
    const double step = part.size / to;
    Taps out{std::min(static_cast<int>(std::ceil(step)) + 1, part.cells), {}, {}};
    for (int i = 0; i < to; ++i) {
        const double low = part.start + i * step, high = low + step;
        out.first.push_back(std::clamp(static_cast<int>(low), 0, part.cells - out.width));
        for (int k = 0; k < out.width; ++k) {
            const double cell = out.first.back() + k;
            const double covered = std::min(cell + 1, high) - std::max(cell, low);
            out.weights.push_back(static_cast<float>(std::max(covered, 0.0) / step));
        }
    }
    return out;
}

/// One row: out (to, channels) from in (from, channels).
void resize_row(float* out, const std::uint8_t* in, const Taps& taps, int channels) {
    const float* weight = taps.weights.data();
    for (const int first : taps.first) {
        for (int c = 0; c < channels; ++c) {
            const std::uint8_t* from = in + std::ptrdiff_t{first} * channels + c;
            float sum = 0;
            for (int k = 0; k < taps.width; ++k)
                sum += weight[k] * static_cast<float>(from[std::ptrdiff_t{k} * channels]);
            *out++ = sum;
        }
        weight += taps.width;
    }
}

std::uint8_t rounded(float value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

}  // namespace

void crop_and_resize(std::uint8_t* out, const PictureView& in, int side) {
    const int square = std::min(in.width, in.height);
    const std::ptrdiff_t line = std::ptrdiff_t{in.width} * in.channels;
    const std::uint8_t* corner =
        in.pixels + (in.height - square) / 2 * line + std::ptrdiff_t{(in.width - square) / 2} * in.channels;
    const std::ptrdiff_t row = std::ptrdiff_t{side} * in.channels;
    if (square == side) {
        for (int y = 0; y < side; ++y) std::copy_n(corner + y * line, row, out + y * row);
        return;
    }
    const Taps taps = taps_of(square, side);
    std::vector<float> rows(static_cast<std::size_t>(square * row));  // (square, side, channels)
    for (int y = 0; y < square; ++y) resize_row(rows.data() + y * row, corner + y * line, taps, in.channels);
    std::vector<float> sums(static_cast<std::size_t>(row));
    for (int y = 0; y < side; ++y) {
        std::ranges::fill(sums, 0.0F);
        for (int k = 0; k < taps.width; ++k) {
            const float weight =
                taps.weights[static_cast<std::size_t>(y) * static_cast<std::size_t>(taps.width) +
                             static_cast<std::size_t>(k)];
            const float* from = rows.data() + (taps.first[static_cast<std::size_t>(y)] + k) * row;
            for (std::ptrdiff_t i = 0; i < row; ++i) sums[static_cast<std::size_t>(i)] += weight * from[i];
        }
        for (const float sum : sums) *out++ = rounded(sum);
    }
}

struct RowResizer::State {
    int channels, side;
    Taps across, down;
    std::vector<std::uint8_t> out;
    std::vector<float> line;               ///< an input row, brought to size along its axis
    std::vector<std::vector<float>> sums;  ///< of the output rows that have begun and are not complete
    int y = 0, complete = 0;               ///< input rows that came, output rows that are there

    std::size_t row() const { return static_cast<std::size_t>(side) * static_cast<std::size_t>(channels); }
    int first(int i) const { return down.first[static_cast<std::size_t>(i)]; }

    /// Adds `line`, row `r`, to every output row that covers it.
    void spread(int r) {
        for (int i = complete; i < side && first(i) <= r; ++i) {
            std::vector<float>& sum = sums[static_cast<std::size_t>(i)];
            sum.resize(row());
            const float weight =
                down.weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(down.width) +
                             static_cast<std::size_t>(r - first(i))];
            for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += weight * line[j];
        }
        for (; complete < side && first(complete) + down.width == r + 1; ++complete) {
            std::vector<float>& sum = sums[static_cast<std::size_t>(complete)];
            const std::size_t from = static_cast<std::size_t>(complete) * row();
            std::ranges::transform(sum, out.begin() + static_cast<std::ptrdiff_t>(from), rounded);
            sum = {};
        }
    }
};

RowResizer::RowResizer(const Window& across, const Window& down, int channels, int side)
    : state_(std::make_unique<State>(
          State{channels, side, taps_in(across, side), taps_in(down, side), {}, {}, {}})) {
    state_->line.resize(state_->row());
    state_->out.resize(state_->row() * static_cast<std::size_t>(side));
    state_->sums.resize(static_cast<std::size_t>(side));
}

RowResizer::~RowResizer() = default;

void RowResizer::add(const std::uint8_t* row) {
    State& s = *state_;
    const int r = s.y++;
    if (s.complete == s.side || r < s.first(s.complete)) return;
    resize_row(s.line.data(), row, s.across, s.channels);
    s.spread(r);
}

std::vector<std::uint8_t> RowResizer::take() { return std::move(state_->out); }

void convert_channels(std::uint8_t* out, int to, const std::uint8_t* in, int from, std::int64_t pixels) {
    if (to == from) {
        std::copy_n(in, pixels * to, out);
    } else if (to == 3) {
        for (std::int64_t i = 0; i < 3 * pixels; ++i) out[i] = in[i / 3];
    } else {
        for (std::int64_t i = 0; i < pixels; ++i)
            out[i] = static_cast<std::uint8_t>(
                (299 * in[3 * i] + 587 * in[3 * i + 1] + 114 * in[3 * i + 2] + 500) / 1000);
    }
}

}  // namespace mf
