// SPDX-License-Identifier: MIT
#include "io/torch_objects.hpp"

#include <optional>
#include <utility>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "io/torch_rebuild.hpp"

namespace mf {
namespace {

constexpr int kDeepest = 32;                              // dicts in dicts
constexpr std::size_t kMostVisits = 2'000'000;            // shared objects can make few bytes look like many
constexpr std::size_t kMostNames = std::size_t{1} << 28;  // bytes of all names together
constexpr std::size_t kMostNotes = 1000, kLongestNote = 200;

class Walk {
  public:
    Walk(const Pickle& pickle, const std::string& place)
        : pickle_(pickle), place_(place), rebuild_(pickle, place, out_.storages) {}

    TorchContent run() {
        visit(pickle_.root(), "", 0);
        return std::move(out_);
    }

  private:
    void visit(PickleId id, const std::string& name, int depth) {
        check(depth <= kDeepest, "[torch] {}: its objects are nested more than {} deep at {}", place_,
              kDeepest, shown(name));
        check(++visits_ <= kMostVisits, "[torch] {}: its objects contain each other without an end", place_);
        const PickleObject& object = pickle_.at(id);
        switch (object.kind) {
            case PickleKind::dict:
                return visit_pairs(object.items, 0, name, depth);
            case PickleKind::list:
            case PickleKind::tuple:
                return visit_list(object.items, 0, name, depth);
            case PickleKind::call:
                return visit_call(id, name, depth);
            default:
                if (depth == 1) note(name, object);
        }
    }

    void visit_call(PickleId id, const std::string& name, int depth) {
        const PickleObject& object = pickle_.at(id);
        const std::string_view callable = pickle_.at(object.items[0]).text;
        if (std::optional<TorchTensor> tensor = rebuild_.tensor(id, name))
            return add(name, std::move(*tensor));
        const PickleObject& arguments = pickle_.at(object.items[1]);
        const bool dict = callable == "collections.OrderedDict" || callable == "builtins.dict";
        if (dict || callable == "collections.defaultdict") {
            // The oldest protocols give the pairs as an argument.
            if (dict && !arguments.items.empty()) visit_pair_list(arguments.items[0], name, depth);
            return visit_pairs(object.items, 3, name, depth);
        }
        if (callable == "builtins.list" || callable == "builtins.tuple")
            return visit_list(arguments.items, 0, name, depth);
        if (depth <= 1) put_note(name, fmt::format("({}, left out)", callable));
    }

    void visit_pair_list(PickleId id, const std::string& name, int depth) {
        std::vector<PickleId> pairs;
        for (const PickleId one : pickle_.at(id).items) {
            const PickleObject& pair = pickle_.at(one);
            const bool two = pair.kind == PickleKind::tuple || pair.kind == PickleKind::list;
            if (two && pair.items.size() == 2)
                pairs.insert(pairs.end(), pair.items.begin(), pair.items.end());
        }
        visit_pairs(pairs, 0, name, depth);
    }

    void visit_pairs(const std::vector<PickleId>& items, std::size_t from, const std::string& name,
                     int depth) {
        // As in Python, the last value of a key counts.
        std::map<std::pair<PickleKind, std::string>, PickleId> values;
        for (std::size_t i = from; i + 1 < items.size(); i += 2) {
            check(++visits_ <= kMostVisits, "[torch] {}: its objects contain each other without an end",
                  place_);
            const PickleObject& key = pickle_.at(items[i]);
            if (key.kind == PickleKind::text)
                values[{key.kind, std::string(key.text.substr(0, kLongestName))}] = items[i + 1];
            else if (key.kind == PickleKind::integer)
                values[{key.kind, std::to_string(key.integer)}] = items[i + 1];
            // Other keys (classes, tuples) are no names of weights.
        }
        for (const auto& [key, value] : values) visit(value, joined(name, key.second), depth + 1);
    }

    void visit_list(const std::vector<PickleId>& items, std::size_t from, const std::string& name,
                    int depth) {
        for (std::size_t i = from; i < items.size(); ++i)
            visit(items[i], joined(name, std::to_string(i - from)), depth + 1);
    }

    std::string joined(const std::string& name, const std::string& part) {
        std::string out = name.empty() ? part : name + "." + part;
        names_bytes_ += out.size();
        check(names_bytes_ <= kMostNames, "[torch] {}: the names of its objects have no end", place_);
        return out;
    }

    void add(const std::string& name, TorchTensor tensor) {
        const std::string own = name.empty() ? "tensor" : name;
        check(out_.tensors.emplace(own, std::move(tensor)).second, "[torch] {}: two tensors are named {}",
              place_, shown(own));
    }

    void put_note(const std::string& name, std::string text) {
        if (out_.notes.size() < kMostNotes && !name.empty()) out_.notes[one_line(name)] = std::move(text);
    }

    void note(const std::string& name, const PickleObject& object) {
        if (object.kind == PickleKind::text)
            put_note(name, one_line(object.text.substr(0, kLongestNote)));
        else if (object.kind == PickleKind::integer)
            put_note(name, std::to_string(object.integer));
        else if (object.kind == PickleKind::boolean)
            put_note(name, object.integer != 0 ? "true" : "false");
        else if (object.kind == PickleKind::real)
            put_note(name, fmt::format("{:.9g}", object.real));
    }

    static constexpr std::size_t kLongestName = 1024;

    const Pickle& pickle_;
    const std::string& place_;
    TorchContent out_;
    TorchRebuild rebuild_;
    std::size_t visits_ = 0, names_bytes_ = 0;
};

}  // namespace

TorchContent torch_content(const Pickle& pickle, const std::string& place) {
    return Walk(pickle, place).run();
}

}  // namespace mf
