// SPDX-License-Identifier: MIT
// Tensors by their names, as a file of weights holds them, whatever its format.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "io/safetensors.hpp"
#include "tensor/tensor.hpp"

namespace mf {

enum class WeightsForm : std::uint8_t { safetensors, torch_zip, torch_legacy };

constexpr const char* name_of(WeightsForm form) {
    switch (form) {
        case WeightsForm::safetensors:
            return "safetensors";
        case WeightsForm::torch_zip:
            return "PyTorch archive";
        case WeightsForm::torch_legacy:
            return "PyTorch file of the older form";
    }
    return "?";
}

/// Many tensors are views of the mapped file: they are not to be written to, and they live as long as `owner`.
struct NamedTensors {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, ForeignTensor> foreign;  ///< not read
    std::map<std::string, std::string> metadata;   ///< of safetensors
    /// PyTorch: numbers and texts that stand beside the weights ("epoch": "12"), and objects that were left out. Words of
    /// others, for people to read.
    std::map<std::string, std::string> notes;
    WeightsForm form = WeightsForm::safetensors;
    std::shared_ptr<const void> owner;
};

}  // namespace mf
