"""CaptioningRNN: a recurrent network that reads an image's features and writes a sentence about it."""

import numpy as np

from cs231n._shared.arguments import check_indices, check_shape, check_words, contract, number, positive, whole
from cs231n.classifiers import attention, decoding
from cs231n.rnn_layers import (
    affine_backward,
    affine_forward,
    lstm_backward,
    lstm_forward,
    lstm_step_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

MAX_PENALTY = 100  # of captions by their length; more would overflow for long ones


class CaptioningRNN:
    """Caption images with a vanilla RNN or an LSTM: the features set the first hidden state, words follow.

    h_0 = features W_proj + b_proj, h_t = cell(W_embed[word_t], h_{t-1}), scores_t = h_t W_vocab + b_vocab.
    With attention, features are those of P places, and each word is looked up in them: see `classifiers.attention`.
    Vinyals et al., CVPR 2015, arXiv:1411.4555; Karpathy & Fei-Fei, CVPR 2015, arXiv:1412.2306.
    """

    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type='rnn',
                 dtype=np.float32, *, rng=None):
        """Draw the parameters of a new network, scaled by 1/√(inputs); biases are 0.

        word_to_idx: dict from the V words to 0 … V-1 with '<NULL>', and '<START>' and '<END>' for decoding.
        input_dim D, wordvec_dim W, hidden_dim H; cell_type 'rnn', 'lstm' or 'attention', an LSTM that looks at the
        picture before each word; dtype np.float32 or np.float64.
        rng: a NumPy generator or RandomState (default: the global np.random, seeded by np.random.seed).
        params: W_proj (D, H), b_proj (H,), W_embed (V, W), Wx (W, H), Wh (H, H), b (H,), W_vocab (H, V),
        b_vocab (V,), where Wx, Wh and b of the LSTM have 4H columns, as has Wattn (H, 4H), with attention alone.
        ValueError on another cell_type, a dtype without fractions, a vocabulary without '<NULL>', or with one index
        for two words.
        """
        if cell_type not in ('rnn', 'lstm', 'attention'):
            raise ValueError(f"CaptioningRNN: cell_type must be 'rnn', 'lstm' or 'attention', got {cell_type!r}")
        if np.dtype(dtype).kind != 'f':
            raise ValueError(f'CaptioningRNN: dtype must be a floating type, got {dtype!r}')
        check_words(word_to_idx)
        self.cell_type, self.dtype = cell_type, dtype
        self.word_to_idx = word_to_idx
        self.idx_to_word = {i: word for word, i in word_to_idx.items()}
        self._null = word_to_idx['<NULL>']
        self._start = word_to_idx.get('<START>')
        self._end = word_to_idx.get('<END>')

        V, D, W, H = len(word_to_idx), input_dim, wordvec_dim, hidden_dim
        G = H if cell_type == 'rnn' else 4 * H
        draw = (np.random if rng is None else rng).standard_normal
        params = {
            'W_embed': draw((V, W)) / 100,
            'W_proj': draw((D, H)) / np.sqrt(D), 'b_proj': np.zeros(H),
            'Wx': draw((W, G)) / np.sqrt(W), 'Wh': draw((H, G)) / np.sqrt(H), 'b': np.zeros(G),
            'W_vocab': draw((H, V)) / np.sqrt(H), 'b_vocab': np.zeros(V),
        }
        if cell_type == 'attention':
            params['Wattn'] = draw((H, G)) / np.sqrt(H)
        self.params = {name: value.astype(dtype) for name, value in params.items()}

    def _check_features(self, method, features):
        """Return the features as an array of the model's dtype; ValueError unless (N, D) or (N, P, D), and finite."""
        features, D = np.asarray(features, self.dtype), len(self.params['W_proj'])
        letters, sizes = ('N, P, D', (None, None, D)) if self.cell_type == 'attention' else ('N, D', (None, D))
        check_shape(f'CaptioningRNN.{method}: features', letters, features, *sizes)
        if features.ndim == 3 and features.shape[1] == 0:
            raise ValueError(f'CaptioningRNN.{method}: features must hold P ≥ 1 places, got {features.shape}')
        if not np.isfinite(features).all():
            raise ValueError(f'CaptioningRNN.{method}: features must be finite, got NaN or infinity')
        return features

    def loss(self, features, captions):
        """Compute the loss of predicting each caption's next word from the words before, and all gradients.

        features (N, D) → affine → h0 (N, H); captions_in (N, T-1) → word embedding → x (N, T-1, W);
        x, h0 → RNN or LSTM → h (N, T-1, H) → temporal affine → scores (N, T-1, V) → temporal softmax loss.

        features: (N, D), with attention (N, P, D); captions: (N, T) integers, T ≥ 2, padded with <NULL>. It reads
        captions[:, :-1] and should answer captions[:, 1:]; where that is <NULL>, the answer does not count.
        Returns the loss, summed over time and averaged over the minibatch, and a dict of gradients with the
        keys of params. ValueError on other shapes, features not finite, words outside the vocabulary;
        TypeError on words that are not integers.
        """
        features = self._check_features('loss', features)
        captions = check_indices('CaptioningRNN.loss: captions', captions, len(self.params['W_embed']))
        check_shape('CaptioningRNN.loss: captions', 'N, T', captions, len(features), None)
        if len(features) == 0:
            raise ValueError(f'CaptioningRNN.loss: features must hold N ≥ 1 examples, got {features.shape}')
        if captions.shape[1] < 2:
            raise ValueError(f'CaptioningRNN.loss: captions must hold T ≥ 2 words, got {captions.shape}')
        captions_in, captions_out = captions[:, :-1], captions[:, 1:]
        mask = captions_out != self._null
        if self.cell_type == 'attention':
            return attention.attention_loss(self, features, captions_in, captions_out)

        p, grads = self.params, {}
        # BEGIN SOLUTION: the five calls forward, then theirs back; a gradient in grads for every key of p; both cells
        if self.cell_type == 'rnn':
            forward, backward = rnn_forward, rnn_backward
        else:
            forward, backward = lstm_forward, lstm_backward
        h0, proj_cache = affine_forward(features, p['W_proj'], p['b_proj'])  # (N, H)
        x, embed_cache = word_embedding_forward(captions_in, p['W_embed'])  # (N, T - 1, W)
        h, cell_cache = forward(x, h0, p['Wx'], p['Wh'], p['b'])  # (N, T - 1, H)
        scores, vocab_cache = temporal_affine_forward(h, p['W_vocab'], p['b_vocab'])  # (N, T - 1, V)
        loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
        del scores  # the largest array, no longer needed; so are others below

        dh, grads['W_vocab'], grads['b_vocab'] = temporal_affine_backward(dscores, vocab_cache)
        del dscores, h, vocab_cache
        dx, dh0, grads['Wx'], grads['Wh'], grads['b'] = backward(dh, cell_cache)
        grads['W_embed'] = word_embedding_backward(dx, embed_cache)
        _, grads['W_proj'], grads['b_proj'] = affine_backward(dh0, proj_cache)
        # END SOLUTION
        return loss, grads

    def _check_vocabulary(self, method):
        """Raise unless the vocabulary has the words that begin and end a sentence."""
        if self._start is None or self._end is None:
            raise ValueError(f"CaptioningRNN.{method}: word_to_idx must contain '<START>' and '<END>'")

    def _check_together(self, temperature, rng, beam_width, return_maps):
        """Raise unless the options of `sample` fit one another, the cell and the vocabulary."""
        V = len(self.params['W_embed'])
        if self.cell_type == 'attention' and (temperature is not None or beam_width > 1):
            raise ValueError('CaptioningRNN.sample: with attention, temperature must be None and beam_width 1, '
                             f'got {temperature} and {beam_width}')
        if return_maps and self.cell_type != 'attention':
            raise ValueError("CaptioningRNN.sample: return_maps must be False unless cell_type is 'attention', "
                             f'got True for {self.cell_type!r}')
        if beam_width > V:
            raise ValueError(f'CaptioningRNN.sample: beam_width must be one of 1 … {V}, got {beam_width}')
        if temperature is not None and not isinstance(rng, np.random.Generator):
            raise TypeError('CaptioningRNN.sample: with a temperature, rng must be a np.random.Generator, '
                            f'got {type(rng).__name__}')
        if temperature is not None and beam_width > 1:
            raise ValueError('CaptioningRNN.sample: beam_width and temperature exclude each other')

    @contract(max_length=whole(0), beam_width=whole(1), temperature=positive, length_penalty=number(0, MAX_PENALTY))
    def sample(self, features, max_length=30, *, temperature=None, rng=None, beam_width=1,
               length_penalty=1.0, return_maps=False):
        """Write a caption for each image, word by word; each word is fed back as the next input.

        features: (N, D), with attention (N, P, D); max_length: words at most, whatever the T of training was.
        By default the word of the highest score is taken (greedy). With a temperature it is drawn from
        softmax(scores / temperature) by rng, a np.random.Generator. A beam_width above 1 searches for the
        caption of the highest log-probability / length^length_penalty (see `cs231n.classifiers.decoding`).
        With attention the choice is greedy, and return_maps also returns where each word was looked up, the weights
        of the P places (N, max_length, P), 0 after <END>.
        Returns int32 (N, max_length): no <START>; <NULL> after <END>.
        ValueError on features of another width or not finite, a vocabulary without <START> and <END>, a beam
        wider than the vocabulary, an option that the cell does not have; TypeError on a temperature without a
        Generator, an option that is no number.
        """
        features = self._check_features('sample', features)
        self._check_vocabulary('sample')
        self._check_together(temperature, rng, beam_width, return_maps)
        if self.cell_type == 'attention':
            captions, maps = attention.attention_captions(self, features, max_length)
            return (captions, maps) if return_maps else captions
        if temperature is not None:
            return decoding.random_captions(self, features, max_length, temperature, rng)
        if beam_width > 1:
            return decoding.beam_search(self, features, max_length, beam_width, length_penalty)

        N, p = len(features), self.params
        captions = np.full((N, max_length), self._null, np.int32)
        # BEGIN SOLUTION: fill captions word by word: feed <START>, take the best word, feed it back; both cells
        h, _ = affine_forward(features, p['W_proj'], p['b_proj'])  # (N, H)
        c = np.zeros_like(h)
        word, done = np.full(N, self._start), np.zeros(N, bool)
        for t in range(max_length):
            x, _ = word_embedding_forward(word, p['W_embed'])  # (N, W)
            if self.cell_type == 'rnn':
                h, _ = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])
            else:
                h, c, _ = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])
            scores, _ = affine_forward(h, p['W_vocab'], p['b_vocab'])  # (N, V)
            word = scores.argmax(axis=1)
            captions[~done, t] = word[~done]
            done |= word == self._end
            if done.all():
                break
        # END SOLUTION
        return captions

    @contract(length_penalty=number(0, MAX_PENALTY))
    def caption_score(self, features, captions, *, length_penalty=1.0):
        """Return how probable each caption is for its image: log p(words | features) / length^length_penalty.

        features: (N, D); captions: (N, T) as `sample` returns them, without <START>. The words up to and with
        <END> count, and length is their number; a length_penalty of 0 gives the plain log-probability.
        Returns float64 (N,), what `sample` with a beam makes large. Same errors as `loss` and `sample`.
        Not for attention. Wu et al., 2016, arXiv:1609.08144, on normalising by length.
        """
        if self.cell_type == 'attention':
            raise ValueError("CaptioningRNN.caption_score: cell_type must be 'rnn' or 'lstm', got 'attention'")
        features = self._check_features('caption_score', features)
        self._check_vocabulary('caption_score')
        return decoding.caption_score(self, features, captions, length_penalty)
