// SPDX-License-Identifier: MIT
#include "train/set_aside.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// The number in "step_0000400.png" and "step_400.svg"; -1 for other names.
std::int64_t step_in(const std::string& name) {
    constexpr std::string_view head = "step_";
    std::int64_t step = -1;
    if (name.starts_with(head)) std::from_chars(name.data() + head.size(), name.data() + name.size(), step);
    return step;
}

void move_file(const fs::path& from, const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (!code) fs::rename(from, folder / from.filename(), code);
    check(!code, "{}: cannot be set aside in {}: {}", from.string(), folder.string(), code.message());
}

}  // namespace

fs::path set_aside_after(const fs::path& run, std::int64_t step) {
    std::vector<fs::path> newer = checkpoints_of(run);
    std::erase_if(newer, [&](const fs::path& path) { return *step_of(path) <= step; });
    if (newer.empty()) return {};
    int number = 1;
    while (fs::exists(run / ("aside-" + std::to_string(number)))) ++number;
    const fs::path aside = run / ("aside-" + std::to_string(number));
    std::error_code code;
    fs::create_directories(aside, code);
    check(!code, "{}: the folder cannot be made: {}", aside.string(), code.message());
    for (const char* name : {"config.yaml", "metrics.jsonl"})
        if (!code && fs::exists(run / name)) fs::copy_file(run / name, aside / name, code);
    check(!code, "{}: cannot be written: {}", aside.string(), code.message());
    // The newest goes first: whatever is left when this is cut off, the newest checkpoint is one of the same history.
    std::ranges::reverse(newer);
    for (const fs::path& path : newer) move_file(path, aside / "checkpoints");
    std::vector<fs::path> pictures;
    for (const auto& entry : fs::directory_iterator(run / "samples", code))
        if (step_in(entry.path().filename().string()) > step) pictures.push_back(entry.path());
    for (const fs::path& path : pictures) move_file(path, aside / "samples");
    return aside;
}

}  // namespace mf
