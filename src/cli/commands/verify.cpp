// SPDX-License-Identifier: MIT
// meanflow verify: this build against golden vectors, a line a file.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/verify_ops.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "ops/devices.hpp"
#include "verify/check_file.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

using verify::Case;

void print_line(const Case& one) {
    if (one.worst.name.empty())
        fmt::print("{:<8} {:<34} {}\n", one.status, one.file, one.remark);
    else
        fmt::print("{:<8} {:<34} worst {:.1e} of {:.0e} in {} ({})\n", one.status, one.file, one.worst.error,
                   one.worst.tolerance, one.worst.name, one.remark);
}

/// Every tensor but the gradients, of which there are many: their median and the worst.
void print_errors(const Case& one) {
    fmt::print("{} {}\n", one.file, one.status == "measured" ? "" : one.remark);
    std::vector<verify::TensorError> gradients;
    for (const verify::TensorError& tensor : one.all)
        if (tensor.name.starts_with("grad."))
            gradients.push_back(tensor);
        else if (tensor.error > 0)  // inputs and masks are as they are in any precision
            fmt::print("    {:<24} {:.1e}\n", tensor.name, tensor.error);
    if (gradients.empty()) return;
    std::ranges::sort(gradients, {}, &verify::TensorError::error);
    fmt::print("    {:<24} {:.1e} in the median, {:.1e} at worst ({})\n",
               fmt::format("{} gradients", gradients.size()), gradients[gradients.size() / 2].error,
               gradients.back().error, gradients.back().name.substr(5));
}

Json row_of(const Case& one, Precision precision) {
    std::vector<Json::Member> members = {
        {"file", one.file},         {"status", one.status},
        {"worst", one.worst.error}, {"tolerance", one.worst.tolerance},
        {"tensor", one.worst.name}, {"unchecked", Json::array_of(one.unchecked)},
        {"remark", one.remark}};
    if (precision == Precision::bf16) {
        std::vector<Json> errors;
        for (const verify::TensorError& tensor : one.all)
            errors.push_back(Json::object({{"tensor", tensor.name}, {"error", tensor.error}}));
        members.emplace_back("errors", Json::array(errors));
    }
    return Json::object(members);
}

int verify_files(const Invocation& invocation) {
    if (invocation.words.empty())
        throw UsageError("verify: which folder or file of golden vectors?",
                         "meanflow verify tests/data, or --ops for the ops of a device");
    Team team(invocation.threads());
    const std::unique_ptr<Device> device = open_device(invocation.device(), team);
    const verify::Place place{team, *device};
    const Precision precision =
        invocation.options.text("--precision") == "bf16" ? Precision::bf16 : Precision::f32;
    const double allowance = verify::allowance_of(*device);
    if (!place.is_cpu())
        remark(invocation.quiet() || invocation.json(),
               fmt::format("on {}; tolerances are {:g} times those of the CPU", device->name(), allowance));
    std::vector<Json> rows;
    int failed = 0, passed = 0, skipped = 0;
    for (const fs::path& path : verify::files_of(invocation.words[0])) {
        const Case one = verify::check_file(path, precision, place);
        ++(one.status == "failed" ? failed : one.status == "skipped" ? skipped : passed);
        rows.push_back(row_of(one, precision));
        if (invocation.json() || (invocation.quiet() && one.status != "failed")) continue;
        if (one.status == "measured")
            print_errors(one);
        else
            print_line(one);
    }
    if (invocation.json())
        fmt::print(
            "{}\n",
            Json::object({{"device", device->name()}, {"allowance", allowance}, {"cases", Json::array(rows)}})
                .text());
    else if (!invocation.quiet())
        fmt::print("{} {}, {} failed, {} skipped\n", passed,
                   precision == Precision::bf16 ? "measured" : "passed", failed, skipped);
    return failed > 0 ? 1 : 0;
}

int run_verify(const Invocation& invocation) {
    return invocation.options.flag("--ops") ? verify_ops(invocation) : verify_files(invocation);
}

}  // namespace

Command verify_command() {
    Command out;
    out.name = "verify";
    out.summary = "check this build against golden vectors; exit code 1 if any differs";
    out.usage =
        "DIR|FILE.safetensors [--device D] [--precision f32|bf16] | --ops [NAME] [--device D] [--json]";
    out.example =
        "  meanflow verify tests/data\n"
        "  meanflow verify tests/data --precision bf16      # how far bf16 is from them, network by network\n"
        "  meanflow verify tests/data --device opencl\n"
        "  meanflow verify --ops --device opencl            every op on that device: a report to send";
    out.options = {
        {.key = "--precision",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "bf16: networks compute with operands in bf16, and the errors are shown, not judged",
         .choices = {"f32", "bf16"}},
        {"--ops", OptionKind::flag, "false",
         "every op on the device (those with NAME in their name), against references in double precision and "
         "the CPU"},
    };
    out.has_results = true;
    out.takes_device = true;
    out.most_words = 1;
    out.run = run_verify;
    return out;
}

}  // namespace mf::cli
