// SPDX-License-Identifier: MIT
// cuBLASLt counts columns first: memory that holds the rows of C holds the columns of Cᵀ, and Cᵀ = Bᵀ Aᵀ. So the library's
// first factor is B and its second is A, each as its memory lies, turned where ours is.
#include "ops/gpu/cublaslt.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mf::cuda {
namespace {

/// What the address can be divided by, as far as the library asks.
std::uint32_t alignment_of(const void* address) {
    const auto number = reinterpret_cast<std::uintptr_t>(address);
    return number == 0 ? 256 : std::uint32_t{1} << std::min(std::countr_zero(number), 8);
}

/// Of the sums, and of the bias that is added to them.
std::uint32_t alignment_of_sums(const MatrixProduct& p) {
    return std::min(alignment_of(p.c), alignment_of(p.bias));
}

int type_of(DType type) { return type == DType::bf16 ? kRealBf16 : kRealF32; }

}  // namespace

/// The library's description of one product, and the kernel that it chose.
struct Products::Plan {
    const BlasApi& api;
    ProductDescription product = nullptr;
    Layout first = nullptr, second = nullptr, sums = nullptr;
    Algorithm algorithm;
    bool possible = false;

    explicit Plan(const BlasApi& of) : api(of) {}
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
    ~Plan() {
        for (Layout layout : {first, second, sums})
            if (layout != nullptr) api.cublasLtMatrixLayoutDestroy(layout);
        if (product != nullptr) api.cublasLtMatmulDescDestroy(product);
    }
};

std::unique_ptr<Products> Products::open(const BlasApi& api, const Context& context, bool tf32) {
    const Context::Entered entered(context);
    BlasHandle handle = nullptr;
    if (api.cublasLtCreate(&handle) != kBlasSuccess) return nullptr;
    return std::unique_ptr<Products>(new Products(api, context, handle, tf32));
}

Products::Products(const BlasApi& api, const Context& context, BlasHandle handle, bool tf32)
    : api_(api), context_(context), handle_(handle), tf32_(tf32) {}

Products::~Products() {
    const Context::Entered entered(context_);
    plans_.clear();
    api_.cublasLtDestroy(handle_);
}

void Products::succeed(int status, const char* what) const {
    if (status != kBlasSuccess) [[unlikely]]
        throw Error(fmt::format("[{}] cuBLASLt, {}: {} ({})", context_.place(), what,
                                api_.cublasLtGetStatusName(status), status));
}

std::unique_ptr<Products::Plan> Products::plan_of(const MatrixProduct& p) const {
    auto plan = std::make_unique<Plan>(api_);
    const bool bf16 = p.a.type == DType::bf16;
    succeed(api_.cublasLtMatmulDescCreate(&plan->product, !bf16 && tf32_ ? kSumsTf32 : kSumsF32, kRealF32),
            "a product");
    const auto set = [&](int attribute, const auto& value) {
        succeed(api_.cublasLtMatmulDescSetAttribute(plan->product, attribute, &value, sizeof value),
                "a product");
    };
    set(kTurnA, p.b.turned ? kTurned : kStraight);
    set(kTurnB, p.a.turned ? kTurned : kStraight);
    if (p.bias != nullptr) {
        set(kBehind, kBehindBias);
        set(kBias, p.bias);
    }
    // Rows and columns as the library counts them: of B (k, n) the memory is (n, k), of its transpose (k, n).
    const auto layout = [&](Layout& to, DType type, std::int64_t rows, std::int64_t cols,
                            std::int64_t stride) {
        succeed(api_.cublasLtMatrixLayoutCreate(&to, type_of(type), static_cast<std::uint64_t>(rows),
                                                static_cast<std::uint64_t>(cols), stride),
                "a matrix");
    };
    layout(plan->first, p.b.type, p.b.turned ? p.k : p.n, p.b.turned ? p.n : p.k, p.b.stride);
    layout(plan->second, p.a.type, p.a.turned ? p.m : p.k, p.a.turned ? p.k : p.m, p.a.stride);
    layout(plan->sums, DType::f32, p.n, p.m, p.n);
    find_algorithm(*plan, p);
    return plan;
}

void Products::find_algorithm(Plan& plan, const MatrixProduct& p) const {
    Preference wishes = nullptr;
    succeed(api_.cublasLtMatmulPreferenceCreate(&wishes), "a choice");
    const auto destroy = [this](PreferenceObject* object) { api_.cublasLtMatmulPreferenceDestroy(object); };
    const std::unique_ptr<PreferenceObject, decltype(destroy)> owned(wishes, destroy);
    const auto wish = [&](int attribute, const auto& value) {
        succeed(api_.cublasLtMatmulPreferenceSetAttribute(wishes, attribute, &value, sizeof value),
                "a choice");
    };
    wish(kMostWorkspace, std::uint64_t{kWorkspace});
    wish(kReductions, kReductionsInOrder);
    wish(kAlignA, alignment_of(p.b.data));
    wish(kAlignB, alignment_of(p.a.data));
    wish(kAlignC, alignment_of(p.c));
    wish(kAlignD, alignment_of_sums(p));
    FoundAlgorithm found;
    int count = 0;
    const int status = api_.cublasLtMatmulAlgoGetHeuristic(handle_, plan.product, plan.first, plan.second,
                                                           plan.sums, plan.sums, wishes, 1, &found, &count);
    plan.possible = status == kBlasSuccess && count > 0 && found.state == kBlasSuccess;
    plan.algorithm = found.algorithm;
}

bool Products::multiply(const MatrixProduct& p, void* workspace) {
    if (p.a.type != p.b.type) return false;
    const Shape shape{p.m,
                      p.n,
                      p.k,
                      p.a.stride,
                      p.b.stride,
                      p.a.turned,
                      p.b.turned,
                      p.a.type,
                      p.bias != nullptr,
                      alignment_of(p.a.data),
                      alignment_of(p.b.data),
                      alignment_of_sums(p)};
    std::unique_ptr<Plan>& plan = plans_[shape];
    if (plan == nullptr) plan = plan_of(p);
    if (!plan->possible) return false;
    if (p.bias != nullptr)
        succeed(api_.cublasLtMatmulDescSetAttribute(plan->product, kBias, &p.bias, sizeof p.bias), "a bias");
    const float alpha = 1.0F, beta = p.add ? 1.0F : 0.0F;
    const int status = api_.cublasLtMatmul(handle_, plan->product, &alpha, p.b.data, plan->first, p.a.data,
                                           plan->second, &beta, p.c, plan->sums, p.c, plan->sums,
                                           &plan->algorithm, workspace, kWorkspace, context_.stream());
    if (status == kBlasNotSupported) {
        plan->possible = false;
        return false;
    }
    succeed(status, "a product");
    return true;
}

}  // namespace mf::cuda
