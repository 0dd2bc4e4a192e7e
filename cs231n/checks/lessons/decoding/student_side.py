"""What runs beside the student's decoding: plain arrays in, plain arrays out."""

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.lessons.captioning.student_side import model_with


def step(function, find, case, names):
    """One step through the network."""
    cell_type, params, *inputs = case.values()
    return [as_array(value) for value in unpack(function(model_with(cell_type, params), *inputs), names)]


def drawn(function, find, case, rows, length, seed):
    """Captions of so many copies of the pictures, drawn with a generator of this seed."""
    cell_type, params, features, temperature = case.values()
    pictures = np.tile(features, (rows, 1))  # (rows * N, D): pictures in turn
    returned = function(model_with(cell_type, params), pictures, length, temperature, np.random.default_rng(seed))
    return as_array(unpack(returned, ['captions'])[0])
