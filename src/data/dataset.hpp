// SPDX-License-Identifier: MIT
// What the rest of the program knows of data.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/catalogue.hpp"
#include "core/rng.hpp"
#include "core/shape.hpp"

namespace mf {

class ImageDataset;
class PointDataset;

/// A source of samples. Sample `index` of one random stream is always the same, whatever it is drawn together with.
/// Safe to call from several threads.
class Dataset {
  public:
    virtual ~Dataset() = default;
    /// Shape of one sample: (2) for points, (H, W, C) for images.
    virtual Shape sample_shape() const = 0;
    /// Number of stored samples; 0: endless, drawn on the fly.
    virtual std::int64_t size() const { return 0; }
    /// Number of classes; 0: no labels.
    virtual int classes() const { return 0; }
    /// Writes samples first, first + 1, ... of `random` to `out` (count, *sample_shape) and, when it is not null, their
    /// labels to `labels` (count). Does not allocate.
    virtual void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
                      std::int64_t count) const = 0;
    /// What a person should know of how it was loaded (files that were left out), a line each.
    virtual std::vector<std::string> remarks() const { return {}; }
    /// The same object as points in the plane, or null.
    virtual const PointDataset* points() const { return nullptr; }
    /// The same object as images, or null.
    virtual const ImageDataset* images() const { return nullptr; }
};

struct Box {
    double x0, x1, y0, y1;
};

/// A distribution of points in the plane.
class PointDataset : public Dataset {
  public:
    Shape sample_shape() const override { return {2}; }
    const PointDataset* points() const override { return this; }

    /// The square that pictures of it show.
    virtual Box view() const = 0;
    /// True when (x, y) is in the support; nothing when the distribution has no sharp support.
    virtual std::optional<bool> contains(double, double) const { return std::nullopt; }
    /// Exact probability density, where it is known in closed form.
    virtual std::optional<double> density(double, double) const { return std::nullopt; }
    /// Number of parts of equal mass (tiles, moons, arms ...) that mode coverage counts; 0: none.
    virtual int modes() const { return 0; }
    /// Which part (x, y) belongs to, or -1.
    virtual int mode_of(double, double) const { return -1; }
};

/// What a data set is made with besides its keys.
struct DataPlan {
    /// The names of the classes by label, where something else fixed them already: a run, weights, a judge, the other
    /// split. A name without pictures keeps its number. Pictures of other classes are an Error that names them, or are
    /// left out where data.classes makes a choice (the order is then taken for what was chosen). Empty: without classes.
    /// Nothing: the set numbers its classes itself, and those without pictures are dropped with a remark.
    std::optional<std::vector<std::string>> class_order = {};
    int threads = 0;  ///< that read files; 0: all cores
};

/// Makes a data set. Sets that are drawn need no plan: where one gives an order, theirs has to be the same.
class DatasetFactory {
  public:
    using Simple = std::unique_ptr<Dataset> (*)(const Settings&);
    using Planned = std::unique_ptr<Dataset> (*)(const Settings&, const DataPlan&);
    DatasetFactory(Planned make) : planned_(make) {}
    template <std::convertible_to<Simple> F>
    DatasetFactory(F make) : simple_(make) {}

    std::unique_ptr<Dataset> operator()(const Settings& settings, const DataPlan& plan = {}) const;

  private:
    Simple simple_ = nullptr;
    Planned planned_ = nullptr;
};
using DatasetEntry = CatalogueEntry<DatasetFactory>;
/// Every data set by name; option keys start with "data.".
const Catalogue<DatasetFactory>& dataset_catalogue();

}  // namespace mf
