"""The sample SqueezeNet: how often it is right on scenes it has never seen, and the script that trains it."""

import json

import numpy as np
import torch
from torch import nn

from cs231n.data.squeezenet import load_squeezenet
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.training import train_squeezenet as script
from cs231n.sample_world.training import views
from cs231n.sample_world.weights import SAMPLE_WEIGHTS, sample_weights


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
    """Torchvision's last layer is a ReLU: a score cut off at 0 could not be raised by any step."""
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
        after = script.plain(model)((x - script.MEAN) / script.STD)
    gap = (after - after[:, :1]) - (before - before[:, :1])
    assert gap.abs().max() < 1e-4 * before.abs().max()


def test_views_and_their_truth_fit_together():
    images, labels, _ = zip(*(views.labelled(k) for k in range(6)), strict=True)
    for side, C in ((112, 6), (208, 12)):
        gen = torch.Generator().manual_seed(1)
        x, kind, colour = views.views(np.stack(images), np.stack(labels), gen, side, 0.5)
        assert x.shape == (6, 3, side, side) and x.min() >= 0 and x.max() <= 1
        assert kind.shape == (6, len(KINDS) + 1, C, C) and torch.allclose(kind.sum(1), torch.ones(6, C, C))
        assert torch.allclose(kind[:, 0], colour[:, 0]), 'off things there is no colour'
        scores, cells = script.Trainee()(x)
        assert scores.shape == (6, len(KINDS)) and cells['kind'].shape == kind.shape


def test_an_attack_stays_within_its_size_and_raises_the_loss():
    model = randomised()
    images, labels, places = zip(*(views.labelled(k) for k in range(6)), strict=True)
    x, kind, colour = views.views(np.stack(images), np.stack(labels), torch.Generator().manual_seed(1), 112, 0.5)
    truth = kind, colour, torch.tensor(places)
    torch.manual_seed(0)
    moved = script.attack(model, x, truth, 4 / 255)
    assert (moved - x).abs().max() <= 4 / 255 + 1e-6 and moved.min() >= 0 and moved.max() <= 1
    with torch.no_grad():
        assert script.losses(model, moved, *truth) > script.losses(model, x, *truth)


def scene_with_a_thing():
    """Two pictures' masks of one thing, and slopes (64, 64) that lie in its middle."""
    on_thing, slopes = torch.zeros(2, 64, 64, dtype=torch.bool), torch.zeros(64, 64)
    on_thing[:, 20:36, 24:48], slopes[24:32, 30:42] = True, 1
    return on_thing, slopes


def test_the_gaze_loss_is_low_where_the_slopes_lie_on_the_thing():
    on_thing, inside = scene_with_a_thing()
    loss = lambda slopes: script.gaze_loss(slopes.expand(2, 3, 64, 64), on_thing).item()
    assert loss(inside) < 0.2 and loss(inside.roll(-24, 0)) > 3
    assert loss(-inside) == loss(inside), 'the sign does not count'
    assert abs(loss(5 * inside) - loss(inside)) < 1e-5, 'nor does the size'


def test_the_gaze_loss_teaches_where_to_look_unless_there_is_nothing_to_see():
    on_thing, inside = scene_with_a_thing()
    slopes = inside.roll(-24, 0).expand(2, 3, 64, 64).clone().requires_grad_()
    (change,) = torch.autograd.grad(script.gaze_loss(slopes, on_thing), slopes)
    assert change.abs().max() > 0
    nothing = torch.zeros_like(on_thing)
    for given in (slopes, torch.zeros_like(slopes).requires_grad_()):
        (change,) = torch.autograd.grad(script.gaze_loss(given, nothing), given)
        assert change.abs().max() == 0


def test_minding_things_moves_the_weights_and_keeps_every_score_alive():
    images, labels, places = zip(*(views.labelled(k) for k in range(4)), strict=True)
    torch.manual_seed(0)
    net, heads = script.plain(randomised()), script.readers()
    before = [module.weight.clone() for module in (net.features[0], heads['colour'])]
    pool = np.stack(images), np.stack(labels), np.array(places)
    script.mind_things(net, heads, pool, np.random.default_rng(0), torch.Generator(), 2, 4 / 255, batch=2)
    assert not any(torch.equal(module.weight, w) for module, w in zip((net.features[0], heads['colour']), before))
    with torch.no_grad():
        assert (script.lifted(net)(script.normalised(pool[0])) > 0).all()


def test_lifting_twice_is_lifting_once():
    net = script.plain(randomised())
    before = net.classifier[1].bias.clone()
    assert torch.equal(script.lifted(net).classifier[1].bias, before)


def test_what_is_stored_is_loaded(tmp_path):
    net, heads = script.plain(randomised()), script.readers()
    script.store(tmp_path / 'net.pt', net, heads)
    again, read = script.plain(randomised()), script.readers()
    script.load(tmp_path / 'net.pt', again, read)
    for a, b in ((net, again), (heads, read)):
        for name, weight in a.state_dict().items():
            assert torch.equal(weight.half().float(), b.state_dict()[name])
