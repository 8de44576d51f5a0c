// SPDX-License-Identifier: MIT
// The runs that are served: what they are, their curves and sheets, while they train and afterwards.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "serve/http.hpp"
#include "serve/json_fields.hpp"
#include "serve/model_shelf.hpp"
#include "serve/run_log.hpp"
#include "serve/targets.hpp"

namespace mf::serve {

/// What an open page is told when it changes.
struct RunState {
    std::string name, stamp;
    std::int64_t step = 0;
    bool training = false;
};

/// Safe to call from several threads. Files are looked at again when the last look was more than half a second ago.
class RunShelf {
  public:
    RunShelf(Targets& targets, const ModelShelf& models) : targets_(targets), models_(models) {}

    /// {"runs": [...]}
    Json list();
    /// One of these, with its settings. HttpError 404 when there is no such run.
    Json one(const std::string& name);
    /// Columns of its log. UsageError for parameters that make no sense, HttpError 404 for a column that is not there.
    Json curves(const std::string& name, const std::map<std::string, std::string>& query);
    /// The bytes of a PNG. HttpError 404 when there is none of that step.
    std::string sheet(const std::string& name, const std::string& step);
    std::vector<RunState> states();

  private:
    struct Followed {
        explicit Followed(const std::filesystem::path& path) : log(path / "metrics.jsonl") {}
        RunLog log;
        Clock::time_point looked{};
        std::string config_stamp;  ///< of config.yaml
        Json keys;                 ///< what the configuration says
        Json settings;
        std::vector<std::int64_t> sheets, checkpoints;
        bool training = false;
        double updated = 0;
    };

    Target find(const std::string& name) const;
    Followed& followed(const Target& run);
    Json description(const Target& run, const Followed& about) const;

    Targets& targets_;
    const ModelShelf& models_;
    std::mutex mutex_;
    std::map<std::string, Followed> followed_;  ///< by name
};

}  // namespace mf::serve
