// SPDX-License-Identifier: MIT
// What each instruction of a pickle does to the machine (Python's pickletools lists them).
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "io/pickle_machine.hpp"
#include "io/pickle_text.hpp"

namespace mf {

std::string_view PickleMachine::take(std::uint64_t bytes) {
    if (bytes > bytes_.size() - position_) refuse("ends in the middle: it is truncated or damaged");
    const std::string_view out = bytes_.substr(position_, bytes);
    position_ += bytes;
    return out;
}

std::string_view PickleMachine::take_line() {
    const std::size_t end = bytes_.find('\n', position_);
    if (end == bytes_.npos) refuse("ends in the middle: it is truncated or damaged");
    const std::string_view out = take(end - position_);
    take(1);
    return out;
}

std::uint64_t PickleMachine::take_number(int bytes) {
    std::uint64_t out = 0;
    std::memcpy(&out, take(static_cast<std::uint64_t>(bytes)).data(), static_cast<std::size_t>(bytes));
    return out;
}

void PickleMachine::push_value(PickleKind kind, std::int64_t value) {
    const PickleId id = make(kind);
    out_.objects_[id].integer = value;
    push(id);
}

void PickleMachine::push_real(double value) {
    const PickleId id = make(PickleKind::real);
    out_.objects_[id].real = value;
    push(id);
}

void PickleMachine::push_integer(std::string_view little) {
    if (little.size() > 8) return push(make(PickleKind::large, little));
    std::uint64_t value = 0;
    std::memcpy(&value, little.data(), little.size());
    const std::size_t unused = 64 - 8 * little.size();
    if (!little.empty())
        value = static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
    push_value(PickleKind::integer, static_cast<std::int64_t>(value));
}

void PickleMachine::push_decimal(std::string_view line, bool may_be_boolean) {
    if (may_be_boolean && (line == "00" || line == "01"))
        return push_value(PickleKind::boolean, line == "01" ? 1 : 0);
    if (line.ends_with('L')) line.remove_suffix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error == std::errc::result_out_of_range) return push(make(PickleKind::large, line));
    if (error != std::errc() || end != line.data() + line.size()) refuse("is damaged: a number is none");
    push_value(PickleKind::integer, value);
}

bool PickleMachine::step_number(unsigned char code) {
    switch (code) {
        case 'N':
            push(make(PickleKind::none));
            return true;
        case 0x88:
        case 0x89:
            push_value(PickleKind::boolean, code == 0x88 ? 1 : 0);
            return true;
        case 'K':
            push_value(PickleKind::integer, static_cast<std::int64_t>(take_number(1)));
            return true;
        case 'M':
            push_value(PickleKind::integer, static_cast<std::int64_t>(take_number(2)));
            return true;
        case 'J':
            push_integer(take(4));
            return true;
        case 0x8A:
            push_integer(take(take_number(1)));
            return true;
        case 0x8B:
            push_integer(take(take_number(4)));
            return true;
        case 'I':
        case 'L':
            push_decimal(take_line(), code == 'I');
            return true;
        case 'F': {
            const std::string_view line = take_line();
            double value = 0;
            const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
            if (error == std::errc::invalid_argument || end != line.data() + line.size())
                refuse("is damaged: a number is none");
            push_real(value);
            return true;
        }
        case 'G': {
            std::uint64_t bits = 0;
            for (const char c : take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
            push_real(std::bit_cast<double>(bits));
            return true;
        }
        default:
            return false;
    }
}

bool PickleMachine::step_text(unsigned char code) {
    const auto text = [&](int length_bytes) {
        push(make(PickleKind::text, take(take_number(length_bytes))));
    };
    const auto bytes = [&](int length_bytes) {
        push(make(PickleKind::bytes, take(take_number(length_bytes))));
    };
    switch (code) {
        case 'U':  // str of Python 2
        case 0x8C:
            text(1);
            return true;
        case 'T':  // str of Python 2
        case 'X':
            text(4);
            return true;
        case 0x8D:
            text(8);
            return true;
        case 'C':
            bytes(1);
            return true;
        case 'B':
            bytes(4);
            return true;
        case 0x8E:
        case 0x96:
            bytes(8);
            return true;
        case 'S':
            push(make(PickleKind::text, keep(unquoted(take_line()))));
            return true;
        case 'V':
            push(make(PickleKind::text, keep(unescaped(take_line()))));
            return true;
        default:
            return false;
    }
}

void PickleMachine::push_tuple(int n) {
    std::vector<PickleId> items(static_cast<std::size_t>(n));
    for (int i = n; i > 0; --i) items[static_cast<std::size_t>(i - 1)] = pop();
    push_with(PickleKind::tuple, std::move(items));
}

bool PickleMachine::step_container(unsigned char code) {
    switch (code) {
        case ')':
        case 0x85:
        case 0x86:
        case 0x87:
            push_tuple(code == ')' ? 0 : code - 0x84);
            return true;
        case 't':
            push_with(PickleKind::tuple, pop_to_mark());
            return true;
        case ']':
            push_with(PickleKind::list, {});
            return true;
        case 'l':
            push_with(PickleKind::list, pop_to_mark());
            return true;
        case '}':
            push_with(PickleKind::dict, {});
            return true;
        case 'd': {
            std::vector<PickleId> items = pop_to_mark();
            push_with(PickleKind::dict, {});
            add_items(std::move(items), true);
            return true;
        }
        case 0x8F:
            push_with(PickleKind::set, {});
            return true;
        case 0x91:
            push_with(PickleKind::set, pop_to_mark());
            return true;
        case 'a':
            add_items({pop()}, false);
            return true;
        case 'e':
        case 0x90:
            add_items(pop_to_mark(), false);
            return true;
        case 's': {
            const PickleId value = pop(), key = pop();
            add_items({key, value}, true);
            return true;
        }
        case 'u':
            add_items(pop_to_mark(), true);
            return true;
        default:
            return false;
    }
}

void PickleMachine::call_with_marked(std::vector<PickleId> items, bool class_first) {
    if (class_first && items.empty()) refuse("is damaged: an object has no class");
    PickleId callable = 0;
    if (class_first) {
        callable = items.front();
        items.erase(items.begin());
    } else {
        const std::string_view module = take_line(), name = take_line();
        push_global(module, name);
        callable = pop();
    }
    push_with(PickleKind::tuple, std::move(items));
    call(callable, pop());
}

bool PickleMachine::step_object(unsigned char code) {
    switch (code) {
        case 'c': {
            const std::string_view module = take_line(), name = take_line();
            push_global(module, name);
            return true;
        }
        case 0x93: {
            const PickleObject &name = out_.objects_[pop()], &module = out_.objects_[pop()];
            if (name.kind != PickleKind::text || module.kind != PickleKind::text)
                refuse("is damaged: a name is no text");
            push_global(module.text, name.text);
            return true;
        }
        case 'R':
        case 0x81: {
            const PickleId arguments = pop(), callable = pop();
            call(callable, arguments);
            return true;
        }
        case 0x92: {
            pop();  // named arguments
            const PickleId arguments = pop(), callable = pop();
            call(callable, arguments);
            return true;
        }
        case 'i':
        case 'o':
            call_with_marked(pop_to_mark(), code == 'o');
            return true;
        case 'b':
            set_state();
            return true;
        case 'Q':
            push_with(PickleKind::persistent, {pop()});
            return true;
        case 'P': {
            const PickleId text = make(PickleKind::text, take_line());
            push_with(PickleKind::persistent, {text});
            return true;
        }
        default:
            return false;
    }
}

void PickleMachine::recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) refuse(fmt::format("is damaged: object {} was never remembered", key));
    push(found->second);
}

std::uint64_t PickleMachine::key_of_line() {
    const std::string_view line = take_line();
    std::uint64_t key = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), key);
    if (error != std::errc() || end != line.data() + line.size()) refuse("is damaged: a number is none");
    return key;
}

bool PickleMachine::step_memory(unsigned char code) {
    switch (code) {
        case '(':
            marks_.push_back(stack_.size());
            return true;
        case '0':
            if (!marks_.empty() && marks_.back() == stack_.size())
                marks_.pop_back();
            else
                pop();
            return true;
        case '1':
            pop_to_mark();
            return true;
        case '2':
            push(top());
            return true;
        case 'p':
            remember(key_of_line());
            return true;
        case 'q':
            remember(take_number(1));
            return true;
        case 'r':
            remember(take_number(4));
            return true;
        case 0x94:
            remember(memo_.size());
            return true;
        case 'g':
            recall(key_of_line());
            return true;
        case 'h':
            recall(take_number(1));
            return true;
        case 'j':
            recall(take_number(4));
            return true;
        default:
            return false;
    }
}

void PickleMachine::step() {
    const auto code = static_cast<unsigned char>(take(1)[0]);
    switch (code) {
        case '.':
            done_ = true;
            return;
        case 0x80: {
            const std::uint64_t protocol = take_number(1);
            if (protocol > 5) refuse(fmt::format("has protocol {}, known are 0 to 5", protocol));
            return;
        }
        case 0x95:  // a frame: only a hint for readers
            take(8);
            return;
        case 0x82:
        case 0x83:
        case 0x84:
            refuse("uses extension codes, which only the program that wrote it can resolve");
        case 0x97:
        case 0x98:
            refuse("refers to buffers that are not in the file");
        default:
            break;
    }
    // The stack and the memo hold numbers of objects; without a limit of their own, twos of bytes would make many.
    if (stack_.size() > kMostPickleObjects || memo_.size() > kMostPickleObjects)
        refuse("holds too many objects");
    if (step_number(code) || step_text(code) || step_memory(code) || step_container(code) ||
        step_object(code))
        return;
    refuse(fmt::format("is damaged: 0x{:02x} is no instruction", code));
}

}  // namespace mf
