// SPDX-License-Identifier: MIT
// A device: memory, and one kernel for each thing that an op does to it, in the words of that op. Ops hold the law, its
// checks, the tape and how an adjoint is put together of kernels; they have no loop over numbers. Kernels of one device
// run one after the other, in the order of the calls.
#pragma once

#include <string>
#include <type_traits>

#include "device/convolution_kernels.hpp"
#include "device/elementwise_kernels.hpp"
#include "device/kernel_set.hpp"
#include "device/matrix_kernels.hpp"
#include "device/memory.hpp"
#include "device/norm_kernels.hpp"
#include "device/picture_kernels.hpp"
#include "device/sequence_kernels.hpp"
#include "device/traffic.hpp"
#include "device/training_kernels.hpp"

namespace mf {

class Device : public DeviceMemory,
               public ConvolutionKernels,
               public ElementwiseKernels,
               public MatrixKernels,
               public NormKernels,
               public PictureKernels,
               public SequenceKernels,
               public TrainingKernels {
  public:
    virtual ~Device() = default;
    Device() = default;
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    /// "cpu", "opencl:0".
    virtual std::string name() const = 0;
    /// Returns when all that was asked for is done.
    virtual void synchronise() = 0;
    /// What was done since the device was opened; of the host's own memory nothing is counted.
    virtual Traffic traffic() const { return {}; }
    /// Whether it has these kernels. What needs others is refused before it begins.
    virtual bool supports(KernelSet) const { return false; }
    /// UsageError when it lacks them; `who` needs them: "conv1.weight".
    void require(KernelSet set, const std::string& who) const;

    /// How many lanes can work side by side, each on rows of its own.
    virtual int lanes() const { return 1; }
    /// The device of a lane, for that lane alone while lanes work.
    virtual Device& lane(int) { return *this; }
    /// work(number, device): once for each lane, side by side. The first exception (by lane) is thrown again here.
    template <class Work>
    void each_lane(Work&& work) {
        using Plain = std::remove_reference_t<Work>;
        run_lanes([](void* w, int lane, Device& device) { (*static_cast<Plain*>(w))(lane, device); },
                  const_cast<void*>(static_cast<const void*>(&work)));
    }

    // A device that has no kernels for these refuses by one line.
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

  protected:
    /// UsageError: this device has no such kernel.
    [[noreturn]] void lacks(const char* kernel) const;
    virtual void run_lanes(void (*call)(void*, int, Device&), void* work) { call(work, 0, *this); }
};

}  // namespace mf
