// SPDX-License-Identifier: MIT
// Attention of one head in blocks of 32 queries and 32 keys, whose scores stay in the group. The columns of a head go by
// in CHUNKS pieces of 32. A group has 16 x 16 items; each has rows ITEM(1) and ITEM(1) + 16 of a block, and columns
// ITEM(0) and ITEM(0) + 16.
#define BLOCK 32
#define PAD 33
#define ITEM_ROW(r) (ITEM(1) + 16 * (r))
#define ITEM_COL(s) (ITEM(0) + 16 * (s))
#define EACH(i) UNROLL for (int i = 0; i < 2; ++i)
#define EACH_CHUNK(c) UNROLL for (int c = 0; c < CHUNKS; ++c)
#define TILE(name) SHARED float name[BLOCK * PAD]

// Rows [row, row + 32) and columns [32 chunk, 32 chunk + 32) of a head (rows, d), whose rows are `stride` numbers apart;
// zeros where it ends.
HELPER void load(SHARED_POINTER float *tile, GLOBAL const void *x, int is16, ulong first, long row, long rows, int chunk,
                 long d, long stride) {
    for (int q = ITEM(1) * 16 + ITEM(0); q < BLOCK * BLOCK; q += 256) {
        const int i = q / BLOCK, j = q % BLOCK;
        const int inside = row + i < rows && chunk * BLOCK + j < d;
        tile[i * PAD + j] = inside ? get(x, is16, first + (ulong)((row + i) * stride + chunk * BLOCK + j)) : 0.0f;
    }
}

// sums += a bᵀ for the columns of a tile.
HELPER void add_turned(float sums[2][2], SHARED_POINTER const float *a, SHARED_POINTER const float *b) {
    for (int p = 0; p < BLOCK; ++p)
        EACH(r) EACH(s) sums[r][s] += a[ITEM_ROW(r) * PAD + p] * b[ITEM_COL(s) * PAD + p];
}

// sums += a b.
HELPER void add_straight(float sums[2][2], SHARED_POINTER const float *a, SHARED_POINTER const float *b) {
    for (int p = 0; p < BLOCK; ++p) EACH(r) EACH(s) sums[r][s] += a[ITEM_ROW(r) * PAD + p] * b[p * PAD + ITEM_COL(s)];
}

HELPER void clear(float sums[2][2]) { EACH(r) EACH(s) sums[r][s] = 0; }

// GROUP(0): block of queries, GROUP(1): head of a sample. A tangent covers the samples from `..._still` on.
KERNEL attention(EITHER(y), EITHER(y_dot), FLOATS(log_sums), EITHER(q), EITHER(k), EITHER(v), EITHER(q_dot),
                 EITHER(k_dot), EITHER(v_dot), const long y_still, const long q_still, const long k_still,
                 const long v_still, const long tokens, const long heads, const long d, const float scale) {
    TILE(left); TILE(right); TILE(left_dot); TILE(right_dot); TILE(weights); TILE(moved);
    SHARED float top[BLOCK], total[BLOCK], drift[BLOCK], shrink[BLOCK], part[BLOCK * 8], drift_part[BLOCK * 8];
    const int item = ITEM(1) * 16 + ITEM(0), soft_row = item / 8, soft_col = item % 8;
    const long sample = GROUP(1) / heads, head = GROUP(1) % heads, row = GROUP(0) * BLOCK, stride = heads * d;
    const ulong at = (ulong)(sample * tokens * stride + head * d);
#define TANGENT_AT(still) ((ulong)((sample - still) * tokens * stride + head * d))
#define TANGENT_ROWS(x, still) (WANTED(x) && sample >= still ? tokens : 0)
    const int moves = WANTED(y_dot) && sample >= y_still;
    const long q_rows = TANGENT_ROWS(q_dot, q_still), k_rows = TANGENT_ROWS(k_dot, k_still),
               v_rows = TANGENT_ROWS(v_dot, v_still);
    float out[CHUNKS][2][2], out_dot[CHUNKS][2][2];
    EACH_CHUNK(c) { clear(out[c]); clear(out_dot[c]); }
    if (item < BLOCK) {
        top[item] = -INFINITY;
        total[item] = drift[item] = 0;
    }
    for (long key = 0; key < tokens; key += BLOCK) {
        float scores[2][2], scores_dot[2][2];
        clear(scores);
        clear(scores_dot);
        for (int c = 0; c < CHUNKS; ++c) {
            BARRIER;
            load(left, q_at, q_is16, q_first + at, row, tokens, c, d, stride);
            load(right, k_at, k_is16, k_first + at, key, tokens, c, d, stride);
            if (moves) {
                load(left_dot, q_dot_at, q_dot_is16, q_dot_first + TANGENT_AT(q_still), row, q_rows, c, d, stride);
                load(right_dot, k_dot_at, k_dot_is16, k_dot_first + TANGENT_AT(k_still), key, k_rows, c, d, stride);
            }
            BARRIER;
            add_turned(scores, left, right);
            if (moves) {
                add_turned(scores_dot, left_dot, right);
                add_turned(scores_dot, left, right_dot);
            }
        }
        EACH(r) EACH(s) {
            weights[ITEM_ROW(r) * PAD + ITEM_COL(s)] = key + ITEM_COL(s) < tokens ? scale * scores[r][s] : -INFINITY;
            moved[ITEM_ROW(r) * PAD + ITEM_COL(s)] = scale * scores_dot[r][s];
        }
        BARRIER;
        // Eight items have a row of scores. New weights are relative to the largest score so far.
        float largest = -INFINITY;
        for (int j = soft_col; j < BLOCK; j += 8) largest = fmax(largest, weights[soft_row * PAD + j]);
        part[item] = largest;
        BARRIER;
        const float before = top[soft_row];
        largest = before;
        for (int j = 0; j < 8; ++j) largest = fmax(largest, part[soft_row * 8 + j]);
        BARRIER;
        float sum = 0, drift_sum = 0;
        for (int j = soft_col; j < BLOCK; j += 8) {
            const int place = soft_row * PAD + j;
            const float weight = exp(weights[place] - largest);
            weights[place] = weight;
            moved[place] *= weight;
            sum += weight;
            drift_sum += moved[place];
        }
        part[item] = sum;
        drift_part[item] = drift_sum;
        BARRIER;
        if (soft_col == 0) {
            sum = drift_sum = 0;
            for (int j = 0; j < 8; ++j) {
                sum += part[item + j];
                drift_sum += drift_part[item + j];
            }
            shrink[soft_row] = exp(before - largest);
            top[soft_row] = largest;
            total[soft_row] = total[soft_row] * shrink[soft_row] + sum;
            drift[soft_row] = drift[soft_row] * shrink[soft_row] + drift_sum;
        }
        BARRIER;
        EACH_CHUNK(c) EACH(r) EACH(s) {
            out[c][r][s] *= shrink[ITEM_ROW(r)];
            out_dot[c][r][s] *= shrink[ITEM_ROW(r)];
        }
        EACH_CHUNK(c) {
            BARRIER;
            load(right, v_at, v_is16, v_first + at, key, tokens, c, d, stride);
            if (moves)
                load(right_dot, v_dot_at, v_dot_is16, v_dot_first + TANGENT_AT(v_still), key, v_rows, c, d, stride);
            BARRIER;
            add_straight(out[c], weights, right);
            if (moves) {
                add_straight(out_dot[c], moved, right);
                add_straight(out_dot[c], weights, right_dot);
            }
        }
    }
    BARRIER;
    EACH_CHUNK(c) EACH(r) EACH(s) {
        const long i = row + ITEM_ROW(r), j = c * BLOCK + ITEM_COL(s);
        if (i >= tokens || j >= d) continue;
        const float share = 1.0f / total[ITEM_ROW(r)], value = out[c][r][s] * share;
        PUT(y, at + (ulong)(i * stride + j), value);
        if (moves)
            PUT(y_dot, TANGENT_AT(y_still) + (ulong)(i * stride + j),
                out_dot[c][r][s] * share - drift[ITEM_ROW(r)] * share * value);
    }
    if (WANTED(log_sums) && item < BLOCK && row + item < tokens)
        AT(log_sums, GROUP(1) * tokens + row + item) = top[item] + log(total[item]);
}

// along (samples * heads, tokens): the sum of o dy over the columns of a head.
KERNEL attention_along(FLOATS(along), EITHER(o), FLOATS(dy), const long tokens, const long heads, const long cols,
                       const long rows) {
    ROW_LINES;
    const long token = ROW % tokens, head = ROW / tokens % heads, sample = ROW / tokens / heads;
    const long first = ((sample * tokens + token) * heads + head) * cols;
    float sum = 0;
    OF_ROW(j) sum += GET(o, first + j) * AT(dy, first + j);
    sum = ROW_SUM(sum);
    if (ROW < rows && ITEM(0) == 0) AT(along, ROW) = sum;
}

// GROUP(0): block of queries.
KERNEL attention_adjoint_queries(FLOATS(dq), EITHER(q), EITHER(k), EITHER(v), FLOATS(log_sums), FLOATS(along),
                                 FLOATS(dy), const long tokens, const long heads, const long d, const float scale) {
    TILE(queries); TILE(keys); TILE(gradients); TILE(values); TILE(ds);
    const long sample = GROUP(1) / heads, head = GROUP(1) % heads, row = GROUP(0) * BLOCK, stride = heads * d;
    const ulong at = (ulong)(sample * tokens * stride + head * d);
    float out[CHUNKS][2][2];
    EACH_CHUNK(c) clear(out[c]);
    for (long key = 0; key < tokens; key += BLOCK) {
        float scores[2][2], gains[2][2];
        clear(scores);
        clear(gains);
        for (int c = 0; c < CHUNKS; ++c) {
            BARRIER;
            load(queries, q_at, q_is16, q_first + at, row, tokens, c, d, stride);
            load(keys, k_at, k_is16, k_first + at, key, tokens, c, d, stride);
            load(gradients, dy_at, 0, dy_first + at, row, tokens, c, d, stride);
            load(values, v_at, v_is16, v_first + at, key, tokens, c, d, stride);
            BARRIER;
            add_turned(scores, queries, keys);
            add_turned(gains, gradients, values);
        }
        EACH(r) EACH(s) {
            const long i = row + ITEM_ROW(r), j = key + ITEM_COL(s);
            float value = 0;
            if (i < tokens && j < tokens)
                value = exp(scale * scores[r][s] - AT(log_sums, GROUP(1) * tokens + i)) *
                        (gains[r][s] - AT(along, GROUP(1) * tokens + i)) * scale;
            ds[ITEM_ROW(r) * PAD + ITEM_COL(s)] = value;
        }
        EACH_CHUNK(c) {
            BARRIER;
            load(keys, k_at, k_is16, k_first + at, key, tokens, c, d, stride);
            BARRIER;
            add_straight(out[c], ds, keys);
        }
    }
    EACH_CHUNK(c) EACH(r) EACH(s) {
        const long i = row + ITEM_ROW(r), j = c * BLOCK + ITEM_COL(s);
        if (i < tokens && j < d) AT(dq, at + (ulong)(i * stride + j)) = out[c][r][s];
    }
}

// GROUP(0): block of keys.
KERNEL attention_adjoint_keys(FLOATS(dk), FLOATS(dv), EITHER(q), EITHER(k), EITHER(v), FLOATS(log_sums),
                              FLOATS(along), FLOATS(dy), const long tokens, const long heads, const long d,
                              const float scale) {
    TILE(queries); TILE(keys); TILE(gradients); TILE(values); TILE(weights); TILE(ds);
    const long sample = GROUP(1) / heads, head = GROUP(1) % heads, row = GROUP(0) * BLOCK, stride = heads * d;
    const ulong at = (ulong)(sample * tokens * stride + head * d);
    float out_k[CHUNKS][2][2], out_v[CHUNKS][2][2];
    EACH_CHUNK(c) { clear(out_k[c]); clear(out_v[c]); }
    for (long query = 0; query < tokens; query += BLOCK) {
        float scores[2][2], gains[2][2];
        clear(scores);
        clear(gains);
        for (int c = 0; c < CHUNKS; ++c) {
            BARRIER;
            load(queries, q_at, q_is16, q_first + at, query, tokens, c, d, stride);
            load(keys, k_at, k_is16, k_first + at, row, tokens, c, d, stride);
            load(gradients, dy_at, 0, dy_first + at, query, tokens, c, d, stride);
            load(values, v_at, v_is16, v_first + at, row, tokens, c, d, stride);
            BARRIER;
            add_turned(scores, keys, queries);
            add_turned(gains, values, gradients);
        }
        EACH(r) EACH(s) {
            const long i = row + ITEM_ROW(r), j = query + ITEM_COL(s);
            float weight = 0, value = 0;
            if (i < tokens && j < tokens) {
                weight = exp(scale * scores[r][s] - AT(log_sums, GROUP(1) * tokens + j));
                value = weight * (gains[r][s] - AT(along, GROUP(1) * tokens + j)) * scale;
            }
            weights[ITEM_ROW(r) * PAD + ITEM_COL(s)] = weight;
            ds[ITEM_ROW(r) * PAD + ITEM_COL(s)] = value;
        }
        EACH_CHUNK(c) {
            BARRIER;
            load(queries, q_at, q_is16, q_first + at, query, tokens, c, d, stride);
            load(gradients, dy_at, 0, dy_first + at, query, tokens, c, d, stride);
            BARRIER;
            add_straight(out_k[c], ds, queries);
            add_straight(out_v[c], weights, gradients);
        }
    }
    EACH_CHUNK(c) EACH(r) EACH(s) {
        const long i = row + ITEM_ROW(r), j = c * BLOCK + ITEM_COL(s);
        if (i >= tokens || j >= d) continue;
        AT(dk, at + (ulong)(i * stride + j)) = out_k[c][r][s];
        AT(dv, at + (ulong)(i * stride + j)) = out_v[c][r][s];
    }
}
