// SPDX-License-Identifier: MIT
#include <algorithm>

#include "data_sets/image_files.hpp"
#include "io/png.hpp"
#include "support/picture_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;

class ImageFolder : public testing::Test {
  protected:
    /// A plain gray 4 x 4 picture of this brightness (as wide and high as asked for).
    void put(const std::string& name, int value, int width = 4, int height = 4) {
        std::filesystem::create_directories((scratch_ / name).parent_path());
        const Picture picture = plain_picture(width, height, value, value, value);
        scratch_.put(name, name.ends_with(".png") ? encode_png(picture) : jpeg_bytes(picture));
    }
    std::unique_ptr<Dataset> make(const Options& options = {}) {
        return make_set("image_folder", scratch_.folder(), options);
    }
    std::string error(const Options& options = {}) {
        return set_error("image_folder", scratch_.folder(), options);
    }
    Scratch scratch_;
};

TEST_F(ImageFolder, SubFoldersAreClassesInOrder) {
    put("dog/2.png", 20);
    put("dog/1.png", 10);
    put("cat/deep/b.JPG", 120);
    put("cat/a.jpeg", 110);
    put("cat/z.png", 130);
    const auto data = make();
    EXPECT_EQ(data->sample_shape(), (Shape{4, 4, 3}));
    EXPECT_EQ(data->images()->class_names(), (Names{"cat", "dog"}));
    EXPECT_EQ(first_bytes(*data), (Numbers{110, 130, 120, 10, 20}));
    EXPECT_EQ(labels(*data), (Numbers{0, 0, 0, 1, 1}));
    EXPECT_TRUE(data->remarks().empty());
    const auto dogs = make({{"data.classes", "dog"}, {"data.channels", "1"}});
    EXPECT_EQ(first_bytes(*dogs), (Numbers{10, 20}));
    EXPECT_EQ(labels(*dogs), (Numbers{0, 0}));
    EXPECT_EQ(dogs->sample_shape(), (Shape{4, 4, 1}));
    EXPECT_TRUE(has(error({{"data.classes", "dig"}}), "did you mean dog?"));
}

TEST_F(ImageFolder, AnOrderThatIsFixedKeepsItsNumbers) {
    put("cat/1.png", 1);
    put("dog/2.png", 2);
    const auto data = make_ordered("image_folder", scratch_.folder(), {"dog", "emu", "cat"});
    EXPECT_EQ(data->images()->class_names(), (Names{"dog", "emu", "cat"}));
    EXPECT_EQ(first_bytes(*data), (Numbers{1, 2}));
    EXPECT_EQ(labels(*data), (Numbers{2, 0}));
    EXPECT_TRUE(has(data->remarks().at(0), "no pictures of class emu; it keeps its number"));
    EXPECT_TRUE(
        has(ordered_error("image_folder", scratch_.folder(), {"cat", "hound"}),
            "there are pictures of dog, which is not among the classes cat, hound; and none of hound"));
    const auto cats =
        make_ordered("image_folder", scratch_.folder(), {"cat", "emu"}, {{"data.classes", "emu,cat"}});
    EXPECT_EQ(labels(*cats), (Numbers{0}));
    EXPECT_EQ(make_ordered("image_folder", scratch_.folder(), {})->classes(), 0);
    EXPECT_EQ(make_ordered("image_folder", scratch_.folder(), {})->size(), 2);
}

TEST_F(ImageFolder, ClassesEmptiedBySkippingAreDropped) {
    put("ant/1.png", 1);
    std::filesystem::create_directories(scratch_ / "bee");
    scratch_.put("bee/2.png", "broken");
    put("cow/3.png", 3);
    const auto data = make({{"data.bad", "skip"}});
    EXPECT_EQ(data->images()->class_names(), (Names{"ant", "cow"}));
    EXPECT_EQ(labels(*data), (Numbers{0, 1}));
    EXPECT_TRUE(has(data->remarks().back(), "no pictures of class bee, which is dropped"));
    const auto again =
        make_ordered("image_folder", scratch_.folder(), {"ant", "cow"}, {{"data.bad", "skip"}});
    EXPECT_EQ(again->images()->class_names(), (Names{"ant", "cow"}));
    EXPECT_EQ(labels(*again), (Numbers{0, 1}));
    EXPECT_TRUE(has(ordered_error("image_folder", scratch_.folder(), {"ant", "bee"}, {{"data.bad", "skip"}}),
                    "there are pictures of cow, which is not among the classes ant, bee; and none of bee"));
}

TEST_F(ImageFolder, PicturesAtTheTopHaveNoClasses) {
    put("b.png", 2);
    put("a.png", 1);
    EXPECT_EQ(make()->classes(), 0);
    EXPECT_TRUE(make()->remarks().empty());
    put("more/c.png", 3);
    const auto data = make();
    EXPECT_EQ(data->classes(), 0);
    EXPECT_EQ(first_bytes(*data), (Numbers{1, 2, 3}));
    ASSERT_EQ(data->remarks().size(), 1U);
    EXPECT_TRUE(has(data->remarks()[0], "its folders are no classes (the first: a.png)"));
}

TEST_F(ImageFolder, Splits) {
    put("train/x/1.png", 1);
    put("train/y/2.png", 2);
    put("test/x/3.png", 3);
    EXPECT_EQ(first_bytes(*make()), (Numbers{1, 2}));
    EXPECT_EQ(first_bytes(*make({{"data.split", "test"}})), (Numbers{3}));
    EXPECT_EQ(make({{"data.split", "test"}})->classes(), 1);
    EXPECT_TRUE(has(error({{"data.split", "val"}}), "has no folder 'val', only 'test'"));
    put("bus/4.png", 4);  // beside parts: nothing
    EXPECT_EQ(make()->images()->class_names(), (Names{"x", "y"}));
    EXPECT_EQ(first_bytes(*make({{"data.split", "test"}})), (Numbers{3}));
}

TEST_F(ImageFolder, WhatIsNoPictureIsLeftOutWithARemark) {
    put("a/1.png", 1);
    scratch_.put("a/notes.txt", "words");
    scratch_.put("a/film.gif", "GIF89a");
    scratch_.put("a/.DS_Store", "hidden");
    std::filesystem::create_directories(scratch_ / ".git");
    std::filesystem::create_directories(scratch_ / "empty");
    std::filesystem::create_directory_symlink(scratch_.folder(), scratch_ / "a/circle");
    std::filesystem::create_symlink(scratch_ / "none", scratch_ / "a/broken");
    const auto data = make();
    EXPECT_EQ(data->images()->class_names(), (Names{"a"}));
    EXPECT_EQ(data->size(), 1);
    ASSERT_EQ(data->remarks().size(), 5U);
    EXPECT_TRUE(has(data->remarks()[0], "empty: has no pictures and is no class"));
    EXPECT_TRUE(has(data->remarks()[1], "1 file is left out, it is a GIF picture, which is not read"));
    EXPECT_TRUE(has(data->remarks()[2], "1 file is neither PNG nor JPEG nor WebP"));
    EXPECT_TRUE(has(data->remarks()[3], "1 link leads nowhere"));
    EXPECT_TRUE(has(data->remarks()[4], "1 link leads back"));
}

TEST_F(ImageFolder, UnreadablePicturesAreRefusedOrSkipped) {
    put("a/1.png", 1);
    put("a/3.png", 3);
    put("b/5.png", 5);
    const std::string whole = jpeg_bytes(plain_picture(40, 40, 9, 99, 200));
    scratch_.put("a/2.jpg", whole.substr(0, whole.size() / 2));
    scratch_.put("b/4.png", "");
    EXPECT_TRUE(has(error(), "2 of 5 pictures cannot be read; the first: [jpeg] "));
    EXPECT_TRUE(has(error(), "a/2.jpg: "));
    EXPECT_TRUE(has(error(), "hint: data.bad=skip leaves them out"));
    const auto data = make({{"data.bad", "skip"}});
    EXPECT_EQ(first_bytes(*data), (Numbers{1, 3, 5}));
    EXPECT_EQ(labels(*data), (Numbers{0, 0, 1}));
    ASSERT_EQ(data->remarks().size(), 3U);
    EXPECT_TRUE(has(data->remarks()[0], "2 of 5 pictures cannot be read and are left out"));
    EXPECT_TRUE(has(data->remarks()[1], "a/2.jpg"));
    EXPECT_TRUE(has(data->remarks()[2], "b/4.png"));
}

TEST_F(ImageFolder, NothingReadable) {
    EXPECT_TRUE(has(error(), "there are no PNG, JPEG or WebP pictures"));
    scratch_.put("IMG_1.HEIC", std::string("\0\0\0\30ftypheic\0\0\0\0", 16));
    scratch_.put("IMG_2.HEIC", std::string("\0\0\0\30ftypheic\0\0\0\0", 16));
    EXPECT_TRUE(has(error(), "pictures, but 2 files, each a HEIC picture hint: convert them first"));
    scratch_.put("a.png", "broken");
    scratch_.put("b.png", "broken");
    for (const char* size : {"0", "8"})
        for (const char* bad : {"refuse", "skip"})
            EXPECT_TRUE(
                has(error({{"data.bad", bad}, {"data.size", size}}), "2 of 2 pictures cannot be read"));
    EXPECT_TRUE(has(set_error("image_folder", scratch_ / "none"), "there is no such file or folder"));
    EXPECT_TRUE(has(set_error("image_folder", ""), "wants data.path"));
    EXPECT_TRUE(has(set_error("image_folder", scratch_ / "a.png"), "cannot be listed"));
}

TEST_F(ImageFolder, TransparentAndFaultyPicturesAreRemarkedOnce) {
    put("a/1.png", 1);
    put("a/2.jpg", 200);
    put("b/3.jpg", 200);
    std::string stray = jpeg_bytes(plain_picture(4, 4, 200, 200, 200));
    stray.insert(stray.size() - 2, 20, '\x12');
    scratch_.put("a/2.jpg", stray);
    scratch_.put("b/3.jpg", stray);
    const auto clear = [](int alpha) {
        std::string samples;
        for (int i = 0; i < 16; ++i) samples += std::string("\x40\x40\x40") + static_cast<char>(alpha);
        return png_of(4, 4, 8, 6, samples);
    };
    scratch_.put("b/4.png", clear(0));
    scratch_.put("b/5.png", clear(128));
    scratch_.put("b/6.png", clear(255));
    const auto data = make();
    EXPECT_EQ(first_bytes(*data), (Numbers{1, 200, 200, 255, 159, 64}));
    ASSERT_EQ(data->remarks().size(), 2U);
    EXPECT_TRUE(
        has(data->remarks()[0], "2 of 6 pictures are transparent somewhere, where data.background=white"));
    EXPECT_TRUE(has(data->remarks()[0], "b/4.png"));
    EXPECT_TRUE(
        has(data->remarks()[1], "2 of 6 pictures have a fault but are whole, and are used (the first: "));
    EXPECT_TRUE(has(data->remarks()[1], "a/2.jpg: Corrupt JPEG data: "));
    EXPECT_EQ(first_bytes(*make({{"data.background", "0"}})), (Numbers{1, 200, 200, 0, 32, 64}));
    EXPECT_EQ(first_bytes(*make({{"data.background", "200,0,0"}})), (Numbers{1, 200, 200, 200, 132, 64}));
    EXPECT_EQ(first_bytes(*make({{"data.background", "#c80000"}, {"data.channels", "1"}})),
              (Numbers{1, 200, 200, 60, 62, 64}));
    EXPECT_TRUE(
        has(error({{"data.background", "clear"}}), "data.background=clear: expected a colour hint: white"));
}

TEST_F(ImageFolder, MixedSizesWantDataSize) {
    put("a/1.png", 1, 6, 4);
    put("a/2.png", 2, 6, 4);
    put("b/3.png", 3, 5, 4);
    put("b/4.png", 4, 9, 9);
    EXPECT_TRUE(has(error(), "3.png: 5 x 4 pixels, expected 6 x 4 as in "));
    EXPECT_TRUE(has(error({{"data.bad", "skip"}}), "a/1.png hint: data.size=32"));
    const auto data = make({{"data.size", "3"}});
    EXPECT_EQ(data->sample_shape(), (Shape{3, 3, 3}));
    EXPECT_EQ(first_bytes(*data), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(make({{"data.classes", "a"}})->sample_shape(), (Shape{4, 6, 3}));
}

TEST_F(ImageFolder, CropsAndShrinks) {
    Picture picture{6, 4, 1, {}};
    for (int i = 0; i < 24; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(10 * i));
    scratch_.put("a.png", encode_png(picture));
    const auto data = make({{"data.size", "2"}, {"data.channels", "1"}});
    EXPECT_EQ(stored(*data, 0).bytes, (Numbers{45, 65, 165, 185}));
}

TEST_F(ImageFolder, TooLargeForMemory) {
    for (int i = 0; i < 3; ++i) put(std::to_string(i) + ".png", i);
    EXPECT_TRUE(
        has(error({{"data.size", "512"}, {"data.memory_mib", "2"}}),
            "3 pictures of 512 x 512 x 3 take 2 MiB of memory, expected at most 2 (data.memory_mib)"));
    EXPECT_TRUE(has(error({{"data.size", "1024"}, {"data.memory_mib", "2"}}), "hint: a smaller data.size"));
}

TEST_F(ImageFolder, ManyPicturesKeepTheirPlaces) {
    for (int i = 0; i < 200; ++i)
        put(std::string(1, static_cast<char>('a' + i / 100)) + "/" + std::to_string(1000 + i) + ".png", i);
    const auto data = make();
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(stored(*data, i).bytes[0], i);
        EXPECT_EQ(stored(*data, i).label, i / 100);
    }
}

}  // namespace
