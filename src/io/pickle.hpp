// SPDX-License-Identifier: MIT
// Python's pickles as data. A pickle is a program that builds objects; here it builds a tree that says what would be built
// from what, and nothing is called. Names that the caller does not know are refused as soon as they are read.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mf {

enum class PickleKind : std::uint8_t {
    none,
    boolean,
    integer,
    large,  ///< an integer of more than 64 bits; text: its bytes, little endian
    real,
    text,
    bytes,
    tuple,
    list,
    dict,  ///< items: key, value, key, value, ...
    set,
    global,  ///< text: "module.name"
    call,    ///< items: what is called, its tuple, the state it is given (or none), then what is put into it
    persistent,  ///< items: the tuple that says what is kept outside of the pickle
};

const char* name_of(PickleKind kind);

/// Index of an object of a Pickle.
using PickleId = std::uint32_t;

struct PickleObject {
    PickleKind kind = PickleKind::none;
    union {
        std::int64_t integer = 0;  ///< a boolean's as well
        double real;
    };
    std::string_view text = {};
    std::vector<PickleId> items = {};
};

/// The objects of one pickle. Objects may be shared and may contain themselves: whoever walks over them counts.
class Pickle {
  public:
    const PickleObject& at(PickleId id) const { return objects_[id]; }
    PickleId root() const { return root_; }

  private:
    friend class PickleMachine;
    std::deque<PickleObject> objects_;
    std::deque<std::string> texts_;  ///< those that do not stand in the bytes as they are
    PickleId root_ = 0;
};

/// True for names ("collections.OrderedDict") that may stand in the pickle.
using KnownName = std::function<bool(std::string_view name)>;

/// More objects than this are no description of weights.
inline constexpr std::size_t kMostPickleObjects = 4'000'000;

/// Reads the pickle (protocols 0 to 5) at the beginning of `bytes`, which must outlive the result, and takes it off them.
/// Error, naming `place`, when it is damaged, when it holds a name that `known` does not know, and for what only running
/// programs can exchange.
Pickle read_pickle(std::string_view& bytes, const KnownName& known, const std::string& place);

}  // namespace mf
