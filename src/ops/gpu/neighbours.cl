// SPDX-License-Identifier: MIT
// An item for each number of y (samples, height, width, 3, 3, channels).
KERNEL neighbours(EITHER(y), EITHER(x), const long height, const long width, const long channels, const long count) {
    if (INDEX >= count) return;
    const long c = INDEX % channels, place = INDEX / channels / 9;
    const long u = place / width % height + INDEX / channels % 9 / 3 - 1,
               v = place % width + INDEX / channels % 3 - 1, s = place / width / height;
    const int inside = u >= 0 && u < height && v >= 0 && v < width;
    PUT(y, INDEX, inside ? GET(x, ((s * height + u) * width + v) * channels + c) : 0.0f);
}

// Every place collects what it gave to its neighbours.
KERNEL neighbours_adjoint(FLOATS(dx), FLOATS(dy), const long height, const long width, const long channels,
                          const long count) {
    if (INDEX >= count) return;
    const long c = INDEX % channels, place = INDEX / channels, i = place / width % height, j = place % width,
               s = place / width / height;
    float sum = 0;
    for (long u = 0; u < 3; ++u)
        for (long v = 0; v < 3; ++v) {
            const long k = i - u + 1, l = j - v + 1;
            if (k < 0 || k >= height || l < 0 || l >= width) continue;
            sum += AT(dy, (((s * height + k) * width + l) * 9 + 3 * u + v) * channels + c);
        }
    AT(dx, INDEX) = sum;
}
