// SPDX-License-Identifier: MIT
// The pictures and the page that `meanflow demo images` leaves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "core/team.hpp"
#include "data/dataset.hpp"

namespace mf {

struct DemoPictures {
    std::filesystem::path folder;      ///< holds a run for each method, under its name
    std::vector<std::string> methods;  ///< the first is what the demo is about
    std::uint64_t seed = 0;
    std::shared_ptr<const Dataset> data;  ///< what they learnt from
    std::string device = "cpu";           ///< where samples are drawn
};

/// Draws sheet, guidance, steps, evolution and losses into the folder, and writes index.md: `words`, then the pictures.
/// Without gnuplot there are no pictures, and a remark says so.
void write_demo_page(const DemoPictures& demo, const std::string& title, const std::string& words, Team& team,
                     const Remarks& remarks);

}  // namespace mf
