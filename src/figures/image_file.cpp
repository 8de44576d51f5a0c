// SPDX-License-Identifier: MIT
#include "figures/image_file.hpp"

#include "core/error.hpp"
#include "figures/picture_sheet.hpp"
#include "generate/conditions.hpp"

namespace mf {
namespace fs = std::filesystem;

void write_sheet(const fs::path& path, std::span<const float> values, const LoadedModel& model,
                 const std::string& words, const ImageRequest& request) {
    const Shape shape = model.shown_shape();
    check_usage(shape[2] == 1 || shape[2] == 3, "samples of {} channels are no pictures; write them to .npz",
                shape[2]);
    std::int64_t columns = request.columns;
    if (columns == 0 && is_balanced(model, words) && model.sample.classes > 1 && model.sample.classes <= 32)
        columns = model.sample.classes;
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    write_png(path, sheet_of(values, shape, columns, request.zoom), request.text);
}

}  // namespace mf
