"""ImageNet's mean and standard deviation, which torchvision's models expect."""

import numpy as np

# of red, green and blue in [0, 1]
SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def mean_and_std(like):
    """Return both as tensors (1, 3, 1, 1) of the dtype and device of the tensor `like`."""
    return tuple(like.new_tensor(values).reshape(1, 3, 1, 1) for values in (SQUEEZENET_MEAN, SQUEEZENET_STD))
