"""The signer as a process of its own, asked by whoever has taken over the log's service."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from audit.domain.merkle import Complete, consistency_proof, leaf_hash, over, root
from audit.domain.note import Checkpoint, parse_keys, read_checkpoint
from audit.log.files import write_now
from audit.log.signer import KEY, LASTING_KEY, MEMORY, Forgotten, Signer, WouldFork
from audit.log.signing import BODY_MAX, Signing, over_socket
from audit.settings import signer_socket
from events.io.settings import BadSettings
from events.memory import FixedClock
from events.ports import Unavailable

SIGNER = [sys.executable, "-P", "-m", "audit.signer"]
TREE = over([leaf_hash(str(number).encode()) for number in range(40)])
REWRITTEN = over([leaf_hash(str(number or "no").encode()) for number in range(40)])
HASH = b'"' + b"0" * 64 + b'"'


class Running:
    """The process, its folder, and the way to it."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder, self.socket = folder, socket
        self.start()

    def start(self) -> None:
        told = ["--folder", str(self.folder), "--socket", str(self.socket)]
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen([*SIGNER, *told])
        deadline = time.monotonic() + 120
        while not self.socket.exists():
            assert self.process.poll() is None, "it ended at once"
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(20)

    async def sign(self, size: int, old: int = 0, tree: Complete = TREE) -> Checkpoint:
        """What is signed when somebody asks so; `old` is what they know to be the last size."""
        async with over_socket(self.socket) as socket:
            signing = Signing(socket)
            proof = consistency_proof(tree, old, size) if old <= size else []
            note = await signing.sign(size, root(tree, 0, size), proof)
            return read_checkpoint(note.encode(), await signing.keys())

    async def last(self) -> int:
        async with over_socket(self.socket) as socket:
            return (await Signing(socket).last()).size


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="signer-") as short:
        signer = Running(tmp_path / "signer", Path(short) / "socket")
        yield signer
        signer.end(signal.SIGTERM)


async def test_it_signs_what_continues_what_it_signed(running: Running) -> None:
    assert (await running.sign(10)).size == 10
    assert (await running.sign(21, old=10)).root == root(TREE, 0, 21)
    assert (await running.sign(21, old=21)).size == await running.last() == 21


FORKS = [
    (21, 10, REWRITTEN),  # another past
    (21, 0, REWRITTEN),  # a past that begins anew
    (10, 10, REWRITTEN),  # another tree of the same size
    (7, 7, TREE),  # an older tree again
    (21, 7, TREE),  # the right tree, and a proof from elsewhere
]


async def test_who_holds_the_socket_cannot_fork_the_log(running: Running) -> None:
    await running.sign(10)
    for restarted in (False, True):
        if restarted:
            running.end(signal.SIGKILL)
            running.start()
        for size, old, tree in FORKS:
            with pytest.raises(WouldFork):
                await running.sign(size, old, tree)
        assert await running.last() == 10
    assert (await running.sign(21, old=10)).size == 21


async def test_what_it_signed_is_remembered_before_it_is_told(running: Running) -> None:
    """Killed right after each answer: the memory has it, and the same tree gets the same note."""
    for old, size in ((0, 3), (3, 30)):
        async with over_socket(running.socket) as socket:
            proof = consistency_proof(TREE, old, size)
            said = await Signing(socket).sign(size, root(TREE, 0, size), proof)
        running.end(signal.SIGKILL)
        running.start()
        async with over_socket(running.socket) as socket:
            assert (await Signing(socket).last()).size == size
            assert await Signing(socket).sign(size, root(TREE, 0, size), []) == said


def test_two_at_once_cannot_have_two_memories(running: Running) -> None:
    second = subprocess.run(
        [*SIGNER, "--folder", str(running.folder), "--socket", f"{running.socket}.2"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert second.returncode == 1
    assert "another signer works on" in second.stderr


NO_QUESTIONS = [
    b"",
    b"{}",
    b'{"size":0,"root":"%b","proof":[]}' % (b"00" * 32),
    b'{"size":1,"root":"00","proof":[]}',
    b'{"size":1,"root":"%b\\n","proof":[]}' % (b"00" * 32),
    b'{"size":1.5,"root":"%b","proof":[]}' % (b"00" * 32),
    b'{"size":1,"root":"%b","proof":["x"]}' % (b"00" * 32),
    b'{"size":1,"root":"%b","proof":[%b]}' % (b"00" * 32, b",".join([HASH] * 64)),
    b'{"size":1,"root":"%b","proof":[],"text":"sign this"}' % (b"00" * 32),
    b'{"size":1,"root":"%b\\n","proof":[]}' % (b"00" * 32),
]


async def test_what_is_no_question_is_not_answered(running: Running) -> None:
    async with over_socket(running.socket) as socket:
        for body in NO_QUESTIONS:
            assert (await socket.post("/sign", content=body)).status_code == 400, body
    assert await running.last() == 0


async def test_there_is_nothing_else_to_ask(running: Running) -> None:
    async with over_socket(running.socket) as socket:
        for path in (f"/{KEY}", f"/{LASTING_KEY}", f"/{MEMORY}", "/", "/docs", "/openapi.json"):
            assert (await socket.get(path)).status_code == 404
        for path in ("/keys", "/last"):
            assert (await socket.put(path, content=b"{}")).status_code == 405
        assert (await socket.post("/sign", content=b"x" * (BODY_MAX + 1))).status_code == 413


def test_its_keys_are_made_first_and_told(tmp_path: Path) -> None:
    command = [*SIGNER, "--folder", str(tmp_path / "signer"), "--keys"]
    told = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)]
    assert told[0].stdout == told[1].stdout
    assert len(parse_keys(told[0].stdout)) == 2


async def test_without_it_the_log_waits(tmp_path: Path) -> None:
    async with over_socket(tmp_path / "nowhere") as nobody:
        with pytest.raises(Unavailable):
            await Signing(nobody).last()
    with pytest.raises(BadSettings, match="HOMEWARD_SIGNER"):
        signer_socket({})


# The memory: no signature without one


def begun(folder: Path, *sizes: int) -> list[str]:
    """A signer's folder, and what it signed."""
    signer = Signer(folder, FixedClock())
    return [
        signer.sign(n, root(TREE, 0, n), consistency_proof(TREE, signer.last.size, n))
        for n in sizes
    ]


def run(folder: Path, *told: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [*SIGNER, "--folder", str(folder), *told]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_log_begins_with_a_memory_and_its_keys_come_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def noted(target: Path, data: bytes, mode: int) -> None:
        written.append(target.name)
        write_now(target, data, mode)

    monkeypatch.setattr("audit.log.signer.write_now", noted)
    vkey = Signer(tmp_path, FixedClock()).vkey
    assert written == [MEMORY, KEY, LASTING_KEY]
    for lost in ([LASTING_KEY], [KEY, LASTING_KEY]):  # it was killed as it began
        for name in lost:
            (tmp_path / name).unlink()
        assert len(Signer(tmp_path, FixedClock()).keys) == 2
    assert Signer(tmp_path, FixedClock()).vkey != vkey


@pytest.mark.parametrize("memory", [None, "", "{}", '{"size":-1,"root":"00"}', '{"size":10,'])
def test_keys_without_what_was_signed_last_sign_nothing_and_it_says_what_to_do(
    tmp_path: Path, memory: str | None
) -> None:
    """The state after a restore of the keys, and a disk that was full."""
    begun(tmp_path, 10)
    (tmp_path / MEMORY).unlink() if memory is None else (tmp_path / MEMORY).write_text(memory)
    ended = run(tmp_path, "--socket", str(tmp_path / "socket"))
    assert ended.returncode == 1
    assert f"--folder '{tmp_path}' --continue CHECKPOINT" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "socket").exists()


@pytest.mark.parametrize("lost", [(KEY,), (KEY, LASTING_KEY)])
def test_no_key_is_made_for_the_memory_of_another_one(tmp_path: Path, lost: Sequence[str]) -> None:
    begun(tmp_path, 10)
    for name in lost:
        (tmp_path / name).unlink()
    with pytest.raises(Forgotten, match="Put the log's two keys back"):
        Signer(tmp_path, FixedClock())
    assert not (tmp_path / KEY).exists()


def test_it_goes_on_from_a_checkpoint_of_its_own_that_somebody_kept(tmp_path: Path) -> None:
    _, newest = begun(tmp_path, 10, 21)
    (tmp_path / MEMORY).unlink()
    told = run(tmp_path, "--continue", "-", given=newest)
    assert (told.returncode, told.stderr) == (0, "")
    assert "21 entries" in told.stdout
    signer = Signer(tmp_path, FixedClock())
    assert signer.sign(21, root(TREE, 0, 21), []) == newest  # the cosigned one, as it was
    for size, old, tree in FORKS[:3]:
        with pytest.raises(WouldFork):
            signer.sign(size, root(tree, 0, size), consistency_proof(tree, min(old, size), size))
    assert signer.sign(30, root(TREE, 0, 30), consistency_proof(TREE, 21, 30))


def test_a_cosigned_checkpoint_is_taken_from_a_file_without_the_others_signatures(
    tmp_path: Path,
) -> None:
    [newest] = begun(tmp_path / "signer", 21)
    witness = begun(tmp_path / "witness", 21)[0].splitlines()[-1]
    (tmp_path / "checkpoint").write_text(f"{newest}{witness}\n")
    (tmp_path / "signer" / MEMORY).unlink()
    assert not run(tmp_path / "signer", "--continue", str(tmp_path / "checkpoint")).returncode
    signer = Signer(tmp_path / "signer", FixedClock())
    assert signer.sign(21, root(TREE, 0, 21), []) == newest


def test_what_is_not_its_own_checkpoint_is_not_taken(tmp_path: Path) -> None:
    [newest] = begun(tmp_path / "signer", 21)
    [others] = begun(tmp_path / "other", 21)
    (tmp_path / "signer" / MEMORY).unlink()
    text, _, lines = newest.partition("\n\n")
    altered = newest.replace("\n21\n", "\n20\n", 1)
    one_key = f"{text}\n\n{lines.splitlines()[0]}\n"
    for given in (others, altered, one_key, text, ""):
        told = run(tmp_path / "signer", "--continue", "-", given=given)
        assert told.returncode == 1, given
        assert "Traceback" not in told.stderr
    assert run(tmp_path / "signer", "--continue", str(tmp_path / "none")).returncode == 1
    assert not (tmp_path / "signer" / MEMORY).exists()


def test_it_does_not_go_on_from_less_than_it_remembers(tmp_path: Path) -> None:
    older, newest = begun(tmp_path, 10, 21)
    told = run(tmp_path, "--continue", "-", given=older)
    assert (told.returncode, "remembers another tree, of size 21" in told.stderr) == (1, True)
    assert Signer(tmp_path, FixedClock()).last.size == 21
    memory = (tmp_path / MEMORY).read_text()
    assert not run(tmp_path, "--continue", "-", given=newest).returncode
    assert (tmp_path / MEMORY).read_text() == memory


async def test_nobody_gives_it_another_memory_while_it_works(running: Running) -> None:
    async with over_socket(running.socket) as socket:
        newest = await Signing(socket).sign(10, root(TREE, 0, 10), [])
    told = run(running.folder, "--continue", "-", given=newest)
    assert (told.returncode, "another signer works on" in told.stderr) == (1, True)


def test_keys_that_are_not_there_are_not_made_to_go_on(tmp_path: Path) -> None:
    [newest] = begun(tmp_path / "signer", 10)
    (tmp_path / "empty").mkdir()
    told = run(tmp_path / "empty", "--continue", "-", given=newest)
    assert (told.returncode, "put the log's two keys back first" in told.stderr) == (1, True)


# The role: another account's


APP_USER = 64_002


def as_the_application(code: str) -> subprocess.CompletedProcess[str]:
    """Run it as a user that is not the signer's, let at the socket as the log's service is."""
    program = shutil.which("python3", path="/usr/bin") or sys.executable
    return subprocess.run(
        [program, "-c", code],
        capture_output=True,
        text=True,
        cwd="/",
        user=APP_USER,
        group=APP_USER,
        extra_groups=[],
        check=False,
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run something as another user")
async def test_the_application_cannot_read_a_key_nor_change_the_memory(running: Running) -> None:
    await running.sign(10)
    if as_the_application("print(1)").stdout != "1\n":
        pytest.skip("no Python here that another user may run")
    tries = {
        "read a key": f"open({str(running.folder / KEY)!r}).read()",
        "read the other": f"open({str(running.folder / LASTING_KEY)!r}).read()",
        "write the memory": f"open({str(running.folder / MEMORY)!r}, 'w')",
        "remove it": f"__import__('os').unlink({str(running.folder / MEMORY)!r})",
        "look inside": f"__import__('os').listdir({str(running.folder)!r})",
        "put the folder away": f"__import__('os').rename({str(running.folder)!r}, '/tmp/away')",
        "read its memory": f"open('/proc/{running.process.pid}/mem', 'rb')",
        "end it": f"__import__('os').kill({running.process.pid}, 9)",
    }
    for what, code in tries.items():
        tried = as_the_application(code)
        assert "PermissionError" in tried.stderr, (what, tried.stderr)
    assert running.process.poll() is None
    assert await running.last() == 10


async def test_every_file_of_it_is_closed_to_others_and_a_refusal_says_why(
    running: Running,
) -> None:
    await running.sign(10)
    for path in (running.folder, *running.folder.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path
    async with over_socket(running.socket) as socket:
        answer = await socket.post("/sign", json={"size": 3, "root": "00" * 32, "proof": []})
    assert (answer.status_code, "from size 10 to 3" in answer.text) == (409, True)
