// SPDX-License-Identifier: MIT
// A catalogue: the things of one kind that can be chosen by name, each with help, options and a factory.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/options.hpp"

namespace mf {

/// One choice. `options` holds the keys that exist only when this choice is taken.
template <class Factory>
struct CatalogueEntry {
    std::string name;
    std::string help;
    OptionTable options;
    Factory make;
};

template <class Factory>
class Catalogue {
  public:
    Catalogue(std::string kind, std::vector<CatalogueEntry<Factory>> entries)
        : kind_(std::move(kind)), entries_(std::move(entries)) {}

    /// UsageError lists the known names when there is none of this one.
    const CatalogueEntry<Factory>& at(const std::string& name) const {
        for (const auto& entry : entries_)
            if (entry.name == name) return entry;
        const std::vector<std::string> known = names();
        std::string list;
        for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
        const std::string near = nearest(name, known);
        throw UsageError(kind_ + " '" + name + "' is not known; there are " + list,
                         near.empty() ? "" : "did you mean " + near + "?");
    }
    const std::vector<CatalogueEntry<Factory>>& entries() const { return entries_; }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : entries_) out.push_back(entry.name);
        return out;
    }
    const std::string& kind() const { return kind_; }

  private:
    std::string kind_;
    std::vector<CatalogueEntry<Factory>> entries_;
};

}  // namespace mf
