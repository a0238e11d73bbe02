"""One-time codes by which a returnee confirms a delivery: one at a time for each order.

    issued -> used, by one delivery
           -> locked, after too many wrong ones
           -> expired, or ended by the next one

No event holds a code, only its keyed digest; nor a wrong one that was given. Who was shown a code
records no delivery with it (S7). So that nobody finds one by trying, an order has few codes a day;
and after many wrong ones none until somebody issues the next one who had no part in these: neither
issued a code nor gave a wrong one. What counts is when the returnee gave it, which for a delivery
that was written down without a network lies before the day on which we hear of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CommitmentId, DeliveryCodeId, Digest, PersonId, ReceiptId

A_DAY = timedelta(days=1)
CODES_A_DAY = 5
"""For one order."""
WRONG_IN_ALL = 10
"""By several codes of one order, since a delivery or since another person issued one."""

# Requests


class IssueCode(Command, frozen=True):
    commitment: CommitmentId
    ordered: bool
    """Whether the order stands, and something may still be delivered on it."""
    code: DeliveryCodeId
    digest: Digest
    expires: datetime
    tries: int


class ShowCode(Command, frozen=True):
    """Somebody is about to be shown it, to tell the returnee."""


class TryCode(Command, frozen=True):
    """The returnee gave a code; whether it is the right one is a fact only where it is not."""

    digest: Digest
    given_at: datetime
    receipt: ReceiptId


class UseCode(Command, frozen=True):
    """The delivery that it confirms is recorded."""

    digest: Digest
    given_at: datetime
    receipt: ReceiptId


DeliveryCodeCommand = IssueCode | ShowCode | TryCode | UseCode


# Facts


class DeliveryCodeIssued(Event, frozen=True, tag="disbursement.delivery_code_issued.v1"):
    commitment: CommitmentId
    code: DeliveryCodeId
    digest: Digest
    """Keyed with the service's own secret: nobody finds the code by trying."""
    expires: datetime
    tries: int
    """How many wrong ones may be given before it is locked."""


class DeliveryCodeShown(Event, frozen=True, tag="disbursement.delivery_code_shown.v1"):
    """Somebody was shown the code, to tell the returnee."""

    commitment: CommitmentId
    code: DeliveryCodeId


class DeliveryCodeMistaken(Event, frozen=True, tag="disbursement.delivery_code_mistaken.v1"):
    """A wrong code was given."""

    commitment: CommitmentId
    code: DeliveryCodeId
    given: Digest
    left: int
    """How many more may be."""


class DeliveryCodeUsed(Event, frozen=True, tag="disbursement.delivery_code_used.v1"):
    commitment: CommitmentId
    code: DeliveryCodeId
    receipt: ReceiptId


DeliveryCodeEvent = DeliveryCodeIssued | DeliveryCodeShown | DeliveryCodeMistaken | DeliveryCodeUsed


# Refusals


@dataclass(unsafe_hash=True)
class NothingOrdered(Rejected):
    """There is no order on which something may be delivered."""

    commitment: CommitmentId


@dataclass(unsafe_hash=True)
class NoCodeIssued(Rejected):
    """No code was issued for the order by then."""

    at: datetime


@dataclass(unsafe_hash=True)
class TooManyCodes(Rejected):
    """So many codes were issued for the order within a day."""

    issued: int
    again_from: datetime


@dataclass(unsafe_hash=True)
class IssuedByAnother(Rejected):
    """After so many wrong codes the next one is issued by a person who had no part in them."""

    person: PersonId
    wrong: int


@dataclass(unsafe_hash=True)
class CodeUsed(Rejected):
    """The code confirmed a delivery before: the next one needs another."""

    code: DeliveryCodeId
    receipt: ReceiptId


@dataclass(unsafe_hash=True)
class CodeExpired(Rejected):
    """The code was given too late."""

    code: DeliveryCodeId
    expires: datetime


@dataclass(unsafe_hash=True)
class CodeLocked(Rejected):
    """Too many wrong codes were given: another one has to be issued."""

    code: DeliveryCodeId


@dataclass(unsafe_hash=True)
class CodeWrong(Rejected):
    """This is not the code."""

    code: DeliveryCodeId
    tries_left: int


@dataclass(unsafe_hash=True)
class KnowsTheCode(Rejected):
    """Who was shown the code does not record a delivery with it (S7)."""

    person: PersonId


# State


class Code(msgspec.Struct, frozen=True, kw_only=True):
    id: DeliveryCodeId
    digest: Digest
    issued: datetime
    expires: datetime
    left: int
    ended: datetime | None = None
    """When the next one was issued."""
    mistaken: frozenset[Digest] = frozenset()
    shown_to: frozenset[PersonId] = frozenset()
    used: ReceiptId | None = None

    def stood(self, at: datetime) -> bool:
        return self.issued <= at and (self.ended is None or at < self.ended)


class DeliveryCodes(State, frozen=True):
    """Of one order, the latest last."""

    commitment: CommitmentId
    codes: tuple[Code, ...]
    wrong: int = 0
    """How many were given since a delivery, or since another person issued a code after them."""
    had_a_part: frozenset[PersonId] = frozenset()
    """Who issued these codes, or gave a wrong one."""

    def at(self, when: datetime) -> Code | None:
        return next((code for code in self.codes if code.stood(when)), None)


def codes_of(commitment: CommitmentId) -> str:
    """The stream of an order's codes."""
    return "dcs_" + commitment.partition("_")[2]


def evolve(codes: DeliveryCodes | None, event: DeliveryCodeEvent) -> DeliveryCodes:
    if isinstance(event, DeliveryCodeIssued):
        return _issued(codes, event)
    assert codes is not None, "a fact about a code that was not issued"
    match event:
        case DeliveryCodeShown(code=code, by=by):
            return _with(codes, code, shown_to=_one(codes, code).shown_to | {by})
        case DeliveryCodeMistaken(code=code, given=given, left=left):
            mistaken = _one(codes, code).mistaken | {given}
            had_a_part = codes.had_a_part | {event.by}
            counted = replace(codes, wrong=codes.wrong + 1, had_a_part=had_a_part)
            return _with(counted, code, mistaken=mistaken, left=left)
        case DeliveryCodeUsed(code=code, receipt=receipt):
            return _with(replace(codes, wrong=0, had_a_part=frozenset()), code, used=receipt)
        case _:
            assert_never(event)


def _issued(codes: DeliveryCodes | None, event: DeliveryCodeIssued) -> DeliveryCodes:
    new = Code(
        id=event.code,
        digest=event.digest,
        issued=event.at,
        expires=event.expires,
        left=event.tries,
    )
    if codes is None:
        part = frozenset({event.by})
        return DeliveryCodes(commitment=event.commitment, codes=(new,), had_a_part=part)
    *earlier, last = codes.codes
    anew = codes.wrong >= WRONG_IN_ALL
    return replace(
        codes,
        codes=(*earlier, replace(last, ended=event.at), new),
        wrong=0 if anew else codes.wrong,
        had_a_part=frozenset({event.by}) if anew else codes.had_a_part | {event.by},
    )


def _one(codes: DeliveryCodes, code: DeliveryCodeId) -> Code:
    return next(each for each in codes.codes if each.id == code)


def _with(codes: DeliveryCodes, code: DeliveryCodeId, **changes: object) -> DeliveryCodes:
    changed = tuple(replace(c, **changes) if c.id == code else c for c in codes.codes)
    return replace(codes, codes=changed)


# Rules


def decide(
    command: DeliveryCodeCommand, codes: DeliveryCodes | None
) -> Sequence[DeliveryCodeEvent]:
    by, at = command.by, command.at
    if isinstance(command, IssueCode):
        return [_issue(command, codes)]
    if codes is None:
        raise NoCodeIssued(at)
    match command:
        case ShowCode():
            code = _open(codes, at)
            if by in code.shown_to:
                return []
            return [DeliveryCodeShown(by=by, at=at, commitment=codes.commitment, code=code.id)]
        case TryCode():
            return _tried(command, codes)
        case UseCode():
            return _used(command, codes)
        case _:
            assert_never(command)


def _issue(command: IssueCode, codes: DeliveryCodes | None) -> DeliveryCodeIssued:
    if not command.ordered:
        raise NothingOrdered(command.commitment)
    if codes is not None:
        lately = [code.issued for code in codes.codes if command.at < code.issued + A_DAY]
        if len(lately) >= CODES_A_DAY:
            raise TooManyCodes(len(lately), lately[-CODES_A_DAY] + A_DAY)
        if codes.wrong >= WRONG_IN_ALL and command.by in codes.had_a_part:
            raise IssuedByAnother(command.by, codes.wrong)
    return DeliveryCodeIssued(
        by=command.by,
        at=command.at,
        commitment=command.commitment,
        code=command.code,
        digest=command.digest,
        expires=command.expires,
        tries=command.tries,
    )


def _tried(command: TryCode, codes: DeliveryCodes) -> list[DeliveryCodeEvent]:
    code = _open(codes, command.given_at, command.receipt)
    if command.by in code.shown_to:
        raise KnowsTheCode(command.by)
    if command.digest == code.digest or command.digest in code.mistaken:
        return []
    return [
        DeliveryCodeMistaken(
            by=command.by,
            at=command.at,
            commitment=codes.commitment,
            code=code.id,
            given=command.digest,
            left=code.left - 1,
        )
    ]


def _used(command: UseCode, codes: DeliveryCodes) -> list[DeliveryCodeEvent]:
    code = _open(codes, command.given_at, command.receipt)
    if command.by in code.shown_to:
        raise KnowsTheCode(command.by)
    if command.digest != code.digest:
        raise CodeWrong(code.id, code.left)
    if code.used is not None:
        return []
    return [
        DeliveryCodeUsed(
            by=command.by,
            at=command.at,
            commitment=codes.commitment,
            code=code.id,
            receipt=command.receipt,
        )
    ]


def _open(codes: DeliveryCodes, at: datetime, receipt: ReceiptId | None = None) -> Code:
    """The code that stood then, unless it confirms nothing any more but this very receipt."""
    code = codes.at(at)
    if code is None:
        raise NoCodeIssued(at)
    if code.used is not None and code.used != receipt:
        raise CodeUsed(code.id, code.used)
    if code.left <= 0:
        raise CodeLocked(code.id)
    if code.expires <= at:
        raise CodeExpired(code.id, code.expires)
    return code


delivery_codes = Decider(decide=decide, evolve=evolve)
