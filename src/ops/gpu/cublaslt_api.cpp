// SPDX-License-Identifier: MIT
#include "ops/gpu/cublaslt_api.hpp"

#include "ops/gpu/shared_library.hpp"

namespace mf::cuda {

std::optional<BlasApi> load_blas(int driver) {
    const auto library = driver >= 13000 ? SharedLibrary::first_of({"libcublasLt.so.13", "libcublasLt.so.12"})
                                         : SharedLibrary::first_of({"libcublasLt.so.12"});
    if (!library.is_open()) return std::nullopt;
    BlasApi api{};
    library.find(api.cublasLtGetVersion, "cublasLtGetVersion");
    library.find(api.cublasLtGetStatusName, "cublasLtGetStatusName");
    library.find(api.cublasLtCreate, "cublasLtCreate");
    library.find(api.cublasLtDestroy, "cublasLtDestroy");
    library.find(api.cublasLtMatmulDescCreate, "cublasLtMatmulDescCreate");
    library.find(api.cublasLtMatmulDescDestroy, "cublasLtMatmulDescDestroy");
    library.find(api.cublasLtMatmulDescSetAttribute, "cublasLtMatmulDescSetAttribute");
    library.find(api.cublasLtMatrixLayoutCreate, "cublasLtMatrixLayoutCreate");
    library.find(api.cublasLtMatrixLayoutDestroy, "cublasLtMatrixLayoutDestroy");
    library.find(api.cublasLtMatmulPreferenceCreate, "cublasLtMatmulPreferenceCreate");
    library.find(api.cublasLtMatmulPreferenceDestroy, "cublasLtMatmulPreferenceDestroy");
    library.find(api.cublasLtMatmulPreferenceSetAttribute, "cublasLtMatmulPreferenceSetAttribute");
    library.find(api.cublasLtMatmulAlgoGetHeuristic, "cublasLtMatmulAlgoGetHeuristic");
    library.find(api.cublasLtMatmul, "cublasLtMatmul");
    return api;
}

}  // namespace mf::cuda
