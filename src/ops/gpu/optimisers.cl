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

// Squares in three sums, so that none is too large or too small for a float (Blue 1978): of x / 2^90 where |x| is large, of
// x, and of 2^90 x where it is small.
#define LARGE 1.152921505e18f            // 2^60
#define SMALL 8.673617380e-19f           // 2^-60
#define UP 1.237940039e27f               // 2^90
#define DOWN 8.077935669e-28f            // 2^-90

// parts (groups, 4): of the numbers of each group the three sums, large ones first, and how many are not finite.
KERNEL square_parts(PAIRS(parts), FLOATS(x), const long count) {
    SHARED Pair sums[4][256];
    const int item = ITEM(0);
    Pair own[4];
    for (int k = 0; k < 4; ++k) own[k] = pair_of(0.0f, 0.0f);
    for (long i = INDEX; i < count; i += GROUPS(0) * 256) {
        const float value = AT(x, i), size = fabs(value);
        if (!(size <= 3.402823466e38f)) own[3].hi += 1.0f;
        const int k = size > LARGE ? 0 : size < SMALL ? 2 : 1;
        const float scaled = k == 0 ? value * DOWN : k == 2 ? value * UP : value;
        own[k] = pair_plus_product(own[k], scaled, scaled);
    }
    for (int k = 0; k < 4; ++k) sums[k][item] = own[k];
    BARRIER;
    for (int width = 128; width > 0; width /= 2) {
        if (item < width)
            for (int k = 0; k < 4; ++k) sums[k][item] = pair_plus(sums[k][item], sums[k][item + width]);
        BARRIER;
    }
    if (item < 4) AT(parts, 4 * GROUP(0) + item) = sums[item][0];
}

// x of the norm 1, from the parts of its squares; zeros stay.
KERNEL to_norm_one(FLOATS(x), PAIRS(parts), const long number, const long count) {
    if (INDEX >= count) return;
    Pair sums[3];
    for (int k = 0; k < 3; ++k) sums[k] = pair_of(0.0f, 0.0f);
    for (long i = 0; i < number; ++i)
        for (int k = 0; k < 3; ++k) sums[k] = pair_plus(sums[k], AT(parts, 4 * i + k));
    const float value = AT(x, INDEX), large = sums[0].hi, middle = sums[1].hi, small = sums[2].hi;
    if (large > 0.0f)
        AT(x, INDEX) = value * DOWN / sqrt(large + middle * DOWN * DOWN);
    else if (middle > 0.0f)
        AT(x, INDEX) = value / sqrt(middle + small * DOWN * DOWN);
    else
        AT(x, INDEX) = small > 0.0f ? value * UP / sqrt(small) : 0.0f;
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
