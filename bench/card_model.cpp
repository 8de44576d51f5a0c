// SPDX-License-Identifier: MIT
// What a training step of iMF-B/2 would take on graphics cards: a model, nothing is run on any. A device that computes
// nothing counts what one step asks for; published peaks of cards and stated shares of them make times of it.
//
//   cmake --build build/release --target card_model && build/release/card_model [CONFIG] [key=value ...]
#include <array>
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "ops/gpu/gpu_device.hpp"
#include "support/paper_driver.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace mf {
namespace {

/// Published: tera-operations a second in products of bf16 with f32 sums (tensor cores, dense) and in f32, GB/s of memory.
struct Card {
    const char* name;
    double bf16, f32, bandwidth;
};
constexpr std::array kCards = {Card{"H100 SXM", 989, 67, 3350}, Card{"RTX 4090", 165, 82.6, 1008},
                               Card{"Arc B580", 0, 13.7, 456}, Card{"RX 7900 XTX", 0, 61.4, 960}};

// Shares of the peaks that are assumed, not measured.
constexpr double kOfBf16 = 0.6;  ///< large products of bf16 by the vendor's library
constexpr double kOfF32 = 0.5;   ///< of f32 by CLBlast
constexpr double kOfAttention =
    0.2;  ///< an item of attention.cl reads a number of local memory for each multiply-add
constexpr double kOfBandwidth = 0.8;
constexpr double kGap = 3e-6;  ///< seconds between a kernel and the next

constexpr std::array kFamilies = {"products", "attention", "pointwise", "optimiser"};

std::size_t family_of(const std::string& name) {
    if (name.starts_with("product/") || name.starts_with("gemm/")) return 0;
    if (name.starts_with("attention/")) return 1;
    return name.starts_with("optimisers/") ? 3 : 2;
}

/// Of a step with all rows at a time.
PaperAccount counted(const std::vector<std::string>& words, std::int64_t batch, bool bf16, double& flops) {
    std::vector<ConfigItem> items = read_config(words.empty() ? "imagenet256/imf_b2" : words[0]);
    for (std::size_t i = 1; i < words.size(); ++i) items.push_back(parse_override(words[i]));
    items.push_back({"train.batch", std::to_string(batch), ""});
    items.push_back({"precision", bf16 ? "bf16" : "f32", ""});
    PaperAccount account;
    Machine machine(0, "cpu");
    machine.given = std::make_shared<GpuDevice>(std::make_unique<PaperDriver>(account, bf16));
    Trainer trainer(resolve(items), machine);
    trainer.step();
    account.calls.clear();
    account.uploaded = account.downloaded = 0;
    trainer.step();
    flops = trainer.flops_per_step();
    return account;
}

/// Milliseconds of each family, and of the gaps between kernels.
std::array<double, 5> times_on(const Card& card, const PaperAccount& account, bool bf16) {
    std::array<double, 5> out{};
    for (const PaperCall& call : account.calls) {
        const std::size_t family = family_of(call.name);
        const double rate = family == 1 ? card.f32 * kOfAttention
                            : bf16      ? card.bf16 * kOfBf16
                                        : card.f32 * kOfF32;
        const double by_work = call.flops / (rate * 1e12);
        const double by_bytes = call.bytes / (card.bandwidth * kOfBandwidth * 1e9);
        out[family] += 1e3 * std::max(by_work, by_bytes);
        out[4] += 1e3 * kGap;
    }
    return out;
}

void print_account(const PaperAccount& account, double flops) {
    std::array<PaperCall, 4> sums;
    std::array<std::int64_t, 4> launches{};
    std::map<std::string, std::pair<double, int>> by_name;
    double products = 0;
    for (const PaperCall& call : account.calls) {
        const std::size_t family = family_of(call.name);
        sums[family].bytes += call.bytes, sums[family].flops += call.flops, ++launches[family];
        products += call.flops;
        by_name[call.name].first += call.bytes, ++by_name[call.name].second;
    }
    fmt::print("| | launches | GB | GFLOP |\n| --- | ---: | ---: | ---: |\n");
    for (std::size_t i = 0; i < kFamilies.size(); ++i)
        fmt::print("| {} | {} | {:.2f} | {:.0f} |\n", kFamilies[i], launches[i], sums[i].bytes * 1e-9,
                   sums[i].flops * 1e-9);
    fmt::print(
        "\n{:.3f} of the {:.0f} GFLOP that the algorithm needs; {:.2f} GiB of memory; {:.0f} bytes uploaded, "
        "{:.0f} downloaded a step\n",
        products / flops, flops * 1e-9, static_cast<double>(account.most) / (1 << 30), account.uploaded,
        account.downloaded);
    std::vector<std::pair<double, std::string>> most;
    for (const auto& [name, of] : by_name)
        most.emplace_back(of.first, fmt::format("{} {:.1f} GB ({}x)", name, of.first * 1e-9, of.second));
    std::ranges::sort(most, std::greater<>());
    fmt::print("most bytes:");
    for (std::size_t i = 0; i < std::min<std::size_t>(10, most.size()); ++i)
        fmt::print(" {};", most[i].second);
    fmt::print("\n\n");
}

void print_model(const std::vector<std::string>& words) {
    for (const std::int64_t batch : {std::int64_t{64}, std::int64_t{256}}) {
        for (const bool bf16 : {true, false}) {
            double flops = 0;
            const PaperAccount account = counted(words, batch, bf16, flops);
            fmt::print("batch {}, {}\n\n", batch, bf16 ? "bf16" : "f32");
            print_account(account, flops);
            fmt::print(
                "| ms | products | attention | pointwise | optimiser | launches | step |\n| --- | ---: | "
                "---: | "
                "---: | ---: | ---: | ---: |\n");
            for (const Card& card : kCards) {
                if ((card.bf16 > 0) != bf16) continue;
                const std::array<double, 5> ms = times_on(card, account, bf16);
                double all = 0;
                fmt::print("| {} |", card.name);
                for (const double each : ms) fmt::print(" {:.1f} |", each), all += each;
                fmt::print(" {:.0f} |\n", all);
            }
            fmt::print("\n");
            std::fflush(stdout);
        }
    }
}

}  // namespace
}  // namespace mf

int main(int count, char** words) {
    try {
        mf::print_model({words + 1, words + count});
        return 0;
    } catch (const mf::Error& error) {
        fmt::print(stderr, "card_model: {}\n", error.what());
        return 1;
    }
}
