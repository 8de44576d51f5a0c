// SPDX-License-Identifier: MIT
// y = silu(a) b
KERNEL swiglu(FLOATS(a), FLOATS(b), FLOATS(a_dot), FLOATS(b_dot), EITHER(y), EITHER(y_dot), EITHER(a_factor),
              EITHER(b_factor), const long still, const long count) {
    if (INDEX >= count) return;
    const Curve curve = silu(AT(a, INDEX));
    const float factor = curve.slope * AT(b, INDEX);
    PUT(y, INDEX, curve.value * AT(b, INDEX));
    if (WANTED(a_factor)) PUT(a_factor, INDEX, factor);
    if (WANTED(b_factor)) PUT(b_factor, INDEX, curve.value);
    if (WANTED(y_dot) && INDEX >= still)
        PUT(y_dot, INDEX - still, factor * AT(a_dot, INDEX - still) + curve.value * AT(b_dot, INDEX - still));
}
