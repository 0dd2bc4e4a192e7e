"""The table in docs/grading.md is that of the result file; there is none as long as nothing was measured."""

import pytest

from benchmarks import grading_class

FIGURES = {
    'cores': 2, 'load before': 0.1, 'efficiency': 0.95,
    'real': {'1': {'a minute': 4.0, 'judge, processor seconds each': 0.8},
             '2': {'a minute': 7.6, 'judge, processor seconds each': 0.9}},
    'simulated': {'workers': 200, 'tasks': 2000, 'seconds each': 5.0, 'seconds': 55.0, 'at best': 50.0,
                  'processor ms a task': 10.0},
}


def test_the_page_shows_what_was_measured():
    text = grading_class.PAGE.read_text(encoding='utf-8')
    assert len(grading_class.MARKED.findall(text)) == 1
    assert grading_class.drawn(text, grading_class.measured()) == text


@pytest.mark.parametrize('words', ['2 workers | 7.6 |', '95 %', '2 workers | 0.9 s |', '10.0 ms', '40 %', '91 %'])
def test_the_table_tells_speed_efficiency_and_the_share_of_the_scheduler(words):
    assert words in grading_class.shown(FIGURES)


def test_nothing_is_said_of_efficiency_by_the_clock_of_a_busy_machine():
    shown = grading_class.shown(FIGURES | {'load before': 20.0})
    assert 'not measured: the machine was busy' in shown and '95 %' not in shown
