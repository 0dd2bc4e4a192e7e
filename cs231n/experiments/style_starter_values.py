"""The check values of the original assignment, for those who have its pictures and ImageNet's weights on disk."""

import numpy as np
import torch

from cs231n import style_transfer_pytorch as style
from cs231n._shared.paths import datasets_dir

LAYERS, WEIGHTS = (1, 4, 6, 7), (300000, 1000, 15, 3)


def starter_values(model, folder):
    """Return what our functions give for the inputs that style-transfer-checks.npz was made from: {its key: array}.

    model: SqueezeNet with ImageNet's weights; folder: where tubingen.jpg and starry_night.jpg are.
    """
    feats, content = style.features_from_img(folder / 'tubingen.jpg', 192, model)
    painted, _ = style.features_from_img(folder / 'starry_night.jpg', 192, model)
    blank = style.extract_features(torch.zeros_like(content), model, [3])
    targets = [style.gram_matrix(painted[layer]) for layer in LAYERS]
    found = {
        'cl_out': style.content_loss(6e-2, feats[3], blank[3]),
        'gm_out': style.gram_matrix(painted[5]),
        'sl_out': style.style_loss(feats, LAYERS, targets, WEIGHTS),
        'tv_out': style.tv_loss(content, 2e-2),
    }
    return {key: value.detach().cpu().numpy() for key, value in found.items()}


def compare_with_starter(model, folder=None):
    """Return the largest relative error of each function against style-transfer-checks.npz: {its key: error}.

    folder: of the downloaded files, datasets_dir() if None. FileNotFoundError: a file is missing.
    """
    folder = datasets_dir() if folder is None else folder
    with np.load(folder / 'style-transfer-checks.npz') as answers:
        found = starter_values(model, folder / 'styles')
        return {key: float(style.rel_error(answers[key], found[key])) for key in found}
