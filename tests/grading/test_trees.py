"""Zips and folders of strangers: what is opened, and what is refused with a sentence."""

import io
import os
import stat
import struct
import zipfile

import pytest

from cs231n.grading import trees
from cs231n.grading.trees import Refused, open_folder, open_zip


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """A zip as a file; entries: (name or ZipInfo, data)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return io.BytesIO(file.getvalue())


def special(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def test_regular_files_are_read_and_what_machines_leave_behind_is_not():
    tree = open_zip(zipped(('a/b.py', 'x = 1'), ('__MACOSX/a/._b.py', 'no'), ('.git/config', 'no'),
                           ('.venv/bin/python', 'no'), ('a/.DS_Store', 'no'), ('empty/', '')))
    tree.check()
    assert tree.sizes == {'a/b.py': 5}
    assert tree.read('a/b.py', 5) == b'x = 1'
    assert tree.below('a').read('b.py', 100) == b'x = 1'


@pytest.mark.parametrize('name', ['../evil.py', 'a/../../evil.py', '/etc/evil.py', 'C:/evil.py', 'a\\..\\evil.py',
                                  'a//b.py', './a.py', '__MACOSX/../../evil.py', 'a\nb.py', 'a\x1b[2J.py', 'n' * 2000])
def test_a_name_that_is_no_plain_path_is_refused(name):
    with pytest.raises(Refused, match=r'path|name'):
        open_zip(zipped((name, 'x'), ('a.py', 'x'))).check()


@pytest.mark.parametrize('mode', [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK, stat.S_IFBLK])
def test_a_link_or_device_in_a_zip_is_refused_unless_nobody_looks_there(mode):
    with pytest.raises(Refused, match='no regular file'):
        open_zip(zipped((special('cs231n/rnn_layers.py', mode | 0o777), '/etc/passwd'))).check()
    open_zip(zipped((special('.venv/bin/python', mode | 0o777), '/usr/bin/python3'))).check()


def test_two_entries_of_one_name_are_refused():
    with pytest.warns(UserWarning, match='Duplicate'):
        file = zipped(('a.py', 'x = 1'), ('a.py', 'x = 2'))
    with pytest.raises(Refused, match='twice'):
        open_zip(file).check()


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(('a.py', 'x = 1')).getvalue())
    data[data.index(b'PK\x01\x02') + 8] |= 1
    with pytest.raises(Refused, match='encrypted'):
        open_zip(io.BytesIO(data)).check()


@pytest.mark.parametrize('method', [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_can_grow_without_a_bound_is_refused(method):
    with pytest.raises(Refused, match='deflate'):
        open_zip(zipped(('a.py', 'x = 1' * 100), method=method)).check()


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does():
    bomb = zipped(('a.py', b'\0' * 10_000_000)).getvalue()
    with pytest.raises(Refused, match='10 MB'):
        open_zip(io.BytesIO(bomb)).read('a.py', 2**20)
    lie = bytearray(bomb)  # both headers say 100 bytes
    for mark, at in ((b'PK\x01\x02', 24), (b'PK\x03\x04', 22)):
        struct.pack_into('<I', lie, lie.index(mark) + at, 100)
    with pytest.raises(Refused, match=r'damaged|more than'):
        open_zip(io.BytesIO(lie)).read('a.py', 2**20)


def test_too_many_files_or_too_much_is_refused(monkeypatch):
    many = zipped(*((f'{k}.py', 'x') for k in range(11)))
    monkeypatch.setattr(trees, 'MAX_ENTRIES', 10)
    with pytest.raises(Refused, match='11 files, at most 10'):
        open_zip(many).check()
    monkeypatch.setattr(trees, 'MAX_UNPACKED', 100)
    with pytest.raises(Refused, match='unpacks to'):
        open_zip(zipped(('a.py', 'x' * 60), ('b.py', 'x' * 60))).check()
    monkeypatch.setattr(trees, 'MAX_DIRECTORY', 100)
    with pytest.raises(Refused, match='list of files'):
        open_zip(many)
    monkeypatch.setattr(trees, 'MAX_ARCHIVE', 100)
    with pytest.raises(Refused, match='at most'):
        open_zip(many)


def test_a_list_of_files_of_64_bits_is_refused():
    data = zipped(('a.py', 'x')).getvalue()
    at = data.rindex(trees.END)
    with pytest.raises(Refused, match='list of files'):
        open_zip(io.BytesIO(data[:at] + trees.LOCATOR_64 + bytes(16) + data[at:]))


@pytest.mark.parametrize('data', [b'', b'PK', b'no zip at all', zipped(('a.py', 'x' * 1000)).getvalue()[:-30],
                                  b'\x00' * 100 + b'PK\x05\x06' + b'\xff' * 18],
                         ids=['empty', 'cut at once', 'a text', 'cut', 'a list of nothing'])  # in every process
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(Refused, match=r'zip|list of files'):
        open_zip(io.BytesIO(data))


def test_damaged_contents_are_refused():
    data = bytearray(zipped(('a.py', os.urandom(1000))).getvalue())
    data[200] ^= 255
    with pytest.raises(Refused, match='damaged'):
        open_zip(io.BytesIO(data)).read('a.py', 2000)


def test_a_name_in_utf_8_that_does_not_say_so_is_read():
    data = zipped(('x' * 10, 'x')).getvalue().replace(b'x' * 10, 'übungsü.'.encode())
    assert list(open_zip(io.BytesIO(data)).sizes) == ['übungsü.']


def test_links_and_pipes_in_a_folder_are_named_and_never_followed(tmp_path):
    (tmp_path / 'secret').write_text('secret')
    home = tmp_path / 'home'
    home.mkdir()
    (home / 'a.py').write_text('x = 1')
    (home / 'link.py').symlink_to(tmp_path / 'secret')
    (home / 'loop').symlink_to(home)
    os.mkfifo(home / 'pipe.py')
    tree = open_folder(home)
    assert tree.sizes == {'a.py': 5}
    assert set(tree.bad) == {'link.py', 'loop', 'pipe.py'}
    with pytest.raises(Refused, match='no regular file'):
        tree.check()
    (home / 'a.py').unlink()
    (home / 'a.py').symlink_to(tmp_path / 'secret')  # after it was looked at
    with pytest.raises(Refused, match='no regular file'):
        tree.read('a.py', 100)


def test_a_very_deep_folder_is_no_trouble(tmp_path):
    deep = tmp_path
    for _ in range(300):
        deep = deep / 'deep'
    os.makedirs(deep)
    (deep / 'a.py').write_text('x')
    with pytest.raises(Refused, match='no name'):
        open_folder(tmp_path).check()
