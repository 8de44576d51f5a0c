// SPDX-License-Identifier: MIT
#include "serve/site.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/shown.hpp"
#include "serve/api_words.hpp"
#include "serve/page_files.hpp"
#include "train/build_info.hpp"

namespace mf::serve {
namespace {

HttpResponse json_response(const Json& value, int status = 200) {
    HttpResponse out;
    out.status = status;
    out.body = json_text(value) + "\n";
    return out;
}

void require_method(const HttpRequest& request, const std::string& method) {
    if (request.method == method || (method == "GET" && request.method == "HEAD")) return;
    throw HttpError::other_method(
        fmt::format("{} takes {}, not {}", shown(request.path), method, shown(request.method)), method);
}

Json body_of(const HttpRequest& request) {
    const std::string* type = request.header("content-type");
    // Pages of other sites cannot send this type without asking first, which is refused.
    if (type == nullptr || !(*type == "application/json" || type->starts_with("application/json;")))
        throw HttpError(415, "the body has to be application/json",
                        "send the header 'Content-Type: application/json'");
    return parse_object(request.body);
}

std::string event_text(const Event& event) {
    return fmt::format("event: {}\ndata: {}\n\n", event.name, event.data);
}

/// Tells what changed since it was last asked.
class RunWatch {
  public:
    explicit RunWatch(RunShelf& runs) : runs_(runs) {}

    /// Events since the last call; those of the first call say nothing new and are left out.
    std::vector<Event> news() {
        std::vector<Event> out;
        if (Clock::now() - looked_ < std::chrono::seconds(1)) return out;
        const bool first = looked_ == Clock::time_point{};
        looked_ = Clock::now();
        std::map<std::string, std::string> now;
        for (const RunState& run : runs_.states()) {
            now[run.name] = run.stamp;
            const auto before = stamps_.find(run.name);
            if (!first && before != stamps_.end() && before->second != run.stamp)
                out.push_back(
                    {"run", json_text({{"name", run.name}, {"step", run.step}, {"training", run.training}}),
                     ""});
        }
        const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
        if (!first && !std::ranges::equal(now, stamps_, same)) out.push_back({"runs", "{}", ""});
        stamps_ = std::move(now);
        return out;
    }

  private:
    RunShelf& runs_;
    Clock::time_point looked_{};
    std::map<std::string, std::string> stamps_;
};

}  // namespace

Site::Site(ModelShelf& models, RunShelf& runs, WorkQueue& queue, const Guard& guard, SiteLimits limits)
    : models_(models), runs_(runs), queue_(queue), guard_(guard), limits_(limits), mailboxes_(queue) {}

Studio Site::studio(Team& team, const std::function<bool()>& stop) const {
    return {models_, limits_.asks, team, stop};
}

bool Site::refresh(double seconds, const Peer& peer) {
    if (!models_.stale()) return true;
    try {
        const auto job = queue_.submit([this](Team& team, const auto&) { models_.refresh(team); }, seconds);
        queue_.wait(job, peer.gone);
        return true;
    } catch (const HttpError&) {
        return false;  // what is known so far will do
    }
}

HttpResponse Site::health() {
    return json_response({{"status", "ok"},
                          {"version", program_version()},
                          {"models", models_.size()},
                          {"waiting", queue_.waiting()},
                          {"working", queue_.working()},
                          {"uptime", since_.seconds()}});
}

HttpResponse Site::models(const Peer& peer) {
    constexpr double kSecondsToWait = 5;  // then what is known so far will do
    refresh(std::min(kSecondsToWait, limits_.seconds), peer);
    Json out = models_.list();
    for (Json& model : out["models"])
        for (Json& line : model["remarks"]) line = in_json()(line.get<std::string>());
    const AskLimits& asks = limits_.asks;
    out["limits"] = {{"count", asks.count},
                     {"steps", asks.steps},
                     {"numbers", asks.numbers},
                     {"body", limits_.http.body},
                     {"waiting", queue_.most_waiting()},
                     {"seconds", limits_.seconds}};
    out["version"] = program_version();
    return json_response(out);
}

std::function<Answer(const Studio&)> Site::drawer(const std::string& path, const Json& body, bool json_only,
                                                  std::string& client) const {
    const auto bound = [&client](auto ask, const std::string& own,
                                 auto draw) -> std::function<Answer(const Studio&)> {
        client = own;
        return [ask = std::move(ask), draw](const Studio& studio) { return draw(studio, ask); };
    };
    if (path == "/api/sample") {
        DrawAsk ask = read_sample(body, limits_.asks, json_only);
        models_.find(ask.model);
        return bound(ask, ask.client, draw_sample);
    }
    if (path == "/api/map") {
        MapAsk ask = read_map(body, limits_.asks, json_only);
        models_.find(ask.draw.model);
        return bound(ask, ask.draw.client, draw_map);
    }
    if (path == "/api/interpolate") {
        InterpolateAsk ask = read_interpolate(body, limits_.asks, json_only);
        models_.find(ask.draw.model);
        return bound(ask, ask.draw.client, draw_interpolation);
    }
    PointsAsk ask = read_points_ask(body, limits_.asks);
    for (const ModelRef& model : ask.models) models_.find(model);
    return bound(ask, ask.client, draw_points);
}

HttpResponse Site::draw(const HttpRequest& request, const Peer& peer) {
    require_method(request, "POST");
    std::string client;
    const auto work = drawer(request.path, body_of(request), false, client);
    const auto answer = std::make_shared<Answer>();
    const auto submit = [&] {
        return queue_.submit(
            [this, work, answer](Team& team, const auto& stop) { *answer = work(studio(team, stop)); },
            limits_.seconds,
            [this, client](const std::shared_ptr<Job>& done) {
                if (!client.empty()) mailboxes_.leave(client, "", done);
            });
    };
    queue_.wait(client.empty() ? submit() : mailboxes_.enter(client, "", submit), peer.gone);
    HttpResponse out;
    out.type = answer->type;
    out.body = std::move(answer->body);
    out.headers = std::move(answer->headers);
    return out;
}

HttpResponse Site::ask(const HttpRequest& request) {
    require_method(request, "POST");
    const EventAsk ask = read_event_ask(body_of(request));
    const std::shared_ptr<Mailbox> box = mailboxes_.find(ask.client);
    if (box == nullptr)
        throw HttpError(409, "this client has no stream of events",
                        "open /api/events?client=" + ask.client + " first");
    std::string unused;
    const auto work = drawer(ask.path, ask.body, true, unused);
    const auto answer = std::make_shared<Answer>();
    const Json head{{"id", ask.id}, {"lane", ask.lane}};
    const auto tell = [this, head, answer, box, client = ask.client,
                       lane = ask.lane](const std::shared_ptr<Job>& done) {
        mailboxes_.leave(client, lane, done);
        Json data = head;
        const auto failed = [&data](int status, const Error& error) {
            data.update(
                {{"status", status}, {"error", in_json()(error.what())}, {"hint", in_json()(error.hint())}});
        };
        try {
            queue_.rethrow(*done);
            std::string text = json_text(head);
            text.pop_back();
            while (!answer->body.empty() && answer->body.back() == '\n') answer->body.pop_back();
            return Mailboxes::post(*box, {"answer", text + ",\"answer\":" + answer->body + "}", lane});
        } catch (const HttpError& error) {
            if (error.status() == 409) return Mailboxes::post(*box, {"cancelled", json_text(data), lane});
            failed(error.status(), error);
        } catch (const UsageError& error) {
            failed(400, error);
        } catch (const Error& error) {
            failed(500, error);
        } catch (const std::exception& error) {
            data.update({{"status", 500}, {"error", error.what()}, {"hint", ""}});
        }
        Mailboxes::post(*box, {"failed", json_text(data), lane});
    };
    mailboxes_.enter(ask.client, ask.lane, [&] {
        return queue_.submit(
            [this, work, answer](Team& team, const auto& stop) { *answer = work(studio(team, stop)); },
            limits_.seconds, tell);
    });
    return json_response({{"id", ask.id}}, 202);
}

HttpResponse Site::events(const HttpRequest& request) {
    require_method(request, "GET");
    const auto found = request.query.find("client");
    const std::string client = found == request.query.end() ? "" : found->second;
    check_client(client);
    HttpResponse out;
    out.type = "text/event-stream";
    if (request.method != "GET") return out;
    const std::shared_ptr<Mailbox> box = mailboxes_.open(client);
    // Closed with the last copy of the answer, whatever becomes of the connection.
    const std::shared_ptr<void> closing(nullptr,
                                        [this, client, box](void*) { mailboxes_.close(client, box); });
    out.stream = [this, client, box, closing](const StreamSink& sink) { stream(client, *box, sink); };
    return out;
}

HttpResponse Site::runs(const HttpRequest& request) {
    require_method(request, "GET");
    const std::vector<std::string>& parts = request.parts;
    if (parts.size() == 2) return json_response(runs_.list());
    if (parts.size() == 3) return json_response(runs_.one(parts[2]));
    if (parts.size() == 4 && parts[3] == "curves")
        return json_response(runs_.curves(parts[2], request.query));
    if (parts.size() == 5 && parts[3] == "sheets") {
        HttpResponse out;
        out.type = "image/png";
        out.body = runs_.sheet(parts[2], parts[4]);
        return out;
    }
    throw HttpError(404, fmt::format("there is no {}", shown(request.path)), "docs/serve.md lists the paths");
}

void Site::stream(const std::string& client, Mailbox& box, const StreamSink& sink) {
    bool open = sink.write("retry: 1000\n\n" + event_text({"hello", json_text({{"client", client}}), ""}));
    auto spoke = Clock::now();
    RunWatch watch(runs_);
    while (open && !sink.ended()) {
        std::deque<Event> events;
        {
            std::unique_lock lock(box.mutex);
            box.changed.wait_for(lock, std::chrono::milliseconds(500),
                                 [&] { return !box.events.empty() || box.closed; });
            if (box.closed) break;
            events.swap(box.events);
        }
        for (Event& event : watch.news()) events.push_back(std::move(event));
        for (const Event& event : events) open = open && sink.write(event_text(event));
        if (!events.empty()) spoke = Clock::now();
        if (Clock::now() - spoke > std::chrono::seconds(10)) {
            open = open && sink.write(": still here\n\n");
            spoke = Clock::now();
        }
    }
}

HttpResponse Site::answer(const HttpRequest& request, const Peer& peer) {
    if (auto welcome = guard_.welcome(request)) return *welcome;
    const std::string& path = request.path;
    if (path == "/healthz") return require_method(request, "GET"), health();
    if (path == "/api/models") return require_method(request, "GET"), models(peer);
    if (path == "/api/sample" || path == "/api/map" || path == "/api/interpolate" || path == "/api/points")
        return draw(request, peer);
    if (path == "/api/ask") return ask(request);
    if (path == "/api/events") return events(request);
    if (request.parts.size() >= 2 && request.parts[0] == "api" && request.parts[1] == "runs")
        return runs(request);
    const std::string name = path == "/" ? "index.html" : path.substr(1);
    for (const PageFile& file : page_files()) {
        if (file.name != name) continue;
        require_method(request, "GET");
        HttpResponse out;
        out.type = std::string(file.type);
        out.body = std::string(file.text);
        return out;
    }
    throw HttpError(404, fmt::format("there is no {}", shown(path)), "docs/serve.md lists the paths");
}

}  // namespace mf::serve
