// SPDX-License-Identifier: MIT
// What objectives and samplers make of states and velocities, row by row.
KERNEL mix_by_time(FLOATS(z), FLOATS(a), FLOATS(b), FLOATS(t), const long cols, const long count) {
    if (INDEX >= count) return;
    const float time = AT(t, INDEX / cols);
    AT(z, INDEX) = (1.0f - time) * AT(a, INDEX) + time * AT(b, INDEX);
}

// factors and places: own, conditional, null as pairs, and the two rows of theta, as numbers 6 and 7 of eight a row.
KERNEL guide(FLOATS(target), FLOATS(v), FLOATS(theta), PAIRS(factors), INTS(places), const long cols, const long count) {
    if (INDEX >= count) return;
    const long row = INDEX / cols, j = INDEX % cols;
    const Pair own = AT(factors, 4 * row), conditional = AT(factors, 4 * row + 1), null = AT(factors, 4 * row + 2);
    if (own.hi != own.hi) {
        AT(target, INDEX) = AT(v, INDEX);
        return;
    }
    Pair sum = pair_times(own, AT(v, INDEX));
    if (conditional.hi != 0.0f)
        sum = pair_plus(sum, pair_times(conditional, AT(theta, AT(places, 8 * row + 6) * cols + j)));
    if (null.hi != 0.0f) sum = pair_plus(sum, pair_times(null, AT(theta, AT(places, 8 * row + 7) * cols + j)));
    AT(target, INDEX) = sum.hi;
}

KERNEL mix_guidance(FLOATS(own), FLOATS(null), FLOATS(omega), const long cols, const long count) {
    if (INDEX >= count) return;
    const float strength = AT(omega, INDEX / cols), from = AT(null, INDEX);
    if (strength == strength) AT(own, INDEX) = from + strength * (AT(own, INDEX) - from);
}

#define NOISE(row) (noise_at_one ? AT(t, row) : 1.0f - AT(t, row))

// w (rows, number) = |z - (1 - s) x_j|^2 / s^2 for the candidates of a row's group.
KERNEL posterior_squares(FLOATS(w), FLOATS(z), FLOATS(t), FLOATS(candidates), const long first_in_group,
                         const int noise_at_one, const long number, const long cols, const long count) {
    if (INDEX >= count) return;
    const long row = INDEX / number, x = ((first_in_group + row) / number * number + INDEX % number) * cols;
    const float s = NOISE(row), shrink = (1.0f - s) / s;
    float sum = 0;
    for (long d = 0; d < cols; ++d) {
        const float a = AT(z, row * cols + d) / s - shrink * AT(candidates, x + d);
        sum += a * a;
    }
    AT(w, INDEX) = sum;
}

// A row of w becomes weights whose sum is 1.
KERNEL posterior_weights(FLOATS(w), const long rows, const long cols) {
    ROW_LINES;
    float least = INFINITY, sum = 0;
    OF_ROW(j) least = fmin(least, AT(w, ROW * cols + j));
    lines[ITEM(1)][ITEM(0)] = least;
    BARRIER;
    for (int lane = 0; lane < LANES; ++lane) least = fmin(least, lines[ITEM(1)][lane]);
    BARRIER;
    OF_ROW(j) sum += exp(0.5f * (least - AT(w, ROW * cols + j)));
    sum = ROW_SUM(sum);
    OF_ROW(j) AT(w, ROW * cols + j) = exp(0.5f * (least - AT(w, ROW * cols + j))) / sum;
}

KERNEL posterior_velocity(FLOATS(velocity), FLOATS(w), FLOATS(z), FLOATS(v), FLOATS(t), FLOATS(candidates),
                          const long first_in_group, const int noise_at_one, const float least_noise,
                          const long number, const long cols, const long count) {
    if (INDEX >= count) return;
    const long row = INDEX / cols, d = INDEX % cols, x = (first_in_group + row) / number * number;
    const float s = NOISE(row);
    if (s < least_noise) {
        AT(velocity, INDEX) = AT(v, INDEX);
        return;
    }
    float mean = 0;
    for (long j = 0; j < number; ++j) mean += AT(w, row * number + j) * AT(candidates, (x + j) * cols + d);
    AT(velocity, INDEX) = (noise_at_one ? 1.0f : -1.0f) * (AT(z, INDEX) - mean) / s;
}
