// SPDX-License-Identifier: MIT
// Directions of Muon: X becomes the nearest matrix with orthonormal rows or columns by five steps
// X <- a X + B X, B = b A + c A², A = X Xᵀ (of a tall X the same with XᵀX from the right).
#include <utility>

#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

constexpr int kIterations = 5;
constexpr float kA = 3.4445F, kB = -4.7750F, kC = 2.0315F;

/// Memory that grows.
struct MuonRoom {
    GpuDriver& driver;
    void* memory = nullptr;
    std::size_t bytes = 0;

    explicit MuonRoom(GpuDriver& of) : driver(of) {}
    MuonRoom(const MuonRoom&) = delete;
    MuonRoom& operator=(const MuonRoom&) = delete;
    ~MuonRoom() { driver.release(memory); }

    Into of(std::int64_t rows, std::int64_t cols, DType type = DType::f32) {
        const std::size_t wanted = static_cast<std::size_t>(rows * cols) * size_of(type);
        if (wanted > bytes) {
            driver.release(std::exchange(memory, nullptr));
            bytes = 0;
            memory = driver.allocate(wanted);
            bytes = wanted;
        }
        return {memory, rows, cols, type};
    }
};

struct GpuMuonMemory final : MuonMemory {
    MuonRoom gram, square, next, rounded;
    explicit GpuMuonMemory(GpuDriver& driver) : gram(driver), square(driver), next(driver), rounded(driver) {}
};

Factor straight(View x) { return {x.data, x.type, x.cols, false}; }
Factor turned(View x) { return {x.data, x.type, x.cols, true}; }

}  // namespace

void GpuDevice::orthogonalise(Into x, DType factors, MuonMemory& memory) {
    auto& own = static_cast<GpuMuonMemory&>(memory);
    const std::int64_t count = x.count();
    const gpu::Pairs parts{square_parts(x)};
    run(gpu::by_number("optimisers", "to_norm_one", count), gpu::Floats(x), parts,
        std::clamp<std::int64_t>((count + 4095) / 4096, 1, 256), count);
    const bool tall = x.rows > x.cols;
    const std::int64_t n = std::min(x.rows, x.cols), m = std::max(x.rows, x.cols);
    const Into a = own.gram.of(n, n), b = own.square.of(n, n), next = own.next.of(x.rows, x.cols);
    // As a factor with this inner size: an odd one stays in f32.
    const auto factor = [&](View y, std::int64_t inner) -> View {
        if (factors != DType::bf16 || inner % 2 != 0) return y;
        const Into out = own.rounded.of(y.rows, y.cols, DType::bf16);
        convert(out, y);
        return out;
    };
    const auto combine = [&](Into out, float r, View p, float s, View q) {
        run(gpu::by_number("optimisers", "combine", out.count()), gpu::Floats(out), r, gpu::Floats(p), s,
            gpu::Floats(q), out.count());
    };
    for (int i = 0; i < kIterations; ++i) {
        const View y = factor(x, m);
        product({n, n, m, tall ? turned(y) : straight(y), tall ? straight(y) : turned(y), a.data, false});
        const View g = factor(a, n);
        product({n, n, n, straight(g), straight(g), b.data, false});
        combine(b, kB, a, kC, b);
        // B is rounded behind X, in the same memory.
        View left = x, right = b;
        if (factors == DType::bf16 && n % 2 == 0) {
            const Into both = own.rounded.of(1, x.count() + n * n, DType::bf16);
            auto* const behind = static_cast<bfloat16*>(both.data) + x.count();
            convert(Into{both.data, x.rows, x.cols, DType::bf16}, x);
            convert(Into{behind, n, n, DType::bf16}, b);
            left = {both.data, x.rows, x.cols, DType::bf16};
            right = {behind, n, n, DType::bf16};
        }
        if (tall)
            product({x.rows, n, n, straight(left), straight(right), next.data, false});
        else
            product({n, x.cols, n, straight(right), straight(left), next.data, false});
        combine(x, kA, x, 1.0F, next);
    }
}

void GpuDevice::muon_directions(std::span<const MuonMatrix> matrices, const MuonStep& step,
                                std::unique_ptr<MuonMemory>& memory) {
    if (memory == nullptr) memory = std::make_unique<GpuMuonMemory>(*driver_);
    for (const MuonMatrix& matrix : matrices) {
        const std::int64_t count = matrix.direction.count();
        run(gpu::by_number("optimisers", "muon_momentum", count), gpu::Floats(matrix.momentum),
            gpu::Floats(matrix.direction), gpu::Floats(matrix.gradient), step.momentum, step.gradient_scale,
            count);
        orthogonalise(matrix.direction, step.factors, *memory);
        copy(matrix.before.data, matrix.weight.data, static_cast<std::size_t>(count) * sizeof(float));
    }
}

void GpuDevice::muon_step(std::span<const MuonMatrix> matrices, float keep, MuonMemory&) {
    for (const MuonMatrix& matrix : matrices)
        run(gpu::by_number("optimisers", "combine", matrix.weight.count()), gpu::Floats(matrix.weight), keep,
            gpu::Floats(matrix.before), -matrix.length, gpu::Floats(matrix.direction), matrix.weight.count());
}

}  // namespace mf
