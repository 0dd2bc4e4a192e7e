"""Plain values between two processes that do not trust each other.

A message is its length in eight bytes, then an .npz file, not compressed, so that it is no larger unpacked. It holds
arrays of numbers and one text, JSON, that says where they belong. Reading it can make nothing but numbers, texts, None,
lists and dictionaries of these: nothing is unpickled, and nothing in it is run.
"""

import io
import json
import math
import struct
import unicodedata
import zipfile

import numpy as np
from numpy.lib import format as npy

MOST = 32 * 2**20   # bytes in an answer
MANY = 2000         # arrays in a message
LONG = 2000         # characters of one text
MOST_TEXT = 2**20   # bytes of all that is no array: it takes many times as much when it is read
ENTRY = b'PK\1\2'    # begins an entry in the list of a zip, and hardly ever stands in an array
HEAD = 'text'       # the entry that says where the arrays belong
KINDS = 'buif'      # of numbers: booleans, integers, floats


class Garbage(Exception):
    """The bytes are not a message."""


def encode(value):
    """Return the message with a value in it, without its length: bytes."""
    arrays = []
    text = json.dumps(_packed(value, arrays)).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED) as archive:
        for name, array in [(HEAD, np.frombuffer(text, np.uint8)), *((str(k), one) for k, one in enumerate(arrays))]:
            with archive.open(f'{name}.npy', 'w', force_zip64=True) as entry:
                npy.write_array(entry, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
    return file.getvalue()


def _packed(value, arrays):
    """Return the value as JSON has it; arrays are put aside, and stand there as {'array': their number}."""
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in KINDS:
            return {'no numbers': 0}
        arrays.append(value.astype(float) if value.dtype.itemsize > 8 else value)
        return {'array': len(arrays) - 1}
    if isinstance(value, dict):
        return {'dict': [[_packed(key, arrays), _packed(one, arrays)] for key, one in value.items()]}
    if isinstance(value, (list, tuple)):
        packed = [_packed(one, arrays) for one in value]
        return {'tuple': packed} if isinstance(value, tuple) else packed
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)[:LONG]


def decode(data):
    """Return the value in a message. Garbage if there is none, or if it is larger than it says."""
    try:
        if data.count(ENTRY) > 2 * MANY:  # before a list of them is made
            raise Garbage('more in it than a message has')
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MANY or sum(one.file_size for one in entries) > len(data):
                raise Garbage('more in it than it has room for')
            if any(one.compress_type != zipfile.ZIP_STORED or one.flag_bits & 1 for one in entries):
                raise Garbage('a compressed or encrypted entry')
            arrays = {one.filename: _array(archive.read(one)) for one in entries}
        text = arrays[f'{HEAD}.npy'].tobytes()
        if len(text) > MOST_TEXT:
            raise Garbage('more text than a message has')
        return _unpacked(json.loads(text), arrays)
    except Garbage:
        raise
    except Exception as error:  # zipfile, NumPy and JSON raise a dozen types on what is damaged
        raise Garbage(type(error).__name__) from None


def _array(data):
    """Return the array of an .npy file. It is never made larger than the bytes that are there."""
    file = io.BytesIO(data)
    if npy.read_magic(file) != (1, 0):
        raise Garbage('another version of .npy')
    shape, by_columns, dtype = npy.read_array_header_1_0(file)
    if by_columns or dtype.kind not in KINDS or not dtype.isnative or dtype.itemsize > 8:
        raise Garbage(f'an array of {dtype}')
    size = math.prod(shape) * dtype.itemsize
    if len(shape) > 8 or any(length < 0 for length in shape) or size != len(data) - file.tell():
        raise Garbage('an array with a wrong shape')
    return np.frombuffer(data, dtype, offset=file.tell()).reshape(shape).copy()


def _unpacked(value, arrays):
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_unpacked(one, arrays) for one in value]
    if isinstance(value, dict):
        (kind, content), = value.items()
        if kind == 'array':
            return arrays[f'{int(content)}.npy']
        if kind == 'tuple':
            return tuple(_unpacked(one, arrays) for one in content)
        if kind == 'dict':
            return {_unpacked(key, arrays): _unpacked(one, arrays) for key, one in content}
        return np.empty(1, dtype=object)  # what is no array of numbers, without what was in it
    return value


def plain(text, longest=LONG):
    """One line without control characters, nor those that turn the direction of writing: safe on any terminal."""
    text = ' '.join(text[:longest].split())
    return ''.join(one for one in text if unicodedata.category(one) not in ('Cc', 'Cf', 'Cs', 'Co', 'Zl', 'Zp'))


def write(file, data):
    """Write a message to a binary file."""
    file.write(struct.pack('>Q', len(data)))
    file.write(data)
    file.flush()


def read(file, most=None):
    """Return the bytes of the next message; None at the end of the file. Garbage if it is cut off, or too large."""
    length = _exactly(file, 8)
    if length is None:
        return None
    length, = struct.unpack('>Q', length)
    if most is not None and length > most:
        raise Garbage(f'{length} bytes, more than {most}')
    data = _exactly(file, length)
    if data is None and length:
        raise Garbage('cut off')
    return data


def _exactly(file, count):
    """So many bytes; None at the end of the file. Memory is taken as they come, not as they are announced."""
    parts, missing = [], count
    while missing:
        part = file.read(min(missing, 2**20))
        if not part:
            if parts:
                raise Garbage('cut off')
            return None
        parts.append(part)
        missing -= len(part)
    return b''.join(parts)
