// SPDX-License-Identifier: MIT
#include "ops/cpu/gemm.hpp"

#include <algorithm>

#include "ops/cpu/strip.hpp"
#include "ops/cpu/vector_functions.hpp"

namespace mf::cpu {
namespace {

/// Rows [begin, end) times the p-th panel, which stands at `panel`, of a B (k, n).
template <bool pairs>
void rows_times_panel(const RowProduct& rows, const std::byte* panel, std::int64_t k, std::int64_t n,
                      std::int64_t p, std::int64_t begin, std::int64_t end) {
    // With an odd k the last pair of a row reads into the next row; its partner in the panel is zero.
    const std::int64_t element = pairs ? 2 : 4;
    const Strip strip{.a = static_cast<const std::byte*>(rows.x->raw()) + begin * k * element,
                      .a_stride = pairs ? k / 2 : k,
                      .b = panel,
                      .b_stride = kPanel,
                      .k = pairs ? k / 2 : k,
                      .c = rows.y->f32() + begin * n + p * kPanel,
                      .c_row = n,
                      .m = end - begin,
                      .width = std::min<std::int64_t>(kPanel, n - p * kPanel),
                      .bias = rows.bias != nullptr ? rows.bias + p * kPanel : nullptr};
    if (rows.add)
        run_strip<true, pairs, Start::add>(strip);
    else if (rows.bias != nullptr)
        run_strip<true, pairs, Start::bias>(strip);
    else
        run_strip<true, pairs, Start::zero>(strip);
}

std::int64_t row_count(const RowProduct& rows) {
    return rows.x == nullptr || rows.x->empty() ? 0 : rows.x->rows();
}

void check_product(const RowProduct& rows, std::int64_t k, std::int64_t n, DType packed) {
    check(packed != DType::bf16 || k % 2 == 0, "[gemm] bf16 wants an even inner size, got {}", k);
    if (row_count(rows) == 0) return;
    check(rows.x->cols() == k && rows.y->cols() == n && rows.y->rows() == rows.x->rows() &&
              rows.x->dtype() == packed,
          "[gemm] x {} {} times B ({}, {}) {} into {}", rows.x->shape().text(), name_of(rows.x->dtype()), k,
          n, name_of(packed), rows.y->shape().text());
}

}  // namespace

void multiply(Team& team, const RowProduct& value, const RowProduct& tangent, const Panels& b) {
    check_product(value, b.k, b.n, b.data.dtype());
    check_product(tangent, b.k, b.n, b.data.dtype());
    const bool pairs = b.data.dtype() == DType::bf16;
    const std::int64_t m_value = row_count(value), m_all = m_value + row_count(tangent);
    // Row r of the joint range is a value row or, from m_value on, a tangent row.
    team.split(m_all, kMicroRows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = 0; p * kPanel < b.n; ++p) {
            const auto part = [&](const RowProduct& rows, std::int64_t from, std::int64_t to) {
                if (from < to)
                    pairs ? rows_times_panel<true>(rows, b.panel(p), b.k, b.n, p, from, to)
                          : rows_times_panel<false>(rows, b.panel(p), b.k, b.n, p, from, to);
            };
            part(value, begin, std::min(end, m_value));
            part(tangent, std::max(begin, m_value) - m_value, end - m_value);
        }
    });
}

void multiply(Team& team, Pool& pool, const RowProduct& rows, const PlainMatrix& b, DType packed) {
    check_product(rows, b.k, b.n, packed);
    Tensor panels({team.size(), panel_bytes(b.k, packed) / 4}, DType::f32, &pool);
    const std::int64_t blocks = (row_count(rows) + kMicroRows - 1) / kMicroRows;
    team.run([&](int lane) {
        const std::int64_t begin = blocks * lane / team.size() * kMicroRows;
        const std::int64_t end = std::min(row_count(rows), blocks * (lane + 1) / team.size() * kMicroRows);
        auto* panel = reinterpret_cast<std::byte*>(panels.f32() + lane * panels.cols());
        for (std::int64_t p = 0; begin < end && p * kPanel < b.n; ++p) {
            pack_panel(panel, b, p, packed);
            packed == DType::bf16 ? rows_times_panel<true>(rows, panel, b.k, b.n, p, begin, end)
                                  : rows_times_panel<false>(rows, panel, b.k, b.n, p, begin, end);
        }
    });
}

namespace {

/// Rows in pairs, as the bf16 kernel wants them along k: out[i][j] = (x[2 i][j], x[2 i + 1][j]).
void interleave_rows(Pair* out, const bfloat16* x, std::int64_t rows, std::int64_t cols) {
    for (std::int64_t i = 0; i < rows; i += 2) {
        const bfloat16* even = x + i * cols;
        const bfloat16* odd = even + cols;
        Pair* to = out + i / 2 * cols;
        if (i + 1 < rows)
            for (std::int64_t j = 0; j < cols; ++j)
                to[j] = static_cast<std::uint32_t>(even[j].bits) | static_cast<std::uint32_t>(odd[j].bits)
                                                                       << 16;
        else
            for (std::int64_t j = 0; j < cols; ++j) to[j] = even[j].bits;
    }
}

/// The last columns [from, cols) of `x` (rows, cols) of 4 bytes, widened with zeros to one panel.
void copy_edge(std::byte* out, const std::byte* x, std::int64_t rows, std::int64_t cols, std::int64_t from) {
    for (std::int64_t i = 0; i < rows; ++i) {
        std::byte* end = std::copy_n(x + (i * cols + from) * 4, (cols - from) * 4, out + i * kPanel * 4);
        std::fill(end, out + (i + 1) * kPanel * 4, std::byte{0});
    }
}

/// c (m, n) += aᵀ b with a (k, m), b (k, n); elements are f32 or, for bf16, pairs of rows.
template <bool pairs>
void outer(Team& team, float* c, const std::byte* a, std::int64_t m, const std::byte* b, std::int64_t n,
           std::int64_t k, Pool& pool) {
    const std::int64_t edge_from = n / kPanel * kPanel;
    Tensor edge;
    if (edge_from < n) {
        edge = Tensor({k, kPanel}, DType::f32, &pool);
        copy_edge(static_cast<std::byte*>(edge.raw()), b, k, n, edge_from);
    }
    team.split(m, kMicroRows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t j = 0; j < n; j += kPanel) {
            const bool at_edge = j == edge_from;
            run_strip<false, pairs, Start::add>(
                Strip{.a = a + begin * 4,
                      .a_stride = m,
                      .b = at_edge ? static_cast<const std::byte*>(edge.raw()) : b + j * 4,
                      .b_stride = at_edge ? kPanel : n,
                      .k = k,
                      .c = c + begin * n + j,
                      .c_row = n,
                      .m = end - begin,
                      .width = std::min<std::int64_t>(kPanel, n - j),
                      .bias = nullptr});
        }
    });
}

}  // namespace

void accumulate_outer(Team& team, float* dw, const Tensor& dy, const Tensor& x, Pool& pool) {
    check(dy.rows() == x.rows() && dy.dtype() == x.dtype(), "[gemm] outer product of {} {} and {} {}",
          dy.shape(), name_of(dy.dtype()), x.shape(), name_of(x.dtype()));
    const std::int64_t rows = x.rows(), n = dy.cols(), k = x.cols();
    Tensor a = dy, b = x;
    std::int64_t steps = rows;
    if (x.dtype() == DType::bf16) {
        steps = (rows + 1) / 2;
        a = Tensor({steps, n}, DType::f32, &pool);  // 32 bits an element: a pair
        b = Tensor({steps, k}, DType::f32, &pool);
        interleave_rows(reinterpret_cast<Pair*>(a.raw()), dy.bf16(), rows, n);
        interleave_rows(reinterpret_cast<Pair*>(b.raw()), x.bf16(), rows, k);
    }
    const auto* a_bytes = static_cast<const std::byte*>(a.raw());
    const auto* b_bytes = static_cast<const std::byte*>(b.raw());
    const bool pairs = x.dtype() == DType::bf16;
    if (k >= kPanel || k >= n) {
        pairs ? outer<true>(team, dw, a_bytes, n, b_bytes, k, steps, pool)
              : outer<false>(team, dw, a_bytes, n, b_bytes, k, steps, pool);
        return;
    }
    // Few columns (a first layer): the transposed product fills the panels, its result is turned and added.
    const Tensor turned = Tensor::zeros({k, n}, DType::f32, &pool);
    auto* c = const_cast<float*>(turned.f32());
    pairs ? outer<true>(team, c, b_bytes, k, a_bytes, n, steps, pool)
          : outer<false>(team, c, b_bytes, k, a_bytes, n, steps, pool);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < k; ++j) dw[i * k + j] += c[j * n + i];
}

namespace {

/// Block (p, q) of Yᵀ Y, from panels p <= q, and its mirror image.
template <bool pairs>
void gram_block(float* out, const Panels& y, std::int64_t p, std::int64_t q) {
    const std::int64_t rows = std::min<std::int64_t>(kPanel, y.n - p * kPanel),
                       cols = std::min<std::int64_t>(kPanel, y.n - q * kPanel);
    float* const block = out + p * kPanel * y.n + q * kPanel;
    for (std::int64_t i = 0; i < rows; ++i) std::fill_n(block + i * y.n, cols, 0.0F);
    run_strip<false, pairs, Start::add>(Strip{.a = y.panel(p),
                                              .a_stride = kPanel,
                                              .b = y.panel(q),
                                              .b_stride = kPanel,
                                              .k = pairs ? (y.k + 1) / 2 : y.k,
                                              .c = block,
                                              .c_row = y.n,
                                              .m = rows,
                                              .width = cols,
                                              .bias = nullptr});
    if (p == q) return;
    float* const mirror = out + q * kPanel * y.n + p * kPanel;
    for (std::int64_t j = 0; j < cols; ++j)
        for (std::int64_t i = 0; i < rows; ++i) mirror[j * y.n + i] = block[i * y.n + j];
}

}  // namespace

void gram(Team& team, Tensor& out, const Panels& y) {
    check(out.rows() == y.n && out.cols() == y.n, "[gemm] YᵀY of Y ({}, {}) into {}", y.k, y.n, out.shape());
    const std::int64_t panels = (y.n + kPanel - 1) / kPanel, blocks = panels * (panels + 1) / 2;
    team.run([&](int lane) {
        const std::int64_t begin = blocks * lane / team.size(), end = blocks * (lane + 1) / team.size();
        for (std::int64_t q = 0, block = 0; q < panels; ++q)
            for (std::int64_t p = 0; p <= q; ++p, ++block)
                if (begin <= block && block < end)
                    y.data.dtype() == DType::bf16 ? gram_block<true>(out.f32(), y, p, q)
                                                  : gram_block<false>(out.f32(), y, p, q);
    });
}

namespace {

FloatVector widened(const float* x) { return load(x); }
FloatVector widened(const bfloat16* x) {
    return std::bit_cast<FloatVector>(__builtin_convertvector(load_half(x), WordVector) << 16);
}

/// Many chains, added in a fixed order: the same bits for a row wherever it stands.
template <class X>
float dot(const X* x, const float* w, std::int64_t k) {
    FloatVector even{}, odd{};
    std::int64_t i = 0;
    for (; i + kPanel <= k; i += kPanel) {
        even += widened(x + i) * load(w + i);
        odd += widened(x + i + kVectorFloats) * load(w + i + kVectorFloats);
    }
    float tail = 0;
    for (; i < k; ++i) tail += to_float(x[i]) * w[i];
    return sum_of_lanes(even + odd) + tail;
}

template <class X>
void narrow(const RowProduct& rows, const X* x, const float* w, std::int64_t n, std::int64_t k,
            std::int64_t begin, std::int64_t end) {
    for (std::int64_t m = begin; m < end; ++m)
        for (std::int64_t j = 0; j < n; ++j)
            rows.y->f32()[m * n + j] =
                dot(x + m * k, w + j * k, k) + (rows.bias != nullptr ? rows.bias[j] : 0.0F);
}

}  // namespace

void multiply_narrow(Team& team, const RowProduct& rows, const float* w, std::int64_t n, std::int64_t k) {
    if (row_count(rows) == 0) return;
    check(rows.x->cols() == k && rows.y->cols() == n, "[gemm] x {} times Wᵀ of ({}, {})",
          rows.x->shape().text(), n, k);
    team.split(rows.x->rows(), 16, [&](std::int64_t begin, std::int64_t end) {
        if (rows.x->dtype() == DType::bf16)
            narrow(rows, rows.x->bf16(), w, n, k, begin, end);
        else
            narrow(rows, rows.x->f32(), w, n, k, begin, end);
    });
}

}  // namespace mf::cpu
