"""The most frequent crashes of learners, each with what is said of it in words."""

import pytest

from cs231n.checks import check
from tests.support.written_answers import run

START = """
import numpy as np
import torch
import torch.nn.functional as F

T = torch.tensor


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """
CRASHES = [
    ('return x @ Wh, 0', 'inner sizes of a matrix product'),
    ('return x.dot(Wh), 0', 'inner sizes of a matrix product'),
    ('return T(x).mm(T(Wh)), 0', 'inner sizes of a matrix product'),
    ('return torch.nn.Linear(784, 2)(torch.ones(3, 1, 28, 28)), 0', 'inner sizes of a matrix product'),
    ('return x + prev_h, 0', 'the shapes differ'),
    ('return T(x) + T(prev_h), 0', 'the shapes differ'),
    ('np.zeros((2, 2))[:] = x', 'another shape than its place'),
    ('return x.reshape(4, 4), 0', 'keeps the number of entries'),
    ('return T(x).view(7, 7), 0', 'keeps the number of entries'),
    ('return torch.ones(3, 4).t().view(-1), 0', 'use reshape()'),
    ('return x.shape[2], 0', 'squeeze() also takes away'),
    ('return x[:, 0, 0], 0', 'squeeze() also takes away'),
    ('return torch.ones(3).sum(1), 0', 'squeeze() also takes away'),
    ('s = torch.ones(1, 3, requires_grad=True).sum(1).squeeze(); s.backward(torch.ones(1))', 'squeeze(1) keeps it'),
    ('return torch.ones(5, 4).gather(1, torch.ones(5).long()), 0', 'y.view(-1, 1)'),
    ('return x[99], 0', 'not below the size of this axis'),
    ('return torch.ones(5, 4)[9], 0', 'not below the size of this axis'),
    ('a, b, c = x.shape', 'fewer values come'),
    ('a, = x.shape', 'more values come'),
    ('y = None; return y[0], 0', 'a value is None'),
    ('a, b = None', 'a value is None'),
    ('return None * x, 0', 'a value is None'),
    ('return y, 0\n    y = 1', 'before a line gives it a value'),
    ('return undefined, 0', 'no such name'),
    ('return x[np.ones(3)], 0', 'whole numbers'),
    ('return x[1.0], 0', 'whole numbers'),
    ('y = np.zeros(3); y[0] = x', 'one place gets a whole array'),
    ('return x.transpose(0, 1, 2), 0', 'another number of axes'),
    ('return np.concatenate([x, x[0]]), 0', 'what is joined'),
    ('return np.hstack([x, x[:2]]), 0', 'what is joined'),
    ("return {}['Wxx'], 0", 'no such key'),
    ('return (lambda a: a)(), 0', 'number of arguments'),
    ('return (lambda a: a)(1, 2), 0', 'number of arguments'),
    ('return (x, x).shape, 0', 'another type than the line expects'),
    ('return torch.ones(3, 4).mm(torch.ones(4, 3).double()), 0', '32 and of 64 bits'),
    ('return F.binary_cross_entropy_with_logits(torch.ones(5, 1), torch.ones(5)), 0', 'the labels need the shape'),
    ('return torch.nn.BatchNorm2d(3)(torch.ones(2, 3)), 0', 'behind a linear layer it is BatchNorm1d'),
    ('return torch.nn.BatchNorm1d(3)(torch.ones(2, 3, 4, 4)), 0', 'behind a convolution it is BatchNorm2d'),
    ('return torch.nn.BatchNorm1d(3)(torch.ones(2, 4)), 0', 'another number of features'),
    ('return torch.nn.Conv2d(3, 4, 5)(torch.ones(2, 1, 9, 9)), 0', 'another number of features'),
    ('torch.ones(2).sum().backward()', 'no gradient is recorded'),
    ('torch.ones(2, requires_grad=True).backward()', 'add up the scores'),
    ('a = torch.ones(2, requires_grad=True); a += 1', 'autograd watches this leaf'),
    ('b = torch.ones(2, requires_grad=True).pow(2).sum(); b.backward(); b.backward()', 'a forward pass, its own'
                                                                                       ' model(X)'),
    ('return torch.ones(5).item(), 0', 'one number is expected'),
    ('return (1 if x else 0), 0', 'is no condition'),
    ('return (1 if torch.ones(5) else 0), 0', 'is no condition'),
    ('import nowhere', 'no such module'),
    ('return torch.ones(3).cuda(), 0', 'the code asks for a GPU'),
]


@pytest.mark.parametrize('body, said', CRASHES)
def test_a_crash_is_told_in_words(body, said):
    where = check(run(START + body, 'rnn_step_forward')).where
    assert said in where and '(cell, line ' in where and len(where) < 500, where


def test_the_driver_of_a_gpu_is_not_spoken_of():
    assert 'NVIDIA' not in check(run(START + CRASHES[-1][0], 'rnn_step_forward')).where


def test_a_message_of_the_students_own_is_left_alone():
    assert check(run(START + 'raise ValueError("my own")', 'rnn_step_forward')).where == \
        'ValueError: my own (cell, line 10)'
