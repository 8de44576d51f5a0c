// SPDX-License-Identifier: MIT
// The library's messages name what was asked for by its option of the command line ("--omega 4: ..."). Who came by another
// door knows it by another name: that door says which.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mf {

class OptionWords {
  public:
    /// What becomes of options that have no name here.
    enum class Others : bool { stay, lose_dashes };

    /// `names`: "--omega" to what this door calls it.
    OptionWords(std::map<std::string, std::string, std::less<>> names, Others others)
        : names_(std::move(names)), others_(others) {}

    /// The message in this door's words: "leave --omega out" is "leave omega out", "--omega 4: ..." is "omega=4: ...".
    /// Commands in quotes ('meanflow train --out FILE') stay: they are typed into a shell.
    std::string operator()(std::string_view message) const;

  private:
    std::string name_of(std::string_view option) const;

    std::map<std::string, std::string, std::less<>> names_;
    Others others_;
};

}  // namespace mf
