# SPDX-License-Identifier: MIT
"""Files of weights as others write them, small and made up: an autoencoder, the network of the FID, a judge."""

import json

import numpy as np


def write_safetensors(path, tensors, **metadata):
    head, body = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, b""
    for name, x in sorted(tensors.items()):
        x = np.ascontiguousarray(x, np.float32)
        head[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [len(body), len(body) + x.nbytes]}
        body += x.tobytes()
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


class Weights(dict):
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def add(self, name, *shape):
        self[name] = self.random.normal(0, 1.4 / np.sqrt(np.prod(shape[1:])), shape)

    def conv(self, name, into, out, side):
        self.add(name + ".weight", out, into, side, side)
        self[name + ".bias"] = self.random.normal(0, 0.1, out)

    def norm(self, name, width):
        self[name + ".weight"] = 1 + self.random.normal(0, 0.1, width)
        self[name + ".bias"] = self.random.normal(0, 0.1, width)

    def resnet(self, name, into, out):
        self.norm(name + ".norm1", into)
        self.conv(name + ".conv1", into, out, 3)
        self.norm(name + ".norm2", out)
        self.conv(name + ".conv2", out, out, 3)
        if into != out:
            self.conv(name + ".conv_shortcut", into, out, 1)


def write_vae(path, seed=0, latents=4, prefix="", others=()):
    """The decoder of an autoencoder that makes pictures twice as large as its latents; names of diffusers."""
    w, wide, narrow = Weights(seed), 12, 8
    w.conv("post_quant_conv", latents, latents, 1)
    w.conv("decoder.conv_in", latents, wide, 3)
    middle = "decoder.mid_block"
    w.resnet(middle + ".resnets.0", wide, wide)
    w.resnet(middle + ".resnets.1", wide, wide)
    w.norm(middle + ".attentions.0.group_norm", wide)
    for part in ("to_q", "to_k", "to_v", "to_out.0"):
        w.add(f"{middle}.attentions.0.{part}.weight", wide, wide)
        w[f"{middle}.attentions.0.{part}.bias"] = np.zeros(wide)
    for level, (into, out) in enumerate([(wide, wide), (wide, narrow)]):
        w.resnet(f"decoder.up_blocks.{level}.resnets.0", into, out)
        w.resnet(f"decoder.up_blocks.{level}.resnets.1", out, out)
    w.conv("decoder.up_blocks.0.upsamplers.0.conv", wide, wide, 3)
    w.norm("decoder.conv_norm_out", narrow)
    w.conv("decoder.conv_out", narrow, 3, 3)
    tensors = {prefix + name: x for name, x in w.items()} | {name: np.zeros(2) for name in others}
    return write_safetensors(path, tensors, norm_num_groups=4)


# Layers of a block: name, kernel, channels of what they read (the block's own input: None). Every layer gives 8 channels.
_A = [("branch1x1", (1, 1), None), ("branch5x5_1", (1, 1), None), ("branch5x5_2", (5, 5), 8), ("branch3x3dbl_1", (1, 1), None),
      ("branch3x3dbl_2", (3, 3), 8), ("branch3x3dbl_3", (3, 3), 8), ("branch_pool", (1, 1), None)]  # fmt: skip
_B = [("branch3x3", (3, 3), None), ("branch3x3dbl_1", (1, 1), None), ("branch3x3dbl_2", (3, 3), 8), ("branch3x3dbl_3", (3, 3), 8)]
_C = [("branch1x1", (1, 1), None), ("branch7x7_1", (1, 1), None), ("branch7x7_2", (1, 7), 8), ("branch7x7_3", (7, 1), 8),
      ("branch7x7dbl_1", (1, 1), None), ("branch7x7dbl_2", (7, 1), 8), ("branch7x7dbl_3", (1, 7), 8),
      ("branch7x7dbl_4", (7, 1), 8), ("branch7x7dbl_5", (1, 7), 8), ("branch_pool", (1, 1), None)]  # fmt: skip
_D = [("branch3x3_1", (1, 1), None), ("branch3x3_2", (3, 3), 8), ("branch7x7x3_1", (1, 1), None), ("branch7x7x3_2", (1, 7), 8),
      ("branch7x7x3_3", (7, 1), 8), ("branch7x7x3_4", (3, 3), 8)]  # fmt: skip
_E = [("branch1x1", (1, 1), None), ("branch3x3_1", (1, 1), None), ("branch3x3_2a", (1, 3), 8), ("branch3x3_2b", (3, 1), 8),
      ("branch3x3dbl_1", (1, 1), None), ("branch3x3dbl_2", (3, 3), 8), ("branch3x3dbl_3a", (1, 3), 8),
      ("branch3x3dbl_3b", (3, 1), 8), ("branch_pool", (1, 1), None)]  # fmt: skip
_BLOCKS = {"5b": (_A, 8), "5c": (_A, 32), "5d": (_A, 32), "6a": (_B, 32), "6b": (_C, 48), "6c": (_C, 32), "6d": (_C, 32),
           "6e": (_C, 32), "7a": (_D, 32), "7b": (_E, 48), "7c": (_E, 48)}  # fmt: skip


def write_inception(path, seed=0, classes=12):
    """The Inception network by the names of pytorch-fid, 8 channels a layer: features have 48 numbers."""
    layers = [("Conv2d_1a_3x3", (3, 3), 3), ("Conv2d_2a_3x3", (3, 3), 8), ("Conv2d_2b_3x3", (3, 3), 8)]
    layers += [("Conv2d_3b_1x1", (1, 1), 8), ("Conv2d_4a_3x3", (3, 3), 8)]
    for block, (parts, own) in _BLOCKS.items():
        layers += [(f"Mixed_{block}.{name}", kernel, into or own) for name, kernel, into in parts]
    w = Weights(seed)
    for name, kernel, into in layers:
        w.add(name + ".conv.weight", 8, into, *kernel)
        w.norm(name + ".bn", 8)
        w[name + ".bn.running_mean"] = np.zeros(8)
        w[name + ".bn.running_var"] = np.ones(8)
    w.add("fc.weight", classes, 48)
    w["fc.bias"] = np.zeros(classes)
    return write_safetensors(path, w)


def crc32c(data, value=0):
    value ^= 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def write_judge(path, seed=0, names=("cross", "disc", "pill")):
    """A classifier of pictures (8, 8, 3) in the format of `meanflow train-classifier`."""
    w = Weights(seed)
    shapes = {
        "blocks.0.attn.k_norm.weight": (8,), "blocks.0.attn.q_norm.weight": (8,), "blocks.0.attn_scale": (16,),
        "blocks.0.mlp.w1._flax_linear.weight": (40, 16), "blocks.0.mlp.w2._flax_linear.weight": (16, 40),
        "blocks.0.mlp.w3._flax_linear.weight": (40, 16), "blocks.0.mlp_scale": (16,), "blocks.0.norm1.weight": (16,),
        "blocks.0.norm2.weight": (16,), "coarse.0.conv.bias": (16,), "coarse.0.conv.weight": (16, 144),
        "coarse.0.norm.weight": (16,), "coarse.0.out.weight": (16, 16), "coarse.0.scale": (16,), "fine.0.conv.bias": (8,),
        "fine.0.conv.weight": (8, 72), "fine.0.norm.weight": (8,), "fine.0.out.weight": (8, 8), "fine.0.scale": (8,),
        "joining.bias": (16,), "joining.weight": (16, 32), "last.bias": (len(names),), "last.weight": (len(names), 16),
        "norm.weight": (16,), "patches.bias": (8,), "patches.weight": (8, 48),
    }  # fmt: skip
    shapes |= {f"blocks.0.attn.{part}_proj._flax_linear.weight": (16, 16) for part in ("q", "k", "v", "out")}
    for name, shape in shapes.items():
        w[name] = w.random.normal(0, 0.3, shape).astype(np.float32)
    settings = {"data.name": "shapes", "data.size": "8", "data.channels": "3", "data.classes": ",".join(names),
                "classifier.patch": "4", "classifier.hidden": "16", "classifier.depth": "1", "classifier.heads": "2"}  # fmt: skip
    total = 0
    for name, x in sorted(w.items()):
        total = crc32c(x.tobytes(), crc32c(name.encode(), total))
    return write_safetensors(
        path, w, format="meanflow judge 1", program="tests", step=1, settings=json.dumps(settings), data="shapes",
        sample_shape="8,8,3", classes=len(names), class_names="\n".join(names), accuracy=0.5, held="some pictures",
        checksum=f"crc32c:{total:08x}",
    )  # fmt: skip
