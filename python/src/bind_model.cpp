// SPDX-License-Identifier: MIT
#include "bindings.hpp"
#include "core/error.hpp"
#include "door/devices.hpp"
#include "door/model.hpp"
#include "figures/picture_sheet.hpp"
#include "generate/noise_between.hpp"
#include "io/png.hpp"

namespace mf::python {
namespace {

using door::Model;

Precision precision_of(const std::string& name) {
    check_usage(name == "f32" || name == "bf16", "precision is '{}', expected f32 or bf16", name);
    return name == "bf16" ? Precision::bf16 : Precision::f32;
}

Model open(const std::filesystem::path& path, const std::string& weights, std::int64_t step,
           std::int64_t side, const std::string& precision, int threads, const std::string& device) {
    const ModelChoice choice{.weights = weights,
                             .step = step,
                             .side = side,
                             .precision = precision.empty() ? Precision::f32 : precision_of(precision),
                             .asked_for = !precision.empty(),
                             .device = device};
    const nb::gil_scoped_release others;
    return {path, choice, threads};
}

/// (labels, omega, begin of the interval, its end), as the command line has them.
using Guidance = std::tuple<std::string, std::vector<double>, std::vector<double>, std::vector<double>>;

GuidanceRequest guidance_of(Guidance&& given) {
    return {std::get<0>(std::move(given)), std::get<1>(std::move(given)), std::get<2>(std::move(given)),
            std::get<3>(std::move(given))};
}

/// Returns the remarks.
std::vector<std::string> sample(const Model& model, const Room<float>& out, std::int64_t count,
                                Guidance guidance, int steps, std::uint64_t seed, std::int64_t first,
                                const std::string& solver, std::vector<double> times,
                                const std::optional<In<float>>& noise, bool as_published,
                                const nb::object& progress) {
    std::vector<std::string> remarks;
    SampleRequest request;
    request.solver = solver;
    request.times = std::move(times);
    request.steps = steps;
    request.count = count;
    request.first = first;
    request.seed = seed;
    if (noise) request.noise.assign(noise->data(), noise->data() + noise->size());
    request.as_published = as_published;
    request.guidance = guidance_of(std::move(guidance));
    request.remarks = [&](const std::string& line) { remarks.push_back(in_python()(line)); };
    request.stop = Signals();
    door::Progress tell;
    if (!progress.is_none())
        tell = [&](std::int64_t done, std::int64_t all) {
            const nb::gil_scoped_acquire interpreter;
            progress(done, all);
        };
    const nb::gil_scoped_release others;
    model.sample(request, {out.data(), out.size()}, tell);
    return remarks;
}

Out<std::uint8_t> decode(const Model& model, const In<float>& samples) {
    std::vector<std::uint8_t> pixels;
    Shape picture;
    {
        const nb::gil_scoped_release others;
        picture = model.picture_shape();
        pixels = model.decode(span_of(samples), Signals());
    }
    std::vector<std::size_t> shape{pixels.size() / static_cast<std::size_t>(picture.count())};
    for (const std::int64_t side : picture) shape.push_back(static_cast<std::size_t>(side));
    return owned(std::move(pixels), shape);
}

/// (u, du/dt); the second is None where no derivative was asked for.
nb::tuple velocity(const Model& model, const In<float>& z, const In<float>& r, const In<float>& t,
                   const std::optional<In<float>>& tangent, Guidance guidance, std::uint64_t seed,
                   bool derivative) {
    door::FlowRequest request{span_of(z), span_of(r), span_of(t), {}, guidance_of(std::move(guidance)),
                              seed,       Signals()};
    if (tangent) request.tangent = span_of(*tangent);
    door::Flow flow;
    {
        const nb::gil_scoped_release others;
        flow = model.velocity(request, derivative);
    }
    std::vector<std::size_t> shape;
    for (std::size_t i = 0; i < z.ndim(); ++i) shape.push_back(z.shape(i));
    nb::object second = nb::none();
    if (derivative) second = nb::cast(owned(std::move(flow.du_dt), shape));
    return nb::make_tuple(owned(std::move(flow.u), shape), second);
}

Out<float> instantaneous(const Model& model, const In<float>& z, const In<float>& t, Guidance guidance,
                         std::uint64_t seed) {
    const door::FlowRequest request{span_of(z), {},       span_of(t), {}, guidance_of(std::move(guidance)),
                                    seed,       Signals()};
    std::vector<float> v;
    {
        const nb::gil_scoped_release others;
        v = model.instantaneous(request);
    }
    std::vector<std::size_t> shape;
    for (std::size_t i = 0; i < z.ndim(); ++i) shape.push_back(z.shape(i));
    return owned(std::move(v), shape);
}

/// (count, *sample_shape) between two noises, each (seed, sample of it).
Out<float> noise_between(const Model& model, std::pair<std::uint64_t, std::int64_t> from,
                         std::pair<std::uint64_t, std::int64_t> to, std::int64_t count) {
    std::vector<float> noise;
    {
        const nb::gil_scoped_release others;
        noise =
            noise_path({from.first, from.second}, {to.first, to.second}, count, model.sample_shape().count());
    }
    std::vector<std::size_t> shape{static_cast<std::size_t>(count)};
    for (const std::int64_t side : model.sample_shape()) shape.push_back(static_cast<std::size_t>(side));
    return owned(std::move(noise), shape);
}

/// Returns the remarks.
std::vector<std::string> attach_vae(Model& model, const std::filesystem::path& path, const std::string& scale,
                                    const std::string& precision, std::int64_t memory) {
    check_usage(memory > 0 && memory <= 1 << 24, "memory is {}, expected MiB from 1 on", memory);
    const VaeRequest request{
        .path = path, .scale = scale, .precision = precision_of(precision), .bytes = memory << 20};
    const nb::gil_scoped_release others;
    std::vector<std::string> remarks = model.attach_vae(request);
    for (std::string& line : remarks) line = in_python()(line);
    return remarks;
}

nb::bytes sheet(const In<float>& pictures, std::int64_t columns, int zoom,
                const std::map<std::string, std::string>& text) {
    check_usage(pictures.ndim() == 4 && (pictures.shape(3) == 1 || pictures.shape(3) == 3),
                "a sheet is of pictures (N, H, W, 1 or 3)");
    const Shape one{static_cast<std::int64_t>(pictures.shape(1)),
                    static_cast<std::int64_t>(pictures.shape(2)),
                    static_cast<std::int64_t>(pictures.shape(3))};
    std::string png;
    {
        const nb::gil_scoped_release others;
        png = encode_png(sheet_of(span_of(pictures), one, columns, zoom), text);
    }
    return nb::bytes(png.data(), png.size());
}

void to_bytes(const In<float>& values, const Room<std::uint8_t>& out) {
    const nb::gil_scoped_release others;
    door::to_bytes(span_of(values), {out.data(), out.size()});
}

}  // namespace

void bind_model(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<Model>(m, "Model")
        .def("describe", [](const Model& model) { return model.describe(&in_python()); })
        .def_prop_ro("sample_shape", [](const Model& model) { return tuple_of(model.sample_shape()); })
        .def_prop_ro("picture_shape", [](const Model& model) { return tuple_of(model.picture_shape()); })
        .def_prop_ro("classes", &Model::classes)
        .def_prop_ro("device", &Model::device)
        .def_prop_ro("has_vae", &Model::has_vae)
        .def("sample", &sample, "out"_a, "count"_a, "guidance"_a, "steps"_a, "seed"_a, "first"_a, "solver"_a,
             "times"_a, "noise"_a.none(), "as_published"_a, "progress"_a.none())
        .def("noise_between", &noise_between, "start"_a, "end"_a, "count"_a)
        .def("attach_vae", &attach_vae, "path"_a, "scale"_a, "precision"_a, "memory"_a)
        .def("decode", &decode, "samples"_a)
        .def("velocity", &velocity, "z"_a, "r"_a, "t"_a, "tangent"_a.none(), "guidance"_a, "seed"_a,
             "derivative"_a)
        .def("instantaneous", &instantaneous, "z"_a, "t"_a, "guidance"_a, "seed"_a);
    m.def("open", &open, "path"_a, "weights"_a, "step"_a, "side"_a, "precision"_a, "threads"_a, "device"_a);
    m.def("devices", &door::devices_json);
    m.def("sheet", &sheet, "pictures"_a, "columns"_a, "zoom"_a, "text"_a);
    m.def("to_bytes", &to_bytes, "values"_a, "out"_a);
    m.def("nothing", [] {});  // what a call costs by itself
}

}  // namespace mf::python
