"""Three ways to look into a classifier, all by the gradient of a class score with respect to the pixels.

Saliency maps ask which pixels matter, fooling images which small change flips the answer, class
visualization which picture the network would love best. Pictures are tensors (N, 3, H, W), normalised with
SQUEEZENET_MEAN and SQUEEZENET_STD.
"""

import math
import warnings
from contextlib import contextmanager

import numpy as np
import torch
import torchvision.transforms.functional as TF
from PIL import Image

from cs231n._shared.halves import wide
from cs231n._shared.networks import differentiable, weight_of
from cs231n._shared.normalisation import SQUEEZENET_MEAN, SQUEEZENET_STD, mean_and_std
from cs231n.data.decoding import as_rgb, resized
from cs231n.data.squeezenet import refuse_mixed_worlds, remedy

# Keywords of create_class_visualization that suit the sample network. Its defaults are those of the assignment, chosen
# for ImageNet's SqueezeNet; the slopes of the sample network are so gentle that a tax of 1e-3 leaves the picture grey.
RECIPE = dict(size=128, num_iterations=80, l2_reg=1e-5, learning_rate=20, blur_every=1)


# ---- the three methods ----


def compute_saliency_maps(X, y, model):
    """How strongly each pixel moves the score of the right class: M = max over channels of |∂s_y / ∂X|.

    X: pictures (N, 3, H, W), floating point; y: labels (N,), integers; model: maps X to class scores (N, K).
    Returns M (N, H, W), of X's device and dtype, without a graph; row n depends on picture n alone.
    X and the model, its mode and its .grad, stay as they are. ValueError or TypeError on other input;
    FloatingPointError if a score or its gradient is NaN or infinite.
    Source: Simonyan et al., arXiv:1312.6034, section 3.
    """
    X, y = _pictures(X, 'X'), _labels(y, 'y', X)
    refuse_mixed_worlds(model, y)
    with _looking_into(model) as model:
        # BEGIN SOLUTION: saliency, the size of the gradient of each right score, largest over the channels
        X.requires_grad_()
        scores = _scores(model, X, y)  # (N, K)
        picked = scores.gather(1, y[:, None])  # (N, 1): unnormalised, no softmax
        (grad,) = torch.autograd.grad(picked.sum(), X)  # (N, 3, H, W): picture n moves only its own score
        _want_finite(grad)
        saliency = grad.abs().amax(dim=1)  # (N, H, W)
        # END SOLUTION
    return saliency


def make_fooling_image(X, target_y, model, max_steps=100):
    """Return a picture close to X that the model takes for target_y: steps X += g / ‖g‖ up the score, g = ∂s_t / ∂X.

    X: pictures (N, 3, H, W), usually N = 1; target_y: the wanted class, an int, or (N,) integers;
    model: maps X to class scores (N, K).
    Returns X_fooling like X, without a graph; each picture stops as soon as it fools the model. Warns
    (UserWarning) if some picture still does not after max_steps, and says how close it came.
    X and the model stay as they are. ValueError or TypeError on other shapes or types; FloatingPointError, which
    names the step, if a score or its gradient is NaN or infinite.
    Source: Szegedy et al., arXiv:1312.6199; gradient steps as in Goodfellow et al., arXiv:1412.6572.
    """
    X, target = _pictures(X, 'X'), _labels(target_y, 'target_y', X)
    refuse_mixed_worlds(model, target)
    _whole(max_steps, 'max_steps', 0)
    with _looking_into(model) as model:
        # BEGIN SOLUTION: X_fooling, from X step by step up the score of target, until the model says target
        X_fooling = X
        for step in range(max_steps + 1):
            X_fooling.requires_grad_()
            scores = _scores(model, X_fooling, target, f'step {step}: ')  # (N, K)
            missed = scores.argmax(dim=1) != target  # (N,)
            if step == max_steps or not missed.any():
                break
            (grad,) = torch.autograd.grad(scores.gather(1, target[:, None]).sum(), X_fooling)
            X_fooling = X_fooling.detach() + missed[:, None, None, None] * _unit(grad, f'step {step}: ')
        X_fooling = X_fooling.detach()
        # END SOLUTION
        _warn_if_missed(model, X_fooling, target, max_steps)
    return X_fooling


def class_visualization_update_step(img, model, target_y, l2_reg, learning_rate):
    """One step uphill, in place: img += lr · g / ‖g‖, with g the gradient of s_y(img) − λ ‖img‖².

    img: pictures (N, 3, H, W), usually N = 1, whose pixels are changed; target_y: the class, an int, or (N,)
    integers; model: maps img to scores (N, K); l2_reg: λ ≥ 0; learning_rate: the length of the step, lr.
    Returns None; the model, img.grad and img.requires_grad stay as they are.
    ValueError or TypeError on other shapes or types; FloatingPointError, with img as it was, if the score or its
    gradient is NaN or infinite.
    Source: Simonyan et al., arXiv:1312.6034, section 2; steps of fixed length as in Yosinski et al.,
    arXiv:1506.06579.
    """
    target = _labels(target_y, 'target_y', _pictures(img, 'img'))
    with _looking_into(model) as model, _writable(img) as img:
        # BEGIN SOLUTION: one normalised step up the score minus the L2 term, changing img in place
        I = img.detach().clone().requires_grad_()
        scores = _scores(model, I, target)  # (N, K)
        objective = scores.gather(1, target[:, None]).sum() - l2_reg * (I**2).sum()
        (grad,) = torch.autograd.grad(objective, I)  # (N, 3, H, W)
        with torch.no_grad():
            img += learning_rate * _unit(grad)
        # END SOLUTION


@torch.inference_mode(False)
def create_class_visualization(
    target_y,
    model,
    dtype=None,
    *,
    l2_reg=1e-3,
    learning_rate=25,
    num_iterations=100,
    blur_every=10,
    max_jitter=16,
    show_every=25,
    size=224,
    generator=None,
    show=None,
):
    """Return the picture that the model would love best as class target_y: from noise, step by step uphill.

    For each class_visualization_update_step the picture is shifted by up to max_jitter pixels and back; after
    it, it is clipped to real colours; every blur_every steps it is blurred a little. These keep out the high
    frequencies that networks love and eyes do not.
    target_y: an int, or a sequence of N for N pictures; dtype: as older notebooks give it, a type of tensors, and
    not needed: the model decides; l2_reg, learning_rate: of the step; size: side in
    pixels; generator: a CPU torch.Generator for noise and shifts, seed 231 if None;
    show: called as show(t, img) with the picture so far, at the first, each show_every-th and the last step.
    Returns the normalised picture (N, 3, size, size), on the model's device and in its dtype; see deprocess.
    FloatingPointError, which names the step, if the score or its gradient is NaN or infinite.
    """
    if isinstance(dtype, (int, float)):
        raise TypeError(f'dtype: must be a type of tensors or None, got {dtype!r}; l2_reg goes by name')
    at_least_1 = dict(num_iterations=num_iterations, blur_every=blur_every, show_every=show_every, size=size)
    for name, value in at_least_1.items():
        _whole(value, name, 1)
    _whole(max_jitter, 'max_jitter', 0)
    generator = generator or torch.Generator().manual_seed(231)
    N = torch.as_tensor(target_y).numel()
    model = differentiable(model)
    like = weight_of(model)
    low, high = _colour_range(like)
    img = torch.randn(N, 3, size, size, generator=generator).to(like).requires_grad_()
    for t in range(1, num_iterations + 1):
        ox, oy = torch.randint(max_jitter + 1, (2,), generator=generator).tolist()
        img.data = jitter(img.data, ox, oy)
        try:
            class_visualization_update_step(img, model, target_y, l2_reg, learning_rate)
        except FloatingPointError as error:
            raise FloatingPointError(f'step {t}: {error}') from None
        img.data = jitter(img.data, -ox, -oy).clamp(low, high)
        if t % blur_every == 0:
            blur_image(img.data, sigma=0.5)
        if show is not None and (t == 1 or t % show_every == 0 or t == num_iterations):
            show(t, img.detach().clone())
    return img.detach()


# ---- pictures in and out ----


def preprocess(img, size=224):
    """Return a picture as the network wants it: shorter side scaled to size, (img / 255 − mean) / std.

    img: a path, a PIL image of any mode, or an array (H, W), (H, W, 3) or (H, W, 4), uint8 or float in 0..1;
        it is turned upright as its EXIF data say, and transparent parts turn white
    Returns float32 (1, 3, H', W'). TypeError or ValueError: not a picture, a bad size, or too long a picture.
    """
    img = TF.to_tensor(resized(as_rgb(img), _whole(size, 'size', 1), 'img'))
    return TF.normalize(img, SQUEEZENET_MEAN.tolist(), SQUEEZENET_STD.tolist())[None]


def deprocess(img, should_rescale=True):
    """Return the first picture of a batch (N, 3, H, W) as a PIL image, its values stretched over the whole range.

    With should_rescale=False the inverse of preprocess; what is brighter or darker than a colour is cut off.
    """
    img = _pictures(img, 'img')[:1].to('cpu', torch.float32)
    mean, std = mean_and_std(img)
    img = (img * std + mean)[0]
    img = rescale(img) if should_rescale else img.clamp(0, 1)
    return Image.fromarray((255 * img).round().to(torch.uint8).permute(1, 2, 0).numpy())


def rescale(x):
    """X stretched so that it runs from 0 to 1: (x − min) / (max − min); a constant x turns to zeros."""
    low, high = x.min(), x.max()
    return (x - low) / (high - low) if high > low else torch.zeros_like(x)


def blur_image(X, sigma=1):
    """Blur pictures (N, C, H, W) in place by a Gaussian of sigma pixels, on X's own device; returns X.

    As scipy.ndimage.gaussian_filter1d along both sides: cut off at 4 sigma, mirrored at the border.
    Raises ValueError if sigma is negative.
    """
    if not sigma >= 0:
        raise ValueError(f'sigma: expected 0 or more, got {sigma!r}')
    radius = int(4 * sigma + 0.5)
    weights = [math.exp(-0.5 * (k / sigma) ** 2) if k else 1.0 for k in range(-radius, radius + 1)]
    with torch.inference_mode(X.is_inference()), torch.no_grad():
        blurred = X.detach()
        for dim in (2, 3):
            n = X.shape[dim]
            at = torch.arange(-radius, n + radius, device=X.device) % (2 * n)
            mirrored = torch.minimum(at, 2 * n - 1 - at)  # c b a | a b c | c b a
            padded = blurred.index_select(dim, mirrored)
            blurred = sum(w / sum(weights) * padded.narrow(dim, k, n) for k, w in enumerate(weights))
        return X.copy_(blurred)


def jitter(X, ox, oy):
    """X (N, C, H, W) shifted ox pixels to the right and oy down; what leaves enters on the other side."""
    return torch.roll(X, shifts=(oy, ox), dims=(2, 3))


# ---- leaving no trace, and saying what is wrong ----


@contextmanager
def _looking_into(model):
    """Give the model, in eval mode, to a block in which gradients are recorded; afterwards all is as before.

    In training mode BatchNorm would mix the pictures of a batch and remember them, dropout would add noise. A model
    that was made in inference mode takes no part in gradients: the block gets a copy that does.
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f'model: expected a torch.nn.Module, got {type(model).__name__}')
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        with torch.inference_mode(False), torch.enable_grad():
            yield differentiable(model)
    finally:
        for module in training:
            module.training = True


@contextmanager
def _writable(img):
    """Give img, or, where it was made in inference mode, a copy whose pixels become those of img after the block."""
    if not img.is_inference():
        yield img
        return
    copy = img.clone()
    yield copy
    with torch.inference_mode():
        img.copy_(copy)


def _pictures(X, name):
    """Return a copy of a batch of pictures, a leaf of its own; TypeError or ValueError if X is no such batch."""
    if not isinstance(X, torch.Tensor) or not X.is_floating_point():
        found = f'a tensor of {X.dtype}' if isinstance(X, torch.Tensor) else type(X).__name__
        raise TypeError(f'{name}: expected a floating-point tensor, got {found}')
    if X.ndim != 4 or X.shape[1] != 3:
        raise ValueError(f'{name}: expected the shape (N, 3, H, W), got {tuple(X.shape)}')
    with torch.inference_mode(False):
        return X.detach().clone()


def _labels(y, name, X):
    """Labels as int64 (N,) on X's device; one number stands for all pictures."""
    y = torch.as_tensor(y, device=X.device)
    if y.is_floating_point() or y.is_complex() or y.dtype == torch.bool:
        raise TypeError(f'{name}: expected integers, got {y.dtype}')
    if y.ndim == 0 or (name == 'target_y' and y.numel() == 1):
        y = y.reshape(1).expand(len(X))
    if y.shape != (len(X),):
        raise ValueError(f'{name}: expected one label for each of {len(X)} pictures, got {tuple(y.shape)}')
    with torch.inference_mode(False):
        return y.long().clone()


def _scores(model, X, y, when=''):
    """Return the class scores (N, K) of a copy of X, since a model may begin with a layer that works in place."""
    scores = model(X.clone())
    if not isinstance(scores, torch.Tensor) or scores.ndim != 2 or len(scores) != len(X):
        found = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
        raise ValueError(f'model: expected scores of shape (N, K) = ({len(X)}, K), got {found}')
    if len(y) and not 0 <= int(y.min()) <= int(y.max()) < scores.shape[1]:
        K = scores.shape[1]
        raise ValueError(f'expected labels from 0 to {K - 1}, got {y.tolist()}{remedy(K, y)}')
    for k, score in zip(y.tolist(), scores.gather(1, y[:, None])[:, 0].tolist()):
        if not math.isfinite(score):
            raise FloatingPointError(f'{when}the score of class {k} is {score}')
    return scores


# BEGIN SOLUTION
def _unit(grad, when=''):
    """Return the gradient of each picture divided by its length; zero where it is zero."""
    _want_finite(grad, when)
    grad, dtype = wide(grad), grad.dtype
    grad = grad / grad.abs().amax((1, 2, 3), keepdim=True).clamp(min=torch.finfo(grad.dtype).tiny)  # squares fit now
    lengths = grad.flatten(1).norm(dim=1)[:, None, None, None]  # (N, 1, 1, 1)
    return torch.where(lengths > 0, grad / lengths, 0).to(dtype)


def _want_finite(grad, when=''):
    if not grad.isfinite().all():
        raise FloatingPointError(f'{when}the gradient of the score is NaN or infinite')
# END SOLUTION


def _warn_if_missed(model, X_fooling, target, max_steps):
    with torch.no_grad():
        scores = _scores(model, X_fooling, target)
    missed = scores.argmax(dim=1) != target
    if missed.any():
        p = scores.softmax(dim=1).gather(1, target[:, None])[missed].min().item()
        warnings.warn(
            f'make_fooling_image: {int(missed.sum())} of {len(target)} pictures do not fool the model after '
            f'{max_steps} steps; the probability of the target class is only {p:.2g}',
            stacklevel=3,
        )


def _colour_range(like):
    """Return the normalised values of black and white: two tensors (1, 3, 1, 1) of the device and dtype of like."""
    mean, std = mean_and_std(like)
    return -mean / std, (1 - mean) / std


def _whole(value, name, least):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f'{name}: expected a whole number, got {type(value).__name__}')
    if value < least:
        raise ValueError(f'{name}: expected {least} or more, got {value}')
    return int(value)
