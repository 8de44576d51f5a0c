// SPDX-License-Identifier: MIT
// The tape by itself, and what ops say about operands that do not fit.
#include "ops/tape.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "ops/arithmetic.hpp"
#include "ops/bench.hpp"
#include "ops/concat.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/linear.hpp"
#include "ops/pointwise.hpp"
#include "ops/square_loss.hpp"

namespace {

using namespace mf;

Tensor filled(Shape shape, float value, DType dtype = DType::f32) {
    Tensor out(shape, dtype);
    out.fill(value);
    return out;
}

class TapeTest : public testing::Test {
  protected:
    TapeTest() { store_.freeze(); }
    /// Runs the tape without any gradient coming in.
    void run() { tape_.backward(tape_.new_slot(), pool_); }

    ParamStore store_;
    Pool pool_;
    Gradients gradients_{store_};
    Team team_{1};
    CpuDevice device_{team_};
    Tape tape_{&gradients_, device_};
};

TEST_F(TapeTest, RunsRecordsBackwardsOnce) {
    std::string order;
    for (const char letter : {'a', 'b', 'c'}) tape_.record([&order, letter](Tape&) { order += letter; });
    run();
    run();
    EXPECT_EQ(order, "cba");
}

TEST_F(TapeTest, TheLossStartsWithOne) {
    const GradSlot loss = tape_.new_slot();
    float seen = 0;
    tape_.record([&, loss](Tape& tape) { seen = tape.take_gradient(loss).f32()[0]; });
    tape_.backward(loss, pool_);
    EXPECT_EQ(seen, 1);
    EXPECT_THROW(tape_.backward(GradSlot{}, pool_), Error);
}

TEST_F(TapeTest, GradientsAddUpInF32) {
    for (const bool coarse_first : {false, true}) {
        const GradSlot slot = tape_.new_slot();
        tape_.add_gradient(slot, filled({2}, 256, coarse_first ? DType::bf16 : DType::f32));
        tape_.add_gradient(slot, filled({2}, 0.5F, coarse_first ? DType::f32 : DType::bf16));
        EXPECT_EQ(tape_.take_gradient(slot).f32()[1], 256.5F);
        EXPECT_TRUE(tape_.take_gradient(slot).empty());
    }
    tape_.add_gradient(GradSlot{}, filled({2}, 1));  // a constant
    const GradSlot slot = tape_.new_slot();
    EXPECT_TRUE(tape_.take_gradient_f32(slot, pool_).empty());
    tape_.add_gradient(slot, filled({3}, 1.5F, DType::bf16));
    EXPECT_EQ(tape_.take_gradient_f32(slot, pool_).f32()[2], 1.5F);
}

TEST_F(TapeTest, ManyRecordsOfAllSizes) {
    int sum = 0;
    for (int step = 0; step < 2; ++step) {
        for (int i = 0; i < 2000; ++i) {
            std::array<int, 40> ballast{};
            ballast[39] = i;
            tape_.record([&sum, ballast](Tape&) { sum += ballast[39]; });
            tape_.record([&sum](Tape&) { ++sum; });
        }
        run();
    }
    EXPECT_EQ(sum, 2 * (1999 * 1000 + 2000));
    EXPECT_THROW(tape_.record([ballast = std::array<char, 1 << 17>{}](Tape&) { (void)ballast; }), Error);
}

TEST_F(TapeTest, NothingIsLeftAfterAnException) {
    int ran = 0;
    {
        const Tensor kept({100}, DType::f32, &pool_);
        tape_.record([&ran, kept](Tape&) { ++ran; });
        tape_.record([kept](Tape&) { throw Error("[test] a record that fails"); });
        tape_.record([&ran, kept](Tape&) { ++ran; });
    }
    EXPECT_THROW(run(), Error);
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(pool_.in_use_bytes(), 0U) << "all records are gone";
    run();
    EXPECT_EQ(ran, 1) << "what was left does not run later";
}

TEST_F(TapeTest, ClearForgets) {
    int ran = 0;
    const Tensor kept({100}, DType::f32, &pool_);
    tape_.record([&ran, kept](Tape&) { ++ran; });
    EXPECT_FALSE(kept.unique());
    tape_.clear();
    EXPECT_TRUE(kept.unique());
    run();
    EXPECT_EQ(ran, 0);
}

/// The message of the error that `work` ends with.
template <class Work>
std::string error_of(Work work) {
    try {
        work();
    } catch (const Error& e) {
        return e.what();
    }
    return "none";
}

TEST(OpErrors, SayWhatWasExpected) {
    Team team(1);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    ParamStore store;
    const Param& w = store.add("layer.weight", {16, 8}, true);
    const Param& b = store.add("layer.bias", {15});
    store.freeze();
    const Dual x(filled({3, 8}, 1)), narrow(filled({3, 2}, 1)), longer(filled({4, 8}, 1));
    EXPECT_NE(error_of([&] { linear(context, x, w, nullptr); }).find("not packed"), std::string::npos);
    store.repack(team, Precision::f32);
    EXPECT_EQ(error_of([&] { linear(context, x, w, nullptr); }), "none");
    const std::string wrong = error_of([&] { linear(context, narrow, w, nullptr); });
    for (const char* part : {"[linear]", "layer.weight", "(rows, 8)", "(3, 2)"})
        EXPECT_NE(wrong.find(part), std::string::npos) << wrong;
    EXPECT_NE(error_of([&] { linear(context, x, w, &b); }).find("bias"), std::string::npos);
    EXPECT_NE(error_of([&] { add(context, x, narrow); }).find("[add]"), std::string::npos);
    EXPECT_NE(error_of([&] { multiply(context, x, longer); }).find("(4, 8)"), std::string::npos);
    EXPECT_NE(error_of([&] { square_loss(context, x, narrow.value, {}, 1); }).find("[square_loss]"),
              std::string::npos);
    const Dual* uneven[] = {&x, &longer};
    EXPECT_NE(error_of([&] { concat(context, uneven); }).find("[concat]"), std::string::npos);
    EXPECT_NE(error_of([&] { concat(context, {}); }).find("1 to 8"), std::string::npos);
    EXPECT_NE(error_of([&] { store.add("late", {2}); }).find("freeze"), std::string::npos);
}

TEST(OpsWithoutRows, GiveNothingAndDoNotFail) {
    Team team(1);
    Pool pool(true);
    ParamStore store;
    const Param& w = store.add("w", {16, 8}, true);
    store.freeze();
    for (const Precision precision : {Precision::f32, Precision::bf16}) {
        store.repack(team, precision);
        CpuDevice device(team);
        const Context context{device, pool, nullptr, precision};
        const Dual x = Dual(Tensor({0, 8}, DType::f32)).moving(Tensor({0, 8}, DType::f32));
        const Dual y = pointwise(context, Pointwise::gelu, linear(context, x, w, nullptr));
        EXPECT_EQ(y.value.shape(), (Shape{0, 16}));
        EXPECT_EQ(add(context, x, x).rows(), 0);
        const Dual* parts[] = {&x, &x};
        EXPECT_EQ(concat(context, parts).cols(), 16);
    }
    EXPECT_EQ(pool.overruns(), 0U);
}

TEST(OpBench, TimesWhatIsAskedFor) {
    Team team(2);
    CpuDevice device(team);
    const std::vector<OpTiming> times = time_ops(device, Precision::bf16, "silu");
    ASSERT_EQ(times.size(), 2U);
    for (const OpTiming& one : times) {
        EXPECT_EQ(one.op, "silu");
        for (const PassTiming& pass : {one.value, one.with_tangent, one.adjoint}) {
            EXPECT_GT(pass.ms, 0);
            EXPECT_GT(pass.gflops, 0);
            EXPECT_GT(pass.gbytes, 0);
        }
    }
    EXPECT_TRUE(time_ops(device, Precision::f32, "no such op").empty());
}

}  // namespace
