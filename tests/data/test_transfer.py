"""What servers do wrong, and what a damaged folder holds: nothing is lost, nothing spoiled is taken, nothing blocks."""

import contextlib
import email.utils
import os
import time

import pytest

from tests.support.mirror import (
    CAPTIONS,
    COCO,
    NET,
    PCA,
    PICTURE,
    WEIGHTS,
    Desk,
    assert_failed,
    assert_in_place,
    serving,
    sha,
)


@pytest.fixture
def mirror():
    with serving() as server:
        yield server


@pytest.fixture
def desk(tmp_path, mirror):
    return Desk(tmp_path, 'module', mirror.url)


# ---- what goes wrong out there ----


def keep_part(desk, name='val.npz', data=PICTURE[:20_000]):
    (desk.dest / '.download').mkdir(parents=True, exist_ok=True)
    (desk.dest / '.download' / f'{name}.part').write_bytes(data)


@pytest.mark.parametrize('status', [400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504])
def test_an_error_of_the_server_keeps_what_came_before(desk, mirror, status):
    keep_part(desk)
    mirror.modes['val.npz'] = status
    assert_failed(desk.run('imagenet'), 'val.npz could not be fetched', 'not in place: imagenet')
    assert desk.files() == {'.download/val.npz.part': PICTURE[:20_000]}
    mirror.modes.clear()
    mirror.asked.clear()
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [('val.npz', 'bytes=20000-')] and desk.files() == {'val.npz': PICTURE}


@pytest.mark.parametrize('status', [408, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(desk, mirror, status):
    mirror.modes['val.npz'], mirror.headers = [status], {'Retry-After': '1'}
    run = desk.run('imagenet', CS231N_TRIES='2')
    assert_in_place(run)
    assert len(mirror.asked) == 2 and f'again in 1 s: the server answered {status}' in run.stdout


def test_a_server_that_stays_busy_is_named_so(desk, mirror):
    mirror.modes['val.npz'], mirror.headers = 503, {'Retry-After': '0'}
    run = desk.run('imagenet', CS231N_TRIES='3')
    assert_failed(run, 'val.npz could not be fetched: the server answered 503')
    assert 'no such file' not in run.stderr and len(mirror.asked) == 3


@pytest.mark.parametrize('date', [False, True])
def test_a_server_that_wants_hours_of_rest_is_not_waited_for(desk, mirror, date):
    later = email.utils.formatdate(time.time() + 7200, usegmt=True) if date else '7200'
    mirror.modes['val.npz'], mirror.headers = 429, {'Retry-After': later}
    assert_failed(desk.run('imagenet', CS231N_TRIES='3'), 'left alone for 7')
    assert len(mirror.asked) == 1


@pytest.mark.parametrize('mode', ['trickle', 'drip', 'mute'])
def test_a_transfer_that_crawls_is_given_up(desk, mirror, mode):
    mirror.modes['val.npz'] = mode
    assert_failed(desk.run('imagenet', CS231N_STALL='1'), 'the transfer stood still')
    mirror.modes.clear()
    assert_in_place(desk.run('imagenet'))


@pytest.mark.parametrize('mode', ['too long', 'endless'])
@pytest.mark.parametrize('begun', [b'', PICTURE[:20_000]])
def test_a_file_that_is_longer_than_it_may_be_is_not_taken(desk, mirror, mode, begun):
    if begun:
        keep_part(desk, data=begun)
    mirror.modes['val.npz'] = mode
    assert_failed(desk.run('imagenet'), 'val.npz', 'is damaged')
    assert sum(map(len, desk.files().values())) <= len(PICTURE)
    mirror.modes.clear()
    assert_in_place(desk.run('imagenet'))


def test_a_file_of_roughly_known_size_is_bounded_too(desk, mirror):
    mirror.files['coco.zip'] = COCO + bytes(len(COCO))
    assert_failed(desk.run('coco'), 'coco.zip could not be fetched: it is damaged')
    assert desk.files() == {}


@pytest.mark.parametrize('path, what', [('val.npz', 'imagenet'), ('coco/pca.h5', 'coco'), ('styles/muse.jpg', 'styles'),
                                        ('MNIST/raw/d', 'mnist'), (NET, 'squeezenet')])
def test_a_folder_in_the_place_of_a_file_is_named(desk, path, what):
    (desk.dest / path).mkdir(parents=True)
    assert_failed(desk.run(what), path, 'is a folder, where a file belongs', f'not in place: {what}')
    assert (desk.dest / path).is_dir() and not any((desk.dest / path).iterdir())


@pytest.mark.parametrize('text', ['', 'no number\n', 'alive\n', '1\n'])
def test_a_lock_left_behind_blocks_nobody(desk, text):
    """Whatever process has its number today."""
    text = text.replace('alive', str(os.getpid()))
    (desk.dest / '.download').mkdir(parents=True)
    (desk.dest / '.download/lock').write_text(text)
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_a_killed_run_leaves_no_lock(desk, mirror):
    mirror.modes['val.npz'] = 'slow'
    with desk.start('imagenet') as process:
        assert mirror.part_sent.wait(300)
        process.kill()
    mirror.modes.clear()
    assert_in_place(desk.run('imagenet'))


def test_three_at_once_fetch_once(desk, mirror):
    (desk.dest / '.download').mkdir(parents=True)
    (desk.dest / '.download/lock').write_text('999999\n')
    mirror.modes['val.npz'] = 'mute'
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(desk.start('imagenet')) for _ in range(3)]
        assert mirror.part_sent.wait(300)
        while sum(run.poll() is not None for run in runs) < 2:
            time.sleep(0.01)
        mirror.modes.clear()
        told = [run.communicate(timeout=600)[1] for run in runs if run.poll() == 1]
        assert len(told) == 2 and all('is already fetching' in text for text in told)
    assert [name for name, _ in mirror.asked] == ['val.npz']


@pytest.mark.parametrize('resumed', ['spoiled', 'elsewhere', 416])
def test_a_cut_and_a_bad_resume_start_anew(desk, mirror, resumed):
    mirror.modes['val.npz'] = ['cut', resumed, 'whole']
    run = desk.run('imagenet', CS231N_TRIES='2')
    assert_in_place(run)
    assert desk.files() == {'val.npz': PICTURE} and 'fetched anew' in run.stdout


@pytest.mark.parametrize('resumed', ['spoiled', 'elsewhere', 416])
def test_an_archive_without_a_checksum_is_fetched_anew_too(desk, mirror, resumed):
    mirror.modes['coco.zip'] = ['cut', resumed, 'whole']
    run = desk.run('coco', CS231N_TRIES='2')
    assert_in_place(run)
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA} and 'fetched anew' in run.stdout


def test_a_kept_archive_that_is_damaged_is_fetched_anew(desk, mirror):
    (desk.dest / '.download').mkdir(parents=True)
    (desk.dest / '.download/coco.zip').write_bytes(COCO[:-40])
    assert_in_place(desk.run('coco'))
    assert len(mirror.asked) == 1 and desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA}


def test_a_checksum_known_in_part_is_noted_in_full(desk, mirror):
    run = desk.run('squeezenet')
    assert_in_place(run)
    note = desk.dest / f'{NET}.sha256'
    assert sha(WEIGHTS)[7:] in run.stdout and note.read_text() == f'{sha(WEIGHTS)[7:]}  {NET}\n'
    another = sha(WEIGHTS)[7:15] + '0' * 56  # what would pass for the table
    note.write_text(f'{another}  {NET}\n')
    assert_failed(desk.run('squeezenet'), f'is damaged: its sha256 is not {another}')
    note.unlink()
    mirror.asked.clear()
    assert 'note' in desk.run('squeezenet').stdout and note.is_file() and mirror.asked == []


@pytest.mark.parametrize('address', ['file:///etc/passwd', 'ftp://127.0.0.1/', 'no address'])
def test_another_kind_of_address_is_refused(desk, address):
    assert_failed(desk.run('imagenet', CS231N_MIRROR=address), 'must begin with http:// or https://')


@pytest.mark.parametrize('line', ['imagenet\tval.npz\t12', 'imagenet\tval.npz\tmany\t-\thttp://h/val.npz',
                                  'imagenet\tval.npz\t12\tcrc:12345678\thttp://h/val.npz',
                                  'imagenet\tval.npz\t12\tsha256:12\thttp://h/val.npz'])
def test_a_line_of_the_table_that_is_no_line(desk, line):
    desk.table.write_text(f'# comment\n{line}\n')
    assert_failed(desk.run('imagenet'), f'{desk.table}, line 2: must be')


def test_words_in_any_order(desk):
    assert_in_place(desk.run('imagenet', '--dest', str(desk.dest), 'squeezenet'))


def test_a_log_gets_few_lines(desk, mirror):
    run = desk.run('all')
    assert_in_place(run)
    assert '\r' not in run.stdout + run.stderr and len(run.stdout.splitlines()) < 30
