"""SqueezeNet from the sample weights, and from ImageNet's where they are whole."""

import hashlib

import numpy as np
import pytest
import torch
from torchvision.models import squeezenet1_1

from cs231n.data.squeezenet import load_pictures, load_squeezenet
from cs231n.net_visualization_pytorch import preprocess
from cs231n.sample_world import weights
from cs231n.sample_world.scenes.scenes import scene
from cs231n.sample_world.scenes.things import KINDS


@pytest.fixture
def imagenet(tmp_path, monkeypatch):
    """A data folder with weights of 1000 classes, and a table of files that knows their checksum."""
    torch.manual_seed(0)
    weights = squeezenet1_1().state_dict()
    path = tmp_path / 'squeezenet1_1.pth'
    torch.save(weights, path)
    checksum = 'sha256:' + hashlib.sha256(path.read_bytes()).hexdigest()
    line = f'squeezenet {path.name} {path.stat().st_size} {checksum} https://example.org/{path.name}\n'
    (tmp_path / 'files.tsv').write_text(line)
    monkeypatch.setenv('CS231N_FILES', str(tmp_path / 'files.tsv'))
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.delenv('CS231N_DATA')
    return path, weights


def test_the_sample_network_is_frozen_and_says_what_it_is(capsys):
    model, names = load_squeezenet()
    assert capsys.readouterr().out.startswith('SqueezeNet weights: the sample')
    assert names == dict(enumerate(KINDS)) and len(names) >= 20
    assert not model.training and not any(p.requires_grad for p in model.parameters())
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert model(torch.zeros(2, 3, 17, 17)).shape == (2, len(names))


def test_the_sample_network_names_unseen_scenes():
    model, _ = load_squeezenet()
    found = [scene('test', 5000 + k) for k in range(24)]
    seen = model(torch.cat([preprocess(s.image) for s in found])).argmax(1)
    assert sum(KINDS[k] == s.things[0].kind for k, s in zip(seen, found)) >= 20


def test_every_class_of_the_sample_network_has_a_slope():
    model, _ = load_squeezenet()
    X = torch.cat([preprocess(scene('test', k).image) for k in range(3)]).requires_grad_()
    for k, score in enumerate(model(X).sum(0)):
        (grad,) = torch.autograd.grad(score, X, retain_graph=True)
        assert grad.flatten(1).norm(dim=1).min() > 0, KINDS[k]


def test_weights_loaded_in_inference_mode_are_fit_for_gradients():
    with torch.inference_mode():
        model, _ = load_squeezenet()
    X = torch.zeros(1, 3, 33, 33, requires_grad=True)
    assert torch.autograd.grad(model(X).sum(), X)[0].any()


def test_pictures_of_a_model_in_a_wrapper():
    model, _ = load_squeezenet()
    y = load_pictures(model, num=3)[1]
    for wrapped in (torch.nn.DataParallel(model), torch.compile(model)):
        assert np.array_equal(load_pictures(wrapped, num=3)[1], y)
    with pytest.raises(ValueError, match='model must be a SqueezeNet, got Linear'):
        load_pictures(torch.nn.Linear(2, 3))


def test_two_calls_share_nothing():
    first, second = load_squeezenet()[0], load_squeezenet()[0]
    with torch.no_grad():
        first.classifier[1].weight.zero_()
    for model in (second, load_squeezenet()[0]):
        assert model.classifier[1].weight.abs().max() > 0


def test_whole_weights_of_imagenet_are_taken(imagenet, capsys):
    model, names = load_squeezenet()
    assert 'the real data' in capsys.readouterr().out
    assert len(names) == 1000 and names[366] == 'gorilla' and not model.training
    assert torch.equal(model.classifier[1].weight, imagenet[1]['classifier.1.weight'])
    assert not any(p.requires_grad for p in model.parameters())


def test_damaged_weights_are_not_read(imagenet, monkeypatch, capsys):
    path, _ = imagenet
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    _, names = load_squeezenet()
    assert len(names) == len(KINDS) and 'is damaged' in capsys.readouterr().out
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(ValueError, match=r'is damaged.*get_datasets\.sh squeezenet'):
        load_squeezenet()


def test_forced_weights_that_are_missing_name_the_command(imagenet, monkeypatch):
    imagenet[0].unlink()
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(FileNotFoundError, match=r'is missing.*get_datasets\.sh squeezenet'):
        load_squeezenet()


def test_missing_sample_weights_say_where_they_come_from(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, 'SAMPLE_WEIGHTS', tmp_path / 'squeezenet.pt')
    weights.sample_weights.cache_clear()
    with pytest.raises(FileNotFoundError, match=r'git checkout datasets/sample/squeezenet\.'):
        load_squeezenet()
    weights.sample_weights.cache_clear()


def test_the_pictures_are_of_the_classes_of_the_model(imagenet, monkeypatch):
    real, _ = load_squeezenet()
    monkeypatch.setenv('CS231N_DATA', 'sample')
    monkeypatch.delenv('CS231N_DATASETS')
    monkeypatch.delenv('CS231N_FILES')
    model, _ = load_squeezenet()
    X, y, masks = load_pictures(model, num=5)
    assert X.shape == (5, 224, 224, 3) and X.dtype == np.uint8 and y.tolist() == list(range(5))
    assert masks.shape == (5, 224, 224) and masks.dtype == bool and masks.any((1, 2)).all()
    assert np.array_equal(X[3], scene('classes', 3).image)
    monkeypatch.setenv('CS231N_DATASETS', '/nowhere')
    with pytest.raises(FileNotFoundError, match=r'get_datasets\.sh imagenet'):
        load_pictures(real)
