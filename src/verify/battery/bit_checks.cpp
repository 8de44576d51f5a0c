// SPDX-License-Identifier: MIT
#include "verify/battery/bit_checks.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "ops/cpu/cpu_device.hpp"

namespace mf::verify {

std::string same_bits(const std::string& what, std::span<const float> got, std::span<const float> want) {
    if (got.size() == want.size() &&
        (got.empty() || std::memcmp(got.data(), want.data(), got.size_bytes()) == 0))
        return "";
    if (got.size() != want.size())
        return fmt::format("{}: {} numbers, {} expected\n", what, got.size(), want.size());
    for (std::size_t k = 0; k < got.size(); ++k)
        if (std::memcmp(&got[k], &want[k], sizeof(float)) != 0)
            return fmt::format("{}: {:.9g} is not {:.9g} at {}\n", what, got[k], want[k], k);
    return "";
}

std::string same_outcomes(const std::string& what, const Outcome& got, const Outcome& want) {
    std::string out = same_bits(what + ": value", got.value, want.value) +
                      same_bits(what + ": tangent", got.tangent, want.tangent) +
                      same_bits(what + ": parameter gradients", got.param_gradients, want.param_gradients);
    for (std::size_t i = 0; i < want.data_gradients.size(); ++i)
        out += same_bits(what + ": gradients of data", got.data_gradients[i], want.data_gradients[i]);
    return out;
}

std::string check_bits(const OpCase& c, Device& device, double*) {
    CaseRunner runner(c, device);
    const Outcome plain = runner.run({}), taped = runner.run({.taped = true});
    std::string out = same_bits("value with a tape", taped.value, plain.value);
    if (c.reduces) return out;
    const std::int64_t rows = runner.rows();
    const Outcome all = runner.run({.moving = all_moving(c, rows)});
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, rows / 2, rows}) {
        const Outcome got = runner.run({.moving = all_moving(c, n)});
        out += same_bits("value with a tangent", got.value, plain.value);
        const std::size_t covered =
            all.tangent.size() / static_cast<std::size_t>(rows) * static_cast<std::size_t>(n);
        out += same_bits("tangent over fewer rows", got.tangent, std::span(all.tangent).last(covered));
        const Outcome both = runner.run({.moving = all_moving(c, n), .taped = true});
        out += same_bits("value with tangent and tape", both.value, plain.value);
        out += same_bits("tangent with a tape", both.tangent, got.tangent);
        out += same_bits("parameter gradients with a tangent", both.param_gradients, taped.param_gradients);
        for (std::size_t i = 0; i < c.data.size(); ++i)
            out += same_bits("gradients with a tangent", both.data_gradients[i], taped.data_gradients[i]);
    }
    return out;
}

std::string check_rows_alone(const OpCase& c, Device& device, double*) {
    if (c.reduces) return "";
    CaseRunner runner(c, device);
    const std::int64_t rows = runner.rows();
    const Outcome all = runner.run({.moving = all_moving(c, rows), .taped = true});
    const auto row_of = [&](const std::vector<float>& x, std::int64_t row) {
        const std::size_t cols = x.size() / static_cast<std::size_t>(rows);
        return std::span(x).subspan(static_cast<std::size_t>(row) * cols, cols);
    };
    std::string out;
    for (const std::int64_t row : {std::int64_t{0}, std::int64_t{5}, std::int64_t{12}, rows / 2, rows - 1}) {
        if (row >= rows) continue;
        const Outcome one =
            runner.run({.moving = all_moving(c, 1), .taped = true, .begin = row, .end = row + 1});
        out += same_bits("value of a row alone", one.value, row_of(all.value, row));
        out += same_bits("tangent of a row alone", one.tangent, row_of(all.tangent, row));
        for (std::size_t i = 0; i < c.data.size(); ++i)
            out += same_bits("gradient of a row alone", one.data_gradients[i],
                             row_of(all.data_gradients[i], row));
    }
    return out;
}

std::string check_threads(const OpCase& c, Device& device, double*) {
    Team two_threads_team(2);
    CpuDevice two(two_threads_team);
    CaseRunner one_thread(c, device), two_threads(c, two);
    const Drive drive{.moving = all_moving(c, c.reduces ? -1 : one_thread.rows()), .taped = true};
    return same_outcomes("two threads", two_threads.run(drive), one_thread.run(drive));
}

std::string check_accumulation(const OpCase& c, Device& device, double*) {
    CaseRunner runner(c, device);
    const Outcome first = runner.run({.taped = true}),
                  second = runner.run({.taped = true, .uses = {Use{.seed = 1}}});
    const Outcome both = runner.run({.taped = true, .uses = {Use{}, Use{.seed = 1}}});
    const Outcome added = runner.run({.taped = true, .held = 0.5F});
    std::string out;
    const auto is_sum = [&](const std::string& what, const std::vector<float>& sum,
                            const std::vector<float>& a, const std::vector<float>& b) {
        std::vector<double> want = to_doubles(a);
        for (std::size_t k = 0; k < std::min(want.size(), b.size()); ++k) want[k] += b[k];
        out += compare("accumulation: " + what, sum, want, 2 * c.tolerance);
    };
    for (std::size_t i = 0; i < c.data.size(); ++i)
        is_sum(c.data[i].name, both.data_gradients[i], first.data_gradients[i], second.data_gradients[i]);
    is_sum("parameters", both.param_gradients, first.param_gradients, second.param_gradients);
    is_sum("onto what is there", added.param_gradients, first.param_gradients,
           std::vector<float>(first.param_gradients.size(), 0.5F));
    const bool alike = c.data.size() > 1 && c.data[0].shape == c.data[1].shape && c.data[1].differentiated;
    if (!alike) return out;
    const Outcome apart = runner.run({.taped = true, .same_value = true});
    const Outcome same = runner.run({.taped = true, .same_value = true, .same_slot = true});
    is_sum("one operand used twice", same.data_gradients[0], apart.data_gradients[0],
           apart.data_gradients[1]);
    return out;
}

std::string check_wants(const OpCase& c, Device& device, double*) {
    CaseRunner runner(c, device);
    const Outcome all = runner.run({.taped = true});
    const Outcome unneeded = runner.run({.taped = true, .uses = {Use{.needed = false}}});
    std::string out;
    for (std::size_t i = 0; i < c.data.size(); ++i)
        out += same_bits("gradient of a result that is not needed", unneeded.data_gradients[i], {});
    out += same_bits("parameter gradients of a result that is not needed", unneeded.param_gradients,
                     std::vector<float>(all.param_gradients.size(), 0.0F));
    for (std::size_t only = 0; only <= c.data.size(); ++only) {
        std::vector<bool> wanted(c.data.size(), false);
        if (only < wanted.size()) wanted[only] = true;
        const Outcome got = runner.run({.taped = true, .wanted = wanted});
        out += same_bits("parameter gradients with constants", got.param_gradients, all.param_gradients);
        for (std::size_t i = 0; i < c.data.size(); ++i)
            out += same_bits("gradient with constants beside it", got.data_gradients[i],
                             i == only ? all.data_gradients[i] : std::vector<float>());
    }
    if (c.precision != Precision::bf16 || !c.exact_operands || c.reduces) return out;
    const Outcome coarse = runner.run({.taped = true, .uses = {Use{.type = DType::bf16}}});
    return out + same_outcomes("gradient of the result in bf16", coarse, all);
}

std::string check_guards(const OpCase& c, Device& device, double*) {
    CaseRunner runner(c, device), guarded(c, device, true);
    std::string out;
    for (const auto& moving : coverages(c, runner.rows())) {
        const Drive drive{.moving = c.reduces ? all_moving(c, -1) : moving, .taped = true};
        out += same_outcomes("memory that starts as NaN", guarded.run(drive), runner.run(drive));
    }
    if (guarded.pool.overruns() > 0) out += fmt::format("guards: {} overruns\n", guarded.pool.overruns());
    return out;
}

std::string check_memory(const OpCase& c, Device& device, double*) {
    CaseRunner runner(c, device);
    const Drive drive{.moving = all_moving(c, c.reduces ? -1 : runner.rows()), .taped = true};
    const Outcome first = runner.run(drive);
    std::string out;
    if (first.result_kept) out += "tape: the gradient of the result was not taken\n";
    const std::uint64_t asked = runner.pool.system_allocations();
    runner.run(drive);
    if (runner.pool.system_allocations() != asked)
        out +=
            fmt::format("memory: {} new blocks in a second run\n", runner.pool.system_allocations() - asked);
    if (runner.pool.in_use_bytes() != 0)
        out += fmt::format("memory: {} bytes are kept after a run\n", runner.pool.in_use_bytes());
    return out;
}

}  // namespace mf::verify
