// SPDX-License-Identifier: MIT
// Products as cuBLASLt is asked for them: a stand-in computes what the descriptions say, and that has to be the product.
#include "core/rng.hpp"
#include "ops/gpu/cuda_here.hpp"
#include "tensor/pool.hpp"

namespace mf {
namespace {

using stand_in::blas;

class CudaProducts : public stand_in::CudaTest {};

/// Numbers in memory of the device, from element `shift` of it on, and as doubles.
struct Operand {
    GpuDriver& driver;
    DType type;
    std::vector<double> numbers;
    void* memory;
    std::byte* first;

    Operand(GpuDriver& on, DType of, std::int64_t count, std::uint64_t seed, std::size_t shift = 0)
        : driver(on), type(of) {
        std::vector<float> values(static_cast<std::size_t>(count));
        Random(seed, Stream::sampling).normal_rows(values.data(), count, 0, 1);
        std::vector<std::byte> raw(values.size() * size_of(type));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bfloat16 rounded = to_bfloat16(values[i]);
            if (type == DType::bf16)
                std::memcpy(raw.data() + 2 * i, &rounded, 2);
            else
                std::memcpy(raw.data() + 4 * i, &values[i], 4);
            numbers.push_back(static_cast<double>(type == DType::bf16 ? to_float(rounded) : values[i]));
        }
        memory = driver.allocate(raw.size() + shift * size_of(type));
        first = static_cast<std::byte*>(memory) + shift * size_of(type);
        driver.upload(first, raw.data(), raw.size());
    }
    ~Operand() { driver.release(memory); }
    Operand(const Operand&) = delete;
    Operand& operator=(const Operand&) = delete;

    std::vector<float> now() const {
        std::vector<float> out(numbers.size());
        driver.download(out.data(), first, out.size() * 4);
        return out;
    }
};

/// Element (i, j) as a Factor says it.
double element(const Operand& x, const Factor& as, std::int64_t i, std::int64_t j) {
    return x.numbers[static_cast<std::size_t>(as.turned ? j * as.stride + i : i * as.stride + j)];
}

struct Way {
    DType type;
    bool turn_a, turn_b, add, bias;
    std::size_t shift;
};

/// Rows that are longer than the matrix is wide have numbers between them that no product reads.
void check_product(GpuDriver& driver, std::int64_t m, std::int64_t n, std::int64_t k, const Way& way) {
    const std::int64_t a_stride = (way.turn_a ? m : k) + 3, b_stride = (way.turn_b ? k : n) + 2;
    const Operand a(driver, way.type, (way.turn_a ? k : m) * a_stride, 1, way.shift),
        b(driver, way.type, (way.turn_b ? n : k) * b_stride, 2, 2 * way.shift),
        c(driver, DType::f32, m * n, 3, way.shift), bias(driver, DType::f32, n, 4, way.shift);
    const MatrixProduct product{m,
                                n,
                                k,
                                {a.first, way.type, a_stride, way.turn_a},
                                {b.first, way.type, b_stride, way.turn_b},
                                c.first,
                                way.add,
                                way.bias ? bias.first : nullptr};
    ASSERT_TRUE(driver.multiply(product));
    const std::vector<float> got = c.now();
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            const auto at = static_cast<std::size_t>(i * n + j);
            double sum = way.add ? c.numbers[at] : 0.0;
            for (std::int64_t q = 0; q < k; ++q)
                sum += element(a, product.a, i, q) * element(b, product.b, q, j);
            if (way.bias) sum += bias.numbers[static_cast<std::size_t>(j)];
            ASSERT_NEAR(static_cast<double>(got[at]), sum, 1e-5 * (1 + std::abs(sum)))
                << m << " " << n << " " << k << " at " << i << " " << j << (way.turn_a ? " turned a" : "")
                << (way.turn_b ? " turned b" : "") << (way.add ? " added" : "")
                << (way.bias ? " with a bias" : "");
        }
}

TEST_F(CudaProducts, AreProducts) {
    const auto own = driver();
    const std::int64_t sizes[][3] = {{1, 1, 1}, {5, 3, 7}, {1, 9, 4}, {13, 1, 2}, {6, 17, 1}, {16, 8, 32}};
    for (const auto [m, n, k] : sizes)
        for (int bits = 0; bits < 32; ++bits)
            for (const std::size_t shift : {0, 1})
                check_product(*own, m, n, k,
                              {(bits & 1) != 0 ? DType::bf16 : DType::f32, (bits & 2) != 0, (bits & 4) != 0,
                               (bits & 8) != 0, (bits & 16) != 0, shift});
}

TEST_F(CudaProducts, KeepF32Exact) {
    const Way f32{DType::f32, false, true, false, false, 0}, bf16{DType::bf16, false, true, false, false, 0};
    const auto own = driver();
    check_product(*own, 4, 4, 4, f32);
    check_product(*own, 4, 4, 4, bf16);
    cuda::DriverOptions tf32 = options();
    tf32.tf32 = true;
    const auto other = driver(tf32);
    EXPECT_EQ(other->name(), "cuda:0,tf32");
    check_product(*other, 4, 4, 4, f32);
    check_product(*other, 4, 4, 4, bf16);
    EXPECT_EQ(blas().computed,
              (std::vector<int>{cuda::kSumsF32, cuda::kSumsF32, cuda::kSumsTf32, cuda::kSumsF32}));
}

// A kernel is looked for once for a shape, with sums in an order that does not change.
TEST_F(CudaProducts, AreLookedForOnce) {
    const auto own = driver();
    for (int i = 0; i < 3; ++i) check_product(*own, 8, 8, 8, {DType::f32, false, true, i == 1, true, 0});
    EXPECT_EQ(blas().asked.size(), 1);
    EXPECT_EQ(blas().asked[0].at(cuda::kReductions), cuda::kReductionsInOrder);
    EXPECT_EQ(blas().asked[0].at(cuda::kMostWorkspace), cuda::Products::kWorkspace);
    check_product(*own, 8, 8, 8, {DType::f32, false, true, false, true, 1});
    check_product(*own, 8, 8, 8, {DType::f32, true, true, false, true, 0});
    EXPECT_EQ(blas().asked.size(), 3);
    EXPECT_EQ(here.cuda.count("cuMemAlloc"), 5 * 4 + 1);  // and one for what is between factors and sums
}

// Without the library, with one that does not start or knows no kernel, and of two types: our own kernel multiplies.
TEST_F(CudaProducts, AreLeftToOurKernel) {
    const auto refuses = [](GpuDriver& on, DType other = DType::f32) {
        const Operand x(on, DType::f32, 16, 1);
        return !on.multiply(
            {4, 4, 4, {x.first, DType::f32, 4, false}, {x.first, other, 4, false}, x.first, false});
    };
    EXPECT_TRUE(refuses(*driver(options(), false)));
    const auto own = driver();
    EXPECT_TRUE(refuses(*own, DType::bf16));
    EXPECT_FALSE(refuses(*own));
    blas().says = cuda::kBlasNotSupported;
    EXPECT_TRUE(refuses(*own));
    blas().says = 0;
    EXPECT_TRUE(refuses(*own));  // nor is it asked again
    blas().knows_kernels = false;
    EXPECT_TRUE(refuses(*driver()));
    blas().knows_kernels = true;
    here.cuda.failing["cublasLtCreate"] = 1;
    EXPECT_TRUE(refuses(*driver()));
    here.cuda.failing.clear();
    blas().says = 13;
    const auto another = driver();
    EXPECT_EQ(stand_in::error_line<Error>([&] { refuses(*another); }),
              "[cuda:0] cuBLASLt, a product: CUBLAS_STATUS_OF_A_TEST (13)");
}

// Of a layer: y = x Wᵀ + b, x̄ = ȳ W and W̄ += ȳᵀ x by the library, where the weights have bf16 in bf16.
TEST_F(CudaProducts, OfALayer) {
    GpuDevice gpu(driver());
    Pool pool(gpu);
    const std::int64_t m = 10, n = 16, k = 24;
    const Operand x(gpu.driver(), DType::bf16, m * k, 1), dy(gpu.driver(), DType::bf16, m * n, 2),
        w(gpu.driver(), DType::bf16, n * k, 3), bias(gpu.driver(), DType::f32, n, 4),
        y(gpu.driver(), DType::f32, m * n, 5), dx(gpu.driver(), DType::f32, m * k, 6),
        dw(gpu.driver(), DType::f32, n * k, 7);
    const Weight weight{{w.first, n, k, DType::bf16}, nullptr};
    const View rows{x.first, m, k, DType::bf16}, gradient{dy.first, m, n, DType::bf16};
    gpu.linear({rows, {y.first, m, n, DType::f32}, {bias.first, 1, n, DType::f32}}, {}, weight);
    gpu.linear_adjoint({dx.first, m, k, DType::f32}, gradient, weight, true, pool);
    gpu.weight_gradient({dw.first, n, k, DType::f32}, gradient, rows, pool);
    EXPECT_TRUE(here.cuda.launches.empty());
    const auto at = [](const Operand& of, std::int64_t row, std::int64_t cols, std::int64_t col) {
        return of.numbers[static_cast<std::size_t>(row * cols + col)];
    };
    const auto near = [](const Operand& of, std::size_t place, double wanted) {
        EXPECT_NEAR(static_cast<double>(of.now()[place]), wanted, 1e-4);
    };
    for (const std::int64_t i : {0, 3, 9}) {
        double value = at(bias, 0, n, i), back = at(dx, i, k, 2 * i), own = at(dw, i, k, i + 1);
        for (std::int64_t q = 0; q < k; ++q) value += at(x, i, k, q) * at(w, i, k, q);
        for (std::int64_t q = 0; q < n; ++q) back += at(dy, i, n, q) * at(w, q, k, 2 * i);
        for (std::int64_t q = 0; q < m; ++q) own += at(dy, q, n, i) * at(x, q, k, i + 1);
        near(y, static_cast<std::size_t>(i * n + i), value);
        near(dx, static_cast<std::size_t>(i * k + 2 * i), back);
        near(dw, static_cast<std::size_t>(i * k + i + 1), own);
    }
}

}  // namespace
}  // namespace mf
