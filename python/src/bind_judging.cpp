// SPDX-License-Identifier: MIT
#include "bindings.hpp"
#include "core/error.hpp"
#include "door/judging.hpp"

namespace mf::python {
namespace {

using door::Features;
using door::OpenFidNetwork;
using door::OpenJudge;

/// (features (n, d), logits (n, classes))
std::pair<Out<float>, Out<float>> arrays_of(Features&& found) {
    const auto n = static_cast<std::size_t>(found.count);
    return {owned(std::move(found.features), {n, static_cast<std::size_t>(found.size)}),
            owned(std::move(found.logits), {n, static_cast<std::size_t>(found.classes)})};
}

OpenJudge open_judge(const std::filesystem::path& path, int threads) {
    const nb::gil_scoped_release others;
    return {path, threads};
}

std::pair<Out<float>, Out<float>> judge_features(const OpenJudge& judge, const In<float>& pictures) {
    Features found;
    {
        const nb::gil_scoped_release others;
        found = judge.features(span_of(pictures), Signals());
    }
    return arrays_of(std::move(found));
}

OpenFidNetwork open_fid_network(const std::filesystem::path& path, const std::string& variant,
                                const std::string& precision, int threads) {
    check_usage(precision == "f32" || precision == "bf16", "precision is '{}', expected f32 or bf16",
                precision);
    const nb::gil_scoped_release others;
    return {path, variant, precision == "bf16" ? Precision::bf16 : Precision::f32, threads};
}

std::pair<Out<float>, Out<float>> fid_features(const OpenFidNetwork& network,
                                               const In<std::uint8_t>& pictures) {
    check_usage(pictures.ndim() == 4, "[features] pictures are bytes (N, H, W, C)");
    Features found;
    {
        const nb::gil_scoped_release others;
        found = network.features(span_of(pictures), static_cast<int>(pictures.shape(1)),
                                 static_cast<int>(pictures.shape(2)), static_cast<int>(pictures.shape(3)),
                                 Signals());
    }
    return arrays_of(std::move(found));
}

}  // namespace

void bind_judging(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<OpenJudge>(m, "Judge")
        .def_prop_ro("sample_shape",
                     [](const OpenJudge& judge) { return tuple_of(judge.judge().sample.shape); })
        .def_prop_ro("class_names", [](const OpenJudge& judge) { return judge.judge().class_names; })
        .def_prop_ro("classes", [](const OpenJudge& judge) { return judge.judge().sample.classes; })
        .def_prop_ro("accuracy", [](const OpenJudge& judge) { return judge.judge().accuracy; })
        .def("features", &judge_features, "pictures"_a);
    nb::class_<OpenFidNetwork>(m, "FidNetwork")
        .def_prop_ro("variant", [](const OpenFidNetwork& network) { return network.variant(); })
        .def_prop_ro("feature_size", &OpenFidNetwork::feature_size)
        .def_prop_ro("classes", &OpenFidNetwork::classes)
        .def("features", &fid_features, "pictures"_a);
    m.def("open_judge", &open_judge, "path"_a, "threads"_a);
    m.def("open_fid_network", &open_fid_network, "path"_a, "variant"_a, "precision"_a, "threads"_a);
}

}  // namespace mf::python
