// SPDX-License-Identifier: MIT
// How to make the same without the page: a command line, and lines of Python.
#pragma once

#include <string>
#include <vector>

#include "generate/vae_decoder.hpp"
#include "serve/asks.hpp"
#include "serve/targets.hpp"
#include "train/checkpoint.hpp"

namespace mf::serve {

struct Recipe {
    std::string command, python;  ///< "" where there is none
};

/// Who draws: for both lines.
struct RecipeModel {
    const Target& target;
    const LoadedModel& model;
    Precision precision;
    const VaeRequest* vae;  ///< null: none
};

/// `words`: those of --labels, or a keyword with its colon.
Recipe sample_recipe(const RecipeModel& of, const DrawAsk& ask, const std::string& words, std::int64_t count);
Recipe interpolation_recipe(const RecipeModel& of, const InterpolateAsk& ask, const std::string& words);
Recipe map_recipe(const RecipeModel& of, const MapAsk& ask, const std::string& words);

/// Quoted for a POSIX shell where that is needed.
std::string shell_word(const std::string& text);
/// A literal of Python.
std::string python_text(const std::string& text);

}  // namespace mf::serve
