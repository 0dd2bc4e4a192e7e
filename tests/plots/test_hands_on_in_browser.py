"""The cells to play with, clicked in a real browser under JupyterLab."""

import json
import os
import shutil
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import sync_playwright

from cs231n._shared.paths import ROOT
from tests.support.slices import cells_for, names

BROWSERS = 'chromium', 'chromium-browser', 'google-chrome', 'chrome'
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason='needs chromium: no such browser is installed')

TAG = 'hands-on'
PATIENCE = 180_000  # milliseconds, on a busy machine
RUN_ALL = """patience => Promise.race([  // to the end, which takes the focus from whatever has it
    window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true),
    new Promise(done => setTimeout(done, patience))])"""
ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
PLAYED = [path.stem for path in sorted((ROOT / 'notebooks').glob('*.ipynb')) if f'"{TAG}"' in path.read_text('utf-8')]
SETTINGS = {  # all cells are on the page, and nothing is asked
    'notebook-extension/tracker': {'windowingMode': 'none'},
    'apputils-extension/notification': {'fetchNews': 'false', 'checkForUpdates': False},
}
TINY = """
import matplotlib.pyplot as plt
from cs231n.plots.hands_on import button, choice, hands_on, slider
from cs231n.plots.theme import curve, show

def draw(height, count, factor, sign, again):
    fig, axis = plt.subplots(figsize=(4, 2))
    axis.plot([0, sign * height * count * factor + again], **curve(again))
    axis.set_ylim(-20, 20)
    show(fig, f'A line {height:.2f} {count} {factor:.2f} {sign} {again}')

hands_on(draw, height=slider('height', 0.5, 2.0, 1.0), count=slider('count', 1, 9, 2), again=button('draw again'),
         factor=slider('factor', 0.1, 10.0, 1.0, log=True), sign=choice('sign', {'up': 1, 'down': -1}))
"""


@pytest.fixture(scope='module')
def lab(tmp_path_factory):
    """JupyterLab on loopback: its folder of notebooks, and the address of one of them."""
    folder = tmp_path_factory.mktemp('lab')
    for name, content in SETTINGS.items():
        path = folder / f'settings/@jupyterlab/{name}.jupyterlab-settings'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    (folder / 'work').mkdir()
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), 'CS231N_DATA': 'sample', 'CS231N_PROGRESS': '0',
                   'JUPYTERLAB_SETTINGS_DIR': str(folder / 'settings'), 'IPYTHONDIR': str(folder / 'ipython')}
    environment |= {f'JUPYTER_{kind}_DIR': str(folder / kind) for kind in ('CONFIG', 'DATA', 'RUNTIME')}
    root = ['--allow-root'] if hasattr(os, 'getuid') and os.getuid() == 0 else []
    command = [sys.executable, '-m', 'jupyterlab', '--no-browser', '--ip=127.0.0.1', '--port=0', *root,
               f'--ServerApp.root_dir={folder / "work"}', '--LabApp.expose_app_in_browser=True']
    with open(folder / 'log', 'w') as log, \
            subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log) as server:
        try:
            while not (found := list(folder.glob('RUNTIME/jpserver-*.json'))):
                assert server.poll() is None, (folder / 'log').read_text()
                time.sleep(0.1)
            time.sleep(0.2)  # the file is there a moment before it is whole
            given = json.loads(found[0].read_text())
            yield folder / 'work', f"{given['url']}lab/tree/%s?token={given['token']}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture(scope='module')
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=['--no-sandbox', '--disable-gpu'])
        yield chromium
        chromium.close()


def opened(browser, lab, name, cells):
    """The page of a notebook of these cells, once all of them have run in JupyterLab."""
    folder, address = lab
    nbformat.write(v4.new_notebook(cells=cells, metadata={
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}}), folder / f'{name}.ipynb')
    page = browser.new_page(viewport={'width': 1200, 'height': 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address % f'{name}.ipynb')
    page.wait_for_selector('text=/\\| Idle$/')  # the line of state: a kernel is there
    page.evaluate(RUN_ALL, PATIENCE)
    boxes = page.locator('.widget-vbox:has(> .widget-image)')
    playing = sum(TAG in cell.metadata.get('tags', []) for cell in cells)
    page.wait_for_function("""([count, error]) => document.querySelectorAll(error).length
                           || document.querySelectorAll('.jp-OutputArea .widget-image').length == count""",
                           arg=[playing, ERROR])
    assert page.locator(ERROR).all_inner_texts() == []
    return page, [boxes.nth(k) for k in range(playing)]


def operate(control):
    """Change a control as a person would."""
    if (options := control.locator('select')).count():
        chosen = options.evaluate('select => select.selectedIndex')
        options.select_option(index=0 if chosen else 1)
    elif (handle := control.locator('.noUi-handle')).count():
        at_the_end = handle.get_attribute('aria-valuenow') == handle.get_attribute('aria-valuemax')
        handle.press('ArrowLeft' if at_the_end else 'ArrowRight')
    else:
        control.click()


def play(page, box):
    """Operate each control of a box once; return the words below the picture after each."""
    picture, words, said = box.locator('.widget-image'), box.locator('.widget-html'), []
    for control in box.locator('> .widget-box > *').all():
        before = picture.get_attribute('src')
        operate(control)
        page.wait_for_function("""([picture, words, before]) =>
                               picture.src !== before || words.innerText.includes("Error")""",
                               arg=[picture.element_handle(), words.element_handle(), before])
        said.append(words.inner_text())
    return said


def test_every_kind_of_control_draws_anew(browser, lab):
    page, (box,) = opened(browser, lab, 'tiny', [v4.new_code_cell(TINY, metadata={'tags': [TAG]})])
    assert box.locator('.widget-html').inner_text() == 'A line 1.00 2 1.00 1 0'
    play(page, box)
    page.wait_for_function('words => words.innerText == "A line 1.03 3 1.10 -1 1"',
                           arg=box.locator('.widget-html').element_handle())
    page.close()


@pytest.mark.slow  # what one plays with in a notebook rests on cells that take a while
@pytest.mark.parametrize('name', PLAYED)
def test_the_cells_of_the_notebook_answer(browser, lab, name):
    notebook = nbformat.read(ROOT / 'notebooks' / f'{name}.ipynb', 4)
    cells = cells_for(notebook, TAG)
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    page, boxes = opened(browser, lab, name, cells)
    for box in boxes:
        assert all(said and 'Error' not in said for said in play(page, box))
    page.close()


@pytest.mark.parametrize('source, given, taken', [
    ('%matplotlib inline\nx = y + 1\nz = x', {'x', 'z'}, {'y'}),
    ('def f(a, b=c):\n    d = a\n    return d + e', {'f'}, {'c', 'e'}),
    ('import a.b as c, d.e\nfrom f import g', {'c', 'd', 'g'}, set()),
    ('x = x + 1', {'x'}, {'x'}),
])
def test_the_names_of_a_cell(source, given, taken):
    assert names(source) == (given, taken)
