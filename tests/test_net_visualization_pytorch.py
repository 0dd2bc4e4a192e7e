"""Saliency, fooling images and class visualization: against literal versions, Captum and numerical
differentiation.
"""

import copy
import warnings

import numpy as np
import pytest
import torch
from captum.attr import Saliency
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn
from torchvision import transforms as T
from torchvision.models import squeezenet1_1

from cs231n import net_visualization_pytorch, style_transfer_pytorch
from cs231n._shared.normalisation import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n.data_utils import load_imagenet_val
from cs231n.net_visualization_pytorch import (
    blur_image,
    class_visualization_update_step,
    compute_saliency_maps,
    create_class_visualization,
    deprocess,
    jitter,
    make_fooling_image,
    preprocess,
    rescale,
)
from tests.reference import network_literal as literal
from tests.support.real_data import real_files

K = 5
DEVICES = [
    'cpu',
    pytest.param('cuda', marks=pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU: CUDA')),
]
SHIFTS = st.integers(-9, 9)


def smooth_net(dtype=torch.float64, seed=1):
    """A small convolutional classifier without kinks, for pictures of any size."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 7, 3, padding=1),
        nn.Tanh(),
        nn.Conv2d(7, K, 3, padding=1),
        nn.Softplus(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    ).to(dtype)


def everything_net():
    """Layers that leave traces if one lets them: BatchNorm, dropout, and a ReLU in place right at the
    input.
    """
    torch.manual_seed(2)
    return nn.Sequential(
        nn.ReLU(inplace=True),
        nn.Conv2d(3, 7, 3),
        nn.BatchNorm2d(7),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Conv2d(7, K, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def pictures(N=2, H=7, W=5, seed=0, dtype=torch.float64):
    return torch.randn(N, 3, H, W, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def close(a, b, tolerance=1e-10):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope='module')
def squeezenet():
    torch.manual_seed(0)
    return squeezenet1_1(num_classes=24).eval().requires_grad_(False)


# ---- right by three oracles


@settings(max_examples=15)
@given(N=st.integers(1, 5), H=st.integers(1, 11), W=st.integers(1, 11), seed=st.integers(0, 99))
def test_saliency_is_the_literal_one(N, H, W, seed):
    X, y = pictures(N, H, W, seed), torch.arange(N) % K
    close(compute_saliency_maps(X, y, smooth_net()), literal.saliency(X, y, smooth_net()))


def test_saliency_is_what_differences_say():
    X, y = pictures(2, 5, 3), torch.tensor([4, 1])
    close(compute_saliency_maps(X, y, smooth_net()), literal.numerical_saliency(X, y, smooth_net()), 1e-8)


def test_saliency_is_that_of_captum(squeezenet):
    X, y = pictures(3, 67, 71, dtype=torch.float32), torch.tensor([3, 17, 3])
    theirs = Saliency(squeezenet).attribute(X.clone().requires_grad_(), target=y, abs=True).amax(dim=1)
    ours = compute_saliency_maps(X, y, squeezenet)
    assert theirs.max() > 0
    torch.testing.assert_close(ours / theirs.max(), theirs / theirs.max(), rtol=0, atol=1e-5)


@pytest.mark.parametrize('target', range(K))
def test_fooling_is_the_literal_loop(target):
    X, model = pictures(1, 11, 13), smooth_net()
    wanted, steps = literal.fooling_image(X, target, model)
    close(make_fooling_image(X, target, model), wanted)
    assert 0 <= steps < 100 and model(wanted).argmax().item() == target


def test_a_fooling_image_moves_one_unit_a_step():
    X, model = pictures(1, 11, 13), smooth_net()
    target = int(model(X).argmin())
    _, steps = literal.fooling_image(X, target, model)
    assert steps > 1 and (make_fooling_image(X, target, model) - X).norm() <= steps + 1e-9
    assert torch.equal(make_fooling_image(X, int(model(X).argmax()), model), X)


@settings(max_examples=15)
@given(
    l2_reg=st.sampled_from([0, 1e-3, 0.7]),
    lr=st.sampled_from([0.1, 25]),
    H=st.integers(1, 7),
    W=st.integers(1, 7),
)
def test_the_update_step_is_the_literal_one(l2_reg, lr, H, W):
    img, model = pictures(1, H, W), smooth_net()
    wanted = literal.class_step(img, model, 3, l2_reg, lr)
    assert class_visualization_update_step(img, model, 3, l2_reg, lr) is None
    close(img, wanted)


def test_the_update_step_raises_score_minus_norm():
    img, model = pictures(1), smooth_net()
    objective = lambda: (model(img)[0, 2] - 0.3 * (img**2).sum()).item()
    before = objective()
    class_visualization_update_step(img, model, 2, 0.3, 1e-3)
    assert objective() > before


# ---- every picture for itself


def test_a_picture_does_not_depend_on_its_batch():
    X, y, model = pictures(5), torch.tensor([0, 4, 1, 1, 2]), smooth_net()
    maps, fooled = compute_saliency_maps(X, y, model), make_fooling_image(X, y, model)
    steps = X.clone()
    class_visualization_update_step(steps, model, y, 0.1, 2.0)
    for n in range(5):
        one = X[n : n + 1].clone()
        close(maps[n : n + 1], compute_saliency_maps(one, y[n : n + 1], model))
        close(fooled[n : n + 1], make_fooling_image(one, int(y[n]), model))
        class_visualization_update_step(one, model, int(y[n]), 0.1, 2.0)
        close(steps[n : n + 1], one)


def test_batchnorm_in_training_mode_does_not_mix_the_pictures():
    X, y, model = pictures(4, dtype=torch.float32), torch.tensor([0, 1, 2, 3]), everything_net().train()
    maps = compute_saliency_maps(X, y, model)
    close(maps[1:2], compute_saliency_maps(X[1:2], y[1:2], model), 1e-6)
    close(maps, compute_saliency_maps(X, y, model), 0)


def test_no_pictures_give_no_maps():
    none, y = pictures(0), torch.zeros(0, dtype=torch.long)
    assert compute_saliency_maps(none, y, smooth_net()).shape == (0, 7, 5)
    assert make_fooling_image(none, y, smooth_net()).shape == none.shape


# ---- no trace


def call_saliency(X, model):
    return compute_saliency_maps(X, torch.tensor([1, 2]), model)


def call_fooling(X, model):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return make_fooling_image(X, 3, model, max_steps=2)


def call_step(X, model):
    return class_visualization_update_step(X, model, 3, 1e-3, 5.0)


def call_create(X, model):
    return create_class_visualization(3, model, num_iterations=2, size=7)


CALLS = [call_saliency, call_fooling, call_step, call_create]


@pytest.mark.parametrize('call', CALLS)
@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('trainable', [True, False])
def test_the_model_stays_as_it_was(call, training, trainable):
    model = everything_net().train(training).requires_grad_(trainable)
    model[2].eval()
    weight = model[1].weight
    weight.grad = torch.ones_like(weight)
    state, modes = copy.deepcopy(model.state_dict()), [m.training for m in model.modules()]
    call(pictures(dtype=torch.float32), model)
    assert [m.training for m in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(p.requires_grad is trainable for p in model.parameters())
    assert torch.equal(weight.grad, torch.ones_like(weight)) and model[5].weight.grad is None


def failing(X):
    raise RuntimeError('no scores today')


@pytest.mark.parametrize('call', CALLS)
def test_the_mode_comes_back_after_an_error(call):
    model = everything_net().train()
    model.forward = failing
    with pytest.raises(RuntimeError, match='no scores today'):
        call(pictures(dtype=torch.float32), model)
    assert all(m.training for m in model.modules())


@pytest.mark.parametrize('call', [call_saliency, call_fooling])
@pytest.mark.parametrize('requires_grad', [True, False])
def test_the_pictures_stay_as_they_were(call, requires_grad):
    X = pictures(dtype=torch.float32).requires_grad_(requires_grad)
    X.grad = torch.full_like(X, 7)
    before, version = X.detach().clone(), X._version
    out = call(X, everything_net())
    assert torch.equal(X.detach(), before) and X._version == version and X.requires_grad is requires_grad
    assert torch.equal(X.grad, torch.full_like(X, 7))
    assert not out.requires_grad and out.data_ptr() != X.data_ptr()


def test_the_step_changes_nothing_but_the_pixels():
    img = pictures(1).requires_grad_()
    img.grad = torch.full_like(img, 7)
    address, before = img.data_ptr(), img.detach().clone()
    class_visualization_update_step(img, smooth_net(), 1, 0.1, 1.0)
    assert img.data_ptr() == address and img.is_leaf and img.requires_grad
    assert torch.equal(img.grad, torch.full_like(img, 7)) and not torch.equal(img.detach(), before)


@pytest.mark.parametrize('call', CALLS)
def test_it_works_where_gradients_are_switched_off(call):
    X, model = pictures(), smooth_net()
    Y = X.clone()
    expected = call(X, model)
    with torch.no_grad():
        got = call(Y, model)
    close(got if got is not None else Y, expected if expected is not None else X)


@pytest.mark.parametrize('call', CALLS)
def test_it_works_in_inference_mode(call):
    X, model = pictures(), smooth_net()
    Y = X.clone()
    expected = call(X, model)
    with torch.inference_mode():
        got = call(Y, model)  # what is given comes from outside
        Z, made = pictures(), smooth_net()
        again = call(Z, made)  # all of it is made inside
    for out, changed in ((got, Y), (again, Z)):
        close(out if out is not None else changed, expected if expected is not None else X)
    assert made[0].weight.is_inference()


def test_a_picture_of_inference_mode_is_changed_in_place():
    img, model = pictures(1), smooth_net()
    with torch.inference_mode():
        made = pictures(1)
        address = made.data_ptr()
    class_visualization_update_step(img, model, 1, 0.1, 1.0)
    class_visualization_update_step(made, model, 1, 0.1, 1.0)  # after the block
    assert made.data_ptr() == address and made.is_inference()
    close(blur_image(made, 1.0), blur_image(img, 1.0), 0)


def test_the_global_random_stream_stays_where_it_is():
    state = torch.get_rng_state()
    for call in CALLS:
        call(pictures(), smooth_net())
    torch.manual_seed(0)
    torch.set_rng_state(state)
    smooth_model, before = smooth_net(), torch.get_rng_state()
    for call in CALLS:
        call(pictures(), smooth_model)
    assert torch.equal(torch.get_rng_state(), before)


# ---- device and dtype


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('dtype', [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_device_and_dtype_are_kept(device, dtype):
    X, model = pictures(dtype=dtype).to(device), smooth_net(dtype).to(device)
    y = torch.tensor([1, 2])  # labels may lie elsewhere, and be of any integer type
    results = [
        compute_saliency_maps(X, y.to(torch.int32), model),
        call_fooling(X, model),
        call_create(X, model),
    ]
    call_step(X, model)
    for out in [*results, X]:
        assert out.dtype == dtype and out.device.type == device and out.isfinite().all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU: CUDA')
def test_the_gpu_agrees_with_the_cpu(squeezenet, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, 'allow_tf32', False)  # ten bits of a product are too few to compare
    X, y = pictures(2, 64, 64, dtype=torch.float32), torch.tensor([1, 2])
    here = [
        compute_saliency_maps(X, y, squeezenet),
        create_class_visualization(3, squeezenet, num_iterations=5, size=64),
    ]
    there = copy.deepcopy(squeezenet).cuda()
    for a, b in zip(
        here,
        [
            compute_saliency_maps(X.cuda(), y, there),
            create_class_visualization(3, there, num_iterations=5, size=64),
        ],
    ):
        torch.testing.assert_close(b.cpu(), a, rtol=1e-3, atol=1e-3 * float(a.abs().max()))


# ---- failure is told


def never(X):
    """Scores that depend on X but whose order never changes."""
    return torch.stack([X.sum((1, 2, 3)), X.sum((1, 2, 3)) + 1], dim=1)


class Never(nn.Module):
    def forward(self, X):
        return never(X)


def test_a_picture_that_fools_nobody_is_told():
    with pytest.warns(
        UserWarning, match=r'2 of 2 pictures do not fool the model after 7 steps; .* only 0\.27'
    ):
        out = make_fooling_image(pictures(), 0, Never(), max_steps=7)
    assert out.shape == (2, 3, 7, 5)


class Steep(nn.Module):
    """A score that is the sum of the pixels, times a number that may be large, small or none."""

    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor, dtype=torch.float64))

    def forward(self, X):
        total = X.sum((1, 2, 3)) * self.factor.to(X.dtype)
        return torch.stack([total, -total], dim=1)


@pytest.mark.parametrize('dtype, factor', [(torch.float32, 1e-30), (torch.float32, 1e30), (torch.float64, 1e-200),
                                           (torch.float16, 6e4), (torch.float16, 1e-7), (torch.bfloat16, 1e30)])
def test_a_gradient_whose_squares_do_not_fit_still_points_somewhere(dtype, factor):
    img = torch.zeros(1, 3, 7, 5, dtype=dtype)
    class_visualization_update_step(img, Steep(factor), 0, 0.0, 1.0)
    torch.testing.assert_close(img, torch.full_like(img, 105**-0.5), rtol=2 * torch.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize('bad, words', [(float('nan'), 'is nan'), (float('inf'), 'is -?inf|is nan')])
def test_numbers_that_are_none_are_told(bad, words):
    X, model = pictures(), Steep(bad)
    with pytest.raises(FloatingPointError, match=f'^the score of class 1 ({words})'):
        compute_saliency_maps(X, torch.tensor([1, 0]), model)
    with pytest.raises(FloatingPointError, match=f'^step 0: the score of class 1 ({words})'):
        make_fooling_image(X, 1, model)
    before = X.clone()
    with pytest.raises(FloatingPointError, match=r'^the score of class 1'):
        class_visualization_update_step(X, model, 1, 1e-3, 5.0)
    assert torch.equal(X, before)
    with pytest.raises(FloatingPointError, match=r'^step 1: the score of class 1'):
        create_class_visualization(1, model, size=7)


class Root(nn.Module):
    """Scores whose gradient is infinite where the pixels are 0: √x, and a constant, which is larger or not."""

    def __init__(self, rival):
        super().__init__()
        self.rival = rival

    def forward(self, X):
        root = X.flatten(1).abs().sum(1).sqrt()
        return torch.stack([root, 0 * root + self.rival], dim=1)


def test_a_slope_that_is_no_number_is_told():
    black, words = torch.zeros(1, 3, 7, 5), 'the gradient of the score is NaN or infinite'
    with pytest.raises(FloatingPointError, match=words):
        compute_saliency_maps(black, torch.tensor([0]), Root(1.0))
    with pytest.raises(FloatingPointError, match=words):
        class_visualization_update_step(black, Root(1.0), 0, 0.0, 1.0)
    with pytest.raises(FloatingPointError, match=f'step 0: {words}'):
        make_fooling_image(black, 0, Root(1.0))
    assert not black.any()


def test_a_model_without_a_slope_is_no_division_by_zero():
    model = smooth_net()
    model[2].weight.data.zero_()
    img = pictures(1)
    assert not compute_saliency_maps(img, torch.tensor([1]), model).any()
    with pytest.warns(UserWarning, match='fool'):
        assert torch.equal(make_fooling_image(img, int(model(img).argmin()), model, max_steps=2), img)
    before = img.clone()
    class_visualization_update_step(img, model, 1, 0.0, 5.0)
    assert torch.equal(img, before)


@pytest.mark.parametrize(
    'X, y, error, words',
    [
        (np.zeros((1, 3, 5, 5)), [0], TypeError, 'X: expected a floating-point tensor, got ndarray'),
        (torch.zeros(1, 3, 5, 5, dtype=torch.uint8), [0], TypeError, 'X: .* torch.uint8'),
        (torch.zeros(3, 5, 5), [0], ValueError, r'X: expected the shape \(N, 3, H, W\), got \(3, 5, 5\)'),
        (torch.zeros(1, 1, 5, 5), [0], ValueError, 'X: expected the shape'),
        (pictures(), [0], ValueError, r'y: expected one label for each of 2 pictures, got \(1,\)'),
        (pictures(), [0.0, 1.0], TypeError, 'y: expected integers, got torch.float'),
        (pictures(), [0, K], ValueError, f'expected labels from 0 to {K - 1}'),
        (pictures(), [0, -1], ValueError, f'expected labels from 0 to {K - 1}'),
    ],
)
def test_bad_input_is_named(X, y, error, words):
    with pytest.raises(error, match=words):
        compute_saliency_maps(X, torch.tensor(y), smooth_net())


def test_a_bad_model_or_number_is_named():
    X = pictures()
    with pytest.raises(TypeError, match=r'model: expected a torch.nn.Module, got function'):
        compute_saliency_maps(X, torch.tensor([0, 1]), never)
    with pytest.raises(
        ValueError, match=r'model: expected scores of shape \(N, K\) = \(2, K\), got \(2, 5, 7, 5\)'
    ):
        compute_saliency_maps(X, torch.tensor([0, 1]), smooth_net()[:3])
    with pytest.raises(TypeError, match='max_steps: expected a whole number, got float'):
        make_fooling_image(X, 0, smooth_net(), max_steps=1.5)
    with pytest.raises(ValueError, match='blur_every: expected 1 or more, got 0'):
        create_class_visualization(0, smooth_net(), blur_every=0)
    with pytest.raises(ValueError, match='target_y: expected one label for each of 2'):
        make_fooling_image(X, [0, 1, 2], smooth_net())


# ---- class visualization as a whole


def test_the_same_seed_gives_the_same_picture_and_another_another():
    make = lambda seed: create_class_visualization(
        2,
        smooth_net(),
        num_iterations=3,
        size=11,
        max_jitter=3,
        generator=torch.Generator().manual_seed(seed),
    )
    close(make(1), make(1), 0)
    assert not torch.equal(make(1), make(2))


def test_the_picture_wins_the_class_and_stays_within_the_colours(squeezenet):
    img = create_class_visualization(7, squeezenet, num_iterations=9, size=64)
    noise = create_class_visualization(7, squeezenet, num_iterations=1, size=64)
    assert squeezenet(img).softmax(1)[0, 7] > squeezenet(noise).softmax(1)[0, 7]
    low, high = preprocess(np.array([[[0] * 3, [255] * 3]], np.uint8).repeat(5, 0), 5)[0, :, 0, [0, -1]].T
    assert (img >= low[:, None, None] - 1e-5).all() and (img <= high[:, None, None] + 1e-5).all()


def test_several_classes_at_once_and_the_pictures_on_the_way():
    seen = []
    img = create_class_visualization(
        [1, 4],
        smooth_net(),
        num_iterations=7,
        show_every=3,
        size=5,
        max_jitter=0,
        show=lambda t, picture: seen.append((t, picture.clone())) or picture.zero_(),
    )
    assert [t for t, _ in seen] == [1, 3, 6, 7] and img.shape == (2, 3, 5, 5)
    close(seen[-1][1], img, 0)


# ---- pictures in and out


def test_preprocess_is_the_transform_of_torchvision():
    picture = Image.fromarray(np.random.RandomState(0).randint(0, 256, (37, 53, 3), dtype=np.uint8))
    theirs = T.Compose(
        [T.Resize(23), T.ToTensor(), T.Normalize(SQUEEZENET_MEAN.tolist(), SQUEEZENET_STD.tolist())]
    )(picture)
    close(preprocess(picture, 23), theirs[None], 1e-6)
    close(preprocess(np.array(picture), 23), theirs[None], 1e-6)
    assert preprocess(picture.convert('L')).shape == (1, 3, 224, 320)


@pytest.mark.parametrize('module', [net_visualization_pytorch, style_transfer_pytorch])
@pytest.mark.parametrize('width, height', [(2000, 1), (1, 20_000)])
def test_a_thin_picture_is_refused_before_it_is_resized(monkeypatch, module, width, height):
    monkeypatch.setattr(Image.Image, 'resize', lambda *args, **settings: pytest.fail('resized'))
    with pytest.raises(ValueError, match=rf'img: must have at most {2**24} pixels .* {width} × {height} with size=224'):
        module.preprocess(Image.new('RGB', (width, height)), 224)


def test_preprocess_takes_every_picture_as_style_transfer_does():
    grey = np.random.RandomState(0).randint(0, 256, (9, 9), dtype=np.uint8)
    rgb = np.stack([grey] * 3, 2)
    for other in (rgb / 255, Image.fromarray(grey.astype(np.uint16) * 257)):  # floats; I;16
        close(preprocess(other, 9), preprocess(rgb, 9), 0)
        close(preprocess(other, 9), style_transfer_pytorch.preprocess(other, 9), 1e-6)
    clear = np.zeros((9, 9, 4), np.uint8)
    close(preprocess(clear, 9), preprocess(np.full_like(rgb, 255), 9), 0)


def test_deprocess_undoes_preprocess():
    picture = np.random.RandomState(0).randint(0, 256, (29, 29, 3), dtype=np.uint8)
    x = preprocess(picture, 29)
    before = x.clone()
    assert np.array_equal(np.array(deprocess(x, should_rescale=False)), picture)
    assert np.array_equal(np.array(deprocess(x.requires_grad_(), should_rescale=False)), picture)
    assert torch.equal(x.detach(), before)
    stretched = np.array(deprocess(0.1 * x))
    assert stretched.min() == 0 and stretched.max() == 255
    assert (
        np.array(deprocess(1e3 * x, should_rescale=False)).tolist()
        == np.where(x[0].detach().permute(1, 2, 0) > 0, 255, 0).tolist()
    )


def test_rescale_runs_from_0_to_1():
    x = rescale(pictures())
    assert x.min() == 0 and x.max() == 1
    assert torch.equal(rescale(torch.full((2, 3), 5.0)), torch.zeros(2, 3))


@settings(max_examples=15)
@given(H=st.integers(1, 13), W=st.integers(1, 13), sigma=st.sampled_from([0.5, 1, 1.7, 3]))
def test_blur_is_that_of_scipy_in_place(H, W, sigma):
    X = pictures(2, H, W)
    wanted, address = literal.blur(X, sigma), X.data_ptr()
    assert blur_image(X, sigma).data_ptr() == address
    close(X, wanted)


def test_blur_keeps_what_it_should():
    X = pictures(1).requires_grad_()
    before = X.detach().clone()
    assert torch.equal(blur_image(X, 0), before) and X.requires_grad and X.is_leaf
    with pytest.raises(ValueError, match='sigma: expected 0 or more, got -1'):
        blur_image(X, -1)


@settings(max_examples=50)
@given(ox=SHIFTS, oy=SHIFTS, H=st.integers(1, 5), W=st.integers(1, 7))
def test_jitter_shifts_right_and_down_and_back(ox, oy, H, W):
    X = pictures(1, H, W)
    close(jitter(X, ox, oy), literal.shift(X, ox, oy), 0)
    close(jitter(jitter(X, ox, oy), -ox, -oy), X, 0)


# ---- the real pictures, 1000 classes


def test_the_imagenet_pictures_with_a_thousand_classes(monkeypatch):
    monkeypatch.setenv('CS231N_DATASETS', str(real_files('imagenet_val_25.npz')))
    monkeypatch.setenv('CS231N_DATA', 'real')
    X, y, names = load_imagenet_val()
    torch.manual_seed(0)
    model = squeezenet1_1().eval()
    batch = torch.cat([preprocess(x, 112) for x in X])  # half the side: a quarter of the time
    with torch.no_grad():
        scores = model(batch)  # after a ReLU: a class with the score 0 has no slope
    maps = compute_saliency_maps(batch, torch.from_numpy(y), model)
    assert maps.shape == (25, 112, 112) and len(names) == 1000
    assert torch.equal(maps.amax((1, 2)) > 0, scores.gather(1, torch.from_numpy(y)[:, None])[:, 0] > 0)
    second = int(scores[0].topk(2).indices[1])
    assert model(make_fooling_image(batch[:1], second, model)).argmax() == second
    assert create_class_visualization(366, model, num_iterations=1).shape == (1, 3, 224, 224)
