"""results.json, as the documents of Gradescope describe it for autograders."""

from cs231n.checks.engine.reasons import UNWRITTEN
from cs231n.grading.plain import code, markdown
from cs231n.grading.store import is_whole, max_points, points

AGAIN = 'This costs no points: it is to be graded again.'


def results(found, hints_after_due=False):
    """Return the record of a submission as Gradescope's results.json, a dict.

    hints_after_due: show until the due date only whether an answer is right. Gradescope hides a student's total as
    long as anything is hidden.
    """
    tests = []
    for one in found['results']:
        tests.append(_test(one, '' if hints_after_due else _about(one)))
        if hints_after_due and _about(one):
            tests.append({'name': f'About {one["name"]}', 'output': _about(one), 'output_format': 'md',
                          'score': 0, 'max_score': 0, 'status': 'failed', 'visibility': 'after_due_date'})
    told = {'output': '\n'.join(_overall(found)), 'output_format': 'md', 'execution_time': found['seconds'],
            'tests': tests, 'extra_data': {'seed': found['seed'], 'sandbox': found['sandbox']}}
    return told if tests and is_whole(found) else {'score': points(found) or 0, **told}


def _test(one, about):
    """One check. What was not graded has no score of its own; then the record has one for all."""
    test = {'name': one['name'], 'max_score': one['max_points'], 'output': about, 'output_format': 'md',
            'status': 'passed' if one['outcome'] == 'right' else 'failed', 'visibility': 'visible'}
    return test if one['outcome'] == 'not graded' else {'score': one['points'], **test}


def _about(one):
    """Return what is said about one check, in Markdown; what may come from a student's code as code."""
    if (one['where'] or '').startswith(UNWRITTEN):
        return f'To do: {code(one["where"])}'
    wrong = ', '.join(output for output, right, _ in one['verdicts'] if not right)
    lines = [f'**Not graded:** {code(one["not_graded"])} {AGAIN}'] if one['not_graded'] else []
    lines += [f'**Wrong:** {code(wrong)}'] if wrong else []
    lines += [f'**Hint:** {markdown(one["hint"])}'] if one['hint'] else []
    lines += [f'**{title}:** {code(one[key])}' for title, key in (('Where', 'where'), ('Note', 'note')) if one[key]]
    return '\n\n'.join(lines)


def _overall(found):
    if found['refused']:
        yield f'The submission was not opened: {code(found["refused"])}\n'
    elif found['missing']:
        yield f'Missing: {", ".join(map(code, found["missing"]))}\n'
    yield from (f'{markdown(note)}\n' for note in found['notes'])
    if not is_whole(found):
        yield f'Not all could be graded. {AGAIN}\n'
    yield f'{points(found) or 0:g} of {max_points(found):g} points'
