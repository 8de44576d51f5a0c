// SPDX-License-Identifier: MIT
// The CPU as a device: the threads of a team share every kernel. A kernel stands in the file of its op.
#pragma once

#include <memory>
#include <vector>

#include "core/team.hpp"
#include "device/device.hpp"
#include "tensor/pool.hpp"

namespace mf {

class CpuDevice final : public Device {
  public:
    /// `team` must outlive the device.
    explicit CpuDevice(Team& team) : CpuDevice(team, true) {}
    /// A CPU that says that the host does not see its memory: with it tests find what reads or writes past the kernels.
    static CpuDevice hidden(Team& team) { return CpuDevice(team, false); }
    ~CpuDevice() override;  // not inline: its table is one of an instruction set

    Team& team() { return team_; }

    std::string name() const override;
    void synchronise() override {}
    int lanes() const override { return team_.size(); }
    Device& lane(int number) override {
        return lanes_.empty() ? *this : *lanes_[static_cast<std::size_t>(number)];
    }

    bool supports(KernelSet) const override { return true; }
    bool host_visible() const override { return visible_; }
    void* allocate(std::size_t bytes) override;
    void release(void* memory) override;
    void upload(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void copy(void* to, const void* from, std::size_t bytes) override;
    void zero(void* memory, std::size_t bytes) override;

    void fill(Into y, float value) override;
    void convert(Into y, View x) override;
    void copy_runs(Into y, Runs to, View x, Runs from, std::int64_t count, std::int64_t length) override;
    void gather_rows(Into y, View x, const std::int32_t* rows) override;
    void add_to(Into sum, View x) override;
    void add(Into y, View a, View b, float factor) override;
    void multiply(Into y, View a, View b) override;
    void scale(Into y, View x, float factor) override;
    void scale_by(Into y, View x, View factor) override;
    void add_repeated(Into x, View table) override;
    void row_sums(Into sums, View x) override;
    void add_column_sums(Into sums, View x) override;
    void pointwise(Pointwise function, const PointwisePass& pass) override;
    void multiply_by_slope(Into dx, View dy, View slope) override;
    void swiglu(const SwigluPass& pass) override;

    bool prepares(std::int64_t n) const override;
    void prepare(std::span<const WeightToPrepare> weights) override;
    void linear(const LinearRows& value, const LinearRows& tangent, const Weight& w) override;
    void linear_adjoint(Into dx, View dy, const Weight& w, bool add, Pool& scratch) override;
    void weight_gradient(Into dw, View dy, View x, Pool& scratch) override;
    void linear_of_bytes(Into y, View x, View bias, const Weight& w, Pool& scratch) override;

    void rms_norm(Into y, Into s, View x, View g, float eps) override;
    void rms_norm_tangent(Into y_dot, View x, View x_dot, View s, View g) override;
    void rms_norm_rope(const NormRopePass& pass, Pool& scratch) override;
    void rms_norm_adjoint(Into dx, Into dg, View dy, View x, View s, View g) override;
    void layer_norm(Into y, Into s, View x, float eps) override;
    void layer_norm_slope(Into y, View d, View n, View s) override;

    void attention(const AttentionSizes& sizes, const AttentionPass& pass, Pool& scratch) override;
    void attention_adjoint(const AttentionSizes& sizes, const AttentionAdjoint& pass, Pool& scratch) override;
    void rope(Into y, View x, View cos, View sin, float sign) override;
    void gated_add(Into y, View x, View f, View g, std::int64_t tokens) override;
    void add_gated(Into y, View f, View g, std::int64_t tokens) override;
    void gate(Into df, View dy, View g, std::int64_t tokens) override;
    void gate_gradient(Into dg, View f, View dy, std::int64_t tokens) override;
    void modulate(const ModulatePass& pass) override;
    void modulate_adjoint(Into dx, Into dshift, Into dscale, View dy, View x, View scale) override;
    void put_tokens(Into y, TokenRange range, View w, View e) override;
    void put_tokens_adjoint(Into dw, Into de, View dy, TokenRange range) override;
    void mean_tokens(Into y, View x, std::int64_t tokens) override;
    void mean_tokens_adjoint(Into dx, View dy, std::int64_t tokens) override;
    void embedding(Into y, View table, const std::int32_t* labels) override;
    void embedding_adjoint(Into dtable, View dy, const std::int32_t* labels) override;
    void sinusoid(Into y, Into y_dot, View s, View s_dot, double period) override;
    void sinusoid_adjoint(Into ds, View dy, View y, double period) override;

    void patches(Into y, View x, const PatchGrid& grid, PatchEntries entries, bool back) override;
    void neighbours(Into y, View x, const PlaceGrid& grid) override;
    void neighbours_adjoint(Into dx, View dy, const PlaceGrid& grid) override;

    void convolve(const ConvPass& pass, const Weight& w, Pool& scratch) override;
    void convolve_still(const ConvPass& pass, const Weight& w, const PreparedWeight* transformed,
                        Pool& scratch) override;
    void convolve_adjoint(Into dx, View dy, std::int64_t pictures, const ConvSize& size, const Weight& w,
                          Pool& scratch) override;
    void kernel_gradient(Into dw, View dy, View x, std::int64_t pictures, const ConvSize& size,
                         Pool& scratch) override;
    void group_statistics(Into mean, Into s, View x, const GroupNormSize& size, float eps,
                          Pool& scratch) override;
    void group_norm(Into y, View x, const GroupNormSize& size, const NormChannels& channels,
                    bool silu) override;
    void group_norm_slope(Into y, View d, View x, const GroupNormSize& size,
                          const NormChannels& channels) override;
    void group_norm_sums(Into sums, View d, View x, const GroupNormSize& size, const NormChannels& channels,
                         Pool& scratch) override;
    void group_norm_jacobian(Into y, View d, View x, View sums, const GroupNormSize& size,
                             const NormChannels& channels, bool weighted, Pool& scratch) override;
    void group_norm_gradients(Into dg, Into db, View sums, const GroupNormSize& size) override;
    void max_pool(Into y, Into places, View x, const PoolWindows& windows) override;
    void max_pool_chosen(Into y, View d, View places, const PoolWindows& windows) override;
    void max_pool_adjoint(Into dx, View dy, View places, const PoolWindows& windows) override;
    void separable(Into y, View x, const SparseRows& rows, const SparseRows& cols) override;

    void mix_by_time(Into z, View a, View b, View t) override;
    void add_correction(Into V, View du_dt, View r, View t, Into total) override;
    void square_loss(const SquareLossPass& pass) override;
    void cross_entropy(const CrossEntropyPass& pass) override;
    void guide(Into target, View v, View theta, const GuidedRow* rows) override;
    void posterior_velocity(const PosteriorPass& pass, Pool& scratch) override;
    void add_total(Into total, View x) override;
    void read_totals(double* to, View totals, std::int64_t count) override;
    double gather_squares(std::span<const Into> parts) override;
    bool all_finite(View x) override;
    void adam(Into weights, Into m, Into v, View gradient, const AdamStep& step) override;
    void ema(Into average, View weights, float step) override;
    void muon_directions(std::span<const MuonMatrix> matrices, const MuonStep& step,
                         std::unique_ptr<MuonMemory>& memory) override;
    void muon_step(std::span<const MuonMatrix> matrices, float keep, MuonMemory& memory) override;
    void mix_guidance(Into own, View null, const float* omega) override;

  protected:
    void run_lanes(void (*call)(void*, int, Device&), void* work) override;

  private:
    CpuDevice(Team& team, bool visible);
    /// Memory that kernels write by its addresses.
    Pool& scratch_of(Pool& given) { return visible_ ? given : own_scratch_; }

    Team& team_;
    bool visible_;
    Team solo_{1};  // of the lanes; several threads may share a team of one
    std::vector<std::unique_ptr<CpuDevice>> lanes_;
    Pool own_scratch_;
    std::vector<double> partial_;  // sums of the threads
};

namespace cpu {
/// The team of a device that is a CpuDevice.
inline Team& team_of(Device& device) { return static_cast<CpuDevice&>(device).team(); }
}  // namespace cpu

}  // namespace mf
