// SPDX-License-Identifier: MIT
#include "serve/service.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "ops/devices.hpp"
#include "serve/guard.hpp"
#include "serve/run_shelf.hpp"
#include "serve/site.hpp"
#include "serve/targets.hpp"

namespace mf::serve {

struct Service::Parts {
    explicit Parts(const ServiceRequest& request)
        : guard(request.address, request.token),
          targets(request.sources),
          models(targets, request.choice, request.vae),
          runs(targets, models),
          queue(request.threads, request.most_waiting),
          site(models, runs, queue, guard, {request.limits, request.http, request.seconds}) {}

    Guard guard;
    Targets targets;
    ModelShelf models;
    RunShelf runs;
    WorkQueue queue;
    Site site;
    std::unique_ptr<HttpServer> server;
    std::string address;
};

Service::Service(const ServiceRequest& request) : parts_(std::make_unique<Parts>(request)) {
    {  // words that name no device are no fault of a model
        Team one(1);
        (void)open_device(request.choice.device, one);
    }
    Listening listening = listen_at(request.address, request.port);
    parts_->guard.set_port(listening.port);
    const bool v6 = request.address.find(':') != std::string::npos;
    parts_->address =
        fmt::format("http://{}:{}/", v6 ? "[" + request.address + "]" : request.address, listening.port);
    constexpr double kSecondsToRead = 3600;
    parts_->site.refresh(kSecondsToRead, {[&request] {
                             if (request.while_reading) request.while_reading();
                             return false;
                         }});
    parts_->models.check_named();
    Site& site = parts_->site;
    const Guard& guard = parts_->guard;
    parts_->server = std::make_unique<HttpServer>(
        std::move(listening), request.http, [&guard](const HttpRequest& head) { guard.check(head); },
        [&site](const HttpRequest& asked, const Peer& peer) { return site.answer(asked, peer); });
}

Service::~Service() {
    // Who waits is let go first, then nobody asks any more, then the last work ends: it uses everything else.
    parts_->queue.stop();
    parts_->server.reset();
    parts_->queue.join();
}

int Service::port() const { return parts_->server->port(); }
std::string Service::address() const { return parts_->address; }

std::vector<std::string> Service::remarks() const {
    std::vector<std::string> out;
    const Json list = parts_->models.list();
    for (const Json& model : list["models"])
        for (const Json& line : model["remarks"])
            out.push_back(fmt::format("{}: {}", model["name"].get<std::string>(), line.get<std::string>()));
    for (const Json& one : list["unavailable"]) out.push_back(one["why"].get<std::string>());
    return out;
}

bool Service::stop(double seconds) {
    parts_->server->stop();
    parts_->queue.stop();
    return parts_->queue.idle_within(seconds);
}

}  // namespace mf::serve
