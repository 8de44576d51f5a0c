// SPDX-License-Identifier: MIT
#include "generate/open_model.hpp"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "core/out_of_memory.hpp"
#include "ops/devices.hpp"
#include "train/average_remark.hpp"
#include "train/plain_weights.hpp"
#include "train/run_folder.hpp"

namespace mf {

namespace {

LoadedModel with_average_remark(LoadedModel model, bool alone) {
    if (std::string line = average_remark(model, alone); !line.empty())
        model.remarks.push_back(std::move(line));
    return model;
}

LoadedModel opened(const std::filesystem::path& target, const ModelChoice& choice, Team& team) {
    try {
        return open_plain_weights(target, choice.side, choice.precision, team, choice.weights);
    } catch (const UsageError& error) {
        // Which weights are meant has nothing to do with the side.
        const bool about_patches = std::string_view(error.what()).find("patch") != std::string_view::npos;
        if (choice.side == 0 || !about_patches) throw;
        throw UsageError(fmt::format("--side {}: {}", choice.side, error.what()),
                         "the patches of these weights must fit: take a multiple of their side");
    }
}

/// On the CPU.
LoadedModel opened_here(const std::filesystem::path& target, const ModelChoice& choice, Team& team) {
    check_usage(!target.empty(), "no run and no file of weights is named: the path is empty");
    check_usage(choice.step >= -1, "--step is {}, expected a step, or -1 for the newest", choice.step);
    const bool file = std::filesystem::is_regular_file(target);
    if (file && choice.step >= 0)
        throw UsageError(fmt::format("--step {} chooses a checkpoint of a run; {} is a single file",
                                     choice.step, target.string()),
                         "name the folder of the run, or leave --step out");
    if (file && holds_plain_weights(target)) {
        LoadedModel out = with_average_remark(opened(target, choice, team), true);
        if (out.eight_bits && choice.asked_for && choice.precision == Precision::f32)
            throw UsageError(
                fmt::format("--precision f32: {} has weights of 8 bits, and what is computed beside "
                            "them is bf16",
                            target.string()),
                "leave --precision out, or take the weights that it was made of");
        return out;
    }
    if (choice.side != 0)
        throw UsageError(
            fmt::format("--side is for files of weights; {} says what its samples are", target.string()),
            "leave --side out");
    std::vector<std::string> remarks;
    const Checkpoint checkpoint = find_checkpoint(target, choice.step, remarks);
    LoadedModel out = load_model(checkpoint, choice.weights, team, choice.precision);
    out.remarks.insert(out.remarks.begin(), std::make_move_iterator(remarks.begin()),
                       std::make_move_iterator(remarks.end()));
    return with_average_remark(std::move(out), false);
}

}  // namespace

LoadedModel open_model(const std::filesystem::path& target, const ModelChoice& choice, Team& team) {
    const std::shared_ptr<Device> device = open_device(choice.device, team);
    LoadedModel out = opened_here(target, choice, team);
    put_on_device(out, device, choice.precision);
    return out;
}

void put_on_device(LoadedModel& model, const std::string& name, Precision precision, Team& team) {
    put_on_device(model, std::shared_ptr<Device>(open_device(name, team)), precision);
}

void put_on_device(LoadedModel& model, const std::shared_ptr<Device>& device, Precision precision) {
    if (device->host_visible()) return;  // it is there already
    if (model.eight_bits)
        throw UsageError(fmt::format("[{}] this device has no kernels for weights of 8 bits", device->name()),
                         "--device cpu has them, or take the weights that these were made of");
    ParamStore& params = model.model->params();
    try {
        params.move_to(*device);
        params.repack(*device, precision);
    } catch (const OutOfMemory& error) {
        throw OutOfMemory(fmt::format("{}; the weights of this network are {:.1f} MiB{}", error.what(),
                                      static_cast<double>(params.count()) * sizeof(float) / 1048576.0,
                                      precision == Precision::bf16 ? " and half as much again in bf16" : ""),
                          "a smaller network would fit, and --device cpu has other memory");
    }
    model.device = device;
}

}  // namespace mf
