// SPDX-License-Identifier: MIT
#include "cli/commands/info_devices.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "ops/catalogue.hpp"
#include "ops/device_rate.hpp"
#include "ops/devices.hpp"

namespace mf::cli {
namespace {

/// A device that could be opened, or why it could not.
struct Opened {
    DeviceLine line;
    std::unique_ptr<Device> device;
    std::string remark;
};

Opened opened(DeviceLine line, Team& team) {
    Opened out{std::move(line), nullptr, ""};
    try {
        out.device = open_device(out.line.name, team);
    } catch (const Error& error) {
        out.remark = error.what();
    }
    return out;
}

std::optional<double> rate_of(Opened& one, Precision precision) {
    if (one.device == nullptr) return std::nullopt;
    try {
        return measure_gemm_rate(*one.device, precision);
    } catch (const std::exception& error) {
        one.remark = error.what();
        return std::nullopt;
    }
}

Json json_of(const std::optional<double>& rate) { return rate ? Json(*rate) : Json(); }

std::string memory_text(std::size_t bytes) {
    return bytes == 0 ? "the host's" : fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30));
}

}  // namespace

void print_devices(int threads, bool json) {
    Team team(threads);
    std::string none_but;
    std::vector<Json> rows;
    std::vector<std::vector<std::string>> table = {{"device", "memory", "f32", "bf16"}};
    std::vector<std::string> remarks;
    for (DeviceLine& line : device_lines(none_but)) {
        Opened one = opened(std::move(line), team);
        const auto f32 = rate_of(one, Precision::f32), bf16 = rate_of(one, Precision::bf16);
        rows.push_back(Json::object({{"name", one.line.name},
                                     {"about", one.line.about},
                                     {"memory_bytes", one.line.memory},
                                     {"gemm_gflops_f32", json_of(f32)},
                                     {"gemm_gflops_bf16", json_of(bf16)},
                                     {"remark", one.remark}}));
        const auto text = [](const std::optional<double>& rate) {
            return rate ? fmt::format("{:.0f} GFLOP/s", *rate) : std::string("-");
        };
        table.push_back({fmt::format("{:<10} {}", one.line.name, one.line.about),
                         memory_text(one.line.memory), text(f32), text(bf16)});
        if (!one.remark.empty()) remarks.push_back(fmt::format("{}: {}", one.line.name, one.remark));
    }
    if (json) {
        fmt::print("{}\n", Json::object({{"devices", Json::array(rows)}, {"remark", none_but}}).text());
        return;
    }
    fmt::print("{}", text_table(table));
    for (const std::string& remark : remarks) fmt::print("{}\n", remark);
    if (!none_but.empty()) fmt::print("not here: {}\n", none_but);
}

void print_ops(bool json) {
    Team team(1);
    std::string remark;
    std::vector<Opened> devices;
    for (DeviceLine& line : device_lines(remark)) devices.push_back(opened(std::move(line), team));
    std::erase_if(devices, [](const Opened& one) { return one.device == nullptr; });
    if (!json) {
        fmt::print("{:<18}", "");
        for (const Opened& one : devices) fmt::print(" {:<10}", one.line.name);
        fmt::print("\n");
    }
    std::vector<Json> items;
    for (const OpEntry& op : op_catalogue()) {
        std::vector<Json::Member> columns;
        if (!json) fmt::print("{:<18}", op.name);
        for (const Opened& one : devices) {
            const bool has = !op.needs || one.device->supports(*op.needs);
            columns.emplace_back(one.line.name, has);
            if (!json) fmt::print(" {:<10}", has ? "yes" : "lacks it");
        }
        if (!json) fmt::print("\n{}\n\n", op.law);
        items.push_back(
            Json::object({{"name", op.name}, {"law", op.law}, {"devices", Json::object(columns)}}));
    }
    if (json) fmt::print("{}\n", Json::array(items).text());
}

}  // namespace mf::cli
