"""Real data where older editions put them, worlds that are not mixed, and the script that is called there."""

import subprocess

import numpy as np
import pytest
import torch
from torchvision.models import squeezenet1_1

from cs231n._shared.paths import ROOT
from cs231n.data import fetch, registry
from cs231n.data.imagenet import load_imagenet_val
from cs231n.data.squeezenet import refuse_mixed_worlds, remedy
from cs231n.data.worlds import CHOSEN
from cs231n.net_visualization_pytorch import compute_saliency_maps, create_class_visualization, make_fooling_image


@pytest.fixture
def old(tmp_path, monkeypatch):
    """The folder cs231n/datasets of a package, beside an empty datasets/."""
    monkeypatch.delenv('CS231N_DATASETS', raising=False)
    monkeypatch.setattr(registry, 'PACKAGE', tmp_path / 'cs231n')
    monkeypatch.setattr(registry, 'datasets_dir', lambda: tmp_path / 'datasets')
    (tmp_path / 'cs231n' / 'datasets' / 'styles').mkdir(parents=True)
    return tmp_path / 'cs231n' / 'datasets'


def test_real_files_in_cs231n_datasets_are_found(old, tmp_path, monkeypatch):
    assert registry.root_of('imagenet') == registry.root_of('styles') == tmp_path / 'datasets'
    (old / 'imagenet_val_25.npz').write_bytes(b'damaged')
    (old / 'styles' / 'muse.jpg').touch()
    assert registry.root_of('imagenet') == registry.root_of('styles') == old
    assert 'damaged' in registry.verify('imagenet')['imagenet_val_25.npz']  # and is looked at there
    (tmp_path / 'datasets').mkdir()
    (tmp_path / 'datasets' / 'imagenet_val_25.npz').touch()
    assert registry.root_of('imagenet') == tmp_path / 'datasets'  # which comes first
    monkeypatch.setenv('CS231N_DATASETS', 'elsewhere')
    assert registry.root_of('styles') == tmp_path / 'datasets'


def test_the_script_of_old_forwards_to_the_new_one():
    done = subprocess.run(['bash', 'get_datasets.sh', '--help'], cwd=ROOT / 'cs231n' / 'datasets', capture_output=True,
                          text=True)
    assert done.returncode == 0 and 'squeezenet' in done.stdout, done.stderr


def test_weights_go_to_torchs_cache_too(tmp_path, monkeypatch, capsys):
    (file,) = registry.real_files('squeezenet')
    (tmp_path / file.path).write_bytes(b'weights')
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'cache'))
    for _ in range(2):
        fetch._into_torchs_cache(tmp_path)
    assert (tmp_path / 'cache' / 'hub' / 'checkpoints' / file.path).read_bytes() == b'weights'
    assert capsys.readouterr().out.count('for torchvision') == 1


def test_a_network_of_imagenet_and_pictures_of_the_sample_are_refused():
    _, y, _ = load_imagenet_val(num=2, world='sample')
    assert CHOSEN['imagenet'] == 'sample'
    pictures = torch.zeros(2, 3, 64, 64)
    model = squeezenet1_1(num_classes=1000)
    for call in (lambda: compute_saliency_maps(pictures, torch.tensor(y), model),
                 lambda: make_fooling_image(pictures[:1], 6, model)):
        with pytest.raises(ValueError, match='the classes of the pictures, those of the sample world, got Im'):
            call()
    refuse_mixed_worlds(model, torch.tensor([417, 3]))  # its own numbers
    refuse_mixed_worlds(squeezenet1_1(num_classes=24), torch.tensor(y))
    CHOSEN['imagenet'] = 'real'
    with pytest.raises(ValueError, match=r'those of ImageNet, got the sample .*get_datasets\.sh squeezenet'):
        refuse_mixed_worlds(squeezenet1_1(num_classes=24), torch.tensor(y))
    CHOSEN.pop('imagenet')


def test_a_number_of_imagenet_asked_of_the_sample_classifier_is_told_the_remedy():
    with pytest.raises(ValueError, match=r'from 0 to 23, got \[76\]: the 24 things of .*cs231n.offline'):
        create_class_visualization(76, squeezenet1_1(num_classes=24), num_iterations=1, size=32)
    assert remedy(7, np.array([9])) == remedy(24, np.array([1000])) == ''


def test_dtype_comes_third_as_in_older_notebooks():
    model = squeezenet1_1(num_classes=24).eval()
    one, other = (create_class_visualization(7, model, *dtype, num_iterations=1, size=32)
                  for dtype in ((), (torch.FloatTensor,)))
    assert torch.equal(one, other)
    with pytest.raises(TypeError, match=r'dtype: must be a type of tensors or None, got 0\.001; l2_reg goes by name'):
        create_class_visualization(7, model, 1e-3)
