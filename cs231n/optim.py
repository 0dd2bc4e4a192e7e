"""Update rules of stochastic gradient descent, each as `(w, dw, config) -> w, config`.

`w` is updated in place and returned. `config` holds the settings and, between calls, the running averages of
one parameter; what is missing in it gets its default. float32 stays float32; the averages of float16 are
float32, in which squares of gradients and epsilon do not round to 0. ValueError if dw has another shape than w.
"""

import numpy as np

from cs231n._shared import arguments


def _with_defaults(rule, w, dw, config, **defaults):
    """Return config (a new one for None) with the missing settings filled in."""
    arguments.check_shape(f'{rule}: dw', 'like w', dw, *w.shape)
    config = {} if config is None else config
    for key, value in defaults.items():
        config.setdefault(key, value)
    return config


def _wide(x):
    """Return the dtype for averages of x: its own, float32 at least."""
    return np.result_type(x.dtype, np.float32)  # of the dtype: NumPy 1 looks at the value of a single number


def sgd(w, dw, config=None):
    """Take a plain gradient step, w ← w - learning_rate · dw (default 1e-2)."""
    config = _with_defaults('sgd', w, dw, config, learning_rate=1e-2)
    w -= config['learning_rate'] * dw
    return w, config


def sgd_momentum(w, dw, config=None):
    """Take a step with momentum: v ← momentum · v - learning_rate · dw, w ← w + v.

    Defaults: learning_rate 1e-2, momentum 0.9; config['velocity'] keeps v.
    Polyak, USSR Comput. Math. 1964.
    """
    config = _with_defaults('sgd_momentum', w, dw, config, learning_rate=1e-2, momentum=0.9)
    if 'velocity' not in config:
        config['velocity'] = np.zeros_like(w)
    velocity = config['velocity']
    velocity *= config['momentum']
    velocity -= config['learning_rate'] * dw
    w += velocity
    return w, config


def rmsprop(w, dw, config=None):
    """Divide each step by a running root mean square of its gradient.

    s ← decay_rate · s + (1 - decay_rate) dw², w ← w - learning_rate · dw / (√s + epsilon).
    Defaults: learning_rate 1e-2, decay_rate 0.99, epsilon 1e-8; config['cache'] keeps s.
    Tieleman & Hinton, Coursera lecture 6.5, 2012.
    """
    config = _with_defaults('rmsprop', w, dw, config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8)
    if 'cache' not in config:
        config['cache'] = np.zeros_like(w, _wide(w))
    s, decay = config['cache'], config['decay_rate']
    dw = dw.astype(_wide(dw), copy=False)
    step = np.asarray(dw * dw)  # an array also where w is a single number
    step *= 1 - decay
    s *= decay
    s += step
    scale = np.asarray(np.sqrt(s))
    scale += config['epsilon']
    np.divide(dw, scale, out=step)
    step *= config['learning_rate']
    w -= step
    return w, config


def adam(w, dw, config=None):
    """Take a momentum step divided by the root mean square, both corrected for their start at zero.

    m ← beta1 · m + (1 - beta1) dw, v ← beta2 · v + (1 - beta2) dw²,
    w ← w - learning_rate · m̂ / (√v̂ + epsilon) with m̂ = m / (1 - beta1ᵗ), v̂ = v / (1 - beta2ᵗ).
    Defaults: learning_rate 1e-3, beta1 0.9, beta2 0.999, epsilon 1e-8; config keeps m, v and the count t.
    Kingma & Ba, ICLR 2015, arXiv:1412.6980.
    """
    config = _with_defaults('adam', w, dw, config,
                            learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    if 'm' not in config:
        config['m'], config['v'] = np.zeros_like(w, _wide(w)), np.zeros_like(w, _wide(w))
    config['t'] += 1
    m, v, t = config['m'], config['v'], config['t']
    beta1, beta2 = config['beta1'], config['beta2']
    dw = dw.astype(_wide(dw), copy=False)
    step = np.asarray((1 - beta1) * dw)  # an array also where w is a single number
    m *= beta1
    m += step
    np.multiply(dw, dw, out=step)
    step *= 1 - beta2
    v *= beta2
    v += step
    np.multiply(v, 1 / (1 - beta2**t), out=step)
    np.sqrt(step, out=step)
    step += config['epsilon']
    np.divide(m, step, out=step)
    step *= config['learning_rate'] / (1 - beta1**t)
    w -= step
    return w, config
