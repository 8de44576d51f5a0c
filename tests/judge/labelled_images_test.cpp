// SPDX-License-Identifier: MIT
#include "judge/labelled_images.hpp"

#include <set>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "io/png.hpp"
#include "judge/classifier_trainer.hpp"

namespace {

using namespace mf;
using test::Scratch;

/// A folder with `count` even pictures of 4 x 4 in two classes, no two of the same gray.
void write_pictures(const std::filesystem::path& folder, int count, int first = 0) {
    for (int i = 0; i < count; ++i) {
        const auto sub = folder / (i % 2 == 0 ? "even" : "odd");
        std::filesystem::create_directories(sub);
        const std::vector<std::uint8_t> pixels(16, static_cast<std::uint8_t>(first + i));
        write_png(sub / (std::to_string(i) + ".png"), {4, 4, 1, pixels});
    }
}

Settings folder(const std::filesystem::path& path, const std::string& share = "0.25") {
    const std::vector<ConfigItem> items = {
        {"data.name", "image_folder", ""},    {"data.path", path.string(), ""},
        {"data.channels", "1", ""},           {"data.flip", "false", ""},
        {"classifier.held_share", share, ""}, {"classifier.shift", "0", ""}};
    return resolve_classifier(items);
}

/// The gray of picture k of one part.
std::set<float> grays(const LabelledImages& data, bool held, std::int64_t count) {
    std::set<float> out;
    std::vector<float> picture(16), scratch;
    std::int32_t label = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        if (held)
            data.held(picture.data(), &label, i);
        else
            data.training(picture.data(), &label, 7, static_cast<std::uint64_t>(i), 1, scratch);
        EXPECT_EQ(picture[0], picture[15]);
        out.insert(picture[0]);
    }
    return out;
}

TEST(LabelledImages, AShareIsHeldOutAndNeverLearnt) {
    const Scratch scratch;
    write_pictures(scratch / "set", 40);
    const LabelledImages data(folder(scratch / "set"));
    EXPECT_EQ(data.held_count(), 10);
    EXPECT_EQ(data.training_count(), 30);
    const std::set<float> held = grays(data, true, 10), learnt = grays(data, false, 30);
    EXPECT_EQ(held.size(), 10U);
    EXPECT_EQ(learnt.size(), 30U);  // an epoch sees each picture once
    for (const float gray : held) EXPECT_FALSE(learnt.contains(gray));
    EXPECT_THROW(LabelledImages(folder(scratch / "set", "0.001")), UsageError);
}

TEST(LabelledImages, TestFilesAreHeldOutWhereThereAreAny) {
    const Scratch scratch;
    write_pictures(scratch / "set" / "train", 12);
    write_pictures(scratch / "set" / "test", 6, 100);
    const LabelledImages data(folder(scratch / "set"));
    EXPECT_EQ(data.held_name(), "the test files");
    EXPECT_EQ(data.held_count(), 6);
    EXPECT_EQ(data.training_count(), 12);
    EXPECT_EQ(grays(data, true, 6).size(), 6U);
    for (const float gray : grays(data, true, 6)) EXPECT_GE(gray, 100 / 127.5 - 1.001);
    for (const float gray : grays(data, false, 12)) EXPECT_LT(gray, 100 / 127.5 - 1);
}

TEST(LabelledImages, MovedPicturesContinueTheirEdge) {
    const std::vector<ConfigItem> items = {
        {"data.name", "shapes", ""}, {"data.size", "16", ""}, {"classifier.shift", "3", ""}};
    const std::vector<ConfigItem> still = {{"data.name", "shapes", ""}, {"data.size", "16", ""}};
    const LabelledImages moved(resolve_classifier(items)), as_drawn(resolve_classifier(still));
    const std::size_t pixels = 16 * 16 * 3;
    std::vector<float> a(20 * pixels), b(20 * pixels), scratch;
    std::vector<std::int32_t> labels_a(20), labels_b(20);
    moved.training(a.data(), labels_a.data(), 1, 5, 20, scratch);
    as_drawn.training(b.data(), labels_b.data(), 1, 5, 20, scratch);
    EXPECT_EQ(labels_a, labels_b);
    EXPECT_NE(a, b);
    // Each moved picture is the other one, moved by the same for all places that are still inside.
    for (std::size_t k = 0; k < 20; ++k) {
        bool found = false;
        for (int down = -3; down <= 3 && !found; ++down)
            for (int right = -3; right <= 3 && !found; ++right) {
                found = true;
                for (int i = 3; i < 13 && found; ++i)
                    for (int j = 3; j < 13 && found; ++j)
                        found = a[k * pixels + static_cast<std::size_t>((i * 16 + j) * 3)] ==
                                b[k * pixels + static_cast<std::size_t>(((i - down) * 16 + j - right) * 3)];
            }
        EXPECT_TRUE(found) << k;
    }
}

TEST(LabelledImages, PointsAreNoImages) {
    const std::vector<ConfigItem> items = {{"data.name", "moons", ""}};
    EXPECT_THROW(LabelledImages(resolve_classifier(items)), UsageError);
}

}  // namespace
