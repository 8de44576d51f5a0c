// SPDX-License-Identifier: MIT
#pragma once

#include "nn/velocity_model.hpp"

namespace mf {

/// Every network by name; option keys start with "model.".
const Catalogue<ModelFactory>& model_catalogue();

}  // namespace mf
