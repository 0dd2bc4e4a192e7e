"""The checks of NetworkVisualization: right texts pass, every known mistake is told by its own hint."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cs231n.answer_key.network_visualization.hints import RAW_ALSO
from cs231n.checks import check
from cs231n.checks.engine.judge import judge
from cs231n.checks.lessons.network_visualization.checks import CHECKS
from tests.support.written_answers import run

SALIENCY = """
import torch


def compute_saliency_maps(X, y, model):
    model.eval()
    X.requires_grad_()
    scores = model(X)
    picked = scores.gather(1, y.view(-1, 1)).squeeze()
    total = picked.sum()
    total.backward()
    grad = X.grad
    saliency, _ = grad.abs().max(dim=1)
    return saliency
"""
FOOLING = """
import torch


def make_fooling_image(X, target_y, model):
    X_fooling = X.clone().requires_grad_()
    learning_rate = 1
    for i in range(100):
        scores = model(X_fooling)
        if scores[0].argmax().item() == target_y:
            break
        goal = scores[0, target_y]
        goal.backward()
        g = X_fooling.grad
        step = g / g.norm()
        X_fooling.data += learning_rate * step
        X_fooling.grad.zero_()
    return X_fooling
"""
CLASS = """
import torch


def class_visualization_update_step(img, model, target_y, l2_reg, learning_rate):
    scores = model(img)
    goal = scores[0, target_y]
    goal = goal - l2_reg * (img ** 2).sum()
    goal.backward()
    g = img.grad
    step = g / g.norm()
    img.data += learning_rate * step
    img.grad.zero_()
"""
TEXTS = {
    'compute_saliency_maps': SALIENCY,
    'make_fooling_image': FOOLING,
    'class_visualization_update_step': CLASS,
}

MAX = 'grad.abs().max(dim=1)'
ABS = 'saliency, _ = ' + MAX
TOTAL = 'total = picked.sum()'
GOAL = 'goal = scores[0, target_y]'
TERM = 'l2_reg * (img ** 2).sum()'
ADD = 'X_fooling.data += learning_rate * step'
MOVE = 'img.data += learning_rate * step'
LOSS = 'torch.nn.functional.cross_entropy(scores, y)'

MISTAKES = {
    'compute_saliency_maps': {
        'cross_entropy': [(TOTAL, f'total = {LOSS}')],
        'cross_entropy_sum': [(TOTAL, 'total = torch.nn.CrossEntropyLoss(reduction="sum")(scores, y)')],
        'softmax': [('= model(X)', '= model(X).softmax(1)')],
        'softmaxed_cross_entropy': [
            ('= model(X)', '= model(X).softmax(1)'),
            (TOTAL, 'total = torch.nn.functional.cross_entropy(scores, y)'),
        ],
        'all_scores': [(TOTAL, 'total = scores.sum()')],
        'every_label': [(TOTAL, 'total = scores[:, y].sum()')],
        'top_score': [(TOTAL, 'total = scores.max(1)[0].sum()')],
        'largest_of_all': [(TOTAL, 'total = scores.max()')],
        'first_row_all_labels': [(TOTAL, 'total = scores[0, y].sum()')],
        'negative_cut_off': [('grad.abs()', 'grad.clamp(min=0)')],
        'first_label': [(TOTAL, 'total = scores[:, y[0]].sum()')],
        'smallest': [(MAX, 'grad.abs().min(dim=1)')],
        'first_channel': [(ABS, 'saliency = grad.abs()[:, 0]')],
        'max_over_all': [(ABS, 'saliency = grad.abs().flatten(1).max(1)[0]')],
        'picture': [('grad = X.grad', 'grad = X.data')],
        'max_over_rows': [('dim=1', 'dim=2')],
        'max_over_columns': [('dim=1', 'dim=3')],
        'axis_kept': [('dim=1', 'dim=1, keepdim=True')],
        'stretched': [('return saliency', 'return (saliency - saliency.min()) / (saliency.max() - saliency.min())')],
        'stretched_each': [('return saliency', 'low = saliency.amin((1, 2), keepdim=True)\n'
                            '    return (saliency - low) / (saliency.amax((1, 2), keepdim=True) - low)')],
        'averaged_over_N': [(TOTAL, 'total = picked.mean()')],
        'first_only': [(TOTAL, 'total = scores[0, y[0]]')],
        'no_abs': [('grad.abs()', 'grad')],
        'max_before_abs': [(MAX, 'grad.max(dim=1)'), ('return saliency', 'return saliency.abs()')],
        'mean_over_channels': [(ABS, 'saliency = grad.abs().mean(1)')],
        'sum_over_channels': [(ABS, 'saliency = grad.abs().sum(1)')],
        'mean_of_signed': [(ABS, 'saliency = grad.mean(1)')],
        'abs_of_sum': [(ABS, 'saliency = grad.sum(1).abs()')],
        'norm_over_channels': [(ABS, 'saliency = grad.norm(dim=1)')],
        'squared': [('grad.abs()', '(grad ** 2)')],
        'max_over_pictures': [('dim=1', 'dim=0')],
        'channels_kept': [(ABS, 'saliency = grad.abs()')],
        'pair': [('saliency, _ =', 'saliency =')],
        'indices': [('saliency, _ =', '_, saliency =')],
        'times_input': [('grad = X.grad', 'grad = X.grad * X')],
        'rescaled': [('return saliency', 'return saliency / saliency.amax((1, 2), keepdim=True)')],
        'rescaled_by_batch': [('return saliency', 'return saliency / saliency.max()')],
    },
    'make_fooling_image': {
        'input_changed': [('X.clone().requires_grad_()', 'X.requires_grad_()')],
        'unchanged': [('return X_fooling', 'return X')],
        'descends': [('+= learning_rate', '-= learning_rate')],
        'not_normalised': [('g / g.norm()', 'g')],
        'times_norm': [('g / g.norm()', 'g * g.norm()')],
        'climbs_on_loss': [(GOAL, 'goal = torch.nn.functional.cross_entropy(scores, torch.tensor([target_y]))')],
        'current_class': [(GOAL, 'goal = scores[0].max()')],
        'one_step': [('range(100)', 'range(1)')],
        'restarts': [(ADD, 'X_fooling.data = X + learning_rate * step')],
        'only_step_kept': [(ADD, 'X_fooling.data = learning_rate * step')],
        'not_zeroed': [('        X_fooling.grad.zero_()\n', '')],
        'all_scores': [(GOAL, 'goal = scores.sum()')],
    },
    'class_visualization_update_step': {
        'l2_left_out': [(TERM, 'l2_reg * (img.data ** 2).sum()')],
        'l2_sign': [('goal - l2_reg', 'goal + l2_reg')],
        'l2_not_squared': [(TERM, 'l2_reg * img.norm()')],
        'l2_without_2': [(TERM, TERM + ' / 2')],
        'l2_without_lambda': [(TERM, '(img ** 2).sum()')],
        'l2_absolute': [(TERM, 'l2_reg * img.abs().sum()')],
        'l2_outside_unscaled': [
            ('    goal = goal - ' + TERM + '\n', ''),
            (MOVE, 'img.data += learning_rate * step - 2 * l2_reg * img.data'),
        ],
        'l2_shrunk_after': [
            ('    goal = goal - ' + TERM + '\n', ''),
            (MOVE, MOVE + '\n    img.data *= 1 - 2 * l2_reg'),
        ],
        'learning_rate_twice': [('g / g.norm()', 'learning_rate * g / g.norm()')],
        'zeroed_too_early': [('g = img.grad', 'g = img.grad.zero_()')],
        'l2_mean': [('.sum()', '.mean()')],
        'l2_number': [
            ('    goal = goal - ' + TERM + '\n', ''),
            ('g = img.grad', 'g = img.grad - l2_reg * (img.data ** 2).sum()'),
        ],
        'l2_added_after': [
            ('    goal = goal - ' + TERM + '\n', ''),
            ('g / g.norm()', 'g / g.norm() + 2 * l2_reg * img.data'),
        ],
        'l2_added_outside': [
            ('    goal = goal - ' + TERM + '\n', ''),
            (MOVE, 'img.data += learning_rate * step + 2 * l2_reg * img.data'),
        ],
        'not_zeroed_l2_by_hand': [
            ('    goal = goal - ' + TERM + '\n', ''),
            ('g = img.grad', 'g = img.grad - 2 * l2_reg * img.data'),
            ('    img.grad.zero_()\n', ''),
        ],
        'times_norm': [('g / g.norm()', 'g * g.norm()')],
        'descends': [('+= learning_rate', '-= learning_rate')],
        'not_zeroed': [('    img.grad.zero_()\n', '')],
        'softmax': [('= model(img)', '= model(img).softmax(1)')],
        'log_softmax': [
            (GOAL, 'goal = -torch.nn.functional.cross_entropy(scores, torch.tensor([target_y]))')
        ],
        'softmaxed_log_softmax': [
            ('= model(img)', '= model(img).softmax(1)'),
            (GOAL, 'goal = -torch.nn.functional.cross_entropy(scores, torch.tensor([target_y]))'),
        ],
        'all_scores': [(GOAL, 'goal = scores.sum()')],
        'top_score': [(GOAL, 'goal = scores.max()')],
        'no_learning_rate': [('learning_rate * step', 'step')],
        'not_in_place': [
            (MOVE, 'img = (img + learning_rate * step).detach()'),
            ('    img.grad.zero_()\n', ''),
        ],
        'replaced': [(MOVE, 'img.data = learning_rate * step')],
    },
}
RAW = {  # the same mistakes with a step that is not normalised, which by itself is no mistake
    key: [*edits, ('g / g.norm()', 'g')]
    for key, edits in MISTAKES['class_visualization_update_step'].items()
    if key not in RAW_ALSO
}
CRASHING = {
    'no_graph': ('compute_saliency_maps', [('    X.requires_grad_()\n', '')], 'no gradient is recorded'),
    'no_sum': (
        'compute_saliency_maps',
        [('total.backward()', 'picked.backward()')],
        'starts from one number',
    ),
    'no_backward': ('compute_saliency_maps', [('    total.backward()\n', '')], '.grad is None'),
    'not_a_leaf': (
        'make_fooling_image',
        [('X.clone().requires_grad_()', 'X.requires_grad_().clone()')],
        '.grad is None',
    ),
    'divided_none': (
        'make_fooling_image',
        [('        goal.backward()\n', ''), ('g.norm()', '2')],
        '.grad is None',
    ),
    'leaf_in_place': ('make_fooling_image', [('X_fooling.data +=', 'X_fooling +=')], 'torch.no_grad()'),
    'one_forward': (
        'make_fooling_image',
        [
            ('    for i', '    scores = model(X_fooling)\n    for i'),
            ('        scores = model(X_fooling)\n        if', '        if'),
        ],
        'its own model(X)',
    ),
    'class_in_place': ('class_visualization_update_step', [('img.data +=', 'img +=')], 'torch.no_grad()'),
}
VARIANTS = {
    'ones': (
        'compute_saliency_maps',
        [(TOTAL, ''), ('total.backward()', 'picked.backward(torch.ones_like(picked))')],
    ),
    'float_ones': (
        'compute_saliency_maps',
        [
            ('.squeeze()', '.squeeze(1)'),
            (TOTAL, 'N = len(X)'),
            ('total.backward()', 'picked.backward(torch.FloatTensor([1.0] * N))'),
        ],
    ),
    'autograd_grad': (
        'compute_saliency_maps',
        [('    total.backward()\n', ''), ('= X.grad', '= torch.autograd.grad(total, X)[0]')],
    ),
    'with_graph': ('compute_saliency_maps', [('total.backward()', 'total.backward(create_graph=True)')]),
    'own_copy': (
        'compute_saliency_maps',
        [('X.requires_grad_()', 'X = X.detach().clone().requires_grad_()')],
    ),
    'one_by_one': ('compute_saliency_maps', [(TOTAL, 'total = sum(scores[n, y[n]] for n in range(len(y)))')]),
    'zeros_filled': (
        'compute_saliency_maps',
        [
            (
                ABS,
                'saliency = torch.zeros(X.shape[0], *X.shape[2:])\n'
                '    for n in range(len(X)): saliency[n] = grad[n].abs().max(0)[0]',
            )
        ],
    ),
    'data': ('compute_saliency_maps', [(MAX, 'X.grad.data.abs().max(1)')]),
    'fixed_steps': (
        'make_fooling_image',
        [('        if scores[0].argmax().item() == target_y:\n            break\n', '')],
    ),
    'squared_norm': ('make_fooling_image', [('g.norm()', 'g.norm() ** 2')]),
    'cross_entropy': (
        'make_fooling_image',
        [(GOAL, 'goal = -torch.nn.functional.cross_entropy(scores, torch.tensor([target_y]))')],
    ),
    'uncapped': ('make_fooling_image', [('for i in range(100)', 'while True')]),
    'no_grad': ('make_fooling_image', [(ADD, 'with torch.no_grad(): X_fooling += step')]),
    'half_steps': ('make_fooling_image', [('learning_rate = 1', 'learning_rate = 0.5')]),
    'fresh_leaf': (
        'make_fooling_image',
        [
            (ADD, 'X_fooling = (X_fooling + step).detach().requires_grad_()'),
            ('        X_fooling.grad.zero_()\n', ''),
        ],
    ),
    'fixed_steps_by_squared_norm': (
        'make_fooling_image',
        [
            ('        if scores[0].argmax().item() == target_y:\n            break\n', ''),
            ('g.norm()', 'g.norm() ** 2'),
        ],
    ),
    'long_steps': ('make_fooling_image', [('learning_rate = 1', 'learning_rate = 10')]),
    'adam': (
        'make_fooling_image',
        [
            ('learning_rate = 1', 'solver = torch.optim.Adam([X_fooling], lr=0.5, maximize=True)'),
            (ADD, 'solver.step()'),
        ],
    ),
    'detached': ('make_fooling_image', [('return X_fooling', 'return X_fooling.detach()')]),
    'l2_outside': (
        'class_visualization_update_step',
        [('    goal = goal - ' + TERM + '\n', ''), ('g / g.norm()', 'g / g.norm() - 2 * l2_reg * img.data')],
    ),
    'raw_step': ('class_visualization_update_step', [('g / g.norm()', 'g')]),
    'by_hand': (
        'class_visualization_update_step',
        [('    goal = goal - ' + TERM + '\n', ''), ('g = img.grad', 'g = img.grad - 2 * l2_reg * img.data')],
    ),
    'step_no_grad': (
        'class_visualization_update_step',
        [(MOVE, 'with torch.no_grad(): img += learning_rate * step')],
    ),
    'data_set': ('class_visualization_update_step', [(MOVE, 'img.data = img.data + learning_rate * step')]),
    'zeroed_first': (
        'class_visualization_update_step',
        [
            ('    img.grad.zero_()\n', ''),
            ('    goal.backward()', '    if img.grad is not None: img.grad.zero_()\n    goal.backward()'),
        ],
    ),
    'norm_squared': ('class_visualization_update_step', [(TERM, 'l2_reg * img.norm() ** 2')]),
    'epsilon': ('class_visualization_update_step', [('g.norm()', '(g.norm() + 1e-8)')]),
    'returns_img': (
        'class_visualization_update_step',
        [('    img.grad.zero_()\n', '    img.grad.zero_()\n    return img\n')],
    ),
    'loss_downhill': (
        'class_visualization_update_step',
        [('    goal.backward()', '    (-goal).backward()'), ('+= learning_rate', '-= learning_rate')],
    ),
}
BY_NAME = {one.name: one for one in CHECKS}
CASES = [
    pytest.param(one.name, key, MISTAKES[one.name][key], id=f'{one.name}-{key}')
    for one in CHECKS
    for key in one.hints
]
CASES += [
    pytest.param('class_visualization_update_step', key, edits, id=f'raw-{key}') for key, edits in RAW.items()
]


def write(name, edits):
    """The student's function, with edits (old, new) in its text."""
    text = TEXTS[name]
    for old, new in edits:
        assert old in text, f'{name} has no {old!r}'
        text = text.replace(old, new)
    return run(text, name)


@pytest.mark.parametrize('one', CHECKS, ids=lambda one: one.name)
def test_the_right_text_and_the_solution_pass(one):
    for function in (write(one.name, []), one.function()):
        result = check(function)
        assert result.passed and result.points == one.points == 5, result
        assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('name, key, edits', CASES)
def test_a_mistake_is_told_by_its_own_hint(name, key, edits):
    result = check(write(name, edits))
    assert not result.passed and result.points == BY_NAME[name].credit.get(key, 0) * 5
    assert (result.hint, result.where) == (BY_NAME[name].hints[key], None), result


@pytest.mark.parametrize('key', CRASHING)
def test_a_crash_is_told_in_plain_words(key):
    name, edits, words = CRASHING[key]
    result = check(write(name, edits))
    assert not result.passed and result.points == 0 and words in result.where and 'line' in result.where, (
        result
    )


@pytest.mark.parametrize('key', VARIANTS)
def test_a_valid_variant_passes_without_a_word(key):
    result = check(write(*VARIANTS[key]))
    assert result.passed and result.points == 5, result
    assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('scale, start', [(20, '0 * X'), (50, '0 * X'), (500, '0 * X'), (50, 'X')])
def test_noise_of_the_wanted_class_is_no_fooling_picture(scale, start):
    noise = f'torch.manual_seed(0)\n    X_fooling = {start} + {scale} * torch.randn_like(X)'
    text = [('X_fooling = X.clone().requires_grad_()', noise), ('range(100)', 'range(10000)'),
            ('        goal.backward()\n', ''), ('        g = X_fooling.grad\n', ''), ('g / g.norm()', '0'),
            (ADD, f'X_fooling = {start} + {scale} * torch.randn_like(X)'), ('        X_fooling.grad.zero_()\n', '')]
    with torch.random.fork_rng(devices=[]):
        result = check(write('make_fooling_image', text))
    assert not result.passed and 'X_fooling fools the model, but it is another' in result.where, result


def test_other_errors_keep_their_own_words():
    result = check(write('make_fooling_image', [(GOAL, 'goal = scores[0, 99]')]))
    assert 'IndexError' in result.where
    assert 'expected the tensor' in check(lambda X, y, model: np.zeros(3), name='make_fooling_image').where
    assert 'None' in check(lambda X, y, model: None, name='compute_saliency_maps').where
    endless = [('for i in range(100)', 'while True'), ('+= learning_rate', '-= learning_rate')]
    impatient = replace(BY_NAME['make_fooling_image'], seconds=0.3)
    stopped = judge(impatient, write('make_fooling_image', endless), None, {})
    assert not stopped.passed and 'endless' in stopped.where


def test_a_none_that_is_no_gradient_is_not_told_as_one():
    no_grad_read = [('    grad = X.grad\n', '    grad = None\n')]
    said = check(write('compute_saliency_maps', no_grad_read)).where
    assert said.startswith("AttributeError: 'NoneType' object has no attribute 'abs'"), said
    cut = check(write('compute_saliency_maps', [('scores = model(X)', 'scores = model(X).detach()')])).where
    assert 'that is: no gradient is recorded' in cut and 'cut nothing off by detach()' in cut


def test_a_map_that_the_notebook_could_not_use_is_refused():
    result = check(write('compute_saliency_maps', [('return saliency', 'return saliency.numpy()')]))
    assert not result.passed and result.where == 'it returns a ndarray, expected the tensor saliency'


def test_a_class_is_not_told_as_a_multiple_of_another():
    said = check(write('make_fooling_image', [('range(100)', 'range(3)')])).where
    assert said.split('shape: ')[-1] == 'after your 3 steps the model still says class 1, not 3; up to 100 are allowed'


@pytest.mark.parametrize('size, meaning', [('X.shape[1]', '0.3333 times the right value'),
                                           ('len(X)', '0.2 times the right value (that is 1/N)'),
                                           ('scores.shape[1]', '0.1429 times the right value')])
def test_a_factor_is_told_by_its_own_name_only(size, meaning):
    result = check(write('compute_saliency_maps', [('return saliency', f'return saliency / {size}')]))
    told = result.hint or result.where
    assert told.endswith(meaning) or 'averaged over the batch' in told, result


def test_an_unknown_mistake_is_located_and_not_guessed():
    result = check(
        write('compute_saliency_maps', [('return saliency', 'saliency[0, 1, 0] += 1; return saliency')])
    )
    assert result.hint is None and 'n=0, h=1, w=0' in result.where
    result = check(write('make_fooling_image', [('+= learning_rate * step', '+= 0.01 * step')]))
    assert result.hint is None and 'after your 100 steps the model still says class' in result.where, result


@pytest.mark.parametrize('count', [10, 30])
def test_a_loop_of_few_right_steps_is_accepted_and_told(count):
    result = check(write('make_fooling_image', [('range(100)', f'range({count})')]))
    assert result.passed and result.points == 5 and result.hint is None, result
    told = f'after your {count} steps the model still says class 1, not 3; up to 100 are allowed'
    assert result.note.startswith(told)


@pytest.mark.parametrize('edits', [[('g / g.norm()', 'g')], [('+= learning_rate', '-= learning_rate')],
                                   [(GOAL, 'goal = scores.sum()')], [(GOAL, 'goal = scores[0].max()')]])
def test_a_loop_of_few_wrong_steps_is_not_accepted(edits):
    result = check(write('make_fooling_image', [('range(100)', 'range(50)'), *edits]))
    assert not result.passed and result.points == 0, result


ONES = [(TOTAL, ''), ('total.backward()', 'picked.backward(torch.ones(len(X)))')]  # the batch is squeezed, too


def test_a_slip_with_one_picture_is_told_with_the_sizes_and_costs_a_fifth():
    result = check(write('compute_saliency_maps', ONES))
    assert not result.passed and result.points == 4 and result.slip == 'N = 1' and result.hint is None
    assert result.where.startswith('right with N = 5 and N = 2, but with N = 1: RuntimeError: Mismatch in shape')
    assert 'squeeze(1) keeps it' in result.where


def test_a_mistake_and_a_slip_with_one_picture_are_both_told():
    result = check(write('compute_saliency_maps', [*ONES, ('grad.abs()', 'grad')]))
    assert result.hint == BY_NAME['compute_saliency_maps'].hints['no_abs'] and result.points == 0
    assert result.where.startswith('besides, with N=1, H=5, W=2: RuntimeError: Mismatch in shape'), result


@pytest.mark.parametrize('name, one, other', [
    ('compute_saliency_maps', 'cross_entropy', 'no_abs'), ('compute_saliency_maps', 'all_scores', 'max_before_abs'),
    ('class_visualization_update_step', 'log_softmax', 'l2_sign'),
    ('class_visualization_update_step', 'l2_without_2', 'not_zeroed')])
def test_two_frequent_mistakes_at_once_are_both_told(name, one, other):
    result, hints = check(write(name, MISTAKES[name][one] + MISTAKES[name][other])), BY_NAME[name].hints
    assert result.hint == f'{hints[one]} Also: {hints[other]}' and result.where is None, result


def test_the_mistakes_are_many_and_each_has_a_short_hint():
    assert {name: set(found) for name, found in MISTAKES.items()} == {
        one.name: set(one.hints) for one in CHECKS
    }
    hints = [hint for one in CHECKS for hint in one.hints.values()]
    assert len(set(hints)) == len(hints) >= 45
    assert all(len(hint) <= 150 and '\n' not in hint and hint.endswith('.') for hint in hints)


def test_the_cases_are_not_changed_by_what_is_checked():
    for one in CHECKS:
        before = one.cases()
        check(one.function())
        for old, new in zip(before, one.cases()):
            assert all(np.array_equal(old[name], new[name]) for name in old if name != 'weights')


def test_the_valid_variants_are_many():
    assert len(VARIANTS) >= 15
