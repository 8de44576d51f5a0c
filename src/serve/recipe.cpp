// SPDX-License-Identifier: MIT
#include "serve/recipe.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "generate/conditions.hpp"
#include "serve/model_shelf.hpp"

namespace mf::serve {
namespace {

bool in_bf16(const RecipeModel& of) { return of.precision == Precision::bf16 && !of.model.eight_bits; }

std::string model_words(const RecipeModel& of) {
    std::string out;
    if (of.vae != nullptr) {
        out += " --vae " + shell_word(of.vae->path.string());
        if (of.vae->scale != "auto") out += " --latents " + of.vae->scale;
        if (of.vae->bytes != VaeRequest{}.bytes) out += fmt::format(" --vae-memory {}", of.vae->bytes >> 20);
    }
    if (of.target.run) out += fmt::format(" --step {}", of.model.step);
    if (!of.model.weights.starts_with("ema")) out += fmt::format(" --weights {}", of.model.weights);
    if (in_bf16(of)) out += " --precision bf16";
    if (of.model.device != nullptr) out += " --device " + of.model.device->name();
    return out;
}

/// "balanced" for ":balanced"; nothing where that is what everybody gets.
std::string labels_option(const std::string& words) {
    if (words == kBalanced) return {};
    return " --labels " + shell_word(words.starts_with(":") ? words.substr(1) : words);
}

std::string python_model(const RecipeModel& of) {
    std::string out = "import meanflow as mf\nmodel = mf.load(" + python_text(of.target.path.string());
    if (of.target.run) out += fmt::format(", step={}", of.model.step);
    if (!of.model.weights.starts_with("ema")) out += ", weights=" + python_text(of.model.weights);
    if (in_bf16(of)) out += ", precision=\"bf16\"";
    if (of.model.device != nullptr) out += ", device=" + python_text(of.model.device->name());
    out += ")\n";
    if (of.vae == nullptr) return out;
    out += "model.attach_vae(" + python_text(of.vae->path.string());
    if (of.vae->scale != "auto") out += ", latents=" + python_text(of.vae->scale);
    if (of.precision == Precision::bf16) out += ", precision=\"bf16\"";
    if (of.vae->bytes != VaeRequest{}.bytes) out += fmt::format(", memory={}", of.vae->bytes >> 20);
    return out + ")\n";
}

std::string python_labels(const RecipeModel& of, const LabelsAsk& labels) {
    if (!labels.keyword.empty())
        return labels.keyword == "balanced" || of.model.sample.classes == 0
                   ? ""
                   : ", labels=" + python_text(labels.keyword);
    std::vector<std::string> items;
    for (const auto& [number, name] : labels.list) {
        const auto found = std::ranges::find(of.model.class_names, name);
        items.push_back(std::to_string(number >= 0 ? number : found - of.model.class_names.begin()));
    }
    return fmt::format(", labels=[{}]", fmt::join(items, ", "));
}

std::string python_numbers(const std::vector<double>& values) {
    return values.size() == 1 ? fmt::format("{}", values[0]) : fmt::format("[{}]", fmt::join(values, ", "));
}

}  // namespace

std::string shell_word(const std::string& text) {
    const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("_-./,:=@%+").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string python_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += std::string("\\") + c;
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\x{:02x}", c);
        else
            out += c;
    }
    return out + "\"";
}

namespace {

/// What all command lines have: labels, guidance, solver, whose weights.
std::string common_words(const RecipeModel& of, const DrawAsk& ask, const std::string& words) {
    std::string out;
    if (of.model.sample.classes > 0) out += labels_option(words);
    if (!ask.omega.empty()) out += fmt::format(" --omega {}", fmt::join(ask.omega, ","));
    if (ask.interval) out += fmt::format(" --interval {},{}", ask.interval->first, ask.interval->second);
    if (ask.solver != "auto") out += " --solver " + ask.solver;
    return out + model_words(of);
}

/// Which file: a sheet as the page has it, or numbers. What is made by an autoencoder stands in other columns than
/// `meanflow sample` likes best, so they are said.
std::string file_words(const RecipeModel& of, const DrawAsk& ask, std::int64_t count) {
    if (kind_of(of.model) != "images" || ask.format == "npz" || ask.format == "json")
        return " --out samples.npz";
    std::string out;
    const Shape shape = of.model.shown_shape();
    const std::int64_t nearly_square = std::max<std::int64_t>(
        1, std::lround(std::sqrt(static_cast<double>(count * shape[0]) / static_cast<double>(shape[1]))));
    const std::int64_t columns = ask.columns == 0 && of.vae != nullptr && ask.labels.keyword != "balanced"
                                     ? nearly_square
                                     : ask.columns;
    if (columns > 0) out += fmt::format(" --columns {}", columns);
    if (ask.zoom > 0) out += fmt::format(" --zoom {}", ask.zoom);
    return out + " --out sheet.png";
}

/// What all calls of sample have.
std::string python_guidance(const DrawAsk& ask) {
    std::string out;
    if (!ask.omega.empty()) out += ", omega=" + python_numbers(ask.omega);
    if (ask.interval) out += fmt::format(", interval=({}, {})", ask.interval->first, ask.interval->second);
    out += fmt::format(", steps={}", ask.steps);
    if (ask.solver != "auto") out += ", solver=" + python_text(ask.solver);
    return out;
}

const char* python_pictures(const RecipeModel& of) {
    return of.vae != nullptr ? "\npictures = model.decode(x)" : "";
}

}  // namespace

Recipe sample_recipe(const RecipeModel& of, const DrawAsk& ask, const std::string& words,
                     std::int64_t count) {
    Recipe out;
    out.command = fmt::format("meanflow sample {} --steps {} --seed {} --count {}",
                              shell_word(of.target.path.string()), ask.steps, ask.seed, ask.first + count);
    out.command += common_words(of, ask, words) + file_words(of, ask, count);
    out.python =
        python_model(of) + fmt::format("x = model.sample({}{}{}, seed={}", count,
                                       python_labels(of, ask.labels), python_guidance(ask), ask.seed);
    if (ask.first > 0) out.python += fmt::format(", first={}", ask.first);
    out.python += std::string(")") + python_pictures(of);
    return out;
}

Recipe interpolation_recipe(const RecipeModel& of, const InterpolateAsk& ask, const std::string& words) {
    const auto end = [](const NoiseEnd& one) {
        return one.index == 0 ? std::to_string(one.seed) : fmt::format("({}, {})", one.seed, one.index);
    };
    Recipe out;
    out.command = fmt::format("meanflow sample {} --between {},{} --count {} --steps {}",
                              shell_word(of.target.path.string()), text_of(ask.from), text_of(ask.to),
                              ask.frames, ask.draw.steps);
    out.command += common_words(of, ask.draw, words) + file_words(of, ask.draw, ask.frames);
    out.python =
        python_model(of) + fmt::format("x = model.sample({}, between=({}, {}){}{}){}", ask.frames,
                                       end(ask.from), end(ask.to), python_labels(of, ask.draw.labels),
                                       python_guidance(ask.draw), python_pictures(of));
    return out;
}

Recipe map_recipe(const RecipeModel& of, const MapAsk& ask, const std::string& words) {
    Recipe out;
    const DrawAsk& draw = ask.draw;
    if (of.target.run && of.vae == nullptr && draw.first == 0 && !ask.omega.empty() &&
        !ask.intervals.empty()) {
        std::vector<double> ends;
        for (const auto& [t_min, t_max] : ask.intervals) ends.push_back(t_min), ends.push_back(t_max);
        out.command = fmt::format(
            "meanflow plot {} --figure guidance --omega {} --interval {}{} --count {} --steps {} --seed {} "
            "--out guidance",
            shell_word(of.target.path.string()), fmt::join(ask.omega, ","), fmt::join(ends, ","),
            labels_option(words), draw.count, draw.steps, draw.seed);
    }
    std::string given, indent;
    out.python = python_model(of);
    if (!ask.omega.empty()) {
        out.python += fmt::format("for omega in [{}]:\n", fmt::join(ask.omega, ", "));
        given += ", omega=omega";
        indent += "    ";
    }
    if (!ask.intervals.empty()) {
        std::vector<std::string> pairs;
        for (const auto& [t_min, t_max] : ask.intervals)
            pairs.push_back(fmt::format("({}, {})", t_min, t_max));
        out.python += fmt::format("{}for interval in [{}]:\n", indent, fmt::join(pairs, ", "));
        given += ", interval=interval";
        indent += "    ";
    }
    out.python += fmt::format("{}x = model.sample({}{}{}, steps={}, seed={}", indent, draw.count,
                              python_labels(of, draw.labels), given, draw.steps, draw.seed);
    out.python += draw.first > 0 ? fmt::format(", first={})", draw.first) : ")";
    return out;
}

}  // namespace mf::serve
