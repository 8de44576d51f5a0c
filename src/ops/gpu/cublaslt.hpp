// SPDX-License-Identifier: MIT
// Matrix products by cuBLASLt.
#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "ops/gpu/cublaslt_api.hpp"
#include "ops/gpu/cuda_context.hpp"
#include "ops/gpu/gpu_driver.hpp"

namespace mf::cuda {

class Products {
  public:
    /// What the library may use between the factors and the sums.
    static constexpr std::size_t kWorkspace = std::size_t{32} << 20;

    /// `tf32`: factors of f32 are rounded to TF32 (10 bits behind the point), which tensor cores multiply. Null when the
    /// library does not start for this device.
    static std::unique_ptr<Products> open(const BlasApi& api, const Context& context, bool tf32);
    ~Products();
    Products(const Products&) = delete;
    Products& operator=(const Products&) = delete;

    /// False, and nothing was done, when the library has nothing for this. `workspace`: kWorkspace bytes of the device. The
    /// context is current.
    bool multiply(const MatrixProduct& product, void* workspace);

  private:
    /// All that the choice of a kernel depends on.
    using Shape = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, bool, bool,
                             DType, bool, std::uint32_t, std::uint32_t, std::uint32_t>;
    struct Plan;

    Products(const BlasApi& api, const Context& context, BlasHandle handle, bool tf32);
    void succeed(int status, const char* what) const;
    std::unique_ptr<Plan> plan_of(const MatrixProduct& product) const;
    void find_algorithm(Plan& plan, const MatrixProduct& product) const;

    BlasApi api_;
    const Context& context_;
    BlasHandle handle_;
    bool tf32_;
    std::map<Shape, std::unique_ptr<Plan>> plans_;
};

}  // namespace mf::cuda
