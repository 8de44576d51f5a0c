// SPDX-License-Identifier: MIT
// rms_norm.cl and rope.cl in one pass, value and tangent: a row of items for each head of each token.
KERNEL rms_norm_rope(EITHER(y), EITHER(y_dot), FLOATS(s), FLOATS(x), FLOATS(x_dot), FLOATS(g), FLOATS(cosines),
                     FLOATS(sines), const float eps, const long still, const long heads, const long tokens, const long rows,
                     const long cols) {
    ROW_LINES;
    const int moves = WANTED(x_dot) && ROW >= still && ROW < rows;
    float squares = 0, products = 0;
    OF_ROW(j) {
        const float a = AT(x, ROW * cols + j);
        squares += a * a;
        if (moves) products += a * AT(x_dot, (ROW - still) * cols + j);
    }
    const float scale = 1.0f / sqrt(ROW_SUM(squares) / (float)cols + eps);
    const float along = ROW_SUM(products) * scale * scale / (float)cols;
    if (ROW >= rows) return;
    if (ITEM(0) == 0) AT(s, ROW) = scale;
    const long angles = ROW / heads % tokens * cols;
    for (long j = 2 * ITEM(0); j < cols; j += 2 * LANES) {
        const float c = AT(cosines, angles + j), next_c = AT(cosines, angles + j + 1);
        const float z = AT(sines, angles + j), next_z = AT(sines, angles + j + 1);
        const float own = scale * AT(g, j), next = scale * AT(g, j + 1);
        const float a = AT(x, ROW * cols + j), b = AT(x, ROW * cols + j + 1);
        PUT(y, ROW * cols + j, b * next * z + a * own * c);
        PUT(y, ROW * cols + j + 1, a * own * next_z + b * next * next_c);
        if (!moves) continue;
        const long at = (ROW - still) * cols + j;
        const float a_dot = (AT(x_dot, at) - a * along) * own, b_dot = (AT(x_dot, at + 1) - b * along) * next;
        PUT(y_dot, at, b_dot * z + a_dot * c);
        PUT(y_dot, at + 1, a_dot * next_z + b_dot * next_c);
    }
}
