"""Formulas on the pages are spaced as TeX spaces them."""

import re

import pytest

from cs231n.course.formulas import formula


def written(tex):
    """The formula as text: a thin space is '~', a minus that is a sign '-', another one ' − '."""
    math = re.sub(r'<mspace width="0.167em" ?/>', '~', formula(tex))
    math = re.sub(r'<mo[^>]*form="prefix"[^>]*>−</mo>', '-', math)
    return re.sub('<[^>]*>', '', math.replace('−', ' − '))


@pytest.mark.parametrize('tex, text', [
    (r'y \log \sigma(s)', 'y~log~σ(s)'),
    (r'\log(1 - y)', 'log(1 − y)'),
    (r'= \tanh x', '=tanh~x'),
    (r'(a) \log b', '(a)~log~b'),
    (r'\max_D \min_G V', 'maxD~minG~V'),
    (r'2 \log_{10} z', '2~log10~z'),
    (r'a = -y \log p - 1', 'a=-y~log~p − 1'),
    (r'-x', ' − x'),  # the first of a row, which browsers take for a sign by themselves
    (r'a \, \log b', 'a~log~b'),
    (r'h_{\mathrm{prev}}', 'hprev'),
    (r'\mathrm{softmax}(x)', 'softmax(x)'),
    (r'2\operatorname{tr} A', '2~tr~A'),
])
def test_operators_and_signs_have_their_spaces(tex, text):
    assert written(tex) == text


def test_a_word_keeps_together():
    assert '<mtext>prev</mtext>' in formula(r'h_{\mathrm{prev}}')


def test_what_cannot_be_read_stays_as_it_was_written():
    assert formula(r'\left( <b>') == r'<code>\left( &lt;b&gt;</code>'
