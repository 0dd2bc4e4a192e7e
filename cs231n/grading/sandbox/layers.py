"""The layers, strongest first, and which of them this machine has."""

import contextlib
import functools
import json
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import cs231n

CONFINE = Path(__file__).with_name('confine.py')
TRIAL = 60           # seconds for a trial to start
NEEDED = ('SYSTEMROOT',)  # without which Python does not start on Windows
INSIDE = {'tree': '/given', 'scratch': '/scratch', 'confine': '/confine.py'}  # as bubblewrap has them
SCRATCH, INODES = 16 * 2**20, 1024  # bytes and files
EVERY = 0.05         # seconds between two looks at a scratch that is no file system of its own
ENVIRONMENT = {'LANG': 'C.UTF-8', 'MPLBACKEND': 'Agg', 'CS231N_DATA': 'sample', 'CS231N_PROGRESS': '0',
               **{f'{name}_NUM_THREADS': '1' for name in ('OMP', 'OPENBLAS', 'MKL')}}
SYSTEM = '/usr', '/lib', '/lib64', '/etc/ld.so.cache', '/sys/devices/system/cpu'
DEVICES = '/dev/null', '/dev/urandom'
NEVER = 'nobody who wants to cheat is kept from it, so the verdict is NOT tamper-proof'


@dataclass(frozen=True)
class Layer:
    """A way to shut student code in."""

    name: str
    sentence: str
    options: tuple  # of confine.py, as pairs

    def start(self, tree, scratch, trial=False):
        """Return the process of a worker on the package in `tree`, with pipes; a trial ends by itself."""
        at = {'tree': str(tree), 'scratch': str(scratch), 'confine': str(CONFINE)}
        command = []
        if self.name == 'bubblewrap':
            command, at = bubblewrap(at), INSIDE
        options = dict(self.options, tree=at['tree'], scratch=at['scratch'], most=(SCRATCH, INODES))
        if dict(self.options).get('landlock'):
            options['read'] = [*readable(), *DEVICES, at['tree']]
        command += [sys.executable, '-I', '-B', '-X', 'utf8', at['confine'], json.dumps(options), *['trial'] * trial]
        if os.name != 'posix':  # confine.py speaks to Linux and its like alone
            command = [sys.executable, '-B', '-m', 'cs231n.checks.grader.worker']
        environment = {**ENVIRONMENT, **{name: os.environ[name] for name in NEEDED if name in os.environ},
                        **dict.fromkeys(('HOME', 'TMPDIR', 'MPLCONFIGDIR'), at['scratch'])}
        process = subprocess.Popen(command, cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, start_new_session=os.name == 'posix')
        process.wrapped = self.name == 'bubblewrap'
        if not process.wrapped and not trial:
            threading.Thread(target=_watch, args=(process, Path(scratch)), daemon=True).start()
        return process


def bubblewrap(outside):
    """Return the part of the command that makes the namespaces; outside: where the tree and confine.py are."""
    command = ['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--hostname', 'grading',
               '--cap-drop', 'ALL', '--cap-add', 'CAP_SYS_ADMIN']  # for the scratch; confine.py drops it
    for path in readable():
        command += ['--symlink', os.readlink(path), path] if os.path.islink(path) else ['--ro-bind-try', path, path]
    for name in 'tree', 'confine':
        command += ['--ro-bind', outside[name], INSIDE[name]]
    for device in DEVICES:
        command += ['--dev-bind', device, device]
    return [*command, '--proc', '/proc', '--dir', INSIDE['scratch'], '--symlink', INSIDE['scratch'], '/tmp',
            '--remount-ro', '/', '--chdir', '/', '--']


@functools.cache
def readable():
    """Return what Python and its libraries consist of, without the package that holds the right answers."""
    python = {os.path.realpath(path) for path in (sys.base_prefix, sys.prefix, sysconfig.get_path('purelib'),
                                                  os.path.dirname(os.path.realpath(sys.executable)))}
    paths = [*SYSTEM, sys.prefix, *python]
    paths = sorted({path for path in paths if not any(Path(one) in Path(path).parents for one in paths)})
    package = Path(cs231n.__path__[0]).resolve()
    found = []
    for path in map(Path, paths):
        found += _without(path, package)
    return tuple(found)


def _without(path, hidden):
    """Return the path, or if something hidden lies in it, all else that lies in it."""
    if path == hidden:
        return []
    if not hidden.is_relative_to(path):
        return [str(path)]
    return [one for child in sorted(path.iterdir()) for one in _without(child, hidden)]


def _watch(process, scratch):
    """End a process that fills its scratch beyond the bounds of one that is a file system of its own."""
    while process.poll() is None:
        try:
            size, count = _filled(scratch, process.pid)
        except FileNotFoundError:  # gone while it was looked at
            size = count = 0
        except OSError as error:
            size, count, process.why = 0, INODES + 1, f'it keeps others from looking into its scratch: {error.strerror}'
        if size > SCRATCH or count > INODES:
            process.why = getattr(process, 'why', None) or f'it wrote more than {SCRATCH >> 20} MB or {INODES} files'
            process.kill()
            return
        threading.Event().wait(EVERY)


def _filled(scratch, pid):
    """Return bytes and number of the files in a scratch, those without a name that are open or mapped included."""
    found, folders = [], [str(scratch)]  # no recursion, which deep folders would end
    while folders and len(found) <= INODES:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                found.append(entry.stat(follow_symlinks=False))
                folders += [entry.path] * entry.is_dir(follow_symlinks=False)
    sizes = [max(one.st_size, 512 * getattr(one, 'st_blocks', 0)) for one in found]
    with contextlib.suppress(OSError):  # it has ended, or this is not Linux
        opened = [os.stat(f'/proc/{pid}/fd/{name}') for name in os.listdir(f'/proc/{pid}/fd')]
        sizes += [one.st_size for one in opened if stat.S_ISREG(one.st_mode) and not one.st_nlink]
        sizes += _mapped(os.path.realpath(scratch), pid)
    return sum(sizes), len(sizes)


def _mapped(scratch, pid):
    """Return the sizes of what a process has in memory of files in its scratch that have no name any more."""
    lines = Path(f'/proc/{pid}/maps').read_text(encoding='utf-8', errors='replace').splitlines()
    ranges = [line.split()[0].split('-') for line in lines if f' {scratch}/' in line and line.endswith(' (deleted)')]
    return [int(end, 16) - int(start, 16) for start, end in ranges]


def layers():
    """All that there are, strongest first."""
    shut = 'no network, no other processes, nothing to read but libraries and given files'
    return (
        Layer('bubblewrap', f'bubblewrap, Landlock and seccomp: {shut}, 16 MB of scratch in memory; namespaces of its'
              ' own', (('mount', True), ('landlock', True), ('seccomp', True))),
        Layer('Landlock', f'Landlock and seccomp: {shut}, 16 MB of scratch; without namespaces, as in a container',
              (('landlock', True), ('seccomp', True))),
        Layer('seccomp', 'seccomp: no network, no other processes, but all files can be read and written that this'
              f' user can: {NEVER}', (('seccomp', True),)),
        Layer('process group', f'a process group of its own with limits: {NEVER}', ()),
    )


@functools.cache
def has(layer):
    """'' if this machine has the layer, else why not."""
    if layer.name == 'process group':
        return ''
    if not sys.platform.startswith('linux'):
        return 'needs Linux'
    if layer.name == 'bubblewrap' and not shutil.which('bwrap'):
        return 'bwrap is not installed'
    from cs231n.grading.sandbox import confine
    if confine.ARCH is None:
        return 'the processor is of a kind whose system calls are not listed'
    if layer.name != 'seccomp' and not confine.landlock_version():
        return 'the kernel has no Landlock, or has it switched off'
    with tempfile.TemporaryDirectory() as folder:
        process = layer.start(folder, folder, trial=True)
        try:
            process.communicate(timeout=TRIAL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    return '' if process.returncode == 0 else f'a trial ended with code {process.returncode}'


def choose(name=None):
    """Return the layer of that name, the strongest that the machine has if None. ValueError if it has not."""
    known = layers()
    if name is None:
        return next(layer for layer in known if not has(layer))
    found = next((layer for layer in known if layer.name == name), None)
    if found is None:
        raise ValueError(f'sandbox: must be one of {", ".join(layer.name for layer in known)}, got {name!r}')
    if has(found):
        raise ValueError(f'sandbox: {name} cannot be had on this machine: {has(found)}')
    return found
