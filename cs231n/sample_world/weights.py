"""The committed weights of the sample SqueezeNet."""

from functools import lru_cache

import torch

from cs231n._shared.paths import WEIGHTS

SAMPLE_WEIGHTS = WEIGHTS / 'squeezenet.pt'


@lru_cache(maxsize=1)
def sample_weights():
    """Return the committed weights as float32: state dicts of SqueezeNet 1.1 and of what reads off its last map."""
    if not SAMPLE_WEIGHTS.is_file():
        raise FileNotFoundError(f'{SAMPLE_WEIGHTS} is missing; it comes with the project:'
                                ' git checkout datasets/sample/squeezenet.pt')
    return stored_weights(SAMPLE_WEIGHTS)


def stored_weights(path):
    """Return the two state dicts of `sample_weights` from a file that training/train_squeezenet.py wrote."""
    file = torch.load(path, map_location='cpu', weights_only=True)
    stored = {name: value.float() for name, value in file.items()}
    read = {name.removeprefix('read.'): stored.pop(name) for name in list(stored) if name.startswith('read.')}
    return stored, read
