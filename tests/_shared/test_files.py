"""Files appear whole or not at all, and what is in the way is named."""

import os

import pytest

from cs231n._shared.files import replacing, write_atomically


def test_a_missing_folder_is_made(tmp_path):
    write_atomically(tmp_path / 'a/b/c.txt', 'text')
    assert (tmp_path / 'a/b/c.txt').read_text(encoding='utf-8') == 'text'


def in_the_way(folder, how):
    """Return a path that cannot be written, in a folder."""
    if how == 'a file in place of a folder':
        (folder / 'file').write_text('', encoding='utf-8')
        return folder / 'file' / 'c.txt'
    if how == 'a folder in place of the file':
        (folder / 'c.txt').mkdir()
        return folder / 'c.txt'
    return folder / ('x' * 300)


@pytest.mark.parametrize('how', ['a file in place of a folder', 'a folder in place of the file', 'too long a name'])
def test_what_is_in_the_way_is_named_and_nothing_temporary(tmp_path, how):
    path = in_the_way(tmp_path, how)
    with pytest.raises(OSError) as error:
        write_atomically(path, b'data')
    assert error.value.filename == str(path) and '.tmp' not in str(error.value)
    assert not [name for _, _, names in os.walk(tmp_path) for name in names if name.endswith('.tmp')]


def test_an_error_of_the_writer_stays_what_it_is(tmp_path):
    with pytest.raises(OSError, match='disk full'), replacing(tmp_path / 'c.txt'):
        raise OSError('disk full')
    assert list(tmp_path.iterdir()) == []
