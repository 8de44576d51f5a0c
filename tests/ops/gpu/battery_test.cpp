// SPDX-License-Identifier: MIT
// The battery of all ops on an OpenCL device, and what it computes beside what the CPU computes.
#include "verify/battery/battery.hpp"

#include "device/lacks_kernel.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "verify/battery/case_runner.hpp"

namespace mf {
namespace {

class GpuBattery : public testing::TestWithParam<std::string> {};

TEST_P(GpuBattery, Holds) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    const auto entry = std::ranges::find(op_catalogue(), GetParam(), &OpEntry::name);
    const verify::OpReport report = verify::check_op(*entry, gpu);
    EXPECT_EQ(report.cases, entry->cases().size());
    if (entry->needs && !gpu.supports(*entry->needs)) {
        EXPECT_EQ(report.state, verify::OpState::lacks) << report.complaint;
        for (const OpCase& op_case : entry->cases())
            EXPECT_THROW(verify::CaseRunner(op_case, gpu).run({}), LacksKernel) << op_case.name;
        return;
    }
    EXPECT_EQ(report.state, verify::OpState::ok) << report.complaint;
    for (const double share : {report.value, report.tangent, report.adjoint, report.devices})
        EXPECT_LE(share, 1) << report.op;
    if (report.op == "linear") {
        EXPECT_GT(report.adjoint, 0);  // it was looked at
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
