"""What torchvision would download and what old notebooks find beside them, from datasets/ or the sample world."""

import io
import os
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.datasets import MNIST
from torchvision.models import SqueezeNet1_1_Weights
from torchvision.models._api import BUILTIN_MODELS

from cs231n import data_utils
from cs231n.data import decoding
from cs231n.data.imagenet import load_imagenet_val
from cs231n.data.registry import command, root_of, verify
from cs231n.data.worlds import CHOSEN, choose_world, sample_file
from cs231n.offline import imagenet_numbers
from cs231n.offline.patches import put
from cs231n.sample_world.paintings.paintings import painting, photograph
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.style_checks import CHECKS, check_values
from cs231n.sample_world.weights import sample_weights

STEEP = 20    # times the sample network's scores: its slopes are gentler than those that old step sizes were made for
LATER = 0.01  # less for numbers that only stand for a thing: of equal scores the thing's own number is the first choice
OF_THE_HUB = 'source', 'trust_repo', 'force_reload', 'verbose', 'skip_validation'  # options that no model gets
PICTURES = {  # what stands in for the pictures of the folder styles/
    'tubingen': lambda: photograph('coffee'), 'starry_night': lambda: painting('starry'),
    'the_scream': lambda: painting('dusk'), 'composition_vii': lambda: painting('abstract'),
    'muse': lambda: painting('facets'),
}


def redirect():
    """Put everything in place."""
    _world.cache_clear()
    squeezenet1_1 = _squeezenet1_1(torchvision.models.squeezenet.squeezenet1_1)
    for module in (torchvision.models, torchvision.models.squeezenet):
        put(module, 'squeezenet1_1', squeezenet1_1)
    put(BUILTIN_MODELS, 'squeezenet1_1', squeezenet1_1)  # of get_model
    put(torch.hub, 'load', _hub_load(torch.hub.load, squeezenet1_1))
    put(MNIST, 'download', _download(MNIST.download))
    put(data_utils, 'load_imagenet_val', _load_imagenet_val)
    put(np, 'load', _load(np.load))
    put(Image, 'open', _open(Image.open))
    put(decoding, 'load_image', _load_image(decoding.load_image))


# ---- the classifier, its pictures and its numbers ----


@cache
def _world():
    """Return 'real' if both the classifier and its pictures are, else 'sample': of one world each would be misread."""
    if os.environ.get('CS231N_DATA') == 'sample':
        return 'sample'
    missing = [what for what, whole in (('squeezenet', _weights() is not None),
                                        ('imagenet', not verify('imagenet', thorough=False))) if not whole]
    if missing and os.environ.get('CS231N_DATA') == 'real':
        choose_world(missing[0])  # says what is missing
    if len(missing) == 1:
        print('cs231n.offline: the sample classifier and its pictures, since those of ImageNet do not go with them '
              f'and are not all there: {command(missing[0])}')
    return 'sample' if missing else 'real'


def _weights():
    """Return the file of ImageNet's weights, in datasets/ or in torch's own cache; None if there is none."""
    name = Path(SqueezeNet1_1_Weights.IMAGENET1K_V1.url).name
    places = root_of('squeezenet') / name, Path(torch.hub.get_dir()) / 'checkpoints' / name
    return next((place for place in places if place.is_file()), None)


def _squeezenet1_1(original):
    def squeezenet1_1(pretrained=False, progress=True, *, weights=None, **options):
        """Return SqueezeNet 1.1; with pretrained=True or weights=… the weights that are on disk, or the sample's."""
        if not pretrained and weights is None:
            return original(progress=progress, **options)
        model = original(**options)
        if _world() == 'real':
            model.load_state_dict(torch.load(_weights(), map_location='cpu', weights_only=True))
        else:
            print('squeezenet1_1: the sample classifier under the numbers of ImageNet, each of which shows one of its '
                  f'24 things. For ImageNet: {command("squeezenet")}')
            model.load_state_dict(_sample_state())
        return model
    return squeezenet1_1


def _hub_load(original, squeezenet1_1):
    def load(repo_or_dir, model, *args, **options):
        if str(repo_or_dir).startswith('pytorch/vision') and model == 'squeezenet1_1':
            return squeezenet1_1(*args, **{name: value for name, value in options.items() if name not in OF_THE_HUB})
        return original(repo_or_dir, model, *args, **options)
    return load


def _sample_state():
    """Return the sample weights with a row for each of ImageNet's numbers: that of the thing it stands for."""
    weights = dict(sample_weights()[0])
    kinds = [imagenet_numbers.kind_of(number) for number in range(1000)]
    rows = [KINDS.index(kind) for kind in kinds]
    stands_in = torch.tensor([imagenet_numbers.HOME[kind] != number for number, kind in enumerate(kinds)])
    weights['classifier.1.weight'] = STEEP * weights['classifier.1.weight'][rows]
    weights['classifier.1.bias'] = STEEP * (weights['classifier.1.bias'][rows] - LATER * stands_in)
    return weights


def _load_imagenet_val(num=None, *args):
    """Load pictures as `cs231n.data_utils.load_imagenet_val` does, their labels in the numbers of ImageNet."""
    if _world() == 'real':
        return load_imagenet_val(num, 'real')
    X, y, _ = load_imagenet_val(num, 'sample')
    CHOSEN.pop('imagenet')  # in the numbers of ImageNet they go with a model of a thousand classes
    return X, np.array([imagenet_numbers.HOME[KINDS[label]] for label in y]), imagenet_numbers.names()


# ---- digits ----


def _download(original):
    def download(self):
        if type(self) is not MNIST:  # its relatives, such as FashionMNIST, are somebody else's
            return original(self)
        if not self._check_exists():
            real = choose_world('mnist') == 'real'
            self.root = root_of('mnist') if real else sample_file('MNIST/raw/train-images-idx3-ubyte').parents[2]
        return None
    return download


# ---- pictures of styles, and the values that losses are compared with ----


def _load(original):
    def load(file, *args, **options):
        if not isinstance(file, (str, Path)) or Path(file).name != CHECKS or _world() == 'real':
            return original(file, *args, **options)
        print(f'{CHECKS}: values for the sample classifier; those in the original file belong to the weights of '
              'ImageNet')
        styles = Path(file).parent / 'styles'
        if all((styles / f'{name}.jpg').is_file() for name in ('tubingen', 'starry_night')):
            archive = io.BytesIO()
            np.savez(archive, **check_values(*(decoding.load_image(styles / f'{name}.jpg')
                                               for name in ('tubingen', 'starry_night'))))
            archive.seek(0)
            return original(archive)
        return original(sample_file(CHECKS))
    return load


def _stand_in(path):
    """Return a picture as an array in place of a missing one from a folder styles/; None for any other path."""
    path = Path(path) if isinstance(path, (str, Path)) else Path()
    if path.parent.name != 'styles' or path.is_file() or path.suffix.lower() not in ('.jpg', '.png'):
        return None
    real = root_of('styles') / 'styles' / path.name
    if real.is_file():
        return decoding.load_image(real)
    print(f'{path}: not there; in its place, a picture of the sample world. For the original: {command("styles")}')
    return PICTURES.get(path.stem, PICTURES['muse'])()


def _open(original):
    def open(fp, *args, **options):
        picture = _stand_in(fp)
        return original(fp, *args, **options) if picture is None else Image.fromarray(picture)
    return open


def _load_image(original):
    def load_image(filename, size=None):
        picture = _stand_in(filename)
        if picture is None:
            return original(filename, size)
        return np.array(decoding.resized(Image.fromarray(picture), size, 'filename')) if size else picture
    return load_image
