"""The table of results."""

from cs231n.course.assignment import EXTRA


def row(result):
    """One line of the table, and below it what there is to say."""
    verdict = 'to do' if result.todo else result.outcome
    points = f'{result.points:g} of {result.max_points:g}' if result.max_points else 'given'
    lines = [f'  {verdict}  {result.name:<32} {points:>10}']
    lines += [f'           {title}: {text}' for title, text in result.remarks if not result.todo]
    return '\n'.join(lines)


def summary(checks, results):
    """Points of each notebook and in total, and what is next; what is beyond the five stands below the total."""
    lines, own = ['', 'Points'], {one.notebook: [] for one in checks}
    for one, result in zip(checks, results):
        own[one.notebook].append(result)
    beyond = {notebook: own.pop(notebook) for notebook in list(own) if notebook in EXTRA}
    lines += [f'  {notebook:<39} {_points(some):>10}' for notebook, some in own.items()]
    if own:
        lines += [f'  {"in total":<39} {_points([result for some in own.values() for result in some]):>10}']
    lines += [*(f'  {f"beyond the five: {notebook}":<39} {_points(some):>10}' for notebook, some in beyond.items()), '']
    if failed := [result.name for result in results if result.not_graded]:
        lines += ['not graded: ' + ', '.join(failed) + '. Points are missing there: grade them again.', '']
    following = next(((one, result) for one, result in zip(checks, results)
                      if not result.passed and not (own and one.notebook in EXTRA and result.todo)), None)
    if following is None:
        return '\n'.join([*lines, 'All is right.'])
    one, result = following
    about = result.hint or result.where or ''
    return '\n'.join([*lines, f'Next: {one.name} in {one.module.replace(".", "/")}.py', f'  {about}'])


def _points(results):
    return f'{sum(one.points for one in results):g} of {sum(one.max_points for one in results):g}'
