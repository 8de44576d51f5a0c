// SPDX-License-Identifier: MIT
#include "io/csv.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/looks_like.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\"");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\"") - first + 1);
}

/// The separator of a file, from its first row.
char separator_of(std::string_view line) {
    for (const char candidate : {';', ',', '\t'})
        if (line.find(candidate) != line.npos) return candidate;
    return ' ';
}

std::vector<std::string_view> cells_of(std::string_view line, char separator) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t end = line.find(separator);
        const std::string_view cell = trimmed(line.substr(0, end));
        // Blanks stand in any number between two cells.
        if (separator != ' ' || !cell.empty()) out.push_back(cell);
        if (end == line.npos) return out;
        line.remove_prefix(end + 1);
    }
}

bool parse_cell(std::string_view cell, float& value) {
    if (cell.starts_with('+')) cell.remove_prefix(1);
    double wide = 0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), wide);
    value = static_cast<float>(wide);
    return code == std::errc() && end == cell.data() + cell.size() && !cell.empty();
}

/// Words of a heading do not.
bool begins_as_number(std::string_view cell) {
    return !cell.empty() && std::string_view("0123456789+-.").find(cell[0]) != std::string_view::npos;
}

class CsvRows {
  public:
    explicit CsvRows(std::string place) : place_(std::move(place)) {}

    void take(std::string_view line, std::size_t number) {
        line = trimmed(line);
        if (line.empty() || line.starts_with('#')) return;
        if (separator_ == '\0') separator_ = separator_of(line);
        const std::vector<std::string_view> cells = cells_of(line, separator_);
        std::vector<float> row(cells.size());
        std::size_t numbers = 0;
        while (numbers < cells.size() && parse_cell(cells[numbers], row[numbers])) ++numbers;
        if (columns_ == 0 && !heading_ && std::ranges::none_of(cells, begins_as_number)) {
            heading_ = true;
            separator_ = '\0';
            return;
        }
        if (numbers < cells.size())
            throw Error(
                fmt::format("[csv] {}: line {}: {} is no number", place_, number, shown(cells[numbers])),
                "numbers have a point, not a comma, before their fraction: 0.25,-1.5");
        if (columns_ == 0) columns_ = cells.size();
        check(cells.size() == columns_, "[csv] {}: line {} has {} numbers, the lines before have {}", place_,
              number, cells.size(), columns_);
        values_.insert(values_.end(), row.begin(), row.end());
    }
    Tensor table() const {
        check(columns_ > 0, "[csv] {}: holds no rows of numbers", place_);
        Tensor out(
            {static_cast<std::int64_t>(values_.size() / columns_), static_cast<std::int64_t>(columns_)},
            DType::f32);
        std::ranges::copy(values_, out.f32());
        return out;
    }

  private:
    std::string place_;
    char separator_ = '\0';
    bool heading_ = false;
    std::size_t columns_ = 0;
    std::vector<float> values_;
};

}  // namespace

Tensor read_csv(const std::filesystem::path& path) {
    const std::string text = read_file(path);
    if (text.find('\0') != text.npos)
        refuse_as("csv", "is no text", path.string(), std::string_view(text).substr(0, kTellingBytes),
                  text.size());
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    CsvRows rows(path.string());
    for (std::size_t number = 1; !rest.empty(); ++number) {
        // A line ends with LF, CR LF, or a CR alone.
        const std::size_t end = std::min(rest.find_first_of("\n\r"), rest.size());
        rows.take(rest.substr(0, end), number);
        rest.remove_prefix(end);
        if (rest.starts_with("\r\n"))
            rest.remove_prefix(2);
        else if (!rest.empty())
            rest.remove_prefix(1);
    }
    return rows.table();
}

}  // namespace mf
