# SPDX-License-Identifier: MIT
"""One training step of configs/toy/{fm,mf,imf}.yaml in JAX, to compare with. usage: toy_jax.py fm|mf|imf scan|jit
scan: a hundred steps in one dispatch (lax.scan), JAX's best; jit: one dispatch a step."""
import sys

import jax
import jax.numpy as jnp
import optax

from chunks import serve, timed

OBJECTIVE, DISPATCH = sys.argv[1:3]
BATCH, WIDTH, HIDDEN = 4096, 128, 4
SCAN_LENGTH = 100
SINGLE_STEPS = 100


def initial_network(key):
    """Weights and biases uniform on +-1/sqrt(fan in), as our network starts. fm does not see r."""
    sizes = [3 if OBJECTIVE == "fm" else 4] + [WIDTH] * HIDDEN + [2]
    layers = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        key, for_weight, for_bias = jax.random.split(key, 3)
        bound = fan_in ** -0.5
        layers.append((jax.random.uniform(for_weight, (fan_in, fan_out), minval=-bound, maxval=bound),
                       jax.random.uniform(for_bias, (fan_out,), minval=-bound, maxval=bound)))
    return layers


def network(layers, *inputs):
    h = jnp.hstack(inputs)
    for i, (weight, bias) in enumerate(layers):
        h = h @ weight + bias
        if i < HIDDEN:
            h = jax.nn.gelu(h, approximate=False)
    return h


def draw_checkerboard(key):
    """Uniform on the eight cells of [-2, 2]^2 whose column and row number add up to an odd number."""
    for_cell, for_place = jax.random.split(key)
    cell = jax.random.randint(for_cell, (BATCH,), 0, 8)
    row = cell // 2
    column = 2 * (cell % 2) + 1 - row % 2
    return jnp.stack([column, row], axis=1) - 2.0 + jax.random.uniform(for_place, (BATCH, 2))


def loss_of(layers, key):
    for_data, for_noise, for_times = jax.random.split(key, 3)
    x = draw_checkerboard(for_data)
    e = jax.random.normal(for_noise, (BATCH, 2))
    v = e - x
    if OBJECTIVE == "fm":
        t = jax.random.uniform(for_times, (BATCH, 1))
        return jnp.mean(jnp.square(network(layers, (1 - t) * x + t * e, t) - v))

    pair = jax.random.uniform(for_times, (2, BATCH, 1))
    r, t = pair.min(axis=0), pair.max(axis=0)
    z = (1 - t) * x + t * e
    dz = v if OBJECTIVE == "mf" else jax.lax.stop_gradient(network(layers, z, t, t))

    def along(z, t):
        return network(layers, z, t, r)

    u, du_dt = jax.jvp(along, (z, t), (dz, jnp.ones_like(t)))
    compound = u + (t - r) * jax.lax.stop_gradient(du_dt)
    return jnp.mean(jnp.square(compound - v))


adam = optax.adam(3e-3)


def train_step(carry, _):
    layers, moments, key = carry
    key, own = jax.random.split(key)
    loss, gradient = jax.value_and_grad(loss_of)(layers, own)
    change, moments = adam.update(gradient, moments)
    return (optax.apply_updates(layers, change), moments, key), loss


@jax.jit
def many_steps(carry):
    carry, losses = jax.lax.scan(train_step, carry, length=SCAN_LENGTH)
    return carry, losses[-1]


@jax.jit
def one_step(carry):
    return train_step(carry, None)


start = initial_network(jax.random.PRNGKey(0))
carry = (start, adam.init(start), jax.random.PRNGKey(1))


def run(dispatch):
    global carry
    carry, loss = dispatch(carry)
    return float(loss)  # waits for the result


if DISPATCH == "scan":
    serve(f"JAX {jax.__version__}", lambda: timed(lambda: run(many_steps), 1, SCAN_LENGTH))
else:
    serve(f"JAX {jax.__version__}", lambda: timed(lambda: run(one_step), SINGLE_STEPS))
