// SPDX-License-Identifier: MIT
#include "io/pickle.hpp"

#include <utility>

#include "core/error.hpp"
#include "io/pickle_machine.hpp"
#include "io/shown.hpp"

namespace mf {

const char* name_of(PickleKind kind) {
    switch (kind) {
        case PickleKind::none:
            return "None";
        case PickleKind::boolean:
            return "bool";
        case PickleKind::integer:
        case PickleKind::large:
            return "int";
        case PickleKind::real:
            return "float";
        case PickleKind::text:
            return "str";
        case PickleKind::bytes:
            return "bytes";
        case PickleKind::tuple:
            return "tuple";
        case PickleKind::list:
            return "list";
        case PickleKind::dict:
            return "dict";
        case PickleKind::set:
            return "set";
        case PickleKind::global:
            return "name";
        case PickleKind::call:
            return "object";
        case PickleKind::persistent:
            return "reference";
    }
    return "?";
}

Pickle read_pickle(std::string_view& bytes, const KnownName& known, const std::string& place) {
    PickleMachine machine(bytes, known, place);
    Pickle out = machine.run();
    bytes.remove_prefix(machine.position());
    return out;
}

PickleId PickleMachine::make(PickleKind kind, std::string_view text) {
    if (out_.objects_.size() >= kMostPickleObjects)
        refuse(fmt::format("holds more than {} objects", kMostPickleObjects));
    out_.objects_.push_back({.kind = kind, .integer = 0, .text = text, .items = {}});
    return static_cast<PickleId>(out_.objects_.size() - 1);
}

std::string_view PickleMachine::keep(std::string text) {
    kept_bytes_ += text.size();
    if (kept_bytes_ > kMostKeptText) refuse("holds too much text");
    return out_.texts_.emplace_back(std::move(text));
}

void PickleMachine::refuse(const std::string& what) const {
    throw Error(fmt::format("[pickle] {}: {} (byte {})", place_, what, position_));
}

PickleId PickleMachine::pop() {
    if (stack_.size() <= floor()) refuse("is damaged: it takes more from its stack than is there");
    const PickleId top = stack_.back();
    stack_.pop_back();
    return top;
}

PickleId PickleMachine::top() const {
    if (stack_.size() <= floor()) refuse("is damaged: it takes more from its stack than is there");
    return stack_.back();
}

std::vector<PickleId> PickleMachine::pop_to_mark() {
    if (marks_.empty()) refuse("is damaged: a mark is missing");
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> out(from, stack_.end());
    stack_.erase(from, stack_.end());
    marks_.pop_back();
    return out;
}

void PickleMachine::push_with(PickleKind kind, std::vector<PickleId> items) {
    const PickleId id = make(kind);
    out_.objects_[id].items = std::move(items);
    push(id);
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
    // Python 2 called its built-ins otherwise.
    const std::string whole =
        fmt::format("{}.{}", module == "__builtin__" ? std::string_view("builtins") : module, name);
    if (!known_(whole))
        throw Error(
            fmt::format("[pickle] {}: names {}, which no file of weights needs; it is refused", place_,
                        shown(whole)),
            "a pickle can call whatever it names; nothing of it was called here. In Python, if you trust it: "
            "torch.save({k: v for k, v in torch.load(FILE, weights_only=False)['state_dict'].items()}, NEW)");
    push(make(PickleKind::global, keep(whole)));
}

void PickleMachine::add_items(std::vector<PickleId> items, bool pairs) {
    if (pairs && items.size() % 2 != 0) refuse("is damaged: a key has no value");
    PickleObject& target = out_.objects_[top()];
    const bool call = target.kind == PickleKind::call;
    if (pairs ? target.kind != PickleKind::dict && !call
              : target.kind != PickleKind::list && target.kind != PickleKind::set && !call)
        refuse(fmt::format("is damaged: items are put into a {}", name_of(target.kind)));
    target.items.insert(target.items.end(), items.begin(), items.end());
}

void PickleMachine::call(PickleId callable, PickleId arguments) {
    const PickleKind kind = out_.objects_[callable].kind;
    if (kind != PickleKind::global) refuse(fmt::format("is damaged: a {} is called", name_of(kind)));
    if (out_.objects_[arguments].kind != PickleKind::tuple) refuse("is damaged: arguments are no tuple");
    push_with(PickleKind::call, {callable, arguments, make(PickleKind::none)});
}

void PickleMachine::set_state() {
    const PickleId state = pop();
    PickleObject& target = out_.objects_[top()];
    if (target.kind == PickleKind::call) target.items[2] = state;
}

Pickle PickleMachine::run() {
    while (!done_) step();
    out_.root_ = pop();
    return std::move(out_);
}

}  // namespace mf
