// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include "data/image_store.hpp"
#include "data/images.hpp"

namespace mf {

/// Pictures in memory, as a data set. Sample `index` of a random stream is the one at position index % size of epoch
/// index / size; each epoch has an order of its own (data/shuffle.hpp), in which every picture comes once. With `flip`,
/// each sample is mirrored left to right with probability 1/2.
class StoredImages : public ImageDataset {
  public:
    /// Error when sizes, labels and names do not match, or when there are no pictures.
    StoredImages(ImageStore store, bool flip);

    Shape sample_shape() const override { return {store_.height, store_.width, store_.channels}; }
    std::int64_t size() const override { return store_.count; }
    const std::vector<std::string>& class_names() const override { return store_.class_names; }
    std::vector<std::string> remarks() const override { return store_.remarks; }
    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override;
    void stored(float* out, std::int32_t* label, std::int64_t i) const override;
    DataPrint print() const override;

  private:
    void write(float* out, std::int32_t* label, std::int64_t i, bool mirrored) const;

    ImageStore store_;
    bool flip_;
    std::array<float, 256> values_{};  // of every byte
};

}  // namespace mf
