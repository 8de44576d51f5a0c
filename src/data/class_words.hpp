// SPDX-License-Identifier: MIT
// Classes as people name them: what the texts of --labels and data.classes mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mf {

/// The classes that there are.
struct ClassSet {
    const std::vector<std::string>& names;  ///< by label; empty: the classes have numbers only
    std::int64_t count;                     ///< of classes; names.size() where there are names
    bool of_model = false;                  ///< those of a network, not of data: for messages
};

struct MeantClasses {
    std::vector<std::int32_t> labels;  ///< in the order of the words
    std::vector<std::string> remarks;  ///< where a word could have meant something else
};

/// The classes that `text` means: the whole text is tried as a name; then it is a list (core/word_list.hpp) of names and
/// numbers. A name wins over a number, with a remark where that is another class; a quoted word is a name and nothing
/// else; where all names are numbers, a number is a name and nothing else. `option`: where the text comes from
/// ("--labels"), for messages. UsageError for a word that means no class, with the nearest name as a hint.
MeantClasses meant_classes(const std::string& text, const ClassSet& classes, const std::string& option);

/// The name that was probably meant, letter case aside, or "".
std::string nearest_class(std::string_view word, const std::vector<std::string>& names);

/// Names for a message: the first `most`, and how many more there are.
std::string some_of(const std::vector<std::string>& names, std::size_t most = 20);

/// "3: cat, dog, emu": how many classes there are, and the first of them; "none".
std::string classes_text(const std::vector<std::string>& names);

}  // namespace mf
