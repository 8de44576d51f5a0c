// SPDX-License-Identifier: MIT
// What the CUDA device asks of libcuda and NVRTC, in which order, and what becomes of it when they fail.
#include <thread>

#include "ops/gpu/cuda_here.hpp"
#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

using stand_in::error_line;
using stand_in::nvrtc;

class CudaDriver : public stand_in::CudaTest {};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A little of everything that a step asks for.
void some_work(GpuDriver& driver) {
    std::vector<float> numbers(1000, 2.0F), got(1000);
    auto* const a = static_cast<float*>(driver.allocate(4000));
    auto* const b = static_cast<float*>(driver.allocate(4000));
    driver.upload(a, numbers.data(), 4000);
    driver.zero(b, 4000);
    driver.copy(b, a, 400);
    const KernelArgument arguments[] = {
        KernelArgument::of_memory(a, 4), KernelArgument::of_memory(nullptr, 4),
        KernelArgument::of_number(1.5F), KernelArgument::of_number(std::int64_t{7})};
    driver.launch(gpu::by_number("elementwise", "scale", 1000), arguments);
    driver.multiply({8, 4, 16, {a, DType::f32, 16, false}, {a, DType::f32, 4, false}, b, false});
    driver.download(got.data(), b, 4000);
    driver.synchronise();
    driver.release(a);
    driver.release(b);
}

TEST_F(CudaDriver, AsksForOneContextAndLeavesNothing) {
    {
        const auto own = driver();
        EXPECT_EQ(own->name(), "cuda:0");
        EXPECT_EQ(own->about().name, "Stand-in");
        EXPECT_EQ(own->about().processors, 132);
        some_work(*own);
        EXPECT_TRUE(here.cuda.current.empty());
        EXPECT_EQ(own->used_bytes(), cuda::Products::kWorkspace);
        own->allocate(100);  // who forgets it
    }
    EXPECT_EQ(here.cuda.count("cuDevicePrimaryCtxRetain"), 1);
    EXPECT_EQ(here.cuda.count("cuStreamCreate"), 1);
    EXPECT_EQ(here.cuda.calls.back(), "cuDevicePrimaryCtxRelease");
}

// Each of the calls in turn fails: alone, or with all that come after it, as on a device that is lost.
TEST_F(CudaDriver, WhateverFailsIsOneLineAndLeavesNothing) {
    std::size_t calls = 0;
    const auto try_all = [&](std::size_t at, cuda::Code code, bool stays) {
        stand_in::Here own;
        own.cuda.fails_at = at;
        own.cuda.fails_with = code;
        own.cuda.stays_failed = stays;
        std::string line;
        try {
            const auto made = driver();
            some_work(*made);
        } catch (const Error& error) {
            line = error.what();
        }
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
        EXPECT_TRUE(line.empty() || line.starts_with("[cuda")) << line;
        EXPECT_EQ(own.cuda.left(), "") << "call " << at << " with " << code << ": " << line;
        calls = own.cuda.calls.size();
        if (at == 0) {
            EXPECT_EQ(line, "");
        }
        return line;
    };
    try_all(0, 0, false);
    const std::size_t all = calls;
    ASSERT_GT(all, 60);
    std::size_t errors = 0;
    for (std::size_t at = 1; at <= all; ++at) {
        nvrtc().programs.clear();
        if (!try_all(at, cuda::kNoMemory, false).empty()) ++errors;
        if (!try_all(at, cuda::kIllegalAddress, true).empty()) ++errors;
    }
    stand_in::now() = &here.cuda;
    EXPECT_GT(errors, all);  // not those of leaving a context and of giving back
}

TEST_F(CudaDriver, SaysWhatIsNotThere) {
    here.cuda.failing["cuInit"] = cuda::kNoDevice;
    EXPECT_EQ(
        error_line<Error>([] { driver(); }),
        "[cuda] there is no CUDA device here: CUDA_ERROR_NO_DEVICE (100) | CUDA_VISIBLE_DEVICES may hide it; "
        "nvidia-smi lists what the driver sees");
    here.cuda.failing["cuInit"] = 803;
    EXPECT_TRUE(has(error_line<Error>([] { driver(); }),
                    "NVIDIA's driver does not start: an unknown code of CUDA (803)"));
    here.cuda.failing.clear();
    here.cuda.devices = 0;
    EXPECT_TRUE(has(error_line<Error>([] { driver(); }), "there is no CUDA device here"));
    here.cuda.devices = 2;
    EXPECT_EQ(driver(options(), true, 1)->name(), "cuda:1");
    EXPECT_TRUE(
        has(error_line<UsageError>([] { driver(options(), true, 2); }),
            "[cuda:2] there is no such device, there are 2 of CUDA | meanflow info devices lists them"));
}

TEST_F(CudaDriver, VersionsThatDoNotFit) {
    here.cuda.driver = 11040;
    EXPECT_EQ(error_line<Error>([] { driver(); }),
              "[cuda:0] the driver knows CUDA 11.4, which is older than NVRTC 12.8 | a newer driver of "
              "NVIDIA, or a libnvrtc "
              "of the driver's version");
    here.cuda.driver = 13000;
    here.cuda.major = 5;
    EXPECT_TRUE(has(error_line<Error>([] { driver(); }),
                    "[cuda:0] NVRTC 12.8 does not compile for a device of compute capability 5.0"));
    // One that is newer than the compiler gets what the driver compiles further.
    here.cuda.major = 12;
    some_work(*driver());
    EXPECT_TRUE(has(here.cuda.launches.back().program, "ptx elementwise.cl --gpu-architecture=compute_100"));
    here.cuda.major = 9;
    some_work(*driver());
    EXPECT_TRUE(has(here.cuda.launches.back().program, "cubin elementwise.cl --gpu-architecture=sm_90 "));
    here.cuda.failing["cuModuleLoadData"] = 222;
    const auto own = driver();
    EXPECT_EQ(error_line<Error>([&] { some_work(*own); }),
              "[cuda:0] a compiled program is not taken: CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222) | a newer "
              "driver of NVIDIA "
              "is needed; nvidia-smi shows which one is here");
    here.cuda.failing.clear();
}

TEST_F(CudaDriver, OutOfMemoryIsOneLine) {
    cuda::DriverOptions small = options();
    small.memory_limit = std::size_t{1} << 20;
    const auto own = driver(small);
    void* const first = own->allocate(700 << 10);
    EXPECT_EQ(error_line<Error>([&] { own->allocate(400 << 10); }),
              "[cuda:0] the device has no 0.4 MiB more, 0.7 of 1.0 MiB are in use | fewer rows at a "
              "time need less");
    own->release(first);
    own->release(own->allocate(1000 << 10));
    own->release(nullptr);
    EXPECT_EQ(own->used_bytes(), 0);
    EXPECT_TRUE(has(error_line<Error>([&] { own->release(first); }), "is not memory of this device"));
    here.cuda.failing["cuMemAlloc"] = cuda::kNoMemory;
    EXPECT_TRUE(has(error_line<Error>([&] { own->allocate(100 << 10); }),
                    "[cuda:0] the device has no 0.1 MiB more, 0.0 MiB are in use (CUDA_ERROR_OUT_OF_MEMORY "
                    "(2)) | fewer rows"));
    here.cuda.failing.clear();
}

TEST_F(CudaDriver, ADeviceThatIsLostIsOneLine) {
    const auto own = driver();
    here.cuda.failing["cuLaunchKernel"] = cuda::kIllegalAddress;
    EXPECT_EQ(error_line<Error>([&] { some_work(*own); }),
              "[cuda:0] scale: CUDA_ERROR_ILLEGAL_ADDRESS (700) | nothing more can run on it in this "
              "process; what was saved "
              "is whole, and train --resume goes on from there");
    here.cuda.failing = {{"cuStreamSynchronize", cuda::kIllegalAddress}};
    EXPECT_TRUE(has(error_line<Error>([&] { own->synchronise(); }),
                    "[cuda:0] its work did not end well: CUDA_ERROR_ILL"));
    here.cuda.failing.clear();
}

// The stream reads as late as it may; the memory that uploads come from changes at once.
TEST_F(CudaDriver, UploadsMayBeForgotten) {
    const auto own = driver();
    constexpr std::size_t floats = 50000, times = 60;
    auto* const memory = static_cast<float*>(own->allocate(times * floats * 4));
    std::vector<float> numbers(floats);
    for (std::size_t i = 0; i < times; ++i) {
        std::ranges::fill(numbers, static_cast<float>(i));
        own->upload(memory + i * floats, numbers.data(), floats * 4);
    }
    EXPECT_EQ(here.cuda.count("cuStreamSynchronize"), 0);
    EXPECT_EQ(here.cuda.count("cuEventRecord"), here.cuda.count("cuEventSynchronize") + 1);
    std::vector<float> all(times * floats);
    own->download(all.data(), memory, all.size() * 4);
    for (std::size_t i = 0; i < all.size(); i += 97)
        ASSERT_EQ(static_cast<std::size_t>(all[i]), i / floats) << i;
    // A large one is done when it returns.
    std::vector<float> large(times * floats, 7.0F);
    own->upload(memory, large.data(), large.size() * 4);
    std::ranges::fill(large, 8.0F);
    std::fill_n(numbers.begin(), 2, 9.0F);
    own->upload(memory + 1, numbers.data(), 4);
    own->download(all.data(), memory, all.size() * 4);
    EXPECT_EQ(all[0], 7.0F);
    EXPECT_EQ(all[1], 9.0F);
    EXPECT_EQ(all.back(), 7.0F);
    own->release(memory);
}

TEST_F(CudaDriver, BytesAndZeros) {
    const auto own = driver();
    auto* const a = static_cast<std::byte*>(own->allocate(1000));
    std::vector<std::byte> numbers(1000), got(1000);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::byte>(i * 7 % 251);
    own->upload(a, numbers.data(), 1000);
    own->zero(a + 13, 11);
    own->zero(a + 400, 80);
    own->copy(a + 3, a + 601, 5);
    own->upload(a, numbers.data(), 0);
    own->zero(a, 0);
    own->copy(a, a, 0);
    own->download(got.data(), a, 1000);
    own->download(got.data(), a, 0);
    std::fill_n(numbers.begin() + 13, 11, std::byte{0});
    std::fill_n(numbers.begin() + 400, 80, std::byte{0});
    std::copy_n(numbers.begin() + 601, 5, numbers.begin() + 3);
    EXPECT_EQ(got, numbers);
    EXPECT_EQ(here.cuda.count("cuMemsetD8Async"), 1);
    EXPECT_EQ(here.cuda.count("cuMemsetD32Async"), 1);
}

template <class Number>
Number number_of(const std::vector<std::byte>& bytes) {
    Number out{};
    EXPECT_EQ(bytes.size(), sizeof out);
    if (bytes.size() == sizeof out) std::memcpy(&out, bytes.data(), sizeof out);
    return out;
}

TEST_F(CudaDriver, ParametersAreAddressesAndNumbers) {
    here.cuda.parameters["pointwise"] = {8, 8, 4, 8, 8, 4, 8, 4};
    const auto own = driver();
    auto* const x = static_cast<float*>(own->allocate(400));
    gpu::ArgumentList list;
    list.add(gpu::Floats(View{x + 3, 1, 5, DType::f32}));
    list.add(std::int32_t{-2});
    list.add(gpu::Either{View{}});
    list.add(std::int64_t{1} << 40);
    list.add(2.5F);
    own->launch({"pointwise", "pointwise", {3, 4, 5}, {16, 8, 2}, 0}, list.all());
    const stand_in::Launch& seen = here.cuda.launches.at(0);
    EXPECT_EQ(seen.kernel, "pointwise");
    EXPECT_EQ(seen.grid, (std::array<unsigned, 6>{3, 4, 5, 16, 8, 2}));
    EXPECT_EQ(number_of<const float*>(seen.given[0]), x + 3);
    EXPECT_EQ(number_of<std::uint64_t>(seen.given[1]), 0);
    EXPECT_EQ(number_of<std::int32_t>(seen.given[2]), -2);
    EXPECT_EQ(number_of<const float*>(seen.given[3]), nullptr);
    EXPECT_EQ(number_of<std::uint64_t>(seen.given[4]), 0);
    EXPECT_EQ(number_of<std::int32_t>(seen.given[5]), 0);
    EXPECT_EQ(number_of<std::int64_t>(seen.given[6]), std::int64_t{1} << 40);
    EXPECT_EQ(number_of<float>(seen.given[7]), 2.5F);
}

// CUDA has 65535 groups down a grid, and 2147483647 across.
TEST_F(CudaDriver, LongGridsAreTurned) {
    const auto own = driver();
    own->launch({"modulate", "modulate_adjoint", {2, 65535, 1}, {64, 1, 1}, 0}, {});
    own->launch({"modulate", "modulate_adjoint", {2, 65536, 1}, {64, 1, 1}, 0}, {});
    own->launch(gpu::by_number("elementwise", "fill", std::int64_t{70000} * 256), {});
    const auto& all = here.cuda.launches;
    EXPECT_EQ(all[0].grid, (std::array<unsigned, 6>{2, 65535, 1, 64, 1, 1}));
    EXPECT_EQ(all[1].grid, (std::array<unsigned, 6>{65536, 2, 1, 64, 1, 1}));
    EXPECT_EQ(all[2].grid, (std::array<unsigned, 6>{70000, 1, 1, 256, 1, 1}));
    EXPECT_TRUE(has(all[0].program, " -DFIRST=x -DSECOND=y"));
    EXPECT_TRUE(has(all[1].program, " -DFIRST=y -DSECOND=x"));
    EXPECT_TRUE(has(error_line<Error>([&] {
                        own->launch({"modulate", "modulate_adjoint", {70000, 70000, 1}, {64, 1, 1}, 0}, {});
                    }),
                    "[cuda:0] modulate_adjoint: 70000 x 70000 x 1 groups are more than CUDA runs at once"));
}

// What a thread has entered is as it was when a call returns, in whichever thread.
TEST_F(CudaDriver, EveryThreadEntersByItself) {
    const auto own = driver();
    void* memory = nullptr;
    std::thread([&] { memory = own->allocate(64); }).join();
    here.cuda.current.push_back(this);
    own->zero(memory, 64);
    own->release(memory);
    EXPECT_EQ(here.cuda.current, std::vector<const void*>{this});
    here.cuda.current.clear();
    EXPECT_EQ(here.cuda.count("cuCtxPushCurrent"), here.cuda.count("cuCtxPopCurrent"));
}

}  // namespace
}  // namespace mf
