// SPDX-License-Identifier: MIT
#include "ops/gpu/program_store.hpp"

#include <vector>

#include "ops/gpu/gpu_errors.hpp"
#include "ops/gpu/kernel_texts.hpp"

namespace mf::opencl {

ProgramStore::ProgramStore(const Api& api, ClContext context, DeviceId device, std::string place,
                           std::string identity, std::filesystem::path folder)
    : api_(api),
      context_(context),
      device_(device),
      place_(std::move(place)),
      identity_(std::move(identity)),
      files_("opencl", std::move(folder)) {}

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
    Program out = from_binary(files_.read(text, key), options);
    if (out == nullptr) {
        out = from_text(source, options, text);
        files_.write(text, key, binary_of(out));
    }
    found->second = out;
    return out;
}

/// Null when it is empty, or not to this driver's liking.
Program ProgramStore::from_binary(const std::string& binary, const std::string& options) const {
    if (binary.empty()) return nullptr;
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
                            name_of(code), gpu::first_error_line(log)));
}

/// Empty when the driver does not give it.
std::string ProgramStore::binary_of(Program program) const {
    std::size_t size = 0;
    if (api_.clGetProgramInfo(program, info::binary_sizes, sizeof size, &size, nullptr) != kSuccess)
        return {};
    std::string binary(size, '\0');
    unsigned char* list[] = {reinterpret_cast<unsigned char*>(binary.data())};
    if (api_.clGetProgramInfo(program, info::binaries, sizeof list, list, nullptr) != kSuccess) return {};
    return binary;
}

}  // namespace mf::opencl
