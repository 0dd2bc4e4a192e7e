"""Attacks on grading: none earns a point, none does harm, and the honest function in the same file keeps its points.

Most go many ways at once and tell which of them led anywhere: none must. That the ways are real ones is shown by going
them where nothing stands in the way.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import cs231n
from cs231n._shared.paths import ROOT
from cs231n.grading.submission import grade_submission
from tests.grading.conftest import HONEST, SEED, all_failed
from tests.support.submissions import attacking, submission

TOKEN = 'pwned-by-a-test'  # in the name of all that an attack writes


def unharmed(*folders):
    """Whether nothing was left where the attacks write, and no process."""
    places = [Path(sys.prefix), Path.home(), Path('/tmp'), Path('/var/tmp'), Path('/dev/shm'), ROOT, ROOT / 'cs231n',
              Path(os.__file__).parent, Path(subprocess.__file__).parent / '__pycache__', *folders]
    left = [path for place in places if place.is_dir() for path in place.iterdir() if TOKEN in path.name]
    alive = [one for one in psutil.process_iter(['cmdline']) if TOKEN in ' '.join(one.info['cmdline'] or [])]
    return not left and not alive


OTHERS = '''
import ctypes, multiprocessing, os, signal, subprocess, struct, sys, threading, time
C = ctypes.CDLL(None, use_errno=True)

def call(*numbers):
    if C.syscall(*numbers) < 0:
        raise OSError(ctypes.get_errno())

def forked(start):
    def way():
        pid = start()
        if pid == 0:
            os._exit(0)
        if pid < 0:
            raise OSError
    return way

PROCESSES = {
    'fork': forked(os.fork), 'C fork': forked(C.fork), 'forkpty': forked(lambda: os.forkpty()[0]),
    'system call fork': forked(lambda: C.syscall(57)), 'clone': forked(lambda: C.syscall(56, 17, 0, 0, 0, 0)),
    'clone3': forked(lambda: C.syscall(435, struct.pack('11Q', 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88)),
    'subprocess': lambda: subprocess.run([sys.executable, '-c', ''], check=True),
    'spawn': lambda: os.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', 'exit'], {}), 0),
    'multiprocessing': lambda: multiprocessing.get_context('fork').Process(target=time.sleep, args=(0,)).start(),
    'system': lambda: [None][os.system('true')],
}
'''


def test_no_other_process_is_started(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt(PROCESSES)'}, OTHERS)
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed


def test_these_ways_lead_somewhere_where_nothing_stands_in_the_way(judged):
    result = judged('process group', {'rnn_step_forward': 'attempt(PROCESSES)'}, OTHERS)['rnn_step_forward']
    told = result.where
    assert all(name in told for name in ('fork', 'C fork', 'subprocess', 'spawn')), told


PARENT = '''
import ctypes, fcntl, os, resource, signal, struct, sys, termios
C = ctypes.CDLL(None, use_errno=True)
PARENTS = [os.getppid(), *range(max(1, os.getppid() - 3), os.getppid()), 1]

def call(*numbers):
    if C.syscall(*numbers) < 0:
        raise OSError(ctypes.get_errno())

def each(way):
    def go():
        works = []
        for pid in PARENTS:
            try:
                works.append(way(pid))
            except OSError:
                pass
        if not works:
            raise OSError
    return go

def owner(pid):
    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, pid)

def typed(pid):
    for path in '/dev/tty', '/dev/console', '/dev/pts/0', '/proc/self/fd/0':
        try:
            fcntl.ioctl(os.open(path, os.O_RDWR), termios.TIOCSTI, b'x')
            return
        except OSError:
            pass
    raise OSError

SIGNALS = {
    'kill 0': each(lambda pid: os.kill(pid, 0)), 'stop': each(lambda pid: os.kill(pid, 19)),
    'group': lambda: os.killpg(0, 0), 'all': lambda: os.kill(-1, 0),
    'tgkill': each(lambda pid: call(234, pid, pid, 0)), 'tkill': each(lambda pid: call(200, pid, 0)),
    'queue': each(lambda pid: call(129, pid, 0, bytes(128))), 'pidfd': each(lambda pid: call(434, pid, 0)),
    'owner of a file': each(owner), 'limit': each(lambda pid: resource.prlimit(pid, resource.RLIMIT_NOFILE)),
    'ptrace': each(lambda pid: call(101, 16, pid, 0, 0)), 'processor': each(lambda pid: os.sched_setaffinity(pid, {0})),
    'memory': each(lambda pid: call(310, pid, struct.pack('QQ', 0, 0), 1, struct.pack('QQ', 0, 0), 1, 0)),
    'typing': each(typed), 'priority': each(lambda pid: os.setpriority(0, pid, 19)),
    'death': lambda: C.prctl(1, 0) and [][0],
}
'''


def test_the_judge_is_not_reached(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt({k: v for k, v in SIGNALS.items() if k != "death"})'}, PARENT)
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed


FILES = '''
import glob, os, pathlib, shutil, sys
TOKEN = 'pwned-by-a-test'

def write(folder):
    def way():
        path = pathlib.Path(folder, TOKEN)
        path.write_text('here')
    return way

def read(path):
    def way():
        if not open(path, 'rb').read(1):
            raise OSError
    return way

def found(pattern, *where):
    def way():
        for folder in where:
            for root, _, names in os.walk(folder):
                if any(pattern in name for name in names):
                    return
        raise OSError
    return way

HOME = __file__.rpartition('/cs231n/')[0]
WRITING = {folder: write(folder) for folder in (
    '/', '/tmp/..', '/var/tmp', '/dev/shm', '/root', '/home', '/proc', '/sys/fs/cgroup', HOME, HOME + '/cs231n',
    HOME + '/cs231n/__pycache__', sys.prefix, sys.base_prefix, os.path.dirname(os.__file__),
    os.path.dirname(os.__file__) + '/__pycache__', *[path for path in sys.path if path.endswith('packages')])}
WRITING['a change of what is given'] = lambda: open(HOME + '/cs231n/layers.py', 'a').close()
WRITING['mode'] = lambda: os.chmod(HOME, 0)
WRITING['time'] = lambda: os.utime(HOME + '/cs231n/layers.py', (0, 0))
WRITING['link'] = lambda: os.link(HOME + '/cs231n/layers.py', HOME + '/cs231n/' + TOKEN)
WRITING['removal'] = lambda: os.unlink(HOME + '/cs231n/layers.py')
'''


def test_nothing_is_written_outside_of_the_scratch(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt(WRITING)'}, FILES)
    assert all_failed(results['rnn_step_forward']), results
    assert unharmed() and results[HONEST].passed


@pytest.fixture
def neighbour(tmp_path):
    """Another student's submission, where an attack may know it to be."""
    path = tmp_path / 'neighbour' / 'cs231n' / 'rnn_layers.py'
    path.parent.mkdir(parents=True)
    path.write_text('secret = 1', encoding='utf-8')
    return path


def test_other_students_and_the_answers_cannot_be_read(judged, layer, neighbour):
    ways = FILES + f'''
PACKAGE = {str(Path(cs231n.__path__[0]))!r}
READING = {{path: read(path) for path in (
    {str(neighbour)!r}, '/etc/passwd', '/etc/shadow', '/proc/1/environ', '/proc/1/cmdline', '/proc/1/mem',
    f'/proc/{{os.getppid()}}/environ', f'/proc/{{os.getppid()}}/cmdline', f'/proc/{{os.getppid()}}/maps',
    '/proc/self/root/etc/passwd', f'/proc/self/root/{str(neighbour)}', f'/proc/self/cwd/../{str(neighbour)}',
    PACKAGE + '/answer_key/rnn/oracle.py', PACKAGE + '/rnn_layers.py', PACKAGE + '/checks/lessons/rnn/checks.py')}}
READING['the folder'] = lambda: os.listdir({str(neighbour.parent)!r})
READING['answers somewhere'] = found('oracle.py', HOME, PACKAGE)
READING['stored answers'] = found('answers.npz', '/')
READING['another package'] = lambda: (sys.path.insert(0, {str(ROOT)!r}), __import__('cs231n.answer_key'))
READING['the judge'] = lambda: __import__('cs231n.checks.engine.judge')
READING['the inputs'] = lambda: __import__('cs231n.checks.lessons.rnn.checks')
READING['grading'] = lambda: __import__('cs231n.grading')
READING['the environment'] = lambda: os.environ['PATH_OF_THE_TEACHER']
'''
    os.environ['PATH_OF_THE_TEACHER'] = 'secret'
    try:
        results = judged(layer, {'rnn_step_forward': 'attempt(READING)'}, ways)
    finally:
        del os.environ['PATH_OF_THE_TEACHER']
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed


def test_a_link_to_another_student_is_not_followed(judged, layer, neighbour, tmp_path):
    folder = tmp_path / 'mine'
    (folder / 'cs231n').mkdir(parents=True)
    os.symlink(neighbour, folder / 'cs231n' / 'stolen.py')
    results = judged(layer, {'rnn_step_forward': 'from cs231n import stolen\nattempt({"stolen": lambda: stolen.secret})'},
                     folder=folder)
    assert not results['rnn_step_forward'].passed and 'ImportError' in results['rnn_step_forward'].where
    assert results[HONEST].passed


def test_nobody_is_called_over_the_network(judged, layer, tmp_path):
    heard = []
    server = socket.create_server(('127.0.0.1', 0))
    port, path = server.getsockname()[1], str(tmp_path / 'socket')
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(path)
    unix.listen()

    def listen():
        try:
            heard.append(server.accept())
        except OSError:
            pass

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    ways = f'''
import socket, urllib.request
def unix():
    one = socket.socket(socket.AF_UNIX)
    one.connect({path!r})
CALLS = {{
    'TCP': lambda: socket.create_connection(('127.0.0.1', {port}), 1), 'UNIX': unix,
    'UDP': lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port})),
    'raw': lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW), 'netlink': lambda: socket.socket(16, 3),
    'pair': socket.socketpair, 'web': lambda: urllib.request.urlopen('http://127.0.0.1:{port}', timeout=1),
    'name': lambda: socket.gethostbyname('localhost.localdomain'), 'server': lambda: socket.create_server(('', 0)),
}}
'''
    results = judged(layer, {'rnn_step_forward': 'attempt(CALLS)'}, ways)
    server.close()
    unix.close()
    assert all_failed(results['rnn_step_forward']), results
    assert not heard and results[HONEST].passed


HUNGER = '''
import ctypes, mmap, os, tempfile, threading, time
C = ctypes.CDLL(None, use_errno=True)

def call(*numbers):
    if C.syscall(*numbers) < 0:
        raise OSError(ctypes.get_errno())

def threads():
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

def disk():
    with tempfile.NamedTemporaryFile(delete=False) as file:
        for _ in range(40):
            file.write(bytes(2 ** 20))
            file.flush()

def many_files():
    folder = tempfile.mkdtemp()
    for k in range(20000):
        open(f'{folder}/{k}', 'w').close()
    time.sleep(0.5)

TOO_MUCH = {
    'memory': lambda: bytearray(8 * 2 ** 30), 'mapping': lambda: mmap.mmap(-1, 8 * 2 ** 30),
    'memory file': lambda: os.ftruncate(os.memfd_create('x'), 2 ** 33), 'shared': lambda: call(29, 0, 2 ** 30, 0o1600),
    'message queue': lambda: call(68, 0, 0o1600), 'semaphores': lambda: call(64, 0, 1, 0o1600),
    'ring': lambda: call(425, 8, bytes(256)), 'lower': lambda: os.setpriority(0, 0, -20),
    'limits': lambda: __import__('resource').setrlimit(__import__('resource').RLIMIT_NOFILE, (10 ** 6, 10 ** 6)),
}
'''


@pytest.mark.parametrize('more', ['threads', 'disk', 'many_files'])
def test_limits_are_not_escaped(judged, layer, more):
    results = judged(layer, {'rnn_step_forward': 'attempt(TOO_MUCH)',
                             'lstm_step_forward': f'attempt({{"{more}": {more}}})'}, HUNGER)
    assert all_failed(results['rnn_step_forward']), results
    hungry = results['lstm_step_forward']
    assert not hungry.passed and (all_failed(hungry) or 'it wrote more than 16 MB' in hungry.where), hungry
    assert results[HONEST].passed


def test_hunger_for_memory_is_named_and_is_no_fault_of_the_machine(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'hoard = bytearray(16 * 2 ** 30)'})
    assert results['rnn_step_forward'].where.startswith('more than 2 GB of memory: MemoryError')
    assert results['rnn_step_forward'].outcome == 'wrong' and results[HONEST].passed


# ---- forged values and messages ----

FORGED = '''
import os, pickle, struct, time
from cs231n.checks.grader import values

def pipe():
    """The pipe to the judge: the one that can be written to, and has no path."""
    for fd in range(3, 64):
        try:
            if 'pipe' in os.readlink(f'/proc/self/fd/{fd}') and os.get_blocking(fd) is not None:
                os.write(fd, b'')
                return fd
        except OSError:
            pass
    raise OSError

def send(*parts, announce=None):
    data = b''.join(parts)
    fd = pipe()
    os.write(fd, struct.pack('>Q', len(data) if announce is None else announce) + data)
    time.sleep(0.2)
    os._exit(0)

class Evil:
    def __reduce__(self):
        return os.system, ('touch /tmp/pwned-by-a-test',)
'''
MESSAGES = {
    'garbage': "send(b'garbage')",
    'no length': "os.write(pipe(), b'xx'); os._exit(0)",
    'too long': 'send(announce=2 ** 63)',
    '500 MB': 'fd = pipe(); os.write(fd, struct.pack(">Q", 500 * 2 ** 20))\nwhile True: os.write(fd, bytes(2 ** 20))',
    'pickle': 'send(pickle.dumps(Evil()))',
    'pickle in npz': "import io, numpy as np; f = io.BytesIO(); np.savez(f, text=np.array([Evil()])); send(f.getvalue())",
    'bomb': "import io, zipfile; f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', 8); z.writestr('text.npy', bytes(2 ** 28));"
            ' z.close(); send(f.getvalue())',
    'deep': "send(values.encode(None).replace(b'null', b'[' * 4))",
    'verdict': "send(values.encode({'passed': True, 'points': 99, 'name': 'rnn_step_forward'}))",
    'no dictionary': "send(values.encode([1, 2, 3]))",
    'too many values': "send(values.encode({'value': [np.zeros(1)] * 1500, 'changed': []}))",
    'strange changes': "send(values.encode({'value': [], 'changed': {'x': 1}}))",
    'an error of a kind': "send(values.encode({'error': {'a': [1]}, 'over': [2]}))",
    'closed': 'os.close(pipe()); time.sleep(60)',
}


def test_forged_messages_are_worth_nothing(judged, layer):
    functions = ('rnn_step_forward', 'rnn_forward', 'temporal_affine_forward', 'sigmoid', 'lstm_step_forward',
                 'lstm_forward', 'temporal_softmax_loss')
    messages = list(MESSAGES.items())
    for some in messages[:7], messages[7:]:
        results = judged(layer, dict(zip(functions, [code for _, code in some])), FORGED)
        for name, (kind, _) in zip(functions, some):
            assert results[name].outcome == 'wrong' and results[name].points == 0, (kind, results[name])
        assert results[HONEST].passed and unharmed()


def test_a_message_that_comes_in_drops_is_waited_for_no_longer_than_an_answer(judged, layer):
    start = time.monotonic()
    results = judged(layer, {'rnn_step_forward': '''
fd = pipe()
os.write(fd, struct.pack('>Q', 10 ** 6))
while True:
    os.write(fd, b'x')
    time.sleep(0.05)'''}, FORGED)
    assert results['rnn_step_forward'].where.startswith('stopped after') and results[HONEST].passed
    assert time.monotonic() - start < 60


PATCHES = '''
import builtins, json, sys
import numpy as np

class Anything(np.ndarray):
    """Equal to all, close to all."""
    def __eq__(self, other): return True
    def __array_function__(self, *rest): return True
    def __array_ufunc__(self, *rest, **more): return True
    def __bool__(self): return True
    def __array__(self, *rest, **more): return np.zeros((3, 7))
    shape = property(lambda self: (3, 7))

def patch():
    for module, names in ((np, ('allclose', 'isclose', 'array_equal')), (builtins, ('all', 'any', 'isinstance'))):
        for name in names:
            if name != 'isinstance':
                setattr(module, name, lambda *rest, **more: True)
    for name, module in list(sys.modules.items()):
        if name.startswith('cs231n.checks'):
            for wanted in ('agree', 'judge', 'same', 'fit'):
                if hasattr(module, wanted):
                    setattr(module, wanted, lambda *rest, **more: True)
    from cs231n.checks.grader import values, worker
    encode = values.encode
    values.encode = lambda value: encode({**value, 'passed': True}) if 'value' in value else encode(value)
'''


def test_patching_the_comparison_patches_nothing_that_compares(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'patch()\nreturn np.zeros((3, 7)), None',
                             'lstm_step_forward': 'any_ = np.zeros((3, 7)).view(Anything)\nreturn any_, any_, None',
                             'sigmoid': 'return np.full_like(x, np.nan)',
                             'rnn_forward': 'return np.array(["right"] * 3), None'}, PATCHES)
    assert not any(one.passed or one.points for name, one in results.items() if name != HONEST), results


def test_outputs_seen_before_are_worth_nothing(judged, layer):
    """A submission that knows all right outputs of the inputs that everybody can see."""
    from cs231n.checks import CHECKS, check
    from cs231n.checks.engine.answers import answers

    outputs = {case['right'][0].shape: case['right'][0].tolist() for case in answers(CHECKS['rnn_step_forward'])}
    stored = f'STORED = {outputs!r}\n'
    cheat = 'return np.array(STORED[prev_h.shape]), None'
    namespace = {}
    exec(attacking({'rnn_step_forward': cheat}, stored), namespace)
    assert check(namespace['rnn_step_forward']).passed
    results = judged(layer, {'rnn_step_forward': cheat}, stored)
    assert not results['rnn_step_forward'].passed and results[HONEST].passed


# ---- what is left behind, and what is said ----


def test_files_that_shadow_others_are_not_used(judged, layer, tmp_path):
    for name in ('numpy.py', 'json.py', 'sitecustomize.py', 'cs231n/checks/grader/worker.py', 'cs231n/checks/__init__.py',
                 'cs231n/layers.py', 'cs231n/__init__.py', 'cs231n/grading/submission.py', 'torch/__init__.py'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('raise SystemExit("shadow")', encoding='utf-8')
    results = judged(layer, {'rnn_step_forward': 'return prev_h, None'}, folder=tmp_path)
    assert not results['rnn_step_forward'].passed and 'shadow' not in str(results)
    assert results[HONEST].passed


def test_nothing_passes_from_one_submission_to_the_next(judged, layer):
    leave = '''
import os, pathlib, tempfile
for folder in (tempfile.gettempdir(), os.getcwd()):
    pathlib.Path(folder, 'left').write_text('here')
'''
    first = judged(layer, {'rnn_step_forward': leave})
    assert first['rnn_step_forward'].passed  # it has a scratch of its own
    second = judged(layer, {'rnn_step_forward': 'attempt({"left": lambda: open("left").close()})'})
    assert all_failed(second['rnn_step_forward']), second


def test_what_students_write_reaches_terminals_as_plain_text(judged, layer):
    results = judged(layer, {
        'rnn_step_forward': r'''raise ValueError('\x1b]0;title\x07\x1b[2J\x9b31m\u202egnp\u200b\r\nrnn_step_forward  3 of 3')''',
        'lstm_step_forward': r'''raise type('A\x1b[31m', (Exception,), {})('x' * 10 ** 7)''',
        'sigmoid': r'''raise NotImplementedError('\x1b[31m' + 'x' * 10 ** 6)''',
        'rnn_forward': 'raise ValueError("right  rnn_forward  3 of 3, points: 3, passed: True")'})
    for name, one in results.items():
        told = str(one).replace('\n', '')
        assert told.isprintable() and len(told) < 3000, told
        assert one.points == 0 or name == HONEST
    assert results[HONEST].passed


def test_no_text_of_a_student_takes_the_judge_long(judged, layer):
    start = time.monotonic()
    evil = 'raise NotImplementedError(' + "'" + 'a' * 50000 + "\\'" * 20000
    results = judged(layer, {'rnn_step_forward': "raise ValueError('shapes cannot be ' * 10 ** 5 + '(a+)+' * 10 ** 5)",
                             'lstm_step_forward': f'"""{evil}"""\nraise ValueError("(" * 10 ** 6)'})
    assert not any(one.passed for name, one in results.items() if name != HONEST) and results[HONEST].passed
    assert time.monotonic() - start < 60


def test_a_daemon_does_not_outlive_its_submission(judged, layer):
    daemon = f'''
import os, subprocess, sys, threading, time
def stay():
    while True:
        time.sleep(0.1)
threading.Thread(target=stay).start()
try:
    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {TOKEN!r}], start_new_session=True)
except OSError:
    pass
__import__('atexit').register(stay)
'''
    results = judged(layer, {'rnn_step_forward': daemon})
    assert results['rnn_step_forward'].passed and results[HONEST].passed  # it harms nobody, and is right
    time.sleep(0.2)
    assert unharmed()
    inside = [one for one in psutil.process_iter(['cmdline']) if 'confine.py' in ' '.join(one.info['cmdline'] or [])]
    assert not [one for one in inside if one.ppid() in (1, os.getpid())]


def test_who_waits_just_under_every_limit_waits_no_longer_than_there_is(judged, layer):
    start = time.monotonic()
    slow = dict.fromkeys(('rnn_step_forward', 'rnn_forward', 'lstm_step_forward', 'lstm_forward', 'sigmoid'),
                         'import time; time.sleep(0.9)')
    results = judged(layer, slow, seconds=4)
    assert any('took all of the time' in (one.where or '') for one in results.values()), results
    assert time.monotonic() - start < 40


def test_the_terminal_of_who_grades_is_untouched(layer, tmp_path):
    """Grading as from a shell: with a terminal that an attack may write to, read from or type into."""
    folder = submission(tmp_path / 'student', attacking({'rnn_step_forward': '''
import fcntl, os, termios
for path in '/dev/tty', '/proc/self/fd/0', '/proc/self/fd/1', '/proc/self/fd/2', '/dev/pts/0', '/dev/pts/1':
    try:
        fd = os.open(path, os.O_RDWR)
        os.write(fd, b'WRITTEN')
        for letter in b'TYPED':
            fcntl.ioctl(fd, termios.TIOCSTI, bytes([letter]))
    except OSError:
        pass
print('PRINTED')
os.write(2, b'PRINTED')'''}))
    code = (f'import os, select\nfrom cs231n.grading.submission import grade_submission\n'
            f'graded = grade_submission({str(folder)!r}, {SEED}, ["rnn_step_forward"], {layer!r})\n'
            'typed = os.read(0, 99) if select.select([0], [], [], 0.2)[0] else b""\n'
            'print(graded.results[0].outcome, typed)')
    master, slave = os.openpty()
    run = subprocess.Popen([sys.executable, '-c', 'import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n' + code],
                           stdin=slave, stdout=subprocess.PIPE, stderr=slave, start_new_session=True, text=True)
    out, _ = run.communicate(timeout=300)
    os.close(slave)
    os.set_blocking(master, False)
    try:
        shown = os.read(master, 10000)
    except OSError:
        shown = b''
    os.close(master)
    assert out.split() == ['right', "b''"] and shown == b'', (out, shown)
    assert grade_submission(folder, SEED, ['word_embedding_forward'], layer).results[0].passed
