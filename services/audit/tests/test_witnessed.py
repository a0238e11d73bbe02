"""The log and its witnesses: what is published was cosigned, and what they refuse is not."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.logs import forget
from services.audit.tests.test_beyond import checking_of
from services.audit.tests.test_broken import told
from specimens.histories import history

from audit import verify as verifier
from audit.domain.difference import CHECKPOINTS, Kind
from audit.domain.note import Checkpoint, VerifierKey, read_checkpoint, read_signers
from audit.domain.policy import BadPolicy, Policy
from audit.domain.proof import check_receipt
from audit.exports.make import whole
from audit.log import proofs, table
from audit.log.files import CHECKPOINT
from audit.log.publish import FULL, PAUSE_SECONDS, TOGETHER_SECONDS, Publisher
from audit.log.signer import MEMORY, WouldFork, continue_from
from audit.log.witnesses import TIMEOUT_SECONDS, Prove, Witnesses, read_policy
from audit.witness.app import app
from audit.witness.book import Book
from audit.witness.desk import Witness
from events.envelope import Entry
from events.io.http.trial import Trial
from events.memory import NOON, FixedClock
from events.ports import Clock
from events.roles import Role

ALL = history(2)


class Donors:
    """Three witnesses, each a server of its own, and a line that can be cut."""

    def __init__(self, desk: Desk) -> None:
        self.folder, self.log = desk.folder, desk.signer().keys
        self.away: set[str] = set()
        self.witnesses = {name: self.witness(name) for name in ("a", "b", "c")}

    def witness(self, name: str) -> Witness:
        book = Book(self.folder / f"{name}.sqlite")
        logs = {self.log[0].name: self.log}
        return Witness(f"witness.example/{name}", book, logs, FixedClock())

    @property
    def keys(self) -> dict[str, VerifierKey]:
        return {name: witness.keys[1] for name, witness in self.witnesses.items()}

    @property
    def policy_text(self) -> str:
        lines = "".join(
            f"witness {name} {key} http://{name}.example/sub/\n" for name, key in self.keys.items()
        )
        return f"{lines}group donors 2 a b c\nquorum donors\n"

    def policy(self) -> Policy:
        return Policy.parse(self.policy_text.encode())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host.partition(".")[0]
        if name in self.away:
            raise httpx.ConnectError("no route")
        inner = httpx.ASGITransport(app(self.witnesses[name]))
        request.url = request.url.copy_with(path="/add-checkpoint")
        return await inner.handle_async_request(request)

    def asked_by(self, desk: Desk, clock: Clock | None = None) -> Publisher:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.handle_async_request))
        return desk.publisher_asking(Witnesses(self.policy(), client), clock)


@pytest.fixture
def donors(desk: Desk) -> Donors:
    return Donors(desk)


def cosigners(desk: Desk, donors: Donors) -> set[str]:
    note = desk.files.read(CHECKPOINT) or b""
    _, found = read_signers(note, [*donors.keys.values()])
    return {name for name, key in donors.keys.items() if key in found}


async def test_what_is_published_was_cosigned(desk: Desk, donors: Donors) -> None:
    publisher = donors.asked_by(desk)
    for end in (3, 20, len(ALL)):
        await desk.keep(ALL[:end])
        published = await publisher.publish()
        assert published is not None
        assert published.size == end
        assert cosigners(desk, donors) == {"a", "b", "c"}
    kept = await desk.notes()
    assert len(kept) == 3
    for note in kept:
        assert len(read_signers(note.encode(), [*donors.keys.values()])[1]) == 3
    policy = verifier.read_policy(donors.policy_text.encode())
    report = verifier.verify(desk.files.folder, desk.signer().vkey, policy=policy)
    assert not report.failures
    assert report.witnesses.keys() == {"a", "b", "c"}


async def test_a_receipt_has_the_cosignatures(desk: Desk, donors: Donors) -> None:
    await desk.keep(ALL)
    await donors.asked_by(desk).publish()
    entry = await table.entry_at(desk.store.pool, 7)
    assert entry is not None
    receipt = proofs.receipt(entry, desk.files)
    assert receipt is not None
    for key in donors.keys.values():
        assert f"— {key.name} " in receipt
    assert check_receipt(receipt, entry.raw, desk.signer().keys).size == len(ALL)


async def test_one_that_is_away_is_not_waited_for_where_others_are_enough(
    desk: Desk, donors: Donors
) -> None:
    donors.away = {"b"}
    publisher = donors.asked_by(desk)
    await desk.keep(ALL[:20])
    assert await publisher.publish()
    assert cosigners(desk, donors) == {"a", "c"}
    donors.away = set()
    await desk.keep(ALL)
    assert await publisher.publish()
    assert cosigners(desk, donors) == {"a", "b", "c"}  # it was behind, and is told the way


@pytest.mark.parametrize("restarts", [False, True])
async def test_without_its_quorum_nothing_is_published_and_what_waits_is_seen(
    desk: Desk, donors: Donors, audit: Trial, *, restarts: bool
) -> None:
    (desk.folder / "policy").write_text(donors.policy_text)
    publisher = donors.asked_by(desk)
    await desk.keep(ALL[:20])
    await publisher.publish()
    before = desk.files.read(CHECKPOINT)
    donors.away = {"a", "b"}
    await desk.keep(ALL[:30])
    assert await publisher.publish() is None
    await desk.keep(ALL)
    assert await publisher.publish() is None
    assert desk.files.read(CHECKPOINT) == before
    waits = await audit.client.get("/log/pending")
    assert read_checkpoint(waits.content, desk.signer().keys).size == desk.signer().last.size == 30
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    told = (await elif_.get("/v1/log")).json()
    assert (told["size"], told["pending"], told["entries"]) == (20, 30, len(ALL))
    assert told["pending_since"].startswith(NOON.isoformat()[:19])
    assert all(each["cosigned_at"] for each in told["witnesses"])  # the newest that is published
    donors.away = set()
    publisher = donors.asked_by(desk) if restarts else publisher
    sizes = [published.size for _ in range(2) if (published := await publisher.publish())]
    assert sizes == [30, len(ALL)]  # nothing that was signed is left out
    assert len(await desk.notes()) == 3
    assert (await audit.client.get("/log/pending")).status_code == 404
    assert (await elif_.get("/v1/log")).json()["pending"] is None


async def test_a_quorum_that_is_missing_for_long_is_measured_and_told_once(
    desk: Desk, donors: Donors, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FixedClock()
    publisher = donors.asked_by(desk, clock)
    donors.away = {"a", "b"}
    await desk.keep(ALL)
    for waited in (0, 20, 40, 60):
        assert await publisher.publish() is None
        assert publisher.waits == timedelta(seconds=waited)
        clock.advance(20)
    [said] = [each for each in caplog.records if "quorum of witnesses" in each.message]
    assert said.levelname == "ERROR"
    donors.away = set()
    assert await publisher.publish()
    assert not publisher.waits


async def test_who_did_not_cosign_is_told(desk: Desk, donors: Donors, audit: Trial) -> None:
    (desk.folder / "policy").write_text(donors.policy_text)
    donors.away = {"b"}
    await desk.keep(ALL)
    await donors.asked_by(desk).publish()
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    told = (await elif_.get("/v1/log")).json()
    cosigned = {each["name"]: bool(each["cosigned_at"]) for each in told["witnesses"]}
    assert cosigned == {
        "witness.example/a": True,
        "witness.example/b": False,
        "witness.example/c": True,
    }


# How often


class Arriving(FixedClock):
    """While somebody sleeps, events arrive."""

    def __init__(self, desk: Desk, entries: list[tuple[str, Entry]], every: float) -> None:
        super().__init__()
        self.desk, self.entries, self.every = desk, entries, every
        self.came: list[datetime] = []

    async def sleep(self, seconds: float) -> None:
        end = self.at + timedelta(seconds=seconds)
        while len(self.came) < len(self.entries) and (due := self._due()) <= end:
            self.at = due
            await self.desk.keep(self.entries[len(self.came) :][:1])
            self.came.append(self.at)
        self.at = end
        if len(self.came) == len(self.entries) and end > self.came[-1] + timedelta(seconds=30):
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    def _due(self) -> datetime:
        return NOON + timedelta(seconds=self.every * (len(self.came) + 1))


@pytest.mark.parametrize("every", [0.002, 0.3, 2.0, 25.0])
async def test_there_is_a_checkpoint_within_ten_seconds_of_every_event(
    desk: Desk, donors: Donors, every: float
) -> None:
    clock = Arriving(desk, ALL[:20], every)
    with pytest.raises(asyncio.CancelledError):
        await donors.asked_by(desk, clock).run()
    rows = await desk.store.pool.fetch("select size, signed_at from log_checkpoint order by size")
    for index, came in enumerate(clock.came):
        covered = next(row["signed_at"] for row in rows if row["size"] > index)
        assert came <= covered <= came + timedelta(seconds=10)


async def test_what_comes_together_shares_a_checkpoint(desk: Desk, donors: Donors) -> None:
    clock = Arriving(desk, ALL[:20], every=0.1)
    with pytest.raises(asyncio.CancelledError):
        await donors.asked_by(desk, clock).run()
    assert len(await desk.notes()) <= 2


async def test_where_much_comes_nothing_waits_for_more(desk: Desk) -> None:
    clock = FixedClock()
    publisher = desk.publisher_asking(Witnesses(Policy(), httpx.AsyncClient()), clock)
    await publisher.publish()
    await desk.keep(history(14))
    assert await desk.size() > FULL
    running = asyncio.create_task(publisher.run())
    while not await desk.notes():
        assert clock.now() < NOON + timedelta(seconds=TOGETHER_SECONDS / 2)
        await asyncio.sleep(0)
    running.cancel()


class Busy(Witnesses):
    """While they are asked for the first time, much comes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(Policy(), httpx.AsyncClient())
        self.desk = desk

    async def cosigned(self, note: str, size: int, prove: Prove) -> str | None:
        if not await self.desk.notes():
            await self.desk.keep(history(14))
        return await super().cosigned(note, size, prove)


class NoPause(FixedClock):
    async def sleep(self, seconds: float) -> None:  # noqa: ARG002
        raise asyncio.CancelledError


async def test_what_came_meanwhile_is_published_without_a_pause(desk: Desk) -> None:
    await desk.keep(ALL[:1])
    with pytest.raises(asyncio.CancelledError):
        await desk.publisher_asking(Busy(desk), NoPause()).run()
    assert len(await desk.notes()) == 2


async def test_a_bundle_has_of_each_day_the_last_checkpoint(desk: Desk) -> None:
    clock = FixedClock()
    publisher = desk.publisher_asking(Witnesses(Policy(), httpx.AsyncClient()), clock)
    for hours, end in ((0, 3), (1, 8), (24, 9), (72, 12), (73, 15), (73, 20)):
        clock.at = NOON + timedelta(hours=hours)
        await desk.keep(ALL[:end])
        await publisher.publish()

    async def told(size: int) -> list[int]:
        kept = await table.checkpoints_of_days(desk.store.pool, size)
        return [Checkpoint.parse(note.partition("\n\n")[0] + "\n").size for note in kept]

    assert await told(20) == [8, 9, 20]
    assert await told(15) == [8, 9, 15]
    assert await told(3) == [3]
    packed = desk.folder / "bundle.zip"
    with packed.open("wb") as out:
        whole(await table.checkpoints_of_days(desk.store.pool, 20), out, desk.files)
    [first, *_] = await desk.notes()
    report = verifier.verify(packed, desk.signer().vkey, kept=first)
    assert not report.failures  # the first is in no bundle, and the log still continues it
    assert report.checkpoints == 3


def test_a_witness_that_never_answers_does_not_cost_the_ten_seconds() -> None:
    """It is asked at most twice, and the others meanwhile."""
    assert TOGETHER_SECONDS + PAUSE_SECONDS + 2 * TIMEOUT_SECONDS < 10


# Adversaries: the operator, with the log's own keys in hand


async def rewritten(desk: Desk, index: int) -> None:
    """An entry is edited by the owner of the table, and the signer forgets what it signed."""
    owner = await asyncpg.connect(desk.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute("update log_entry set leaf = sha256('forged') where index = $1", index)
    await owner.execute("alter table log_entry enable trigger user")
    await owner.close()
    forget(desk.folder / "signer")
    (desk.files.folder / CHECKPOINT).unlink()


async def test_a_rewritten_tail_signed_with_the_real_keys_is_not_published(
    desk: Desk, donors: Donors
) -> None:
    await desk.keep(ALL[:30])
    await donors.asked_by(desk).publish()
    await rewritten(desk, 29)
    await desk.keep(ALL)
    assert await donors.asked_by(desk).publish() is None
    assert desk.files.read(CHECKPOINT) is None


async def test_two_readers_cannot_be_shown_two_histories(desk: Desk, donors: Donors) -> None:
    """One witness is in league, with no memory of the first history. It takes two of three."""
    await desk.keep(ALL[:30])
    await donors.asked_by(desk).publish()
    await rewritten(desk, 3)
    secret = Book(donors.folder / "a.sqlite")
    with secret.writing() as book:
        book.execute("delete from cosigned")
    assert await donors.asked_by(desk).publish() is None


async def test_a_log_put_back_to_an_older_state_is_not_published(
    desk: Desk, donors: Donors
) -> None:
    await desk.keep(ALL)
    publisher = donors.asked_by(desk)
    await publisher.publish()
    await desk.say_size("20")
    forget(desk.folder / "signer")
    (desk.files.folder / CHECKPOINT).unlink()
    assert await donors.asked_by(desk).publish() is None
    with pytest.raises(WouldFork):
        await publisher.publish()


async def test_an_old_memory_of_the_signer_is_seen_before_anything_is_signed(
    desk: Desk, donors: Donors
) -> None:
    """The operator put a backup of the signer's folder back, in good faith."""
    memory = desk.folder / "signer" / MEMORY
    await desk.keep(ALL[:20])
    await donors.asked_by(desk).publish()
    old = memory.read_bytes()
    await desk.keep(ALL[:30])
    await donors.asked_by(desk).publish()
    newest = desk.files.read(CHECKPOINT) or b""
    memory.write_bytes(old)
    await desk.keep(ALL)
    with pytest.raises(WouldFork, match="30 is published, and the signer remembers 20"):
        await donors.asked_by(desk).publish()
    assert memory.read_bytes() == old
    continue_from(memory.parent, newest)
    published = await donors.asked_by(desk).publish()
    assert published is not None
    assert published.size == len(ALL)


async def test_what_is_no_cosignature_counts_for_nothing(desk: Desk, donors: Donors) -> None:
    real = donors.policy()
    answers = iter(["", "nonsense\n", f"— {donors.keys['a'].name} AAAA\n", "x" * (1 << 19)])

    async def lies(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=next(answers, "— other.example/w AAAAAAAA\n"))

    client = httpx.AsyncClient(transport=httpx.MockTransport(lies))
    publisher = desk.publisher_asking(Witnesses(real, client))
    await desk.keep(ALL)
    assert await publisher.publish() is None
    assert await publisher.publish() is None
    assert desk.files.read(CHECKPOINT) is None


# The policy of this log


def test_without_a_policy_no_witness_is_asked(tmp_path: Path, desk: Desk) -> None:
    assert read_policy(tmp_path / "policy", desk.signer().keys).met(set())


def test_a_policy_of_another_log_is_refused(tmp_path: Path, desk: Desk) -> None:
    keys = desk.signer().keys
    (tmp_path / "policy").write_text(f"log {keys[0]}\nquorum none\n")
    assert read_policy(tmp_path / "policy", keys).logs
    other = [VerifierKey("log.example/other", keys[0].public)]
    with pytest.raises(BadPolicy, match="for other logs"):
        read_policy(tmp_path / "policy", other)


async def test_a_witnesss_line_that_is_cut_from_what_is_published_is_told_and_written_anew(
    desk: Desk, donors: Donors, audit: Trial
) -> None:
    await desk.keep(ALL)
    await donors.asked_by(desk).publish()
    checker = checking_of(desk)
    await checker.check_log(desk.files)
    assert await told(audit) == []
    whole_note = desk.files.read(CHECKPOINT)
    assert whole_note is not None
    lines = whole_note.decode().splitlines(keepends=True)
    cut = [line for line in lines if "witness.example" not in line]
    assert len(cut) < len(lines)
    desk.files.write([(CHECKPOINT, "".join(cut).encode())])
    await checker.check_log(desk.files)
    assert await told(audit) == [(CHECKPOINTS, Kind.EDITED, len(ALL))]
    assert desk.files.read(CHECKPOINT) == whole_note


async def test_what_was_kept_and_not_published_is_published_as_it_was_kept(
    desk: Desk, donors: Donors, audit: Trial
) -> None:
    """The process ended in between; its witnesses cosign it again, at another time."""
    await desk.keep(ALL)
    publisher = donors.asked_by(desk)
    await publisher.publish()
    kept = desk.files.read(CHECKPOINT)
    desk.files.remove(CHECKPOINT)
    for witness in donors.witnesses.values():
        witness._clock = FixedClock(NOON + timedelta(minutes=1))
    await donors.asked_by(desk).publish()
    assert desk.files.read(CHECKPOINT) == kept
    await checking_of(desk).check_log(desk.files)
    assert await told(audit) == []
