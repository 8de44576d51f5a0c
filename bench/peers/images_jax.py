# SPDX-License-Identifier: MIT
"""The official JAX code of improved MeanFlow, to compare with. usage: IMF_JAX=CHECKOUT images_jax.py WORK BATCH
WORK: small or b2, a training step (its forward(), with AdamW and one average around it: its own train.py does not start
with current JAX); or sample, B/2 from noise to latents in one step. f32, jitted."""
import os
import sys
from functools import partial
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax

from chunks import serve, timed

sys.path.insert(0, os.environ["IMF_JAX"])
import imf  # noqa: E402
from models import imfDiT  # noqa: E402

WORK, BATCH = sys.argv[1], int(sys.argv[2])
SIDE = 32
CHANNELS, CLASSES = (3, 10) if WORK == "small" else (4, 1000)
imfDiT.small = partial(imfDiT.imfDiT, input_size=SIDE, patch_size=4, in_channels=3, hidden_size=256, depth=8, num_heads=4,
                       aux_head_depth=4)
model = imf.iMeanFlow(model_str="small" if WORK == "small" else "imfDiT_B_2", num_classes=CLASSES, eval=WORK == "sample")


def random_weights():
    """Values do not change what a step costs, and the official initialisation compiles for minutes."""
    one = jnp.ones((1,))
    shapes = jax.eval_shape(model.init, {"params": jax.random.key(0)}, jnp.ones((1, SIDE, SIDE, CHANNELS)), one,
                            jnp.ones((1,), int))
    draws = np.random.default_rng(0)
    return jax.tree_util.tree_map(lambda s: jnp.asarray(draws.normal(0, 0.02, s.shape), s.dtype), shapes)


def serve_steps():
    adam = optax.adamw(1e-4, b2=0.95, weight_decay=0)
    images = jax.random.normal(jax.random.key(1), (BATCH, SIDE, SIDE, CHANNELS))
    labels = jnp.arange(BATCH) % CLASSES

    @partial(jax.jit, donate_argnums=(0,))
    def train_step(carry):
        params, average, moments, key = carry
        key, own = jax.random.split(key)

        def loss_of(weights):
            return model.apply({"params": weights}, images=images, labels=labels, rngs={"gen": own}, method=model.forward)

        (loss, _), gradient = jax.value_and_grad(loss_of, has_aux=True)(params)
        change, moments = adam.update(gradient, moments, params)
        params = optax.apply_updates(params, change)
        average = jax.tree_util.tree_map(lambda a, p: 0.9999 * a + 0.0001 * p, average, params)
        return (params, average, moments, key), loss

    params = random_weights()["params"]
    carry = [(params, jax.tree_util.tree_map(jnp.copy, params), adam.init(params), jax.random.key(2))]

    def step():
        carry[0], loss = train_step(carry[0])
        return float(loss)  # waits for the result

    serve(f"JAX {jax.__version__}", lambda: timed(step, 1 if WORK == "b2" else 2))


def serve_samples():
    kind = SimpleNamespace(dataset=SimpleNamespace(num_classes=CLASSES, image_size=SIDE, image_channels=CHANNELS))
    weights, key = random_weights(), jax.random.key(1)
    generate = jax.jit(lambda w, k: imf.generate(w, model, k, BATCH, kind, 1, 7.5, 0.4, 0.65))

    def draw():
        jax.block_until_ready(generate(weights, key))
        return 0.0

    serve(f"JAX {jax.__version__}", lambda: timed(draw, 8 if BATCH == 1 else 2))


serve_samples() if WORK == "sample" else serve_steps()
