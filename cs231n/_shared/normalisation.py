"""ImageNet's mean and standard deviation, which torchvision's models expect."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # the NumPy layers must not wait for it
    from torch import Tensor

# of red, green and blue in [0, 1]
SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def mean_and_std(like: 'Tensor') -> tuple['Tensor', 'Tensor']:
    """Return both as tensors (1, 3, 1, 1) of the dtype and device of the tensor `like`."""
    mean, std = (like.new_tensor(values).reshape(1, 3, 1, 1) for values in (SQUEEZENET_MEAN, SQUEEZENET_STD))
    return mean, std
