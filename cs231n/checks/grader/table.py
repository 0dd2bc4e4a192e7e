"""The table of results."""


def row(result):
    """One line of the table, and below it what there is to say."""
    verdict = 'to do' if result.todo else result.outcome
    points = f'{result.points:g} of {result.max_points:g}' if result.max_points else 'given'
    lines = [f'  {verdict}  {result.name:<32} {points:>10}']
    lines += [f'           {title}: {text}' for title, text in result.remarks if not result.todo]
    return '\n'.join(lines)


def summary(checks, results):
    """Points of each notebook and in total, and what is next."""
    lines = ['', 'Points']
    for notebook in dict.fromkeys(one.notebook for one in checks):
        own = [result for one, result in zip(checks, results) if one.notebook == notebook]
        lines.append(f'  {notebook:<39} {_points(own):>10}')
    lines += [f'  {"in total":<39} {_points(results):>10}', '']
    if failed := [result.name for result in results if result.not_graded]:
        lines += ['not graded: ' + ', '.join(failed) + '. Points are missing there: grade them again.', '']
    following = next(((one, result) for one, result in zip(checks, results) if not result.passed), None)
    if following is None:
        return '\n'.join([*lines, 'All is right.'])
    one, result = following
    about = result.hint or result.where or ''
    return '\n'.join([*lines, f'Next: {one.name} in {one.module.replace(".", "/")}.py', f'  {about}'])


def _points(results):
    return f'{sum(one.points for one in results):g} of {sum(one.max_points for one in results):g}'
