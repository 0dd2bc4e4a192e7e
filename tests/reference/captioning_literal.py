"""Captions one picture and one word at a time, and by trying every caption there is."""

from itertools import product

import numpy as np

from tests.reference.rnn_literal import lstm_cell, weighted_sums


def first_state(model, picture):
    """Return h, c and the word to begin with."""
    h = picture @ model.params['W_proj'] + model.params['b_proj']
    return h, np.zeros(len(h)), model._start


def next_word_scores(model, word, h, c):
    """Return the scores of every next word and the next state, for one picture."""
    p = model.params
    x = p['W_embed'][word]
    if model.cell_type == 'rnn':
        h = np.tanh(weighted_sums(x, h, p['Wx'], p['Wh'], p['b']))
    else:
        *ifog, c = lstm_cell(x, h, c, p['Wx'], p['Wh'], p['b'])
        h = np.array(ifog[2]) * np.tanh(c)
    return h @ p['W_vocab'] + p['b_vocab'], h, c


def greedy(model, features, max_length):
    captions = np.full((len(features), max_length), model._null)
    for n, picture in enumerate(features):
        h, c, word = first_state(model, picture)
        for t in range(max_length):
            scores, h, c = next_word_scores(model, word, h, c)
            word = captions[n, t] = int(np.argmax(scores))
            if word == model._end:
                break
    return captions


def log_probability(model, picture, words):
    """Return log p(words | picture), the words being all that count."""
    h, c, word = first_state(model, picture)
    total = 0
    for following in words:
        scores, h, c = next_word_scores(model, word, h, c)
        total += scores[following] - np.log(np.sum(np.exp(scores - scores.max()))) - scores.max()
        word = following
    return total


def all_captions(V, end, max_length):
    """Yield every caption: those that end, and those cut off at max_length."""
    others = [word for word in range(V) if word != end]
    for length in range(max_length):
        for words in product(others, repeat=length):
            yield (*words, end)
    yield from product(others, repeat=max_length)


def best_score(model, picture, max_length, length_penalty):
    """Return the highest log-probability / length^length_penalty of any caption."""
    V = len(model.params['W_embed'])
    return max(log_probability(model, picture, words) / len(words)**length_penalty
               for words in all_captions(V, model._end, max_length))
