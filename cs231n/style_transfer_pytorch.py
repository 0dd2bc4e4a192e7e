"""Style transfer: the content of one picture in the style of another (Gatys, Ecker, Bethge, CVPR 2016)."""

import copy
from os import PathLike

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD, _to_rgb, load_image
from cs231n.pretrained import load_squeezenet

MAX_PIXELS = 2**24  # of a resized picture; its features would fill the memory
MIN_SIDE = 17       # below it nothing is left for SqueezeNet's last layers


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
    # BEGIN SOLUTION
    return content_weight * (content_current - content_original).square().sum()
    # END SOLUTION


def gram_matrix(features, normalize=True):
    """Which channels of a layer are active together: G[n, i, j] = Σ over pixels of F[n, i] F[n, j].

    features: F, (N, C, H, W); every image of the minibatch gets a matrix of its own
    normalize: divide by C · H · W
    Returns (N, C, C). ValueError: features has another number of dimensions.
    """
    _want_4d('features', features)
    N, C, H, W = features.shape
    # BEGIN SOLUTION
    flat = features.reshape(N, C, H * W)
    gram = flat @ flat.transpose(1, 2)  # (N, C, C)
    return gram / (C * H * W) if normalize else gram
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
    # BEGIN SOLUTION
    loss = torch.zeros(())
    for layer, target, weight in zip(style_layers, style_targets, style_weights):
        loss = loss + weight * (gram_matrix(feats[layer]) - target).square().sum()
    return loss
    # END SOLUTION


def tv_loss(img, tv_weight):
    """Total variation: L = w Σ (x[i+1, j] − x[i, j])² + w Σ (x[i, j+1] − x[i, j])², over all neighbouring pixels.

    img: x, (N, 3, H, W)
    tv_weight: w, a number
    Returns a tensor without dimensions. ValueError: img has another number of dimensions.
    """
    _want_4d('img', img)
    # BEGIN SOLUTION
    down = img[:, :, 1:, :] - img[:, :, :-1, :]   # (N, 3, H-1, W)
    right = img[:, :, :, 1:] - img[:, :, :, :-1]  # (N, 3, H, W-1)
    return tv_weight * (down.square().sum() + right.square().sum())
    # END SOLUTION


def _want_4d(name, tensor):
    if tensor.ndim != 4:
        raise ValueError(f'{name} must have four dimensions (N, C, H, W), not the shape {tuple(tensor.shape)}')


# ---- pictures in and out ----


def preprocess(img, size=512):
    """A picture as SqueezeNet wants it: resized, scaled to 0..1, minus the mean, divided by the deviation of ImageNet.

    img: a path, a PIL image of any mode, or an array (H, W), (H, W, 3) or (H, W, 4), uint8 or float in 0..1;
        it is turned upright as its EXIF data say, and transparent parts turn white
    size: the length of the shorter side after resizing
    Returns float32 (1, 3, H, W). TypeError or ValueError: not a picture, a bad size, or too long a picture.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f'size must be a whole number of at least 1, not {size!r}')
    image = _as_rgb(img)
    short = min(image.size)
    width, height = (int(size) * side // short for side in image.size)
    if width * height > MAX_PIXELS:
        raise ValueError(f'img is {image.width} × {image.height} pixels; with size={size} it would grow to'
                         f' {width} × {height}, at most {MAX_PIXELS} pixels are allowed')
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None] / 255  # (1, 3, H, W)
    return (x - _channels(SQUEEZENET_MEAN, x)) / _channels(SQUEEZENET_STD, x)


def deprocess(img):
    """Undo `preprocess`, and stretch the values so that they fill 0..1.

    img: (1, 3, H, W); of a larger minibatch only the first picture is taken. Returns a PIL image.
    """
    _want_4d('img', img)
    return _to_pil(rescale(_unnormalised(img)))


def rescale(x):
    """Stretch x linearly so that it fills 0..1; if x is constant, all becomes 0."""
    low, high = x.min(), x.max()
    return (x - low) / (high - low) if high > low else x - low


def rel_error(x, y):
    """The largest relative error: max |x − y| / max(1e-8, |x| + |y|), for arrays of one shape."""
    x, y = np.asarray(x), np.asarray(y)
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


def _as_rgb(img):
    if isinstance(img, (str, PathLike)):
        return Image.fromarray(load_image(img))
    if not isinstance(img, Image.Image):
        img = _from_array(img)
    if 0 in img.size:
        raise ValueError(f'img must have pixels, not the size {img.size}')
    return _to_rgb(ImageOps.exif_transpose(img))


def _from_array(img):
    if not isinstance(img, np.ndarray):
        raise TypeError(f'img must be a path, a PIL image or a NumPy array, not {type(img).__name__}')
    if img.dtype.kind == 'f':
        if img.size and not (img.min() >= 0 and img.max() <= 1):  # also false for NaN
            raise ValueError('img is an array of floats: its values must lie in 0..1')
        img = np.rint(img * 255).astype(np.uint8)
    channels = img.shape[2] if img.ndim == 3 else 1 if img.ndim == 2 else None
    if img.dtype != np.uint8 or channels not in (1, 3, 4):
        raise ValueError('img must be an array (H, W), (H, W, 3) or (H, W, 4) of uint8 or of floats in 0..1,'
                         f' not {img.shape} of {img.dtype}')
    return Image.fromarray(img.reshape(img.shape[:2]) if channels == 1 else img)


def _channels(values, like):
    """Three numbers as a tensor (1, 3, 1, 1) of like's dtype and device."""
    return torch.as_tensor(values).to(like).reshape(1, 3, 1, 1)


def _unnormalised(x):
    return x.detach() * _channels(SQUEEZENET_STD, x) + _channels(SQUEEZENET_MEAN, x)


def _to_pil(x):
    """(1, 3, H, W) in 0..1 -> PIL image."""
    return Image.fromarray((255 * x[0].clamp(0, 1)).round().byte().permute(1, 2, 0).cpu().numpy())


# ---- features ----


def extract_features(x, cnn, layers=None):
    """The output of every layer of a network.

    x: pictures (N, 3, H, W); the network is taken to their dtype and device, if it is elsewhere
    cnn: an nn.Sequential, such as SqueezeNet's `features`, or a model that has one of that name
    layers: the layers wanted, if not all; nothing is computed beyond the last of them
    Returns a list with one tensor a layer; None in the place of those that were not wanted.
    A feature is what its layer put out: a ReLU that works in place changes a copy of it.
    ValueError: x has not four dimensions, or there is no such layer.
    """
    _want_4d('x', x)
    modules = _modules(cnn, x)
    layers = range(len(modules)) if layers is None else layers
    for layer in layers:
        if not 0 <= layer < len(modules):
            raise ValueError(f'layers must be among 0 to {len(modules) - 1}, not {layer}')
    features, keep = [], True  # x is the caller's
    for i, module in enumerate(modules[:max(layers, default=-1) + 1]):
        out = module(x.clone() if keep and _in_place(module) else x)
        keep = i in layers or (keep and out.data_ptr() == x.data_ptr())  # nn.Identity hands on what it got
        features.append(out if i in layers else None)
        x = out
    return features


def features_from_img(imgpath, imgsize, cnn):
    """Load a picture and extract its features: (list of features, the picture as a tensor (1, 3, H, W)).

    imgpath: a path, or anything else that `preprocess` takes; imgsize: its shorter side; cnn: see `extract_features`
    """
    weight = next(getattr(cnn, 'features', cnn).parameters())
    img = preprocess(imgpath, size=imgsize).to(weight)
    return extract_features(img, cnn), img


def _modules(cnn, like):
    """The layers of a network, or of a copy of it where like is."""
    cnn = getattr(cnn, 'features', cnn)
    if any(p.dtype != like.dtype or p.device != like.device for p in cnn.parameters()):
        cnn = copy.deepcopy(cnn).to(like.device, like.dtype)
    return list(cnn.children())


def _in_place(module):
    return any(getattr(part, 'inplace', False) for part in module.modules())


# ---- the optimisation ----


def style_transfer(content_image, style_image, image_size, style_size, content_layer, content_weight,
                   style_layers, style_weights, tv_weight, init_random=False, *,
                   model=None, steps=200, lr=0.08, seed=0, balance=False, jitter=4, callback=None):
    """Find the picture with the content of one picture and the style of another, by Adam on its pixels.
    """
    net, last = _trunk(model, [content_layer, *style_layers])
    like = next(net.parameters())
    content, style = (preprocess(img, size).to(like) for img, size in ((content_image, image_size), (style_image, style_size)))
    layers = sorted({content_layer, *style_layers})
    with torch.no_grad():
        A = [gram_matrix(f) for f in _pick(extract_features(style, net, layers), style_layers)]
        P0 = extract_features(content, net, layers)
        units = _units(content, P0, extract_features(torch.zeros_like(content), net, [content_layer]), A, content_layer, style_layers) if balance else (1, [1] * len(A), 1)
    cw, sw, tw = content_weight / units[0], [w / u for w, u in zip(style_weights, units[1])], tv_weight / units[2]
    rng = np.random.RandomState(seed)
    low = (0 - _channels(SQUEEZENET_MEAN, like)) / _channels(SQUEEZENET_STD, like)
    high = (1 - _channels(SQUEEZENET_MEAN, like)) / _channels(SQUEEZENET_STD, like)
    x = content.clone()
    if init_random:
        g = torch.Generator().manual_seed(seed)
        x = (0.5 * torch.randn(content.shape, generator=g)).to(like)
    x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
    opt = torch.optim.Adam([x], lr, betas=(0.9, 0.99))
    targets = {}
    for step in range(steps):
        opt.param_groups[0]['lr'] = lr * 0.5 * (1 + np.cos(np.pi * step / steps)) + 0.02 * lr
        o = tuple(rng.randint(0, jitter, 2)) if jitter else (0, 0)
        if o not in targets:
            with torch.no_grad():
                targets[o] = extract_features(_shift(content, o), net, [content_layer])[content_layer]
        feats = extract_features(_shift(x, o), net, layers)
        parts = (content_loss(cw, feats[content_layer], targets[o]), style_loss(feats, style_layers, A, sw), tv_loss(x, tw))
        opt.zero_grad()
        sum(parts).backward()
        opt.step()
        with torch.no_grad():
            x.copy_(torch.maximum(torch.minimum(x, high), low))
        if callback: callback(step, x.detach(), [float(p) for p in parts])
    return _to_pil(_unnormalised(x))


def _shift(x, o):
    return torch.roll(x, o, (2, 3)) if any(o) else x


def _pick(feats, layers):
    return [feats[i] for i in layers]


def _units(content, P, blank, A, cl, sl):
    c = content_loss(1, P[cl], blank[cl])
    s = [(gram_matrix(P[l]) - a).square().sum() for l, a in zip(sl, A)]
    return float(c), [float(v) for v in s], float(tv_loss(content, 1))


def _trunk(model, layers):
    if model is None:
        model = load_squeezenet()[0]
    net = nn.Sequential(*list(getattr(model, 'features', model).children())[:max(layers) + 1])
    net = copy.deepcopy(net).eval().requires_grad_(False).to(memory_format=torch.channels_last)
    return net, max(layers)
