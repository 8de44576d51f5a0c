// SPDX-License-Identifier: MIT
#include "judge/image_arrays.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "io/array_numbers.hpp"

namespace mf {

bool is_of_bytes(const Tensor& rows) {
    return rows.dtype() == DType::u8 || rows.dtype() == DType::i32 || rows.dtype() == DType::i64;
}

Shape image_shape(const Shape& all, const std::string& place) {
    const auto channels = [](std::int64_t n) { return n >= 1 && n <= 4; };
    if (all.rank() == 4 && channels(all[1]) && !channels(all[3]))
        throw UsageError(
            fmt::format("{}: images of shape {} have their channels first, expected (n, height, width, "
                        "channels)",
                        place, all),
            "in Python: numpy.transpose(x, (0, 2, 3, 1))");
    if (all.rank() == 3)
        throw UsageError(
            fmt::format("{}: images of shape {} have no channels, expected (n, height, width, channels)",
                        place, all),
            "in Python: x[..., None]");
    check_usage(all.rank() == 4, "{}: expected images of shape (n, height, width, channels), got {}", place,
                all);
    return {all[1], all[2], all[3]};
}

void append_values(const Tensor& rows, const std::string& place, std::vector<float>& out) {
    if (rows.dtype() == DType::u8) {
        const auto* bytes = static_cast<const std::uint8_t*>(rows.raw());
        std::transform(bytes, bytes + rows.count(), std::back_inserter(out), value_of_byte);
    } else if (rows.dtype() == DType::i32 || rows.dtype() == DType::i64) {
        for (const std::int64_t value : to_integers(rows, place)) {
            check(value >= 0 && value <= 255, "{}: holds the integer {}, expected bytes, 0 to 255", place,
                  value);
            out.push_back(value_of_byte(static_cast<std::uint8_t>(value)));
        }
    } else {
        const Tensor floats = to_floats(rows, place);
        out.insert(out.end(), floats.floats().begin(), floats.floats().end());
    }
}

}  // namespace mf
