// SPDX-License-Identifier: MIT
// The battery of all ops on an OpenCL device, and what it computes beside what the CPU computes.
#include <set>

#include "ops/bit_checks.hpp"
#include "ops/gpu/opencl_here.hpp"

namespace mf {
namespace {

/// Ops that need kernels which the device lacks.
const std::set<std::string> kLacking = {"average_pool",    "conv2d",          "group_norm",      "max_pool",
                                        "resample_filter", "resize_bilinear", "upsample_nearest"};

/// Numbers of a run on the device against those of the CPU: both are within the tolerance of the case.
std::string check_devices(const OpCase& c, Device& device) {
    Team team(1);
    CpuDevice cpu(team);
    CaseRunner here(c, cpu), there(c, device);
    const Drive drive{.moving = all_moving(c, c.reduces ? -1 : here.rows()), .taped = true};
    const Outcome want = here.run(drive), got = there.run(drive);
    std::string out = compare("value", got.value, to_doubles(want.value), 2 * c.tolerance) +
                      compare("tangent", got.tangent, to_doubles(want.tangent), 2 * c.tolerance) +
                      compare("gradients of parameters", got.param_gradients,
                              to_doubles(want.param_gradients), 2 * c.tolerance);
    for (std::size_t i = 0; i < want.data_gradients.size(); ++i)
        out += compare("gradients of data", got.data_gradients[i], to_doubles(want.data_gradients[i]),
                       2 * c.tolerance);
    return out;
}

class GpuBattery : public testing::TestWithParam<std::string> {};

TEST_P(GpuBattery, Holds) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    const auto entry = std::ranges::find(op_catalogue(), GetParam(), &OpEntry::name);
    for (const OpCase& op_case : entry->cases()) {
        if (kLacking.contains(GetParam())) {
            EXPECT_THROW(CaseRunner(op_case, gpu).run({}), UsageError) << op_case.name;
            continue;
        }
        for (const NamedCheck& check : kBattery)
            if (std::string_view(check.name) != "threads") {
                EXPECT_EQ(check.run(op_case, gpu), "") << op_case.name << ": " << check.name;
            }
        EXPECT_EQ(check_devices(op_case, gpu), "") << op_case.name;
    }
}

std::vector<std::string> names_of_ops() {
    std::vector<std::string> out;
    for (const OpEntry& entry : op_catalogue()) out.push_back(entry.name);
    return out;
}

INSTANTIATE_TEST_SUITE_P(Ops, GpuBattery, testing::ValuesIn(names_of_ops()),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

}  // namespace
}  // namespace mf
