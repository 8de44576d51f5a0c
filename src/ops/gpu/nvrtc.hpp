// SPDX-License-Identifier: MIT
// CUDA's compiler for the running program, NVRTC: declared so that nothing of CUDA is needed to build, opened at run time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mf::cuda {

struct NvrtcProgramObject;
using NvrtcProgram = NvrtcProgramObject*;

/// The functions of libnvrtc, which return 0 for success. Tests put others in their places.
struct NvrtcApi {
    const char* (*nvrtcGetErrorString)(int);
    int (*nvrtcVersion)(int*, int*);
    int (*nvrtcGetNumSupportedArchs)(int*);
    int (*nvrtcGetSupportedArchs)(int*);
    int (*nvrtcCreateProgram)(NvrtcProgram*, const char*, const char*, int, const char* const*,
                              const char* const*);
    int (*nvrtcDestroyProgram)(NvrtcProgram*);
    int (*nvrtcCompileProgram)(NvrtcProgram, int, const char* const*);
    int (*nvrtcGetProgramLogSize)(NvrtcProgram, std::size_t*);
    int (*nvrtcGetProgramLog)(NvrtcProgram, char*);
    int (*nvrtcGetCUBINSize)(NvrtcProgram, std::size_t*);
    int (*nvrtcGetCUBIN)(NvrtcProgram, char*);
    int (*nvrtcGetPTXSize)(NvrtcProgram, std::size_t*);
    int (*nvrtcGetPTX)(NvrtcProgram, char*);
};

/// Opens libnvrtc. `driver`: the newest CUDA that the driver knows (12040 is 12.4), which may not be of an older major
/// version. Error when there is none.
NvrtcApi load_nvrtc(int driver);
/// The library of this file.
NvrtcApi load_nvrtc_from(const char* file);

/// What a compiled program is for.
struct Architecture {
    int number = 0;   ///< 90 is 9.0
    bool own = true;  ///< code of the device itself; otherwise PTX, which the driver compiles further
    std::string word() const { return (own ? "sm_" : "compute_") + std::to_string(number); }
};

class Compiler {
  public:
    /// For a device of this compute capability, called `place` in errors. Error when it is older than all that the library
    /// compiles for, or when the driver is older than the library.
    Compiler(const NvrtcApi& api, std::string place, int major, int minor, int driver);

    /// All that a program depends on besides its text and options: "sm_90, NVRTC 12.8".
    const std::string& identity() const { return identity_; }
    /// Error, with the first line of what the compiler says, when the text does not compile.
    std::string compile(const std::string& source, const std::string& name,
                        const std::vector<std::string>& options) const;

  private:
    void succeed(int code, const char* what) const;
    std::string log_of(NvrtcProgram program) const;

    NvrtcApi api_;
    std::string place_, identity_;
    Architecture architecture_;
};

}  // namespace mf::cuda
