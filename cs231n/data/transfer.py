"""One file over HTTP, into a part that outlives every failure and is taken up where it ends.

The transport is the standard library's, with `Range`. Of the well-kept libraries pooch and torch.hub throw the part
away, and requests and urllib3 leave resuming, checking what was resumed and a lowest speed to their callers, so that
nearly all of these lines would be needed with them as well. And like this `get_datasets.sh` works with any Python,
before anything is installed.
"""

import email.utils
import http.client
import re
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from functools import cache

AGAIN = {408, 425, 429, 500, 502, 503, 504}  # answers of a server that may think otherwise in a moment
SLOWEST = 1000      # bytes a second, averaged over the time after which a transfer counts as standing still
LONGEST_WAIT = 600  # seconds that a server may ask us to wait
FORWARD = 2**20     # a try that brought so many bytes is not counted as a failed one


class FetchError(Exception):
    """What went wrong, in words for the reader; `wait` is None if trying again makes no sense, else seconds."""

    def __init__(self, text, wait=None):
        super().__init__(text)
        self.wait = wait


class CannotResume(FetchError):
    """The server does not take up where the kept bytes end."""


@cache
def opener():
    """Return what opens addresses: the system's proxies and certificates, and certifi's where it is installed."""
    context = ssl.create_default_context()
    try:
        import certifi
        context.load_verify_locations(certifi.where())  # some systems have no certificates of their own
    except ImportError:
        pass
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def size_of(path):
    """Return the bytes of a file, 0 if there is none."""
    return path.stat().st_size if path.is_file() else 0


def fill(part, address, size, limit, tries=3, stall=30):
    """Fetch `address` into the file `part`, going on after the bytes that are there.

    size: the bytes it must have, None if not known. limit: the bytes it may have. tries: how often, stall: seconds
    after which a transfer slower than SLOWEST is given up. Returns whether the part was put together from pieces.
    FetchError: it could not be fetched; what came is kept in `part`.
    """
    if size_of(part) > limit:
        part.unlink()
    pieces, failed = size_of(part) > 0, 0
    while size is None or size_of(part) != size:
        before = size_of(part)
        try:
            pieces = _Attempt(part, address, size, limit, stall).run() or pieces
            break
        except CannotResume:
            return True  # whole perhaps: the checksum knows
        except FetchError as error:
            failed = 0 if size_of(part) >= before + FORWARD else failed + 1
            if error.wait is None or failed >= tries:
                raise FetchError(f'{address} could not be fetched: {error}') from error
            print(f'     again in {error.wait} s: {error}', flush=True)
            time.sleep(error.wait)
        finally:
            if part.is_file() and not size_of(part):
                part.unlink()
    return pieces


class _Attempt:
    """One try. It works in a thread: looking up a name has no time limit, and a trickle never times out."""

    def __init__(self, part, address, size, limit, stall):
        self.part, self.address, self.size, self.limit, self.stall = part, address, size, limit, stall
        self.kept, self.came, self.total, self.error = size_of(part), 0, size, None
        self.stopped, self.writing = False, threading.Lock()

    def run(self):
        """Return whether bytes that were there before were used. FetchError: it failed."""
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        show = _Progress(self)
        try:
            self._watch(thread, show)
        finally:
            show.end()
            with self.writing:  # from here on the thread, should it still live, does not touch the part
                self.stopped = True
        if self.error is not None:
            raise self.error
        return self.kept > 0

    def _watch(self, thread, show):
        mark, since = 0, time.monotonic()
        while thread.is_alive():
            thread.join(0.1)
            show.update()
            if time.monotonic() - since >= self.stall:
                if self.came - mark < SLOWEST * self.stall and thread.is_alive():
                    raise FetchError('the transfer stood still', wait=1)
                mark, since = self.came, time.monotonic()

    def _work(self):
        try:
            self._receive()
        except FetchError as error:
            self.error = error
        except Exception as error:
            self.error = _in_words(error)

    def _receive(self):
        headers = {'User-Agent': 'Mozilla/5.0 (cs231n assignment)'}
        if self.kept:
            headers['Range'] = f'bytes={self.kept}-'
        try:
            response = opener().open(urllib.request.Request(self.address, headers=headers), timeout=self.stall)
        except urllib.error.HTTPError as error:
            error.close()  # it holds the connection
            if error.code == 416 and self.kept:
                raise CannotResume('the server does not go on where the kept bytes end') from None
            raise
        with response:
            offered = self._look_at(response)
            with self._open() as file:
                while block := response.read1(2**16):
                    self._write(file, block)
        if offered and self.kept + self.came < offered:
            raise FetchError('the connection was cut', wait=1)

    def _look_at(self, response):
        """Return how many bytes the whole file has, None if nobody says so, and set what of the part is used."""
        if response.status == 206:
            start = re.match(r'bytes (\d+)-', response.headers.get('Content-Range') or '')
            if not start or int(start[1]) != self.kept:
                raise CannotResume('the server does not go on where the kept bytes end')
        elif response.status == 200:
            self.kept = 0
        else:
            raise FetchError(f'the server answered {response.status} {response.reason}')
        length = response.headers.get('Content-Length') or ''
        offered = self.kept + int(length) if length.isdigit() else self.size
        self.total = offered
        if offered and (offered > self.limit or self.size not in (None, offered)):
            raise FetchError(f'it is damaged: {offered} bytes instead of {self.size or f"{self.limit} at most"}')
        return offered

    def _open(self):
        with self.writing:
            if self.stopped:
                raise FetchError('given up')
            try:
                return open(self.part, 'ab' if self.kept else 'wb')
            except OSError as error:
                raise FetchError(f'cannot write {self.part}: {error.strerror}') from error

    def _write(self, file, block):
        if self.kept + self.came + len(block) > self.limit:
            raise FetchError(f'it is damaged: more than {self.limit} bytes')
        with self.writing:
            if self.stopped:
                raise FetchError('given up')
            try:
                file.write(block)
                file.flush()
            except OSError as error:
                raise FetchError(f'the disk does not take the data: {error.strerror}') from error
        self.came += len(block)


def _in_words(error):
    """Return a FetchError that says what an error of the network means, and when to try again."""
    if isinstance(error, urllib.error.HTTPError):
        return _of_status(error)
    error = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchError(f'the secure connection failed: {error.verify_message}')
    for kinds, text in (((socket.gaierror,), 'the host was not found'),
                        ((ConnectionRefusedError,), 'the host refuses the connection'),
                        ((TimeoutError,), 'the transfer stood still'),
                        ((ssl.SSLError,), 'the secure connection failed'),
                        ((ConnectionError, http.client.HTTPException), 'the connection was cut')):
        if isinstance(error, kinds):
            return FetchError(text, wait=1)
    if isinstance(error, ValueError):
        return FetchError(f'not an address: {error}')
    return FetchError(f'the network failed: {error}', wait=1)


def _of_status(error):
    text = f'the server answered {error.code} {error.reason}'
    if error.code in (404, 410):
        return FetchError('the server has no such file')
    if error.code not in AGAIN:
        return FetchError(text)
    wait = _seconds(error.headers.get('Retry-After'))
    if wait > LONGEST_WAIT:
        return FetchError(f'{text} and wants to be left alone for {wait} s: try again then')
    return FetchError(text, wait=wait)


def _seconds(retry_after):
    """Return the seconds that a `Retry-After` header names, as a number or as a date; 2 if it is not there."""
    if retry_after and retry_after.strip().isdigit():
        return int(retry_after)
    try:
        date = email.utils.parsedate_to_datetime(retry_after or '')
        return max(0, round(date.timestamp() - time.time()))
    except (TypeError, ValueError):
        return 2


class _Progress:
    """How far a transfer is: a line that is written over on a terminal, one every ten seconds in a log."""

    def __init__(self, attempt):
        self.attempt, self.terminal = attempt, sys.stderr.isatty()
        self.start, self.shown = time.monotonic(), time.monotonic()

    def update(self):
        now = time.monotonic()
        if now - self.shown < (0.5 if self.terminal else 10):
            return
        self.shown, done = now, self.attempt.kept + self.attempt.came
        text = f'     {done / 1e6:.1f}' + (f' of {self.attempt.total / 1e6:.1f}' if self.attempt.total else '')
        text += f' MB, {self.attempt.came / 1e6 / (now - self.start):.2f} MB a second'
        if self.terminal:
            print(f'\r{text:60}', end='', file=sys.stderr, flush=True)
        else:
            print(text, flush=True)

    def end(self):
        if self.terminal:
            print(f'\r{"":60}\r', end='', file=sys.stderr, flush=True)
