// SPDX-License-Identifier: MIT
// Weights for golden vectors of transformers: from the file beside them, or made from their names.
#pragma once

#include "nn/velocity_model.hpp"
#include "verify/reference.hpp"

namespace mf::verify {

/// The file "KIND_weights.safetensors" beside a file "KIND_....safetensors", or the file itself when it holds weights.
Reference weights_beside(const Reference& reference);

/// Sets one parameter from a tensor of another layout; Error when the sizes differ.
void take_linear_kernel(Param& param, const Tensor& kernel);  ///< (in, out)
void take_patch_kernel(Param& param, const Tensor& kernel);   ///< (height, width, in, out)
void take_same(Param& param, const Tensor& value);

/// A weight of a network that is not shipped, by integer hashing of its full name (reference/README, "Hash weights"), in
/// PyTorch's layout; `gain` scales tensors of rank 2 and more.
Tensor hashed_tensor(const std::string& full_name, const Shape& shape, double gain);

/// Element i of the parameter by integer hashing of its full name (reference/README, "Hash weights"); `gain` scales
/// matrices.
void fill_hashed(Param& param, const std::string& full_name, double gain);

}  // namespace mf::verify
