# SPDX-License-Identifier: MIT
"""The autoencoder of latent diffusion (diffusers) and Inception-v3 (torchvision) at their published sizes, with random
weights, in PyTorch. Prints one JSON line. usage: latents_torch.py vae_decode|vae_encode|inception_features f32|bf16 eager|compile RUNS"""
import json
import os
import resource
import sys
import time

import torch

work, precision, how, runs = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(0)
dtype = torch.bfloat16 if precision == "bf16" else torch.float32


def ready(x):
    return x.to(dtype=dtype, memory_format=torch.channels_last)


if work == "inception_features":
    import torchvision
    version = "torchvision " + torchvision.__version__
    network = torchvision.models.inception_v3(weights=None, aux_logits=True, init_weights=False).eval()
    network.fc = torch.nn.Identity()
    x = ready(torch.rand(16, 3, 299, 299))
    call = network = ready(network)
else:
    import diffusers
    version = "diffusers " + diffusers.__version__
    network = ready(diffusers.AutoencoderKL(
        in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4, norm_num_groups=32, sample_size=256).eval())
    if work == "vae_decode":
        x = ready(torch.randn(1, 4, 32, 32))
        call = lambda z: network.decode(z, return_dict=False)[0]
    else:
        x = ready(torch.randn(1, 3, 256, 256))
        call = lambda picture: network.encode(picture, return_dict=False)[0].mean

if how == "compile":
    call = torch.compile(call)
ms = []
with torch.no_grad():
    call(x)
    for _ in range(runs):
        begin = time.perf_counter()
        call(x)
        ms.append((time.perf_counter() - begin) * 1e3)
print(json.dumps({"ms": min(ms), "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                  "version": f"PyTorch {torch.__version__}, {version}"}))
