#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares work on images with the official codes of improved MeanFlow and writes bench/images.md. usage:
#   bench/images.sh [--jax DIR] [--torch DIR] [--runs 3] [--works small,b2,sample1,sample16]
# DIR: checkouts of the official code, its JAX branch and its PyTorch branch; those that are not given are left out.
# PEERS_PYTHON=... names a Python with numpy, jax, flax, optax and torch. A B/2 step takes 10 GB in JAX.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf 'images.sh: %s\n' "$*" >&2; exit 1; }

words=()
while (($#)); do
    case $1 in
        --jax) (($# > 1)) || fail "$1 wants a folder"; export IMF_JAX; IMF_JAX=$(realpath "$2"); shift ;;
        --torch) (($# > 1)) || fail "$1 wants a folder"; export IMF_TORCH; IMF_TORCH=$(realpath "$2"); shift ;;
        --runs | --works) (($# > 1)) || fail "$1 wants a value"; words+=("$1" "$2"); shift ;;
        -h | --help) sed -n '3,6s/^# //p' "$0"; exit 0 ;;
        *) fail "'$1' is no option; --help lists them" ;;
    esac
    shift
done

./run.sh build
python=${PEERS_PYTHON:-build/peers/bin/python}
"$python" -c 'import numpy' 2>/dev/null || fail "$python does not run; PEERS_PYTHON names a Python with the peers"
"$python" "$PWD/bench/peers/images.py" --program build/release/meanflow --python "$python" --raw build/images.jsonl "${words[@]}" \
    >build/images.md
mv build/images.md bench/images.md
printf 'written: bench/images.md (single turns: build/images.jsonl)\n'
