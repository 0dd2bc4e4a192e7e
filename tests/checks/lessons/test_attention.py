"""The checks of attention: right texts of other kinds pass, and every known mistake is told by its own hint."""

import pytest

from cs231n.checks import CHECKS, all_checks, check
from tests.support.written_answers import run

RIGHT = """
import numpy as np

from cs231n.layers import affine_forward
from cs231n.rnn_layers import (lstm_step_backward, lstm_step_forward, temporal_affine_backward, temporal_affine_forward,
                               temporal_softmax_loss, word_embedding_backward, word_embedding_forward)


def dot_product_attention_forward(prev_h, A):
    N, P, H = A.shape
    scores = np.sum(prev_h[:, None] * A, axis=2) / np.sqrt(H)
    w = np.exp(scores - scores.max(axis=1, keepdims=True))
    w = w / w.sum(axis=1, keepdims=True)
    attn = np.sum(w[:, :, None] * A, axis=1)
    return attn, w, {'prev_h': prev_h, 'A': A, 'w': w}


def dot_product_attention_backward(dattn, cache):
    prev_h, A, w = cache['prev_h'], cache['A'], cache['w']
    N, P, H = A.shape
    dw = np.sum(dattn[:, None] * A, axis=2)
    ds = np.zeros((N, P))
    for n in range(N):
        ds[n] = (np.diag(w[n]) - np.outer(w[n], w[n])) @ dw[n]
    ds = ds / np.sqrt(H)
    dprev_h = np.sum(ds[:, :, None] * A, axis=1)
    dA = w[:, :, None] * dattn[:, None] + ds[:, :, None] * prev_h[:, None]
    return dprev_h, dA


def attention_step_forward(x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    a = x @ Wx + prev_h @ Wh + attn @ Wattn + b
    i, f, o = [1 / (1 + np.exp(-gate)) for gate in np.split(a[:, :-prev_h.shape[1]], 3, axis=1)]
    g = np.tanh(a[:, -prev_h.shape[1]:])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, attn, Wx, Wh, Wattn, i, f, o, g, next_c)


def attention_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, attn, Wx, Wh, Wattn, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * tanh_c * o * (1 - o),
                    dc * i * (1 - g**2)))
    dprev_h, dattn = da @ Wh.T, da @ Wattn.T
    dWh, dWattn = prev_h.T @ da, attn.T @ da
    dWx, db = x.T @ da, da.sum(axis=0)
    return da @ Wx.T, dprev_h, dc * f, dattn, dWx, dWh, dWattn, db


def attention_forward(x, A, Wx, Wh, Wattn, b):
    N, T, _ = x.shape
    h = A.mean(axis=1)
    c = np.zeros_like(h)
    states, maps, caches = [], [], []
    for t in range(T):
        attn, w, look = dot_product_attention_forward(h, A)
        h, c, step = attention_step_forward(x[:, t], h, c, attn, Wx, Wh, Wattn, b)
        states.append(h)
        maps.append(w)
        caches.append((look, step))
    return np.stack(states, axis=1), np.stack(maps, axis=1), (A, caches)


def attention_backward(dh, cache):
    A, caches = cache
    N, T, H = dh.shape
    dx, dA, sums = [], 0, [0] * 4
    dprev_h = dprev_c = np.zeros((N, H))
    for t in reversed(range(T)):
        look, step = caches[t]
        dx_t, dprev_h, dprev_c, dattn, *grads = attention_step_backward(dh[:, t] + dprev_h, dprev_c, step)
        asked, dA_t = dot_product_attention_backward(dattn, look)
        dprev_h = dprev_h + asked
        dA = dA + dA_t
        sums = [total + grad for total, grad in zip(sums, grads)]
        dx.append(dx_t)
    dA = dA + dprev_h[:, None] / A.shape[1]
    return np.stack(dx[::-1], axis=1), dA, *sums


def attention_loss(model, features, captions_in, captions_out):
    p, grads = model.params, {}
    A = features @ p['W_proj'] + p['b_proj']
    x, embed_cache = word_embedding_forward(captions_in, p['W_embed'])
    h, _, cell_cache = attention_forward(x, A, p['Wx'], p['Wh'], p['Wattn'], p['b'])
    scores, vocab_cache = temporal_affine_forward(h, p['W_vocab'], p['b_vocab'])
    mask = captions_out != model._null
    loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
    dh, grads['W_vocab'], grads['b_vocab'] = temporal_affine_backward(dscores, vocab_cache)
    dx, dA, grads['Wx'], grads['Wh'], grads['Wattn'], grads['b'] = attention_backward(dh, cell_cache)
    grads['W_embed'] = word_embedding_backward(dx, embed_cache)
    grads['W_proj'] = np.einsum('npd,nph->dh', features, dA)
    grads['b_proj'] = dA.sum(axis=(0, 1))
    return loss, grads


def attention_captions(model, features, max_length):
    p, N = model.params, len(features)
    A = features @ p['W_proj'] + p['b_proj']
    h = A.mean(axis=1)
    c = np.zeros_like(h)
    word = np.full(N, model._start)
    captions, maps = np.zeros((N, max_length), int), np.zeros((N, max_length, A.shape[1]))
    for t in range(max_length):
        x = p['W_embed'][word]
        attn, w, _ = dot_product_attention_forward(h, A)
        h, c, _ = attention_step_forward(x, h, c, attn, p['Wx'], p['Wh'], p['Wattn'], p['b'])
        scores = h @ p['W_vocab'] + p['b_vocab']
        word = scores.argmax(axis=1)
        captions[:, t], maps[:, t] = word, w
    return captions, maps
"""
LOOK = 'attn, w, look = dot_product_attention_forward(h, A)'
STEP = 'attention_step_forward(x[:, t], h, c, attn, Wx, Wh, Wattn, b)'
SAMPLE_LOOK = 'attn, w, _ = dot_product_attention_forward(h, A)'
SAMPLE_STEP = "attention_step_forward(x, h, c, attn, p['Wx'], p['Wh'], p['Wattn'], p['b'])"
JACOBIAN = '(np.diag(w[n]) - np.outer(w[n], w[n])) @ dw[n]'
SUM = 'x @ Wx + prev_h @ Wh + attn @ Wattn + b'
H0, C0 = 'h = A.mean(axis=1)', 'c = np.zeros_like(h)'
SCORES = "scores = h @ p['W_vocab'] + p['b_vocab']"


def states(look, step):
    """Mistakes about the states, given the line of the look and the call of the step."""
    again = step.replace('h, c', 'first, c')
    return {
        'h0_zero': [(H0, 'h = A.mean(axis=1) * 0')],
        'h0_sum': [(H0, 'h = A.sum(axis=1)')],
        'h0_is_a_place': [(H0, 'h = A[:, 0]')],
        'c0_is_h0': [(C0, 'c = h')],
        'looks_once': [(C0, f'{C0}\n    first = h'), (look, look.replace('(h, A)', '(first, A)'))],
        'look_late': [(C0, f'{C0}\n    old = h'), (look, look.replace('(h, A)', '(old, A)') + '\n        old = h')],
        'maps_late': [(step, f'{step}\n        _, w, _ = dot_product_attention_forward(h, A)')],
        'unweighted': [(look, f'{look}\n        attn = A.mean(axis=1)')],
        'h_not_carried': [(C0, f'{C0}\n    first = h'), (step, again)],
        'c_not_carried': [(step, step.replace('h, c', 'h, c * 0'))],
        'nothing_carried': [(C0, f'{C0}\n    first = h'), (step, step.replace('h, c', 'first, c * 0'))],
    }


MISTAKES = {
    'dot_product_attention_forward': {
        'no_scale': [(' / np.sqrt(H)', '')],
        'scaled_by_H': [('np.sqrt(H)', 'H')],
        'scaled_by_P': [('np.sqrt(H)', 'np.sqrt(P)')],
        'multiplied': [('/ np.sqrt(H)', '* np.sqrt(H)')],
        'over_examples': [('axis=1, keepdims', 'axis=0, keepdims')],
        'over_all': [('w.sum(axis=1, keepdims=True)', 'w.sum()'), (' - scores.max(axis=1, keepdims=True)', '')],
        'no_softmax': [('    w = w / w.sum', '    w = scores\n    # w = w / w.sum')],
        'no_exp': [('np.exp(scores - scores.max(axis=1, keepdims=True))', 'scores')],
        'not_normalised': [('    w = w / w', '    # w'), (' - scores.max(axis=1, keepdims=True)', '')],
        'hard': [('    w = w / w.sum', '    w = np.eye(P)[scores.argmax(axis=1)]\n    # w.sum')],
        'unweighted': [('np.sum(w[:, :, None] * A, axis=1)', 'np.mean(A, axis=1)')],
        'averaged': [('np.sum(w[:, :, None] * A, axis=1)', 'np.mean(w[:, :, None] * A, axis=1)')],
        'h_added': [('return attn, w', 'return attn + prev_h, w')],
    },
    'dot_product_attention_backward': {
        'softmax_dropped': [(JACOBIAN, '0')],
        'softmax_skipped': [(JACOBIAN, 'dw[n]')],
        'softmax_diagonal': [(JACOBIAN, 'w[n] * (1 - w[n]) * dw[n]')],
        'no_centre': [(' - np.outer(w[n], w[n])', '')],
        'centre_unweighted': [(JACOBIAN, 'w[n] * (dw[n] - dw[n].sum())')],
        'centre_averaged': [(JACOBIAN, 'w[n] * (dw[n] - dw[n].mean())')],
        'no_scale': [('ds = ds / np.sqrt(H)', '')],
        'scaled_by_H': [('np.sqrt(H)', 'H')],
        'values_only': [(' + ds[:, :, None] * prev_h[:, None]', '')],
        'keys_only': [('w[:, :, None] * dattn[:, None] + ', '')],
    },
    'attention_step_forward': {
        'attn_left_out': [(SUM, 'x @ Wx + prev_h @ Wh + b')],
        'h_left_out': [(SUM, 'x @ Wx + attn @ Wattn + b')],
        'x_left_out': [(SUM, 'prev_h @ Wh + attn @ Wattn + b')],
        'no_bias': [(SUM, 'x @ Wx + prev_h @ Wh + attn @ Wattn')],
        'attn_by_Wh': [('attn @ Wattn', 'attn @ Wh')],
        'weights_swapped': [(SUM, 'x @ Wx + prev_h @ Wattn + attn @ Wh + b')],
        'attn_added_to_h': [('return next_h,', 'return next_h + attn,')],
        'outputs_swapped': [('return next_h, next_c', 'return next_c, next_h')],
    },
    'attention_step_backward': {
        'no_dnext_c': [('dc = dnext_c + ', 'dc = ')],
        'no_dnext_h': [('tanh_c = np', 'dnext_h = dnext_h * 0\n    tanh_c = np')],
        'dattn_zero': [('da @ Wattn.T', 'np.zeros_like(attn)')],
        'dattn_by_Wh': [('da @ Wattn.T', 'da @ Wh.T')],
        'swapped': [('dprev_h, dattn = da', 'dattn, dprev_h = da')],
        'dattn_in_dprev_h': [('return da', 'dprev_h = dprev_h + dattn\n    return da')],
        'dWattn_from_h': [('attn.T @ da', 'prev_h.T @ da')],
        'weights_swapped': [('dWh, dWattn = ', 'dWattn, dWh = ')],
        'weights_averaged': [('da.sum(axis=0)', 'da.sum(axis=0) / len(x)\n    dWx, dWh, dWattn = dWx / len(x), '
                              'dWh / len(x), dWattn / len(x)')],
        'db_averaged': [('da.sum(axis=0)', 'da.mean(axis=0)')],
    },
    'attention_forward': {
        **states(LOOK, STEP),
        'time_backwards': [('range(T)', 'reversed(range(T))'),
                           ('return np.stack(states', 'return np.stack(states[::-1]'),
                           ('np.stack(maps', 'np.stack(maps[::-1]')],
        'starts_with_h0': [(LOOK, f'states.append(h)\n        {LOOK}'),
                           ('        states.append(h)\n        maps', '        maps')],
        'time_first': [('axis=1)', 'axis=0)'), ('h = A.mean(axis=0)', H0)],
    },
    'attention_backward': {
        'look_not_carried': [('dprev_h + asked', 'dprev_h')],
        'look_dropped': [('dprev_h + asked', 'dprev_h'), ('dA = dA + dA_t', 'dA = dA_t * 0')],
        'values_only': [('dA = dA + dA_t', "dA = dA + look['w'][:, :, None] * dattn[:, None]")],
        'dA_overwritten': [('dA = dA + dA_t', 'dA = dA_t')],
        'h0_left_out': [('dA = dA + dprev_h[:, None] / A.shape[1]', '')],
        'h0_sum': [(' / A.shape[1]', '')],
        'dh_not_carried': [('dh[:, t] + dprev_h', 'dh[:, t]')],
        'dc_not_carried': [('dprev_h, dprev_c, step', 'dprev_h, 0, step')],
        'only_last_dh': [('(dh[:, t] + dprev_h', '(dh[:, t] * (t == T - 1) + dprev_h')],
        'time_forwards': [('reversed(range(T))', 'range(T)'), ('dx[::-1]', 'dx')],
        'dx_reversed': [('dx[::-1]', 'dx')],
        'weights_overwritten': [('total + grad for', 'grad for')],
        'weights_averaged': [('return', 'sums = [total / T for total in sums]\n    return')],
    },
    'attention_loss': {
        'exchanged': [('p, grads', 'captions_in, captions_out = captions_out, captions_in\n    p, grads')],
        'mask_from_in': [('mask = captions_out', 'mask = captions_in')],
        'mask_left_out': [('captions_out != model._null', 'captions_out > -1')],
        'divided_again': [('mask)', 'mask)\n    loss, dscores = loss / len(features), dscores / len(features)')],
        'no_b_proj': [("features @ p['W_proj'] + p['b_proj']", "features @ p['W_proj']")],
        'no_b_vocab': [("p['b_vocab'])", "0 * p['b_vocab'])")],
        'proj_grad_missing': [("    grads['W_proj'] = np.einsum('npd,nph->dh', features, dA)\n", ''),
                              ("    grads['b_proj'] = dA.sum(axis=(0, 1))\n", '')],
        'proj_grad_by_mean': [("np.einsum('npd,nph->dh', features, dA)", 'features.mean(axis=1).T @ dA.sum(axis=1)')],
        'Wattn_grad_missing': [("grads['Wattn']", 'unused')],
        'embed_grad_missing': [("grads['W_embed'] =", 'unused =')],
    },
    'attention_captions': {
        **states(SAMPLE_LOOK, SAMPLE_STEP),
        'maps_left_out': [('word, w', 'word, 0')],
        'word_not_fed': [('word = scores', 'said = scores'), ('= word, w', '= said, w')],
        'null_starts': [('model._start', 'model._null')],
        'start_returned': [('captions[:, t], maps', 'captions[:, t + 1:t + 2], maps'),
                           ('= word, w', '= word[:, None], w'),
                           ('return', 'captions[:, 0] = model._start\n    return')],
        'no_b_proj': [("features @ p['W_proj'] + p['b_proj']", "features @ p['W_proj']")],
        'no_b_vocab': [(SCORES, SCORES.replace(" + p['b_vocab']", ''))],
        'scores_before_step': [(SAMPLE_LOOK, f'{SAMPLE_LOOK}\n        before = h'),
                               (SCORES, SCORES.replace('h @', 'before @'))],
        'stops_with_first_row': [('= word, w', '= word, w\n        if (word == model._end).any():\n            break')],
    },
}
CASES = [pytest.param(name, key, id=f'{name}-{key}') for name, some in MISTAKES.items() for key in some]
OWN = [one for one in CHECKS.values() if one.notebook == 'Attention']


def write(name, *edits):
    """The function of that name from RIGHT, with edits in its text."""
    start = RIGHT.index(f'\ndef {name}(')
    end = RIGHT.find('\ndef ', start + 1)
    text = RIGHT[start:end if end > 0 else None]
    for old, new in edits:
        assert old in text, f'{name} has no {old!r}'
        text = text.replace(old, new)
    return run(RIGHT[:start] + text + (RIGHT[end:] if end > 0 else ''), name)


@pytest.mark.parametrize('name', MISTAKES)
def test_a_right_text_of_another_kind_passes(name):
    result = check(write(name))
    assert result.passed and result.points == CHECKS[name].points, result
    assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('name, key', CASES)
def test_a_mistake_is_told_by_its_own_hint(name, key):
    result = check(write(name, *MISTAKES[name][key]), name=name)
    assert not result.passed
    assert (result.hint, result.where) == (CHECKS[name].hints[key], None), result


def test_every_mistake_has_a_text_and_a_hint_of_one_short_line():
    assert {name: set(some) for name, some in MISTAKES.items()} == {one.name: set(one.hints) for one in OWN}
    assert sum(len(one.hints) for one in OWN) >= 20
    for hint in (hint for one in OWN for hint in one.hints.values()):
        assert len(hint) <= 150 and '\n' not in hint and hint.endswith('.'), hint


def test_the_points_of_the_five_are_what_they_are_without_it():
    five, every = all_checks(), all_checks(extra=True)
    assert every[:len(five)] == five and list(every[len(five):]) == OWN
    assert sum(one.points for one in five) == 108
    assert not any(one.notebook == 'Attention' for one in all_checks('pytorch', extra=True))
