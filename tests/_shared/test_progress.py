"""Progress on long work: a bar on a terminal, a line now and then in a log."""

import io
import re
import sys
import time

import pytest

from cs231n._shared import progress
from cs231n._shared.paths import ROOT

SOURCES = [path for folder in ('cs231n', 'benchmarks') for path in sorted((ROOT / folder).rglob('*.py'))]


class Screen(io.StringIO):
    """A screen that is a terminal or not, and of some encoding."""

    encoding = 'utf-8'

    def __init__(self, terminal):
        super().__init__()
        self.isatty = lambda: terminal


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.delenv('CS231N_PROGRESS', raising=False)
    monkeypatch.delitem(sys.modules, 'ipykernel', raising=False)
    monkeypatch.setattr(progress, 'LOG_SECONDS', 0.1)

    def show(terminal):
        monkeypatch.setattr(sys, 'stderr', Screen(terminal))
        return sys.stderr

    return show


@pytest.mark.parametrize('leave', [False, True])
@pytest.mark.parametrize('by_hand', [False, True])
def test_a_log_gets_a_line_now_and_then(screen, leave, by_hand):
    log, start = screen(terminal=False), time.monotonic()
    if by_hand:
        with progress.progress_bar(total=1500, desc='work', leave=leave) as bar:
            for _ in range(1500):
                time.sleep(0.0005)
                bar.set_postfix(loss='1.000', refresh=False)
                bar.update()
    else:
        for _ in progress.progress_bar(range(1500), desc='work', leave=leave):
            time.sleep(0.0005)
    lines = log.getvalue().splitlines()
    assert 2 <= len(lines) <= 3 + (time.monotonic() - start) / 0.1
    assert '\r' not in log.getvalue() and all(line.startswith('work: ') for line in lines)
    assert lines[0].startswith('work:   0%') and ('1500/1500' in lines[-1] or not leave)


def test_a_terminal_gets_a_bar_that_is_drawn_over_itself(screen):
    terminal = screen(terminal=True)
    assert list(progress.progress_bar(range(3), desc='work')) == [0, 1, 2]
    assert '\rwork:   0%' in terminal.getvalue() and '\n' not in terminal.getvalue()


def test_a_log_of_few_letters_is_no_failure(screen):
    log = screen(terminal=False)
    log.encoding = 'ascii'
    assert list(progress.progress_bar(range(3), leave=True)) == [0, 1, 2]
    assert log.getvalue().isascii() and '3/3' in log.getvalue()


@pytest.mark.parametrize('how', ['argument', 'environment'])
def test_a_hidden_bar_writes_nothing(screen, monkeypatch, how):
    log = screen(terminal=False)
    if how == 'environment':
        monkeypatch.setenv('CS231N_PROGRESS', '0')
    assert list(progress.progress_bar(range(3), hidden=how == 'argument')) == [0, 1, 2]
    assert log.getvalue() == ''


def test_without_any_screen_the_work_is_done(monkeypatch):
    monkeypatch.delenv('CS231N_PROGRESS', raising=False)
    monkeypatch.setattr(sys, 'stderr', None)
    assert list(progress.progress_bar(range(3))) == [0, 1, 2]


def test_all_bars_come_from_here_and_none_is_drawn_at_each_step():
    for path in SOURCES:
        text = path.read_text(encoding='utf-8')
        assert path.name == 'progress.py' or not re.search(r'^\s*(from|import) tqdm', text, re.M), path
        assert all('refresh=False' in line for line in text.splitlines() if 'set_postfix(' in line), path
