// SPDX-License-Identifier: MIT
// Golden vectors, figures and metrics of runs in folders.
#include "bindings.hpp"
#include "core/error.hpp"
#include "door/figure.hpp"
#include "ops/devices.hpp"
#include "verify/check_file.hpp"

namespace mf::python {
namespace {

/// (file, status, remark, worst error, its tolerance, its tensor) of each file.
using CaseRow = std::tuple<std::string, std::string, std::string, double, double, std::string>;

std::vector<CaseRow> verify_all(const std::filesystem::path& target, const std::string& precision,
                                int threads, const std::string& device_name) {
    check_usage(precision == "f32" || precision == "bf16", "precision is '{}', expected f32 or bf16",
                precision);
    const nb::gil_scoped_release others;
    Signals signals;
    Team team(threads);
    const std::unique_ptr<Device> device = open_device(device_name, team);
    std::vector<CaseRow> out;
    for (const std::filesystem::path& path : verify::files_of(target)) {
        end_if_asked(std::ref(signals), "verifying");
        const verify::Case one =
            verify::check_file(path, precision == "bf16" ? Precision::bf16 : Precision::f32, {team, *device});
        out.emplace_back(one.file, one.status, one.remark, one.worst.error, one.worst.tolerance,
                         one.worst.name);
    }
    return out;
}

struct FigureWords {
    std::string labels, weights, solver;
    std::vector<double> omega, intervals;
    std::vector<std::int64_t> steps;
    std::int64_t count, checkpoint;
    std::uint64_t seed;
    bool sampling_given;
};

/// (pictures, remarks). `rows`: name and run of each.
std::pair<std::vector<std::string>, std::vector<std::string>> figure(
    const std::vector<std::pair<std::string, std::filesystem::path>>& rows, const std::string& name,
    const std::filesystem::path& folder, const std::vector<std::string>& formats, const FigureWords& words,
    int zoom, int threads, const std::string& device) {
    std::vector<std::string> pictures, remarks;
    ImageFigureRequest request;
    for (const auto& [row, path] : rows) {
        request.runs.rows.push_back({row, path, words.weights});
        request.runs.rows.back().device = device;
    }
    request.runs.steps = words.steps;
    if (words.count > 0) request.runs.count = request.pictures = words.count;
    request.runs.checkpoint = words.checkpoint;
    request.runs.sampling.seed = words.seed;
    request.runs.sampling.solver = words.solver;
    // Ctrl-C reaches every figure that draws samples.
    request.runs.sampling.stop = Signals();
    request.runs.remarks = [&](const std::string& line) { remarks.push_back(in_python()(line)); };
    request.labels = words.labels;
    request.omega = words.omega;
    request.intervals = words.intervals;
    request.sampling_given = words.sampling_given;
    std::vector<plot::Format> kinds;
    for (const std::string& format : formats) {
        check_usage(format == "png" || format == "svg", "formats: '{}', expected png or svg", format);
        kinds.push_back(format == "png" ? plot::Format::png : plot::Format::svg);
    }
    const nb::gil_scoped_release others;
    for (const auto& path : door::draw_figure(name, request, folder, kinds, zoom, threads))
        pictures.push_back(path.string());
    return {pictures, remarks};
}

}  // namespace

void bind_runs(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<FigureWords>(m, "FigureWords")
        .def(
            "__init__",
            [](FigureWords* self, std::string labels, std::string weights, std::string solver,
               std::vector<double> omega, std::vector<double> intervals, std::vector<std::int64_t> steps,
               std::int64_t count, std::int64_t checkpoint, std::uint64_t seed, bool sampling_given) {
                new (self) FigureWords{std::move(labels),
                                       std::move(weights),
                                       std::move(solver),
                                       std::move(omega),
                                       std::move(intervals),
                                       std::move(steps),
                                       count,
                                       checkpoint,
                                       seed,
                                       sampling_given};
            },
            "labels"_a, "weights"_a, "solver"_a, "omega"_a, "intervals"_a, "steps"_a, "count"_a,
            "checkpoint"_a, "seed"_a, "sampling_given"_a);
    m.def("verify", &verify_all, "target"_a, "precision"_a, "threads"_a, "device"_a);
    m.def("figure", &figure, "rows"_a, "name"_a, "folder"_a, "formats"_a, "words"_a, "zoom"_a, "threads"_a,
          "device"_a);
    m.def("figure_names", &door::figure_names);
}

}  // namespace mf::python
