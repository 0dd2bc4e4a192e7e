"""What a worker does before it imports anything of a student's: it gives up what it does not need, for good.

Runs as a script of its own with the standard library alone, as `python -I -B confine.py OPTIONS`; OPTIONS are the
arguments of `confine` below, as JSON.

Kernel interfaces by ctypes: libseccomp's binding was last released in 2021, needs a library that slim images lack, and
looks for it by running programs; Landlock's is a pre-release. What is needed here of both are two structures and three
system calls, and a table of numbers that the kernel never changes.
"""

import contextlib
import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
FILES = 128                         # open at a time
COMPUTING = 3600                    # seconds of a process; what the judge allows ends before
PDEATHSIG, SET_DUMPABLE, NO_NEW_PRIVS, SET_SECCOMP = 1, 4, 38, 22  # for prctl

# ---- seccomp: what may be asked of the kernel ----

EPERM, ENOSYS = 1, 38
CLONE_THREAD = 0x10000
NEWEST = 451  # what came to Linux behind this number, 6.5, is unknown here and does not exist
ARCH = {'x86_64': 0xC000003E, 'aarch64': 0xC00000B7}.get(platform.machine())
NUMBERS = {  # name: number on x86_64 and on aarch64, None where there is none
    # other processes: made, made to do something, watched
    'fork': (57, None), 'vfork': (58, None), 'execve': (59, 221), 'execveat': (322, 281), 'kill': (62, 129),
    'tkill': (200, 130), 'tgkill': (234, 131), 'rt_sigqueueinfo': (129, 138), 'rt_tgsigqueueinfo': (297, 240),
    'pidfd_open': (434, 434), 'pidfd_send_signal': (424, 424), 'pidfd_getfd': (438, 438), 'ptrace': (101, 117),
    'process_vm_readv': (310, 270), 'process_vm_writev': (311, 271), 'process_madvise': (440, 440),
    'process_mrelease': (448, 448), 'kcmp': (312, 272), 'setsid': (112, 157), 'setpgid': (109, 154),
    'setpriority': (141, 140), 'ioprio_set': (251, 30), 'sched_setscheduler': (144, 119),
    'sched_setparam': (142, 118), 'sched_setattr': (314, 274),
    # network
    'socket': (41, 198), 'socketpair': (53, 199), 'connect': (42, 203), 'bind': (49, 200), 'listen': (50, 201),
    'accept': (43, 202), 'accept4': (288, 242),
    # memory that no limit counts, and what outlives the process
    'memfd_create': (319, 279), 'memfd_secret': (447, 447), 'shmget': (29, 194), 'shmat': (30, 196),
    'shmctl': (31, 195), 'semget': (64, 190), 'semctl': (66, 191), 'msgget': (68, 186), 'msgsnd': (69, 189),
    'msgctl': (71, 187), 'msgrcv': (70, 188), 'semop': (65, 193), 'semtimedop': (220, 192),
    'mq_open': (240, 180), 'mq_unlink': (241, 181), 'io_setup': (206, 0),
    'io_uring_setup': (425, 425), 'io_uring_enter': (426, 426), 'io_uring_register': (427, 427),
    'userfaultfd': (323, 282), 'add_key': (248, 217), 'request_key': (249, 218), 'keyctl': (250, 219),
    # room on the disk that no size of a file tells, and properties of files that Landlock does not guard
    'fallocate': (285, 47),
    'chmod': (90, None), 'fchmod': (91, 52), 'fchmodat': (268, 53), 'chown': (92, None), 'fchown': (93, 55),
    'lchown': (94, None), 'fchownat': (260, 54), 'utime': (132, None), 'utimes': (235, None),
    'futimesat': (261, None), 'utimensat': (280, 88), 'setxattr': (188, 5), 'lsetxattr': (189, 6),
    'fsetxattr': (190, 7), 'removexattr': (197, 14), 'lremovexattr': (198, 15), 'fremovexattr': (199, 16),
    'truncate': (76, 45), 'name_to_handle_at': (303, 264), 'open_by_handle_at': (304, 265),
    # the machine
    'unshare': (272, 97), 'setns': (308, 268), 'mount': (165, 40), 'umount2': (166, 39), 'pivot_root': (155, 41),
    'chroot': (161, 51), 'open_tree': (428, 428), 'move_mount': (429, 429), 'fsopen': (430, 430),
    'fsconfig': (431, 431), 'fsmount': (432, 432), 'fspick': (433, 433), 'mount_setattr': (442, 442),
    'bpf': (321, 280), 'perf_event_open': (298, 241), 'init_module': (175, 105), 'finit_module': (313, 273),
    'delete_module': (176, 106), 'kexec_load': (246, 104), 'kexec_file_load': (320, 294), 'reboot': (169, 142),
    'swapon': (167, 224), 'swapoff': (168, 225), 'acct': (163, 89), 'quotactl': (179, 60), 'quotactl_fd': (443, 443),
    'syslog': (103, 116),
    'settimeofday': (164, 170), 'clock_settime': (227, 112), 'clock_adjtime': (305, 266), 'adjtimex': (159, 171),
    'sethostname': (170, 161), 'setdomainname': (171, 162), 'iopl': (172, None), 'ioperm': (173, None),
    'modify_ldt': (154, None), 'personality': (135, 92), 'vhangup': (153, 58), 'fanotify_init': (300, 262),
    'migrate_pages': (256, 238), 'move_pages': (279, 239), 'setuid': (105, 146), 'setgid': (106, 144),
    'setreuid': (113, 145), 'setregid': (114, 143), 'setresuid': (117, 147), 'setresgid': (119, 149),
    'setgroups': (116, 159), 'capset': (126, 91),
}
CLONE, CLONE3 = (56, 220), (435, 435)
FORBIDDEN_ARGUMENTS = {  # number of the call: (which argument, values that are refused)
    # ioctl: typing into a terminal, signals by files, flags of files (which need no right to write)
    (16, 29): (1, (0x5412, 0x541C, 0x8901, 0x8902, 0x40086602, 0x40046602, 0x401C5820)),
    (72, 25): (1, (8, 10, 15)),                       # fcntl: signals by files, F_SETOWN, F_SETSIG, F_SETOWN_EX
    (157, 167): (0, (PDEATHSIG, SET_DUMPABLE)),       # prctl: to live on without the judge, to hide files from it
}
OWN_ONLY = (302, 261), (203, 122)  # prlimit64 and sched_setaffinity: of this process, 0, only


def seccomp_filter():
    """Return the program for the kernel, instructions of eight bytes each."""
    column = ('x86_64', 'aarch64').index(platform.machine())
    code, refuse, unknown, allow = [], 0x50000 | EPERM, 0x50000 | ENOSYS, 0x7FFF0000

    def load(offset):
        code.append((0x20, 0, 0, offset))

    def unless(jump, value, back):  # a jump over the next instruction, which returns
        code.extend([(jump, 0, 1, value), (0x06, 0, 0, back)])

    load(4)
    code.extend([(0x15, 1, 0, ARCH), (0x06, 0, 0, refuse)])
    load(0)
    unless(0x25, NEWEST, unknown)  # x32 has numbers from 2^30 on, so it is no way around
    unless(0x15, CLONE3[column], unknown)  # its flags cannot be seen from here; the C library falls back to clone
    for numbers in NUMBERS.values():
        if numbers[column] is not None:
            unless(0x15, numbers[column], refuse)
    code.extend([(0x15, 0, 4, CLONE[column]), (0x20, 0, 0, 16), (0x45, 1, 0, CLONE_THREAD), (0x06, 0, 0, refuse),
                 (0x06, 0, 0, allow)])
    for numbers, (argument, values) in FORBIDDEN_ARGUMENTS.items():
        code.extend([(0x15, 0, 2 * len(values) + 2, numbers[column]), (0x20, 0, 0, 16 + 8 * argument)])
        for value in values:
            unless(0x15, value, refuse)
        code.append((0x06, 0, 0, allow))
    for numbers in OWN_ONLY:
        code.extend([(0x15, 0, 4, numbers[column]), (0x20, 0, 0, 16), (0x15, 1, 0, 0), (0x06, 0, 0, refuse),
                     (0x06, 0, 0, allow)])
    code.append((0x06, 0, 0, allow))
    return b''.join(struct.pack('HBBI', *one) for one in code)


def load_seccomp():
    """From here on, in this thread and in those to come. Before there are others, since they would be free."""
    program = seccomp_filter()
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack('HxxxxxxP', len(program) // 8, ctypes.addressof(buffer))
    _ask('seccomp', LIBC.prctl(SET_SECCOMP, 2, header, 0, 0))


# ---- Landlock: which files may be seen and changed ----

READ, WRITE_ONE, ALL = 0b1101, 1 << 1, (1 << 13) - 1  # execute, read file, read folder; write file; all of version 1
TRUNCATE, OF_FILES = 1 << 14, 0b111 | 1 << 14 | 1 << 15


def landlock_version():
    """0 where there is none."""
    return max(LIBC.syscall(444, None, 0, 1), 0)


def load_landlock(read, write):
    """Nothing but these files and folders, and what is in them, can be opened any more."""
    version = landlock_version()
    handled = ALL | (1 << 13) * (version >= 2) | TRUNCATE * (version >= 3) | (1 << 15) * (version >= 5)
    network, scoped = 3 * (version >= 4), 3 * (version >= 6)  # bind and connect; abstract sockets and signals
    rules = struct.pack('QQQ', handled, network, scoped)[:8 if version < 4 else 16 if version < 6 else 24]
    ruleset = LIBC.syscall(444, rules, len(rules), 0)
    _ask('Landlock', ruleset)
    for paths, rights in (read, READ), (write, handled & ~1):
        for path in paths:
            try:
                handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            allowed = rights if os.path.isdir(path) else rights & OF_FILES & handled
            _ask('Landlock', LIBC.syscall(445, ruleset, 1, struct.pack('=Qi', allowed, handle), 0))
            os.close(handle)
    _ask('Landlock', LIBC.syscall(446, ruleset, 0))
    os.close(ruleset)


# ---- the rest ----

def _ask(what, returned):
    if returned < 0:
        raise OSError(ctypes.get_errno(), f'{what}: {os.strerror(ctypes.get_errno())}')


def limit(files):
    """Limits that need no privileges, and that nobody can raise again."""
    for what, most in (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, files), (resource.RLIMIT_NOFILE, FILES):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (COMPUTING, COMPUTING + 5))  # the first is told as what it is


def mount_scratch(path, size, inodes):
    """Return a file system of its own, in memory; it is gone with the process."""
    _ask('scratch', LIBC.mount(b'scratch', path.encode(), b'tmpfs', 0b1110,  # nosuid, nodev, noexec
                               f'size={size},nr_inodes={inodes},mode=700'.encode()))


def drop_capabilities():
    """None is left, not even in this user namespace."""
    for capability in range(64):
        LIBC.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; fails behind the last one
    _ask('capabilities', LIBC.capset(struct.pack('II', 0x20080522, 0), struct.pack('6I', *[0] * 6)))


def become(user, group):
    """Be another account from here on, with no way back."""
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    LIBC.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # forgotten with the old account


def confine(tree, most, read=(), write=(), scratch='', mount=False, landlock=False, seccomp=False, user=None):
    """Give up what is not needed; most: bytes and files that the scratch may hold."""
    if sys.platform.startswith('linux'):
        LIBC.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _ask('no new privileges', LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0))
    if mount:
        mount_scratch(scratch, *most)
    os.chdir(scratch)
    limit(most[0])
    if user:
        become(*user)
    if landlock:
        load_landlock([*read, '/proc/self'], [*write, scratch, '/dev/null'])
    if mount:
        drop_capabilities()
    if seccomp:
        load_seccomp()
    sys.path.insert(0, tree)


if __name__ == '__main__':
    options = json.loads(sys.argv[1])
    confine(**options)
    if len(sys.argv) == 2:
        from cs231n.checks.grader.worker import main
        main()
    elif options.get('seccomp'):  # a trial of what was asked for
        with contextlib.suppress(PermissionError):
            os._exit(3 if os.fork() else 0)
