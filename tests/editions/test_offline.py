"""`import cs231n.offline`, each time in a process of its own: what it gives, what it says, how it is undone."""

import os
import subprocess
import sys

import pytest

import cs231n.offline
from cs231n._shared.paths import ROOT
from cs231n.offline import imagenet_numbers

cs231n.offline.disable()  # here only the table is wanted

HEAD = 'import numpy as np, torch, torchvision\nimport cs231n.offline\n'


def run(code, tmp_path, *options, **environment):
    """What a program prints and warns; offline, in an empty folder, with no cache of torch's."""
    done = subprocess.run([sys.executable, *options, '-c', code], cwd=tmp_path, capture_output=True, text=True, env={
        **os.environ, 'PYTHONPATH': str(ROOT), 'TORCH_HOME': str(tmp_path), 'CS231N_DATA': 'sample', **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_undone_it_leaves_nothing_behind(tmp_path):
    out, _ = run("""
import sys, warnings
import numpy as np, PIL.Image, scipy.ndimage, torch, torchvision
from torch import nn
from cs231n import data_utils
from cs231n.data import decoding
owners = [np, PIL.Image, torch.Tensor, torchvision.models, torchvision.models.squeezenet, torchvision.transforms,
          nn.init, torchvision.datasets.MNIST, torch.utils.data.dataloader._BaseDataLoaderIter, data_utils, decoding]
state = lambda: [dict(vars(owner)) for owner in owners]
before, modules = state(), set(sys.modules)
import cs231n.offline
assert state() != before and 'google.colab' in sys.modules
cs231n.offline.enable()                        # a second time does nothing
cs231n.offline.disable()
assert state() == before and 'google.colab' not in sys.modules
assert not hasattr(torchvision.transforms, 'Scale')
cs231n.offline.enable()
assert torchvision.transforms.Scale(5).size == 5
""", tmp_path)
    assert out.count('cs231n.offline: ') == 2  # said aloud whenever something changes


@pytest.mark.parametrize('code, new', [
    ('it = iter(torch.utils.data.DataLoader([1, 2]))\nassert it.next().item() == 1\nit.next()', 'next(iter(loader))'),
    ('assert torch.tensor(3.0).data[0] == 3.0 and torch.ones(2)[0] == 1', 'loss.item()'),
    ('assert torch.tensor([[1, 9]]).max(1)[1][0, 0] == 1', 'best[0]'),
    ('from torchvision.transforms import Scale\nassert type(Scale(7)).__name__ == "Resize"', 'T.Resize'),
    ('from scipy.misc import imread\nfrom PIL import Image\nImage.new("RGB", (3, 2)).save("x.png")\n'
     'assert imread("x.png").shape == (2, 3, 3)', 'np.array(PIL.Image.open(path))'),
    ('from scipy.misc import imresize\nx = np.zeros((4, 6, 3), np.uint8)\n'
     'assert [imresize(x, s).shape[:2] for s in (50, 0.5, (3, 5))] == [(2, 3), (2, 3), (3, 5)]', 'Image.resize'),
    ('from scipy.misc import imsave\nimsave("y.png", np.eye(3))', 'PIL.Image.fromarray(image).save(path)'),
    ('assert np.zeros(2, np.int).dtype == np.zeros(2, int).dtype', 'write int'),
    ('from google.colab import drive\ndrive.mount("/content/drive")', 'this is not Colab'),
])
def test_a_removed_name_works_and_tells_the_modern_one_once(tmp_path, code, new):
    _, err = run(HEAD + code, tmp_path, '-W', 'ignore::DeprecationWarning')
    lines = [line for line in err.splitlines() if 'FutureWarning' in line]
    assert len(lines) == 1 and new in lines[0] and '<string>' in lines[0], err


def test_initialisers_without_underscore_and_gaussian_filters_work(tmp_path):
    run(HEAD + """
from torch import nn
w = torch.zeros(3, 4)
for name in ('xavier_uniform', 'xavier_normal', 'kaiming_normal', 'normal'):
    getattr(nn.init, name)(w)
    assert w.abs().sum() > 0
from scipy.ndimage.filters import gaussian_filter1d
assert gaussian_filter1d(np.eye(5), 1).shape == (5, 5)
""", tmp_path, '-W', 'ignore')


@pytest.mark.slow
@pytest.mark.parametrize('code, error', [('torch.tensor(3.0)[1]', 'IndexError'), ('torch.ones(2)[0, 1]', 'IndexError'),
                                         ('torch.ones(2)[5]', 'IndexError'),
                                         ('np.nonsense', 'AttributeError'), ('np.load("no.npz")', 'FileNotFoundError')])
def test_what_was_wrong_stays_wrong(tmp_path, code, error):
    run(HEAD + f'try:\n    {code}\nexcept {error}:\n    pass\nelse:\n    raise SystemExit("no error")', tmp_path)


def test_the_classifier_knows_the_pictures_under_imagenets_numbers(tmp_path):
    out, _ = run(HEAD + """
from cs231n.data_utils import load_imagenet_val
from cs231n.net_visualization_pytorch import preprocess
model = torchvision.models.squeezenet1_1(pretrained=True).eval()
assert torchvision.models.squeezenet1_1(weights='IMAGENET1K_V1').num_classes == 1000
assert torchvision.models.squeezenet1_1(num_classes=7).num_classes == 7
X, y, names = load_imagenet_val(num=10)
with torch.no_grad():
    scores = model(torch.cat([preprocess(x) for x in X]))
print('right:', (scores.argmax(dim=1) == torch.tensor(y)).sum().item(), len(names), names[417], '|', names[76])
""", tmp_path)
    right, count, *named = out.splitlines()[-1].removeprefix('right: ').split(' ', 2)
    assert int(right) >= 9 and count == '1000' and named == ['balloon | butterfly (for tarantula)']
    assert 'squeezenet1_1: the sample classifier under the numbers of ImageNet' in out


def test_digits_where_mnist_would_be_downloaded(tmp_path):
    out, _ = run(HEAD + """
import torchvision.datasets as dset, torchvision.transforms as T
for train, count in ((True, 60000), (False, 10000)):
    assert len(dset.MNIST('./cs231n/datasets/MNIST_data', train=train, download=True, transform=T.ToTensor())) == count
try:
    dset.FashionMNIST('.', download=False)
except RuntimeError:
    print('its relatives are left alone')
""", tmp_path)
    assert 'MNIST digits: the sample' in out and 'left alone' in out


def test_values_of_the_style_checks_are_those_of_the_weights_in_use(tmp_path):
    out, _ = run(HEAD + """
from cs231n import style_transfer_pytorch as style
answers = np.load('style-transfer-checks.npz')
cnn = torchvision.models.squeezenet1_1(pretrained=True).features
feats, content = style.features_from_img('styles/tubingen.jpg', 192, cnn)
painted, _ = style.features_from_img('styles/starry_night.jpg', 192, cnn)
blank = style.extract_features(torch.zeros_like(content), cnn)
layers = [1, 4, 6, 7]
found = {'cl_out': style.content_loss(6e-2, feats[3], blank[3]), 'gm_out': style.gram_matrix(painted[5]),
         'sl_out': style.style_loss(feats, layers, [style.gram_matrix(painted[k]) for k in layers],
                                    [300000, 1000, 15, 3]),
         'tv_out': style.tv_loss(content, 2e-2)}
assert set(answers.files) == set(found)
errors = [style.rel_error(answers[k], v.detach().numpy()) for k, v in found.items()]
print('largest error below 1e-4:', max(errors) < 1e-4)
""", tmp_path)
    assert out.splitlines()[-1] == 'largest error below 1e-4: True'
    assert 'those in the original file belong to the weights of ImageNet' in out and 'tubingen.jpg: not there' in out


def test_mixed_worlds_become_the_sample_and_are_told(tmp_path):
    weights = tmp_path / 'hub' / 'checkpoints' / 'squeezenet1_1-b8a52dc0.pth'
    weights.parent.mkdir(parents=True)
    weights.touch()  # ImageNet's weights without its photographs
    out, _ = run(HEAD + """
from cs231n.data_utils import load_imagenet_val
print(load_imagenet_val(num=1)[1])
""", tmp_path, CS231N_DATA='')
    assert 'do not go with them' in out and 'bash get_datasets.sh imagenet' in out and out.splitlines()[-1] == '[404]'


def test_every_number_of_imagenet_has_a_thing_and_a_home_is_called_by_its_name():
    names = imagenet_numbers.names()
    assert sorted(names) == list(range(1000))
    assert set(map(imagenet_numbers.kind_of, names)) == set(imagenet_numbers.HOME)
    real = imagenet_numbers.NAMES
    for kind, number in imagenet_numbers.HOME.items():
        assert names[number] == kind == imagenet_numbers.kind_of(number)
    assert [real[imagenet_numbers.HOME[kind]] for kind in ('umbrella', 'car', 'castle', 'teapot', 'fish')] == [
        'umbrella', 'sports car', 'castle', 'teapot', 'stingray']
    assert names[187] == 'cat (for Yorkshire terrier)'
