#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares one training step with JAX and PyTorch and writes bench/peers.md. usage:
#   bench/peers.sh [--runs 5] [--skip-torch] [--objectives imf,mf,fm] [-- WORDS FOR OUR BENCH STEP]
# The peers are installed into a virtual environment, build/peers (about 2 GB; 1 GB less without torch). Only this
# comparison needs them. PEERS_PYTHON=... takes a Python that has them already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf 'peers.sh: %s\n' "$*" >&2; exit 1; }

packages=(numpy jax optax torch)
words=()
ours=()
while (($#)); do
    case $1 in
        --skip-torch) packages=(numpy jax optax); words+=("$1") ;;
        --runs | --objectives) (($# > 1)) || fail "$1 wants a value"; words+=("$1" "$2"); shift ;;
        --) shift; ours=("$@"); break ;;
        -h | --help) sed -n '3,6s/^# //p' "$0"; exit 0 ;;
        *) fail "'$1' is no option; --help lists them" ;;
    esac
    shift
done

./run.sh build
python=${PEERS_PYTHON:-build/peers/bin/python}
modules=$(IFS=,; printf '%s' "${packages[*]}")
if [[ -z ${PEERS_PYTHON:-} ]] && ! "$python" -c "import $modules" 2>/dev/null; then
    printf 'installing %s into build/peers (once; some minutes)\n' "${packages[*]}"
    python3 -m venv build/peers || fail 'no virtual environment; apt-get install python3-venv helps'
    "$python" -m pip install --quiet --disable-pip-version-check "${packages[@]}" || fail 'pip could not install the peers'
fi
"$python" "$PWD/bench/peers/compare.py" --program build/release/meanflow --python "$python" --raw build/peers.jsonl \
    "${words[@]}" -- "${ours[@]}" >build/peers.md
mv build/peers.md bench/peers.md
printf 'written: bench/peers.md (single turns: build/peers.jsonl)\n'
