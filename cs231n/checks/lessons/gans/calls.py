"""How the functions of the GANs are called, and what is compared."""

import re
import traceback
from collections import Counter

import numpy as np

from cs231n.checks.engine.answers import answers, layers
from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import ROUGH, agree
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.reasons import place

SHAPE_ERROR = re.compile(  # what PyTorch says of shapes, not what any other error may say
    'shapes cannot be multiplied|is invalid for input of size|must match the size of tensor|Expected [234]D|'
    'expected [234]D|to have [0-9]+ channels|running_mean should contain|[Cc]alculated (padded )?input size|'
    'Output size is too small|Expected size for first two dimensions|must match the existing size')


# ---- calls ----


def call_noise(check, function, case):
    """Return facts about the noise, in the order of the outputs."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from cs231n.checks.lessons.gans.noise import noise_facts

    def draw_noise():
        noise, = unpack(function(case['batch_size'], case['dim']), ['noise'])
        if not torch.is_tensor(noise):
            raise Malformed(f'it returns a {type(noise).__name__}, expected a tensor')
        if noise.is_floating_point() and noise.dtype != torch.get_default_dtype():
            raise Malformed(f'the noise is {noise.dtype}, and a network does not take it: its weights are'
                            f' {torch.get_default_dtype()}')
        if noise.dtype == torch.bool or noise.is_complex():
            raise Malformed(f'the noise is {noise.dtype}, expected {torch.get_default_dtype()}')
        if not noise.numel():
            raise Malformed(_about_noise(noise.shape, case))
        return noise.detach().cpu().numpy()

    with torch.random.fork_rng(devices=[]):
        facts = [np.asarray(fact) for fact in noise_facts(draw_noise)]
    known = [outputs for by_key in answers(check) for outputs in by_key.values()]
    if not any(all(agree(got, want, ROUGH, ROUGH) for got, want in zip(facts, outputs)) for outputs in known):
        shape, *others = facts
        raise Malformed(_about_noise(shape.tolist(), case, **dict(zip(list(check.outputs)[1:], others))))
    return facts


def _about_noise(shape, case, spread=0.0, distinct=1, fresh=1, **facts):
    """Return what is wrong with noise that no known mistake explains."""
    right = case['batch_size'], case['dim']
    if tuple(shape) != right:
        return f'the shape is {tuple(shape)}, expected (batch_size, dim) = {right}'
    if not np.isfinite(spread):
        return 'not all of the numbers are finite'
    if not fresh:
        return 'every call gives the same noise'
    if not facts['rows differ']:
        return 'all rows are the same'
    return 'the noise is not uniform between -1 and 1' if distinct else 'at most half of the numbers are distinct'


def call_loss(check, function, case):
    """Return the loss and its gradient for each input that is to have one."""
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


def call_optimizer(check, function, case):
    """Return how far known gradients move a parameter, in units of the right learning rate."""
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


def call_network(check, function, case):
    """Return the output of the student's network with known parameters in it."""
    import torch
    from torch.nn.parameter import is_lazy

    from cs231n.checks.lessons.gans.weights import in_order, weights
    takes_noise = check.network == 'noise'
    N, D = case['x'].shape
    with torch.random.fork_rng(devices=[]):
        model, = unpack(function(*[D] * takes_noise), ['model'])  # called as the notebook does
    if not isinstance(model, torch.nn.Module):
        raise Malformed(f'it returns a {type(model).__name__}, expected a torch.nn.Module')
    lazy = next((name for name, value in model.named_parameters() if is_lazy(value)), None)
    if lazy:
        raise Malformed(f'{lazy} has no shape before the first input: write nn.Linear with both sizes, or nn.Conv2d'
                        ' with both numbers of channels, since the notebook sets the weights before')
    wanted = weights(check.name, *[D] * takes_noise)
    _compare_shapes(dict(model.named_parameters()), wanted)
    model, x = model.double().train(), torch.from_numpy(case['x'])
    with torch.no_grad():
        for parameter, value in zip(in_order(model, wanted), wanted, strict=True):
            parameter.copy_(value)
        try:
            out = _run(model, x, takes_noise)
        except Exception as error:
            _explain(error)
            _compare_layers(check, model, x, wanted)
            if not SHAPE_ERROR.search(str(error)):
                raise
            raise Malformed('the layers have the right parameters, but the shapes do not fit: '
                            f'{" ".join(str(error).split())}{_place(error)}') from error
        if out is None:
            raise Malformed('forward returns None: is the return statement missing?')
        if not torch.is_tensor(out):
            raise Malformed(f'forward returns a {type(out).__name__}, expected a tensor')
        size, right = out.numel(), 784 if takes_noise else 1
        if size != N * right:
            _compare_layers(check, model, x, wanted)
            raise Malformed(f'the network makes {size // N} numbers of each input, expected {right}'
                            if size and size % N == 0 else f'forward returns {"one number" if size == 1 else size}'
                            f' for all {N} inputs, expected {right} for each')
        known = [outputs[0] for by_key in answers(check) for outputs in by_key.values()]
        if not any(_agree(out, one) for one in known):
            _compare_layers(check, model, x, wanted)
    return [out.detach().reshape(N, -1).numpy()]


def _agree(out, wants):
    return out.numel() == wants.size and agree(out.detach().reshape(wants.shape).numpy(), wants, ROUGH, ROUGH)


def _run(model, x, takes_noise):
    """model(x) in float64, or in float32, as in the notebook, if it will not run in that."""
    try:
        return _on_pictures(model.double(), x, takes_noise)
    except Exception:
        return _on_pictures(model.float(), x.float(), takes_noise)


def _on_pictures(model, x, takes_noise):
    """model(x), with pictures as (N, 1, 28, 28), or flat if it will not take them so."""
    if takes_noise:
        return model(x.clone())
    try:
        return model(x.clone().reshape(-1, 1, 28, 28))
    except Exception as error:
        try:
            return model(x.clone())
        except Exception:
            raise error from None


def _explain(error):
    """Raise Malformed if forward failed for a reason that is better told in other words."""
    if isinstance(error, NotImplementedError) and 'missing the required "forward"' in str(error):
        raise Malformed(f'{error}{_place(error)}') from error  # it would be taken for a task yet to be done
    for frame, _ in traceback.walk_tb(error.__traceback__):
        layer = frame.f_locals.get('self')
        if type(layer).__name__ == 'Unflatten' and getattr(layer, 'N', -1) != -1:
            raise Malformed('Unflatten has a fixed batch size, or None: the notebook gives none, and the last batch of'
                            ' an epoch is smaller; Unflatten(-1, ...) takes any') from error


def _place(error):
    return place(traceback.extract_tb(error.__traceback__))


def _compare_shapes(named, wanted):
    """Names the parameters with a shape that no layer has, and the shapes that are missing or too many."""
    got, right = Counter(tuple(one.shape) for one in named.values()), Counter(tuple(one.shape) for one in wanted)
    strange = [(name, tuple(one.shape)) for name, one in named.items() if tuple(one.shape) not in right]
    missing = list((right - got).elements())
    more = [shape for shape in (got - right).elements() if shape in right]
    if len(strange) == len(missing) == 1 and not more:
        raise Malformed(f'{strange[0][0]} has the shape {strange[0][1]}, expected one with {missing[0]}')
    said = [f'{_listed([f"{name} {shape}" for name, shape in strange])} fit{"s" * (len(strange) == 1)} no layer'
            ] if strange else []
    for shapes, one, several in ((missing, 'a parameter with the shape {} is missing', 'parameters with the shapes {}'
                                  ' are missing'), (
            more, 'a parameter with the shape {} is too many', 'parameters with the shapes {} are too many')):
        if shapes:
            said.append((one if len(shapes) == 1 else several).format(_listed(shapes)))
    if said:
        raise Malformed('; '.join(said))


def _listed(things):
    """Return the first few of the things, separated by commas."""
    more = f' and {len(things) - 4} more' if len(things) > 5 else ''
    return ', '.join(map(str, things[:4] if more else things)) + more


def _compare_layers(check, model, x, wanted):
    """Names the layers that are to blame, if that is certain: with the right ones there the output is right."""
    from cs231n.checks.lessons.gans.culprits import culprits, modules

    wants = next(outputs['right'][0] for case, outputs in zip(check.cases(), answers(check))
                 if case['x'].shape == tuple(x.shape))

    def is_right(network):
        try:
            return _agree(_run(network, x, check.network == 'noise'), wants)
        except Exception:  # whatever a student's layer may raise, or return
            return False

    found = culprits(model, modules(layers(check, x.shape[1]), wanted), is_right)
    if found:
        first, got, right = found
        count = len(got or right)
        title = f'layer {first}' if count == 1 else f'layers {first} to {first + count - 1}'
        got, right = (' '.join(', '.join(map(str, some)).split()) for some in (got, right))
        raise Malformed(f'{title}, reshaping not counted, {"is" if count == 1 else "are"} {got or "missing"}; expected'
                        f' {right or "nothing"}')
