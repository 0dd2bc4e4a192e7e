"""Checks of the notebook NetworkVisualization: points, inputs."""

from dataclasses import replace

import numpy as np

from cs231n.checks.engine.answers import answers
from cs231n.checks.engine.calling import arrays_of
from cs231n.checks.engine.check import Check
from cs231n.checks.engine.compare import ROUGH, agree, are_numbers
from cs231n.checks.engine.errors import Certain, Malformed, Partly
from cs231n.checks.engine.inputs import cases, draw, stream
from cs231n.checks.lessons.network_visualization import student_side
from cs231n.checks.lessons.network_visualization.facts import fooling_facts, is_on_the_way, scores, unseen

CHANNELS = 3
FEW = 10      # steps that fool the model of the notebook are as many
ASTRAY = 100  # farther than steps that are only roughly along the gradient, as Adam's, lead away from it
NO_STEP = ('the loop ends before the first step: it breaks as soon as the model says target_y, and goes on as long as'
           ' it does not')
NOT_FINITE = ('X_fooling holds nan or infinite numbers: a step of length 0 was divided by its length; zero .grad'
              ' after the step, not before it is used')
MODULE = dict(notebook='NetworkVisualization', lesson='network_visualization',
              module='cs231n.net_visualization_pytorch', library='torch', points=5)

def _weights(seed, P, M, K, A=0.1, B=0.35, D=1.0):
    """Weights for pictures of P numbers, M hidden units and K classes: a linear part A, and a curved one."""
    shapes = {'A': ((P, K), A), 'B': ((P, M), B), 'c': ((M,), 0.5), 'D': ((M, K), D), 'e': ((K,), 0.5)}
    rng = stream(seed)
    return {name: scale * rng.standard_normal(shape) for name, (shape, scale) in shapes.items()}


def _saliency(seed, N, H, W):
    y = stream(seed).randint(7, size=N)
    return {
        **draw(seed, X=(N, CHANNELS, H, W)),
        'y': y,
        'weights': _weights(seed + 100, CHANNELS * H * W, 11, 7),
    }


def _fooling_cases():
    """Return three cases: a long gentle slope; a wall in front of a gentle slope; hills. The target is far."""
    H, W, K = 5, 3, 5
    P = CHANNELS * H * W
    directions = np.linalg.qr(stream(7).standard_normal((P, P)))[0]
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
    far = int(scores(pictures[2], hills)[0].argmin())
    # Far from zero, in a direction that no score depends on: noise that ignores X is far from it.
    pictures[0] += 1000 * directions[5].reshape(pictures[0].shape)
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


def _call_saliency(check, ask, case):
    return ask(student_side.saliency, case)


def _call_fooling(check, ask, case):
    picture, after, asked = arrays_of(ask(student_side.fooling, case), 3)
    if not are_numbers(picture) or not are_numbers(asked) or asked.size != 1:
        raise Malformed('X_fooling is not a tensor of numbers')
    before = case['X'].astype(np.float32)
    after = case['X'] if np.array_equal(before, after) else after
    if picture.shape != case['X'].shape or not np.isfinite(picture).all():
        raise Malformed(NOT_FINITE if picture.shape == case['X'].shape else
                        f'X_fooling has shape {picture.shape}, expected that of X, {case["X"].shape}')
    if asked <= 1 and np.array_equal(picture, before):
        raise Certain(NO_STEP)
    facts = fooling_facts(case['X'], case['target_y'], case['weights'], picture, after)
    if facts[0] == case['target_y'] and unseen(picture - case['X'], case['weights']) > ASTRAY:
        raise Malformed('X_fooling fools the model, but it is another picture than X: start from X.clone(), and change'
                        ' it along the gradient only')
    known = (outputs for by_key in answers(check) for outputs in by_key.values())
    if facts[0] in (-1, case['target_y']) or any(
            all(agree(got, want, ROUGH, ROUGH) for got, want in zip(facts, outputs)) for outputs in known):
        return list(facts)
    told = f'after your {asked} steps the model still says class {facts[0]}, not {case["target_y"]}'
    if asked < 100:
        told += '; up to 100 are allowed'
    elif scores(picture, case['weights'])[0][0, case['target_y']] < scores(case['X'], case['weights'])[0][
            0, case['target_y']]:
        told += f': the steps lead downhill, the score of class {case["target_y"]} has fallen'
    elif np.linalg.norm(picture - case['X']) < 0.4 * asked:
        told += ': they are short, or lead back and forth; a step is g / ‖g‖'
    if FEW <= asked < 100 and is_on_the_way(case['X'], case['target_y'], case['weights'], picture, asked):
        raise Partly(told, share=1)
    raise Malformed(told)


def _call_class(check, ask, case):
    """Two calls on one tensor, as in a loop; what is valid although unusual counts as the usual."""
    pictures = arrays_of(ask(student_side.two_steps, case), 2)
    for other in check.also:
        for variant, known in zip(answers(other), answers(check)):
            for key in variant:
                if all(agree(got, want, 1e-5, 1e-5) for got, want in zip(pictures, variant[key])):
                    return list(known[key])
    return pictures


def _class_cases():
    return [_class_case(1, 5, 3, 0.25, 0.7), _class_case(2, 3, 7, 0.4, 25.0)]

CLASS_STEP = Check(
    'class_visualization_update_step',
    **MODULE,
    call=_call_class,
    credit={'l2_without_2': 0.5},
    outputs={'img': 'N C H W', 'img after the next call': 'N C H W'},
    cases=_class_cases,
)

# Steps lr g in place of lr g / ‖g‖, which count as the normalised ones.
RAW_STEP = replace(CLASS_STEP, name='class_visualization_update_step[raw]', oracle='class_visualization_raw_step')

# Steps lr (g / ‖g‖ - 2 λ img) with the gradient g of the score, which count too.
L2_OUTSIDE = replace(CLASS_STEP, name='class_visualization_update_step[l2 outside]',
                     oracle='class_visualization_l2_outside')

CHECKS = (
    Check(
        'compute_saliency_maps',
        **MODULE,
        call=_call_saliency,
        outputs={'saliency': 'N H W'},
        cases=cases(_saliency, (5, 2, 13), (1, 5, 2), (2, 5, 13)),  # no size is that of the channels or the classes
    ),
    Check(
        'make_fooling_image',
        **MODULE,
        call=_call_fooling,
        facts=True,
        cases=_fooling_cases,
        outputs={'the class of X_fooling': '', 'X after the call': 'N C H W', 'X_fooling': 'N C H W'},
    ),
    replace(CLASS_STEP, also=(RAW_STEP, L2_OUTSIDE)),
)
