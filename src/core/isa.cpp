// SPDX-License-Identifier: MIT
// Plain x86-64, for it runs on machines that have none of the sets.
#include "core/isa.hpp"

#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/built_sets.hpp"
#include "core/error.hpp"

namespace mf {
namespace {

constexpr const char* kVariable = "MEANFLOW_ISA";

// What tells the levels apart in practice, by names that both compilers know. The builtin wants literals.
bool has_v3() {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
           __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
}
bool has_v4() {
    return has_v3() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
}

/// Whether processor and system have all of a set.
bool machine_has(std::string_view set) {
    __builtin_cpu_init();
    if (set == "x86-64-v3") return has_v3();
    if (set == "x86-64-v4") return has_v4();
    if (set == "x86-64-v4-bf16")
        return has_v4() && __builtin_cpu_supports("avx512bf16") != 0 &&
               __builtin_cpu_supports("avx512vnni") != 0;
    return true;  // the single one that everything was compiled for
}

/// The highest set that the machine has; null when it has none.
const BuiltSet* best_set() {
    const BuiltSet* best = nullptr;
    for (const BuiltSet& set : built_sets())
        if (machine_has(set.name)) best = &set;
    return best;
}

const char* forced() {
    const char* const word = std::getenv(kVariable);
    return word == nullptr || *word == '\0' ? nullptr : word;
}

/// What MEANFLOW_ISA asks for, else the best; null when that cannot be.
const BuiltSet* chosen_set() {
    const char* const word = forced();
    if (word == nullptr) return best_set();
    for (const BuiltSet& set : built_sets())
        if (word == std::string_view(set.name)) return machine_has(set.name) ? &set : nullptr;
    return nullptr;
}

/// The choice is made once: a variable that changes later changes nothing.
const BuiltSet* choice() {
    static const BuiltSet* const set = chosen_set();
    return set;
}

/// Before every other initialiser of the program. Until then the functions throw.
[[gnu::constructor(101)]] void choose() {
    const BuiltSet* const set = choice();
    if (set != nullptr && set->functions != nullptr) use_functions(set->functions);
}

}  // namespace

std::vector<std::string> built_isas() {
    std::vector<std::string> names;
    for (const BuiltSet& set : built_sets()) names.emplace_back(set.name);
    return names;
}

std::string chosen_isa() { return choice() == nullptr ? "" : choice()->name; }

std::string why_this_isa() {
    if (choice() == nullptr) return "";
    if (built_sets().size() == 1) return "the only one of this build";
    if (forced() != nullptr) return fmt::format("{} asks for it", kVariable);
    if (choice() == &built_sets().back()) return "the highest of this build";
    return "the best that this machine has";
}

bool machine_is_supported() { return choice() != nullptr; }

void check_machine() {
    if (machine_is_supported()) return;
    const char* const word = forced();
    const BuiltSet* const best = best_set();
    if (best == nullptr)
        throw Error(
            fmt::format("this machine is below {}: it has no AVX2, FMA or BMI2", built_sets().front().name),
            "x86-64 machines since 2013 (Intel Haswell) and 2015 (AMD Excavator) have them; a virtual "
            "machine "
            "has to pass them on (qemu: -cpu host)");
    const std::string all = fmt::format("this build has {}", fmt::join(built_isas(), ", "));
    for (const BuiltSet& set : built_sets())
        if (word == std::string_view(set.name))
            throw UsageError(
                fmt::format("{} asks for {}, which this machine does not have", kVariable, word),
                fmt::format("the best here is {}; without {} it is chosen", best->name, kVariable));
    throw UsageError(fmt::format("{} is '{}', which is no instruction set of this build", kVariable, word),
                     all);
}

}  // namespace mf

/// In the place of every function of the loops when there is no set to run them with.
extern "C" [[gnu::visibility("hidden")]] void mf_no_instruction_set() {
    mf::check_machine();
    throw mf::Error("the instruction set is not chosen yet",
                    "static variables must not be initialised by functions of meanflow before priority 101");
}
