"""What runs beside the student's functions: builds the classifier and the tensors, gives plain arrays."""

import traceback
import warnings

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.reasons import place

# What PyTorch and Python say when a graph or a leaf is missing; engine/meanings.py has the other crashes of autograd.
NO_GRAD = ('.grad is None: only a leaf has one, once backward() was called. Copy by'
           ' X.clone().detach().requires_grad_()')
OF_NONE = "'NoneType' object", 'unsupported operand type(s) for'


def _tensors(case):
    """Return the case as a notebook would have it: float32 tensors and a frozen model."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from cs231n.checks.lessons.network_visualization.classifier import Net

    values = {
        name: torch.tensor(value, dtype=torch.float32 if value.dtype.kind == 'f' else torch.long)
        if isinstance(value, np.ndarray)
        else value
        for name, value in case.items()
        if name != 'weights'
    }
    return values, Net(case['weights'])


def _run(function, *inputs):
    """function(*inputs); a crash because a .grad is None is told as one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # what PyTorch warns of, the .grad of a non-leaf, is told below
            return function(*inputs)
    except (TypeError, AttributeError) as error:
        if any(words in str(error) for words in OF_NONE) and _is_about_grad(function, error):
            raise Malformed(NO_GRAD + place(traceback.extract_tb(error.__traceback__))) from error
        raise


def _is_about_grad(function, error):
    """Whether the None of an error can be a .grad: the function reads one."""
    return 'NoneType' in str(error) and 'grad' in getattr(getattr(function, '__code__', None), 'co_names', ())


def saliency(function, find, case):
    """Return the saliency maps."""
    values, net = _tensors(case)
    maps, = unpack(_run(function, values['X'], values['y'], net), ['saliency'])
    if isinstance(maps, (np.ndarray, list)):
        raise Malformed(f'it returns a {type(maps).__name__}, expected the tensor saliency')
    return [as_array(maps)]


def fooling(function, find, case):
    """Return the picture, X after the call, and how many times the model was asked."""
    values, net = _tensors(case)
    steps = []
    net.register_forward_hook(lambda *_: steps.append(1))
    picture, = unpack(_run(function, values['X'], case['target_y'], net), ['X_fooling'])
    if not hasattr(picture, 'detach'):
        raise Malformed(f'it returns a {type(picture).__name__}, expected the tensor X_fooling')
    return [as_array(picture), as_array(values['X']), as_array(len(steps))]


def two_steps(function, find, case):
    """Return the picture after each of two calls on one tensor, as in a loop."""
    values, net = _tensors(case)
    img, pictures = values['img'].requires_grad_(), []
    for start in (values['img'].detach().clone(), values['second']):
        img.data.copy_(start)
        _run(function, img, net, *(case[name] for name in ('target_y', 'l2_reg', 'learning_rate')))
        pictures.append(img.detach().numpy().astype(float))
    return pictures
