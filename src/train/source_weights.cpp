// SPDX-License-Identifier: MIT
#include "train/source_weights.hpp"

#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "train/checkpoint.hpp"
#include "train/plain_weights.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

std::vector<std::string> lines_of(const std::map<std::string, std::string>& metadata) {
    std::vector<std::string> out;
    const auto found = metadata.find("class_names");
    std::istringstream text(found == metadata.end() ? "" : found->second);
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
}

SourceWeights of_checkpoint(const std::filesystem::path& path, const std::string& wanted) {
    SourceWeights out;
    const Checkpoint checkpoint = find_checkpoint(path, -1, out.remarks);
    const std::string name = chosen_weights_of(checkpoint, wanted);
    const std::string prefix = (name == "online" ? "model" : name) + ".";
    for (const auto& [tensor_name, tensor] : checkpoint.file.tensors)
        if (tensor_name.starts_with(prefix))
            out.file.tensors.emplace(tensor_name.substr(prefix.size()), tensor);
    out.settings = checkpoint.settings;
    out.class_names = lines_of(checkpoint.file.metadata);
    out.what = fmt::format("{} weights of step {}", name, checkpoint.step);
    return out;
}

}  // namespace

SourceWeights read_source_weights(const std::filesystem::path& path, const std::string& wanted) {
    const bool file = std::filesystem::is_regular_file(path);
    if (!file || !holds_plain_weights(path)) return of_checkpoint(path, wanted);
    PlainWeights plain = read_plain_weights(path, wanted);
    SourceWeights out;
    out.class_names = lines_of(plain.file->metadata);
    out.file = std::move(plain.chosen);
    out.settings = std::move(plain.settings);
    out.what = fmt::format("{} weights of step {}", plain.weights, plain.step);
    out.remarks = std::move(plain.remarks);
    out.owner = plain.file;
    return out;
}

}  // namespace mf
