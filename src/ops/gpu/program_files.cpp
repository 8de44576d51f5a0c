// SPDX-License-Identifier: MIT
#include "ops/gpu/program_files.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace mf::gpu {
namespace {

/// FNV-1a, 64 bits: it names files, and what is in them says whether it is the right one.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t out = 14695981039346656037U;
    for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return out;
}

}  // namespace

std::filesystem::path cache_folder(std::string_view kind) {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') return std::filesystem::path(cache) / "meanflow" / kind;
    const char* const home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".cache" / "meanflow" / kind;
    return {};
}

ProgramFiles::ProgramFiles(std::string kind, std::filesystem::path folder)
    : kind_(std::move(kind)), folder_(std::move(folder)) {}

std::filesystem::path ProgramFiles::file_of(std::string_view name, const std::string& key) const {
    return folder_ / fmt::format("{}-{:016x}.bin", name, hash_of(key));
}

/// A file holds: mark, key, hash of the program, the program.
std::string ProgramFiles::head_of(const std::string& key, std::string_view program) const {
    return fmt::format("meanflow {} program 1\n{:016x} {} {:016x} {}\n", kind_, hash_of(key), key.size(),
                       hash_of(program), program.size());
}

std::string ProgramFiles::read(std::string_view name, const std::string& key) const {
    if (folder_.empty()) return {};
    std::ifstream in(file_of(name, key), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::size_t mark = all.find('\n');
    const std::size_t end = mark == std::string::npos ? mark : all.find('\n', mark + 1);
    if (end == std::string::npos) return {};
    std::string program = all.substr(end + 1);
    return all.substr(0, end + 1) == head_of(key, program) ? program : std::string();
}

void ProgramFiles::write(std::string_view name, const std::string& key, std::string_view program) const {
    if (folder_.empty() || program.empty()) return;
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    const std::filesystem::path file = file_of(name, key);
    std::filesystem::path temporary = file;
    temporary += fmt::format(".{}.tmp", ::getpid());
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out << head_of(key, program) << program;
        out.close();
        if (!out) {
            std::filesystem::remove(temporary, failed);
            return;
        }
    }
    std::filesystem::rename(temporary, file, failed);
    if (failed) std::filesystem::remove(temporary, failed);
}

}  // namespace mf::gpu
