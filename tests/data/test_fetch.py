"""The fetcher, both ways in, against a server on loopback that serves whole, cut, damaged, slow and missing files."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.mirror import (
    CAPTIONS,
    COCO,
    DIGITS,
    DIGITS_GZ,
    FULL,
    NET,
    PAINTINGS,
    PCA,
    PICTURE,
    ROOT,
    SCRIPT,
    STYLES,
    WAYS,
    WEIGHTS,
    Desk,
    assert_failed,
    assert_in_place,
    noise,
    rows,
    serving,
    sha,
    write_table,
    zipped,
)


@pytest.fixture
def mirror():
    with serving() as server:
        yield server


@pytest.fixture(params=WAYS)
def desk(request, tmp_path, mirror):
    return Desk(tmp_path, request.param, mirror.url)


def test_all_sets_arrive_and_a_second_run_asks_for_nothing(desk, mirror):
    assert_in_place(desk.run('all'))
    assert desk.files() == {
        'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA, 'val.npz': PICTURE, 'styles/styles.zip': STYLES,
        'styles/muse.jpg': noise(601, 6), 'styles/the_scream.jpg': noise(607, 7),
        'style-transfer-checks.npz': noise(503, 8), NET: WEIGHTS,
        f'{NET}.sha256': f'{sha(WEIGHTS)[7:]}  {NET}\n'.encode(),
        'MNIST/raw/d.gz': DIGITS_GZ, 'MNIST/raw/d': DIGITS,
    }
    assert not (desk.dest / '.download').exists()
    mirror.asked.clear()
    again = desk.run()
    assert_in_place(again)
    assert mirror.asked == [] and 'new ' not in again.stdout


def test_full_features_come_on_request(desk):
    assert_in_place(desk.run('coco', '--full-features'))
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA, 'coco/full.h5': FULL}


def test_dest_wins_over_the_environment(desk, tmp_path):
    assert_in_place(desk.run('imagenet', '--dest', str(tmp_path / 'else where')))
    assert (tmp_path / 'else where' / 'val.npz').read_bytes() == PICTURE and not desk.dest.exists()


def test_mirror_replaces_every_base_address(desk, mirror):
    write_table(desk.table, rows('http://127.0.0.1:9/deep/path'))
    assert_failed(desk.run('imagenet'), 'could not be fetched')
    assert_in_place(desk.run('imagenet', CS231N_MIRROR=mirror.url + '/'))


def test_a_redirect_is_followed(desk, mirror):
    mirror.modes['val.npz'] = 'moved'
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_missing_file(desk, mirror):
    mirror.modes['val.npz'] = 'missing'
    assert_failed(desk.run('imagenet'), 'val.npz could not be fetched: the server has no such file',
                  'not in place: imagenet')
    assert desk.files() == {}


def test_one_dead_source_does_not_stop_the_others(desk, mirror):
    mirror.modes['coco.zip'] = 'missing'
    run = desk.run('coco', 'imagenet')
    assert_failed(run, 'coco.zip could not be fetched')
    assert run.stderr.endswith('not in place: coco\n') and desk.files() == {'val.npz': PICTURE}


@pytest.mark.parametrize('mode', ['cut', 'slow'])
def test_a_broken_transfer_is_taken_up_where_it_stopped(desk, mirror, mode):
    mirror.modes['val.npz'] = mode
    assert_failed(desk.run('imagenet', CS231N_STALL='2'), 'could not be fetched')
    kept = desk.files()
    assert list(kept) == ['.download/val.npz.part']
    size = len(kept['.download/val.npz.part'])
    assert 0 < size < len(PICTURE)
    mirror.modes.clear()
    mirror.asked.clear()
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [('val.npz', f'bytes={size}-')]
    assert desk.files() == {'val.npz': PICTURE}


def test_a_cut_transfer_is_tried_again_in_the_same_run(desk, mirror):
    mirror.modes['val.npz'] = 'cut'
    with desk.start('imagenet', CS231N_TRIES='9') as process:
        assert mirror.part_sent.wait(300)
        mirror.modes.clear()
        process.communicate(timeout=600)
    assert process.returncode == 0 and desk.files() == {'val.npz': PICTURE}


def test_a_server_without_ranges_sends_the_whole_again(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE[:100])
    mirror.modes['val.npz'] = 'no ranges'
    run = desk.run('imagenet', CS231N_TRIES='2')
    assert run.returncode == 0, run.stderr
    assert desk.files() == {'val.npz': PICTURE}


def test_a_kept_part_that_is_too_long_is_fetched_anew(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE + b'more')
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [('val.npz', None)] and desk.files() == {'val.npz': PICTURE}


@pytest.mark.parametrize('kept', [b'other' * 1000, b'x' * len(PICTURE)])
def test_a_kept_part_that_does_not_fit_is_fetched_anew(desk, kept):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(kept)
    run = desk.run('imagenet')
    assert run.returncode == 0, run.stderr
    assert desk.files() == {'val.npz': PICTURE}


def test_a_complete_part_is_only_checked_and_renamed(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE)
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [] and desk.files() == {'val.npz': PICTURE}


def test_a_complete_part_of_unknown_size(desk):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download', NET + '.part').write_bytes(WEIGHTS)
    run = desk.run('squeezenet')
    assert run.returncode == 0, run.stderr
    assert desk.files()[NET] == WEIGHTS and set(desk.files()) == {NET, f'{NET}.sha256'}


@pytest.mark.parametrize('name, what', [('val.npz', 'imagenet'), ('styles.zip', 'styles'), ('d.gz', 'mnist')])
def test_a_damaged_file_is_refused_and_leaves_nothing(desk, mirror, name, what):
    mirror.modes[name] = 'damaged'
    assert_failed(desk.run(what), f'{name} is damaged', f'not in place: {what}')
    assert desk.files() == {}
    mirror.modes.clear()
    assert_in_place(desk.run(what))


def test_a_damaged_file_in_place_is_replaced(desk):
    desk.dest.mkdir()
    (desk.dest / 'val.npz').write_bytes(PICTURE[:-1] + b'?')
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_a_good_file_in_place_outlives_a_failure(desk, mirror):
    assert_in_place(desk.run('coco'))
    (desk.dest / 'coco/pca.h5').write_bytes(b'broken')
    mirror.modes['coco.zip'] = 'no length'
    assert_failed(desk.run('coco'), 'cannot unpack pca.h5')
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': b'broken'}
    mirror.modes.clear()
    assert_in_place(desk.run('coco'))
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA}


def test_an_archive_cut_short_without_anybody_noticing(desk, mirror):
    mirror.modes['coco.zip'] = 'no length'
    assert_failed(desk.run('coco'), 'cannot unpack captions.h5')
    assert desk.files() == {}


def test_a_member_with_a_wrong_checksum(desk, mirror):
    mirror.files['coco.zip'] = zipped({'coco_captioning/captions.h5': noise(len(CAPTIONS), 99)})
    assert_failed(desk.run('coco'), 'captions.h5 in coco.zip is damaged')
    assert desk.files() == {}


@pytest.mark.parametrize('evil', ['../styles/evil.jpg', '/styles/evil.jpg', 'a/styles/../styles/evil.jpg',
                                  'styles/-rf.jpg', 'styles/..\\evil.jpg', 'styles/a b.jpg'])
def test_hostile_member_names_are_not_unpacked(desk, mirror, tmp_path, evil):
    hostile = zipped({**PAINTINGS, evil: b'evil', 'x/style-transfer-checks.npz': b'fine'})
    mirror.files['styles.zip'] = hostile
    write_table(desk.table, rows(mirror.url, styles=hostile))
    assert_in_place(desk.run('styles'))
    assert set(desk.files()) == {'styles/styles.zip', 'styles/muse.jpg', 'styles/the_scream.jpg',
                                 'style-transfer-checks.npz'}
    assert not [path for path in tmp_path.rglob('*') if 'evil' in path.name or '-rf' in path.name]


def test_an_unpacked_file_that_was_changed_is_restored(desk, mirror):
    assert_in_place(desk.run('styles'))
    (desk.dest / 'styles/muse.jpg').write_bytes(b'scribble')
    mirror.asked.clear()
    assert_in_place(desk.run('styles'))
    assert (desk.dest / 'styles/muse.jpg').read_bytes() == noise(601, 6) and mirror.asked == []


@pytest.mark.parametrize('sent', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_then_a_run_that_completes(desk, mirror, sent):
    mirror.modes['val.npz'] = 'slow'
    with desk.start('imagenet') as process:
        assert mirror.part_sent.wait(300)
        while not any((desk.dest / '.download').glob('*.part')):
            time.sleep(0.01)
        process.send_signal(sent)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and 'interrupted' in err
    assert set(desk.files()) <= {'.download/val.npz.part'}
    mirror.modes.clear()
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_an_interrupt_while_unpacking(desk, mirror):
    with desk.start('coco', SLEEP='1') as process:
        while not any(desk.dest.rglob('unpacked/captions.h5')):
            time.sleep(0.01)
        process.terminate()
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and 'interrupted' in err
    assert desk.files() == {'.download/coco.zip': COCO}
    mirror.asked.clear()
    assert_in_place(desk.run('coco'))
    assert mirror.asked == [] and desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA}


def test_two_runs_at_once(desk, mirror):
    mirror.modes['val.npz'] = 'slow'
    with desk.start('imagenet') as first:
        assert mirror.part_sent.wait(300)
        assert_failed(desk.run('imagenet'), f'process {first.pid} is already fetching')
        mirror.modes.clear()
        first.terminate()
        first.communicate(timeout=600)
    desk.dest.joinpath('.download').mkdir(exist_ok=True)
    desk.dest.joinpath('.download/lock').write_text(f'{first.pid}\n')
    assert_in_place(desk.run('imagenet'))


def test_too_little_room_is_said_before_anything_is_fetched(desk, mirror):
    assert_failed(desk.run('imagenet', FREE=str(len(PICTURE) - 1)), '1 MB are needed', 'only 0 MB free')
    assert mirror.asked == [] and desk.files() == {}
    assert_in_place(desk.run('imagenet', FREE=str(len(PICTURE))))
    assert_in_place(desk.run('imagenet', FREE='0'))


def test_room_for_the_archive_is_asked_for_once(desk):
    need = len(COCO) + len(CAPTIONS) + len(PCA)
    assert_failed(desk.run('coco', FREE=str(need - 1)), 'are needed')
    assert_in_place(desk.run('coco', FREE=str(need)))


def test_a_disk_that_fills_up_during_the_transfer(desk):
    run = desk.run('imagenet', prefix='ulimit -f 8;')
    assert run.returncode == 1 and 'val.npz' in run.stderr
    assert 'val.npz' not in desk.files()
    assert_in_place(desk.run('imagenet'))


def test_a_disk_that_fills_up_while_unpacking(desk, mirror):
    big = bytes(60_000)
    mirror.files['coco.zip'] = zipped({'coco_captioning/captions.h5': big})
    member = ('coco', 'coco/captions.h5', len(big), sha(big), 'coco.zip//captions.h5')
    write_table(desk.table, [rows(mirror.url)[0], member])
    run = desk.run('coco', prefix='ulimit -f 8;')
    assert_failed(run, 'cannot unpack captions.h5')
    assert not any(name.startswith('coco/') for name in desk.files())
    assert_in_place(desk.run('coco'))


def test_help_and_bad_words(desk):
    helped = desk.run('--help')
    assert helped.returncode == 0 and 'usage:' in helped.stdout and helped.stderr == ''
    assert_failed(desk.run('cifar'), 'usage:', "'cifar' is not known")
    assert_failed(desk.run('coco', '--dest'), '--dest needs a folder')
    assert_failed(desk.run('imagenet', CS231N_TRIES='many'), 'whole numbers')
    assert_failed(desk.run('imagenet', '--full-features'), 'goes with coco')
    assert_failed(desk.run('imagenet', CS231N_FILES='/nowhere.tsv'), '/nowhere.tsv')
    assert not desk.dest.exists()


def test_the_script_without_python_says_so(tmp_path, mirror):
    desk = Desk(tmp_path, 'script', mirror.url)
    (desk.bin / 'python3').unlink()
    alone = shutil.copy(SCRIPT, tmp_path)  # beside no .venv
    run = subprocess.run([str(desk.bin / 'bash'), alone, 'all'], env=desk.env, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (1, 'get_datasets.sh: needs Python 3.10 or newer\n')


def test_nothing_but_python_is_needed(tmp_path, mirror):
    """The fetcher runs before anything is installed: -I -S leaves Python alone with its own library."""
    desk = Desk(tmp_path, 'module', mirror.url)
    code = f'import sys; sys.path.append({str(ROOT)!r}); from cs231n.data.fetch import main; sys.exit(main())'
    run = subprocess.run([sys.executable, '-I', '-S', '-c', code, 'coco', 'squeezenet'], env=desk.env,
                         capture_output=True, text=True)
    assert_in_place(run)


def test_a_folder_that_cannot_be_made(desk, tmp_path):
    (tmp_path / 'file').write_text('')
    assert_failed(desk.run('imagenet', '--dest', str(tmp_path / 'file' / 'x')), 'cannot write in')


def test_windows_line_ends_in_the_table(desk):
    desk.table.write_bytes(desk.table.read_bytes().replace(b'\n', b'\r\n'))
    assert_in_place(desk.run('imagenet', 'styles'))


def test_the_real_table_is_well_formed():
    text = (ROOT / 'datasets/files.tsv').read_text()
    lines = [line.split('\t') for line in text.splitlines() if line[0] != '#']
    sets = {'coco', 'coco-pca', 'coco-full', 'imagenet', 'styles', 'squeezenet', 'mnist'}
    assert {line[0] for line in lines} == sets
    names = {Path(line[1]).name for line in lines}
    for _, path, size, checksum, source in lines:
        assert re.fullmatch(r'~?\d+|-', size), path
        assert re.fullmatch(r'sha256:([0-9a-f]{64}|b8a52dc0)|md5:[0-9a-f]{32}|-', checksum), path
        archive, _, member = source.partition('//')
        assert source.startswith(('http://', 'https://')) or (archive in names and member), path
