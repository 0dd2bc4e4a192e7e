"""Style transfer: the content of one picture in the style of another (Gatys, Ecker, Bethge, CVPR 2016)."""

import math

import numpy as np
import torch
from PIL import Image
from torch import nn

from cs231n._shared.halves import wide
from cs231n._shared.networks import layers as layers_of
from cs231n._shared.networks import own_copy, trunk, weight_of
from cs231n._shared.normalisation import mean_and_std
from cs231n.data.decoding import as_rgb, resized
from cs231n.gradient_check import rel_error  # noqa: F401

# ---- the four losses ----


def content_loss(content_weight, content_current, content_original):
    """How far the content of a picture has moved: L = w Σ (F − P)², summed over all entries.

    content_weight: w, a number
    content_current: F, features of the picture being made, (N, C, H, W)
    content_original: P, the same layer's features of the content picture, (N, C, H, W)
    Returns a tensor without dimensions. ValueError: the shapes differ.
    """
    if content_current.shape != content_original.shape:
        raise ValueError(f'content_original must have the shape of content_current, {tuple(content_current.shape)},'
                         f' not {tuple(content_original.shape)}')
    # BEGIN SOLUTION: return the weighted sum of squared differences
    distance = (wide(content_current) - wide(content_original)).square().sum()
    return (content_weight * distance).to(content_current.dtype)
    # END SOLUTION


def gram_matrix(features, normalize=True):
    """Which channels of a layer are active together: G[n, i, j] = Σ over pixels of F[n, i] F[n, j].

    features: F, (N, C, H, W); every image of the minibatch gets a matrix of its own
    normalize: divide by C · H · W
    Returns (N, C, C). ValueError: features has another number of dimensions.
    """
    _want_4d('features', features)
    N, C, H, W = features.shape
    # BEGIN SOLUTION: return one matrix for each picture, (N, C, C), divided by C H W if normalize is set
    rows = wide(features).permute(0, 2, 3, 1).reshape(N, H * W, C)  # no copy where the channels lie last in memory
    if normalize:
        rows = rows / math.sqrt(C * H * W)  # before the product, which could overflow
    return _products(rows).to(features.dtype)  # rowsᵀ rows, (N, C, C), with half the work on the way back
    # END SOLUTION


# BEGIN SOLUTION
def _products(rows):
    """P = Rᵀ R, whose gradient R (U + Uᵀ) takes one product; autograd, which does not see that both are R, takes two.

    rows: R, (N, K, C). Returns (N, C, C).
    """
    return _Product.apply(rows)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows):
        ctx.save_for_backward(rows)
        return rows.transpose(1, 2) @ rows

    @staticmethod
    def backward(ctx, upstream):
        (rows,) = ctx.saved_tensors
        return rows @ (upstream + upstream.transpose(1, 2))
# END SOLUTION


def style_loss(feats, style_layers, style_targets, style_weights):
    """How far the style of a picture is from its targets: L = Σ over layers of w Σ (G − A)².

    feats: the features of the picture being made, by layer, as `extract_features` returns them
    style_layers: the layers that count, as indices into feats
    style_targets: for each of these the Gram matrix A of the style picture, (N, C, C)
    style_weights: for each of these its weight w
    Returns a tensor without dimensions. ValueError: not as many targets or weights as layers.
    """
    for name, values in (('style_targets', style_targets), ('style_weights', style_weights)):
        if len(values) != len(style_layers):
            raise ValueError(f'{name} must have one entry for each of the {len(style_layers)} style_layers,'
                             f' not {len(values)}')
    # BEGIN SOLUTION: return the weighted sum over the layers; use gram_matrix
    loss = torch.zeros(())
    for layer, target, weight in zip(style_layers, style_targets, style_weights):
        loss = loss + weight * (gram_matrix(wide(feats[layer])) - wide(target)).square().sum()
    return loss
    # END SOLUTION


def tv_loss(img, tv_weight):
    """Total variation: L = w Σ (x[i+1, j] − x[i, j])² + w Σ (x[i, j+1] − x[i, j])², over all neighbouring pixels.

    img: x, (N, 3, H, W)
    tv_weight: w, a number
    Returns a tensor without dimensions. ValueError: img has another number of dimensions.
    """
    _want_4d('img', img)
    # BEGIN SOLUTION: return the weighted sum of squared differences of neighbours, by slices, without a loop
    x = wide(img)
    down = x[:, :, 1:, :] - x[:, :, :-1, :]   # (N, 3, H-1, W)
    right = x[:, :, :, 1:] - x[:, :, :, :-1]  # (N, 3, H, W-1)
    return (tv_weight * (down.square().sum() + right.square().sum())).to(img.dtype)
    # END SOLUTION


def _want_4d(name, tensor):
    if tensor.ndim != 4:
        raise ValueError(f'{name} must have four dimensions (N, C, H, W), not the shape {tuple(tensor.shape)}')


# ---- pictures in and out ----


def preprocess(img, size=512):
    """Return a picture as SqueezeNet wants it: resized, scaled to 0..1, minus ImageNet's mean, over its deviation.

    img: a path, a PIL image of any mode, or an array (H, W), (H, W, 3) or (H, W, 4), uint8 or float in 0..1;
        it is turned upright as its EXIF data say, and transparent parts turn white
    size: the length of the shorter side after resizing
    Returns float32 (1, 3, H, W). TypeError or ValueError: not a picture, a bad size, or too long a picture.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f'size must be a whole number of at least 1, not {size!r}')
    image = resized(as_rgb(img), size, 'img')
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None] / 255  # (1, 3, H, W)
    mean, std = mean_and_std(x)
    return (x - mean) / std


def deprocess(img):
    """Undo `preprocess`, and stretch the values so that they fill 0..1.

    img: (1, 3, H, W); of a larger minibatch only the first picture is taken. Returns a PIL image.
    """
    _want_4d('img', img)
    return _to_pil(rescale(_unnormalised(img)))


def unprocessed(img):
    """Undo `preprocess` without stretching: (1, 3, H, W) -> uint8 (H, W, 3), cut off at 0 and 255."""
    _want_4d('img', img)
    return np.array(_to_pil(_unnormalised(img)))


def rescale(x):
    """Stretch x linearly so that it fills 0..1; if x is constant, all becomes 0."""
    low, high = x.min(), x.max()
    return (x - low) / (high - low) if high > low else x - low


def _unnormalised(x):
    mean, std = mean_and_std(x)
    return x.detach() * std + mean


def _to_pil(x):
    """(1, 3, H, W) in 0..1 -> PIL image."""
    return Image.fromarray((255 * x[0].clamp(0, 1)).round().byte().permute(1, 2, 0).cpu().numpy())


# ---- features ----


def extract_features(x, cnn, layers=None):
    """Return the output of every layer of a network.

    x: pictures (N, 3, H, W); the network is taken to their dtype and device, if it is elsewhere
    cnn: an nn.Sequential, such as SqueezeNet's `features`, or a model that has one of that name; DataParallel and
        torch.compile around it do not count
    layers: the layers wanted, if not all; nothing is computed beyond the last of them
    Returns a list with one tensor a layer; None in the place of those that were not wanted.
    A feature is what its layer put out: a ReLU that works in place changes a copy of it.
    ValueError: x has not four dimensions, there is no such layer, or the layers of cnn are no sequence.
    """
    _want_4d('x', x)
    net = _placed(trunk(cnn), x)
    modules = layers_of(net)
    if not modules:
        raise ValueError(f'cnn must be an nn.Sequential or have one named features, not {type(net).__name__}')
    layers = range(len(modules)) if layers is None else layers
    for layer in layers:
        if not 0 <= layer < len(modules):
            raise ValueError(f'layers must be among 0 to {len(modules) - 1}, not {layer}')
    features, keep = [], True  # x is the caller's
    for i, module in enumerate(modules[:max(layers, default=-1) + 1]):
        out = _output(net, i, module, x.clone() if keep and _in_place(module) else x)
        keep = i in layers or (keep and out.data_ptr() == x.data_ptr())  # nn.Identity hands on what it got
        features.append(out if i in layers else None)
        x = out
    return features


def features_from_img(imgpath, imgsize, cnn):
    """Load a picture and extract its features: (list of features, the picture as a tensor (1, 3, H, W)).

    imgpath: a path, or anything else that `preprocess` takes; imgsize: its shorter side; cnn: see `extract_features`
    """
    img = preprocess(imgpath, size=imgsize).to(weight_of(trunk(cnn)))
    return extract_features(img, cnn), img


def _placed(net, like):
    """Return the network, or a copy of it where like is."""
    if all(p.dtype == like.dtype and p.device == like.device for p in net.parameters()):
        return net
    return own_copy(net).to(like.device, like.dtype)


def _output(net, i, module, x):
    """Return what layer i makes of x; ValueError if it cannot, because the layers of net do not follow each other."""
    if isinstance(net, nn.Sequential):
        return module(x)
    try:
        return module(x)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f'cnn must be an nn.Sequential or have one named features; layer {i} of this {type(net).__name__},'
            f' {type(module).__name__}, does not take the shape {tuple(x.shape)} that comes before it') from error


def _in_place(module):
    leaves = (part for part in module.modules() if next(part.children(), None) is None)
    return getattr(next(leaves), 'inplace', False)  # only the first sees the input; a Fire begins with a convolution
