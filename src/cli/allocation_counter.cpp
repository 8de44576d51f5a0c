// SPDX-License-Identifier: MIT
// Replaces the program's operator new by one that counts, so that `bench step` can show that a warm step asks
// for nothing. The replacement is the program's alone: the library does not have it.
#include "cli/allocation_counter.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// The one mutable global of the program: a replaced operator new has nobody to be passed it by.
constinit std::atomic<std::uint64_t> allocations{0};

void* checked(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

std::size_t rounded(std::size_t bytes, std::size_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

void* counted(std::size_t bytes) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    return std::malloc(bytes == 0 ? 1 : bytes);
}

void* counted(std::size_t bytes, std::align_val_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    const auto align = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(align, rounded(bytes == 0 ? 1 : bytes, align));
}

}  // namespace

std::uint64_t mf::cli::heap_allocations() { return allocations.load(std::memory_order_relaxed); }

// All forms, the ones that return null too: memory of one allocator must not be freed by another.
using Nothrow = const std::nothrow_t&;
void* operator new(std::size_t bytes) { return checked(counted(bytes)); }
void* operator new[](std::size_t bytes) { return checked(counted(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t to) { return checked(counted(bytes, to)); }
void* operator new[](std::size_t bytes, std::align_val_t to) { return checked(counted(bytes, to)); }
void* operator new(std::size_t bytes, Nothrow) noexcept { return counted(bytes); }
void* operator new[](std::size_t bytes, Nothrow) noexcept { return counted(bytes); }
void* operator new(std::size_t bytes, std::align_val_t to, Nothrow) noexcept { return counted(bytes, to); }
void* operator new[](std::size_t bytes, std::align_val_t to, Nothrow) noexcept { return counted(bytes, to); }

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, Nothrow) noexcept { std::free(memory); }
void operator delete[](void* memory, Nothrow) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, Nothrow) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t, Nothrow) noexcept { std::free(memory); }
