// SPDX-License-Identifier: MIT
// The page and its API, served: docs/serve.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "generate/open_model.hpp"
#include "generate/vae_decoder.hpp"
#include "serve/asks.hpp"
#include "serve/http_server.hpp"

namespace mf::serve {

struct ServiceRequest {
    std::vector<std::filesystem::path> sources;  ///< runs, files of weights, folders of runs
    std::string address = "127.0.0.1";
    int port = 8080;    ///< 0: any that is free
    std::string token;  ///< "": whoever reaches the address may ask
    ModelChoice choice;
    std::optional<VaeRequest> vae;
    int threads = 0;  ///< of the network; 0: all cores
    AskLimits limits;
    HttpLimits http;
    std::size_t most_waiting = 16;
    double seconds = 60;                  ///< that a request may take
    std::function<void()> while_reading;  ///< called now and then while the models are read
};

class Service {
  public:
    /// Reads the models, listens and serves. UsageError for sources, an address or a token that cannot be; Error when the
    /// port is taken.
    explicit Service(const ServiceRequest& request);
    /// Ends everything; waits for the network call that goes on.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    int port() const;
    /// "http://127.0.0.1:8080/"
    std::string address() const;
    /// What is worth knowing about what is served, a line each.
    std::vector<std::string> remarks() const;
    /// Takes no more, cancels all and waits for what goes on, `seconds` at most. False when a network call is still going
    /// on then: the destructor would wait for it.
    bool stop(double seconds);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mf::serve
