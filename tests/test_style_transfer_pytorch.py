"""Losses, pictures, features and the optimisation of style transfer, against closed forms and literal versions."""

import copy
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import nn
from torchvision.models import squeezenet1_1

from cs231n import style_transfer_pytorch as style
from cs231n._shared.normalisation import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n._shared.paths import ROOT
from cs231n.sample_world.paintings.paintings import painting
from tests.reference import style_literal as literal

PRIMES = st.sampled_from([1, 2, 3, 5, 7])


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def gradient(loss, x):
    (grad,) = torch.autograd.grad(loss, x)
    return grad


@pytest.fixture(scope='module')
def net():
    """SqueezeNet's shape with random weights; what is tested here holds for any."""
    torch.manual_seed(231)
    return squeezenet1_1(num_classes=3).eval().requires_grad_(False)


# ---- the losses


@given(PRIMES, PRIMES, PRIMES, PRIMES, st.booleans())
def test_gram_matrix_is_the_literal_sum_for_every_picture(N, C, H, W, normalize):
    x = random(N, C, H, W)
    torch.testing.assert_close(style.gram_matrix(x, normalize), literal.gram_matrix(x, normalize))


def test_gram_matrix_has_the_gradient_of_its_closed_form():
    x, U = random(2, 3, 5, 7).requires_grad_(), random(2, 3, 3, seed=1)
    found = gradient((style.gram_matrix(x) * U).sum(), x)
    want = ((U + U.transpose(1, 2)) @ x.detach().flatten(2)).reshape(x.shape) / (3 * 5 * 7)
    torch.testing.assert_close(found, want)


def test_gram_matrix_takes_features_that_are_not_contiguous():
    x = random(2, 3, 5, 7)
    torch.testing.assert_close(style.gram_matrix(x.contiguous(memory_format=torch.channels_last)), style.gram_matrix(x))


@given(PRIMES, PRIMES, PRIMES, st.floats(0, 9))
def test_content_loss_and_gradient(C, H, W, w):
    x, y = random(2, C, H, W).requires_grad_(), random(2, C, H, W, seed=1)
    loss = style.content_loss(w, x, y)
    torch.testing.assert_close(loss, w * torch.nn.functional.mse_loss(x, y, reduction='sum'))
    torch.testing.assert_close(gradient(loss, x), 2 * w * (x - y).detach())


@given(PRIMES, PRIMES, PRIMES, st.floats(0, 9))
def test_tv_loss_and_gradient_are_the_literal_ones(N, H, W, w):
    x = random(N, 3, H, W).requires_grad_()
    loss, want = style.tv_loss(x, w), literal.tv_loss(x, w)
    torch.testing.assert_close(loss, want)
    torch.testing.assert_close(gradient(loss, x), gradient(want, x) if H > 1 or W > 1 else torch.zeros_like(x))


def test_style_loss_adds_up_its_layers_and_sends_a_gradient_to_each():
    feats = [random(1, 3, 5, 7, seed=k).requires_grad_() for k in range(4)]
    targets, weights = [random(1, 3, 3, seed=9), random(1, 3, 3, seed=8)], [2.0, 0.5]
    loss = style.style_loss(feats, [3, 1], targets, weights)
    want = sum(w * (literal.gram_matrix(feats[k]) - A).square().sum() for k, A, w in zip([3, 1], targets, weights))
    torch.testing.assert_close(loss, want)
    for k in (1, 3):
        torch.testing.assert_close(torch.autograd.grad(loss, feats[k], retain_graph=True),
                                   torch.autograd.grad(want, feats[k], retain_graph=True))


def test_style_loss_without_layers_is_zero():
    assert style.style_loss([], [], [], []) == 0


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64, torch.bfloat16])
def test_losses_keep_the_dtype_and_have_no_dimensions(dtype):
    x = random(1, 3, 5, 7, dtype=torch.float32).to(dtype)
    A = torch.zeros(1, 3, 3, dtype=dtype)
    assert style.gram_matrix(x).dtype == dtype
    for loss in (style.content_loss(2.0, x, x), style.tv_loss(x, 0.5)):
        assert (loss.shape, loss.dtype) == ((), dtype)
    assert style.style_loss([x], [0], [A], [1.0]).shape == ()


HALVES = pytest.mark.parametrize('half', [torch.float16, torch.bfloat16])


@HALVES
def test_the_sums_of_halves_do_not_overflow(half):
    threes = torch.full((1, 2, 256, 256), 3.0, dtype=half)  # 65536 pixels: each sum is 589,824, the mean 9 / 2
    assert torch.equal(style.gram_matrix(threes), torch.full((1, 2, 2), 4.5, dtype=half))
    assert style.content_loss(1e-6, threes, 0 * threes) == torch.tensor(1.179648).to(half)
    stripes = torch.full((1, 3, 256, 256), 300.0, dtype=half)  # whose squares do not fit into float16
    stripes[..., ::2] = 0
    assert style.tv_loss(stripes, 1e-9) == torch.tensor(1e-9 * 9e4 * 3 * 256 * 255).to(half)
    loss = style.style_loss([torch.zeros(1), threes], [1], [torch.full((1, 2, 2), 1004.5, dtype=half)], [1e-2])
    assert loss == pytest.approx(4e4, rel=1e-3)  # of four squares of 1000; bfloat16 has 1004 for 1004.5


@HALVES
def test_the_losses_of_halves_are_those_of_float64_rounded_once(half):
    x, y = (10 * random(2, 3, 31, 37, seed=k).to(half) for k in range(2))
    eps = torch.finfo(half).eps
    for call in (lambda x, y: style.gram_matrix(x), lambda x, y: style.content_loss(1e-3, x, y),
                 lambda x, y: style.tv_loss(x, 1e-3)):
        found, want = call(x, y), call(x.double(), y.double())
        torch.testing.assert_close(found.double(), want, rtol=eps, atol=1e-4 * eps)
        x.requires_grad_()
        x64 = x.detach().double().requires_grad_()
        grad, exact = gradient(call(x, y).sum(), x), gradient(call(x64, y.double()).sum(), x64)
        torch.testing.assert_close(grad.double(), exact, rtol=4 * eps, atol=4 * eps * float(exact.abs().max()))
        x = x.detach()


def test_a_gram_matrix_that_fits_into_float32_is_right_though_its_sums_do_not():
    x = torch.full((1, 2, 5, 7), 2e19)
    torch.testing.assert_close(style.gram_matrix(x)[0, 0, 1], torch.tensor(2e38))
    assert style.gram_matrix(x, normalize=False).isinf().all()


@pytest.mark.parametrize('call, words', [
    (lambda: style.content_loss(1, random(1, 3, 5, 7), random(1, 3, 5, 1)), 'content_original'),
    (lambda: style.gram_matrix(random(3, 5, 7)), 'features must have four dimensions'),
    (lambda: style.tv_loss(random(3, 5, 7), 1), 'img must have four dimensions'),
    (lambda: style.style_loss([], [0, 1], [], [1, 1]), 'style_targets must have one entry'),
    (lambda: style.style_loss([], [0], [random(1, 3, 3)], [1, 1]), 'style_weights must have one entry'),
])
def test_a_loss_names_the_argument_that_does_not_fit(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# ---- pictures


def test_preprocess_is_the_starter_code_s():
    from torchvision import transforms as T
    image = Image.fromarray(painting('wave')[:200])
    old = T.Compose([T.Resize(97), T.ToTensor(), T.Normalize(SQUEEZENET_MEAN.tolist(), SQUEEZENET_STD.tolist())])
    torch.testing.assert_close(style.preprocess(image, size=97), old(image)[None], rtol=0, atol=1e-5)


def test_deprocess_undoes_preprocess():
    image = painting('abstract').copy()
    image[0, 0], image[0, 1] = 0, 255  # fills the range, so that nothing is stretched
    back = np.array(style.deprocess(style.preprocess(image, size=288)))
    assert np.array_equal(back, image)
    dull = painting('wave')
    assert np.array_equal(style.unprocessed(style.preprocess(dull, size=288)), dull), 'nothing is stretched'


MODES = {'1': 1, 'L': 1, 'LA': 2, 'P': 1, 'RGB': 3, 'RGBA': 4, 'CMYK': 4, 'YCbCr': 3, 'HSV': 3, 'I': 1, 'I;16': 1}


@pytest.mark.parametrize('mode', MODES)
def test_every_mode_of_a_picture(mode):
    image = Image.fromarray(painting('dusk'))
    image = Image.new(mode, image.size) if mode == 'I;16' else image.convert(mode)
    x = style.preprocess(image, size=31)
    assert x.shape == (1, 3, 31, 31) and x.dtype == torch.float32 and x.isfinite().all()


def test_transparent_parts_turn_white():
    x = style.preprocess(np.zeros((5, 7, 4), np.uint8), size=5)
    assert np.array_equal(np.array(style.deprocess(torch.cat([x, x * 0], dim=3)))[:, 0], np.full((5, 3), 255))


def test_arrays_paths_and_pil_images_are_the_same(tmp_path):
    array = painting('dots')
    Image.fromarray(array).save(tmp_path / 'dots.png')
    grey = array.mean(axis=2).astype(np.uint8)
    x = style.preprocess(array, size=64)
    for other in (Image.fromarray(array), tmp_path / 'dots.png', str(tmp_path / 'dots.png'), array / 255):
        torch.testing.assert_close(style.preprocess(other, size=64), x)
    torch.testing.assert_close(style.preprocess(grey, 64), style.preprocess(np.stack([grey] * 3, 2), 64))


def test_a_photograph_is_turned_as_its_exif_data_say(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera turned
    Image.fromarray(painting('ink')[:100]).save(tmp_path / 'turned.jpg', exif=exif)
    for img in (tmp_path / 'turned.jpg', Image.open(tmp_path / 'turned.jpg')):
        assert style.preprocess(img, size=50).shape == (1, 3, 144, 50)


@pytest.mark.parametrize('shape, want', [((1, 1), (32, 32)), ((3, 500), (32, 5333)), ((900, 700), (41, 32))])
def test_tiny_long_and_large_pictures(shape, want):
    assert style.preprocess(np.zeros((*shape, 3), np.uint8), size=32).shape[2:] == want


@pytest.mark.parametrize('img, size, words', [
    (np.zeros((4, 4, 2), np.uint8), 8, r'not \(4, 4, 2\) of uint8'),
    (np.zeros((4, 4, 3), np.int64), 8, 'of int64'),
    (np.full((4, 4, 3), 1.5), 8, 'values must lie in 0..1'),
    (np.full((4, 4, 3), np.nan), 8, 'values must lie in 0..1'),
    (np.zeros((0, 4, 3), np.uint8), 8, 'must have pixels'),
    (np.zeros((1, 4000, 3), np.uint8), 512, 'at most'),
    (np.zeros((4, 4, 3), np.uint8), 0, 'size must be'),
    (np.zeros((4, 4, 3), np.uint8), 2.5, 'size must be'),
    (Image.new('F', (4, 4)), 8, 'floating-point'),
])
def test_what_is_no_picture_is_told(img, size, words):
    with pytest.raises(ValueError, match=words):
        style.preprocess(img, size=size)


def test_a_type_that_is_no_picture_is_told():
    with pytest.raises(TypeError, match='not Tensor'):
        style.preprocess(torch.zeros(3, 4, 4))
    with pytest.raises(FileNotFoundError, match=r'nowhere\.jpg'):
        style.preprocess('nowhere.jpg')


def test_rescale_fills_the_range_and_survives_a_constant():
    x = style.rescale(torch.tensor([2.0, 3.0, 4.0]))
    assert x.tolist() == [0, 0.5, 1]
    assert style.rescale(torch.full((3,), 7.0)).tolist() == [0, 0, 0]


def test_rel_error_by_hand():
    assert style.rel_error(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == pytest.approx(0.2)
    assert style.rel_error(np.zeros(3), np.zeros(3)) == 0


# ---- features


def test_features_are_what_each_layer_puts_out(net):
    x = random(2, 3, 61, 67, dtype=torch.float32)
    feats = style.extract_features(x, net.features)
    assert len(feats) == 13
    for k in (0, 1, 3, 7, 12):
        torch.testing.assert_close(feats[k], copy.deepcopy(net.features[:k + 1])(x))
    assert feats[0].min() < 0 <= feats[1].min(), 'the ReLU in place has overwritten the convolution'


def test_a_relu_in_place_leaves_the_picture_and_earlier_features_alone():
    x = -torch.ones(1, 1, 2, 2)
    cnn = nn.Sequential(nn.ReLU(inplace=True), nn.Hardtanh(-0.5, 0.5), nn.Identity(), nn.ReLU(inplace=True))
    before = x.clone()
    feats = style.extract_features(x - 0, cnn)
    style.extract_features(x, cnn)
    assert torch.equal(x, before)
    assert [float(f.max()) for f in feats] == [0, 0, 0, 0]
    cnn = nn.Sequential(nn.Hardtanh(-0.5, 0.5), nn.Identity(), nn.ReLU(inplace=True))
    assert [float(f.max()) for f in style.extract_features(x, cnn)] == [-0.5, -0.5, 0]
    assert float(style.extract_features(x, cnn, layers=[0, 2])[0].max()) == -0.5
    cnn = nn.Sequential(nn.Hardtanh(-0.5, 0.5), nn.Sequential(nn.Sequential(nn.ReLU(inplace=True)), nn.Conv2d(1, 1, 1)))
    assert float(style.extract_features(x, cnn)[0].max()) == -0.5


def test_a_model_or_its_features_and_only_the_layers_wanted(net):
    x, calls = random(1, 3, 33, 33, dtype=torch.float32), []
    cnn = copy.deepcopy(net)
    for k, module in enumerate(cnn.features):
        module.register_forward_hook(lambda *_, k=k: calls.append(k))
    feats = style.extract_features(x, cnn, layers=[1, 4])
    assert calls == [0, 1, 2, 3, 4]
    assert [f is None for f in feats] == [True, False, True, True, False]
    torch.testing.assert_close(feats[4], style.extract_features(x, net.features)[4])


def test_features_follow_the_dtype_of_the_picture_and_leave_the_network_alone(net):
    state = {name: value.clone() for name, value in net.state_dict().items()}
    x = random(1, 3, 33, 33)
    assert style.extract_features(x, net)[12].dtype == torch.float64
    assert all(value.dtype == torch.float32 and torch.equal(value, state[name])
               for name, value in net.state_dict().items())


def test_features_from_img(net, tmp_path):
    Image.fromarray(painting('facets')).save(tmp_path / 'x.png')
    feats, img = style.features_from_img(tmp_path / 'x.png', 64, net.features)
    assert img.shape == (1, 3, 64, 64) and len(feats) == 13
    torch.testing.assert_close(feats[3], style.extract_features(img, net.features)[3])


@pytest.mark.parametrize('layers', [[13], [-1], [2, 99]])
def test_a_layer_that_does_not_exist_is_told(net, layers):
    with pytest.raises(ValueError, match='layers must be among 0 to 12'):
        style.extract_features(torch.zeros(1, 3, 33, 33), net, layers)


# ---- networks of other kinds


def test_a_layer_that_stands_in_two_places_works_in_both():
    relu = nn.ReLU()
    cnn = nn.Sequential(nn.Hardtanh(-0.5, 0.5), relu, nn.Hardtanh(0.25, 1.0), relu)
    assert [float(f.max()) for f in style.extract_features(-torch.ones(1, 1, 2, 2), cnn)] == [-0.5, 0, 0.25, 0.25]


@pytest.mark.parametrize('wrap', [nn.DataParallel, torch.compile])
def test_wrappers_change_no_feature(net, wrap):
    x = random(1, 3, 33, 33, dtype=torch.float32)
    want = style.extract_features(x, net)
    for cnn in (wrap(net), wrap(net.features)):
        feats, _ = style.features_from_img(painting('dots'), 33, cnn)
        assert len(feats) == 13
        for f, g in zip(style.extract_features(x, cnn), want, strict=True):
            assert torch.equal(f, g)


class Residual(nn.Module):
    """As a ResNet: its layers follow each other up to the last one, before which its forward flattens."""

    def __init__(self):
        super().__init__()
        self.body, self.pool, self.head = nn.Conv2d(3, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Linear(5, 2)


def test_a_network_without_features_is_told():
    picture = painting('dots')
    words = r'cnn must be an nn.Sequential or have one named features; layer 2 of this Residual, Linear, does not take'
    with pytest.raises(ValueError, match=words):
        style.features_from_img(picture, 33, Residual())
    with pytest.raises(ValueError, match=r'cnn must be an nn\.Sequential or have one named features, not Conv2d'):
        style.features_from_img(picture, 33, nn.Conv2d(3, 5, 3))
    with pytest.raises(TypeError, match=r'must be a torch\.nn\.Module, got NoneType'):
        style.features_from_img(picture, 33, None)
    x = random(1, 3, 33, 33, dtype=torch.float32)
    assert [f.shape[2] for f in style.extract_features(x, Residual(), layers=[0, 1])] == [31, 1]
    feats, img = style.features_from_img(picture, 33, nn.Sequential(nn.MaxPool2d(3)))  # no weights to follow
    assert feats[0].shape == (1, 3, 11, 11) and img.dtype == torch.float32


def test_features_in_another_dtype_of_a_network_that_hooks_have_stored_tensors_in():
    cnn = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
    cnn[0].register_forward_hook(lambda module, inputs, out: setattr(module, 'seen', out))
    x = random(1, 3, 7, 7)
    cnn(x.float())
    seen = cnn[0].seen
    torch.testing.assert_close(style.extract_features(x, cnn)[0].float(), cnn[0](x.float()))
    cnn[0].seen = seen
    assert cnn[0].weight.dtype == torch.float32


# ---- the product behind the Gram matrix ----

PRIMES = st.sampled_from([1, 2, 3, 5, 7])


@given(PRIMES, PRIMES, PRIMES)
def test_value_and_gradient_of_the_product_are_those_of_the_plain_product(N, K, C):
    generator = torch.Generator().manual_seed(K)
    rows = torch.randn(N, K, C, dtype=torch.float64, generator=generator, requires_grad=True)
    upstream = torch.randn(N, C, C, dtype=torch.float64, generator=generator)
    plain = rows.transpose(1, 2) @ rows
    torch.testing.assert_close(style._products(rows), plain)
    found, want = (torch.autograd.grad((value * upstream).sum(), rows)[0] for value in (style._products(rows), plain))
    torch.testing.assert_close(found, want)


def test_gradcheck_of_the_product():
    assert torch.autograd.gradcheck(style._products, torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize('normalize', [True, False])
def test_the_readable_gram_matrix_of_the_instructors_notes_is_ours(normalize):
    notes = (ROOT / 'docs' / 'instructor.md').read_text(encoding='utf-8')
    (code,) = (block for block in re.findall(r'```python\n(.*?)```', notes, re.S) if 'def gram_matrix' in block)
    scope = {}
    exec(code, scope)
    features = random(2, 3, 5, 7)
    assert torch.allclose(scope['gram_matrix'](features, normalize), style.gram_matrix(features, normalize))
