"""Trains the sample SqueezeNet: `python -m cs231n.sample_world.training.train_squeezenet`.

torchvision's SqueezeNet 1.1 learns the 24 kinds of thing from scenes of the `fit` split. Four things make it learn
fast and make its features and its gradients useful beyond naming the kind:

1. BatchNorm after every convolution while training, folded into the weights afterwards (the network has none of its
   own, and without it Adam stands still for epochs).
2. At every cell of the last feature map 32 numbers must tell kind, colour and place, since the masks are known.
3. The last steps are taken on adversarially shifted pictures (one step of Goodfellow et al., arXiv:1412.6572, from a
   random start as in Wong et al., arXiv:2001.03994): gradients then follow shapes, which saliency maps and class
   pictures need.
4. The slope of a thing's score is held to the thing, as Ross et al., arXiv:1703.03717, hold explanations to what they
   should rest on. Without this every second saliency map of a balloon peaks just outside it.

The first stage looks at 112-pixel views, which is quick; the second at 208 pixels, where a big thing is seen whole. The
third leaves the network as it is and learns to read kind, colour and place off its last feature map at 160 pixels, the
size at which the features for captions are computed. The fourth is about the slopes and keeps what can be read;
reading is then learned once more.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import squeezenet1_1
from torchvision.transforms.functional import gaussian_blur

from cs231n._shared.console import command
from cs231n._shared.normalisation import mean_and_std
from cs231n._shared.progress import progress_bar
from cs231n._shared.whole import digest
from cs231n.sample_world.scenes.palette import COLOURS
from cs231n.sample_world.scenes.places import PLACES
from cs231n.sample_world.scenes.scenes import SIZE, scene
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.training.views import render_pool, views
from cs231n.sample_world.weights import stored_weights

MEAN, STD = mean_and_std(torch.empty(0))
SUMMARY = 32     # numbers that have to tell kind, colour and place of a cell


def add_batchnorm(net):
    """Put a BatchNorm behind every convolution but the last, in place."""
    for module in list(net.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d) and child.out_channels != len(KINDS):
                setattr(module, name, nn.Sequential(child, nn.BatchNorm2d(child.out_channels)))
    return net


def fold_batchnorm(net):
    """Return the weights of the same network without BatchNorm: w' = w g / s and b' = beta + (b - mu) g / s."""
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

    def forward(self, x):
        """Return scores (N, K) and {what is read: scores at each cell}."""
        maps = self.net.features((x - MEAN) / STD)
        summary = self.summary(maps)
        return self.net.classifier(maps).flatten(1), {name: head(summary) for name, head in self.heads.items()}


def losses(model, x, kind, colour, place):
    """Return the loss of naming and reading together."""
    scores, cells = model(x)
    return naming_loss(scores, kind[:, 1:].sum((2, 3))) + reading_loss(cells, kind, colour, place)


def naming_loss(scores, on_things):
    """Return the cross-entropy against the share of each kind; on_things (N, K): what of the picture each covers."""
    target = on_things.sqrt() / on_things.sqrt().sum(1, keepdim=True).clamp(min=1e-6)
    return F.cross_entropy(scores.float(), target)


def reading_loss(cells, kind, colour, place):
    """Return the cross-entropy of what is read at each cell against what is there."""
    C = kind.shape[-1]
    log_kind = F.log_softmax(cells['kind'].float(), 1)
    weight = torch.ones(kind.shape[1])
    weight[0] = 0.15
    dense = -(weight[:, None, None] * kind * log_kind).sum(1).mean() * 4
    hue = -(colour[:, 1:] * F.log_softmax(cells['colour'].float(), 1)).sum(1).mean() * 6
    where = F.cross_entropy(cells['place'].float(), place[:, None, None].expand(-1, C, C), ignore_index=-100)
    return dense + hue + 0.5 * where


def attack(model, x, truth, size):
    """Return x, shifted by at most `size` a pixel to where the loss is higher (one step from a random start)."""
    shift = torch.empty_like(x).uniform_(-size, size).requires_grad_()
    with torch.autocast('cpu', torch.bfloat16):
        loss = losses(model, x + shift, *truth)
    (grad,) = torch.autograd.grad(loss, shift)
    return (x + (shift.detach() + 1.25 * size * grad.sign()).clamp(-size, size)).clamp(0, 1)


def normalised(images):
    """Turn pictures (N, H, W, 3) in uint8 into x (N, 3, H, W) as the plain network wants them."""
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return ((x - MEAN) / STD).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def accuracy(net, count, side=SIZE, first=0):
    """Return the share of `count` single-thing scenes of the `test` split that the plain network names right."""
    right = 0
    for start in range(first, first + count, 50):
        batch = [scene('test', i) for i in range(start, min(start + 50, first + count))]
        x = normalised(np.stack([s.image for s in batch]))
        if side != SIZE:
            x = F.avg_pool2d(x, SIZE // side)
        guess = net(x.contiguous(memory_format=torch.channels_last)).argmax(1)
        right += sum(KINDS[g] == s.things[0].kind for g, s in zip(guess, batch, strict=True))
    return right / count


def plain(trainee):
    """Return torchvision's SqueezeNet 1.1 with the folded weights, in eval mode."""
    net = squeezenet1_1(num_classes=len(KINDS))
    net.load_state_dict(fold_batchnorm(trainee.net))
    return lifted(net.eval().to(memory_format=torch.channels_last))


@torch.no_grad()
def lifted(net):
    """Return the network, whose last layer is a ReLU, with one number added to all scores: no probability changes.

    They are then positive, and the ReLU passes them, and their gradients, as they are.
    """
    x = normalised(np.stack([scene('fit', i).image for i in range(48)]))
    cells = net.classifier[1](net.features(x))
    net.classifier[1].bias += 1.5 * cells.min().neg().ceil().clamp(min=0)  # what is positive is left alone
    return net


def train(args):
    """Return the network and its heads after four stages, or the last if args.start names what three have led to."""
    torch.manual_seed(args.seed)
    rng, gen = np.random.default_rng(args.seed), torch.Generator().manual_seed(args.seed)
    pool = render_pool(args.scenes)
    if args.start:
        net, heads = squeezenet1_1(num_classes=len(KINDS)), readers()
        load(args.start, net.eval().to(memory_format=torch.channels_last), heads)
    else:
        model = Trainee().to(memory_format=torch.channels_last)
        stage(model, pool, rng, gen, args, args.steps, side=112, smallest=0.45, batch=128, peak=4e-3, clean=0.62)
        stage(model, pool, rng, gen, args, args.finish, side=208, smallest=0.75, batch=36, peak=8e-4, clean=0.0)
        net = plain(model.eval())
        heads = readout(net, pool, rng, gen, args.read)
        store(args.out.with_suffix('.three.pt'), net, heads)
    mind_things(net, heads, pool, rng, gen, args.gaze, args.shift / 2 / 255)
    return lifted(net), readout(net, pool, rng, gen, args.read)


def store(path, net, heads):
    """Save the weights of the network and its heads in half precision."""
    weights = net.state_dict() | {f'read.{name}': value for name, value in heads.state_dict().items()}
    torch.save({name: value.half() for name, value in weights.items()}, path)


def load(path, net, heads):
    """Load stored weights into the network and its heads, in place."""
    weights, read = stored_weights(path)
    net.load_state_dict(weights)
    heads.load_state_dict(read)


def descend(loss, solver, schedule, bar, clipped=None):
    """Take one step down the loss; the gradients of `clipped`, a network, are kept to a norm of 5."""
    solver.zero_grad()
    loss.backward()
    if clipped is not None:
        nn.utils.clip_grad_norm_(clipped.parameters(), 5.0)
    solver.step()
    schedule.step()
    bar.set_postfix(loss=f'{loss.item():.3f}', refresh=False)


def stage(model, pool, rng, gen, args, steps, side, smallest, batch, peak, clean):
    """Train for some steps, after the share `clean` of them on adversarially shifted pictures."""
    images, labels, places = pool
    solver = torch.optim.AdamW(model.train().parameters(), weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(solver, peak, total_steps=steps, pct_start=0.15)
    bar = progress_bar(range(steps), desc=f'training at {side} pixels')
    for step in bar:
        pick = rng.choice(len(images), batch, replace=False)
        x, kind, colour = views(images[pick], labels[pick], gen, side, smallest)
        truth = kind, colour, torch.as_tensor(places[pick])
        if step >= clean * steps and (clean or step % 2):  # the second stage: every other step
            x = attack(model, x, truth, args.shift / 255 * min(1.0, (step - clean * steps) / 200 if clean else 1.0))
        with torch.autocast('cpu', torch.bfloat16):
            loss = losses(model, x, *truth)
        descend(loss, solver, schedule, bar, model)
        if step % 400 == 399:
            bar.write(f'step {step + 1}: {accuracy(plain(model.eval()), 200):.3f} of unseen scenes named right')
            model.train()


def gaze_loss(slopes, on_thing):
    """Return -log of the share of the saliency's peaks that lie on the thing; slopes (N, 3, H, W), on_thing (N, H, W).

    The map is smoothed as benchmarks/visualization_truth.py smooths it. A softmax of the smoothed map, whose highest
    point is made 20, stands for the peak.
    """
    saliency = gaussian_blur(slopes.abs().amax(1), kernel_size=25, sigma=4.0).flatten(1)  # (N, HW)
    log_peak = (20 * saliency / saliency.amax(1, keepdim=True).clamp(min=1e-12).detach()).log_softmax(1)
    return -log_peak.masked_fill(~on_thing.flatten(1), -20.0).logsumexp(1).mean()


def mind_things(net, heads, pool, rng, gen, steps, shift, batch=16):
    """Run the fourth stage, in place: what names a thing shall lie on it, and small shifts along slopes change little.

    Each picture's slopes are those of the score of one thing in it. What can be read at 160 pixels shall not be lost.
    """
    images, labels, places = pool
    solver = torch.optim.AdamW([*net.parameters(), *heads.parameters()], weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(solver, 4e-4, total_steps=steps, pct_start=0.1)
    bar = progress_bar(range(steps), desc='learning what to look at')
    for _ in bar:
        pick, side = rng.choice(len(images), batch, replace=False), rng.choice([-1, 1])  # -1: mirrored
        x = normalised(images[pick, :, ::side].copy())
        x += 0.1 * torch.rand(batch, 1, 1, 1) * torch.randn(x.shape)
        kinds = torch.from_numpy(labels[pick, :, ::side, 0].copy()).long()  # (N, 112, 112), 0 off things
        on_things = F.one_hot(kinds, 1 + len(KINDS))[..., 1:].sum((1, 2)).float()  # (N, K)
        y = (torch.rand(on_things.shape) * (on_things > 0)).argmax(1)
        on_thing = (kinds == 1 + y[:, None, None]).repeat_interleave(2, 1).repeat_interleave(2, 2)
        with torch.autocast('cpu', torch.bfloat16):
            scores = net(x.requires_grad_())
        (slopes,) = torch.autograd.grad(scores.gather(1, y[:, None]).sum(), x, create_graph=True)
        with torch.autocast('cpu', torch.bfloat16):
            attacked = net((x - shift / STD * slopes.sign()).detach())
        loss = naming_loss(scores, on_things) + naming_loss(attacked, on_things) + 3 * gaze_loss(slopes, on_thing)
        small, kind, colour = views(images[pick], labels[pick], gen, 160, 0.95)
        with torch.autocast('cpu', torch.bfloat16):
            maps = net.features((small - MEAN) / STD)
            scores = net.classifier(maps).flatten(1)
        cells = {name: head(maps.float()) for name, head in heads.items()}
        loss = loss + naming_loss(scores, kind[:, 1:].sum((2, 3)))
        loss = loss + reading_loss(cells, kind, colour, torch.as_tensor(places[pick]))
        descend(loss, solver, schedule, bar, net)


def readers():
    """Return linear maps from the 512 channels of a cell to kind, colour and place."""
    return nn.ModuleDict({'kind': nn.Conv2d(512, len(KINDS) + 1, 1), 'colour': nn.Conv2d(512, len(COLOURS), 1),
                          'place': nn.Conv2d(512, len(PLACES), 1)})


def readout(net, pool, rng, gen, steps, batch=64):
    """Run the third stage: heads that read at 160 pixels, the network left as it is."""
    images, labels, places = pool
    heads = readers()
    solver = torch.optim.AdamW(heads.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(solver, 5e-3, total_steps=steps)
    bar = progress_bar(range(steps), desc='learning to read')
    for _ in bar:
        pick = rng.choice(len(images), batch, replace=False)
        x, kind, colour = views(images[pick], labels[pick], gen, 160, 0.95)
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
            maps = net.features((x - MEAN) / STD)
        loss = reading_loss({name: head(maps.float()) for name, head in heads.items()}, kind, colour,
                            torch.as_tensor(places[pick]))
        descend(loss, solver, schedule, bar)
    return heads


@command
def main():
    """Train in four stages, store weights and card."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--scenes', type=int, default=16000)
    parser.add_argument('--steps', type=int, default=2000)
    parser.add_argument('--finish', type=int, default=400, help='steps of the second stage')
    parser.add_argument('--shift', type=float, default=4.0, help='largest adversarial change of a pixel, of 255')
    parser.add_argument('--seed', type=int, default=231)
    parser.add_argument('--read', type=int, default=300, help='steps of the third stage and after the fourth')
    parser.add_argument('--gaze', type=int, default=500, help='steps of the fourth stage')
    parser.add_argument('--start', type=Path, help='what the first three stages of an earlier run have led to')
    parser.add_argument('--out', type=Path, default=Path('datasets/sample/squeezenet.pt'))
    args = parser.parse_args()
    start = time.time()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    net, heads = train(args)
    store(args.out, net, heads)
    load(args.out, net, heads)  # judged as it is stored
    card = {'architecture': 'torchvision squeezenet1_1', 'classes': KINDS, 'seed': args.seed, 'scenes': args.scenes,
            'steps': args.steps, 'finish': args.finish, 'read': args.read, 'gaze': args.gaze,
            'adversarial_shift_of_255': args.shift, 'minutes': round((time.time() - start) / 60, 1),
            'test_scenes': 2000, 'accuracy_224': accuracy(net, 2000), 'accuracy_112': accuracy(net, 2000, 112),
            'sha256': digest(args.out)}
    args.out.with_suffix('.json').write_text(json.dumps(card, indent=1) + '\n', encoding='utf-8')
    print(json.dumps(card, indent=1))


if __name__ == '__main__':
    sys.exit(main())
