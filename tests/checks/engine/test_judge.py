"""What a check does with answers that cannot be run or are malformed, and how it says so."""

import functools
import threading
from dataclasses import replace

import numpy as np
import pytest

from cs231n.checks import check
from cs231n.checks.engine import judge as judging
from cs231n.checks.engine import time_limit
from cs231n.checks.engine.answers import answers
from cs231n.checks.engine.compare import NOT_FINITE
from cs231n.checks.engine.judge import judge
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.rnn_layers import rnn_step_backward, rnn_step_forward
from tests.support.written_answers import RIGHT, layer_checks, run, write

CHECKS = {one.name: one for one in layer_checks()}
STEP = 'def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    '


def where(body):
    """What is said of a rnn_step_forward with this body."""
    result = check(run(STEP + body, 'rnn_step_forward'))
    assert not result.passed and result.points == 0 and result.hint is None
    return result.where


# what cannot be run


def test_endless_loop_is_stopped():
    before = set(threading.enumerate())
    one = replace(CHECKS['rnn_step_forward'], seconds=0.2)
    result = judge(
        one, run(STEP + 'x = 0\n    while True:\n        x += 1', 'rnn_step_forward'), None, CHECKS
    )
    assert not result.passed and result.hint is None
    assert result.where.startswith('stopped after 0.2 s: an endless loop? (cell, line ')
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_a_busy_computer_is_no_mistake(monkeypatch):
    """Half a second without computing: more than the check has, less than it is given."""
    one = replace(CHECKS['rnn_step_forward'], seconds=0.2)
    monkeypatch.setattr(time_limit, 'PATIENCE', 1000)
    body = 'import numpy as np, time\n    time.sleep(0.5)\n    return np.tanh(x @ Wx + prev_h @ Wh + b), None'
    assert judge(one, run(STEP + body, 'rnn_step_forward'), None, CHECKS).passed
    monkeypatch.setattr(time_limit, 'PATIENCE', 1)
    assert judge(one, run(STEP + body, 'rnn_step_forward'), None, CHECKS).where.startswith('stopped after 0.2 s')


def test_endless_loop_that_swallows_exceptions_is_stopped():
    one = replace(CHECKS['rnn_step_forward'], seconds=0.2)
    body = 'while True:\n        try:\n            x + 1\n        except Exception:\n            pass'
    result = judge(one, run(STEP + body, 'rnn_step_forward'), None, CHECKS)
    assert result.where.startswith('stopped after 0.2 s')


def test_exception_is_told_with_message_and_line():
    assert where('raise ValueError("no\\n  good")') == 'ValueError: no good (cell, line 2)'
    assert where('raise KeyError') == 'KeyError (cell, line 2)'
    assert where('return x @ Wh').startswith('ValueError: matmul: Input operand 1 has a mismatch')
    assert ' (cell, line 2); that is: the inner sizes of a matrix product differ' in where('return x @ Wh')
    assert len(where('raise ValueError("long " * 100)')) < 200


def test_exception_in_a_file_is_told_with_file_and_code():
    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        return undefined_name  # noqa: F821

    said = check(rnn_step_forward).where
    assert said.startswith("NameError: name 'undefined_name' is not defined (test_judge.py, line ")
    assert ': return undefined_name  # noqa: F821); that is: the module has no such name' in said


def test_innermost_line_of_the_student_is_told():
    source = 'def helper(x):\n    return x + "3"\n\n\n' + STEP + 'return helper(x), x'
    assert check(run(source, 'rnn_step_forward')).where.split('; that')[0].endswith(' (cell, line 2)')


def test_a_line_that_gives_bad_arguments_is_told_and_not_the_check_that_minds(tmp_path, monkeypatch):
    source = STEP + 'return affine_forward(x, Wh, b), 0\n'
    (tmp_path / 'written.py').write_text('from cs231n.layers import affine_forward\n\n\n' + source, encoding='utf-8')
    monkeypatch.syspath_prepend(tmp_path)
    said = check(__import__('written').rnn_step_forward).where
    assert said.startswith('ValueError: affine_forward: w must have shape'), said
    assert said.endswith('(written.py, line 5: return affine_forward(x, Wh, b), 0)'), said


def test_an_exception_that_cannot_tell_its_message_is_told():
    body = 'class Mute(Exception):\n        def __str__(self):\n            return 1 / 0\n    raise Mute'
    assert where(body).startswith('Mute (cell, line ')


def test_exit_does_not_end_the_notebook():
    assert where('raise SystemExit("bye")') == 'SystemExit: bye (cell, line 2)'


def test_keyboard_interrupt_reaches_the_notebook():
    with pytest.raises(KeyboardInterrupt):
        where('raise KeyboardInterrupt')


def test_not_implemented_yet():
    assert (
        where('raise NotImplementedError("rnn_step_forward: one step")')
        == 'not implemented yet: rnn_step_forward: one step'
    )
    assert where('raise NotImplementedError') == 'not implemented yet'


# what is malformed


@pytest.mark.parametrize(
    'body, said',
    [
        ('pass', 'it returns None: is the return statement missing?'),
        ('return x', 'it returns 1 value, expected 2: next_h, cache'),
        ('return x, x, x', 'it returns 3 values, expected 2: next_h, cache'),
        ('return None, x', 'next_h is missing'),
        ('return {}, x', 'next_h is not an array of numbers'),
        ('return [[1], [1, 2]], x', 'next_h is not an array of numbers'),
        ('return "abc", x', 'next_h is not an array of numbers'),
        ('return 1.5, x', 'next_h has shape (), expected (3, 7) = (N, H)'),
        ('return 0, x', 'next_h differs first at n=0, h=0: got 0, expected -0.9786; it is zero everywhere'),
        ('return prev_h * float("nan"), x', 'next_h differs first at n=0, h=0: got nan, expected -0.9786; ' +
         NOT_FINITE),
        (
            'return prev_h.T, x',
            'next_h has shape (7, 3), expected (3, 7) = (N, H): the axes are in another order',
        ),
    ],
)
def test_malformed_step(body, said):
    assert where(body) == said


def test_single_outputs_may_come_in_no_tuple():
    assert check(write('sigmoid')).passed
    assert check(write('sigmoid', ('/ (1 + z)', '/ (1 + z) + 0 * x')), name='sigmoid').passed


def test_malformed_loss_of_the_model():
    def told(*edits):
        return check(write('CaptioningRNN.loss', *edits)).where

    assert told(('return loss, grads', 'return loss')) == 'it returns 1 value, expected 2: loss, grads'
    assert (
        told(('return loss, grads', 'return loss, [1]'))
        == 'grads is a list, expected a dictionary with the keys of params'
    )
    assert told(("        grads['b_proj'] = dh0.sum(axis=0)\n", '')) == 'b_proj is missing'
    assert told(("grads['b_proj']", "grads['bproj']")) == 'grads has bproj, which params has not, and lacks b_proj'


def test_captions_of_another_length():
    result = check(write('CaptioningRNN.sample', ('(N, max_length)', '(N, 30)')))
    assert result.where == 'captions has shape (7, 30), expected (7, 13) = (N, T)'
    assert (
        check(write('CaptioningRNN.sample', ('return captions', 'return "none"'))).where
        == 'captions is not an array of numbers'
    )


# what an answer rests on


def test_wrong_forward_is_to_be_fixed_first():
    name, old = 'rnn_step_backward', 'next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)'
    no_tanh = write('rnn_step_forward', (old, old.replace('np.tanh', '')))
    result = check(write(name), forward=no_tanh)
    assert not result.passed and result.hint is None
    assert result.where == 'fix rnn_step_forward first: tanh is missing: next_h = tanh(x Wx + prev_h Wh + b).'
    todo = run('def rnn_step_forward(*inputs):\n    raise NotImplementedError', 'rnn_step_forward')
    waits = check(write(name), forward=todo)
    assert waits.todo and waits.where == 'not implemented yet'


def test_right_backward_passes_with_the_forward_of_its_own_module():
    assert check(rnn_step_backward).passed
    assert check(write('rnn_step_backward'), forward=write('rnn_step_forward')).passed


def test_wrong_step_is_to_be_fixed_before_the_sequence():
    source = RIGHT.replace('db = np.sum(da, axis=0)', 'db = np.mean(da, axis=0)')
    assert (
        check(run(source, 'rnn_backward')).where
        == 'fix rnn_step_backward first: db is averaged over the minibatch: sum over N.'
    )
    assert (
        check(run(source, 'CaptioningRNN.loss')).where
        == 'fix rnn_step_backward first: db is averaged over the minibatch: sum over N.'
    )


@pytest.mark.parametrize('wrong, name, cell_type, said', [
    (('f * prev_c + ', ''), 'lstm_forward', 'lstm', 'lstm_step_forward first: prev_c is not used'),
    (('f * prev_c + ', ''), 'CaptioningRNN.sample', 'lstm', 'lstm_step_forward first: prev_c is not used'),
    (('dnext_c + dnext_h', 'dnext_h'), 'lstm_backward', 'lstm', 'lstm_step_backward first: dnext_c is left out'),
    (('dh0 = dprev_h', 'dh0 = 0 * dprev_h'), 'CaptioningRNN.loss', 'rnn', 'rnn_backward first: dh0 is zero'),
    (('prev_h = h0\n', 'prev_h = 0 * h0\n'), 'CaptioningRNN.loss', 'rnn', 'rnn_forward first: the first state'),
    (('W[x], (x', 'W[x - 1], (x'), 'CaptioningRNN.sample', 'rnn', 'word_embedding_forward first: every word'),
])
def test_a_mistake_below_is_not_told_as_one_of_the_function_above(wrong, name, cell_type, said):
    old, new = wrong
    assert old in RIGHT
    text = RIGHT.replace('x = W_embed[word]', 'x, _ = word_embedding_forward(word, W_embed)').replace(old, new)
    result = check(run(text, name), cell_type=cell_type)
    assert not result.passed and result.hint is None and result.where.startswith('fix ' + said), result


def test_a_function_that_is_not_written_yet_is_not_to_be_fixed_where_it_is_not_called():
    body = RIGHT[RIGHT.index('def rnn_forward'):RIGHT.index('def rnn_backward')]
    loop = body.replace('rnn_step_forward(x[:, t], prev_h, Wx', 'own_step(x[:, t], h0, Wx')
    todo = 'def rnn_step_forward(*inputs):\n    raise NotImplementedError("rnn_step_forward: one step")\n\n\n'
    own = 'def own_step(x, h, Wx, Wh, b):\n    return np.tanh(x @ Wx + h @ Wh + b), 0\n\n\n'
    result = check(run('import numpy as np\n\n\n' + todo + own + loop, 'rnn_forward'))
    assert result.hint == CHECKS['rnn_forward'].hints['h_not_carried'] and result.where is None, result


def test_the_loss_is_told_before_its_gradients():
    result = check(write('CaptioningRNN.loss', ('scores, captions_out, mask', 'scores, captions_out % 4, mask')))
    assert result.hint is None and result.where.startswith('loss: got ') and '; W_embed differs' in result.where, result


# one failing case hides no other


SQUEEZED = RIGHT.replace('    return next_h, cache', '    return next_h.squeeze(), cache')


def test_a_slip_with_one_row_is_told_and_costs_a_fifth():
    result = check(run(SQUEEZED, 'rnn_step_forward'))
    assert not result.passed and result.points == 2.4 and result.slip == 'N = 1'
    assert result.where == ('right with N = 3 and N = 5, but with N = 1: next_h has shape (2,), expected (1, 2) ='
                            ' (N, H): an axis of length 1 is missing: squeeze() without an axis takes all of them away')


def test_a_slip_costs_nothing_of_what_rests_on_it():
    broken = RIGHT.replace('    next_h = np.tanh(', '    if len(x) == 1: raise ValueError\n    next_h = np.tanh(')
    for name in ('rnn_step_backward', 'rnn_forward', 'rnn_backward'):
        result = check(run(broken, name))
        assert result.passed and result.points == result.max_points and result.hint is None, result
        told = 'right with N > 1; with N = 1: fix rnn_step_forward first: right with N = 3'
        assert result.note.startswith(told), result


def test_a_crash_in_one_case_hides_no_mistake_in_the_others():
    result = check(write('rnn_step_backward', ('np.sum(da, axis=0)', 'np.mean(da, axis=0) if len(x) != 5 else 1 / 0')))
    assert result.hint == CHECKS['rnn_step_backward'].hints['db_averaged'], result
    assert result.where.startswith('besides, with N=5, D=2, H=3: ZeroDivisionError'), result


# a factor has a name only if no other size is as large


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
def test_a_loss_divided_by_what_has_no_letter_is_given_no_letter(cell_type):
    for divisor in ('len(captions)', 'captions_out.shape[1]', 'captions.shape[1]', '(mask.sum() / len(mask))'):
        said = check(write('CaptioningRNN.loss', ('return loss,', f'return loss / {divisor},')), cell_type=cell_type)
        assert said.where.startswith('loss: got') and 'that is' not in said.where, said


def test_a_loss_averaged_over_words_is_not_told_as_one_over_N():
    said = check(write('temporal_softmax_loss', ('return loss,', 'return loss * N / mask.sum(),')))
    assert 'that is' not in said.where, said


# what a check leaves behind


def test_arguments_changed_in_place_are_noted_and_cost_nothing():
    result = check(
        write(
            'rnn_step_forward',
            ('next_h =', 'x *= 2; x /= 2; x += 1; next_h = 0 * x[:, :1] +'),
            ('x.dot(Wx)', '(x - 1).dot(Wx)'),
        )
    )
    assert result.passed and result.points == result.max_points
    assert result.note == 'x changed in place: work on a copy'


def test_backward_may_change_its_arguments():
    result = check(write('rnn_step_backward', ('da = dnext_h', 'dnext_h *= 2; da = dnext_h / 2')))
    assert result.passed and result.note is None


def test_global_random_stream_stays_where_it_is():
    np.random.seed(3)
    before = np.random.get_state()[1:3]
    for one in layer_checks():
        check(one.function(), name=one.name)
    after = np.random.get_state()[1:3]
    assert np.array_equal(before[0], after[0]) and before[1] == after[1]


# finding the check


def test_methods_are_found_bound_or_not():
    assert check(CaptioningRNN.sample).name == 'CaptioningRNN.sample[rnn]'
    assert check(CaptioningRNN.sample, cell_type='lstm').name == 'CaptioningRNN.sample[lstm]'
    model = CaptioningRNN({'<NULL>': 0, '<START>': 1, '<END>': 2}, 5, 3, 2, rng=np.random.RandomState(0))
    assert check(model.loss, cell_type='lstm').passed


def test_functions_in_functions_and_decorated_ones_are_found():
    @functools.wraps(rnn_step_forward)
    def timed(*inputs):
        return rnn_step_forward(*inputs)

    assert check(timed).passed
    assert check(lambda *inputs: rnn_step_forward(*inputs), name='rnn_step_forward').passed
    assert check(functools.partial(rnn_step_forward), name='rnn_step_forward').passed


def test_unknown_functions_are_refused():
    with pytest.raises(ValueError, match=r"there is no check of 'rnn_step_foward'.*rnn_step_forward"):
        check(rnn_step_forward, name='rnn_step_foward')
    with pytest.raises(ValueError, match='there is no check'):
        check(CaptioningRNN.loss, cell_type='gru')
    with pytest.raises(ValueError, match='a function without a name'):
        check(functools.partial(rnn_step_forward))
    with pytest.raises(TypeError, match='must be callable, got int'):
        check(3)


def test_all_checks_have_points_notebook_and_a_function():
    points = {'RNN': 0, 'LSTM': 0}
    for one in layer_checks():
        points[one.notebook] += one.points
        assert callable(one.function())
    assert points == {'RNN': 29, 'LSTM': 27}
    assert len({one.name for one in layer_checks()}) == len(layer_checks()) == 20


# what a check knows


def test_credit_of_a_misconception():
    one = replace(CHECKS['rnn_step_backward'], credit={'db_averaged': 0.5}, apart=False)
    answer = write('rnn_step_backward', ('np.sum', 'np.mean'))
    result = judge(one, answer, lambda name: write(name), CHECKS)
    assert not result.passed and result.points == 2 and result.hint


def test_arrays_alone_are_enough(monkeypatch, tmp_path):
    """Right and wrong answers can come from a file: judging needs no code that makes them."""
    one = CHECKS['CaptioningRNN.loss[lstm]']
    known = [{key: list(outputs) for key, outputs in case.items()} for case in answers(one)]
    flat = {
        f'{case}/{key}/{k}': output
        for case, keys in enumerate(known)
        for key, outputs in keys.items()
        for k, output in enumerate(outputs)
    }
    np.savez(tmp_path / 'known.npz', **flat)
    with np.load(tmp_path / 'known.npz') as stored:
        loaded = [
            {key: [stored[f'{case}/{key}/{k}'] for k in range(len(outputs))] for key, outputs in keys.items()}
            for case, keys in enumerate(known)
        ]
    monkeypatch.setattr(judging, 'answers', lambda check: loaded if check.name == one.name else answers(check))
    assert check(CaptioningRNN.loss, cell_type='lstm').passed
    proj = (
        ("        grads['W_proj'] = features.T.dot(dh0)\n", ''),
        ("        grads['b_proj'] = dh0.sum(axis=0)\n", ''),
    )
    assert 'grads has no W_proj' in check(write('CaptioningRNN.loss', *proj), cell_type='lstm').hint


@pytest.mark.parametrize('factor, named', [('T', 'that is T'), ('7', None), ('3', None), ('1 / T', 'that is 1/T')])
def test_a_factor_has_a_name_only_if_it_has_it_in_every_case(factor, named):
    right = run(RIGHT, 'rnn_forward')

    def scaled(x, h0, Wx, Wh, b):
        h, cache = right(x, h0, Wx, Wh, b)
        return h * eval(factor, {'T': x.shape[1]}), cache

    where = check(scaled, name='rnn_forward').where
    assert 'times the right value' in where
    assert (named in where) if named else ('that is' not in where), where
