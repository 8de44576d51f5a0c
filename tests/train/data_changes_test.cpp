// SPDX-License-Identifier: MIT
#include "train/data_changes.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "data/stored_images.hpp"

namespace {

using namespace mf;
using Names = std::vector<std::string>;

const Names kNames = {"cat", "dog", "owl"};

std::string changes(const DataPrint& before, const DataPrint& now, const Names& names = kNames) {
    return data_changes(data_print_text(before), names, now, "runs/a");
}

TEST(DataChanges, ThereAreNoneWhereNothingIsKnown) {
    EXPECT_EQ(changes({{2, 3, 4}, {"a", "b", "c"}}, {{2, 3, 4}, {"a", "b", "c"}}), "");
    EXPECT_EQ(data_changes({}, kNames, {{2, 3, 4}, {"a", "b", "c"}}, "runs/a"), "");
    EXPECT_EQ(changes({}, {}, {}), "");  // data that are drawn
}

TEST(DataChanges, AreTold) {
    EXPECT_EQ(changes({{2, 3, 4}, {"a", "b", "c"}}, {{2, 5, 4}, {"a", "x", "c"}}),
              "the data have changed (11 pictures, 9 before): dog: 5 pictures, 3 before");
    EXPECT_EQ(changes({{2, 3, 4}, {"a", "b", "c"}}, {{2, 3, 4}, {"a", "x", "c"}}),
              "the data have changed: dog: other pictures or file names among the 3");
    EXPECT_EQ(changes({{2, 3, 4}, {"a", "b", "c"}}, {{4, 3, 2}, {"c", "b", "a"}}),
              "the data have changed: the pictures of cat and owl are swapped");
    EXPECT_EQ(changes({{7}, {"a"}}, {{8}, {"b"}}, {}),
              "the data have changed (8 pictures, 7 before): 8 pictures, 7 before");
    EXPECT_EQ(changes({{0, 3, 4}, {"a", "b", "c"}}, {{1, 3, 4}, {"x", "b", "c"}}),
              "the data have changed (8 pictures, 7 before): cat: 1 picture, 0 before");
}

TEST(DataChanges, OfAThousandClassesAFewAreNamed) {
    Names names;
    DataPrint before, now;
    for (int k = 0; k < 1000; ++k) {
        names.push_back("c" + std::to_string(k));
        before.counts.push_back(1);
        before.digests.push_back("b" + std::to_string(k));
        now.digests.push_back("n" + std::to_string(k));
    }
    now.counts = before.counts;
    const std::string text = changes(before, now, names);
    EXPECT_LT(text.size(), 400U) << text;
    EXPECT_NE(text.find("and 995 more"), std::string::npos) << text;
}

TEST(DataChanges, AClassWithoutPicturesIsRefused) {
    try {
        (void)changes({{2, 3, 4}, {"a", "b", "c"}}, {{2, 0, 4}, {"a", "0", "c"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "runs/a: there are no pictures of 'dog' (3 before) any more");
    }
    EXPECT_EQ(changes({{2, 0, 4}, {"a", "0", "c"}}, {{2, 0, 4}, {"a", "0", "c"}}), "");
}

TEST(DataChanges, StoredNamesAreTheOrder) {
    EXPECT_EQ(class_order_of({{"class_names", "1\n10\n2"}}), (Names{"1", "10", "2"}));
    EXPECT_EQ(class_order_of({{"class_names", ""}}), Names{});
    EXPECT_EQ(class_order_of({}), std::nullopt);
}

ImageStore pictures(const std::vector<std::uint8_t>& shades, const std::vector<std::int32_t>& labels,
                    std::vector<std::uint64_t> file_digests = {}) {
    ImageStore out{static_cast<std::int64_t>(shades.size()), 1, 1, 1, shades, labels, {"a", "b"}, {}};
    out.file_digests = std::move(file_digests);
    return out;
}

TEST(DataPrint, FollowsPicturesAndFileNamesOfEachClass) {
    const DataPrint print = StoredImages(pictures({1, 2, 3}, {0, 1, 1}), false).print();
    EXPECT_EQ(print.counts, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(StoredImages(pictures({2, 1, 3}, {1, 0, 1}), true).print().digests, print.digests);
    const DataPrint other = StoredImages(pictures({1, 2, 4}, {0, 1, 1}), false).print();
    EXPECT_EQ(other.digests[0], print.digests[0]);
    EXPECT_NE(other.digests[1], print.digests[1]);
    EXPECT_NE(StoredImages(pictures({1, 3, 2}, {0, 1, 1}), false).print().digests[1], print.digests[1]);
    const DataPrint named = StoredImages(pictures({1, 2, 3}, {0, 1, 1}, {0, 7}), false).print();
    EXPECT_EQ(named.digests[0], print.digests[0]);
    EXPECT_NE(named.digests[1], print.digests[1]);
}

TEST(DataPrint, LongAndShortTextsHaveDigestsOfTheirOwn) {
    EXPECT_NE(digest_of(std::string_view("abc")), digest_of(std::string_view("abc\0", 4)));
    EXPECT_NE(digest_of(std::string_view("abcdefgh12345678")),
              digest_of(std::string_view("12345678abcdefgh")));
    EXPECT_EQ(digest_of(std::string_view("x"), 5), digest_of(std::string_view("x"), 5));
}

}  // namespace
