// SPDX-License-Identifier: MIT
// A CUDA device of stand-ins.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "ops/gpu/blas_stand_in.hpp"
#include "ops/gpu/cuda_driver.hpp"
#include "ops/gpu/gpu_device.hpp"
#include "ops/gpu/nvrtc_stand_in.hpp"

namespace mf::stand_in {

/// New stand-ins for a test, which leave nothing behind.
class CudaTest : public testing::Test {
  public:
    CudaTest() {
        nvrtc() = {};
        blas() = {};
    }
    ~CudaTest() override { EXPECT_EQ(here.cuda.left(), ""); }

    /// Nothing is kept in the cache of whoever runs the tests.
    static cuda::DriverOptions options() {
        cuda::DriverOptions out;
        out.programs.clear();
        return out;
    }
    static std::unique_ptr<cuda::Driver> driver(const cuda::DriverOptions& with = options(),
                                                bool products = true, std::size_t index = 0) {
        cuda::Libraries libraries{driver_api(), nvrtc_api(), std::nullopt};
        if (products) libraries.products = blas_api();
        return std::make_unique<cuda::Driver>(libraries, index, with);
    }

    Here here;
};

/// The one line of an error that `work` has to throw, and its hint behind a bar.
template <class E, class Work>
std::string error_line(Work&& work) {
    try {
        work();
    } catch (const E& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        return error.hint().empty() ? std::string(error.what()) : error.what() + (" | " + error.hint());
    }
    ADD_FAILURE() << "no error";
    return {};
}

}  // namespace mf::stand_in
