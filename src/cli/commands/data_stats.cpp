// SPDX-License-Identifier: MIT
// meanflow data stats: how many samples a data set has of what, and how their numbers are spread.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/ranges.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "data/images.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"

namespace mf::cli {
namespace {

/// The numbers of one channel, or of one coordinate.
struct Spread {
    std::string name;
    double sum = 0, squares = 0;
    std::int64_t count = 0;
    float least = std::numeric_limits<float>::infinity(), most = -least;

    void add(float x) {
        sum += x;
        squares += double{x} * x;
        ++count;
        least = std::min(least, x);
        most = std::max(most, x);
    }
    double mean() const { return sum / static_cast<double>(count); }
    double deviation() const {
        return std::sqrt(std::max(squares / static_cast<double>(count) - mean() * mean(), 0.0));
    }
};

struct Stats {
    std::int64_t count = 0;               ///< samples that were looked at
    std::vector<std::int64_t> per_class;  ///< by label
    std::vector<Spread> spreads;          ///< by channel or coordinate
};

std::vector<Spread> spreads_for(const Dataset& data) {
    const Shape shape = data.sample_shape();
    const auto channels = shape[shape.rank() - 1];
    std::vector<std::string> names;
    if (data.images() != nullptr && (channels == 1 || channels == 3))
        names = channels == 1 ? std::vector<std::string>{"gray"}
                              : std::vector<std::string>{"red", "green", "blue"};
    else if (channels == 2)
        names = {"x", "y"};
    std::vector<Spread> out(static_cast<std::size_t>(channels));
    for (std::size_t c = 0; c < out.size(); ++c)
        out[c].name = c < names.size() ? names[c] : std::to_string(c);
    return out;
}

/// Sample i of `count`: of a stored set evenly picked, of an endless one drawn.
void take(const Dataset& data, std::int64_t i, std::int64_t count, std::uint64_t seed, float* out,
          std::int32_t* label) {
    if (data.images() != nullptr && data.size() > 0)
        data.images()->stored(out, label, i * data.size() / count);
    else
        data.draw(out, label, Random(seed, Stream::evaluation), static_cast<std::uint64_t>(i), 1);
}

Stats stats_of(const Dataset& data, std::int64_t wanted, std::uint64_t seed) {
    const std::int64_t size = data.size();
    Stats out{wanted, std::vector<std::int64_t>(static_cast<std::size_t>(data.classes())), spreads_for(data)};
    if (size > 0) out.count = wanted > 0 ? std::min(wanted, size) : size;
    if (out.count == 0) out.count = 10000;
    std::vector<float> sample(static_cast<std::size_t>(data.sample_shape().count()));
    for (std::int64_t i = 0; i < out.count; ++i) {
        std::int32_t label = 0;
        take(data, i, out.count, seed, sample.data(), &label);
        if (!out.per_class.empty()) ++out.per_class[static_cast<std::size_t>(label)];
        for (std::size_t k = 0; k < sample.size(); k += out.spreads.size())
            for (std::size_t c = 0; c < out.spreads.size(); ++c) out.spreads[c].add(sample[k + c]);
    }
    return out;
}

std::vector<std::string> names_of(const Dataset& data) {
    if (data.images() != nullptr) return data.images()->class_names();
    std::vector<std::string> out;
    for (int k = 0; k < data.classes(); ++k) out.push_back(std::to_string(k));
    return out;
}

void print_json(const std::string& name, const Dataset& data, const Stats& stats) {
    std::vector<Json> classes, spreads;
    const std::vector<std::string> names = names_of(data);
    for (std::size_t k = 0; k < names.size(); ++k)
        classes.push_back(Json::object({{"name", names[k]}, {"count", stats.per_class[k]}}));
    for (const Spread& s : stats.spreads)
        spreads.push_back(Json::object({{"name", s.name},
                                        {"mean", s.mean()},
                                        {"std", s.deviation()},
                                        {"min", double{s.least}},
                                        {"max", double{s.most}}}));
    const Shape shape = data.sample_shape();
    fmt::print("{}\n",
               Json::object({{"name", name},
                             {"size", data.size()},
                             {"count", stats.count},
                             {"shape", Json::array_of(std::vector<std::int64_t>(shape.begin(), shape.end()))},
                             {"classes", Json::array(classes)},
                             {"channels", Json::array(spreads)},
                             {"remarks", Json::array_of(data.remarks())}})
                   .text());
}

void print_text(const std::string& name, const Dataset& data, const Stats& stats) {
    const std::string size = data.size() == 0 ? fmt::format("endless, {} drawn", stats.count)
                             : data.size() == stats.count
                                 ? fmt::format("{} samples", stats.count)
                                 : fmt::format("{} samples, {} of them looked at", data.size(), stats.count);
    fmt::print("{}: {} of shape {}\n", name, size, data.sample_shape());
    std::vector<std::vector<std::string>> rows = {{"", "mean", "std", "min", "max"}};
    for (const Spread& s : stats.spreads)
        rows.push_back({s.name, fmt::format("{:.4f}", s.mean()), fmt::format("{:.4f}", s.deviation()),
                        fmt::format("{:.4f}", s.least), fmt::format("{:.4f}", s.most)});
    fmt::print("{}", text_table(rows));
    const std::vector<std::string> names = names_of(data);
    if (names.empty()) return;
    rows = {{"class", "label", "count", "share"}};
    for (std::size_t k = 0; k < names.size(); ++k)
        rows.push_back({names[k], std::to_string(k), std::to_string(stats.per_class[k]),
                        fmt::format("{:.1f} %", 100.0 * static_cast<double>(stats.per_class[k]) /
                                                    static_cast<double>(stats.count))});
    fmt::print("\n{}", text_table(rows));
}

int run_data_stats(const Invocation& invocation) {
    const std::string& name = invocation.words[0];
    std::vector<ConfigItem> items = {{"data.name", name, ""}};
    for (const ConfigItem& item : data_items(invocation, true)) items.push_back(item);
    const std::unique_ptr<Dataset> data = make_dataset(resolve(items), {.threads = invocation.threads()});
    for (const std::string& text : data->remarks()) remark(invocation.quiet(), text);
    const Stats stats = stats_of(*data, invocation.options.integer("--count"), invocation.seed());
    invocation.json() ? print_json(name, *data, stats) : print_text(name, *data, stats);
    return 0;
}

}  // namespace

Command data_stats_command() {
    Command out;
    out.name = "data stats";
    out.summary = "how many samples of which class, mean and spread";
    out.usage = "NAME [data.key=value ...] [--count N]";
    out.example =
        "  meanflow data stats shapes\n"
        "  meanflow data stats cifar data.path=cifar-10-batches-bin --json";
    out.options = {
        {"--count", OptionKind::integer, "0", "samples to look at; 0: all, or 10000 of an endless set", 0,
         1e9},
    };
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = out.most_words = 1;
    out.run = run_data_stats;
    return out;
}

}  // namespace mf::cli
