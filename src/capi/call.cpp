// SPDX-License-Identifier: MIT
#include "capi/call.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/stop.hpp"
#include "train/build_info.hpp"

namespace mf::capi {
namespace {

/// What one thread was told last, and the handles that it is using.
struct OfThread {
    std::string error, hint;
    const InUse* innermost = nullptr;
};

OfThread& of_thread() {
    thread_local OfThread state;
    return state;
}

mf_status told(mf_status status, const char* error, const std::string& hint) noexcept {
    try {
        // Both or none: a hint must not stand beside another error.
        std::string words = in_c()(error), advice = in_c()(hint);
        of_thread().error.swap(words);
        of_thread().hint.swap(advice);
        return status;
    } catch (...) {
        of_thread().error.clear();
        of_thread().hint.clear();
        return MF_ERROR_MEMORY;
    }
}

}  // namespace

const OptionWords& in_c() {
    static const OptionWords words({{"--interval", "the interval (t_min, t_max)"},
                                    {"--latents", "scale"},
                                    {"--vae-memory", "bytes"},
                                    {"--fid-variant", "variant"},
                                    {"--inception", "mf_fid_open"},
                                    {"--resume", "mf_training_resume"},
                                    {"--out", "run"}},
                                   OptionWords::Others::lose_dashes);
    return words;
}

mf_status caught() noexcept {
    try {
        throw;
    } catch (const Stopped& error) {
        return told(MF_ERROR_STOPPED, error.what(), error.hint());
    } catch (const UsageError& error) {
        return told(MF_ERROR_USAGE, error.what(), error.hint());
    } catch (const Error& error) {
        return told(MF_ERROR, error.what(), error.hint());
    } catch (const std::bad_alloc&) {
        return told(MF_ERROR_MEMORY, "there is not enough memory", {});
    } catch (const std::exception& error) {
        return told(MF_ERROR, error.what(), {});
    } catch (...) {
        return told(MF_ERROR, "a callback threw something that is no std::exception", {});
    }
}

void need(const void* pointer, const char* name) { check_usage(pointer != nullptr, "{} is NULL", name); }

InUse::InUse(const void* handle) : handle_(handle), outer_(of_thread().innermost) {
    for (const InUse* one = outer_; one != nullptr; one = one->outer_)
        if (one->handle_ == handle)
            throw UsageError(
                "a callback calls the handle whose call it belongs to, which would wait for itself",
                "call it after that call, or another handle");
    of_thread().innermost = this;
}
InUse::~InUse() { of_thread().innermost = outer_; }

char* handed_out(const std::string& text) {
    auto* const out = static_cast<char*>(std::malloc(text.size() + 1));
    if (out == nullptr) throw std::bad_alloc();
    std::memcpy(out, text.c_str(), text.size() + 1);
    return out;
}

void check_room(std::size_t room, std::size_t count, std::int64_t each, const char* name) {
    check_usage(each > 0 && count <= room / static_cast<std::size_t>(each),
                "{} has room for {} elements, expected at least {} times {}", name, room, count, each);
}

int whole(std::int64_t value, const char* name, int least, int most) {
    check_usage(value >= least && value <= most, "{} is {}, expected {} to {}", name, value, least, most);
    return static_cast<int>(value);
}

}  // namespace mf::capi

// The version ends with a null character: it is a literal of the build.
const char* mf_version(void) { return mf::program_version().data(); }
int mf_abi_version(void) { return MF_ABI_VERSION; }
const char* mf_last_error(void) { return mf::capi::of_thread().error.c_str(); }
const char* mf_last_hint(void) { return mf::capi::of_thread().hint.c_str(); }
void mf_free_text(char* text) { std::free(text); }
