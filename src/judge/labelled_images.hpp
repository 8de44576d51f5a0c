// SPDX-License-Identifier: MIT
// The two parts of a labelled set of images: what a classifier learns from, and what it never sees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "data/images.hpp"

namespace mf {

/// The held-out part is, of an endless set, the pictures that stored() gives (a random stream of their own); of a folder
/// with test files beside the training files, the test files (their labels go by name, so that a class without any keeps
/// its number); of any other stored set, every picture that a fixed
/// shuffle puts into the first classifier.held_share of it.
class LabelledImages {
  public:
    /// data.name and the keys of that data set; classifier.held_share and classifier.shift. UsageError when the data set
    /// has no images. Error when test files are there and cannot be read (data.bad=skip leaves single ones out) or are of
    /// classes that the training files lack. `plan`: an order of the classes,
    /// and how many threads read.
    explicit LabelledImages(const Settings& settings, const DataPlan& plan = {});

    const ImageDataset& all() const { return *all_; }
    /// Pictures to learn from; 0: endless.
    std::int64_t training_count() const;
    /// Held-out pictures; 0: endless.
    std::int64_t held_count() const;
    /// "the test files", for people.
    const std::string& held_name() const { return held_name_; }
    /// What a person should know of how both parts were loaded, a line each.
    const std::vector<std::string>& remarks() const { return remarks_; }

    /// Samples first .. first + count - 1 of the shuffled, endless sequence of this seed, moved by up to classifier.shift
    /// pixels and, with data.flip, mirrored by chance. out (count, H W C), labels (count). `scratch` is working memory.
    void training(float* out, std::int32_t* labels, std::uint64_t seed, std::uint64_t first,
                  std::int64_t count, std::vector<float>& scratch) const;
    /// Held-out picture i, in an order of no meaning, as it is.
    void held(float* out, std::int32_t* label, std::int64_t i) const;

  private:
    void stored(float* out, std::int32_t* labels, std::uint64_t seed, std::uint64_t first, std::int64_t count,
                std::vector<float>& scratch) const;

    std::unique_ptr<Dataset> data_, test_data_;
    const ImageDataset *all_ = nullptr, *test_ = nullptr;
    std::vector<std::int32_t> learnt_, kept_;  ///< indexes of a stored set that is parted by a share
    std::vector<std::string> remarks_;
    std::string held_name_;
    int shift_ = 0;
    bool flip_ = false;
};

}  // namespace mf
