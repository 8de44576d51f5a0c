// SPDX-License-Identifier: MIT
// Structs that begin with their size, so that programs and libraries of different ages understand each other.
//
// Every field is a multiple of eight bytes long, so that a struct of any age ends where a field ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "capi/call.hpp"

namespace mf::capi {

/// Longer ones are taken for structs whose size nobody set.
constexpr std::size_t kLongest = 4096;

/// What structs hold besides zeros when nobody says otherwise.
template <class T>
void usual(T&) {}
void usual(mf_vae_options& out);
void usual(mf_model_options& out);
void usual(mf_sample_options& out);
void usual(mf_flow_options& out);
void usual(mf_judge_info& out);

/// What a struct holds when nobody says otherwise; `size` is set.
template <class T>
T defaults() {
    T out{};
    out.size = sizeof out;
    usual(out);
    return out;
}

inline void check_size(std::size_t size, const char* name) {
    if (size < sizeof(size) || size > kLongest || size % 8 != 0)
        throw UsageError(fmt::format("{}: its size is {}, which no version of it has", name, size),
                         fmt::format("{0}_init(&it, sizeof it) comes first", name));
}

/// For the init functions.
template <class T>
mf_status init(T* out, std::size_t size, const char* name) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 8 == 0 && offsetof(T, size) == 0);
    return guarded([&] {
        need(out, name);
        check_size(size, name);
        T value = defaults<T>();
        value.size = size;
        std::memset(static_cast<void*>(out), 0, size);
        std::memcpy(static_cast<void*>(out), &value, std::min(size, sizeof(T)));
    });
}

/// What a program gives, with the defaults of what it does not know; NULL: the defaults.
template <class T>
T taken(const T* given, const char* name) {
    T out = defaults<T>();
    if (given == nullptr) return out;
    const std::size_t size = given->size;
    check_size(size, name);
    std::memcpy(static_cast<void*>(&out), given, std::min(size, sizeof(T)));
    const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
    if (size > sizeof(T) && std::any_of(bytes + sizeof(T), bytes + size, [](auto byte) { return byte != 0; }))
        throw UsageError(fmt::format("{}: something is set that this library does not know", name),
                         fmt::format("the library is {}, older than the program's header", mf_version()));
    return out;
}

/// What a function tells, as far as the program knows it.
template <class T>
void give(T* out, T value, const char* name) {
    need(out, name);
    check_size(out->size, name);
    value.size = out->size;
    std::memcpy(static_cast<void*>(out), &value, std::min(value.size, sizeof(T)));
}

}  // namespace mf::capi
