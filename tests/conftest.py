"""What holds for every test: the sample world, no progress bars, no window, no unexpected skip."""

import os
import signal

from hypothesis import settings

os.environ['CS231N_DATA'] = 'sample'
os.environ['CS231N_PROGRESS'] = '0'
os.environ['MPLBACKEND'] = 'Agg'
os.environ.setdefault('OMP_NUM_THREADS', '1')  # two workers on two cores; sums taken in one order
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would children

settings.register_profile('cs231n', deadline=None, derandomize=True, print_blob=False)
settings.load_profile('cs231n')

# A skip is a hole in the net unless its reason says which thing this machine lacks.
ALLOWED_SKIPS = ('needs real data:', 'needs a GPU:', 'needs bubblewrap:', 'needs Landlock:', 'needs chromium:')


def skip_reason(report) -> str:
    """The text of a skip, without the "Skipped: " that pytest puts in front."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix('Skipped: ')


class SkipGuard:
    """Fails the session when a test was skipped for a reason that is not in `ALLOWED_SKIPS`."""

    def __init__(self):
        self.unexpected = []

    def _look_at(self, report):
        if report.skipped and not hasattr(report, 'wasxfail'):
            reason = skip_reason(report)
            if not reason.startswith(ALLOWED_SKIPS):
                self.unexpected.append(f'{report.nodeid}: {reason}')

    def pytest_runtest_logreport(self, report):
        self._look_at(report)

    def pytest_collectreport(self, report):
        self._look_at(report)

    def pytest_sessionfinish(self, session, exitstatus):
        if self.unexpected and exitstatus == 0:
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter):
        if self.unexpected:
            terminalreporter.section('unexpected skips', red=True, bold=True)
            for line in self.unexpected:
                terminalreporter.line(line)
            terminalreporter.line('a skip must begin with one of: ' + ', '.join(ALLOWED_SKIPS))


def pytest_configure(config):
    if not hasattr(config, 'workerinput'):  # under pytest-xdist only the main process sees all reports
        config.pluginmanager.register(SkipGuard(), 'skip-guard')
