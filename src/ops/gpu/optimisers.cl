// SPDX-License-Identifier: MIT
KERNEL adam(FLOATS(w), FLOATS(m), FLOATS(v), FLOATS(gradient), const float b1, const float b2, const float m_step,
            const float v_step, const float m_unbias, const float v_unbias, const float eps, const float decay,
            const float factor, const long count) {
    if (INDEX >= count) return;
    const float g = AT(gradient, INDEX) * factor;
    const float first = b1 * AT(m, INDEX) + m_step * g, second = b2 * AT(v, INDEX) + v_step * g * g;
    AT(m, INDEX) = first;
    AT(v, INDEX) = second;
    AT(w, INDEX) -= m_unbias * first / (sqrt(second * v_unbias) + eps) + decay * AT(w, INDEX);
}

KERNEL ema(FLOATS(average), FLOATS(w), const float step, const long count) {
    if (INDEX < count) AT(average, INDEX) += step * (AT(w, INDEX) - AT(average, INDEX));
}

// parts (groups, 2): of the numbers of each group the sum of the squares, and how many are not finite.
KERNEL square_parts(DOUBLES(parts), FLOATS(x), const long count) {
    SHARED double squares[256], wrong[256];
    const int item = ITEM(0);
    squares[item] = wrong[item] = 0;
    for (long i = INDEX; i < count; i += GROUPS(0) * 256) {
        const float value = AT(x, i);
        squares[item] += (double)value * (double)value;
        if (!(fabs(value) <= 3.402823466e38f)) wrong[item] += 1;
    }
    BARRIER;
    for (int width = 128; width > 0; width /= 2) {
        if (item < width) {
            squares[item] += squares[item + width];
            wrong[item] += wrong[item + width];
        }
        BARRIER;
    }
    if (item != 0) return;
    AT(parts, 2 * GROUP(0)) = squares[0];
    AT(parts, 2 * GROUP(0) + 1) = wrong[0];
}

// x of the norm 1, from the parts of its squares; zeros stay.
KERNEL to_norm_one(FLOATS(x), DOUBLES(parts), const long number, const long count) {
    if (INDEX >= count) return;
    double squares = 0;
    for (long i = 0; i < number; ++i) squares += AT(parts, 2 * i);
    AT(x, INDEX) *= squares > 0 ? (float)(1.0 / sqrt(squares)) : 0.0f;
}

KERNEL muon_momentum(FLOATS(momentum), FLOATS(direction), FLOATS(gradient), const float b1, const float factor,
                     const long count) {
    if (INDEX >= count) return;
    const float own = (1.0f - b1) * factor * AT(gradient, INDEX), m = b1 * AT(momentum, INDEX) + own;
    AT(momentum, INDEX) = m;
    AT(direction, INDEX) = b1 * m + own;
}

// out = r p + s q
KERNEL combine(FLOATS(out), const float r, FLOATS(p), const float s, FLOATS(q), const long count) {
    if (INDEX < count) AT(out, INDEX) = r * AT(p, INDEX) + s * AT(q, INDEX);
}
