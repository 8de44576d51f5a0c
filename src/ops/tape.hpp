// SPDX-License-Identifier: MIT
// The tape: what backward needs, in the order in which it happened. It has no place for tangents: they are never
// differentiated, so a step with a JVP needs the memory of one without.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "ops/param.hpp"
#include "tensor/dual.hpp"

namespace mf {

class Tape {
  public:
    /// Gradients of parameters are added to `gradients`, which must outlive the tape's use as the device must.
    Tape(Gradients* gradients, Device& device) : gradients_(gradients), device_(device) {}
    ~Tape() { clear(); }
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    GradSlot new_slot() {
        slots_.emplace_back();
        return {static_cast<std::int32_t>(slots_.size()) - 1};
    }
    /// Keeps a move-only record `adjoint(tape)`; it is called once, in reverse order.
    template <class Adjoint>
    void record(Adjoint adjoint) {
        static_assert(alignof(Adjoint) <= alignof(std::max_align_t));
        void* place = room_for(sizeof(Adjoint));
        new (place) Adjoint(std::move(adjoint));
        nodes_.push_back({[](void* self, Tape* tape) {
                              const std::unique_ptr<Adjoint, Destroy> record(static_cast<Adjoint*>(self));
                              if (tape != nullptr) (*record)(*tape);
                          },
                          place});
    }

    /// Gradient collected so far (empty: zero). Taking it out leaves the slot empty.
    Tensor take_gradient(GradSlot slot) { return std::exchange(slots_[index(slot)], Tensor()); }
    /// The same in f32: where the result went into a pointwise function, its gradient may come back in bf16.
    Tensor take_gradient_f32(GradSlot slot, Pool& pool);
    /// Adds `g` to the slot's gradient; `g` may be reused as memory. Slots that are not wanted ignore it. The sum is
    /// f32 as soon as one part of it is.
    void add_gradient(GradSlot slot, Tensor g);
    Gradients& gradients() { return *gradients_; }

    /// Runs all records backwards, starting from d loss / d loss = 1, and forgets them; also when one of them throws.
    void backward(GradSlot loss, Pool& pool);
    /// Runs all records backwards from the gradients that were added, and leaves what arrives at other slots there.
    void run_back();
    void clear();
    /// A tape for parts that are recorded anew while this one runs back; it adds to the same gradients.
    Tape& inner();

  private:
    struct Destroy {  // a record goes even when its adjoint throws
        template <class Adjoint>
        void operator()(Adjoint* record) const {
            record->~Adjoint();
        }
    };
    struct Node {
        void (*run_and_destroy)(void*, Tape*);
        void* record;
    };
    static std::size_t index(GradSlot slot) { return static_cast<std::size_t>(slot.index); }
    void* room_for(std::size_t bytes);

    static constexpr std::size_t kChunk = 1 << 16;
    Gradients* gradients_;
    Device& device_;
    std::vector<Tensor> slots_;
    std::vector<Node> nodes_;
    std::vector<std::unique_ptr<std::byte[]>> chunks_;  // kept from step to step
    std::size_t chunk_ = 0, used_ = 0;
    std::unique_ptr<Tape> inner_;
};

}  // namespace mf
