"""Saliency, fooling and class visualization one picture, one pixel at a time, as one would write them down
first.
"""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d


def saliency(X, y, model):
    N, C, H, W = X.shape
    out = torch.zeros(N, H, W, dtype=X.dtype)
    for n in range(N):
        x = X[n : n + 1].clone().requires_grad_()
        model(x)[0, int(y[n])].backward()
        for i in range(H):
            for j in range(W):
                out[n, i, j] = max(abs(x.grad[0, c, i, j].item()) for c in range(C))
    return out


def numerical_saliency(X, y, model, h=1e-5):
    """By central differences, in float64."""
    N, C, H, W = X.shape
    slopes = np.zeros((N, C, H, W))
    for n, c, i, j in np.ndindex(N, C, H, W):
        scores = []
        for sign in (1, -1):
            x = X[n : n + 1].clone()
            x[0, c, i, j] += sign * h
            scores.append(model(x)[0, int(y[n])].item())
        slopes[n, c, i, j] = (scores[0] - scores[1]) / (2 * h)
    return torch.from_numpy(np.abs(slopes).max(axis=1))


def fooling_image(X, target, model, max_steps=100):
    """-> picture, number of steps taken."""
    x = X.clone().requires_grad_()
    for step in range(max_steps):
        scores = model(x)
        if scores[0].argmax().item() == target:
            return x.detach(), step
        scores[0, target].backward()
        x.data += x.grad / torch.sqrt((x.grad**2).sum())
        x.grad = None
    return x.detach(), max_steps


def class_step(img, model, target, l2_reg, learning_rate):
    """-> the picture after the step; the gradient of the L2 term is written out."""
    x = img.detach().clone().requires_grad_()
    model(x)[0, target].backward()
    direction = x.grad - 2 * l2_reg * x.detach()
    return x.detach() + learning_rate * direction / torch.sqrt((direction**2).sum())


def blur(X, sigma):
    return torch.from_numpy(gaussian_filter1d(gaussian_filter1d(X.numpy(), sigma, axis=2), sigma, axis=3))


def shift(X, ox, oy):
    out = torch.empty_like(X)
    H, W = X.shape[2:]
    for i in range(H):
        for j in range(W):
            out[:, :, (i + oy) % H, (j + ox) % W] = X[:, :, i, j]
    return out
