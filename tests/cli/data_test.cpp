// SPDX-License-Identifier: MIT
// meanflow data list, peek and stats.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

nlohmann::json json_of(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

void write(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

TEST(Data, ListNamesTheImageSets) {
    const Scratch scratch;
    const std::string text = run_program(scratch, {"data", "list"}).out;
    for (const char* name : {"shapes ", "idx ", "cifar ", "image_folder ", "data.flip", "data.bad"})
        EXPECT_NE(text.find(name), std::string::npos) << name;
}

TEST(Data, PeekMakesASheetWithARowAClass) {
    const Scratch scratch;
    const auto json = json_of(run_program(
        scratch, {"data", "peek", "shapes", "data.size=16", "--count", "30", "--zoom", "2", "--json"}));
    EXPECT_EQ(json.at("file"), "shapes.png");
    EXPECT_EQ(json.at("count"), 30);
    EXPECT_EQ(json.at("classes")[0], "disc");
    const Picture sheet = read_png(scratch / "shapes.png");
    EXPECT_EQ(sheet.width, 3 * 36 + 4);
    EXPECT_EQ(sheet.height, 10 * 36 + 4);
    EXPECT_EQ(run_program(scratch, {"data", "peek", "shapes", "--count", "7", "--out", "x.npz"}).code, 0);
    EXPECT_EQ(read_npz(scratch / "x.npz").at("samples").shape(), (Shape{7, 32, 32, 3}));
    EXPECT_EQ(run_program(scratch, {"data", "peek", "shapes", "--out", "x.svg"}).code, 2);
}

TEST(Data, PeekPutsPicturesIntoTheRowOfTheirClass) {
    const Scratch scratch;
    for (int i = 0; i < 3; ++i)
        write(scratch / ("pictures/red/" + std::to_string(i) + ".png"),
              encode_png(test::plain_picture(4, 4, 250, 0, 0)));
    write(scratch / "pictures/blue/0.png", encode_png(test::plain_picture(4, 4, 0, 0, 250)));
    const Outcome outcome = run_program(scratch, {"data", "peek", "image_folder", "data.path=pictures",
                                                  "--count", "4", "--zoom", "1", "--out", "s.png"});
    EXPECT_NE(outcome.out.find("a row each of blue, red"), std::string::npos) << outcome.out << outcome.err;
    const Picture sheet = read_png(scratch / "s.png");
    const auto at = [&](int x, int y) {
        const auto pixel = sheet.pixels.begin() + (y * sheet.width + x) * 3;
        return std::vector<int>(pixel, pixel + 3);
    };
    EXPECT_EQ(at(3, 3), (std::vector<int>{0, 0, 250}));
    EXPECT_EQ(at(9, 3), (std::vector<int>{255, 255, 255})) << "there is one blue picture";
    EXPECT_EQ(at(3, 9), (std::vector<int>{250, 0, 0}));
    EXPECT_EQ(at(9, 9), (std::vector<int>{250, 0, 0}));
}

TEST(Data, StatsOfStoredPictures) {
    const Scratch scratch;
    write(scratch / "pictures/a/0.png", encode_png(test::plain_picture(4, 4, 255, 0, 51)));
    write(scratch / "pictures/b/0.png", encode_png(test::plain_picture(4, 4, 0, 0, 102)));
    write(scratch / "pictures/b/1.png", encode_png(test::plain_picture(4, 4, 0, 0, 102)));
    write(scratch / "pictures/b/2.png", encode_png(test::plain_picture(4, 4, 255, 0, 153)));
    const auto json =
        json_of(run_program(scratch, {"data", "stats", "image_folder", "data.path=pictures", "--json"}));
    EXPECT_EQ(json.at("size"), 4);
    EXPECT_EQ(json.at("shape"), (std::vector<int>{4, 4, 3}));
    EXPECT_EQ(json.at("classes")[1].at("name"), "b");
    EXPECT_EQ(json.at("classes")[1].at("count"), 3);
    const auto& red = json.at("channels")[0];
    EXPECT_EQ(red.at("name"), "red");
    EXPECT_NEAR(red.at("mean"), 0, 1e-6);
    EXPECT_NEAR(red.at("std"), 1, 1e-6);
    EXPECT_EQ(red.at("min"), -1.0);
    EXPECT_EQ(red.at("max"), 1.0);
    EXPECT_NEAR(json.at("channels")[1].at("std"), 0, 1e-6);
    EXPECT_NEAR(json.at("channels")[2].at("mean"), -0.2, 1e-6);
    EXPECT_EQ(json_of(run_program(scratch, {"data", "stats", "image_folder", "data.path=pictures", "--count",
                                            "2", "--json"}))
                  .at("count"),
              2);
}

TEST(Data, StatsOfEndlessSets) {
    const Scratch scratch;
    const auto shapes =
        json_of(run_program(scratch, {"data", "stats", "shapes", "--count", "500", "--json"}));
    EXPECT_EQ(shapes.at("size"), 0);
    EXPECT_EQ(shapes.at("count"), 500);
    EXPECT_EQ(shapes.at("classes").size(), 10U);
    const auto board = json_of(run_program(scratch, {"data", "stats", "checkerboard", "--json"}));
    EXPECT_EQ(board.at("count"), 10000);
    EXPECT_EQ(board.at("channels")[0].at("name"), "x");
    EXPECT_NEAR(board.at("channels")[1].at("std"), 1.1547, 0.03);
    const Outcome text = run_program(scratch, {"data", "stats", "shapes"});
    for (const char* part : {"endless, 10000 drawn of shape (32, 32, 3)", "green", "crescent"})
        EXPECT_NE(text.out.find(part), std::string::npos) << text.out;
}

TEST(Data, BadPicturesAreOneClearLine) {
    const Scratch scratch;
    write(scratch / "pictures/0.png", encode_png(test::plain_picture(4, 4, 1, 2, 3)));
    write(scratch / "pictures/1.jpg", "broken");
    const Outcome refused = run_program(scratch, {"data", "stats", "image_folder", "data.path=pictures"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.err.find("1 of 2 pictures cannot be read: [picture] pictures/1.jpg"), std::string::npos)
        << refused.err;
    EXPECT_NE(refused.err.find("hint: data.bad=skip"), std::string::npos);
    const Outcome skipped =
        run_program(scratch, {"data", "stats", "image_folder", "data.path=pictures", "data.bad=skip"});
    EXPECT_EQ(skipped.code, 0);
    EXPECT_NE(skipped.err.find("pictures/1.jpg"), std::string::npos);
    EXPECT_NE(skipped.out.find("1 samples of shape (4, 4, 3)"), std::string::npos) << skipped.out;
    const Outcome nowhere = run_program(scratch, {"data", "peek", "idx"});
    EXPECT_EQ(nowhere.code, 2);
    EXPECT_NE(nowhere.err.find("data.name=idx wants data.path"), std::string::npos);
}

}  // namespace
