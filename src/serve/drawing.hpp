// SPDX-License-Identifier: MIT
// What requests of the API ask for, drawn: called by the one thread that works.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "serve/asks.hpp"
#include "serve/model_shelf.hpp"

namespace mf::serve {

struct Answer {
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Where and how it is drawn. `stop` is asked between network calls.
struct Studio {
    ModelShelf& shelf;
    AskLimits limits;
    Team& team;
    std::function<bool()> stop;
};

/// Errors are those of the library, and HttpError 413 for what would be too large.
Answer draw_sample(const Studio& studio, const DrawAsk& ask);
Answer draw_map(const Studio& studio, const MapAsk& ask);
Answer draw_interpolation(const Studio& studio, const InterpolateAsk& ask);
Answer draw_points(const Studio& studio, const PointsAsk& ask);

}  // namespace mf::serve
