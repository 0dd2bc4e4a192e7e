"""A student's functions as proxies: the judge calls them here, and a worker process answers.

A worker is replaced after a loop, a crash or a hunger for memory, and only then.
"""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from cs231n.checks.engine.answers import NoAnswers
from cs231n.checks.engine.errors import Malformed, NotGraded, Partly, TimeUp
from cs231n.checks.engine.judge import judge
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.time_limit import PATIENCE, STOPPED
from cs231n.checks.grader import values

NEARLY = 0.9        # of its seconds: a loop that had them is one, whatever else the machine did
LONG_PATIENCE = 30  # in place of PATIENCE where the system tells how long a process was kept waiting
SLACK = 2           # times the seconds of a check it may have, waiting for a disk included
LOOK = 0.5          # seconds between two looks at the time that it had
BESIDE = 10         # seconds for what is asked besides the cases of a check, such as where a function is written
GRACE = 2           # seconds for what is around a call
DAY = 86400         # seconds
FAILURES = 3        # in a row, after which no other process is started
START = 180         # seconds for a process to start and load its libraries, from a cold disk, too
MEMORY = 2 * 2**30  # bytes on top of what the libraries take
KEYS = {'number', 'error', 'over'}, {'number', 'value', 'changed'}  # of an answer
POSIX = os.name == 'posix'


class Ended(Exception):
    """The worker is no more, or says what is no message; tells how."""


class Worker:
    """A worker process; start() gives its Popen, with pipes for stdin and stdout."""

    def __init__(self, start, libraries=()):
        try:
            self.process = start()
        except OSError as error:
            raise NotGraded(f'no process could be started: {error}') from error
        self._inbox, self._outbox = queue.Queue(1), queue.Queue()
        for work in self._receive, self._send:
            threading.Thread(target=work, daemon=True).start()
        try:
            ready = self.ask({'libraries': list(libraries), 'memory': MEMORY}, START)
        except (Ended, TimeoutError) as error:
            raise NotGraded(f"the process for the student's code did not start: {error}") from None
        self.pids = _with_children(self.process.pid)
        if ready != 'ready':
            self.end()
            raise NotGraded("the process for the student's code did not start")

    def _receive(self):
        """Messages as they come, one at a time; None at the end."""
        try:
            while (data := values.read(self.process.stdout, values.MOST)) is not None:
                self._inbox.put(data)
        except (values.Garbage, OSError, ValueError, MemoryError) as error:
            self._inbox.put(error)
        self._inbox.put(None)

    def _send(self):
        while (data := self._outbox.get()) is not None:
            with contextlib.suppress(OSError, ValueError):  # told by the end of the other pipe
                values.write(self.process.stdin, data)

    def ask(self, value, seconds, given=None):
        """Return what it answers. Ended or TimeoutError if it does not, and it is ended then.

        seconds: on the clock, at most; given: (a TimeGiven, how many seconds of it), at most, too.
        """
        self._outbox.put(values.encode(value))
        try:
            data = self._wait(seconds, given)
            if data is None:
                raise Ended(self._ending())
            if isinstance(data, Exception):
                raise Ended(f'it sent something other than values: {data}')
            return values.decode(data)
        except queue.Empty:
            self.end()
            raise TimeoutError(f'no answer in {seconds:g} s') from None
        except values.Garbage as error:
            self.end()
            raise Ended(f'it sent something other than values: {error}') from None
        except BaseException:  # Ctrl-C, too
            self.end()
            raise

    def _wait(self, seconds, given):
        """Return the next message, or raise queue.Empty."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self._inbox.get(timeout=min(LOOK, max(end - time.monotonic(), 0)))
            except queue.Empty:
                if time.monotonic() >= end or (given and given[0].seconds() >= given[1]):
                    raise

    def _ending(self):
        """How the process ended, in words. NotGraded if something other than itself killed it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
            self._kill()  # what it leaves behind
        code = self.process.poll()
        if getattr(self.process, 'why', None):  # who watches over it ended it
            return self.process.why
        if code is None:
            return 'its process gave up its pipe'
        if code > 128 and getattr(self.process, 'wrapped', False):  # so bubblewrap says that a signal ended it
            code = 128 - code
        if code == -getattr(signal, 'SIGKILL', 9):
            raise NotGraded('its process was killed from outside')
        with contextlib.suppress(ValueError):
            return f'its process ended before it was through ({signal.strsignal(-code) if code < 0 else ""})'.replace(
                '()', f'(exit code {code})')
        return f'its process ended before it was through (exit code {code})'

    def _kill(self):
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                child.kill()
        with contextlib.suppress(OSError):
            if POSIX:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def end(self):
        """Kill it with all that belongs to it."""
        if self.process.poll() is None:  # or its number may be that of another process by now
            self._kill()
        self.process.wait()
        self._outbox.put(None)
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(queue.Empty):  # so that the thread that reads can come to its end
            while self._inbox.get(timeout=GRACE) is not None:
                pass
        self.process.stdout.close()


def _with_children(pid):
    """Return the processes of a worker: in a sandbox it is a child."""
    with contextlib.suppress(psutil.Error):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return [pid]


class TimeGiven:
    """How long processes have had the processor, or did not want it: the time on the clock, less that in its queue.

    It is no less than what they computed, as threads of one process may queue up behind each other. Where the system
    does not tell of queues (it does on Linux), PATIENCE times the seconds of a check count as those.
    """

    def __init__(self, pids):
        self.pids = pids
        self.start, self.before, self.used = time.monotonic(), self._queued(), self._computed()
        self.last = 0.0

    def _queued(self):
        """Return {thread: seconds in a queue}."""
        found = {}
        with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended, or this is not Linux
            for path in [path for pid in self.pids for path in Path(f'/proc/{pid}/task').glob('*/schedstat')]:
                found[path.parts[4]] = int(path.read_text(encoding='ascii').split()[1]) / 1e9
        return found

    def _computed(self):
        """Return the seconds of processors that they took, all threads together."""
        found = 0.0
        for pid in self.pids:
            with contextlib.suppress(psutil.Error):
                times = psutil.Process(pid).cpu_times()
                found += times.user + times.system
        return found

    def seconds(self):
        """Return the seconds since this was made, or until the processes ended."""
        passed, now = time.monotonic() - self.start, self._queued()
        if not self.before:
            return passed / PATIENCE
        if now:
            queued = max(seconds - self.before.get(thread, 0) for thread, seconds in now.items())
            self.last = max(passed - queued, min(passed, self._computed() - self.used))
        return self.last


class Student:
    """All functions of a submission, answered by one worker at a time.

    start() starts a worker's process; libraries: what it loads first; modules: {name of a function: its module};
    seconds: on the clock, for all that is asked.
    """

    def __init__(self, start, modules, libraries=(), seconds=DAY):
        self._start, self.modules, self._libraries, self.left = start, modules, libraries, seconds
        self._worker, self.worker_count, self._failures, self._count = None, 0, 0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.renew()

    def renew(self):
        """End the worker; the next question starts another."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def find(self, name):
        """Return the proxy for a function. Malformed if the student has none of that name."""
        return Function(self, name)

    def ask(self, name, half, seconds, case, more):
        """Return what a half of a check gives beside a function. Raises Malformed, TimeUp or NotGraded."""
        if self.left <= 0:
            raise TimeUp('not reached: the functions before it took all of the time that there is for a submission')
        self._ready()
        self._count += 1
        time_given = TimeGiven(self._worker.pids)
        patience = LONG_PATIENCE if time_given.before else PATIENCE
        message = {'number': self._count, 'name': name, 'modules': self.modules, 'seconds': seconds,
                   'patience': patience, 'half': f'{half.__module__}:{half.__name__}', 'case': case, 'more': list(more)}
        try:
            answer = self._worker.ask(message, patience * seconds + GRACE, (time_given, SLACK * seconds + GRACE))
        except TimeoutError:
            self._worker, answer = None, {'number': self._count, 'error': f'{STOPPED} {seconds:g} s: an endless loop?',
                                          'over': True}
        except Ended as error:
            self._worker = None
            raise Malformed(str(error)) from None
        except NotGraded:
            self._worker = None
            raise
        given = time_given.seconds()
        self.left -= given
        if isinstance(answer, dict) and answer.get('over') is True and time_given.before and given < NEARLY * seconds:
            self.renew()
            raise NotGraded(f'others kept the machine busy: in {patience * seconds:g} s it had {given:.1f} s')
        return self._checked(answer, case)

    def _ready(self):
        """See that there is a worker. NotGraded if there cannot be one; after some failures none is tried."""
        if self._worker is None:
            if self._failures >= FAILURES:
                raise NotGraded(f"no process for the student's code has started in {FAILURES} attempts")
            self._failures += 1
            self._worker, self._failures = Worker(self._start, self._libraries), 0
            self.worker_count += 1

    def _checked(self, answer, case):
        if not isinstance(answer, dict) or set(answer) not in KEYS or str(answer['number']) != str(self._count):
            self.renew()
            raise Malformed('it sent something other than values')
        if 'value' in answer:
            for key in answer['changed'] if isinstance(answer['changed'], list) else ():
                if isinstance(key, str) and key in case:
                    case[key] = None  # no longer what it was
            return answer['value']
        if answer['over']:
            self.renew()
        text = str(answer['error'])
        if answer['over'] == 'memory':
            raise Malformed(f'more than {MEMORY >> 30} GB of memory: {text}')
        raise Malformed(text)


class Function:
    """A proxy for one function, for `judge`."""

    def __init__(self, student, name):
        self.student, self.name, self.seconds, self.limit = student, name, BESIDE, BESIDE

    faults = Malformed, Partly  # as which a student's faults arrive; anything else is the judge's own

    def within(self, seconds, work):
        """work(), in which all that is asked of the student's side together takes no more than so many seconds."""
        self.seconds = self.limit = seconds
        try:
            return work()
        except (Malformed, TimeUp, NotGraded):
            raise
        except Exception as error:  # what a student's code raises has come as a text: this is the judge's own
            raise NotGraded(f'the judge failed: {type(error).__name__}: {values.plain(str(error))}') from error

    def ask(self, half, case, *more):
        """Return what the half gives beside the student's function."""
        if self.seconds <= 0:
            raise TimeUp(f'{STOPPED} {self.limit:g} s')
        before = self.student.left
        try:
            return self.student.ask(self.name, half, self.seconds, case, more)
        finally:
            self.seconds -= before - self.student.left


def libraries(checks, folder):
    """Return the large ones that checks or modules in a folder need: loaded before time and memory are counted."""
    texts = [path.read_text(encoding='utf-8', errors='replace') for path in
             {Path(folder) / (one.module.replace('.', '/') + '.py') for one in checks} if path.is_file()]
    return [library for library in ('torch', 'torchvision')
            if any(one.library == library for one in checks)
            or any(re.search(rf'^[ \t]*(import|from) {library}\b', text, re.MULTILINE) for text in texts)]


def result_of(check, student, checks, known):
    """Return the Result of one check, in any case: 'not graded' if the machine, or the judge, is to blame."""
    known = {name: one for name, one in known.items() if not one.not_graded}
    try:
        with np.errstate(all='ignore'):
            return judge(check, student.find(check.name), student.find, checks, known)
    except NoAnswers:
        raise
    except NotGraded as error:
        why = str(error)
    except Exception as error:  # a fault of the judge, or of what it runs on, is none of the student's
        why = f'the judge failed: {type(error).__name__}: {values.plain(str(error))}'
    return Result(check.name, False, 0, check.points, not_graded=why)


def in_folder(folder):
    """start() for a worker on the files of a folder, without a sandbox: a process group of its own."""
    def start():
        return subprocess.Popen(
            [sys.executable, '-m', 'cs231n.checks.grader.worker'], cwd=Path(folder), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=POSIX)
    return start
