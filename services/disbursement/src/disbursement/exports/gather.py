"""Gathering a report: this service's history up to the cut-off, folded; and what others told.

What was decided and paid is read as it was known at the cut-off. What others told of it (that a
case is restricted, the words of a programme) counts as it stands now: what must not be told today
is not told of the past either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from disbursement.domain.budget_line import budget_line
from disbursement.domain.cash import (
    CashConversionCorrected,
    CashConversionWithdrawn,
    CashHandOverConfirmed,
    CashRequested,
    cash,
)
from disbursement.domain.commitment import (
    CommitmentAmended,
    CommitmentCancelled,
    CommitmentLiquidated,
    CommitmentRequested,
    PurchaseOrderIssued,
    commitment,
)
from disbursement.domain.conversion import Conversion
from disbursement.domain.grant import Grant, grant
from disbursement.domain.payment import (
    BankChargeKept,
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    PaymentInstructed,
    PaymentReturned,
    VendorPaid,
    payment,
)
from disbursement.domain.recovery import RecoveryReceived, RefundPaid, recovery_of
from disbursement.domain.recovery.state import part
from disbursement.exports.report import (
    Bought,
    Cause,
    Changed,
    Given,
    Line,
    Moved,
    Paid,
    Report,
    line_of,
)
from disbursement.ledger import OUT, Account
from disbursement.views import exports, ledger
from events.decider import Decider
from events.money import Money, total
from events.ports import Store
from events.registry import Registry
from events.service import Connection
from events.values import CommitmentId, GrantId, PaymentId, ProgrammeId

LONGEST = 100_000
"""No stream has so many events."""


class Told(msgspec.Struct, frozen=True):
    """A fact of this service before the cut-off."""

    event: Any
    position: int
    recorded: datetime


Histories = Mapping[str, Sequence[Told]]
"""Facts by stream, in order."""


class History(msgspec.Struct, frozen=True):
    """This service's history up to a cut-off."""

    store: Store
    registry: Registry
    cut_off: int

    async def of(self, streams: Iterable[str]) -> Histories:
        """The facts of these streams; not of those that had none yet."""
        found = await self.store.load_all(sorted(streams), LONGEST)
        cut = {
            stream: [each for each in entries if each.position <= self.cut_off]
            for stream, entries in found.items()
        }
        return {
            stream: [
                Told(self.registry.read(e.envelope), e.position, e.envelope.recordedtime)
                for e in entries
            ]
            for stream, entries in cut.items()
            if entries
        }


async def gather(
    history: History, view: Connection, of: GrantId, since: date | None = None
) -> Report | None:
    """The grant as of the cut-off, which the views have reached; None: there was none yet."""
    opened = await history.of([of])
    terms = _folded(grant, opened).get(of)
    if terms is None:
        return None
    lines = await history.of(await _ids(view, "line_id", "budget_line_view", "grant_id", [of]))
    booked = await history.of(await _ids(view, "commitment_id", "ledger_posting", "line_id", lines))
    committed = {id_: told for id_, told in booked.items() if not _is_cash(told)}
    cash_lists = {id_: told for id_, told in booked.items() if _is_cash(told)}
    payments = await history.of(
        await _ids(view, "payment_id", "payment_view", "commitment_id", committed)
    )
    recoveries = await history.of(recovery_of(PaymentId(payment)) for payment in payments)
    bought = await _bought(view, committed, payments, recoveries)
    given = await _given(view, cash_lists)
    histories = (opened, lines, booked, payments, recoveries)
    return Report(
        grant=terms,
        cut_off=history.cut_off,
        as_of=max(each[-1].recorded for found in histories for each in found.values()),
        lines=await _lines(view, terms, lines, history.cut_off),
        bought=bought,
        given=given,
        moved=await _moved(view, terms, {**payments, **recoveries}, history.cut_off),
        promised=await _promised(view, terms, committed, history.cut_off),
        since=since,
        names=await exports.names(view, {each.commitment.vendor for each in bought}),
        wordings=tuple(await exports.wordings(view, sorted(_programmes(bought, given)))),
    )


async def _ids(
    view: Connection, column: str, table: str, by: str, those: Iterable[str]
) -> list[str]:
    rows = await view.fetch(
        f"select distinct {column} as id from {table} where {by} = any($1)",  # noqa: S608  all ours
        list(those),
    )
    return [row["id"] for row in rows]


def _is_cash(told: Sequence[Told]) -> bool:
    return isinstance(told[0].event, CashRequested)


def _programmes(bought: Iterable[Bought], given: Iterable[Given]) -> set[ProgrammeId]:
    return {each.commitment.programme for each in bought} | {
        each.planned.programme for each in given if each.planned is not None
    }


def _folded(decider: Decider[Any, Any, Any], histories: Histories) -> dict[str, Any]:
    return {
        stream: decider.fold([each.event for each in facts]) for stream, facts in histories.items()
    }


async def _lines(
    view: Connection, of: Grant, histories: Histories, cut_off: int
) -> tuple[Line, ...]:
    balance: dict[str, dict[Account, Money]] = {}
    for each in await ledger.balances(view, of.id, until=cut_off):
        balance.setdefault(each.budget_line, {})[each.account] = each.amount
    return tuple(
        line_of(line, balance.get(line.id, {}))
        for _, line in sorted(_folded(budget_line, histories).items())
    )


async def _bought(
    view: Connection,
    committed: Histories,
    payments: Histories,
    recoveries: Histories,
) -> tuple[Bought, ...]:
    states = _folded(commitment, committed)
    known = await exports.whereabouts(view, [each.item for each in states.values()])
    people = await exports.people(view, {each.case for each in states.values()})
    paying: dict[CommitmentId, list[Sequence[Told]]] = {}
    for told in sorted(payments.values(), key=lambda told: told[0].position):
        paying.setdefault(told[0].event.commitment, []).append(told)
    found = []
    for stream, state in sorted(states.items()):
        facts = committed[stream]
        its_payments = paying.get(state.id, [])
        where = known.get(state.item)
        found.append(
            Bought(
                commitment=state,
                cases=people[state.case].cases,
                restricted=people[state.case].restricted,
                planned=where.planned if where else None,
                sourcing=where.sourcing if where else None,
                paid=tuple(_standing(its_payments, recoveries)),
                changed=max(told[-1].recorded for told in (facts, *its_payments)),
                facts=len(facts) + sum(map(len, its_payments)),
                amended=tuple(_changed(facts)),
            )
        )
    return tuple(found)


def _changed(facts: Sequence[Told]) -> Iterator[Changed]:
    """The amendments after the order was issued."""
    issued = False
    for told in facts:
        event = told.event
        issued = issued or isinstance(event, PurchaseOrderIssued)
        if issued and isinstance(event, CommitmentAmended):
            yield Changed(number=event.amendment, day=event.at.date(), reason=event.reason)


async def _given(view: Connection, cash_lists: Histories) -> tuple[Given, ...]:
    states = _folded(cash, cash_lists)
    known = await exports.whereabouts(view, [each.item for each in states.values()])
    people = await exports.people(view, {each.case for each in states.values()})
    handed = {
        stream: told.event.at.date()
        for stream, facts in cash_lists.items()
        for told in facts
        if isinstance(told.event, CashHandOverConfirmed)
    }
    return tuple(
        Given(
            cash=state,
            cases=people[state.case].cases,
            restricted=people[state.case].restricted,
            planned=known[state.item].planned if state.item in known else None,
            handed_over=handed.get(stream),
            by_rule=_worth(state.amount, state.reserved, state.converted)
            if stream in handed
            else None,
            corrected_on=_corrected_on(cash_lists[stream]),
        )
        for stream, state in sorted(states.items())
    )


def _standing(payments: Iterable[Sequence[Told]], recoveries: Histories) -> Iterator[Paid]:
    """Those that were executed and did not come back."""
    for facts in payments:
        events = [told.event for told in reversed(facts)]
        last = next((e for e in events if isinstance(e, VendorPaid | PaymentReturned)), None)
        if not isinstance(last, VendorPaid):
            continue
        recovery = recoveries.get(recovery_of(last.payment), ())
        came = (told.event.amount for told in recovery if isinstance(told.event, RecoveryReceived))
        back = total(came, last.amount.currency)
        stands = payment.fold([told.event for told in facts])
        assert stands is not None, "it was paid"
        whole = _worth(last.amount, last.functional_amount, stands.converted)
        yield Paid(
            fact=last,
            by_rule=whole and whole - part(whole, back, last.amount),
            recovered=back,
            instructed=next((e for e in events if isinstance(e, PaymentInstructed)), None),
            corrected_on=_corrected_on(facts),
        )


_CORRECTIONS = (
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    CashConversionCorrected,
    CashConversionWithdrawn,
)


def _corrected_on(facts: Iterable[Told]) -> date | None:
    """Since when its worth by the rule is another one than was told before."""
    events = [told.event for told in facts]
    return next((e.at.date() for e in reversed(events) if isinstance(e, _CORRECTIONS)), None)


def _worth(amount: Money, in_ledger: Money, converted: Conversion | None) -> Money | None:
    """By the grant's rule: what needs no conversion is worth itself."""
    if amount.currency == in_ledger.currency:
        return amount
    return converted.by_rule if converted is not None else None


_CAUSES: Mapping[type, Cause] = {
    VendorPaid: Cause.PAYMENT,
    PaymentReturned: Cause.RETURN,
    RecoveryReceived: Cause.RECOVERY,
    RefundPaid: Cause.REFUND,
    BankChargeKept: Cause.CHARGE,
}


async def _moved(
    view: Connection, of: Grant, histories: Histories, cut_off: int
) -> tuple[Moved, ...]:
    """The ledger's postings on the bank's account and on cash; a payment counts on its value
    date.
    """
    events = {told.position: told.event for facts in histories.values() for told in facts}
    found = []
    for posting in await ledger.postings_on(view, of.id, OUT, until=cut_off):
        event = events.get(posting.position)
        cause = _CAUSES.get(type(event), Cause.OTHER)
        found.append(
            Moved(
                cause=Cause.CASH if posting.account is Account.CASH else cause,
                day=event.value_date if isinstance(event, VendorPaid) else posting.day,
                line=posting.budget_line,
                commitment=posting.commitment,
                amount=-posting.amount,
            )
        )
    return tuple(found)


_PROMISES = (CommitmentRequested, CommitmentAmended, CommitmentCancelled, CommitmentLiquidated)
"""What changes how much is promised; a delivery does not, though the ledger keeps it in mind no
longer."""


async def _promised(
    view: Connection, of: Grant, committed: Histories, cut_off: int
) -> tuple[Moved, ...]:
    """The ledger's postings on what was promised by orders, from the day of each order on."""
    events = {told.position: told.event for facts in committed.values() for told in facts}
    issued = {
        stream: told.event.at.date()
        for stream, facts in committed.items()
        for told in facts
        if isinstance(told.event, PurchaseOrderIssued)
    }
    found = (
        Moved(
            cause=Cause.ORDER,
            day=max(posting.day, issued[posting.commitment]),
            line=posting.budget_line,
            commitment=posting.commitment,
            amount=posting.amount,
        )
        for posting in await ledger.postings_on(view, of.id, (Account.COMMITMENTS,), until=cut_off)
        if posting.commitment in issued and isinstance(events.get(posting.position), _PROMISES)
    )
    return tuple(sorted(found, key=lambda each: each.day))
