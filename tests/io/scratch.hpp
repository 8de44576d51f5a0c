// SPDX-License-Identifier: MIT
// What the tests of the io room share: a folder to write to (support/scratch.hpp), the text of an error, a disk that is full.
#pragma once

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/error.hpp"
#include "support/scratch.hpp"
#include "tensor/tensor.hpp"

namespace mf::test {

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

inline std::string data(const std::string& name) { return std::string(MF_TEST_DATA) + "/io/" + name; }

/// The text of the mf::Error that `body` throws, or "" when it throws none.
inline std::string error_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos)
            << "an error is one line: " << e.what();
        return e.what();
    }
    return {};
}

inline testing::AssertionResult has(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "'" << text << "' lacks '" << part << "'";
}

/// Files cannot grow beyond `bytes` while it lives: what a full disk looks like to the program.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

/// A tensor whose bytes are `start`, `start` + 1, ...
inline Tensor counting(const Shape& shape, DType dtype, unsigned start = 1) {
    Tensor out(shape, dtype);
    auto* bytes = static_cast<unsigned char*>(out.raw());
    std::iota(bytes, bytes + out.bytes(), static_cast<unsigned char>(start));
    return out;
}

inline testing::AssertionResult same(const Tensor& a, const Tensor& b) {
    if (a.dtype() != b.dtype())
        return testing::AssertionFailure() << name_of(a.dtype()) << " and " << name_of(b.dtype());
    if (!(a.shape() == b.shape()))
        return testing::AssertionFailure() << a.shape().text() << " and " << b.shape().text();
    if (a.empty() || b.empty() || std::memcmp(a.raw(), b.raw(), a.bytes()) != 0)
        return testing::AssertionFailure() << "other bytes";
    return testing::AssertionSuccess();
}

inline testing::AssertionResult same(const std::map<std::string, Tensor>& a,
                                     const std::map<std::string, Tensor>& b) {
    if (a.size() != b.size())
        return testing::AssertionFailure() << a.size() << " and " << b.size() << " tensors";
    for (const auto& [name, tensor] : a) {
        if (!b.contains(name)) return testing::AssertionFailure() << name << " is missing";
        if (const auto equal = same(tensor, b.at(name)); !equal)
            return testing::AssertionFailure() << name << ": " << equal.message();
    }
    return testing::AssertionSuccess();
}

}  // namespace mf::test
