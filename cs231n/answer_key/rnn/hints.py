"""What each known mistake in the notebook RNN is told."""

# What goes wrong along time is the same for an RNN and for an LSTM.
TIME_FORWARD_HINTS = {
    'h0_ignored': 'the first state is taken as zero: step 0 starts from h0.',
    'h_not_carried': 'every step starts from h0: step t starts from the state that step t-1 returned.',
    'time_backwards': 'the steps run from the last word to the first: forward in time is t = 0, 1, ..., T-1.',
    'starts_with_h0': 'h is late by one step: h[:, 0] is the state after the first step, h0 is not in h.',
    'loop_from_1': 'h[:, 0] is h0 and the first input is skipped: T inputs give T states without h0.',
    'last_state_only': 'only the last state is returned: h holds the state after every step, (N, T, H).',
    'time_first': 'h has time first, (T, N, H): the minibatch comes first, (N, T, H).',
}
TIME_BACKWARD_HINTS = {
    'weights_overwritten': 'the weight gradients keep only one step: add up the gradients of all steps.',
    'db_overwritten': 'db keeps only one step: add it up over t, as dWx and dWh are.',
    'weights_averaged': 'the weight gradients are averaged over time: add them up over t, no division.',
    'time_forwards': 'time runs forwards: the gradient flows from the last step, t = T-1, to the first.',
    'dx_reversed': 'dx runs from the last step to the first: reverse the list that the loop has filled.',
    'only_last_dh': 'only the last dh[:, t] is used: add the upstream gradient dh[:, t] at every step.',
    'dh_late': 'dh is late by one step: dprev_h of step t is added to dh[:, t-1], not to dh[:, t] again.',
    'dh0_from_last_step': 'dh0 is the dprev_h of the last step: dh0 is what arrives before the first step,'
                          ' after the loop.',
    'dh0_zero': 'dh0 is zero: it is the dprev_h that the loop ends with, at t = 0.',
    'dh0_added_up': 'dh0 adds up the dprev_h of all steps: only the one of step 0 reaches h0.',
    'first_step_skipped': 'the loop stops before t = 0: reversed(range(T)) includes it.',
}

HINTS = {
    'rnn_step_forward': {
        'no_tanh': 'tanh is missing: next_h = tanh(x Wx + prev_h Wh + b).',
        'sigmoid': 'sigmoid in place of tanh: next_h = tanh(x Wx + prev_h Wh + b).',
        'relu': 'relu in place of tanh: next_h = tanh(x Wx + prev_h Wh + b).',
        'no_bias': 'the bias b is left out: next_h = tanh(x Wx + prev_h Wh + b).',
        'bias_twice': 'the bias b is added twice: next_h = tanh(x Wx + prev_h Wh + b).',
        'h_left_out': 'prev_h is not used: add prev_h Wh inside the tanh.',
        'x_left_out': 'x is not used: add x Wx inside the tanh.',
        'Wh_transposed': 'Wh is transposed: prev_h @ Wh, not prev_h @ Wh.T.',
    },
    'rnn_step_backward': {
        'no_tanh_prime': 'the derivative of tanh is left out: da = dnext_h * (1 - next_h**2), and all'
                         ' else from da.',
        'tanh_prime_of_prev_h': 'the derivative of tanh is taken at prev_h: it is 1 - next_h**2.',
        'tanh_prime_of_a': 'the derivative of tanh is taken of what goes into it: it is 1 - next_h**2.',
        'tanh_prime_of_tanh': 'tanh is applied twice: next_h is already tanh(a), so the derivative is'
                              ' 1 - next_h**2.',
        'no_square': 'the square is missing: the derivative of tanh is 1 - next_h**2.',
        'db_averaged': 'db is averaged over the minibatch: sum over N.',
        'plus_square': 'the sign of the square is wrong: the derivative of tanh is 1 - next_h**2.',
        'db_from_dnext_h': 'db is summed from dnext_h: sum da, which has the derivative of tanh in it.',
        'db_not_summed': 'db is not summed over the minibatch: sum over N, axis 0.',
        'db_one_number': 'db is one number: sum over N alone, axis 0.',
        'dWx_transposed': 'dWx is transposed: dWx = x.T @ da, in the shape of Wx.',
        'dWh_transposed': 'dWh is transposed: dWh = prev_h.T @ da, not da.T @ prev_h.',
        'db_over_units': 'db is summed over the wrong axis: sum over N, axis 0.',
        'Wh_transposed': 'dprev_h uses Wh untransposed: dprev_h = da @ Wh.T.',
        'dWh_from_next_h': 'dWh is built from next_h: Wh was multiplied by prev_h, so'
                           ' dWh = prev_h.T @ da.',
        'weights_averaged': 'dWx, dWh and db are divided by N: the loss does the averaging, a layer'
                            ' only sums.',
    },
    'rnn_forward': TIME_FORWARD_HINTS,
    'rnn_backward': {
        'dh_not_carried': 'the gradient of step t+1 is not carried back: the step gets dh[:, t] +'
                          ' dprev_h of step t+1.',
        **TIME_BACKWARD_HINTS,
    },
    'word_embedding_forward': {'off_by_one': 'every word gets the vector of the word before it: word i is row i of W.'},
    'word_embedding_backward': {
        'repeats_once': 'a word that occurs twice counts only once: dW[x] += dout and dW[x] = dout keep the last;'
                        ' np.add.at(dW, x, dout) adds them all.',
        'repeats_averaged': 'a word that occurs twice gets the average: add up dout over all its places.',
        'counts': 'dW counts the words: add dout at each place of a word, not 1.',
    },
    'temporal_softmax_loss': {
        'mask_left_out': 'the mask is left out: where it is False, the loss gets nothing and dx is 0.',
        'mask_on_scores': 'the mask multiplies the scores: a masked word then still costs log V; mask'
                          ' the loss and dx.',
        'mask_only_in_dx': 'the mask is left out of the loss: only the words with mask True add to it.',
        'mask_only_in_loss': 'the mask is left out of dx: dx is zero where mask is False.',
        'averaged_over_T': 'the loss is averaged over time too: sum over T, divide by N only.',
        'averaged_over_words': 'the loss is divided by the number of words: sum over T, divide by N.',
        'not_averaged': 'the loss is not averaged: divide the loss and dx by N.',
        'dx_not_averaged': 'dx is not averaged: the loss is divided by N, and so is dx.',
        'only_softmax_in_dx': 'dx is the softmax alone: subtract 1 at the right word.',
        'sign_of_dx': 'dx has the opposite sign: it is the softmax minus 1 at the right word.',
        'sign_of_loss': 'the loss has the opposite sign: it is the negative log of the softmax.',
    },
}

AVERAGES = 'db_averaged', 'db_not_summed', 'db_one_number', 'db_over_units', 'weights_averaged'
TIME_STAGES = (('weights_overwritten', 'db_overwritten', 'weights_averaged'),
               ('dx_reversed', 'dh0_zero', 'dh0_from_last_step', 'first_step_skipped'))
STAGES = {  # mistakes of which those of two stages are often made together
    'rnn_step_forward': (('no_tanh', 'sigmoid', 'relu'), ('no_bias', 'bias_twice', 'Wh_transposed')),
    'rnn_step_backward': (('no_tanh_prime', 'tanh_prime_of_prev_h', 'tanh_prime_of_a', 'tanh_prime_of_tanh',
                           'no_square'),
                          ('Wh_transposed', 'dWh_from_next_h', 'dWh_transposed'), AVERAGES),
    'rnn_forward': (('h0_ignored', 'h_not_carried', 'time_backwards'), ('time_first', 'last_state_only')),
    'rnn_backward': (('dh_not_carried', 'only_last_dh', 'time_forwards'), *TIME_STAGES),
}
