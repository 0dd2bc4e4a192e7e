"""A cluster of which any worker may die: no submission is lost, doubled, or judged by what the machine did."""

import json
import os
import random
import signal
from contextlib import contextmanager
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from cs231n.checks import all_checks
from cs231n.grading import cluster
from cs231n.grading.cluster import Job, connected, grade_job, grade_jobs
from tests.support.fake_grading import answer, fake_grade, verdict
from tests.support.variants import VARIANTS
from tests.support.written_answers import RIGHT

# What Dask says of a machine that is busy with other things.
pytestmark = pytest.mark.filterwarnings('ignore:Creating scratch directories')
NAMES = tuple(one.name for one in all_checks())
LAYERS = 'cs231n/rnn_layers.py'


@contextmanager
def in_threads(workers=2, **settings):
    """A cluster without processes, which is there at once."""
    with dask.config.set({'distributed.admin.tick.limit': '1h', **settings}), LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=False, dashboard_address='127.0.0.1:0', memory_limit=0,
            silence_logs=50) as running, Client(running, set_as_default=False) as client:
        yield client


def a_thousand():
    """1,000 submissions: the written variants, each several times, no two alike."""
    texts = [text for _, text in VARIANTS.values()]
    return [Job(f's{k}', {LAYERS: f'# {k}\n{texts[k % len(texts)]}'.encode()}, 0, NAMES[:k % 5 + 1])
            for k in range(1000)]


def kill_a_worker(client, rng):
    pids = [worker.pid for worker in client.cluster.workers.values() if worker.pid]
    if pids:
        os.kill(rng.choice(pids), signal.SIGKILL)


def through_killings(jobs, kills, grade):
    """{key of a job: its results} from a cluster of which `kills` workers are killed, and how often each key came."""
    rng, found, came = random.Random(1), {}, []
    when = set(rng.sample(range(1, len(jobs) - 1), kills))
    with connected(workers=2) as client:
        assert client.scheduler.address.startswith('tls://127.0.0.1:')  # no student's code can speak with it
        for job, outcome in grade_jobs(client, jobs, grade):
            came.append(job.key)
            found[job.key] = outcome.results
            if len(came) in when:
                kill_a_worker(client, rng)
    return found, came


def one_by_one(jobs, grade):
    return {job.key: json.loads(grade(job))['results'] for job in jobs}


def quick_grade(job):
    return fake_grade(job, 0.002)


def test_a_class_survives_killed_workers():
    jobs = a_thousand()[:150]
    found, came = through_killings(jobs, 2, quick_grade)
    assert sorted(came) == sorted(job.key for job in jobs)
    assert found == one_by_one(jobs, lambda job: fake_grade(job, 0))


@pytest.mark.slow
def test_a_thousand_submissions_survive_many_killed_workers():
    jobs = a_thousand()
    found, came = through_killings(jobs, 20, fake_grade)
    assert sorted(came) == sorted(job.key for job in jobs)
    assert found == one_by_one(jobs, lambda job: fake_grade(job, 0))


SMALL = 'rnn_step_forward', 'rnn_step_backward', 'word_embedding_backward'
HANDED_IN = {
    'right': RIGHT, 'averaged': RIGHT.replace('db = np.sum(da, axis=0)', 'db = np.mean(da, axis=0)'),
    'broken': 'def rnn_step_forward(', 'endless': 'while True:\n    pass', 'exits': 'import os\nos._exit(0)',
    'empty': '',
}


def real_jobs(kinds):
    return [Job(kind, {LAYERS: HANDED_IN[kind].encode()}, 7, SMALL, 60) for kind in kinds]


@pytest.mark.slow
def test_the_scores_of_the_cluster_are_those_of_one_by_one():
    jobs = real_jobs(HANDED_IN)
    found, came = through_killings(jobs, 2, grade_job)
    assert sorted(came) == sorted(HANDED_IN)
    assert found == one_by_one(jobs, grade_job)


def test_a_worker_grades_with_the_grader_of_one_submission():
    with in_threads(1) as client:
        found = {job.key: outcome.results for job, outcome in grade_jobs(client, real_jobs(['averaged']))}
    outcomes = [one['outcome'] for one in found['averaged']]
    assert outcomes == ['right', 'wrong', 'right'] and 'db is averaged' in found['averaged'][1]['hint']


def dies(job):
    """Kills the worker, for one job."""
    if job.key == 's3':
        os.kill(os.getpid(), signal.SIGKILL)
    return fake_grade(job)


@pytest.mark.slow
def test_what_kills_its_worker_is_not_graded_and_harms_no_neighbour():
    jobs = a_thousand()[:12]
    with connected(workers=2) as client:
        outcomes = {job.key: outcome for job, outcome in grade_jobs(client, jobs, dies)}
    assert set(outcomes) == {job.key for job in jobs}
    assert outcomes['s3'].results is None and 'KilledWorker' in outcomes['s3'].trouble
    assert all(outcome.is_whole for key, outcome in outcomes.items() if key != 's3')


class Once:
    """Fails at the first try of each job, and counts the tries of all."""

    def __init__(self, error):
        self.error, self.tries = error, []

    def __call__(self, job):
        self.tries.append(job.key)
        if self.tries.count(job.key) == 1:
            raise self.error
        return fake_grade(job, 0)


@pytest.mark.parametrize('error', [OSError(28, 'No space left on device'), MemoryError(),
                                   RuntimeError('a fault of ours'), KilledWorker('x', None, 1)])
def test_a_fault_of_the_machine_is_tried_again_alone(error):
    once, jobs = Once(error), a_thousand()[:5]
    with in_threads() as client:
        outcomes = dict((job.key, outcome) for job, outcome in grade_jobs(client, jobs, Local(once)))
    assert all(outcome.is_whole for outcome in outcomes.values())
    assert sorted(once.tries) == sorted(2 * [job.key for job in jobs])


class Local:
    """Calls a function of this process, which a pickle would copy."""

    functions = {}

    def __init__(self, function):
        self.name = str(id(function))
        self.functions[self.name] = function

    def __call__(self, job):
        return self.functions[self.name](job)


def fails(job):
    raise OSError('the disk is full \x1b[31m')


def test_a_fault_that_stays_is_named():
    with in_threads() as client:
        (_, outcome), = grade_jobs(client, a_thousand()[:1], fails)
    assert outcome.results is None and outcome.trouble == 'OSError: the disk is full [31m'


def half(job):
    results = [verdict(name, job.modules) for name in job.names]
    return answer(job, results[:-1])


def of_others(job):
    return json.dumps({**json.loads(fake_grade(job, 0)), 'grader': 'another'})


@pytest.mark.parametrize(('grade', 'words'), [(half, 'not those of the checks'), (of_others, 'another copy')])
def test_an_answer_that_is_none_is_named(grade, words):
    with in_threads() as client:
        (_, outcome), = grade_jobs(client, a_thousand()[:1], grade)
    assert outcome.results is None and words in outcome.trouble


def test_equal_submissions_are_graded_each():
    jobs = [Job(f's{k}', {LAYERS: b'same'}, 0, NAMES[:1]) for k in range(20)]
    counting = Once(None)
    counting.tries = [job.key for job in jobs]  # as if each had failed before
    with in_threads() as client:
        assert len(list(grade_jobs(client, jobs, Local(counting)))) == 20
    assert sorted(counting.tries) == sorted(2 * [job.key for job in jobs])


def test_no_more_is_handed_out_than_keeps_the_workers_busy():
    taken, done = [], []

    def jobs():
        for job in a_thousand()[:50]:
            taken.append(job.key)
            yield job
    with in_threads(2) as client:
        for job, _ in grade_jobs(client, jobs(), fake_grade):
            done.append(job.key)
            assert len(taken) - len(done) <= cluster.AHEAD * 2
    assert len(done) == 50


def test_a_scheduler_that_goes_is_told():
    with pytest.raises(cluster.Lost), in_threads() as client:
        for _ in grade_jobs(client, a_thousand(), fake_grade):
            client.cancel(list(client.futures.values()) and [
                future for future in map(client_future(client), list(client.futures))], force=True)


def client_future(client):
    from distributed import Future
    return lambda key: Future(key, client=client)


def test_a_submission_is_graded_in_a_fresh_folder_that_goes(monkeypatch, tmp_path):
    seen = []

    def grade(folder, seed, checks, seconds):
        files = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob('*') if path.is_file())
        seen.append((folder, files))
        raise OSError('stop')
    monkeypatch.setattr(cluster, 'grade_submission', grade)
    for job in real_jobs(['right', 'empty']):
        with pytest.raises(OSError, match='stop'):
            grade_job(job)
    assert [files for _, files in seen] == [[LAYERS], [LAYERS]]
    assert len({folder for folder, _ in seen}) == 2 and not any(Path(folder).exists() for folder, _ in seen)
