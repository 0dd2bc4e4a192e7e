"""What the sample SqueezeNet makes of a scene: 452 numbers, and 60 of grain that tell one look from another."""

from functools import lru_cache

import numpy as np

from cs231n._shared.normalisation import mean_and_std
from cs231n.sample_world.scenes.things import KINDS

LOOK = 160                 # pixels a side at which the network looks at scenes
SCALE, GRAIN, WIDTH = 2, 0.8, 60  # factor on all features; deviation and number of those that are grain
FIFTHS = 5                 # columns and rows of the grid on which things are located


def features(images):
    """Return what the sample SqueezeNet makes of pictures: uint8 (N, 224, 224, 3) -> float32 (N, 452).

    At each cell of the last feature map of the pictures at 160 pixels, linear maps and a softmax tell how likely each
    kind, colour and place is there. Pooled over the cells they become 452 numbers: how much there is of each kind in
    each colour (24 * 10) and at all (24), the place (8), and for the three most present kinds, from left to right, the
    kind, colour, whereabouts on a 5 x 5 grid and size (24 + 10 + 25 + 1). Captions from such concepts and regions: Fang
    et al., arXiv:1411.4952; Anderson et al., arXiv:1707.07998.
    """
    import torch
    import torch.nn.functional as F

    net, read = _network()
    with torch.inference_mode():
        x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255
        mean, std = mean_and_std(x)
        x = F.interpolate((x - mean) / std, LOOK, mode='bilinear', antialias=True, align_corners=False)
        maps = net.features(x.contiguous(memory_format=torch.channels_last))  # (N, 512, C, C)
        cells = {name: F.conv2d(maps, *weights).softmax(dim=1) for name, weights in read.items()}
        kind, colour, C = cells['kind'][:, 1:], cells['colour'], maps.shape[-1]                   # kind 0 is no thing
        joint = torch.einsum('nkij,ncij->nkc', kind, colour)  # (N, 24, 10)
        amount = kind.sum(dim=(2, 3))  # (N, 24), in cells
        grid = F.adaptive_avg_pool2d(kind, FIFTHS).flatten(2) * (C / FIFTHS) ** 2  # (N, 24, 25)
        place = 2 * cells['place'].mean(dim=(2, 3))
        parts = [_slots(amount, joint, grid), joint.flatten(1).sqrt(), amount.sqrt(), place]
        return torch.cat(parts, dim=1).contiguous().numpy()  # (N, 452)


def grained(found, times=1, seed=0, mean=None):
    """Return features (N, 452) as they are stored, (N * times, 512): centred, scaled, and with grain.

    As few captions are to be learned by heart, each has a look of its own at its picture: the same features `times`
    times in a row, each time with other grain, as a camera has. mean: what is subtracted (default: theirs).
    """
    found = np.repeat(SCALE * (found - (found.mean(axis=0) if mean is None else mean)), times, axis=0)
    grain = GRAIN * np.random.RandomState(seed).standard_normal((len(found), WIDTH))
    return np.concatenate([found, grain], axis=1).astype(np.float32)


def _slots(amount, joint, grid):
    """Return the 3 most present kinds from left to right, (N, 3 * 60); what is hardly there comes last and fades."""
    import torch
    import torch.nn.functional as F

    across = grid.unflatten(2, (FIFTHS, FIFTHS)).sum(dim=2) @ torch.arange(float(FIFTHS))  # (N, 24)
    most, kinds = amount.topk(3, dim=1)  # (N, 3)
    order = torch.where(most > 1, across.gather(1, kinds) / most, FIFTHS + 1 - most).argsort(dim=1)
    most, kinds = most.gather(1, order), kinds.gather(1, order)
    sure = 2 * (most / 2).clamp(max=1)[..., None]
    pick = lambda table: table.gather(1, kinds[..., None].expand(-1, -1, table.shape[2]))
    parts = [F.one_hot(kinds, amount.shape[1]), *(F.normalize(pick(t), p=1, dim=2) for t in (joint, grid)),
             most[..., None].sqrt() / 5]
    return (sure * torch.cat(parts, dim=2)).flatten(1)


@lru_cache(maxsize=1)
def _network():
    """Return the sample SqueezeNet and what reads kind, colour and place off its last map: {name: (weight, bias)}."""
    import torch
    from torchvision.models import squeezenet1_1

    from cs231n.sample_world.weights import sample_weights

    weights, read = sample_weights()
    net = squeezenet1_1(num_classes=len(KINDS))
    net.load_state_dict(weights)
    heads = {name: (read[f'{name}.weight'], read[f'{name}.bias']) for name in ('kind', 'colour', 'place')}
    return net.eval().to(memory_format=torch.channels_last), heads
