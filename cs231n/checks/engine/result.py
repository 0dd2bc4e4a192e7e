"""What a check says: a Result, as plain text for terminals and as a small table for Jupyter."""

from dataclasses import dataclass
from html import escape

from cs231n.checks.engine.reasons import UNWRITTEN

GREEN, AMBER, RED = '#2e8540', '#a86400', '#c5341c'  # all readable on a light and on a dark background


@dataclass(frozen=True)
class Result:
    """The verdict on one function.

    passed      every output is right on every case
    points      what the answer earns, of max_points
    hint        what went wrong, if outputs are exactly those of known mistakes; None otherwise
    where       where the answer first differs, or why it could not run; None if passed or if the hint says it all
    note        something worth knowing that costs no points, or None
    verdicts    one (output, right or not, detail) for each output, None for what is not there yet; empty if the
                function could not be run
    slip        'N = 1' or 'N > 1' if it is wrong with minibatches of that size alone: what rests on it may be right
    not_graded  what the machine did, so that nothing can be said about the function; None otherwise
    """

    name: str
    passed: bool
    points: float
    max_points: float
    hint: str | None = None
    where: str | None = None
    note: str | None = None
    verdicts: tuple = ()
    slip: str = ''
    not_graded: str | None = None

    @property
    def todo(self) -> bool:
        """Whether the function, or one that it calls, is not written yet."""
        return not self.passed and (self.where or '').startswith(UNWRITTEN)

    @property
    def colour(self) -> str:
        """Of the verdict."""
        return GREEN if self.passed else AMBER if self.todo or self.not_graded else RED

    @property
    def outcome(self) -> str:
        """'right', 'wrong' or 'not graded': then nothing is said about the function, and it is to be graded again."""
        return 'not graded' if self.not_graded else 'right' if self.passed else 'wrong'

    @property
    def headline(self) -> str:
        """Name, verdict and points in one line."""
        verdict = 'to do' if self.todo else {'wrong': 'not right yet'}.get(self.outcome, self.outcome)
        earned = f', {self.points:g} of {self.max_points:g} points' if self.max_points and not self.not_graded else ''
        return f'{self.name}: {verdict}{earned}'

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """The (title, text) pairs below the outputs."""
        return [(title, text) for title, text in
                (('Hint', self.hint), ('Where', self.where), ('Note', self.note), ('Not graded', self.not_graded))
                if text]

    def __repr__(self) -> str:
        width = max((len(output) for output, _, _ in self.verdicts), default=0)
        lines = [f'  {output:<{width}}  {detail}' for output, _, detail in self.verdicts]
        lines += [f'{title}: {text}' for title, text in self.remarks]
        return '\n'.join([self.headline, *lines])

    def _repr_html_(self) -> str:
        colour = self.colour
        of = {True: GREEN, None: AMBER}
        rows = [_row(output, detail, of.get(right, RED)) for output, right, detail in self.verdicts]
        rows += [_row(title, text, colour) for title, text in self.remarks]
        return (f'<div style="border-left: 4px solid {colour}; padding-left: 8px">'
                f'<b style="color: {colour}">{escape(self.headline)}</b>'
                f'<table style="margin: 4px 0">{"".join(rows)}</table></div>')


def _row(title: str, text: str, colour: str) -> str:
    left = 'text-align: left; vertical-align: top'
    return (f'<tr><td style="{left}; color: {colour}"><b>{escape(title)}</b></td>'
            f'<td style="{left}">{escape(text)}</td></tr>')
