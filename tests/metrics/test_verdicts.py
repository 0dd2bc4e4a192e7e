"""A number and its verdict."""

import numpy as np
import pytest
import torch

from cs231n.metrics.verdicts import verdict


@pytest.mark.parametrize('arguments, line', [
    (dict(value=0.7134, above=0.5), 'x 0.71: above 0.5'),
    (dict(value=0.41, above=0.5), 'x 0.41: NOT above 0.5'),
    (dict(value=0.5, above=0.5), 'x 0.50: NOT above 0.5'),
    (dict(value=0.5, below=0.5), 'x 0.50: NOT below 0.5'),
    (dict(value=0.94, above=0.4, form='.0%'), 'x 94 %: above 40 %'),
    (dict(value=0.07, above=0.07, form='.0%'), 'x 7 %: NOT above 7 %'),
    (dict(value=3, above=1, below=2), 'x 3.00: above 1, NOT below 2'),
    (dict(value=2e-9, below=1e-8, form='.0e'), 'x 2e-09: below 1e-08'),
    (dict(value=17, below=20, form='.0f'), 'x 17: below 20'),
    (dict(value=float('nan'), above=0, below=1), 'x nan: NOT above 0, NOT below 1'),
    (dict(value=np.float32(0.75), above=0), 'x 0.75: above 0'),
    (dict(value=torch.tensor([0.75], requires_grad=True), above=torch.tensor(0.5)), 'x 0.75: above 0.5'),
])
def test_the_line_holds_the_number_and_the_verdict(arguments, line):
    assert verdict('x', **arguments) == line


@pytest.mark.parametrize('arguments, error, told', [
    (dict(value=1), ValueError, 'above or below must be given, got neither'),
    (dict(value='1', above=0), TypeError, 'value must be a number, got str'),
    (dict(value=None, above=0), TypeError, 'value must be a number, got NoneType'),
    (dict(value=[1, 2], above=0), TypeError, 'value must be a number, got list'),
    (dict(value=1, above='0'), TypeError, 'above must be a number, got str'),
    (dict(value=1, below=0, form='d'), ValueError, "form must be a format of numbers such as '.2f' or '.0%', got 'd'"),
])
def test_what_cannot_be_judged_is_told(arguments, error, told):
    with pytest.raises(error, match=f'verdict: {told}'):
        verdict('x', **arguments)
