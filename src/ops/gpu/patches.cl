// SPDX-License-Identifier: MIT
// An item for each number of the images (samples, height, width, channels); patches stand row by row, with their channels
// first or last. To patches, or back.
KERNEL patches(INTS(y), INTS(x), const long height, const long width, const long channels, const long side,
               const int channel_first, const int back, const long count) {
    if (INDEX >= count) return;
    const long c = INDEX % channels, col = INDEX / channels % width, row = INDEX / channels / width % height,
               s = INDEX / channels / width / height;
    const long i = row % side, j = col % side;
    const long patch = (s * (height / side) + row / side) * (width / side) + col / side;
    const long entry = channel_first ? (c * side + i) * side + j : (i * side + j) * channels + c;
    const long place = patch * side * side * channels + entry;
    if (back)
        AT(y, INDEX) = AT(x, place);
    else
        AT(y, place) = AT(x, INDEX);
}
