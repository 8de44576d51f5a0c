// SPDX-License-Identifier: MIT
// Angles are many turns, of which only the rest counts: frequencies are turns, in pairs.
#define TWO_PI 6.283185307f

KERNEL sinusoid(FLOATS(y), FLOATS(y_dot), FLOATS(s), FLOATS(s_dot), PAIRS(frequencies), const long still, const long pairs,
                const long count) {
    if (INDEX >= count) return;
    const long i = INDEX / pairs, k = INDEX % pairs;
    const Pair w = AT(frequencies, k), turns = pair_times(w, AT(s, i));
    const float rest = turns.hi - rint(turns.hi), small = TWO_PI * turns.lo;
    const float c = COS_PI(2.0f * rest), z = SIN_PI(2.0f * rest);
    const float cosine = c - small * z, sine = z + small * c;
    AT(y, 2 * i * pairs + k) = cosine;
    AT(y, 2 * i * pairs + pairs + k) = sine;
    if (!WANTED(y_dot) || i < still) return;
    const float speed = TWO_PI * w.hi * AT(s_dot, i - still);
    AT(y_dot, 2 * (i - still) * pairs + k) = -speed * sine;
    AT(y_dot, 2 * (i - still) * pairs + pairs + k) = speed * cosine;
}

KERNEL sinusoid_adjoint(FLOATS(ds), FLOATS(dy), FLOATS(y), PAIRS(frequencies), const long pairs, const long rows) {
    if (INDEX >= rows) return;
    const long cosine = 2 * INDEX * pairs, sine = cosine + pairs;
    Pair sum = {0.0f, 0.0f};
    for (long k = 0; k < pairs; ++k) {
        Pair turn = pair_times(pair_of(AT(y, cosine + k), 0.0f), AT(dy, sine + k));
        turn = pair_plus_product(turn, -AT(y, sine + k), AT(dy, cosine + k));
        sum = pair_plus(sum, pair_times(turn, AT(frequencies, k).hi));
    }
    AT(ds, INDEX) = TWO_PI * sum.hi;
}
