"""Executes one notebook headless, and tells what went wrong."""

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

CELL_TIMEOUT = 900  # seconds; only a cell that hangs gets there
EXCERPT = 12  # lines of a failing cell that are shown


@dataclass
class Execution:
    """A notebook after its run: outputs, time, peak memory of its kernel, and what went wrong if anything."""

    name: str
    notebook: NotebookNode
    cells: int
    seconds: float
    peak_bytes: int
    failure: str | None = None

    def summary(self) -> str:
        """Return one line: code cells, seconds, memory."""
        return f'{self.cells} code cells, {self.seconds:.0f} s, {self.peak_bytes / 2**20:.0f} MB'


def describe_failure(error: BaseException, cell: NotebookNode | None, number: int, total: int) -> str:
    """Return what a person needs to find a failing cell: its number, the error, the first lines of its source."""
    what = f'{error.ename}: {error.evalue}' if isinstance(error, CellExecutionError) else str(error).strip()
    if isinstance(error, DeadKernelError):
        what = 'the kernel died (out of memory?)'
    lines = cell.source.splitlines() if cell is not None else []
    more = [f'… {len(lines) - EXCERPT} more lines'] if len(lines) > EXCERPT else []
    excerpt = ''.join(f'\n    | {line}' for line in lines[:EXCERPT] + more)
    return f'cell [{number}] of {total}: {what}{excerpt}'


class Progress:
    """A line that says where a notebook is: rewritten on a terminal, repeated every ten seconds in a log."""

    def __init__(self, name: str) -> None:
        self.name, self.terminal, self.last = name, sys.stdout.isatty(), 0.0

    def show(self, number: int, total: int, seconds: float) -> None:
        """Say that code cell `number` of `total` is running."""
        line = f'{self.name}: cell {number} of {total}, {seconds:.0f} s'
        if self.terminal:
            print(f'\r{line}\033[K', end='', flush=True)
        elif seconds - self.last >= 10:
            self.last = seconds
            print(line, flush=True)

    def close(self) -> None:
        """Clear the line, so that the next one starts afresh."""
        if self.terminal:
            print('\r\033[K', end='', flush=True)


class Noting(Protocol):
    """Who shows how far several notebooks are."""

    def note(self, name: str, number: int, total: int, seconds: float) -> None:
        """Take down that a notebook is at cell `number` of `total`."""

    def done(self, name: str) -> None:
        """Strike a notebook off."""


class BoardLine:
    """The progress of one notebook among several."""

    def __init__(self, name: str, board: Noting) -> None:
        self.name, self.board = name, board

    def show(self, number: int, total: int, seconds: float) -> None:
        """Say that code cell `number` of `total` is running."""
        self.board.note(self.name, number, total, seconds)

    def close(self) -> None:
        """Say that it is over."""
        self.board.done(self.name)


def kernel_process(client: NotebookClient) -> psutil.Process | None:
    """Return the process of the client's kernel; None before it has started and after it has ended."""
    pid = getattr(client.km and client.km.provisioner, 'pid', None)
    try:
        return psutil.Process(pid) if pid else None
    except psutil.Error:
        return None


def resident_bytes(client: NotebookClient) -> int:
    """Return the memory that the client's kernel holds, its peak where the system keeps it (Windows); 0 without one."""
    process = kernel_process(client)
    try:
        memory = process.memory_info() if process else None
    except psutil.Error:
        return 0
    return getattr(memory, 'peak_wset', memory.rss) if memory else 0


def watch(future: Future[NotebookNode], client: NotebookClient, show: Callable[[], None],
          stop: threading.Event | None = None) -> int:
    """Wait for the future, showing progress meanwhile; return the kernel's peak memory in bytes.

    An interrupt, or `stop` where another thread gets it, ends the kernel, and with it the future, before it goes on.
    """
    peak = 0
    try:
        while not future.done():
            if stop and stop.is_set():
                raise KeyboardInterrupt
            show()
            time.sleep(0.1)
            peak = max(peak, resident_bytes(client))
    except KeyboardInterrupt:
        while not future.done():  # again and again: the kernel may be only about to start
            with contextlib.suppress(psutil.Error):
                if process := kernel_process(client):
                    process.kill()
            time.sleep(0.1)
        raise
    return peak


def execute(path: Path, env: Mapping[str, str] | None = None, board: Noting | None = None,
            stop: threading.Event | None = None) -> Execution:
    """Execute a notebook in a fresh kernel with `env` added to the environment; the file is not touched.

    The cells run in a second thread, so that an interrupt arrives in this one on every system.
    A failing cell is told in `.failure`, not raised. board, stop: where several run side by side, who shows how far
    each is, and the event that ends them all.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, kernel_name='python3', timeout=CELL_TIMEOUT, record_timing=False, coalesce_streams=True,
        resources={'metadata': {'path': str(path.parent)}},
        extra_arguments=['--log-level=40'],  # no word about the transport: it is this machine's loopback
    )
    total = sum(cell.cell_type == 'code' for cell in notebook.cells)
    started: list[NotebookNode] = []  # the code cells so far, the running one last

    def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == 'code':
            started.append(cell)

    client.on_cell_start = on_cell_start
    progress, start = (BoardLine(path.stem, board) if board else Progress(path.stem)), time.monotonic()
    cells = client.async_execute(env={**os.environ, 'CS231N_PROGRESS': '0', **(env or {})})
    with ThreadPoolExecutor(max_workers=1) as pool, contextlib.closing(progress):
        future = pool.submit(asyncio.run, cells)  # client.execute would leave its event loop open
        peak = watch(future, client, lambda: progress.show(len(started), total, time.monotonic() - start),
                     stop)
    error, failure = future.exception(), None
    if error is not None:
        failure = describe_failure(error, started[-1] if started else None, len(started), total)
    return Execution(path.stem, notebook, total, time.monotonic() - start, peak, failure)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Leave in the metadata only what is equal on every machine: the kernel's name and the cells' tags."""
    notebook.metadata = nbformat.from_dict({
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python'},
    })
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({'tags': cell.metadata.tags} if cell.metadata.get('tags') else {})
    return notebook
