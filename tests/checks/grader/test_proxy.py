"""Workers and the time that they are given."""

import subprocess
import sys
import time

import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.checks.engine.calling import file_of
from cs231n.checks.engine.errors import Malformed, NotGraded
from cs231n.checks.grader import proxy

MODULES = {name: one.module for name, one in CHECKS.items()}


def test_a_loop_that_was_not_given_its_time_is_not_graded(monkeypatch):
    """The queue for the processor is read from the system; here it says that others had it nearly all of the time."""
    begun = time.monotonic()
    monkeypatch.setattr(proxy.TimeGiven, '_queued', lambda self: {'1': 0.95 * (time.monotonic() - begun)})
    monkeypatch.setattr(proxy.TimeGiven, '_computed', lambda self: 0.05 * (time.monotonic() - begun))
    monkeypatch.setattr(proxy, 'GRACE', 0.1)
    with proxy.Student(proxy.in_folder(ROOT), MODULES) as student:
        with pytest.raises(NotGraded, match='others kept the machine busy'):
            student.ask('sigmoid', loop, 0.1, {}, [])
        function = student.find('sigmoid')
        assert function.within(60, lambda: function.ask(file_of, {}))


def test_threads_that_queue_up_behind_each_other_are_no_excuse(monkeypatch):
    """One of many has waited nearly all of the time, while together they computed all of it."""
    begun = time.monotonic()
    monkeypatch.setattr(proxy.TimeGiven, '_queued', lambda self: {'1': 0.95 * (time.monotonic() - begun)})
    monkeypatch.setattr(proxy.TimeGiven, '_computed', lambda self: 2 * (time.monotonic() - begun))
    with proxy.Student(proxy.in_folder(ROOT), MODULES, seconds=5) as student:
        with pytest.raises(Malformed, match='stopped after'):
            student.ask('sigmoid', loop, 0.1, {}, [])
        assert student.left < 4.9  # the time counts, so that no submission takes for ever


def loop(function, find, case):
    """In place of a half of a check: it never ends."""
    while True:
        pass


def test_many_questions_are_told_apart():
    with proxy.Student(proxy.in_folder(ROOT), MODULES) as student:
        student._count = 70000
        function = student.find('sigmoid')
        assert all(function.ask(file_of, {}) for _ in range(3)) and student.worker_count == 1


def test_time_in_a_queue_is_no_time_given():
    """A process that wants the processor, and one that sleeps: both have had the time, if nobody else had it."""
    for code in 'while True: pass', 'import time; time.sleep(60)':
        process = subprocess.Popen([sys.executable, '-c', code])
        try:
            given = proxy.TimeGiven([process.pid])
            time.sleep(0.5)
            passed = time.monotonic() - given.start
            assert 0 < given.seconds() <= passed + 0.1
        finally:
            process.kill()
            process.wait()
