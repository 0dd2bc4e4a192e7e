"""Checks of the notebook GANs: points, inputs, and what each known mistake is told."""

import numpy as np

from .core import Check
from .inputs import cases, draw
from .running import Malformed, unpack

MODULE = dict(notebook='GANs', module='cs231n.gan_pytorch')
LEAKY = 'LeakyReLU(0.01)'

NOISE_HINTS = {
    'zero_to_one': 'the noise lies between 0 and 1: torch.rand does that; scale it to between -1 and 1.',
    'normal': 'the noise is normally distributed, as from torch.randn: it is to be uniform between -1 and 1.',
    'half': 'the noise lies between -0.5 and 0.5: it is to lie between -1 and 1.',
    'twice': 'the noise lies between -2 and 2: it is to lie between -1 and 1.',
    'shape_swapped': 'the shape is (dim, batch_size): one row for each picture, (batch_size, dim).',
    'one_row': 'all rows are the same: draw batch_size rows, or every picture will be the same.',
    'whole_numbers': 'the noise consists of whole numbers: draw real numbers between -1 and 1.',
    'seed_fixed': 'every call gives the same noise: set no seed inside of the function.',
}
ENTROPY_HINTS = {
    'sigmoid_first': 'the sigmoid is applied twice: the loss takes logits and has the sigmoid in it.',
    'summed': 'the loss is summed over the minibatch: average it.',
    'unstable': 'log(sigmoid(s)) is log(0) for large scores: use F.logsigmoid, or max(s, 0) - s y + log(1 +'
                ' exp(-|s|)).',
    'clamped': 'the gradient vanishes for large scores: F.binary_cross_entropy clamps the log; use the form'
               ' with logits.',
    'sign': 'the sign is wrong: the loss is the negative log-likelihood.',
    'detached': 'the value is right but has no gradient: .item(), .data and .detach() cut the loss off.',
}
BCE_HINTS = {
    **ENTROPY_HINTS,
    'labels_flipped': 'the labels are flipped: y goes with log σ(s), 1 - y with log(1 - σ(s)).',
    'first_term_only': 'the term of the label 0 is missing: add -(1 - y) log(1 - σ(s)).',
}
DISCRIMINATOR_LOSS_HINTS = {
    **ENTROPY_HINTS,
    'labels_swapped': 'the labels are swapped: real pictures have 1, fakes 0.',
    'fake_as_real': 'the fakes have the label 1: that is the wish of the generator; here it is 0.',
    'real_only': 'the fakes are left out: add their loss with the label 0.',
    'fake_only': 'the real pictures are left out: add their loss with the label 1.',
    'halved': 'the loss is halved: add the means of the two kinds, each weighs 1.',
    'subtracted': 'the loss of the fakes is subtracted: add it.',
}
GENERATOR_LOSS_HINTS = {
    **ENTROPY_HINTS,
    'labels_swapped': 'the labels are swapped: the generator wants its fakes to have the label 1.',
    'minimax': 'this is E log(1 - D), whose gradient vanishes while D is sure: minimise -E log D.',
}
SQUARE_HINTS = {
    'summed': 'the squares are summed over the minibatch: average them.',
    'sigmoid_first': 'a sigmoid is applied first: in a least-squares GAN the score itself is D.',
    'cross_entropy': 'this is cross-entropy: in a least-squares GAN it is the mean of squares.',
    'absolute': 'this is the mean of absolute values: square the difference from the target.',
    'detached': ENTROPY_HINTS['detached'],
}
LS_DISCRIMINATOR_HINTS = {
    **SQUARE_HINTS,
    'halves_left_out': 'the halves are left out: 1/2 of each of the two means.',
    'half_of_real_only': 'the half of the second term is left out: 1/2 of each of the two means.',
    'half_of_fake_only': 'the half of the first term is left out: 1/2 of each of the two means.',
    'labels_swapped': 'the targets are swapped: real pictures go to 1, fakes to 0.',
    'fakes_to_minus_one': 'the fakes go to -1: their target is 0.',
    'real_only': 'the fakes are left out: add half the mean of their squares.',
    'fake_only': 'the real pictures are left out: add half the mean of (score - 1)².',
}
LS_GENERATOR_HINTS = {
    **SQUARE_HINTS,
    'half_left_out': 'the half is left out: 1/2 of the mean.',
    'target_zero': 'the target is 0: the generator wants its fakes to score 1.',
}
OPTIMIZER_HINTS = {
    'default_betas': 'the betas are those that Adam has by default: give it betas=(0.5, 0.999).',
    'betas_swapped': 'the betas are swapped: beta1 = 0.5, beta2 = 0.999.',
    'beta2_missing': 'beta2 is 0.9: betas=(0.5, 0.999).',
    'lr_1e_2': 'the learning rate is 1e-2: it is to be 1e-3.',
    'lr_1e_4': 'the learning rate is 1e-4: it is to be 1e-3.',
    'lr_2e_4': 'the learning rate is 2e-4: it is to be 1e-3.',
    'sgd': 'this is plain gradient descent: use torch.optim.Adam.',
}
LEAKY_HINTS = {
    'relu': f'the activations are ReLU: a discriminator has {LEAKY}, so that gradients reach G everywhere.',
    'slope_02': f'the slope of the leaky ReLU is 0.2: it is to be {LEAKY}.',
    'slope_01': f'the slope of the leaky ReLU is 0.1: it is to be {LEAKY}.',
    'tanh_hidden': f'tanh in the hidden layers: use {LEAKY}.',
    'no_activations': f'there is no activation at all: {LEAKY} after each layer but the last.',
    'no_activation_1': f'the activation after the first layer is missing: {LEAKY}.',
    'no_activation_2': f'the activation after the second layer is missing: {LEAKY}.',
    'sigmoid_last': 'a sigmoid ends the network: return the logits, the loss has the sigmoid in it.',
    'tanh_last': 'a tanh ends the network: return the scores as they are.',
    'activation_last': 'an activation ends the network: return the scores of the last layer as they are.',
}
RELU_HINTS = {
    'leaky': 'the activations are leaky: the generator has plain ReLU in its hidden layers.',
    'tanh_hidden': 'tanh in the hidden layers: use ReLU there, tanh only at the end.',
    'no_activations': 'the hidden layers have no activation: ReLU after each layer but the last.',
    'no_activation_1': 'the activation after the first layer is missing: ReLU.',
    'no_activation_2': 'the activation after the second layer is missing: ReLU.',
    'no_tanh': 'the tanh at the end is missing: pictures lie between -1 and 1.',
    'sigmoid_last': 'a sigmoid ends the network: tanh, since pictures lie between -1 and 1.',
    'relu_last': 'a ReLU ends the network: tanh, since pictures lie between -1 and 1.',
}


# ---- inputs ----


def _scores(seed, N):
    return draw(seed, 2, scores_fake=(N, 1))


def _two_scores(seed, N):
    return draw(seed, 2, scores_real=(N, 1), scores_fake=(N, 1))


def _logit_cases(*names):
    """Logits as they come, then some so large that a careless sigmoid is 0 or 1."""
    def make():
        large = np.array([[-900.0], [-50.0], [1.5], [50.0], [900.0]])
        return [draw(1, 2, **{name: (7, 1) for name in names}),
                {name: large * (-1) ** k for k, name in enumerate(names)}]
    return make


def _bce_cases():
    labels = np.array([[1.0], [0], [0], [1], [1]])
    moderate = {**draw(3, 2, input=(5, 1)), 'target': labels}
    return [moderate, {'input': np.array([[900.0], [-900], [50], [-50], [2]]), 'target': labels}]


def _pictures(seed, N):
    return {'x': np.random.RandomState(seed).uniform(-1, 1, (N, 784))}


def _noise(seed, N, noise_dim):
    return {'x': np.random.RandomState(seed).uniform(-1, 1, (N, noise_dim))}


def _steps():
    return [draw(1, start=(2, 3), gradients=(4, 2, 3))]


# ---- calls ----


def _call_noise(check, function, case):
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from .gan_slips import noise_facts

    def draw_noise():
        noise, = unpack(function(case['batch_size'], case['dim']), ['noise'])
        if not torch.is_tensor(noise):
            raise Malformed(f'it returns a {type(noise).__name__}, expected a tensor')
        return noise.detach().cpu().numpy()

    with torch.random.fork_rng(devices=[]):
        return list(noise_facts(draw_noise))


def _call_loss(check, function, case):
    """The loss and its gradient for each input that is to have one."""
    import torch
    tensors = [torch.tensor(value, requires_grad=name != 'target') for name, value in case.items()]
    loss, = unpack(function(*tensors), ['loss'])
    leaves = [tensor for tensor in tensors if tensor.requires_grad]
    if not torch.is_tensor(loss):
        return [loss, *(None for _ in leaves)]
    if loss.numel() != 1:
        raise Malformed(f'the loss has the shape {tuple(loss.shape)}: average it over the minibatch')
    if not loss.requires_grad:
        return [loss, *(None for _ in leaves)]
    return [loss, *torch.autograd.grad(loss.sum(), leaves, allow_unused=True, materialize_grads=True)]


def _call_optimizer(check, function, case):
    import torch
    model = torch.nn.Module()
    model.weight = torch.nn.Parameter(torch.tensor(case['start']))
    solver, = unpack(function(model), ['optimizer'])
    if not hasattr(solver, 'step'):
        raise Malformed(f'it returns a {type(solver).__name__}, expected an optimizer of torch.optim')
    for gradient in case['gradients']:
        model.weight.grad = torch.tensor(gradient)
        solver.step()
    return [(model.weight.detach().numpy() - case['start']) / 1e-3]


def _call_network(check, function, case):
    """The output of the student's network with known parameters in it."""
    import torch

    from .gan_slips import weights
    is_generator = 'generator' in check.name
    N, D = case['x'].shape
    with torch.random.fork_rng(devices=[]):
        model, = unpack(function(*_arguments(check.name, N, D)), ['model'])
    if not isinstance(model, torch.nn.Module):
        raise Malformed(f'it returns a {type(model).__name__}, expected a torch.nn.Module')
    wanted = weights(check.name, *[D] * is_generator)
    _compare_shapes(model, wanted)
    model = model.double().train()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), wanted):
            parameter.copy_(value)
        out = _run(model, torch.from_numpy(case['x']), is_generator)
    size = out.numel() // N
    if size != (784 if is_generator else 1):
        raise Malformed(f'the network makes {size} numbers of each input, expected'
                        f' {784 if is_generator else 1}')
    return [_told_by_layers(check, case, model, out.reshape(N, -1).numpy())]


def _arguments(name, N, D):
    return {'discriminator': (), 'build_dc_classifier': (N,)}.get(name, (D,))


def _run(model, x, is_generator):
    """model(x), with pictures as (N, 1, 28, 28), or flat if it will not take them so."""
    if is_generator:
        return model(x)
    try:
        return model(x.reshape(-1, 1, 28, 28))
    except RuntimeError:
        return model(x)


def _compare_shapes(model, wanted):
    """Names the first parameter that is not as it should be."""
    named = list(model.named_parameters())
    for k, value in enumerate(wanted):
        if k == len(named):
            raise Malformed(f'the network has {k} parameters, expected {len(wanted)}: one with the shape'
                            f' {tuple(value.shape)} should come next')
        name, parameter = named[k]
        if parameter.shape != value.shape:
            owner = model.get_submodule(name.rpartition('.')[0])
            raise Malformed(f'parameter {k + 1}, {name}, has the shape {tuple(parameter.shape)}, expected'
                            f' {tuple(value.shape)}: it belongs to {owner}')
    if len(named) > len(wanted):
        raise Malformed(f'the network has {len(named)} parameters, expected {len(wanted)}: the first one too'
                        f' many is {named[len(wanted)][0]}')


def _told_by_layers(check, case, model, out):
    """out itself; but if it is no known answer and a layer is not as it should be, names the layer."""
    from . import gan_oracles, gan_slips
    known = [getattr(gan_oracles, check.name)(**case)[0]]
    known += [getattr(gan_slips, check.name)(key, **case)[0] for key in check.hints]
    if any(np.allclose(out, one, 1e-5, 1e-5) for one in known):
        return out
    reshaping = ('Flatten', 'Unflatten', 'Identity', 'Sequential')
    listed = lambda modules: [str(m) for m in modules if type(m).__name__ not in reshaping
                              and not list(m.children())]
    right = listed(gan_oracles.layers(check.name, case['x'].shape[1]))
    got = listed(model.modules())
    for k, (one, other) in enumerate(zip([*got, 'nothing'], [*right, 'nothing']), start=1):
        if one != other:
            raise Malformed(f'layer {k}, reshaping not counted, is {one}; expected {other}')
    return out


def _network(name, points, cases, hints, letters):
    return Check(name, **MODULE, points=points, cases=cases, outputs={'out': letters}, hints=hints,
                 call=_call_network, seconds=30)


CHECKS = (
    Check(
        'sample_noise', **MODULE, points=1, cases=lambda: [{'batch_size': 30, 'dim': 2000}],
        outputs={'shape': 'K', 'lowest': '', 'highest': '', 'spread': '', 'distinct': '', 'fresh': ''},
        hints=NOISE_HINTS, call=_call_noise),
    _network('discriminator', 2, cases(_pictures, (5,), (3,)), LEAKY_HINTS, 'N K'),
    _network('generator', 2, cases(_noise, (5, 7), (3, 96)), RELU_HINTS, 'N P'),
    Check('bce_loss', **MODULE, points=2, cases=_bce_cases, outputs={'loss': '', 'dinput': 'N K'},
          hints=BCE_HINTS, call=_call_loss),
    Check('discriminator_loss', **MODULE, points=2, cases=_logit_cases('logits_real', 'logits_fake'),
          outputs={'loss': '', 'dlogits_real': 'N K', 'dlogits_fake': 'N K'},
          hints=DISCRIMINATOR_LOSS_HINTS, call=_call_loss, needs=('bce_loss',)),
    Check('generator_loss', **MODULE, points=2, cases=_logit_cases('logits_fake'),
          outputs={'loss': '', 'dlogits_fake': 'N K'}, hints=GENERATOR_LOSS_HINTS, call=_call_loss,
          needs=('bce_loss',)),
    Check('get_optimizer', **MODULE, points=1, cases=_steps, outputs={'moves': 'M D'},
          hints=OPTIMIZER_HINTS, call=_call_optimizer),
    Check('ls_discriminator_loss', **MODULE, points=2, cases=cases(_two_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_real': 'N K', 'dscores_fake': 'N K'},
          hints=LS_DISCRIMINATOR_HINTS, call=_call_loss),
    Check('ls_generator_loss', **MODULE, points=2, cases=cases(_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_fake': 'N K'}, hints=LS_GENERATOR_HINTS, call=_call_loss),
    _network('build_dc_classifier', 3, cases(_pictures, (5,), (3,)), {
        **LEAKY_HINTS,
        'no_activation_3': f'the activation after the first linear layer is missing: {LEAKY}.',
        'average_pool': 'the pooling takes the average: use MaxPool2d.',
    }, 'N K'),
    _network('build_dc_generator', 3, cases(_noise, (5, 7), (3, 96)), {
        **RELU_HINTS,
        'no_activation_3': 'the activation after the first transposed convolution is missing: ReLU.',
        'norm_before_relu': 'batch normalization comes before ReLU: here it comes after, ReLU first.',
    }, 'N P'),
)
