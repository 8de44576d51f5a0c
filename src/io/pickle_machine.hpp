// SPDX-License-Identifier: MIT
// The stack machine behind read_pickle; used by pickle.cpp and pickle_opcodes.cpp alone.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/pickle.hpp"

namespace mf {

class PickleMachine {
  public:
    PickleMachine(std::string_view bytes, const KnownName& known, const std::string& place)
        : bytes_(bytes), known_(known), place_(place) {}

    /// Runs to the end of the pickle.
    Pickle run();
    /// Bytes that were read.
    std::size_t position() const { return position_; }

  private:
    static constexpr std::size_t kMostKeptText = std::size_t{1} << 28;

    void step();                              ///< one instruction
    bool step_number(unsigned char code);     ///< numbers and constants; false when it is none
    bool step_text(unsigned char code);       ///< texts and bytes
    bool step_container(unsigned char code);  ///< tuples, lists, dicts, sets
    bool step_object(unsigned char code);     ///< names, calls, states, references
    bool step_memory(unsigned char code);     ///< stack and memo
    void push_value(PickleKind kind, std::int64_t value);
    void push_real(double value);
    void push_integer(std::string_view little);  ///< two's complement, any length
    void push_decimal(std::string_view line, bool may_be_boolean);

    std::string_view take(std::uint64_t bytes);  ///< the next bytes
    std::string_view take_line();                ///< up to the next line feed, without it
    std::uint64_t take_number(int bytes);        ///< little endian
    [[noreturn]] void refuse(const std::string& what) const;

    PickleId make(PickleKind kind, std::string_view text = {});
    std::string_view keep(std::string text);
    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    void push(PickleId id) { stack_.push_back(id); }
    void push_with(PickleKind kind, std::vector<PickleId> items);
    void push_global(std::string_view module, std::string_view name);
    PickleId pop();
    PickleId top() const;
    std::vector<PickleId> pop_to_mark();
    void push_tuple(int n);
    void call_with_marked(std::vector<PickleId> items, bool class_first);
    void add_items(std::vector<PickleId> items, bool pairs);
    void call(PickleId callable, PickleId arguments);
    void set_state();
    void remember(std::uint64_t key) { memo_[key] = top(); }
    void recall(std::uint64_t key);
    std::uint64_t key_of_line();

    std::string_view bytes_;
    const KnownName& known_;
    const std::string& place_;
    std::size_t position_ = 0, kept_bytes_ = 0;
    bool done_ = false;
    std::vector<PickleId> stack_;
    std::vector<std::size_t> marks_;  ///< how many objects were on the stack
    std::unordered_map<std::uint64_t, PickleId> memo_;
    Pickle out_;
};

}  // namespace mf
