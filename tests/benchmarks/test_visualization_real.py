"""NetworkVisualization with ImageNet's network: what its verdicts say there, and that they still say it."""

import json

import pytest

from benchmarks import visualization_real as real
from tests.support.real_data import real_files

RESULTS = json.loads(real.RESULTS.read_text(encoding='utf-8'))


@pytest.mark.parametrize('line, false', [
    ('named right 58 %: above 50 %', False),
    ('named right 41 %: NOT above 50 %', True),
    ('fooled: True', False),
    ('fooled: False', True),
    ('rank correlation nan', True),
    ('UserWarning: no slope', True),
])
def test_what_is_not_as_expected_is_found(line, false):
    assert real.false_verdicts({'cell': ['a line', line]}) == [line] * false


def names(lines):
    """What each of the verdicts is about."""
    return [line.split(':')[0] for line in lines]


def test_one_verdict_alone_is_false_in_the_real_world_and_the_notebook_says_so():
    assert RESULTS['not as expected'] == real.false_verdicts(RESULTS['printed'])
    assert names(RESULTS['not as expected']) == ['all of them shuffled']
    assert "With ImageNet's network the last of the three is not above 0.2" in real.NOTEBOOK.read_text(encoding='utf-8')


@pytest.mark.slow
def test_the_notebook_says_today_what_the_benchmark_has_kept():
    now = real.printed(real_files(*real.FILES))
    assert names(real.false_verdicts(now)) == names(RESULTS['not as expected'])
    assert now.keys() - {'networkvisualization-03'} == RESULTS['printed'].keys()
