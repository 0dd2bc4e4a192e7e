"""Which of the values that a function computes on its way are right: for who looks for the first wrong one.

They are read from the function's local variables while it runs, by their names, so that a half-written function can be
looked at, too. Nothing here earns or costs points.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cs231n.checks.engine.answers import answers, ready
from cs231n.checks.engine.calling import Find, call
from cs231n.checks.engine.check import Check
from cs231n.checks.engine.compare import ROUGH, as_array, difference, fit
from cs231n.checks.engine.matching import close
from cs231n.checks.engine.reasons import UNWRITTEN, reason
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.time_limit import within

ENDING = '.steps'


def with_steps(check: Check, **values: str) -> Check:
    """Return the check, together with what its function computes on the way: {name of a variable: axes}, in order.

    The right values are those of the lesson's oracle for '<name>_steps'.
    """
    steps = replace(check, name=check.name + ENDING, oracle=f'{check.oracle or check.name}_steps', outputs=values)
    return replace(check, also=(*check.also, steps))


def climb(check: Check, function: Callable, find: Find, checks: Mapping[str, Check], judge: Callable) -> Result:
    """Return a Result that says of each step whether it is right, and where the first wrong one differs.

    ValueError if the check has no steps.
    """
    steps = next((one for one in check.also if one.name.endswith(ENDING)), None)
    if steps is None:
        having = ', '.join(name for name, one in checks.items() if any(s.name.endswith(ENDING) for s in one.also))
        raise ValueError(f'steps: {check.name} is judged as a whole; these have steps: {having}')
    ready([check])
    title, case = f'{check.name}, step by step', steps.cases()[0]
    if check.forward and not (before := judge(checks[check.forward], find(check.forward), find, checks)).passed:
        return Result(title, False, 0, 0, where=before.where if before.todo else f'fix {check.forward} first')
    seen: dict[str, Any] = {}
    trouble = ''
    try:
        within(check.seconds, lambda: _watched(function, seen, lambda: call(check, function, case, find)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # what was computed before the end is worth a look all the same
        trouble = '' if isinstance(error, NotImplementedError) else reason(error)
    return _result(title, steps, seen, trouble)


def _watched(function: Callable, seen: dict[str, Any], work: Callable) -> None:
    """Run work(), and keep in `seen` the last value of each local variable of the function, deleted ones too."""
    def each_line(frame: Any, event: str, arg: Any) -> Callable:
        seen.update(frame.f_locals)
        return each_line

    before = sys.gettrace()
    sys.settrace(lambda frame, event, arg: each_line if frame.f_code is function.__code__ else None)
    try:
        work()
    finally:
        sys.settrace(before)


def _result(title: str, steps: Check, seen: Mapping[str, Any], trouble: str) -> Result:
    right: dict[str, Any] = dict(zip(steps.outputs, answers(steps)[0]['right']))
    sizes: dict[str, int] = {}
    for name, axes in steps.outputs.items():
        sizes.update(zip(axes.split(), right[name].shape))
    verdicts: list[tuple[str, bool | None, str]] = []
    first = ''
    for name, axes in steps.outputs.items():
        if name not in seen:
            verdicts.append((name, None, 'not there'))
            continue
        got = fit(as_array(seen[name]), right[name])
        holds = close(steps, got, right[name])
        verdicts.append((name, holds, 'right' if holds else 'wrong'))
        if not holds and not first:
            first = difference(name, axes, got, right[name], sizes, ROUGH, ROUGH)[1]
    missing = [name for name, holds, _ in verdicts if holds is None]
    where = first or (f'{UNWRITTEN}, or under another name: {", ".join(missing)}' if missing else '')
    return Result(title, not where, 0, 0, where=where or None, note=trouble or None, verdicts=tuple(verdicts))
