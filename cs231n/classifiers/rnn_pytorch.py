"""CaptioningRNN in PyTorch: a recurrent network that reads an image's features and writes a sentence about it."""

import numpy as np
import torch

from cs231n._shared.arguments import check_shape, check_words, contract, whole
from cs231n.rnn_layers_pytorch import (
    affine_forward,
    lstm_forward,
    lstm_step_forward,
    rnn_forward,
    rnn_step_forward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_forward,
)


class CaptioningRNN:
    """Caption images with a vanilla RNN or an LSTM: the features set the first hidden state, words follow.

    h_0 = features W_proj + b_proj, h_t = cell(W_embed[word_t], h_{t-1}), scores_t = h_t W_vocab + b_vocab.
    What `cs231n.classifiers.rnn` does, with gradients by autograd: `loss(…).backward()` fills the `.grad` of params.
    Vinyals et al., CVPR 2015, arXiv:1411.4555; Karpathy & Fei-Fei, CVPR 2015, arXiv:1412.2306.
    """

    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type='rnn',
                 dtype=torch.float32, *, rng=None):
        """Draw the parameters of a new network, scaled by 1/√(inputs); biases are 0.

        word_to_idx: dict from the V words to 0 … V-1 with '<NULL>', and '<START>' and '<END>' for sampling.
        input_dim D, wordvec_dim W, hidden_dim H; cell_type 'rnn' or 'lstm'; dtype torch.float32 or torch.float64
        (those of NumPy are taken, too).
        rng: a torch.Generator (default: torch's global one, seeded by torch.manual_seed).
        params: W_proj (D, H), b_proj (H,), W_embed (V, W), Wx (W, H), Wh (H, H), b (H,), W_vocab (H, V),
        b_vocab (V,), where Wx, Wh and b of the LSTM have 4H columns; leaves that require gradients.
        ValueError on another cell_type, a dtype without fractions, or a vocabulary without '<NULL>'.
        """
        if cell_type not in ('rnn', 'lstm'):
            raise ValueError(f"CaptioningRNN: cell_type must be 'rnn' or 'lstm', got {cell_type!r}")
        if not isinstance(dtype, torch.dtype):
            dtype = torch.from_numpy(np.empty(0, dtype)).dtype
        if not dtype.is_floating_point:
            raise ValueError(f'CaptioningRNN: dtype must be a floating type, got {dtype}')
        check_words(word_to_idx)
        self.cell_type, self.dtype = cell_type, dtype
        self.word_to_idx = word_to_idx
        self.idx_to_word = {i: word for word, i in word_to_idx.items()}
        self._null = word_to_idx['<NULL>']
        self._start = word_to_idx.get('<START>')
        self._end = word_to_idx.get('<END>')

        V, D, W, H = len(word_to_idx), input_dim, wordvec_dim, hidden_dim
        G = H if cell_type == 'rnn' else 4 * H
        draw = lambda *shape: torch.randn(*shape, generator=rng, dtype=dtype)
        self.params = {
            'W_embed': draw(V, W) / 100,
            'W_proj': draw(D, H) / D**0.5, 'b_proj': torch.zeros(H, dtype=dtype),
            'Wx': draw(W, G) / W**0.5, 'Wh': draw(H, G) / H**0.5, 'b': torch.zeros(G, dtype=dtype),
            'W_vocab': draw(H, V) / H**0.5, 'b_vocab': torch.zeros(V, dtype=dtype),
        }
        for param in self.params.values():
            param.requires_grad_()

    def _check_features(self, method, features):
        """Return the features on the device and in the dtype of params; ValueError unless (N, D) and finite."""
        W_proj = self.params['W_proj']
        features = torch.as_tensor(features, dtype=W_proj.dtype, device=W_proj.device)
        check_shape(f'CaptioningRNN.{method}: features', 'N, D', features, None, len(W_proj), kind=torch.Tensor)
        if not features.isfinite().all():
            raise ValueError(f'CaptioningRNN.{method}: features must be finite, got NaN or infinity')
        return features

    def loss(self, features, captions):
        """Compute the loss of predicting each caption's next word from the words before.

        features: (N, D); captions: (N, T) integers, T ≥ 2, padded with <NULL>; tensors or arrays. The network reads
        captions[:, :-1] and should answer captions[:, 1:]; where that is <NULL>, the answer does not count.
        Returns the loss, a scalar tensor, summed over time and averaged over the minibatch.
        ValueError on other shapes, features not finite, words outside the vocabulary; TypeError on words that
        are not integers.
        """
        features = self._check_features('loss', features)
        captions = torch.as_tensor(captions, device=features.device)
        if captions.ndim != 2 or len(captions) != len(features) or len(captions) < 1 or captions.shape[1] < 2:
            raise ValueError(f'CaptioningRNN.loss: captions must have shape (N, T) = ({len(features)}, *) with N ≥ 1 '
                             f'and T ≥ 2, got {tuple(captions.shape)}')
        captions_in, captions_out = captions[:, :-1], captions[:, 1:]
        mask = captions_out != self._null

        p = self.params
        # BEGIN SOLUTION: forward to the loss, a scalar tensor; both cell types
        forward = rnn_forward if self.cell_type == 'rnn' else lstm_forward
        h0 = affine_forward(features, p['W_proj'], p['b_proj'])  # (N, H)
        x = word_embedding_forward(captions_in, p['W_embed'])  # (N, T - 1, W)
        h = forward(x, h0, p['Wx'], p['Wh'], p['b'])  # (N, T - 1, H)
        scores = temporal_affine_forward(h, p['W_vocab'], p['b_vocab'])  # (N, T - 1, V)
        loss = temporal_softmax_loss(scores, captions_out, mask)
        # END SOLUTION
        return loss

    @contract(max_length=whole(0))
    @torch.no_grad()
    def sample(self, features, max_length=30):
        """Write a caption for each image, word by word: the best word is taken and fed back as the next input.

        features: (N, D), a tensor or an array; max_length: words at most, whatever the T of training was.
        Returns int64 (N, max_length), without a graph: no <START>; <NULL> after <END>.
        ValueError on features of another width or not finite, a vocabulary without <START> and <END>, a negative
        max_length; TypeError if that is no integer.
        """
        features = self._check_features('sample', features)
        if self._start is None or self._end is None:
            raise ValueError("CaptioningRNN.sample: word_to_idx must contain '<START>' and '<END>'")

        N, p = len(features), self.params
        captions = torch.full((N, max_length), self._null, device=features.device)
        # BEGIN SOLUTION: fill captions word by word: feed <START>, take the best word, feed it back; both cells
        h = affine_forward(features, p['W_proj'], p['b_proj'])  # (N, H)
        c = torch.zeros_like(h)
        word = torch.full((N,), self._start, device=features.device)
        done = torch.zeros_like(word, dtype=torch.bool)
        for t in range(max_length):
            x = word_embedding_forward(word, p['W_embed'])  # (N, W)
            if self.cell_type == 'rnn':
                h = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])
            else:
                h, c = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])
            word = affine_forward(h, p['W_vocab'], p['b_vocab']).argmax(dim=1)  # (N,)
            captions[~done, t] = word[~done]
            done |= word == self._end
            if done.all():
                break
        # END SOLUTION
        return captions
