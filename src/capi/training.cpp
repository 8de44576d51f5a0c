// SPDX-License-Identifier: MIT
#include <algorithm>

#include <nlohmann/json.hpp>

#include "capi/handles.hpp"
#include "capi/structs.hpp"

namespace mf::capi {

namespace {

ArrayData data_of(const mf_arrays& arrays) {
    check_usage((arrays.bytes != nullptr) != (arrays.floats != nullptr),
                "mf_arrays wants either bytes or floats");
    check_usage(arrays.rank == 1 || arrays.rank == 3,
                "mf_arrays.rank is {}, expected 3 for pictures or 1 for points", arrays.rank);
    check_usage(arrays.count > 0, "mf_arrays.count is {}, expected at least one row", arrays.count);
    ArrayData out;
    std::int64_t numbers = arrays.count;
    for (std::int64_t i = 0; i < arrays.rank; ++i) {
        const std::int64_t side = arrays.shape[i];
        check_usage(side > 0 && numbers <= (std::int64_t{1} << 48) / side,
                    "mf_arrays.shape[{}] is {}, which cannot be", i, side);
        out.sample.push(side);
        numbers *= side;
    }
    out.count = arrays.count;
    if (arrays.bytes != nullptr) out.bytes = {arrays.bytes, static_cast<std::size_t>(numbers)};
    if (arrays.floats != nullptr) out.floats = {arrays.floats, static_cast<std::size_t>(numbers)};
    if (arrays.labels != nullptr) out.labels = {arrays.labels, static_cast<std::size_t>(arrays.count)};
    out.class_names = texts_of(arrays.class_names, arrays.class_count, "mf_arrays.class_names");
    return out;
}

door::TrainingRequest request_of(const mf_training_options& options) {
    door::TrainingRequest out;
    out.config = text_or(options.config, "");
    for (const std::string& word : texts_of(options.settings, options.settings_count, "settings"))
        out.items.push_back(parse_override(word));
    out.threads = whole(options.threads, "threads", 0, 1024);
    out.device = text_or(options.device, "cpu");
    if (options.data != nullptr) out.data = data_of(taken(options.data, "mf_arrays"));
    return out;
}

mf_training* begun(door::Training&& training, const mf_training_options& options) {
    auto out = std::make_unique<mf_training>(std::move(training));
    for (const std::string& line : out->training.remarks()) say(options.log, line, options.user);
    return out.release();
}

mf_step_report report_of(const StepReport& step) {
    mf_step_report out = defaults<mf_step_report>();
    out.step = step.step;
    out.loss = step.loss;
    out.square_u = step.square_u;
    out.square_v = step.square_v;
    out.square_jvp = step.square_jvp;
    out.gradient_norm = step.gradient_norm;
    out.rate = step.rate;
    out.skipped = step.skipped ? 1 : 0;
    step.culprit.copy(static_cast<char*>(out.culprit), sizeof out.culprit - 1);
    return out;
}

mf_step_report step(mf_training& training) {
    const mf_step_report out = report_of(training.training.step());
    std::int64_t before = training.done.load();
    while (before < out.step && !training.done.compare_exchange_weak(before, out.step)) {
    }
    return out;
}

mf_training_info info_of(const mf_training& handle) {
    const door::Training& training = handle.training;
    mf_training_info out = defaults<mf_training_info>();
    out.done = handle.done.load();
    out.planned = training.planned();
    out.parameters = training.parameters();
    out.threads = training.threads();
    const Shape sample = training.sample_shape();
    out.sample_rank = sample.rank();
    put_shape(sample, out.sample_shape);
    out.sample_size = sample.count();
    return out;
}

std::string description(const mf_training& handle) {
    using Json = nlohmann::ordered_json;
    const mf_training_info info = info_of(handle);
    Json settings = Json::object(), shape = Json::array(), remarks = Json::array();
    for (const std::string& line : handle.training.remarks()) remarks.push_back(in_c()(line));
    for (const auto& [key, value] : handle.training.settings().items()) settings[key] = value;
    for (const std::int64_t side : handle.training.sample_shape()) shape.push_back(side);
    const Json out = {
        {"done", info.done},     {"planned", info.planned}, {"parameters", info.parameters},
        {"sample_shape", shape}, {"threads", info.threads}, {"device", handle.training.device()},
        {"remarks", remarks},    {"settings", settings}};
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace
}  // namespace mf::capi

using namespace mf::capi;

mf_status mf_arrays_init(mf_arrays* arrays, size_t size) { return init(arrays, size, "mf_arrays"); }
mf_status mf_training_options_init(mf_training_options* options, size_t size) {
    return init(options, size, "mf_training_options");
}
mf_status mf_training_info_init(mf_training_info* info, size_t size) {
    return init(info, size, "mf_training_info");
}
mf_status mf_step_report_init(mf_step_report* report, size_t size) {
    return init(report, size, "mf_step_report");
}

mf_status mf_training_new(const mf_training_options* options, mf_training** out) {
    return guarded([&] {
        need(out, "out");
        const mf_training_options all = taken(options, "mf_training_options");
        *out = begun(mf::door::Training(request_of(all)), all);
    });
}

mf_status mf_training_resume(const char* run, int64_t step, const mf_training_options* options,
                             mf_training** out) {
    return guarded([&] {
        need(run, "run");
        need(out, "out");
        const mf_training_options all = taken(options, "mf_training_options");
        mf::check_usage(all.config == nullptr, "config is given, but a run that goes on has its own");
        *out = begun(mf::door::Training::resume(run, request_of(all), step), all);
    });
}

void mf_training_free(mf_training* training) { delete training; }

mf_status mf_training_get_info(const mf_training* training, mf_training_info* info) {
    return guarded([&] {
        need(training, "training");
        give(info, info_of(*training), "mf_training_info");
    });
}

mf_status mf_training_describe(const mf_training* training, char** json) {
    return guarded([&] {
        need(training, "training");
        need(json, "json");
        *json = handed_out(description(*training));
    });
}

mf_status mf_training_step(mf_training* training, mf_step_report* report) {
    return guarded([&] {
        need(training, "training");
        if (report != nullptr) check_size(report->size, "mf_step_report");
        const mf_step_report made = step(*training);
        if (report != nullptr) give(report, made, "mf_step_report");
    });
}

mf_status mf_training_run(mf_training* training, int64_t steps, mf_step_callback callback, void* user,
                          const mf_cancel* cancel) {
    return guarded([&] {
        need(training, "training");
        const mf::Stop stop = stop_of(cancel);
        const std::int64_t planned = training->training.planned();
        for (std::int64_t i = 0; (steps < 0 || i < steps) && training->done.load() < planned; ++i) {
            mf::end_if_asked(stop, "training");
            const mf_step_report made = step(*training);
            if (callback != nullptr) mf::end_if_asked([&] { return callback(&made, user) != 0; }, "training");
        }
    });
}

mf_status mf_training_model(const mf_training* training, const mf_model_options* options, mf_model** out) {
    return guarded([&] {
        need(training, "training");
        need(out, "out");
        const mf_model_options all = taken(options, "mf_model_options");
        mf::check_usage(all.step == -1 && all.side == 0 && all.threads == 0,
                        "step, side and threads of a training's model are those of the training");
        auto model = std::make_unique<mf_model>(
            mf_model{training->training.model(text_or(all.weights, "ema"), precision_of(all.precision))});
        finish_opening(model->model, all);
        *out = model.release();
    });
}

mf_status mf_training_save(mf_training* training, const char* run, char** path) {
    return guarded([&] {
        need(training, "training");
        need(run, "run");
        const std::string written = training->training.save(run).string();
        if (path != nullptr) *path = handed_out(written);
    });
}

mf_status mf_training_close(mf_training* training) {
    return guarded([&] {
        need(training, "training");
        training->training.close();
    });
}
