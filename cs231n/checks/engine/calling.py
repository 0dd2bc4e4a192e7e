"""Calls an answer as a notebook would, within a time limit, and turns what goes wrong into one short line."""

from cs231n.checks.engine.errors import Malformed


def call(check, function, case, find):
    """Return the outputs of function on one case, a list of arrays in the order of check.outputs.

    find(name) returns the student's function of that name; a backward pass gets its cache from there.
    Raises Malformed if the function returns something else, and whatever the function raises.
    """
    if check.call is not None:
        return check.call(check, function, case)
    names = list(check.outputs)
    if check.forward:
        inputs = [value for name, value in case.items() if name not in check.upstream]
        returned = find(check.forward)(*inputs)
        if not isinstance(returned, (tuple, list)) or len(returned) < 2:
            raise Malformed(f'{check.forward} returns no cache')
        return unpack(function(*[case[name] for name in check.upstream], returned[-1]), names)
    if check.cached:
        return unpack(function(*case.values()), [*names, 'cache'])[:-1]
    return unpack(function(*case.values()), names)


def unpack(returned, names):
    """Return a list of as many values as there are names; raises Malformed if there are more or fewer."""
    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    values = list(returned) if isinstance(returned, (tuple, list)) and len(names) > 1 else [returned]
    if len(values) != len(names):
        count = f'{len(values)} value' + ('s' if len(values) != 1 else '')
        raise Malformed(f'it returns {count}, expected {len(names)}: {", ".join(names)}')
    return values
