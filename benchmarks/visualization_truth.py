"""Holds saliency, fooling images and class pictures of the sample network against the truth.

    python -m benchmarks.visualization_truth [--judge build/judge.pt] [--untaught build/again.three.pt]

The truth: a scene comes with the mask of its thing, which the gradient and its rivals are held to; and a class picture
can be shown to a judge, a SqueezeNet of another seed that took no part in making it. And what does it change that the
sample network was taught to look at the thing? Neither the judge's weights nor those of a network not so taught are
part of the project:

    python -m cs231n.sample_world.training.train_squeezenet --seed 7 --out build/judge.pt
    python -m cs231n.sample_world.training.train_squeezenet --out build/again.pt

Writes benchmarks/visualization_truth.json; the figures of an untaught network stay as they were if none is given, those
of a judge are left out.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torchvision.models import squeezenet1_1

from cs231n._shared.console import command
from cs231n._shared.normalisation import SQUEEZENET_STD
from cs231n._shared.progress import progress_bar
from cs231n.experiments.class_pictures import View, dream
from cs231n.experiments.saliency_rivals import grad_cam, occlusion, smooth_grad
from cs231n.metrics.saliency import light_ratio, peak_distance
from cs231n.net_visualization_pytorch import compute_saliency_maps, deprocess, make_fooling_image, preprocess
from cs231n.sample_world.scenes.scenes import scene
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.weights import sample_weights, stored_weights

RESULTS = Path(__file__).with_suffix('.json')
SCENES, RIVAL_SCENES, PAIRS, NEAR = 500, 30, 200, 4  # near: pixels, of 224
SEEDS = 100, 200  # of class pictures, to which the first of each four classes is added
RIVALS = {'gradient': compute_saliency_maps, 'SmoothGrad': smooth_grad, 'occlusion': occlusion, 'Grad-CAM': grad_cam}


def network(weights):
    """SqueezeNet 1.1 with these weights, frozen, in eval mode."""
    model = squeezenet1_1(num_classes=len(KINDS))
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)


def unseen(indices):
    """Scenes of the split test -> pictures (N, 3, 224, 224), labels (N,), masks (N, 224, 224)."""
    found = [scene('test', i) for i in indices]
    labels = torch.tensor([KINDS.index(s.things[0].kind) for s in found])
    return torch.cat([preprocess(s.image) for s in found]), labels, np.stack([s.masks[0] for s in found])


def saliency_truth(model, count=SCENES, batch=25):
    """How often the peak lies on the thing, or near it, and how much more salient the thing is than the rest."""
    away, on, off = [], [], []
    for start in progress_bar(range(0, count, batch), desc='saliency'):
        X, y, masks = unseen(range(start, start + batch))
        for m, mask in zip(compute_saliency_maps(X, y, model).numpy(), masks):
            away.append(peak_distance(m, mask))
            on.append(m[mask].mean())
            off.append(m[~mask].mean())
    ratios = np.array(on) / np.maximum(off, 1e-12)
    return {
        'scenes': count,
        'peak_on_thing': round(float(np.mean(np.array(away) == 0)), 3),
        'peak_within_4_pixels': round(float(np.mean(np.array(away) <= NEAR)), 3),
        'on_over_off_all_scenes': round(float(np.mean(on) / np.mean(off)), 1),
        'on_over_off_median_scene': round(float(np.median(ratios)), 1),
        'scenes_with_4_times_or_more': round(float((ratios >= 4).mean()), 3),
    }


def rivals_truth(model, count=RIVAL_SCENES, batch=10):
    """How bright the thing is over the rest in the typical map, and how often the peak lies on it, by method."""
    ratios, away = ({name: [] for name in RIVALS} for _ in range(2))
    for start in progress_bar(range(0, count, batch), desc='rivals'):
        X, y, masks = unseen(range(start, start + batch))
        for name, method in RIVALS.items():
            for saliency, mask in zip(method(X, y, model).numpy(), masks):
                ratios[name].append(light_ratio(saliency, mask))
                away[name].append(peak_distance(saliency, mask))
    return {'scenes': count} | {
        name: {'on_over_off_median_scene': round(float(np.median(ratios[name])), 1),
               'peak_on_thing': round(float(np.mean(np.array(away[name]) == 0)), 3)} for name in RIVALS}


def fooling_truth(model, count=PAIRS, batch=20):
    """How many pairs of a scene and another class succeed within 100 steps, and how large the change is."""
    rng = np.random.RandomState(0)
    levels = 255 * torch.from_numpy(SQUEEZENET_STD)[None, :, None, None]
    fooled, stored, rms, peak = [], [], [], []
    for _ in progress_bar(range(0, count, batch), desc='fooling'):
        X, y, _ = unseen(10_000 + rng.choice(10_000, batch, replace=False))
        target = (y + torch.from_numpy(rng.randint(1, len(KINDS), batch))) % len(KINDS)
        X_fooling = make_fooling_image(X, target, model)
        fooled += (model(X_fooling).argmax(1) == target).tolist()
        in_8_bits = [preprocess(deprocess(x[None], should_rescale=False)) for x in X_fooling]
        stored += (model(torch.cat(in_8_bits)).argmax(1) == target).tolist()
        change = (X_fooling - X) * levels
        rms += change.pow(2).mean((1, 2, 3)).sqrt().tolist()
        peak += change.abs().amax((1, 2, 3)).tolist()
    return {
        'pairs': count,
        'fooled_within_100_steps': round(float(np.mean(fooled)), 3),
        'still_fooled_when_stored_in_8_bits': round(float(np.mean(stored)), 3),
        'rms_change_of_255_median': round(float(np.median(rms)), 2),
        'rms_change_of_255_largest': round(max(rms), 2),
        'largest_change_of_a_pixel_of_255_median': round(float(np.median(peak)), 1),
    }


def class_truth(model, judge=None):
    """How many class pictures, one of each class and seed, are seen as their class: by the network that they come from
    and by the judge.
    """
    truth = torch.arange(len(KINDS)).repeat(len(SEEDS))
    climbs = progress_bar([(k, seed) for seed in SEEDS for k in range(0, len(KINDS), 4)], desc='class pictures')
    seeded = lambda seed: torch.Generator().manual_seed(seed)
    parts = [dream(range(k, k + 4), View(model), generator=seeded(seed + k)) for k, seed in climbs]
    pictures = torch.cat(parts)
    own = model(pictures).argmax(1)
    report = {'pictures': len(pictures), 'seen_as_asked': (own == truth).sum().item()}
    if judge is not None:
        seen = judge(pictures).argmax(1)
        wrong = (seen != truth).nonzero().flatten().tolist()
        report['recognised_by_judge'] = (seen == truth).sum().item()
        report['mistaken'] = [f'{KINDS[truth[n]]} for {KINDS[seen[n]]}, seed {SEEDS[n // len(KINDS)]}' for n in wrong]
    return report


@command
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--judge', type=Path, help='weights of a network trained with another seed')
    parser.add_argument('--untaught', type=Path, help='weights from before the last stage of training')
    args = parser.parse_args()
    model = network(sample_weights()[0])
    old = json.loads(RESULTS.read_text(encoding='utf-8')) if RESULTS.is_file() else {}
    stored = lambda path: network(stored_weights(path)[0])
    judge, results = None, {}
    if args.judge:
        judge = stored(args.judge)
        X, y, _ = unseen(range(240))
        results['judge'] = {
            'accuracy_on_240_unseen_scenes': round((judge(X).argmax(1) == y).float().mean().item(), 3)
        }
    results |= {'saliency': saliency_truth(model), 'rivals': rivals_truth(model), 'fooling': fooling_truth(model)}
    if args.untaught:
        results['saliency_untaught'] = saliency_truth(stored(args.untaught))
    elif 'saliency_untaught' in old:
        results['saliency_untaught'] = old['saliency_untaught']
    results['class_pictures'] = class_truth(model, judge)
    RESULTS.write_text(json.dumps(results, indent=1) + '\n', encoding='utf-8')
    print(json.dumps(results, indent=1))


if __name__ == '__main__':
    sys.exit(main())
