// SPDX-License-Identifier: MIT
// Golden vectors on an OpenCL device: what networks, objectives, samplers and optimisers compute there.
#include <gtest/gtest.h>

#include "ops/gpu/opencl_here.hpp"
#include "verify/check_file.hpp"

namespace {

using namespace mf;

class VerifyOnOpenCl : public testing::TestWithParam<std::string> {};

TEST_P(VerifyOnOpenCl, Passes) {
    if (no_opencl()) return;
    Team team(1);
    const std::string file = std::string(MF_TEST_DATA) + "/" + GetParam() + ".safetensors";
    const verify::Case one = verify::check_file(file, Precision::f32, {team, *opencl_here().device});
    EXPECT_EQ(one.status, "passed") << one.remark << ", worst " << one.worst.error << " of "
                                    << one.worst.tolerance << " in " << one.worst.name;
    EXPECT_FALSE(one.all.empty());
}

INSTANTIATE_TEST_SUITE_P(Files, VerifyOnOpenCl,
                         testing::Values("toy_small", "mit_forward", "mit_loss_b", "mit_sampling",
                                         "dit_forward", "dit_loss_interval", "dit_sampling", "samplers",
                                         "optim"),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

TEST(VerifyOnOpenClToo, WhatTheDeviceLacksIsSaidByName) {
    if (no_opencl()) return;
    Team team(1);
    const verify::Case one = verify::check_file(std::string(MF_TEST_DATA) + "/inception_one.safetensors",
                                                Precision::f32, {team, *opencl_here().device});
    EXPECT_EQ(one.status, "skipped");
    EXPECT_NE(one.remark.find("no kernels for convolutions"), std::string::npos) << one.remark;
}

}  // namespace
