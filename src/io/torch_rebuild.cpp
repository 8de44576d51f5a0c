// SPDX-License-Identifier: MIT
#include "io/torch_rebuild.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "io/pickle_text.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr int kMostWrapped = 8;  // parameters of parameters

/// How many numbers of a storage a tensor spans, from its first to its last; nothing when that has no end.
std::optional<std::uint64_t> span_of(const TorchTensor& tensor) {
    std::int64_t last = 0;
    bool none = false;
    for (std::size_t i = 0; i < tensor.dims.size(); ++i) {
        const std::int64_t d = tensor.dims[i];
        none = none || d == 0;
        std::int64_t step = 0;
        if (d > 1 && (__builtin_mul_overflow(d - 1, tensor.strides[i], &step) ||
                      __builtin_add_overflow(last, step, &last)))
            return std::nullopt;
    }
    return none ? 0 : static_cast<std::uint64_t>(last) + 1;
}

/// The strides of numbers that stand one after the other.
std::vector<std::int64_t> plain_strides(const std::vector<std::int64_t>& dims, bool columns_first) {
    std::vector<std::int64_t> out(dims.size(), 1);
    std::int64_t step = 1;
    for (std::size_t i = 0; i < dims.size(); ++i) {
        const std::size_t at = columns_first ? i : dims.size() - 1 - i;
        out[at] = step;
        if (__builtin_mul_overflow(step, std::max<std::int64_t>(dims[at], 1), &step)) step = INT64_MAX;
    }
    return out;
}

}  // namespace

std::string TorchRebuild::where(const std::string& name) const {
    return fmt::format("[torch] {}: tensor {}", place_, shown(name.empty() ? "tensor" : name));
}

std::int64_t TorchRebuild::number(PickleId id, const std::string& where) const {
    const PickleObject& object = pickle_.at(id);
    const bool whole = object.kind == PickleKind::integer || object.kind == PickleKind::boolean;
    check(whole && object.integer >= 0, "{} is damaged: a size or position is no number from 0 on", where);
    return object.integer;
}

const PickleObject& TorchRebuild::tuple(PickleId id, std::size_t least, const std::string& where) const {
    const PickleObject& object = pickle_.at(id);
    check(
        (object.kind == PickleKind::tuple || object.kind == PickleKind::list) && object.items.size() >= least,
        "{} is damaged: a tuple of at least {} is a {} of {}", where, least, name_of(object.kind),
        object.items.size());
    return object;
}

std::vector<std::int64_t> TorchRebuild::numbers(PickleId id, const std::string& where) const {
    const PickleObject& object = pickle_.at(id);
    // torch.Size((2, 3))
    if (object.kind == PickleKind::call) id = tuple(object.items[1], 1, where).items[0];
    std::vector<std::int64_t> out;
    for (const PickleId item : tuple(id, 0, where).items) out.push_back(number(item, where));
    check(out.size() <= 64, "{} has {} dimensions", where, out.size());
    return out;
}

void TorchRebuild::read_storage(PickleId reference, TorchTensor& out, std::uint64_t& first,
                                std::uint64_t& count, const std::string& where) const {
    const PickleObject& object = pickle_.at(reference);
    check(object.kind == PickleKind::persistent, "{} is damaged: its storage is a {}", where,
          name_of(object.kind));
    const PickleObject& words = tuple(object.items[0], 5, where);
    const PickleObject &kind = pickle_.at(words.items[0]), &type = pickle_.at(words.items[1]),
                       &key = pickle_.at(words.items[2]);
    check(kind.kind == PickleKind::text && kind.text == "storage" && key.kind == PickleKind::text,
          "{} is damaged: its storage is not described as one", where);
    out.type = type.kind == PickleKind::global ? torch_type(type.text) : nullptr;
    check(out.type != nullptr && !out.type->storage.empty(), "{} is damaged: its storage has no type", where);
    out.storage = std::string(key.text);
    const auto whole = static_cast<std::uint64_t>(number(words.items[4], where));
    const auto [known, fresh] = storages_.try_emplace(out.storage, TorchStorage{out.type, whole});
    check(fresh || (known->second.type == out.type && known->second.count == whole),
          "{} is damaged: storage {} is described in two ways", where, shown(out.storage));
    first = 0, count = whole;
    // Before 2018, a storage could be a part of another.
    if (words.items.size() < 6 || pickle_.at(words.items[5]).kind == PickleKind::none) return;
    const PickleObject& part = tuple(words.items[5], 3, where);
    first = static_cast<std::uint64_t>(number(part.items[1], where));
    count = static_cast<std::uint64_t>(number(part.items[2], where));
    check(first <= whole && count <= whole - first, "{} is damaged: a part lies outside of its storage",
          where);
}

TorchTensor TorchRebuild::from_storage(const std::vector<PickleId>& arguments, const std::string& name,
                                       bool typed) const {
    const std::string at = where(name);
    check(arguments.size() >= (typed ? 7U : 4U), "{} is damaged: {} words describe it", at, arguments.size());
    TorchTensor out;
    std::uint64_t first = 0, count = 0;
    read_storage(arguments[0], out, first, count, at);
    if (typed) {
        const PickleObject& type = pickle_.at(arguments[6]);
        const TorchType* own = type.kind == PickleKind::global ? torch_type(type.text) : nullptr;
        check(own != nullptr && !own->name.empty(), "{} is damaged: it has no type", at);
        count = count * out.type->bytes / own->bytes;
        out.type = own;
    }
    check(!out.type->name.empty(), "{} is damaged: its numbers are of no type", at);
    out.offset = first + static_cast<std::uint64_t>(number(arguments[1], at));
    out.dims = numbers(arguments[2], at);
    out.strides = numbers(arguments[3], at);
    check(out.dims.size() == out.strides.size(), "{} is damaged: it has {} dimensions and {} strides", at,
          out.dims.size(), out.strides.size());
    const std::optional<std::uint64_t> span = span_of(out);
    check(span && (*span == 0 || (out.offset - first <= count && *span <= count - (out.offset - first))),
          "{} reaches outside of its storage of {} numbers", at, count);
    out.reach = *span == 0 ? 0 : out.offset + *span;
    return out;
}

std::string TorchRebuild::bytes_of(PickleId id, const std::string& where) const {
    const PickleObject* object = &pickle_.at(id);
    // Protocol 2 has no bytes: _codecs.encode(text, 'latin1').
    const bool encoded =
        object->kind == PickleKind::call && pickle_.at(object->items[0]).text == "_codecs.encode";
    if (encoded) object = &pickle_.at(tuple(object->items[1], 1, where).items[0]);
    check(object->kind == PickleKind::bytes || object->kind == PickleKind::text,
          "{} is damaged: its numbers are a {}", where, name_of(object->kind));
    return encoded ? latin1_bytes(object->text) : std::string(object->text);
}

TorchTensor TorchRebuild::from_array(PickleId type, PickleId shape, PickleId bytes, bool columns_first,
                                     const std::string& name) const {
    const std::string at = where(name);
    const PickleObject& call = pickle_.at(type);
    check(call.kind == PickleKind::call && pickle_.at(call.items[0]).text == "numpy.dtype",
          "{} is an array of NumPy without a type", at);
    const PickleObject& code = pickle_.at(tuple(call.items[1], 1, at).items[0]);
    // The order of the bytes stands in the state: (3, '<', ...).
    const PickleObject& state = pickle_.at(call.items[2]);
    const bool ordered = state.kind == PickleKind::tuple && state.items.size() > 1;
    TorchTensor out;
    out.type = numpy_type(code.text, out.big_endian);
    check(code.kind == PickleKind::text && out.type != nullptr, "{} is an array of NumPy of type {}", at,
          shown(code.text));
    out.big_endian = out.big_endian || (ordered && pickle_.at(state.items[1]).text == ">");
    out.dims = numbers(shape, at);
    out.strides = plain_strides(out.dims, columns_first);
    out.in_pickle = true;
    out.bytes = bytes_of(bytes, at);
    const std::optional<std::uint64_t> span = span_of(out);
    check(span && *span == out.bytes.size() / out.type->bytes, "{} is damaged: {} bytes are no {} numbers",
          at, out.bytes.size(), span.value_or(0));
    out.reach = *span;
    return out;
}

std::optional<TorchTensor> TorchRebuild::numpy_array(const PickleObject& call,
                                                     const std::string& name) const {
    const std::string_view callable = pickle_.at(call.items[0]).text;
    const std::string at = where(name);
    if (callable.ends_with("._frombuffer")) {
        const PickleObject& words = tuple(call.items[1], 4, at);
        return from_array(words.items[1], words.items[2], words.items[0],
                          pickle_.at(words.items[3]).text == "F", name);
    }
    if (!callable.ends_with(".multiarray._reconstruct")) return std::nullopt;
    const PickleObject& state = pickle_.at(call.items[2]);
    if (state.kind != PickleKind::tuple || state.items.size() < 5) return std::nullopt;
    return from_array(state.items[2], state.items[1], state.items[4], pickle_.at(state.items[3]).integer != 0,
                      name);
}

std::optional<TorchTensor> TorchRebuild::built(std::string_view callable,
                                               const std::vector<PickleId>& arguments,
                                               const std::string& name, int depth) const {
    const std::string at = where(name);
    check(depth < kMostWrapped, "{} is damaged: it contains itself", at);
    if (callable == "torch._utils._rebuild_tensor_v3") return from_storage(arguments, name, true);
    if (callable == "torch._utils._rebuild_tensor" || callable == "torch._utils._rebuild_tensor_v2")
        return from_storage(arguments, name, false);
    if (callable == "torch._tensor._rebuild_from_type_v2") {
        check(arguments.size() >= 3, "{} is damaged: {} words describe it", at, arguments.size());
        const PickleObject& own = pickle_.at(arguments[0]);
        check(own.kind == PickleKind::global, "{} is damaged: nothing builds it", at);
        return built(own.text, tuple(arguments[2], 0, at).items, name, depth + 1);
    }
    const bool parameter = callable.starts_with("torch._utils._rebuild_parameter") ||
                           callable == "torch.nn.parameter.Parameter" ||
                           callable == "torch.nn.parameter.Buffer";
    if (!parameter || arguments.empty()) return std::nullopt;
    const PickleObject& inner = pickle_.at(arguments[0]);
    if (inner.kind != PickleKind::call) return std::nullopt;
    return built(pickle_.at(inner.items[0]).text, pickle_.at(inner.items[1]).items, name, depth + 1);
}

std::optional<TorchTensor> TorchRebuild::tensor(PickleId call, const std::string& name) const {
    const PickleObject& object = pickle_.at(call);
    std::optional<TorchTensor> out = numpy_array(object, name);
    return out ? out : built(pickle_.at(object.items[0]).text, pickle_.at(object.items[1]).items, name, 0);
}

}  // namespace mf
