// SPDX-License-Identifier: MIT
// The keys of train-classifier.
#include <algorithm>

#include "judge/classifier_trainer.hpp"
#include "optim/adam.hpp"
#include "optim/schedule.hpp"

namespace mf {
namespace {

/// The table with another default for one key.
void set_initial(OptionTable& table, const std::string& key, const std::string& initial) {
    const auto found = std::ranges::find(table, key, &Option::key);
    check(found != table.end(), "[classifier] there is no key {}", key);
    found->initial = initial;
}

Option data_choice() {
    return {.key = "data.name",
            .kind = OptionKind::text,
            .initial = "shapes",
            .help = "labelled images to learn from",
            .choices = dataset_catalogue().names()};
}

void set(Settings& settings, const ConfigItem& item) {
    try {
        settings.set(item.key, item.value);
    } catch (const UsageError& error) {
        throw UsageError(item.place.empty() ? error.what() : item.place + ": " + error.what(), error.hint());
    }
}

}  // namespace

OptionTable classifier_options() {
    OptionTable table = {
        {"seed", OptionKind::integer, "0", "every random number of the training follows from it", 0},
        {"precision",
         OptionKind::text,
         "bf16",
         "of the training: bf16 for GEMM operands, or f32; the file holds f32 and is used in f32",
         0,
         0,
         {"f32", "bf16"}},
        {"train.steps", OptionKind::integer, "2500", "optimisation steps", 1},
        {"train.batch", OptionKind::integer, "64", "images a step", 1, 1 << 20},
        {"train.tile", OptionKind::integer, "-1",
         "images a thread takes through the network at a time; -1: what suits the network", -1, 1 << 20},
        {"evaluate.every", OptionKind::integer, "250", "steps between two looks at the held-out images", 1},
        {"evaluate.count", OptionKind::integer, "5000", "held-out images looked at, where there are as many",
         1},
        {"classifier.smoothing", OptionKind::real, "0.1", "label smoothing of the cross-entropy", 0, 0.9},
        {"classifier.shift", OptionKind::integer, "-1",
         "images are moved by up to so many pixels; -1: an eighth of the side, 0 for an endless set", -1,
         256},
        {"classifier.held_share", OptionKind::real, "0.1",
         "share of a stored set without test files that is held out", 0, 1},
    };
    table.insert(table.end(), ImageClassifier::options().begin(), ImageClassifier::options().end());
    OptionTable adam = Adam::options(true);
    set_initial(adam, "optim.lr", "2e-3");
    set_initial(adam, "optim.clip", "1");
    set_initial(adam, "optim.weight_decay", "0.05");
    table.insert(table.end(), adam.begin(), adam.end());
    OptionTable schedule = Schedule::options();
    set_initial(schedule, "schedule.name", "cosine");
    set_initial(schedule, "schedule.warmup", "100");
    table.insert(table.end(), schedule.begin(), schedule.end());
    return table;
}

Settings resolve_classifier(std::span<const ConfigItem> items) {
    Settings settings({data_choice()});
    for (const ConfigItem& item : items)
        if (item.key == "data.name") set(settings, item);
    settings.extend(dataset_catalogue().at(settings.text("data.name")).options);
    settings.extend(classifier_options());
    for (const ConfigItem& item : items)
        if (item.key != "data.name") set(settings, item);
    return settings;
}

}  // namespace mf
