"""Forgeries: values that were not computed, messages that are none, files and texts that should not be there.

None earns a point, none does harm, and the honest function in the same file keeps its points.
"""

import os
import subprocess
import sys
import time

import psutil

from cs231n.grading.submission import grade_submission
from tests.grading.conftest import HONEST, SEED, TOKEN, all_failed, unharmed
from tests.support.submissions import attacking, submission

FORGED = '''
import io, os, pickle, struct, time, zipfile
import numpy as np
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
        return os.system, ('touch ' + os.path.join('/', 'var', 'tmp', 'pwned-by-a-test'),)
'''
MESSAGES = {
    'garbage': "send(b'garbage')",
    'no length': "os.write(pipe(), b'xx'); os._exit(0)",
    'too long': 'send(announce=2 ** 63)',
    '500 MB': 'fd = pipe(); os.write(fd, struct.pack(">Q", 500 * 2 ** 20))\nwhile True: os.write(fd, bytes(2 ** 20))',
    'pickle': 'send(pickle.dumps(Evil()))',
    'pickle in npz': 'f = io.BytesIO(); np.savez(f, text=np.array([Evil()])); send(f.getvalue())',
    'bomb': 'f = io.BytesIO(); z = zipfile.ZipFile(f, "w", 8); z.writestr("text.npy", bytes(2 ** 28)); z.close()\n'
            'send(f.getvalue())',
    'deep': "send(values.encode(None).replace(b'null', b'[' * 4))",
    'verdict': "send(values.encode({'passed': True, 'points': 99, 'name': 'rnn_step_forward'}))",
    'no dictionary': 'send(values.encode([1, 2, 3]))',
    'too many values': "send(values.encode({'value': [np.zeros(1)] * 1500, 'changed': []}))",
    'strange changes': "send(values.encode({'value': [], 'changed': {'x': 1}}))",
    'an error of a kind': "send(values.encode({'error': {'a': [1]}, 'over': [2]}))",
    'closed': 'os.close(pipe()); time.sleep(60)',
}


def test_forged_messages_are_worth_nothing(judged, strongest):
    functions = ('rnn_step_forward', 'rnn_forward', 'temporal_affine_forward', 'sigmoid', 'lstm_step_forward',
                 'lstm_forward', 'temporal_softmax_loss')
    messages = list(MESSAGES.items())
    for some in messages[:7], messages[7:]:
        results = judged(strongest, dict(zip(functions, [code for _, code in some])), FORGED)
        for name, (kind, _) in zip(functions, some):
            assert results[name].outcome == 'wrong' and results[name].points == 0, (kind, results[name])
        assert results[HONEST].passed and unharmed()


def test_a_message_that_comes_in_drops_is_waited_for_no_longer_than_an_answer(judged, strongest):
    start = time.monotonic()
    results = judged(strongest, {'rnn_step_forward': """
fd = pipe()
os.write(fd, struct.pack('>Q', 10 ** 6))
while True:
    os.write(fd, b'x')
    time.sleep(0.05)"""}, FORGED)
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


def test_patching_the_comparison_patches_nothing_that_compares(judged, strongest):
    results = judged(strongest, {'rnn_step_forward': 'patch()\nreturn np.zeros((3, 7)), None',
                             'lstm_step_forward': 'any_ = np.zeros((3, 7)).view(Anything)\nreturn any_, any_, None',
                             'sigmoid': 'return np.full_like(x, np.nan)',
                             'rnn_forward': 'return np.array(["right"] * 3), None'}, PATCHES)
    assert not any(one.passed or one.points for name, one in results.items() if name != HONEST), results


def test_outputs_seen_before_are_worth_nothing(judged, strongest):
    """A submission that knows all right outputs of the inputs that everybody can see."""
    from cs231n.checks import CHECKS, check
    from cs231n.checks.engine.answers import answers

    outputs = {case['right'][0].shape: case['right'][0].tolist() for case in answers(CHECKS['rnn_step_forward'])}
    stored = f'STORED = {outputs!r}\n'
    cheat = 'return np.array(STORED[prev_h.shape]), None'
    namespace = {}
    exec(attacking({'rnn_step_forward': cheat}, stored), namespace)
    assert check(namespace['rnn_step_forward']).passed
    results = judged(strongest, {'rnn_step_forward': cheat}, stored)
    assert not results['rnn_step_forward'].passed and results[HONEST].passed


# ---- what is left behind, and what is said ----


def test_files_that_shadow_others_are_not_used(judged, strongest, tmp_path):
    for name in ('numpy.py', 'json.py', 'sitecustomize.py', 'cs231n/checks/grader/worker.py',
                 'cs231n/checks/__init__.py', 'cs231n/strongests.py', 'cs231n/__init__.py',
                 'cs231n/grading/submission.py', 'torch/__init__.py'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('raise SystemExit("shadow")', encoding='utf-8')
    results = judged(strongest, {'rnn_step_forward': 'return prev_h, None'}, folder=tmp_path)
    assert not results['rnn_step_forward'].passed and 'shadow' not in str(results)
    assert results[HONEST].passed


def test_nothing_passes_from_one_submission_to_the_next(judged, layer):
    leave = """
import os, pathlib, tempfile
for folder in (tempfile.gettempdir(), os.getcwd()):
    pathlib.Path(folder, 'left').write_text('here')
"""
    first = judged(layer, {'rnn_step_forward': leave})
    assert first['rnn_step_forward'].passed  # it has a scratch of its own
    second = judged(layer, {'rnn_step_forward': 'attempt({"left": lambda: open("left").close()})'})
    assert all_failed(second['rnn_step_forward']), second


def test_what_students_write_reaches_terminals_as_plain_text(judged, strongest):
    results = judged(strongest, {
        'rnn_step_forward': r"""raise ValueError('\x1b]0;T\x07\x1b[2J\x9b31m\u202eg\u200b\r\nsigmoid  3 of 3')""",
        'lstm_step_forward': r"""raise type('A\x1b[31m', (Exception,), {})('x' * 10 ** 7)""",
        'sigmoid': r"""raise NotImplementedError('\x1b[31m' + 'x' * 10 ** 6)""",
        'rnn_forward': 'raise ValueError("right  rnn_forward  3 of 3, points: 3, passed: True")'})
    for name, one in results.items():
        told = str(one).replace('\n', '')
        assert told.isprintable() and len(told) < 3000, told
        assert one.points == 0 or name == HONEST
    assert results[HONEST].passed


def test_no_text_of_a_student_takes_the_judge_long(judged, strongest):
    start = time.monotonic()
    evil = 'raise NotImplementedError(' + "'" + 'a' * 50000 + "\\'" * 20000
    results = judged(strongest, {
        'rnn_step_forward': "raise ValueError('shapes cannot be ' * 10 ** 5 + '(a+)+' * 10 ** 5)",
        'lstm_step_forward': f'"""{evil}"""\nraise ValueError("(" * 10 ** 6)'})
    assert not any(one.passed for name, one in results.items() if name != HONEST) and results[HONEST].passed
    assert time.monotonic() - start < 60


def test_a_daemon_does_not_outlive_its_submission(judged, layer):
    daemon = f"""
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
"""
    results = judged(layer, {'rnn_step_forward': daemon})
    assert results['rnn_step_forward'].passed and results[HONEST].passed  # it harms nobody, and is right
    time.sleep(0.2)
    assert unharmed()
    inside = [one for one in psutil.process_iter(['cmdline']) if 'confine.py' in ' '.join(one.info['cmdline'] or [])]
    assert not [one for one in inside if one.ppid() in (1, os.getpid())]


def test_who_waits_just_under_every_limit_waits_no_longer_than_there_is(judged, strongest):
    start = time.monotonic()
    slow = dict.fromkeys(('rnn_step_forward', 'rnn_forward', 'lstm_step_forward', 'lstm_forward', 'sigmoid'),
                         'import time; time.sleep(0.9)')
    results = judged(strongest, slow, seconds=4)
    assert any('took all of the time' in (one.where or '') for one in results.values()), results
    assert time.monotonic() - start < 40


def test_the_terminal_of_who_grades_is_untouched(layer, tmp_path):
    """Grading as from a shell: with a terminal that an attack may write to, read from or type into."""
    folder = submission(tmp_path / 'student', attacking({'rnn_step_forward': """
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
os.write(2, b'PRINTED')"""}))
    code = (f'import os, select\nfrom cs231n.grading.submission import grade_submission\n'
            f'graded = grade_submission({str(folder)!r}, {SEED}, ["rnn_step_forward"], {layer!r})\n'
            'typed = os.read(0, 99) if select.select([0], [], [], 0.2)[0] else b""\n'
            'print(graded.results[0].outcome, typed)')
    master, slave = os.openpty()
    code = 'import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n' + code
    run = subprocess.Popen([sys.executable, '-c', code], stdin=slave, stdout=subprocess.PIPE, stderr=slave,
                           start_new_session=True, text=True)
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
