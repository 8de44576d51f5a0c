// SPDX-License-Identifier: MIT
#include <cmath>

#include <nlohmann/json.hpp>

#include "capi/handles.hpp"
#include "capi/structs.hpp"

namespace mf::capi {

void usual(mf_judge_info& out) { out.accuracy = std::nan(""); }

namespace {

int threads_of(const mf_judge_options& options) { return whole(options.threads, "threads", 0, 1024); }

mf_judge_info info_of(const door::OpenJudge& open) {
    const Judge& judge = open.judge();
    mf_judge_info out = defaults<mf_judge_info>();
    put_shape(judge.sample.shape, out.sample_shape);
    out.sample_size = judge.sample.shape.count();
    out.features = judge.classifier->config().hidden;
    out.classes = judge.sample.classes;
    out.accuracy = judge.accuracy;
    return out;
}

mf_judge_info info_of(const door::OpenFidNetwork& network) {
    mf_judge_info out = defaults<mf_judge_info>();
    out.features = network.feature_size();
    out.classes = network.classes();
    return out;
}

/// Where features go, before they are made.
mf_features places(const mf_features* out, std::size_t count, const mf_judge_info& info) {
    need(out, "mf_features");
    mf_features all = taken(out, "mf_features");
    check_usage(all.features != nullptr || all.logits != nullptr,
                "mf_features has neither a buffer for features nor one for logits");
    if (all.features != nullptr) check_room(all.features_size, count, info.features, "features");
    if (all.logits != nullptr) check_room(all.logits_size, count, info.classes, "logits");
    return all;
}

void put(const door::Features& made, const mf_features& to) {
    if (to.features != nullptr) std::ranges::copy(made.features, to.features);
    if (to.logits != nullptr) std::ranges::copy(made.logits, to.logits);
}

std::string description(const Judge& judge) {
    using Json = nlohmann::ordered_json;
    Json settings = Json::object(), shape = Json::array();
    for (const auto& [key, value] : judge.settings.items()) settings[key] = value;
    for (const std::int64_t side : judge.sample.shape) shape.push_back(side);
    const Json out = {{"path", judge.path.string()},
                      {"step", judge.step},
                      {"sample_shape", shape},
                      {"classes", judge.sample.classes},
                      {"class_names", judge.class_names},
                      {"accuracy", judge.accuracy},
                      {"held", judge.held},
                      {"settings", settings}};
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace
}  // namespace mf::capi

using namespace mf::capi;

mf_status mf_judge_options_init(mf_judge_options* options, size_t size) {
    return init(options, size, "mf_judge_options");
}
mf_status mf_judge_info_init(mf_judge_info* info, size_t size) { return init(info, size, "mf_judge_info"); }
mf_status mf_features_init(mf_features* out, size_t size) { return init(out, size, "mf_features"); }

mf_status mf_judge_open(const char* path, const mf_judge_options* options, mf_judge** out) {
    return guarded([&] {
        need(path, "path");
        need(out, "out");
        const mf_judge_options all = taken(options, "mf_judge_options");
        mf::check_usage(all.variant == nullptr && all.precision == nullptr,
                        "variant and precision are for mf_fid_open: a judge has neither");
        *out = new mf_judge{mf::door::OpenJudge(path, threads_of(all))};
    });
}
void mf_judge_free(mf_judge* judge) { delete judge; }

mf_status mf_judge_get_info(const mf_judge* judge, mf_judge_info* info) {
    return guarded([&] {
        need(judge, "judge");
        give(info, info_of(judge->judge), "mf_judge_info");
    });
}

mf_status mf_judge_describe(const mf_judge* judge, char** json) {
    return guarded([&] {
        need(judge, "judge");
        need(json, "json");
        *json = handed_out(description(judge->judge.judge()));
    });
}

mf_status mf_judge_features(const mf_judge* judge, const float* pictures, size_t count, mf_features* out,
                            const mf_cancel* cancel) {
    return guarded([&] {
        need(judge, "judge");
        need(pictures, "pictures");
        const mf_judge_info info = info_of(judge->judge);
        const mf_features to = places(out, count, info);
        const auto numbers = count * static_cast<std::size_t>(info.sample_size);
        put(judge->judge.features({pictures, numbers}, stop_of(cancel)), to);
    });
}

mf_status mf_fid_open(const char* path, const mf_judge_options* options, mf_fid** out) {
    return guarded([&] {
        need(path, "path");
        need(out, "out");
        const mf_judge_options all = taken(options, "mf_judge_options");
        *out = new mf_fid{mf::door::OpenFidNetwork(path, text_or(all.variant, "imf-jax"),
                                                   precision_of(all.precision), threads_of(all))};
    });
}
void mf_fid_free(mf_fid* fid) { delete fid; }

mf_status mf_fid_get_info(const mf_fid* fid, mf_judge_info* info) {
    return guarded([&] {
        need(fid, "fid");
        give(info, info_of(fid->network), "mf_judge_info");
    });
}

mf_status mf_fid_features(const mf_fid* fid, const uint8_t* pictures, size_t count, int64_t height,
                          int64_t width, int64_t channels, mf_features* out, const mf_cancel* cancel) {
    return guarded([&] {
        need(fid, "fid");
        need(pictures, "pictures");
        const int h = whole(height, "height", 1, 16384), w = whole(width, "width", 1, 16384);
        const int c = whole(channels, "channels", 1, 3);
        const mf_features to = places(out, count, info_of(fid->network));
        const auto bytes =
            count * static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c);
        put(fid->network.features({pictures, bytes}, h, w, c, stop_of(cancel)), to);
    });
}
