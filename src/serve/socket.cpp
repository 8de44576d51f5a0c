// SPDX-License-Identifier: MIT
#include "serve/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/error.hpp"

namespace mf::serve {
namespace {

/// Waits for `events`; false at the deadline.
bool wait_for(int socket, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd one{socket, events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<long long>(left, 60000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // the call that follows says what is wrong
    }
}

union AnyAddress {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

AnyAddress address_of(const std::string& text, int port) {
    AnyAddress out{};
    if (::inet_pton(AF_INET, text.c_str(), &out.v4.sin_addr) == 1) {
        out.v4.sin_family = AF_INET;
        out.v4.sin_port = htons(static_cast<std::uint16_t>(port));
        return out;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &out.v6.sin6_addr) == 1) {
        out.v6.sin6_family = AF_INET6;
        out.v6.sin6_port = htons(static_cast<std::uint16_t>(port));
        return out;
    }
    throw UsageError(fmt::format("--listen {}: this is no address", text),
                     "a number, for example 127.0.0.1, 0.0.0.0 (every IPv4 address of this machine) or ::1");
}

}  // namespace

ReadEnd Socket::read(std::string& out, Clock::time_point deadline) const {
    std::array<char, 16384> buffer;
    for (;;) {
        if (!wait_for(number(), POLLIN, deadline)) return ReadEnd::late;
        const ssize_t got = ::recv(number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got > 0) {
            out.append(buffer.data(), static_cast<std::size_t>(got));
            return ReadEnd::data;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) return ReadEnd::closed;
    }
}

bool Socket::write(std::string_view bytes, Clock::time_point deadline) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (!wait_for(number(), POLLOUT, deadline)) return false;
    }
    return true;
}

bool Socket::gone() const {
    char byte = 0;
    const ssize_t got = ::recv(number(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void Socket::finish() const { ::shutdown(number(), SHUT_WR); }

void Socket::drain(double seconds) const {
    const auto deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    std::string dropped;
    while (Clock::now() < deadline && read(dropped, deadline) == ReadEnd::data) dropped.clear();
}

bool is_loopback(const std::string& address) {
    const AnyAddress at = address_of(address, 0);
    if (at.any.sa_family == AF_INET) return ntohl(at.v4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr) != 0;
}

Listening listen_at(const std::string& address, int port) {
    AnyAddress at = address_of(address, port);
    Listening out{Descriptor(::socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0)), port, address};
    check(out.socket.open(), "[serve] no socket: {}", system_text(errno));
    const int on = 1;
    ::setsockopt(out.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = at.any.sa_family == AF_INET ? sizeof at.v4 : sizeof at.v6;
    const int code =
        ::bind(out.socket.get(), &at.any, size) != 0 || ::listen(out.socket.get(), 128) != 0 ? errno : 0;
    if (code != 0)
        throw Error(
            fmt::format("[serve] {} port {}: {}", address, port, system_text(code)),
            code == EADDRINUSE
                ? "another program listens there; --port N takes another one, --port 0 any that is free"
                : "");
    check(::getsockname(out.socket.get(), &at.any, &size) == 0, "[serve] {}", system_text(errno));
    out.port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return out;
}

}  // namespace mf::serve
