"""The sample SqueezeNet: how often it is right on scenes it has never seen, and the script that trains it."""

import json

import numpy as np
import torch
from torch import nn

from cs231n.pretrained import SAMPLE_WEIGHTS, load_squeezenet, sample_weights
from cs231n.sample import train_squeezenet as script
from cs231n.sample.things import KINDS


def test_it_names_unseen_scenes():
    model, names = load_squeezenet()
    assert tuple(names.values()) == KINDS
    assert script.accuracy(model.to(memory_format=torch.channels_last), 240, first=5000) >= 0.96


def test_its_card_tells_what_was_measured():
    card = json.loads(SAMPLE_WEIGHTS.with_suffix('.json').read_text())
    assert card['test_scenes'] == 2000 and card['accuracy_224'] >= 0.97
    assert tuple(card['classes']) == KINDS
    assert SAMPLE_WEIGHTS.stat().st_size < 2_000_000


def test_every_class_has_a_gradient_everywhere():
    """torchvision's last layer is a ReLU: a score cut off at 0 could not be raised by any step."""
    model, _ = load_squeezenet()
    x = torch.randn(1, 3, 112, 112, generator=torch.Generator().manual_seed(0)).requires_grad_()
    for k in range(len(KINDS)):
        (grad,) = torch.autograd.grad(model(x)[0, k], x, retain_graph=False)
        assert grad.abs().max() > 0


def test_stored_weights_are_float32_when_loaded():
    weights, read = sample_weights()
    assert {w.dtype for w in [*weights.values(), *read.values()]} == {torch.float32}
    assert read['kind.weight'].shape == (25, 512, 1, 1)


def randomised():
    torch.manual_seed(0)
    model = script.Trainee()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
    return model.eval()


def test_folding_batchnorm_changes_no_difference_of_scores():
    model = randomised()
    x = torch.rand(2, 3, 112, 112)
    with torch.no_grad():
        before = model(x)[0]
        after = script.plain(model)((x - model.mean) / model.std)
    gap = (after - after[:, :1]) - (before - before[:, :1])
    assert gap.abs().max() < 1e-4 * before.abs().max()


def test_views_and_their_truth_fit_together():
    images, labels, _ = zip(*(script.labelled(k) for k in range(6)), strict=True)
    for side, C in ((112, 6), (208, 12)):
        gen = torch.Generator().manual_seed(1)
        x, kind, colour = script.views(np.stack(images), np.stack(labels), gen, side, 0.5)
        assert x.shape == (6, 3, side, side) and x.min() >= 0 and x.max() <= 1
        assert kind.shape == (6, len(KINDS) + 1, C, C) and torch.allclose(kind.sum(1), torch.ones(6, C, C))
        assert torch.allclose(kind[:, 0], colour[:, 0]), 'off things there is no colour'
        scores, cells = script.Trainee()(x)
        assert scores.shape == (6, len(KINDS)) and cells['kind'].shape == kind.shape


def test_an_attack_stays_within_its_size_and_raises_the_loss():
    model = randomised()
    images, labels, places = zip(*(script.labelled(k) for k in range(6)), strict=True)
    x, kind, colour = script.views(np.stack(images), np.stack(labels), torch.Generator().manual_seed(1), 112, 0.5)
    truth = kind, colour, torch.tensor(places)
    torch.manual_seed(0)
    moved = script.attack(model, x, truth, 4 / 255)
    assert (moved - x).abs().max() <= 4 / 255 + 1e-6 and moved.min() >= 0 and moved.max() <= 1
    with torch.no_grad():
        assert script.losses(model, moved, *truth) > script.losses(model, x, *truth)
