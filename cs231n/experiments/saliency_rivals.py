"""Three other answers to "which pixels did it look at?", to hold against the gradient: maps (N, H, W) of X, y, model.

X: pictures (N, 3, H, W), normalised; y: labels (N,); all without a graph.
"""

import torch
import torch.nn.functional as F

from cs231n.net_visualization_pytorch import compute_saliency_maps


def smooth_grad(X, y, model, count=8, noise=0.15, generator=None):
    """Return the mean of `count` saliency maps, each of the picture with noise: M̂ = 1/n Σ M(X + ε).

    noise: the deviation of ε, as a share of the range of a picture; generator: seed 0 if None. ValueError if
    count is below 1.
    Source: Smilkov et al., arXiv:1706.03825.
    """
    if count < 1:
        raise ValueError(f'smooth_grad: count must be 1 or more, got {count}')
    generator = generator or torch.Generator().manual_seed(0)
    deviation = noise * (X.amax((1, 2, 3), keepdim=True) - X.amin((1, 2, 3), keepdim=True))
    draws = (torch.randn(X.shape[1:], generator=generator).to(X) for _ in range(count))  # the same for each picture
    return sum(compute_saliency_maps(X + deviation * draw, y, model) for draw in draws) / count


@torch.no_grad()
def occlusion(X, y, model, patch=56, stride=28):
    """Return how much the score falls when a grey square covers a pixel: the mean over all squares that do.

    patch, stride: side and distance of the squares, in pixels; grey is 0 in normalised units. ValueError if the squares
    do not fit or leave gaps.
    Source: Zeiler and Fergus, arXiv:1311.2901, section 4.2.
    """
    if not 1 <= stride <= patch <= min(X.shape[2:]):
        raise ValueError(f'occlusion: patch and stride must be such that 1 ≤ stride ≤ patch ≤ {min(X.shape[2:])}, '
                         f'got {patch} and {stride}')
    score = lambda X: model(X).gather(1, y[:, None])[:, 0]  # (N,)
    whole, (N, _, H, W) = score(X), X.shape
    fall, covers = X.new_zeros(N, H, W), X.new_zeros(H, W)
    for i in range(0, H - patch + 1, stride):
        for j in range(0, W - patch + 1, stride):
            square, covered = (..., slice(i, i + patch), slice(j, j + patch)), X.clone()
            covered[square] = 0
            fall[square] += (whole - score(covered))[:, None, None]
            covers[square] += 1
    return fall / covers.clamp(min=1)


def grad_cam(X, y, model):
    """Return where the last maps A (N, C, h, w) speak for the class: ReLU(Σ_c ᾱ_c A_c), ᾱ_c the mean of ∂s_y / ∂A_c.

    model: a network with `features` and `classifier`; the map is enlarged to the size of X.
    Source: Selvaraju et al., arXiv:1610.02391.
    """
    with torch.enable_grad():
        A = model.features(X).detach().requires_grad_()
        scores = model.classifier(A).flatten(1).gather(1, y[:, None])
        (grad,) = torch.autograd.grad(scores.sum(), A)
    cam = (grad.mean((2, 3), keepdim=True) * A.detach()).sum(1, keepdim=True).relu()  # (N, 1, h, w)
    return F.interpolate(cam, X.shape[2:], mode='bilinear', align_corners=False)[:, 0]
