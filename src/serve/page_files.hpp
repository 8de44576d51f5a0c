// SPDX-License-Identifier: MIT
// The files of the page (src/serve/page), which the build puts into the program.
#pragma once

#include <span>
#include <string_view>

namespace mf::serve {

struct PageFile {
    std::string_view name;  ///< "index.html"
    std::string_view type;  ///< "text/html; charset=utf-8"
    std::string_view text;
};

std::span<const PageFile> page_files();

}  // namespace mf::serve
