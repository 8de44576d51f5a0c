// SPDX-License-Identifier: MIT
// What every function of the C door does around its work: exceptions become codes and words of the calling thread.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include <meanflow/meanflow.h>

#include "core/error.hpp"
#include "core/option_words.hpp"

namespace mf::capi {

/// What callers of C know the options of the command line as: the fields of structs, and functions.
const OptionWords& in_c();

/// Takes the exception that is being handled; what it says is kept for mf_last_error of this thread.
mf_status caught() noexcept;

/// Runs `work`; no exception leaves it.
template <class Work>
mf_status guarded(Work&& work) noexcept {
    try {
        std::forward<Work>(work)();
        return MF_OK;
    } catch (...) {
        return caught();
    }
}

/// UsageError when a pointer that is needed is null.
void need(const void* pointer, const char* name);

/// Marks a handle as in use by this thread. UsageError when it is already: a callback that called the handle again would
/// wait for itself.
class InUse {
  public:
    explicit InUse(const void* handle);
    ~InUse();
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

  private:
    const void* handle_;
    const InUse* outer_;
};

/// Text that mf_free_text frees.
char* handed_out(const std::string& text);

/// UsageError unless `room` elements are enough for `count` times `each`.
void check_room(std::size_t room, std::size_t count, std::int64_t each, const char* name);

/// UsageError unless the number fits.
int whole(std::int64_t value, const char* name, int least, int most);

/// The text, or what stands for NULL.
inline std::string text_or(const char* text, const char* otherwise) {
    return text != nullptr ? text : otherwise;
}

}  // namespace mf::capi
