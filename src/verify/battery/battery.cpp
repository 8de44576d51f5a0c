// SPDX-License-Identifier: MIT
#include "verify/battery/battery.hpp"

#include <fmt/format.h>

#include "device/lacks_kernel.hpp"
#include "verify/battery/bit_checks.hpp"

namespace mf::verify {
namespace {

/// The first complaint stays.
void complain(OpReport& report, const std::string& where, const std::string& what) {
    report.state = OpState::failed;
    if (report.complaint.empty())
        report.complaint = fmt::format("{}: {}", where, what.substr(0, what.find('\n')));
}

/// Where the worst error of a check is kept, if it has one.
double* column_of(OpReport& report, std::string_view check) {
    if (check == "value") return &report.value;
    if (check == "tangent" || check == "linearity") return &report.tangent;
    return check == "adjoint" || check == "dot product" ? &report.adjoint : nullptr;
}

/// Bits of products by another library: how it sums may depend on the number of rows.
bool may_differ(const OpReport& report, const NamedCheck& check, bool library) {
    return library && report.op == "linear" &&
           (std::string_view(check.name) == "bits" || std::string_view(check.name) == "rows alone");
}

/// `library`: products may come from one.
void check_case(const OpCase& one, Device& device, bool library, OpReport& report) {
    const auto run = [&](const NamedCheck& check, double* worst) {
        const std::string text = check.run(one, device, worst);
        if (text.empty()) return;
        if (may_differ(report, check, library)) {
            if (report.complaint.empty()) report.complaint = "bits of a row depend on what is beside it";
            return;
        }
        if (report.state == OpState::ok) report.complaint.clear();
        complain(report, fmt::format("{}, {}", one.name, check.name), text);
    };
    for (const NamedCheck& check : kBattery) {
        // Two threads against one: there are none on another device.
        if (std::string_view(check.name) == "threads" && !device.host_visible()) continue;
        run(check, column_of(report, check.name));
    }
    if (!device.host_visible()) run({"against the CPU", check_devices}, &report.devices);
}

}  // namespace

const char* name_of(OpState state) {
    return state == OpState::ok ? "ok" : state == OpState::lacks ? "lacks" : "FAILED";
}

OpReport check_op(const OpEntry& op, Device& device, double allowance) {
    OpReport out{.op = op.name, .complaint = {}};
    for (OpCase& one : op.cases()) {
        ++out.cases;
        one.tolerance *= allowance;
        try {
            check_case(one, device, !device.host_visible() && allowance > 1, out);
        } catch (const LacksKernel& error) {
            if (out.state == OpState::ok) out.state = OpState::lacks, out.complaint = error.what();
        } catch (const Error& error) {
            complain(out, one.name, error.what());
        }
    }
    return out;
}

}  // namespace mf::verify
