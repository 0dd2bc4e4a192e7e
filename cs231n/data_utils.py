"""The ImageNet pictures, under the import path of the assignment."""

from cs231n.data.imagenet import load_imagenet_val

__all__ = ['load_imagenet_val']
