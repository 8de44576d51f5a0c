// SPDX-License-Identifier: MIT
// Connections: a bounded number of them, each with a thread of its own and deadlines for all that it reads and writes.
//
// Debian's cpp-httplib was looked at for this: it has no bound on what waits, no deadline for a whole request, and it
// brings OpenSSL into the program. What is needed of HTTP here is small.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "serve/http.hpp"
#include "serve/socket.hpp"

namespace mf::serve {

struct HttpLimits {
    std::size_t connections = 64;
    std::size_t head = 16384, body = 65536;        ///< bytes
    double read_seconds = 10;                      ///< for a whole request, from its first byte
    double write_seconds = 30;                     ///< for a whole answer; of a stream: for each event
    std::size_t answers = std::size_t{256} << 20;  ///< bytes of all answers that are being written
    double idle_seconds = 15;                      ///< between two requests of a connection
};

/// The other end of a request that is being answered.
struct Peer {
    std::function<bool()> gone;  ///< it is not there any more, or the server ends
};

/// Errors that a handler throws become answers by themselves.
using Handler = std::function<HttpResponse(const HttpRequest&, const Peer&)>;
/// A request whose head was read, before its body is: throws HttpError to refuse it.
using HeadCheck = std::function<void(const HttpRequest&)>;

class HttpServer {
  public:
    /// Serves at once.
    HttpServer(Listening listening, HttpLimits limits, HeadCheck check, Handler handler);
    /// Ends every connection and waits for the threads: handlers have to return soon after Peer::gone says so.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    int port() const { return listening_.port; }
    /// No connection is taken any more, and those that there are end; does not wait.
    void stop();

  private:
    struct Connection {
        Socket socket;
        std::thread thread = {};
        Clock::time_point since = Clock::now();
        bool idle = true, done = false;
        bool refused = false;  ///< beyond the bound: it is told so, and ended
    };

    void accept_all();
    void take(Descriptor descriptor);
    /// Makes room: forgets those that ended, and ends the one that has been idle for longest when all places are taken.
    /// False when there is none.
    bool make_room();
    void serve(Connection& connection);
    static void refuse(const Socket& socket);
    bool answer_one(Connection& connection, std::string& bytes);
    HttpRequest read_request(Connection& connection, std::string& bytes, Clock::time_point deadline);
    HttpResponse handled(const HttpRequest& request, const Peer& peer) const;
    bool send(const Socket& socket, const HttpRequest& request, const HttpResponse& response,
              bool keep_alive);
    bool send_body(const Socket& socket, const std::string& head, const std::string& body,
                   Clock::time_point deadline);
    void set_idle(Connection& connection, bool idle);

    Listening listening_;
    const HttpLimits limits_;
    const HeadCheck check_;
    const Handler handler_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::size_t> writing_ = 0;  ///< bytes of answers that are being written
    std::mutex mutex_;
    std::list<Connection> connections_;
    std::thread acceptor_;
};

}  // namespace mf::serve
