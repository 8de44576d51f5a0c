// SPDX-License-Identifier: MIT
#include "figures/image_folder.hpp"

#include <gtest/gtest.h>

#include "io/shown.hpp"

namespace {

using namespace mf;

TEST(ImageFolder, ClassNamesBecomeNamesOfFiles) {
    EXPECT_EQ(name_for_file("T-shirt/top"), "T-shirt_top");
    EXPECT_EQ(name_for_file("big, red"), "big,_red");
    EXPECT_EQ(name_for_file("../\n\t"), "..___");
    // 255 bytes are a file's name; whole characters remain.
    std::string umlauts;
    for (int i = 0; i < 127; ++i) umlauts += "\xC3\xA4";
    const std::string shorter = name_for_file("x" + umlauts);
    EXPECT_EQ(shorter.size(), 199U);
    EXPECT_TRUE(is_utf8(shorter));
}

}  // namespace
