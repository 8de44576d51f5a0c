// SPDX-License-Identifier: MIT
// A battery that cannot fail proves nothing: each check is shown an op with the mistake that it is there for.
#include <memory>

#include <gtest/gtest.h>

#include "ops/arithmetic.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/linear.hpp"
#include "verify/battery/bit_checks.hpp"

namespace {

using namespace mf;
using namespace mf::verify;
using namespace mf::verify;

using Data = std::span<const Dual>;
using Params = std::span<const Param* const>;

/// y = a b on 31 x 33 numbers, with `run` in place of the op.
OpCase product(std::function<Dual(const Context&, Data)> run) {
    OpCase out;
    out.name = "product";
    out.data = {{.name = "a", .shape = {31, 33}}, {.name = "b", .shape = {31, 33}}};
    out.run = [run = std::move(run)](const Context& context, Data data, Params) {
        return run(context, data);
    };
    out.reference = [](const Numbers& x, const Numbers&) {
        std::vector<double> y = x[0];
        for (std::size_t k = 0; k < y.size(); ++k) y[k] *= x[1][k];
        return y;
    };
    return out;
}

/// The names of the checks that complain.
std::vector<std::string> complaints(const OpCase& op_case) {
    Team team(1);
    CpuDevice device(team);
    std::vector<std::string> out;
    for (const NamedCheck& check : kBattery)
        if (!check.run(op_case, device, nullptr).empty()) out.emplace_back(check.name);
    return out;
}

void expect_complaint(const OpCase& op_case, const std::string& check) {
    const std::vector<std::string> names = complaints(op_case);
    EXPECT_NE(std::ranges::find(names, check), names.end())
        << "only: " << fmt::format("{}", fmt::join(names, ", "));
}

/// Runs `change` on the result's gradient before the op's own adjoint sees it.
void on_the_way_back(const Context& context, const Dual& y, std::function<void(Tape&, Tensor&)> change) {
    if (context.tape == nullptr || !y.slot.wanted()) return;
    context.tape->record([slot = y.slot, change = std::move(change)](Tape& tape) {
        Tensor g = tape.take_gradient(slot);
        if (g.empty()) return;
        change(tape, g);
        tape.add_gradient(slot, std::move(g));
    });
}

TEST(BatteryDetects, NothingInARightOp) {
    EXPECT_TRUE(complaints(product([](const Context& context, Data x) {
                    return multiply(context, x[0], x[1]);
                })).empty());
}

TEST(BatteryDetects, OneWrongNumberInAValue) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         y.value.f32()[y.value.count() - 1] += 1e-5F;
                         return y;
                     }),
                     "value");
}

TEST(BatteryDetects, ATangentWithoutOneOfItsTerms) {
    const OpCase wrong =
        product([](const Context& context, Data x) { return multiply(context, x[0], x[1].still()); });
    expect_complaint(wrong, "tangent");
    expect_complaint(wrong, "dot product");
}

TEST(BatteryDetects, ATangentOfTheFirstRowsInsteadOfTheLast) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (y.tangent_rows() == 0) return y;
                         std::vector<Tensor> moving;
                         for (const Dual& part : x) {
                             moving.push_back(Tensor::zeros(part.value.shape()));
                             if (part.tangent_rows() > 0)
                                 moving.back().row_range(0, part.tangent_rows()).copy_from(part.tangent);
                         }
                         const Dual all = multiply(context.untaped(), x[0].still().moving(moving[0]),
                                                   x[1].still().moving(moving[1]));
                         y.tangent.copy_from(all.tangent.row_range(0, y.tangent_rows()));
                         return y;
                     }),
                     "tangent");
}

TEST(BatteryDetects, ATangentThatIsNotLinear) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (y.tangent_rows() > 0)
                             for (float& number : y.tangent.floats()) number += 1e-5F * number * number;
                         return y;
                     }),
                     "linearity");
}

TEST(BatteryDetects, AnAdjointThatIsALittleTooLarge) {
    const OpCase wrong = product([](const Context& context, Data x) {
        Dual y = multiply(context, x[0], x[1]);
        on_the_way_back(context, y, [](Tape&, Tensor& g) {
            for (float& number : g.floats()) number *= 1.00002F;
        });
        return y;
    });
    expect_complaint(wrong, "adjoint");
    expect_complaint(wrong, "dot product");
}

TEST(BatteryDetects, OneWrongNumberInAnAdjoint) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         on_the_way_back(context, y,
                                         [](Tape&, Tensor& g) { g.f32()[g.count() - 1] += 1e-4F; });
                         return y;
                     }),
                     "adjoint");
}

TEST(BatteryDetects, AValueThatDependsOnTheTangentOrTheTape) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (y.tangent_rows() > 0) y.value.f32()[3] = std::nextafter(y.value.f32()[3], 9.0F);
                         return y;
                     }),
                     "bits");
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (context.tape != nullptr)
                             y.value.f32()[3] = std::nextafter(y.value.f32()[3], 9.0F);
                         return y;
                     }),
                     "bits");
}

TEST(BatteryDetects, ARowThatDependsOnItsBatch) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (y.rows() > 1) y.value.f32()[0] = std::nextafter(y.value.f32()[0], 9.0F);
                         return y;
                     }),
                     "rows alone");
}

TEST(BatteryDetects, AResultThatDependsOnTheThreads) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (cpu::team_of(context.device).size() > 1)
                             y.value.f32()[0] = std::nextafter(y.value.f32()[0], 9.0F);
                         return y;
                     }),
                     "threads");
}

TEST(BatteryDetects, AnAdjointThatOverwrites) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         on_the_way_back(context, y, [a = x[0].slot](Tape& tape, Tensor&) {
                             if (a.wanted()) tape.take_gradient(a);  // what others have added is lost
                         });
                         return y;
                     }),
                     "accumulation");
}

TEST(BatteryDetects, AnAdjointThatWritesOverParameterGradients) {
    OpCase wrong;
    wrong.name = "linear";
    wrong.data = {{.name = "x", .shape = {31, 33}}};
    wrong.params = {{.name = "w", .shape = {16, 33}, .spread = 0.2}};
    wrong.run = [](const Context& context, Data data, Params params) {
        Dual y = linear(context, data[0], *params[0], nullptr);
        on_the_way_back(context, y, [w = params[0]](Tape& tape, Tensor&) {
            std::fill_n(tape.gradients().of(*w), w->shape.count(), 0.0F);
        });
        return y;
    };
    wrong.reference = [](const Numbers& x, const Numbers&) {
        std::vector<double> y(31 * 16);
        for (std::size_t i = 0; i < 31; ++i)
            for (std::size_t j = 0; j < 16; ++j)
                for (std::size_t k = 0; k < 33; ++k) y[i * 16 + j] += x[0][i * 33 + k] * x[1][j * 33 + k];
        return y;
    };
    EXPECT_EQ(complaints(wrong), std::vector<std::string>{"accumulation"});
}

TEST(BatteryDetects, AGradientForAConstant) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         on_the_way_back(context, y, [wanted = x[1].slot.wanted()](Tape&, Tensor& g) {
                             if (!wanted) g.f32()[0] *= 2;  // the other operand's gradient changes with it
                         });
                         return y;
                     }),
                     "wants");
}

TEST(BatteryDetects, AWriteBeyondTheEnd) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         float* behind = y.value.f32() + y.value.count();
                         std::memset(behind, 0, sizeof(float));
                         return y;
                     }),
                     "guards");
}

TEST(BatteryDetects, ANumberThatIsNeverWritten) {
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         const Tensor stale = context.make({31, 33});
                         y.value.f32()[7] = std::isnan(stale.f32()[7]) ? 0.0F : y.value.f32()[7];
                         return y;
                     }),
                     "guards");
}

TEST(BatteryDetects, MemoryThatGrows) {
    auto rows = std::make_shared<std::int64_t>(1024);
    const OpCase wrong = product([rows](const Context& context, Data x) {
        *rows *= 2;
        const Tensor larger = context.make({*rows, 4});
        return multiply(context, x[0], x[1]);
    });
    Team team(1);
    CpuDevice device(team);
    EXPECT_NE(check_memory(wrong, device), "");
}

TEST(BatteryDetects, AResultThatIsKept) {
    // Never destroyed: their pool is gone by the end of the test.
    static auto* const kept = new std::vector<Tensor*>;
    expect_complaint(product([](const Context& context, Data x) {
                         Dual y = multiply(context, x[0], x[1]);
                         if (context.tape != nullptr && kept->size() < 100)
                             kept->push_back(new Tensor(y.value));
                         return y;
                     }),
                     "memory");
}

TEST(BatteryDetects, AGradientLeftOnTheTape) {
    expect_complaint(
        product([](const Context& context, Data x) {
            if (context.tape == nullptr || !x[0].slot.wanted()) return multiply(context, x[0], x[1]);
            // Recorded before the op, so run after its adjoint: puts something back into its slot.
            const GradSlot next{context.tape->new_slot().index + 1};
            context.tape->record([next](Tape& tape) { tape.add_gradient(next, Tensor::zeros({31, 33})); });
            return multiply(context, x[0], x[1]);
        }),
        "memory");
}

}  // namespace
