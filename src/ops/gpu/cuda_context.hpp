// SPDX-License-Identifier: MIT
// The context of a CUDA device and its one stream: what is asked for is done in order.
#pragma once

#include <string>

#include "ops/gpu/cuda_api.hpp"

namespace mf::cuda {

/// The device's primary context, which libraries in this process share. It is current in a thread only while that thread
/// calls: whatever else uses CUDA here finds its own context as it was.
class Context {
  public:
    /// `place` names the device in errors. Error when the driver does not give it.
    Context(const Api& api, DeviceId device, std::string place);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const Api& api() const { return api_; }
    const std::string& place() const { return place_; }
    Stream stream() const { return stream_; }

    /// While it lives, the context is current in this thread.
    class Entered {
      public:
        /// Never throws, as destructors need it.
        explicit Entered(const Context& context)
            : api_(context.api_), code_(api_.cuCtxPushCurrent(context.handle_)) {}
        ~Entered() {
            ContextHandle left = nullptr;
            if (code_ == kSuccess) api_.cuCtxPopCurrent(&left);
        }
        Entered(const Entered&) = delete;
        Entered& operator=(const Entered&) = delete;

      private:
        const Api& api_;
        Code code_;  ///< of entering; what is called then says what is wrong
    };

    /// Error when `code` is not success.
    void succeed(Code code, const char* what) const {
        if (code != kSuccess) [[unlikely]]
            throw error_of(api_, place_, what, code);
    }
    /// Returns when all is done.
    void synchronise() const { succeed(api_.cuStreamSynchronize(stream_), "its work did not end well"); }

  private:
    Api api_;
    DeviceId device_;
    std::string place_;
    ContextHandle handle_ = nullptr;
    Stream stream_ = nullptr;
};

}  // namespace mf::cuda
