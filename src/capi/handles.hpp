// SPDX-License-Identifier: MIT
// What stands behind the handles of the C door.
#pragma once

#include <atomic>

#include "capi/call.hpp"
#include "core/stop.hpp"
#include "door/judging.hpp"
#include "door/model.hpp"
#include "door/training.hpp"

struct mf_cancel {
    std::atomic<bool> asked{false};
};
struct mf_model {
    mf::door::Model model;
};
struct mf_judge {
    mf::door::OpenJudge judge;
};
struct mf_fid {
    mf::door::OpenFidNetwork network;
};
struct mf_training {
    mf::door::Training training;
    std::atomic<std::int64_t> done{0};  ///< may be read while a step is made

    explicit mf_training(mf::door::Training&& begun) : training(std::move(begun)), done(training.done()) {}
};

namespace mf::capi {

/// Asks a mf_cancel, which may be null.
Stop stop_of(const mf_cancel* cancel);
/// "f32" (also for NULL) or "bf16".
Precision precision_of(const char* name);
/// A list of `count` texts, each of which has to be there.
std::vector<std::string> texts_of(const char* const* list, std::size_t count, const char* name);
/// The request that options make. UsageError where there is no path.
VaeRequest vae_request(const mf_vae_options& options);
/// Tells `log`, which may be null, a line in the words of this door.
void say(mf_log log, const std::string& line, void* user);
/// Attaches an autoencoder and tells options.log what there is to know of it.
void attach(door::Model& model, const mf_vae_options& options);
/// Attaches options.vae, where there is one, and tells options.log what there is to know.
void finish_opening(door::Model& model, const mf_model_options& options);

template <std::size_t N>
void put_shape(const Shape& shape, std::int64_t (&out)[N]) {
    std::copy_n(shape.begin(), std::min(static_cast<std::size_t>(shape.rank()), N), out);
}

}  // namespace mf::capi
