// SPDX-License-Identifier: MIT
// What the parts of the extension module share. Arrays arrive here as C-contiguous NumPy arrays of the right type: the
// Python side of the package sees to that.
#pragma once

#include <span>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "core/option_words.hpp"
#include "core/shape.hpp"
#include "core/stop.hpp"
#include "core/stopwatch.hpp"

namespace mf::python {

namespace nb = nanobind;

template <class T>
using In = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;
template <class T>
using Out = nb::ndarray<T, nb::numpy, nb::c_contig>;
template <class T>
using Room = nb::ndarray<T, nb::c_contig, nb::device::cpu>;

template <class T>
std::span<const T> span_of(const In<T>& array) {
    return {array.data(), array.size()};
}

/// A NumPy array that owns these numbers, without a copy.
template <class T>
Out<T> owned(std::vector<T>&& values, const std::vector<std::size_t>& shape) {
    auto* kept = new std::vector<T>(std::move(values));
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return Out<T>(kept->data(), shape.size(), shape.data(), owner);
}

inline nb::tuple tuple_of(const Shape& shape) {
    nb::list out;
    for (const std::int64_t side : shape) out.append(side);
    return nb::tuple(out);
}

/// Ctrl-C, as a question that long work asks. Python's handlers run then; what they raise stays set and ends the work.
class Signals {
  public:
    /// At most every 20 ms, so that short calls never wait for the interpreter.
    bool operator()() {
        if (watch_.seconds() < 0.02) return false;
        watch_.restart();
        const nb::gil_scoped_acquire interpreter;
        return PyErr_CheckSignals() != 0;
    }

  private:
    Stopwatch watch_;
};

/// What callers of Python know the options of the command line as: keyword arguments, and functions.
const OptionWords& in_python();

void bind_model(nb::module_& m);
void bind_training(nb::module_& m);
void bind_metrics(nb::module_& m);
void bind_judging(nb::module_& m);
void bind_runs(nb::module_& m);

}  // namespace mf::python
