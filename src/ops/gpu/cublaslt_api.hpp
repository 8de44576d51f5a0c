// SPDX-License-Identifier: MIT
// The part of cuBLASLt that is used here, declared so that nothing of CUDA is needed to build; opened at run time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ops/gpu/cuda_api.hpp"

namespace mf::cuda {

// Numbers of library_types.h, cublas_api.h and cublasLt.h.
inline constexpr int kRealF32 = 0, kRealBf16 = 14;
inline constexpr int kSumsF32 = 68, kSumsTf32 = 77;  ///< factors as they are, or rounded to TF32
inline constexpr std::int32_t kStraight = 0, kTurned = 1;
inline constexpr int kTurnA = 3, kTurnB = 4, kBehind = 7, kBias = 8;  ///< attributes of a product
inline constexpr std::uint32_t kBehindBias = 4;
/// Attributes of what is looked for.
inline constexpr int kMostWorkspace = 1, kReductions = 3, kAlignA = 5, kAlignB = 6, kAlignC = 7, kAlignD = 8;
/// Parts of a sum are added in an order of their own, so that the same call gives the same bits.
inline constexpr std::uint32_t kReductionsInOrder = 2;
inline constexpr int kBlasSuccess = 0, kBlasNotSupported = 15;

struct BlasHandleObject;
struct ProductObject;
struct LayoutObject;
struct PreferenceObject;
using BlasHandle = BlasHandleObject*;
using ProductDescription = ProductObject*;
using Layout = LayoutObject*;
using Preference = PreferenceObject*;

struct Algorithm {
    std::array<std::uint64_t, 8> data{};
};
/// cublasLtMatmulHeuristicResult_t
struct FoundAlgorithm {
    Algorithm algorithm;
    std::size_t workspace = 0;
    int state = 0;
    float waves = 0;
    std::array<int, 4> reserved{};
};

/// The functions of libcublasLt, which return 0 for success. Tests put others in their places.
struct BlasApi {
    std::size_t (*cublasLtGetVersion)();
    const char* (*cublasLtGetStatusName)(int);
    int (*cublasLtCreate)(BlasHandle*);
    int (*cublasLtDestroy)(BlasHandle);
    int (*cublasLtMatmulDescCreate)(ProductDescription*, int compute, int scale);
    int (*cublasLtMatmulDescDestroy)(ProductDescription);
    int (*cublasLtMatmulDescSetAttribute)(ProductDescription, int, const void*, std::size_t);
    int (*cublasLtMatrixLayoutCreate)(Layout*, int type, std::uint64_t rows, std::uint64_t cols,
                                      std::int64_t stride);
    int (*cublasLtMatrixLayoutDestroy)(Layout);
    int (*cublasLtMatmulPreferenceCreate)(Preference*);
    int (*cublasLtMatmulPreferenceDestroy)(Preference);
    int (*cublasLtMatmulPreferenceSetAttribute)(Preference, int, const void*, std::size_t);
    int (*cublasLtMatmulAlgoGetHeuristic)(BlasHandle, ProductDescription, Layout a, Layout b, Layout c,
                                          Layout d, Preference, int wanted, FoundAlgorithm*, int* found);
    int (*cublasLtMatmul)(BlasHandle, ProductDescription, const void* alpha, const void* a, Layout,
                          const void* b, Layout, const void* beta, const void* c, Layout, void* d, Layout,
                          const Algorithm*, void* workspace, std::size_t workspace_bytes, Stream);
};

/// Opens libcublasLt; none when there is none for this driver (as in load_nvrtc). Error when a function of it is not there.
std::optional<BlasApi> load_blas(int driver);

}  // namespace mf::cuda
