"""SqueezeNet, ready to look into: with ImageNet weights if they are on disk, else with the sample weights."""

from functools import lru_cache
from pathlib import Path

import torch
from torchvision.models import SqueezeNet1_1_Weights, squeezenet1_1

from cs231n.data_utils import choose_world, datasets_dir, real_files

SAMPLE_WEIGHTS = Path(__file__).resolve().parents[1] / 'datasets' / 'sample' / 'squeezenet.pt'


def load_squeezenet():
    """SqueezeNet 1.1 (Iandola et al., arXiv:1602.07360) for looking into: frozen, in eval mode, on the CPU, in float32.

    Takes the ImageNet weights that `get_datasets.sh squeezenet` put under `datasets/` if they are whole, else the sample
    weights that come with the project, and says in one line which. CS231N_DATA=sample or real forces one.

    Returns (model, class_names): a torchvision SqueezeNet that maps pictures (N, 3, H, W) float32, normalised with
    SQUEEZENET_MEAN and SQUEEZENET_STD, H and W at least 17, to scores (N, K); and {label: name} for its K classes.
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


@lru_cache(maxsize=1)
def sample_weights():
    """The committed weights as float32 -> (state dict of SqueezeNet 1.1, state dict of its 32-channel summary)."""
    if not SAMPLE_WEIGHTS.is_file():
        raise FileNotFoundError(f'{SAMPLE_WEIGHTS} is missing; it comes with the project: git checkout {SAMPLE_WEIGHTS.name}')
    stored = {name: value.float() for name, value in torch.load(SAMPLE_WEIGHTS, weights_only=True).items()}
    summary = {name.removeprefix('summary.'): stored.pop(name) for name in ('summary.weight', 'summary.bias')}
    return stored, summary
