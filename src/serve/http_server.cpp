// SPDX-License-Identifier: MIT
#include "serve/http_server.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/error.hpp"

namespace mf::serve {
namespace {

Clock::time_point after(double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

HttpError full() { return HttpError(503, "too many connections are open", "try again in a second", 1); }

constexpr std::ptrdiff_t kMostRefused = 32;

/// The client went away: there is nobody to answer.
struct PeerLeft {};

}  // namespace

HttpServer::HttpServer(Listening listening, HttpLimits limits, HeadCheck check, Handler handler)
    : listening_(std::move(listening)),
      limits_(limits),
      check_(std::move(check)),
      handler_(std::move(handler)),
      acceptor_([this] { accept_all(); }) {}

HttpServer::~HttpServer() {
    stop();
    acceptor_.join();
    for (Connection& connection : connections_) connection.thread.join();
}

void HttpServer::stop() {
    stopping_ = true;
    ::shutdown(listening_.socket.get(), SHUT_RDWR);
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : connections_) ::shutdown(connection.socket.number(), SHUT_RDWR);
}

void HttpServer::accept_all() {
    while (!stopping_) {
        Descriptor taken(::accept4(listening_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (taken.open()) {
            take(std::move(taken));
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            // No descriptor is free: not a reason to spin.
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        } else if (errno == EINVAL || errno == EBADF) {
            return;  // stop() shut the socket down
        }
    }
}

void HttpServer::take(Descriptor descriptor) {
    const int on = 1;
    ::setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const bool room = make_room();
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (!room && std::ranges::count_if(connections_, &Connection::refused) >= kMostRefused) {
        // Too many to be waited for: it is told at once, whether it gets to read that or not.
        const Socket socket(std::move(descriptor));
        const HttpResponse answer = error_response(full());
        socket.write(head_text(answer, false) + answer.body, Clock::now() + std::chrono::milliseconds(1));
        return socket.finish();
    }
    Connection& connection = connections_.emplace_back(Connection{Socket(std::move(descriptor))});
    connection.refused = !room;
    try {
        connection.thread = std::thread([this, &connection] { serve(connection); });
    } catch (const std::system_error&) {
        connections_.pop_back();  // no thread to be had: the client sees the connection end
    }
}

bool HttpServer::make_room() {
    std::list<Connection> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto it = connections_.begin(); it != connections_.end();) {
            const auto next = std::next(it);
            if (it->done) ended.splice(ended.end(), connections_, it);
            it = next;
        }
    }
    for (Connection& connection : ended) connection.thread.join();
    const std::lock_guard lock(mutex_);
    const auto open = static_cast<std::size_t>(
        std::ranges::count_if(connections_, [](const Connection& one) { return !one.refused; }));
    if (open < limits_.connections) return true;
    // One that only waits for another request gives its place; the little while until its thread is gone counts above.
    Connection* oldest = nullptr;
    for (Connection& connection : connections_)
        if (connection.idle && !connection.done && !connection.refused &&
            (oldest == nullptr || connection.since < oldest->since))
            oldest = &connection;
    if (oldest == nullptr || open >= limits_.connections + 8) return false;
    ::shutdown(oldest->socket.number(), SHUT_RDWR);
    oldest->idle = false;
    return true;
}

void HttpServer::set_idle(Connection& connection, bool idle) {
    const std::lock_guard lock(mutex_);
    connection.idle = idle;
    connection.since = Clock::now();
}

void HttpServer::serve(Connection& connection) {
    std::string bytes;
    try {
        if (connection.refused) refuse(connection.socket);
        while (!connection.refused && !stopping_ && answer_one(connection, bytes)) {
        }
    } catch (const PeerLeft&) {
    } catch (const std::exception&) {
        // Memory ran out while an answer was made: this connection ends, the server does not.
    }
    connection.socket.finish();
    const std::lock_guard lock(mutex_);
    ::shutdown(connection.socket.number(), SHUT_RDWR);
    connection.idle = false;
    connection.done = true;
}

void HttpServer::refuse(const Socket& socket) {
    // Its request is read first: what is unread when a socket closes makes the system throw our answer away.
    std::string bytes;
    const auto deadline = after(0.5);
    while (bytes.size() < 4096 && bytes.find("\r\n\r\n") == std::string::npos &&
           socket.read(bytes, deadline) == ReadEnd::data) {
    }
    const HttpResponse answer = error_response(full());
    socket.write(head_text(answer, false) + answer.body, after(0.5));
    socket.finish();
    socket.drain(0.2);
}

HttpRequest HttpServer::read_request(Connection& connection, std::string& bytes, Clock::time_point deadline) {
    const auto more = [&] {
        const ReadEnd end = connection.socket.read(bytes, deadline);
        if (end == ReadEnd::closed) throw PeerLeft{};
        if (end == ReadEnd::late)
            throw HttpError(
                408, fmt::format("the request was not there after {:g} seconds", limits_.read_seconds));
    };
    std::size_t end = 0;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
        if (bytes.size() > limits_.head)
            throw HttpError(431, fmt::format("the headers are longer than {} bytes", limits_.head));
        more();
    }
    if (end > limits_.head)
        throw HttpError(431, fmt::format("the headers are longer than {} bytes", limits_.head));
    HttpRequest request = parse_head(std::string_view(bytes).substr(0, end));
    check_(request);
    const std::size_t body = body_bytes(request, limits_.body);
    bytes.erase(0, end + 4);
    if (const std::string* expect = request.header("expect"); expect != nullptr && body > bytes.size())
        connection.socket.write("HTTP/1.1 100 Continue\r\n\r\n", deadline);
    while (bytes.size() < body) more();
    request.body = bytes.substr(0, body);
    bytes.erase(0, body);
    return request;
}

HttpResponse HttpServer::handled(const HttpRequest& request, const Peer& peer) const {
    try {
        return handler_(request, peer);
    } catch (const HttpError& error) {
        return error_response(error);
    } catch (const UsageError& error) {
        return error_response(400, error.what(), error.hint());
    } catch (const Error& error) {
        return error_response(500, error.what(), error.hint());
    } catch (const std::bad_alloc&) {
        return error_response(503, "out of memory", "ask for less", 1);
    } catch (const std::exception& error) {
        return error_response(500, error.what(), "");
    }
}

bool HttpServer::answer_one(Connection& connection, std::string& bytes) {
    if (bytes.empty()) {
        set_idle(connection, true);
        if (connection.socket.read(bytes, after(limits_.idle_seconds)) != ReadEnd::data) return false;
    }
    set_idle(connection, false);
    HttpRequest request;
    HttpResponse response;
    bool whole = false;
    try {
        request = read_request(connection, bytes, after(limits_.read_seconds));
        whole = true;
    } catch (const HttpError& error) {
        response = error_response(error);
    }
    if (whole) response = handled(request, {[&] { return stopping_ || connection.socket.gone(); }});
    const bool keep = whole && request.keep_alive && !stopping_;
    const bool sent = send(connection.socket, request, response, keep);
    if (!whole && sent) {
        // What is unread when a socket closes makes the system throw our answer away.
        connection.socket.finish();
        connection.socket.drain(0.5);
    }
    return sent && keep && !response.stream;
}

bool HttpServer::send_body(const Socket& socket, const std::string& head, const std::string& body,
                           Clock::time_point deadline) {
    if (body.size() <= 65536) return socket.write(head + body, deadline);
    // Clients that take large answers slowly must not fill the memory: a single one always fits.
    const std::size_t others = writing_.fetch_add(body.size());
    bool sent = false;
    if (others == 0 || others + body.size() <= limits_.answers) {
        sent = socket.write(head, deadline) && socket.write(body, deadline);
    } else {
        const HttpResponse busy =
            error_response(503, "too many large answers are being sent", "try again in a second", 1);
        socket.write(head_text(busy, false) + busy.body, deadline);
    }
    writing_ -= body.size();
    return sent;
}

bool HttpServer::send(const Socket& socket, const HttpRequest& request, const HttpResponse& response,
                      bool keep_alive) {
    const bool head_only = request.method == "HEAD";
    const std::string head = head_text(response, keep_alive);
    const auto deadline = after(limits_.write_seconds);
    if (head_only) return socket.write(head, deadline);
    if (!response.stream) return send_body(socket, head, response.body, deadline);
    if (!socket.write(head, deadline)) return false;
    bool open = true;
    response.stream({[&](std::string_view text) {
                         open = open && !stopping_ && socket.write(text, after(limits_.write_seconds));
                         return open;
                     },
                     [&] { return !open || stopping_ || socket.gone(); }});
    return false;
}

}  // namespace mf::serve
