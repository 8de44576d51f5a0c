// SPDX-License-Identifier: MIT
#include "core/shape.hpp"

namespace mf {

std::string Shape::text() const {
    std::string out = "(";
    for (int i = 0; i < rank_; ++i) out += (i ? ", " : "") + std::to_string((*this)[i]);
    return out + ")";
}

}  // namespace mf

fmt::appender fmt::formatter<mf::Shape>::format(const mf::Shape& shape, fmt::format_context& context) const {
    return fmt::formatter<fmt::string_view>::format(shape.text(), context);
}
