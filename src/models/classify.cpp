// SPDX-License-Identifier: MIT
#include "models/classify.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"

namespace mf {

std::vector<std::int32_t> Classified::classes() const {
    std::vector<std::int32_t> out;
    const std::int64_t count = rows == 0 ? 0 : static_cast<std::int64_t>(logits.size()) / rows;
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto begin = logits.begin() + i * count;
        out.push_back(static_cast<std::int32_t>(std::max_element(begin, begin + count) - begin));
    }
    return out;
}

Classified classify(const ImageClassifier& classifier, std::span<const float> images, Team& team) {
    const std::int64_t pixels = classifier.pixels(), classes = classifier.config().classes,
                       hidden = classifier.config().hidden;
    Classified out;
    out.rows = static_cast<std::int64_t>(images.size()) / pixels;
    check(out.rows * pixels == static_cast<std::int64_t>(images.size()),
          "[classify] {} numbers are no images of {}", images.size(), pixels);
    out.features.resize(static_cast<std::size_t>(out.rows * hidden));
    out.logits.resize(static_cast<std::size_t>(out.rows * classes));
    const std::int64_t rows = classifier.tile_rows(), tiles = (out.rows + rows - 1) / rows;
    team.run([&](int lane) {
        Pool pool;
        Team solo(1);
        CpuDevice device(solo);
        const Context context{device, pool, nullptr, Precision::f32};
        for (std::int64_t tile = lane; tile < tiles; tile += team.size()) {
            const std::int64_t begin = tile * rows, end = std::min(out.rows, begin + rows);
            // The view is only read.
            const Tensor x = Tensor::view_of(const_cast<float*>(images.data()) + begin * pixels,
                                             {end - begin, pixels}, DType::f32);
            const ImageClassifier::Output y = classifier.forward(context, x);
            std::ranges::copy(y.features.value.floats(), out.features.begin() + begin * hidden);
            std::ranges::copy(y.logits.value.floats(), out.logits.begin() + begin * classes);
        }
    });
    return out;
}

}  // namespace mf
