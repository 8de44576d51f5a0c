// SPDX-License-Identifier: MIT
// A GPU as a device: every kernel of the interface by the texts of this room, in the file of its op. What drives the GPU
// (OpenCL, CUDA) is a GpuDriver.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "device/device.hpp"
#include "ops/gpu/counted_driver.hpp"

namespace mf {

class GpuDevice final : public Device {
  public:
    explicit GpuDevice(std::unique_ptr<GpuDriver> driver);
    ~GpuDevice() override;

    /// The one that was given.
    GpuDriver& driver() { return driver_->counted(); }

    std::string name() const override { return driver_->name(); }
    void synchronise() override { driver_->synchronise(); }
    Traffic traffic() const override { return driver_->traffic(); }
    bool host_visible() const override { return false; }
    void* allocate(std::size_t bytes) override { return driver_->allocate(bytes); }
    void release(void* memory) override { driver_->release(memory); }
    void upload(void* to, const void* from, std::size_t bytes) override { driver_->upload(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) override {
        driver_->download(to, from, bytes);
    }
    void copy(void* to, const void* from, std::size_t bytes) override { driver_->copy(to, from, bytes); }
    void zero(void* memory, std::size_t bytes) override { driver_->zero(memory, bytes); }

    void fill(Into y, float value) override;
    void convert(Into y, View x) override;
    void copy_runs(Into y, Runs y_runs, View x, Runs x_runs, std::int64_t count,
                   std::int64_t length) override;
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

    void rms_norm(Into y, Into s, View x, View g, float eps) override;
    void rms_norm_tangent(Into y_dot, View x, View x_dot, View s, View g) override;
    void rms_norm_rope(const NormRopePass& pass, Pool& scratch) override;
    void rms_norm_adjoint(Into dx, Into dg, View dy, View x, View s, View g) override;
    void layer_norm(Into y, Into s, View x, float eps) override;
    void layer_norm_slope(Into y, View d, View n, View s) override;

    bool prepares(std::int64_t n) const override;
    void prepare(std::span<const WeightToPrepare> weights) override;
    void linear(const LinearRows& value, const LinearRows& tangent, const Weight& w) override;
    void linear_adjoint(Into dx, View dy, const Weight& w, bool add, Pool& scratch) override;
    void weight_gradient(Into dw, View dy, View x, Pool& scratch) override;
    void linear_of_bytes(Into y, View x, View bias, const Weight& w, Pool& scratch) override;

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

  private:
    template <class... Operands>
    void run(const KernelCall& call, const Operands&... operands);
    /// Memory for what one kernel leaves for the next; its content lives until it is asked for again.
    void* scratch(std::size_t bytes);
    /// Rows of the host, in memory of the device until it is asked for again.
    template <class Row>
    const void* rows_of_host(const Row* rows, std::int64_t count) {
        const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(Row);
        void* const memory = grown(rows_, bytes);
        driver_->upload(memory, rows, bytes);
        return memory;
    }
    /// sums (cols) += those over the rows of x, or of x z.
    void add_sums_of_rows(Into sums, View x, View z);
    void product(const MatrixProduct& product);
    const void* loss_parts(std::int64_t rows);
    void finish_losses(Into loss, Into total, const void* parts, double divisor, std::int64_t rows);
    const void* square_parts(View x);
    std::array<double, 2> squares_of(View x);
    void orthogonalise(Into x, DType factors, MuonMemory& memory);

    struct Room {
        void* memory = nullptr;
        std::size_t bytes = 0;
    };
    void* grown(Room& room, std::size_t bytes);
    const void* frequencies(std::int64_t pairs, double period);

    std::unique_ptr<CountedDriver> driver_;
    Room scratch_, rows_;
    std::map<std::pair<std::int64_t, double>, Room> frequencies_;
};

}  // namespace mf
