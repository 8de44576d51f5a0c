// SPDX-License-Identifier: MIT
// What holds for the texts of all kernels.
#include <sstream>

#include <gtest/gtest.h>

#include "ops/gpu/kernel_texts.hpp"

namespace mf {
namespace {

// Many cards have no double precision, and a text that uses it does not compile there. Atomic sums have no order.
TEST(KernelTexts, NeedNothingThatCardsLack) {
    ASSERT_GT(kernel_texts().size(), 10);
    for (const KernelText& each : kernel_texts()) {
        std::istringstream lines{std::string(each.text)};
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            line.resize(std::min(line.find("//"), line.size()));
            for (const char* word : {"double", "atomic", "atom_"})
                EXPECT_EQ(line.find(word), std::string::npos)
                    << each.name << ".cl:" << number << ": " << line;
        }
    }
}

}  // namespace
}  // namespace mf
