"""What torchvision would download, from datasets/ or the sample world; and what lies beside an old notebook."""

import io
import os
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn
from torchvision.datasets import MNIST
from torchvision.models import SqueezeNet1_1_Weights

from cs231n import data_utils
from cs231n._shared.paths import datasets_dir
from cs231n.data import decoding
from cs231n.data.registry import real_files
from cs231n.data.worlds import choose_world, sample_file
from cs231n.sample_world.paintings.paintings import painting, photograph
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.weights import sample_weights

from . import imagenet_numbers
from .patches import put

CHECKS = 'style-transfer-checks.npz'
STEEP = 40     # times the sample network's scores, which are gentler than those of ImageNet's: old step sizes fit then
APART = 0.3    # how far the weights of a number are from those of the thing that it stands for, as a share
STYLES = {'starry_night': 'starry', 'the_scream': 'dusk', 'composition_vii': 'abstract', 'muse': 'facets'}


def redirect():
    """Put everything in place."""
    for module in (torchvision.models, torchvision.models.squeezenet):
        put(module, 'squeezenet1_1', _squeezenet1_1(module.squeezenet1_1))
    put(MNIST, 'download', _download(MNIST.download))
    put(data_utils, 'load_imagenet_val', _load_imagenet_val(data_utils.load_imagenet_val))
    put(np, 'load', _load(np.load))
    put(Image, 'open', _open(Image.open))
    put(decoding, 'load_image', _load_image(decoding.load_image))
    _world.cache_clear()
