// SPDX-License-Identifier: MIT
// Losses and gradients of fm, mf and imf against a double-precision run of the public code.
#include "objectives/support.hpp"

namespace {

using namespace mf;

struct Case {
    std::string tag, objective, network, reduction;
    std::int64_t equal;
};

class ObjectiveGolden : public testing::TestWithParam<Case> {
  protected:
    std::unique_ptr<Objective> objective() const {
        const double c = toy_.golden.config().at("adaptive_c"), p = toy_.golden.config().at("adaptive_p");
        return objective_of({"objective.name=" + GetParam().objective,
                             GetParam().reduction == "mse" ? "loss.weight=none" : "loss.weight=adaptive",
                             "loss.c=" + std::to_string(c), "loss.p=" + std::to_string(p)});
    }

    Toy toy_;
};

TEST_P(ObjectiveGolden, LossAndParts) {
    const Case& c = GetParam();
    LossRun run(toy_, *toy_.network(c.network), *objective(), toy_draws(toy_, c.equal));
    const double loss = toy_.golden.at(c.tag + "." + c.reduction + ".loss").scalar();
    EXPECT_NEAR(run.loss, loss, 1e-5 * loss);
    EXPECT_NEAR(run.sums.loss, loss, 1e-5 * loss);
    EXPECT_EQ(run.sums.rows, 16);
    double squares = 0, corrections = 0;
    for (const double sq : toy_.golden.at(c.tag + ".sq").values) squares += sq;
    EXPECT_NEAR(run.sums.square_u, squares, 1e-5 * squares);
    if (!toy_.golden.has(c.tag + ".dudt")) return;
    const auto &t = toy_.golden.at("t").values, &r = toy_.golden.at("r").values;
    for (std::size_t i = 0; i < 32; ++i)
        corrections += std::pow((t[i / 2] - r[i / 2]) * toy_.golden.at(c.tag + ".dudt").values[i], 2);
    EXPECT_NEAR(run.sums.square_jvp, corrections, 1e-5 * corrections);
}

TEST_P(ObjectiveGolden, Gradients) {
    const Case& c = GetParam();
    const auto model = toy_.network(c.network);
    LossRun run(toy_, *model, *objective(), toy_draws(toy_, c.equal));
    const std::string prefix = c.tag + "." + c.reduction;
    for (const Param& param : model->params().all()) {
        const auto g = run.gradient(param);
        const std::string full = prefix + ".grad." + param.name;
        if (toy_.golden.has(full)) expect_near(g, toy_.golden.at(full).values, 1e-4, full);
        // Of the others the file keeps the norm and sums under three patterns of signs.
        const auto& want = toy_.golden.at(prefix + ".grad_signed_sums." + param.name).values;
        std::array<double, 4> got{};
        for (std::size_t i = 0; i < g.size(); ++i) {
            got[0] += static_cast<double>(g[i]) * g[i];
            for (std::uint32_t j = 0; j < 3; ++j) {
                const std::uint32_t hash = (static_cast<std::uint32_t>(i) + 1) * 2654435761U + j * 40503U;
                got[j + 1] += (hash >> 31) != 0 ? -static_cast<double>(g[i]) : g[i];
            }
        }
        got[0] = std::sqrt(got[0]);
        for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(got[j], want[j], 1e-5 * want[0]) << full << " " << j;
    }
}

std::vector<Case> cases() {
    std::vector<Case> out;
    for (const auto& [tag, objective, network] :
         std::vector<std::array<std::string, 3>>{{"fm", "fm", "fm_net"},
                                                 {"fm_on_mf_net", "fm", "mf_net"},
                                                 {"mf", "mf", "mf_net"},
                                                 {"imf", "imf", "mf_net"}})
        for (const std::string reduction : {"mse", "adaptive"})
            for (const std::int64_t equal : {0, 4})
                out.push_back({tag, objective, network, reduction, equal});
    return out;
}

// equal = 4 leaves out the tangent of the rows with r = t: the saving is exact.
INSTANTIATE_TEST_SUITE_P(Toy, ObjectiveGolden, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<Case>& info) {
                             return info.param.tag + "_" + info.param.reduction + "_equal_" +
                                    std::to_string(info.param.equal);
                         });

/// What bf16 costs, as a table.
TEST(ObjectiveBf16, ErrorsAreBounded) {
    Toy toy;
    fmt::print(
        "  error of bf16: mean square loss (against double), gradient (against f32, worst parameter, by "
        "norm)\n");
    for (const auto& [tag, network] :
         std::vector<std::array<std::string, 2>>{{"fm", "fm_net"}, {"mf", "mf_net"}, {"imf", "mf_net"}}) {
        const auto objective = objective_of({"objective.name=" + tag, "loss.weight=none"});
        const Draws draws = toy_draws(toy, 4);
        const auto coarse_model = toy.network(network, Precision::bf16), fine_model = toy.network(network);
        LossRun coarse(toy, *coarse_model, *objective, draws, Precision::bf16);
        LossRun fine(toy, *fine_model, *objective, draws);
        double worst = 0;
        for (const Param& param : fine_model->params().all()) {
            const auto a = coarse.gradient(param), b = fine.gradient(param);
            double difference = 0, norm = 0;
            for (std::size_t i = 0; i < a.size(); ++i) {
                difference += std::pow(static_cast<double>(a[i]) - b[i], 2);
                norm += std::pow(static_cast<double>(b[i]), 2);
            }
            worst = std::max(worst, std::sqrt(difference / norm));
        }
        const double loss = toy.golden.at(tag + ".mse.loss").scalar(),
                     error = std::abs(coarse.loss - loss) / loss;
        fmt::print("  {:<6} {:>8.1e} {:>8.1e}\n", tag, error, worst);
        EXPECT_LT(error, 1e-3) << tag;
        EXPECT_LT(worst, 1.5e-2) << tag;
    }
}

}  // namespace
