// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace mf {

/// There is a fixed order of classes, but these pictures have none.
class PicturesWithoutClasses : public Error {
  public:
    using Error::Error;
};

/// There are pictures of classes that a fixed order lacks.
class OtherClasses : public Error {
  public:
    using Error::Error;
};

/// Which of a set's classes a run learns, and how it counts them.
struct ClassChoice {
    std::vector<std::string> names;      ///< by new label
    std::vector<std::int32_t> label_of;  ///< by stored label: the new one, or -1 for a class that is left out
    std::vector<std::string> remarks = {};  ///< what data.classes could have meant otherwise
};

/// `wanted`: the text of data.classes (data/class_words.hpp), in the order of the new labels; "": all of them.
/// UsageError for a class that `names` lacks or that is named twice.
ClassChoice choose_classes(const std::vector<std::string>& names, const std::string& wanted);

/// The same where the labels are fixed already: class k is the one called order[k], whether it has pictures or not.
/// `counts`: pictures by stored label. An empty order: all labels are 0. OtherClasses names classes with pictures that are
/// not in the order, unless `leave_out_others`; PicturesWithoutClasses when there is an order but no class. Messages start
/// with `place`.
ClassChoice ordered_classes(const std::vector<std::string>& names, const std::vector<std::int64_t>& counts,
                            const std::vector<std::string>& order, bool leave_out_others,
                            const std::string& place);

}  // namespace mf
