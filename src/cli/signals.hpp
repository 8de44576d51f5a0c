// SPDX-License-Identifier: MIT
#pragma once

namespace mf::cli {

/// While it lives, Ctrl-C and SIGTERM end nothing: they wait to be asked for. Make it before any thread is
/// made, so that no thread takes them.
class StopSignals {
  public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// The signal that came, or 0. Once one came it is remembered.
    int pending();
    /// Sleeps until one comes, and returns it.
    int wait();

  private:
    int came_ = 0;
};

}  // namespace mf::cli
