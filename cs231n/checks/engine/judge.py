"""The judgement of an answer to a check."""

import copy
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from cs231n.checks.engine.answers import Known, answers, ready
from cs231n.checks.engine.calling import NO_FUNCTION, Case, Find, asker, call, task_of
from cs231n.checks.engine.check import SLIP, Check
from cs231n.checks.engine.compare import ROUGH, agree, are_numbers, difference, fit, same
from cs231n.checks.engine.errors import Certain, NotGraded, Partly, TimeUp
from cs231n.checks.engine.matching import close, explain, words
from cs231n.checks.engine.reasons import UNWRITTEN, reason
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.time_limit import STOPPED, within

ONE, SEVERAL = 'N = 1', 'N > 1'


@dataclass(eq=False)
class Run:
    """What came of one case: outputs, or the trouble that prevented them, and what is known of the case.

    share: of the points that the trouble leaves; certain: whether the trouble is the mistake itself, and no crash;
    right: for each output whether it is
    """

    case: Case
    known: Known
    outputs: Any = None  # arrays, or None
    trouble: str = ''
    share: float = 0
    certain: bool = False
    right: tuple[bool, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every output is right."""
        return self.outputs is not None and all(self.right)


def judge(check: Check, function: Callable, find: Find, checks: Mapping[str, Check],
          known: Mapping[str, Result] = MappingProxyType({})) -> Result:
    """Run function on the cases of a check and returns a Result.

    find(name) gives the student's function of that name and checks the Check of that name: for a function on
    which this one rests, that it calls, or whose cache it takes. A function may be a proxy for one in another process
    (grader/proxy.py). known: {name: Result} of what has been judged before. NoAnswers if there is nothing to compare
    with, NotGraded if the machine is to blame.
    """
    ready([check])
    if check.forward in known and STOPPED in (known[check.forward].where or ''):  # it would loop once more
        return Result(check.name, False, 0, check.points,
                      where=_task(function, find) or f'fix {check.forward} first')
    runs, note = _attempt(check, function, find)
    verdicts, failed = _verdicts(check, runs), [run for run in runs if not run.passed]
    if not failed:
        return Result(check.name, True, check.points, check.points, note=note, verdicts=verdicts)
    limits = min(run.share for run in failed)
    if limits:  # right, but for what is told
        told = '; '.join(dict.fromkeys(run.trouble for run in failed))
        return Result(check.name, limits == 1, round(check.points * limits, 1), check.points,
                      where=None if limits == 1 else told, note=told if limits == 1 else note, verdicts=verdicts)
    slip = _slip(check, runs)
    hint, where, credit, excused = _told(check, function, find, checks, known, runs, slip)
    share = max(credit, _share(check, runs, slip))
    if excused or share == 1:
        told = f'right with {ONE if slip == SEVERAL else SEVERAL}; with {slip}: {where or hint}'
        return Result(check.name, True, check.points, check.points, note=told, verdicts=verdicts, slip=slip)
    return Result(check.name, False, round(check.points * share, 1), check.points, hint, where, note, verdicts, slip)


def _told(check: Check, function: Callable, find: Find, checks: Mapping[str, Check], known: Mapping[str, Result],
          runs: list[Run], slip: str) -> tuple[str | None, str | None, float, bool]:
    """Return (hint, where, share of the points by the hint, whether what it rests on is to blame for the slip)."""
    trouble = next((run.trouble for run in runs if run.trouble), '')
    if not trouble.startswith(UNWRITTEN):  # in this function or in one that it calls
        trouble = (trouble and check.forward and _task(function, find)) or trouble
    if trouble.startswith(UNWRITTEN):
        return None, trouble, 0, False
    first, excused = _first_fix([check.forward] * bool(check.forward), find, checks, known, slip)
    if not first and not excused:
        # A right answer on top of a wrong function may look like a mistake of its own: that function is to be told.
        first, excused = _first_fix(check.needs, find, checks, known, slip, written_only=True)
        first += f'; here: {trouble}' * bool(first and trouble)
    if first or excused:
        return None, first or excused, 0, bool(excused)
    hint, left, credit = _mistake(check, runs)
    if hint and not left:
        return hint, _besides(check, runs), credit, False
    if not hint and (found := dict.fromkeys(run.trouble for run in runs if run.certain)) and all(
            run.passed or run.trouble for run in runs):
        return ' Also: '.join(found), None, 0, False
    if not hint and _is_negative(runs):
        names = [name for k, name in enumerate(check.outputs) if not all(run.right[k] for run in runs)]
        return f'the sign of {", ".join(names)} is wrong, and nothing else.', None, 0, False
    where = _besides(check, runs) if hint else _at(check, runs)
    return hint, where or _unsteady(check, function, find, runs) or _where(check, runs, left), 0, False


def _task(function: Callable, find: Find) -> str | None:
    try:
        found = asker(function, find)(task_of, {})
    except NotGraded:
        raise
    except Exception:  # a module that cannot be imported has no functions
        return None
    return found if isinstance(found, str) else None


def _attempt(check: Check, function: Callable, find: Find) -> tuple[list[Run], str | None]:
    """Return what came of each case, and a note on changed arguments."""
    spoiled, cases, known = {}, check.cases(), answers(check)
    runs = [Run(copy.deepcopy(case), one) for case, one in zip(cases, known, strict=True)]

    def work() -> None:
        for run, case in zip(runs, cases):
            try:
                outputs = call(check, function, case, find)
            except (NotGraded, TimeUp):
                raise
            except getattr(function, 'faults', Exception) as error:  # the student's: other cases are run
                run.trouble, run.share = reason(error), error.share if isinstance(error, Partly) else 0
                run.certain = isinstance(error, Certain)
                continue
            spoiled.update(dict.fromkeys(name for name in case if not same(case[name], run.case[name])))
            wanted = run.known['right']
            outputs = check.settle([fit(got, want) for got, want in zip(outputs, wanted)])
            run.right = tuple(close(check, got, want) for got, want in zip(outputs, wanted))
            run.outputs = outputs

    try:
        getattr(function, 'within', within)(check.seconds, work)
    except (KeyboardInterrupt, NotGraded):
        raise
    except BaseException as error:  # SystemExit, or the end of the time
        for run in runs:
            run.trouble = run.trouble or (reason(error) if run.outputs is None else '')
    note = f'{", ".join(spoiled)} changed in place: work on a copy' if spoiled and not check.forward else None
    return runs, note


def _verdicts(check: Check, runs: list[Run]) -> tuple:
    """(output, whether it is right, in words) for each output; none if no case could be run."""
    ran, verdicts = [run for run in runs if run.outputs is not None], []
    for k, name in enumerate(check.outputs if ran else ()):
        exact = all(agree(run.outputs[k], run.known['right'][k], check.rtol, check.atol) for run in ran)
        right = all(run.right[k] for run in ran)
        bound = f'{check.rtol:.0e}' if exact else f'{ROUGH:.0e}, the accuracy of float32'
        detail = 'right' if ran[0].known['right'][k].dtype.kind in 'iu' else f'right, agrees to {bound}'
        detail += ' where it runs' * (len(ran) < len(runs))
        verdicts.append((name, right and len(ran) == len(runs), detail if right else 'wrong'))
    return tuple(verdicts)


# ---- the size of the minibatch ----


def _minibatch(check: Check, run: Run) -> int | None:
    """Return N, as an output has it among its axes, or else the first input."""
    for axes, want in zip(check.outputs.values(), run.known['right']):
        if 'N' in axes.split():
            return want.shape[axes.split().index('N')]
    first = next((value for value in run.case.values() if isinstance(value, np.ndarray) and value.ndim), None)
    return None if first is None else len(first)


def _slip(check: Check, runs: list[Run]) -> str:
    """'N = 1' if no other cases fail, 'N > 1' if no others do and the check grants something for one picture."""
    alone = [run.passed for run in runs if _minibatch(check, run) == 1]
    others = [run.passed for run in runs if (_minibatch(check, run) or 0) > 1]
    if not alone or not others or len(alone) + len(others) < len(runs):
        return ''
    if all(others) and not all(alone):
        return ONE
    return SEVERAL if check.one_picture and all(alone) and not all(others) else ''


def _share(check: Check, runs: list[Run], slip: str) -> float:
    """Return the share of the points that an answer earns for what is right of it."""
    if slip:
        return SLIP if slip == ONE else check.one_picture
    if not check.apart or any(run.outputs is None for run in runs):
        return 0
    right = [all(run.right[k] for run in runs) for k in range(len(check.outputs))]
    return sum(right) / len(right)


# ---- why it is wrong ----


def _mistake(check: Check, runs: list[Run]) -> tuple[str | None, Collection[int], float]:
    """Return (hint, the outputs that it does not explain, credit) for the cases that ran, or for those with N > 1."""
    ran = [run for run in runs if run.outputs is not None]
    several = [run for run in ran if _minibatch(check, run) != 1]
    for some in (ran, several) if len(several) < len(ran) else (ran,):
        found, left = explain(check, some)
        if found:
            credit = min(check.credit.get(key, 0) for key in found)
            return words(check, *sorted(found, key=lambda key: min(found[key]))), left, 0 if left else credit
    return None, range(len(check.outputs)), 0


def _first_fix(names: Iterable[str], find: Find, checks: Mapping[str, Check], known: Mapping[str, Result], slip: str,
               written_only: bool = False) -> tuple[str, str]:
    """Return what to say if one of the functions on which the answer rests is itself wrong, and if only in a slip.

    With written_only, one that is not written yet does not count: an answer that could be run does not call it.
    """
    excuse = ''
    for name in names:
        try:
            function = find(name)
        except NotGraded:
            raise
        except Exception as error:  # it is gone, or no function
            return f'fix {name} first: {reason(error)}', ''
        result = known[name] if name in known else judge(checks[name], function, find, checks, known)
        if result.slip:
            if result.slip == slip and not excuse:  # what a passed one rests on is to blame
                excuse = ((result.note or '').partition(f'with {slip}: ')[2] if result.passed else
                          f'fix {name} first: {result.hint or result.where}')
        elif result.todo and not written_only:
            return result.where or '', ''
        elif not result.passed and not result.todo:
            nested = result.where if result.where and result.where.startswith('fix ') else None
            why = result.hint or (result.where if NO_FUNCTION in (result.where or '') else None)
            return nested or f'fix {name} first' + (f': {why}' if why else ''), ''
    return '', excuse


def _unsteady(check: Check, function: Callable, find: Find, runs: list[Run]) -> str | None:
    if not all(are_numbers(output) for run in runs for output in run.outputs or [np.empty(0, object)]):
        return None
    again, _ = _attempt(check, function, find)
    if any(one.outputs is None or not all(map(lambda got, want: close(check, got, want), one.outputs, run.outputs))
           for one, run in zip(again, runs)):
        return 'two calls with the same input differ: leave randomness out, and keep nothing between calls'
    return None


def _at(check: Check, runs: list[Run]) -> str | None:
    """Return the first trouble, and where it comes and where not."""
    troubled = next((run for run in runs if run.trouble), None)
    return _only_here(check, runs, troubled) + troubled.trouble if troubled else None


def _besides(check: Check, runs: list[Run]) -> str | None:
    """Return what is to be said of the cases that a hint does not speak of."""
    troubled = next((run for run in runs if run.trouble), None)
    if troubled is None:
        return None
    if len({run.trouble for run in runs}) == 1:
        return troubled.trouble
    return f'besides, with {_sizes_in_words(check, troubled)}: {troubled.trouble}'


def _where(check: Check, runs: list[Run], left: Collection[int]) -> str | None:
    """In the first case that differs, the output that tells most about it, in words; the loss in any case."""
    rtol, atol = max(check.rtol, ROUGH), max(check.atol, ROUGH)
    for run in runs:
        found = {name: difference(name, axes, got, want, _sizes(check, run), rtol, atol, _shapes(run.case))
                 for k, ((name, axes), got, want) in enumerate(
                     zip(check.outputs.items(), run.outputs, run.known['right']))
                 if k in left and not run.right[k]}
        if found:
            name = min(found, key=lambda name: found[name][0])
            told = [_held(check, one, found[one][1], runs) for one in dict.fromkeys(('loss', name)) if one in found]
            return _only_here(check, runs, run) + '; '.join(told)
    return None


def _sizes(check: Check, run: Run) -> dict[str, int]:
    """{letter of an axis: its size} in one case."""
    return {letter: size for axes, want in zip(check.outputs.values(), run.known['right'])
            for letter, size in zip(axes.split(), want.shape)}


def _shapes(case: Case) -> dict[str, tuple[int, ...]]:
    """{name of an input: its shape}, of parameters in a dictionary, too."""
    inner = {name: value for one in case.values() if isinstance(one, dict) for name, value in one.items()}
    return {name: value.shape for name, value in {**inner, **case}.items() if isinstance(value, np.ndarray)}


def _sizes_in_words(check: Check, run: Run) -> str:
    return ', '.join(f'{letter}={size}' for letter, size in _sizes(check, run).items() if letter != '4H')


def _held(check: Check, name: str, told: str, runs: list[Run]) -> str:
    """Return the words without the name of a factor, '(that is 1/T)', unless it is that in all cases."""
    named = re.search(r' \(that is (1/)?(\w+)\)', told)
    if named is None:
        return told
    k = list(check.outputs).index(name)
    for run in runs:
        size, want = _sizes(check, run).get(named[2]), run.known['right'][k]
        if size is None or not agree(run.outputs[k], want * (1 / size if named[1] else size), ROUGH, ROUGH):
            return told.replace(named[0], '')
    return told


def _only_here(check: Check, runs: list[Run], run: Run) -> str:
    """Says which inputs gave the right outputs: those of another minibatch, of other sizes, or others of these."""
    slip = _slip(check, runs)
    passed = [one for one in (runs if slip or run.trouble else runs[:runs.index(run)]) if one.passed]
    if not passed:
        return ''
    sizes = _sizes_in_words(check, run)
    if not slip and _is_fixed(check, runs, passed):
        return (f'right with {_sizes_in_words(check, passed[0])} alone, as if a size were written down as a number:'
                f' take it from the shape of an input; with {sizes}: ')
    if slip:
        right = ' and '.join(dict.fromkeys(f'N = {_minibatch(check, one)}' for one in passed))
        return f'right with {right}, but with N = {_minibatch(check, run)}: '
    if not run.trouble and _largest(run) > 10 * max(map(_largest, passed)):
        return f'right for moderate inputs, but not for large ones, up to {_largest(run):g}: '
    if any(_sizes(check, one) == _sizes(check, run) for one in passed):
        return 'right for the first inputs, but not for others of the same shape: '
    return f'right for other shapes, but with {sizes}: ' if sizes else ''


def _is_fixed(check: Check, runs: list[Run], passed: list[Run]) -> bool:
    """Whether several minibatches, some of more than one, fail for their sizes: all crash but those of one size."""
    crashed = [run for run in runs if run.trouble]
    return (len(crashed) > 1 and any((_minibatch(check, run) or 0) > 1 for run in crashed)
            and len(crashed) + len(passed) == len(runs)
            and all(_sizes(check, one) == _sizes(check, passed[0]) for one in passed)
            and all(_sizes(check, run) != _sizes(check, passed[0]) for run in crashed))


def _is_negative(runs: list[Run]) -> bool:
    """Whether every output that is wrong is the negative of the right one."""
    return all(run.outputs is not None and all(
        right or (are_numbers(got) and agree(-1.0 * got, want, ROUGH, ROUGH))
        for got, want, right in zip(run.outputs, run.known['right'], run.right)) for run in runs)


def _largest(run: Run) -> float:
    """Return the size of the largest number among the inputs."""
    return max((np.abs(value).max() for value in run.case.values()
                if isinstance(value, np.ndarray) and value.dtype.kind == 'f' and value.size), default=0)
