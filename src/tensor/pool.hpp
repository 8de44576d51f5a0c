// SPDX-License-Identifier: MIT
// The memory plan of a step: blocks are given out by size class and kept when they come back, so that after the first
// step no memory is asked of the system. A pool belongs to one lane (thread) at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "device/memory.hpp"

namespace mf {

class Pool;

/// A reference-counted block of bytes, aligned to 64. In the host's memory the header stands right before the bytes.
struct alignas(64) Block {
    std::atomic<std::int32_t> references{0};
    std::uint32_t size_class = 0;
    std::size_t bytes = 0;  ///< usable bytes
    std::size_t asked = 0;  ///< bytes that the present holder asked for
    Pool* home = nullptr;   ///< where it goes back to; null: to the system
    Block* next = nullptr;  ///< in the pool's free list
    void* base = nullptr;   ///< what calloc gave, for blocks of new_zero_block
    std::byte* bytes_at =
        nullptr;  ///< of a device whose memory the host does not see; null: behind the header

    std::byte* data() { return bytes_at != nullptr ? bytes_at : reinterpret_cast<std::byte*>(this + 1); }
};

class Pool {
  public:
    /// `guarded` (tests): every block carries a pattern behind the bytes that were asked for, and writing over it is
    /// counted when the block comes back; the bytes themselves start as NaN, so that reading before writing shows.
    explicit Pool(bool guarded = false) : guarded_(guarded) {}
    /// The same in the memory of a device, which must outlive the pool.
    explicit Pool(DeviceMemory& memory, bool guarded = false)
        : memory_(memory.host_visible() ? nullptr : &memory), guarded_(guarded) {}
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// A block with at least `bytes` usable bytes and no reference yet; its content is undefined.
    Block* take(std::size_t bytes);
    void give_back(Block* block);
    /// The device whose memory this is; null: the host sees it.
    DeviceMemory* hidden_memory() const { return memory_; }

    /// Bytes ever asked of the system by this pool: what it occupies. It grows in the first step only, and
    /// shrinks where a device has no more.
    std::size_t reserved_bytes() const { return reserved_; }
    /// Bytes of the blocks that are out now.
    std::size_t in_use_bytes() const { return in_use_; }
    /// The most bytes that were in use at one time.
    std::size_t peak_bytes() const { return peak_; }
    /// Blocks that came back with their pattern overwritten (guarded pools).
    std::uint64_t overruns() const { return overruns_; }
    /// How often the system was asked.
    std::uint64_t system_allocations() const { return system_allocations_; }

  private:
    // Classes: four to each power of two from 64 bytes up, so at most a quarter of a block is unused.
    static constexpr std::size_t kClasses = 160;
    static std::uint32_t class_of(std::size_t bytes);
    static std::size_t bytes_of(std::uint32_t size_class);
    Block* new_block_of(std::size_t bytes);
    /// Back to the system; false: there were none.
    bool drop_free_blocks();
    void write_guard(Block& block) const;
    bool guard_holds(Block& block) const;

    std::array<Block*, kClasses> free_{};
    std::size_t reserved_ = 0, in_use_ = 0, peak_ = 0;
    std::uint64_t system_allocations_ = 0, overruns_ = 0;
    DeviceMemory* memory_ = nullptr;
    bool guarded_;
    bool warm_ = false;  ///< all blocks have once come back
};

/// A block from the system, for tensors that live longer than a step.
Block* new_block(std::size_t bytes);
/// The same, filled with zeros. A large one costs nothing until it is touched.
Block* new_zero_block(std::size_t bytes);
void delete_block(Block* block);

}  // namespace mf
