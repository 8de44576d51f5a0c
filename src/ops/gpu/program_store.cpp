// SPDX-License-Identifier: MIT
#include "ops/gpu/program_store.hpp"

#include <cstdlib>
#include <fstream>
#include <system_error>
#include <vector>

#include <unistd.h>

#include "core/error.hpp"
#include "ops/gpu/kernel_texts.hpp"

namespace mf::opencl {
namespace {

constexpr std::string_view kMark = "meanflow opencl program 1\n";

/// FNV-1a, 64 bits: it names files, and what is in them says whether it is the right one.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t out = 14695981039346656037U;
    for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return out;
}

/// A file holds: mark, key, hash of the program, the program.
std::string head_of(const std::string& key, std::string_view program) {
    return fmt::format("{}{:016x} {} {:016x} {}\n", kMark, hash_of(key), key.size(), hash_of(program),
                       program.size());
}

std::string whole_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string first_line(std::string_view text) {
    const std::size_t error = text.find("error");
    if (error != std::string_view::npos) {
        const std::size_t before = text.rfind('\n', error);
        text.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
    }
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

std::filesystem::path cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') return std::filesystem::path(cache) / "meanflow" / "opencl";
    const char* const home = std::getenv("HOME");
    if (home != nullptr && *home == '/')
        return std::filesystem::path(home) / ".cache" / "meanflow" / "opencl";
    return {};
}

ProgramStore::ProgramStore(const Api& api, ClContext context, DeviceId device, std::string place,
                           std::string identity, std::filesystem::path folder)
    : api_(api),
      context_(context),
      device_(device),
      place_(std::move(place)),
      identity_(std::move(identity)),
      folder_(std::move(folder)) {}

ProgramStore::~ProgramStore() {
    for (const auto& [name, kernel] : kernels_) api_.clReleaseKernel(kernel);
    for (const auto& [name, program] : programs_) api_.clReleaseProgram(program);
}

Kernel ProgramStore::kernel(const KernelCall& call) {
    const auto [found, is_new] = kernels_.try_emplace({call.kernel, call.chunks}, nullptr);
    if (!is_new && found->second != nullptr) return found->second;
    Code code = kSuccess;
    found->second = api_.clCreateKernel(program(call.text, call.chunks), call.kernel, &code);
    check(code == kSuccess, "[{}] kernel {} of {}.cl cannot be made: {}", place_, call.kernel, call.text,
          name_of(code));
    return found->second;
}

Program ProgramStore::program(std::string_view text, int chunks) {
    const auto [found, is_new] = programs_.try_emplace({std::string(text), chunks}, nullptr);
    if (!is_new && found->second != nullptr) return found->second;
    const std::string options =
        chunks > 0 ? fmt::format("-cl-std=CL1.2 -DCHUNKS={}", chunks) : std::string("-cl-std=CL1.2");
    std::string source(kernel_text("prelude_opencl"));
    source += kernel_text("common");
    source += kernel_text(text);
    const std::string key = fmt::format("{}\n{}\n{}", identity_, options, source);
    const std::filesystem::path file =
        folder_.empty() ? folder_ : folder_ / fmt::format("{}-{:016x}.bin", text, hash_of(key));
    Program out = file.empty() ? nullptr : from_file(file, key, options);
    if (out == nullptr) {
        out = from_text(source, options, text);
        if (!file.empty()) keep(out, file, key);
    }
    found->second = out;
    return out;
}

/// Null when there is no file, or one that is not whole, not for this, or not to this driver's liking.
Program ProgramStore::from_file(const std::filesystem::path& file, const std::string& key,
                                const std::string& options) const {
    const std::string all = whole_file(file);
    if (!all.starts_with(kMark)) return nullptr;
    const std::size_t end = all.find('\n', kMark.size());
    if (end == std::string::npos) return nullptr;
    const std::string_view binary = std::string_view(all).substr(end + 1);
    if (binary.empty() || all.substr(0, end + 1) != head_of(key, binary)) return nullptr;
    const auto* const bytes = reinterpret_cast<const unsigned char*>(binary.data());
    const std::size_t size = binary.size();
    Code status = kSuccess, code = kSuccess;
    const unsigned char* list[] = {bytes};
    Program out = api_.clCreateProgramWithBinary(context_, 1, &device_, &size, list, &status, &code);
    if (code == kSuccess && status == kSuccess &&
        api_.clBuildProgram(out, 1, &device_, options.c_str(), nullptr, nullptr) == kSuccess)
        return out;
    if (out != nullptr) api_.clReleaseProgram(out);
    return nullptr;
}

std::string ProgramStore::build_log(Program program) const {
    std::size_t size = 0;
    if (api_.clGetProgramBuildInfo(program, device_, info::build_log, 0, nullptr, &size) != kSuccess)
        return {};
    std::string log(size, '\0');
    if (api_.clGetProgramBuildInfo(program, device_, info::build_log, size, log.data(), nullptr) != kSuccess)
        return {};
    return log;
}

Program ProgramStore::from_text(const std::string& source, const std::string& options,
                                std::string_view name) {
    Code code = kSuccess;
    const char* text = source.c_str();
    const std::size_t size = source.size();
    Program out = api_.clCreateProgramWithSource(context_, 1, &text, &size, &code);
    if (code == kSuccess) code = api_.clBuildProgram(out, 1, &device_, options.c_str(), nullptr, nullptr);
    ++compiled_;
    if (code == kSuccess) return out;
    const std::string log = out != nullptr ? build_log(out) : std::string();
    if (out != nullptr) api_.clReleaseProgram(out);
    throw Error(fmt::format("[{}] {}.cl does not compile for this device: {}: {}", place_, name,
                            name_of(code), first_line(log)));
}

/// A folder that cannot be written costs the next run its time, and nothing else.
void ProgramStore::keep(Program program, const std::filesystem::path& file, const std::string& key) const {
    std::size_t size = 0;
    if (api_.clGetProgramInfo(program, info::binary_sizes, sizeof size, &size, nullptr) != kSuccess ||
        size == 0)
        return;
    std::string binary(size, '\0');
    unsigned char* list[] = {reinterpret_cast<unsigned char*>(binary.data())};
    if (api_.clGetProgramInfo(program, info::binaries, sizeof list, list, nullptr) != kSuccess) return;
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    std::filesystem::path temporary = file;
    temporary += fmt::format(".{}.tmp", ::getpid());
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out << head_of(key, binary) << binary;
        out.close();
        if (!out) {
            std::filesystem::remove(temporary, failed);
            return;
        }
    }
    std::filesystem::rename(temporary, file, failed);
    if (failed) std::filesystem::remove(temporary, failed);
}

}  // namespace mf::opencl
