// SPDX-License-Identifier: MIT
#include "ops/cpu/winograd.hpp"

#include <algorithm>
#include <vector>

#include "ops/cpu/cook_toom.hpp"
#include "ops/cpu/row_math.hpp"
#include "ops/cpu/strip.hpp"

namespace mf::cpu {
namespace {

using None = CookToom<1, 1>;

/// Two one-dimensional convolutions, down and across. In an enlarged picture rows come in equal pairs, which makes what
/// belongs to the point -1 zero: those positions are left out.
template <class Down, class Across, bool enlarged = false>
struct Plan {
    using Y = Down;
    using X = Across;
    static constexpr bool is_enlarged = enlarged;
    static constexpr int rows = Y::alpha, cols = X::alpha;

    static constexpr bool used(int i, int j) { return !enlarged || (i != 2 && j != 2); }
    static constexpr int index(int i, int j) {
        int count = 0;
        for (int n = 0; n < i * cols + j; ++n) count += used(n / cols, n % cols) ? 1 : 0;
        return count;
    }
    static constexpr int positions = enlarged ? (rows - 1) * (cols - 1) : rows * cols;
};

/// Calls `work` with a Plan of the form.
template <class Work>
void with_plan(WinogradForm form, Work work) {
    using F43 = CookToom<4, 3>;
    using F25 = CookToom<2, 5>;
    using F27 = CookToom<2, 7>;
    switch (form) {
        case WinogradForm::square3:
            return work(Plan<F43, F43>{});
        case WinogradForm::enlarged3:
            return work(Plan<F43, F43, true>{});
        case WinogradForm::square5:
            return work(Plan<F25, F25>{});
        case WinogradForm::row3:
            return work(Plan<None, F43>{});
        case WinogradForm::column3:
            return work(Plan<F43, None>{});
        case WinogradForm::row7:
            return work(Plan<None, F27>{});
        case WinogradForm::column7:
            return work(Plan<F27, None>{});
    }
}

std::int64_t panels_of(std::int64_t out) { return (out + kPanel - 1) / kPanel; }

using Lane = double[kPanel];  ///< one number of each filter of a panel

/// out = Σ over the taps of row `i` of G times in[tap], for a panel of filters.
template <class T, int i>
inline void filter_sum(Lane& out, const Lane* in, int stride) {
    for (int n = 0; n < kPanel; ++n) {
        double sum = 0;
        [&]<int... tap>(std::integer_sequence<int, tap...>) {
            ((sum += T::filter(i, tap) * in[tap * stride][n]), ...);
        }
        (std::make_integer_sequence<int, T::taps>{});
        out[n] = sum;
    }
}

/// t = G in: `alpha` numbers of each filter from `taps`.
template <class T>
inline void transform_filters(Lane* t, int t_stride, const Lane* in, int stride) {
    [&]<int... i>(std::integer_sequence<int, i...>) { (filter_sum<T, i>(t[i * t_stride], in, stride), ...); }
    (std::make_integer_sequence<int, T::alpha>{});
}

/// One input channel of one panel of output channels: kernels at w, `out_stride` apart, to u[position * step][kPanel].
template <class P>
void transform_panel(const float* w, std::int64_t out_stride, std::int64_t width, float* u,
                     std::int64_t step) {
    constexpr int ry = P::Y::taps, rx = P::X::taps;
    Lane filters[ry * rx] = {}, down[P::rows * rx], both[P::cols];
    for (std::int64_t n = 0; n < width; ++n, w += out_stride)
        for (int tap = 0; tap < ry * rx; ++tap) filters[tap][n] = static_cast<double>(w[tap]);
    for (int b = 0; b < rx; ++b) transform_filters<typename P::Y>(down + b, rx, filters + b, rx);
    for (int i = 0; i < P::rows; ++i) {
        transform_filters<typename P::X>(both, 1, down + i * rx, 1);
        for (int j = 0; j < P::cols; ++j)
            if (P::used(i, j))
                for (int n = 0; n < kPanel; ++n)
                    u[P::index(i, j) * step + n] = static_cast<float>(both[j][n]);
    }
}

/// Everything that stays the same over one convolution.
struct Job {
    const Tensor& x;
    const PictureOut& y;
    const WinogradWeights& w;
    const ConvFinish& finish;
    std::int64_t top, left;
    std::int64_t tiles_y, tiles_x;        ///< of one picture
    std::int64_t block = 0;               ///< tiles that are worked on together
    std::int64_t row = 0;                 ///< floats of a transformed tile's row: channels in whole vectors
    std::int64_t v_step = 0, m_step = 0;  ///< from one position to the next
    const void* zeros = nullptr;          ///< a pixel of zeros
};

/// Where a tile stands.
struct TilePlace {
    std::int64_t b, y, x;  ///< first pixel of the result
};
TilePlace place_of(const Job& job, std::int64_t tile, int height, int width) {
    const std::int64_t in_picture = job.tiles_y * job.tiles_x, rest = tile % in_picture;
    return {tile / in_picture, rest / job.tiles_x * height, rest % job.tiles_x * width};
}

/// v[position] = B^T d B for 16 channels of one tile.
template <class P, class X, class Load>
inline void input_tile(const X* const* at, float* v, std::int64_t v_step, Load load_pixel) {
    FloatVector t[P::rows * P::cols];
#pragma GCC unroll 8
    for (int j = 0; j < P::cols; ++j) {
        FloatVector d[P::rows];
#pragma GCC unroll 8
        for (int i = 0; i < P::rows; ++i) d[i] = load_pixel(at[i * P::cols + j]);
        transform_input<typename P::Y>(d, 1, [&](int i, FloatVector value) { t[i * P::cols + j] = value; });
    }
#pragma GCC unroll 8
    for (int i = 0; i < P::rows; ++i)
        transform_input<typename P::X>(t + i * P::cols, 1, [&](int j, FloatVector value) {
            if (P::used(i, j)) store(v + P::index(i, j) * v_step, value);
        });
}

template <class P, class X>
void transform_in(const Job& job, const X* picture, std::int64_t tile, float* v) {
    const TilePlace place = place_of(job, tile, P::Y::outputs, P::X::outputs);
    const Shape& shape = job.x.shape();
    const std::int64_t height = shape[1], width = shape[2], channels = shape[3];
    const X* at[P::rows * P::cols];
    constexpr std::int64_t scale = P::is_enlarged ? 2 : 1;
    for (std::int64_t i = 0; i < P::rows; ++i)
        for (std::int64_t j = 0; j < P::cols; ++j) {
            const std::int64_t y = place.y - job.top + i, x = place.x - job.left + j;
            const bool inside = y >= 0 && x >= 0 && y < scale * height && x < scale * width;
            at[i * P::cols + j] =
                inside ? picture + ((place.b * height + y / scale) * width + x / scale) * channels
                       : static_cast<const X*>(job.zeros);
        }
    std::int64_t c = 0;
    for (; c + kVectorFloats <= channels; c += kVectorFloats)
        input_tile<P>(at, v + c, job.v_step, [c](const X* pixel) { return get(pixel + c); });
    if (c < channels)
        input_tile<P>(at, v + c, job.v_step, [c, channels](const X* pixel) {
            X part[kVectorFloats] = {};
            std::copy_n(pixel + c, channels - c, part);
            return get(part);
        });
}

/// What is done to one vector of results, at element `at` of y, which starts at channel `channel`.
template <bool whole>
inline void finish_vector(const Job& job, FloatVector value, float* at, FloatVector bias,
                          std::int64_t count) {
    value += bias;
    const auto read = [count](const float* from) {
        if constexpr (whole) return load(from);
        float part[kVectorFloats] = {};
        std::copy_n(from, count, part);
        return load(part);
    };
    if (job.finish.residual != nullptr) value += read(job.finish.residual + (at - job.y.data));
    if (job.finish.relu) value = value < 0.0F ? FloatVector{} : value;  // NaN stays NaN
    if constexpr (whole) {
        store(at, value);
    } else {
        float part[kVectorFloats];
        store(part, value);
        std::copy_n(part, count, at);
    }
}

/// A^T m A for a vector of output channels of one tile, finished and written.
template <class P, bool whole>
inline void output_tile(const Job& job, const float* m, float* y, std::int64_t height, std::int64_t width,
                        FloatVector bias, std::int64_t count) {
    FloatVector t[P::Y::outputs * P::cols];
#pragma GCC unroll 8
    for (int j = 0; j < P::cols; ++j) {
        FloatVector d[P::rows];
#pragma GCC unroll 8
        for (int i = 0; i < P::rows; ++i)
            d[i] = P::used(i, j) ? load(m + P::index(i, j) * job.m_step) : FloatVector{};
        transform_output<typename P::Y>(d, 1, [&](int k, FloatVector value) { t[k * P::cols + j] = value; });
    }
    const std::int64_t row = job.y.shape.width * job.y.shape.stride;
#pragma GCC unroll 8
    for (int k = 0; k < P::Y::outputs; ++k) {
        if (k >= height) break;
        transform_output<typename P::X>(t + k * P::cols, 1, [&](int l, FloatVector value) {
            if (l < width)
                finish_vector<whole>(job, value, y + k * row + l * job.y.shape.stride, bias, count);
        });
    }
}

template <class P>
void transform_out(const Job& job, std::int64_t tile, const float* m, std::int64_t panel) {
    const TilePlace place = place_of(job, tile, P::Y::outputs, P::X::outputs);
    const std::int64_t height = std::min<std::int64_t>(P::Y::outputs, job.y.shape.height - place.y);
    const std::int64_t width = std::min<std::int64_t>(P::X::outputs, job.y.shape.width - place.x);
    for (int v = 0; v < kPanel; v += kVectorFloats) {
        const std::int64_t channel = panel * kPanel + v;
        const std::int64_t count = std::min<std::int64_t>(kVectorFloats, job.w.out - channel);
        if (count <= 0) return;
        float part[kVectorFloats] = {};
        if (job.finish.bias != nullptr) std::copy_n(job.finish.bias + channel, count, part);
        float* const y = job.y.at(place.b, place.y, place.x) + channel;
        if (count == kVectorFloats)
            output_tile<P, true>(job, m + v, y, height, width, load(part), count);
        else
            output_tile<P, false>(job, m + v, y, height, width, load(part), count);
    }
}

/// The tiles [begin, end): at most job.block of them.
template <class P>
void run_block(const Job& job, std::int64_t begin, std::int64_t end, float* v, float* m) {
    in_type(job.x, [&](const auto* picture) {
        for (std::int64_t tile = begin; tile < end; ++tile)
            transform_in<P>(job, picture, tile, v + (tile - begin) * job.row);
    });
    const std::int64_t panels = panels_of(job.w.out);
    for (std::int64_t panel = 0; panel < panels; ++panel) {
        for (int p = 0; p < P::positions; ++p)
            run_strip<true, false, Start::zero>(
                Strip{.a = reinterpret_cast<const std::byte*>(v + p * job.v_step),
                      .a_stride = job.row,
                      .b = reinterpret_cast<const std::byte*>(job.w.data.f32() +
                                                              (p * panels + panel) * job.w.in * kPanel),
                      .b_stride = kPanel,
                      .k = job.w.in,
                      .c = m + p * job.m_step,
                      .c_row = kPanel,
                      .m = end - begin,
                      .width = kPanel,
                      .bias = nullptr});
        for (std::int64_t tile = begin; tile < end; ++tile)
            transform_out<P>(job, tile, m + (tile - begin) * kPanel, panel);
    }
}

/// Tiles that are worked on together: enough for each panel of weights that comes from memory, few enough for what is
/// transformed to stay in the second-level cache. (With many channels the weights, which then are in memory, count more.)
std::int64_t block_of(std::int64_t positions, std::int64_t row) {
    constexpr std::int64_t kBytes = 448 * 1024, kStep = 12, kMost = 8 * kStep;
    const std::int64_t least = row >= 256 ? 3 * kStep : 2 * kStep;
    return std::clamp(kBytes / (positions * row * 4) / kStep * kStep, least, kMost);
}

}  // namespace

std::optional<WinogradForm> winograd_form(std::int64_t kernel_height, std::int64_t kernel_width) {
    const std::int64_t h = kernel_height, w = kernel_width;
    if (h == 3 && w == 3) return WinogradForm::square3;
    if (h == 5 && w == 5) return WinogradForm::square5;
    if (h == 1 && w == 3) return WinogradForm::row3;
    if (h == 3 && w == 1) return WinogradForm::column3;
    if (h == 1 && w == 7) return WinogradForm::row7;
    if (h == 7 && w == 1) return WinogradForm::column7;
    return {};
}

double saving(WinogradForm form) {
    double out = 0;
    with_plan(form, [&]<class P>(P) {
        constexpr int outputs = P::Y::outputs * P::X::outputs, taps = P::Y::taps * P::X::taps;
        out = static_cast<double>(outputs * taps) / P::positions;
    });
    return out;
}

WinogradWeights winograd_weights(Team& team, WinogradForm form, const float* w, std::int64_t out,
                                 std::int64_t in) {
    WinogradWeights weights;
    weights.form = form, weights.in = in, weights.out = out;
    with_plan(form, [&]<class P>(P) {
        const std::int64_t taps = P::Y::taps * P::X::taps, panels = panels_of(out);
        weights.data = Tensor({P::positions, panels, in, kPanel}, DType::f32);
        float* const to = weights.data.f32();
        team.split(panels * in, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t panel = i / in, c = i % in, n = panel * kPanel;
                transform_panel<P>(w + (n * in + c) * taps, in * taps,
                                   std::min<std::int64_t>(kPanel, out - n), to + i * kPanel,
                                   panels * in * kPanel);
            }
        });
    });
    return weights;
}

void winograd(Team& team, Pool& pool, const Tensor& x, const WinogradWeights& w, std::int64_t top,
              std::int64_t left, const PictureOut& y, const ConvFinish& finish) {
    check(x.shape().rank() == 4 && x.shape()[3] == w.in && y.shape.channels == w.out &&
              x.shape()[0] == y.shape.batch,
          "[winograd] {} to {} channels by weights from {} to {}", x.shape(), y.shape.channels, w.in, w.out);
    with_plan(w.form, [&]<class P>(P) {
        const auto tiles = [](std::int64_t size, int outputs) { return (size + outputs - 1) / outputs; };
        Job job{x,
                y,
                w,
                finish,
                top,
                left,
                tiles(y.shape.height, P::Y::outputs),
                tiles(y.shape.width, P::X::outputs)};
        job.row = (w.in + kVectorFloats - 1) / kVectorFloats * kVectorFloats;
        job.block = block_of(P::positions, job.row);
        // An odd number of cache lines between positions, so that they do not all fall on the same ways.
        const auto odd_lines = [](std::int64_t floats) {
            return (floats / kVectorFloats | 1) * kVectorFloats;
        };
        job.v_step = odd_lines(job.block * job.row);
        job.m_step = odd_lines(job.block * kPanel);
        const std::int64_t v_floats = P::positions * job.v_step, m_floats = P::positions * job.m_step;
        Tensor memory({team.size(), v_floats + m_floats}, DType::f32, &pool);
        const Tensor zeros = Tensor::zeros({job.row}, DType::f32, &pool);
        job.zeros = zeros.raw();
        const std::int64_t all = y.shape.batch * job.tiles_y * job.tiles_x;
        team.run([&](int lane) {
            float* const v = memory.f32() + lane * memory.cols();
            const std::int64_t from = all * lane / team.size(), to = all * (lane + 1) / team.size();
            const std::int64_t blocks = (to - from + job.block - 1) / job.block;
            for (std::int64_t i = 0; i < blocks; ++i)
                run_block<P>(job, from + (to - from) * i / blocks, from + (to - from) * (i + 1) / blocks, v,
                             v + v_floats);
        });
    });
}

}  // namespace mf::cpu
