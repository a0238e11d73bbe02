"""The data folder of one copy: its lock, its format, its vault keys, and what runs on it.

Without being told otherwise a copy takes `.homeward` in the checkout; one that finds another copy
running there takes `.homeward-2`, and so on. `up` goes on with what is there. `demo` begins with
nothing, so it takes only a folder that an earlier demo made, or a new one.
"""

import base64
import fcntl
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from homeward import postgres
from homeward.processes import CannotStart

FORMAT = 1
"""Raised when an older copy could not go on with the data of a newer one, or the reverse."""

LOCK = "lock"
VAULT_KEYS = "vault-keys.json"
EARLIER_KEYS = "earlier"
NEEDED_BYTES = 400_000_000

Kind = Literal["demo", "up"]
Json = dict[str, Any]


@dataclass(frozen=True)
class DataFolder:
    """A folder that this process holds locked."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def vault_keys(self, services: Iterable[str]) -> dict[str, str]:
        """The key of each service's personal-data vault, in base64; made where there is none."""
        names, kept = tuple(services), self._keys()
        for name in names:
            kept.setdefault(name, _new_key())
        _write(self.path / VAULT_KEYS, kept)
        return {name: str(kept[name]) for name in names}

    def begin_epoch(self, services: Iterable[str]) -> None:
        """A new key for each service's vault; the one before is kept until nothing is under it.

        Where an epoch was begun and not finished, it stays at that.
        """
        kept = self._keys()
        if EARLIER_KEYS not in kept:
            kept[EARLIER_KEYS] = {name: kept[name] for name in services if name in kept}
            kept |= {name: _new_key() for name in kept[EARLIER_KEYS]}
            _write(self.path / VAULT_KEYS, kept)

    def earlier_keys(self) -> dict[str, str]:
        """Those of an epoch that is not finished, by service."""
        return dict(self._keys().get(EARLIER_KEYS, {}))

    def forget_earlier_keys(self) -> None:
        """Destroy them: what is only under them is lost."""
        kept = self._keys()
        kept.pop(EARLIER_KEYS, None)
        _write(self.path / VAULT_KEYS, kept)

    def _keys(self) -> Json:
        return _read(self.path / VAULT_KEYS)

    def write_state(self, state: Json) -> None:
        """What runs here, for `./homeward services` and for whoever asks."""
        _write(self.path / "state.json", state)

    def write_operator(self, content: Json) -> None:
        """The addresses, with their passwords, that `./homeward operate` works with."""
        _write(self.path / "operator.json", content)


def state(path: Path) -> Json:
    """What runs on that folder, or ran there last; empty when nothing did."""
    return _read(path / "state.json")


def operator(path: Path) -> Json:
    """What an operator of the copy on that folder works with."""
    return _read(path / "operator.json")


def running(home: Path, chosen: Path | None) -> Path:
    """The folder of the copy that runs: the chosen one, or the only one. `CannotStart`."""
    held = [path for path in ([chosen] if chosen else all_of(home)) if is_held(path)]
    if not held:
        where = chosen or "in this checkout"
        raise CannotStart(f"No copy is running {where}. Start it with: ./homeward up")
    if len(held) > 1:
        names = ", ".join(map(str, held))
        raise CannotStart(f"Several copies are running ({names}). Name one of them with --data.")
    return held[0]


def is_held(path: Path) -> bool:
    """Whether a copy is running on that folder."""
    try:
        if not (path / LOCK).exists():
            return False
        with (path / LOCK).open("a") as lock:
            return not _locked(lock.fileno())
    except OSError as error:
        raise _unusable(path, error) from None


def all_of(home: Path) -> list[Path]:
    """The data folders in this checkout."""
    return sorted(path for path in home.glob(".homeward*") if path.is_dir())


@contextmanager
def held(home: Path, kind: Kind, chosen: Path | None) -> Iterator[DataFolder]:
    """The folder to use, locked until the end. `CannotStart` when it is not to be used."""
    path = chosen or next(free for free in _places(home) if _suits(free, kind))
    if chosen and is_held(chosen):
        at = state(chosen).get("addresses", {}).get("console", "its own address")
        raise CannotStart(
            f"Another copy is running on {chosen} (console at {at}).\n"
            "Stop it with Ctrl-C where it runs, or leave --data out: this one then takes a folder"
            " of its own."
        )
    _make(path)
    with (path / LOCK).open("a") as lock:
        if not _locked(lock.fileno()):
            raise CannotStart(f"Another copy has just started on {path}; try again.")
        if kind == "demo":
            if not _may_be_cleared(path):
                raise CannotStart(
                    f"{path} holds data that the demo did not make, and the demo begins with"
                    " nothing.\nLeave --data out, or name an empty folder."
                )
            _clear(path)
        _same_format(path)
        if shutil.disk_usage(path).free < NEEDED_BYTES:
            raise CannotStart(
                f"The disk is full: a start needs {NEEDED_BYTES // 1_000_000} MB free where"
                f" {path} is. Make room, or name a folder on another disk with --data."
            )
        (path / "logs").mkdir(exist_ok=True)
        _write(path / "format.json", {"format": FORMAT, "made_by": kind})
        yield DataFolder(path.resolve())


def remove(path: Path) -> None:
    """Delete a data folder that nobody runs on."""
    if is_held(path):
        raise CannotStart(f"A copy is running on {path}. Stop it first, with Ctrl-C where it runs.")
    postgres.forget(path / "postgres")
    shutil.rmtree(path)


def _places(home: Path) -> Iterator[Path]:
    yield home / ".homeward"
    number = 2
    while True:
        yield home / f".homeward-{number}"
        number += 1


def _suits(path: Path, kind: Kind) -> bool:
    return not is_held(path) and (kind == "up" or _may_be_cleared(path))


def _may_be_cleared(path: Path) -> bool:
    """Whether an earlier demo made it, or nobody put anything there."""
    made_by = _read(path / "format.json").get("made_by")
    return (
        made_by == "demo" or not path.exists() or {each.name for each in path.iterdir()} <= {LOCK}
    )


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / LOCK).touch()
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: OSError) -> CannotStart:
    return CannotStart(
        f"{path} cannot be written to ({error.strerror}). Name another folder with --data."
    )


def _clear(path: Path) -> None:
    postgres.forget(path / "postgres")
    for each in path.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != LOCK:
            each.unlink()


def _same_format(path: Path) -> None:
    theirs = _read(path / "format.json").get("format", FORMAT)
    if theirs != FORMAT:
        raise CannotStart(
            f"The data in {path} has format {theirs}, and this version of Homeward reads format"
            f" {FORMAT}.\nStart it with the version that wrote it, or name another folder with"
            " --data, or remove it with: ./homeward reset"
        )


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _read(path: Path) -> Json:
    try:
        found: Json = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found


def _write(path: Path, content: Json) -> None:
    """Whole or not at all, readable by the owner only."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content, indent=1) + "\n")
    new.replace(path)
