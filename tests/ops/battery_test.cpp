// SPDX-License-Identifier: MIT
// Every case of every op against every check.
#include "verify/battery/battery.hpp"

#include <cctype>

#include <gtest/gtest.h>

#include "ops/cpu/cpu_device.hpp"
#include "verify/battery/bit_checks.hpp"

namespace {

using namespace mf;
using namespace mf::verify;

struct Named {
    std::string name;
    OpCase op_case;
};

std::vector<Named> all_cases() {
    std::vector<Named> out;
    for (const OpEntry& entry : op_catalogue())
        for (OpCase& op_case : entry.cases()) {
            std::string name = entry.name + "_" + op_case.name;
            for (char& letter : name)
                if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
            out.push_back({std::move(name), std::move(op_case)});
        }
    return out;
}

void PrintTo(const Named& named, std::ostream* out) { *out << named.name; }

class Battery : public testing::TestWithParam<Named> {};

TEST_P(Battery, Holds) {
    Team team(1);
    CpuDevice device(team);
    for (const NamedCheck& check : kBattery)
        EXPECT_EQ(check.run(GetParam().op_case, device, nullptr), "") << check.name;
}

/// A device whose memory the host does not see finds every loop that an op has of its own.
TEST_P(Battery, TouchesMemoryByKernelsAlone) {
    Team team(1);
    CpuDevice seen(team), hidden = CpuDevice::hidden(team);
    const OpCase& c = GetParam().op_case;
    CaseRunner here(c, seen), there(c, hidden, true);
    Drive drive{.taped = true};
    if (!c.reduces) drive.moving = all_moving(c, here.rows());
    EXPECT_EQ(same_outcomes("hidden", there.run(drive), here.run(drive)), "");
    if (!c.reduces) drive.moving = all_moving(c, here.rows() / 2);
    EXPECT_EQ(same_outcomes("hidden, half moving", there.run(drive), here.run(drive)), "");
    EXPECT_EQ(there.pool.overruns(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Ops, Battery, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Named>& info) { return info.param.name; });

TEST(OpCatalogue, EveryOpHasALawAndCases) {
    for (const OpEntry& entry : op_catalogue()) {
        EXPECT_FALSE(entry.law.empty()) << entry.name;
        EXPECT_GE(entry.cases().size(), 4U) << entry.name;
        for (const Precision precision : {Precision::f32, Precision::bf16})
            EXPECT_FALSE(entry.timed(precision).empty()) << entry.name;
    }
}

}  // namespace
