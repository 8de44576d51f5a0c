// SPDX-License-Identifier: MIT
#include "verify/check_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {

namespace fs = std::filesystem;

namespace {

/// The first few names, and how many more there are.
std::string first_of(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 3;
    std::string out;
    for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) out += (i == 0 ? "" : ", ") + names[i];
    return names.size() <= shown ? out : fmt::format("{} and {} more", out, names.size() - shown);
}

}  // namespace

double allowance_of(const Device& device) {
    if (device.name().ends_with(",tf32"))
        throw UsageError(
            fmt::format("{}: factors that are rounded to 10 bits are not what the tolerances are for",
                        device.name()),
            "verify the device without ,tf32");
    return device.host_visible() ? 1 : 3;
}

Case check_file(const fs::path& path, Precision precision, Team& team) {
    CpuDevice device(team);
    return check_file(path, precision, {team, device});
}

Case check_file(const fs::path& path, Precision precision, const Place& place) {
    Case out{path.filename().string(), "failed", "", {"", 0, 0}, {}, {}};
    const VerifyKind* kind = kind_of(out.file);
    if (kind == nullptr || (precision == Precision::bf16 && !kind->has_precision)) {
        out.status = "skipped";
        out.remark = kind == nullptr ? "this build knows no such kind" : "it has no network";
        return out;
    }
    if (kind->computes == Computes::cpu && !place.is_cpu()) {
        out.status = "skipped";
        out.remark =
            fmt::format("{} has no kernels for convolutions; --device cpu has them", place.device.name());
        return out;
    }
    try {
        const Reference reference(path);
        Comparison comparison(reference, precision,
                              kind->computes == Computes::device ? allowance_of(place.device) : 1);
        kind->verify(reference, comparison, place);
        out.unchecked = comparison.unseen();
        const bool good = precision == Precision::bf16 ? out.unchecked.empty() : comparison.passed();
        out.status = !good ? "failed" : precision == Precision::bf16 ? "measured" : "passed";
        if (comparison.worst() != nullptr) out.worst = *comparison.worst();
        out.all = comparison.all();
        out.remark = fmt::format("{} tensors", out.all.size());
        if (kind->computes == Computes::host && !place.is_cpu()) out.remark += ", computed by the host";
        if (!out.unchecked.empty()) out.remark += fmt::format(", no check uses {}", first_of(out.unchecked));
        if (const auto unread = reference.unread(); !unread.empty())
            out.remark += fmt::format("; its config has more than is read: {}", first_of(unread));
    } catch (const Error& error) {
        out.remark = error.what();
    }
    return out;
}

std::vector<fs::path> files_of(const fs::path& target) {
    if (fs::is_regular_file(target)) return {target};
    if (!fs::is_directory(target)) throw Error(fmt::format("{}: no such folder or file", target.string()));
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(target))
        if (entry.path().extension() == ".safetensors") out.push_back(entry.path());
    std::ranges::sort(out);
    if (out.empty())
        throw Error(fmt::format("{}: there is no .safetensors file in this folder", target.string()));
    return out;
}

}  // namespace mf::verify
