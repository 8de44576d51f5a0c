// SPDX-License-Identifier: MIT
// Turns pairs of numbers; y may be x. An item for each pair; tables (tokens, d) serve every head of d columns.
KERNEL rope(EITHER(y), FLOATS(x), FLOATS(cosines), FLOATS(sines), const float sign, const long tokens, const long d,
            const long cols, const long pairs) {
    if (INDEX >= pairs) return;
    const long i = 2 * INDEX, at = i / cols % tokens * d + i % cols % d;
    const float a = AT(x, i), b = AT(x, i + 1);
    PUT(y, i, b * (AT(sines, at) * sign) + a * AT(cosines, at));
    PUT(y, i + 1, a * (AT(sines, at + 1) * sign) + b * AT(cosines, at + 1));
}
