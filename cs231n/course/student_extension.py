"""What the notebooks of a student's folder load first: `%reload_ext cs231n.course.student_extension`.

A cell that needs a function which is not written yet says so in a line, and the next cells run all the same. The first
line that is printed is a stamp of the files that the run uses, by which `make submit` knows whether they
have changed since.
"""

import hashlib
import html
import json
import re
import symtable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from cs231n._shared.paths import ROOT
from cs231n.course.assignment import PLAN

if TYPE_CHECKING:  # slow to import, and `make submit` needs none of it
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

WAITS = 'This cell waits for '  # how a line begins that stands in place of an error
STAMP = re.compile(r'(cs231n/\S+\.py) ([0-9a-f]{12})\b')


def edited_files() -> dict[str, list[str]]:
    """Return {path of a module that students edit: the notebooks that rest on it}; empty in the solved repository."""
    return json.loads(PLAN.read_text(encoding='utf-8'))['edited'] if PLAN.is_file() else {}


def digest(path: Path) -> str:
    """Return twelve characters that change with the content of a file, but not with its line ends."""
    return hashlib.sha256(path.read_bytes().replace(b'\r\n', b'\n')).hexdigest()[:12]


def stamp() -> str:
    """Return the files that a run uses, with their digests, in one line."""
    present = [name for name in edited_files() if (ROOT / name).is_file()]
    return 'files of this run, for make submit: ' + ', '.join(f'{name} {digest(ROOT / name)}' for name in present)


def names_bound(source: str) -> set[str]:
    """Return the names that a cell binds when it runs to its end."""
    symbols = symtable.symtable(source, 'cell', 'exec').get_symbols()
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}


class Waiting:
    """Turns the error of a cell that waits for an answer into one line; all other errors stay what they are."""

    def __init__(self, shell: 'InteractiveShell', owed: dict[str, str]) -> None:
        self.shell = shell
        self.source: str | None = ''  # of the cell that runs, as it was typed
        self.excused: BaseException | None = None
        self.owed = owed  # name that a waiting cell would have bound: the function that it waits for

    def before(self, info: 'ExecutionInfo') -> None:
        """Keep the source of the cell that is about to run."""
        self.source = info.raw_cell

    def function(self, error: BaseException) -> str | None:
        """Return the function that the cell waits for; None if the error is of another kind."""
        if isinstance(error, NotImplementedError):
            return _stub_of(error)
        return self.owed.get(getattr(error, 'name', ''))

    def tell(self, shell: 'InteractiveShell', kind: type[BaseException], error: BaseException,
             trace: TracebackType | None, tb_offset: int | None = None) -> None:
        """Show an error: one line if the cell waits, the usual traceback if not."""
        function = self.function(error)
        if function is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        self.excused = error
        for name in names_bound(shell.transform_cell(self.source or '')):
            self.owed.setdefault(name, function)
        task = f': {str(error).partition(": ")[2]}' if isinstance(error, NotImplementedError) else ''
        text = f'{WAITS}{function}{task}.'
        from IPython.display import publish_display_data
        publish_display_data({
            'text/plain': text,
            'text/html': f'<div style="border-left: 4px solid #b58900; padding-left: 8px">{html.escape(text)}</div>',
        })

    def after(self, result: 'ExecutionResult') -> None:
        """Let the cells behind a waiting one run: for Jupyter it has not failed."""
        if self.excused is not None and result.error_in_exec is self.excused:
            result.error_in_exec = None
        if result.success and self.excused is None:
            for name in list(self.owed):
                if name in self.shell.user_ns:
                    del self.owed[name]
        self.excused = None


def _stub_of(error: BaseException) -> str | None:
    """Return the function whose stub raised the error; None if it was raised by something else."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name, colon, _ = str(error).partition(': ')
    inside = trace is not None and Path(trace.tb_frame.f_code.co_filename).is_relative_to(ROOT / 'cs231n')
    return name if colon and inside else None


_waiting: Waiting | None = globals().get('_waiting')  # also after %reload_ext, which runs this module anew


def load_ipython_extension(shell: 'InteractiveShell') -> None:
    """Load the extension, for %load_ext and %reload_ext."""
    global _waiting
    owed = {} if _waiting is None else _waiting.owed
    _waiting = Waiting(shell, owed)
    shell.set_custom_exc((NotImplementedError, NameError), _waiting.tell)
    shell.events.register('pre_run_cell', _waiting.before)
    shell.events.register('post_run_cell', _waiting.after)
    if edited_files():
        print(stamp())


def unload_ipython_extension(shell: 'InteractiveShell') -> None:
    """Unload the extension, for %unload_ext and %reload_ext."""
    shell.set_custom_exc((), None)
    if _waiting is not None:
        shell.events.unregister('pre_run_cell', _waiting.before)
        shell.events.unregister('post_run_cell', _waiting.after)
