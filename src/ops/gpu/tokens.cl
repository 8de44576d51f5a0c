// SPDX-License-Identifier: MIT
// Tokens [first, first + number) of sequences of `length`.
KERNEL put_tokens(FLOATS(y), FLOATS(w), FLOATS(e), const long first, const long number, const long length,
                  const long cols, const long count) {
    if (INDEX >= count) return;
    const long j = INDEX % cols, i = INDEX / cols % number, s = INDEX / cols / number;
    const float own = AT(e, s * cols + j);
    AT(y, (s * length + first + i) * cols + j) = WANTED(w) ? AT(w, i * cols + j) + own : own;
}

// dw += the sum over samples.
KERNEL add_over_samples(FLOATS(dw), FLOATS(dy), const long first, const long number, const long length,
                        const long samples, const long cols) {
    if (INDEX >= number * cols) return;
    float sum = 0;
    for (long s = 0; s < samples; ++s) sum += AT(dy, (s * length + first) * cols + INDEX);
    AT(dw, INDEX) += sum;
}

// sums (samples, cols) = factor times the sum over the tokens of a sample.
KERNEL sum_over_tokens(FLOATS(sums), FLOATS(x), const float factor, const long first, const long number,
                       const long length, const long cols) {
    const long j = GROUP(0) * 64 + ITEM(0), s = GROUP(1);
    if (j >= cols) return;
    float sum = 0;
    for (long i = 0; i < number; ++i) sum += AT(x, (s * length + first + i) * cols + j);
    AT(sums, s * cols + j) = factor * sum;
}

KERNEL spread_over_tokens(FLOATS(dx), FLOATS(dy), const float factor, const long tokens, const long cols,
                          const long count) {
    if (INDEX < count) AT(dx, INDEX) = factor * AT(dy, INDEX / cols / tokens * cols + INDEX % cols);
}

// The first row of a label adds those of all rows with it, in order.
KERNEL embedding_adjoint(FLOATS(table), FLOATS(dy), INTS(labels), const long rows, const long cols) {
    const long j = GROUP(0) * 64 + ITEM(0), i = GROUP(1);
    if (j >= cols) return;
    const int label = AT(labels, i);
    for (long before = 0; before < i; ++before)
        if (AT(labels, before) == label) return;
    float sum = 0;
    for (long k = i; k < rows; ++k)
        if (AT(labels, k) == label) sum += AT(dy, k * cols + j);
    AT(table, label * cols + j) += sum;
}
