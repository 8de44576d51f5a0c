// SPDX-License-Identifier: MIT
#include "judge/inception_measure.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/duration.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "data/data_print.hpp"
#include "io/file.hpp"
#include "io/safetensors.hpp"
#include "io/weights_file.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kBatch = 16;      // pictures that go through the network together
constexpr double kProgressSeconds = 30;  // between two lines
constexpr const char* kFormat = "meanflow.fid_state.1";

/// Saves every now and then, but never spends more than a twentieth of the time on it.
class StateFile {
  public:
    StateFile(const MeasureRequest& request, std::string print)
        : request_(request), print_(std::move(print)) {}

    void go_on(FeatureSums& sums) {
        std::error_code code;
        if (request_.state.empty() || !fs::exists(request_.state, code)) return;
        const TensorFile file = read_safetensors(request_.state);
        const auto word = [&](const char* key) {
            const auto found = file.metadata.find(key);
            return found == file.metadata.end() ? std::string() : found->second;
        };
        const std::string place = request_.state.string();
        const std::string hint = "remove it to begin again, or name another with --state";
        if (word("format") != kFormat)
            throw UsageError(fmt::format("{}: is no state of an evaluation", place), hint);
        if (word("print") != print_)
            throw UsageError(fmt::format("{}: is of another evaluation than this", place),
                             fmt::format("it was of: {}; {}", word("print"), hint));
        check(word("checksum") == checksum_of(file), "{}: is damaged (its checksum is wrong)", place);
        sums.load(file.tensors, place);
        tell(request_.remarks, fmt::format("{}: goes on after {} of {} images ({})", request_.name,
                                           sums.rows(), sums.plan().total, place));
    }
    void save_now_and_then(const FeatureSums& sums) {
        if (since_.seconds() >= std::max(request_.save_seconds, 20 * last_cost_)) save_now(sums);
    }
    void save_now(const FeatureSums& sums) {
        if (given_up_) return;
        try {
            save(sums);
        } catch (const Error& error) {
            // A full disk or a folder that may not be written to is no reason to lose the work in memory.
            given_up_ = true;
            tell(request_.remarks,
                 fmt::format(
                     "{}: cannot be gone on with after an interruption: {} (--state names another file)",
                     request_.name, error.what()));
        }
    }
    void save(const FeatureSums& sums) {
        if (request_.state.empty()) return;
        Stopwatch cost;
        TensorFile file;
        file.tensors = sums.save();
        file.metadata = {{"format", kFormat}, {"print", print_}, {"checksum", checksum_of(file)}};
        write_safetensors(request_.state, file);
        last_cost_ = cost.seconds();
        since_.restart();
    }

  private:
    const MeasureRequest& request_;
    std::string print_;
    Stopwatch since_;
    double last_cost_ = 0;
    bool given_up_ = false;
};

/// The features of a portion, some pictures at a time.
void add_portion(const OpenedInception& inception, std::span<const BytePicture> pictures,
                 const FidVariant& variant, FeatureSums& sums, Pool& pool, Team& team) {
    CpuDevice device(team);
    Context context{device, pool};
    context.precision = inception.precision;
    for (std::size_t at = 0; at < pictures.size(); at += kBatch) {
        const auto part = pictures.subspan(at, std::min<std::size_t>(kBatch, pictures.size() - at));
        const InceptionOutput got = (*inception.network)(context, network_input(part, variant, team));
        const auto rows = [](const Tensor& tensor) {
            return MatrixView{tensor.f32(), tensor.rows(), tensor.cols()};
        };
        sums.add({rows(got.features), rows(got.spatial), rows(got.logits_without_bias)}, team);
    }
}

}  // namespace

OpenedInception open_inception(const fs::path& path, Precision precision, Team& team) {
    const NamedTensors file = read_weights_file(path);
    OpenedInception out;
    out.path = path;
    out.precision = precision;
    out.network = std::make_unique<Inception>(file.tensors, path.string(), team, precision);
    const MappedFile bytes(path);
    const std::span<const std::byte> all = bytes.bytes();
    out.print =
        fmt::format("{:016x} {}", digest_of({reinterpret_cast<const std::uint8_t*>(all.data()), all.size()}),
                    precision == Precision::bf16 ? "bf16" : "f32");
    if (!out.network->is_published_size())
        out.remark = fmt::format(
            "{}: has other sizes than the published network ({} features); its numbers are no "
            "published FID",
            path.string(), out.network->features());
    return out;
}

FeatureSums measure(const OpenedInception& inception, PictureSource& source, const FidVariant& variant,
                    const MeasureRequest& request, Team& team) {
    const std::int64_t total = source.count();
    check_usage(total >= 2, "{}: {} image{}; expected at least 2", request.name, total,
                total == 1 ? "" : "s");
    FeatureSums sums({.total = total,
                      .features = inception.network->features(),
                      .spatial = inception.network->spatial(),
                      .classes = inception.network->classes(),
                      .kept = request.kept,
                      .permuted = variant.shuffled});
    StateFile state(request, fmt::format("{} | network {} | {} | {} images, {} kept", source.print(),
                                         inception.print, variant.name, total, request.kept));
    state.go_on(sums);
    Pool pool;
    Stopwatch all, line;
    const std::int64_t before = sums.rows();
    while (!sums.complete()) {
        if (request.wants_stop && request.wants_stop()) {
            state.save(sums);
            return sums;
        }
        const std::int64_t count = std::min(source.portion(), total - sums.rows());
        add_portion(inception, source.read(sums.rows(), count, team), variant, sums, pool, team);
        if (line.seconds() >= kProgressSeconds && !sums.complete()) {
            const double each = all.seconds() / static_cast<double>(sums.rows() - before);
            tell(request.progress,
                 fmt::format("{}: {} of {} images, {:.3g} s each, {} to go", request.name, sums.rows(), total,
                             each, duration_text(each * static_cast<double>(total - sums.rows()))));
            line.restart();
        }
        state.save_now_and_then(sums);
    }
    if (all.seconds() >= request.save_seconds && sums.rows() > before) state.save_now(sums);
    return sums;
}

}  // namespace mf
