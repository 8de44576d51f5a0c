// SPDX-License-Identifier: MIT
// Losses row by row; each row leaves two sums, which one group adds up in one order.
#define PAIR_LINES SHARED Pair lines[4][LANES]
#define PAIR_SUM(x) pair_over_lanes(lines[ITEM(1)], x)

// The sum over the lanes of a row. All items of the group have to call it.
HELPER Pair pair_over_lanes(SHARED_POINTER Pair *line, Pair x) {
    const int lane = ITEM(0);
    line[lane] = x;
    BARRIER;
    for (int width = LANES / 2; width > 0; width /= 2) {
        if (lane < width) line[lane] = pair_plus(line[lane], line[lane + width]);
        BARRIER;
    }
    const Pair out = line[0];
    BARRIER;
    return out;
}

// The same for the largest.
HELPER float most_over_lanes(SHARED_POINTER Pair *line, float x) {
    const int lane = ITEM(0);
    line[lane].hi = x;
    BARRIER;
    for (int width = LANES / 2; width > 0; width /= 2) {
        if (lane < width) line[lane].hi = fmax(line[lane].hi, line[lane + width].hi);
        BARRIER;
    }
    const float out = line[0].hi;
    BARRIER;
    return out;
}

KERNEL square_loss(FLOATS(gradient), PAIRS(parts), FLOATS(p), FLOATS(y), const float power, const float floor_of_q,
                   const float divisor, const long rows, const long cols) {
    PAIR_LINES;
    Pair q = {0.0f, 0.0f};
    OF_ROW(j) {
        const float difference = AT(p, ROW * cols + j) - AT(y, ROW * cols + j);
        q = pair_plus_product(q, difference, difference);
    }
    q = PAIR_SUM(q);
    if (ROW >= rows) return;
    const float base = q.hi + floor_of_q;
    const float w = power == 0.0f ? 1.0f : power == 1.0f ? 1.0f / base : pow(base, -power), factor = 2.0f * w / divisor;
    OF_ROW(j) AT(gradient, ROW * cols + j) = factor * (AT(p, ROW * cols + j) - AT(y, ROW * cols + j));
    if (ITEM(0) != 0) return;
    AT(parts, 2 * ROW) = pair_times(q, w);
    AT(parts, 2 * ROW + 1) = q;
}

KERNEL cross_entropy(FLOATS(gradient), PAIRS(parts), FLOATS(logits), INTS(labels), const float smoothing,
                     const float divisor, const long rows, const long cols) {
    PAIR_LINES;
    const int label = ROW < rows ? AT(labels, ROW) : 0;
    const float other = smoothing / (float)cols, own = other + (1.0f - smoothing);
    float top = -INFINITY, place = -INFINITY;
    Pair sum = {0.0f, 0.0f}, expected = {0.0f, 0.0f};
    OF_ROW(j) top = fmax(top, AT(logits, ROW * cols + j));
    top = most_over_lanes(lines[ITEM(1)], top);
    OF_ROW(j) {
        const float above = AT(logits, ROW * cols + j) - top;
        if (above == 0.0f) place = fmax(place, -(float)j);  // the first of the largest
        sum = pair_sum(sum.hi, exp(above), sum.lo);
        expected = pair_plus_product(expected, j == label ? own : other, above);
    }
    place = most_over_lanes(lines[ITEM(1)], place);
    sum = PAIR_SUM(sum);
    expected = PAIR_SUM(expected);
    if (ROW >= rows) return;
    OF_ROW(j) {
        const float wanted = j == label ? own : other;
        AT(gradient, ROW * cols + j) = (exp(AT(logits, ROW * cols + j) - top) / sum.hi - wanted) / divisor;
    }
    if (ITEM(0) != 0) return;
    AT(parts, 2 * ROW) = pair_sum(log(sum.hi), -expected.hi, sum.lo / sum.hi - expected.lo);
    AT(parts, 2 * ROW + 1) = pair_of(-place == (float)label ? 1.0f : 0.0f, 0.0f);
}

// V += (t - r) du_dt in the last rows, from `first` on.
KERNEL add_correction(FLOATS(V), PAIRS(parts), FLOATS(du_dt), FLOATS(r), FLOATS(t), const long first, const long rows,
                      const long cols) {
    PAIR_LINES;
    Pair squares = {0.0f, 0.0f};
    OF_ROW(j) {
        const float correction = (AT(t, ROW) - AT(r, ROW)) * AT(du_dt, ROW * cols + j);
        AT(V, (first + ROW) * cols + j) += correction;
        squares = pair_plus_product(squares, correction, correction);
    }
    squares = PAIR_SUM(squares);
    if (ROW < rows && ITEM(0) == 0) {
        AT(parts, 2 * ROW) = pair_of(0.0f, 0.0f);
        AT(parts, 2 * ROW + 1) = squares;
    }
}

// One group: loss = the sum of the first numbers / divisor, total += that of the second.
KERNEL finish_losses(FLOATS(loss), PAIRS(total), PAIRS(parts), const float divisor, const long rows) {
    PAIR_LINES;
    Pair first = {0.0f, 0.0f}, second = {0.0f, 0.0f};
    for (long i = ITEM(0); i < rows; i += LANES) {
        first = pair_plus(first, AT(parts, 2 * i));
        second = pair_plus(second, AT(parts, 2 * i + 1));
    }
    first = PAIR_SUM(first);
    second = PAIR_SUM(second);
    if (ITEM(0) != 0 || ITEM(1) != 0) return;
    if (WANTED(loss)) AT(loss, 0) = first.hi / divisor;
    if (WANTED(total)) AT(total, 0) = pair_plus(AT(total, 0), second);
}

KERNEL add_total(PAIRS(total), FLOATS(x)) {
    if (INDEX == 0) AT(total, 0) = pair_sum(AT(total, 0).hi, AT(x, 0), AT(total, 0).lo);
}
