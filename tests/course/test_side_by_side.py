"""Notebooks side by side: how many, in which order, with how many threads, and what the screen says."""

import json
import threading
import time

import pytest

from cs231n.course import side_by_side
from cs231n.course.execution import Execution


@pytest.fixture
def paths(tmp_path):
    found = []
    for name, top in (('A', '**Run time:** about 40 s on two cores. **Memory:** about 800 MB.'), ('B', 'nothing said'),
                      ('C', '**Run time:** about 180 s. **Memory:** about 1.5 GB.')):
        found.append(tmp_path / f'{name}.ipynb')
        found[-1].write_text(json.dumps({'cells': [{'cell_type': 'markdown', 'source': [top]}]}))
    return found


def machine(monkeypatch, cores, megabytes):
    monkeypatch.setattr(side_by_side.os, 'cpu_count', lambda: cores)
    memory = type('memory', (), {'available': megabytes * 2**20})
    monkeypatch.setattr(side_by_side.psutil, 'virtual_memory', lambda: memory)


def test_needs_are_those_that_a_notebook_states(paths):
    assert [side_by_side.needs(path) for path in paths] == [(40, 800), (100, 1500), (180, 1500)]


@pytest.mark.parametrize('cores, megabytes, count', [
    (1, 9999, 1), (2, 9999, 2), (8, 9999, 3), (8, 3700, 2), (8, 100, 1), (2, 3100, 2), (2, 2900, 1)])
def test_as_many_as_there_are_cores_and_memory(paths, monkeypatch, cores, megabytes, count):
    machine(monkeypatch, cores, megabytes)
    assert side_by_side.lanes(paths) == count


def test_the_longest_is_first_and_the_cores_are_shared(paths, monkeypatch):
    machine(monkeypatch, 4, 9999)
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    begun, alive, most = [], [], []

    def execute(path, env, board, stop):
        begun.append((path.stem, env['OMP_NUM_THREADS']))
        alive.append(path)
        most.append(len(alive))
        time.sleep(0.05)
        alive.remove(path)
        return Execution(path.stem, None, 1, 1, 1)

    monkeypatch.setattr(side_by_side, 'execute', execute)
    assert {one.name for one in side_by_side.execute_all(paths, 2)} == {'A', 'B', 'C'}
    assert begun == [('C', '2'), ('B', '2'), ('A', '2')] and max(most) == 2


def test_an_interrupt_ends_them_all(paths, monkeypatch):
    ended = []

    def execute(path, env, board, stop):
        assert stop.wait(100)
        ended.append(path.stem)
        raise KeyboardInterrupt

    monkeypatch.setattr(side_by_side, 'execute', execute)
    runs = side_by_side.execute_all(paths, 3)
    monkeypatch.setattr(side_by_side.Board, 'show', lambda _: interrupt())

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(runs)
    assert sorted(ended) == ['A', 'B', 'C'] and threading.active_count() < 10


@pytest.mark.parametrize('terminal', [True, False])
def test_one_line_tells_of_all(monkeypatch, capsys, terminal):
    board = side_by_side.Board()
    monkeypatch.setattr(board, 'terminal', terminal)
    monkeypatch.setattr(side_by_side.os, 'get_terminal_size', lambda _: type('size', (), {'columns': 50}))
    monkeypatch.setattr(side_by_side.sys.stdout, 'fileno', lambda: 1, raising=False)
    board.last -= 11
    board.note('RNN', 3, 60, 12)
    board.note('GANs', 5, 40, 13)
    for _ in range(3):
        board.show()
    board.done('RNN')
    told = capsys.readouterr().out
    assert told.count('RNN: cell 3 of 60, 12 s; GANs: cell 5 of 40, 13') == (3 if terminal else 1)
    assert ('\r' in told) == terminal
