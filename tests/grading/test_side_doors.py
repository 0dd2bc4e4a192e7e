"""More attacks: by what no limit counts, by answers that no function gives, and by what stays behind.

None earns a point, none does harm, none gets out of a verdict, and the honest function in the same file keeps its
points.
"""

import csv
import io
import json
import time
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.lib import format as npy

from cs231n.checks import CHECKS, all_checks
from cs231n.checks.engine.answers import answers
from cs231n.checks.engine.judge import judge
from cs231n.checks.grader import values
from cs231n.checks.grader.proxy import Function, result_of
from cs231n.grading import __main__ as program
from cs231n.grading import cluster
from cs231n.grading.submission import grade_submission
from tests.grading.conftest import HONEST, SEED, all_failed, unharmed
from tests.grading.test_cluster import in_threads
from tests.support.submissions import attacking, submission

UNCOUNTED = """
import ctypes, os, tempfile, time
C = ctypes.CDLL(None, use_errno=True)
MB = 2 ** 20

def call(*numbers):
    if C.syscall(*numbers) < 0:
        raise OSError(ctypes.get_errno())

def reserved():
    '''Room on the disk that the size of a file does not tell.'''
    with tempfile.NamedTemporaryFile(delete=False) as file:
        call(285, file.fileno(), 1, ctypes.c_long(0), ctypes.c_long(64 * MB))
        time.sleep(0.5)

def mapped():
    '''Files without a name and without a handle, which stand in memory alone.'''
    kept = []
    for k in range(8):
        with open(f'mapped {k}', 'wb+') as file:
            file.write(bytes(4 * MB))
            file.flush()
            kept.append(C.mmap(None, ctypes.c_long(4 * MB), 3, 1, file.fileno(), ctypes.c_long(0)))
        os.unlink(f'mapped {k}')
    time.sleep(0.5)

def unseen():
    '''A process that hides its open files.'''
    if C.prctl(4, 0):
        raise OSError
    kept = []
    for k in range(8):
        kept.append(open(f'unseen {k}', 'wb'))
        os.unlink(f'unseen {k}')
        kept[-1].write(bytes(4 * MB))
        kept[-1].flush()
    time.sleep(0.5)
"""


@pytest.mark.parametrize('more', ['reserved', 'mapped', 'unseen'])
def test_room_that_no_size_tells_is_counted(judged, layer, more):
    results = judged(layer, {'lstm_step_forward': f'attempt({{"{more}": {more}}})'}, UNCOUNTED)
    hungry = results['lstm_step_forward']
    assert not hungry.passed and (all_failed(hungry) or 'it wrote more than 16 MB' in hungry.where), hungry
    assert results[HONEST].passed


REST = """
import ctypes, fcntl, os, resource, struct
C = ctypes.CDLL(None, use_errno=True)
HOME = __file__.rpartition('/cs231n/')[0]

def call(*numbers):
    if C.syscall(*numbers) < 0:
        raise OSError(ctypes.get_errno())

def flags(path, request, flags):
    def way():
        fcntl.ioctl(os.open(path, os.O_RDONLY), request, struct.pack('l', flags))
    return way

def write(path, text):
    def way():
        with open(path, 'w') as file:
            file.write(text)
    return way

def through(path):
    def way():
        if not open(path, 'rb').read(1):
            raise OSError
    return way

PARENT = os.getppid()
WAYS = {
    'flags of a given file': flags(HOME + '/cs231n/layers.py', 0x40086602, 0x40),
    'flags of the folder': flags(HOME, 0x40086602, 0x80),
    'project of a given file': lambda: fcntl.ioctl(os.open(HOME + '/cs231n/layers.py', os.O_RDONLY), 0x401c5820,
                                                   bytes(28)),
    'quota': lambda: call(443, os.open(HOME, os.O_RDONLY), 0x80000701, 0, 0),
    'a semaphore of others': lambda: call(65, 0, struct.pack('HhH', 0, 0, 0o4000), 1),
    'one of others, timed': lambda: call(220, 0, struct.pack('HhH', 0, 0, 0o4000), 1, 0),
    'messages of others': lambda: call(70, 0, bytes(64), 8, 0, 0o4000),
    'to be spared': write('/proc/self/oom_score_adj', '-1000'), 'a map of users': write('/proc/self/uid_map', '0 0 1'),
    'a core': write('/proc/sys/kernel/core_pattern', '|/bin/sh'), 'a key': write('/proc/sysrq-trigger', 'h'),
    'a group': write('/sys/fs/cgroup/cgroup.procs', '0'), 'memory of init': through('/proc/1/mem'),
    'files of the judge': lambda: os.listdir(f'/proc/{PARENT}/fd'),
    'its threads': lambda: os.listdir(f'/proc/{PARENT}/task'),
    'around by a thread': through(f'/proc/self/task/{os.getpid()}/root/etc/passwd'),
    'around by a folder': lambda: os.listdir('/proc/self/cwd/..'), 'around by a handle': through(
        f'/proc/self/fd/{os.open("/", os.O_PATH | os.O_DIRECTORY)}/etc/passwd'),
    'the disk': lambda: os.listdir('/dev/disk'), 'memory of the machine': through('/dev/mem'),
    'a new terminal': lambda: os.open('/dev/ptmx', os.O_RDWR), 'the log': lambda: call(103, 3, bytes(64), 64),
    'a pipe with a name': lambda: os.mkfifo(HOME + '/pipe'),
    'a device': lambda: os.mknod(HOME + '/device', 0o20666, 259),
    'another name': lambda: os.rename(HOME + '/cs231n/layers.py', HOME + '/cs231n/mine.py'),
    'a name of the scratch': lambda: os.rename(os.getcwd(), os.getcwd() + '-mine'),
    'a link out of the scratch': lambda: (os.symlink('/etc/passwd', 'out'), open('out').close()),
    'hiding from the judge': lambda: C.prctl(4, 0) and [][0],
    'less time for the judge': lambda: resource.prlimit(PARENT, resource.RLIMIT_CPU, (0, 0)),
}
"""


def test_no_call_that_is_seldom_thought_of_leads_out(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt(WAYS)'}, REST)
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed and unharmed()


BUSY = """
import hashlib, threading, time
def spin():
    while True:
        hashlib.sha256(bytes(10 ** 7))
def busy(seconds):
    for _ in range(64):
        threading.Thread(target=spin, daemon=True).start()
    time.sleep(seconds)
"""


def test_who_keeps_the_machine_busy_himself_is_not_excused_by_that(judged, strongest):
    """Threads of one's own that stand in each other's way are no business of others."""
    start = time.monotonic()
    results = judged(strongest, {'rnn_step_forward': 'busy(1000)', 'rnn_forward': 'busy(1000)'}, BUSY)
    assert {results[name].outcome for name in ('rnn_step_forward', 'rnn_forward')} == {'wrong'}, results
    assert results[HONEST].passed and time.monotonic() - start < 60


DEEP = """
import os
def deep():
    for _ in range(900):
        os.mkdir('d')
        os.chdir('d')
def shut():
    os.mkdir('shut')
    open('shut/in', 'w').close()
    os.mkdir('closed', 0)
"""


@pytest.mark.parametrize('how', ['deep', 'shut'])
def test_what_is_hard_to_remove_is_removed(judged, layer, how, tmp_path, monkeypatch):
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path / 'temporary'))
    (tmp_path / 'temporary').mkdir()
    results = judged(layer, {'rnn_step_forward': f'{how}()'}, DEEP, folder=tmp_path / 'student')
    assert results[HONEST].passed
    assert not list((tmp_path / 'temporary').iterdir())


# ---- answers that no function gives ----

LYING = """
import numpy as np
from cs231n.checks.grader import values
encode = values.encode

PENDING = []

def forged(value):
    lies = PENDING.pop() if PENDING and 'value' in value else {}
    PENDING.clear()
    return encode({**value, **lies})
values.encode = forged

def lie(**lies):
    PENDING.append(lies)
"""
LIES = {
    'rnn_step_forward': 'changed=5', 'rnn_forward': 'changed=[[1], {}, None]', 'sigmoid': "value={'a': np.zeros(3)}",
    'lstm_step_forward': 'value=[10 ** 400]', 'lstm_forward': "value=['right']",
    'temporal_affine_forward': 'value=[np.zeros((0, 2 ** 40))]',
    'temporal_softmax_loss': 'value=[np.full((3, 7), np.inf)]',
}


def test_values_that_no_function_gives_are_wrong_and_no_fault_of_the_judge(judged, strongest):
    codes = {name: f'lie({lie})\nreturn 5, None' for name, lie in LIES.items()}
    results = judged(strongest, codes, LYING)
    assert results.pop(HONEST).passed and len(results) == len(LIES)
    assert {one.outcome for one in results.values()} == {'wrong'}, results


def _with_text(text):
    """Return the bytes of a message with this text."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive, archive.open('text.npy', 'w', force_zip64=True) as entry:
        npy.write_array(entry, np.frombuffer(text, np.uint8), allow_pickle=False)
    return file.getvalue()


def _with_entries(count):
    """Return a zip that lists so many files of no bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive:
        for k in range(count):
            archive.writestr(f'{k}.npy', b'')
    return file.getvalue()


@pytest.mark.parametrize('make', [
    lambda: _with_text(b'[' + b'[],' * 5 * 10**5 + b'[]]'), lambda: _with_text(b'[' * 10**6 + b']' * 10**6),
    lambda: _with_text(b'[' + b'{"dict":[]},' * 10**5 + b'0]'), lambda: _with_text(b'1' * 2 * 10**6),
    lambda: _with_entries(20_000)], ids=['lists', 'deep', 'dictionaries', 'digits', 'entries'])
def test_a_small_message_does_not_become_large_in_the_judge(make):
    message = make()
    tracemalloc.start()
    try:
        with pytest.raises(values.Garbage):
            values.decode(message)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(message)
    finally:
        tracemalloc.stop()


class Liar(Function):
    """A proxy for a function that answers whatever is asked of it with one value."""

    def __init__(self, name, value):
        super().__init__(None, name)
        self.value = value

    def ask(self, half, case, *more):
        return self.value(len(CHECKS[self.name].outputs)) if callable(self.value) else self.value


class Liars:
    """In place of a Student."""

    def __init__(self, value):
        self.find = lambda name: Liar(name, value)


STRANGE = {
    'nothing': None, 'a number': 5, 'a text': 'right', 'a dictionary': {'a': 1}, 'no values': [],
    'two values': [np.zeros((3, 1)), [[0]]], 'many values': [np.zeros(1)] * 100, 'true': True,
    'texts': lambda count: ['right'] * count, 'large numbers': lambda count: [10**400] * count,
    'nested': lambda count: [[[], [[1, 2], [3]]]] * count, 'one too many': lambda count: [np.zeros(2)] * (count + 1),
    'nan': lambda count: [np.array(np.nan)] * count, 'pairs': [[['a', [1]], ['b', [2]]], [[0], [1]]],
    'no pairs': [[1, 2, 3], [4]], 'large': lambda count: [np.zeros(2 * 10**6, bool)] * count,
}


@pytest.mark.parametrize('kind', STRANGE)
def test_no_answer_is_the_judges_fault_in_any_check(kind):
    for one in CHECKS.values():
        result = result_of(one, Liars(STRANGE[kind]), CHECKS, {})
        assert result.outcome == 'wrong' and result.points == 0, (one.name, result)


TRIVIAL = {
    'zeros': np.zeros_like, 'ones': np.ones_like, 'nan': lambda want: np.full(want.shape, np.nan),
    'the mean': lambda want: np.full(want.shape, want.mean() if want.size else 0.0), 'zero': lambda want: np.zeros(()),
    'the signs': np.sign,
}


@pytest.mark.parametrize('kind', TRIVIAL)
@pytest.mark.parametrize('edition', ['numpy', 'pytorch'])
def test_what_takes_no_computing_earns_nothing(kind, edition):
    """Of functions whose outputs are compared as they come."""
    for one in all_checks(edition):
        cases = iter(answers(one) * 3)
        if one.call is None and one.points:
            def ask(*_, cases=cases):
                return [TRIVIAL[kind](np.asarray(want, float)) for want in next(cases)['right']]
            function = Liar(one.name, None)
            function.ask = ask
            result = judge(one, function, lambda name: Liar(name, None), CHECKS)
            assert result.points == 0, (one.name, result)


SHARE = """
import torch
from cs231n.checks.lessons.captioning_pytorch import student_side

def forged(arrays, run):
    with torch.no_grad():
        return [*(one.detach().numpy() for one in run(student_side._tensors(arrays))), SLOPES]
student_side._with_slopes = forged
"""


PYTORCH = """
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    return torch.tanh(x @ Wx + prev_h @ Wh + b)

def word_embedding_forward(x, W):
    return W[x]
"""


@pytest.mark.parametrize('slopes, outcome', [('1.0, 1.0', 'wrong'), ('0.0, 0.0', 'wrong'), ('', 'right')])
def test_a_gradient_that_nobody_computed_is_none(strongest, tmp_path, slopes, outcome):
    """Beside functions of tensors, where the values are right and the slopes are made up, or are not."""
    code = SHARE.replace('SLOPES', slopes) if slopes else 'import torch\n'
    folder = submission(tmp_path, rnn_layers_pytorch=code + PYTORCH)
    graded = grade_submission(folder, SEED, ['rnn_step_forward[pytorch]', 'word_embedding_forward[pytorch]'], strongest)
    assert [one.outcome for one in graded.results] == [outcome, outcome], graded


AHEAD = """
import os, struct, threading, time
import numpy as np
from cs231n.checks.grader import values

def pipe():
    for fd in range(3, 64):
        try:
            if 'pipe' in os.readlink(f'/proc/self/fd/{fd}'):
                os.write(fd, b'')
                return fd
        except OSError:
            pass

def ahead():
    # answers to what has not been asked yet
    fd = pipe()
    for number in range(1, 400):
        data = values.encode({'number': number, 'value': [np.zeros((3, 7))], 'changed': []})
        os.write(fd, struct.pack('>Q', len(data)) + data)

def steal():
    # takes the questions to others away, and answers them
    fd = pipe()
    questions = next(os.fdopen(one, 'rb') for one in range(3, 64) if one != fd and 'pipe' in
                     (os.readlink(f'/proc/self/fd/{one}') if os.path.exists(f'/proc/self/fd/{one}') else ''))
    while True:
        asked = values.decode(values.read(questions))
        values.write(os.fdopen(os.dup(fd), 'wb'), values.encode(
            {'number': asked['number'], 'value': [np.zeros((3, 7))], 'changed': []}))
"""


@pytest.mark.parametrize('how', ['ahead()', 'threading.Thread(target=steal, daemon=True).start()'])
def test_answers_to_other_questions_earn_nothing_and_end(judged, strongest, how):
    start = time.monotonic()
    results = judged(strongest, {'rnn_step_forward': f'{how}\nreturn prev_h, None'}, AHEAD)
    assert results['rnn_step_forward'].outcome == 'wrong' and time.monotonic() - start < 90
    assert results[HONEST].outcome in ('right', 'wrong')  # who spoils his own other functions harms himself alone


# ---- the whole way: from a folder of submissions to pages and sheets

NAMES = {
    '=1+1;cmd': r"raise ValueError('\x1b]0;T\x07\u202e<script>alert(1)</script>=1+1\r\nada,100')",
    '<script>alert(2)<|script>': 'import os; os._exit(137)',
    'bob\x1b[2J\u202etxt': "raise type('</pre><img src=x onerror=alert(3)>', (Exception,), {})('|`*[x](javascript:y)')",
    '..': 'import resource; resource.setrlimit(resource.RLIMIT_CPU, (0, 0))\nwhile True: pass',
}


@pytest.mark.filterwarnings('ignore:Creating scratch directories')
def test_a_hostile_class_harms_neither_pages_nor_sheets_nor_neighbours(strongest, tmp_path, monkeypatch, capsys):
    folder, out = tmp_path / 'class', tmp_path / 'grades'
    for k, (name, code) in enumerate(NAMES.items()):
        name = name.replace('|', '_') if name != '..' else 'dots..'
        submission(folder / f'{name} {k}', attacking({'rnn_step_forward': code}))
    submission(folder / 'honest', attacking({}))

    @contextmanager
    def connected(scheduler=None, workers=None):
        with in_threads(1) as client:
            yield client
    monkeypatch.setattr(cluster, 'connected', connected)
    program.main([str(folder), '--out', str(out), '--checks', 'rnn_step_forward', HONEST])
    written = {path: path.read_text(encoding='utf-8-sig') for path in out.rglob('*') if path.is_file()}
    for where, text in [*written.items(), ('screen', ''.join(capsys.readouterr()))]:
        assert all(one.isprintable() or one == '\n' for one in text.replace('\r\n', '\n')), where
        if str(where).endswith('.html'):
            assert '<script' not in text and '<img src=x' not in text, where
    rows = list(csv.DictReader(io.StringIO(written[out / 'grades.csv'])))
    assert len(rows) == len(NAMES) + 1 and not any(cell[:1] in ('=', '+', '@') for row in rows for cell in row.values())
    records = [json.loads(text) for path, text in written.items() if path.parent.parent.name == 'results']
    for record in records:
        first, second = record['results']
        assert second['outcome'] == 'right' and (first['points'] > 0) == (record['slug'] == 'honest'), record
