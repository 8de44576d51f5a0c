// SPDX-License-Identifier: MIT
// Functions in the places of libnvrtc's: a program is compiled to a line that says of what.
#pragma once

#include "ops/gpu/cuda_stand_in.hpp"
#include "ops/gpu/nvrtc.hpp"

namespace mf::stand_in {

struct Nvrtc {
    int major = 12, minor = 8;
    std::vector<int> architectures = {80, 90, 100};
    std::string log;  ///< not empty: texts do not compile, and this is said
    struct Program {
        std::string name, source, options;
    };
    std::map<const void*, Program> programs;
    std::vector<Program> compiled;

    static std::string code_of(const Program& program, const char* kind) {
        return std::string(kind) + " " + program.name + program.options;
    }
};

inline Nvrtc& nvrtc() {
    static Nvrtc out;
    return out;
}

/// Of NVRTC's functions, which need no context and have codes of their own: 6 says that a text does not compile.
inline int nvrtc_called(const char* name) { return now()->called(name, false) == 0 ? 0 : 11; }

inline void set_compiler_functions(cuda::NvrtcApi& api) {
    api.nvrtcGetErrorString = [](int code) {
        return code == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_INTERNAL";
    };
    api.nvrtcVersion = [](int* major, int* minor) {
        *major = nvrtc().major;
        *minor = nvrtc().minor;
        return nvrtc_called("nvrtcVersion");
    };
    api.nvrtcGetNumSupportedArchs = [](int* to) {
        *to = static_cast<int>(nvrtc().architectures.size());
        return nvrtc_called("nvrtcGetNumSupportedArchs");
    };
    api.nvrtcGetSupportedArchs = [](int* to) {
        std::ranges::copy(nvrtc().architectures, to);
        return nvrtc_called("nvrtcGetSupportedArchs");
    };
    api.nvrtcCreateProgram = [](cuda::NvrtcProgram* to, const char* source, const char* name, int,
                                const char* const*, const char* const*) {
        const int code = nvrtc_called("nvrtcCreateProgram");
        if (code != 0) return code;
        now()->make(to);
        nvrtc().programs[*to] = {name, source, ""};
        return code;
    };
    api.nvrtcDestroyProgram = [](cuda::NvrtcProgram* program) {
        now()->drop("nvrtcDestroyProgram", *program, false);
        return nvrtc_called("nvrtcDestroyProgram");
    };
    api.nvrtcCompileProgram = [](cuda::NvrtcProgram program, int count, const char* const* options) {
        for (int i = 0; i < count; ++i) nvrtc().programs[program].options += std::string(" ") + options[i];
        nvrtc().compiled.push_back(nvrtc().programs[program]);
        const int code = nvrtc_called("nvrtcCompileProgram");
        return code != 0 ? code : nvrtc().log.empty() ? 0 : 6;
    };
    api.nvrtcGetProgramLogSize = [](cuda::NvrtcProgram, std::size_t* to) {
        *to = nvrtc().log.size() + 1;
        return nvrtc_called("nvrtcGetProgramLogSize");
    };
    api.nvrtcGetProgramLog = [](cuda::NvrtcProgram, char* to) {
        std::memcpy(to, nvrtc().log.c_str(), nvrtc().log.size() + 1);
        return nvrtc_called("nvrtcGetProgramLog");
    };
}

inline void set_result_functions(cuda::NvrtcApi& api) {
    api.nvrtcGetCUBINSize = [](cuda::NvrtcProgram program, std::size_t* to) {
        *to = Nvrtc::code_of(nvrtc().programs[program], "cubin").size();
        return nvrtc_called("nvrtcGetCUBINSize");
    };
    api.nvrtcGetCUBIN = [](cuda::NvrtcProgram program, char* to) {
        std::ranges::copy(Nvrtc::code_of(nvrtc().programs[program], "cubin"), to);
        return nvrtc_called("nvrtcGetCUBIN");
    };
    api.nvrtcGetPTXSize = [](cuda::NvrtcProgram program, std::size_t* to) {
        *to = Nvrtc::code_of(nvrtc().programs[program], "ptx").size() + 1;
        return nvrtc_called("nvrtcGetPTXSize");
    };
    api.nvrtcGetPTX = [](cuda::NvrtcProgram program, char* to) {
        const std::string code = Nvrtc::code_of(nvrtc().programs[program], "ptx");
        std::memcpy(to, code.c_str(), code.size() + 1);
        return nvrtc_called("nvrtcGetPTX");
    };
}

inline cuda::NvrtcApi nvrtc_api() {
    cuda::NvrtcApi api{};
    set_compiler_functions(api);
    set_result_functions(api);
    return api;
}

}  // namespace mf::stand_in
