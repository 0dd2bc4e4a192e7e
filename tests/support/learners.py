"""Answers as learners write them: right and wrong ones, a function each, read from learners/*.txt.

A text begins with '=== name of the check | what is special in it'; where it is wrong, with how the hint begins as well,
'one & other' where two are given, or, behind a question mark, what is said in place of a hint.
"""

from pathlib import Path

from tests.support.written_answers import run

FOLDER = Path(__file__).with_name('learners')
HEAD = """
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Variable
import cs231n.rnn_layers_pytorch as tl
from cs231n.gan_pytorch import Flatten, Unflatten, bce_loss
from cs231n.layers import *
from cs231n.rnn_layers import *
from cs231n.style_transfer_pytorch import gram_matrix

"""


def learners(kind):
    """{'name of the check | what is special': (name, source, words)} of the kind 'right' or 'wrong'."""
    found = {}
    for text in (FOLDER / f'{kind}.txt').read_text(encoding='utf-8').split('=== ')[1:]:
        title, _, source = text.partition('\n')
        name, special, *words = title.split(' | ')
        found[f'{name} | {special}'] = name, source, *words
    return found


def function_of(name, source):
    """Return the function that the check of this name judges."""
    return run(HEAD + source, name.partition('[')[0])
