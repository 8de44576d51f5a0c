// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_programs.hpp"

#include <utility>

#include "ops/gpu/kernel_texts.hpp"

namespace mf::cuda {

Programs::Programs(const Context& context, const Compiler& compiler, std::filesystem::path folder)
    : context_(context), compiler_(compiler), files_("cuda", std::move(folder)) {}

Programs::~Programs() {
    const Context::Entered entered(context_);
    for (const auto& [name, module] : modules_) context_.api().cuModuleUnload(module);
}

Function Programs::kernel(const KernelCall& call, bool turned) {
    const Variant<std::string_view> wanted{call.kernel, call.chunks, turned};
    if (const auto found = kernels_.find(wanted); found != kernels_.end()) return found->second;
    Function out = nullptr;
    context_.succeed(
        context_.api().cuModuleGetFunction(&out, module(call.text, call.chunks, turned), call.kernel),
        call.kernel);
    kernels_.emplace(Variant<std::string>{call.kernel, call.chunks, turned}, out);
    return out;
}

Module Programs::module(std::string_view text, int chunks, bool turned) {
    const Variant<std::string_view> wanted{text, chunks, turned};
    if (const auto found = modules_.find(wanted); found != modules_.end()) return found->second;
    // Which way of the grid groups are counted by: down it there is room for 65535 only.
    std::vector<std::string> options = {turned ? "-DFIRST=y" : "-DFIRST=x",
                                        turned ? "-DSECOND=x" : "-DSECOND=y"};
    if (chunks > 0) options.push_back(fmt::format("-DCHUNKS={}", chunks));
    std::string source(kernel_text("prelude_cuda"));
    source += kernel_text("common");
    source += kernel_text(text);
    std::string all = compiler_.identity();
    for (const std::string& option : options) all += "\n" + option;
    all += "\n" + source;
    Module out = nullptr;
    const std::string kept = files_.read(text, all);
    if (kept.empty() || context_.api().cuModuleLoadData(&out, kept.c_str()) != kSuccess) {
        const std::string program = compiler_.compile(source, fmt::format("{}.cl", text), options);
        ++compiled_;
        context_.succeed(context_.api().cuModuleLoadData(&out, program.c_str()),
                         "a compiled program is not taken");
        files_.write(text, all, program);
    }
    modules_.emplace(Variant<std::string>{std::string(text), chunks, turned}, out);
    return out;
}

}  // namespace mf::cuda
