"""NumPy layers of feed-forward networks, each forward function with its backward function beside it."""

import numpy as np

from cs231n._shared.arguments import as_floats, check_indices, check_shape, contract, rounded, sum_rows


@contract(x='N ...', w='D M', b='M')
def affine_forward(x, w, b):
    """Compute a fully connected layer, out = x w + b, each example flattened to a row first.

    x: (N, d_1, …, d_k) with D = d_1 ⋯ d_k; w: (D, M); b: (M,).
    Returns out (N, M) and the cache for `affine_backward`.
    ValueError if the shapes do not fit together.
    """
    check_shape('affine_forward: w', 'D, M', w, int(np.prod(x.shape[1:])), None)
    out = x.reshape(len(x), len(w)) @ w + b  # (N, M)
    return out, (x, w)


def affine_backward(dout, cache):
    """Backpropagate through `affine_forward`: dx = dout wᵀ, dw = xᵀ dout, db = Σ_n dout.

    dout: (N, M). Returns dx (N, d_1, …, d_k), dw (D, M), db (M,).
    ValueError if dout has another shape than the output.
    """
    x, w = cache
    N = len(x)
    D, M = w.shape
    check_shape('affine_backward: dout', 'N, M', dout, N, M)
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(N, D).T @ dout  # (D, M)
    return dx, dw, sum_rows(dout)


def relu_forward(x):
    """Compute max(0, x) elementwise, for any shape; returns it and the cache."""
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    """Backpropagate through `relu_forward`: dx = dout where x > 0, else 0."""
    check_shape('relu_backward: dout', 'like x', dout, *cache.shape)
    return dout * (cache > 0)


@contract(x='N+ C')
def svm_loss(x, y):
    """Compute the multiclass hinge loss, mean_n Σ_{j≠y_n} max(0, x_nj - x_ny + 1), and its gradient.

    x: (N, C) scores; y: (N,) integer labels in 0 … C-1.
    Returns the loss and dx (N, C).
    ValueError on other shapes or labels outside, TypeError on labels that are not integers.
    Crammer & Singer, JMLR 2001.
    """
    scores, y = as_floats(x), check_indices('svm_loss: y', y, x.shape[1], like=x[:, 0])
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)  # (N, C)
    margins[rows, y] = 0
    dx = (margins > 0).astype(margins.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    dx /= N
    return margins.sum(axis=1).mean(), rounded(dx, x)


@contract(x='N+ C')
def softmax_loss(x, y):
    """Compute the cross-entropy of softmax(x), mean_n (log Σ_j exp x_nj - x_ny), and its gradient.

    x: (N, C) scores of any size; y: (N,) integer labels in 0 … C-1.
    Returns the loss and dx (N, C).
    ValueError on other shapes or labels outside, TypeError on labels that are not integers.
    """
    scores, y = as_floats(x), check_indices('softmax_loss: y', y, x.shape[1], like=x[:, 0])
    N = len(x)
    rows = np.arange(N)
    log_p = scores - scores.max(axis=1, keepdims=True)  # the largest becomes 0, so exp cannot overflow
    log_p -= np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    dx /= N
    return -log_p[rows, y].mean(), rounded(dx, x)


@contract(x='N D', gamma='D', beta='D')
def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each feature over the minibatch: out = gamma (x - mean) / √(var + eps) + beta.

    x: (N, D); gamma, beta: (D,). bn_param: a dict with mode 'train' or 'test' (required), eps (default 1e-5),
    momentum (default 0.9), running_mean and running_var (D,). Training uses the minibatch's own mean and
    (biased) variance and stores running = momentum · running + (1 - momentum) · own back into bn_param;
    test uses the running ones. Returns out (N, D) and the cache (None for test).
    ValueError on another shape or mode, or nothing to train on. Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
    """
    D = x.shape[1]
    mode, eps, momentum = bn_param.get('mode'), bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    given, x = x, as_floats(x)
    running_mean = bn_param.get('running_mean', np.zeros(D, x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, x.dtype))
    if mode == 'test':
        return rounded(gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, given), None
    if mode != 'train':
        raise ValueError(f"batchnorm_forward: bn_param['mode'] must be 'train' or 'test', got {mode!r}")
    if len(x) == 0:  # without a mean, and the running averages would be lost
        raise ValueError(f'batchnorm_forward: x must hold at least one example to train on, got shape {x.shape}')
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    normed = (x - mean) / std
    bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mean
    bn_param['running_var'] = momentum * running_var + (1 - momentum) * var
    return rounded(gamma * normed + beta, given), (normed, gamma, std)


def batchnorm_backward(dout, cache):
    """Backpropagate through `batchnorm_forward` in training mode.

    With x̂ the normalised input and d = gamma · dout: dx = (d - mean_n d - x̂ mean_n(d x̂)) / std.
    dout: (N, D). Returns dx (N, D), dgamma (D,), dbeta (D,).
    """
    normed, gamma, std = cache
    check_shape('batchnorm_backward: dout', 'N, D', dout, *normed.shape)
    given, dout = dout, as_floats(dout)
    d = gamma * dout
    dx = (d - d.mean(axis=0) - normed * (d * normed).mean(axis=0)) / std
    return rounded(dx, given), rounded((dout * normed).sum(axis=0), given), rounded(dout.sum(axis=0), given)


@contract(x='N C H W', gamma='C', beta='C')
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each channel over the minibatch and all places: `batchnorm_forward` on the pixels.

    x: (N, C, H, W); gamma, beta: (C,); bn_param as in `batchnorm_forward`.
    Returns out (N, C, H, W) and the cache (None for test).
    """
    N, C, H, W = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    out, cache = batchnorm_forward(pixels, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache  # (N, C, H, W)


@contract(dout='N C H W')
def spatial_batchnorm_backward(dout, cache):
    """Backpropagate through `spatial_batchnorm_forward`: dx (N, C, H, W), dgamma (C,), dbeta (C,)."""
    N, C, H, W = dout.shape
    pixels = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    dx, dgamma, dbeta = batchnorm_backward(pixels, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta  # dx: (N, C, H, W)
