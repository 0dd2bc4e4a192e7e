"""Checks of the notebook NetworkVisualization: points, inputs, and what each known mistake is told."""

import traceback
import warnings

import numpy as np

from . import network_slips as slips
from .core import Check
from .inputs import cases, draw
from .running import Malformed, place, unpack

CHANNELS = 3
MODULE = dict(notebook='NetworkVisualization', module='cs231n.net_visualization_pytorch', points=5)

# What PyTorch says when a graph or a leaf is missing, and what helps.
NO_GRAD = ('.grad is None: only a leaf has one, once backward() was called. Copy by'
           ' X.clone().detach().requires_grad_()')
CRASHES = {
    "'NoneType' object": NO_GRAD,
    'unsupported operand type(s) for': NO_GRAD,
    'a leaf Variable that requires grad': 'autograd watches this leaf: write img.data += step, or img += step'
                                          ' within torch.no_grad()',
    'does not require grad': 'no gradient is recorded: call requires_grad_() before the forward pass',
    'only for scalar outputs': 'backward() starts from one number: add up the scores of the right classes',
    'backward through the graph a second time': 'the graph is used up: every step needs its own model(X)',
}

SALIENCY_HINTS = {
    'cross_entropy': 'this is the gradient of the cross-entropy loss: take the unnormalised score.',
    'cross_entropy_sum': 'this is the gradient of the cross-entropy loss, or of log softmax: take the'
                         ' score of class y itself.',
    'softmax': 'this is the gradient of the probability: take the score of class y before the softmax.',
    'all_scores': 'this is the gradient of the sum over all classes: pick the score of class y of each'
                  ' picture first.',
    'top_score': 'this is the gradient of the highest score: take the score of the given class y.',
    'averaged_over_N': 'the scores are averaged over the batch: add them up, so that no map depends on N.',
    'first_only': 'only the first picture has a map: add up the scores of all pictures before backward().',
    'no_abs': 'the absolute value is missing: take abs() of the gradient, then the maximum over the'
              ' channels.',
    'max_before_abs': 'the maximum is taken before the absolute value: abs() first, then max over the'
                      ' channels.',
    'mean_over_channels': 'this is the mean over the channels: take the maximum.',
    'sum_over_channels': 'this is the sum over the channels: take the maximum.',
    'mean_of_signed': 'this is the mean of the signed gradient: abs() first, then the maximum over the'
                      ' channels.',
    'abs_of_sum': 'the channels are added up before the absolute value: abs() first, then the maximum.',
    'norm_over_channels': 'this is the length of the gradient over the channels: take the maximum of abs().',
    'squared': 'the gradient is squared: take its absolute value.',
    'max_over_pictures': 'the maximum is over the pictures, dim 0: take it over the channels, dim 1.',
    'channels_kept': 'the channels are still there: take the maximum over dim 1.',
    'pair': 'torch.max(x, dim) returns a pair, the values and their places: return the values.',
    'indices': 'these are the places of the maximum: torch.max(x, dim) gives values first, places second.',
    'times_input': 'the gradient is multiplied by the picture: saliency is the gradient alone.',
    'rescaled': 'each map is divided by its maximum: return the gradient as it is, imshow scales the'
                ' colours.',
    'rescaled_by_batch': 'the maps are divided by the largest of the batch: no map may depend on the other'
                         ' pictures.',
}
FOOLING_HINTS = {
    'input_changed': 'X itself was changed: work on X.clone().',
    'unchanged': 'X_fooling is still X: return the picture that the steps were added to.',
    'descends': 'the steps go downhill: add the gradient of the score of target_y, to raise it.',
    'not_normalised': 'the gradient is not normalised: a step is g / ‖g‖, or flat places are never left.',
    'current_class': 'the class that the model sees already is raised: raise the score of target_y.',
    'one_step': 'only one step is taken: repeat, up to 100 times, until the model says target_y.',
    'restarts': 'every step starts from X again: X_fooling has to keep what the steps before have gained.',
    'only_step_kept': 'X_fooling is replaced by the step: add the step to X_fooling.',
    'not_zeroed': 'the gradients of earlier steps are still in .grad: zero it after each step.',
    'all_scores': 'the scores of all classes are raised: raise that of target_y alone.',
}
CLASS_HINTS = {
    'l2_left_out': 'the L2 term has no effect: its gradient, 2 λ img, must be subtracted (values from .data'
                   ' have none).',
    'l2_sign': 'the sign of the L2 term is wrong: climb on score − λ ‖img‖².',
    'l2_not_squared': 'the L2 norm is not squared: the term is λ ‖img‖², its gradient 2 λ img.',
    'l2_without_2': 'the factor 2 is missing: the gradient of λ ‖img‖² is 2 λ img.',
    'l2_without_lambda': 'l2_reg is not used: the term is l2_reg · ‖img‖².',
    'l2_mean': 'the L2 term is averaged over the pixels: sum their squares.',
    'l2_number': 'the number λ ‖img‖² is subtracted from every slope: subtract its gradient, 2 λ img.',
    'l2_after': 'the L2 term is subtracted after normalising: normalise the gradient with −2 λ img in it.',
    'descends': 'the step goes downhill: add the gradient of score − λ ‖img‖² to img.',
    'not_zeroed': 'the gradient of the call before is still in .grad: only the first call is right. Zero it.',
    'softmax': 'this is the gradient of the probability: take the score of target_y before the softmax.',
    'log_softmax': 'this is the gradient of the cross-entropy loss: take the score of target_y.',
    'all_scores': 'the sum of all scores is raised: raise the score of target_y alone.',
    'top_score': 'the highest score is raised: raise the score of target_y.',
    'no_learning_rate': 'learning_rate is not used: the step is lr · g / ‖g‖.',
    'not_in_place': 'img has not changed: change its pixels in place, img.data += step.',
    'replaced': 'img is replaced by the step: add the step to img.',
}


def _weights(seed, P, M, K, A=0.1, B=0.35, D=1.0):
    """Weights for pictures of P numbers, M hidden units and K classes: a linear part A, and a curved one."""
    shapes = {'A': ((P, K), A), 'B': ((P, M), B), 'c': ((M,), 0.5), 'D': ((M, K), D), 'e': ((K,), 0.5)}
    rng = np.random.RandomState(seed)
    return {name: scale * rng.standard_normal(shape) for name, (shape, scale) in shapes.items()}


def _saliency(seed, N, H, W):
    y = np.random.RandomState(seed).randint(7, size=N)
    return {
        **draw(seed, X=(N, CHANNELS, H, W)),
        'y': y,
        'weights': _weights(seed + 100, CHANNELS * H * W, 11, 7),
    }


def _fooling_cases():
    """A long gentle slope; a wall in front of a gentle slope; hills. The target is far."""
    H, W, K = 5, 3, 5
    P = CHANNELS * H * W
    directions = np.linalg.qr(np.random.RandomState(7).standard_normal((P, P)))[0]
    flat = {
        'A': np.zeros((P, K)),
        'B': np.zeros((P, 1)),
        'c': np.zeros(1),
        'D': np.zeros((1, K)),
        'e': np.zeros(K),
    }
    slope = {name: value.copy() for name, value in flat.items()}
    slope['A'][:, 3], slope['A'][:, 1] = 0.2 * directions[0], 0.03 * directions[1]
    slope['A'][:, 4] = directions[2]  # steep, and out of sight for those who climb on class 3
    slope['e'][[1, 4]] = 0.2 * 35.3, -20
    wall = {name: value.copy() for name, value in flat.items()}
    wall['A'][:, 2], wall['A'][:, 0] = 0.1 * directions[0], 0.01 * directions[2]
    wall['B'][:, 0], wall['D'][0, 2], wall['e'][0] = directions[1], 10, 10 + 0.1 * 30.3
    hills = _weights(11, P, 13, K)
    pictures = [0.1 * draw(seed, X=(1, CHANNELS, H, W))['X'] for seed in (1, 2, 3)]
    far = int(slips.scores(pictures[2], hills)[0].argmin())
    return [
        {'X': X, 'target_y': y, 'weights': w} for X, y, w in zip(pictures, (3, 2, far), (slope, wall, hills))
    ]


def _class_case(seed, H, W, l2_reg, learning_rate):
    shape = (1, CHANNELS, H, W)
    return {
        **draw(seed, img=shape, second=shape),
        'target_y': seed,
        'l2_reg': l2_reg,
        'learning_rate': learning_rate,
        'weights': _weights(seed + 200, CHANNELS * H * W, 11, 7),
    }


def _tensors(case):
    """The case as a notebook would have it: float32 tensors and a frozen model."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from .network_oracles import Net

    values = {
        name: torch.tensor(value, dtype=torch.float32 if value.dtype.kind == 'f' else torch.long)
        if isinstance(value, np.ndarray)
        else value
        for name, value in case.items()
        if name != 'weights'
    }
    return values, Net(case['weights'])


def _run(function, *inputs):
    """function(*inputs); a crash that PyTorch explains in its own terms is told in the notebook's."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # what PyTorch warns of, the .grad of a non-leaf, is told below
            return function(*inputs)
    except (RuntimeError, TypeError, AttributeError) as error:
        for words, help_ in CRASHES.items():
            if words in str(error) and (words[0] != 'u' or 'NoneType' in str(error)):
                raise Malformed(help_ + place(traceback.extract_tb(error.__traceback__))) from error
        raise


def _call_saliency(check, function, case):
    values, net = _tensors(case)
    return unpack(_run(function, values['X'], values['y'], net), list(check.outputs))


def _call_fooling(check, function, case):
    values, net = _tensors(case)
    (picture,) = unpack(_run(function, values['X'], case['target_y'], net), ['X_fooling'])
    if not hasattr(picture, 'detach'):
        raise Malformed(f'it returns a {type(picture).__name__}, expected the tensor X_fooling')
    before, after = case['X'].astype(np.float32), values['X'].detach().numpy().astype(float)
    after = case['X'] if np.array_equal(before, after) else after
    return list(
        slips.fooling_facts(case['X'], case['target_y'], case['weights'], picture.detach().numpy(), after)
    )


def _call_class(check, function, case):
    """Two calls on one tensor, as in a loop; raw steps of a known kind count as normalised ones."""
    values, net = _tensors(case)
    img, pictures = values['img'].requires_grad_(), []
    for start in (values['img'].detach().clone(), values['second']):
        img.data.copy_(start)
        _run(function, img, net, *(case[name] for name in ('target_y', 'l2_reg', 'learning_rate')))
        pictures.append(img.detach().numpy().astype(float))
    for key in (None, *check.hints):
        raw = slips.class_visualization_update_step(key, **case, normalise=False)
        if all(np.allclose(*pair, 1e-5, 1e-5) for pair in zip(pictures, raw)):
            return list(slips.class_visualization_update_step(key, **case))
    return pictures


CHECKS = (
    Check(
        'compute_saliency_maps',
        **MODULE,
        call=_call_saliency,
        hints=SALIENCY_HINTS,
        outputs={'saliency': 'N H W'},
        cases=cases(_saliency, (3, 5, 7), (1, 3, 2), (5, 2, 3)),
    ),
    Check(
        'make_fooling_image',
        **MODULE,
        call=_call_fooling,
        hints=FOOLING_HINTS,
        cases=_fooling_cases,
        outputs={'the class of X_fooling': '', 'X after the call': 'N C H W', 'X_fooling': 'N C H W'},
    ),
    Check(
        'class_visualization_update_step',
        **MODULE,
        call=_call_class,
        hints=CLASS_HINTS,
        credit={'l2_without_2': 0.5},
        outputs={'img': 'N C H W', 'img after the next call': 'N C H W'},
        cases=lambda: [_class_case(1, 5, 3, 0.25, 0.7), _class_case(2, 3, 7, 0.4, 25.0)],
    ),
)
