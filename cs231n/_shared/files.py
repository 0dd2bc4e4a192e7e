"""Writing files whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`, which replaces it when the block ends well, and goes when it does not.

    A missing folder is made. OSError that names `path` if something is in the way.
    """
    path = Path(path)
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name[:100]}.', suffix='.tmp')
        os.close(handle)
    try:
        yield Path(name)
        with _naming(path):
            os.chmod(name, 0o644)  # mkstemp's 0600 would hide a page from a web server
            os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an OSError name the file that was wanted, not the temporary one, which nobody knows."""
    try:
        yield
    except OSError as error:
        code = errno.ENOTDIR if isinstance(error, FileExistsError) else error.errno or 0  # a file in a folder's place
        raise OSError(code, os.strerror(code), str(path)) from error


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write text or bytes to `path`: never a half-written file."""
    with replacing(path) as part:
        part.write_bytes(content.encode('utf-8') if isinstance(content, str) else content)
