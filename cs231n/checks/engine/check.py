"""A check: what is asked of one function.

The checks of a lesson are data, in lessons/<lesson>/checks.py: inputs, names of outputs, points. Right answers, and the
wrong ones that hints belong to, are arrays from answers.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cs231n.checks.engine.answers import hints
from cs231n.checks.engine.calling import named

SLIP = 0.8  # of the points for what is right but for minibatches of one, or of several where that is a side matter


@dataclass(frozen=True)
class Check:
    """All that is known about one function that a student writes.

    name        of the function; methods as 'Class.method', one of several checks as 'Class.method[variant]'
    notebook    that asks for it
    lesson      the folder in lessons/ that it stands in, and in the answer key
    module      where the function lives
    points      that a right answer earns; 0 for code that is given
    cases       a function without arguments that makes the inputs: a list of dicts {argument: value}
    outputs     {name: axis names}, such as {'next_h': 'N H'}; '4H' is an axis of four gates
    credit      {key of a mistake: the share of the points it still earns}, 0 where not named
    apart       whether each output is worth its share of the points, as of a backward pass
    facts       whether the outputs are facts about one thing: no mistake is told by some of them alone
    one_picture the share of the points for what is right with N = 1 alone; 1 where the notebook has one picture only
    cached      whether the function also returns a cache, after its outputs
    forward     for a backward pass: the name of the function that makes its cache
    upstream    for a backward pass: the arguments that go to it, before the cache; the others go to `forward`
    needs       functions that this one calls, to be right first
    oracle      the name that this function has in the modules of right and wrong answers; name if empty
    call        how to call it, if not positionally: call(check, ask, case) -> list of outputs; see calling.py
    network     for a function that makes a network: what goes into it, 'pictures' or 'noise'
    library     a large one that the function or its call needs, loaded before time is counted; '' for none
    also        checks without points: what they know to be right or wrong counts as this one's; see its call
    settle      applied to outputs before they are compared: makes equal what means the same
    rtol, atol  |got - want| <= atol + rtol |want|
    seconds     how long all cases together may take
    """

    name: str
    notebook: str
    lesson: str
    module: str
    points: float
    cases: Callable
    outputs: dict
    credit: dict = field(default_factory=dict)
    apart: bool = False
    facts: bool = False
    one_picture: float = 0
    cached: bool = False
    forward: str = ''
    upstream: tuple = ()
    needs: tuple = ()
    oracle: str = ''
    call: Callable | None = None
    network: str = ''
    library: str = ''
    also: tuple = ()
    settle: Callable = list
    rtol: float = 1e-8
    atol: float = 1e-8
    seconds: float = 10

    @property
    def hints(self) -> dict[str, str]:
        """{key of a mistake: what went wrong, and what is right}."""
        return hints(self)

    def function(self) -> Callable:
        """Return the function in the package that this check is about. Malformed if something else has its name."""
        return named(self.name.partition('[')[0], self.module)
