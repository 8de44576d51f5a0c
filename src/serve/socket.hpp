// SPDX-License-Identifier: MIT
// TCP with deadlines for the whole of what is read or written: somebody who sends a byte a second is dropped, too.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/file.hpp"

namespace mf::serve {

using Clock = std::chrono::steady_clock;

enum class ReadEnd : std::uint8_t { data, closed, late };

class Socket {
  public:
    explicit Socket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    int number() const { return descriptor_.get(); }
    /// Adds what is there to `out`, at most 16 KiB; waits until `deadline` for the first of it.
    ReadEnd read(std::string& out, Clock::time_point deadline) const;
    /// All of it, or false: the client is gone, or had not taken it at the deadline.
    bool write(std::string_view bytes, Clock::time_point deadline) const;
    /// The client has closed its side, and nothing of it is left to be read.
    bool gone() const;
    /// No more writing: what waits there is sent, then the end.
    void finish() const;
    /// Takes and drops what the client still sends, for `seconds` at most, so that it can read our answer.
    void drain(double seconds) const;

  private:
    Descriptor descriptor_;
};

struct Listening {
    Descriptor socket;
    int port = 0;         ///< the one that it got
    std::string address;  ///< "127.0.0.1", "::1"
};

/// Listens at a numerical address (IPv4 or IPv6). UsageError when it is none, Error when the port is taken.
Listening listen_at(const std::string& address, int port);
/// True for addresses that only this machine reaches. UsageError for what is no numerical address.
bool is_loopback(const std::string& address);

}  // namespace mf::serve
