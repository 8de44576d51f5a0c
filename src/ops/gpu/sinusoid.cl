// SPDX-License-Identifier: MIT
// In double precision: angles are many turns.
HELPER double frequency(long k, long pairs, double period) { return pow(period, -(double)k / (double)pairs); }

KERNEL sinusoid(FLOATS(y), FLOATS(y_dot), FLOATS(s), FLOATS(s_dot), const double period, const long still,
                const long pairs, const long count) {
    if (INDEX >= count) return;
    const long i = INDEX / pairs, k = INDEX % pairs;
    const double w = frequency(k, pairs, period), angle = w * (double)AT(s, i);
    const double cosine = cos(angle), sine = sin(angle);
    AT(y, 2 * i * pairs + k) = (float)cosine;
    AT(y, 2 * i * pairs + pairs + k) = (float)sine;
    if (!WANTED(y_dot) || i < still) return;
    const double speed = w * (double)AT(s_dot, i - still);
    AT(y_dot, 2 * (i - still) * pairs + k) = (float)(-speed * sine);
    AT(y_dot, 2 * (i - still) * pairs + pairs + k) = (float)(speed * cosine);
}

KERNEL sinusoid_adjoint(FLOATS(ds), FLOATS(dy), FLOATS(y), const double period, const long pairs, const long rows) {
    if (INDEX >= rows) return;
    const long cosine = 2 * INDEX * pairs, sine = cosine + pairs;
    double sum = 0;
    for (long k = 0; k < pairs; ++k)
        sum += frequency(k, pairs, period) * ((double)AT(y, cosine + k) * (double)AT(dy, sine + k) -
                                              (double)AT(y, sine + k) * (double)AT(dy, cosine + k));
    AT(ds, INDEX) = (float)sum;
}
