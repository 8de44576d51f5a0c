# SPDX-License-Identifier: MIT
"""The official PyTorch branch of improved MeanFlow, to compare with. usage: IMF_TORCH=CHECKOUT images_torch.py WORK BATCH
compile|bf16 [SIZE]. WORK: small, a training step (the branch has the network only; the loss with torch.func.jvp is ours);
or sample, the network of SIZE (B) with patches of 2 from noise to latents in one step. bf16: sampling only, and not
compiled, which fails."""
import os
import sys

import torch

from chunks import serve, timed

sys.path.insert(0, os.environ["IMF_TORCH"])
from models import embedder, imfDiT  # noqa: E402

WORK, BATCH, HOW = sys.argv[1], int(sys.argv[2]), sys.argv[3]
SIZE = sys.argv[4] if len(sys.argv) > 4 else "B"
torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(0)
VERSION = f"PyTorch {torch.__version__}"


def column(values):
    return values.view(-1, 1, 1, 1)


def loss_of(net, x, labels, classes):
    """The objective of imf.py with flexible guidance: times, two passes for v, the compound loss of u and v."""
    t, r = torch.sigmoid(torch.randn(BATCH) - 0.4), torch.sigmoid(torch.randn(BATCH) - 0.4)
    t, r = torch.maximum(t, r), torch.minimum(t, r)
    plain = torch.arange(BATCH) < BATCH // 2
    r = torch.where(plain, t, r)
    e = torch.randn_like(x)
    z, velocity = (1 - column(t)) * x + column(t) * e, e - x
    zero, one = torch.zeros(BATCH), torch.ones(BATCH)
    low = torch.where(plain, zero, 0.5 * torch.rand(BATCH))
    high = torch.where(plain, one, 0.5 + 0.5 * torch.rand(BATCH))
    omega = torch.exp(torch.rand(BATCH) * 2.0794415)
    with torch.no_grad():
        null = torch.full_like(labels, classes)
        both = net(torch.cat([z, z]), torch.cat([t, t]), torch.cat([zero, zero]), torch.cat([omega, one]),
                   torch.cat([zero, zero]), torch.cat([one, one]), torch.cat([labels, null]))[1]
        guided, unguided = both[:BATCH], both[BATCH:]
        inside = torch.where((t >= low) & (t <= high), omega, one)
        v = net(z, t, zero, inside, zero, one, labels)[1]
        target = torch.where(column(plain), velocity + column(1 - 1 / omega) * (guided - unguided),
                             velocity + column(1 - 1 / inside) * (v - unguided))
        dropped = torch.arange(BATCH) < (torch.rand(BATCH) < 0.1).sum()
        labels, target = torch.where(dropped, null, labels), torch.where(column(dropped), velocity, target)

    def network(z_, t_, r_):
        return net(z_, t_, t_ - r_, omega, low, high, labels)

    u, du_dt, head = torch.func.jvp(network, (z, t, r), (v, one, zero), has_aux=True)
    square_u = ((u + column(t - r) * du_dt.detach() - target) ** 2).sum((1, 2, 3))
    square_v = ((head - target) ** 2).sum((1, 2, 3))
    return (square_u / (square_u.detach() + 0.01) + square_v / (square_v.detach() + 0.01)).mean()


def serve_steps():
    net = imfDiT.imfDiT(input_size=32, patch_size=4, in_channels=3, hidden_size=256, depth=8, num_heads=4, num_classes=10,
                        aux_head_depth=4)
    params = list(net.parameters())
    average = [p.detach().clone() for p in params]
    adam = torch.optim.AdamW(params, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    x, labels = torch.randn(BATCH, 3, 32, 32), torch.arange(BATCH) % 10
    objective = torch.compile(lambda x, labels: loss_of(net, x, labels, 10))

    def step():
        loss = objective(x, labels)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        torch._foreach_lerp_(average, [p.detach() for p in params], 1e-4)
        return loss.item()

    serve(VERSION, lambda: timed(step, 2))


class Noise:
    def randn(self, shape):
        return torch.randn(*shape)


def mend_bf16():
    """As published, the branch fails in bf16: sinusoids come out in f32, and rotated q, k are viewed at half their size."""
    sinusoids, turn, softmax = (embedder.TimestepEmbedder.timestep_embedding, imfDiT.apply_rotary_pos_emb,
                                torch.nn.functional.softmax)
    embedder.TimestepEmbedder.timestep_embedding = staticmethod(
        lambda t, dim, max_period=10000: sinusoids(t, dim, max_period).bfloat16())
    imfDiT.apply_rotary_pos_emb = lambda q, f: turn(q.float(), f).to(q.dtype)
    imfDiT.F.softmax = lambda x, dim=None, dtype=None: softmax(x, dim=dim)


def serve_samples():
    if HOW == "bf16":
        mend_bf16()
    from imf import iMeanFlow
    model = iMeanFlow(f"imfDiT_{SIZE}_2", dtype=torch.bfloat16 if HOW == "bf16" else torch.float32).eval()
    if HOW == "bf16":
        model.bfloat16()
    else:
        model.net = torch.compile(model.net)
    labels = torch.arange(BATCH) % 1000

    def draw():
        with torch.no_grad():
            model.generate(BATCH, Noise(), 1, 7.5, 0.4, 0.65, labels=labels)
        return 0.0

    serve(VERSION, lambda: timed(draw, 8 if BATCH == 1 else 2))


serve_samples() if WORK == "sample" else serve_steps()
