// SPDX-License-Identifier: MIT
// Short convolutions with few products (Toom, Cook, Winograd): m outputs of an r-tap filter from alpha = m + r - 1
// products,
//   y = A^T ((G g) ⊙ (B^T d)),   y_k = Σ_j g_j d_{k+j},   k < m, d of alpha numbers
// through the values of polynomials at the points 0, ±1, ±2, ±1/2 (as many as are needed) and infinity. Points come in
// pairs ±a, so that what is even and what is odd in them is computed once for both.
#pragma once

#include <array>

#include "machine.hpp"

namespace mf::cpu {

template <int m, int r>
struct CookToom {
    static constexpr int outputs = m, taps = r, alpha = m + r - 1;
    static constexpr int pairs = (alpha - 2) / 2;  ///< ±a; with 0 and infinity they are all points
    static_assert(alpha == 1 || (alpha % 2 == 0 && alpha <= 8));

    /// The i-th finite point.
    static constexpr double point(int i) {
        constexpr double list[] = {0, 1, -1, 2, -2, 0.5, -0.5};
        return list[i];
    }
    /// Coefficients of Π_{j != skip} (x - point j) over the finite points.
    static constexpr std::array<double, alpha + 1> product(int skip) {
        std::array<double, alpha + 1> c{};
        c[0] = 1;
        int degree = 0;
        for (int j = 0; j < alpha - 1; ++j) {
            if (j == skip) continue;
            ++degree;
            for (int k = degree; k > 0; --k)
                c[static_cast<std::size_t>(k)] =
                    c[static_cast<std::size_t>(k - 1)] - point(j) * c[static_cast<std::size_t>(k)];
            c[0] *= -point(j);
        }
        return c;
    }
    /// B^T[i][j]; the last row is that of infinity.
    static constexpr double input(int i, int j) {
        return product(i == alpha - 1 ? -1 : i)[static_cast<std::size_t>(j)];
    }
    /// A^T[k][i].
    static constexpr double output(int k, int i) {
        if (i == alpha - 1) return k == m - 1 ? 1 : 0;
        double power = 1;
        for (int n = 0; n < k; ++n) power *= point(i);
        return power;
    }
    /// G[i][j].
    static constexpr double filter(int i, int j) {
        if (i == alpha - 1) return j == r - 1 ? 1 : 0;
        double scale = 1, power = 1;
        for (int n = 0; n < alpha - 1; ++n) scale *= n == i ? 1 : point(i) - point(n);
        for (int n = 0; n < j; ++n) power *= point(i);
        return power / scale;
    }
};

/// acc + c x for a constant c; the first term of a sum where `first`.
template <bool first>
inline FloatVector add_term(float c, FloatVector x, FloatVector acc) {
    if constexpr (first) return c == 1 ? x : c == -1 ? -x : c * x;
    return c == 1 ? acc + x : c == -1 ? acc - x : fused(FloatVector{} + c, x, acc);
}

/// Σ over j = begin, begin + 2, ... of B^T[i][j] d[j * stride], without the zeros.
template <class T, int i, int j, bool first = true>
inline FloatVector input_sum(const FloatVector* d, int stride, FloatVector acc = FloatVector{}) {
    if constexpr (j >= T::alpha) {
        return acc;
    } else {
        constexpr auto c = static_cast<float>(T::input(i, j));
        if constexpr (c == 0)
            return input_sum<T, i, j + 2, first>(d, stride, acc);
        else
            return input_sum<T, i, j + 2, false>(d, stride, add_term<first>(c, d[j * stride], acc));
    }
}

/// v = B^T d; elements of d stand `stride` apart, `put(i, v_i)` takes the results.
template <class T, int pair = 0, class Put>
inline void transform_input(const FloatVector* d, int stride, Put put) {
    if constexpr (T::alpha == 1) {
        put(0, d[0]);
    } else if constexpr (pair < T::pairs) {
        // Π over the other points is x (x + a) R(x²): its even part is that of the point -a, its odd part the negative.
        constexpr int i = 1 + 2 * pair;
        const FloatVector even = input_sum<T, i, 0>(d, stride), odd = input_sum<T, i, 1>(d, stride);
        put(i, even + odd);
        put(i + 1, even - odd);
        transform_input<T, pair + 1>(d, stride, put);
    } else {
        put(0, input_sum<T, 0, 0>(d, stride));
        put(T::alpha - 1, input_sum<T, T::alpha - 1, 1>(d, stride));
    }
}

/// y_k = Σ over the pairs of a^k (even or odd part), with the points 0 and infinity where they count.
template <class T, int k, int pair = 0>
inline FloatVector output_sum(const FloatVector* even, const FloatVector* odd, FloatVector acc) {
    if constexpr (pair == T::pairs) {
        return acc;
    } else {
        constexpr auto c = static_cast<float>(T::output(k, 1 + 2 * pair));
        const FloatVector part = k % 2 == 0 ? even[pair] : odd[pair];
        const bool first = pair == 0 && k > 0 && k < T::outputs - 1;
        return output_sum<T, k, pair + 1>(
            even, odd, first ? add_term<true>(c, part, acc) : add_term<false>(c, part, acc));
    }
}

/// y = A^T m; elements of m stand `stride` apart, `put(k, y_k)` takes the results.
template <class T, class Put>
inline void transform_output(const FloatVector* m, int stride, Put put) {
    if constexpr (T::alpha == 1) {
        put(0, m[0]);
    } else {
        FloatVector even[T::pairs], odd[T::pairs];
        for (int q = 0; q < T::pairs; ++q) {
            const FloatVector plus = m[(1 + 2 * q) * stride], minus = m[(2 + 2 * q) * stride];
            even[q] = plus + minus;
            odd[q] = plus - minus;
        }
        [&]<int... k>(std::integer_sequence<int, k...>) {
            (put(k, output_sum<T, k>(even, odd,
                                     k == 0                ? m[0]
                                     : k == T::outputs - 1 ? m[(T::alpha - 1) * stride]
                                                           : FloatVector{})),
             ...);
        }
        (std::make_integer_sequence<int, T::outputs>{});
    }
}

}  // namespace mf::cpu
