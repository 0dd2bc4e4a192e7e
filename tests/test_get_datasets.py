"""The fetcher, both ways in, against a server on loopback that serves whole, cut, damaged, slow and missing files."""

import contextlib
import email.utils
import gzip
import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "get_datasets.sh"
WAYS = {'script': f'exec bash "{SCRIPT}" "$@"', 'module': 'exec python3 -m cs231n.data.fetch "$@"'}
# What the tests pretend of the machine: how much room the disk has, and that unpacking takes long.
HOOKS = """
import collections, os, shutil, time, zipfile
if 'FREE' in os.environ:
    shutil.disk_usage = lambda path: collections.namedtuple('usage', 'free')(int(os.environ['FREE']))
if 'SLEEP' in os.environ:
    zipfile.ZipExtFile.read = lambda self, n: time.sleep(100)
"""


class Mirror:
    """A web server whose files misbehave as `modes[name]` says; `asked` lists (name, Range header)."""

    def __init__(self):
        self.files, self.modes, self.asked, self.headers = {}, {}, [], {}
        self.part_sent, self.release = threading.Event(), threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    mirror.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler):
        name = handler.path.rsplit("/", 1)[-1]
        mode, data = self.modes.get(name, "whole"), self.files.get(name)
        self.asked.append((name, handler.headers.get("Range")))
        if mode == "moved" and not handler.path.startswith("/moved/"):
            handler.send_response(302)
            handler.send_header("Location", f"{self.url}/moved/{name}")
            handler.send_header("Content-Length", "0")
            handler.send_header("Connection", "close")  # or wget may reuse a connection that is closing
            return handler.end_headers()
        if data is None or mode == "missing":
            return handler.send_error(404)
        if isinstance(mode, list):  # one answer after the other
            mode = mode.pop(0) if mode else "whole"
        if isinstance(mode, int):
            handler.send_response(mode)
            for header in self.headers.items():
                handler.send_header(*header)
            handler.send_header("Content-Length", "0")
            return handler.end_headers()
        if mode == "mute":
            self.part_sent.set()
            return self.release.wait(100)
        if mode == "drip":
            return self.drip(handler, b"HTTP/1.0 200 OK\r\nX: " + b"x" * 10_000)
        start = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
        start = int(start[1]) if start and mode != "no ranges" else 0
        if start >= len(data):
            return handler.send_error(416)
        if mode == "too long":
            data += bytes(300_000)
        if mode == "endless":
            mode, data = "unmeasured", data + bytes(2**24)
        if mode == "elsewhere" and start:
            start -= 1
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if mode not in ("no length", "unmeasured"):
            handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        if mode == "trickle":
            return self.drip(handler, data[start:])
        if mode == "spoiled" and start:
            data = bytes(len(data))
        if mode == "damaged":
            data = bytes([data[0] ^ 1]) + data[1:]
        if mode in ("cut", "slow", "no length"):
            handler.wfile.write(data[start:start + (99 if mode == "slow" else (len(data) - start) // 2)])
            handler.wfile.flush()
            self.part_sent.set()
            if mode == "slow":
                self.release.wait(100)
        else:
            handler.wfile.write(data[start:])

    def drip(self, handler, data):
        """Send a byte every 20 ms: never silent, never done."""
        for i in range(len(data)):
            handler.wfile.write(data[i:i + 1])
            handler.wfile.flush()
            if self.release.wait(0.02):
                return

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def noise(size, seed):
    return b"".join(hashlib.sha256(b"%d %d" % (seed, i)).digest() for i in range(-(-size // 32)))[:size]


PICTURE = noise(40_009, 1)
WEIGHTS = noise(5_003, 2)
CAPTIONS, PCA, FULL = noise(3_001, 3), noise(2_003, 4), noise(7_001, 5)
PAINTINGS = {"a3/styles/muse.jpg": noise(601, 6), "a3/styles/the_scream.jpg": noise(607, 7)}
STYLES = zipped({**PAINTINGS, "a3/style-transfer-checks.npz": noise(503, 8), "a3/x.py": b""})
COCO = zipped({"coco_captioning/captions.h5": CAPTIONS, "__MACOSX/coco_captioning/captions.h5": b"no",
               "coco_captioning/pca.h5": PCA, "coco_captioning/full.h5": FULL, "x.txt": b"no"})
DIGITS = noise(4_001, 9)
DIGITS_GZ = gzip.compress(DIGITS, mtime=0)


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def md5(data):
    return "md5:" + hashlib.md5(data).hexdigest()


NET = f"net-{sha(WEIGHTS)[7:15]}.pth"


def rows(url, styles=STYLES):
    """A table of the same make as datasets/files.tsv, for small files."""
    return [
        ("coco", ".download/coco.zip", f"~{len(COCO)}", "-", f"{url}/coco.zip"),
        ("coco", "coco/captions.h5", len(CAPTIONS), sha(CAPTIONS), "coco.zip//captions.h5"),
        ("coco-pca", "coco/pca.h5", len(PCA), sha(PCA), "coco.zip//pca.h5"),
        ("coco-full", "coco/full.h5", len(FULL), sha(FULL), "coco.zip//full.h5"),
        ("imagenet", "val.npz", len(PICTURE), sha(PICTURE), f"{url}/val.npz"),
        ("styles", "styles/styles.zip", len(styles), sha(styles), f"{url}/styles.zip"),
        ("styles", "styles/*.jpg", "-", "-", "styles.zip//styles/*.jpg"),
        ("styles", "style-transfer-checks.npz", "-", "-", "styles.zip//style-transfer-checks.npz"),
        ("squeezenet", NET, "~5000000", sha(WEIGHTS)[:15], f"{url}/{NET}"),
        ("mnist", "MNIST/raw/d.gz", len(DIGITS_GZ), md5(DIGITS_GZ), f"{url}/d.gz"),
        ("mnist", "MNIST/raw/d", len(DIGITS), "-", "d.gz//d"),
    ]


def write_table(path, lines):
    path.write_text("# comment\n" + "".join("\t".join(map(str, line)) + "\n" for line in lines))


@pytest.fixture
def mirror():
    server = Mirror()
    server.files = {"coco.zip": COCO, "val.npz": PICTURE, "styles.zip": STYLES, NET: WEIGHTS,
                    "d.gz": DIGITS_GZ}
    yield server
    server.close()


class Desk:
    """A folder to fetch into, and one way to the fetcher with nothing on PATH but what it may rely on."""

    def __init__(self, folder, way, url):
        self.way, self.folder = way, folder
        self.dest, self.bin, self.table = folder / "data sets", folder / "bin", folder / "files.tsv"
        self.bin.mkdir()
        for name in ("bash", "dirname"):
            (self.bin / name).symlink_to(shutil.which(name))
        (self.bin / "python3").symlink_to(sys.executable)
        (self.bin / "sitecustomize.py").write_text(HOOKS)
        write_table(self.table, rows(url))
        self.env = {"PATH": str(self.bin), "HOME": str(folder), "LC_ALL": "C", "no_proxy": "*",
                    "CS231N_FILES": str(self.table), "CS231N_DATASETS": str(self.dest),
                    "CS231N_STALL": "60", "CS231N_TRIES": "1",
                    "PYTHONPATH": f"{self.bin}{os.pathsep}{ROOT}" if way == "module" else str(self.bin)}

    @contextlib.contextmanager
    def start(self, *words, prefix="", **env):
        command = [str(self.bin / "bash"), "-c", f"{prefix} {WAYS[self.way]}", "fetch", *words]
        with subprocess.Popen(command, env={**self.env, **env}, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *words, **options):
        with self.start(*words, **options) as process:
            out, err = process.communicate(timeout=600)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def files(self):
        found = [path for path in self.dest.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.dest)): path.read_bytes() for path in found}


@pytest.fixture(params=WAYS)
def desk(request, tmp_path, mirror):
    return Desk(tmp_path, request.param, mirror.url)


def assert_in_place(run):
    assert run.returncode == 0, run.stderr
    assert run.stderr == "" and "in place" in run.stdout


def assert_failed(run, *words):
    assert run.returncode == 1
    for word in words:
        assert word in run.stderr
    assert "Traceback" not in run.stderr


def test_all_sets_arrive_and_a_second_run_asks_for_nothing(desk, mirror):
    assert_in_place(desk.run("all"))
    assert desk.files() == {
        "coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA, "val.npz": PICTURE, "styles/styles.zip": STYLES,
        "styles/muse.jpg": noise(601, 6), "styles/the_scream.jpg": noise(607, 7),
        "style-transfer-checks.npz": noise(503, 8), NET: WEIGHTS,
        f"{NET}.sha256": f"{sha(WEIGHTS)[7:]}  {NET}\n".encode(),
        "MNIST/raw/d.gz": DIGITS_GZ, "MNIST/raw/d": DIGITS,
    }
    assert not (desk.dest / ".download").exists()
    mirror.asked.clear()
    again = desk.run()
    assert_in_place(again)
    assert mirror.asked == [] and "new " not in again.stdout


def test_full_features_come_on_request(desk):
    assert_in_place(desk.run("coco", "--full-features"))
    assert desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA, "coco/full.h5": FULL}


def test_dest_wins_over_the_environment(desk, tmp_path):
    assert_in_place(desk.run("imagenet", "--dest", str(tmp_path / "else where")))
    assert (tmp_path / "else where" / "val.npz").read_bytes() == PICTURE and not desk.dest.exists()


def test_mirror_replaces_every_base_address(desk, mirror):
    write_table(desk.table, rows("http://127.0.0.1:9/deep/path"))
    assert_failed(desk.run("imagenet"), "could not be fetched")
    assert_in_place(desk.run("imagenet", CS231N_MIRROR=mirror.url + "/"))


def test_a_redirect_is_followed(desk, mirror):
    mirror.modes["val.npz"] = "moved"
    assert_in_place(desk.run("imagenet"))
    assert desk.files() == {"val.npz": PICTURE}


def test_missing_file(desk, mirror):
    mirror.modes["val.npz"] = "missing"
    assert_failed(desk.run("imagenet"), "val.npz could not be fetched: the server has no such file",
                  "not in place: imagenet")
    assert desk.files() == {}


def test_one_dead_source_does_not_stop_the_others(desk, mirror):
    mirror.modes["coco.zip"] = "missing"
    run = desk.run("coco", "imagenet")
    assert_failed(run, "coco.zip could not be fetched")
    assert run.stderr.endswith("not in place: coco\n") and desk.files() == {"val.npz": PICTURE}


@pytest.mark.parametrize("mode", ["cut", "slow"])
def test_a_broken_transfer_is_taken_up_where_it_stopped(desk, mirror, mode):
    mirror.modes["val.npz"] = mode
    assert_failed(desk.run("imagenet", CS231N_STALL="2"), "could not be fetched")
    kept = desk.files()
    assert list(kept) == [".download/val.npz.part"]
    size = len(kept[".download/val.npz.part"])
    assert 0 < size < len(PICTURE)
    mirror.modes.clear()
    mirror.asked.clear()
    assert_in_place(desk.run("imagenet"))
    assert mirror.asked == [("val.npz", f"bytes={size}-")]
    assert desk.files() == {"val.npz": PICTURE}


def test_a_cut_transfer_is_tried_again_in_the_same_run(desk, mirror):
    mirror.modes["val.npz"] = "cut"
    with desk.start("imagenet", CS231N_TRIES="9") as process:
        assert mirror.part_sent.wait(300)
        mirror.modes.clear()
        process.communicate(timeout=600)
    assert process.returncode == 0 and desk.files() == {"val.npz": PICTURE}


def test_a_server_without_ranges_sends_the_whole_again(desk, mirror):
    desk.dest.joinpath(".download").mkdir(parents=True)
    desk.dest.joinpath(".download/val.npz.part").write_bytes(PICTURE[:100])
    mirror.modes["val.npz"] = "no ranges"
    run = desk.run("imagenet", CS231N_TRIES="2")
    assert run.returncode == 0, run.stderr
    assert desk.files() == {"val.npz": PICTURE}


def test_a_kept_part_that_is_too_long_is_fetched_anew(desk, mirror):
    desk.dest.joinpath(".download").mkdir(parents=True)
    desk.dest.joinpath(".download/val.npz.part").write_bytes(PICTURE + b"more")
    assert_in_place(desk.run("imagenet"))
    assert mirror.asked == [("val.npz", None)] and desk.files() == {"val.npz": PICTURE}


@pytest.mark.parametrize("kept", [b"other" * 1000, b"x" * len(PICTURE)])
def test_a_kept_part_that_does_not_fit_is_fetched_anew(desk, kept):
    desk.dest.joinpath(".download").mkdir(parents=True)
    desk.dest.joinpath(".download/val.npz.part").write_bytes(kept)
    run = desk.run("imagenet")
    assert run.returncode == 0, run.stderr
    assert desk.files() == {"val.npz": PICTURE}


def test_a_complete_part_is_only_checked_and_renamed(desk, mirror):
    desk.dest.joinpath(".download").mkdir(parents=True)
    desk.dest.joinpath(".download/val.npz.part").write_bytes(PICTURE)
    assert_in_place(desk.run("imagenet"))
    assert mirror.asked == [] and desk.files() == {"val.npz": PICTURE}


def test_a_complete_part_of_unknown_size(desk):
    desk.dest.joinpath(".download").mkdir(parents=True)
    desk.dest.joinpath(".download", NET + ".part").write_bytes(WEIGHTS)
    run = desk.run("squeezenet")
    assert run.returncode == 0, run.stderr
    assert desk.files()[NET] == WEIGHTS and set(desk.files()) == {NET, f"{NET}.sha256"}


@pytest.mark.parametrize("name, what", [("val.npz", "imagenet"), ("styles.zip", "styles"), ("d.gz", "mnist")])
def test_a_damaged_file_is_refused_and_leaves_nothing(desk, mirror, name, what):
    mirror.modes[name] = "damaged"
    assert_failed(desk.run(what), f"{name} is damaged", f"not in place: {what}")
    assert desk.files() == {}
    mirror.modes.clear()
    assert_in_place(desk.run(what))


def test_a_damaged_file_in_place_is_replaced(desk):
    desk.dest.mkdir()
    (desk.dest / "val.npz").write_bytes(PICTURE[:-1] + b"?")
    assert_in_place(desk.run("imagenet"))
    assert desk.files() == {"val.npz": PICTURE}


def test_a_good_file_in_place_outlives_a_failure(desk, mirror):
    assert_in_place(desk.run("coco"))
    (desk.dest / "coco/pca.h5").write_bytes(b"broken")
    mirror.modes["coco.zip"] = "no length"
    assert_failed(desk.run("coco"), "cannot unpack pca.h5")
    assert desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": b"broken"}
    mirror.modes.clear()
    assert_in_place(desk.run("coco"))
    assert desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA}


def test_an_archive_cut_short_without_anybody_noticing(desk, mirror):
    mirror.modes["coco.zip"] = "no length"
    assert_failed(desk.run("coco"), "cannot unpack captions.h5")
    assert desk.files() == {}


def test_a_member_with_a_wrong_checksum(desk, mirror):
    mirror.files["coco.zip"] = zipped({"coco_captioning/captions.h5": noise(len(CAPTIONS), 99)})
    assert_failed(desk.run("coco"), "captions.h5 in coco.zip is damaged")
    assert desk.files() == {}


@pytest.mark.parametrize("evil", ["../styles/evil.jpg", "/styles/evil.jpg", "a/styles/../styles/evil.jpg",
                                  "styles/-rf.jpg", "styles/..\\evil.jpg", "styles/a b.jpg"])
def test_hostile_member_names_are_not_unpacked(desk, mirror, tmp_path, evil):
    hostile = zipped({**PAINTINGS, evil: b"evil", "x/style-transfer-checks.npz": b"fine"})
    mirror.files["styles.zip"] = hostile
    write_table(desk.table, rows(mirror.url, styles=hostile))
    assert_in_place(desk.run("styles"))
    assert set(desk.files()) == {"styles/styles.zip", "styles/muse.jpg", "styles/the_scream.jpg",
                                 "style-transfer-checks.npz"}
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name or "-rf" in path.name]


def test_an_unpacked_file_that_was_changed_is_restored(desk, mirror):
    assert_in_place(desk.run("styles"))
    (desk.dest / "styles/muse.jpg").write_bytes(b"scribble")
    mirror.asked.clear()
    assert_in_place(desk.run("styles"))
    assert (desk.dest / "styles/muse.jpg").read_bytes() == noise(601, 6) and mirror.asked == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_then_a_run_that_completes(desk, mirror, sent):
    mirror.modes["val.npz"] = "slow"
    with desk.start("imagenet") as process:
        assert mirror.part_sent.wait(300)
        while not any((desk.dest / ".download").glob("*.part")):
            time.sleep(0.01)
        process.send_signal(sent)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and "interrupted" in err
    assert set(desk.files()) <= {".download/val.npz.part"}
    mirror.modes.clear()
    assert_in_place(desk.run("imagenet"))
    assert desk.files() == {"val.npz": PICTURE}


def test_an_interrupt_while_unpacking(desk, mirror):
    with desk.start("coco", SLEEP="1") as process:
        while not any(desk.dest.rglob("unpacked/captions.h5")):
            time.sleep(0.01)
        process.terminate()
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and "interrupted" in err
    assert desk.files() == {".download/coco.zip": COCO}
    mirror.asked.clear()
    assert_in_place(desk.run("coco"))
    assert mirror.asked == [] and desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA}


def test_two_runs_at_once(desk, mirror):
    mirror.modes["val.npz"] = "slow"
    with desk.start("imagenet") as first:
        assert mirror.part_sent.wait(300)
        assert_failed(desk.run("imagenet"), f"process {first.pid} is already fetching")
        mirror.modes.clear()
        first.terminate()
        first.communicate(timeout=600)
    desk.dest.joinpath(".download").mkdir(exist_ok=True)
    desk.dest.joinpath(".download/lock").write_text(f"{first.pid}\n")
    assert_in_place(desk.run("imagenet"))


def test_too_little_room_is_said_before_anything_is_fetched(desk, mirror):
    assert_failed(desk.run("imagenet", FREE=str(len(PICTURE) - 1)), "1 MB are needed", "only 0 MB free")
    assert mirror.asked == [] and desk.files() == {}
    assert_in_place(desk.run("imagenet", FREE=str(len(PICTURE))))
    assert_in_place(desk.run("imagenet", FREE="0"))


def test_room_for_the_archive_is_asked_for_once(desk):
    need = len(COCO) + len(CAPTIONS) + len(PCA)
    assert_failed(desk.run("coco", FREE=str(need - 1)), "are needed")
    assert_in_place(desk.run("coco", FREE=str(need)))


def test_a_disk_that_fills_up_during_the_transfer(desk):
    run = desk.run("imagenet", prefix="ulimit -f 8;")
    assert run.returncode == 1 and "val.npz" in run.stderr
    assert "val.npz" not in desk.files()
    assert_in_place(desk.run("imagenet"))


def test_a_disk_that_fills_up_while_unpacking(desk, mirror):
    big = bytes(60_000)
    mirror.files["coco.zip"] = zipped({"coco_captioning/captions.h5": big})
    member = ("coco", "coco/captions.h5", len(big), sha(big), "coco.zip//captions.h5")
    write_table(desk.table, [rows(mirror.url)[0], member])
    run = desk.run("coco", prefix="ulimit -f 8;")
    assert_failed(run, "cannot unpack captions.h5")
    assert not any(name.startswith("coco/") for name in desk.files())
    assert_in_place(desk.run("coco"))


def test_help_and_bad_words(desk):
    helped = desk.run("--help")
    assert helped.returncode == 0 and "usage:" in helped.stdout and helped.stderr == ""
    assert_failed(desk.run("cifar"), "usage:", "'cifar' is not known")
    assert_failed(desk.run("coco", "--dest"), "--dest needs a folder")
    assert_failed(desk.run("imagenet", CS231N_TRIES="many"), "whole numbers")
    assert_failed(desk.run("imagenet", "--full-features"), "goes with coco")
    assert_failed(desk.run("imagenet", CS231N_FILES="/nowhere.tsv"), "/nowhere.tsv")
    assert not desk.dest.exists()


def test_the_script_without_python_says_so(tmp_path, mirror):
    desk = Desk(tmp_path, "script", mirror.url)
    (desk.bin / "python3").unlink()
    alone = shutil.copy(SCRIPT, tmp_path)  # beside no .venv
    run = subprocess.run([str(desk.bin / "bash"), alone, "all"], env=desk.env, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (1, "get_datasets.sh: needs Python 3.10 or newer\n")


def test_nothing_but_python_is_needed(tmp_path, mirror):
    """The fetcher runs before anything is installed: -I -S leaves Python alone with its own library."""
    desk = Desk(tmp_path, "module", mirror.url)
    code = f"import sys; sys.path.append({str(ROOT)!r}); from cs231n.data.fetch import main; sys.exit(main())"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code, "coco", "squeezenet"], env=desk.env,
                         capture_output=True, text=True)
    assert_in_place(run)


def test_a_folder_that_cannot_be_made(desk, tmp_path):
    (tmp_path / "file").write_text("")
    assert_failed(desk.run("imagenet", "--dest", str(tmp_path / "file" / "x")), "cannot write in")


def test_windows_line_ends_in_the_table(desk):
    desk.table.write_bytes(desk.table.read_bytes().replace(b"\n", b"\r\n"))
    assert_in_place(desk.run("imagenet", "styles"))


def test_the_real_table_is_well_formed():
    text = (ROOT / "datasets/files.tsv").read_text()
    lines = [line.split("\t") for line in text.splitlines() if line[0] != "#"]
    sets = {"coco", "coco-pca", "coco-full", "imagenet", "styles", "squeezenet", "mnist"}
    assert {line[0] for line in lines} == sets
    names = {Path(line[1]).name for line in lines}
    for _, path, size, checksum, source in lines:
        assert re.fullmatch(r"~?\d+|-", size), path
        assert re.fullmatch(r"sha256:([0-9a-f]{64}|b8a52dc0)|md5:[0-9a-f]{32}|-", checksum), path
        archive, _, member = source.partition("//")
        assert source.startswith(("http://", "https://")) or (archive in names and member), path


# ---- what goes wrong out there ----


def keep_part(desk, name="val.npz", data=PICTURE[:20_000]):
    (desk.dest / ".download").mkdir(parents=True, exist_ok=True)
    (desk.dest / ".download" / f"{name}.part").write_bytes(data)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504])
def test_an_error_of_the_server_keeps_what_came_before(desk, mirror, status):
    keep_part(desk)
    mirror.modes["val.npz"] = status
    assert_failed(desk.run("imagenet"), "val.npz could not be fetched", "not in place: imagenet")
    assert desk.files() == {".download/val.npz.part": PICTURE[:20_000]}
    mirror.modes.clear()
    mirror.asked.clear()
    assert_in_place(desk.run("imagenet"))
    assert mirror.asked == [("val.npz", "bytes=20000-")] and desk.files() == {"val.npz": PICTURE}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(desk, mirror, status):
    mirror.modes["val.npz"], mirror.headers = [status], {"Retry-After": "1"}
    run = desk.run("imagenet", CS231N_TRIES="2")
    assert_in_place(run)
    assert len(mirror.asked) == 2 and f"again in 1 s: the server answered {status}" in run.stdout


def test_a_server_that_stays_busy_is_named_so(desk, mirror):
    mirror.modes["val.npz"], mirror.headers = 503, {"Retry-After": "0"}
    run = desk.run("imagenet", CS231N_TRIES="3")
    assert_failed(run, "val.npz could not be fetched: the server answered 503")
    assert "no such file" not in run.stderr and len(mirror.asked) == 3


@pytest.mark.parametrize("date", [False, True])
def test_a_server_that_wants_hours_of_rest_is_not_waited_for(desk, mirror, date):
    later = email.utils.formatdate(time.time() + 7200, usegmt=True) if date else "7200"
    mirror.modes["val.npz"], mirror.headers = 429, {"Retry-After": later}
    assert_failed(desk.run("imagenet", CS231N_TRIES="3"), "left alone for 7")
    assert len(mirror.asked) == 1


@pytest.mark.parametrize("mode", ["trickle", "drip", "mute"])
def test_a_transfer_that_crawls_is_given_up(desk, mirror, mode):
    mirror.modes["val.npz"] = mode
    assert_failed(desk.run("imagenet", CS231N_STALL="1"), "the transfer stood still")
    mirror.modes.clear()
    assert_in_place(desk.run("imagenet"))


@pytest.mark.parametrize("mode", ["too long", "endless"])
@pytest.mark.parametrize("begun", [b"", PICTURE[:20_000]])
def test_a_file_that_is_longer_than_it_may_be_is_not_taken(desk, mirror, mode, begun):
    if begun:
        keep_part(desk, data=begun)
    mirror.modes["val.npz"] = mode
    assert_failed(desk.run("imagenet"), "val.npz", "is damaged")
    assert sum(map(len, desk.files().values())) <= len(PICTURE)
    mirror.modes.clear()
    assert_in_place(desk.run("imagenet"))


def test_a_file_of_roughly_known_size_is_bounded_too(desk, mirror):
    mirror.files["coco.zip"] = COCO + bytes(len(COCO))
    assert_failed(desk.run("coco"), "coco.zip could not be fetched: it is damaged")
    assert desk.files() == {}


@pytest.mark.parametrize("path, what", [("val.npz", "imagenet"), ("coco/pca.h5", "coco"), ("styles/muse.jpg", "styles"),
                                        ("MNIST/raw/d", "mnist"), (NET, "squeezenet")])
def test_a_folder_in_the_place_of_a_file_is_named(desk, path, what):
    (desk.dest / path).mkdir(parents=True)
    assert_failed(desk.run(what), path, "is a folder, where a file belongs", f"not in place: {what}")
    assert (desk.dest / path).is_dir() and not any((desk.dest / path).iterdir())


@pytest.mark.parametrize("text", ["", "no number\n", "alive\n", "1\n"])
def test_a_lock_left_behind_blocks_nobody(desk, text):
    """Whatever process has its number today."""
    text = text.replace("alive", str(os.getpid()))
    (desk.dest / ".download").mkdir(parents=True)
    (desk.dest / ".download/lock").write_text(text)
    assert_in_place(desk.run("imagenet"))
    assert desk.files() == {"val.npz": PICTURE}


def test_a_killed_run_leaves_no_lock(desk, mirror):
    mirror.modes["val.npz"] = "slow"
    with desk.start("imagenet") as process:
        assert mirror.part_sent.wait(300)
        process.kill()
    mirror.modes.clear()
    assert_in_place(desk.run("imagenet"))


def test_three_at_once_fetch_once(desk, mirror):
    (desk.dest / ".download").mkdir(parents=True)
    (desk.dest / ".download/lock").write_text("999999\n")
    mirror.modes["val.npz"] = "mute"
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(desk.start("imagenet")) for _ in range(3)]
        assert mirror.part_sent.wait(300)
        while sum(run.poll() is not None for run in runs) < 2:
            time.sleep(0.01)
        mirror.modes.clear()
        told = [run.communicate(timeout=600)[1] for run in runs if run.poll() == 1]
        assert len(told) == 2 and all("is already fetching" in text for text in told)
    assert [name for name, _ in mirror.asked] == ["val.npz"]


@pytest.mark.parametrize("resumed", ["spoiled", "elsewhere", 416])
def test_a_cut_and_a_bad_resume_start_anew(desk, mirror, resumed):
    mirror.modes["val.npz"] = ["cut", resumed, "whole"]
    run = desk.run("imagenet", CS231N_TRIES="2")
    assert_in_place(run)
    assert desk.files() == {"val.npz": PICTURE} and "fetched anew" in run.stdout


@pytest.mark.parametrize("resumed", ["spoiled", "elsewhere", 416])
def test_an_archive_without_a_checksum_is_fetched_anew_too(desk, mirror, resumed):
    mirror.modes["coco.zip"] = ["cut", resumed, "whole"]
    run = desk.run("coco", CS231N_TRIES="2")
    assert_in_place(run)
    assert desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA} and "fetched anew" in run.stdout


def test_a_kept_archive_that_is_damaged_is_fetched_anew(desk, mirror):
    (desk.dest / ".download").mkdir(parents=True)
    (desk.dest / ".download/coco.zip").write_bytes(COCO[:-40])
    assert_in_place(desk.run("coco"))
    assert len(mirror.asked) == 1 and desk.files() == {"coco/captions.h5": CAPTIONS, "coco/pca.h5": PCA}


def test_a_checksum_known_in_part_is_noted_in_full(desk, mirror):
    run = desk.run("squeezenet")
    assert_in_place(run)
    note = desk.dest / f"{NET}.sha256"
    assert sha(WEIGHTS)[7:] in run.stdout and note.read_text() == f"{sha(WEIGHTS)[7:]}  {NET}\n"
    another = sha(WEIGHTS)[7:15] + "0" * 56  # what would pass for the table
    note.write_text(f"{another}  {NET}\n")
    assert_failed(desk.run("squeezenet"), f"is damaged: its sha256 is not {another}")
    note.unlink()
    mirror.asked.clear()
    assert "note" in desk.run("squeezenet").stdout and note.is_file() and mirror.asked == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "no address"])
def test_another_kind_of_address_is_refused(desk, address):
    assert_failed(desk.run("imagenet", CS231N_MIRROR=address), "must begin with http:// or https://")


@pytest.mark.parametrize("line", ["imagenet\tval.npz\t12", "imagenet\tval.npz\tmany\t-\thttp://h/val.npz",
                                  "imagenet\tval.npz\t12\tcrc:12345678\thttp://h/val.npz",
                                  "imagenet\tval.npz\t12\tsha256:12\thttp://h/val.npz"])
def test_a_line_of_the_table_that_is_no_line(desk, line):
    desk.table.write_text(f"# comment\n{line}\n")
    assert_failed(desk.run("imagenet"), f"{desk.table}, line 2: must be")


def test_words_in_any_order(desk):
    assert_in_place(desk.run("imagenet", "--dest", str(desk.dest), "squeezenet"))


def test_a_log_gets_few_lines(desk, mirror):
    run = desk.run("all")
    assert_in_place(run)
    assert "\r" not in run.stdout + run.stderr and len(run.stdout.splitlines()) < 30
