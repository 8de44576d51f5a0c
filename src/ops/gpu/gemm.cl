// SPDX-License-Identifier: MIT
// c (m, n) = a (m, k) b (k, n), added up over k in one order for each number. 16 x 16 items make 64 x 64 numbers, 4 x 4
// each; factors go by in tiles of 16 of k. Where there is much k and little else, groups share k in pieces of `piece`, and
// c has a matrix for each piece.
#define TILE 64
#define DEPTH 16
#define PAD (TILE + 1)

// Rows (or columns) [first, first + 64) and k [begin, begin + 16) of a factor; zeros where it ends. In memory k counts by
// `k_step` and rows by `row_step`, one of which is 1: neighbouring items read neighbours.
HELPER void load_tile(SHARED_POINTER float *tile, GLOBAL const void *x, int is16, ulong x_first, long row_step,
                      long k_step, long first, long rows, long begin, long end) {
    const int item = ITEM(1) * 16 + ITEM(0);
    for (int q = item; q < TILE * DEPTH; q += 256) {
        const int p = k_step == 1 ? q % DEPTH : q / TILE, i = k_step == 1 ? q / DEPTH : q % TILE;
        const int inside = first + i < rows && begin + p < end;
        tile[p * PAD + i] =
            inside ? get(x, is16, x_first + (ulong)((first + i) * row_step + (begin + p) * k_step)) : 0.0f;
    }
}

KERNEL matrix_product(FLOATS(c), EITHER(a), const long a_row, const long a_k, EITHER(b), const long b_col,
                      const long b_k, FLOATS(bias), const int add, const long m, const long n, const long k,
                      const long piece) {
    SHARED float left[DEPTH * PAD], right[DEPTH * PAD];
    const long row = GROUP(1) * TILE, col = GROUP(0) * TILE, first_k = GROUP(2) * piece;
    const long last_k = first_k + piece < k ? first_k + piece : k;
    float sums[4][4];
    UNROLL for (int r = 0; r < 4; ++r) UNROLL for (int s = 0; s < 4; ++s) sums[r][s] = 0;
    for (long begin = first_k; begin < last_k; begin += DEPTH) {
        load_tile(left, a_at, a_is16, a_first, a_row, a_k, row, m, begin, last_k);
        load_tile(right, b_at, b_is16, b_first, b_col, b_k, col, n, begin, last_k);
        BARRIER;
        // A tile has sums of its own: long sums are the more exact for it.
        float own[4][4];
        UNROLL for (int r = 0; r < 4; ++r) UNROLL for (int s = 0; s < 4; ++s) own[r][s] = 0;
        for (int p = 0; p < DEPTH; ++p) {
            float x[4], y[4];
            UNROLL for (int r = 0; r < 4; ++r) x[r] = left[p * PAD + ITEM(1) + 16 * r];
            UNROLL for (int s = 0; s < 4; ++s) y[s] = right[p * PAD + ITEM(0) + 16 * s];
            UNROLL for (int r = 0; r < 4; ++r) UNROLL for (int s = 0; s < 4; ++s) own[r][s] += x[r] * y[s];
        }
        UNROLL for (int r = 0; r < 4; ++r) UNROLL for (int s = 0; s < 4; ++s) sums[r][s] += own[r][s];
        BARRIER;
    }
    UNROLL for (int r = 0; r < 4; ++r) UNROLL for (int s = 0; s < 4; ++s) {
        const long i = row + ITEM(1) + 16 * r, j = col + ITEM(0) + 16 * s, at = (GROUP(2) * m + i) * n + j;
        if (i >= m || j >= n) continue;
        float sum = sums[r][s];
        if (WANTED(bias)) sum += AT(bias, j);
        AT(c, at) = add ? AT(c, at) + sum : sum;
    }
}
