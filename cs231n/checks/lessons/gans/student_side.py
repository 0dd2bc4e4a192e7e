"""What runs beside the student's networks and losses: plain arrays in, plain arrays out."""

import re
import traceback

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.reasons import place, reason

SHAPE_ERROR = re.compile(  # what PyTorch says of shapes, not what any other error may say
    'shapes cannot be multiplied|is invalid for input of size|must match the size of tensor|Expected [234]D|'
    'expected [234]D|to have [0-9]+ channels|running_mean should contain|[Cc]alculated (padded )?input size|'
    'Output size is too small|Expected size for first two dimensions|must match the existing size')
_built = {}  # the network that was built last, and its layers: they are asked of one after the other


def noise(function, find, case):
    """Two draws of noise, as they come."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    def draw():
        noise, = unpack(function(case['batch_size'], case['dim']), ['noise'])
        if not torch.is_tensor(noise):
            raise Malformed(f'it returns a {type(noise).__name__}, expected a tensor')
        if noise.is_floating_point() and noise.dtype != torch.get_default_dtype():
            raise Malformed(f'the noise is {noise.dtype}, and a network does not take it: its weights are'
                            f' {torch.get_default_dtype()}')
        if noise.dtype == torch.bool or noise.is_complex():
            raise Malformed(f'the noise is {noise.dtype}, expected {torch.get_default_dtype()}')
        return as_array(noise)

    with torch.random.fork_rng(devices=[]):
        return [draw(), draw()]


def loss_and_gradients(function, find, case):
    """Return the loss and its gradient for each input that is to have one."""
    import torch
    tensors = [torch.tensor(value, requires_grad=name != 'target') for name, value in case.items()]
    loss, = unpack(function(*tensors), ['loss'])
    leaves = [tensor for tensor in tensors if tensor.requires_grad]
    if isinstance(loss, (list, tuple)):
        raise Malformed(f'it returns a {type(loss).__name__}, expected a tensor')
    if torch.is_tensor(loss) and loss.numel() != 1:
        raise Malformed(f'the loss has the shape {tuple(loss.shape)}: average it over the minibatch')
    if not torch.is_tensor(loss) or not loss.requires_grad:
        return [as_array(value) for value in (loss, *(None for _ in leaves))]
    slopes = torch.autograd.grad(loss.sum(), leaves, allow_unused=True, materialize_grads=True)
    return [as_array(value) for value in (loss, *slopes)]


def moved(function, find, case):
    """How far the optimizer takes a weight, in units of the right learning rate."""
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


# ---- a network: built, then asked for its parameters, its output, its layers ----


def parameters(function, find, case, takes_noise):
    """Build the network; return [name, shape] for each parameter, and for each layer the numbers of its own."""
    import torch
    from torch.nn.parameter import is_lazy

    with torch.random.fork_rng(devices=[]):
        model, = unpack(function(*[case['x'].shape[1]] * takes_noise), ['model'])  # called as the notebook does
    if not isinstance(model, torch.nn.Module):
        raise Malformed(f'it returns a {type(model).__name__}, expected a torch.nn.Module')
    named = list(model.named_parameters())
    lazy = next((name for name, value in named if is_lazy(value)), None)
    if lazy:
        raise Malformed(f'{lazy} has no shape before the first input: write nn.Linear with both sizes, or nn.Conv2d'
                        ' with both numbers of channels, since the notebook sets the weights before')
    _built.update(model=model.double().train(), layers=_chain(model))
    number = {id(value): k for k, (_, value) in enumerate(model.named_parameters())}
    own = [[number[id(value)] for value in layer.parameters(recurse=False)] for layer in model.modules()]
    return [[name, list(value.shape)] for name, value in named], [some for some in own if some]


def parameter(seed, shape):
    """Return a known parameter of a layer: drawn here, as millions are slow to send.

    It is so large that the layer shows, and from a stream with which the output of a discriminator is mostly negative,
    so that LeakyReLU shows on it, too.
    """
    fan_in = np.prod(shape[1:]) if len(shape) > 1 else 4
    return np.random.RandomState((11, seed)).uniform(-1, 1, shape) * 1.5 * np.sqrt(3 / fan_in)


def output(function, find, case, takes_noise, seeds):
    """Return the output of the network with known parameters: [array], or [reason, whether it is about shapes]."""
    import torch

    model, x = _built['model'].double(), torch.from_numpy(case['x'])
    with torch.no_grad():
        for own, seed in zip(model.parameters(), seeds, strict=True):
            own.copy_(torch.from_numpy(parameter(seed, tuple(own.shape))))
        try:
            out = run(model, x, takes_noise)
        except Exception as error:
            _explain(error)
            text = ' '.join(str(error).split())
            return ([f'{text}{_place(error)}', True] if SHAPE_ERROR.search(text[:2000]) else [reason(error), False])
    if out is None:
        raise Malformed('forward returns None: is the return statement missing?')
    if not torch.is_tensor(out):
        raise Malformed(f'forward returns a {type(out).__name__}, expected a tensor')
    return [as_array(out)]


def layers(function, find, case):
    """[type, description] of each layer of the network that was built last, in the order in which they run."""
    return [[type(layer).__name__, ' '.join(str(layer).split())] for layer in _built['layers']]


def through_layer(function, find, case, k, x):
    """Return what the k-th layer makes of x."""
    import torch

    with torch.no_grad():
        x = torch.from_numpy(x)
        return as_array(_built['layers'][k].to(x.dtype)(x))


def run(model, x, takes_noise):
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


def _chain(model):
    """Return the modules that run one after the other."""
    import torch

    if type(model).forward is not torch.nn.Sequential.forward:
        return [model]
    return [layer for child in model for layer in _chain(child)]
