"""Plain values between processes: they come through whole, and nothing else does."""

import io
import struct
import zipfile

import numpy as np
import pytest

from cs231n.checks.grader import values


def npz(*entries, compress=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', compress) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def text(of):
    return 'text.npy', npy(np.frombuffer(of.encode(), np.uint8))


def test_values_come_through_whole():
    arrays = [np.arange(6.0).reshape(2, 3), np.zeros((0, 4), np.int8), np.array(True), np.array(2, np.uint64),
              np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)), np.array([np.nan, np.inf, -0.0])]
    value = {'arrays': arrays, 3: (1, None, 2.5, True, 'text'), 'nested': {'a': [[], {}]}}
    back = values.decode(values.encode(value))
    for one, other in zip(arrays, back.pop('arrays'), strict=True):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_array_equal(one, other)
    del value['arrays']
    assert back == value


def test_what_is_no_number_is_told_as_that_and_not_sent():
    for strange in (np.array(['x']), np.array([object()]), np.array([1j])):
        assert values.decode(values.encode([strange]))[0].dtype == object
    assert values.decode(values.encode(np.longdouble(1.5))).dtype == np.float64
    assert values.decode(values.encode('a\x1b[31m\u202eb\nc' + 'x' * 9999)).startswith('a[31mb c')


TRUTH = npy(np.zeros(3))
BAD = {
    'nothing': b'', 'garbage': b'garbage' * 99, 'cut off': values.encode([np.zeros(99)])[:-5],
    'no text': npz(('0.npy', TRUTH)), 'no JSON': npz(text('{')), 'deep': npz(text('[' * 10**5)),
    'an array that is not there': npz(text('{"array": 0}')), 'two keys': npz(text('{"array": 0, "dict": 1}')),
    'compressed': npz(text('1'), compress=zipfile.ZIP_DEFLATED),
    'pickled': npz(text('{"array": 0}'), ('0.npy', npy(np.array([{}], dtype=object)))),
    'a bomb': npz(('text.npy', bytes(2**24)), compress=zipfile.ZIP_DEFLATED),
    'too many': npz(text('1'), *((f'{k}.npy', TRUTH) for k in range(values.MANY + 1))),
    'larger than it is': npz(text('{"array": 0}'), ('0.npy', TRUTH.replace(b'(3,)', b'(9,)'))),
    'huge': npz(text('{"array": 0}'), ('0.npy', TRUTH.replace(b'(3,), }     ', b'(9999999999,)'[:12]))),
    'text in it': npz(text('{"array": 0}'), ('0.npy', npy(np.array(['x'])))),
    'another order': npz(text('{"array": 0}'), ('0.npy', npy(np.zeros(3, '>f8')))),
    'complex': npz(text('{"array": 0}'), ('0.npy', npy(np.zeros(3, complex)))),
    'a whole number that never ends': npz(text('9' * 10**5)),
}


@pytest.mark.parametrize('kind', BAD)
def test_all_else_is_garbage(kind):
    with pytest.raises(values.Garbage):
        values.decode(BAD[kind])


def test_entries_that_share_their_bytes_are_garbage():
    """A file that is larger unpacked although nothing in it is compressed."""
    whole = npz(text('1'), ('0.npy', npy(np.zeros(10**5))))
    start = whole.index(b'PK\x01\x02')
    end = whole.rindex(b'PK\x05\x06')
    directory = whole[start:end]
    last = directory[directory.rindex(b'PK\x01\x02'):]
    more = directory + last.replace(b'0.npy', b'1.npy')
    header = struct.pack('<4s4H2LH', b'PK\x05\x06', 0, 0, 3, 3, len(more), start, 0)
    with pytest.raises(values.Garbage, match='more in it than it has room for'):
        values.decode(whole[:start] + more + header)


@pytest.mark.parametrize('data', [b'x', struct.pack('>Q', 9) + b'12', *(struct.pack('>Q', 2**k) for k in (40, 63))])
def test_messages_that_are_cut_off_or_too_long_take_no_memory(data):
    with pytest.raises(values.Garbage):
        values.read(io.BytesIO(data), values.MOST)


def test_a_message_is_its_length_and_the_end_is_none():
    file = io.BytesIO()
    values.write(file, b'abc')
    file.seek(0)
    assert values.read(file) == b'abc' and values.read(file) is None
