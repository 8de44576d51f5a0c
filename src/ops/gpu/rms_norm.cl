// SPDX-License-Identifier: MIT
// The law stands in ops/rms_norm.hpp.
KERNEL rms_norm(EITHER(y), FLOATS(s), FLOATS(x), FLOATS(g), const long rows, const long cols, const float eps) {
    ROW_LINES;
    float sum = 0;
    OF_ROW(j) sum += AT(x, ROW * cols + j) * AT(x, ROW * cols + j);
    const float scale = 1.0f / sqrt(ROW_SUM(sum) / (float)cols + eps);
    OF_ROW(j) PUT(y, ROW * cols + j, AT(x, ROW * cols + j) * scale * AT(g, j));
    if (ROW < rows && ITEM(0) == 0) AT(s, ROW) = scale;
}

KERNEL rms_norm_tangent(EITHER(y_dot), FLOATS(x), FLOATS(x_dot), FLOATS(s), FLOATS(g), const long rows,
                        const long cols) {
    ROW_LINES;
    float sum = 0;
    OF_ROW(j) sum += AT(x, ROW * cols + j) * AT(x_dot, ROW * cols + j);
    sum = ROW_SUM(sum);
    if (ROW >= rows) return;
    const float scale = AT(s, ROW), along = sum * scale * scale / (float)cols;
    OF_ROW(j) PUT(y_dot, ROW * cols + j, (AT(x_dot, ROW * cols + j) - AT(x, ROW * cols + j) * along) * scale * AT(g, j));
}

KERNEL rms_norm_adjoint(FLOATS(dx), FLOATS(dy), FLOATS(x), FLOATS(s), FLOATS(g), const long rows, const long cols) {
    ROW_LINES;
    float sum = 0;
    OF_ROW(j) sum += AT(x, ROW * cols + j) * AT(g, j) * AT(dy, ROW * cols + j);
    sum = ROW_SUM(sum);
    if (ROW >= rows) return;
    const float scale = AT(s, ROW), along = sum * scale * scale / (float)cols;
    OF_ROW(j) AT(dx, ROW * cols + j) = (AT(g, j) * AT(dy, ROW * cols + j) - AT(x, ROW * cols + j) * along) * scale;
}

// parts (blocks, cols): sums over the rows of a block of x s dy.
KERNEL rms_norm_gain_parts(FLOATS(parts), FLOATS(dy), FLOATS(x), FLOATS(s), const long rows, const long cols,
                           const long block) {
    const long j = GROUP(0) * 64 + ITEM(0), begin = GROUP(1) * block;
    const long end = begin + block < rows ? begin + block : rows;
    if (j >= cols) return;
    float sum = 0;
    for (long i = begin; i < end; ++i) sum += AT(x, i * cols + j) * AT(s, i) * AT(dy, i * cols + j);
    AT(parts, GROUP(1) * cols + j) = sum;
}
