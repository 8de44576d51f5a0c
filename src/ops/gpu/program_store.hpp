// SPDX-License-Identifier: MIT
// Compiled programs: made when they are first asked for, kept in memory and in a folder for the next run.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "ops/gpu/gpu_driver.hpp"
#include "ops/gpu/opencl_api.hpp"
#include "ops/gpu/program_files.hpp"

namespace mf::opencl {

class ProgramStore {
  public:
    /// `identity`: what else a compiled program depends on (names and versions of device and driver). `place` names the
    /// device in errors. An empty folder: nothing is kept for later.
    ProgramStore(const Api& api, ClContext context, DeviceId device, std::string place, std::string identity,
                 std::filesystem::path folder);
    ProgramStore(const ProgramStore&) = delete;
    ProgramStore& operator=(const ProgramStore&) = delete;
    ~ProgramStore();

    /// Error, with the first line of what the compiler says, when the text does not compile.
    Kernel kernel(const KernelCall& call);

    /// How many programs were compiled from their text, not read from the folder.
    int compiled() const { return compiled_; }

  private:
    Program program(std::string_view text, int chunks);
    Program from_binary(const std::string& binary, const std::string& options) const;
    Program from_text(const std::string& source, const std::string& options, std::string_view name);
    std::string binary_of(Program program) const;
    std::string build_log(Program program) const;

    const Api& api_;
    ClContext context_;
    DeviceId device_;
    std::string place_, identity_;
    gpu::ProgramFiles files_;
    std::map<std::pair<std::string, int>, Program> programs_;
    std::map<std::pair<std::string, int>, Kernel> kernels_;
    int compiled_ = 0;
};

}  // namespace mf::opencl
