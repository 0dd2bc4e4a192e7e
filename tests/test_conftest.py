"""The guards of the test run itself: only an expected skip passes, an empty run fails."""

import os
from pathlib import Path

import pytest

pytest_plugins = ['pytester']
CONFTEST = Path(__file__).with_name('conftest.py').read_text()


@pytest.fixture
def project(pytester, monkeypatch):
    monkeypatch.setenv('PYTEST_DISABLE_PLUGIN_AUTOLOAD', '1')  # only what is named here: a fast start
    pytester.makeconftest(CONFTEST)
    return pytester


def skipping(reason):
    return f"""
        import pytest
        def test_runs():
            assert True
        def test_skips():
            pytest.skip({reason!r})
    """


@pytest.mark.parametrize('reason', ['needs real data: run get_datasets.sh', 'needs a GPU: none found'])
def test_an_expected_skip_passes(project, reason):
    project.makepyfile(skipping(reason))
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == 0


@pytest.mark.parametrize('options', [(), ('-p', 'xdist.plugin', '-n', '1')])
def test_an_unexpected_skip_fails_the_run_and_is_named(project, options):
    project.makepyfile(test_here=skipping('it is Monday'))
    result = project.runpytest(*options)
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(['*unexpected skips*', 'test_here.py::test_skips: it is Monday'])


def test_a_skip_mark_and_a_missing_import_are_skips_too(project):
    project.makepyfile(
        test_mark="import pytest\n@pytest.mark.skip(reason='later')\ndef test(): pass",
        test_import="import pytest\npytest.importorskip('no_such_module')\ndef test(): pass",
        test_fine='def test(): pass',
    )
    result = project.runpytest_inprocess()
    assert result.ret == 1
    result.stdout.fnmatch_lines_random(['test_mark.py::test: later', 'test_import.py: *no_such_module*'])


def test_an_expected_failure_is_no_skip(project):
    project.makepyfile('import pytest\n@pytest.mark.xfail\ndef test(): assert False')
    result = project.runpytest_inprocess()
    result.assert_outcomes(xfailed=1)
    assert result.ret == 0


def test_a_run_that_collects_nothing_fails(project):
    project.makepyfile('def check(): pass')
    assert project.runpytest_inprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED != 0


def test_the_tests_see_the_sample_world():
    assert os.environ['CS231N_DATA'] == 'sample'
    assert os.environ['CS231N_PROGRESS'] == '0'
    assert os.environ['MPLBACKEND'] == 'Agg'
