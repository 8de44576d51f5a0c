// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/byte_source.hpp"

namespace mf {

/// The most bytes that deflate can pack into `packed` bytes: 258 in two bits, that is 1032 to 1. A file that
/// claims more lies, and is found out before memory is asked for.
constexpr std::uint64_t most_inflated(std::uint64_t packed) { return packed * 1032; }

/// What a raw deflate stream (RFC 1951) unpacks to. Error when that is not exactly `bytes`.
class InflateSource : public ByteSource {
  public:
    /// `packed`: the stream; `where`: the start of messages.
    InflateSource(std::unique_ptr<ByteSource> packed, std::uint64_t bytes, std::string where);
    ~InflateSource() override;
    InflateSource(const InflateSource&) = delete;
    InflateSource& operator=(const InflateSource&) = delete;

    void read(void* out, std::size_t bytes) override;
    std::uint64_t left() const override { return left_; }

  private:
    struct State;
    bool step();

    std::unique_ptr<ByteSource> packed_;
    std::unique_ptr<State> state_;
    std::uint64_t left_;
    std::string where_;
};

}  // namespace mf
