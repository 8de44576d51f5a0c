// SPDX-License-Identifier: MIT
// Small models through the C door, for its tests.
#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "meanflow/meanflow.h"

namespace mf::test {

struct Free {
    void operator()(mf_model* it) const { mf_model_free(it); }
    void operator()(mf_training* it) const { mf_training_free(it); }
    void operator()(mf_judge* it) const { mf_judge_free(it); }
    void operator()(mf_fid* it) const { mf_fid_free(it); }
    void operator()(mf_cancel* it) const { mf_cancel_free(it); }
    void operator()(char* it) const { mf_free_text(it); }
};
using ModelHandle = std::unique_ptr<mf_model, Free>;
using TrainingHandle = std::unique_ptr<mf_training, Free>;
using CancelHandle = std::unique_ptr<mf_cancel, Free>;
using Text = std::unique_ptr<char, Free>;

template <class T>
T made(mf_status (*init)(T*, std::size_t)) {
    T out;
    EXPECT_EQ(init(&out, sizeof out), MF_OK);
    return out;
}

inline TrainingHandle begin(std::vector<const char*> settings, const mf_arrays* data, int threads = 2) {
    mf_training_options options = made(mf_training_options_init);
    options.settings = settings.data();
    options.settings_count = settings.size();
    options.threads = threads;
    options.data = data;
    mf_training* out = nullptr;
    EXPECT_EQ(mf_training_new(&options, &out), MF_OK) << mf_last_error();
    return TrainingHandle(out);
}

/// On points, a small network.
inline TrainingHandle points_training(const char* seed = "seed=1", int threads = 2) {
    return begin({seed, "data.name=moons", "model.width=16", "train.batch=64", "train.steps=8"}, nullptr,
                 threads);
}

/// On pictures (or latents) of this size and two classes, "cat" and "7".
inline TrainingHandle images_training(std::int64_t side, std::int64_t channels) {
    std::vector<float> floats(static_cast<std::size_t>(6 * side * side * channels));
    for (std::size_t i = 0; i < floats.size(); ++i)
        floats[i] = std::sin(static_cast<float>(i) * 0.37F) * 0.9F;
    const std::vector<std::int32_t> labels = {0, 1, 0, 1, 1, 0};
    const char* names[] = {"cat", "7"};
    mf_arrays data = made(mf_arrays_init);
    data.count = 6;
    data.rank = 3;
    data.shape[0] = data.shape[1] = side;
    data.shape[2] = channels;
    data.floats = floats.data();
    data.labels = labels.data();
    data.class_names = names;
    data.class_count = 2;
    return begin({"model.name=mit", "model.size=T", "model.patch=4", "model.hidden=16", "model.depth=2",
                  "model.heads=2", "train.batch=4", "train.steps=3", "objective.name=imf"},
                 &data);
}

inline ModelHandle model_of(const TrainingHandle& training) {
    mf_model* out = nullptr;
    EXPECT_EQ(mf_training_model(training.get(), nullptr, &out), MF_OK) << mf_last_error();
    return ModelHandle(out);
}

inline mf_model_info info_of(const ModelHandle& model) {
    mf_model_info info = made(mf_model_info_init);
    EXPECT_EQ(mf_model_get_info(model.get(), &info), MF_OK);
    return info;
}

inline std::vector<float> drawn(const mf_model* model, mf_sample_options options, std::int64_t each) {
    std::vector<float> out(static_cast<std::size_t>(options.count * each));
    EXPECT_EQ(mf_sample(model, &options, out.data(), out.size()), MF_OK) << mf_last_error();
    return out;
}

/// The status is this one, and the words for it hold `part` in one line.
inline void expect_failed(mf_status got, mf_status expected, const std::string& part) {
    EXPECT_EQ(got, expected) << part;
    EXPECT_NE(std::string(mf_last_error()).find(part), std::string::npos)
        << "'" << mf_last_error() << "' lacks '" << part << "'";
    EXPECT_EQ(std::strchr(mf_last_error(), '\n'), nullptr);
}

}  // namespace mf::test
