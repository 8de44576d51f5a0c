// SPDX-License-Identifier: MIT
// Row i of x has gate i / tokens; tokens 0: all rows have the only gate.
#define GATE(i) AT(g, (tokens > 0 ? (i) / cols / tokens : 0) * cols + (i) % cols)

KERNEL gated_add(FLOATS(y), FLOATS(x), FLOATS(f), FLOATS(g), const long tokens, const long cols, const long count) {
    if (INDEX < count) AT(y, INDEX) = AT(x, INDEX) + GATE(INDEX) * AT(f, INDEX);
}

KERNEL gate(EITHER(df), FLOATS(dy), FLOATS(g), const long tokens, const long cols, const long count) {
    if (INDEX < count) PUT(df, INDEX, GATE(INDEX) * AT(dy, INDEX));
}

// Sums over the tokens of a sample.
KERNEL gate_gradient(FLOATS(dg), FLOATS(f), FLOATS(dy), const long tokens, const long cols) {
    const long j = GROUP(0) * 64 + ITEM(0), sample = GROUP(1);
    if (j >= cols) return;
    float sum = 0;
    for (long i = sample * tokens; i < (sample + 1) * tokens; ++i) sum += AT(f, i * cols + j) * AT(dy, i * cols + j);
    AT(dg, sample * cols + j) += sum;
}
