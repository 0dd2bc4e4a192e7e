"""What runs beside the student's losses: plain arrays in, values and gradients out."""

import traceback

import numpy as np

from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.reasons import place

BY_LAYER = ('an index is too large: feats has one entry for each layer of the network, style_targets and style_weights'
            ' one for each entry of style_layers, so feats[style_layers[i]] goes with style_targets[i]')
# What PyTorch says of (N, C, H, W) where it expects a single picture, or its matrix.
TOO_MANY = 'is invalid for input of size', 'expects a tensor with <= 2 dimensions', 'must be a matrix'


def value_and_gradients(function, find, case):
    """Return the function's value, and its gradients for the features or the picture."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from cs231n.checks.lessons.style_transfer.gradients import leaf

    if 'feats' in case:
        leaves = [leaf(value) for value in case['feats'].values()]
        targets = [torch.tensor(value) for value in case['style_targets'].values()]
        try:
            returned = function(leaves, case['style_layers'], targets, case['style_weights'])
        except IndexError as error:
            if 'list index out of range' not in str(error) and 'tuple index out of range' not in str(error):
                raise
            raise Malformed(BY_LAYER + place(traceback.extract_tb(error.__traceback__))) from error
        return _outputs(returned, leaves)
    name = next(name for name in ('content_current', 'features', 'img') if name in case)
    watched = leaf(case[name])
    values = {key: torch.tensor(value) if isinstance(value, np.ndarray) else value for key, value in case.items()}
    values[name] = watched
    if values.get('normalize'):
        del values['normalize']  # it is the default
    try:
        returned = function(*values.values())
    except RuntimeError as error:
        if name == 'features' and _is_for_one_picture(function, values, error):
            return [as_array(None), as_array(None)]  # what a reshape for one picture does with several
        raise
    return _outputs(returned, [watched])


def _is_for_one_picture(function, values, error):
    """Whether several pictures are too many for a reshape or a product that is right for each of them alone."""
    if len(values['features']) == 1 or not any(words in str(error) for words in TOO_MANY):
        return False
    try:
        for picture in values['features'].detach():
            function(picture[None], *list(values.values())[1:])
    except Exception:  # then the number of pictures is not what the error is about
        return False
    return True


def _outputs(returned, leaves):
    from cs231n.checks.lessons.style_transfer.gradients import with_gradients

    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    if isinstance(returned, (list, tuple)):
        raise Malformed(f'it returns a {type(returned).__name__}, expected a tensor')
    return [as_array(value) for value in with_gradients(returned, *leaves)]
