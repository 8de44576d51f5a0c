// SPDX-License-Identifier: MIT
#include "ops/gpu/opencl_driver.hpp"

#include <algorithm>

#include "ops/gpu/gpu_errors.hpp"

namespace mf::opencl {
namespace {

constexpr std::size_t kStaging = std::size_t{4} << 20;
constexpr std::size_t kSmall = std::size_t{1} << 20;  ///< uploads up to this size do not wait

DeviceInfo chosen(const Api& api, std::size_t index) {
    std::vector<DeviceInfo> all = devices(api);
    if (index >= all.size())
        throw UsageError(fmt::format("[opencl:{}] there is no such device, there {} {} of OpenCL", index,
                                     all.size() == 1 ? "is" : "are", all.size()),
                         "meanflow info devices lists them");
    return all[index];
}

}  // namespace

Driver::Driver(const Api& api, std::size_t index, const DriverOptions& options)
    : api_(api),
      place_(fmt::format("opencl:{}", index)),
      about_(chosen(api, index)),
      memory_limit_(options.memory_limit > 0 ? options.memory_limit : about_.memory),
      staging_(kStaging) {
    Code code = kSuccess;
    context_ = api_.clCreateContext(nullptr, 1, &about_.id, nullptr, nullptr, &code);
    if (code == kSuccess) queue_ = api_.clCreateCommandQueue(context_, about_.id, 0, &code);
    if (code != kSuccess) {
        if (context_ != nullptr) api_.clReleaseContext(context_);
        succeed(code, "it cannot be opened");
    }
    programs_ = std::make_unique<ProgramStore>(
        api_, context_, about_.id, place_,
        fmt::format("{}\n{}\n{}", about_.platform, about_.name, about_.driver), options.programs);
    if (options.library_products) blast_ = ClBlast::open();
}

Driver::~Driver() {
    api_.clFinish(queue_);
    programs_.reset();
    api_.clReleaseCommandQueue(queue_);
    api_.clReleaseContext(context_);
}

void Driver::succeed(Code code, const char* what, std::size_t bytes) const {
    if (code == kSuccess) return;
    const bool memory = code == kNoMemory || code == kNoResources || code == kNoHostMemory;
    if (memory && bytes > 0) throw gpu::no_memory(place_, bytes, book_.total_bytes(), name_of(code));
    if (memory) throw gpu::no_memory_for(place_, what, book_.total_bytes(), name_of(code));
    throw Error(
        fmt::format("[{}] {}: {}", place_, what, name_of(code)),
        code == kDeviceNotAvailable ? "the device is gone; its driver or the kernel's log may say why" : "");
}

void* Driver::allocate(std::size_t bytes) {
    const std::size_t size = std::max<std::size_t>(bytes, 64);
    if (book_.total_bytes() + size > memory_limit_)
        throw gpu::beyond_memory(place_, size, book_.total_bytes(), memory_limit_);
    if (about_.largest_block > 0 && size > about_.largest_block)
        throw gpu::beyond_block(place_, size, about_.largest_block);
    Code code = kSuccess;
    const Memory memory = api_.clCreateBuffer(context_, kReadWrite, size, nullptr, &code);
    succeed(code, "memory", size);
    return book_.add(memory, size);
}

void Driver::release(void* memory) {
    if (memory != nullptr) api_.clReleaseMemObject(book_.remove(memory));
}

/// A copy of `from` that stays until the queue has read it.
const void* Driver::staged(const void* from, std::size_t bytes) {
    if (staged_ + bytes > staging_.size()) {
        synchronise();
        staged_ = 0;
    }
    std::byte* const at = staging_.data() + staged_;
    staged_ += bytes;
    std::memcpy(at, from, bytes);
    return at;
}

void Driver::upload(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const AddressBook::Place place = book_.find(to, bytes);
    const bool small = bytes <= kSmall;
    const void* const source = small ? staged(from, bytes) : from;
    succeed(api_.clEnqueueWriteBuffer(queue_, place.object, small ? 0 : 1, place.offset, bytes, source, 0,
                                      nullptr, nullptr),
            "an upload");
}

void Driver::download(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const AddressBook::Place place = book_.find(from, bytes);
    succeed(api_.clEnqueueReadBuffer(queue_, place.object, 1, place.offset, bytes, to, 0, nullptr, nullptr),
            "a download");
    staged_ = 0;
}

void Driver::copy(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const AddressBook::Place target = book_.find(to, bytes), source = book_.find(from, bytes);
    succeed(api_.clEnqueueCopyBuffer(queue_, source.object, target.object, source.offset, target.offset,
                                     bytes, 0, nullptr, nullptr),
            "a copy");
}

void Driver::zero(void* memory, std::size_t bytes) {
    if (bytes == 0) return;
    const AddressBook::Place place = book_.find(memory, bytes);
    const std::uint32_t nothing = 0;
    const std::size_t pattern = place.offset % 4 == 0 && bytes % 4 == 0 ? 4 : 1;
    succeed(api_.clEnqueueFillBuffer(queue_, place.object, &nothing, pattern, place.offset, bytes, 0, nullptr,
                                     nullptr),
            "zeros");
}

void Driver::synchronise() {
    succeed(api_.clFinish(queue_), "its work did not end");
    staged_ = 0;
}

void Driver::launch(const KernelCall& call, std::span<const KernelArgument> arguments) {
    const Kernel kernel = programs_->kernel(call);
    std::uint32_t index = 0;
    Code code = kSuccess;
    const auto set = [&](std::size_t bytes, const void* value) {
        if (code == kSuccess) code = api_.clSetKernelArg(kernel, index++, bytes, value);
    };
    for (const KernelArgument& argument : arguments) {
        if (!argument.is_memory) {
            set(argument.bytes, argument.number.data());
            continue;
        }
        AddressBook::Place place{nullptr, 0};
        if (argument.memory != nullptr) place = book_.find(argument.memory, argument.bytes);
        const std::uint64_t first = place.offset / argument.bytes;
        set(sizeof(void*), &place.object);  // a handle
        set(sizeof first, &first);
    }
    succeed(code, call.kernel);
    std::size_t all[3], group[3];
    for (std::size_t i = 0; i < 3; ++i) {
        group[i] = static_cast<std::size_t>(call.items[i]);
        all[i] = static_cast<std::size_t>(call.groups[i]) * group[i];
    }
    succeed(api_.clEnqueueNDRangeKernel(queue_, kernel, 3, nullptr, all, group, 0, nullptr, nullptr),
            call.kernel);
}

BlastFactor Driver::factor(const Factor& x) const {
    const AddressBook::Place place = book_.find(x.data, sizeof(float));
    return {x.turned, place.object, place.offset / sizeof(float), static_cast<std::size_t>(x.stride)};
}

bool Driver::multiply(const MatrixProduct& product) {
    if (blast_ == nullptr || product.bias != nullptr || product.a.type != DType::f32 ||
        product.b.type != DType::f32)
        return false;
    const AddressBook::Place c = book_.find(product.c, sizeof(float));
    const Code code =
        blast_->multiply(queue_, static_cast<std::size_t>(product.m), static_cast<std::size_t>(product.n),
                         static_cast<std::size_t>(product.k), factor(product.a), factor(product.b), c.object,
                         c.offset / sizeof(float), product.add ? 1.0F : 0.0F);
    succeed(code, "a product by CLBlast");
    return true;
}

}  // namespace mf::opencl
