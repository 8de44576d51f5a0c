// SPDX-License-Identifier: MIT
// Convolutions of inference against the definition in double.
#include "ops/still_conv.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace {

using namespace mf;

struct Size {
    std::int64_t batch, height, width, in, out;
};
struct Kernel {
    std::int64_t rows, cols;
    std::optional<cpu::WinogradForm> form;
    ConvGeometry geometry;
};

Tensor random_tensor(const Shape& shape, std::uint64_t seed) {
    Tensor out(shape, DType::f32);
    Random(seed, Stream::test).normal_vector(out.f32(), out.count(), 0);
    return out;
}

/// A kernel and a bias with random values, packed.
struct ConvWeights {
    ParamStore store;
    Param *w, *b;
    TransformedKernel transformed;

    ConvWeights(Team& team, const Size& size, const Kernel& kernel, Precision precision = Precision::f32)
        : w(&store.add_kernel("w", {size.out, size.in, kernel.rows, kernel.cols})),
          b(&store.add("b", {size.out})) {
        store.freeze();
        const Tensor values = random_tensor({store.count()}, 7);
        const float scale = 1.0F / std::sqrt(static_cast<float>(w->shape.count() / size.out));
        for (std::int64_t i = 0; i < store.count(); ++i)
            store.flat()[static_cast<std::size_t>(i)] = values.f32()[i] * scale;
        if (kernel.form) transformed = transform_kernel(team, *w, *kernel.form, precision);
        store.repack(team, precision);
    }
};

/// The definition; `scale` 2 reads x at twice its size.
std::vector<double> by_definition(const Tensor& x, const ConvWeights& weights, const ConvGeometry& g,
                                  std::int64_t scale = 1) {
    const Shape &s = x.shape(), &k = weights.w->shape;
    const std::int64_t height = scale * s[1], width = scale * s[2];
    const std::int64_t rows = (height + g.top + g.bottom - k[2]) / g.stride_y + 1,
                       cols = (width + g.left + g.right - k[3]) / g.stride_x + 1;
    std::vector<double> out;
    for (std::int64_t b = 0; b < s[0]; ++b)
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < cols; ++j)
                for (std::int64_t o = 0; o < k[0]; ++o) {
                    double sum = static_cast<double>(weights.b->value.f32()[o]);
                    for (std::int64_t u = 0; u < k[2]; ++u)
                        for (std::int64_t v = 0; v < k[3]; ++v) {
                            const std::int64_t y = i * g.stride_y + u - g.top,
                                               z = j * g.stride_x + v - g.left;
                            if (y < 0 || z < 0 || y >= height || z >= width) continue;
                            const float* pixel = x.f32() + ((b * s[1] + y / scale) * s[2] + z / scale) * s[3];
                            for (std::int64_t c = 0; c < s[3]; ++c)
                                sum += static_cast<double>(pixel[c]) *
                                       static_cast<double>(
                                           weights.w->value.f32()[((o * s[3] + c) * k[2] + u) * k[3] + v]);
                        }
                    out.push_back(sum);
                }
    return out;
}

/// The root mean square of what differs, and of what was wanted.
double relative_error(const Tensor& got, const std::vector<double>& want) {
    EXPECT_EQ(static_cast<std::size_t>(got.count()), want.size());
    double error = 0, size = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        const double d = static_cast<double>(got.f32()[i]) - want[i];
        error += d * d;
        size += want[i] * want[i];
    }
    return std::sqrt(error / size);
}

ConvGeometry same(int y, int x) { return {.top = y, .bottom = y, .left = x, .right = x}; }

const std::vector<Kernel>& kernels() {
    static const std::vector<Kernel> list = {
        {3, 3, cpu::WinogradForm::square3, same(1, 1)},
        {3, 3, cpu::WinogradForm::square3, {.top = 0, .bottom = 2, .left = 2, .right = 0}},
        {5, 5, cpu::WinogradForm::square5, same(2, 2)},
        {1, 3, cpu::WinogradForm::row3, same(0, 1)},
        {3, 1, cpu::WinogradForm::column3, same(1, 0)},
        {1, 7, cpu::WinogradForm::row7, same(0, 3)},
        {7, 1, cpu::WinogradForm::column7, same(3, 0)},
        {1, 1, {}, {}},
        {1, 1, {}, {.stride_y = 2, .stride_x = 2}},
        {3, 3, {}, {.stride_y = 2, .stride_x = 2, .bottom = 1, .right = 1}},
    };
    return list;
}

TEST(StillConv, IsTheConvolution) {
    Pool pool;
    for (const int threads : {1, 3}) {
        Team team(threads);
        CpuDevice device(team);
        for (const Kernel& kernel : kernels())
            for (const Size& size : std::vector<Size>{{1, 1, 1, 1, 1},
                                                      {2, 7, 5, 3, 2},
                                                      {1, 31, 33, 17, 33},
                                                      {3, 4, 8, 32, 64},
                                                      {1, 13, 1, 40, 31}}) {
                const ConvGeometry& g = kernel.geometry;
                if (size.height + g.top + g.bottom < kernel.rows ||
                    size.width + g.left + g.right < kernel.cols)
                    continue;
                const Tensor x = random_tensor({size.batch, size.height, size.width, size.in}, 3);
                const ConvWeights weights(team, size, kernel);
                const Tensor got = conv2d_still({device, pool}, x, *weights.w, weights.b, kernel.geometry,
                                                {weights.transformed});
                EXPECT_LT(relative_error(got, by_definition(x, weights, kernel.geometry)), 4e-6)
                    << kernel.rows << "x" << kernel.cols << " of " << x.shape().text() << " to " << size.out;
            }
    }
}

TEST(StillConv, OfAnEnlargedPictureMatchesThePictureEnlarged) {
    Pool pool;
    Team team(2);
    CpuDevice device(team);
    for (const auto form :
         {std::optional<cpu::WinogradForm>(cpu::WinogradForm::enlarged3), std::optional<cpu::WinogradForm>()})
        for (const Size& size :
             std::vector<Size>{{1, 1, 1, 1, 1}, {2, 7, 5, 3, 2}, {1, 15, 17, 17, 33}, {1, 8, 8, 32, 64}}) {
            const Tensor x = random_tensor({size.batch, size.height, size.width, size.in}, 3);
            const ConvWeights weights(team, size, {3, 3, form, {}});
            const Tensor got =
                upsample_conv_still({device, pool}, x, *weights.w, weights.b, weights.transformed);
            EXPECT_EQ(got.shape(), (Shape{size.batch, 2 * size.height, 2 * size.width, size.out}));
            EXPECT_LT(relative_error(got, by_definition(x, weights, same(1, 1), 2)), 4e-6)
                << x.shape().text();
        }
}

TEST(StillConv, AddsClipsAndWritesBesideOthers) {
    Pool pool;
    Team team(2);
    const Size size{2, 9, 6, 19, 37};
    for (const Kernel& kernel : kernels()) {
        const Tensor x = random_tensor({size.batch, size.height, size.width, size.in}, 3);
        const ConvWeights weights(team, size, kernel);
        CpuDevice device(team);
        const Context context{device, pool};
        const Tensor plain =
            conv2d_still(context, x, *weights.w, weights.b, kernel.geometry, {weights.transformed});
        const Tensor more = random_tensor(plain.shape(), 5);
        const Tensor sum =
            conv2d_still(context, x, *weights.w, weights.b, kernel.geometry,
                         {.transformed = weights.transformed, .relu = true, .residual = &more});
        const Shape s = plain.shape();
        Tensor wide({s[0], s[1], s[2], s[3] + 5}, DType::f32);
        wide.fill(-3);
        conv2d_still(context, x, *weights.w, weights.b, kernel.geometry,
                     {.transformed = weights.transformed, .into = &wide, .first_channel = 4});
        for (std::int64_t i = 0; i < plain.rows(); ++i) {
            const float* row = wide.f32() + i * wide.cols();
            for (std::int64_t c = 0; c < wide.cols(); ++c) {
                const bool inside = c >= 4 && c < 4 + size.out;
                ASSERT_EQ(row[c], inside ? plain.f32()[i * size.out + c - 4] : -3);
            }
        }
        for (std::int64_t i = 0; i < plain.count(); ++i)
            ASSERT_NEAR(sum.f32()[i], std::max(0.0F, plain.f32()[i] + more.f32()[i]), 1e-6F);
    }
}

TEST(StillConv, BitsDependNeitherOnThreadsNorOnTheBatch) {
    Pool pool;
    const Size size{3, 18, 21, 24, 48};
    for (const Kernel& kernel : kernels()) {
        const Tensor x = random_tensor({size.batch, size.height, size.width, size.in}, 3);
        std::vector<float> first;
        for (const int threads : {1, 2, 3}) {
            Team team(threads);
            const ConvWeights weights(team, size, kernel);
            CpuDevice device(team);
            const Context context{device, pool};
            const Tensor y =
                conv2d_still(context, x, *weights.w, weights.b, kernel.geometry, {weights.transformed});
            const std::vector<float> bits(y.floats().begin(), y.floats().end());
            if (first.empty()) first = bits;
            ASSERT_EQ(bits, first) << threads << " threads";
            const Tensor last = x.row_range(2 * size.height * size.width, 3 * size.height * size.width)
                                    .reshaped({1, size.height, size.width, size.in});
            const Tensor alone =
                conv2d_still(context, last, *weights.w, weights.b, kernel.geometry, {weights.transformed});
            ASSERT_TRUE(std::equal(alone.floats().begin(), alone.floats().end(), bits.end() - alone.count()));
        }
    }
}

TEST(StillConv, IsKeptTransformedWhereThatIsFaster) {
    Team team(1);
    for (const Kernel& kernel : kernels()) {
        if (!kernel.form) continue;
        const Size wide{1, 8, 8, 32, 32}, thin{1, 8, 8, 4, 32};
        EXPECT_NE(ConvWeights(team, wide, kernel).transformed, nullptr);
        EXPECT_EQ(ConvWeights(team, thin, kernel).transformed, nullptr);
        const ConvWeights half(team, wide, kernel, Precision::bf16);
        const bool wanted = kernel.rows * kernel.cols >= 9;
        EXPECT_EQ(half.transformed != nullptr, wanted) << kernel.rows << "x" << kernel.cols;
        EXPECT_EQ(half.w->prepared == nullptr, wanted);
    }
}

TEST(StillConv, ReadsBf16) {
    Pool pool;
    Team team(2);
    CpuDevice device(team);
    const Size size{2, 9, 6, 18, 34};
    for (Kernel kernel : kernels())
        for (const std::int64_t out : {34, 3}) {
            const Tensor x = random_tensor({size.batch, size.height, size.width, size.in}, 3);
            Tensor half(x.shape(), DType::bf16), rounded(x.shape(), DType::f32);
            half.copy_from(x);
            rounded.copy_from(half);
            const ConvWeights weights(team, {2, 9, 6, 18, out}, kernel);
            const Tensor got = conv2d_still({device, pool}, half, *weights.w, weights.b, kernel.geometry,
                                            {weights.transformed});
            EXPECT_LT(relative_error(got, by_definition(rounded, weights, kernel.geometry)), 4e-6);
        }
}

TEST(StillConv, RefusesWhatDoesNotFit) {
    Pool pool;
    Team team(1);
    const Size size{1, 8, 8, 16, 16};
    const Tensor x = random_tensor({1, 8, 8, 16}, 3);
    const ConvWeights weights(team, size, kernels()[0]),
        enlarged(team, size, {3, 3, cpu::WinogradForm::enlarged3, {}});
    CpuDevice device(team);
    const Context context{device, pool};
    const auto run = [&](const ConvWeights& used, const ConvGeometry& geometry, const ConvExtras& extras) {
        return conv2d_still(context, x, *used.w, nullptr, geometry, extras);
    };
    Tensor small({1, 8, 8, 17}, DType::f32);
    EXPECT_NO_THROW(run(weights, same(1, 1), {weights.transformed}));
    EXPECT_THROW(run(weights, same(1, 1), {}), Error);  // it is not packed
    EXPECT_THROW(
        run(weights, same(1, 1), {.transformed = weights.transformed, .into = &small, .first_channel = 2}),
        Error);
    EXPECT_THROW(run(weights, same(1, 1), {.transformed = weights.transformed, .residual = &small}), Error);
    EXPECT_THROW(run(weights, {.stride_y = 2, .stride_x = 2}, {weights.transformed}), Error);
    EXPECT_THROW(run(enlarged, same(1, 1), {enlarged.transformed}), Error);
}

}  // namespace
