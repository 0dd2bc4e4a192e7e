"""Style transfer: the content of one picture in the style of another (Gatys, Ecker, Bethge, CVPR 2016)."""

import copy
import math
import os

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate
from tqdm.auto import tqdm

from cs231n.gradient_check import rel_error  # noqa: F401  part of the public surface
from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD, as_rgb
from cs231n.pretrained import load_squeezenet

MAX_PIXELS = 2**24  # of a resized picture; its features would fill the memory
MIN_SIDE = 17       # below it nothing is left for SqueezeNet's last layers
SHIFTS = [(i, j) for i in range(4) for j in range(4)]  # whatever is left of rows and columns by the strides 2 and 4
TINY = 1e-12
# Settings that suit any picture, painting and network, because every loss is counted in units of what it is at first.
RECIPE = dict(content_layer=4, content_weight=0.2, style_layers=(1, 4, 6, 7), style_weights=(1, 1, 1, 1),
              tv_weight=0.02, balance=True, pooling='avg', steps=100, coarse=50, smooth=2)


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
    # BEGIN SOLUTION: return one matrix for each picture, (N, C, C), divided by C H W if normalize is set
    from cs231n.products import products

    rows = features.permute(0, 2, 3, 1).reshape(N, H * W, C)  # no copy where the channels lie last in memory
    gram = products(rows)  # rowsᵀ rows, (N, C, C), with half the work on the way back
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
    # BEGIN SOLUTION: return the weighted sum over the layers; use gram_matrix
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
    # BEGIN SOLUTION: return the weighted sum of squared differences of neighbours, by slices, without a loop
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
    image = as_rgb(img)
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


def unprocessed(img):
    """Undo `preprocess` without stretching: (1, 3, H, W) -> uint8 (H, W, 3), cut off at 0 and 255."""
    _want_4d('img', img)
    return np.array(_to_pil(_unnormalised(img)))


def rescale(x):
    """Stretch x linearly so that it fills 0..1; if x is constant, all becomes 0."""
    low, high = x.min(), x.max()
    return (x - low) / (high - low) if high > low else x - low


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
    leaves = (part for part in module.modules() if next(part.children(), None) is None)
    return getattr(next(leaves), 'inplace', False)  # only the first sees the input; a Fire begins with a convolution


# ---- the optimisation ----


@torch.enable_grad()
def style_transfer(content_image, style_image, image_size, style_size, content_layer, content_weight, style_layers,
                   style_weights, tv_weight, init_random=False, *, model=None, steps=200, lr=0.15, seed=0,
                   balance=False, pooling='max', coarse=0, smooth=0, callback=None):
    """Find a picture with the content of one picture and the style of another, by gradient descent on its pixels:

        minimise over x   content_loss(x) + style_loss(x) + tv_loss(x)       (Gatys et al., CVPR 2016)

    content_image, style_image: whatever `preprocess` takes; image_size, style_size: their shorter sides
    content_layer, style_layers: indices into what `extract_features` returns; layers of weight 0 are not computed
    content_weight, style_weights, tv_weight: of the losses; style_weights has one entry for each of style_layers
    init_random: start from noise drawn from the seed, not from the content picture
    model: the network, SqueezeNet if None; its weights, mode and gradients stay as they are
    steps, lr: of Adam (arXiv:1412.6980), whose learning rate falls to 0 along a cosine
    balance: count each loss in units of what it is at first, so that weights suit every network: a style layer in its
        loss at the content picture, the content in the loss of a grey picture, tv in that of the content picture
    pooling: 'max' as the network was trained, or 'avg', with which gradients reach every pixel: smoother strokes
    coarse: steps at half the size before the others, where each layer sees twice as much (arXiv:1611.07865)
    smooth: how often the gradient is averaged over 3 × 3 pixels, which leaves no fine grid in the picture
    callback: called before each step as callback(step, picture (1, 3, H, W), {'content', 'style', 'tv': loss})
    Returns a PIL image; the same seed gives the same picture. TypeError or ValueError: an argument does not fit.
    """
    least = 2 * MIN_SIDE if coarse else MIN_SIDE
    for name, size in (('image_size', image_size), ('style_size', style_size)):
        if isinstance(size, (int, np.integer)) and size < least:
            raise ValueError(f'{name} must be at least {least}{" with coarse steps" if coarse else ""}, not {size}')
    for name, count in (('steps', steps), ('coarse', coarse)):
        if count < 0:
            raise ValueError(f'{name} must be at least 0, not {count}')
    if pooling not in ('max', 'avg'):
        raise ValueError(f"pooling must be 'max' or 'avg', not {pooling!r}")
    net, weight = _trunk(model if model is not None else load_squeezenet()[0], pooling)
    pictures = [preprocess(img, n).to(weight) for img, n in ((content_image, image_size), (style_image, style_size))]
    rng, x = np.random.RandomState(seed), None
    for shrink, first, count in [(2, 0, coarse), (1, coarse, steps)][not coarse:]:
        content, style = (avg_pool2d(picture, shrink) for picture in pictures)
        goal = _Goal(net, content, style, content_layer, content_weight, style_layers, style_weights, tv_weight,
                     balance)
        if x is None:
            noise = torch.from_numpy(0.5 * rng.standard_normal(content.shape)).to(weight)
            x = noise if init_random else content.clone()
        x = interpolate(x, content.shape[2:], mode='bilinear') if x.shape != content.shape else x
        x = _descend(goal, x, range(first, first + count), lr, smooth, rng, callback)
    return _to_pil(_unnormalised(x))


def _descend(goal, x, steps, lr, smooth, rng, callback):
    """The picture that Adam reaches from x; steps: their numbers, the others as in `style_transfer`."""
    x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
    low, high = ((value - _channels(SQUEEZENET_MEAN, x)) / _channels(SQUEEZENET_STD, x) for value in (0, 1))
    adam = torch.optim.Adam([x], lr, betas=(0.9, 0.99))
    for k, step in enumerate(tqdm(steps, disable=os.environ.get('CS231N_PROGRESS') == '0', leave=False)):
        adam.param_groups[0]['lr'] = lr * (1 + math.cos(math.pi * k / len(steps))) / 2
        losses = goal.losses(x, SHIFTS[rng.randint(len(SHIFTS))])
        if callback is not None:
            callback(step, x.detach().clone(), {name: float(loss.detach()) for name, loss in losses.items()})
        x.grad = torch.autograd.grad(sum(losses.values()), x)[0]
        for _ in range(smooth):
            x.grad = avg_pool2d(x.grad, 3, stride=1, padding=1, count_include_pad=False)
        adam.step()
        with torch.no_grad():
            x.copy_(x.clamp(low, high))
    return x.detach()


class _Goal:
    """What a picture is to become: the features and Gram matrices it should have, and what each loss weighs."""

    def __init__(self, net, content, style, content_layer, content_weight, style_layers, style_weights, tv_weight,
                 balance):
        self.net, self.content, self.content_layer = net, content, content_layer
        self.content_weight, self.style_weights, self.tv_weight = content_weight, list(style_weights), tv_weight
        self.style_layers = list(style_layers)
        with torch.no_grad():
            feats = extract_features(style, net, self.style_layers)
            self.targets = [gram_matrix(feats[layer]) for layer in self.style_layers]
            style_loss(feats, self.style_layers, self.targets, self.style_weights)  # complains if they do not match
            self.content_targets = {}
            if balance:
                self._balance()
        self.used = [k for k, w in enumerate(self.style_weights) if w]  # a layer of weight 0 need not be computed
        self.layers = {self.style_layers[k] for k in self.used} | ({content_layer} if content_weight else set())

    def _balance(self):
        feats = extract_features(self.content, self.net, [*self.style_layers, self.content_layer])
        grey = extract_features(torch.zeros_like(self.content), self.net, [self.content_layer])
        unit = content_loss(1, grey[self.content_layer], feats[self.content_layer])
        self.content_weight /= max(float(unit), TINY)
        self.tv_weight /= max(float(tv_loss(self.content, 1)), TINY)
        for k, (layer, target) in enumerate(zip(self.style_layers, self.targets)):
            self.style_weights[k] /= max(float(style_loss(feats, [layer], [target], [1])), TINY)

    def losses(self, x, shift=(0, 0)):
        """The three losses of a picture, rolled first, so that strides meet other pixels each time."""
        feats = extract_features(x.roll(shift, (2, 3)), self.net, self.layers)
        pick = lambda values: [values[k] for k in self.used]
        zero = x.new_zeros(())
        return {
            'content': content_loss(self.content_weight, feats[self.content_layer], self._content_target(shift))
            if self.content_weight else zero,
            'style': style_loss(feats, pick(self.style_layers), pick(self.targets), pick(self.style_weights)),
            'tv': tv_loss(x, self.tv_weight),
        }

    def _content_target(self, shift):
        if shift not in self.content_targets:
            with torch.no_grad():
                feats = extract_features(self.content.roll(shift, (2, 3)), self.net, [self.content_layer])
            self.content_targets[shift] = feats[self.content_layer]
        return self.content_targets[shift]


def _trunk(model, pooling):
    """A frozen copy of a model's convolutional part, laid out as processors like it best; and one of its weights."""
    net = copy.deepcopy(getattr(model, 'features', model)).eval().requires_grad_(False)
    weight = next(net.parameters())
    if pooling == 'avg':
        net = nn.Sequential(*(_averaging(part) if isinstance(part, nn.MaxPool2d) else part for part in net.children()))
    return net.to(memory_format=torch.channels_last), weight


def _averaging(pool):
    return nn.AvgPool2d(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, count_include_pad=False)
