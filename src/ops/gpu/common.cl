// SPDX-License-Identifier: MIT
// What every text of kernels stands on. A matrix of f32 is a parameter FLOATS(x), read and written as AT(x, i); one of f32
// or bf16 is EITHER(x), read by GET(x, i) and written by PUT(x, i, value). An absent one is not WANTED.
#define FLOATS(x) GLOBAL float *x##_at, const ulong x##_first
#define INTS(x) GLOBAL int *x##_at, const ulong x##_first
#define PAIRS(x) GLOBAL Pair *x##_at, const ulong x##_first
#define EITHER(x) GLOBAL void *x##_at, const ulong x##_first, const int x##_is16
#define AT(x, i) x##_at[x##_first + (ulong)(i)]
#define GET(x, i) get(x##_at, x##_is16, x##_first + (ulong)(i))
#define PUT(x, i, value) put(x##_at, x##_is16, x##_first + (ulong)(i), value)
#define WANTED(x) (x##_at != 0)
// Calls on a row of items: number of this item among all.
#define INDEX (GROUP(0) * 256 + ITEM(0))
// Calls of 32 x 4 items, 32 for each row: number of the row.
#define ROW (GROUP(0) * 4 + ITEM(1))
#define LANES 32

// A number of 48 bits as the sum of two floats, the second at most half a unit in the last place of the first (Dekker 1971).
// Graphics cards have no double precision, or little of it.
typedef struct {
    float hi, lo;
} Pair;

HELPER Pair pair_of(float hi, float lo) {
    const Pair out = {hi, lo};
    return out;
}

// a + b and what its rounding left out (Knuth), added to the low part.
HELPER Pair pair_sum(float a, float b, float low) {
    const float sum = PLUS(a, b), part = PLUS(sum, -a);
    const float rest = PLUS(PLUS(PLUS(a, -PLUS(sum, -part)), PLUS(b, -part)), low), hi = PLUS(sum, rest);
    return pair_of(hi, PLUS(rest, -PLUS(hi, -sum)));
}

HELPER Pair pair_plus(Pair a, Pair b) { return pair_sum(a.hi, b.hi, PLUS(a.lo, b.lo)); }

HELPER Pair pair_times(Pair a, float x) {
    const float product = TIMES(a.hi, x), rest = PLUS(fma(a.hi, x, -product), TIMES(a.lo, x)), hi = PLUS(product, rest);
    return pair_of(hi, PLUS(rest, -PLUS(hi, -product)));
}

HELPER Pair pair_plus_product(Pair sum, float a, float b) { return pair_plus(sum, pair_times(pair_of(a, 0.0f), b)); }

HELPER float float_of(ushort bits) { return as_float((uint)bits << 16); }

// To nearest, ties to even; NaN stays NaN.
HELPER ushort bf16_of(float value) {
    const uint bits = as_uint(value);
    const uint rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    return (ushort)((bits & 0x7FFFFFFFu) > 0x7F800000u ? (bits >> 16) | 0x40u : rounded);
}

HELPER float get(GLOBAL const void *x, int is16, ulong i) {
    return is16 ? float_of(((GLOBAL const ushort *)x)[i]) : ((GLOBAL const float *)x)[i];
}

HELPER void put(GLOBAL void *y, int is16, ulong i, float value) {
    if (is16)
        ((GLOBAL ushort *)y)[i] = bf16_of(value);
    else
        ((GLOBAL float *)y)[i] = value;
}

// The sum over the lanes of a row, in one order. All items of the group have to call it; `line` is the row's.
HELPER float sum_of_lanes(SHARED_POINTER float *line, float x) {
    const int lane = ITEM(0);
    line[lane] = x;
    BARRIER;
    for (int width = LANES / 2; width > 0; width /= 2) {
        if (lane < width) line[lane] += line[lane + width];
        BARRIER;
    }
    const float sum = line[0];
    BARRIER;
    return sum;
}

// Of calls for rows: a line of local memory for each row of the group, sums over a row, and its columns of this item.
#define ROW_LINES SHARED float lines[4][LANES]
#define ROW_SUM(x) sum_of_lanes(lines[ITEM(1)], x)
#define OF_ROW(j) for (long j = ITEM(0); j < cols && ROW < rows; j += LANES)

// A function of one number and its slope.
typedef struct {
    float value, slope;
} Curve;

// x s, s = 1 / (1 + e^-x); 1 - s = g s, without the cancellation.
HELPER Curve silu(float x) {
    const float g = exp(-fmax(x, -87.0f)), s = 1.0f / (1.0f + g), value = x * s;
    const Curve out = {value, s + value * (g * s)};
    return out;
}
