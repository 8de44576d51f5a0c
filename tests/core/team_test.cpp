// SPDX-License-Identifier: MIT
#include "core/team.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace {

using namespace mf;

TEST(Team, WhatSeveralThreadsThrowIsThrownOnceAndForgotten) {
    Team team(3);
    EXPECT_THROW(team.run([](int lane) { throw Error(fmt::format("{}", lane)); }), Error);
    EXPECT_NO_THROW(team.run([](int) {}));
}

}  // namespace
