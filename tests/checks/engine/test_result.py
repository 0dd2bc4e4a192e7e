"""What is said of an answer: right, a known mistake, or where an unknown one shows; as text and as HTML."""

import pytest

from cs231n.checks import check
from cs231n.checks.engine.result import AMBER, GREEN, RED
from cs231n.rnn_layers import rnn_step_backward, rnn_step_forward
from tests.support.written_answers import layer_checks, run, write

STEP = 'def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    '


def test_text_of_a_right_answer():
    assert (
        repr(check(rnn_step_backward))
        == """\
rnn_step_backward: right, 4 of 4 points
  dx       right, agrees to 1e-08
  dprev_h  right, agrees to 1e-08
  dWx      right, agrees to 1e-08
  dWh      right, agrees to 1e-08
  db       right, agrees to 1e-08"""
    )


def test_text_of_a_known_mistake():
    result = check(write('rnn_step_backward', ('np.sum', 'np.mean')))
    assert (
        repr(result)
        == """\
rnn_step_backward: not right yet, 3.2 of 4 points
  dx       right, agrees to 1e-08
  dprev_h  right, agrees to 1e-08
  dWx      right, agrees to 1e-08
  dWh      right, agrees to 1e-08
  db       wrong
Hint: db is averaged over the minibatch: sum over N."""
    )


def test_text_of_given_code_names_no_points():
    assert repr(check(write('sigmoid'))) == 'sigmoid: right\n  s  right, agrees to 1e-08'


def test_text_is_the_same_each_time():
    for one in layer_checks():
        first, second = (check(one.function(), name=one.name) for _ in range(2))
        assert first == second and repr(first) == repr(second)
        assert first._repr_html_() == second._repr_html_()
        assert ' at 0x' not in repr(first)


def test_float32_is_named():
    result = check(write('rnn_step_forward', ('+ b)', '+ b).astype(np.float32)')))
    assert result.passed and 'right, agrees to 1e-05, the accuracy of float32' in repr(result)


def test_html_is_a_table_and_escapes():
    result = check(run(STEP + 'raise ValueError("<script>&")', 'rnn_step_forward'))
    html = result._repr_html_()
    assert '<script>' not in html and 'ValueError: &lt;script&gt;&amp;' in html
    passed = check(rnn_step_forward)._repr_html_()
    assert passed.count('<tr>') == 1 and 'rnn_step_forward: right, 3 of 3 points' in passed


@pytest.mark.parametrize(
    'name, edit, said',
    [
        (
            'rnn_forward',
            ('h[:, t] = prev_h', 'h[:, t] = prev_h * (t < 3)'),
            'wrong at timestep 3, 4, right at 0 to 2',
        ),
        ('rnn_forward', ('h[:, t] = prev_h', 'h[0, t] = prev_h[0]'), 'wrong in row 1, 2, right in 0'),
        (
            'rnn_backward',
            ('h[:, t] + dprev_h', 'h[:, t] + 0.9 * dprev_h'),
            'wrong at timestep 0 to 3, right at 4',
        ),
        (
            'rnn_backward',
            ('return dx, dh0', 'return dx / T, dh0'),
            'everywhere 0.2 times the right value (that is 1/T)',
        ),
        (
            'rnn_backward',
            ('return dx, dh0', 'return 1.25 * dx, dh0'),
            'everywhere 1.25 times the right value',
        ),
        ('rnn_step_backward', ('np.sum(da, axis=0)', '0'), 'it is zero everywhere'),
        ('lstm_step_backward', ('o * (1 - o)', 'o * (1 - o) * o'), 'wrong in gate o, right in i, f, g'),
        (
            'lstm_backward',
            ('dh0 = dprev_h', 'dprev_h[-1] += 0.1; dh0 = dprev_h'),
            'wrong in row 2, right in 0, 1',
        ),
        (
            'word_embedding_backward',
            ('np.add.at(dW, x, dout)', 'np.add.at(dW, x, dout); dW[0] = 0'),
            'wrong at word 0',
        ),
        (
            'temporal_softmax_loss',
            ('return loss, dx', 'return loss / N, dx'),
            '0.3333 times the right value (that is 1/N)',
        ),
    ],
)
def test_unknown_mistake_is_told_by_its_place(name, edit, said):
    result = check(write(name, edit))
    assert not result.passed and result.hint is None
    assert said in result.where, result


def test_only_the_wrong_outputs_are_called_wrong():
    result = check(write('lstm_step_backward', ('o * (1 - o)', 'o * (1 - o) * o')))
    assert {name for name, right, _ in result.verdicts if right} == {'dprev_c'}


def test_two_mistakes_in_two_outputs_are_both_told_and_the_others_earn_their_share():
    result = check(write('rnn_step_backward', ('da.dot(Wh.T)', 'da.dot(Wh)'), ('np.sum', 'np.mean')))
    hints = next(one.hints for one in layer_checks() if one.name == 'rnn_step_backward')
    assert result.hint == f'{hints["Wh_transposed"]} Also: {hints["db_averaged"]}' and result.where is None
    assert result.points == round(3 / 5 * 4, 1) and not result.passed


def test_of_two_mistakes_in_one_output_the_one_that_shows_elsewhere_is_told():
    result = check(write('rnn_step_backward', ('1 - next_h ** 2', '1 - prev_h ** 2'), ('np.sum', '-1.3 * np.mean')))
    assert result.hint.startswith('the derivative of tanh is taken at prev_h') and 'db' not in result.hint
    assert result.where.startswith('db differs first') and result.points == 0


def test_mistake_that_shows_for_other_shapes_only():
    edit = ('da = dnext_h * (1 - next_h ** 2)', 'da = dnext_h * (1 - next_h ** 2) * (len(x) > 1)')
    result = check(write('rnn_step_backward', edit))
    assert result.where.startswith('right with N = 3 and N = 5, but with N = 1: dx differs first')


def test_random_answer_is_called_so():
    edit = ('scores = h', 'scores = np.random.default_rng().normal(size=h.dot(W_vocab).shape) + h')
    assert check(write('CaptioningRNN.sample', edit)).where.startswith('two calls with the same input differ')


def test_an_unwritten_function_is_to_do_and_amber():
    result = check(run(STEP + 'raise NotImplementedError("rnn_step_forward: one step")', 'rnn_step_forward'))
    assert result.headline == 'rnn_step_forward: to do, 0 of 3 points'
    assert AMBER in result._repr_html_() and RED not in result._repr_html_() and GREEN not in result._repr_html_()
    assert RED in check(run(STEP + 'return x, x', 'rnn_step_forward'))._repr_html_()


def luminance(colour):
    """The relative luminance of WCAG 2."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
               for w, c in zip((0.2126, 0.7152, 0.0722), parts))


@pytest.mark.parametrize('colour', [GREEN, AMBER, RED])
@pytest.mark.parametrize('background', ['#ffffff', '#111111'])
def test_colours_are_readable_on_light_and_on_dark(colour, background):
    low, high = sorted([luminance(colour), luminance(background)])
    assert (high + 0.05) / (low + 0.05) >= 3, (colour, background)


def test_a_sign_alone_is_told_as_a_hint():
    result = check(write('rnn_backward', ('return dx, dh0', 'return -dx, dh0')))
    assert result.hint == 'the sign of dx is wrong, and nothing else.' and result.points == 3.2, result
