// SPDX-License-Identifier: MIT
// A GPU that computes nothing: it gives out addresses without memory and keeps account of what it is asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ops/gpu/gpu_driver.hpp"

namespace mf {

/// One kernel or product.
struct PaperCall {
    std::string name;  ///< text and kernel: "rms_norm/rms_norm_adjoint"
    double bytes = 0;  ///< of every matrix that it is given, once
    double flops = 0;  ///< of products
};

struct PaperAccount {
    std::vector<PaperCall> calls;
    double uploaded = 0, downloaded = 0;  ///< bytes
    std::size_t in_use = 0, most = 0;     ///< bytes of memory
};

class PaperDriver final : public GpuDriver {
  public:
    /// `account` outlives the driver. `products_in_bf16`: its library multiplies bf16, too.
    PaperDriver(PaperAccount& account, bool products_in_bf16) : account_(account), bf16_(products_in_bf16) {}

    std::string name() const override { return "paper"; }
    void* allocate(std::size_t bytes) override {
        const std::size_t size = (bytes + 4095) / 4096 * 4096;
        const std::uintptr_t at = next_;
        next_ += size;
        blocks_[at] = size;
        account_.in_use += size;
        account_.most = std::max(account_.most, account_.in_use);
        return reinterpret_cast<void*>(at);
    }
    void release(void* memory) override {
        const auto found = blocks_.find(reinterpret_cast<std::uintptr_t>(memory));
        if (found == blocks_.end()) return;
        account_.in_use -= found->second;
        blocks_.erase(found);
    }
    void upload(void*, const void*, std::size_t bytes) override {
        account_.uploaded += static_cast<double>(bytes);
    }
    void download(void* to, const void*, std::size_t bytes) override {
        std::memset(to, 0, bytes);
        account_.downloaded += static_cast<double>(bytes);
    }
    void copy(void*, const void*, std::size_t bytes) override {
        add("memory/copy", 2.0 * static_cast<double>(bytes), 0);
    }
    void zero(void*, std::size_t bytes) override { add("memory/zero", static_cast<double>(bytes), 0); }
    void synchronise() override {}
    void launch(const KernelCall& call, std::span<const KernelArgument> arguments) override {
        double bytes = 0;
        for (const KernelArgument& argument : arguments)
            if (argument.is_memory && argument.memory != nullptr)
                bytes += static_cast<double>(argument.extent);
        add(std::string(call.text) + "/" + call.kernel, bytes, call.product_flops);
    }
    bool multiply(const MatrixProduct& p) override {
        const bool wide = p.a.type == DType::f32 && p.b.type == DType::f32;
        if (!bf16_ && (!wide || p.bias != nullptr)) return false;  // as OpenCL with CLBlast
        const auto size = [](std::int64_t rows, std::int64_t cols, DType type) {
            return static_cast<double>(rows * cols) * static_cast<double>(size_of(type));
        };
        add(wide ? "product/f32" : "product/bf16",
            size(p.m, p.k, p.a.type) + size(p.k, p.n, p.b.type) +
                size(p.m, p.n, DType::f32) * (p.add ? 2 : 1),
            2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k));
        return true;
    }

  private:
    void add(std::string name, double bytes, double flops) {
        account_.calls.push_back({std::move(name), bytes, flops});
    }

    PaperAccount& account_;
    bool bf16_;
    std::uintptr_t next_ = std::uintptr_t{1} << 44;
    std::map<std::uintptr_t, std::size_t> blocks_;
};

}  // namespace mf
