// SPDX-License-Identifier: MIT
#include <cmath>

#include "capi/handles.hpp"
#include "capi/structs.hpp"
#include "door/devices.hpp"

namespace mf::capi {

void usual(mf_vae_options& out) { out.bytes = VaeRequest{}.bytes; }
void usual(mf_model_options& out) { out.step = -1; }

Stop stop_of(const mf_cancel* cancel) {
    if (cancel == nullptr) return {};
    return [cancel] { return cancel->asked.load(std::memory_order_relaxed); };
}

Precision precision_of(const char* name) {
    const std::string text = text_or(name, "f32");
    check_usage(text == "f32" || text == "bf16", "precision '{}' is not known; there are f32, bf16", text);
    return text == "bf16" ? Precision::bf16 : Precision::f32;
}

std::vector<std::string> texts_of(const char* const* list, std::size_t count, const char* name) {
    std::vector<std::string> out;
    if (count > 0) need(list, name);
    for (std::size_t i = 0; i < count; ++i) {
        check_usage(list[i] != nullptr, "{}[{}] is NULL", name, i);
        out.emplace_back(list[i]);
    }
    return out;
}

VaeRequest vae_request(const mf_vae_options& options) {
    need(options.path, "mf_vae_options.path");
    check_usage(options.bytes > 0, "mf_vae_options.bytes is {}, expected a positive number", options.bytes);
    return {.path = options.path,
            .scale = text_or(options.scale, "auto"),
            .precision = precision_of(options.precision),
            .bytes = options.bytes};
}

void say(mf_log log, const std::string& line, void* user) {
    if (log != nullptr) log(in_c()(line).c_str(), user);
}

void attach(door::Model& model, const mf_vae_options& options) {
    for (const std::string& line : model.attach_vae(vae_request(options)))
        say(options.log, line, options.user);
}

void finish_opening(door::Model& model, const mf_model_options& options) {
    for (const std::string& line : model.loaded().remarks) say(options.log, line, options.user);
    if (options.vae == nullptr) return;
    mf_vae_options vae = taken(options.vae, "mf_vae_options");
    if (vae.log == nullptr) vae.log = options.log, vae.user = options.user;
    attach(model, vae);
}

namespace {

mf_model_info info_of(const door::Model& model) {
    mf_model_info out = defaults<mf_model_info>();
    const Shape& sample = model.sample_shape();
    out.sample_rank = sample.rank();
    put_shape(sample, out.sample_shape);
    out.sample_size = sample.count();
    if (model.has_vae() || (sample.rank() == 3 && (sample[2] == 1 || sample[2] == 3))) {
        const Shape picture = model.picture_shape();
        put_shape(picture, out.picture_shape);
        out.picture_size = picture.count();
    }
    out.classes = model.classes();
    out.parameters = model.loaded().model->params().count();
    out.step = model.loaded().step;
    out.threads = model.threads();
    out.has_vae = model.has_vae() ? 1 : 0;
    return out;
}

}  // namespace
}  // namespace mf::capi

using namespace mf::capi;

mf_status mf_devices(char** json) {
    return guarded([&] {
        need(json, "json");
        *json = handed_out(mf::door::devices_json());
    });
}

mf_status mf_cancel_new(mf_cancel** out) {
    return guarded([&] {
        need(out, "out");
        *out = new mf_cancel;
    });
}
mf_status mf_cancel_request(mf_cancel* cancel) {
    if (cancel != nullptr) {  // nothing else: a signal handler may do no more
        cancel->asked.store(true, std::memory_order_relaxed);
        return MF_OK;
    }
    return guarded([] { need(nullptr, "cancel"); });
}
mf_status mf_cancel_reset(mf_cancel* cancel) {
    return guarded([&] {
        need(cancel, "cancel");
        cancel->asked.store(false, std::memory_order_relaxed);
    });
}
void mf_cancel_free(mf_cancel* cancel) { delete cancel; }

mf_status mf_vae_options_init(mf_vae_options* options, size_t size) {
    return init(options, size, "mf_vae_options");
}
mf_status mf_model_options_init(mf_model_options* options, size_t size) {
    return init(options, size, "mf_model_options");
}
mf_status mf_model_info_init(mf_model_info* info, size_t size) { return init(info, size, "mf_model_info"); }

mf_status mf_model_open(const char* path, const mf_model_options* options, mf_model** out) {
    return guarded([&] {
        need(path, "path");
        need(out, "out");
        const mf_model_options all = taken(options, "mf_model_options");
        const mf::ModelChoice choice{.weights = text_or(all.weights, "ema"),
                                     .step = all.step,
                                     .side = all.side,
                                     .precision = precision_of(all.precision),
                                     .asked_for = all.precision != nullptr,
                                     .device = text_or(all.device, "cpu")};
        auto model = std::make_unique<mf_model>(
            mf_model{mf::door::Model(path, choice, whole(all.threads, "threads", 0, 1024))});
        finish_opening(model->model, all);
        *out = model.release();
    });
}

void mf_model_free(mf_model* model) { delete model; }

mf_status mf_model_attach_vae(mf_model* model, const mf_vae_options* options) {
    return guarded([&] {
        need(model, "model");
        need(options, "mf_vae_options");
        const InUse use(model);
        attach(model->model, taken(options, "mf_vae_options"));
    });
}

mf_status mf_model_get_info(const mf_model* model, mf_model_info* info) {
    return guarded([&] {
        need(model, "model");
        give(info, info_of(model->model), "mf_model_info");
    });
}

mf_status mf_model_describe(const mf_model* model, char** json) {
    return guarded([&] {
        need(model, "model");
        need(json, "json");
        *json = handed_out(model->model.describe(&in_c()));
    });
}
