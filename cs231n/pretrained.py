"""SqueezeNet, ready to look into: with ImageNet weights if they are on disk, else with the sample weights."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torchvision.models import SqueezeNet1_1_Weights, squeezenet1_1

from cs231n.data_utils import choose_world, datasets_dir, load_imagenet_val, real_files

SAMPLE_WEIGHTS = Path(__file__).resolve().parents[1] / 'datasets' / 'sample' / 'squeezenet.pt'


def load_squeezenet():
    """SqueezeNet 1.1 (Iandola et al., arXiv:1602.07360), frozen, in eval mode, on the CPU.

    Takes the ImageNet weights that `get_datasets.sh squeezenet` put under `datasets/` if they are whole, else
    the sample weights that come with the project, and says in one line which. CS231N_DATA forces one.

    Returns (model, class_names): a torchvision SqueezeNet that maps pictures (N, 3, H, W) float32, normalised
    with SQUEEZENET_MEAN and SQUEEZENET_STD, H and W at least 17, to scores (N, K); and {label: class name}.
    Raises FileNotFoundError or ValueError if CS231N_DATA=real and the weights are missing or damaged.
    """
    if choose_world('squeezenet') == 'real':
        (file,) = real_files('squeezenet')
        weights = torch.load(datasets_dir() / file.path, map_location='cpu', weights_only=True)
        names = SqueezeNet1_1_Weights.IMAGENET1K_V1.meta['categories']
    else:
        from cs231n.sample.things import KINDS as names
        weights, _ = sample_weights()
    model = squeezenet1_1(num_classes=len(names))
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False), dict(enumerate(names))


def load_pictures(model, num=None):
    """Labelled pictures of the classes that this model of load_squeezenet knows, and where their things are.

    Returns X uint8 (N, 224, 224, 3), y int64 (N,), masks bool (N, 224, 224); masks is None for ImageNet's.
    A model of ImageNet needs the photographs on disk: else FileNotFoundError or ValueError names the command.
    """
    forced = 'real' if model.classifier[1].out_channels == 1000 else 'sample'
    before = os.environ.get('CS231N_DATA')
    os.environ['CS231N_DATA'] = forced
    try:
        X, y, _ = load_imagenet_val(num)
    finally:
        os.environ.pop('CS231N_DATA')
        if before is not None:
            os.environ['CS231N_DATA'] = before
    if forced == 'real':
        return X, y, None
    from cs231n.sample.scenes import scene
    return X, y, np.stack([scene('classes', n).masks[0] for n in range(len(X))])


@lru_cache(maxsize=1)
def sample_weights():
    """The committed weights as float32: state dicts of SqueezeNet 1.1 and of what reads off its last feature map."""
    if not SAMPLE_WEIGHTS.is_file():
        raise FileNotFoundError(f'{SAMPLE_WEIGHTS} is missing; it comes with the project:'
                                ' git checkout datasets/sample/squeezenet.pt')
    return stored_weights(SAMPLE_WEIGHTS)


def stored_weights(path):
    """The two state dicts of `sample_weights` from a file that cs231n/sample/train_squeezenet.py wrote."""
    file = torch.load(path, map_location='cpu', weights_only=True)
    stored = {name: value.float() for name, value in file.items()}
    read = {name.removeprefix('read.'): stored.pop(name) for name in list(stored) if name.startswith('read.')}
    return stored, read
