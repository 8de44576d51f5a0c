#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/io/*.pth with PyTorch itself: what the reader of its files is tested with.

usage: make_torch_test_files.py imf_B2_keys.json FOLDER
The names of iMF-B/2 come from the list of the official checkpoint's keys; sizes are made small.
"""
import argparse
import collections
import json
import sys

import numpy
import torch

SMALL = {768: 4, 64: 2, 2048: 10, 1001: 4}  # width, head, hidden units of the MLP, classes and the null class


def hashed(shape, salt, dtype=torch.float32):
    """Numbers that need no random generator: the test computes them again."""
    count = 1
    for side in shape:
        count *= side
    index = torch.arange(count, dtype=torch.int64)
    return ((index * 2654435761 + salt * 40503) % 65536 - 32768).to(torch.float32).div(32768).reshape(shape).to(dtype)


def official(keys):
    out = collections.OrderedDict()
    for salt, (name, shape) in enumerate(json.load(open(keys))["eval"]["keys"].items()):
        if any(f".{i}." in name and "_blocks." + str(i) in name or f"u_heads.{i}." in name for i in range(1, 48)):
            continue  # one block of the trunk, one of the head
        out[name] = hashed([SMALL.get(side, side) for side in shape], salt)
    return out


def varied():
    base = torch.arange(24, dtype=torch.float32)
    model = collections.OrderedDict()
    model["module.plain"] = base.reshape(4, 6)
    model["module.turned"] = base.reshape(4, 6).t()
    model["module.every_second"] = base[1::2]
    model["module.expanded"] = base[3:4].expand(5)
    model["module.scalar"] = torch.tensor(2.5)
    model["module.empty"] = torch.zeros(0, 3)
    model["module.parameter"] = torch.nn.Parameter(base[:3].clone())
    model["module.channels_last"] = torch.arange(24, dtype=torch.float32).reshape(1, 2, 3, 4).to(
        memory_format=torch.channels_last)
    types = {}
    for name in ("float64", "float16", "bfloat16", "int64", "int32", "uint8", "int16", "int8", "complex64"):
        types[name] = torch.arange(4).to(getattr(torch, name))
    types["bool"] = torch.tensor([True, False, True, True])
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    return {
        "model": model,
        "types": types,
        "optimizer": optimiser.state_dict(),
        "args": argparse.Namespace(lr=1e-4, name="x"),
        "loss": numpy.float64(0.5),
        "statistics": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
        "epoch": 12,
        "size": torch.Size([1, 2]),
    }


def main():
    keys, folder = sys.argv[1:3]
    torch.save(official(keys), folder + "/imf_tiny.pth")
    torch.save(varied(), folder + "/varied.pth")
    torch.save(varied(), folder + "/varied_older_form.pth", _use_new_zipfile_serialization=False)
    torch.save(varied(), folder + "/varied_protocol4.pth", pickle_protocol=4)
    scripted = torch.jit.script(torch.nn.Linear(1, 1))
    torch.jit.save(scripted, folder + "/scripted.pt")


if __name__ == "__main__":
    main()
