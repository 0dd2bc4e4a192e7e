"""Notebooks side by side: how many fit on this machine, in which order, and what the screen says of them all."""

import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import psutil

from cs231n.course.execution import Execution, execute

SECONDS, MEGABYTES = 100, 1500  # of a notebook that does not say


def needs(path: Path) -> tuple[float, float]:
    """Return the seconds and the megabytes that a notebook states at its top."""
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    top = ''.join(cells[0]['source']) if cells else ''
    seconds, size = re.search(r'Run time:\*\*\D*(\d+) s\b', top), re.search(r'([\d.]+) (MB|GB)', top)
    return (float(seconds[1]) if seconds else SECONDS,
            float(size[1]) * (1000 if size[2] == 'GB' else 1) if size else MEGABYTES)


def lanes(paths: list[Path]) -> int:
    """Return how many of the notebooks run at a time: one a core, as long as the hungriest fit into free memory."""
    free, count = psutil.virtual_memory().available / 2**20, 0
    for megabytes in sorted((needs(path)[1] for path in paths), reverse=True)[:os.cpu_count() or 1]:
        free -= megabytes
        count += free > 0
    return max(1, count)


def execute_all(paths: list[Path], count: int, env: Mapping[str, str] | None = None) -> Iterator[Execution]:
    """Execute notebooks, `count` at a time and the longest first; yield each when it is done.

    The cores are shared out, unless OMP_NUM_THREADS says how many threads each is to have. An interrupt ends all.
    """
    threads = str(max(1, (os.cpu_count() or 1) // count))
    env = {'OMP_NUM_THREADS': os.environ.get('OMP_NUM_THREADS', threads), **(env or {})}
    board, stop = Board(), threading.Event()
    with ThreadPoolExecutor(count) as pool:
        waiting: set[Future[Execution]] = {
            pool.submit(execute, path, env, board, stop)
            for path in sorted(paths, key=lambda path: -needs(path)[0])}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                board.show()
                for future in done:
                    board.clear()
                    yield future.result()
        except BaseException:
            stop.set()
            for future in waiting:
                future.cancel()
            raise
        finally:
            board.clear()


class Board:
    """A line that says where all notebooks are: rewritten on a terminal, repeated every ten seconds in a log."""

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        self.terminal, self.last = sys.stdout.isatty(), time.monotonic()

    def note(self, name: str, number: int, total: int, seconds: float) -> None:
        """Take down that a notebook is at cell `number` of `total`."""
        self.running[name] = f'{name}: cell {number} of {total}, {seconds:.0f} s'

    def done(self, name: str) -> None:
        """Strike a notebook off."""
        self.running.pop(name, None)

    def show(self) -> None:
        """Print the line, if it is time."""
        line = '; '.join(list(self.running.values()))
        if self.terminal:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
            print(f'\r{line[:width - 1]}\033[K', end='', flush=True)
        elif line and time.monotonic() - self.last >= 10:
            self.last = time.monotonic()
            print(line, flush=True)

    def clear(self) -> None:
        """Clear the line, so that the next one starts afresh."""
        if self.terminal:
            print('\r\033[K', end='', flush=True)
