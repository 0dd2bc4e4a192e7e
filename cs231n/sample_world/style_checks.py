"""The file style-transfer-checks.npz for the sample classifier: what right losses give on two pictures."""

import numpy as np
import torch
from PIL import Image
from torchvision.models import SqueezeNet

from cs231n._shared.normalisation import mean_and_std
from cs231n.sample_world.paintings.paintings import painting, photograph
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.weights import sample_weights

CHECKS = 'style-transfer-checks.npz'
SIZE, CONTENT, GRAM = 192, 3, 5  # pixels of the shorter side, and the layers of the content loss and the Gram matrix
STYLES, WEIGHTS = (1, 4, 6, 7), (300000, 1000, 15, 3)


def check_values(content=None, style=None):
    """Return arrays cl_out, gm_out, sl_out and tv_out by name, as in the original's file but for the sample weights.

    content, style: pictures, uint8 (H, W, 3), in place of tubingen.jpg and starry_night.jpg (default: those that stand
    in for them). Formulas: Gatys, Ecker, Bethge, CVPR 2016.
    """
    x, painted = (_pixels(picture) for picture in (photograph('coffee') if content is None else content,
                                                   painting('starry') if style is None else style))
    with torch.no_grad():
        current, target, blank = _layers(x), _layers(painted), _layers(torch.zeros_like(x))
        found = {
            'cl_out': 6e-2 * ((current[CONTENT] - blank[CONTENT]) ** 2).sum(),
            'gm_out': _gram(target[GRAM]),
            'sl_out': sum(w * ((_gram(current[k]) - _gram(target[k])) ** 2).sum() for k, w in zip(STYLES, WEIGHTS)),
            'tv_out': 2e-2 * (x.diff(dim=2).square().sum() + x.diff(dim=3).square().sum()),
        }
    return {name: value.numpy() for name, value in found.items()}


def _pixels(picture):
    """Return a picture as SqueezeNet wants it, (1, 3, H, W), its shorter side SIZE pixels."""
    image = Image.fromarray(picture)
    width, height = (SIZE * side // min(image.size) for side in image.size)
    image = np.array(image.resize((width, height), Image.Resampling.BILINEAR))
    x = torch.from_numpy(image).permute(2, 0, 1)[None] / 255
    mean, std = mean_and_std(x)
    return (x - mean) / std


def _layers(x):
    """Return what each layer of the sample SqueezeNet makes of x."""
    net = SqueezeNet('1_1', num_classes=len(KINDS))
    net.load_state_dict(sample_weights()[0])
    found = []
    for layer in net.eval().features:
        x = layer(x)
        found.append(x.clone())  # the ReLU behind a layer works in place
    return found


def _gram(features):
    """Return the Gram matrices (N, C, C), divided by C · H · W."""
    N, C, H, W = features.shape
    rows = features.reshape(N, C, H * W)
    return rows @ rows.transpose(1, 2) / (C * H * W)
