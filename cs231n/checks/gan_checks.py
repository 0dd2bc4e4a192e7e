"""Checks of the notebook GANs: points, inputs, and what each known mistake is told."""

import numpy as np

from .answers import answers, layers
from .compare import agree
from .core import Check
from .inputs import cases, draw
from .running import Malformed, unpack

MODULE = dict(notebook='GANs', module='cs231n.gan_pytorch')



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
    return [draw(1, start=(2, 2), gradients=(4, 2, 2))]  # so that no learning rate is M or D times the right one


# ---- calls ----


def _call_noise(check, function, case):
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from .gan_rig import noise_facts

    def draw_noise():
        noise, = unpack(function(case['batch_size'], case['dim']), ['noise'])
        if not torch.is_tensor(noise):
            raise Malformed(f'it returns a {type(noise).__name__}, expected a tensor')
        if noise.is_floating_point() and noise.dtype != torch.get_default_dtype():
            raise Malformed(f'the noise is {noise.dtype}, and a network does not take it: its weights are'
                            f' {torch.get_default_dtype()}')
        return noise.detach().cpu().numpy()

    with torch.random.fork_rng(devices=[]):
        return list(noise_facts(draw_noise))


def _call_loss(check, function, case):
    """The loss and its gradient for each input that is to have one."""
    import torch
    tensors = [torch.tensor(value, requires_grad=name != 'target') for name, value in case.items()]
    loss, = unpack(function(*tensors), ['loss'])
    leaves = [tensor for tensor in tensors if tensor.requires_grad]
    if isinstance(loss, (list, tuple)):
        raise Malformed(f'it returns a {type(loss).__name__}, expected a tensor')
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
    from torch.nn.parameter import is_lazy

    from .gan_rig import in_order, weights
    is_generator = 'generator' in check.name
    N, D = case['x'].shape
    with torch.random.fork_rng(devices=[]):
        model, = unpack(function(*[D] * is_generator), ['model'])  # called as the notebook does
    if not isinstance(model, torch.nn.Module):
        raise Malformed(f'it returns a {type(model).__name__}, expected a torch.nn.Module')
    if any(type(layer).__name__ == 'Unflatten' and getattr(layer, 'N', -1) != -1 for layer in model.modules()):
        raise Malformed('Unflatten has a fixed batch size, or None: the notebook gives none, and the last batch of an'
                        ' epoch is smaller; Unflatten(-1, ...) takes any')
    lazy = next((name for name, value in model.named_parameters() if is_lazy(value)), None)
    if lazy:
        raise Malformed(f'{lazy} has no shape before the first input: write nn.Linear with both sizes, or nn.Conv2d'
                        ' with both numbers of channels, since the notebook sets the weights before')
    wanted = weights(check.name, *[D] * is_generator)
    named = in_order(model, wanted)
    _compare_shapes(model, named, wanted)
    model, x = model.double().train(), torch.from_numpy(case['x'])
    with torch.no_grad():
        for (_, parameter), value in zip(named, wanted):
            parameter.copy_(value)
        try:
            out = _run(model, x.clone(), is_generator)
        except (RuntimeError, ValueError) as error:
            _compare_layers(check, model, x, wanted)
            raise Malformed(f'the layers have the right parameters, but the shapes do not fit: {error}') from error
    size = out.numel() // N
    if size != (784 if is_generator else 1):
        _compare_layers(check, model, x, wanted)
        raise Malformed(f'the network makes {size} numbers of each input, expected'
                        f' {784 if is_generator else 1}')
    out = out.reshape(N, -1).numpy()
    known = [outputs[0] for by_key in answers(check) for outputs in by_key.values()]
    if not any(agree(out, one, 1e-5, 1e-5) for one in known):
        _compare_layers(check, model, x, wanted)
    return [out]


def _run(model, x, is_generator):
    """model(x), with pictures as (N, 1, 28, 28), or flat if it will not take them so."""
    if is_generator:
        return model(x)
    try:
        return model(x.reshape(-1, 1, 28, 28))
    except RuntimeError:
        return model(x)


def _compare_shapes(model, named, wanted):
    """Names the first parameter that is not as it should be."""
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


def _compare_layers(check, model, x, wanted):
    """Names the layers that are to blame, if that is certain: with the right ones there the output is right."""
    from .gan_rig import culprits, modules

    wants = next(outputs['right'][0] for case, outputs in zip(check.cases(), answers(check))
                 if case['x'].shape == tuple(x.shape))

    def is_right(network):
        try:
            out = _run(network, x.clone(), 'generator' in check.name)
        except (RuntimeError, ValueError):
            return False
        return out.numel() == wants.size and agree(out.detach().reshape(wants.shape).numpy(), wants, 1e-5, 1e-5)

    found = culprits(model, modules(layers(check, x.shape[1]), wanted), is_right)
    if found:
        first, got, right = found
        one = max(len(got), len(right)) == 1
        title = f'layer {first}' if one or not got else f'layers {first} to {first + len(got) - 1}'
        got, right = (' '.join(', '.join(map(str, some)).split()) for some in (got, right))
        raise Malformed(f'{title}, reshaping not counted, {"is" if one else "are"} {got or "missing"}; expected'
                        f' {right or "nothing"}')


def _network(name, points, cases, letters):
    return Check(name, **MODULE, points=points, cases=cases, outputs={'out': letters}, call=_call_network, seconds=30)


CHECKS = (
    Check(
        'sample_noise', **MODULE, points=1, cases=lambda: [{'batch_size': 500, 'dim': 2000}],
        outputs={'shape': 'K', 'lowest': '', 'highest': '', 'spread': '', 'distinct': '', 'fresh': '',
                 'rows differ': '', 'uniform': ''},
        call=_call_noise),
    _network('discriminator', 2, cases(_pictures, (5,), (3,)), 'N K'),
    _network('generator', 2, cases(_noise, (5, 7), (3, 96)), 'N P'),
    Check('bce_loss', **MODULE, points=2, cases=_bce_cases, outputs={'loss': '', 'dinput': 'N K'},
          call=_call_loss),
    Check('discriminator_loss', **MODULE, points=2, cases=_logit_cases('logits_real', 'logits_fake'),
          outputs={'loss': '', 'dlogits_real': 'N K', 'dlogits_fake': 'N K'},
          call=_call_loss, needs=('bce_loss',)),
    Check('generator_loss', **MODULE, points=2, cases=_logit_cases('logits_fake'),
          outputs={'loss': '', 'dlogits_fake': 'N K'}, call=_call_loss,
          needs=('bce_loss',)),
    Check('get_optimizer', **MODULE, points=1, cases=_steps, outputs={'moves': 'M D'},
          call=_call_optimizer),
    Check('ls_discriminator_loss', **MODULE, points=2, cases=cases(_two_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_real': 'N K', 'dscores_fake': 'N K'},
          call=_call_loss),
    Check('ls_generator_loss', **MODULE, points=2, cases=cases(_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_fake': 'N K'}, call=_call_loss),
    _network('build_dc_classifier', 3, cases(_pictures, (5,), (3,)), 'N K'),
    _network('build_dc_generator', 3, cases(_noise, (5, 7), (3, 96)), 'N P'),
)
