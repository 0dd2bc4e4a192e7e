"""Valid answers of the kinds that students really hand in: {id: (function, source text)}."""

from tests.support.written_answers import RIGHT


def edited(*edits):
    """RIGHT with edits (old, new); every old text must occur."""
    text = RIGHT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


STEP_CACHE = 'cache = (x, prev_h, Wx, Wh, b, next_h)'
STEP_UNPACK = 'x, prev_h, Wx, Wh, b, next_h = cache'
LSTM_CACHE = 'cache = (x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c, next_h)'
LSTM_UNPACK = 'x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c, next_h = cache'
FLOAT32 = ('    h = np.zeros((N, T, h0.shape[1]))', '    h = np.zeros((N, T, h0.shape[1]), dtype=np.float32)')

RECOMPUTES = '''
import numpy as np


def rnn_forward(x, h0, Wx, Wh, b):
    """Keeps the inputs alone, and runs all again in the backward pass."""
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ Wx + states[-1] @ Wh + b))
    return np.stack(states[1:], axis=1), (x, h0, Wx, Wh, b)


def rnn_backward(dh, cache):
    x, h0, Wx, Wh, b = cache
    h, _ = rnn_forward(*cache)
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    carried, da = 0, np.empty_like(h)
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carried) * (1 - h[:, t] ** 2)
        carried = da[:, t] @ Wh.T
    weights = [np.tensordot(v, da, ([0, 1], [0, 1])) for v in (x, before)]
    return [da @ Wx.T, carried, *weights, da.sum((0, 1))]
'''
EMBEDDINGS = {
    'indexing': ('W[x]', 'np.add.at(dW, x, dout)'),
    'take': ('np.take(W, x, axis=0)', 'np.add.at(dW, x.ravel(), dout.reshape(-1, shape[1]))'),
    'one_hot': ('np.eye(len(W))[x] @ W', "dW = np.einsum('ntv,ntd->vd', np.eye(shape[0])[x], dout)"),
    'loops': (
        'np.array([[W[word] for word in row] for row in x])',
        'for n in range(len(x)):\n        for t in range(len(x[0])):\n            dW[x[n, t]] += dout[n, t]',
    ),
    'sums_over_equal': (
        'np.stack([W[row] for row in x])',
        'for v in range(shape[0]):\n        dW[v] = dout[x == v].sum(axis=0)',
    ),
}
AFTER_END = {
    'set_to_null': (
        'captions[:, t] = word',
        'captions[~done, t] = word[~done]\n            done |= word == self._end',
    ),
    'null_is_fed': (
        'captions[:, t] = word',
        'word = np.where(done, self._null, word)\n            captions[:, t] = word\n'
        '            done |= word == self._end',
    ),
    'stops_when_all_ended': (
        'captions[:, t] = word',
        'captions[~done, t] = word[~done]\n            done |= word == self._end\n'
        '            if done.all():\n                break',
    ),
}
DONE = (
    'word = np.array([self._start] * N)',
    'word = np.array([self._start] * N)\n        done = np.zeros(N, bool)',
)
SAMPLING = {
    'everything_kept': [],
    'float_array': [('np.ones((N, max_length), dtype=np.int32)', 'np.ones((N, max_length))')],
    'list_of_rows': [('return captions\n', 'return captions.tolist()\n')],
    'one_image_at_a_time': [('scores.argmax(axis=1)', 'np.array([row.argmax() for row in scores])')],
    'softmax_first': [
        ('scores.argmax(axis=1)', 'np.exp(scores - scores.max(1, keepdims=True)).argmax(axis=1)')
    ],
    **{key: [DONE, edit] for key, edit in AFTER_END.items()},
}
DRAW = 'word = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)'
SOFTMAX = """p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        """
DRAWING = {  # ways to draw a word from softmax(logits) for each row, and to write it down
    'gumbel': [],
    'gumbel_from_uniform': [('rng.gumbel(size=logits.shape)', '-np.log(-np.log(rng.random(logits.shape)))')],
    'exponential_race': [(DRAW, SOFTMAX + 'word = (rng.exponential(size=p.shape) / p).argmin(axis=1)')],
    'choice_row_by_row': [(DRAW, SOFTMAX + 'word = np.array([rng.choice(len(q), p=q) for q in p])')],
    'inverse_cdf': [
        (DRAW, SOFTMAX + 'word = (p.cumsum(axis=1) < rng.random((N, 1)) * p.sum(axis=1, keepdims=True)).sum(axis=1)')
    ],
    'multinomial': [(DRAW, SOFTMAX + 'word = rng.multinomial(1, p).argmax(axis=1)')],
    'only_rows_that_go_on': [
        (DRAW, SOFTMAX + 'word = np.array([0 if over else rng.choice(len(q), p=q) for q, over in zip(p, done)])'),
    ],
    'image_by_image': [
        ('    for t in range(max_length):\n        scores, h, c = next', """
    for n, t in np.ndindex(N, max_length):
        if t == 0:
            h, c = first_state(model, features[n:n + 1])
            word = [model._start]
        if done[n]:
            continue
        scores, h, c = next"""),
        ('captions[~done, t] = word[~done]', 'captions[n, t] = word[0]'),
        ('done |= word == model._end', 'done[n] = word[0] == model._end'),
    ],
    'null_is_fed': [('captions[~done, t] = word[~done]', 'word[done] = model._null\n        captions[:, t] = word')],
    'stops_when_all_ended': [
        ('done |= word == model._end', 'done |= word == model._end\n        if done.all():\n            break')
    ],
    'cut_behind_the_end': [
        ('captions[~done, t] = word[~done]', 'captions[:, t] = word'),
        ('    return captions\n\n\nclass', '    ended = np.cumsum(captions == model._end, axis=1)\n'
         '    captions[ended - (captions == model._end) > 0] = model._null\n    return captions\n\n\nclass'),
    ],
    'floats': [('captions = np.full((N, max_length), model._null, np.int32)', 'captions = np.zeros((N, max_length))')],
    'list_of_rows': [('    return captions\n\n\nclass', '    return captions.tolist()\n\n\nclass')],
    'own_scores': [('scores, h, c = next_scores(model, word, h, c)', """p = model.params
        if model.cell_type == 'rnn':
            h = np.tanh(p['W_embed'][word] @ p['Wx'] + h @ p['Wh'] + p['b'])
        else:
            h, c, _ = lstm_step_forward(p['W_embed'][word], h, c, p['Wx'], p['Wh'], p['b'])
        scores = h @ p['W_vocab'] + p['b_vocab']""")],
}
ROUND = {
    'usual': [],
    'layers': [("p['W_embed'][words]", "word_embedding_forward(words, p['W_embed'])[0]")],
    'other_names': [
        ('h, c, _ = lstm_step_forward(x, h, c,', 'next_h, next_c, _ = lstm_step_forward(x, h, c,'),
        ("h, _ = rnn_step_forward(x, h, p['Wx']", "next_c = c\n        next_h, _ = rnn_step_forward(x, h, p['Wx']"),
        ("scores = h.dot(p['W_vocab'])", "scores = next_h.dot(p['W_vocab'])"),
        ('return scores, h, c', 'return [scores, next_h, next_c]'),
    ],
    'one_product': [("h.dot(p['W_vocab']) + p['b_vocab']",
                     "np.column_stack([h, np.ones(len(h))]) @ np.vstack([p['W_vocab'], p['b_vocab']])")],
    'float32': [('return scores, h, c', 'return scores.astype(np.float32), h, c')],
}
LOSS = 'return loss, grads'

VARIANTS = {
    'step_cache_list': (
        'rnn_step_backward',
        edited((STEP_CACHE, STEP_CACHE.replace('(', '[').replace(')', ']'))),
    ),
    'step_cache_dict': (
        'rnn_step_backward',
        edited(
            (STEP_CACHE, 'cache = dict(x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, b=b, out=next_h)'),
            (
                STEP_UNPACK,
                "x, prev_h, Wx, Wh, b, next_h = [cache[k] for k in ('x', 'prev_h', 'Wx', 'Wh', 'b', 'out')]",
            ),
        ),
    ),
    'step_cache_nested': (
        'rnn_step_backward',
        edited(
            (STEP_CACHE, 'cache = (x, (prev_h, Wx), {0: (Wh, b, next_h)})'),
            (STEP_UNPACK, 'x, (prev_h, Wx), (Wh, b, next_h) = cache[0], cache[1], cache[2][0]'),
        ),
    ),
    'step_cache_popped': (
        'rnn_step_backward',
        edited(
            (STEP_CACHE, 'cache = [x, prev_h, Wx, Wh, b, next_h]'),
            (STEP_UNPACK, 'next_h, b, Wh, Wx, prev_h, x = [cache.pop() for _ in range(6)]'),
        ),
    ),
    'step_outputs_in_a_list': (
        'rnn_step_backward',
        edited(('return dx, dprev_h, dWx, dWh, db', 'return [dx, dprev_h, dWx, dWh, db]')),
    ),
    'step_upstream_in_place': (
        'rnn_step_backward',
        edited(('da = dnext_h * (1 - next_h ** 2)', 'dnext_h *= 1 - next_h ** 2\n    da = dnext_h')),
    ),
    'step_other_argument_names': (
        'rnn_step_forward',
        edited(
            (
                'def rnn_step_forward(x, prev_h, Wx, Wh, b):',
                'def rnn_step_forward(x, h, U, V, bias):\n    prev_h, Wx, Wh, b = h, U, V, bias',
            )
        ),
    ),
    'step_in_float32': ('rnn_step_forward', edited(('+ b)\n', '+ b).astype(np.float32)\n'))),
    'step_one_product': (
        'rnn_step_forward',
        edited(
            (
                'np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)',
                'np.tanh(np.hstack([x, prev_h]) @ np.vstack([Wx, Wh]) + b)',
            )
        ),
    ),
    'sequence_recomputes': ('rnn_backward', RECOMPUTES),
    'sequence_float32': ('rnn_forward', edited(FLOAT32)),
    'sequence_float32_backward': (
        'rnn_backward',
        edited(FLOAT32, ('np.zeros((N, H))', 'np.zeros((N, H), np.float32)')),
    ),
    'sequence_gradient_starts_as_0': ('rnn_backward', edited(('dprev_h = np.zeros((N, H))', 'dprev_h = 0'))),
    'sequence_cache_popped': (
        'rnn_backward',
        edited(
            (
                'rnn_step_backward(dh[:, t] + dprev_h, cache[t])',
                'rnn_step_backward(dh[:, t] + dprev_h, cache.pop())',
            )
        ),
    ),
    'sequence_upstream_in_place': (
        'rnn_backward',
        edited(
            (
                'rnn_step_backward(dh[:, t] + dprev_h',
                'dh[:, t] += dprev_h\n        dx[:, t], dprev_h, dWx_t, dWh_t, db_t ='
                ' rnn_step_backward(dh[:, t]',
            ),
            ('dx[:, t], dprev_h, dWx_t, dWh_t, db_t = dh', 'dh'),
        ),
    ),
    'sequence_time_major_inside': (
        'rnn_forward',
        edited(('h = np.zeros((N, T, h0.shape[1]))', 'h = np.zeros((T, N, h0.shape[1])).transpose(1, 0, 2)')),
    ),
    'loss_of_shape_1': (
        'temporal_softmax_loss',
        edited(('return loss, dx.re', 'return np.array([loss]), dx.re')),
    ),
    'loss_a_python_float': (
        'temporal_softmax_loss',
        edited(('return loss, dx.re', 'return float(loss), dx.re')),
    ),
    'softmax_without_subtracting_the_maximum': (
        'temporal_softmax_loss',
        edited(('np.exp(scores - scores.max(axis=1, keepdims=True))', 'np.exp(scores)')),
    ),
    'loss_by_loops': (
        'temporal_softmax_loss',
        edited(
            (
                '-np.sum(mask * np.log(probs[np.arange(N * T), y])) / N',
                'sum(-np.log(p[v]) for p, v, m in zip(probs, y, mask) if m) / N',
            )
        ),
    ),
    'sigmoid_of_one_line': (
        'sigmoid',
        edited(
            (
                'z = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1, z) / (1 + z)',
                'return 1 / (1 + np.exp(-x))',
            )
        ),
    ),
    'sigmoid_by_tanh': (
        'sigmoid',
        edited(('np.where(x >= 0, 1, z) / (1 + z)', '0.5 * (1 + np.tanh(0.5 * x))')),
    ),
    'lstm_cache_dict': (
        'lstm_step_backward',
        edited(
            (LSTM_CACHE, 'cache = locals()'),
            (
                LSTM_UNPACK,
                "x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c, next_h = (cache[k] for k in\n"
                "        ('x', 'prev_h', 'prev_c', 'Wx', 'Wh', 'b', 'i', 'f', 'o', 'g', 'next_c', 'next_h'))",
            ),
        ),
    ),
    'lstm_upstream_in_place': (
        'lstm_step_backward',
        edited(
            (
                'dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)',
                'dnext_c += dnext_h * o * (1 - tanh_c ** 2)\n    dc = dnext_c',
            )
        ),
    ),
    'lstm_blocks_filled_in': (
        'lstm_step_backward',
        edited(
            (
                'da = np.hstack((da_i, da_f, da_o, da_g))',
                'H = i.shape[1]\n    da = np.zeros((len(x), 4 * H))\n'
                '    da[:, :H], da[:, H:2 * H], da[:, 2 * H:3 * H], da[:, 3 * H:] = da_i, da_f, da_o, da_g',
            )
        ),
    ),
    'lstm_gates_by_slices': (
        'lstm_step_forward',
        edited(('np.split(a, 4, axis=1)', 'a[:, :H], a[:, H:2 * H], a[:, 2 * H:-H], a[:, -H:]')),
    ),
    'lstm_first_cell_is_0': (
        'lstm_forward',
        edited(('prev_h, prev_c = h0, np.zeros_like(h0)', 'prev_h, prev_c = h0, 0')),
    ),
    'lstm_first_cell_is_0_backward': (
        'lstm_backward',
        edited(('prev_h, prev_c = h0, np.zeros_like(h0)', 'prev_h, prev_c = h0, 0')),
    ),
    'lstm_cell_gradient_starts_as_0': (
        'lstm_backward',
        edited(('dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))', 'dprev_h, dprev_c = 0, 0')),
    ),
    'lstm_float32': ('lstm_forward', edited(FLOAT32)),
    'grads_reordered_with_extras': (
        'CaptioningRNN.loss[rnn]',
        edited((LOSS, "return loss, {**dict(reversed(grads.items())), 'h0': dh0}")),
    ),
    'captioning_loss_of_shape_1': (
        'CaptioningRNN.loss[lstm]',
        edited((LOSS, 'return np.reshape(loss, 1), grads')),
    ),
    'captioning_loss_in_a_list': ('CaptioningRNN.loss[lstm]', edited((LOSS, 'return [loss, grads]'))),
    'captioning_loss_in_float32': (
        'CaptioningRNN.loss[rnn]',
        edited(
            (
                'features.dot(W_proj) + b_proj\n        x, e',
                '(features.dot(W_proj) + b_proj).astype(np.float32)\n        x, e',
            )
        ),
    ),
    **{
        f'embedding_{key}': ('word_embedding_forward', edited(('W[x]', look_up)))
        for key, (look_up, _) in EMBEDDINGS.items()
    },
    **{
        f'embedding_backward_{key}': ('word_embedding_backward', edited(('np.add.at(dW, x, dout)', add)))
        for key, (_, add) in EMBEDDINGS.items()
    },
    **{
        f'sampling_{cell_type}_{key}': (f'CaptioningRNN.sample[{cell_type}]', edited(*edits))
        for cell_type in ('rnn', 'lstm')
        for key, edits in SAMPLING.items()
    },
    **{f'draw_{key}': ('random_captions', edited(*edits)) for key, edits in DRAWING.items()},
    **{f'round_{key}': ('next_scores', edited(*edits)) for key, edits in ROUND.items()},
}
