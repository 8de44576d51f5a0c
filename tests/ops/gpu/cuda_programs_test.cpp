// SPDX-License-Identifier: MIT
// Programs of the CUDA device: compiled once, kept in a folder, made anew when that is needed.
#include <fstream>

#include "ops/gpu/cuda_here.hpp"
#include "support/scratch.hpp"

namespace mf {
namespace {

using stand_in::error_line;
using stand_in::nvrtc;

class CudaPrograms : public stand_in::CudaTest {
  public:
    /// Calls of three kernels in two programs with those of `folder`; returns how many were compiled for them.
    static int compiled_with(const std::filesystem::path& folder) {
        cuda::DriverOptions with = options();
        with.programs = folder;
        const auto own = driver(with);
        for (const char* const kernel : {"fill", "convert", "fill"})
            own->launch({"elementwise", kernel, {1, 1, 1}, {256, 1, 1}, 0}, {});
        own->launch({"attention", "attention", {1, 1, 1}, {16, 16, 1}, 2}, {});
        return own->compiled_programs();
    }
};

TEST_F(CudaPrograms, AreCompiledOnceWithWhatTheyNeed) {
    EXPECT_EQ(compiled_with({}), 2);
    ASSERT_EQ(nvrtc().compiled.size(), 2);
    const auto& [name, source, options] = nvrtc().compiled[1];
    EXPECT_EQ(name, "attention.cl");
    EXPECT_EQ(options, " --gpu-architecture=sm_90 --std=c++17 -DFIRST=x -DSECOND=y -DCHUNKS=2");
    EXPECT_NE(source.find("__global__"), std::string::npos);
    EXPECT_NE(source.find("What every text of kernels stands on"), std::string::npos);
    EXPECT_NE(source.find("KERNEL attention("), std::string::npos);
    EXPECT_EQ(here.cuda.count("cuModuleGetFunction"), 3);
    EXPECT_EQ(here.cuda.count("cuModuleLoadData"), 2);
    EXPECT_EQ(here.cuda.count("nvrtcDestroyProgram"), 2);
}

TEST_F(CudaPrograms, AreKept) {
    const test::Scratch scratch;
    const std::filesystem::path folder = scratch / "programs";
    EXPECT_EQ(compiled_with(folder), 2);
    EXPECT_EQ(compiled_with(folder), 0);
    EXPECT_EQ(here.cuda.launches.back().program,
              "cubin attention.cl --gpu-architecture=sm_90 --std=c++17 -DFIRST=x -DSECOND=y "
              "-DCHUNKS=2");
    // Of another device and of another compiler they are others.
    here.cuda.major = 8;
    EXPECT_EQ(compiled_with(folder), 2);
    nvrtc().minor = 9;
    EXPECT_EQ(compiled_with(folder), 2);
    EXPECT_EQ(compiled_with(folder), 0);
    // Cut short: made again.
    for (const auto& each : std::filesystem::directory_iterator(folder))
        std::filesystem::resize_file(each.path(), std::filesystem::file_size(each.path()) - 1);
    EXPECT_EQ(compiled_with(folder), 2);
    EXPECT_EQ(compiled_with(folder), 0);
    // A folder that cannot be: nothing is kept, and nothing else is amiss.
    scratch.put("file", "no folder");
    EXPECT_EQ(compiled_with(scratch / "file" / "programs"), 2);
}

cuda::Code takes_new_ones(cuda::Module* to, const void* image) {
    const cuda::Code code = stand_in::now()->called("cuModuleLoadData");
    if (code != 0 || nvrtc().compiled.empty()) return 200;
    stand_in::now()->make(to);
    stand_in::now()->programs[*to] = static_cast<const char*>(image);
    return code;
}

// A kept program that the driver does not take, as after another driver was installed.
TEST_F(CudaPrograms, AreMadeAnewWhenTheDriverDoesNotTakeThem) {
    const test::Scratch scratch;
    EXPECT_EQ(compiled_with(scratch / "programs"), 2);
    nvrtc().compiled.clear();
    cuda::Libraries libraries{stand_in::driver_api(), stand_in::nvrtc_api(), std::nullopt};
    libraries.driver.cuModuleLoadData = takes_new_ones;
    cuda::DriverOptions with = options();
    with.programs = scratch / "programs";
    cuda::Driver own(libraries, 0, with);
    own.launch({"elementwise", "fill", {1, 1, 1}, {256, 1, 1}, 0}, {});
    EXPECT_EQ(own.compiled_programs(), 1);
}

TEST_F(CudaPrograms, ThatDoNotCompileAreOneLine) {
    nvrtc().log =
        "gemm.cl(3): warning #177-D: function was declared but never referenced\n   HELPER float x;\n\n"
        "gemm.cl(47): error: identifier \"y\" is undefined\n      y = 3;\n      ^\n\n1 error detected.\n";
    const auto own = driver();
    EXPECT_EQ(error_line<Error>([&] {
                  own->launch({"gemm", "matrix_product", {1, 1, 1}, {16, 16, 1}, 0}, {});
              }),
              "[cuda:0] gemm.cl does not compile for this device: NVRTC_ERROR_COMPILATION (6): gemm.cl(47): "
              "error: identifier "
              "\"y\" is undefined");
    nvrtc().log.clear();
    own->launch({"gemm", "matrix_product", {1, 1, 1}, {16, 16, 1}, 0}, {});  // and the next is tried again
    EXPECT_EQ(here.cuda.launches.size(), 1);
}

}  // namespace
}  // namespace mf
