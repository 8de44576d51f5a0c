// SPDX-License-Identifier: MIT
#include "tensor/pool.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/out_of_memory.hpp"

namespace mf {
namespace {

constexpr std::size_t kGuard = 256;  // bytes of pattern behind a guarded block
constexpr std::byte kPattern{0xA5};
constexpr std::byte kNan{0xFF};  // repeated: a NaN in every floating-point type

}  // namespace

namespace {

Block* block_at(void* memory, std::size_t bytes) {
    if (memory == nullptr)
        throw OutOfMemory(fmt::format("[memory] the system has no {:.1f} MiB more",
                                      static_cast<double>(bytes) / 1048576.0));
    auto* block = new (memory) Block;
    block->bytes = bytes;
    return block;
}

}  // namespace

Block* new_block(std::size_t bytes) {
    return block_at(::operator new (sizeof(Block) + bytes, std::align_val_t{alignof(Block)}, std::nothrow),
                    bytes);
}

Block* new_zero_block(std::size_t bytes) {
    // calloc knows which pages are fresh from the system, and leaves them alone; it does not align to a block.
    constexpr std::size_t align = alignof(Block);
    void* base = std::calloc(sizeof(Block) + bytes + align, 1);
    void* memory = base;
    std::size_t space = sizeof(Block) + bytes + align;
    if (base != nullptr) memory = std::align(align, sizeof(Block) + bytes, memory, space);
    Block* block = block_at(memory, bytes);
    block->base = base;
    return block;
}

void delete_block(Block* block) {
    void* base = block->base;
    block->~Block();
    if (base != nullptr)
        std::free(base);
    else
        ::operator delete (block, std::align_val_t{alignof(Block)});
}

// Class 4 k + j holds (4 + j) 2^(k + 4) bytes: 64, 80, 96, 112, 128, 160, ... The bytes are rounded up to 64.
std::size_t Pool::bytes_of(std::uint32_t size_class) {
    return (std::size_t{4} + size_class % 4) << (size_class / 4 + 4);
}

std::uint32_t Pool::class_of(std::size_t bytes) {
    if (bytes <= 64) return 0;
    const auto power =
        static_cast<std::uint32_t>(std::bit_width(bytes - 1)) - 1;  // 2^power < bytes <= 2^(power+1)
    std::uint32_t size_class = (power - 6) * 4;
    while (bytes_of(size_class) < bytes) ++size_class;
    return size_class;
}

Pool::~Pool() { drop_free_blocks(); }

bool Pool::drop_free_blocks() {
    bool any = false;
    for (Block*& head : free_)
        while (head != nullptr) {
            Block* const block = std::exchange(head, head->next);
            reserved_ -= sizeof(Block) + block->bytes;
            if (block->bytes_at != nullptr) memory_->release(block->bytes_at);
            delete_block(block);
            any = true;
        }
    return any;
}

Block* Pool::new_block_of(std::size_t bytes) {
    if (memory_ == nullptr) return new_block(bytes);
    const auto allocated = [&] {
        try {
            return memory_->allocate(bytes);
        } catch (const OutOfMemory&) {
            // What lies here in sizes that are not asked for now is memory, too.
            if (!drop_free_blocks()) throw;
        }
        return memory_->allocate(bytes);
    };
    void* const memory = allocated();
    Block* const block = new_block(0);
    block->bytes_at = static_cast<std::byte*>(memory);
    block->bytes = bytes;
    return block;
}

void Pool::write_guard(Block& block) const {
    if (memory_ == nullptr) {
        std::fill_n(block.data(), block.asked, kNan);
        std::fill_n(block.data() + block.asked, kGuard, kPattern);
        return;
    }
    std::vector<std::byte> bytes(block.asked, kNan);
    bytes.resize(block.asked + kGuard, kPattern);
    memory_->upload(block.data(), bytes.data(), bytes.size());
}

bool Pool::guard_holds(Block& block) const {
    std::array<std::byte, kGuard> guard;
    if (memory_ == nullptr)
        std::copy_n(block.data() + block.asked, kGuard, guard.begin());
    else
        memory_->download(guard.data(), block.data() + block.asked, kGuard);
    return std::ranges::all_of(guard, [](std::byte b) { return b == kPattern; });
}

Block* Pool::take(std::size_t bytes) {
    const std::uint32_t size_class = class_of(bytes + (guarded_ ? kGuard : 0));
    check(size_class < kClasses, "[memory] a block of {} bytes is too large", bytes);
    // A free block of the class or, where there is none, of one up to twice as large: a step with a row more than any
    // before it (the rows with r < t are drawn anew each step) then finds its memory in what earlier steps left.
    Block** head = &free_[size_class];
    // Not before all blocks have come back once: the first step then leaves every class with as many blocks as it used,
    // and an identical second one finds them all.
    Block** const last = &free_[warm_ ? std::min<std::size_t>(size_class + 4, kClasses - 1) : size_class];
    while (*head == nullptr && head != last) ++head;
    Block* block = *head;
    if (block != nullptr) {
        *head = block->next;
    } else {
        block = new_block_of((bytes_of(size_class) + 63) / 64 * 64);
        block->home = this;
        block->size_class = size_class;
        reserved_ += sizeof(Block) + block->bytes;
        ++system_allocations_;
    }
    block->asked = bytes;
    if (guarded_) write_guard(*block);
    in_use_ += block->bytes;
    peak_ = in_use_ > peak_ ? in_use_ : peak_;
    return block;
}

void Pool::give_back(Block* block) {
    in_use_ -= block->bytes;
    if (guarded_) overruns_ += guard_holds(*block) ? 0 : 1;
    block->next = free_[block->size_class];
    free_[block->size_class] = block;
    warm_ = warm_ || in_use_ == 0;
}

}  // namespace mf
