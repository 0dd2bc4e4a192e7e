"""Attacks on grading: none earns a point, none does harm, and the honest function in the same file keeps its points.

Most go many ways at once and tell which of them led anywhere: none must. That the ways are real ones is shown by going
them where nothing stands in the way.
"""

import contextlib
import os
import socket
import threading
from pathlib import Path

import pytest

import cs231n
from cs231n._shared.paths import ROOT
from tests.grading.conftest import HONEST, all_failed, unharmed

OTHERS = """
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
"""


def test_no_other_process_is_started(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt(PROCESSES)'}, OTHERS)
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed


PARENT = """
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
"""


def test_the_judge_is_not_reached(judged, layer):
    results = judged(layer, {'rnn_step_forward': 'attempt({k: v for k, v in SIGNALS.items() if k != "death"})'}, PARENT)
    assert all_failed(results['rnn_step_forward']), results
    assert results[HONEST].passed


FILES = """
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
    *('/' + name for name in ('', 'tmp/..', 'var/tmp', 'dev/shm', 'root', 'home', 'proc')), HOME, HOME + '/cs231n',
    HOME + '/cs231n/__pycache__', sys.prefix, sys.base_prefix, os.path.dirname(os.__file__),
    os.path.dirname(os.__file__) + '/__pycache__', *[path for path in sys.path if path.endswith('packages')])}
WRITING['a change of what is given'] = lambda: open(HOME + '/cs231n/layers.py', 'a').close()
WRITING['mode'] = lambda: os.chmod(HOME, 0)
WRITING['time'] = lambda: os.utime(HOME + '/cs231n/layers.py', (0, 0))
WRITING['link'] = lambda: os.link(HOME + '/cs231n/layers.py', HOME + '/cs231n/' + TOKEN)
WRITING['removal'] = lambda: os.unlink(HOME + '/cs231n/layers.py')
"""


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
    ways = FILES + f"""
PACKAGE = {str(Path(cs231n.__path__[0]))!r}
READING = {{path: read(path) for path in (
    {str(neighbour)!r}, '/etc/passwd', '/etc/shadow', '/proc/1/environ', '/proc/1/cmdline', '/proc/1/mem',
    f'/proc/{{os.getppid()}}/environ', f'/proc/{{os.getppid()}}/cmdline', f'/proc/{{os.getppid()}}/maps',
    '/proc/self/root/etc/passwd', f'/proc/self/root/{neighbour!s}', f'/proc/self/cwd/../{neighbour!s}',
    PACKAGE + '/answer_key/rnn/oracle.py', PACKAGE + '/rnn_layers.py', PACKAGE + '/checks/lessons/rnn/checks.py')}}
READING['the folder'] = lambda: os.listdir({str(neighbour.parent)!r})
READING['answers somewhere'] = found('oracle.py', HOME, PACKAGE)
READING['stored answers'] = found('answers.npz', '/')
READING['another package'] = lambda: (sys.path.insert(0, {str(ROOT)!r}), __import__('cs231n.answer_key'))
READING['the judge'] = lambda: __import__('cs231n.checks.engine.judge')
READING['the inputs'] = lambda: __import__('cs231n.checks.lessons.rnn.checks')
READING['grading'] = lambda: __import__('cs231n.grading')
READING['the environment'] = lambda: os.environ['PATH_OF_THE_TEACHER']
"""
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
    code = 'from cs231n import stolen\nattempt({"stolen": lambda: stolen.secret})'
    results = judged(layer, {'rnn_step_forward': code}, folder=folder)
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
        with contextlib.suppress(OSError):
            heard.append(server.accept())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    ways = f"""
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
"""
    results = judged(layer, {'rnn_step_forward': 'attempt(CALLS)'}, ways)
    server.close()
    unix.close()
    assert all_failed(results['rnn_step_forward']), results
    assert not heard and results[HONEST].passed


HUNGER = """
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

def nameless_files():
    kept = []
    for k in range(40):
        file = open(f'nameless {k}', 'wb')
        os.unlink(file.name)
        kept.append(file)
        file.write(bytes(2 ** 20))
        file.flush()
    time.sleep(0.5)

def hidden_files():
    os.mkdir('hidden')
    for k in range(40):
        with open(f'hidden/{k}', 'wb') as file:
            file.write(bytes(2 ** 20))
    time.sleep(0.5)

TOO_MUCH = {
    'memory': lambda: bytearray(8 * 2 ** 30), 'mapping': lambda: mmap.mmap(-1, 8 * 2 ** 30),
    'memory file': lambda: os.ftruncate(os.memfd_create('x'), 2 ** 33), 'shared': lambda: call(29, 0, 2 ** 30, 0o1600),
    'message queue': lambda: call(68, 0, 0o1600), 'semaphores': lambda: call(64, 0, 1, 0o1600),
    'ring': lambda: call(425, 8, bytes(256)), 'lower': lambda: os.setpriority(0, 0, -20),
    'limits': lambda: __import__('resource').setrlimit(__import__('resource').RLIMIT_NOFILE, (10 ** 6, 10 ** 6)),
}
"""


@pytest.mark.parametrize('more', ['threads', 'disk', 'many_files', 'nameless_files', 'hidden_files'])
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


@pytest.mark.parametrize('ways, code, names', [
    (OTHERS, 'attempt(PROCESSES)', ['fork', 'C fork', 'clone', 'subprocess', 'spawn', 'multiprocessing']),
    (PARENT, 'attempt({name: SIGNALS[name] for name in ("kill 0", "owner of a file", "limit", "tgkill")})',
     ['kill 0', 'owner of a file', 'limit', 'tgkill']),
    (FILES, 'attempt({"user list": read("/etc/passwd"), "mode": lambda: os.chmod(HOME, 0o755), "scratch": write(".")})',
     ['user list', 'mode', 'scratch']),
    ('import socket\n', 'attempt({"pair": socket.socketpair, "server": lambda: socket.create_server(("", 0))})',
     ['pair', 'server'])])
def test_these_ways_lead_somewhere_where_nothing_stands_in_the_way(judged, ways, code, names):
    """Or the tests above could not fail."""
    told = judged('process group', {'rnn_step_forward': code}, ways)['rnn_step_forward'].where
    assert all(name in told for name in names), told
