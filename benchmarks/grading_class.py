"""A class on one and two workers, and what the scheduler itself costs: python -m benchmarks.grading_class

Real: submissions of four kinds, all checks of the edition, in the strongest sandbox of this machine; workers are
started, and have drawn the inputs of all checks, before the clock runs. What the judge computes is measured beside the
clock, which tells little on a busy machine; what the student's process computes is in benchmarks/grading.json.
Simulated: 200 workers, all in this one process, whose tasks sleep; so the time that this process computes is that of
scheduler, client and 200 workers together, more than a scheduler alone takes (but for what each worker measures of its
own machine, which would be measured 200 times here).
Writes benchmarks/grading_class.json and the table in docs/grading.md.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

import dask
from distributed import Client, LocalCluster

from benchmarks.report import table
from cs231n._shared.console import command
from cs231n._shared.paths import ROOT
from cs231n.checks import all_checks
from cs231n.grading.cluster import SETTINGS, Job, connected, grade_job, grade_jobs
from cs231n.grading.package import edited, given
from cs231n.grading.store import grader_digest

ROUNDS = 2         # submissions of each kind
BUSY = 1.0         # processes that wait, or run, from which on the clock tells more of others
SEED = 1           # one for a class, whose inputs each worker draws once
NAMES = tuple(one.name for one in all_checks())
WORKERS = 1, 2
SIMULATED = 200
TASKS = 2000
SLEEP = 5.0        # seconds of a simulated submission
PAGE = ROOT / 'docs' / 'grading.md'
MARKED = re.compile(r'(<!-- measured: grading_class -->\n).*?(<!-- end -->)', re.S)


def kinds():
    """{kind of submission: {path: source}}."""
    solved = {path: (ROOT / path).read_bytes() for path in edited()}
    layers = 'cs231n/rnn_layers.py'
    wrong = solved[layers].replace(b'prev_h.T @ da, sum_rows(da)', b'prev_h.T @ da, sum_rows(da) / len(da)')
    assert wrong != solved[layers]
    return {
        'right': solved,
        'nothing written': {path: given()[path] for path in edited()},
        'one mistake': solved | {layers: wrong},
        'a module that crashes': solved | {'cs231n/gan_pytorch.py': b'import os\nos._exit(3)\n'},
    }


def jobs(rounds):
    return [Job(f'{kind} {k}', modules, SEED, NAMES) for k in range(rounds) for kind, modules in kinds().items()]


def timed(job):
    """As grade_job, with the processor seconds of the process that judges in place of those on the clock."""
    before = time.process_time()
    found = json.loads(grade_job(job))
    return json.dumps(found | {'seconds': time.process_time() - before})


def real(workers):
    """Seconds for all submissions, on so many workers."""
    asked = jobs(ROUNDS)
    with connected(workers=workers) as client:
        warm = [client.submit(grade_job, Job('warm', {}, SEED, NAMES), key=f'warm {k}', pure=False, workers=[address])
                for k, address in enumerate(client.nthreads())]
        client.gather(warm)
        start = time.monotonic()
        outcomes = [outcome for _, outcome in grade_jobs(client, asked, timed)]
        seconds = time.monotonic() - start
    assert len(outcomes) == len(asked) and all(outcome.is_whole for outcome in outcomes)
    return {'submissions': len(asked), 'seconds': round(seconds, 1), 'a minute': round(60 * len(asked) / seconds, 2),
            'judge, processor seconds each': round(sum(outcome.seconds for outcome in outcomes) / len(asked), 1),
            'sandbox': outcomes[0].sandbox}


def sleeps(job):
    time.sleep(SLEEP)
    return json.dumps({'grader': grader_digest(), 'results': [{'name': name, 'outcome': 'right'} for name in job.names],
                       'sandbox': '', 'seconds': SLEEP})


def simulated():
    """Wall and processor seconds of so many tasks on so many workers that only sleep."""
    modules = kinds()['right']
    asked = (Job(f'simulated {k}', modules, k, ('sigmoid',)) for k in range(TASKS))
    settings = {name: value for name, value in SETTINGS.items() if name != 'distributed.worker.preload'}
    settings |= {'distributed.admin.system-monitor.interval': '1h', 'distributed.comm.timeouts.connect': '600s'}
    with dask.config.set(settings), LocalCluster(
            n_workers=SIMULATED, threads_per_worker=1, processes=False, memory_limit=0, silence_logs=50,
            dashboard_address='127.0.0.1:0') as cluster, Client(cluster, set_as_default=False) as client:
        start, cpu = time.monotonic(), time.process_time()
        done = sum(1 for _ in grade_jobs(client, asked, sleeps))
        seconds, cpu = time.monotonic() - start, time.process_time() - cpu
    assert done == TASKS
    return {'workers': SIMULATED, 'tasks': TASKS, 'seconds each': SLEEP, 'seconds': round(seconds, 1),
            'at best': TASKS * SLEEP / SIMULATED, 'processor ms a task': round(1000 * cpu / TASKS, 2)}


def measure():
    figures = {'cores': os.cpu_count(), 'load before': round(os.getloadavg()[0], 1), 'real': {}}
    for workers in WORKERS:
        figures['real'][str(workers)] = real(workers)
        print(workers, figures['real'][str(workers)], flush=True)
    one, two = (figures['real'][str(workers)]['a minute'] for workers in WORKERS)
    figures['efficiency'] = round(two / one / 2, 2)
    figures['simulated'] = simulated()
    print(figures['simulated'], flush=True)
    return figures


def shown(figures):
    """The table of docs/grading.md."""
    cluster = figures['simulated']
    share = cluster['processor ms a task'] / 1000 / (cluster['seconds each'] / cluster['workers'])
    rows = [[f'submissions a minute, {workers} worker{"s" * (workers != "1")}', row['a minute']]
            for workers, row in figures['real'].items()]
    busy = figures['load before'] > BUSY
    rows += [['efficiency of two workers', 'not measured: the machine was busy' if busy else
              f'{100 * figures["efficiency"]:.0f} %']]
    rows += [[f'processor time of the judge, {workers} worker{"s" * (workers != "1")}',
              f'{row["judge, processor seconds each"]} s'] for workers, row in figures['real'].items()]
    rows += [[f'{cluster["tasks"]:,} tasks of {cluster["seconds each"]:g} s on {cluster["workers"]} simulated workers,'
              f' of the best time', f'{100 * cluster["at best"] / cluster["seconds"]:.0f} %'],
             ['scheduler, client and 200 workers: processor time a submission', f'{cluster["processor ms a task"]} ms'],
             ['that is, of one core, busy with nothing else', f'{100 * share:.0f} %']]
    return table([f'on {figures["cores"]} cores, load {figures["load before"]} before', ''], rows)


def measured():
    """What the result file holds; None as long as nothing was measured."""
    path = Path(__file__).with_suffix('.json')
    return json.loads(path.read_text(encoding='utf-8')) if path.is_file() else None


def drawn(text, figures):
    return MARKED.sub(lambda found: found[1] + (shown(figures) if figures else '') + found[2], text)


@command
def main():
    figures = measure()
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    PAGE.write_text(drawn(PAGE.read_text(encoding='utf-8'), figures), encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
