// SPDX-License-Identifier: MIT
#include "train/config.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/dataset.hpp"
#include "io/yaml.hpp"
#include "models/catalogue.hpp"
#include "objectives/objective.hpp"
#include "optim/optimiser.hpp"
#include "train/build_info.hpp"
#include "train/choices.hpp"
#include "train/trainer.hpp"

namespace mf {
namespace {

std::string with_place(const ConfigItem& item, const std::string& what) {
    return item.place.empty() ? what : item.place + ": " + what;
}

/// The last item of `key`, or null.
const ConfigItem* last_of(std::span<const ConfigItem> items, const std::string& key) {
    const ConfigItem* found = nullptr;
    for (const ConfigItem& item : items)
        if (item.key == key) found = &item;
    return found;
}

void add_chosen_keys(Settings& settings, const Choice& choice, std::span<const ConfigItem> items) {
    const ConfigItem* item = last_of(items, choice.key);
    const std::string name = item == nullptr ? choice.initial : item->value;
    for (const ChoiceEntry& entry : choice.entries)
        if (entry.name == name) return settings.extend(entry.options);
    // The value is not one of the choices: say so the way every bad value is said.
    settings.set(choice.key, name);
}

/// Throws when `key` exists under another choice than the one taken.
void refuse_key_of_another_choice(const Settings& settings, const std::string& key) {
    for (const Choice& choice : all_choices()) {
        std::string owners;
        for (const ChoiceEntry& entry : choice.entries)
            if (std::ranges::find(entry.options, key, &Option::key) != entry.options.end())
                owners += (owners.empty() ? "" : " or ") + entry.name;
        if (owners.empty()) continue;
        throw UsageError(fmt::format("{} belongs to {}={}, this run has {}={}", key, choice.key, owners,
                                     choice.key, settings.text(choice.key)),
                         fmt::format("leave {} out, or choose {}={}", key, choice.key, owners));
    }
}

bool belongs_to(const Choice& choice, const std::string& key) {
    return std::ranges::any_of(choice.entries, [&](const ChoiceEntry& entry) {
        return std::ranges::find(entry.options, key, &Option::key) != entry.options.end();
    });
}

/// True for a key of a choice that a later item took back: `optim.name=adam` after a file that chose muon leaves
/// muon's keys without a meaning.
bool was_taken_back(std::span<const ConfigItem> items, const ConfigItem& item) {
    for (const Choice& choice : all_choices()) {
        const ConfigItem* last = last_of(items, choice.key);
        if (last == nullptr || last < &item || !belongs_to(choice, item.key)) continue;
        for (const ConfigItem& other : items)
            if (other.key == choice.key && other.value != last->value) return true;
    }
    return false;
}

void apply(Settings& settings, const ConfigItem& item) {
    try {
        if (!settings.has(item.key)) refuse_key_of_another_choice(settings, item.key);
        settings.set(item.key, item.value);
    } catch (const UsageError& error) {
        throw UsageError(with_place(item, error.what()), error.hint());
    }
}

}  // namespace

OptionTable run_options() {
    return {
        {"train.max_skipped", OptionKind::integer, "20",
         "steps in a row whose loss or gradient is not finite until training gives up", 1},
        {"log.every", OptionKind::integer, "100", "steps between two lines of the log", 1},
        {"log.metrics_every", OptionKind::integer, "1", "steps between two rows of metrics.jsonl", 1},
        {"log.tensorboard", OptionKind::flag, "true", "write TensorBoard events beside metrics.jsonl"},
        {"save.every", OptionKind::integer, "1000", "steps between two checkpoints", 1},
        {"save.keep", OptionKind::integer, "3", "newest checkpoints that are kept; 0 keeps all", 0},
        {"sample.every", OptionKind::integer, "0", "steps between two pictures of samples; 0: none", 0},
        {"sample.count", OptionKind::integer, "2000", "samples in such a picture", 1},
        {"sample.steps", OptionKind::integer, "1", "sampler steps of such a picture", 1},
        {"sample.omega", OptionKind::real, "1", "images: guidance strength of such a picture", 0, 1000},
        {"sample.interval", OptionKind::reals, "0,1", "images: guidance interval of such a picture", 0, 1},
        {"diagnose.every", OptionKind::integer, "0",
         "steps between two looks at noise, JVP and velocity (docs/diagnostics.md); 0: none", 0},
        {"diagnose.count", OptionKind::integer, "512", "draws that such a look is about", 2, 1e6},
        {"evaluate.every", OptionKind::integer, "0", "steps between two evaluations; 0: none", 0},
        {"evaluate.count", OptionKind::integer, "20000", "points drawn for an evaluation", 2},
        {"evaluate.images", OptionKind::integer, "1000", "images drawn for an evaluation", 4},
        {"evaluate.judge", OptionKind::text, "",
         "images: file of train-classifier whose features and classes judge them (docs/judge-images.md); "
         "none: "
         "only what needs no judge"},
        {"evaluate.omega", OptionKind::real, "1", "images: guidance strength of an evaluation", 0, 1000},
        {"evaluate.interval", OptionKind::reals, "0,1", "images: guidance interval of an evaluation", 0, 1},
        {"evaluate.steps", OptionKind::integers, "1", "numbers of sampler steps that are evaluated", 1},
    };
}

OptionTable choice_options() {
    OptionTable table;
    for (const Choice& choice : all_choices()) {
        std::vector<std::string> names;
        for (const ChoiceEntry& entry : choice.entries) names.push_back(entry.name);
        table.push_back({.key = choice.key,
                         .kind = OptionKind::text,
                         .initial = choice.initial,
                         .help = choice.help,
                         .choices = names});
    }
    return table;
}

Settings resolve(std::span<const ConfigItem> items) {
    Settings settings(choice_options());
    settings.extend(Trainer::options());
    settings.extend(run_options());
    for (const Choice& choice : all_choices()) {
        const ConfigItem* item = last_of(items, choice.key);
        if (item != nullptr) apply(settings, *item);
        add_chosen_keys(settings, choice, items);
    }
    for (const ConfigItem& item : items) {
        const bool is_choice =
            std::ranges::find(all_choices(), item.key, &Choice::key) != all_choices().end();
        if (is_choice || (!settings.has(item.key) && was_taken_back(items, item))) continue;
        apply(settings, item);
    }
    return settings;
}

std::vector<ConfigItem> read_config(const std::string& name) {
    const auto items_of = [](const std::vector<KeyValue>& lines, const std::string& place) {
        std::vector<ConfigItem> items;
        for (const KeyValue& line : lines)
            items.push_back({line.key, line.value, fmt::format("{}:{}", place, line.line)});
        return items;
    };
    if (std::filesystem::exists(name)) return items_of(read_yaml(name), name);
    for (const EmbeddedFile& file : embedded_configs())
        if (name == file.name) return items_of(parse_yaml(std::string(file.text), name), name);

    std::string known;
    for (const EmbeddedFile& file : embedded_configs())
        known += (known.empty() ? "" : ", ") + std::string(file.name);
    throw Error(fmt::format("{}: no such configuration file", name), "built in are " + known);
}

ConfigItem parse_override(std::string_view word) {
    const std::size_t equals = word.find('=');
    check_usage(equals != std::string_view::npos && equals > 0, "'{}' is not key=value", word);
    return {std::string(word.substr(0, equals)), std::string(word.substr(equals + 1)), ""};
}

std::vector<std::string> differences(const Settings& before, const Settings& after) {
    std::map<std::string, std::string> new_values;
    for (auto& [key, value] : after.items()) new_values[key] = value;
    std::vector<std::string> out;
    for (const auto& [key, value] : before.items()) {
        const auto found = new_values.find(key);
        if (found == new_values.end())
            out.push_back(fmt::format("{}: {} -> none", key, value));
        else if (found->second != value)
            out.push_back(fmt::format("{}: {} -> {}", key, value, found->second));
        if (found != new_values.end()) new_values.erase(found);
    }
    for (const auto& [key, value] : new_values) out.push_back(fmt::format("{}: none -> {}", key, value));
    return out;
}

}  // namespace mf
