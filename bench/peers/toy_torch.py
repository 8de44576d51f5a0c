# SPDX-License-Identifier: MIT
"""One training step of configs/toy/{fm,mf,imf}.yaml in PyTorch, to compare with. usage: toy_torch.py fm|mf|imf
compile|eager. compile: torch.compile of the loss with its Jacobian-vector product; both with fused Adam."""
import os
import sys

import torch
from torch import nn

from chunks import serve, timed

OBJECTIVE, MODE = sys.argv[1:3]
BATCH, WIDTH, HIDDEN = 4096, 128, 4
STEPS = 100

torch.manual_seed(0)
torch.set_num_threads(len(os.sched_getaffinity(0)))


class Network(nn.Module):
    """Starts as our network does (torch's default); fm does not see r."""

    def __init__(self):
        super().__init__()
        sizes = [3 if OBJECTIVE == "fm" else 4] + [WIDTH] * HIDDEN
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.last = nn.Linear(WIDTH, 2)

    def forward(self, *inputs):
        h = torch.hstack(inputs)
        for layer in self.hidden:
            h = nn.functional.gelu(layer(h))
        return self.last(h)


network = Network()
adam = torch.optim.Adam(network.parameters(), lr=3e-3, fused=True)


def draw_checkerboard():
    """Uniform on the eight cells of [-2, 2]^2 whose column and row number add up to an odd number."""
    cell = torch.randint(8, (BATCH,))
    row = cell // 2
    column = 2 * (cell % 2) + 1 - row % 2
    return torch.stack([column, row], dim=1) - 2.0 + torch.rand(BATCH, 2)


def loss_of_batch():
    x, e = draw_checkerboard(), torch.randn(BATCH, 2)
    v = e - x
    if OBJECTIVE == "fm":
        t = torch.rand(BATCH, 1)
        return (network((1 - t) * x + t * e, t) - v).square().mean()

    pair = torch.rand(2, BATCH, 1)
    r, t = pair.amin(dim=0), pair.amax(dim=0)
    z = (1 - t) * x + t * e
    dz = v
    if OBJECTIVE == "imf":
        with torch.no_grad():
            dz = network(z, t, t)
    u, du_dt = torch.func.jvp(lambda z, t: network(z, t, r), (z, t), (dz, torch.ones_like(t)))
    return (u + (t - r) * du_dt.detach() - v).square().mean()


loss_of = torch.compile(loss_of_batch) if MODE == "compile" else loss_of_batch


def train_step():
    loss = loss_of()
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()
    return float(loss.detach())


serve(f"PyTorch {torch.__version__}", lambda: timed(train_step, STEPS))
