// SPDX-License-Identifier: MIT
KERNEL fill(EITHER(y), const float value, const long count) {
    if (INDEX < count) PUT(y, INDEX, value);
}

KERNEL convert(EITHER(y), EITHER(x), const long count) {
    if (INDEX < count) PUT(y, INDEX, GET(x, INDEX));
}

// From IEEE binary16, all of whose numbers are floats.
KERNEL convert_f16(EITHER(y), GLOBAL ushort *x_at, const ulong x_first, const long count) {
    if (INDEX >= count) return;
    const uint bits = AT(x, INDEX), sign = (bits & 0x8000u) << 16, rest = bits & 0x7FFFu;
    float value;
    if (rest >= 0x7C00u)
        value = as_float(sign | 0x7F800000u | ((rest & 0x3FFu) << 13));
    else if (rest >= 0x0400u)
        value = as_float(sign | ((rest << 13) + (112u << 23)));
    else
        value = as_float(sign | as_uint(as_float((rest << 13) + (113u << 23)) - as_float(113u << 23)));
    PUT(y, INDEX, value);
}

// From the halves of IEEE binary64 to the nearest float; ties to even.
KERNEL convert_f64(EITHER(y), INTS(x), const long count) {
    if (INDEX >= count) return;
    const uint low = (uint)AT(x, 2 * INDEX), high = (uint)AT(x, 2 * INDEX + 1), sign = high & 0x80000000u;
    const int exponent = (int)((high >> 20) & 0x7FFu) - 1023;
    const ulong digits = ((ulong)(high & 0xFFFFFu) << 32) | low;
    uint bits;
    if (exponent > 127) {
        bits = exponent == 1024 && digits != 0 ? 0x7FC00000u : 0x7F800000u;
    } else if (exponent < -150) {
        bits = 0;
    } else {
        // What is below 2^-126 has as many digits fewer.
        const int shift = exponent < -126 ? 29 + (-126 - exponent) : 29;
        const ulong whole = digits | ((ulong)1 << 52), middle = (ulong)1 << (shift - 1), kept = whole >> shift;
        const ulong rest = whole & ((middle << 1) - 1);
        bits = (uint)kept + (rest > middle || (rest == middle && (kept & 1)) ? 1u : 0u);
        if (exponent >= -126) bits += (uint)(exponent + 126) << 23;
    }
    PUT(y, INDEX, as_float(sign | bits));
}

KERNEL copy_runs(INTS(y), const long y_begin, const long y_stride, INTS(x), const long x_begin, const long x_stride,
                 const long count, const long length) {
    if (INDEX >= count * length) return;
    const long run = INDEX / length, i = INDEX % length;
    AT(y, y_begin + run * y_stride + i) = AT(x, x_begin + run * x_stride + i);
}

KERNEL gather_rows(INTS(y), INTS(x), INTS(rows), const long count, const long cols) {
    if (INDEX >= count) return;
    AT(y, INDEX) = AT(x, AT(rows, INDEX / cols) * cols + INDEX % cols);
}

KERNEL add_to(EITHER(sum), EITHER(x), const long count) {
    if (INDEX < count) PUT(sum, INDEX, GET(sum, INDEX) + GET(x, INDEX));
}

// `share`: columns of a for each column of b, which are all of them or one.
KERNEL add(FLOATS(y), FLOATS(a), FLOATS(b), const float factor, const long share, const long count) {
    if (INDEX < count) AT(y, INDEX) = AT(a, INDEX) + factor * AT(b, INDEX / share);
}

KERNEL multiply(FLOATS(y), FLOATS(a), FLOATS(b), const long share, const long count) {
    if (INDEX < count) AT(y, INDEX) = AT(a, INDEX) * AT(b, INDEX / share);
}

KERNEL scale(FLOATS(y), FLOATS(x), const float factor, const long count) {
    if (INDEX < count) AT(y, INDEX) = factor * AT(x, INDEX);
}

KERNEL scale_by(FLOATS(y), FLOATS(x), FLOATS(factor), const long count) {
    if (INDEX < count) AT(y, INDEX) = AT(factor, 0) * AT(x, INDEX);
}

KERNEL add_repeated(FLOATS(x), FLOATS(table), const long size, const long count) {
    if (INDEX < count) AT(x, INDEX) += AT(table, INDEX % size);
}

KERNEL row_sums(FLOATS(sums), FLOATS(x), const long rows, const long cols) {
    ROW_LINES;
    float sum = 0;
    OF_ROW(j) sum += AT(x, ROW * cols + j);
    sum = ROW_SUM(sum);
    if (ROW < rows && ITEM(0) == 0) AT(sums, ROW) = sum;
}

// parts (blocks, cols): sums over the rows of a block of x, or of x z where there is a z.
KERNEL column_parts(FLOATS(parts), EITHER(x), FLOATS(z), const long rows, const long cols, const long block) {
    const long j = GROUP(0) * 64 + ITEM(0), begin = GROUP(1) * block;
    const long end = begin + block < rows ? begin + block : rows;
    if (j >= cols) return;
    float sum = 0;
    for (long i = begin * cols + j; i < end * cols; i += cols) sum += WANTED(z) ? GET(x, i) * AT(z, i) : GET(x, i);
    AT(parts, GROUP(1) * cols + j) = sum;
}

// sums += all parts (parts, count), one after the other.
KERNEL add_parts(FLOATS(sums), FLOATS(parts), const long number, const long count) {
    if (INDEX >= count) return;
    float sum = 0;
    for (long part = 0; part < number; ++part) sum += AT(parts, part * count + INDEX);
    AT(sums, INDEX) += sum;
}
