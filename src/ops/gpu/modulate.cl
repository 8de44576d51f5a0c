// SPDX-License-Identifier: MIT
// y = x (1 + scale) + shift
KERNEL modulate(EITHER(y), FLOATS(x), FLOATS(shift), FLOATS(scale), const long tokens, const long cols,
                const long count) {
    const long j = INDEX % cols, sample = INDEX / cols / tokens;
    if (INDEX >= count) return;
    PUT(y, INDEX, AT(x, INDEX) * (1.0f + AT(scale, sample * cols + j)) + AT(shift, sample * cols + j));
}

// y' for the rows from `still` on. Tangents cover the rows or samples from x_still, shift_still and scale_still on.
KERNEL modulate_tangent(EITHER(y_dot), FLOATS(x), FLOATS(scale), FLOATS(x_dot), FLOATS(shift_dot), FLOATS(scale_dot),
                        const long still, const long x_still, const long shift_still, const long scale_still,
                        const long tokens, const long cols, const long count) {
    if (INDEX >= count) return;
    const long row = still + INDEX / cols, sample = row / tokens, j = INDEX % cols;
    float sum = 0;
    if (WANTED(x_dot) && row >= x_still)
        sum = AT(x_dot, (row - x_still) * cols + j) * (1.0f + AT(scale, sample * cols + j));
    if (WANTED(scale_dot) && sample >= scale_still)
        sum += AT(x, row * cols + j) * AT(scale_dot, (sample - scale_still) * cols + j);
    if (WANTED(shift_dot) && sample >= shift_still) sum += AT(shift_dot, (sample - shift_still) * cols + j);
    PUT(y_dot, INDEX, sum);
}

KERNEL modulate_adjoint(FLOATS(dx), FLOATS(dshift), FLOATS(dscale), FLOATS(dy), FLOATS(x), FLOATS(scale),
                        const long tokens, const long cols) {
    const long j = GROUP(0) * 64 + ITEM(0), sample = GROUP(1);
    if (j >= cols) return;
    const float factor = 1.0f + AT(scale, sample * cols + j);
    float shift = 0, along = 0;
    for (long i = sample * tokens * cols + j; i < (sample + 1) * tokens * cols; i += cols) {
        AT(dx, i) = factor * AT(dy, i);
        along += AT(x, i) * AT(dy, i);
        shift += AT(dy, i);
    }
    AT(dshift, sample * cols + j) = shift;
    AT(dscale, sample * cols + j) = along;
}
