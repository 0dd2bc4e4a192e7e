"""Losses against PyTorch in float64, networks layer by layer, and the rules of the game of two networks."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cs231n import gan_pytorch as gan
from cs231n.data.mnist import MemoryLoader


def logits(seed, N=7, scale=3.0):
    values = scale * np.random.RandomState(seed).standard_normal((N, 1))
    return torch.tensor(values, requires_grad=True)


def value_and_gradients(loss, *inputs):
    value = loss(*inputs)
    return value.detach(), torch.autograd.grad(value, inputs)


# ---- noise ----


@given(N=st.integers(1, 17), dim=st.integers(1, 13), seed=st.integers(0, 2 ** 31))
@settings(max_examples=20, deadline=None)
def test_noise(N, dim, seed):
    before = torch.get_rng_state()
    noise = gan.sample_noise(N, dim, seed=seed)
    assert noise.shape == (N, dim) and noise.dtype == torch.float32
    assert noise.min() >= -1 and noise.max() < 1
    assert torch.equal(noise, gan.sample_noise(N, dim, seed=seed))
    assert torch.equal(torch.get_rng_state(), before)  # the global stream stays where it was


def test_noise_is_uniform_and_new_each_time():
    noise = gan.sample_noise(500, 200, seed=1)
    counts = torch.histc(noise, bins=10, min=-1, max=1)
    assert (counts / counts.sum() - 0.1).abs().max() < 0.005
    assert not torch.equal(gan.sample_noise(3, 5), gan.sample_noise(3, 5))
    torch.manual_seed(4)
    first = gan.sample_noise(3, 5)
    torch.manual_seed(4)
    assert torch.equal(gan.sample_noise(3, 5), first)


# ---- losses ----


@pytest.mark.parametrize('loss, literal', [
    (gan.discriminator_loss, lambda real, fake: F.softplus(-real).mean() + F.softplus(fake).mean()),
    (gan.ls_discriminator_loss, lambda real, fake: F.mse_loss(real, torch.ones_like(real)) / 2
                                                   + F.mse_loss(fake, torch.zeros_like(fake)) / 2),
])
def test_the_discriminators_losses(loss, literal):
    real, fake = logits(1, N=7), logits(2, N=5)  # not equally many
    value, gradients = value_and_gradients(loss, real, fake)
    want, want_gradients = value_and_gradients(literal, real, fake)
    assert value.shape == () and torch.allclose(value, want, rtol=1e-12)
    for got, wanted in zip(gradients, want_gradients):
        assert torch.allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize('loss, literal', [
    (gan.generator_loss, lambda fake: F.softplus(-fake).mean()),
    (gan.ls_generator_loss, lambda fake: F.mse_loss(fake, torch.ones_like(fake)) / 2),
])
def test_the_generators_losses(loss, literal):
    fake = logits(3)
    value, (gradient,) = value_and_gradients(loss, fake)
    want, (want_gradient,) = value_and_gradients(literal, fake)
    assert torch.allclose(value, want, rtol=1e-12) and torch.allclose(gradient, want_gradient, rtol=1e-12)
    assert torch.allclose(loss(fake[:, 0]), value)  # logits (N,) do as well


def test_bce_agrees_with_pytorch_for_soft_labels_too():
    scores, labels = logits(4), torch.rand(7, 1, dtype=torch.float64)
    value, (gradient,) = value_and_gradients(lambda s: gan.bce_loss(s, labels), scores)
    want, (wanted,) = value_and_gradients(lambda s: F.binary_cross_entropy_with_logits(s, labels), scores)
    assert torch.allclose(value, want, rtol=1e-12) and torch.allclose(gradient, wanted, rtol=1e-12)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_bce_neither_overflows_nor_loses_digits(dtype):
    scores = torch.tensor([-1e4, -100, -40, 0, 40, 100, 1e4], dtype=dtype, requires_grad=True)
    for label in (0.0, 1.0):
        each = [gan.bce_loss(s, torch.full_like(s, label)) for s in scores]
        want = F.softplus(scores if label == 0 else -scores)
        assert torch.allclose(torch.stack(each), want, rtol=1e-5, atol=1e-40)  # tiny ones too
        gradient, = torch.autograd.grad(sum(each), scores)
        assert torch.allclose(gradient, scores.sigmoid() - label, rtol=1e-5, atol=1e-7)


# ---- networks ----

NETWORKS = {
    'discriminator': (gan.discriminator, 267_009, (1, 28, 28), 1),
    'generator': (lambda: gan.generator(4), 1_858_320, (4,), 784),
    'build_dc_classifier': (gan.build_dc_classifier, 1_102_721, (1, 28, 28), 1),
    'build_dc_generator': (lambda: gan.build_dc_generator(4), 6_580_801, (4,), 784),
}


@pytest.mark.parametrize('name', NETWORKS)
def test_parameters_shapes_and_ranges(name):
    make, count, shape, out = NETWORKS[name]
    model = make()
    assert gan.count_params(model) == count
    for N in (2, 5):
        made = model(torch.randn(N, *shape))
        assert made.shape == (N, out)
    if 'generator' in name:
        assert model(100 * torch.randn(3, *shape)).abs().max() <= 1


@pytest.mark.parametrize('make', [gan.discriminator, gan.build_dc_classifier])
def test_discriminators_take_flat_pictures_and_any_number(make):
    model, x = make(), torch.rand(3, 1, 28, 28)
    assert torch.equal(model(x), model(x.reshape(3, 784)))
    assert torch.allclose(model(x)[:1], model(x[:1]), atol=1e-6)


def test_the_batch_size_of_the_starter_code_binds_nothing():
    assert gan.build_dc_classifier(128)(torch.rand(3, 784)).shape == (3, 1)


@pytest.mark.parametrize('make', [gan.discriminator, gan.generator])
def test_a_seed_repeats_the_weights_and_leaves_the_stream(make):
    before = torch.get_rng_state()
    one, other = make(seed=3).state_dict(), make(seed=3).state_dict()
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(next(iter(make().state_dict().values())), next(iter(one.values())))


def test_the_optimizer_is_adam_with_a_short_memory():
    model = gan.generator(3)
    solver = gan.get_optimizer(model)
    assert isinstance(solver, torch.optim.Adam)
    assert solver.defaults['lr'] == 1e-3 and solver.defaults['betas'] == (0.5, 0.999)
    assert [id(p) for p in solver.param_groups[0]['params']] == [id(p) for p in model.parameters()]


# ---- the game ----


class Sgd(torch.optim.SGD):
    """Plain descent that remembers the gradients it was given."""

    def __init__(self, model):
        super().__init__(model.parameters(), lr=0.01)
        self.seen = []

    def step(self, closure=None):
        self.seen.append([p.grad.clone() for p in self.param_groups[0]['params']])
        return super().step(closure)


def small():
    torch.manual_seed(0)
    D = nn.Sequential(gan.Flatten(), nn.Linear(784, 5), nn.LeakyReLU(0.01), nn.Linear(5, 1))
    G = nn.Sequential(nn.Linear(3, 7), nn.ReLU(), nn.Linear(7, 784), nn.Tanh())
    return D, G


def loader(N=13, batch_size=5):
    pictures = np.random.RandomState(0).randint(256, size=(N, 28, 28)).astype(np.uint8)
    return MemoryLoader(pictures, np.zeros(N, int), batch_size, shuffle=False)


def play(D, G, batches, solvers=None, seed=0, **options):
    solvers = solvers or (Sgd(D), Sgd(G))
    rng = torch.Generator().manual_seed(seed)
    return gan.run_a_gan(D, G, *solvers, gan.discriminator_loss, gan.generator_loss, batches,
                         **{'noise_size': 3, 'num_epochs': 2, 'rng': rng, 'progress': False, **options})


def test_each_step_updates_each_network_by_its_own_gradient_only():
    D, G = small()
    (x, _), = loader(N=5)
    first_D, first_G, solvers = copy.deepcopy(D), copy.deepcopy(G), (Sgd(D), Sgd(G))
    play(D, G, [(x, None)], solvers, num_epochs=1)

    rng = torch.Generator().manual_seed(0)
    seeds = [int(torch.randint(2 ** 31, (1,), generator=rng)) for _ in range(2)]  # to show, fakes
    fake = first_G(gan.sample_noise(5, 3, seed=seeds[1]))
    loss_D = gan.discriminator_loss(first_D(2 * x - 1), first_D(fake.detach()))
    want_D = torch.autograd.grad(loss_D, list(first_D.parameters()))
    for got, want in zip(solvers[0].seen[0], want_D, strict=True):
        assert torch.allclose(got, want, atol=1e-7)
    with torch.no_grad():
        for p, g in zip(first_D.parameters(), want_D):
            p -= 0.01 * g
    want_G = torch.autograd.grad(gan.generator_loss(first_D(fake)), list(first_G.parameters()))
    for got, want in zip(solvers[1].seen[0], want_G, strict=True):
        assert torch.allclose(got, want, atol=1e-7)
    for p, want in zip(D.parameters(), want_D):
        assert torch.allclose(p.grad, want, atol=1e-7)  # G's step left nothing there


def test_every_picture_is_used_the_last_partial_batch_too():
    D, G = small()
    sizes = []
    D.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    history = {}
    play(D, G, loader(N=11, batch_size=5), history=history, num_epochs=3)
    assert sizes == [5, 5, 5, 5, 5, 5, 1, 2, 2] * 3  # real, fake, fake again; two fakes for one real picture
    assert len(history['D']) == len(history['G']) == 9


def test_a_last_batch_of_one_does_with_batch_normalization():
    D = small()[0]
    G = nn.Sequential(nn.Linear(3, 784), nn.BatchNorm1d(784), nn.Tanh())
    history = {}
    play(D, G, loader(N=6, batch_size=5), num_epochs=1, history=history)
    assert len(history['G']) == 2


def test_a_loader_without_length_and_batches_as_lists():
    class Endless:
        def __iter__(self):
            return iter([[torch.rand(2, 1, 28, 28), torch.zeros(2)]] * 3)

    history = {}
    play(*small(), Endless(), history=history)
    assert len(history['G']) == 6


def test_pictures_are_kept_after_the_first_step_and_each_show_every_more():
    images = play(*small(), loader(), show_every=2, num_epochs=2)  # 6 steps: after 1, 3, 5
    assert len(images) == 3
    assert all(image.shape == (16, 784) and image.dtype == np.float32 for image in images)
    assert all(np.abs(image).max() <= 1 for image in images)
    rng = torch.Generator().manual_seed(0)
    noise = gan.sample_noise(16, 3, seed=int(torch.randint(2 ** 31, (1,), generator=rng)))
    for steps, image in zip((1, 3, 5), images):
        D, G = small()
        play(D, G, (2 * list(loader()))[:steps], num_epochs=1)
        assert np.allclose(image, G(noise).detach().numpy(), atol=1e-6)


class Rates(torch.optim.SGD):
    """Descent that remembers the learning rates of its steps."""

    def __init__(self, model, lr):
        super().__init__(model.parameters(), lr=lr)
        self.rates = []

    def step(self, closure=None):
        self.rates.append(self.param_groups[0]['lr'])
        return super().step(closure)


def test_rates_fall_along_a_line_to_nothing_and_are_set_back():
    D, G = small()
    solvers = Rates(D, 0.4), Rates(G, 0.8)
    play(D, G, loader(N=20, batch_size=5), solvers, num_epochs=2, falling=True)
    assert solvers[0].rates == pytest.approx([0.4 * (1 - k / 8) for k in range(8)])
    assert solvers[1].rates == pytest.approx([0.8 * (1 - k / 8) for k in range(8)])
    assert [solver.param_groups[0]['lr'] for solver in solvers] == [0.4, 0.8]
    steady = Rates(D, 0.4), Rates(G, 0.8)
    play(D, G, loader(), steady)
    assert set(steady[0].rates) == {0.4}


def test_rates_are_set_back_when_training_breaks_off():
    D, G = small()
    solvers = Rates(D, 0.4), Rates(G, 0.8)
    with pytest.raises(ValueError, match='x must be in'):
        play(D, G, [torch.rand(5, 1, 28, 28), torch.full((5, 1, 28, 28), 7.0)], solvers, falling=True)
    assert [solver.param_groups[0]['lr'] for solver in solvers] == [0.4, 0.8]


def test_rates_cannot_fall_to_an_end_that_nobody_knows():
    with pytest.raises(TypeError, match='loader_train must have a length if falling is set, got list_iterator'):
        play(*small(), iter([torch.rand(5, 1, 28, 28)]), falling=True)


def test_g_may_learn_more_often_than_d_from_new_fakes_each_time():
    D, G = small()
    solvers, history = (Sgd(D), Sgd(G)), {}
    play(D, G, loader(N=10, batch_size=5), solvers, num_epochs=1, g_steps=3, history=history)
    assert [len(solver.seen) for solver in solvers] == [2, 6]
    assert len(history['D']) == 2 and len(history['G']) == 6
    with pytest.raises(ValueError, match='g_steps must be at least 1, got 0'):
        play(D, G, loader(), g_steps=0)


def test_adam_in_one_pass_takes_the_same_steps(monkeypatch):
    models = [small(), small()]
    for (D, G), fuse in zip(models, (gan.fuse, lambda solver: solver)):
        monkeypatch.setattr(gan, 'fuse', fuse)
        play(D, G, loader(), (gan.get_optimizer(D), gan.get_optimizer(G)))
    for one, other in zip(models[0], models[1]):
        for a, b in zip(one.parameters(), other.parameters()):
            assert torch.allclose(a, b, atol=1e-5)


def test_who_chose_how_adam_works_keeps_it():
    D, _ = small()
    chosen = torch.optim.Adam(D.parameters(), foreach=False)
    assert gan.fuse(chosen) is chosen and not chosen.param_groups[0]['fused']
    assert gan.fuse(Sgd(D)).param_groups[0].get('fused') is None


def test_losses_are_printed_when_asked(capsys):
    history = {}
    play(*small(), loader(), show_every=2, history=history)
    assert capsys.readouterr().out == ''
    play(*small(), loader(), show_every=2, num_epochs=1, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f'Iter: {k}, D: {history["D"][k]:.4}, G: {history["G"][k]:.4}' for k in (0, 2)]


def starter(batch_size, noise=3):
    """Networks and losses as people wrote them for the starter code: the size of a batch is written into them."""
    torch.manual_seed(0)
    D = nn.Sequential(gan.Unflatten(batch_size, 1, 28, 28), nn.Flatten(), nn.Linear(784, 1))
    G = nn.Sequential(nn.Linear(noise, 784), nn.Tanh())
    ones, zeros = torch.ones(batch_size, 1), torch.zeros(batch_size, 1)
    return D, G, lambda real, fake: gan.bce_loss(real, ones) + gan.bce_loss(fake, zeros), lambda fake: gan.bce_loss(
        fake, ones)


def test_a_short_batch_that_the_network_refuses_is_left_out_and_said(capsys):
    D, G, loss_D, loss_G = starter(5)
    history = {}
    gan.run_a_gan(D, G, Sgd(D), Sgd(G), loss_D, loss_G, loader(N=13, batch_size=5), noise_size=3, num_epochs=3,
                  history=history, progress=False)
    assert len(history['D']) == len(history['G']) == 6
    assert capsys.readouterr().out == 'run_a_gan: 3 of 9 batches left out, of 3 pictures instead of 5\n'


def test_a_loss_of_g_with_fixed_labels_is_refused_before_d_has_learned(capsys):
    D, G = small()
    *_, loss_G = starter(5)
    before = []
    loss_D = lambda real, fake: before.append(D[1].weight.detach().clone()) or gan.discriminator_loss(real, fake)
    gan.run_a_gan(D, G, Sgd(D), Sgd(G), loss_D, loss_G, loader(N=8, batch_size=5), noise_size=3, num_epochs=1,
                  progress=False)
    assert len(before) == 2 and torch.equal(D[1].weight, before[1])
    assert 'left out' in capsys.readouterr().out


def test_a_batch_of_another_size_than_the_one_named_is_left_out(capsys):
    history = {}
    play(*small(), loader(N=13, batch_size=5), batch_size=5, history=history, num_epochs=2)
    assert len(history['D']) == 4
    assert capsys.readouterr().out == 'run_a_gan: 2 of 6 batches left out, of 3 pictures instead of 5\n'
    with pytest.raises(ValueError, match='it holds batches of 3, 5, not of batch_size=128'):
        play(*small(), loader(N=13, batch_size=5), batch_size=128)


def test_what_every_batch_does_wrong_is_no_matter_of_size():
    D, G = small()
    with pytest.raises(RuntimeError, match='no labels'):
        gan.run_a_gan(D, G, Sgd(D), Sgd(G), lambda *_: (_ for _ in ()).throw(RuntimeError('no labels')),
                      gan.generator_loss, loader(), noise_size=3, progress=False)


def test_taking_pictures_leaves_no_trace_on_batch_normalization():
    def statistics(show_every):
        D = small()[0]
        torch.manual_seed(1)
        G = nn.Sequential(nn.Linear(3, 784), nn.BatchNorm1d(784), nn.Tanh())
        play(D, G, loader(), show_every=show_every)
        assert G.training and G[1].training
        return G[1].running_mean
    assert torch.equal(statistics(1), statistics(100))


def test_the_same_seed_the_same_game():
    first, second, other = ({}, {}, {})
    for history, seed in ((first, 1), (second, 1), (other, 2)):
        play(*small(), loader(), seed=seed, history=history)
    assert first == second and first['D'] != other['D']


def test_torchs_own_seed_decides_without_a_generator():
    histories = [{}, {}]
    for history in histories:
        D, G = small()
        torch.manual_seed(9)
        play(D, G, loader(), rng=None, history=history)
    assert histories[0] == histories[1]


def test_nan_is_noticed_before_it_spoils_the_weights():
    D, G = small()
    weights = copy.deepcopy(G.state_dict())
    losses = iter([1.0, float('nan')])
    broken = lambda fake: fake.mean() * next(losses)
    with pytest.raises(FloatingPointError, match=r'step 2: the loss of G is nan'):
        gan.run_a_gan(D, G, Sgd(D), Sgd(G), gan.discriminator_loss, broken, loader(), noise_size=3,
                      progress=False)
    assert all(torch.isfinite(value).all() for value in G.state_dict().values())
    assert not torch.equal(G[0].weight, weights['0.weight'])  # step 1 was taken


@pytest.mark.parametrize('batches, options, message', [
    ([(torch.full((2, 784), 255.0), None)], {}, r'x must be in \[0, 1\], got 255 to 255'),
    ([(torch.full((2, 784), -0.5), None)], {}, r'got -0.5 to -0.5'),
    ([(torch.full((2, 784), float('nan')), None)], {}, r'x must be in \[0, 1\], got nan'),
    ([], {}, 'gives no batch'),
    ([(torch.rand(2, 784), None)], {'show_every': 0}, 'show_every must be at least 1'),
])
def test_bad_input_is_named(batches, options, message):
    with pytest.raises(ValueError, match=message):
        play(*small(), batches, **options)


def test_fakes_have_the_shape_of_real_pictures():
    _, G = small()
    shapes = set()
    D = nn.Sequential(nn.Conv2d(1, 2, 5), nn.Flatten(), nn.Linear(2 * 24 * 24, 1))
    D.register_forward_pre_hook(lambda _, inputs: shapes.add(inputs[0].shape[1:]))
    play(D, G, loader())  # this G gives rows
    assert shapes == {(1, 28, 28)}


def test_float64_pictures_become_what_the_networks_take():
    play(*small(), [(torch.rand(2, 1, 28, 28, dtype=torch.float64), None)])


def test_a_frozen_layer_stays_as_it_is():
    D, G = small()
    D[1].weight.requires_grad_(False)
    before, bias = D[1].weight.clone(), D[1].bias.detach().clone()
    play(D, G, loader(), [torch.optim.SGD(D.parameters(), 0.01), Sgd(G)])
    assert torch.equal(D[1].weight, before) and not torch.equal(D[1].bias, bias)


@pytest.mark.parametrize('frozen', ['D', 'G', 'both'])
def test_a_frozen_network_stays_as_it_is_and_the_other_learns(frozen):
    D, G = small()
    for name, network in (('D', D), ('G', G)):
        network.requires_grad_(frozen not in (name, 'both'))
    first_D, first_G, history = copy.deepcopy(D), copy.deepcopy(G), {}
    play(D, G, loader(), [torch.optim.SGD(network.parameters(), 0.01) for network in (D, G)], history=history)
    changed = {name: not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters()))
               for name, one, other in (('D', D, first_D), ('G', G, first_G))}
    assert changed == {'D': frozen == 'G', 'G': frozen == 'D'}
    assert len(history['D']) == len(history['G']) == 6 and all(p.grad is None for p in D.parameters() if frozen == 'D')


def test_a_loader_of_tensors_is_one_of_pairs():
    pairs, alone, listed = ({}, {}, {})
    (x, y), = loader(N=5)
    for history, batches in ((pairs, [(x, y)]), (alone, [x]), (listed, [[x]])):
        sizes = []
        D, G = small()
        D.register_forward_pre_hook(lambda _, inputs, sizes=sizes: sizes.append(len(inputs[0])))
        play(D, G, batches, history=history)
        assert sizes == [5] * 6
    assert pairs == alone == listed


@pytest.mark.parametrize('batches, words', [
    ([{'image': torch.rand(2, 784)}], 'got dict'),
    ([np.random.rand(2, 784)], 'got ndarray'),
    ([(np.random.rand(2, 784), None)], 'got ndarray'),
    ([[(torch.rand(1, 28, 28), 3)]], 'got tuple'),  # a list of pictures with their labels
    ([(torch.rand(1, 28, 28), 3)], 'got single pictures, as from a dataset'),
    (torch.rand(4, 1, 28, 28), 'got single pictures of a tensor'),
    ([()], 'got tuple'),
])
def test_a_loader_of_something_else_is_told(batches, words):
    with pytest.raises(TypeError, match=f'^loader_train: must give batches, .* {words}'):
        play(*small(), batches)


def test_whole_numbers_of_numpy():
    D, G = small()
    images = play(D, G, loader(), show_every=np.int64(3), num_epochs=np.int64(1), noise_size=np.int64(3))
    assert len(images) == 1
    assert torch.equal(gan.sample_noise(np.int64(3), np.int32(5), seed=np.int64(1)), gan.sample_noise(3, 5, seed=1))
    assert gan.Unflatten(np.int64(-1), np.int64(1))(torch.zeros(2, 49)).shape == (2, 1, 7, 7)


@pytest.mark.parametrize('half', [torch.float16, torch.bfloat16])
def test_losses_of_halves_are_those_of_float64_rounded_once(half):
    scores = torch.linspace(-340, 340, 4096).to(half)[:, None]  # half of their squares do not fit into float16
    for loss, count in ((gan.discriminator_loss, 2), (gan.generator_loss, 1), (gan.ls_discriminator_loss, 2),
                        (gan.ls_generator_loss, 1)):
        inputs = [scores, scores / 2][:count]
        found, want = loss(*inputs), loss(*(s.double() for s in inputs))
        assert found.dtype == half
        torch.testing.assert_close(found.double(), want, rtol=2 * torch.finfo(half).eps, atol=0)


def test_a_failing_generator_keeps_its_mode():
    D, G = small()
    with pytest.raises(RuntimeError, match='shapes cannot be multiplied'):
        play(D, G, loader(), noise_size=9)
    assert G.training


def test_bce_of_two_shapes_is_refused():
    with pytest.raises(ValueError, match=r'target must have the shape of input, \(2, 1\), got \(2,\)'):
        gan.bce_loss(torch.zeros(2, 1), torch.zeros(2))


def test_a_vanilla_gan_learns_a_picture():
    torch.manual_seed(0)
    D, G = gan.discriminator(seed=1), gan.generator(8, seed=2)
    picture = torch.zeros(16, 1, 28, 28)
    picture[:, :, 6:22, 10:18] = 1
    images = play(D, G, [(picture, None)] * 100, (gan.get_optimizer(D), gan.get_optimizer(G)), noise_size=8,
                  num_epochs=1, show_every=99)
    error = [np.abs((image + 1) / 2 - picture[0].reshape(784).numpy()).mean() for image in images]
    assert error[-1] < 0.25 * error[0]


# ---- tools ----


def test_chunk_sampler():
    sampler = gan.ChunkSampler(4, 3)
    assert list(sampler) == [3, 4, 5, 6] == list(sampler) and len(sampler) == 4


def test_flatten_and_unflatten():
    x = torch.arange(2 * 3 * 5.0).reshape(2, 3, 5)
    assert gan.Flatten()(x).shape == (2, 15)
    assert gan.Unflatten(-1, 5, 3, 1)(gan.Flatten()(x)).shape == (2, 5, 3, 1)
    assert gan.Unflatten()(torch.zeros(3, 128 * 49)).shape == (3, 128, 7, 7)
    assert torch.equal(gan.Unflatten(2, 3, 5, 1)(x)[..., 0], x)


def test_initialize_weights_is_xavier_for_linear_and_transposed_layers():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 60), nn.Conv2d(2, 3, 3), nn.ConvTranspose2d(7, 5, 4))
    before = copy.deepcopy(model.state_dict())
    model.apply(gan.initialize_weights)
    bound = (6 / (40 + 60)) ** 0.5
    assert 0.95 * bound < model[0].weight.abs().max() <= bound
    bound = (6 / (16 * (7 + 5))) ** 0.5
    assert 0.95 * bound < model[2].weight.abs().max() <= bound
    assert torch.equal(model[1].weight, before['1.weight']) and torch.equal(model[0].bias, before['0.bias'])


def test_scaling_of_pictures():
    x = torch.linspace(0, 1, 5)
    assert gan.preprocess_img(x).tolist() == [-1, -0.5, 0, 0.5, 1]
    assert torch.equal(gan.deprocess_img(gan.preprocess_img(x)), x)


def test_rel_error():
    assert gan.rel_error(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == pytest.approx(1 / 3)
    assert gan.rel_error(np.zeros(2), np.zeros(2)) == 0
