"""Style transfer with the losses of style_transfer_pytorch: gradient descent on the pixels of a picture."""

import math

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, pad

from cs231n._shared.networks import own_copy, trunk, unwrapped, weight_of
from cs231n._shared.normalisation import mean_and_std
from cs231n._shared.progress import progress_bar
from cs231n.data.squeezenet import load_squeezenet
from cs231n.style_transfer_pytorch import (
    content_loss,
    extract_features,
    gram_matrix,
    preprocess,
    style_loss,
    tv_loss,
    unprocessed,
)

MIN_SIDE = 17       # below it nothing is left for SqueezeNet's last layers
SHIFTS = [(i, j) for i in range(4) for j in range(4)]  # whatever is left of rows and columns by the strides 2 and 4
TINY = 1e-12
# Settings that suit any picture, painting and network, because every loss is counted in units of what it is at first.
RECIPE = dict(content_layer=4, content_weight=0.2, style_layers=(1, 4, 6, 7), style_weights=(1, 1, 1, 1),
              tv_weight=0.02, balance=True, pooling='avg', steps=100, coarse=50, smooth=3)


@torch.inference_mode(False)
@torch.enable_grad()
def style_transfer(content_image, style_image, image_size, style_size, content_layer, content_weight, style_layers,
                   style_weights, tv_weight, init_random=False, *, model=None, steps=200, lr=0.15, seed=0,
                   balance=False, pooling='max', coarse=0, smooth=0, callback=None):
    """Find a picture with the content of one picture and the style of another, by gradient descent on its pixels.

        minimise over x   content_loss(x) + style_loss(x) + tv_loss(x)       (Gatys et al., CVPR 2016)

    content_image, style_image: whatever `preprocess` takes; image_size, style_size: their shorter sides
    content_layer, style_layers: indices into what `extract_features` returns; layers of weight 0 are not computed
    content_weight, style_weights, tv_weight: of the losses; style_weights has one entry for each of style_layers
    init_random: start from noise drawn from the seed, not from the content picture
    model: the network, SqueezeNet if None; its weights, mode and gradients stay as they are. One of halves is computed
        in float32, since Adam's squares of gradients are too small for them
    steps, lr: of Adam (arXiv:1412.6980), whose learning rate falls to 0 along a cosine
    balance: count each loss in units of what it is at first, so that weights suit every network: a style layer in its
        loss at the content picture, the content in the loss of a grey picture, tv in that of the content picture
    pooling: 'max' as the network was trained, or 'avg', with which gradients reach every pixel: smoother strokes
    coarse: steps at half the size before the others, where each layer sees twice as much (arXiv:1611.07865)
    smooth: how often the gradient is averaged over neighbouring pixels, which leaves no fine grid in the picture
    callback: called before each step as callback(step, picture (1, 3, H, W), {'content', 'style', 'tv': loss})
    Returns a PIL image; the same seed gives the same picture. TypeError or ValueError: an argument does not fit.
    FloatingPointError: a loss, or its gradient, is NaN or too large, at the step that is named.
    """
    least = 2 * MIN_SIDE if coarse else MIN_SIDE
    for name, size in (('image_size', image_size), ('style_size', style_size)):
        if isinstance(size, (int, np.integer)) and size < least:
            raise ValueError(f'{name} must be at least {least}{" with coarse steps" if coarse else ""}, got {size}')
    for name, value in (('steps', steps), ('coarse', coarse), ('smooth', smooth), ('lr', lr)):
        if not value >= 0:
            raise ValueError(f'{name} must be at least 0, got {value}')
    if pooling not in ('max', 'avg'):
        raise ValueError(f"pooling must be 'max' or 'avg', got {pooling!r}")
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
    return Image.fromarray(unprocessed(x))


def _descend(goal, x, steps, lr, smooth, rng, callback):
    """Return the picture that Adam reaches from x; steps: their numbers, the others as in `style_transfer`."""
    x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
    mean, std = mean_and_std(x)
    low, high = ((value - mean) / std for value in (0, 1))
    adam = torch.optim.Adam([x], lr, betas=(0.9, 0.99))
    for k, step in enumerate(progress_bar(steps)):
        adam.param_groups[0]['lr'] = lr * (1 + math.cos(math.pi * k / len(steps))) / 2
        losses = goal.losses(x, SHIFTS[rng.randint(len(SHIFTS))])
        values = {name: float(loss.detach()) for name, loss in losses.items()}
        x.grad = torch.autograd.grad(sum(losses.values()), x)[0]
        _want_finite(step, values, x.grad)
        if callback is not None:
            callback(step, x.detach().clone(), values)
        for _ in range(smooth):
            x.grad = _smoothed(x.grad)
        adam.step()
        with torch.no_grad():
            x.copy_(x.clamp(low, high))
    return x.detach()


def _smoothed(grad):
    """Average a gradient (1, 3, H, W) over its neighbours, weighted 1 2 1 along both sides, the border repeated.

    No pattern is turned round by it, as the finest are by a mean of 3 × 3, so that the picture still goes downhill.
    """
    return avg_pool2d(avg_pool2d(pad(grad, (1, 1, 1, 1), mode='replicate'), 2, stride=1), 2, stride=1)


def _want_finite(step, losses, grad):
    """Raise unless the losses, {name: value}, are finite, and the gradient's squares, which Adam takes."""
    for name, value in losses.items():
        if not math.isfinite(value):
            raise FloatingPointError(f'step {step}: the {name} loss is {value}')
    steepest = float(grad.abs().max())
    if not steepest < math.sqrt(torch.finfo(grad.dtype).max):
        name = max(losses, key=losses.get)
        raise FloatingPointError(f'step {step}: the gradient reaches {steepest:.3g};'
                                 f' the largest loss is the {name} loss, {losses[name]:.3g}')


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

    def losses(self, x, shift):
        """Return the three losses of a picture, rolled first, so that strides meet other pixels each time."""
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
    """Return a frozen copy of a model's convolutional part, laid out as processors like it; and one of its weights."""
    net = own_copy(trunk(model)).eval().requires_grad_(False)
    net = net.to(torch.promote_types(weight_of(net).dtype, torch.float32))
    for parent in list(net.modules()) if pooling == 'avg' else []:
        for name, part in parent._modules.items():  # all places: named_children leaves out a pool's second one
            if isinstance(unwrapped(part), nn.MaxPool2d):
                parent._modules[name] = _averaging(unwrapped(part))
    return net.to(memory_format=torch.channels_last), weight_of(net)


def _averaging(pool):
    return nn.AvgPool2d(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, count_include_pad=False)
