"""The README's figures are those of the result files."""

import re

from benchmarks import report

README = (report.ROOT / 'README.md').read_text()



def test_the_readme_shows_what_was_measured():
    assert report.drawn(README) == README
    assert {name for _, name, _ in report.MARKED.findall(README)} == {'run_time', 'captions', 'speed'}


def test_the_readme_counts_the_known_mistakes():
    known = int(re.match(r'\D+(\d+) mistakes', (report.ROOT / 'docs' / 'misconceptions.md').read_text())[1])
    told = int(re.search(r'of more than (\d+) known ones', README)[1])
    assert 0.7 * known < told < known


def test_another_figure_changes_the_readme(monkeypatch):
    monkeypatch.setattr(report, 'results', lambda name, read=report.results: _slower(read(name)))
    assert report.drawn(README) != README


def _slower(figures):
    for value in figures.values():
        if isinstance(value, dict) and 'seconds' in value:
            value['seconds'] += 100
    return figures


def test_notebooks_state_no_less_than_what_was_measured():
    measured = report.results('notebooks')
    for name, figures in measured.items():
        first = (report.ROOT / 'notebooks' / f'{name}.ipynb').read_text()
        seconds = int(re.search(r'[Rr]un time:\*\*[^0-9]*(\d+) s', first)[1])
        memory = re.search(r'Memory:\*\*[^0-9]*(\d[\d.,]*) (MB|GB)', first)
        megabytes = float(memory[1].replace(',', '')) * (1000 if memory[2] == 'GB' else 1)
        assert figures['seconds'] < 1.3 * seconds and 0.5 * seconds < figures['seconds'], name
        assert 0.6 * megabytes < figures['MB'] < 1.3 * megabytes, name


def test_the_lstm_notebook_tells_what_speed_was_measured():
    text = (report.ROOT / 'notebooks' / 'LSTM.ipynb').read_text()
    row = report.results('speed')['threads']['1']['lstm forward + backward, N = 64']
    assert re.search(r'is (\S+) times as fast on one core', text)[1] == f"{row['textbook ms'] / row['ours ms']:.1f}"


def test_the_gans_notebook_tells_what_three_seeds_gave():
    text = (report.ROOT / 'notebooks' / 'GANs.ipynb').read_text()
    least, vanilla = map(int, re.search(r'Fréchet distance of (\d+) against (\d+)', text).groups())
    models = report.results('gan_quality')['models']
    assert [least, vanilla] == [round(models[name]['mean']['frechet']) for name in ('least squares', 'vanilla')]
