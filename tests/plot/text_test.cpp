// SPDX-License-Identifier: MIT
#include "plot/text.hpp"

#include <gtest/gtest.h>

#include "plot/style.hpp"

namespace {

using namespace mf::plot;

TEST(PlotText, QuotesTakeEverythingLiterally) {
    EXPECT_EQ(gnuplot_text("plain"), "'plain'");
    EXPECT_EQ(gnuplot_text("it's"), "'it''s'");
    EXPECT_EQ(gnuplot_text("`date` $x @m \\n {a}_b"), "'`date` $x @m \\n {a}_b'");
    EXPECT_EQ(gnuplot_text("two\nlines"), "'two'.\"\\n\".'lines'");
    EXPECT_EQ(gnuplot_text(std::string("a\0b\tc\x7f", 6)), "'a b c '");
    EXPECT_EQ(gnuplot_text("ω ≤ é"), "'ω ≤ é'");
}

TEST(PlotText, BytesThatAreNotUtf8AreReplaced) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(gnuplot_text("a\xFFz"), "'a" + bad + "z'");
    EXPECT_EQ(gnuplot_text("cut \xE2\x89"), "'cut " + bad + bad + "'");
    EXPECT_EQ(gnuplot_text("\xC0\xAF"), "'" + bad + bad + "'");                      // over-long
    EXPECT_EQ(gnuplot_text("\xED\xA0\x80"), "'" + bad + bad + bad + "'");            // surrogate
    EXPECT_EQ(gnuplot_text("\xF4\x90\x80\x80"), "'" + bad + bad + bad + bad + "'");  // above U+10FFFF
    EXPECT_EQ(gnuplot_text("\xF0\x9F\x99\x82"), "'\xF0\x9F\x99\x82'");
}

TEST(PlotText, OneLineCannotLeaveItsComment) {
    EXPECT_EQ(one_line("a\nsystem 'rm'"), "a system 'rm'");
    EXPECT_EQ(one_line("trailing \\"), "trailing");
}

TEST(PlotText, LongTextShrinksAndIsThenCut) {
    EXPECT_EQ(fitted("short", 12, 200).size, 12);
    const FittedText smaller = fitted("a heading of some length", 12, 120);
    EXPECT_LT(smaller.size, 12);
    EXPECT_EQ(smaller.text, "a heading of some length");
    EXPECT_LE(text_width(smaller.text, smaller.size), 120.01);
    const FittedText cut = fitted(std::string(500, 'm'), 12, 120);
    EXPECT_EQ(cut.size, kLeastSize);
    EXPECT_TRUE(cut.text.ends_with("m…"));
    EXPECT_LE(text_width(cut.text, cut.size), 120.01);
    EXPECT_EQ(fitted("anything", 12, 0).text, "…");
}

TEST(PlotText, CaptionsBreakBetweenTheirParts) {
    const std::vector<std::string> one{"inside .914  swd .024"}, two{"inside .914", "swd .024"};
    EXPECT_EQ(wrapped("inside .914  swd .024", 12, 300), one);
    EXPECT_EQ(wrapped("inside .914  swd .024", 12, 80), two);
    EXPECT_EQ(wrapped("inside .914\nswd .024", 12, 300), two);
    EXPECT_TRUE(wrapped("", 12, 300).empty());
    EXPECT_TRUE(wrapped("   ", 12, 300).empty());
}

}  // namespace
