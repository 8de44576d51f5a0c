// SPDX-License-Identifier: MIT
#include "io/weights_file.hpp"

#include <algorithm>

#include "io/looks_like.hpp"

namespace mf {

NamedTensors read_weights_file(const std::filesystem::path& path, TorchSums sums) {
    {
        const InputFile file(path);
        std::string start(std::min<std::uint64_t>(file.size(), kTellingBytes), '\0');
        file.read(0, start.data(), start.size());
        if (may_be_torch_file(start)) return read_torch_file(path, sums);
    }
    const auto mapped = std::make_shared<const MappedSafetensors>(path);
    return {.tensors = mapped->tensors(),
            .foreign = mapped->foreign(),
            .metadata = mapped->metadata(),
            .notes = {},
            .form = WeightsForm::safetensors,
            .owner = mapped};
}

}  // namespace mf
