// SPDX-License-Identifier: MIT
#include "bindings.hpp"
#include "core/error.hpp"
#include "door/training.hpp"
#include "train/build_info.hpp"

namespace mf::python {
namespace {

using door::Training;
using door::TrainingRequest;
using Items = std::vector<std::pair<std::string, std::string>>;

/// Rows of bytes or of floats, (N, H, W, C) or (N, 2), and their labels; the trainer copies them.
struct Arrays {
    std::optional<In<std::uint8_t>> bytes;
    std::optional<In<float>> floats;
    std::optional<In<std::int32_t>> labels;
    std::vector<std::string> class_names;
};

template <class T>
void shape_of(const In<T>& array, ArrayData& out) {
    check_usage(array.ndim() >= 2 && array.ndim() <= 4, "[arrays] {} dimensions", array.ndim());
    out.count = static_cast<std::int64_t>(array.shape(0));
    for (std::size_t i = 1; i < array.ndim(); ++i) out.sample.push(static_cast<std::int64_t>(array.shape(i)));
}

TrainingRequest request_of(const std::string& config, const Items& items, int threads,
                           const std::string& device, const Arrays* arrays) {
    TrainingRequest out{
        .config = config, .items = {}, .threads = threads, .device = device, .data = std::nullopt};
    for (const auto& [key, value] : items) out.items.push_back({key, value, ""});
    if (arrays == nullptr) return out;
    ArrayData data;
    if (arrays->bytes) {
        shape_of(*arrays->bytes, data);
        data.bytes = span_of(*arrays->bytes);
    } else {
        shape_of(*arrays->floats, data);
        data.floats = span_of(*arrays->floats);
    }
    if (arrays->labels) data.labels = span_of(*arrays->labels);
    data.class_names = arrays->class_names;
    out.data = data;
    return out;
}

Training start(const std::string& config, const Items& items, int threads, const std::string& device,
               const Arrays* arrays) {
    const TrainingRequest request = request_of(config, items, threads, device, arrays);
    const nb::gil_scoped_release others;
    return Training(request);
}

Training resume(const std::filesystem::path& run, const Items& items, int threads, const std::string& device,
                const Arrays* arrays, std::int64_t step) {
    const TrainingRequest request = request_of("", items, threads, device, arrays);
    const nb::gil_scoped_release others;
    return Training::resume(run, request, step);
}

/// The weights are as they were before the step, or as they are after it, when Ctrl-C is raised.
StepReport step(Training& training) {
    StepReport report;
    {
        const nb::gil_scoped_release others;
        report = training.step();
    }
    return report;
}

nb::dict parts_of(const StepReport& report) {
    nb::dict out;
    out["u"] = report.square_u;
    out["v"] = report.square_v;
    out["jvp"] = report.square_jvp;
    return out;
}

Precision precision_of(const std::string& name) {
    check_usage(name == "f32" || name == "bf16", "precision is '{}', expected f32 or bf16", name);
    return name == "bf16" ? Precision::bf16 : Precision::f32;
}

void bind_report(nb::module_& m) {
    nb::class_<StepReport>(m, "Report", "What one training step did.")
        .def_ro("step", &StepReport::step, "Number of the step, from 1.")
        .def_ro("loss", &StepReport::loss, "Mean over the batch.")
        .def_prop_ro("parts", &parts_of,
                     "Means over the batch: 'u' and 'v', the squared errors of the two heads; 'jvp', the "
                     "square of du/dt.")
        .def_ro("norm", &StepReport::gradient_norm, "Norm of the gradient, before it is clipped.")
        .def_ro("rate", &StepReport::rate, "Learning rate of this step.")
        .def_ro("skipped", &StepReport::skipped,
                "True: a number was not finite, and the weights are as they were before.")
        .def_ro("culprit", &StepReport::culprit, "When skipped: what was not finite.")
        .def("__repr__", [](const StepReport& r) {
            return fmt::format("Report(step={}, loss={:.6g}, norm={:.4g}, rate={:.3g}{})", r.step, r.loss,
                               r.gradient_norm, r.rate, r.skipped ? ", skipped: " + r.culprit : "");
        });
}

}  // namespace

void bind_training(nb::module_& m) {
    using namespace nb::literals;
    bind_report(m);
    nb::class_<Arrays>(m, "Arrays")
        .def(
            "__init__",
            [](Arrays* self, std::optional<In<std::uint8_t>> bytes, std::optional<In<float>> floats,
               std::optional<In<std::int32_t>> labels, std::vector<std::string> names) {
                new (self) Arrays{std::move(bytes), std::move(floats), std::move(labels), std::move(names)};
            },
            "bytes"_a.none(), "floats"_a.none(), "labels"_a.none(), "class_names"_a);
    nb::class_<Training>(m, "Training")
        .def("step", &step)
        .def_prop_ro("done", &Training::done)
        .def_prop_ro("planned", &Training::planned)
        .def_prop_ro("threads", &Training::threads)
        .def_prop_ro("device", &Training::device)
        .def_prop_ro("parameters", &Training::parameters)
        .def_prop_ro("sample_shape",
                     [](const Training& training) { return tuple_of(training.sample_shape()); })
        .def_prop_ro("settings", [](const Training& training) { return training.settings().items(); })
        .def_prop_ro("remarks",
                     [](const Training& training) {
                         std::vector<std::string> out;
                         for (const std::string& line : training.remarks()) out.push_back(in_python()(line));
                         return out;
                     })
        .def("history", &Training::history, nb::call_guard<nb::gil_scoped_release>())
        .def(
            "model",
            [](const Training& training, const std::string& weights, const std::string& precision) {
                const Precision packed = precision_of(precision);
                const nb::gil_scoped_release others;
                return training.model(weights, packed);
            },
            "weights"_a, "precision"_a)
        .def("save", &Training::save, "run"_a, nb::call_guard<nb::gil_scoped_release>())
        .def("close", &Training::close, nb::call_guard<nb::gil_scoped_release>());
    m.def("start", &start, "config"_a, "items"_a, "threads"_a, "device"_a, "arrays"_a.none());
    m.def("resume", &resume, "run"_a, "items"_a, "threads"_a, "device"_a, "arrays"_a.none(), "step"_a);
    m.def("configs", [] {
        std::vector<std::string> out;
        for (const EmbeddedFile& file : embedded_configs()) out.emplace_back(file.name);
        return out;
    });
}

}  // namespace mf::python
