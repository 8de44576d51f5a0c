// SPDX-License-Identifier: MIT
// Parameters live in one flat array, so that optimisers, EMA, clipping and all-reduce are loops over one span.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "device/device.hpp"
#include "tensor/tensor.hpp"

namespace mf {
enum class Precision : std::uint8_t { f32, bf16 };

/// One named parameter: a view into its store, and (for weight matrices) the copy that GEMM reads.
struct Param {
    std::string name;  ///< name in checkpoints: "network.0.weight"
    Shape shape;
    std::int64_t offset;  ///< first element in the flat array
    Tensor value;  ///< f32 view; bf16, f16 or u8 for bound matrices, which are read when they are packed only
    bool is_matrix = false;
    bool is_kernel = false;  ///< of a convolution (out, in, rows, cols); then a matrix too
    /// How the device keeps it for its products; null: they read the value.
    std::shared_ptr<PreparedWeight> prepared;
    /// Of a matrix of 8 bits: one scale a row (ops/cpu/byte_gemm.hpp).
    Tensor scales;

    /// What a product is made with: (n, k), all dimensions behind the first together.
    Weight weight() const {
        View whole = value;
        whole.rows = shape[0], whole.cols = shape.count() / shape[0];
        return {whole, prepared.get()};
    }
};

class ParamStore {
  public:
    ParamStore() = default;
    ParamStore(const ParamStore&) = delete;
    ParamStore& operator=(const ParamStore&) = delete;

    /// A new parameter; all are to be added before `freeze`. `is_matrix`: shape (out, in...), read by GEMM as
    /// (out, in) with all dimensions behind the first together (a convolution whose kernel is its stride).
    Param& add(const std::string& name, Shape shape, bool is_matrix = false);
    /// The weight (out, in, rows, cols) of a convolution that steps over pixels (ops/conv2d.hpp).
    Param& add_kernel(const std::string& name, Shape shape);
    /// Lays the parameters out in one array (zero-filled).
    void freeze();

    std::int64_t count() const { return count_; }
    std::deque<Param>& all() { return params_; }
    const std::deque<Param>& all() const { return params_; }
    std::span<float> flat() { return values_.floats(); }
    std::span<const float> flat() const { return values_.floats(); }
    /// The whole array, for kernels.
    Into whole() { return values_; }
    View whole() const { return values_; }
    /// An array like it, of zeros, in the same memory; the store must outlive it.
    Tensor zeros() const { return Tensor::zeros({count_}, DType::f32, home_.get()); }
    /// A table that networks read beside their parameters; it must stay where it is, as long as the store.
    void keep_constant(Tensor& table) { constants_.push_back(&table); }
    /// Takes values and constants to the memory of the device, which must outlive the store. Nothing where it is the host's;
    /// otherwise flat() is for copies only from then on (Error).
    void move_to(Device& device);
    /// Must follow every change of the values: makes the copies that GEMM reads, in this precision.
    void repack(Device& device, Precision precision);
    /// The same for the CPU.
    void repack(Team& team, Precision precision);
    /// Bytes of copies in another type than that of the values, of the last repack.
    std::size_t copied_bytes() const;
    /// Takes every parameter's value from `weights` (f32, or bf16, f16 and f64, which are converted; wide matrices also u8
    /// with their scales beside them as NAME.scale) instead of memory of its own: weights of a mapped file, which must
    /// outlive the store. For sampling only: flat() is empty afterwards.
    /// Error names `place` and the tensor that is missing or has another shape.
    void bind(const std::map<std::string, Tensor>& weights, const std::string& place);

  private:
    std::deque<Param> params_;  // a deque: references to its members stay valid
    std::int64_t count_ = 0;
    std::unique_ptr<Pool>
        home_;  // of a device whose memory the host does not see; first: tensors go back to it
    Tensor values_;
    std::vector<Tensor*> constants_;
    std::vector<WeightToPrepare> to_prepare_;
};

/// Gradients of all parameters of one store, flat in the same order. One for each lane.
class Gradients {
  public:
    explicit Gradients(const ParamStore& store) : values_(store.zeros()) {}
    float* of(const Param& param) { return values_.f32() + param.offset; }
    /// For kernels: (n, k) as Param::weight.
    Into into(const Param& param) {
        return {all().f32() + param.offset, param.shape[0], param.shape.count() / param.shape[0], DType::f32};
    }
    std::span<float> flat() { return values_.floats(); }
    /// The whole array, for kernels.
    Into all() { return values_; }
    void clear(Device& device) { device.zero(all().data, values_.bytes()); }

  private:
    Tensor values_;
};

}  // namespace mf
