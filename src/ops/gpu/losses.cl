// SPDX-License-Identifier: MIT
// Losses row by row, in double precision; each row leaves two numbers, which one group adds up in one order.
#define DOUBLE_LINES SHARED double lines[4][LANES]
#define DOUBLE_SUM(x) over_lanes(lines[ITEM(1)], x, 0)
#define DOUBLE_MOST(x) over_lanes(lines[ITEM(1)], x, 1)

// The sum or the largest over the lanes of a row. All items of the group have to call it.
HELPER double over_lanes(SHARED_POINTER double *line, double x, int most) {
    const int lane = ITEM(0);
    line[lane] = x;
    BARRIER;
    for (int width = LANES / 2; width > 0; width /= 2) {
        if (lane < width) line[lane] = most ? fmax(line[lane], line[lane + width]) : line[lane] + line[lane + width];
        BARRIER;
    }
    const double out = line[0];
    BARRIER;
    return out;
}

KERNEL square_loss(FLOATS(gradient), DOUBLES(parts), FLOATS(p), FLOATS(y), const double power, const double floor_of_q,
                   const double divisor, const long rows, const long cols) {
    DOUBLE_LINES;
    double q = 0;
    OF_ROW(j) {
        const float difference = AT(p, ROW * cols + j) - AT(y, ROW * cols + j);
        q += (double)difference * (double)difference;
    }
    q = DOUBLE_SUM(q);
    if (ROW >= rows) return;
    const double w = power == 0 ? 1.0 : power == 1 ? 1.0 / (q + floor_of_q) : pow(q + floor_of_q, -power);
    const float factor = (float)(2.0 * w / divisor);
    OF_ROW(j) AT(gradient, ROW * cols + j) = factor * (AT(p, ROW * cols + j) - AT(y, ROW * cols + j));
    if (ITEM(0) != 0) return;
    AT(parts, 2 * ROW) = w * q;
    AT(parts, 2 * ROW + 1) = q;
}

KERNEL cross_entropy(FLOATS(gradient), DOUBLES(parts), FLOATS(logits), INTS(labels), const double smoothing,
                     const double divisor, const long rows, const long cols) {
    DOUBLE_LINES;
    const int label = ROW < rows ? AT(labels, ROW) : 0;
    double top = -INFINITY, place = -INFINITY, sum = 0, expected = 0;
    OF_ROW(j) top = fmax(top, (double)AT(logits, ROW * cols + j));
    top = DOUBLE_MOST(top);
    OF_ROW(j) {
        const double above = (double)AT(logits, ROW * cols + j) - top;
        if (above == 0) place = fmax(place, -(double)j);  // the first of the largest
        sum += exp(above);
        expected += (smoothing / (double)cols + (j == label ? 1 - smoothing : 0.0)) * above;
    }
    place = DOUBLE_MOST(place);
    sum = DOUBLE_SUM(sum);
    expected = DOUBLE_SUM(expected);
    if (ROW >= rows) return;
    OF_ROW(j) {
        const double wanted = smoothing / (double)cols + (j == label ? 1 - smoothing : 0.0);
        AT(gradient, ROW * cols + j) =
            (float)((exp((double)AT(logits, ROW * cols + j) - top) / sum - wanted) / divisor);
    }
    if (ITEM(0) != 0) return;
    AT(parts, 2 * ROW) = log(sum) - expected;
    AT(parts, 2 * ROW + 1) = -place == (double)label ? 1 : 0;
}

// V += (t - r) du_dt in the last rows, from `first` on.
KERNEL add_correction(FLOATS(V), DOUBLES(parts), FLOATS(du_dt), FLOATS(r), FLOATS(t), const long first,
                      const long rows, const long cols) {
    DOUBLE_LINES;
    double squares = 0;
    OF_ROW(j) {
        const float correction = (AT(t, ROW) - AT(r, ROW)) * AT(du_dt, ROW * cols + j);
        AT(V, (first + ROW) * cols + j) += correction;
        squares += (double)correction * (double)correction;
    }
    squares = DOUBLE_SUM(squares);
    if (ROW < rows && ITEM(0) == 0) {
        AT(parts, 2 * ROW) = 0;
        AT(parts, 2 * ROW + 1) = squares;
    }
}

// One group: loss = the sum of the first numbers / divisor, total += that of the second.
KERNEL finish_losses(FLOATS(loss), DOUBLES(total), DOUBLES(parts), const double divisor, const long rows) {
    DOUBLE_LINES;
    double first = 0, second = 0;
    for (long i = ITEM(0); i < rows; i += LANES) {
        first += AT(parts, 2 * i);
        second += AT(parts, 2 * i + 1);
    }
    first = DOUBLE_SUM(first);
    second = DOUBLE_SUM(second);
    if (ITEM(0) != 0 || ITEM(1) != 0) return;
    if (WANTED(loss)) AT(loss, 0) = (float)(first / divisor);
    if (WANTED(total)) AT(total, 0) += second;
}

KERNEL add_total(DOUBLES(total), FLOATS(x)) {
    if (INDEX == 0) AT(total, 0) += (double)AT(x, 0);
}
