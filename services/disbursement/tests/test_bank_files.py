"""Whatever happens between the second signature and the bank: the vendor is paid once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace
from services.disbursement.tests.cashier import KnownPayees
from services.disbursement.tests.payment_asks import put_in
from services.disbursement.tests.people import (
    ACCOUNT,
    DOCUMENT,
    FILE,
    HANA,
    NOON,
    OTHER,
    OVENS,
    PAYMENT,
    TODAY,
    iqd,
    released,
)

from disbursement.bank.instruct import SealBroken, effects
from disbursement.domain import registry
from disbursement.domain.bank_file import (
    BankFileEmpty,
    BankFileIsAt,
    BankFileLeaving,
    BankFilePrepared,
    BankFileSealed,
    BankFileSent,
    ExecutionInThePast,
    ExecutionTooFarAhead,
    Instructed,
    LetBankFileLeave,
    PrepareBankFile,
    RecordSending,
    SealBankFile,
    SealedOtherwise,
    Stage,
    TwiceInTheFile,
    bank_file,
    message_id,
)
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.domain.payment import PaymentEvent, payment
from disbursement.gateways import TO_BANK, Gateways, LocalBankFolder
from disbursement.iso20022.pain001 import Message
from disbursement.settings import BadDebtor, Debtor
from disbursement.stopping import Stoppable
from events.delivery.consume import Ear, Poison, Reaction
from events.delivery.memory import MemoryTracking
from events.delivery.ports import Watch
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.memory import FixedClock, MemoryStore, SeededIds
from events.ports import Append, Unavailable
from events.scenario import scenario
from events.values import SYSTEM, BankFileId, Code, Digest

instructed = Instructed(
    payment=PAYMENT,
    end_to_end_id=Code("pay-1"),
    vendor=OVENS,
    account=ACCOUNT,
    amount=iqd(1_400_000),
    invoice_number=InvoiceNumber("INV-2231"),
)
prepare = PrepareBankFile(
    by=HANA,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    execution=TODAY,
    payments=(instructed,),
    within=timedelta(days=30),
)
prepared = BankFilePrepared(
    by=HANA,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    execution=TODAY,
    payments=(instructed,),
)
seal = SealBankFile(by=SYSTEM, at=NOON, file_hash=DOCUMENT)
sealed = BankFileSealed(
    by=SYSTEM,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    file_hash=DOCUMENT,
    payments=(PAYMENT,),
)
let_leave = LetBankFileLeave(by=SYSTEM, at=NOON, file_hash=DOCUMENT, rail=None)
leaving = BankFileLeaving(
    by=SYSTEM,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    file_hash=DOCUMENT,
    rail=None,
    payments=(PAYMENT,),
)
send = RecordSending(by=SYSTEM, at=NOON, file_hash=DOCUMENT)
sent = BankFileSent(by=SYSTEM, at=NOON, file=FILE, file_hash=DOCUMENT)


# The file as it is decided


def test_a_file_is_prepared_sealed_let_leave_and_sent() -> None:
    scenario(bank_file).given().when(prepare).then(prepared)
    scenario(bank_file).given(prepared).when(seal).then(sealed)
    scenario(bank_file).given(prepared, sealed).when(let_leave).then(leaving)
    scenario(bank_file).given(prepared, sealed, leaving).when(send).then(sent)


def test_each_step_can_be_done_again() -> None:
    scenario(bank_file).given(prepared, sealed).when(seal).then()
    scenario(bank_file).given(prepared, sealed, leaving).when(let_leave).then()
    scenario(bank_file).given(prepared, sealed, leaving, sent).when(send).then()
    scenario(bank_file).given(prepared, sealed, leaving, sent).when(let_leave).then()


def test_a_sealed_file_has_that_content_for_ever() -> None:
    other = SealBankFile(by=SYSTEM, at=NOON, file_hash=OTHER)
    scenario(bank_file).given(prepared, sealed).when(other).then_rejected(
        SealedOtherwise(DOCUMENT, OTHER)
    )
    leaves = replace(let_leave, file_hash=OTHER)
    scenario(bank_file).given(prepared, sealed).when(leaves).then_rejected(
        SealedOtherwise(DOCUMENT, OTHER)
    )
    sending = RecordSending(by=SYSTEM, at=NOON, file_hash=OTHER)
    scenario(bank_file).given(prepared, sealed, leaving).when(sending).then_rejected(
        SealedOtherwise(DOCUMENT, OTHER)
    )


def test_a_file_holds_each_payment_once_and_at_least_one_and_is_not_of_yesterday() -> None:
    nobody = replace(prepare, payments=())
    scenario(bank_file).given().when(nobody).then_rejected(BankFileEmpty(FILE))
    twice = replace(prepare, payments=(instructed, instructed))
    scenario(bank_file).given().when(twice).then_rejected(TwiceInTheFile(PAYMENT))
    past = replace(prepare, execution=TODAY.replace(day=1))
    scenario(bank_file).given().when(past).then_rejected(
        ExecutionInThePast(TODAY.replace(day=1), TODAY)
    )
    scenario(bank_file).given(prepared).when(prepare).then_rejected(
        BankFileIsAt(Stage.PREPARED, None)
    )


def test_a_bank_is_told_so_many_days_ahead_and_no_more() -> None:
    last = replace(prepare, execution=TODAY + timedelta(days=30))
    outcome = scenario(bank_file).given().when(last)
    assert outcome.rejection is None
    later = replace(prepare, execution=date(2099, 1, 1))
    scenario(bank_file).given().when(later).then_rejected(
        ExecutionTooFarAhead(date(2099, 1, 1), TODAY + timedelta(days=30))
    )


def test_the_message_id_is_the_files_own_in_letters_that_banks_carry() -> None:
    assert message_id(BankFileId("fil_01k8xv3q7m9r2t5w8z0b3d6f9h")) == (
        "fil-01k8xv3q7m9r2t5w8z0b3d6f9h"
    )


# Killed at any point between the intent and the bank


class Killed(BaseException):
    """The process is gone."""


@dataclass
class FallibleFolder:
    """A bank folder that kills the process at one of its doors."""

    real: LocalBankFolder
    kill_at: str | None = None

    def _door(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = None
            raise Killed(name)

    def sealed(self, name: str) -> bytes | None:
        return self.real.sealed(name)

    def seal(self, name: str, content: bytes) -> bytes:
        self._door("before the file is written")
        stands = self.real.seal(name, content)
        self._door("after the file is written")
        return stands

    def hand_over(self, name: str, content: bytes) -> bytes:
        self._door("before the file is handed over")
        stands = self.real.hand_over(name, content)
        self._door("after the file is handed over")
        return stands

    def forget(self, name: str) -> None:
        self.real.forget(name)

    def answers(self) -> Sequence[str]:
        return self.real.answers()

    def read(self, name: str) -> bytes:
        return self.real.read(name)

    def lay(self, name: str, content: bytes) -> None:
        self.real.lay(name, content)

    def put_away(self, name: str, digest: Digest) -> None:
        self.real.put_away(name, digest)

    def keep(self, digest: Digest, content: bytes) -> None:
        self.real.keep(digest, content)

    def kept(self, digest: Digest) -> bytes | None:
        return self.real.kept(digest)


@dataclass
class FallibleStore(MemoryStore):
    """A store that kills the process before or after it stored a fact of some kind."""

    kill_before: str | None = None
    kill_after: str | None = None

    def __post_init__(self) -> None:
        MemoryStore.__init__(self)

    async def append(self, append: Append) -> tuple[int, ...]:
        kinds = {draft.type.split(".")[1] for draft in append.drafts}
        if self.kill_before in kinds:
            self.kill_before = None
            raise Killed
        positions = await super().append(append)
        if self.kill_after in kinds:
            self.kill_after = None
            raise Killed
        return positions


@dataclass
class Desk:
    """The two effects at work over a store in memory, restarted whenever they are killed."""

    folder: Path
    store: FallibleStore = field(default_factory=FallibleStore)
    payees: KnownPayees = field(default_factory=KnownPayees)
    tracking: MemoryTracking = field(default_factory=MemoryTracking)
    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.bank = FallibleFolder(LocalBankFolder(self.folder))
        self.handler = Handler(registry, self.store, self.clock, SeededIds())
        nothing: Any = None  # no read model is asked
        stoppable = Stoppable(nothing, self.clock)
        self.gateways = Gateways(self.payees, self.bank, Debtor(), self.clock, stoppable)

    async def a_released_payment_is_put_in_a_file(self) -> None:
        await self._stands(PAYMENT, released)
        put = put_in(FILE)
        await self.handler.do(
            Act(bank_file, FILE, prepare),
            Act(payment, PAYMENT, put),
            context=_context(Actor(id=HANA, role=Code("x"), organisation=Code("iom"))),
        )

    async def _stands(self, stream: str, facts: tuple[PaymentEvent, ...]) -> None:
        """What has happened before: the facts as they are, each by its own person."""
        for version, fact in enumerate(facts, start=1):
            actor = Actor(id=fact.by, role=Code("x"), organisation=Code("iom"))
            draft = registry.draft(
                fact,
                stream=stream,
                version=version,
                event_id=self.handler.ids.event_id(),
                recorded=NOON,
                context=_context(actor),
                salt=self.handler.ids.salt,
            )
            await self.store.append(Append((draft,)))

    async def work(self) -> None:
        """Run the effects until nothing is left to do; one that is killed starts anew."""
        for _ in range(10):
            try:
                if not await self._once():
                    return
            except Killed:
                continue
            except Unavailable:
                return
        raise AssertionError("it never comes to rest")

    async def until_it_is_killed(self) -> None:
        while True:
            await self._once()

    async def _once(self) -> bool:
        entries = await self.store.read(0, 1000)
        for effect in effects:

            async def run(fact: Any, effect: Any = effect) -> list[Any]:
                return list(await effect.run(fact, self.gateways))

            ear = Ear("disbursement", registry)
            await Reaction(effect.name, run, ear, self.handler, self.tracking, Watch()).take(
                entries
            )
        await self._let_leave()
        return await self.store.head() > len(entries)

    async def _let_leave(self) -> None:
        """What is sealed, without asking anything; whether it may is another test's."""
        state, _ = await self.handler.load(bank_file, FILE)
        if state is not None and state.stage is Stage.SEALED:
            assert state.file_hash is not None, "it is sealed"
            leaves = replace(let_leave, file_hash=state.file_hash)
            system = Actor(id=SYSTEM, role=Code("x"), organisation=Code("iom"))
            await self.handler.do(Act(bank_file, FILE, leaves), context=_context(system))

    async def told(self) -> list[str]:
        entries = await self.store.read(0, 1000)
        return [entry.envelope.type.split(".")[1] for entry in entries]

    def at_the_bank(self) -> list[Path]:
        """What the bank can see."""
        return sorted((self.folder / TO_BANK).glob("*.xml"))


def _context(actor: Actor) -> Context:
    return Context(actor=actor, correlation="c")


AFTER_THE_SIGNATURES = [
    "bank_file_prepared",
    "payment_put_in_file",
    "bank_file_sealed",
    "bank_file_leaving",
    "bank_file_sent",
    "payment_instructed",
]


def _no_accident(_: Desk) -> None:
    pass


def _door(name: str) -> Callable[[Desk], None]:
    def kill(desk: Desk) -> None:
        desk.bank.kill_at = name

    return kill


def _store(when: str, kind: str) -> Callable[[Desk], None]:
    def kill(desk: Desk) -> None:
        setattr(desk.store, f"kill_{when}", kind)

    return kill


@pytest.mark.parametrize(
    "accident",
    [
        pytest.param(_no_accident, id="nothing happens"),
        pytest.param(_door("before the file is written"), id="before the file is written"),
        pytest.param(_door("after the file is written"), id="after the file is written"),
        pytest.param(_store("before", "bank_file_sealed"), id="before its hash is recorded"),
        pytest.param(_store("after", "bank_file_sealed"), id="after its hash is recorded"),
        pytest.param(_store("before", "bank_file_leaving"), id="before it is let leave"),
        pytest.param(_store("after", "bank_file_leaving"), id="after it was let leave"),
        pytest.param(_door("before the file is handed over"), id="before it is handed over"),
        pytest.param(_door("after the file is handed over"), id="after it is handed over"),
        pytest.param(_store("before", "payment_instructed"), id="before that is recorded"),
        pytest.param(_store("after", "payment_instructed"), id="after that is recorded"),
    ],
)
async def test_killed_anywhere_one_file_with_one_reference_reaches_the_bank(
    tmp_path: Path, accident: Callable[[Desk], None]
) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    accident(desk)
    await desk.work()
    assert (await desk.told())[5:] == AFTER_THE_SIGNATURES
    [file] = desk.at_the_bank()
    assert file.name == "fil-1.xml"
    assert _references(file) == ["pay-1"]


async def test_details_that_change_between_writing_and_recording_change_nothing(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    desk.bank.kill_at = "after the file is written"
    with pytest.raises(Killed):
        await desk.until_it_is_killed()
    desk.payees.name = "Somebody Else"
    await desk.work()
    [file] = desk.at_the_bank()
    assert b"Al-Noor Ovens" in file.read_bytes()
    assert b"Somebody Else" not in file.read_bytes()
    assert len(desk.payees.asked) == 1


async def test_a_file_that_is_not_what_was_sealed_is_not_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    desk.bank.kill_at = "before the file is handed over"
    with pytest.raises(Killed):
        await desk.until_it_is_killed()
    [kept] = (tmp_path / "sealed").glob("*.xml")
    kept.write_bytes(kept.read_bytes().replace(b"1400000.000", b"9400000.000"))
    with pytest.raises(Poison) as stopped:
        await desk.work()
    assert isinstance(stopped.value.cause, SealBroken)
    assert desk.at_the_bank() == []


async def test_a_sealed_file_whose_copy_is_gone_is_not_written_with_other_content(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    desk.bank.kill_at = "before the file is handed over"
    with pytest.raises(Killed):
        await desk.until_it_is_killed()
    desk.bank.forget(FILE)
    desk.payees.name = "Somebody Else"
    with pytest.raises(Poison) as stopped:
        await desk.work()
    assert isinstance(stopped.value.cause, SealBroken)
    assert desk.at_the_bank() == []


async def test_a_vendors_service_that_is_down_is_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    desk.payees.is_down = True
    await desk.work()
    assert desk.at_the_bank() == []
    desk.payees.is_down = False
    await desk.work()
    assert len(desk.at_the_bank()) == 1


async def test_no_name_and_no_number_is_in_any_event(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.a_released_payment_is_put_in_a_file()
    await desk.work()
    for entry in await desk.store.read(0, 1000):
        assert b"Al-Noor" not in entry.raw
        assert b"NBIQ850" not in entry.raw


async def test_only_this_user_reads_the_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "bank")
    await desk.a_released_payment_is_put_in_a_file()
    await desk.work()
    there = [*desk.folder.iterdir(), *desk.at_the_bank()]
    assert len(there) == 4
    for path in there:
        assert path.stat().st_mode & 0o077 == 0, path


# The debtor


def test_the_debtor_is_read_from_the_environment() -> None:
    told = (
        '{"name": "An Agency", "country": "SK", "town": "Bratislava",'
        ' "iban": "SK3112000000198742637541", "bic": "TATRSKBX"}'
    )
    assert Debtor.read({"HOMEWARD_DEBTOR": told}).name == "An Agency"
    assert Debtor.read({}) == Debtor()
    older = told.replace("{", '{"message": "pain.001.001.03", ', 1)
    assert Debtor.read({"HOMEWARD_DEBTOR": older}).message is Message.V03
    with pytest.raises(BadDebtor, match="ibn"):
        Debtor.read({"HOMEWARD_DEBTOR": told.replace('"iban"', '"ibn"')})
    with pytest.raises(BadDebtor, match="town"):
        Debtor.read({"HOMEWARD_DEBTOR": told.replace("Bratislava", "Košice")})


def _references(file: Path) -> list[str]:
    root = etree.parse(file).getroot()
    return [str(element.text) for element in root.iter("{*}EndToEndId")]
