// SPDX-License-Identifier: MIT
// Compiled kernels of a CUDA device: made when they are first asked for, kept in memory and in a folder for the next run.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "ops/gpu/cuda_context.hpp"
#include "ops/gpu/gpu_driver.hpp"
#include "ops/gpu/nvrtc.hpp"
#include "ops/gpu/program_files.hpp"

namespace mf::cuda {

class Programs {
  public:
    /// An empty folder: nothing is kept for later.
    Programs(const Context& context, const Compiler& compiler, std::filesystem::path folder);
    ~Programs();
    Programs(const Programs&) = delete;
    Programs& operator=(const Programs&) = delete;

    /// `turned`: groups of the first number stand down the grid and those of the second across. The context is current.
    /// Error when the text does not compile or the driver does not take the program.
    Function kernel(const KernelCall& call, bool turned);

    /// How many programs were compiled from their text, not read from the folder.
    int compiled() const { return compiled_; }

  private:
    /// A text or a kernel, as it was compiled.
    template <class Text>
    struct Variant {
        Text name;
        int chunks;
        bool turned;
    };
    struct ByName {
        using is_transparent = void;  // a launch makes no string
        template <class A, class B>
        bool operator()(const Variant<A>& a, const Variant<B>& b) const {
            return std::make_tuple(std::string_view(a.name), a.chunks, a.turned) <
                   std::make_tuple(std::string_view(b.name), b.chunks, b.turned);
        }
    };

    Module module(std::string_view text, int chunks, bool turned);

    const Context& context_;
    Compiler compiler_;
    gpu::ProgramFiles files_;
    std::map<Variant<std::string>, Module, ByName> modules_;
    std::map<Variant<std::string>, Function, ByName> kernels_;
    int compiled_ = 0;
};

}  // namespace mf::cuda
