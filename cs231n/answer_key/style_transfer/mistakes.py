"""Wrong answers for the losses of style transfer."""

import torch

from cs231n.answer_key.recurrence import pick
from cs231n.answer_key.style_transfer.oracle import gram
from cs231n.checks.lessons.style_transfer.gradients import leaf, with_gradients


def _detached(mistake, value):
    return value.detach() if mistake == 'no_gradient' else value


def _total(mistake, *differences):
    """Return the sum of the squares, or what is added up in their place."""
    each = [pick(mistake, d.square(), absolute=d.abs(), not_squared=d) for d in differences]
    total = sum(one.mean() if mistake == 'mean' else one.sum() for one in each)
    return pick(mistake, total, root=total.sqrt(), half=total / 2, sum_squared=sum(d.sum() ** 2 for d in differences))


def content_loss(mistake, content_weight, content_current, content_original):
    current, original = leaf(content_current), torch.tensor(content_original)
    w = pick(mistake, content_weight, no_weight=1)
    N, _, H, W = current.shape
    total = _total(mistake, current - original)
    loss = pick(mistake, w * total, per_picture=w * total / N, per_pixel=w * total / (H * W), weight_squared=w * w *
                total)
    return with_gradients(_detached(mistake, loss), current)


def gram_matrix(mistake, features, normalize):
    f = leaf(features)
    N, C, H, W = f.shape
    flat = f.reshape(N, C, H * W)
    normalize = normalize or mistake == 'always_normalized'
    scale = pick(mistake, C * H * W if normalize else 1, never_normalized=1,
                 by_pixels=H * W if normalize else 1, by_channels=C if normalize else 1,
                 precedence=C / (H * W) if normalize else 1, by_matrix=C * C if normalize else 1,
                 by_batch=N * C * H * W if normalize else 1)
    if mistake == 'one_picture_only' and N > 1:
        return None, None
    raw = gram(f, normalize=False)  # (N, C, C)
    rows, pixels = f.reshape(N, H * W, C), flat.transpose(1, 2)
    merged = f.reshape(1, N * C, H * W)
    wide = f.reshape(1, C, N * H * W)
    centred = flat - flat.mean(dim=2, keepdim=True)
    raw = pick(mistake, raw,
               first_picture=raw[:1],
               batch_in_channels=merged @ merged.transpose(1, 2),
               batch_in_pixels=wide @ wide.transpose(1, 2),
               batch_summed=raw.sum(dim=0, keepdim=True),
               pixels_by_pixels=pixels @ flat,
               viewed_as_rows=rows.transpose(1, 2) @ rows,
               centred=centred @ centred.transpose(1, 2))
    return with_gradients(_detached(mistake, raw / scale), f)


def style_loss(mistake, feats, style_layers, style_targets, style_weights):
    feats = [leaf(value) for value in feats.values()]
    total = torch.zeros(())
    for i, (layer, target, w) in enumerate(zip(style_layers, style_targets.values(), style_weights)):
        f = feats[i if mistake == 'by_position' else layer]
        d = gram(f, normalize=mistake != 'gram_not_normalized') - torch.tensor(target)
        w = pick(mistake, w, first_weight=style_weights[0], last_weight=style_weights[-1], no_weight=1)
        term = w * _total(mistake, d)
        term = pick(mistake, term, weight_squared=w * term, averaged_over_layers=term / len(style_layers))
        total = term if mistake == 'last_layer' else total + term
        if mistake == 'first_layer':
            break
    return with_gradients(_detached(mistake, total), *feats)


def tv_loss(mistake, img, tv_weight):
    img, w = leaf(img), pick(mistake, tv_weight, no_weight=1)
    x = img[:1] if mistake == 'first_picture' else img
    down, right = x.diff(dim=2), x.diff(dim=3)
    if mistake == 'wraps_around':
        down, right = x - x.roll(1, 2), x - x.roll(1, 3)
    if mistake == 'cropped':
        down, right = down[:, :, :, :-1], right[:, :, :-1]
    if mistake == 'two_apart':
        down, right = x[:, :, 2:] - x[:, :, :-2], x[..., 2:] - x[..., :-2]
    d, r = down.square().sum(), right.square().sum()
    c = x.diff(dim=1).square().sum()  # red against green, green against blue
    total = _total(mistake, down, right)
    loss = pick(mistake, w * total, weight_squared=w * w * total, weight_once=w * d + r, weight_second=d + w * r,
                rows_twice=2 * w * d, columns_twice=2 * w * r, channels_for_rows=w * (c + r),
                channels_for_columns=w * (d + c), only_rows=w * _total(mistake, down),
                only_columns=w * _total(mistake, right), per_pixel=w * total / img.numel(),
                isotropic=w * (x.diff(dim=2)[..., :-1] ** 2 + x.diff(dim=3)[:, :, :-1] ** 2).sqrt().sum(),
                across_channels=w * (d + r + c))
    return with_gradients(_detached(mistake, loss), img)
