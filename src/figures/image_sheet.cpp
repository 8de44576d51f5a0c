// SPDX-License-Identifier: MIT
// Figure sheet: a row a class, samples beside real pictures.
#include <fmt/format.h>

#include "data/images.hpp"
#include "figures/image_figure_parts.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostClasses = 10;  ///< rows

/// `columns` real pictures of each of the first `rows` classes, (rows, columns, H, W, C), white where the data set has
/// too few; without classes any pictures.
Bytes real_pictures(const ImageDataset& data, std::size_t rows, std::size_t columns, std::uint64_t seed) {
    const auto each = static_cast<std::size_t>(data.sample_shape().count());
    const bool classes = data.classes() > 0;
    const Random random(seed, Stream::evaluation);
    Bytes out(rows * columns * each, 255);
    std::vector<std::size_t> filled(rows);
    std::vector<float> one(each);
    // A whole epoch, or as many draws of an endless set as fill the rows but for very bad luck.
    const std::uint64_t most = data.size() > 0 ? static_cast<std::uint64_t>(data.size())
                                               : 20 * columns * static_cast<std::size_t>(data.classes() + 1);
    std::size_t missing = rows * columns;
    for (std::uint64_t i = 0; i < most && missing > 0; ++i) {
        std::int32_t label = 0;
        data.draw(one.data(), classes ? &label : nullptr, random, i, 1);
        const std::size_t row = classes ? static_cast<std::size_t>(label) : i / columns;
        if (row >= rows || filled[row] == columns) continue;
        std::ranges::transform(
            one, out.begin() + static_cast<std::ptrdiff_t>((row * columns + filled[row]) * each),
            byte_of_value);
        ++filled[row];
        --missing;
    }
    return out;
}

/// Cells of one group, from pictures that lie class by class.
struct Pictures {
    std::size_t columns;
    Bytes pictures;
};

Pictures samples_of(const ImageFigureRequest& request, const LoadedModel& model, std::size_t rows,
                    std::size_t columns, const GuidanceRequest& guided, Team& team) {
    // Sample i has noise i and class i mod rows in every such sheet: asked for row by row, laid out by class.
    const Bytes drawn_rows = drawn(
        model,
        sampling_of(request, static_cast<std::int64_t>(rows * columns), steps_of(request, model), guided),
        team);
    const std::size_t each = drawn_rows.size() / (rows * columns);
    Pictures out{columns, {}};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t k = 0; k < columns; ++k) {
            const auto from = drawn_rows.begin() + static_cast<std::ptrdiff_t>((k * rows + row) * each);
            out.pictures.insert(out.pictures.end(), from, from + static_cast<std::ptrdiff_t>(each));
        }
    return out;
}

}  // namespace

plot::PictureGrid image_sheet(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                              Team& team) {
    GuidanceRequest guided = one_guidance(request);
    plot::PictureGrid grid = grid_for(models[0]);
    const auto columns = static_cast<std::size_t>(request.pictures > 0 ? request.pictures
                                                  : models.size() == 1 ? 10
                                                                       : 6);
    const bool balanced = is_balanced(models[0], request.labels);
    grid.rows.resize(
        models[0].sample.classes > 0 && balanced
            ? std::min<std::size_t>(kMostClasses, static_cast<std::size_t>(models[0].sample.classes))
            : static_cast<std::size_t>(usual_count(request, models[0])));
    if (balanced && models[0].sample.classes > static_cast<std::int64_t>(kMostClasses)) {
        guided.labels.clear();
        for (std::size_t i = 0; i < kMostClasses; ++i)
            guided.labels += fmt::format("{}{}", i == 0 ? "" : ",", i);
    }
    const auto labels = labels_of(models[0], guided.labels, request.runs.sampling.seed,
                                  static_cast<std::int64_t>(grid.rows.size()));
    for (std::size_t i = 0; i < labels.size(); ++i) grid.rows[i] = label_name(models[0], labels[i]);

    std::vector<Pictures> blocks;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::string steps = steps_words(steps_of(request, models[i]));
        grid.groups.push_back({models.size() == 1 ? steps : request.runs.rows[i].name + ", " + steps,
                               std::vector<std::string>(columns)});
        blocks.push_back(samples_of(request, models[i], grid.rows.size(), columns, guided, team));
    }
    const Dataset* real = request.real ? request.real.get() : models[0].data.get();
    if (real != nullptr && balanced) {
        grid.groups.push_back({"real pictures", std::vector<std::string>((columns + 1) / 2)});
        blocks.push_back({(columns + 1) / 2, real_pictures(*real->images(), grid.rows.size(),
                                                           (columns + 1) / 2, request.runs.sampling.seed)});
    }
    const auto each = static_cast<std::ptrdiff_t>(grid.height * grid.width * grid.channels);
    for (std::size_t row = 0; row < grid.rows.size(); ++row)
        for (const Pictures& block : blocks)
            for (std::size_t k = 0; k < block.columns; ++k) {
                const auto from =
                    block.pictures.begin() + static_cast<std::ptrdiff_t>(row * block.columns + k) * each;
                grid.cells.emplace_back(from, from + each);
            }
    grid.note = fmt::format("samples of seed {}, not chosen", request.runs.sampling.seed);
    if (models[0].sample.classes > 0) grid.note += ";  " + words_of(models[0], guided);
    return grid;
}

}  // namespace mf
