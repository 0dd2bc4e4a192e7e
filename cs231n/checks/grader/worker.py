"""The process in which student code runs. It answers calls with plain values, and knows no right answer.

The first message says what to load and how much memory there is on top of that; each other one names a function of the
student's and a half of a check that is to run beside it (engine/calling.py). What is printed is lost.
"""

import copy
import importlib
import os
import sys

from cs231n.checks.engine.calling import named
from cs231n.checks.engine.compare import same
from cs231n.checks.engine.errors import Malformed, TimeUp
from cs231n.checks.engine.reasons import reason
from cs231n.checks.engine.time_limit import within
from cs231n.checks.grader import values


def main():
    """Answer until there is nothing more to answer."""
    requests, answers = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'wb')
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    first = values.decode(values.read(requests))
    for library in first['libraries']:
        importlib.import_module(library)
    limit_memory(first['memory'])
    values.write(answers, values.encode('ready'))
    while (data := values.read(requests)) is not None:
        values.write(answers, answer(**values.decode(data)))
        _tidy()
    os._exit(0)  # with threads that never end, too


def limit_memory(extra):
    """Let this process take so many bytes more and no more, where the system can do that (Linux)."""
    try:
        import resource

        with open('/proc/self/statm', encoding='ascii') as pages:
            limit = int(pages.read().split()[0]) * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError, OSError):
        pass


def answer(number, name, modules, half, seconds, patience, case, more):
    """Return the message with {'value', 'changed'}, or with {'error', 'over'}: whether, and why, this process ends."""
    def find(wanted):
        return named(wanted.partition('[')[0], modules[wanted])

    def work():
        module, _, beside = half.partition(':')
        beside, before = getattr(importlib.import_module(module), beside), copy.deepcopy(case)
        value = beside(find(name), find, case, *more)
        return {'number': number, 'value': value, 'changed': [key for key in case if not same(case[key], before[key])]}

    try:
        message = values.encode(within(seconds, work, patience))
        if len(message) > values.MOST:
            raise Malformed(f'what it returns has more than {values.MOST >> 20} MB')
        return message
    except BaseException as error:  # whatever a student's code may raise
        text = reason(error)
        hungry = isinstance(error, MemoryError) or "can't allocate memory" in text
        over = 'memory' if hungry else isinstance(error, TimeUp)
        return values.encode({'number': number, 'error': text, 'over': over})


def _tidy():
    """Return what a call may have switched for all of PyTorch does not reach the next one."""
    torch = sys.modules.get('torch')
    if torch is not None:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


if __name__ == '__main__':
    main()
