#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From a fresh Debian machine to a result. usage:
#   ./run.sh demo              train fm, mf and imf on the checkerboard, compare them, leave pictures
#   ./run.sh demo images       the same idea with real pictures (Fashion-MNIST, which this installs), and a judge
#   ./run.sh test [ctest ...]  the whole test suite
#   ./run.sh build             only build
#   ./run.sh COMMAND ...       any other command of the program: ./run.sh train toy/imf --out runs/imf
# Each of them first installs the packages that are missing and builds what has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

folder=build/release
fail() { printf 'run.sh: %s\n' "$*" >&2; exit 1; }

# Ninja's lines, each over the one before on a terminal, and only what is not one of them elsewhere.
show() {
    local line
    while IFS= read -r line; do
        case $line in
            '['*) [[ -t 1 ]] && printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" ;;
            'ninja: no work to do.' | '-- '*) ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
    [[ -t 1 ]] && printf '\r\033[K'
    return 0
}

# configure CMAKE_ARGUMENTS...: the log is shown when it fails
configure() {
    mkdir -p build
    cmake --preset release "$@" >build/configure.log 2>&1 || { cat build/configure.log >&2; fail 'CMake failed'; }
}

# build TARGET
build() {
    local program=$folder/$1 before after
    before=$(stat -c %Y "$program" 2>/dev/null || echo 0)
    [[ $before != 0 ]] || printf 'building %s (the first time takes a minute or two)\n' "$program"
    SECONDS=0
    cmake --build "$folder" --target "$1" -j "$(nproc)" 2>&1 | show || fail 'the build failed'
    after=$(stat -c %Y "$program")
    [[ $before == "$after" ]] || printf 'built %s in %d s\n' "$program" "$SECONDS"
}

# fetch_pictures ARGUMENTS...: Fashion-MNIST for `demo images`, unless data.path says where it is
fetch_pictures() {
    local word images=false
    for word in "$@"; do
        [[ $word != images ]] || images=true
        [[ $word != data.path=* && $word != --help && $word != -h ]] || return 0
    done
    [[ $images == true ]] || return 0
    tools/install fashion 2>build/fashion.log || fail "Fashion-MNIST (the package dataset-fashion-mnist) cannot be \
installed; './run.sh demo shapes' needs no data, and data.path=FOLDER takes its four files from there"
}

command=${1:---help}
(($# == 0)) || shift
case $command in
    test)
        tools/install build test
        if [[ ! -f $folder/build.ninja ]] || ! grep -q '^MF_TESTS:BOOL=ON' "$folder/CMakeCache.txt"; then
            configure -DMF_TESTS=ON -DMF_UNITY=OFF
        fi
        build meanflow_tests
        exec ctest --test-dir "$folder" --output-on-failure -j "$(nproc)" "$@"
        ;;
    -h | --help)
        sed -n '3,9s/^# //p' run.sh
        ;;
    *)
        tools/install build
        # Whoever only wants the program builds it once: whole folders at a time. -DMF_UNITY=OFF suits changing it.
        [[ -f $folder/build.ninja ]] || configure -DMF_TESTS=OFF -DMF_UNITY=ON
        build meanflow
        [[ $command != demo ]] || fetch_pictures "$@"
        [[ $command == build ]] || exec "$folder/meanflow" "$command" "$@"
        ;;
esac
