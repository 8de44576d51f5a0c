// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "data/images.hpp"
#include "data/shape_kinds.hpp"

namespace {

using namespace mf;

std::unique_ptr<Dataset> shapes_of(const std::vector<std::pair<std::string, std::string>>& options = {}) {
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
    const auto data = shapes_of();
    EXPECT_EQ(data->sample_shape(), (Shape{32, 32, 3}));
    EXPECT_EQ(data->size(), 0);
    EXPECT_EQ(data->classes(), 10);
    ASSERT_NE(data->images(), nullptr);
    const auto& names = data->images()->class_names();
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 10U);
}

TEST(Shapes, APictureDependsOnSeedAndIndexAlone) {
    for (const char* size : {"32", "9", "100"}) {
        const auto data = shapes_of({{"data.size", size}});
        const auto each = static_cast<std::size_t>(data->sample_shape().count());
        const Batch whole = drawn(*data, 100, 40);
        for (const std::size_t i : {0, 1, 17, 39}) {
            const Batch one = drawn(*data, 100 + i, 1);
            EXPECT_EQ(one.labels[0], whole.labels[i]);
            EXPECT_TRUE(std::equal(one.values.begin(), one.values.end(),
                                   whole.values.begin() + static_cast<std::ptrdiff_t>(i * each)));
        }
    }
    const auto data = shapes_of();
    EXPECT_NE(drawn(*data, 0, 1, 5).values, drawn(*data, 0, 1, 6).values);
    std::vector<float> a(3072), b(3072);
    std::int32_t label = -1;
    data->images()->stored(a.data(), &label, 3);
    data->images()->stored(b.data(), nullptr, 3);
    EXPECT_EQ(a, b);
    EXPECT_GE(label, 0);
}

TEST(Shapes, ClassesAreAsLikely) {
    const auto data = shapes_of({{"data.size", "4"}});
    constexpr std::int64_t count = 50000;
    std::vector<double> seen(10);
    for (const std::int32_t label : drawn(*data, 0, count).labels)
        seen.at(static_cast<std::size_t>(label)) += 1;
    for (const double n : seen) EXPECT_NEAR(n, 5000, 4.5 * std::sqrt(5000));
}

double luma(const float* pixel) { return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]; }

const std::vector<std::pair<std::string, std::string>> kFree = {
    {"data.sizes", "0.42,0.82"}, {"data.shift", "1"}, {"data.turn", "1"}, {"data.colours", "any"}};

// Every figure is there, whole, and stands out from its ground.
TEST(Shapes, FiguresStandOutFromTheirGround) {
    Batch batch = drawn(*shapes_of(), 0, 1000);
    const Batch free = drawn(*shapes_of(kFree), 0, 2000);
    batch.values.insert(batch.values.end(), free.values.begin(), free.values.end());
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

// Labels and four values of pictures of 8 x 8, written down when these freedoms were all that there was: a run from then
// must get its pictures.
TEST(Shapes, AllFreedomsGiveThePicturesOfRunsThatExist) {
    struct Known {
        std::int32_t label;
        float values[4];
    };
    constexpr Known known[] = {{3, {0.7990465F, -0.8129833F, 0.5910001F, 0.5210997F}},
                               {2, {-0.7393750F, 0.7703941F, 0.1063128F, -0.6871383F}},
                               {7, {-1.0000000F, 0.1912213F, -0.6394025F, -0.6387546F}},
                               {5, {-0.8298911F, -0.1060269F, -0.4668159F, -0.1902099F}},
                               {4, {0.5311360F, 0.0407479F, 0.7262876F, 0.9315470F}},
                               {9, {-0.5571985F, -0.4539535F, -0.4985533F, -0.5003959F}},
                               {1, {-0.5950489F, -0.6822599F, 0.3092502F, -0.6970512F}},
                               {9, {-0.5693045F, 0.9633229F, -0.1583156F, -0.1350536F}}};
    auto options = kFree;
    options.emplace_back("data.size", "8");
    const Batch batch = drawn(*shapes_of(options), 0, 8);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(batch.labels[i], known[i].label) << i;
        const float* image = batch.values.data() + 192 * i;
        const float values[] = {image[0], image[108], image[115], image[191]};
        for (int k = 0; k < 4; ++k) EXPECT_NEAR(values[k], known[i].values[k], 1e-5F) << i << " " << k;
    }
}

/// Where the figure of one class lies in pictures of 32 x 32, as the share of each pixel's luma between the darkest and
/// the lightest of its picture: middle and root mean square distance from it, in pixels.
struct Place {
    double x, y, extent;
};
std::vector<Place> places(const char* kind, std::vector<std::pair<std::string, std::string>> options) {
    options.emplace_back("data.classes", kind);
    const auto data = shapes_of(options);
    const Batch batch = drawn(*data, 0, 200);
    std::vector<Place> out;
    for (std::size_t i = 0; i < 200; ++i) {
        const float* image = batch.values.data() + 3072 * i;
        double low = 1, high = -1, mass = 0, x = 0, y = 0, square = 0;
        for (int p = 0; p < 1024; ++p) {
            low = std::min(low, luma(image + 3 * p));
            high = std::max(high, luma(image + 3 * p));
        }
        for (int p = 0; p < 1024; ++p) {
            const double share = luma(image + 3 * p) > 0.5 * (low + high) ? 1 : 0;
            const double px = p % 32 - 15.5, py = p / 32 - 15.5;
            mass += share;
            x += share * px;
            y += share * py;
            square += share * (px * px + py * py);
        }
        x /= mass;
        y /= mass;
        out.push_back({x, y, std::sqrt(square / mass - x * x - y * y)});
    }
    return out;
}

template <class Value>
double range(const std::vector<Place>& all, Value value) {
    const auto [low, high] = std::ranges::minmax(all, {}, value);
    return std::invoke(value, high) - std::invoke(value, low);
}

TEST(Shapes, EachFreedomActsAlone) {
    const auto still = places("disc", {{"data.sizes", "0.7,0.7"}, {"data.shift", "0"}});
    EXPECT_LT(range(still, &Place::x), 0.2);
    EXPECT_LT(range(still, &Place::extent), 0.2);
    const auto usual = places("disc", {{"data.sizes", "0.7,0.7"}});
    const auto shifted = places("disc", {{"data.sizes", "0.7,0.7"}, {"data.shift", "1"}});
    EXPECT_GT(range(usual, &Place::x), 2.5);  // (.92 - .7) 16 pixels to both sides, half of it
    EXPECT_LT(range(usual, &Place::x), 4);
    EXPECT_GT(range(shifted, &Place::y), 6);
    EXPECT_LT(range(shifted, &Place::y), 8);
    const auto sized = places("disc", {{"data.sizes", "0.3,0.9"}, {"data.shift", "0"}});
    EXPECT_GT(range(sized, &Place::extent),
              5);  // a disc of radius R has R / sqrt 2, R from 4.1 to 12.4 pixels
    EXPECT_LT(range(sized, &Place::x), 0.2);
}

// Upright, a heart is as wide left as right, and its tip is below: the topmost row of the figure is wider than the lowest.
TEST(Shapes, FiguresStandUprightUnlessTheyMayTurn) {
    const auto widths = [](const char* turn) {
        const auto data = shapes_of(
            {{"data.classes", "heart"}, {"data.sizes", "0.8,0.8"}, {"data.shift", "0"}, {"data.turn", turn}});
        const Batch batch = drawn(*data, 0, 100);
        std::vector<std::pair<int, int>> out;  // light pixels of the upper half and of the lower
        for (std::size_t i = 0; i < 100; ++i) {
            std::pair<int, int> light;
            for (int p = 0; p < 1024; ++p)
                if (luma(batch.values.data() + 3072 * i + 3 * p) > -0.2)
                    ++(p < 512 ? light.first : light.second);
            out.push_back(light);
        }
        return out;
    };
    for (const auto& [upper, lower] : widths("0")) EXPECT_GT(upper, lower);
    for (const auto& [upper, lower] : widths("0.12")) EXPECT_GT(upper, lower);
    const auto turned = widths("1");
    const auto upright = std::ranges::count_if(turned, [](const auto& w) { return w.first > w.second; });
    EXPECT_GT(upright, 25);
    EXPECT_LT(upright, 75);
}

TEST(Shapes, OneHueMeansALightFigureOnADarkGround) {
    const Batch batch = drawn(*shapes_of({{"data.classes", "disc"}}), 0, 300);
    std::set<int> strongest;
    for (std::size_t i = 0; i < 300; ++i) {
        const float *image = batch.values.data() + 3072 * i, *middle = image + (16 * 32 + 16) * 3;
        EXPECT_GT(luma(middle), 0.1) << i;
        EXPECT_LT(luma(image), -0.6) << i;
        EXPECT_LT(luma(image + 31 * 32 * 3), luma(image)) << "the ground is lit from above";
        strongest.insert(static_cast<int>(std::max_element(middle, middle + 3) - middle));
    }
    EXPECT_EQ(strongest.size(), 3U);
}

TEST(Shapes, SizesAreASmallestAndALargest) {
    for (const char* sizes : {"0.8,0.6", "0.7", "0.5,0.6,0.7", ""}) {
        try {
            shapes_of({{"data.sizes", sizes}});
            ADD_FAILURE() << sizes;
        } catch (const UsageError& error) {
            EXPECT_NE(std::string(error.what()).find("data.sizes"), std::string::npos) << error.what();
        }
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
    const auto data = shapes_of({{"data.classes", "star,3"}});
    EXPECT_EQ(data->images()->class_names(), (std::vector<std::string>{"star", "triangle"}));
    for (const std::int32_t label : drawn(*data, 0, 100).labels) EXPECT_LT(label, 2);
    EXPECT_THROW(shapes_of({{"data.classes", "start"}}), UsageError);
}

TEST(Shapes, GrayPicturesAreTheSameOnesWithoutColour) {
    const auto colour = shapes_of(), gray = shapes_of({{"data.channels", "1"}});
    EXPECT_EQ(gray->sample_shape(), (Shape{32, 32, 1}));
    const Batch a = drawn(*colour, 0, 50), b = drawn(*gray, 0, 50);
    EXPECT_EQ(a.labels, b.labels);
    for (std::size_t p = 0; p < b.values.size(); ++p)
        EXPECT_NEAR(luma(a.values.data() + 3 * p), b.values[p], 0.02) << p;
}

}  // namespace
