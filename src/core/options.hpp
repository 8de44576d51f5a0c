// SPDX-License-Identifier: MIT
// Options are data: one table gives the keys their type, default, range and help, and the same table serves
// --help, configuration files, key=value overrides, docs/keys.md and error messages, so that they cannot disagree.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mf {

enum class OptionKind { flag, integer, real, text, reals, integers, texts };

/// One key: what it means, what it may be, what it is when nobody says.
struct Option {
    std::string key;  ///< dotted, lower case: "objective.tangent"
    OptionKind kind;
    std::string initial;  ///< default, as one would type it
    std::string help;     ///< one line
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices = {};  ///< for texts: the only words allowed (empty: any)
};

using OptionTable = std::vector<Option>;

/// A valid value for every key of a table. Reading a key that the table lacks is a programming error and throws.
class Settings {
  public:
    Settings() = default;
    explicit Settings(const OptionTable& table);

    /// Adds keys (with their defaults); a key that is there already must not be added again.
    void extend(const OptionTable& table);
    /// Sets `key` from text; UsageError names the nearest key, the type, the range or the choices.
    void set(const std::string& key, const std::string& text);
    bool has(const std::string& key) const { return index_.contains(key); }
    /// True when `set` was called for the key (so that "auto" defaults can be told from a person's choice).
    bool was_set(const std::string& key) const;

    bool flag(const std::string& key) const;
    std::int64_t integer(const std::string& key) const;
    double real(const std::string& key) const;
    const std::string& text(const std::string& key) const;
    std::vector<double> reals(const std::string& key) const;           ///< "1,2,4"
    std::vector<std::int64_t> integers(const std::string& key) const;  ///< "1,2,4"
    std::vector<std::string> texts(const std::string& key) const;      ///< "a,b"

    const OptionTable& table() const { return table_; }
    /// Key and current value, in table order.
    std::vector<std::pair<std::string, std::string>> items() const;
    bool operator==(const Settings& other) const { return items() == other.items(); }

  private:
    std::size_t at(const std::string& key, OptionKind kind) const;

    OptionTable table_;
    std::vector<std::string> values_;
    std::vector<bool> touched_;
    std::map<std::string, std::size_t> index_;
};

/// Throws UsageError unless `text` is a legal value of `option`.
void check_option_text(const Option& option, const std::string& text);
/// The candidate with the smallest edit distance to `word`, or "" when none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);
/// Splits at commas; blanks around the parts are dropped; "" gives no part.
std::vector<std::string> split_list(std::string_view text);
/// "integer >= 1", "one of a|b|c": what a legal value looks like, for help and errors.
std::string describe(const Option& option);

}  // namespace mf
