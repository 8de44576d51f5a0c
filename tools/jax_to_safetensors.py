#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Weights of the official JAX code as safetensors that meanflow reads. Needs numpy, and flax for the first two.

usage:
  jax_to_safetensors.py imf FOLDER OUT.safetensors [--weights ema_params|params]
      FOLDER: an unpacked archive of iMF or MF weights (what flax.training.checkpoints wrote)
  jax_to_safetensors.py vae FILE.msgpack OUT.safetensors
      diffusers' FlaxAutoencoderKL (diffusion_flax_model.msgpack)
  jax_to_safetensors.py inception FILE.pickle OUT.safetensors
      the FID network of jax-fid (inception_v3_weights_fid.pickle)
Then: meanflow convert OUT.safetensors model.safetensors (detects the network, adds its settings).
"""
import argparse
import json
import pickle
import re
import struct
import sys

import numpy


def flatten(tree, path=()):
    """Leaves of nested dicts (and lists) as (path, array)."""
    if hasattr(tree, "items"):
        for key, value in tree.items():
            yield from flatten(value, path + (str(key),))
    elif isinstance(tree, (list, tuple)):
        for index, value in enumerate(tree):
            yield from flatten(value, path + (str(index),))
    elif tree is not None:
        yield path, numpy.asarray(tree)


def torch_array(array):
    """Linear kernels (in, out) and convolutions (kh, kw, in, out) in PyTorch's order."""
    if array.ndim == 4:
        return array.transpose(3, 2, 0, 1)
    return array.T if array.ndim == 2 else array


def transformer_name(path):
    """Parameters of iMF keep "_flax_linear"; those of MF's DiT do without it and without "net."."""
    parts = []
    for part in path:
        part = re.sub(r"^layers_(\d+)$", r"\1", part)
        parts.append(re.sub(r"^(shared_blocks|u_heads|v_heads|blocks)_(\d+)$", r"\1.\2", part))
    parts[-1] = {"kernel": "weight", "embedding": "weight", "scale": "weight"}.get(parts[-1], parts[-1])
    return ".".join(parts)


def transformer(tree):
    out = {}
    leaves = list(flatten(tree))
    imf = any("time_tokens" in path[-1] for path, _ in leaves)
    for path, array in leaves:
        name = transformer_name(path)
        if not imf:
            name = re.sub(r"^net\.", "", name).replace("._flax_linear", "").replace("._flax_embedding", "")
        elif not name.startswith("net."):
            name = "net." + name
        kernel = path[-1] == "kernel"
        out[name] = torch_array(array) if kernel else array
    return out


def restored(folder):
    from flax.training import checkpoints  # reads the file of msgpack and the folders of Orbax alike

    state = checkpoints.restore_checkpoint(folder, target=None)
    if state is None:
        sys.exit(f"{folder}: no checkpoint is there; name the folder that holds checkpoint_N")
    return state


def read_transformer(folder, which):
    state = restored(folder)
    if which not in state:
        sys.exit(f"{folder}: has no {which}; it has {', '.join(sorted(state))}")
    tree = state[which]
    return transformer(tree.get("params", tree))


def vae_name(path):
    parts = [re.sub(r"^(.*[a-z])_(\d+)$", r"\1.\2", part) for part in path]
    parts[-1] = {"kernel": "weight", "scale": "weight"}.get(parts[-1], parts[-1])
    return ".".join(parts)


def read_vae(path):
    from flax.serialization import msgpack_restore

    with open(path, "rb") as file:
        tree = msgpack_restore(file.read())
    return {vae_name(name): torch_array(array) if name[-1] == "kernel" else array for name, array in flatten(tree)}


class ArraysOnly(pickle.Unpickler):
    """Nothing but arrays of NumPy (and those of JAX, which are made of them) is built."""

    KNOWN = {"_reconstruct", "ndarray", "dtype", "_frombuffer", "scalar", "_reconstruct_array", "encode"}

    def find_class(self, module, name):
        if name in self.KNOWN and module.split(".")[0] in ("numpy", "_codecs", "jax", "jaxlib"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no array; refused")


def read_inception(path):
    with open(path, "rb") as file:
        tree = ArraysOnly(file).load()
    last = {"kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}
    out = {}
    for name, array in flatten(tree):
        out[".".join(name[:-1] + (last.get(name[-1], name[-1]),))] = torch_array(array) if name[-1] == "kernel" else array
    return out


def write_safetensors(path, tensors):
    header, offset, blocks = {}, 0, []
    for name in sorted(tensors):
        block = numpy.ascontiguousarray(tensors[name], dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + len(block)]}
        offset += len(block)
        blocks.append(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for block in blocks:
            file.write(block)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["imf", "mf", "vae", "inception"])
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--weights", default="ema_params", help="ema_params (the average) or params")
    given = parser.parse_args()
    if given.kind in ("imf", "mf"):
        tensors = read_transformer(given.source, given.weights)
    else:
        tensors = (read_vae if given.kind == "vae" else read_inception)(given.source)
    if not tensors:
        sys.exit(f"{given.source}: holds no arrays")
    write_safetensors(given.out, tensors)
    print(f"{given.out}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} numbers")


if __name__ == "__main__":
    main()
