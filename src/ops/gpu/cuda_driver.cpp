// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_driver.hpp"

#include <algorithm>

#include "ops/gpu/cuda_parameters.hpp"
#include "ops/gpu/gpu_errors.hpp"

namespace mf::cuda {
namespace {

constexpr std::int64_t kMostAcross = 2147483647,
                       kMostDown = 65535;  ///< groups of a grid, the same for all devices

DeviceInfo chosen(const Api& api, std::size_t index) {
    std::vector<DeviceInfo> all = devices(api);
    if (index >= all.size())
        throw UsageError(fmt::format("[cuda:{}] there is no such device, there {} {} of CUDA", index,
                                     all.size() == 1 ? "is" : "are", all.size()),
                         "meanflow info devices lists them; CUDA_VISIBLE_DEVICES may hide some");
    return all[index];
}

Address address_of(const void* memory) { return reinterpret_cast<Address>(memory); }

std::string place_of(std::size_t index) { return fmt::format("cuda:{}", index); }

}  // namespace

Driver::Driver(const Libraries& libraries, std::size_t index, const DriverOptions& options)
    : about_(chosen(libraries.driver, index)),
      name_(place_of(index) + (options.tf32 ? ",tf32" : "")),
      memory_limit_(options.memory_limit > 0 ? options.memory_limit : about_.memory),
      context_(libraries.driver, about_.id, place_of(index)),
      staging_(context_),
      programs_(context_,
                Compiler(libraries.compiler, context_.place(), about_.major, about_.minor, about_.driver),
                options.programs) {
    if (libraries.products) products_ = Products::open(*libraries.products, context_, options.tf32);
}

Driver::~Driver() {
    const Context::Entered entered(context_);
    const Api& api = context_.api();
    api.cuStreamSynchronize(context_.stream());
    for (const auto& [memory, bytes] : blocks_) api.cuMemFree(address_of(memory));
}

void* Driver::allocate(std::size_t bytes) {
    const std::size_t size = std::max<std::size_t>(bytes, 64);
    if (size > memory_limit_ - std::min(used_, memory_limit_))
        throw gpu::beyond_memory(context_.place(), size, used_, memory_limit_);
    const Context::Entered entered(context_);
    Address address = 0;
    const Code code = context_.api().cuMemAlloc(&address, size);
    if (code == kNoMemory) throw gpu::no_memory(context_.place(), size, used_, name_of(context_.api(), code));
    context_.succeed(code, "memory");
    auto* const memory =
        reinterpret_cast<void*>(address);  // NOLINT: addresses of the device are numbers to it
    blocks_.emplace(memory, size);
    used_ += size;
    return memory;
}

void Driver::release(void* memory) {
    if (memory == nullptr) return;
    const auto found = blocks_.find(memory);
    check(found != blocks_.end(), "[memory] {} is given back but is not memory of this device", memory);
    used_ -= found->second;
    blocks_.erase(found);
    const Context::Entered entered(context_);
    context_.api().cuMemFree(address_of(memory));  // of a lost device nothing can be given back
}

void Driver::upload(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const Context::Entered entered(context_);
    const bool small = bytes <= Staging::kMost;
    const void* const source = small ? staging_.copy_of(from, bytes) : from;
    context_.succeed(context_.api().cuMemcpyHtoDAsync(address_of(to), source, bytes, context_.stream()),
                     "an upload");
    if (small) return;
    context_.synchronise();
    staging_.forget();
}

void Driver::download(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const Context::Entered entered(context_);
    context_.succeed(context_.api().cuMemcpyDtoHAsync(to, address_of(from), bytes, context_.stream()),
                     "a download");
    context_.synchronise();
    staging_.forget();
}

void Driver::copy(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const Context::Entered entered(context_);
    context_.succeed(
        context_.api().cuMemcpyDtoDAsync(address_of(to), address_of(from), bytes, context_.stream()),
        "a copy");
}

void Driver::zero(void* memory, std::size_t bytes) {
    if (bytes == 0) return;
    const Context::Entered entered(context_);
    const Api& api = context_.api();
    const Address at = address_of(memory);
    context_.succeed(at % 4 == 0 && bytes % 4 == 0 ? api.cuMemsetD32Async(at, 0, bytes / 4, context_.stream())
                                                   : api.cuMemsetD8Async(at, 0, bytes, context_.stream()),
                     "zeros");
}

void Driver::synchronise() {
    const Context::Entered entered(context_);
    context_.synchronise();
    staging_.forget();
}

void Driver::launch(const KernelCall& call, std::span<const KernelArgument> arguments) {
    const auto [first, second, third] = call.groups;
    const bool turned = second > kMostDown;
    const std::int64_t across = turned ? second : first, down = turned ? first : second;
    check(across <= kMostAcross && down <= kMostDown && third <= kMostDown,
          "[{}] {}: {} x {} x {} groups are more than CUDA runs at once", context_.place(), call.kernel,
          first, second, third);
    Parameters parameters(arguments);
    const Context::Entered entered(context_);
    const Function kernel = programs_.kernel(call, turned);
    const auto number = [](auto count) { return static_cast<unsigned>(count); };
    context_.succeed(
        context_.api().cuLaunchKernel(kernel, number(across), number(down), number(third),
                                      number(call.items[0]), number(call.items[1]), number(call.items[2]), 0,
                                      context_.stream(), parameters.places(), nullptr),
        call.kernel);
}

bool Driver::multiply(const MatrixProduct& product) {
    if (products_ == nullptr) return false;
    if (workspace_ == nullptr) workspace_ = allocate(Products::kWorkspace);
    const Context::Entered entered(context_);
    return products_->multiply(product, workspace_);
}

}  // namespace mf::cuda
