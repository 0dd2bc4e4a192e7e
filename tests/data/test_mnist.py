"""The loader in memory gives what PyTorch's DataLoader gives, and the digits are found in either world."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor

from cs231n.data.mnist import MemoryLoader, load_mnist
from cs231n.gan_pytorch import ChunkSampler
from cs231n.sample_world.digits import digits


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder of data with 23 drawn digits to train on and 10 to test on."""
    monkeypatch.setattr(digits, 'BLOCKS', {'train': ((23, 1),), 'test': ((10, 2),)})
    digits.make(tmp_path / 'sample')
    (tmp_path / 'sample' / 'built.txt').touch()
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setenv('CS231N_DATA', 'sample')
    return tmp_path


def test_the_drawn_digits_are_read_and_named(world, capsys):
    assert (len(load_mnist()), len(load_mnist(train=False))) == (23, 10)
    assert capsys.readouterr().out.startswith('MNIST digits: the sample')


def test_forced_real_digits_that_are_missing(world, monkeypatch):
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(FileNotFoundError, match='sh mnist'):
        load_mnist()


@pytest.mark.parametrize('batch_size', [1, 7, 23, 50])
def test_the_same_batches_as_a_data_loader(world, batch_size):
    dataset = load_mnist(transform=ToTensor())
    theirs = DataLoader(dataset, batch_size=batch_size, sampler=ChunkSampler(23))
    ours = MemoryLoader(dataset.data, dataset.targets, batch_size, shuffle=False)
    assert len(ours) == len(theirs)
    for (x, y), (want_x, want_y) in zip(ours, theirs, strict=True):
        assert x.dtype == want_x.dtype and torch.equal(x, want_x) and torch.equal(y, want_y)


def test_shuffling_gives_each_digit_once_and_is_repeatable():
    pictures = np.arange(13, dtype=np.uint8)[:, None, None] * np.ones((13, 28, 28), np.uint8)

    def two_epochs():
        loader = MemoryLoader(pictures, np.arange(13), 5, rng=torch.Generator().manual_seed(3))
        return [[y for _, y in loader] for _ in range(2)]

    first, second = two_epochs()
    assert [len(y) for y in first] == [5, 5, 3]
    assert sorted(torch.cat(first).tolist()) == sorted(torch.cat(second).tolist()) == list(range(13))
    assert torch.cat(first).tolist() != torch.cat(second).tolist() != list(range(13))
    again = two_epochs()
    for epoch, want in zip(again, (first, second)):
        assert torch.equal(torch.cat(epoch), torch.cat(want))


def test_pictures_and_labels_stay_together():
    pictures = np.arange(13, dtype=np.uint8)[:, None, None] * np.ones((13, 28, 28), np.uint8)
    for x, y in MemoryLoader(pictures, np.arange(13), 4):
        assert torch.equal((x[:, 0, 0, 0] * 255).round().long(), y)


@pytest.mark.parametrize('bad, message', [
    ({'batch_size': 0}, 'batch_size'), ({'labels': [1]}, 'labels: expected 2'),
])
def test_bad_arguments(bad, message):
    with pytest.raises(ValueError, match=message):
        MemoryLoader(**{'pictures': np.zeros((2, 28, 28), np.uint8), 'labels': [0, 1], **bad})
