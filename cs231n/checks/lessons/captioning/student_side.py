"""What runs beside the student's CaptioningRNN: plain arrays in, plain arrays out."""

from importlib import import_module

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed

MODEL = 'cs231n.classifiers.rnn'
VOCABULARY = ['<NULL>', '<START>', '<END>', 'a', 'cat', 'dog', 'sees', 'the', 'moon', 'and', 'sleeps']


def model_with(cell_type, params):
    """Return a model of the package that has these parameters, under names of its own if it has others."""
    (D, H), W = params['W_proj'].shape, len(params['Wx'])
    word_to_idx = {word: index for index, word in enumerate(VOCABULARY)}
    state = np.random.get_state()
    try:  # the constructor of the starter code draws from the global stream, which has to stay where it is
        model = import_module(MODEL).CaptioningRNN(word_to_idx, D, W, H, cell_type, np.float64)
    finally:
        np.random.set_state(state)
    model.params = {own: params[name] for name, own in own_names(model.params, params).items()}
    return model


def own_names(theirs, params):
    """{name of a parameter: its name in the student's model}, found by shape and order where they are others."""
    own, left = {}, list(theirs)
    for name, value in params.items():
        fits = [one for one in left if np.shape(theirs[one]) == value.shape]
        own[name] = name if name in theirs else next(iter(fits), name)
        left = [one for one in left if one != own[name]]
    return own


def captions(function, find, case, cell_type):
    """Return what `sample` says of the pictures."""
    params, features, max_length = case.values()
    return [as_array(value) for value in unpack(function(model_with(cell_type, params), features, max_length),
                                                ['captions'])]


def loss_and_grads(function, find, case, cell_type):
    """Return the loss, and its gradients in the order of the parameters."""
    params, features, captions = case.values()
    model = model_with(cell_type, params)
    own = list(model.params)  # the names of the parameters, in their order
    loss, grads = unpack(function(model, features, captions), ['loss', 'grads'])
    if not isinstance(grads, dict):
        raise Malformed(f'grads is a {type(grads).__name__}, expected a dictionary with the keys of params')
    missing, unknown = ([str(name) for name in one if name not in other]
                        for one, other in ((own, grads), (grads, own)))
    if missing and unknown:
        raise Malformed(f'grads has {", ".join(unknown)}, which params has not, and lacks {", ".join(missing)}')
    return [as_array(value) for value in (loss, *(grads.get(name) for name in own))]
