// SPDX-License-Identifier: MIT
// A library that is opened while the program runs.
#pragma once

#include <initializer_list>
#include <string>

namespace mf {

class SharedLibrary {
  public:
    /// Error, with `hint`, when there is none of this name. It stays open until the program ends: drivers have threads.
    SharedLibrary(const char* name, const std::string& hint);
    /// The same without an error: see `is_open`.
    explicit SharedLibrary(const char* name);
    /// The first of these that can be opened, without an error; otherwise the first of them, which is not open.
    static SharedLibrary first_of(std::initializer_list<const char*> names);

    const std::string& name() const { return name_; }

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
