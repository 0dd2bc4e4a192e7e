"""The drawn world: the same bytes every time, and a truth that fits the picture."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.sample_world.scenes.palette import COLOURS, sample
from cs231n.sample_world.scenes.places import PLACES
from cs231n.sample_world.scenes.scenes import SIZE, SIZES, SPLITS, plan, scene
from cs231n.sample_world.scenes.things import KINDS

STORED = Path(__file__).with_name('thumbnails.json')  # 8 x 8 thumbnails; scene_thumbnails() makes them


def scene_thumbnails():
    """Means over 28 x 28 pixels of one scene of each split, rounded: a picture's look, but not its anti-aliasing."""
    means = {split: scene(split, 7).image.reshape(8, 28, 8, 28, 3).mean(axis=(1, 3)) for split in SPLITS}
    return {split: np.rint(mean).astype(int).ravel().tolist() for split, mean in means.items()}


def test_scenes_look_as_they_did():
    stored = json.loads(STORED.read_text())
    for split, thumbnail in scene_thumbnails().items():
        assert np.abs(np.subtract(thumbnail, stored[split])).max() <= 2, split


def test_scenes_are_the_same_bytes_in_another_process():
    code = ('import hashlib; from cs231n.sample_world.scenes.scenes import SPLITS, scene\n'
            'print(hashlib.sha256(b"".join(scene(s, i).image.tobytes() + scene(s, i).masks.tobytes()'
            ' for s in SPLITS for i in (3, 0, 5))).hexdigest())')
    first, second = (subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout
                     for _ in range(2))
    assert first == second and len(first.strip()) == 64


@pytest.mark.parametrize('split', SPLITS)
def test_a_scene_and_its_truth_fit_together(split):
    for index in range(40):
        s = scene(split, index)
        assert s.image.shape == (SIZE, SIZE, 3) and s.image.dtype == np.uint8
        assert s.masks.shape == (len(s.things), SIZE, SIZE) and s.masks.dtype == bool
        assert s.masks.sum(axis=0).max() <= 1, 'a pixel belongs to one thing at most'
        assert len({t.kind for t in s.things}) == len(s.things) and 1 <= len(s.things) <= max(SPLITS[split][1])
        for thing, mask in zip(s.things, s.masks, strict=True):
            assert thing.kind in KINDS and thing.colour in COLOURS and thing.size in SIZES
            rows, cols = np.nonzero(mask)
            assert mask.sum() > 0.1 * thing.side ** 2 * (0.3 if split == 'fit' else 1), (split, index, thing)
            assert abs(rows.mean() - thing.y) < 0.3 * thing.side and abs(cols.mean() - thing.x) < 0.3 * thing.side
        assert s.place in PLACES or split == 'fit'
        assert not s.image.flags.writeable


def test_a_thing_has_the_colour_that_the_truth_names():
    """The median colour of a thing's pixels is nearer to its own colour's centre than to most others."""
    ranks = []
    centres = {name: np.float32(centre) for name, (centre, _) in COLOURS.items()}
    for index in range(120):
        s = scene('test', index)
        if s.things[0].kind in ('bicycle', 'lighthouse', 'windmill'):  # half of what one sees is not the colour
            continue
        pixels = s.image[s.masks[0]].astype(np.float32)
        votes = [min(centres, key=lambda name: np.abs(p - centres[name]).sum()) for p in pixels[::17]]
        order = sorted(set(votes), key=votes.count)[::-1]
        ranks.append(order.index(s.things[0].colour) if s.things[0].colour in order else 9)
    assert np.mean(np.array(ranks) <= 1) > 0.9


def test_no_two_scenes_are_alike_and_all_kinds_places_and_colours_occur():
    plans = [plan('train', i) for i in range(2000)]
    assert {t.kind for p in plans for t in p[2]} == set(KINDS)
    assert {t.colour for p in plans for t in p[2]} == set(COLOURS)
    assert {p[0] for p in plans} == set(PLACES)
    assert len({(p[0], p[1], p[2]) for p in plans}) == len(plans)
    assert {len(p[2]) for p in plans} == {1, 2, 3}


def test_the_labelled_splits_hold_every_kind_equally_often():
    for split in ('classes', 'test'):
        assert [plan(split, i)[2][0].kind for i in range(48)] == [*KINDS, *KINDS]


def test_the_plan_is_what_gets_painted():
    place, _, things, _ = plan('val', 12)
    assert scene('val', 12).things == things and scene('val', 12).place == place


def test_colours_stay_near_their_names():
    rng = np.random.RandomState(0)
    for name, (centre, spread) in COLOURS.items():
        values = np.stack([sample(name, rng) for _ in range(50)])
        assert values.dtype == np.float32 and np.abs(values - centre).max() <= spread and values.std(axis=0).min() > 1


@pytest.mark.parametrize('split, index, message', [('tset', 0, 'split'), ('val', -1, 'index')])
def test_bad_addresses_are_named(split, index, message):
    with pytest.raises(ValueError, match=message):
        scene(split, index)
