"""What each known mistake in the notebook LSTM is told."""

from itertools import permutations

from cs231n.answer_key.rnn.hints import TIME_BACKWARD_HINTS, TIME_FORWARD_HINTS, TIME_STAGES

DC = 'dc = dnext_c + dnext_h * o * (1 - tanh(next_c)**2)'
OTHER_ORDERS = [''.join(order) for order in permutations('ifog') if order != tuple('ifog')]

HINTS = {
    'sigmoid': {
        'sign': 'the sign of the exponent is wrong: 1 / (1 + exp(-x)).',
        'overflow': 'exp(x) overflows for large x, and inf / inf is nan: 1 / (1 + exp(-x)) if x >= 0.',
        'derivative': 'this is the derivative s (1 - s): return s itself.',
        'tanh': 'this is tanh(x): the sigmoid is 1 / (1 + exp(-x)).',
    },
    'lstm_step_forward': {
        **{f'order_{order}': f'the gates are taken in the order {", ".join(order)}: the four blocks of'
           ' columns are i, f, o, g.' for order in OTHER_ORDERS},
        'gates_interleaved': 'every fourth column is taken for a gate: each gate is a block of H'
                             ' columns, a[:, :H] is i.',
        'gates_by_tanh': 'tanh is applied to i, f and o: they take the sigmoid, only g takes tanh.',
        'g_by_sigmoid': 'sigmoid is applied to g: g = tanh(a_g), only i, f and o take the sigmoid.',
        'g_linear': 'g has no tanh: g = tanh(a_g).',
        'no_bias': 'the bias b is left out: a = x Wx + prev_h Wh + b.',
        'bias_twice': 'the bias b is added twice: a = x Wx + prev_h Wh + b.',
        'h_left_out': 'prev_h is not used: a = x Wx + prev_h Wh + b.',
        'x_left_out': 'x is not used: a = x Wx + prev_h Wh + b.',
        'no_forget_gate': 'the forget gate is left out: next_c = f * prev_c + i * g.',
        'no_input_gate': 'the input gate is left out: next_c = f * prev_c + i * g.',
        'cell_not_kept': 'prev_c is not used: next_c = f * prev_c + i * g.',
        'forget_on_h': 'the forget gate multiplies prev_h: next_c = f * prev_c + i * g.',
        'no_tanh_of_c': 'next_h takes next_c without tanh: next_h = o * tanh(next_c).',
        'no_output_gate': 'the output gate is left out: next_h = o * tanh(next_c).',
        'h_from_prev_c': 'next_h is built from the old cell: next_h = o * tanh(next_c).',
        'sigmoid_of_c': 'sigmoid in place of tanh: next_h = o * tanh(next_c).',
        'outputs_swapped': 'next_h and next_c are returned in the wrong order: next_h first.',
        'tanh_kept_in_c': 'next_c is returned after the tanh: tanh(next_c) is for next_h only, the cell'
                          ' stays as it is.',
    },
    'lstm_step_backward': {
        'no_dnext_c': f'dnext_c is left out: {DC}.',
        'no_path_through_h': f'the path through next_h is left out: {DC}.',
        'dprev_c_from_dnext_c': f'dprev_c comes from dnext_c alone: dprev_c = dc * f, {DC}.',
        'dprev_c_without_f': 'dprev_c lacks the forget gate: dprev_c = dc * f.',
        'one_minus_c2': '1 - next_c**2 is not the derivative of tanh(next_c): it is 1 - tanh(next_c)**2.',
        'square_inside_tanh': 'tanh(next_c**2) squares too early: the derivative is 1 - tanh(next_c)**2.',
        'gates_from_dnext_c': f'di, df and dg are built from dnext_c alone: they take dc, {DC}.',
        'no_tanh_prime_of_c': f'the derivative of tanh(next_c) is left out: {DC}.',
        'no_square_of_tanh_c': f'1 - tanh(next_c) lacks the square: {DC}.',
        'no_output_gate': f'the output gate is left out: {DC}.',
        'no_tanh_in_do': 'do uses next_c: next_h = o * tanh(next_c), so do = dnext_h * tanh(next_c).',
        'df_from_next_c': 'df uses next_c: f was multiplied by prev_c, so df = dc * prev_c.',
        'di_dg_swapped': 'di and dg are exchanged: next_c has i * g in it, so di = dc * g, dg = dc * i.',
        'no_gate_derivatives': 'the derivative of the sigmoid is left out: da_i = di * i * (1 - i),'
                               ' likewise f and o.',
        **{f'no_slope_of_{gate}': f'the derivative of the sigmoid is left out for {gate}: da_{gate} = d{gate} *'
           f' {gate} * (1 - {gate}).' for gate in 'ifo'},
        **{f'half_slope_of_{gate}': f'half of the derivative of the sigmoid is left out for {gate}: da_{gate} ='
           f' d{gate} * {gate} * (1 - {gate}).' for gate in 'ifo'},
        'tanh_prime_on_gates': '1 - i**2 and the like are for tanh: i, f, o are sigmoids, i * (1 - i).',
        'no_tanh_prime_of_g': 'the derivative of tanh is left out for g: da_g = dg * (1 - g**2).',
        'sigmoid_prime_on_g': 'g * (1 - g) is for a sigmoid: g is a tanh, da_g = dg * (1 - g**2).',
        'no_square_of_g': 'the square is missing: da_g = dg * (1 - g**2).',
        **{f'stacked_{order}': f'the four gradients are joined in the order {", ".join(order)}: the four'
           ' blocks of columns are i, f, o, g.' for order in OTHER_ORDERS},
        'dWh_from_next_h': 'dWh is built from next_h: Wh was multiplied by prev_h, so'
                           ' dWh = prev_h.T @ da.',
        'db_not_summed': 'db is not summed over the minibatch: sum over N, axis 0.',
        'db_one_number': 'db is one number: sum over N alone, axis 0.',
        'db_averaged': 'db is averaged over the minibatch: sum over N.',
        'weights_averaged': 'dWx, dWh and db are divided by N: the loss does the averaging, a layer'
                            ' only sums.',
    },
    'lstm_forward': {
        **TIME_FORWARD_HINTS,
        'c_not_carried': 'every step starts from an empty cell: start from next_c of step t-1.',
        'nothing_carried': 'every step starts from h0 and an empty cell: step t starts from next_h and'
                           ' next_c of step t-1.',
        'c0_is_h0': 'the cell starts as h0: before the first step the cell is zero.',
        'c_returned': 'h holds the cell states: collect next_h of each step, next_c stays inside.',
    },
    'lstm_backward': {
        **TIME_BACKWARD_HINTS,
        'dc_not_carried': 'the gradient of the cell is not carried back: step t gets the dprev_c of'
                          ' step t+1 as dnext_c.',
        'dh_not_carried': 'the gradient of h is not carried back: step t gets dh[:, t] + dprev_h of t+1.',
        'nothing_carried': 'neither gradient is carried back: step t gets dh[:, t] + dprev_h, and'
                           ' dprev_c, of step t+1.',
        'dc_starts_as_dh': 'dnext_c of the last step is dh[:, -1]: the last cell is not an output, so'
                           ' it starts as zero.',
        'dh0_is_dc0': 'dh0 is the gradient of the first cell, dprev_c: return dprev_h of step 0.',
    },
}

STAGES = {  # mistakes of which those of two stages are often made together
    'lstm_step_forward': (('g_by_sigmoid', 'g_linear', 'gates_by_tanh', 'order_ifgo'),
                          ('no_tanh_of_c', 'no_output_gate', 'no_bias', 'outputs_swapped')),
    'lstm_step_backward': (
        ('no_dnext_c', 'no_path_through_h', 'one_minus_c2', 'no_tanh_prime_of_c', 'no_square_of_tanh_c',
         'no_output_gate',
         'no_tanh_in_do', 'gates_from_dnext_c', 'dprev_c_from_dnext_c', 'di_dg_swapped'),
        ('no_gate_derivatives', 'tanh_prime_on_gates', 'no_tanh_prime_of_g', 'sigmoid_prime_on_g', 'no_square_of_g',
         'no_slope_of_o', 'half_slope_of_o', 'stacked_ifgo'),
        ('db_averaged', 'db_not_summed', 'weights_averaged', 'dWh_from_next_h')),
    'lstm_forward': (('h0_ignored', 'h_not_carried', 'c_not_carried', 'nothing_carried', 'c0_is_h0'),
                     ('time_first', 'last_state_only')),
    'lstm_backward': (('dh_not_carried', 'dc_not_carried', 'nothing_carried', 'only_last_dh'), *TIME_STAGES),
}
