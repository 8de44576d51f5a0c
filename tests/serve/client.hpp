// SPDX-License-Identifier: MIT
// A client that says exactly what it is told, byte for byte.
#pragma once

#include <chrono>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mf::test {

struct Reply {
    int status = 0;  ///< 0: the connection ended without an answer
    std::string head, body;
    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
    bool has(const std::string& text) const { return head.find(text) != std::string::npos; }
};

class Client {
  public:
    explicit Client(int port) : port_(port), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool send(const std::string& bytes) {
        return connected_ && ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                                 static_cast<ssize_t>(bytes.size());
    }
    /// Adds what comes within `seconds`; false: nothing, or the other side has closed.
    bool read_more(double seconds = 20) {
        pollfd one{socket_, POLLIN, 0};
        if (::poll(&one, 1, static_cast<int>(seconds * 1000)) <= 0) return false;
        char buffer[65536];
        const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
        if (got <= 0) return closed_ = true, false;
        bytes_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    /// The next answer.
    Reply read() {
        Reply out;
        std::size_t end = 0;
        while ((end = bytes_.find("\r\n\r\n")) == std::string::npos)
            if (!read_more()) return out;
        out.head = bytes_.substr(0, end + 2);
        out.status = std::stoi(out.head.substr(9, 3));
        const std::size_t at = out.head.find("Content-Length: ");
        const std::size_t length = at == std::string::npos ? 0 : std::stoul(out.head.substr(at + 16));
        bytes_.erase(0, end + 4);
        while (bytes_.size() < length)
            if (!read_more()) return {};
        out.body = bytes_.substr(0, length);
        bytes_.erase(0, length);
        return out;
    }
    /// What came and was not read yet.
    const std::string& bytes() const { return bytes_; }
    bool closed() const { return closed_; }
    bool wait_for(const std::string& text, double seconds = 20) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        while (bytes_.find(text) == std::string::npos && std::chrono::steady_clock::now() < end && !closed_)
            read_more(0.2);
        return bytes_.find(text) != std::string::npos;
    }
    std::string host() const { return "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n"; }
    Reply get(const std::string& path, const std::string& headers = "") {
        send("GET " + path + " HTTP/1.1\r\n" + host() + headers + "\r\n");
        return read();
    }
    std::string post_text(const std::string& path, const std::string& body,
                          const std::string& headers = "") const {
        return "POST " + path + " HTTP/1.1\r\n" + host() + headers +
               "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }
    Reply post(const std::string& path, const std::string& body, const std::string& headers = "") {
        send(post_text(path, body, headers));
        return read();
    }

  private:
    int port_, socket_;
    bool connected_ = false, closed_ = false;
    std::string bytes_;
};

}  // namespace mf::test
