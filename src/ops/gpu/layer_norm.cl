// SPDX-License-Identifier: MIT
// The law stands in ops/layer_norm.hpp.
KERNEL layer_norm(FLOATS(y), FLOATS(s), FLOATS(x), const long rows, const long cols, const float eps) {
    ROW_LINES;
    float sum = 0, squares = 0;
    OF_ROW(j) sum += AT(x, ROW * cols + j);
    const float mean = ROW_SUM(sum) / (float)cols;
    OF_ROW(j) {
        const float moved = AT(x, ROW * cols + j) - mean;
        squares += moved * moved;
    }
    const float scale = 1.0f / sqrt(ROW_SUM(squares) / (float)cols + eps);
    OF_ROW(j) AT(y, ROW * cols + j) = (AT(x, ROW * cols + j) - mean) * scale;
    if (ROW < rows && ITEM(0) == 0) AT(s, ROW) = scale;
}

KERNEL layer_norm_slope(FLOATS(y), FLOATS(d), FLOATS(n), FLOATS(s), const long rows, const long cols) {
    ROW_LINES;
    float sum = 0, along = 0;
    OF_ROW(j) {
        sum += AT(d, ROW * cols + j);
        along += AT(d, ROW * cols + j) * AT(n, ROW * cols + j);
    }
    const float mean = ROW_SUM(sum) / (float)cols, share = ROW_SUM(along) / (float)cols;
    OF_ROW(j) AT(y, ROW * cols + j) = (AT(d, ROW * cols + j) - mean - AT(n, ROW * cols + j) * share) * AT(s, ROW);
}
