// SPDX-License-Identifier: MIT
#include "ops/cpu/group_norm.hpp"

#include <algorithm>
#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"
#include "ops/cpu/tensor_of.hpp"
#include "ops/pointwise/silu.hpp"

namespace mf::cpu {
namespace {

/// Portions of a picture that sums are made over: as many pixels as a core keeps near. They depend on nothing else.
std::int64_t portion(const GroupNormSize& size) { return std::max<std::int64_t>(1, 16384 / size.channels); }
std::int64_t portions(const GroupNormSize& size) { return (size.pixels + portion(size) - 1) / portion(size); }

/// Calls work(picture, portion, first row, rows) for every portion; rows count through all pictures.
template <class Work>
void by_portions(Team& team, const GroupNormSize& size, Work work) {
    const std::int64_t all = portions(size), step = portion(size);
    team.split(size.pictures * all, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t picture = i / all, first = i % all * step;
            work(picture, i, picture * size.pixels + first, std::min(step, size.pixels - first));
        }
    });
}

/// Vectors at any number of lanes: what is missing is zero, and not written.
template <class From>
FloatVector get_some(const From* from, std::int64_t n) {
    if (n >= kVectorFloats) return get(from);
    From some[kVectorFloats]{};
    std::copy_n(from, n, some);
    return get(some);
}
template <class To>
void put_some(To* to, FloatVector value, std::int64_t n) {
    if (n >= kVectorFloats) return put(to, value);
    To some[kVectorFloats];
    put(some, value);
    std::copy_n(some, n, to);
}

/// Means and sums of squares about them of every channel in every portion, as (picture and portion, 2, C).
template <class X>
void portion_statistics(Team& team, Tensor& partial, const X* x, const GroupNormSize& size) {
    const std::int64_t c = size.channels;
    by_portions(team, size, [&](std::int64_t, std::int64_t i, std::int64_t first, std::int64_t rows) {
        float *const mean = partial.f32() + i * 2 * c, *const squares = mean + c;
        std::fill_n(mean, 2 * c, 0.0F);
        const float share = 1.0F / static_cast<float>(rows);
        for (const X* row = x + first * c; row < x + (first + rows) * c; row += c)
            for (std::int64_t j = 0; j < c; j += kVectorFloats)
                put_some(mean + j, get_some(mean + j, c - j) + get_some(row + j, c - j), c - j);
        for (std::int64_t j = 0; j < c; ++j) mean[j] *= share;
        for (const X* row = x + first * c; row < x + (first + rows) * c; row += c)
            for (std::int64_t j = 0; j < c; j += kVectorFloats) {
                const FloatVector d = get_some(row + j, c - j) - get_some(mean + j, c - j);
                put_some(squares + j, fused(d, d, get_some(squares + j, c - j)), c - j);
            }
    });
}

}  // namespace

void group_statistics(Team& team, Pool& pool, const Tensor& x, const GroupNormSize& size, float eps,
                      Tensor& mean, Tensor& s) {
    const std::int64_t c = size.channels, all = portions(size), members = size.members();
    Tensor partial({size.pictures * all, 2, c}, DType::f32, &pool);
    in_type(x, [&](const auto* from) { portion_statistics(team, partial, from, size); });
    team.split(size.pictures * size.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t picture = i / size.groups, first = i % size.groups * members;
            const auto count = static_cast<double>(size.count());
            const auto over_portions = [&](auto term) {
                double sum = 0;
                for (std::int64_t p = 0; p < all; ++p) {
                    const float* means = partial.f32() + (picture * all + p) * 2 * c + first;
                    const auto rows =
                        static_cast<double>(std::min(portion(size), size.pixels - p * portion(size)));
                    for (std::int64_t j = 0; j < members; ++j) sum += term(rows, means[j], means[c + j]);
                }
                return sum / count;
            };
            const double average = over_portions([](double rows, double m, double) { return rows * m; });
            const double variance = over_portions([=](double rows, double m, double squares) {
                return squares + rows * (m - average) * (m - average);
            });
            std::fill_n(mean.f32() + picture * c + first, members, static_cast<float>(average));
            std::fill_n(s.f32() + picture * c + first, members,
                        static_cast<float>(1 / std::sqrt(variance + static_cast<double>(eps))));
        }
    });
}

namespace {

/// n and g n + b of a vector of channels.
struct Normed {
    FloatVector n, y;
    template <class X>
    Normed(const X* x, const ChannelNumbers& channels, std::int64_t picture_c, std::int64_t j,
           std::int64_t lanes)
        : n((get_some(x + j, lanes) - get_some(channels.mean + picture_c + j, lanes)) *
            get_some(channels.s + picture_c + j, lanes)),
          y(fused(get_some(channels.g + j, lanes), n, get_some(channels.b + j, lanes))) {}
};

template <bool silu, class X, class Y>
void value_pass(Team& team, Y* y, const X* x, const GroupNormSize& size, const ChannelNumbers& channels) {
    const std::int64_t c = size.channels;
    by_portions(team, size, [=](std::int64_t picture, std::int64_t, std::int64_t first, std::int64_t rows) {
        for (std::int64_t i = first; i < first + rows; ++i)
            for (std::int64_t j = 0; j < c; j += kVectorFloats) {
                FloatVector value = Normed(x + i * c, channels, picture * c, j, c - j).y, slope;
                if constexpr (silu) mf::laws::Silu::at(value, value, slope);
                put_some(y + i * c + j, value, c - j);
            }
    });
}

}  // namespace

void group_norm_value(Team& team, Tensor& y, const Tensor& x, const GroupNormSize& size,
                      const ChannelNumbers& channels, bool silu) {
    in_type(y, [&](auto* to) {
        in_type(x, [&](const auto* from) {
            silu ? value_pass<true>(team, to, from, size, channels)
                 : value_pass<false>(team, to, from, size, channels);
        });
    });
}

void times_slope(Team& team, float* to, const float* d, const Tensor& x, const GroupNormSize& size,
                 const ChannelNumbers& channels) {
    const std::int64_t c = size.channels;
    in_type(x, [&](const auto* from) {
        by_portions(team, size,
                    [=](std::int64_t picture, std::int64_t, std::int64_t first, std::int64_t rows) {
                        for (std::int64_t i = first; i < first + rows; ++i)
                            for (std::int64_t j = 0; j < c; j += kVectorFloats) {
                                FloatVector value, slope;
                                mf::laws::Silu::at(Normed(from + i * c, channels, picture * c, j, c - j).y,
                                                   value, slope);
                                put_some(to + i * c + j, slope * get_some(d + i * c + j, c - j), c - j);
                            }
                    });
    });
}

void channel_sums(Team& team, Pool& pool, Tensor& sums, const float* d, const Tensor& x,
                  const GroupNormSize& size, const ChannelNumbers& channels) {
    const std::int64_t c = size.channels, all = portions(size);
    const Tensor partial({size.pictures * all, 2, c}, DType::f32, &pool);
    auto* const parts = const_cast<float*>(partial.f32());
    in_type(x, [&](const auto* from) {
        by_portions(team, size,
                    [=](std::int64_t picture, std::int64_t p, std::int64_t first, std::int64_t rows) {
                        float *const plain = parts + p * 2 * c, *const along = plain + c;
                        std::fill_n(plain, 2 * c, 0.0F);
                        for (std::int64_t i = first; i < first + rows; ++i)
                            for (std::int64_t j = 0; j < c; j += kVectorFloats) {
                                const FloatVector n = Normed(from + i * c, channels, picture * c, j, c - j).n,
                                                  move = get_some(d + i * c + j, c - j);
                                put_some(plain + j, get_some(plain + j, c - j) + move, c - j);
                                put_some(along + j, fused(n, move, get_some(along + j, c - j)), c - j);
                            }
                    });
    });
    auto* const out = static_cast<double*>(sums.raw());
    team.split(size.pictures * c, kVectorFloats, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t picture = i / c, j = i % c;
            double plain = 0, along = 0;
            for (std::int64_t p = picture * all; p < (picture + 1) * all; ++p)
                plain += parts[p * 2 * c + j], along += parts[(p * 2 + 1) * c + j];
            out[2 * i] = plain, out[2 * i + 1] = along;
        }
    });
}

void norm_jacobian(Team& team, Pool& pool, float* to, const float* d, const Tensor& x, const Tensor& sums,
                   const GroupNormSize& size, const ChannelNumbers& channels, bool weighted) {
    const std::int64_t c = size.channels, members = size.members();
    const Tensor means({size.pictures, 2, c}, DType::f32, &pool);  // of w d and of n w d, for each channel
    auto* const mean = const_cast<float*>(means.f32());
    const auto* const of = static_cast<const double*>(sums.raw());
    for (std::int64_t i = 0; i < size.pictures * size.groups; ++i) {
        const std::int64_t picture = i / size.groups, first = i % size.groups * members;
        double plain = 0, along = 0;
        for (std::int64_t j = first; j < first + members; ++j) {
            const double w = weighted ? channels.g[j] : 1.0;
            plain += w * of[2 * (picture * c + j)], along += w * of[2 * (picture * c + j) + 1];
        }
        const auto count = static_cast<double>(size.count());
        std::fill_n(mean + picture * 2 * c + first, members, static_cast<float>(plain / count));
        std::fill_n(mean + (picture * 2 + 1) * c + first, members, static_cast<float>(along / count));
    }
    in_type(x, [&](const auto* from) {
        by_portions(team, size,
                    [=](std::int64_t picture, std::int64_t, std::int64_t first, std::int64_t rows) {
                        const float *plain = mean + picture * 2 * c, *along = plain + c;
                        for (std::int64_t i = first; i < first + rows; ++i)
                            for (std::int64_t j = 0; j < c; j += kVectorFloats) {
                                const FloatVector n = Normed(from + i * c, channels, picture * c, j, c - j).n,
                                                  g = get_some(channels.g + j, c - j),
                                                  s = get_some(channels.s + picture * c + j, c - j),
                                                  given = get_some(d + i * c + j, c - j),
                                                  move = weighted ? g * given : given;
                                const FloatVector centred = move - get_some(plain + j, c - j);
                                const FloatVector left = fused(-n, get_some(along + j, c - j), centred);
                                put_some(to + i * c + j, weighted ? s * left : g * s * left, c - j);
                            }
                    });
    });
}

}  // namespace mf::cpu

namespace mf {
namespace {

cpu::ChannelNumbers numbers_of(const NormChannels& c) {
    return {c.mean.f32(), c.s.f32(), c.g.f32(), c.b.f32()};
}

}  // namespace

void CpuDevice::group_statistics(Into mean, Into s, View x, const GroupNormSize& size, float eps,
                                 Pool& scratch) {
    Tensor to_mean = cpu::tensor_of(mean), to_s = cpu::tensor_of(s);
    cpu::group_statistics(team_, scratch_of(scratch), cpu::tensor_of(x), size, eps, to_mean, to_s);
}

void CpuDevice::group_norm(Into y, View x, const GroupNormSize& size, const NormChannels& channels,
                           bool silu) {
    Tensor to = cpu::tensor_of(y);
    cpu::group_norm_value(team_, to, cpu::tensor_of(x), size, numbers_of(channels), silu);
}

void CpuDevice::group_norm_slope(Into y, View d, View x, const GroupNormSize& size,
                                 const NormChannels& channels) {
    cpu::times_slope(team_, y.f32(), d.f32(), cpu::tensor_of(x), size, numbers_of(channels));
}

void CpuDevice::group_norm_sums(Into sums, View d, View x, const GroupNormSize& size,
                                const NormChannels& channels, Pool& scratch) {
    Tensor to = cpu::tensor_of(sums);
    cpu::channel_sums(team_, scratch_of(scratch), to, d.f32(), cpu::tensor_of(x), size, numbers_of(channels));
}

void CpuDevice::group_norm_jacobian(Into y, View d, View x, View sums, const GroupNormSize& size,
                                    const NormChannels& channels, bool weighted, Pool& scratch) {
    cpu::norm_jacobian(team_, scratch_of(scratch), y.f32(), d.f32(), cpu::tensor_of(x), cpu::tensor_of(sums),
                       size, numbers_of(channels), weighted);
}

void CpuDevice::group_norm_gradients(Into dg, Into db, View all, const GroupNormSize& size) {
    const auto* sums = static_cast<const double*>(all.data);
    for (std::int64_t c = 0; c < size.channels; ++c) {
        double plain = 0, along = 0;
        for (std::int64_t i = c; i < size.pictures * size.channels; i += size.channels)
            plain += sums[2 * i], along += sums[2 * i + 1];
        db.f32()[c] += static_cast<float>(plain);
        dg.f32()[c] += static_cast<float>(along);
    }
}

}  // namespace mf
