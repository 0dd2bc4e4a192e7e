"""Views and waves: what the network sees, and how a picture that is painted in waves follows the step."""

import math

import pytest
import torch
from torchvision.models import squeezenet1_1

from cs231n.experiments import class_pictures
from cs231n.experiments.class_pictures import View, dream


@pytest.fixture(scope='module')
def model():
    torch.manual_seed(0)
    return squeezenet1_1(num_classes=7).eval().requires_grad_(False)


def pictures(N=2, side=65):
    return torch.randn(N, 3, side, side, generator=torch.Generator().manual_seed(1))


def test_a_view_that_does_not_move_is_the_network_before_its_last_relu(model):
    seen = View(model, zoom=0, turn=0, centre=None)(pictures())
    assert torch.allclose(seen, model.classifier[1](model.features(pictures())).mean((2, 3)), atol=1e-4)


def test_a_view_is_weighted_by_a_gaussian_about_the_middle(model):
    maps = model.classifier[1](model.features(pictures()))
    h, w = maps.shape[2:]
    total, weights = torch.zeros(2, 7), 0
    for i in range(h):
        for j in range(w):
            down, right = 2 * i / (h - 1) - 1, 2 * j / (w - 1) - 1
            weight = math.exp(-(down**2 + right**2) / (2 * 0.5**2))
            total, weights = total + weight * maps[:, :, i, j], weights + weight
    assert torch.allclose(View(model, zoom=0, turn=0)(pictures()), total / weights, atol=1e-4)


def test_a_picture_is_turned_by_the_angle_that_was_drawn(model, monkeypatch):
    monkeypatch.setattr(torch, 'rand', lambda *shape, generator: torch.tensor([[0.5], [1.0]]))  # zoom 1, turn full
    X = pictures(1, 33)
    moved = View(model, zoom=0.4, turn=90)._moved(X)
    assert torch.allclose(moved, torch.rot90(X, 1, (2, 3)), atol=1e-4) or torch.allclose(
        moved, torch.rot90(X, -1, (2, 3)), atol=1e-4)


def test_views_differ_and_a_seed_repeats_them(model):
    seeded = lambda: View(model, generator=torch.Generator().manual_seed(3))
    view, again = seeded(), seeded()
    first, second = view(pictures()), view(pictures())
    assert not torch.allclose(first, second)
    assert torch.equal(first, again(pictures())) and torch.equal(second, again(pictures()))


def test_a_dream_climbs_and_stays_within_the_colours(model):
    score = lambda picture: model.classifier[1](model.features(picture)).mean((2, 3))[0, 4].item()
    grown = []
    end = dream([4], View(model, zoom=0, turn=0, centre=None), size=65, steps=9, show=lambda t, x: grown.append((t, x)))
    assert [t for t, _ in grown] == [1, 2, 4, 8, 9] and torch.equal(grown[-1][1], end)
    assert end.shape == (1, 3, 65, 65) and not end.requires_grad
    assert score(end) > score(grown[0][1])
    mean, std = class_pictures.mean_and_std(end)
    assert (end * std + mean).min() >= 0 and (end * std + mean).max() <= 1


def test_a_dream_asks_the_step_where_to_go(model, monkeypatch):
    asked = []

    def to_white(img, model, target_y, l2_reg, learning_rate):
        asked.append((target_y, l2_reg, learning_rate))
        img += 1e-3

    monkeypatch.setattr(class_pictures, 'class_visualization_update_step', to_white)
    grown = []
    dream([4, 2], model, size=65, steps=16, show=lambda t, x: grown.append(x.mean().item()))
    assert asked == [([4, 2], 0, 1)] * 16 and grown == sorted(grown) and grown[-1] > grown[0] + 0.1
