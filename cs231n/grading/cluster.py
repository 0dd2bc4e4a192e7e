"""Grades many submissions on a Dask cluster, of which any machine may go at any time.

One task is one submission. It returns text (JSON), and each result is handed on as it comes. A worker that dies, or an
error of the grader, says nothing about a submission: it is graded again, alone, when the others are through; if that
fails too, it is named as not graded.
"""

import asyncio
import itertools
import json
import math
import os
import tempfile
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass

import dask
import psutil
from distributed import Client, LocalCluster, as_completed
from distributed.security import Security

from cs231n.grading.package import write_files
from cs231n.grading.plain import plain
from cs231n.grading.store import as_dict, grader_digest, is_whole
from cs231n.grading.submission import grade_submission

MEMORY = 4 * 2**30   # bytes that one submission may take, with the grader
AHEAD = 2            # tasks for each thread: one that runs, one that waits
ALONE = 2            # tries of a submission that was on workers that died
HERE = '127.0.0.1'
SETTINGS = {
    'distributed.worker.preload': ['import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)'],  # Ctrl-C is ours
    'distributed.worker.daemon': False,                # a worker starts processes of its own
    'distributed.scheduler.allowed-failures': 1,        # then it is tried alone
    'distributed.scheduler.work-stealing': False,      # with short queues there is nothing to steal
    'distributed.comm.timeouts.connect': '60s',
    'distributed.admin.tick.limit': '1h',              # no warning when a busy machine is slow
    'distributed.worker.profile.enabled': False,
    'distributed.scheduler.http.routes': [],           # no pages about students' work at an open port
    'distributed.worker.http.routes': [],
    'distributed.deploy.lost-worker-timeout': '1 day',  # one that died twice in 15 s would be given up for good
}


class Lost(Exception):
    """The scheduler is gone."""


@dataclass(frozen=True)
class Job:
    """One submission to be graded: its modules, as {path: source}, and what is asked of them."""

    key: str
    modules: dict
    seed: int
    names: tuple
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a Job: results as dicts, or why there are none."""

    results: list | None
    sandbox: str = ''
    seconds: float = 0.0
    trouble: str = ''

    @property
    def is_whole(self):
        """Whether every check was carried out."""
        return self.results is not None and is_whole({'results': self.results})


def grade_job(job):
    """Return what a worker does: grades one submission in a fresh folder; returns JSON."""
    with tempfile.TemporaryDirectory(prefix='submission-') as folder:
        write_files(job.modules, folder)
        graded = grade_submission(folder, job.seed, checks=list(job.names), seconds=job.seconds)
    return json.dumps({'grader': grader_digest(), 'results': [as_dict(one) for one in graded.results],
                       'sandbox': graded.sandbox, 'seconds': graded.seconds})


@contextmanager
def connected(scheduler=None, workers=None):
    """Connect to a cluster of this machine, or to that of an address or of a scheduler file, whose name ends in .json.

    On this machine all talk is encrypted, with keys that only these processes have: to a scheduler that listens to
    everyone, a student's code could send tasks.
    """
    with dask.config.set(SETTINGS):
        if scheduler:
            where = {'scheduler_file': scheduler} if scheduler.endswith('.json') else {'address': scheduler}
            with Client(**where, set_as_default=False) as client:
                yield client
            return
        with LocalCluster(n_workers=workers or default_workers(), threads_per_worker=1, memory_limit=0,
                          host=HERE, dashboard_address=f'{HERE}:0', worker_dashboard_address=f'{HERE}:0',
                          security=Security.temporary(), silence_logs=50) as cluster, \
                Client(cluster, set_as_default=False) as client:
            yield client


def default_workers():
    """One for each core that we may use, as far as the memory goes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1
    return max(1, min(cores, psutil.virtual_memory().total // MEMORY))


def grade_jobs(client, jobs, grade=grade_job):
    """Yield (job, Outcome) for every Job, as they come; each exactly once. Lost if the scheduler goes."""
    again = []
    for job, outcome in _graded(client, jobs, grade, None):
        if outcome.is_whole:
            yield job, outcome
        else:
            again.append((job, outcome))
    for job, outcome in again:
        for turn in range(ALONE if outcome.trouble.startswith('KilledWorker') else 1):
            (_, later), = _graded(client, [job], grade, turn)
            if later.results is not None or outcome.results is None:
                outcome = later
            if outcome.is_whole:
                break
        yield job, outcome


def _graded(client, jobs, grade, turn):
    """As grade_jobs, with one try each; no more tasks at a time than keep all workers busy."""
    jobs, running, room = iter(jobs), {}, _Room(client)

    def submit(job):
        key = f'grade-{job.key}' if turn is None else f'grade-{job.key}-again-{turn}'
        future = client.submit(grade, job, key=key, pure=False)
        running[future] = job
        return future

    finished = as_completed(map(submit, itertools.islice(jobs, room())), loop=client.loop)
    for future in finished:
        job = running.pop(future)
        outcome = _outcome(future, job)
        for more in itertools.islice(jobs, max(1, room() - len(running))):
            finished.add(submit(more))
        yield job, outcome


class _Room:
    """How many tasks are handed out at a time, asked anew every second: workers come and go."""

    def __init__(self, client):
        self.client, self.tasks, self.asked = client, 0, -math.inf

    def __call__(self):
        if time.monotonic() - self.asked > 1:
            threads = sum(self.client.nthreads().values())  # 0 while a cluster is starting
            self.tasks, self.asked = AHEAD * max(1, threads), time.monotonic()
        return self.tasks


def _outcome(future, job):
    try:
        found = json.loads(future.result())
    except (CancelledError, asyncio.CancelledError) as error:  # the scheduler forgot it
        raise Lost(plain(error) or 'the scheduler is gone') from None
    except Exception as error:  # KilledWorker, a full disk, a fault of the grader
        return Outcome(None, trouble=f'{type(error).__name__}: {plain(error)}')
    if found['grader'] != grader_digest():
        return Outcome(None, trouble='a worker of the cluster has another copy of the grader: install the same there')
    if [one['name'] for one in found['results']] != list(job.names):
        return Outcome(None, trouble='the results are not those of the checks that were asked for')
    return Outcome(found['results'], found['sandbox'], found['seconds'])
