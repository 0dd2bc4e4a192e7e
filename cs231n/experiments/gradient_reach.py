"""How far back in time a gradient reaches."""

import numpy as np


def gradient_reach(forward, backward, x, states, weights):
    """Return how the norm of a gradient changes as it travels back through recurrent steps.

    forward(x_t, *states, *weights) -> *states, cache and backward(*dstates, cache) -> dx, *dstates, …, as in
    rnn_layers; x (T, N, D); states: the first one(s), (N, H) each. A random gradient of norm 1 enters at the last
    state h alone.
    Returns the norm of all state gradients together, float64 (T,), entry k being k steps before the end.
    """
    caches, count = [], len(states)
    for x_t in x:
        *states, cache = forward(x_t, *states, *weights)
        caches.append(cache)
    first = np.random.RandomState(1).standard_normal(states[0].shape)
    grads, norms = [first / np.linalg.norm(first), *[np.zeros_like(first)] * (count - 1)], []
    for cache in reversed(caches):
        norms.append(np.sqrt(sum(np.sum(g ** 2) for g in grads)))
        grads = list(backward(*grads, cache)[1:1 + count])
    return np.array(norms)
