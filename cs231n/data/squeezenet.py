"""SqueezeNet, ready to look into: with ImageNet weights if they are on disk, else with the sample weights."""

import numpy as np
import torch
from torchvision.models import SqueezeNet1_1_Weights, squeezenet1_1

from cs231n._shared.networks import unwrapped
from cs231n.data.imagenet import load_imagenet_val
from cs231n.data.registry import command, real_files, root_of
from cs231n.data.worlds import CHOSEN, choose_world
from cs231n.sample_world.scenes.scenes import scene
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.weights import read_weights, sample_weights

IMAGENET = 1000  # classes of its network


@torch.inference_mode(False)
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
        names, path = SqueezeNet1_1_Weights.IMAGENET1K_V1.meta['categories'], root_of('squeezenet') / file.path
        model = squeezenet1_1(num_classes=len(names))
        try:
            model.load_state_dict(read_weights(path))
        except RuntimeError:  # whole by its first digits, and yet of another network
            raise ValueError(f"{path} is not that of SqueezeNet 1.1. Run: {command('squeezenet')}") from None
        except ValueError as error:
            raise ValueError(f"{error}. Run: {command('squeezenet')}") from None
    else:
        names, model = KINDS, squeezenet1_1(num_classes=len(KINDS))
        model.load_state_dict(sample_weights()[0])
    return model.eval().requires_grad_(False), dict(enumerate(names))


def load_pictures(model, num=None):
    """Labelled pictures of the classes that this model of load_squeezenet knows, and where their things are.

    Returns X uint8 (N, 224, 224, 3), y int64 (N,), masks bool (N, 224, 224); masks is None for ImageNet's.
    A model of ImageNet needs the photographs on disk: else FileNotFoundError or ValueError names the command.
    ValueError: the model is no SqueezeNet.
    """
    try:
        classes = unwrapped(unwrapped(model).classifier)[1].out_channels
    except (AttributeError, TypeError, IndexError):
        raise ValueError(f'model must be a SqueezeNet, got {type(model).__name__}') from None
    world = 'real' if classes == IMAGENET else 'sample'
    X, y, _ = load_imagenet_val(num, world)
    if world == 'real':
        return X, y, None
    return X, y, np.stack([scene('classes', n).masks[0] for n in range(len(X))])


def refuse_mixed_worlds(model, y):
    """Raise ValueError if a SqueezeNet knows the classes of one world and the pictures loaded last are of the other."""
    classes, pictures = getattr(model, 'num_classes', None), CHOSEN.get('imagenet')
    if classes == IMAGENET and pictures == 'sample' and len(y) and int(y.max()) < len(KINDS):
        raise ValueError("model: must know the classes of the pictures, those of the sample world, got ImageNet's: "
                         f'take load_squeezenet() of cs231n.data.squeezenet, or run {command("imagenet")}')
    if classes == len(KINDS) and pictures == 'real':
        raise ValueError("model: must know the classes of the pictures, those of ImageNet, got the sample world's: "
                         f'run {command("squeezenet")}, or set CS231N_DATA=sample')


def remedy(classes, y):
    """Return what helps where class numbers of ImageNet are asked of the sample classifier, '' elsewhere."""
    if classes != len(KINDS) or not 0 <= int(y.min()) <= int(y.max()) < IMAGENET:
        return ''
    return (f': the {classes} things of the sample world. For the numbers of ImageNet, `import cs231n.offline`, or '
            f'{command("squeezenet")}')
