// SPDX-License-Identifier: MIT
#include "ops/gpu/nvrtc.hpp"

#include <algorithm>
#include <utility>

#include "ops/gpu/gpu_errors.hpp"
#include "ops/gpu/shared_library.hpp"

namespace mf::cuda {
namespace {

constexpr const char* kWhereFrom =
    "CUDA's compiler: of the CUDA toolkit, or 'pip install nvidia-cuda-nvrtc-cu12', with its folder in "
    "LD_LIBRARY_PATH";

NvrtcApi functions_of(const SharedLibrary& library) {
    NvrtcApi api{};
    library.find(api.nvrtcGetErrorString, "nvrtcGetErrorString");
    library.find(api.nvrtcVersion, "nvrtcVersion");
    library.find(api.nvrtcGetNumSupportedArchs, "nvrtcGetNumSupportedArchs");
    library.find(api.nvrtcGetSupportedArchs, "nvrtcGetSupportedArchs");
    library.find(api.nvrtcCreateProgram, "nvrtcCreateProgram");
    library.find(api.nvrtcDestroyProgram, "nvrtcDestroyProgram");
    library.find(api.nvrtcCompileProgram, "nvrtcCompileProgram");
    library.find(api.nvrtcGetProgramLogSize, "nvrtcGetProgramLogSize");
    library.find(api.nvrtcGetProgramLog, "nvrtcGetProgramLog");
    library.find(api.nvrtcGetCUBINSize, "nvrtcGetCUBINSize");
    library.find(api.nvrtcGetCUBIN, "nvrtcGetCUBIN");
    library.find(api.nvrtcGetPTXSize, "nvrtcGetPTXSize");
    library.find(api.nvrtcGetPTX, "nvrtcGetPTX");
    return api;
}

/// The program itself when the library compiles for it, otherwise PTX for the newest that is older.
Architecture best_of(std::vector<int> known, int wanted) {
    std::ranges::sort(known);
    const auto behind = std::ranges::upper_bound(known, wanted);
    if (behind == known.begin()) return {};
    const int number = *std::prev(behind);
    return {number, number == wanted};
}

/// Destroyed in any case.
struct OwnedProgram {
    const NvrtcApi& api;
    NvrtcProgram program = nullptr;
    explicit OwnedProgram(const NvrtcApi& of) : api(of) {}
    OwnedProgram(const OwnedProgram&) = delete;
    OwnedProgram& operator=(const OwnedProgram&) = delete;
    ~OwnedProgram() {
        if (program != nullptr) api.nvrtcDestroyProgram(&program);
    }
};

}  // namespace

NvrtcApi load_nvrtc(int driver) {
    const auto found = driver >= 13000
                           ? SharedLibrary::first_of({"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"})
                           : SharedLibrary::first_of({"libnvrtc.so.12", "libnvrtc.so"});
    return functions_of(found.is_open() ? found : SharedLibrary(found.name().c_str(), kWhereFrom));
}

NvrtcApi load_nvrtc_from(const char* file) { return functions_of(SharedLibrary(file, kWhereFrom)); }

Compiler::Compiler(const NvrtcApi& api, std::string place, int major, int minor, int driver)
    : api_(api), place_(std::move(place)) {
    int own_major = 0, own_minor = 0, count = 0;
    succeed(api_.nvrtcVersion(&own_major, &own_minor), "its version");
    const std::string version = fmt::format("NVRTC {}.{}", own_major, own_minor);
    if (driver / 1000 < own_major)
        throw Error(fmt::format("[{}] the driver knows CUDA {}.{}, which is older than {}", place_,
                                driver / 1000, driver % 1000 / 10, version),
                    "a newer driver of NVIDIA, or a libnvrtc of the driver's version");
    succeed(api_.nvrtcGetNumSupportedArchs(&count), "what it compiles for");
    std::vector<int> known(static_cast<std::size_t>(count));
    succeed(api_.nvrtcGetSupportedArchs(known.data()), "what it compiles for");
    architecture_ = best_of(known, major * 10 + minor);
    if (architecture_.number == 0)
        throw Error(fmt::format("[{}] {} does not compile for a device of compute capability {}.{}", place_,
                                version, major, minor),
                    "an older libnvrtc may");
    identity_ = fmt::format("{}, {}", architecture_.word(), version);
}

void Compiler::succeed(int code, const char* what) const {
    if (code != 0)
        throw Error(
            fmt::format("[{}] NVRTC, {}: {} ({})", place_, what, api_.nvrtcGetErrorString(code), code));
}

std::string Compiler::log_of(NvrtcProgram program) const {
    std::size_t size = 0;
    if (api_.nvrtcGetProgramLogSize(program, &size) != 0 || size == 0) return {};
    std::string log(size, '\0');
    if (api_.nvrtcGetProgramLog(program, log.data()) != 0) return {};
    log.resize(log.find_last_not_of('\0') + 1);
    return log;
}

std::string Compiler::compile(const std::string& source, const std::string& name,
                              const std::vector<std::string>& options) const {
    const std::string architecture = "--gpu-architecture=" + architecture_.word();
    std::vector<const char*> all = {architecture.c_str(), "--std=c++17"};
    for (const std::string& option : options) all.push_back(option.c_str());
    OwnedProgram own(api_);
    succeed(api_.nvrtcCreateProgram(&own.program, source.c_str(), name.c_str(), 0, nullptr, nullptr),
            name.c_str());
    const int code = api_.nvrtcCompileProgram(own.program, static_cast<int>(all.size()), all.data());
    if (code != 0)
        throw Error(fmt::format("[{}] {} does not compile for this device: {} ({}): {}", place_, name,
                                api_.nvrtcGetErrorString(code), code,
                                gpu::first_error_line(log_of(own.program))));
    std::size_t size = 0;
    const bool own_code = architecture_.own;
    succeed(own_code ? api_.nvrtcGetCUBINSize(own.program, &size) : api_.nvrtcGetPTXSize(own.program, &size),
            "the size of a program");
    std::string out(size, '\0');
    succeed(
        own_code ? api_.nvrtcGetCUBIN(own.program, out.data()) : api_.nvrtcGetPTX(own.program, out.data()),
        "a program");
    return out;
}

}  // namespace mf::cuda
