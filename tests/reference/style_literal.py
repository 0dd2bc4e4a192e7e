"""Style transfer as its formulas say, one entry at a time, with every layer run and kept."""

import torch


def gram_matrix(features, normalize=True):
    N, C, H, W = features.shape
    rows = []
    for n in range(N):
        for i in range(C):
            for j in range(C):
                rows.append((features[n, i] * features[n, j]).sum())
    gram = torch.stack(rows).reshape(N, C, C)
    return gram / (C * H * W) if normalize else gram


def tv_loss(img, tv_weight):
    H, W = img.shape[2:]
    total = img.sum() * 0
    for i in range(H):
        for j in range(W):
            if i + 1 < H:
                total = total + ((img[:, :, i + 1, j] - img[:, :, i, j]) ** 2).sum()
            if j + 1 < W:
                total = total + ((img[:, :, i, j + 1] - img[:, :, i, j]) ** 2).sum()
    return tv_weight * total


def features(x, cnn):
    """The output of every layer, each kept as a copy."""
    feats = []
    for module in cnn.children():
        x = module(x)
        feats.append(x.clone())
    return feats


def losses(image, cnn, content, targets, content_layer, content_weight, style_layers, style_weights, tv_weight):
    """One step's losses: content, style, total variation."""
    feats = features(image, cnn)
    content_part = content_weight * ((feats[content_layer] - content) ** 2).sum()
    style_part = 0
    for layer, target, weight in zip(style_layers, targets, style_weights):
        N, C, H, W = feats[layer].shape
        flat = feats[layer].reshape(N, C, H * W)
        gram = torch.matmul(flat, flat.transpose(1, 2)) / (C * H * W)
        style_part = style_part + weight * ((gram - target) ** 2).sum()
    down, right = image[:, :, 1:] - image[:, :, :-1], image[:, :, :, 1:] - image[:, :, :, :-1]
    return content_part, style_part, tv_weight * ((down ** 2).sum() + (right ** 2).sum())
