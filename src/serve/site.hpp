// SPDX-License-Identifier: MIT
// Which path is answered by what.
#pragma once

#include <memory>
#include <string>

#include "core/stopwatch.hpp"
#include "serve/drawing.hpp"
#include "serve/guard.hpp"
#include "serve/http_server.hpp"
#include "serve/mailboxes.hpp"
#include "serve/model_shelf.hpp"
#include "serve/run_shelf.hpp"
#include "serve/work_queue.hpp"

namespace mf::serve {

struct SiteLimits {
    AskLimits asks;
    HttpLimits http;
    double seconds = 60;
};

class Site {
  public:
    Site(ModelShelf& models, RunShelf& runs, WorkQueue& queue, const Guard& guard, SiteLimits limits);

    /// Answers one request; errors are thrown (HttpError and those of the library).
    HttpResponse answer(const HttpRequest& request, const Peer& peer);
    /// Describes models that are new, waiting for it `seconds` at most. False when that could not be done now.
    bool refresh(double seconds, const Peer& peer);

  private:
    HttpResponse health();
    HttpResponse models(const Peer& peer);
    HttpResponse draw(const HttpRequest& request, const Peer& peer);
    HttpResponse ask(const HttpRequest& request);
    HttpResponse events(const HttpRequest& request);
    HttpResponse runs(const HttpRequest& request);
    void stream(const std::string& client, Mailbox& box, const StreamSink& sink);
    /// What the path draws, to be called by the worker. Throws for bodies that make no sense.
    std::function<Answer(const Studio&)> drawer(const std::string& path, const Json& body, bool json_only,
                                                std::string& client) const;
    Studio studio(Team& team, const std::function<bool()>& stop) const;

    ModelShelf& models_;
    RunShelf& runs_;
    WorkQueue& queue_;
    const Guard& guard_;
    const SiteLimits limits_;
    Mailboxes mailboxes_;
    const Stopwatch since_;
};

}  // namespace mf::serve
