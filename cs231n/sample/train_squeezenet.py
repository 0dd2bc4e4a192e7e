"""Trains the sample SqueezeNet: `python -m cs231n.sample.train_squeezenet`.

torchvision's SqueezeNet 1.1 learns the 24 kinds of thing from scenes of the `fit` split. Three things make it learn
fast and make its features useful beyond naming the kind:

1. BatchNorm after every convolution while training, folded into the weights afterwards (the network has none of its
   own, and without it Adam stands still for epochs).
2. At every cell of the last feature map 32 numbers must tell kind, colour and place, since the masks are known.
3. The last steps are taken on adversarially shifted pictures (one step of Goodfellow et al., arXiv:1412.6572, from a
   random start as in Wong et al., arXiv:2001.03994): gradients then follow shapes, which saliency maps and class
   pictures need.

The first stage looks at 112-pixel views, which is quick; the second at 208 pixels, where a big thing is seen whole. The
third leaves the network as it is and learns to read kind, colour and place off its last feature map at 160 pixels, the
size at which the features for captions are computed.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import squeezenet1_1
from tqdm.auto import tqdm

from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n.sample.palette import COLOURS
from cs231n.sample.places import PLACES
from cs231n.sample.scenes import SIZE, scene
from cs231n.sample.things import KINDS

LABELS = SIZE // 2  # side of the maps of what is where
SUMMARY = 32     # numbers that have to tell kind, colour and place of a cell
NAMES = {'kind': KINDS, 'colour': tuple(COLOURS), 'place': tuple(PLACES)}


def add_batchnorm(net):
    """Put a BatchNorm behind every convolution but the last, in place."""
    for module in list(net.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d) and child.out_channels != len(KINDS):
                setattr(module, name, nn.Sequential(child, nn.BatchNorm2d(child.out_channels)))
    return net


def fold_batchnorm(net):
    """The weights of the same network without BatchNorm: w' = w g / s and b' = beta + (b - mu) g / s."""
    weights = {}
    for name, module in net.named_modules():
        if isinstance(module, nn.Sequential) and len(module) == 2 and isinstance(module[1], nn.BatchNorm2d):
            conv, bn = module
            gain = bn.weight / torch.sqrt(bn.running_var + bn.eps)
            weights[f'{name}.weight'] = conv.weight * gain[:, None, None, None]
            weights[f'{name}.bias'] = bn.bias + (conv.bias - bn.running_mean) * gain
        elif isinstance(module, nn.Conv2d) and not name.endswith('.0'):
            weights[f'{name}.weight'], weights[f'{name}.bias'] = module.weight, module.bias
    return {name: value.detach().contiguous() for name, value in weights.items()}


class Trainee(nn.Module):
    """SqueezeNet with BatchNorm, and heads that read kind, colour and place off every cell of its last feature map."""

    def __init__(self):
        super().__init__()
        self.net = add_batchnorm(squeezenet1_1(num_classes=len(KINDS), dropout=0.2))
        self.net.classifier[2] = nn.Identity()  # a ReLU on the scores would silence classes for good; see plain()
        self.summary = nn.Conv2d(512, SUMMARY, 1)
        self.heads = nn.ModuleDict({'kind': nn.Conv2d(SUMMARY, len(KINDS) + 1, 1),  # 0 is no thing
                                    'colour': nn.Conv2d(SUMMARY, len(COLOURS), 1),
                                    'place': nn.Conv2d(SUMMARY, len(PLACES), 1)})
        self.register_buffer('mean', torch.tensor(SQUEEZENET_MEAN).reshape(1, 3, 1, 1))
        self.register_buffer('std', torch.tensor(SQUEEZENET_STD).reshape(1, 3, 1, 1))

    def forward(self, x):
        maps = self.net.features((x - self.mean) / self.std)
        summary = self.summary(maps)
        return self.net.classifier(maps).flatten(1), {name: head(summary) for name, head in self.heads.items()}


def labelled(index):
    """One training scene -> image (224, 224, 3), labels (112, 112, 2): 1 + kind and 1 + colour, 0 off things; place."""
    s = scene('fit', index)
    labels = np.zeros((LABELS, LABELS, 2), np.uint8)
    for thing, mask in zip(s.things, s.masks, strict=True):
        labels[mask[::2, ::2]] = KINDS.index(thing.kind) + 1, NAMES['colour'].index(thing.colour) + 1
    return s.image, labels, NAMES['place'].index(s.place) if s.place in PLACES else -100


def render_pool(count):
    images, labels = np.empty((count, SIZE, SIZE, 3), np.uint8), np.empty((count, LABELS, LABELS, 2), np.uint8)
    places = np.empty(count, np.int64)
    with ProcessPoolExecutor() as pool:
        jobs = pool.map(labelled, range(count), chunksize=64)
        for k, (image, label, place) in enumerate(tqdm(jobs, total=count, desc='drawing scenes')):
            images[k], labels[k], places[k] = image, label, place
    return images, labels, places


def views(images, labels, gen, side, smallest):
    """Random views of scenes: a part (`smallest` to 1.1) of each, mirrored, turned; light, contrast and noise vary.

    images (N, 224, 224, 3) uint8, labels (N, 112, 112, 2) uint8 -> x (N, 3, side, side) in 0..1 and, for each of the
    C x C cells of the last feature map, C = side / 16 - 1, the share of its pixels that each kind (N, 25, C, C) and
    colour (N, 11, C, C) covers, entry 0 being no thing.
    """
    N, C = len(images), side // 16 - 1
    draw = lambda low, high: low + (high - low) * torch.rand(N, generator=gen)
    scale, turn, aspect = draw(smallest, 1.1), draw(-0.15, 0.15), draw(0.9, 1.1)
    mirror = torch.where(draw(0, 1) < 0.5, -1.0, 1.0)
    room = (1 - scale).abs()
    cos, sin = scale * torch.cos(turn), scale * torch.sin(turn)
    affine = torch.stack([torch.stack([mirror * cos * aspect, -sin, room * draw(-1, 1)], 1),
                          torch.stack([mirror * sin * aspect, cos, room * draw(-1, 1)], 1)], 1)  # (N, 2, 3)

    x = torch.as_tensor(images).permute(0, 3, 1, 2).float() / 255
    grid = F.affine_grid(affine, (N, 3, side, side), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode='reflection', align_corners=False)
    centres = 15.5 + 16 * np.arange(C)  # of the cells, in pixels
    offsets = (centres[:, None] + np.array([-16 / 3, 0, 16 / 3])).reshape(-1)  # three points a side in each cell
    points = torch.tensor(2 * offsets / side - 1, dtype=torch.float32)
    py, px = torch.meshgrid(points, points, indexing='ij')
    flat = torch.stack([px, py, torch.ones_like(px)], -1).reshape(-1, 3)  # (P, 3)
    spots = (flat @ affine.transpose(1, 2)).reshape(N, len(points), len(points), 2)
    truth = F.grid_sample(torch.as_tensor(labels).permute(0, 3, 1, 2).float(), spots, mode='nearest',
                          padding_mode='reflection', align_corners=False).long()
    kind, colour = (F.avg_pool2d(F.one_hot(truth[:, k], n).permute(0, 3, 1, 2).float(), 3)
                    for k, n in ((0, len(KINDS) + 1), (1, len(COLOURS) + 1)))

    shape = (N, 1, 1, 1)
    x = (x - 0.5) * draw(0.8, 1.15).reshape(shape) + 0.5 + draw(-0.08, 0.08).reshape(shape)
    x = x + draw(0, 0.04).reshape(shape) * torch.randn(x.shape, generator=gen)
    return x.clamp(0, 1).contiguous(memory_format=torch.channels_last), kind, colour


def losses(model, x, kind, colour, place):
    scores, cells = model(x)
    on_things = kind[:, 1:].sum((2, 3))  # (N, K): cells that each kind covers
    target = on_things.sqrt() / on_things.sqrt().sum(1, keepdim=True).clamp(min=1e-6)
    return F.cross_entropy(scores.float(), target) + reading_loss(cells, kind, colour, place)


def reading_loss(cells, kind, colour, place):
    C = kind.shape[-1]
    log_kind = F.log_softmax(cells['kind'].float(), 1)
    weight = torch.ones(kind.shape[1])
    weight[0] = 0.15
    dense = -(weight[:, None, None] * kind * log_kind).sum(1).mean() * 4
    hue = -(colour[:, 1:] * F.log_softmax(cells['colour'].float(), 1)).sum(1).mean() * 6
    where = F.cross_entropy(cells['place'].float(), place[:, None, None].expand(-1, C, C), ignore_index=-100)
    return dense + hue + 0.5 * where


def attack(model, x, truth, size):
    """x shifted by at most `size` a pixel in the direction that raises the loss (one step from a random start)."""
    shift = torch.empty_like(x).uniform_(-size, size).requires_grad_()
    with torch.autocast('cpu', torch.bfloat16):
        loss = losses(model, x + shift, *truth)
    (grad,) = torch.autograd.grad(loss, shift)
    return (x + (shift.detach() + 1.25 * size * grad.sign()).clamp(-size, size)).clamp(0, 1)


@torch.no_grad()
def accuracy(net, count, side=SIZE, first=0):
    """Share of `count` single-thing scenes of the `test` split that the plain network names right."""
    right = 0
    for start in range(first, first + count, 50):
        batch = [scene('test', i) for i in range(start, min(start + 50, first + count))]
        x = torch.from_numpy(np.stack([s.image for s in batch])).permute(0, 3, 1, 2).float() / 255
        x = (x - torch.tensor(SQUEEZENET_MEAN).reshape(1, 3, 1, 1)) / torch.tensor(SQUEEZENET_STD).reshape(1, 3, 1, 1)
        if side != SIZE:
            x = F.avg_pool2d(x, SIZE // side)
        guess = net(x.contiguous(memory_format=torch.channels_last)).argmax(1)
        right += sum(KINDS[g] == s.things[0].kind for g, s in zip(guess, batch, strict=True))
    return right / count


@torch.no_grad()
def plain(trainee):
    """torchvision's SqueezeNet 1.1 with the folded weights, in eval mode.

    It ends with a ReLU that the trainee lacks. One number is added to all its scores, which changes no probability, so
    that they are positive and the ReLU passes them, and their gradients, as they are.
    """
    net = squeezenet1_1(num_classes=len(KINDS))
    net.load_state_dict(fold_batchnorm(trainee.net))
    net = net.eval().to(memory_format=torch.channels_last)
    x = torch.from_numpy(np.stack([scene('fit', i).image for i in range(48)])).permute(0, 3, 1, 2).float() / 255
    x = ((x - trainee.mean) / trainee.std).contiguous(memory_format=torch.channels_last)
    cells = net.classifier[1](net.features(x))
    net.classifier[1].bias += 1.5 * cells.min().neg().ceil()
    return net


def train(args):
    """All three stages -> the network and its heads; the first is skipped if args.start names what it once saved."""
    torch.manual_seed(args.seed)
    rng, gen = np.random.default_rng(args.seed), torch.Generator().manual_seed(args.seed)
    pool = render_pool(args.scenes)
    model = Trainee().to(memory_format=torch.channels_last)
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True))
    else:
        stage(model, pool, rng, gen, args, args.steps, side=112, smallest=0.45, batch=128, peak=4e-3, clean=0.62)
        torch.save(model.state_dict(), args.out.with_suffix('.stage1.pt'))
    stage(model, pool, rng, gen, args, args.finish, side=208, smallest=0.75, batch=36, peak=8e-4, clean=0.0)
    return model.eval(), readout(model, pool, rng, gen, args.read)


def stage(model, pool, rng, gen, args, steps, side, smallest, batch, peak, clean):
    """Train for some steps, after the share `clean` of them on adversarially shifted pictures."""
    images, labels, places = pool
    solver = torch.optim.AdamW(model.train().parameters(), weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(solver, peak, total_steps=steps, pct_start=0.15)
    bar = tqdm(range(steps), desc=f'training at {side} pixels')
    for step in bar:
        pick = rng.choice(len(images), batch, replace=False)
        x, kind, colour = views(images[pick], labels[pick], gen, side, smallest)
        truth = kind, colour, torch.as_tensor(places[pick])
        if step >= clean * steps and (clean or step % 2):  # the second stage: every other step
            x = attack(model, x, truth, args.shift / 255 * min(1.0, (step - clean * steps) / 200 if clean else 1.0))
        with torch.autocast('cpu', torch.bfloat16):
            loss = losses(model, x, *truth)
        solver.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        solver.step()
        schedule.step()
        bar.set_postfix(loss=f'{loss.item():.3f}')
        if step % 400 == 399:
            bar.write(f'step {step + 1}: {accuracy(plain(model.eval()), 200):.3f} of unseen scenes named right')
            model.train()


def readout(model, pool, rng, gen, steps, batch=64):
    """Linear maps from the 512 channels to kind, colour and place at 160 pixels, the network left as it is."""
    images, labels, places = pool
    heads = nn.ModuleDict({'kind': nn.Conv2d(512, len(KINDS) + 1, 1), 'colour': nn.Conv2d(512, len(COLOURS), 1),
                           'place': nn.Conv2d(512, len(PLACES), 1)})
    solver = torch.optim.AdamW(heads.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(solver, 5e-3, total_steps=steps)
    bar = tqdm(range(steps), desc='learning to read')
    for _ in bar:
        pick = rng.choice(len(images), batch, replace=False)
        x, kind, colour = views(images[pick], labels[pick], gen, 160, 0.95)
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
            maps = model.net.features((x - model.mean) / model.std)
        loss = reading_loss({name: head(maps.float()) for name, head in heads.items()}, kind, colour,
                            torch.as_tensor(places[pick]))
        solver.zero_grad()
        loss.backward()
        solver.step()
        schedule.step()
        bar.set_postfix(loss=f'{loss.item():.3f}')
    return heads


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--scenes', type=int, default=16000)
    parser.add_argument('--steps', type=int, default=2000)
    parser.add_argument('--finish', type=int, default=400, help='steps of the second stage')
    parser.add_argument('--shift', type=float, default=4.0, help='largest adversarial change of a pixel, of 255')
    parser.add_argument('--seed', type=int, default=231)
    parser.add_argument('--read', type=int, default=300, help='steps of the third stage')
    parser.add_argument('--start', type=Path, help='what the first stage of an earlier run saved')
    parser.add_argument('--out', type=Path, default=Path('datasets/sample/squeezenet.pt'))
    args = parser.parse_args()
    start = time.time()
    model, heads = train(args)
    net = plain(model)
    weights = {name: value.half() for name, value in net.state_dict().items()}
    net.load_state_dict({name: value.float() for name, value in weights.items()})  # judged as it is stored
    weights |= {f'read.{name}': value.half() for name, value in heads.state_dict().items()}
    card = {'architecture': 'torchvision squeezenet1_1', 'classes': KINDS, 'seed': args.seed, 'scenes': args.scenes,
            'steps': args.steps, 'finish': args.finish, 'read': args.read, 'adversarial_shift_of_255': args.shift,
            'minutes': round((time.time() - start) / 60, 1), 'test_scenes': 2000,
            'accuracy_224': accuracy(net, 2000), 'accuracy_112': accuracy(net, 2000, 112)}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(weights, args.out)
    args.out.with_suffix('.json').write_text(json.dumps(card, indent=1) + '\n')
    print(json.dumps(card, indent=1))


if __name__ == '__main__':
    main()
