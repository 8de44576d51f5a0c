#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Times the autoencoder of latent diffusion and the FID network beside PyTorch and writes bench/latents.md. usage:
#   bench/latents.sh [--torch DIR] [--runs 3] [--works vae_decode,vae_encode,inception_features,picture_b2,picture_xl2]
# PEERS_PYTHON=... names a Python with torch, torchvision and diffusers; without one ours are timed alone. DIR: a checkout of
# the official code of improved MeanFlow, its PyTorch branch; without one whole pictures are ours alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf 'latents.sh: %s\n' "$*" >&2; exit 1; }

words=()
while (($#)); do
    case $1 in
        --torch) (($# > 1)) || fail "$1 wants a folder"; export IMF_TORCH; IMF_TORCH=$(realpath "$2"); shift ;;
        --runs | --works) (($# > 1)) || fail "$1 wants a value"; words+=("$1" "$2"); shift ;;
        -h | --help) sed -n '3,6s/^# //p' "$0"; exit 0 ;;
        *) fail "'$1' is no option; --help lists them" ;;
    esac
    shift
done

./run.sh build
if [[ -n ${PEERS_PYTHON:-} ]]; then
    "$PEERS_PYTHON" -c 'import torch, torchvision, diffusers' 2>/dev/null || fail "$PEERS_PYTHON lacks torch, torchvision or diffusers"
    words+=(--python "$PEERS_PYTHON")
fi
python3 bench/peers/latents.py --program build/release/meanflow "${words[@]}" >build/latents.md
mv build/latents.md bench/latents.md
printf 'written: bench/latents.md\n'
