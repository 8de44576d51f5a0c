// SPDX-License-Identifier: MIT
#include "serve/recipe.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "generate/conditions.hpp"
#include "serve/model_shelf.hpp"

namespace mf::serve {
namespace {

std::string model_words(const RecipeModel& of) {
    std::string out;
    if (of.target.run) out += fmt::format(" --step {}", of.model.step);
    if (!of.model.weights.starts_with("ema")) out += fmt::format(" --weights {}", of.model.weights);
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
    if (!of.vae.empty()) out += ", vae=" + python_text(of.vae);
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

Recipe sample_recipe(const RecipeModel& of, const DrawAsk& ask, const std::string& words,
                     std::int64_t count) {
    Recipe out;
    out.command = fmt::format("meanflow sample {} --steps {} --seed {} --count {}",
                              shell_word(of.target.path.string()), ask.steps, ask.seed, ask.first + count);
    if (of.model.sample.classes > 0) out.command += labels_option(words);
    if (!ask.omega.empty()) out.command += fmt::format(" --omega {}", fmt::join(ask.omega, ","));
    if (ask.interval)
        out.command += fmt::format(" --interval {},{}", ask.interval->first, ask.interval->second);
    if (ask.solver != "auto") out.command += " --solver " + ask.solver;
    if (!of.vae.empty()) out.command += " --vae " + shell_word(of.vae);
    out.command += model_words(of);
    if (ask.columns > 0 && ask.format != "npz" && ask.format != "json")
        out.command += fmt::format(" --columns {}", ask.columns);
    if (ask.zoom > 0 && ask.format != "npz" && ask.format != "json")
        out.command += fmt::format(" --zoom {}", ask.zoom);
    const bool pictures = kind_of(of.model) == "images" && ask.format != "npz" && ask.format != "json";
    out.command += pictures ? " --out sheet.png" : " --out samples.npz";
    out.python =
        python_model(of) + fmt::format("x = model.sample({}{}", count, python_labels(of, ask.labels));
    if (!ask.omega.empty()) out.python += ", omega=" + python_numbers(ask.omega);
    if (ask.interval)
        out.python += fmt::format(", interval=({}, {})", ask.interval->first, ask.interval->second);
    out.python += fmt::format(", steps={}, seed={}", ask.steps, ask.seed);
    if (ask.solver != "auto") out.python += ", solver=" + python_text(ask.solver);
    if (ask.first > 0) out.python += fmt::format(", first={}", ask.first);
    out.python += ")";
    return out;
}

Recipe map_recipe(const RecipeModel& of, const MapAsk& ask, const std::string& words) {
    Recipe out;
    const DrawAsk& draw = ask.draw;
    if (of.target.run && of.vae.empty() && draw.first == 0 && !ask.omega.empty() && !ask.intervals.empty()) {
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
