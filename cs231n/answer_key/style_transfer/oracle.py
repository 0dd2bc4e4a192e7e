"""Right answers for the losses of style transfer: PyTorch's own functions in float64, gradients by autograd."""

import torch
import torch.nn.functional as F

from cs231n.checks.lessons.style_transfer.gradients import leaf, with_gradients


def content_loss(content_weight, content_current, content_original):
    current = leaf(content_current)
    loss = F.mse_loss(current, torch.tensor(content_original), reduction='sum')
    return with_gradients(content_weight * loss, current)


def gram(features, normalize=True):
    C, H, W = features.shape[1:]
    matrices = torch.einsum('nihw,njhw->nij', features, features)  # (N, C, C)
    return matrices / (C * H * W) if normalize else matrices


def gram_matrix(features, normalize):
    features = leaf(features)
    return with_gradients(gram(features, normalize), features)


def style_loss(feats, style_layers, style_targets, style_weights):
    feats = [leaf(value) for value in feats.values()]
    loss = sum(weight * F.mse_loss(gram(feats[layer]), torch.tensor(target), reduction='sum')
               for layer, target, weight in zip(style_layers, style_targets.values(), style_weights))
    return with_gradients(loss, *feats)


def tv_loss(img, tv_weight):
    img = leaf(img)
    loss = img.diff(dim=2).square().sum() + img.diff(dim=3).square().sum()
    return with_gradients(tv_weight * loss, img)
