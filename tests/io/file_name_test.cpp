// SPDX-License-Identifier: MIT
#include "io/file_name.hpp"

#include <gtest/gtest.h>

#include "io/shown.hpp"

namespace {

using namespace mf;

TEST(FileName, ClassNamesBecomeNamesOfFiles) {
    EXPECT_EQ(name_for_file("T-shirt/top"), "T-shirt_top");
    EXPECT_EQ(name_for_file("big, red"), "big,_red");
    EXPECT_EQ(name_for_file("../\n\t"), "..___");
    EXPECT_EQ(name_for_file("a\\b:c*d?e\"f<g>h|i"), "a_b_c_d_e_f_g_h_i");
    // 255 bytes are a file's name; whole characters remain.
    std::string umlauts;
    for (int i = 0; i < 127; ++i) umlauts += "\xC3\xA4";
    const std::string shorter = name_for_file("x" + umlauts);
    EXPECT_EQ(shorter.size(), 199U);
    EXPECT_TRUE(is_utf8(shorter));
}

}  // namespace
