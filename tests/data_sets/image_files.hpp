// SPDX-License-Identifier: MIT
// What the tests of stored image sets share.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/images.hpp"
#include "io/scratch.hpp"
#include "support/image_bytes.hpp"

namespace mf::test {

using Options = std::vector<std::pair<std::string, std::string>>;

inline std::unique_ptr<Dataset> make_set(const std::string& name, const std::filesystem::path& path,
                                         const Options& options = {}, const DataPlan& plan = {}) {
    const auto& entry = dataset_catalogue().at(name);
    Settings settings(entry.options);
    settings.set("data.path", path.string());
    for (const auto& [key, value] : options) settings.set(key, value);
    return entry.make(settings, plan);
}
/// With labels that are fixed already.
inline std::unique_ptr<Dataset> make_ordered(const std::string& name, const std::filesystem::path& path,
                                             const std::vector<std::string>& order,
                                             const Options& options = {}) {
    return make_set(name, path, options, {.class_order = order});
}

/// What the error of making it says, and its hint.
inline std::string set_error(const std::string& name, const std::filesystem::path& path,
                             const Options& options = {}, const DataPlan& plan = {}) {
    try {
        make_set(name, path, options, plan);
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        return error.what() + (error.hint().empty() ? "" : " hint: " + error.hint());
    }
    return {};
}

inline std::string ordered_error(const std::string& name, const std::filesystem::path& path,
                                 const std::vector<std::string>& order, const Options& options = {}) {
    return set_error(name, path, options, {.class_order = order});
}

/// A stored picture in bytes, and its label.
struct StoredPicture {
    std::vector<int> bytes;
    std::int32_t label;
};
inline StoredPicture stored(const Dataset& data, std::int64_t i) {
    std::vector<float> values(static_cast<std::size_t>(data.sample_shape().count()));
    StoredPicture out{{}, -1};
    data.images()->stored(values.data(), &out.label, i);
    for (const float value : values) out.bytes.push_back(byte_of_value(value));
    return out;
}

/// The first pixel's first channel of every picture: enough to tell plain pictures.
inline std::vector<int> first_bytes(const Dataset& data) {
    std::vector<int> out;
    for (std::int64_t i = 0; i < data.size(); ++i) out.push_back(stored(data, i).bytes[0]);
    return out;
}
inline std::vector<int> labels(const Dataset& data) {
    std::vector<int> out;
    for (std::int64_t i = 0; i < data.size(); ++i) out.push_back(stored(data, i).label);
    return out;
}

using Names = std::vector<std::string>;
using Numbers = std::vector<int>;

}  // namespace mf::test
