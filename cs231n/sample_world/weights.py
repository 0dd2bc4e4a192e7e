"""The weights that come with the project, read only if they are whole."""

from functools import lru_cache

import torch

from cs231n._shared.paths import WEIGHTS
from cs231n.sample_world.stamp import checked

SAMPLE_WEIGHTS = WEIGHTS / 'squeezenet.pt'


@lru_cache(maxsize=1)
def sample_weights():
    """Return the committed weights as float32: state dicts of SqueezeNet 1.1 and of what reads off its last map."""
    return stored_weights(checked(SAMPLE_WEIGHTS))


def stored_weights(path):
    """Return the two state dicts of `sample_weights` from a file that training/train_squeezenet.py wrote."""
    stored = {name: value.float() for name, value in read_weights(path).items()}
    read = {name.removeprefix('read.'): stored.pop(name) for name in list(stored) if name.startswith('read.')}
    return stored, read


def read_weights(path):
    """Return the state dict in a file of PyTorch weights, as stored. ValueError names the file and what is wrong.

    Nothing but tensors is read. What PyTorch says of a damaged file is not passed on: it advises to read it unsafely.
    """
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except PermissionError as error:
        raise ValueError(f'{path} cannot be read: {error.strerror}') from None
    except Exception:
        state = None
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f'{path} is damaged: it must hold the tensors of a network')
    return state
