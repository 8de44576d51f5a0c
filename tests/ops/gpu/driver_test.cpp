// SPDX-License-Identifier: MIT
// Memory of an OpenCL device, its errors, and the programs that are kept for it.
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "ops/gpu/numbers.hpp"
#include "ops/gpu/shared_library.hpp"
#include "support/scratch.hpp"

namespace mf {
namespace {

using opencl::Code;

/// The one line of an error that `work` has to throw.
template <class E, class Work>
std::string line_of(Work&& work) {
    try {
        work();
    } catch (const E& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "no error";
    return {};
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(GpuDriver, ListsDevices) {
    if (no_opencl()) return;
    for (const opencl::DeviceInfo& device : opencl::devices(*opencl_here().api)) {
        EXPECT_FALSE(device.name.empty());
        EXPECT_FALSE(device.driver.empty());
        EXPECT_GT(device.memory, std::size_t{1} << 20);
        EXPECT_TRUE(device.type == "gpu" || device.type == "cpu" || device.type == "other");
    }
    const std::string line = line_of<UsageError>([] { opencl::Driver(*opencl_here().api, 99, {}); });
    EXPECT_TRUE(holds(line, "[opencl:99] there is no such device")) << line;
}

TEST(GpuDriver, ALibraryThatIsNotThereIsNamed) {
    const std::string line = line_of<Error>([] { SharedLibrary("libmeanflow_nothing.so.7", "a hint"); });
    EXPECT_TRUE(holds(line, "[libmeanflow_nothing.so.7] cannot be opened")) << line;
    EXPECT_FALSE(SharedLibrary("libmeanflow_nothing.so.7").is_open());
}

TEST(GpuDriver, MemoryHasAddressesThatCount) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    const std::size_t before = opencl_here().driver().used_bytes();
    auto* const a = static_cast<std::byte*>(gpu.allocate(1000));
    auto* const b = static_cast<std::byte*>(gpu.allocate(5000));
    EXPECT_TRUE(a + 1000 <= b || b + 5000 <= a);
    EXPECT_EQ(opencl_here().driver().used_bytes(), before + 6000);
    std::vector<std::byte> numbers(5000);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::byte>(i * 7 % 251);
    gpu.upload(b, numbers.data(), 5000);
    gpu.zero(b + 13, 11);
    gpu.zero(b + 400, 80);
    gpu.copy(a + 3, b + 301, 500);
    std::fill_n(numbers.begin() + 13, 11, std::byte{0});
    std::fill_n(numbers.begin() + 400, 80, std::byte{0});
    std::vector<std::byte> got(500), rest(4999);
    gpu.download(got.data(), a + 3, 500);
    gpu.download(rest.data(), b + 1, 4999);
    EXPECT_TRUE(std::equal(got.begin(), got.end(), numbers.begin() + 301));
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), numbers.begin() + 1));
    // The host cannot read it: the system refuses the address.
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], a, 1), -1);
    ::close(ends[0]);
    ::close(ends[1]);
    EXPECT_TRUE(holds(line_of<Error>([&] { gpu.zero(b + 4990, 11); }), "not in the memory of this device"));
    gpu.release(a);
    EXPECT_TRUE(holds(line_of<Error>([&] { gpu.zero(a, 1); }), "not in the memory of this device"));
    gpu.release(b);
    gpu.release(nullptr);
    EXPECT_EQ(opencl_here().driver().used_bytes(), before);
}

// More small uploads than there is room for on their way, from memory that changes at once.
TEST(GpuDriver, UploadsMayBeForgotten) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    constexpr std::size_t floats = 50000, times = 60;
    auto* const memory = static_cast<float*>(gpu.allocate(times * floats * 4));
    std::vector<float> numbers(floats);
    for (std::size_t i = 0; i < times; ++i) {
        std::ranges::fill(numbers, static_cast<float>(i));
        gpu.upload(memory + i * floats, numbers.data(), floats * 4);
    }
    std::vector<float> all(times * floats);
    gpu.download(all.data(), memory, all.size() * 4);
    for (std::size_t i = 0; i < all.size(); i += 997) ASSERT_EQ(all[i], static_cast<float>(i / floats)) << i;
    gpu.release(memory);
}

TEST(GpuDriver, OutOfMemoryIsOneLine) {
    if (no_opencl()) return;
    OpenClHere small = open_here({.library_products = false, .memory_limit = std::size_t{1} << 20});
    void* const first = small.device->allocate(700 << 10);
    const std::string line = line_of<Error>([&] { small.device->allocate(400 << 10); });
    EXPECT_TRUE(holds(line, "[opencl:0] the device has no 0.4 MiB more, 0.7 of 1.0 MiB are in use")) << line;
    small.device->release(first);
    small.device->release(small.device->allocate(1000 << 10));
    // More than any device gives.
    EXPECT_TRUE(holds(line_of<Error>([] { opencl_here().device->allocate(std::size_t{1} << 60); }), "MiB"));
}

opencl::Memory no_buffer(opencl::ClContext, opencl::Bits, std::size_t, void*, Code* code) {
    *code = opencl::kNoMemory;
    return nullptr;
}
Code gone(opencl::Queue, opencl::Kernel, std::uint32_t, const std::size_t*, const std::size_t*,
          const std::size_t*, std::uint32_t, const opencl::Event*, opencl::Event*) {
    return opencl::kDeviceNotAvailable;
}
Code not_done(opencl::Queue) { return opencl::kFailedBefore; }

TEST(GpuDriver, ADeviceThatFailsIsOneLine) {
    if (no_opencl()) return;
    opencl::Api api = *opencl_here().api;
    api.clEnqueueNDRangeKernel = gone;
    {
        GpuDevice lost(std::make_unique<opencl::Driver>(api, 0, opencl::DriverOptions{}));
        Stage s(lost);
        OnDevice& x = s.normal(3, 5);
        const std::string line = line_of<Error>([&] { lost.scale(x, x, 2.0F); });
        EXPECT_TRUE(holds(line, "[opencl:0] scale: CL_DEVICE_NOT_AVAILABLE (-2)")) << line;
    }
    api.clCreateBuffer = no_buffer;
    api.clFinish = not_done;
    opencl::Driver poor(api, 0, {});
    const std::string line = line_of<Error>([&] { poor.allocate(3 << 20); });
    EXPECT_TRUE(holds(line, "[opencl:0] the device has no 3.0 MiB more")) << line;
    EXPECT_TRUE(holds(line_of<Error>([&] { poor.synchronise(); }), "its work did not end")) << line;
}

TEST(GpuDriver, WhatItLacksIsOneLine) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    std::shared_ptr<PreparedWeight> kept;
    const WeightToPrepare weight{
        .form = WeightToPrepare::Form::bytes, .value = {}, .scales = {}, .kept = &kept};
    const std::string line = line_of<UsageError>([&] { gpu.prepare({&weight, 1}); });
    EXPECT_EQ(line, "[opencl:0] this device has no kernel linear_of_bytes");
}

/// A number of kernel calls with the programs of `folder`; returns how many programs were compiled for them.
int compiled_with(const std::filesystem::path& folder) {
    OpenClHere here = open_here({.library_products = false, .programs = folder});
    Stage s(*here.device);
    OnDevice &x = s.normal(5, 7), &y = s.normal(5, 7);
    here.device->swiglu({x, x, {}, {}, y, {}, {}, {}});
    EXPECT_NE(y.now()[0], 0.0);
    return here.driver().compiled_programs();
}

TEST(GpuDriver, CompiledProgramsAreKept) {
    if (no_opencl()) return;
    const test::Scratch scratch;
    const std::filesystem::path folder = scratch / "programs";
    EXPECT_EQ(compiled_with(folder), 1);
    EXPECT_EQ(compiled_with(folder), 0);
    ASSERT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
    const std::filesystem::path file = std::filesystem::directory_iterator(folder)->path();
    const auto size = std::filesystem::file_size(file);
    // Cut short, one byte of it another, empty: made again.
    std::filesystem::resize_file(file, size - 1);
    EXPECT_EQ(compiled_with(folder), 1);
    EXPECT_EQ(compiled_with(folder), 0);
    {
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekg(static_cast<std::streamoff>(size / 2));
        const char byte = static_cast<char>(out.get() ^ 1);
        out.seekp(static_cast<std::streamoff>(size / 2));
        out.put(byte);
    }
    EXPECT_EQ(compiled_with(folder), 1);
    std::filesystem::resize_file(file, 0);
    EXPECT_EQ(compiled_with(folder), 1);
    EXPECT_EQ(compiled_with(folder), 0);
    // A folder that cannot be: nothing is kept, and nothing else is amiss.
    scratch.put("file", "no folder");
    EXPECT_EQ(compiled_with(scratch / "file" / "programs"), 1);
    EXPECT_EQ(compiled_with({}), 1);
}

TEST(GpuDriver, ProductsByTheLibrary) {
    if (no_opencl()) return;
    const OpenClHere here = open_here();
    Stage ours(*opencl_here().device), s(*here.device);
    for (Stage* const stage : {&ours, &s}) {
        OnDevice &x = stage->normal(31, 33), &w = stage->normal(17, 33), &y = stage->normal(31, 17),
                 &dx = stage->normal(31, 33), &dw = stage->normal(17, 33), &dy = stage->normal(31, 17);
        stage->device.linear({x, y, {}}, {}, {w, nullptr});
        stage->device.linear_adjoint(dx, dy, {w, nullptr}, true, stage->pool);
        stage->device.weight_gradient(dw, dy, x, stage->pool);
    }
    for (std::size_t i = 0; i < ours.all.size(); ++i) {
        const std::vector<double> a = ours.all[i].now(), b = s.all[i].now();
        for (std::size_t j = 0; j < a.size(); ++j) ASSERT_NEAR(a[j], b[j], 2e-5) << i << " " << j;
    }
}

}  // namespace
}  // namespace mf
