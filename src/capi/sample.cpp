// SPDX-License-Identifier: MIT
// Samples, pictures of them and velocities.
#include <cmath>

#include "capi/handles.hpp"
#include "capi/structs.hpp"
#include "core/word_list.hpp"

namespace mf::capi {

void usual(mf_sample_options& out) {
    out.count = out.steps = 1;
    out.omega = out.t_min = out.t_max = std::nan("");
}
void usual(mf_flow_options& out) { out.omega = out.t_min = out.t_max = std::nan(""); }

namespace {

/// Numbers as the words that mean these classes, whatever they are called.
std::string label_words(const LoadedModel& model, const std::int32_t* numbers, std::size_t count) {
    need(numbers, "label_numbers");
    std::vector<std::string> words;
    for (std::size_t i = 0; i < count; ++i) {
        check_usage(numbers[i] >= 0 && numbers[i] < model.sample.classes,
                    "label_numbers[{}] is {}; the model has {} classes", i, numbers[i], model.sample.classes);
        const auto label = static_cast<std::size_t>(numbers[i]);
        words.push_back(label < model.class_names.size() ? listed(model.class_names[label])
                                                         : std::to_string(label));
    }
    return fmt::format("{}", fmt::join(words, ","));
}

/// One number for all, or one for each.
std::vector<double> numbers_of(double one, const double* each, std::int64_t count, const char* name) {
    check_usage(std::isnan(one) || each == nullptr, "{} and {}_each are given; one of the two", name, name);
    if (each != nullptr) return {each, each + count};
    return std::isnan(one) ? std::vector<double>{} : std::vector<double>{one};
}

template <class Options>
std::string words_of(const LoadedModel& model, const Options& options) {
    const bool listed = options.label_numbers != nullptr || options.label_count > 0;
    check_usage(!listed || options.labels == nullptr, "labels and label_numbers are given; one of the two");
    if (listed && options.label_count == 0) throw UsageError("label_numbers has no number: label_count is 0");
    if (listed) return label_words(model, options.label_numbers, options.label_count);
    return text_or(options.labels, std::string(kBalanced).c_str());
}

/// `finished` samples would be too few to end by: what a callback wants is kept until somebody asks.
struct Wishes {
    const mf_cancel* cancel;
    bool ended = false;
};

SampleRequest request_of(const LoadedModel& model, const mf_sample_options& options, Wishes& wishes) {
    SampleRequest out;
    out.solver = text_or(options.solver, "auto");
    if (options.times_count > 0) need(options.times, "times");
    check_usage(options.times == nullptr || options.times_count > 1,
                "times has {} times, expected at least a first and a last one", options.times_count);
    if (options.times != nullptr) out.times.assign(options.times, options.times + options.times_count);
    out.steps = whole(options.steps, "steps", 1, 1'000'000);
    out.count = options.count;
    check_usage(options.first >= 0, "first is {}, expected 0 or more", options.first);
    out.first = options.first;
    out.seed = options.seed;
    if (options.noise != nullptr)
        out.noise.assign(options.noise, options.noise + options.count * model.sample.shape.count());
    out.guidance.labels = words_of(model, options);
    out.guidance.omega = numbers_of(options.omega, options.omega_each, options.count, "omega");
    out.guidance.t_min = numbers_of(options.t_min, options.t_min_each, options.count, "t_min");
    out.guidance.t_max = numbers_of(options.t_max, options.t_max_each, options.count, "t_max");
    if (options.log != nullptr)
        out.remarks = [&options](const std::string& line) { say(options.log, line, options.user); };
    out.stop = [&wishes, asked = stop_of(wishes.cancel)] { return wishes.ended || (asked && asked()); };
    return out;
}

void sample(const door::Model& model, const mf_sample_options& options, std::span<float> out) {
    Wishes wishes{.cancel = options.cancel};
    const SampleRequest request = request_of(model.loaded(), options, wishes);
    door::Progress progress;
    if (options.progress != nullptr)
        progress = [&](std::int64_t done, std::int64_t all) {
            if (options.progress(done, all, options.user) != 0) wishes.ended = true;
        };
    model.sample(request, out, progress);
    end_if_asked([&] { return wishes.ended; }, "drawing samples");
}

/// As many as there is room for; before that the count is no size.
void check_count(const mf_sample_options& options, std::size_t room, std::int64_t each) {
    check_usage(options.count > 0, "count is {}, expected at least one sample", options.count);
    check_room(room, static_cast<std::size_t>(options.count), each, "out");
}

door::FlowRequest flow_of(const door::Model& model, const mf_flow_options& options, bool derivative) {
    need(options.z, "z");
    need(options.t, "t");
    if (options.r_count > 0) need(options.r, "r");
    const std::size_t numbers = options.count * static_cast<std::size_t>(model.sample_shape().count());
    door::FlowRequest out;
    out.z = {options.z, numbers};
    if (options.r != nullptr) out.r = {options.r, options.r_count};
    out.t = {options.t, options.t_count};
    if (options.tangent != nullptr) out.tangent = {options.tangent, numbers};
    check_usage(derivative || options.tangent == nullptr,
                "a tangent is given, but no buffer for the derivative");
    out.guidance.labels = words_of(model.loaded(), options);
    out.guidance.omega = numbers_of(options.omega, nullptr, 0, "omega");
    out.guidance.t_min = numbers_of(options.t_min, nullptr, 0, "t_min");
    out.guidance.t_max = numbers_of(options.t_max, nullptr, 0, "t_max");
    out.seed = options.seed;
    out.stop = stop_of(options.cancel);
    return out;
}

}  // namespace
}  // namespace mf::capi

using namespace mf::capi;

mf_status mf_sample_options_init(mf_sample_options* options, size_t size) {
    return init(options, size, "mf_sample_options");
}
mf_status mf_flow_options_init(mf_flow_options* options, size_t size) {
    return init(options, size, "mf_flow_options");
}

mf_status mf_sample(const mf_model* model, const mf_sample_options* options, float* out, size_t out_size) {
    return guarded([&] {
        need(model, "model");
        need(out, "out");
        const mf_sample_options all = taken(options, "mf_sample_options");
        const std::int64_t each = model->model.sample_shape().count();
        check_count(all, out_size, each);
        const InUse use(model);
        sample(model->model, all, {out, static_cast<std::size_t>(all.count * each)});
    });
}

mf_status mf_sample_pictures(const mf_model* model, const mf_sample_options* options, uint8_t* out,
                             size_t out_size) {
    return guarded([&] {
        need(model, "model");
        need(out, "out");
        const mf_sample_options all = taken(options, "mf_sample_options");
        check_count(all, out_size, model->model.picture_shape().count());
        const InUse use(model);
        std::vector<float> samples(static_cast<std::size_t>(all.count * model->model.sample_shape().count()));
        sample(model->model, all, samples);
        std::ranges::copy(model->model.decode(samples, stop_of(all.cancel)), out);
    });
}

mf_status mf_decode(const mf_model* model, const float* samples, size_t count, uint8_t* out, size_t out_size,
                    const mf_cancel* cancel) {
    return guarded([&] {
        need(model, "model");
        need(samples, "samples");
        need(out, "out");
        check_room(out_size, count, model->model.picture_shape().count(), "out");
        const InUse use(model);
        const auto each = static_cast<std::size_t>(model->model.sample_shape().count());
        std::ranges::copy(model->model.decode({samples, count * each}, stop_of(cancel)), out);
    });
}

mf_status mf_velocity(const mf_model* model, const mf_flow_options* options, float* u, float* du_dt,
                      size_t out_size) {
    return guarded([&] {
        need(model, "model");
        need(options, "mf_flow_options");
        need(u, "u");
        const mf_flow_options all = taken(options, "mf_flow_options");
        check_room(out_size, all.count, model->model.sample_shape().count(), "u");
        need(all.r, "r");
        const InUse use(model);
        const mf::door::Flow flow =
            model->model.velocity(flow_of(model->model, all, du_dt != nullptr), du_dt != nullptr);
        std::ranges::copy(flow.u, u);
        if (du_dt != nullptr) std::ranges::copy(flow.du_dt, du_dt);
    });
}

mf_status mf_instantaneous(const mf_model* model, const mf_flow_options* options, float* v, size_t out_size) {
    return guarded([&] {
        need(model, "model");
        need(options, "mf_flow_options");
        need(v, "v");
        const mf_flow_options all = taken(options, "mf_flow_options");
        check_room(out_size, all.count, model->model.sample_shape().count(), "v");
        const InUse use(model);
        std::ranges::copy(model->model.instantaneous(flow_of(model->model, all, false)), v);
    });
}
