// SPDX-License-Identifier: MIT
// What requests of the API ask for, read from their JSON: no sockets, no models. docs/serve.md describes every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generate/noise_between.hpp"
#include "serve/json_fields.hpp"

namespace mf::serve {

/// What one request may ask for.
struct AskLimits {
    std::int64_t count = 1024, steps = 1000;
    std::int64_t numbers = std::int64_t{1} << 22;  ///< floats of all samples of an answer
};

/// A model of the list: a number or, where that is negative, a name.
struct ModelRef {
    std::int64_t index = 0;
    std::string name = {};
};

/// Classes: a keyword, or a list of numbers and (where the number is negative) names.
struct LabelsAsk {
    std::string keyword = "balanced";
    std::vector<std::pair<std::int64_t, std::string>> list;
};

using Interval = std::pair<double, double>;

/// What all requests for pictures have.
struct DrawAsk {
    ModelRef model;
    LabelsAsk labels;
    std::vector<double> omega;
    std::optional<Interval> interval;
    std::int64_t count = 0;  ///< 0: as usual for the model
    std::int64_t steps = 1, first = 0, columns = 0, zoom = 0;
    std::uint64_t seed = 0;
    std::string solver = "auto", format, client;
    std::string echo = {};  ///< the request as JSON
};

struct MapAsk {
    DrawAsk draw;                     ///< without omega and interval
    std::vector<double> omega;        ///< rows
    std::vector<Interval> intervals;  ///< columns
};

struct InterpolateAsk {
    DrawAsk draw;
    NoiseEnd from, to;
    std::int64_t frames = 8;
};

struct PointsAsk {
    std::vector<ModelRef> models;  ///< empty: all that draw points
    std::vector<std::int64_t> steps;
    std::int64_t count = 1000, states = 101, data = 0;
    std::uint64_t seed = 0;
    std::string solver = "auto", encoding, client;
};

/// One of the four, to be answered by an event.
// A JSON value may run out of memory where it is destroyed. NOLINTNEXTLINE(bugprone-exception-escape)
struct EventAsk {
    std::string client, lane, path;
    std::int64_t id = 0;
    Json body;
};

/// All throw UsageError for what makes no sense, and HttpError 413 for what is too much. `json_only`: formats that are not
/// JSON are refused, and "sheet" is the default.
DrawAsk read_sample(const Json& object, const AskLimits& limits, bool json_only = false);
MapAsk read_map(const Json& object, const AskLimits& limits, bool json_only = false);
InterpolateAsk read_interpolate(const Json& object, const AskLimits& limits, bool json_only = false);
PointsAsk read_points_ask(const Json& object, const AskLimits& limits);
EventAsk read_event_ask(const Json& object);
/// 1 to 64 letters, digits, "-" and "_". UsageError for anything else.
void check_client(const std::string& client);

}  // namespace mf::serve
