// SPDX-License-Identifier: MIT
// Functions in the places of libcuda's that record what they are asked for, keep memory of the device in the host's, and do
// what a stream is asked for as late as they may.
#pragma once

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ops/gpu/cuda_api.hpp"

namespace mf::stand_in {

using cuda::Address;
using cuda::Code;

struct Launch {
    std::string kernel, program;
    std::array<unsigned, 6> grid{};             ///< groups, items
    std::vector<std::vector<std::byte>> given;  ///< of the sizes in Cuda::parameters
};

/// All of it: what it pretends to be, and what happened to it.
struct Cuda {
    int devices = 1, major = 9, minor = 0, driver = 12080;
    std::size_t memory = std::size_t{1} << 30;
    std::map<std::string, std::vector<std::size_t>> parameters;  ///< bytes of those of each kernel

    std::vector<std::string> calls;       ///< names of functions in the order of the calls
    std::vector<std::string> faults;      ///< what no caller may do
    std::map<std::string, Code> failing;  ///< functions that do not go well
    std::size_t fails_at = 0;             ///< the number of the call, from 1 on, that does not; 0: none
    Code fails_with = cuda::kIllegalAddress;
    bool stays_failed = false;  ///< and none after it
    bool failed = false;

    int retained = 0;
    std::set<const void*> objects;          ///< streams, events, modules, programs, descriptions
    std::map<Address, std::size_t> blocks;  ///< memory of the device
    std::set<void*> pinned;
    std::vector<const void*> current;          ///< contexts
    std::deque<std::function<void()>> stream;  ///< what has not been done yet
    std::map<const void*, std::size_t> event_at;
    std::size_t done = 0;
    std::map<const void*, std::string> programs;  ///< of modules
    std::map<const void*, std::pair<std::string, std::string>> functions;
    std::vector<Launch> launches;

    /// Of every function: it is written down, and may fail.
    Code called(const char* name, bool needs_context = true) {
        calls.emplace_back(name);
        if (failed && stays_failed) return fails_with;
        if (const auto found = failing.find(name); found != failing.end()) return found->second;
        if (calls.size() == fails_at) {
            failed = true;
            return fails_with;
        }
        return needs_context && !in_context(name) ? 201 : cuda::kSuccess;
    }
    /// It is no fault where entering failed.
    bool in_context(const char* name) {
        if (current.empty() && fails_at == 0 && failing.empty())
            faults.push_back(std::string(name) + " without a context");
        return !current.empty();
    }
    std::size_t count(std::string_view name) const {
        return static_cast<std::size_t>(std::ranges::count(calls, name));
    }
    template <class Handle>
    void make(Handle* to) {
        char* const object = new char;
        objects.insert(object);
        *to = reinterpret_cast<Handle>(object);  // NOLINT: a handle is an address to the caller
    }
    /// Once for each object that was made, whatever the function returns.
    void drop(const char* name, const void* object, bool needs_context = true) {
        if (needs_context) in_context(name);
        if (objects.erase(object) == 0)
            faults.push_back(std::string(name) + " of what is not there");
        else
            delete static_cast<const char*>(object);
    }
    void run_to(std::size_t end) {
        for (; done < end; ++done) {
            stream.front()();
            stream.pop_front();
        }
    }
    void run_all() { run_to(done + stream.size()); }
    void expect_memory(const char* name, Address at, std::size_t bytes) {
        const auto behind = blocks.upper_bound(at);
        const bool inside =
            behind != blocks.begin() && at + bytes <= std::prev(behind)->first + std::prev(behind)->second;
        if (!inside) faults.push_back(std::string(name) + " beyond the memory of the device");
    }
    /// Nothing is left that was made here.
    std::string left() const {
        std::string out;
        for (const std::string& fault : faults) out += fault + "; ";
        if (retained != 0) out += fmt::format("context kept {} times; ", retained);
        if (!objects.empty()) out += fmt::format("{} objects; ", objects.size());
        if (!blocks.empty()) out += fmt::format("{} blocks of the device; ", blocks.size());
        if (!pinned.empty()) out += "pinned memory; ";
        if (!current.empty()) out += "a context is current; ";
        return out;
    }
    Cuda() = default;
    Cuda(const Cuda&) = delete;
    Cuda& operator=(const Cuda&) = delete;
    ~Cuda() {
        for (const void* const object : objects) delete static_cast<const char*>(object);
        for (const auto& [at, bytes] : blocks) ::operator delete (pointer(at), std::align_val_t{256});
        for (void* const at : pinned) std::free(at);
    }
    static std::byte* pointer(Address at) {
        return reinterpret_cast<std::byte*>(at);  // NOLINT: it is the host's memory here
    }
};

/// The one that the functions work on: functions of C have no other way to it.
inline Cuda*& now() {
    static Cuda* cuda = nullptr;
    return cuda;
}

/// A new one for a test.
struct Here {
    Cuda cuda;
    Here() { now() = &cuda; }
    ~Here() { now() = nullptr; }
    Here(const Here&) = delete;
    Here& operator=(const Here&) = delete;
};

inline Code later(const char* name, std::function<void()> work) {
    const Code code = now()->called(name);
    if (code == cuda::kSuccess) now()->stream.push_back(std::move(work));
    return code;
}

inline void set_device_functions(cuda::Api& api) {
    api.cuInit = [](unsigned) { return now()->called("cuInit", false); };
    api.cuDriverGetVersion = [](int* to) {
        *to = now()->driver;
        return now()->called("cuDriverGetVersion", false);
    };
    api.cuGetErrorName = [](Code code, const char** to) {
        *to = code == 700   ? "CUDA_ERROR_ILLEGAL_ADDRESS"
              : code == 2   ? "CUDA_ERROR_OUT_OF_MEMORY"
              : code == 100 ? "CUDA_ERROR_NO_DEVICE"
              : code == 222 ? "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"
                            : nullptr;
        return *to != nullptr ? 0 : 1;
    };
    api.cuDeviceGetCount = [](int* to) {
        *to = now()->devices;
        return now()->called("cuDeviceGetCount", false);
    };
    api.cuDeviceGet = [](cuda::DeviceId* to, int index) {
        *to = index + 40;  // no index
        return now()->called("cuDeviceGet", false);
    };
    api.cuDeviceGetName = [](char* to, int size, cuda::DeviceId) {
        std::snprintf(to, static_cast<std::size_t>(size), "Stand-in");
        return now()->called("cuDeviceGetName", false);
    };
    api.cuDeviceTotalMem = [](std::size_t* to, cuda::DeviceId) {
        *to = now()->memory;
        return now()->called("cuDeviceTotalMem", false);
    };
    api.cuDeviceGetAttribute = [](int* to, int what, cuda::DeviceId) {
        *to = what == 75 ? now()->major : what == 76 ? now()->minor : what == 16 ? 132 : -1;
        return now()->called("cuDeviceGetAttribute", false);
    };
    api.cuDevicePrimaryCtxRetain = [](cuda::ContextHandle* to, cuda::DeviceId device) {
        const Code code = now()->called("cuDevicePrimaryCtxRetain", false);
        if (device != 40 + 0 && device != 41) now()->faults.emplace_back("an index for a device");
        if (code != 0) return code;
        ++now()->retained;
        *to = reinterpret_cast<cuda::ContextHandle>(now());
        return code;
    };
    api.cuDevicePrimaryCtxRelease = [](cuda::DeviceId) {
        --now()->retained;
        return now()->called("cuDevicePrimaryCtxRelease", false);
    };
    api.cuCtxPushCurrent = [](cuda::ContextHandle context) {
        const Code code = now()->called("cuCtxPushCurrent", false);
        if (code == 0) now()->current.push_back(context);
        return code;
    };
    api.cuCtxPopCurrent = [](cuda::ContextHandle*) {
        if (now()->current.empty())
            now()->faults.emplace_back("a context is left that was not entered");
        else
            now()->current.pop_back();
        return now()->called("cuCtxPopCurrent", false);
    };
}

inline void set_stream_functions(cuda::Api& api) {
    api.cuStreamCreate = [](cuda::Stream* to, unsigned) {
        const Code code = now()->called("cuStreamCreate");
        if (code == 0) now()->make(to);
        return code;
    };
    api.cuStreamDestroy = [](cuda::Stream stream) {
        now()->drop("cuStreamDestroy", stream);
        return now()->called("cuStreamDestroy", false);
    };
    api.cuStreamSynchronize = [](cuda::Stream) {
        const Code code = now()->called("cuStreamSynchronize");
        if (code == 0) now()->run_all();
        now()->stream.clear();  // work that failed does not go on
        return code;
    };
    api.cuEventCreate = [](cuda::Event* to, unsigned) {
        const Code code = now()->called("cuEventCreate");
        if (code == 0) now()->make(to);
        return code;
    };
    api.cuEventDestroy = [](cuda::Event event) {
        now()->drop("cuEventDestroy", event);
        return now()->called("cuEventDestroy", false);
    };
    api.cuEventRecord = [](cuda::Event event, cuda::Stream) {
        now()->event_at[event] = now()->done + now()->stream.size();
        return now()->called("cuEventRecord");
    };
    api.cuEventSynchronize = [](cuda::Event event) {
        const Code code = now()->called("cuEventSynchronize");
        if (!now()->event_at.contains(event))
            now()->faults.emplace_back("waits for an event that was not recorded");
        if (code == 0) now()->run_to(std::max(now()->done, now()->event_at[event]));
        return code;
    };
}

inline void set_memory_functions(cuda::Api& api) {
    api.cuMemAlloc = [](Address* to, std::size_t bytes) {
        const Code code = now()->called("cuMemAlloc");
        if (code != 0) return code;
        *to = reinterpret_cast<Address>(::operator new (bytes, std::align_val_t{256}));
        now()->blocks[*to] = bytes;
        return code;
    };
    api.cuMemFree = [](Address at) {
        now()->in_context("cuMemFree");
        now()->run_all();
        if (now()->blocks.erase(at) == 0)
            now()->faults.emplace_back("cuMemFree of what is not there");
        else
            ::operator delete (Cuda::pointer(at), std::align_val_t{256});
        return now()->called("cuMemFree", false);
    };
    api.cuMemAllocHost = [](void** to, std::size_t bytes) {
        const Code code = now()->called("cuMemAllocHost");
        if (code == 0) now()->pinned.insert(*to = std::malloc(bytes));
        return code;
    };
    api.cuMemFreeHost = [](void* at) {
        now()->in_context("cuMemFreeHost");
        if (now()->pinned.erase(at) == 0) now()->faults.emplace_back("cuMemFreeHost of what is not there");
        std::free(at);
        return now()->called("cuMemFreeHost", false);
    };
    api.cuMemcpyHtoDAsync = [](Address to, const void* from, std::size_t bytes, cuda::Stream) {
        now()->expect_memory("cuMemcpyHtoDAsync", to, bytes);
        return later("cuMemcpyHtoDAsync", [=] { std::memcpy(Cuda::pointer(to), from, bytes); });
    };
    api.cuMemcpyDtoHAsync = [](void* to, Address from, std::size_t bytes, cuda::Stream) {
        now()->expect_memory("cuMemcpyDtoHAsync", from, bytes);
        return later("cuMemcpyDtoHAsync", [=] { std::memcpy(to, Cuda::pointer(from), bytes); });
    };
    api.cuMemcpyDtoDAsync = [](Address to, Address from, std::size_t bytes, cuda::Stream) {
        now()->expect_memory("cuMemcpyDtoDAsync", to, bytes);
        now()->expect_memory("cuMemcpyDtoDAsync", from, bytes);
        return later("cuMemcpyDtoDAsync",
                     [=] { std::memcpy(Cuda::pointer(to), Cuda::pointer(from), bytes); });
    };
    api.cuMemsetD8Async = [](Address at, unsigned char value, std::size_t count, cuda::Stream) {
        now()->expect_memory("cuMemsetD8Async", at, count);
        return later("cuMemsetD8Async", [=] { std::memset(Cuda::pointer(at), value, count); });
    };
    api.cuMemsetD32Async = [](Address at, unsigned value, std::size_t count, cuda::Stream) {
        now()->expect_memory("cuMemsetD32Async", at, 4 * count);
        if (at % 4 != 0 || value != 0) now()->faults.emplace_back("cuMemsetD32Async of an odd place");
        return later("cuMemsetD32Async", [=] { std::memset(Cuda::pointer(at), 0, 4 * count); });
    };
}

inline void set_program_functions(cuda::Api& api) {
    api.cuModuleLoadData = [](cuda::Module* to, const void* image) {
        const Code code = now()->called("cuModuleLoadData");
        if (code != 0) return code;
        now()->make(to);
        now()->programs[*to] = static_cast<const char*>(image);
        return code;
    };
    api.cuModuleUnload = [](cuda::Module module) {
        now()->drop("cuModuleUnload", module);
        return now()->called("cuModuleUnload", false);
    };
    api.cuModuleGetFunction = [](cuda::Function* to, cuda::Module module, const char* name) {
        const Code code = now()->called("cuModuleGetFunction");
        if (code != 0) return code;
        static constexpr std::uintptr_t first = 0x1000;
        *to = reinterpret_cast<cuda::Function>(first + now()->functions.size());  // NOLINT: a handle
        now()->functions[*to] = {name, now()->programs[module]};
        return code;
    };
    api.cuLaunchKernel = [](cuda::Function function, unsigned gx, unsigned gy, unsigned gz, unsigned x,
                            unsigned y, unsigned z, unsigned shared, cuda::Stream, void** parameters,
                            void** extra) {
        const Code code = now()->called("cuLaunchKernel");
        if (code != 0) return code;
        const auto& [kernel, program] = now()->functions.at(function);
        if (shared != 0 || extra != nullptr) now()->faults.emplace_back("more than parameters at a launch");
        if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535 || x * y * z > 1024)
            now()->faults.emplace_back("a grid that no device takes");
        Launch& launch = now()->launches.emplace_back(Launch{kernel, program, {gx, gy, gz, x, y, z}, {}});
        const auto& sizes = now()->parameters[kernel];
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const auto* const at = static_cast<const std::byte*>(parameters[i]);
            launch.given.emplace_back(at, at + sizes[i]);
        }
        return code;
    };
}

inline cuda::Api driver_api() {
    cuda::Api api{};
    set_device_functions(api);
    set_stream_functions(api);
    set_memory_functions(api);
    set_program_functions(api);
    return api;
}

}  // namespace mf::stand_in
