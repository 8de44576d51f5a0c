// SPDX-License-Identifier: MIT
// The functions of ops/pointwise, with their slopes; `function` counts as the enum Pointwise does.
HELPER Curve gelu(float x) {
    const float a = fabs(x), g = exp(-0.5f * x * x), s = 1.0f / (1.0f + 0.23164190f * a);
    const float q = (((0.5307027145f * s - 0.7265760135f) * s + 0.7107068705f) * s - 0.142248368f) * s + 0.127414796f;
    const float tail = q * s * g;
    const Curve out = {fmax(x, 0.0f) - a * tail, x * (0.398942280f * g) + (x < 0.0f ? tail : 1.0f - tail)};
    return out;
}

HELPER Curve gelu_tanh(float x) {
    const float c = 1.5957691216f, square = fmin(x * x, 100.0f);
    const float g = exp(fmin(-c * x * (1.0f + 0.044715f * square), 87.0f)), s = 1.0f / (1.0f + g), value = x * s;
    const Curve out = {value, s + value * (g * s) * c * (1.0f + 0.134145f * square)};
    return out;
}

// Rows from number `still` on move.
KERNEL pointwise(const int function, FLOATS(x), FLOATS(x_dot), EITHER(y), EITHER(y_dot), EITHER(slope),
                 const long still, const long count) {
    if (INDEX >= count) return;
    const float at = AT(x, INDEX);
    Curve curve = {NAN, NAN};  // a function that is not here shows
    if (function == 0) curve = gelu(at);
    if (function == 1) curve = gelu_tanh(at);
    if (function == 2) curve = silu(at);
    PUT(y, INDEX, curve.value);
    if (WANTED(slope)) PUT(slope, INDEX, curve.slope);
    if (WANTED(y_dot) && INDEX >= still) PUT(y_dot, INDEX - still, curve.slope * AT(x_dot, INDEX - still));
}

KERNEL multiply_by_slope(EITHER(dx), EITHER(dy), EITHER(slope), const long count) {
    if (INDEX < count) PUT(dx, INDEX, GET(dy, INDEX) * GET(slope, INDEX));
}
