"""The figures of the notebook NetworkVisualization are those that its benchmark has measured."""

import json
import re

import nbformat
import pytest
import torch

from benchmarks import visualization_truth as truth
from cs231n._shared.paths import ROOT
from cs231n.sample_world.weights import sample_weights, stored_weights

FIGURES = json.loads(truth.RESULTS.read_text())


@pytest.fixture(scope='module')
def prose():
    """The text of the notebook, on one line."""
    notebook = nbformat.read(ROOT / 'notebooks' / 'NetworkVisualization.ipynb', 4)
    return ' '.join(' '.join(cell.source for cell in notebook.cells if cell.cell_type == 'markdown').split())


def test_the_notebook_tells_how_good_saliency_maps_are(prose):
    s = FIGURES['saliency']
    scenes, ratio, near, inside, before = map(int, re.search(
        r'Over (\d+) unseen scenes .* the thing is (\d+) times as salient .* within 4 pixels of the thing in (\d+) %'
        r' of the scenes, and strictly inside its outline in (\d+) %.*inside the outline in only (\d+) %',
        prose).groups())
    assert (scenes, ratio) == (s['scenes'], round(s['on_over_off_all_scenes']))
    assert (near, inside) == (round(100 * s['peak_within_4_pixels']), round(100 * s['peak_on_thing']))
    assert before == round(100 * FIGURES['saliency_untaught']['peak_on_thing'])


def test_the_notebook_tells_how_easy_fooling_is(prose):
    f = FIGURES['fooling']
    pairs, fooled, typical, worst = re.search(
        r'Over (\d+) random pairs .*, (\d+) succeed within 100 steps, with a typical change of (\S+) grey levels'
        r' and of (\S+) at worst', prose).groups()
    assert int(pairs) == f['pairs'] and int(fooled) == round(f['pairs'] * f['fooled_within_100_steps'])
    assert typical == f"{f['rms_change_of_255_median']:.1f}" and worst == f"{f['rms_change_of_255_largest']:.1f}"
    pairs, stored = map(int, re.search(r'In our (\d+) pairs only (\d+) % still fool', prose).groups())
    assert (pairs, stored) == (f['pairs'], round(100 * f['still_fooled_when_stored_in_8_bits']))


def test_the_notebook_tells_how_its_dreams_are_recognised(prose):
    c = FIGURES['class_pictures']
    found = re.search(r'Of (\d+) such pictures, two of each class, the network recognises (\d+) when', prose)
    of, own = map(int, found.groups())
    assert (of, own) == (c['pictures'], c['seen_as_asked'])


def test_the_notebook_tells_which_rival_is_ahead(prose):
    r = FIGURES['rivals']
    scenes, *ratios = map(int, re.search(
        r'Over (\d+) unseen scenes the thing is typically (\d+) times as bright as the rest in the map of the gradient,'
        r' (\d+) times in that of Grad-CAM, (\d+) in that of SmoothGrad and (\d+) in that of occlusion',
        prose).groups())
    names = 'gradient', 'Grad-CAM', 'SmoothGrad', 'occlusion'
    assert scenes == r['scenes'] and ratios == [round(r[name]['on_over_off_median_scene']) for name in names]


def test_weights_are_read_with_and_without_what_reads_off_the_features(tmp_path):
    weights, read = sample_weights()
    stored = weights | {f'read.{name}': value for name, value in read.items()}
    for given in (weights, stored):
        torch.save(given, tmp_path / 'weights.pt')
        net = truth.network(stored_weights(tmp_path / 'weights.pt')[0])
        assert torch.equal(net.classifier[1].weight, weights['classifier.1.weight'])


def test_a_few_scenes_agree_with_the_figures():
    found = truth.saliency_truth(truth.network(sample_weights()[0]), count=20, batch=10)
    assert found['scenes'] == 20 and found['peak_on_thing'] <= found['peak_within_4_pixels']
    assert abs(found['peak_within_4_pixels'] - FIGURES['saliency']['peak_within_4_pixels']) < 0.15
    assert abs(found['peak_on_thing'] - FIGURES['saliency']['peak_on_thing']) < 0.2
    assert found['on_over_off_all_scenes'] > 4
