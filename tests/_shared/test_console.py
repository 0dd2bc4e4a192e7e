"""No command ends in a traceback about its screen, and none loses a result by it."""

import ast
import io
import json
import os
import signal
import subprocess
import sys

import pytest

from cs231n._shared.console import command, say
from cs231n._shared.paths import ROOT

ANSWER_A_PROGRAM = {'cs231n/checks/grader/worker.py', 'cs231n/grading/sandbox/confine.py',
                    'cs231n/grading/reports/lookalikes.py'}  # and no person
SOURCES = [path for folder in ('cs231n', 'benchmarks') for path in sorted((ROOT / folder).rglob('*.py'))]
COMMANDS = [path.relative_to(ROOT).as_posix() for path in SOURCES
            if "__name__ == '__main__'" in path.read_text(encoding='utf-8')]
OPENING = {'open', 'read_text', 'write_text'}


def syntax(path):
    return ast.parse((ROOT / path).read_text(encoding='utf-8'))


def main_of(path):
    """The definition of main in a module, or in the one that it takes main from."""
    for node in syntax(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == 'main':
            return node
        if isinstance(node, ast.ImportFrom) and 'main' in {alias.name for alias in node.names}:
            return main_of(node.module.replace('.', '/') + '.py')
    raise AssertionError(f'{path} has no main')


@pytest.mark.parametrize('path', [path for path in COMMANDS if path not in ANSWER_A_PROGRAM])
def test_every_command_is_declared_as_one_and_hands_on_its_status(path):
    assert 'command' in [getattr(one, 'id', '') for one in main_of(path).decorator_list]
    assert 'sys.exit(main())' in (ROOT / path).read_text(encoding='utf-8')


@pytest.mark.parametrize('path', SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_read_or_written_in_the_encoding_of_the_machine(path):
    for node in ast.walk(syntax(path)):
        name = getattr(getattr(node, 'func', None), 'attr', getattr(getattr(node, 'func', None), 'id', ''))
        if not isinstance(node, ast.Call) or name not in OPENING:
            continue
        mode = [str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant)]
        text = name != 'open' or (isinstance(node.func, ast.Name) and not any('b' in one for one in mode))
        assert not text or 'encoding' in {keyword.arg for keyword in node.keywords}, f'line {node.lineno}'


@pytest.mark.parametrize('encoding, shown', [('ascii', b'\\u03c3 \\xd7 sigmoid\n'),
                                             ('cp1252', b'\\u03c3 \xd7 sigmoid\n'),
                                             ('utf-8', 'σ × sigmoid\n'.encode())])
def test_say_shows_what_the_screen_can_show(monkeypatch, encoding, shown):
    screen = io.TextIOWrapper(io.BytesIO(), encoding, newline='\n')
    monkeypatch.setattr(sys, 'stdout', screen)
    say('σ × sigmoid')
    screen.flush()
    assert screen.buffer.getvalue() == shown


def test_a_broken_pipe_to_another_process_is_no_matter_of_the_screen():
    @command
    def main():
        raise BrokenPipeError('to a worker')

    with pytest.raises(BrokenPipeError, match='to a worker'):
        main()


def test_a_command_hands_on_its_arguments_and_its_status(capsys):
    @command
    def main(argv=None, root='there'):
        print(argv, root)
        return 2

    assert main(['x'], root='here') == 2 and capsys.readouterr().out == "['x'] here\n"


def test_an_interrupt_ends_in_a_line(capsys):
    @command
    def main():
        raise KeyboardInterrupt

    assert main() == 130 and capsys.readouterr().err == 'interrupted\n'


# ---- as processes ----


def start(*arguments, encoding='utf-8', **settings):
    env = {**os.environ, 'PYTHONIOENCODING': encoding, 'PYTHONPATH': str(ROOT), 'LC_ALL': 'C'}
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **settings)


@pytest.mark.parametrize('module', ['cs231n.checks', 'cs231n.course', 'cs231n.course.submit', 'cs231n.handout'])
def test_help_is_shown_on_any_screen(module):
    process = start('-m', module, '--help', encoding='ascii')
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0 and b'usage: ' in out and err == b''


SIGMA = """
import sys
from cs231n.checks.grader import grade
grade.row = lambda result: f'σ × λ {result.name}'
sys.exit(grade.main())
"""
SOME = 'word_embedding_forward', 'word_embedding_backward', 'rnn_step_forward'


@pytest.mark.parametrize('encoding, shown', [('ascii', rb'\u03c3 \xd7 \u03bb rnn_step_forward'),
                                             ('cp1252', b'\\u03c3 \xd7 \\u03bb rnn_step_forward')])
def test_grading_survives_any_screen_and_leaves_its_results(tmp_path, encoding, shown):
    process = start('-c', SIGMA, *SOME, '--json', str(tmp_path / 'results.json'), encoding=encoding)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0 and err == b'' and shown in out and b'in total' in out
    assert len(json.loads((tmp_path / 'results.json').read_text(encoding='utf-8'))) == len(SOME)


@pytest.mark.parametrize('results', [False, True])
def test_a_reader_that_has_seen_enough_ends_nothing_in_a_traceback(tmp_path, results):
    file = tmp_path / 'results.json'
    process = start('-m', 'cs231n.checks', *SOME, *(['--json', str(file)] if results else []))
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=300)
    assert process.returncode == (0 if results else 141) and err == b'' and file.is_file() == results
    assert not results or len(json.loads(file.read_text(encoding='utf-8'))) == len(SOME)


def test_an_interrupted_grading_ends_in_a_line():
    process = start('-m', 'cs231n.checks', *SOME)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130 and err == b'interrupted\n'
