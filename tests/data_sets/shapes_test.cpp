// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "data/images.hpp"
#include "data/shape_kinds.hpp"

namespace {

using namespace mf;

std::unique_ptr<Dataset> make(const std::vector<std::pair<std::string, std::string>>& options = {}) {
    const auto& entry = dataset_catalogue().at("shapes");
    Settings settings(entry.options);
    for (const auto& [key, value] : options) settings.set(key, value);
    return entry.make(settings);
}

struct Batch {
    std::vector<float> values;
    std::vector<std::int32_t> labels;
};
Batch drawn(const Dataset& data, std::uint64_t first, std::int64_t count, std::uint64_t seed = 5) {
    Batch out{std::vector<float>(static_cast<std::size_t>(count * data.sample_shape().count()) + 1, -77.0F),
              std::vector<std::int32_t>(static_cast<std::size_t>(count))};
    data.draw(out.values.data(), out.labels.data(), Random(seed, Stream::data), first, count);
    EXPECT_EQ(out.values.back(), -77.0F) << "wrote too much";
    out.values.pop_back();
    return out;
}

TEST(Shapes, AnEndlessSetOfTenClasses) {
    const auto data = make();
    EXPECT_EQ(data->sample_shape(), (Shape{32, 32, 3}));
    EXPECT_EQ(data->size(), 0);
    EXPECT_EQ(data->classes(), 10);
    ASSERT_NE(data->images(), nullptr);
    const auto& names = data->images()->class_names();
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 10U);
}

TEST(Shapes, APictureDependsOnSeedAndIndexAlone) {
    for (const char* size : {"32", "9", "100"}) {
        const auto data = make({{"data.size", size}});
        const auto each = static_cast<std::size_t>(data->sample_shape().count());
        const Batch whole = drawn(*data, 100, 40);
        for (const std::size_t i : {0, 1, 17, 39}) {
            const Batch one = drawn(*data, 100 + i, 1);
            EXPECT_EQ(one.labels[0], whole.labels[i]);
            EXPECT_TRUE(std::equal(one.values.begin(), one.values.end(),
                                   whole.values.begin() + static_cast<std::ptrdiff_t>(i * each)));
        }
    }
    const auto data = make();
    EXPECT_NE(drawn(*data, 0, 1, 5).values, drawn(*data, 0, 1, 6).values);
    std::vector<float> a(3072), b(3072);
    std::int32_t label = -1;
    data->images()->stored(a.data(), &label, 3);
    data->images()->stored(b.data(), nullptr, 3);
    EXPECT_EQ(a, b);
    EXPECT_GE(label, 0);
}

TEST(Shapes, ClassesAreAsLikely) {
    const auto data = make({{"data.size", "4"}});
    constexpr std::int64_t count = 50000;
    std::vector<double> seen(10);
    for (const std::int32_t label : drawn(*data, 0, count).labels)
        seen.at(static_cast<std::size_t>(label)) += 1;
    for (const double n : seen) EXPECT_NEAR(n, 5000, 4.5 * std::sqrt(5000));
}

double luma(const float* pixel) { return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]; }

// Every figure is there, whole, and stands out from its ground.
TEST(Shapes, FiguresStandOutFromTheirGround) {
    const auto data = make();
    const Batch batch = drawn(*data, 0, 3000);
    for (std::size_t i = 0; i < 3000; ++i) {
        const float* image = batch.values.data() + 3072 * i;
        double low = 1, high = -1, edge_low = 1, edge_high = -1;
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x) {
                const float* pixel = image + (y * 32 + x) * 3;
                for (int c = 0; c < 3; ++c) ASSERT_TRUE(pixel[c] >= -1.0F && pixel[c] <= 1.0F);
                const double value = luma(pixel);
                low = std::min(low, value);
                high = std::max(high, value);
                if (x > 0 && x < 31 && y > 0 && y < 31) continue;
                edge_low = std::min(edge_low, value);
                edge_high = std::max(edge_high, value);
            }
        EXPECT_GT(high - low, 0.3) << i;
        EXPECT_LT(edge_high - edge_low, 0.35) << "the figure " << i << " reaches the edge";
    }
}

// The share of the unit circle that each figure covers, from its distance function.
TEST(Shapes, FiguresAreAboutEquallyLarge) {
    for (const ShapeKind& kind : shape_kinds()) {
        int inside = 0, outside_of_circle = 0;
        std::vector<float> row(401);
        for (int j = 0; j <= 400; ++j) {
            const float v = static_cast<float>(j) * 0.006F - 1.2F;
            kind.distances(row.data(), -1.2F, v, 0.006F, 0, 401);
            for (int i = 0; i <= 400; ++i) {
                if (row[static_cast<std::size_t>(i)] > 0) continue;
                ++inside;
                const float u = static_cast<float>(i) * 0.006F - 1.2F;
                outside_of_circle += u * u + v * v > 1.0201F ? 1 : 0;
            }
        }
        EXPECT_EQ(outside_of_circle, 0) << kind.name;
        EXPECT_GT(inside * 0.006 * 0.006, 0.8) << kind.name;
        EXPECT_LT(inside * 0.006 * 0.006, 2.6) << kind.name;
    }
}

// Near the outline, going a little along the gradient changes the distance by as much: edges are equally soft.
TEST(Shapes, DistancesAreDistancesNearTheOutline) {
    for (const ShapeKind& kind : shape_kinds()) {
        const auto at = [&](float u, float v) {
            float out = 0;
            kind.distances(&out, u, v, 0, 0, 1);
            return out;
        };
        int near = 0, exact = 0;
        for (float u = -1; u < 1; u += 0.013F)
            for (float v = -1; v < 1; v += 0.013F) {
                if (std::abs(at(u, v)) > 0.03F) continue;
                constexpr float h = 1e-3F;
                const float du = (at(u + h, v) - at(u - h, v)) / (2 * h),
                            dv = (at(u, v + h) - at(u, v - h)) / (2 * h);
                ++near;
                exact += std::abs(std::hypot(du, dv) - 1) < 0.02F ? 1 : 0;
            }
        EXPECT_GT(near, 100) << kind.name;
        EXPECT_GT(exact, 0.95 * near) << kind.name;
    }
}

TEST(Shapes, SomeOfTheClasses) {
    const auto data = make({{"data.classes", "star,3"}});
    EXPECT_EQ(data->images()->class_names(), (std::vector<std::string>{"star", "triangle"}));
    for (const std::int32_t label : drawn(*data, 0, 100).labels) EXPECT_LT(label, 2);
    EXPECT_THROW(make({{"data.classes", "start"}}), UsageError);
}

TEST(Shapes, GrayPicturesAreTheSameOnesWithoutColour) {
    const auto colour = make(), gray = make({{"data.channels", "1"}});
    EXPECT_EQ(gray->sample_shape(), (Shape{32, 32, 1}));
    const Batch a = drawn(*colour, 0, 50), b = drawn(*gray, 0, 50);
    EXPECT_EQ(a.labels, b.labels);
    for (std::size_t p = 0; p < b.values.size(); ++p)
        EXPECT_NEAR(luma(a.values.data() + 3 * p), b.values[p], 0.02) << p;
}

}  // namespace
