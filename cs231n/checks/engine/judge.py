"""The judgement of an answer to a check."""

import copy
import re

from cs231n.checks.engine.answers import answers, ready
from cs231n.checks.engine.calling import NO_FUNCTION, asker, call, task_of
from cs231n.checks.engine.compare import ROUGH, agree, are_numbers, difference, fit, same
from cs231n.checks.engine.errors import NotGraded
from cs231n.checks.engine.reasons import reason
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.time_limit import STOPPED, within


def judge(check, function, find, checks, known=()):
    """Run function on the cases of a check and returns a Result.

    find(name) gives the student's function of that name and checks the Check of that name: for a function on
    which this one rests, that it calls, or whose cache it takes. A function may be a proxy for one in another process
    (grader/proxy.py). known: {name: Result} of what has been judged before. NoAnswers if there is nothing to compare
    with, NotGraded if the machine is to blame.
    """
    ready([check])
    if check.forward in known and (known[check.forward].where or '').startswith(STOPPED):  # it would loop once more
        return Result(check.name, False, 0, check.points,
                      where=_task(function, find) or f'fix {check.forward} first')
    answer, trouble, note = _attempt(check, function, find)
    verdicts = () if trouble else _verdicts(check, answer)
    if verdicts and all(right for _, right, _ in verdicts):
        return Result(check.name, True, check.points, check.points, note=note, verdicts=verdicts)

    hint = credit = where = None
    if trouble and trouble.startswith('not implemented yet: '):  # in this function or in one that it calls
        where = trouble
    elif check.forward:
        where = (trouble and _task(function, find)) or _first_fix([check.forward], find, checks, known)
    if where is None and trouble:
        where = trouble
    if where is None:
        hint, credit = _mistake(check, answer)
        # A right answer on top of a wrong function may look like a mistake of its own: that function is to be told.
        first = _first_fix(check.needs, find, checks, known, written_only=True)
        if first or hint is None:
            hint = credit = None
            where = first or _unsteady(check, function, find, answer) or _where(check, answer)
    return Result(check.name, False, check.points * (credit or 0), check.points, hint, where, note, verdicts)


def _task(function, find):
    try:
        return asker(function, find)(task_of, {})
    except NotGraded:
        raise
    except Exception:  # a module that cannot be imported has no functions
        return None


def _attempt(check, function, find):
    """Return the outputs of all cases or the trouble that prevented them, and a note on changed arguments."""
    spoiled = {}

    def work():
        outputs = []
        for case in check.cases():
            before = copy.deepcopy(case)
            outputs.append(call(check, function, case, find))
            spoiled.update(dict.fromkeys(name for name in case if not same(case[name], before[name])))
        return outputs

    try:
        outputs = getattr(function, 'within', within)(check.seconds, work)
    except (KeyboardInterrupt, NotGraded):
        raise
    except BaseException as error:  # whatever a student's code may raise, SystemExit included
        return None, reason(error), None
    wanted = [right['right'] for right in answers(check)]
    outputs = [check.settle([fit(got, want) for got, want in zip(*pair)])
               for pair in zip(outputs, wanted)]
    note = f'{", ".join(spoiled)} changed in place: work on a copy' if spoiled and not check.forward else None
    return outputs, None, note


def _agree(check, outputs, wanted, rough=False):
    """For each output whether it agrees in every case."""
    rtol, atol = (max(bound, ROUGH if rough else 0) for bound in (check.rtol, check.atol))
    return [all(agree(outputs[case][k], wanted[case][k], rtol, atol) for case in range(len(wanted)))
            for k in range(len(check.outputs))]


def _right(check):
    return [known['right'] for known in answers(check)]


def _verdicts(check, outputs):
    wanted = _right(check)
    exact, rough = _agree(check, outputs, wanted), _agree(check, outputs, wanted, rough=True)
    whole = [want.dtype.kind in 'iu' for want in wanted[0]]
    verdicts = []
    for name, is_exact, is_rough, is_whole in zip(check.outputs, exact, rough, whole):
        bound = f'{check.rtol:.0e}' if is_exact else f'{ROUGH:.0e}, the accuracy of float32'
        right = 'right' if is_whole else f'right, agrees to {bound}'
        detail = right if is_exact or is_rough else 'wrong'
        verdicts.append((name, is_exact or is_rough, detail))
    return tuple(verdicts)


def _mistake(check, outputs):
    """(hint, credit) of the one mistake that gives these very outputs on all cases; else (None, 0)."""
    found = {hint: check.credit.get(key, 0) for key, hint in check.hints.items()
             if all(_agree(check, outputs, [known[key] for known in answers(check)], rough=True))}
    return found.popitem() if len(found) == 1 else (None, 0)


def _first_fix(names, find, checks, known=(), written_only=False):
    """Return what to say if one of the functions on which the answer rests is itself wrong.

    With written_only, one that is not written yet does not count: an answer that could be run does not call it.
    """
    for name in names:
        try:
            function = find(name)
        except NotGraded:
            raise
        except Exception as error:  # it is gone, or no function
            return f'fix {name} first: {reason(error)}'
        result = known[name] if name in known else judge(checks[name], function, find, checks, known)
        if not (result.passed or (written_only and 'not implemented yet' in (result.where or ''))):
            nested = result.where if result.where and result.where.startswith('fix ') else None
            why = result.hint or (result.where if NO_FUNCTION in (result.where or '') else None)
            return nested or f'fix {name} first' + (f': {why}' if why else '')
    return None


def _unsteady(check, function, find, outputs):
    if not all(are_numbers(output) for case in outputs for output in case):
        return None
    again, trouble, _ = _attempt(check, function, find)
    if trouble or not all(_agree(check, again, outputs, rough=True)):
        return 'two calls with the same input differ: leave randomness out, and keep nothing between calls'
    return None


def _where(check, outputs):
    """In the first case that differs, the output that tells most about it, in words; the loss in any case."""
    right, rtol, atol, passed = _right(check), max(check.rtol, ROUGH), max(check.atol, ROUGH), []
    for got_all, wanted in zip(outputs, right):
        dims = _sizes(check, wanted)
        found = {name: difference(name, axes, got, want, dims, rtol, atol)
                 for (name, axes), got, want in zip(check.outputs.items(), got_all, wanted)
                 if not agree(got, want, rtol, atol)}
        if found:
            name = min(found, key=lambda name: found[name][0])
            words = [_held(check, one, found[one][1], outputs) for one in dict.fromkeys(('loss', name)) if one in found]
            return _only_here(passed, dims) + '; '.join(words)
        passed.append(dims)
    return None


def _sizes(check, wanted):
    """{letter of an axis: its size} in one case."""
    return {letter: size for axes, want in zip(check.outputs.values(), wanted)
            for letter, size in zip(axes.split(), want.shape)}


def _held(check, name, words, outputs):
    """Return the words without the name of a factor, '(that is 1/T)', unless it is that in all cases."""
    named = re.search(r' \(that is (1/)?(\w+)\)', words)
    k = list(check.outputs).index(name)
    for got, wanted in zip(outputs, _right(check)) if named else ():
        size = _sizes(check, wanted).get(named[2])
        if size is None or not agree(got[k], wanted[k] * (1 / size if named[1] else size), ROUGH, ROUGH):
            return words.replace(named[0], '')
    return words


def _only_here(passed, dims):
    """Says which inputs gave the right outputs: those of other sizes, or others of these sizes."""
    if dims in passed:
        return 'right for the first inputs, but not for others of the same shape: '
    sizes = ', '.join(f'{letter}={size}' for letter, size in dims.items() if letter != '4H')
    return f'right for other shapes, but with {sizes}: ' if passed and sizes else ''
