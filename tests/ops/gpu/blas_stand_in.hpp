// SPDX-License-Identifier: MIT
// Functions in the places of cuBLASLt's: a product is computed as its description says, one number after the other, in
// double precision.
#pragma once

#include "device/view.hpp"
#include "ops/gpu/cublaslt_api.hpp"
#include "ops/gpu/cuda_stand_in.hpp"

namespace mf::stand_in {

struct Matrix {
    int type = -1;
    std::uint64_t rows = 0, cols = 0;
    std::int64_t stride = 0;
};

struct Blas {
    bool knows_kernels = true;  ///< finds one for a product
    int says = 0;               ///< of every product
    struct Product {
        int compute = 0;
        std::int32_t a = 0, b = 0;
        std::uint32_t behind = 1;
        const void* bias = nullptr;
    };
    std::map<const void*, Product> products;
    std::map<const void*, Matrix> matrices;
    std::map<const void*, std::map<int, std::uint64_t>> wishes;
    std::vector<std::map<int, std::uint64_t>> asked;  ///< with which wishes
    std::vector<int> computed;                        ///< in which precision
};

inline Blas& blas() {
    static Blas out;
    return out;
}

inline int blas_called(const char* name) { return now()->called(name) == 0 ? 0 : 14; }

inline double number_at(const Matrix& x, const void* data, std::size_t row, std::size_t col) {
    const std::size_t at = row + col * static_cast<std::size_t>(x.stride);
    return x.type == cuda::kRealBf16 ? static_cast<double>(to_float(static_cast<const bfloat16*>(data)[at]))
                                     : static_cast<double>(static_cast<const float*>(data)[at]);
}

/// d = a b (+ c) (+ bias down each column), all of which count columns first.
inline int compute(const Blas::Product& p, float alpha, const void* a, const Matrix& a_form, const void* b,
                   const Matrix& b_form, float beta, const void* c, void* d, const Matrix& form) {
    const bool a_turned = p.a == 1, b_turned = p.b == 1;
    const std::uint64_t inner = a_turned ? a_form.rows : a_form.cols;
    const bool fits = (a_turned ? a_form.cols : a_form.rows) == form.rows &&
                      (b_turned ? b_form.rows : b_form.cols) == form.cols &&
                      (b_turned ? b_form.cols : b_form.rows) == inner && a_form.type == b_form.type &&
                      form.type == cuda::kRealF32 && (p.behind == 1 || (p.behind == 4 && p.bias != nullptr));
    for (const Matrix* x : {&a_form, &b_form, &form})
        if (!fits || x->stride < static_cast<std::int64_t>(x->rows)) return 7;
    for (std::uint64_t j = 0; j < form.cols; ++j)
        for (std::uint64_t i = 0; i < form.rows; ++i) {
            double sum = 0;
            for (std::uint64_t q = 0; q < inner; ++q)
                sum += (a_turned ? number_at(a_form, a, q, i) : number_at(a_form, a, i, q)) *
                       (b_turned ? number_at(b_form, b, j, q) : number_at(b_form, b, q, j));
            sum *= static_cast<double>(alpha);
            if (beta != 0) sum += static_cast<double>(beta) * number_at(form, c, i, j);
            if (p.behind == 4) sum += static_cast<double>(static_cast<const float*>(p.bias)[i]);
            static_cast<float*>(d)[i + j * static_cast<std::size_t>(form.stride)] = static_cast<float>(sum);
        }
    return 0;
}

inline void set_description_functions(cuda::BlasApi& api) {
    api.cublasLtMatmulDescCreate = [](cuda::ProductDescription* to, int precision, int scale) {
        const int code = blas_called("cublasLtMatmulDescCreate");
        if (code != 0) return code;
        if (scale != cuda::kRealF32) return 7;
        now()->make(to);
        blas().products[*to].compute = precision;
        return code;
    };
    api.cublasLtMatmulDescDestroy = [](cuda::ProductDescription product) {
        now()->drop("cublasLtMatmulDescDestroy", product);
        return blas_called("cublasLtMatmulDescDestroy");
    };
    api.cublasLtMatmulDescSetAttribute = [](cuda::ProductDescription product, int what, const void* value,
                                            std::size_t bytes) {
        const auto read = [&](auto& to) {
            if (bytes != sizeof to) return 7;
            std::memcpy(&to, value, bytes);
            return blas_called("cublasLtMatmulDescSetAttribute");
        };
        Blas::Product& own = blas().products.at(product);
        return what == 3   ? read(own.a)
               : what == 4 ? read(own.b)
               : what == 7 ? read(own.behind)
               : what == 8 ? read(own.bias)
                           : 7;
    };
    api.cublasLtMatrixLayoutCreate = [](cuda::Layout* to, int type, std::uint64_t rows, std::uint64_t cols,
                                        std::int64_t stride) {
        const int code = blas_called("cublasLtMatrixLayoutCreate");
        if (code != 0) return code;
        now()->make(to);
        blas().matrices[*to] = {type, rows, cols, stride};
        return code;
    };
    api.cublasLtMatrixLayoutDestroy = [](cuda::Layout layout) {
        now()->drop("cublasLtMatrixLayoutDestroy", layout);
        return blas_called("cublasLtMatrixLayoutDestroy");
    };
    api.cublasLtMatmulPreferenceCreate = [](cuda::Preference* to) {
        const int code = blas_called("cublasLtMatmulPreferenceCreate");
        if (code == 0) now()->make(to);
        return code;
    };
    api.cublasLtMatmulPreferenceDestroy = [](cuda::Preference preference) {
        now()->drop("cublasLtMatmulPreferenceDestroy", preference);
        blas().wishes.erase(preference);
        return blas_called("cublasLtMatmulPreferenceDestroy");
    };
    api.cublasLtMatmulPreferenceSetAttribute = [](cuda::Preference preference, int what, const void* value,
                                                  std::size_t bytes) {
        if (bytes != (what == 1 ? 8U : 4U)) return 7;
        std::uint64_t number = 0;
        std::memcpy(&number, value, bytes);
        blas().wishes[preference][what] = number;
        return blas_called("cublasLtMatmulPreferenceSetAttribute");
    };
}

inline void set_product_functions(cuda::BlasApi& api) {
    api.cublasLtMatmulAlgoGetHeuristic =
        [](cuda::BlasHandle, cuda::ProductDescription, cuda::Layout, cuda::Layout, cuda::Layout, cuda::Layout,
           cuda::Preference preference, int wanted, cuda::FoundAlgorithm* to, int* found) {
            const int code = blas_called("cublasLtMatmulAlgoGetHeuristic");
            blas().asked.push_back(blas().wishes[preference]);
            *found = blas().knows_kernels && wanted > 0 ? 1 : 0;
            if (code == 0 && *found == 0) return 15;
            to->algorithm.data[3] = blas().asked.size();
            return code;
        };
    api.cublasLtMatmul = [](cuda::BlasHandle, cuda::ProductDescription product, const void* alpha,
                            const void* a, cuda::Layout a_form, const void* b, cuda::Layout b_form,
                            const void* beta, const void* c, cuda::Layout c_form, void* d,
                            cuda::Layout d_form, const cuda::Algorithm* algorithm, void* workspace,
                            std::size_t bytes, cuda::Stream) {
        const int code = blas_called("cublasLtMatmul");
        if (code != 0 || blas().says != 0) return code != 0 ? code : blas().says;
        const std::uint64_t number = algorithm->data[3];
        if (number == 0 || number > blas().asked.size() || c_form != d_form || c != d) return 7;
        now()->expect_memory("cublasLtMatmul", reinterpret_cast<Address>(workspace), bytes);
        const std::map<int, std::uint64_t>& wishes = blas().asked[number - 1];
        const std::pair<int, const void*> aligned[] = {
            {5, a}, {6, b}, {7, c}, {8, d}, {8, blas().products[product].bias}};
        for (const auto& [what, at] : aligned)
            if (reinterpret_cast<Address>(at) % wishes.at(what) != 0)
                now()->faults.emplace_back("a kernel for other alignments than these");
        now()->run_all();
        blas().computed.push_back(blas().products[product].compute);
        return compute(blas().products[product], *static_cast<const float*>(alpha), a,
                       blas().matrices[a_form], b, blas().matrices[b_form], *static_cast<const float*>(beta),
                       c, d, blas().matrices[d_form]);
    };
}

inline cuda::BlasApi blas_api() {
    cuda::BlasApi api{};
    api.cublasLtGetVersion = [] { return std::size_t{120800}; };
    api.cublasLtGetStatusName = [](int) { return "CUBLAS_STATUS_OF_A_TEST"; };
    api.cublasLtCreate = [](cuda::BlasHandle* to) {
        const int code = blas_called("cublasLtCreate");
        if (code == 0) now()->make(to);
        return code;
    };
    api.cublasLtDestroy = [](cuda::BlasHandle handle) {
        now()->drop("cublasLtDestroy", handle);
        return blas_called("cublasLtDestroy");
    };
    set_description_functions(api);
    set_product_functions(api);
    return api;
}

}  // namespace mf::stand_in
