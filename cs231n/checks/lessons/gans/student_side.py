"""What runs beside the student's networks and losses: plain arrays in, plain arrays out."""

import re
import time
import traceback

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.reasons import meaning, place, reason

SHAPE_ERROR = re.compile(  # what PyTorch says of shapes, not what any other error may say
    'shapes cannot be multiplied|is invalid for input of size|must match the size of tensor|Expected [234]D|'
    'expected [234]D|to have [0-9]+ channels|running_mean should contain|[Cc]alculated (padded )?input size|'
    'Output size is too small|Expected size for first two dimensions|must match the existing size')
TENTH, SLOW = 10, 0.01  # a draw of a hundredth of the numbers takes so many seconds only number by number
FIXED = ('Unflatten has a fixed batch size, or None: the notebook gives none, and the last batch of an epoch is'
         ' smaller; Unflatten(-1, ...) takes any')
FLAT = 'it takes flat pictures only, and run_a_gan gives it (N, 1, 28, 28), with which it fails: begin with Flatten()'
_built = {}  # the network that was built last, and its layers: they are asked of one after the other


def noise(function, find, case):
    """Return two draws of noise, as they come; of a hundredth of the numbers if a million would take seconds."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    batch_size, dim = case['batch_size'], case['dim']

    def draw():
        noise, = unpack(function(batch_size, dim), ['noise'])
        if not torch.is_tensor(noise):
            raise Malformed(f'it returns a {type(noise).__name__}, expected a tensor')
        if noise.is_floating_point() and noise.dtype != torch.get_default_dtype():
            raise Malformed(f'the noise is {noise.dtype}, and a network does not take it: its weights are'
                            f' {torch.get_default_dtype()}')
        if noise.dtype == torch.bool or noise.is_complex():
            raise Malformed(f'the noise is {noise.dtype}, expected {torch.get_default_dtype()}')
        return as_array(noise)

    with torch.random.fork_rng(devices=[]):
        function(batch_size // TENTH, dim // TENTH)  # what is loaded by the first call does not count
        start = time.thread_time()
        function(batch_size // TENTH, dim // TENTH)
        if time.thread_time() - start > SLOW:
            batch_size, dim = batch_size // TENTH, dim // TENTH
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
    said = ', '.join(f'{name}={solver.defaults[name]}' for name in ('lr', 'betas', 'momentum')
                     if name in solver.defaults)
    return [(model.weight.detach().numpy() - case['start']) / 1e-3, f'{type(solver).__name__} with {said}']


# ---- a network: built, then asked for its parameters, its output, its layers ----


def parameters(function, find, case, takes_noise):
    """Build the network; return [name, shape] for each parameter, and for each layer the numbers of its own."""
    import torch
    from torch.nn.parameter import is_lazy

    with torch.random.fork_rng(devices=[]):
        model, told = _build(function, case['x'], takes_noise)
    if not isinstance(model, torch.nn.Module):
        raise Malformed(f'it returns a {type(model).__name__}, expected a torch.nn.Module')
    named = list(model.named_parameters())
    lazy = next((name for name, value in named if is_lazy(value)), None)
    if lazy:
        raise Malformed(f'{lazy} has no shape before the first input: write nn.Linear with both sizes, or nn.Conv2d'
                        ' with both numbers of channels, since the notebook sets the weights before')
    _built.update(model=model.double().train(), layers=_chain(model), told=told)
    number = {id(value): k for k, (_, value) in enumerate(model.named_parameters())}
    own = [[number[id(value)] for value in layer.parameters(recurse=False)] for layer in model.modules()]
    return [[name, list(value.shape)] for name, value in named], [some for some in own if some]


def _build(function, x, takes_noise):
    """Return the network, made as the notebook does, and what is to be said of the arguments that it needs."""
    N, D = x.shape
    try:
        return unpack(function(*[D] * takes_noise), ['model'])[0], ''
    except TypeError as error:
        if takes_noise or 'missing 1 required positional argument' not in str(error):
            raise
        told = 'it asks for a batch size, and the notebook gives none: take any number'
        return unpack(function(N), ['model'])[0], told


def parameter(seed, shape):
    """Return a known parameter of a layer: drawn here, as millions are slow to send.

    It is so large that the layer shows, and from a stream with which the output of a discriminator is mostly negative,
    so that LeakyReLU shows on it, too.
    """
    fan_in = np.prod(shape[1:]) if len(shape) > 1 else 4
    return np.random.RandomState((11, seed)).uniform(-1, 1, shape) * 1.5 * np.sqrt(3 / fan_in)


def output(function, find, case, takes_noise, seeds):
    """Return the output of the network with known parameters in it, and what limits it: [array, words].

    If it cannot be run: [reason, whether that is about shapes].
    """
    import torch

    model, x = _built['model'].double(), torch.from_numpy(case['x'])
    with torch.no_grad():
        for own, seed in zip(model.parameters(), seeds, strict=True):
            own.copy_(torch.from_numpy(parameter(seed, tuple(own.shape))))
        try:
            out, told = _run_within_limits(model, x, takes_noise)
        except Exception as error:
            _explain(error)
            text = ' '.join(str(error).split())
            if not SHAPE_ERROR.search(text[:2000]):
                return [reason(error), False]
            meant = meaning(error, text)
            return [f'{text}{_place(error)}{f"; that is: {meant}" if meant else ""}', True]
    if out is None:
        raise Malformed('forward returns None: is the return statement missing?')
    if not torch.is_tensor(out):
        raise Malformed(f'forward returns a {type(out).__name__}, expected a tensor')
    return [as_array(out), '; '.join(filter(None, (_built['told'], told)))]


def _run_within_limits(model, x, takes_noise):
    """Return what run() does, and what is to be said if that takes a batch size of this case, or flat pictures."""
    fixed = {layer: layer.N for layer in model.modules() if type(layer).__name__ == 'Unflatten'
             and getattr(layer, 'N', -1) != -1}
    told = FIXED if fixed and not _runs(_on_pictures, model, x, takes_noise) else ''
    for layer in fixed if told else ():
        layer.N = len(x)
    try:
        out = run(model, x, takes_noise)
        if not takes_noise and not _runs(model, x.to(next(model.parameters()).dtype).reshape(-1, 1, 28, 28)):
            told = told or FLAT
    finally:
        for layer, N in fixed.items():
            layer.N = N
    return out, told


def _runs(function, *inputs):
    try:
        function(*inputs)
        return True
    except Exception:
        return False


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
            raise Malformed(FIXED) from error


def _place(error):
    return place(traceback.extract_tb(error.__traceback__))


def _chain(model):
    """Return the modules that run one after the other."""
    import torch

    if type(model).forward is not torch.nn.Sequential.forward:
        return [model]
    return [layer for child in model for layer in _chain(child)]
