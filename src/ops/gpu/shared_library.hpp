// SPDX-License-Identifier: MIT
// A library that is opened while the program runs.
#pragma once

#include <string>

namespace mf {

class SharedLibrary {
  public:
    /// Error, with `hint`, when there is none of this name. It stays open until the program ends: drivers have threads.
    SharedLibrary(const char* name, const std::string& hint);
    /// The same without an error: see `is_open`.
    explicit SharedLibrary(const char* name);

    bool is_open() const { return handle_ != nullptr; }
    /// Error when the library has no such function.
    template <class Function>
    void find(Function*& function, const char* symbol) const {
        function = reinterpret_cast<Function*>(address_of(symbol));
    }

  private:
    void* address_of(const char* symbol) const;

    std::string name_;
    void* handle_ = nullptr;
};

}  // namespace mf
