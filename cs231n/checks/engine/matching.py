"""Which known mistakes explain an answer, output by output.

A mistake shows in some of the outputs. It is found where all of these are exactly what it makes of them, whatever is
wrong with the others: so two mistakes in two outputs are both told. Nothing is told where two mistakes explain the
same outputs equally well.
"""

from typing import Any

import numpy as np

from cs231n.checks.engine.compare import ROUGH, agree

Found = dict[str, set[int]]  # key of a mistake: the numbers of the outputs that it explains


def close(check: Any, got: np.ndarray, want: np.ndarray) -> bool:
    """Whether two outputs agree to the accuracy of float32."""
    return agree(got, want, max(check.rtol, ROUGH), max(check.atol, ROUGH))


def explain(check: Any, runs: list) -> tuple[Found, set[int]]:
    """Return ({key of a mistake: the outputs that it explains}, the numbers of the outputs left unexplained).

    runs: what came of the cases in which the answer could be run; see judge.Run.
    """
    outputs = range(len(check.outputs))
    wrong = {k for k in outputs if not all(run.right[k] for run in runs)}
    shows, fits = {}, {}
    for key in runs[0].known if runs else ():
        shows[key] = {k for k in outputs if not all(close(check, run.known[key][k], run.known['right'][k])
                                                    for run in runs)}
        fits[key] = {k for k in outputs if all(close(check, run.outputs[k], run.known[key][k]) for run in runs)}
    shows = {key: where for key, where in shows.items() if where and where <= wrong}
    whole = {key: where for key, where in shows.items()
             if where <= fits[key] and (not check.facts or fits[key] == set(outputs))}
    found = _certain(check, whole)
    left = wrong - set().union(*found.values())
    if left and check.apart:  # what else a mistake shows in may be spoiled by another one
        parts = {key: fits[key] & where & left for key, where in shows.items() if key not in whole}
        found.update(_certain(check, {key: where for key, where in parts.items() if where}))
        left -= set().union(*found.values())
    return found, left


def _certain(check: Any, candidates: Found) -> Found:
    """Return those that no other one explains as well: single mistakes before pairs, then what explains more."""
    single = {key: where for key, where in candidates.items() if '+' not in key}
    best: Found = {}
    for group in single, {key: where for key, where in candidates.items() if key not in single}:
        known = set().union(*best.values())
        most = {key: where for key, where in group.items()
                if where - known and not any(where < other for other in group.values())}
        texts = {key: words(check, key) for key in most}
        best.update({key: where for key, where in most.items()
                     if all(texts[key] == texts[other] or not where & most[other] for other in most)})
    return {key: where for key, where in best.items() if not any(where < other for other in best.values())}


def words(check: Any, *keys: str) -> str:
    """Return what is said of these mistakes, of which one may be a pair, 'one+other'."""
    hints = check.hints
    return ' Also: '.join(dict.fromkeys(hints[one] for key in keys for one in key.split('+')))
