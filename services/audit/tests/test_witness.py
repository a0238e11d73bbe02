"""The witness, against the published sequence, and against whoever holds the log's own keys."""

import base64
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from services.audit.tests.vectors import vectors

from audit.domain.merkle import EMPTY_ROOT, Complete, consistency_proof, leaf_hash, over, root
from audit.domain.note import Checkpoint, VerifierKey, cosign, read_signers, sign
from audit.witness.__main__ import main
from audit.witness.app import BODY_MAX, app
from audit.witness.book import Book
from audit.witness.desk import SIZE, Answer, Witness
from events.memory import FixedClock
from homeward.processes import free_port

NAME = "example.com/witness"
ORIGIN = "log.example/homeward"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = VerifierKey(ORIGIN, KEY.public_key().public_bytes_raw())
TREE = over([leaf_hash(str(number).encode()) for number in range(40)])
REWRITTEN = over([leaf_hash(str(number or "no").encode()) for number in range(40)])
WAIVED = {("litewitness", 2): 404}
"""It answered 403 for an unknown log before the specification came to ask for 404."""


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return reopened(tmp_path)


def reopened(folder: Path) -> Witness:
    return Witness(NAME, Book(folder / "witness.sqlite"), {ORIGIN: [VKEY]}, FixedClock())


def checkpoint(size: int, tree: Complete = TREE) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(tree, 0, size))


def request(
    old: int,
    told: Checkpoint,
    proof: Sequence[bytes] | None = None,
    *,
    tree: Complete = TREE,
    key: Ed25519PrivateKey = KEY,
) -> bytes:
    if proof is None:
        proof = consistency_proof(tree, old, told.size) if old <= told.size else []
    return asked(old, proof, sign(told.text, ORIGIN, key))


def asked(old: int, proof: Sequence[bytes], note: str) -> bytes:
    hashes = "".join(f"{line}\n" for line in map(_base64, proof))
    return f"old {old}\n{hashes}\n{note}".encode()


def _base64(node: bytes) -> str:
    return base64.b64encode(node).decode()


# The published sequence


@pytest.mark.parametrize("fixture", ["litewitness", "sumdb", "bastion"])
def test_every_published_step_is_answered_as_it_should_be(tmp_path: Path, fixture: str) -> None:
    published = vectors("witness-add-checkpoint.json")
    sigsum, sumdb = published["logs"]
    logs = {
        sigsum["origin"]: [
            VerifierKey(sigsum["origin"], bytes.fromhex(sigsum["ed25519_public_key_hex"]))
        ],
        sumdb["origin"]: [VerifierKey.parse(sumdb["vkey"])],
    }
    witness = Witness(NAME, Book(tmp_path / "witness.sqlite"), logs, FixedClock())
    steps = [case for case in published["cases"] if case["fixture"] == fixture]
    assert steps
    for case in steps:
        answer = witness.add_checkpoint(case["request_body"].encode())
        expected = WAIVED.get((fixture, case["step"]), case["status"])
        assert answer.status == expected, (case["step"], answer)
        assert all(words in answer.body for words in case["body_contains"])


# What it cosigns


def test_it_cosigns_what_continues_and_says_when(witness: Witness) -> None:
    for old, new in ((0, 3), (3, 3), (3, 21), (21, 40)):
        told = checkpoint(new)
        answer = witness.add_checkpoint(request(old, told))
        assert answer.status == 200
        note = f"{sign(told.text, ORIGIN, KEY)}{answer.body}".encode()
        assert read_signers(note, [VKEY, *witness.keys])[1] == {VKEY, *witness.keys}


def test_it_cosigns_the_lines_that_a_log_adds_with_the_rest(witness: Witness) -> None:
    """https://c2sp.org/tlog-cosignature: they are part of the message."""
    note = sign(f"{checkpoint(3).text}seen by the moon\nand the sun\n", ORIGIN, KEY)
    answer = witness.add_checkpoint(asked(0, [], note))
    assert answer.status == 200
    served = witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
    for kept in (f"{note}{answer.body}", served.body):
        assert read_signers(kept.encode(), [VKEY, *witness.keys])[1] == {VKEY, *witness.keys}


def test_a_log_may_begin_empty(witness: Witness) -> None:
    assert witness.add_checkpoint(request(0, Checkpoint(ORIGIN, 0, EMPTY_ROOT))).status == 200
    assert witness.add_checkpoint(request(0, Checkpoint(ORIGIN, 0, bytes(32)))).status == 422


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b""),
        (400, b"old 0\n"),
        (400, request(7, checkpoint(9)).replace(b"old 7", b"old 07")),
        (400, request(7, checkpoint(9)).replace(b"old 7", b"old  7")),
        (400, request(7, checkpoint(9)).replace(b"old 7", "old \u0667".encode())),
        (400, request(7, checkpoint(9)).replace(b"\n9\n", b"\n09\n")),
        (400, request(7, checkpoint(9), [bytes(32)] * 64)),
        (400, request(7, checkpoint(9)).replace(b"\n\nlog", b"\n!\n\nlog")),
        (400, b"\xff" + request(7, checkpoint(9))),
        (400, request(9, checkpoint(7))),
        (404, request(7, checkpoint(9)).replace(b"homeward\n9", b"another\n9")),
        (403, request(7, checkpoint(9), key=OTHER)),
        (403, request(7, checkpoint(9)).replace(b"\n9\n", b"\n8\n")),
        (409, request(6, checkpoint(9))),
        (409, request(0, checkpoint(9))),
        (422, request(7, checkpoint(9), [])),
        (422, request(7, checkpoint(9), [bytes(31)])),
        (422, request(7, checkpoint(9), [*consistency_proof(TREE, 7, 9), bytes(32)])),
        (422, request(7, checkpoint(9, REWRITTEN), tree=REWRITTEN)),
        (422, request(7, checkpoint(7, REWRITTEN), tree=REWRITTEN)),
    ],
)
def test_it_refuses_with_the_status_that_says_why(
    witness: Witness, status: int, body: bytes
) -> None:
    witness.add_checkpoint(request(0, checkpoint(7)))
    before = witness.checkpoint(_hash())
    assert witness.add_checkpoint(body).status == status
    assert witness.checkpoint(_hash()) == before


def test_who_is_behind_is_told_the_size(witness: Witness) -> None:
    witness.add_checkpoint(request(0, checkpoint(7)))
    assert witness.add_checkpoint(request(6, checkpoint(9))) == Answer(409, "7\n", SIZE)


# Adversaries


def test_another_past_signed_with_the_real_key_is_not_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(request(0, checkpoint(30)))
    for size in range(30, 41):
        told = checkpoint(size, REWRITTEN)
        assert witness.add_checkpoint(request(30, told, tree=REWRITTEN)).status == 422
        assert witness.add_checkpoint(request(0, told, tree=REWRITTEN)).status == 409


def test_a_rollback_is_not_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(request(0, checkpoint(30)))
    assert witness.add_checkpoint(request(20, checkpoint(20))).status == 409
    assert witness.add_checkpoint(request(30, checkpoint(20), [])).status == 400


def test_two_at_once_never_roll_it_back(tmp_path: Path) -> None:
    """Two processes over one file, each asked for other sizes at the same instant."""
    witnesses = [reopened(tmp_path), reopened(tmp_path)]
    witnesses[0].add_checkpoint(request(0, checkpoint(1)))
    cosigned = [1]
    for _ in range(10):
        last = cosigned[-1]
        bodies = [request(last, checkpoint(last + more)) for more in (1, 3)]
        with ThreadPoolExecutor() as both:
            answers = list(both.map(lambda w, b: w.add_checkpoint(b), witnesses, bodies))
        assert sorted(answer.status for answer in answers) == [200, 409]
        cosigned.append(last + (1 if answers[0].status == 200 else 3))
        assert int(witnesses[0].checkpoint(_hash()).body.split("\n")[1]) == cosigned[-1]
    assert cosigned == sorted(cosigned)


def test_nothing_is_cosigned_that_was_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = reopened(tmp_path)

    class Killed(Exception):
        pass

    def failing(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("audit.witness.desk.keep", failing)
    with pytest.raises(Killed):
        witness.add_checkpoint(request(0, checkpoint(7)))
    monkeypatch.undo()
    assert reopened(tmp_path).add_checkpoint(request(0, checkpoint(9))).status == 200


# For monitors, and as a process


async def test_monitors_get_what_was_cosigned_and_no_strangers_lines(witness: Witness) -> None:
    told = checkpoint(7)
    transport = httpx.ASGITransport(app(witness))
    async with httpx.AsyncClient(transport=transport, base_url="http://witness") as client:
        assert (await client.get(f"/{_hash()}/checkpoint")).status_code == 404
        assert (await client.get("/nothing/checkpoint")).status_code == 404
        stranger = cosign(told.text, "stranger.example", OTHER, 1)
        body = asked(0, [], sign(told.text, ORIGIN, KEY) + stranger)
        answer = await client.post("/add-checkpoint", content=body)
        assert answer.status_code == 200
        assert answer.text.startswith(f"— {NAME} ")
        shown = await client.get(f"/{_hash()}/checkpoint")
        assert shown.text == sign(told.text, ORIGIN, KEY) + answer.text
        behind = await client.post("/add-checkpoint", content=request(0, checkpoint(9)))
        assert behind.headers["content-type"] == SIZE
        assert (await client.get("/add-checkpoint")).status_code in (404, 405)
        large = await client.post("/add-checkpoint", content=b"x" * (BODY_MAX + 1))
        assert large.status_code == 413


@pytest.fixture
def started(tmp_path: Path) -> list[str]:
    (tmp_path / "vkey").write_text(f"{VKEY}\n")
    arguments = ["--name", NAME, "--file", str(tmp_path / "w.sqlite"), "--log", "vkey"]
    return [sys.executable, "-m", "audit.witness", *arguments]


def test_it_remembers_after_it_was_killed(tmp_path: Path, started: list[str]) -> None:
    port = free_port()
    said = []
    for body, status in (
        (request(0, checkpoint(7)), 200),
        (request(0, checkpoint(7, REWRITTEN), tree=REWRITTEN), 409),
        (request(7, checkpoint(9)), 200),
    ):
        process = subprocess.Popen(
            [*started, "--bind", f"127.0.0.1:{port}"], cwd=tmp_path, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        said.append(process.stdout.readline() + process.stdout.readline())
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(transport=transport) as client:
            answer = client.post(f"http://127.0.0.1:{port}/add-checkpoint", content=body)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert answer.status_code == status
    assert len(set(said)) == 1  # the same keys each time
    assert (tmp_path / "w.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\udcff"])
def test_it_signs_under_no_name_that_no_reader_takes(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """https://c2sp.org/signed-note: not empty, no spaces, no plus."""
    with pytest.raises(SystemExit, match="2"):
        main(["--name", name, "--keys", "--file", str(tmp_path / "w.sqlite")])
    said = capsys.readouterr()
    assert "a name without spaces and without a plus" in said.err
    assert not said.out
    assert not (tmp_path / "w.sqlite").exists()


@pytest.mark.parametrize("file", ["folder", "words", "words/w.sqlite"])
def test_a_file_that_it_cannot_keep_is_told_in_a_line(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "words").write_text("no database, but words that are as long as its first page")
    with pytest.raises(SystemExit, match="2"):
        main(["--name", NAME, "--keys", "--file", str(tmp_path / file)])
    assert f"{tmp_path / file}: no file that a witness keeps" in capsys.readouterr().err


def _hash() -> str:
    return hashlib.sha256(ORIGIN.encode()).hexdigest()
