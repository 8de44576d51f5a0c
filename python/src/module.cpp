// SPDX-License-Identifier: MIT
// The extension module, and how the library's errors become Python's.
#include "bindings.hpp"
#include "train/build_info.hpp"

namespace mf::python {

const OptionWords& in_python() {
    static const OptionWords words({{"--vae-memory", "memory"},
                                    {"--fid-variant", "variant"},
                                    {"--inception", "FidNetwork"},
                                    {"--resume", "Trainer.resume"},
                                    {"--out", "path"}},
                                   OptionWords::Others::lose_dashes);
    return words;
}

namespace {

/// Raises meanflow.errors.NAME(message, hint). The class is looked up when it is needed: importing costs time.
void raise(const char* name, const char* message, const std::string& hint) {
    const nb::object type = nb::module_::import_("meanflow.errors").attr(name);
    const nb::object error = type(in_python()(message), in_python()(hint));
    PyErr_SetObject(type.ptr(), error.ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Stopped& error) {
        if (PyErr_Occurred() == nullptr) raise("Error", error.what(), error.hint());
    } catch (const UsageError& error) {
        raise("UsageError", error.what(), error.hint());
    } catch (const Error& error) {
        raise("Error", error.what(), error.hint());
    }
}

}  // namespace
}  // namespace mf::python

NB_MODULE(_meanflow, m) {
    m.doc() = "The engine under the package meanflow; use that.";
    nanobind::register_exception_translator(mf::python::translate, nullptr);
    m.def("version", [] { return std::string(mf::program_version()); });
    mf::python::bind_model(m);
    mf::python::bind_training(m);
    mf::python::bind_metrics(m);
    mf::python::bind_judging(m);
    mf::python::bind_runs(m);
}
