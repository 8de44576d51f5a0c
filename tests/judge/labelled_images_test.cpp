// SPDX-License-Identifier: MIT
#include "judge/labelled_images.hpp"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "io/png.hpp"
#include "judge/classifier_trainer.hpp"
#include "support/image_bytes.hpp"

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

/// A plain 4 x 4 picture.
void put(const std::filesystem::path& file, int gray) {
    std::filesystem::create_directories(file.parent_path());
    write_png(file, {4, 4, 1, std::vector<std::uint8_t>(16, static_cast<std::uint8_t>(gray))});
}

std::string text_of_error(const Settings& settings) {
    try {
        const LabelledImages data(settings);
    } catch (const Error& error) {
        return std::string(error.what()) + " | " + error.hint();
    }
    return "nothing";
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Settings with(Settings settings, const std::string& key, const std::string& value) {
    settings.set(key, value);
    return settings;
}

TEST(LabelledImages, TestFilesGoByNameAndLackingClassesAreNamed) {
    const Scratch scratch;
    for (const char* name : {"2", "10", "cat"}) put(scratch / "set/train" / name / "a.png", 1);
    put(scratch / "set/Test/cat/b.png", 101);  // a folder of another letter case
    put(scratch / "set/Test/10/b.png", 102);
    const LabelledImages data(folder(scratch / "set"));
    EXPECT_EQ(data.all().class_names(), (std::vector<std::string>{"2", "10", "cat"}));
    EXPECT_EQ(data.held_name(), "the test files");
    std::set<std::pair<int, int>> held;
    std::vector<float> picture(16);
    std::int32_t label = -1;
    for (int i = 0; i < 2; ++i) {
        data.held(picture.data(), &label, i);
        held.emplace(label, byte_of_value(picture[0]));
    }
    EXPECT_EQ(held, (std::set<std::pair<int, int>>{{1, 102}, {2, 101}}));
    ASSERT_EQ(data.remarks().size(), 1U);
    EXPECT_EQ(data.remarks()[0], "test files: no pictures of class 2; it keeps its number");
}

TEST(LabelledImages, WhatIsWrongWithTestFilesIsSaid) {
    const Scratch scratch;
    for (const char* name : {"cat", "dog"}) {
        put(scratch / "set/train" / name / "a.png", 1);
        put(scratch / "set/test" / name / "b.png", 101);
    }
    std::ofstream(scratch / "set/test/cat/broken.png") << "no picture";
    const Settings settings = folder(scratch / "set");
    EXPECT_TRUE(
        holds(text_of_error(settings), "test files: [image_folder] 1 of 3 pictures cannot be read: "));
    EXPECT_TRUE(holds(text_of_error(settings), "test/cat/broken.png"));
    EXPECT_TRUE(holds(text_of_error(settings), " | data.bad=skip leaves them out"));
    const LabelledImages skipped(with(settings, "data.bad", "skip"));
    EXPECT_EQ(skipped.held_count(), 2);
    EXPECT_EQ(skipped.training_count(), 2);
    EXPECT_TRUE(holds(skipped.remarks().at(0), "test files: 1 of 3 pictures cannot be read"))
        << skipped.remarks()[0];

    std::filesystem::remove(scratch / "set/test/cat/broken.png");
    put(scratch / "set/test/Dog/c.png", 103);
    EXPECT_TRUE(holds(
        text_of_error(settings),
        "test files: [image_folder] there are pictures of Dog, which is not among the classes cat, dog"))
        << text_of_error(settings);
    EXPECT_TRUE(holds(text_of_error(settings), " | data.classes=cat,dog leaves the others out"));
    EXPECT_EQ(LabelledImages(with(settings, "data.classes", "cat,dog")).held_count(), 2);

    std::filesystem::remove_all(scratch / "set/test");
    put(scratch / "set/test/dog/b.png", 1);
    write_png(scratch / "set/test/dog/b.png", {5, 4, 1, std::vector<std::uint8_t>(20)});
    EXPECT_TRUE(holds(text_of_error(settings),
                      "the test files are of shape (4, 5, 1), the training files of shape (4, 4, 1)"));
}

TEST(LabelledImages, TestFilesWithoutClassesAreNotUsed) {
    const Scratch scratch;
    write_pictures(scratch / "set/train", 12);
    put(scratch / "set/test/1.png", 101);
    const LabelledImages data(folder(scratch / "set"));
    EXPECT_EQ(data.held_name(), "3 of 12 pictures");
    ASSERT_EQ(data.remarks().size(), 1U);
    EXPECT_TRUE(holds(data.remarks()[0], "these pictures have no classes")) << data.remarks()[0];
    std::filesystem::remove_all(scratch / "set/test");
    EXPECT_TRUE(LabelledImages(folder(scratch / "set")).remarks().empty());
}

TEST(LabelledImages, AnIdxTestSetThatIsDamagedIsSaid) {
    const Scratch scratch;
    const auto write = [&](const std::string& name, const std::string& bytes) {
        std::ofstream(scratch / name, std::ios::binary) << bytes;
    };
    write("train-images-idx3-ubyte", test::idx_bytes({20, 2, 2}));
    std::string labels(20, '\1');
    for (std::size_t i = 0; i < 20; i += 2) labels[i] = '\2';
    write("train-labels-idx1-ubyte", test::idx_bytes({20}, labels));
    const std::vector<ConfigItem> items = {{"data.name", "idx", ""},
                                           {"data.path", scratch.folder().string(), ""},
                                           {"classifier.shift", "0", ""}};
    const Settings settings = resolve_classifier(items);
    EXPECT_EQ(LabelledImages(settings).held_name(), "2 of 20 pictures");  // there are no test files
    write("t10k-images-idx3-ubyte", test::idx_bytes({2, 2, 2}));
    EXPECT_TRUE(holds(text_of_error(settings), "test files: [idx] ")) << text_of_error(settings);
    EXPECT_TRUE(holds(text_of_error(settings), "there is no t10k-labels-idx1-ubyte"));
    write("t10k-labels-idx1-ubyte", test::idx_bytes({2}, std::string("\2\2", 2)));
    const LabelledImages data(settings);
    EXPECT_EQ(data.all().class_names(), (std::vector<std::string>{"1", "2"}));
    std::int32_t label = -1;
    std::vector<float> picture(4);
    data.held(picture.data(), &label, 0);
    EXPECT_EQ(label, 1);
    EXPECT_EQ(data.remarks().back(), "test files: no pictures of class 1; it keeps its number");
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
