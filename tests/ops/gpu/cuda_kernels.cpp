// SPDX-License-Identifier: MIT
// Compiles every kernel for an architecture by a real NVRTC, without a card: the CUDA device on a stand-in of the driver does
// what the battery of ops and a training step ask for, and what it would hand over at each launch is held against what the
// compiled kernel declares. usage: meanflow_cuda_kernels LIBNVRTC ARCHITECTURE (90 for sm_90)
#include <charconv>
#include <cstdio>
#include <regex>

#include "ops/catalogue.hpp"
#include "ops/gpu/cuda_driver.hpp"
#include "ops/gpu/cuda_parameters.hpp"
#include "ops/gpu/cuda_stand_in.hpp"
#include "ops/gpu/gpu_device.hpp"
#include "ops/gpu/kernel_texts.hpp"
#include "verify/battery/case_runner.hpp"

namespace mf {
namespace {

/// Bytes of the parameters of each kernel that was compiled.
using Declared = std::map<std::string, std::vector<std::size_t>>;

/// What the compiler has made, and the compiler.
struct Compiled {
    cuda::NvrtcApi real;
    Declared declared;
    std::vector<std::string> wrong;
};
Compiled& compiled() {
    static Compiled out;
    return out;
}

void read_kernels(const std::string& ptx) {
    static const std::regex entry(R"(\.visible \.entry (\w+)\(([^)]*)\))"),
        parameter(R"(\.param \.[a-z](\d+))");
    for (std::sregex_iterator at(ptx.begin(), ptx.end(), entry), end; at != end; ++at) {
        const std::string list = (*at)[2];
        std::vector<std::size_t>& sizes = compiled().declared[(*at)[1]];
        sizes.clear();
        for (std::sregex_iterator one(list.begin(), list.end(), parameter); one != end; ++one)
            sizes.push_back(std::stoul((*one)[1]) / 8);
    }
    if (ptx.find(".f64") != std::string::npos)
        compiled().wrong.emplace_back("a kernel computes in double precision");
}

/// The compiler's own function, and beside the program its text, which says the parameters.
int code_and_text(cuda::NvrtcProgram program, char* to) {
    const cuda::NvrtcApi& api = compiled().real;
    std::size_t size = 0;
    int code = api.nvrtcGetPTXSize(program, &size);
    std::string text(size, '\0');
    if (code == 0) code = api.nvrtcGetPTX(program, text.data());
    if (code == 0) read_kernels(text);
    return code == 0 ? api.nvrtcGetCUBIN(program, to) : code;
}

/// Hands on what it is asked for, and compares.
class ComparingDriver final : public GpuDriver {
  public:
    ComparingDriver(const cuda::Libraries& libraries, const cuda::DriverOptions& options)
        : own_(libraries, 0, options) {}

    std::string name() const override { return own_.name(); }
    void* allocate(std::size_t bytes) override { return own_.allocate(bytes); }
    void release(void* memory) override { own_.release(memory); }
    void upload(void* to, const void* from, std::size_t bytes) override { own_.upload(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) override { own_.download(to, from, bytes); }
    void copy(void* to, const void* from, std::size_t bytes) override { own_.copy(to, from, bytes); }
    void zero(void* memory, std::size_t bytes) override { own_.zero(memory, bytes); }
    void synchronise() override { own_.synchronise(); }
    bool multiply(const MatrixProduct& product) override { return own_.multiply(product); }
    void launch(const KernelCall& call, std::span<const KernelArgument> arguments) override {
        own_.launch(call, arguments);
        programs.insert(
            fmt::format("{}{}", call.text, call.chunks > 0 ? fmt::format(" ({})", call.chunks) : ""));
        const cuda::Parameters given(arguments);
        const auto found = compiled().declared.find(call.kernel);
        if (found == compiled().declared.end())
            compiled().wrong.push_back(fmt::format("{}.cl has no kernel {}", call.text, call.kernel));
        else if (!std::ranges::equal(given.sizes(), found->second))
            compiled().wrong.push_back(fmt::format("{} is given parameters of {} bytes and declares {}",
                                                   call.kernel, fmt::join(given.sizes(), ", "),
                                                   fmt::join(found->second, ", ")));
        launched.insert(call.kernel);
    }

    std::set<std::string> launched, programs;

  private:
    cuda::Driver own_;
};

/// Every case of every op that the device has kernels for.
void run_ops(GpuDevice& gpu) {
    for (const OpEntry& entry : op_catalogue())
        for (const OpCase& op_case : entry.cases()) try {
                verify::CaseRunner runner(op_case, gpu);
                const std::int64_t rows = op_case.reduces ? -1 : runner.rows();
                std::vector<std::int64_t> moving;
                for (const CaseOperand& each : op_case.data)
                    moving.push_back(each.differentiated ? rows : -1);
                runner.run({.moving = moving, .taped = true});
            } catch (const UsageError&) {
                // It has no kernel for this and says so.
            }
}

/// The widest heads of a published network (dit's XL), which cases of ops do not have.
void run_wide_heads(GpuDevice& gpu) {
    Pool pool(gpu);
    const std::int64_t tokens = 40, d = 72;
    const Into x{gpu.allocate(static_cast<std::size_t>(tokens * d) * 4), tokens, d, DType::f32};
    gpu.attention(
        {1, tokens, 1, d},
        {.q = x, .k = x, .v = x, .q_dot = x, .k_dot = x, .v_dot = x, .y = x, .y_dot = x, .log_sums = x},
        pool);
    gpu.attention_adjoint({1, tokens, 1, d},
                          {.q = x, .k = x, .v = x, .o = x, .log_sums = x, .dy = x, .dq = x, .dk = x, .dv = x},
                          pool);
}

/// What objectives, optimisers and the sampler ask for, and ops do not.
void run_training(GpuDevice& gpu) {
    Pool pool(gpu);
    const auto matrix = [&](std::int64_t rows, std::int64_t cols, DType type = DType::f32) {
        return Into{gpu.allocate(static_cast<std::size_t>(rows * cols) * size_of(type)), rows, cols, type};
    };
    const Into x = matrix(8, 16), y = matrix(8, 16), z = matrix(8, 16), t = matrix(8, 1), one = matrix(1, 1),
               totals = matrix(2, 2, DType::f64);
    const std::vector<std::int32_t> labels(8, 0);
    const std::vector<float> strengths(8, 1.0F);
    const std::vector<GuidedRow> rows(8, GuidedRow{1, 1, 1, 0, 0});
    gpu.fill(x, 1.0F);
    for (const DType type : {DType::bf16, DType::f16, DType::f64}) gpu.convert(x, matrix(8, 16, type));
    gpu.gather_rows(y, x, labels.data());
    gpu.scale(y, x, 2.0F);
    gpu.scale_by(y, x, one);
    gpu.add_repeated(x, y);
    gpu.mix_by_time(z, x, y, t);
    gpu.add_correction(z, x, t, t, totals);
    gpu.square_loss(
        {.p = x, .y = y, .gradient = z, .loss = one, .total = totals, .power = 0.5, .constant = 1e-3});
    gpu.cross_entropy({.logits = x, .labels = labels.data(), .gradient = z, .loss = one, .right = totals});
    gpu.guide(z, x, y, rows.data());
    gpu.posterior_velocity({x, y, t, z, 4, 0, true, matrix(8, 16)}, pool);
    gpu.add_total(totals, one);
    std::array<double, 2> read{};
    gpu.read_totals(read.data(), totals, 1);
    const Into parts[] = {x, y};
    gpu.gather_squares(parts);
    gpu.all_finite(x);
    gpu.adam(x, y, z, x, {});
    gpu.ema(x, y, 0.1F);
    const MuonMatrix square{x, y, z, matrix(8, 16), matrix(8, 16), 1.0F};
    for (const DType factors : {DType::f32, DType::bf16}) {
        std::unique_ptr<MuonMemory> memory;
        gpu.muon_directions({&square, 1}, {0.9F, 1.0F, factors}, memory);
        gpu.muon_step({&square, 1}, 1.0F, *memory);
    }
    gpu.mix_guidance(x, y, strengths.data());
}

/// Kernels of all texts that nothing has launched.
void find_forgotten(const std::set<std::string>& launched) {
    static const std::regex kernel(R"(KERNEL (\w+)\()");
    for (const KernelText& each : kernel_texts()) {
        const std::string text(each.text);
        for (std::sregex_iterator at(text.begin(), text.end(), kernel), end; at != end; ++at)
            if (!launched.contains((*at)[1]))
                compiled().wrong.push_back(fmt::format(
                    "kernel {} of {}.cl is launched by no case of an op, nor by run_training here",
                    (*at)[1].str(), each.name));
    }
}

int run(const char* library, int architecture) {
    stand_in::Here here;
    here.cuda.major = architecture / 10;
    here.cuda.minor = architecture % 10;
    here.cuda.memory = std::size_t{1} << 40;
    cuda::Libraries libraries{stand_in::driver_api(), cuda::load_nvrtc_from(library), std::nullopt};
    int major = 0, minor = 0;
    check(libraries.compiler.nvrtcVersion(&major, &minor) == 0, "[{}] does not say its version", library);
    here.cuda.driver = 1000 * major + 10 * minor;
    compiled().real = libraries.compiler;
    libraries.compiler.nvrtcGetCUBIN = code_and_text;
    cuda::DriverOptions options;
    options.programs.clear();
    {
        auto driver = std::make_unique<ComparingDriver>(libraries, options);
        const ComparingDriver& own = *driver;
        GpuDevice gpu(std::move(driver));
        run_ops(gpu);
        run_wide_heads(gpu);
        run_training(gpu);
        // So many samples that the grid is turned.
        const Into many{gpu.allocate(std::size_t{70000} * 4), 70000, 1, DType::f32};
        gpu.mean_tokens(many, many, 1);
        find_forgotten(own.launched);
        fmt::print("NVRTC {}.{}, sm_{}: {} kernels of {} programs ({})\n", major, minor, architecture,
                   own.launched.size(), own.programs.size(), fmt::join(own.programs, ", "));
    }
    std::set<std::string> wrong(compiled().wrong.begin(), compiled().wrong.end());
    if (const std::string left = here.cuda.left(); !left.empty()) wrong.insert(left);
    for (const std::string& each : wrong) fmt::print("sm_{}: {}\n", architecture, each);
    return wrong.empty() ? 0 : 1;
}

}  // namespace
}  // namespace mf

int main(int count, char** words) try {
    int architecture = 0;
    const std::string_view number = count == 3 ? words[2] : "";
    if (std::from_chars(number.data(), number.data() + number.size(), architecture).ec != std::errc()) {
        std::fprintf(stderr, "usage: %s LIBNVRTC ARCHITECTURE\n", words[0]);
        return 2;
    }
    return mf::run(words[1], architecture);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
