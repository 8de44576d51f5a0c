// SPDX-License-Identifier: MIT
// A small fuzzer: changes the bytes of good files at random and gives them to a reader, which may return or
// throw mf::Error. Anything else is a failure (a sanitizer build finds the silent ones). Iteration i is a
// function of i alone: MF_FUZZ_ITERATIONS=n runs n of them, MF_FUZZ_FIRST=i starts at i, so one failure is
// repeated with (1, i). MF_FUZZ_KEEP=file leaves the last input there, for a failure that ends the program.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/rng.hpp"

namespace mf::test {

/// A file in memory that has a path.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {}
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
    void put(const std::string& content) {
        const auto size = static_cast<ssize_t>(content.size());
        if (::ftruncate(descriptor_, size) != 0 ||
            ::pwrite(descriptor_, content.data(), content.size(), 0) != size)
            throw std::runtime_error("no memory for a file of the fuzzer");
    }

  private:
    int descriptor_;
};

/// Independent numbers for one iteration.
class FuzzDraws {
  public:
    explicit FuzzDraws(std::uint64_t iteration) : iteration_(iteration) {}
    /// Uniform on 0 ... n - 1 (n > 0).
    std::size_t below(std::size_t n) { return next() % n; }
    std::uint32_t next() {
        if (used_ == 4) {
            words_ = philox(20, Stream::test, iteration_, block_++);
            used_ = 0;
        }
        return words_[used_++];
    }

  private:
    std::uint64_t iteration_;
    std::uint32_t block_ = 0;
    std::array<std::uint32_t, 4> words_{};
    std::size_t used_ = 4;
};

/// One change of `text`; `other` is where splices come from.
inline void mutate_once(std::string& text, const std::string& other, FuzzDraws& draws) {
    static constexpr unsigned char kTelling[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '0', '9', '-', '{',
                                                 '}',  '[',  ']',  '(',  ')',  ',', ':', '"', '\'',
                                                 ' ',  '\n', '\t', '*',  '&',  '!', '#', '.'};
    const std::size_t at = text.empty() ? 0 : draws.below(text.size());
    const std::size_t length = std::size_t{1} << draws.below(7);
    // Half of the changes keep the length, so that what stands behind them is still where it is looked for.
    switch (draws.below(2) == 0 ? draws.below(3) : draws.below(9)) {
        case 0:
            if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << draws.below(8)));
            break;
        case 1:
            if (!text.empty()) text[at] = static_cast<char>(kTelling[draws.below(std::size(kTelling))]);
            break;
        case 2:
            if (!text.empty()) text[at] = static_cast<char>(draws.next());
            break;
        case 3:
            text.insert(at, 1, static_cast<char>(kTelling[draws.below(std::size(kTelling))]));
            break;
        case 4:
            text.insert(at, draws.below(length) + 1,
                        static_cast<char>(kTelling[draws.below(std::size(kTelling))]));
            break;
        case 5:
            text.erase(at, draws.below(length) + 1);
            break;
        case 6:
            text.resize(at);
            break;
        case 7:
            text.insert(at, text.substr(text.empty() ? 0 : draws.below(text.size()), length));
            break;
        default: {
            const std::size_t from = other.empty() ? 0 : draws.below(other.size());
            text.replace(at, draws.below(2) == 0 ? length : std::string::npos,
                         other.substr(from, 4 * length));
        }
    }
}

/// A number from the environment, or `otherwise`.
inline std::uint64_t fuzz_number(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Runs `reader` on the path of changed seeds. `repair`, when given, is applied to every other input, so that
/// checksums do not stop everything at the door. Seeds themselves must be read without an error.
inline void fuzz(const std::vector<std::string>& seeds, const std::function<void(const std::string&)>& reader,
                 const std::function<void(std::string&)>& repair = {}) {
    MemoryFile file;
    for (const std::string& seed : seeds) {
        file.put(seed);
        reader(file.path());
    }
    const char* keep = std::getenv("MF_FUZZ_KEEP");
    const std::uint64_t first = fuzz_number("MF_FUZZ_FIRST", 0),
                        count = fuzz_number("MF_FUZZ_ITERATIONS", 3000);
    std::uint64_t refused = 0;
    for (std::uint64_t i = first; i < first + count; ++i) {
        FuzzDraws draws(i);
        std::string text = seeds[draws.below(seeds.size())];
        const std::string& other = seeds[draws.below(seeds.size())];
        // Mostly one change: a file with many is refused at its first bytes.
        for (std::size_t n = draws.below(2) == 0 ? 1 : draws.below(5) + 1; n > 0; --n)
            mutate_once(text, other, draws);
        if (repair && i % 2 == 0) repair(text);
        file.put(text);
        if (keep != nullptr) std::ofstream(keep, std::ios::binary) << text;
        try {
            reader(file.path());
        } catch (const Error& e) {
            ++refused;
            if (std::string(e.what()).find('\n') != std::string::npos)
                FAIL() << "iteration " << i << ": " << e.what();
        } catch (const std::exception& e) {
            FAIL() << "iteration " << i << " threw something else: " << e.what();
        }
    }
    testing::Test::RecordProperty("refused", std::to_string(refused));
    // The changes must reach past the first check as well as be refused.
    if (first == 0 && count >= 1000) {
        EXPECT_GT(refused, count / 100);
        EXPECT_LT(refused, count);
    }
}

}  // namespace mf::test
