"""The loader in memory gives what PyTorch's DataLoader gives, and the digits are found in either world."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor

from cs231n.data.mnist import MemoryLoader, load_mnist
from cs231n.gan_pytorch import ChunkSampler
from cs231n.sample_world import stamp
from cs231n.sample_world.digits import digits


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder of data with 23 drawn digits to train on and 10 to test on."""
    monkeypatch.setattr(digits, 'BLOCKS', {'train': ((23, 1),), 'test': ((10, 2),)})
    digits.make(tmp_path / 'sample')
    monkeypatch.setattr(stamp, 'whole', lambda: tmp_path / 'sample')
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


PIXELS = np.random.RandomState(0).randint(256, size=(5, 28, 28)).astype(np.uint8)
FORMS = {
    'uint8': PIXELS, 'int64': PIXELS.astype(np.int64), 'big-endian': PIXELS.astype('>u2'), 'list': PIXELS.tolist(),
    'uint16 tensor': torch.tensor(PIXELS.astype(np.int32)).to(getattr(torch, 'uint16', torch.int32)),
    'mirrored twice': PIXELS[::-1][::-1],
    'rows': PIXELS.reshape(5, 784), 'channel': PIXELS[:, None], 'tensor': torch.tensor(PIXELS),
    'floats': PIXELS / 255, 'big-endian floats': (PIXELS / 255).astype('>f4'),
    'float tensor': torch.tensor(PIXELS) / 255,
    'rows of floats': torch.tensor(PIXELS.reshape(5, 784)) / 255,
}


@pytest.mark.parametrize('form', FORMS)
def test_pictures_in_whatever_form_they_come(form):
    (x, y), = MemoryLoader(FORMS[form], np.arange(5), 5, shuffle=False)
    assert x.dtype == torch.float32 and x.shape == (5, 1, 28, 28)
    torch.testing.assert_close(x, torch.tensor(PIXELS / 255, dtype=torch.float32)[:, None], rtol=0, atol=1e-7)
    assert torch.equal(y, torch.arange(5))


def test_halves_and_black_and_white():
    for pictures in (PIXELS > 99, torch.tensor(PIXELS > 99), (PIXELS > 99).astype(np.float16),
                     torch.tensor(PIXELS > 99).bfloat16()):
        (x, _), = MemoryLoader(pictures, np.arange(5), 5, shuffle=False)
        assert x.dtype == torch.float32 and torch.equal(x[:, 0], torch.tensor(PIXELS > 99).float())


@pytest.mark.parametrize('batch_size', [np.int64(2), np.uint8(2), torch.tensor(2)])
def test_a_batch_size_of_any_integer_type(batch_size):
    assert [len(y) for _, y in MemoryLoader(PIXELS, np.arange(5), batch_size)] == [2, 2, 1]


def test_what_comes_is_the_callers_no_more():
    pictures = (PIXELS / 255).astype(np.float32)
    x, _ = next(iter(MemoryLoader(pictures, np.arange(5), 5, shuffle=False)))
    x.zero_()
    assert pictures.any()


@pytest.mark.parametrize('bad, error, message', [
    ({'batch_size': 0}, ValueError, 'batch_size must be at least 1, got 0'),
    ({'batch_size': 2.0}, TypeError, r'batch_size must be a whole number, got 2\.0'),
    ({'labels': [1]}, ValueError, 'labels: expected 2'),
    ({'labels': ['a', 'b']}, TypeError, 'labels must hold numbers, got <U1'),
    ({'pictures': np.full((2, 28, 28), 7.0)}, ValueError, r'or floats in \[0, 1\], got float64 from 7 to 7'),
    ({'pictures': np.full((2, 28, 28), -0.5)}, ValueError, 'got float64 from -0.5 to -0.5'),
    ({'pictures': np.full((2, 28, 28), np.nan)}, ValueError, 'got float64 from nan to nan'),
    ({'pictures': np.full((2, 28, 28), 256)}, ValueError, r'whole numbers of 0 \.\.\. 255 .* from 256 to 256'),
    ({'pictures': np.full((2, 28, 28), -1)}, ValueError, 'from -1 to -1'),
    ({'pictures': np.zeros((2, 3, 28, 28))}, ValueError, r'must have the shape .* got \(2, 3, 28, 28\)'),
    ({'pictures': np.zeros((2, 28, 28, 1))}, ValueError, r'got \(2, 28, 28, 1\)'),
    ({'pictures': np.zeros((2, 100))}, ValueError, r'got \(2, 100\)'),
    ({'pictures': ['a', 'b']}, TypeError, 'pictures must hold numbers'),
])
def test_bad_arguments(bad, error, message):
    with pytest.raises(error, match=message):
        MemoryLoader(**{'pictures': np.zeros((2, 28, 28), np.uint8), 'labels': [0, 1], **bad})
