"""Every known mistake, made in a student's own text, is told by its own hint; the right text passes."""

from itertools import permutations

import pytest

from cs231n.checks import check
from tests.support.written_answers import layer_checks, write

STEP = 'prev_h, step = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)'
LSTM_STEP = 'prev_h, prev_c, step = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)'
BACK = 'rnn_step_backward(dh[:, t] + dprev_h, cache[t])'
LSTM_BACK = 'lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])'
DC = 'dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)'
SUM = 'x.dot(Wx) + prev_h.dot(Wh) + b'
AVERAGE = 'dWx, dWh, db = dWx / len(x), dWh / len(x), db / len(x)\n    return '
SAMPLE_STATE = 'h, c = h0, np.zeros_like(h0)'
SAMPLE_STEP = 'x = W_embed[word]'
NO_FEATURES = ('h0 = features.dot(W_proj) + b_proj', 'h0 = np.zeros((features.shape[0], W_proj.shape[1]))')
NO_B_PROJ = ('h0 = features.dot(W_proj) + b_proj', 'h0 = features.dot(W_proj)')
NO_B_VOCAB = ('scores = h.dot(W_vocab) + b_vocab', 'scores = h.dot(W_vocab)')
NO_PROJ_GRADS = (
    ("        grads['W_proj'] = features.T.dot(dh0)\n", ''),
    ("        grads['b_proj'] = dh0.sum(axis=0)\n", ''),
)
NONE_KEPT = [('dWx += dWx_t', 'dWx = dWx_t'), ('dWh += dWh_t', 'dWh = dWh_t'), ('db += db_t', 'db = db_t')]
BACK_LOOP = 'for t in reversed(range(T)):'


def time_forward(step, state):
    """Mistakes along time of a forward pass, given its lines for one step and for the first state."""
    return {
        'h0_ignored': [(state, state.replace('h0', 'np.zeros_like(h0)', 1))],
        'h_not_carried': [(step, step.replace('], prev_h,', '], h0,'))],
        'time_backwards': [('for t in range(T)', 'for t in range(T - 1, -1, -1)')],
        'starts_with_h0': [
            (step, f'h[:, t] = prev_h\n        {step}'),
            ('        h[:, t] = prev_h\n        cache', '        cache'),
        ],
        'loop_from_1': [('for t in range(T)', 'h[:, 0] = h0\n    for t in range(1, T)')],
        'last_state_only': [('return h, cache', 'return prev_h, cache')],
        'time_first': [('return h, cache', 'return h.transpose(1, 0, 2), cache')],
    }


def time_backward(back):
    """Mistakes along time of a backward pass, given its call for one step."""
    return {
        'weights_overwritten': NONE_KEPT,
        'db_overwritten': NONE_KEPT[2:],
        'weights_averaged': [('dh0 = dprev_h', 'dh0, dWx, dWh, db = dprev_h, dWx / T, dWh / T, db / T')],
        'time_forwards': [(BACK_LOOP, 'for t in range(T):')],
        'dx_reversed': [('dh0 = dprev_h', 'dh0, dx = dprev_h, dx[:, ::-1]')],
        'only_last_dh': [
            (BACK_LOOP, 'dprev_h = dh[:, -1]\n    ' + BACK_LOOP),
            (back, back.replace('dh[:, t] + ', '')),
        ],
        'dh_late': [
            (BACK_LOOP, 'dnext_h = dh[:, -1]\n    ' + BACK_LOOP),
            (back, back.replace('dh[:, t] + dprev_h', 'dnext_h')),
            ('dWx += dWx_t', 'dnext_h = dprev_h + dh[:, t]\n        dWx += dWx_t'),
        ],
        'dh0_from_last_step': [
            ('dWx += dWx_t', 'dh0 = dprev_h if t == T - 1 else dh0\n        dWx += dWx_t'),
            ('    dh0 = dprev_h\n', ''),
        ],
        'dh0_zero': [('dh0 = dprev_h', 'dh0 = np.zeros((N, H))')],
        'dh0_added_up': [
            (BACK_LOOP, 'dh0 = 0\n    ' + BACK_LOOP),
            ('    dh0 = dprev_h\n', ''),
            ('dWx += dWx_t', 'dh0 = dh0 + dprev_h\n        dWx += dWx_t'),
        ],
        'first_step_skipped': [(BACK_LOOP, 'for t in range(T - 1, 0, -1):')],
    }


STEP_WEIGHTS = {
    'weights_averaged': [('return ', AVERAGE)],
    'db_averaged': [('np.sum(da, axis=0)', 'np.mean(da, axis=0)')],
    'db_not_summed': [('np.sum(da, axis=0)', 'da')],
    'db_one_number': [('np.sum(da, axis=0)', 'np.sum(da)')],
    'dWh_from_next_h': [('dWh = prev_h.T', 'dWh = next_h.T')],
}
LOSS = {
    'not_shifted': [('captions_out = captions[:, 1:]', 'captions_out = captions[:, :-1]')],
    'not_shifted_but_mask': [('scores, captions_out, mask', 'scores, captions_in, mask')],
    'shifted_backwards_but_mask': [
        ('scores, captions_out, mask', 'scores, captions_in, mask'),
        ('word_embedding_forward(captions_in', 'word_embedding_forward(captions_out'),
    ],
    'both_shifted': [('captions_in = captions[:, :-1]', 'captions_in = captions[:, 1:]')],
    'shifted_backwards': [
        ('captions_in =', 'captions_out, captions_in ='),
        ('captions[:, :-1]', 'captions[:, :-1], captions[:, 1:]'),
        ('        captions_out = captions[:, 1:]\n', ''),
    ],
    'mask_from_in': [('mask = captions_out', 'mask = captions_in')],
    'mask_left_out': [('captions_out != self._null', 'captions_out > -1')],
    'mask_inverted': [('captions_out != self._null', 'captions_out == self._null')],
    'mask_from_end': [('captions_out != self._null', 'captions_out != self._end')],
    'averaged_over_words': [('grads = {}', 'W = mask.sum() / len(mask); loss /= W; dscores /= W; grads = {}')],
    'averaged_over_T': [('grads = {}', 'T = captions_in.shape[1]; loss /= T; dscores /= T; grads = {}')],
    'divided_again': [('grads = {}', 'N = captions_in.shape[0]; loss /= N; dscores /= N; grads = {}')],
    'h0_grad_missing': [*NO_PROJ_GRADS],
    'h0_grad_zero': [
        ('features.T.dot(dh0)', 'np.zeros_like(W_proj)'),
        ('dh0.sum(axis=0)', 'np.zeros_like(b_proj)'),
    ],
    'embed_grad_missing': [("        grads['W_embed'] = word_embedding_backward(dx, embed_cache)\n", '')],
    'no_b_proj': [NO_B_PROJ],
    'no_b_vocab': [
        ('temporal_affine_forward(h, W_vocab, b_vocab)', 'temporal_affine_forward(h, W_vocab, 0)')
    ],
    'features_ignored': [NO_FEATURES],
    'features_ignored_and_no_grad': [NO_FEATURES, *NO_PROJ_GRADS],
}
SAMPLE = {
    'word_not_fed': [
        (
            'word = scores.argmax(axis=1)\n            captions[:, t] = word',
            'captions[:, t] = scores.argmax(axis=1)',
        )
    ],
    'null_fed': [(SAMPLE_STEP, 'word = captions[:, t] if t else word\n            ' + SAMPLE_STEP)],
    'row_0_fed': [(SAMPLE_STEP, 'x = W_embed[word[:1].repeat(N)]')],
    'null_starts': [('[self._start] * N', '[self._null] * N')],
    'start_in_row_0': [('[self._start] * N', '[self._start] + [self._null] * (N - 1)')],
    'start_in_row_0_not_fed': [
        ('[self._start] * N', '[self._start] + [self._null] * (N - 1)'),
        (
            'word = scores.argmax(axis=1)\n            captions[:, t] = word',
            'captions[:, t] = scores.argmax(axis=1)',
        ),
    ],
    'start_kept': [('return captions', 'return np.insert(captions, 0, self._start, axis=1)')],
    'start_returned': [
        ('for t in range(max_length):', 'captions[:, 0] = word\n        for t in range(1, max_length):')
    ],
    'features_ignored': [NO_FEATURES],
    'no_b_proj': [NO_B_PROJ],
    'no_b_vocab': [NO_B_VOCAB],
    'scores_before_step': [
        (SAMPLE_STEP, SAMPLE_STEP + '\n            before = h'),
        ('scores = h.dot', 'scores = before.dot'),
    ],
    'stops_with_first_row': [
        ('captions[:, t] = word', 'captions[:, t] = word\n            if (word == self._end).any(): break')
    ],
    'h_not_carried': [(SAMPLE_STEP, SAMPLE_STEP + '\n            h = h0')],
}
SAMPLE_LSTM = {
    'c_not_carried': [(SAMPLE_STEP, SAMPLE_STEP + '\n            c = np.zeros_like(h0)')],
    'nothing_carried': [(SAMPLE_STEP, SAMPLE_STEP + '\n            ' + SAMPLE_STATE)],
    'c0_is_h0': [(SAMPLE_STATE, 'h, c = h0, h0')],
    'h_and_c_swapped': [('h, c, _ = lstm', 'c, h, _ = lstm')],
}
SOFTMAX = '\n    {0} = np.exp({0}) / np.exp({0}).sum(axis=1, keepdims=True)'
LSTM_ROUND = "h, c, _ = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])"
RNN_ROUND = "h, _ = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])"
SCORES = "scores = h.dot(p['W_vocab']) + p['b_vocab']"
ROUND = {  # of next_scores
    'state_not_returned': [
        ('h, c, _ =', 'new_h, _, _ ='),
        (RNN_ROUND, 'new_' + RNN_ROUND),
        (SCORES, SCORES.replace('h.dot', 'new_h.dot')),
    ],
    'h_not_returned': [
        ('h, c, _ =', 'new_h, c, _ ='),
        (RNN_ROUND, 'new_' + RNN_ROUND),
        (SCORES, SCORES.replace('h.dot', 'new_h.dot')),
    ],
    'c_not_returned': [(LSTM_ROUND, LSTM_ROUND.replace('h, c, _ =', 'h, _, _ ='))],
    'c_zero': [('return scores, h, c', 'return scores, h, np.zeros_like(c)')],
    'cell_reset': [(LSTM_ROUND, LSTM_ROUND.replace('x, h, c', 'x, h, np.zeros_like(h)'))],
    'cell_reset_for_both': [('p = model.params', 'p = model.params\n    c = np.zeros_like(h)')],
    'rnn_c_zero': [(RNN_ROUND, RNN_ROUND + '\n        c = np.zeros_like(h)')],
    'rnn_c_is_h': [(RNN_ROUND, RNN_ROUND + '\n        c = h')],
    'h_and_c_swapped': [(LSTM_ROUND, LSTM_ROUND.replace('h, c, _ =', 'c, h, _ ='))],
    'no_b_vocab': [(SCORES, SCORES.replace(" + p['b_vocab']", ''))],
    'scores_before_step': [
        ('p = model.params', 'p, before = model.params, h'),
        (SCORES, SCORES.replace('h.dot', 'before.dot')),
    ],
    'scores_from_c': [(SCORES, SCORES.replace('h.dot', "(c if model.cell_type == 'lstm' else h).dot"))],
    'softmax': [(SCORES, SCORES + SOFTMAX.format('scores'))],
    'log_softmax': [(SCORES, SCORES + SOFTMAX.format('scores') + '\n    scores = np.log(scores)')],
    'words_ignored': [("p['W_embed'][words]", "p['W_embed'][[model._start] * len(words)]")],
}
STARTED = 'word, done = np.full(N, model._start), np.zeros(N, bool)'
FED = 'next_scores(model, word, h, c)'
LOGITS = 'logits = scores / temperature'
GUMBEL = 'rng.gumbel(size=logits.shape)'
WRITTEN = 'captions[~done, t] = word[~done]'
ENDED = 'done |= word == model._end'
DRAWN = {  # of random_captions
    'temperature_left_out': [(LOGITS, 'logits = scores')],
    'temperature_multiplied': [(LOGITS, 'logits = scores * temperature')],
    'greedy': [(GUMBEL, 'rng.gumbel(size=(N, 1))')],
    'uniform_noise': [(GUMBEL, 'rng.random(logits.shape)')],
    'normal_noise': [(GUMBEL, 'rng.standard_normal(logits.shape)')],
    'noise_subtracted': [(GUMBEL, 'np.log(-np.log(rng.random(logits.shape)))')],
    'noise_on_probabilities': [(LOGITS, LOGITS + SOFTMAX.format('logits').replace('\n', '\n    '))],
    'word_not_fed': [(FED, FED.replace('word', 'np.full(N, model._start)'))],
    'best_word_fed': [
        (FED, FED.replace('word', 'best')),
        (STARTED, STARTED + '\n    best = word'),
        (LOGITS, LOGITS + '\n        best = scores.argmax(axis=1)'),
    ],
    'null_starts': [('model._start', 'model._null')],
    'start_returned': [
        (STARTED, STARTED + '\n    captions[:, 0] = word'),
        ('range(max_length)', 'range(1, max_length)'),
    ],
    'end_ignored': [(WRITTEN, 'captions[:, t] = word')],
    'end_forgotten': [(ENDED, 'done = word == model._end')],
    'end_left_out': [(WRITTEN, ''), (ENDED, ENDED + '\n        ' + WRITTEN)],
    'stops_with_first_row': [(ENDED, ENDED + '\n        if done.any():\n            break')],
    'state_not_carried': [('scores, h, c = next', 'scores, _, _ = next')],
    'h_not_carried': [('scores, h, c = next', 'scores, _, c = next')],
    'c_not_carried': [('scores, h, c = next', 'scores, h, _ = next')],
    'global_random': [('rng.gumbel', 'np.random.gumbel')],
    'own_generator': [(STARTED, STARTED + '\n    rng = np.random.default_rng(0)')],
}
MISTAKES = {
    'rnn_step_forward': {
        'no_tanh': [('np.tanh', '')],
        'sigmoid': [('np.tanh', 'sigmoid')],
        'relu': [('np.tanh(', 'np.maximum(0, ')],
        'no_bias': [(' + b)', ')')],
        'bias_twice': [(' + b)', ' + b + b)')],
        'h_left_out': [(' + prev_h.dot(Wh)', '')],
        'x_left_out': [('x.dot(Wx) + ', '')],
        'Wh_transposed': [('prev_h.dot(Wh)', 'prev_h.dot(Wh.T)')],
    },
    'rnn_step_backward': {
        'no_tanh_prime': [('da = dnext_h * (1 - next_h ** 2)', 'da = dnext_h')],
        'tanh_prime_of_prev_h': [('1 - next_h', '1 - prev_h')],
        'tanh_prime_of_a': [('1 - next_h', '1 - np.arctanh(next_h)')],
        'plus_square': [('1 - next_h', '1 + next_h')],
        'db_from_dnext_h': [('np.sum(da', 'np.sum(dnext_h')],
        'dWx_transposed': [('x.T.dot(da)', 'da.T.dot(x)')],
        'dWh_transposed': [('prev_h.T.dot(da)', 'da.T.dot(prev_h)')],
        'tanh_prime_of_tanh': [('1 - next_h', '1 - np.tanh(next_h)')],
        'no_square': [(' ** 2', '')],
        'db_over_units': [('np.sum(da, axis=0)', 'np.sum(da, axis=1)')],
        'Wh_transposed': [('da.dot(Wh.T)', 'da.dot(Wh)')],
        **STEP_WEIGHTS,
    },
    'rnn_forward': time_forward(STEP, 'prev_h = h0'),
    'rnn_backward': {'dh_not_carried': [('dh[:, t] + dprev_h', 'dh[:, t]')], **time_backward(BACK)},
    'word_embedding_forward': {'off_by_one': [('W[x]', 'W[x - 1]')]},
    'word_embedding_backward': {
        'repeats_once': [('np.add.at(dW, x, dout)', 'dW[x] += dout')],
        'repeats_averaged': [
            ('np.add.at(dW, x, dout)', 'for v in np.unique(x): dW[v] = dout[x == v].mean(axis=0)')
        ],
        'counts': [('np.add.at(dW, x, dout)', 'np.add.at(dW, x, 1)')],
    },
    'temporal_softmax_loss': {
        'mask_left_out': [('mask * ', ''), ('    dx *= mask[:, None]\n', '')],
        'mask_on_scores': [
            ('probs = np.exp(', 'scores = scores * mask[:, None]\n    probs = np.exp('),
            ('mask * ', ''),
            ('    dx *= mask[:, None]\n', ''),
        ],
        'mask_only_in_dx': [('mask * ', '')],
        'mask_only_in_loss': [('    dx *= mask[:, None]\n', '')],
        'averaged_over_T': [('/ N\n', '/ (N * T)\n'), ('dx /= N', 'dx /= N * T')],
        'averaged_over_words': [('/ N\n', '/ mask.sum()\n'), ('dx /= N', 'dx /= mask.sum()')],
        'not_averaged': [('/ N\n', '\n'), ('dx /= N', '')],
        'dx_not_averaged': [('    dx /= N\n', '')],
        'only_softmax_in_dx': [('    dx[np.arange(N * T), y] -= 1\n', '')],
        'sign_of_dx': [('return loss, dx', 'return loss, -dx')],
        'sign_of_loss': [('loss = -np', 'loss = np')],
    },
    'sigmoid': {
        'sign': [('x >= 0', 'x < 0')],
        'overflow': [
            (
                'z = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1, z) / (1 + z)',
                'z = np.exp(x)\n    return z / (1 + z)',
            )
        ],
        'derivative': [('(1 + z)', '(1 + z) * np.where(x >= 0, z, 1) / (1 + z)')],
        'tanh': [('np.where(x >= 0, 1, z) / (1 + z)', 'np.tanh(x)')],
    },
    'lstm_step_forward': {
        'gates_interleaved': [
            ('= np.split(a, 4, axis=1)', '= a[:, ::4], a[:, 1::4], a[:, 2::4], a[:, 3::4]')
        ],
        'gates_by_tanh': [('sigmoid', 'np.tanh')],
        'g_by_sigmoid': [('np.tanh(a_g)', 'sigmoid(a_g)')],
        'g_linear': [('np.tanh(a_g)', 'a_g')],
        'bias_twice': [(SUM, SUM + ' + b')],
        'no_bias': [(SUM, 'x.dot(Wx) + prev_h.dot(Wh)')],
        'h_left_out': [(SUM, 'x.dot(Wx) + b')],
        'x_left_out': [(SUM, 'prev_h.dot(Wh) + b')],
        'no_forget_gate': [('f * prev_c', 'prev_c')],
        'no_input_gate': [('i * g', 'g')],
        'cell_not_kept': [('f * prev_c + ', '')],
        'forget_on_h': [('f * prev_c', 'f * prev_h')],
        'no_tanh_of_c': [('o * np.tanh(next_c)', 'o * next_c')],
        'no_output_gate': [('o * np.tanh(next_c)', 'np.tanh(next_c)')],
        'h_from_prev_c': [('np.tanh(next_c)', 'np.tanh(prev_c)')],
        'sigmoid_of_c': [('np.tanh(next_c)', 'sigmoid(next_c)')],
        'outputs_swapped': [('return next_h, next_c', 'return next_c, next_h')],
        'tanh_kept_in_c': [('o * np.tanh(next_c)', 'o * np.tanh(next_c)\n    next_c = np.tanh(next_c)')],
    },
    'lstm_step_backward': {
        'no_dnext_c': [(DC, DC.replace('dnext_c + ', ''))],
        'no_path_through_h': [(DC, 'dc = dnext_c')],
        'dprev_c_from_dnext_c': [('dprev_c = dc * f', 'dprev_c = dnext_c * f')],
        'dprev_c_without_f': [('dprev_c = dc * f', 'dprev_c = dc')],
        'one_minus_c2': [('1 - tanh_c ** 2', '1 - next_c ** 2')],
        'square_inside_tanh': [('1 - tanh_c ** 2', '1 - np.tanh(next_c ** 2)')],
        'gates_from_dnext_c': [('dc * prev_c', 'dnext_c * prev_c'), ('dc * g', 'dnext_c * g'), ('dc * i', 'dnext_c *'
                                                                                                          ' i')],
        **{f'no_slope_of_{gate}': [(f' * {gate} * (1 - {gate})', '')] for gate in 'ifo'},
        **{f'half_slope_of_{gate}': [(f' * {gate} * (1 - {gate})', f' * (1 - {gate})')] for gate in 'ifo'},
        'no_tanh_prime_of_c': [(' * (1 - tanh_c ** 2)', '')],
        'no_square_of_tanh_c': [('1 - tanh_c ** 2', '1 - tanh_c')],
        'no_output_gate': [('dnext_h * o *', 'dnext_h *')],
        'no_tanh_in_do': [('do = dnext_h * tanh_c', 'do = dnext_h * next_c')],
        'df_from_next_c': [('df = dc * prev_c', 'df = dc * next_c')],
        'di_dg_swapped': [('di = dc * g', 'di = dc * i'), ('dg = dc * i', 'dg = dc * g')],
        'no_gate_derivatives': [('di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)', 'di, df, do')],
        'tanh_prime_on_gates': [
            ('i * (1 - i)', '(1 - i ** 2)'),
            ('f * (1 - f)', '(1 - f ** 2)'),
            ('o * (1 - o)', '(1 - o ** 2)'),
        ],
        'no_tanh_prime_of_g': [('da_g = dg * (1 - g ** 2)', 'da_g = dg')],
        'sigmoid_prime_on_g': [('dg * (1 - g ** 2)', 'dg * g * (1 - g)')],
        'no_square_of_g': [('1 - g ** 2', '1 - g')],
        **STEP_WEIGHTS,
    },
    'lstm_forward': {
        **time_forward(LSTM_STEP, 'prev_h, prev_c = h0, np.zeros_like(h0)'),
        'c_not_carried': [
            (LSTM_STEP, LSTM_STEP.replace('prev_h, prev_c, Wx', 'prev_h, np.zeros_like(h0), Wx'))
        ],
        'nothing_carried': [
            (LSTM_STEP, LSTM_STEP.replace('prev_h, prev_c, Wx', 'h0, np.zeros_like(h0), Wx'))
        ],
        'c0_is_h0': [('prev_h, prev_c = h0, np.zeros_like(h0)', 'prev_h, prev_c = h0, h0')],
        'c_returned': [('h[:, t] = prev_h', 'h[:, t] = prev_c')],
    },
    'lstm_backward': {
        **time_backward(LSTM_BACK),
        'dh_not_carried': [('dh[:, t] + dprev_h', 'dh[:, t]')],
        'dc_not_carried': [('+ dprev_h, dprev_c, cache', '+ dprev_h, 0, cache')],
        'nothing_carried': [('dh[:, t] + dprev_h, dprev_c, cache', 'dh[:, t], 0, cache')],
        'dc_starts_as_dh': [
            (
                'dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))',
                'dprev_h, dprev_c = np.zeros((N, H)), dh[:, -1]',
            )
        ],
        'dh0_is_dc0': [('dh0 = dprev_h', 'dh0 = dprev_c')],
    },
    'CaptioningRNN.loss[rnn]': LOSS,
    'CaptioningRNN.loss[lstm]': LOSS,
    'CaptioningRNN.sample[rnn]': SAMPLE,
    'CaptioningRNN.sample[lstm]': {**SAMPLE, **SAMPLE_LSTM},
    'next_scores': ROUND,
    'random_captions': DRAWN,
}
for order in (order for order in permutations('ifog') if order != tuple('ifog')):
    columns, key = ', '.join(f'a_{gate}' for gate in order), ''.join(order)
    MISTAKES['lstm_step_forward'][f'order_{key}'] = [('a_i, a_f, a_o, a_g =', columns + ' =')]
    MISTAKES['lstm_step_backward'][f'stacked_{key}'] = [
        ('(da_i, da_f, da_o, da_g)', f'({columns})'.replace('a_', 'da_'))
    ]

CHECKS = {one.name: one for one in layer_checks()}
CASES = [pytest.param(name, key, id=f'{name}-{key}') for name, one in CHECKS.items() for key in one.hints]


@pytest.mark.parametrize('name', CHECKS)
def test_the_right_text_passes(name):
    result = check(write(name.split('[')[0]), name=name)
    assert result.passed and result.points == result.max_points == CHECKS[name].points, result
    assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('name, key', CASES)
def test_mistake_is_told_by_its_own_hint(name, key):
    result = check(write(name.split('[')[0], *MISTAKES[name][key]), name=name)
    right = sum(right for _, right, _ in result.verdicts)
    share = right / len(result.verdicts) if CHECKS[name].apart else 0
    assert not result.passed and result.points == round(share * result.max_points, 1)
    assert (result.hint, result.where) == (CHECKS[name].hints[key], None), result


def test_every_mistake_has_a_hint():
    assert {name: set(mistakes) for name, mistakes in MISTAKES.items()} == {
        name: set(one.hints) for name, one in CHECKS.items() if one.hints
    }


def test_hints_are_many_short_and_one_line():
    count = {'RNN': 0, 'LSTM': 0}
    for one in layer_checks():
        count[one.notebook] += sum(not key.startswith(('order_', 'stacked_')) for key in one.hints)
        for hint in one.hints.values():
            assert len(hint) <= 150 and '\n' not in hint and hint.endswith('.'), hint
    assert min(count.values()) >= 25
