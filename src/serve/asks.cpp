// SPDX-License-Identifier: MIT
#include "serve/asks.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "serve/http.hpp"

namespace mf::serve {
namespace {

constexpr std::int64_t kMostSeed = std::int64_t{1} << 53, kMostModels = 8, kMostRows = 32, kMostFrames = 128;
constexpr std::int64_t kMostPathNumbers = 2'000'000;  // models x steps x states x points

void check_amount(std::int64_t asked, std::int64_t most, const std::string& what, const std::string& hint) {
    if (asked > most)
        throw HttpError(
            413,
            fmt::format("{}: {} is more than {}, the most that one request may ask for", what, asked, most),
            hint);
}

ModelRef model_of(const Json& value, const std::string& key) {
    if (value.is_string()) return {-1, value.get<std::string>()};
    check_usage(value.is_number_integer() && value >= 0 && value <= 1'000'000,
                "{}: the name or the number of a model is expected", key);
    return {value.get<std::int64_t>(), {}};
}

LabelsAsk labels_of(const Json* value, const std::string& key) {
    LabelsAsk out;
    if (value == nullptr) return out;
    if (value->is_string()) {
        out.keyword = value->get<std::string>();
        const bool known = out.keyword == "balanced" || out.keyword == "random" || out.keyword == "none";
        if (!known)
            throw UsageError(
                fmt::format("{}: a list of classes, or balanced, random or none, is expected", key),
                "one class is a list, too: [\"cat\"]");
        return out;
    }
    check_usage(value->is_array() && !value->empty() && value->size() <= 1024,
                "{}: a list of 1 to 1024 classes, or balanced, random or none, is expected", key);
    out.keyword.clear();
    for (const Json& item : *value) {
        const bool number = item.is_number_integer() && item >= 0 && item <= 1'000'000'000;
        check_usage(number || item.is_string(), "{}: a class is a number from 0 on, or a name", key);
        if (number)
            out.list.emplace_back(item.get<std::int64_t>(), "");
        else
            out.list.emplace_back(-1, item.get<std::string>());
    }
    return out;
}

std::uint64_t seed_of(Fields& fields) {
    return static_cast<std::uint64_t>(fields.integer("seed", 0, 0, kMostSeed));
}

std::string client_in(Fields& fields) {
    const std::string out = fields.text("client", "");
    if (fields.has("client")) check_client(out);
    return out;
}

void read_steps(Fields& fields, const AskLimits& limits, DrawAsk& out) {
    out.steps = fields.integer("steps", 1, 1, 1'000'000);
    check_amount(out.steps, limits.steps, "steps", "the server's --most-steps is the limit");
    out.solver = fields.word("solver", "auto", {"auto", "average", "euler", "heun"});
}

/// What all three have, but for guidance, labels and count.
DrawAsk read_common(const Json& object, Fields& fields, const AskLimits& limits,
                    const std::vector<std::string>& formats, bool json_only) {
    DrawAsk out;
    if (const Json* model = fields.value("model")) out.model = model_of(*model, "model");
    read_steps(fields, limits, out);
    out.zoom = fields.integer("zoom", 0, 0, 64);
    out.client = client_in(fields);
    std::vector<std::string> known = formats;
    if (json_only)
        std::erase_if(known, [](const std::string& format) { return format == "png" || format == "npz"; });
    out.format = fields.word("format", json_only ? "sheet" : "png", known);
    Json echo = object;
    echo.erase("client");
    out.echo = json_text(echo);
    return out;
}

void read_guidance(Fields& fields, DrawAsk& out) {
    out.omega = fields.reals("omega", 0, 1000, 1024);
    if (const Json* interval = fields.value("interval"))
        out.interval = Fields::interval_of(*interval, "interval");
}

NoiseEnd noise_of(Fields& fields, const std::string& key, std::uint64_t otherwise) {
    const Json* value = fields.value(key);
    if (value == nullptr) return {otherwise, 0};
    if (!value->is_object()) {
        const Json wrapped{{key, *value}};
        Fields alone(wrapped, key);
        return {static_cast<std::uint64_t>(alone.integer(key, 0, 0, kMostSeed)), 0};
    }
    Fields own(*value, key);
    NoiseEnd out{seed_of(own), own.integer("index", 0, 0, kMostSeed)};
    own.finish();
    return out;
}

}  // namespace

void check_client(const std::string& client) {
    const bool fine =
        !client.empty() && client.size() <= 64 && std::ranges::all_of(client, [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_';
        });
    check_usage(fine, "client: 1 to 64 letters, digits, - or _ are expected");
}

DrawAsk read_sample(const Json& object, const AskLimits& limits, bool json_only) {
    Fields fields(object, "sample");
    DrawAsk out = read_common(object, fields, limits, {"png", "sheet", "pictures", "npz", "json"}, json_only);
    out.labels = labels_of(fields.value("labels"), "labels");
    read_guidance(fields, out);
    out.count = fields.integer("count", 0, 1, 1'000'000'000);
    check_amount(out.count, limits.count, "count", "the server's --most-count is the limit");
    out.first = fields.integer("first", 0, 0, kMostSeed);
    out.seed = seed_of(fields);
    out.columns = fields.integer("columns", 0, 0, 1024);
    fields.finish();
    return out;
}

MapAsk read_map(const Json& object, const AskLimits& limits, bool json_only) {
    Fields fields(object, "map");
    MapAsk out{read_common(object, fields, limits, {"png", "sheet", "pictures"}, json_only), {}, {}};
    out.draw.labels = labels_of(fields.value("labels"), "labels");
    out.omega = fields.reals("omega", 0, 1000, kMostRows);
    if (const Json* intervals = fields.value("intervals")) {
        check_usage(intervals->is_array() && !intervals->empty() && intervals->size() <= kMostRows,
                    "intervals: a list of 1 to {} pairs [t_min, t_max] is expected", kMostRows);
        for (const Json& pair : *intervals) out.intervals.push_back(Fields::interval_of(pair, "intervals"));
    }
    out.draw.count = fields.integer("count", 1, 1, 16);
    out.draw.first = fields.integer("first", 0, 0, kMostSeed);
    out.draw.seed = seed_of(fields);
    const auto cells = static_cast<std::int64_t>(std::max<std::size_t>(out.omega.size(), 1) *
                                                 std::max<std::size_t>(out.intervals.size(), 1));
    check_amount(cells * out.draw.count, limits.count, "rows x columns x count",
                 "the server's --most-count is the limit");
    fields.finish();
    return out;
}

InterpolateAsk read_interpolate(const Json& object, const AskLimits& limits, bool json_only) {
    Fields fields(object, "interpolate");
    InterpolateAsk out{read_common(object, fields, limits, {"png", "sheet", "pictures"}, json_only), {}, {}};
    out.from = noise_of(fields, "from", 0);
    out.to = noise_of(fields, "to", 1);
    out.frames = fields.integer("frames", 8, 2, kMostFrames);
    check_amount(out.frames, limits.count, "frames", "the server's --most-count is the limit");
    out.draw.labels.keyword = "none";
    if (const Json* label = fields.value("label")) {
        const Json list = Json::array({*label});
        out.draw.labels = *label == "none" ? LabelsAsk{"none", {}} : labels_of(&list, "label");
    }
    read_guidance(fields, out.draw);
    check_usage(out.draw.omega.size() <= 1, "omega: one number is expected");
    out.draw.columns = fields.integer("columns", 0, 0, 1024);
    out.draw.seed = out.from.seed;
    out.draw.count = out.frames;
    fields.finish();
    return out;
}

PointsAsk read_points_ask(const Json& object, const AskLimits& limits) {
    Fields fields(object, "points");
    PointsAsk out;
    if (const Json* models = fields.value("models")) {
        check_usage(models->is_array() && !models->empty() && models->size() <= kMostModels,
                    "models: a list of 1 to {} models is expected", kMostModels);
        for (const Json& model : *models) out.models.push_back(model_of(model, "models"));
    }
    out.steps = fields.integers("steps", 1, 1'000'000, 8);
    if (out.steps.empty()) out.steps = {1};
    for (const std::int64_t steps : out.steps)
        check_amount(steps, limits.steps, "steps", "the server's --most-steps is the limit");
    out.count = fields.integer("count", 1000, 1, 1'000'000);
    out.states = fields.integer("states", 101, 2, 1001);
    out.data = fields.integer("data", 0, 0, 20000);
    out.seed = seed_of(fields);
    out.solver = fields.word("solver", "auto", {"auto", "average", "euler", "heun"});
    out.encoding = fields.word("encoding", "base64", {"base64", "numbers"});
    out.client = client_in(fields);
    std::int64_t numbers = 0;
    for (const std::int64_t steps : out.steps) numbers += std::min(steps + 1, out.states) * out.count;
    check_amount(numbers * std::max<std::int64_t>(1, std::ssize(out.models)), kMostPathNumbers,
                 "models x states x points", "fewer points, states or steps");
    fields.finish();
    return out;
}

EventAsk read_event_ask(const Json& object) {
    Fields fields(object, "ask");
    EventAsk out;
    out.client = fields.text("client", "");
    check_client(out.client);
    out.lane = fields.text("lane", "", 64);
    if (!out.lane.empty())
        check_usage(
            std::ranges::all_of(out.lane,
                                [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; }),
            "lane: letters, digits, - or _ are expected");
    check_usage(fields.has("id"), "ask: there is no id");
    out.id = fields.integer("id", 0, 0, kMostSeed);
    out.path = fields.word("path", "", {"/api/sample", "/api/map", "/api/interpolate", "/api/points"});
    const Json* body = fields.value("body");
    check_usage(body != nullptr && body->is_object(), "ask: body has to be the JSON object that {} takes",
                out.path);
    out.body = *body;
    fields.finish();
    return out;
}

}  // namespace mf::serve
