// SPDX-License-Identifier: MIT
#include "ops/gpu/shared_library.hpp"

#include <dlfcn.h>

#include "core/error.hpp"

namespace mf {

SharedLibrary::SharedLibrary(const char* name)
    : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

SharedLibrary::SharedLibrary(const char* name, const std::string& hint) : SharedLibrary(name) {
    if (handle_ != nullptr) return;
    const char* const reason = ::dlerror();
    throw Error(
        fmt::format("[{}] cannot be opened: {}", name, reason != nullptr ? reason : "no reason is given"),
        hint);
}

SharedLibrary SharedLibrary::first_of(std::initializer_list<const char*> names) {
    for (const char* const name : names)
        if (const SharedLibrary found(name); found.is_open()) return found;
    return SharedLibrary(*names.begin());
}

void* SharedLibrary::address_of(const char* symbol) const {
    void* const found = ::dlsym(handle_, symbol);
    check(found != nullptr, "[{}] has no function {}, so that it is too old", name_, symbol);
    return found;
}

}  // namespace mf
