// SPDX-License-Identifier: MIT
#include "io/csv.hpp"

#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

Tensor table(const std::string& text) {
    const Scratch scratch;
    return read_csv(scratch.put("x.csv", text));
}

std::string csv_error(const std::string& text) {
    return error_of([&] { table(text); });
}

TEST(Csv, RowsAsPeopleWriteThem) {
    for (const char* text :
         {"1,2\n-0.5,3e2\n", "1,2\r\n-0.5,3e2", "1;2\n-0.5;3e2\n", "1\t2\n-.5\t300\n", "x,y\n1,2\n-0.5,300\n",
          "# numpy.savetxt\n1.000e+00 2.000e+00\n-5e-01   3.0e+02\n",
          "\"x\", \"y\"\n\n \"1\", +2\n-0.5 , 300\n\n", "\xEF\xBB\xBFpoints\n1,2\n-0.5,300",
          "1,2\r-0.5,300\r"}) {
        const Tensor x = table(text);
        ASSERT_EQ(x.shape(), (Shape{2, 2})) << text;
        EXPECT_EQ(x.f32()[1], 2.0F) << text;
        EXPECT_EQ(x.f32()[2], -0.5F) << text;
        EXPECT_EQ(x.f32()[3], 300.0F) << text;
    }
    EXPECT_EQ(table("7\n8\n9\n").shape(), (Shape{3, 1}));
}

TEST(Csv, WhatIsNoRowHasItsLine) {
    EXPECT_TRUE(has(csv_error("1,2\n3,4,5\n"), "line 2 has 3 numbers, the lines before have 2"));
    EXPECT_TRUE(has(csv_error("x,y\n1,2\n\n3,cat\n"), "line 4: 'cat' is no number"));
    EXPECT_TRUE(has(csv_error("x,y\na,b\n"), "line 2: 'a' is no number"));
    EXPECT_TRUE(has(csv_error("1,2\n3,\n"), "line 2: '' is no number"));
    EXPECT_TRUE(has(csv_error("0,5;1,5\n"), "line 1"));
    EXPECT_TRUE(has(csv_error(""), "no rows of numbers"));
    EXPECT_TRUE(has(csv_error("x,y\n"), "no rows of numbers"));
    EXPECT_TRUE(has(csv_error(std::string("PK\x03\x04\0\0", 6)), "is no text, but a zip archive"));
}

}  // namespace
