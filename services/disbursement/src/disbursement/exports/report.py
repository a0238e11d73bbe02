"""What there is to tell of a grant as of a cut-off. Pure: facts are folded before it comes here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from disbursement.domain.budget_line import BudgetLine
from disbursement.domain.cash import Cash
from disbursement.domain.commitment import Commitment, Stage
from disbursement.domain.grant import Grant
from disbursement.domain.payment import PaymentInstructed, VendorPaid
from disbursement.ledger import OUT, SPENT, Account
from events.money import Money, total
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    OrganisationName,
    ProgrammeId,
    QuotationId,
    SourcingId,
    VendorId,
)

GOES_ON = (Stage.REQUESTED, Stage.CERTIFIED, Stage.APPROVED, Stage.ISSUED)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A budget line by the ledger, in the grant's currency.

    Available is the ceiling without earmarked, committed, expense, owed back, given up and left
    over: whatever happened.
    """

    id: BudgetLineId
    category: Code
    ceiling: Money
    earmarked: Money
    """Kept for items of approved plans."""
    committed: Money
    """Reserved for what is not delivered yet, or paid for it in advance."""
    expense: Money
    owed_back: Money
    """By vendors."""
    given_up: Money
    """Of what vendors owed back."""
    left_over: Money
    """What was reserved for payments beyond what they came to at the order's rate; below zero where
    they came to more."""
    paid: Money
    """What left bank and cash for it and did not come back, at the rate of the day."""
    exchange_difference: Money
    available: Money


def line_of(line: BudgetLine, balance: Mapping[Account, Money]) -> Line:
    """The line's own state beside what stands on its accounts."""
    nothing = Money.zero(line.ceiling.currency)

    def on(*accounts: Account) -> Money:
        return total((balance.get(each, nothing) for each in accounts), nothing.currency)

    exchange = on(Account.EXCHANGE)
    return Line(
        id=line.id,
        category=line.category,
        ceiling=line.ceiling,
        earmarked=line.earmarked,
        committed=line.reserved + on(Account.ADVANCE, Account.NOT_INVOICED, Account.PAYABLE),
        expense=on(*SPENT),
        owed_back=on(Account.RECEIVABLE),
        given_up=on(Account.WRITTEN_OFF),
        left_over=exchange - line.exchange_difference,
        paid=-on(*OUT),
        exchange_difference=exchange,
        available=line.available,
    )


class Cause(StrEnum):
    """Why something moved on the accounts of the bank and of cash."""

    PAYMENT = "payment"
    RETURN = "return"
    RECOVERY = "recovery"
    REFUND = "refund"
    CHARGE = "bank_charge"
    """What the bank kept of a payment that it sent back."""
    CASH = "cash"
    ORDER = "order"
    """What an order promises, more of it or less."""
    OTHER = "other"


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One posting on the bank's account or on cash: above zero what went, below what came back. Or
    what an order promised, and what was taken back of that.
    """

    cause: Cause
    day: date
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    quotation: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    day: date


class Sourcing(msgspec.Struct, frozen=True, kw_only=True):
    """How the vendor of an item was found."""

    id: SourcingId
    requested: date
    estimate: Money
    offers: tuple[Offer, ...] = ()
    waived: Code | None = None
    """Why fewer quotations were enough."""
    selected: VendorId | None = None
    selected_on: date | None = None

    @property
    def vendors(self) -> frozenset[VendorId]:
        """Who made an offer."""
        return frozenset(offer.vendor for offer in self.offers)


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The item of a plan that it was bought for."""

    programme: ProgrammeId
    type: Code
    modality: Code
    ceiling: Money


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that the bank executed and that did not come back."""

    fact: VendorPaid
    by_rule: Money | None
    """What was not recovered of it, in the grant's currency by the grant's rule; None: it has no
    rate under the rule."""
    recovered: Money
    instructed: PaymentInstructed | None
    """With which file the bank was instructed, where that is how it was paid."""
    corrected_on: date | None = None
    """When its rate by the rule was found wrong last, and what it comes to was put right."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """An amendment of an order, as it counts."""

    number: int
    day: date
    reason: Code


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """One commitment: what it was for and what came of it."""

    commitment: Commitment
    cases: frozenset[CaseId]
    """Whom it was for; several, for a project."""
    restricted: bool
    """Whether one of them is known only to who needs to know."""
    planned: Planned | None
    sourcing: Sourcing | None
    paid: tuple[Paid, ...]
    changed: datetime
    """When its last fact was recorded."""
    facts: int
    """How many there are: what it is like now is told by another release than before."""
    amended: tuple[Changed, ...] = ()
    """How its order was changed after it was issued."""

    @property
    def id(self) -> CommitmentId:
        return self.commitment.id

    @property
    def ended_early(self) -> bool:
        """Whether it ended before all that was ordered was paid for."""
        return self.commitment.stage not in {*GOES_ON, Stage.LIQUIDATED}


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Cash for one item: what it was for, and what the returnee signed."""

    cash: Cash
    cases: frozenset[CaseId]
    restricted: bool
    planned: Planned | None
    handed_over: date | None = None
    by_rule: Money | None = None
    """What was handed over, in the grant's currency by the grant's rule; None: it has no rate under
    the rule, or was not handed over."""
    corrected_on: date | None = None

    @property
    def id(self) -> CommitmentId:
        """Where funds are reserved it stands for a commitment."""
        return CommitmentId(self.cash.id)


class Wording(msgspec.Struct, frozen=True):
    """A programme's rules for what is told."""

    programme: ProgrammeId
    countries: tuple[Code, ...]
    """Where people return to; none: anywhere."""
    below: int
    """Of fewer cases than these, no figure is told."""
    for_others: tuple[tuple[Code, Code], ...]
    """What a type of assistance is called, where a case must not be guessed from it."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as of a cut-off."""

    grant: Grant
    cut_off: int
    as_of: datetime
    """When the last fact before the cut-off was recorded."""
    lines: tuple[Line, ...]
    bought: tuple[Bought, ...]
    given: tuple[Given, ...]
    moved: tuple[Moved, ...]
    promised: tuple[Moved, ...]
    """What orders promised to vendors."""
    wordings: tuple[Wording, ...]
    since: date | None = None
    """The first day that it tells of, where it does not tell from the beginning."""
    names: dict[VendorId, OrganisationName] = {}
    """How vendors are called that are organisations."""

    @property
    def below(self) -> int:
        return max((each.below for each in self.wordings), default=0)

    @property
    def ceiling(self) -> Money:
        return total((line.ceiling for line in self.lines), self.grant.currency)

    @property
    def spent_on(self) -> dict[CommitmentId, Bought | Given]:
        """All that the grant's money was promised or spent for."""
        bought = {each.id: each for each in self.bought}
        return {**bought, **{each.id: each for each in self.given}}

    @property
    def categories(self) -> dict[BudgetLineId, Code]:
        """What each budget line is for."""
        return {line.id: line.category for line in self.lines}


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The months in which payments for enough cases were made."""

    first: date
    last: date
    """The first day of the first and of the last month."""
    moved: tuple[Moved, ...]

    @property
    def amount(self) -> Money:
        return total((each.amount for each in self.moved), self.moved[0].amount.currency)


def periods(
    report: Report, moved: Sequence[Moved] | None = None
) -> tuple[Sequence[Period], Sequence[Moved]]:
    """Successive periods of at least `below` cases each, and what has to wait for more: of what was
    paid, each budget line and kind of assistance by itself, if nothing else is said.

    They follow the log and not the calendar: what is booked later, for whichever day, is told with
    those that follow. So a period that was told is never told again with another case in it, and
    the difference of two exports tells of no fewer cases either; nor does one between a figure by
    line and kind and one of them all, for all are made of the same periods.
    """
    spent_on = report.spent_on
    told: list[Period] = []
    waiting: dict[tuple[BudgetLineId, Code | None] | None, list[Moved]] = {}
    behind: dict[tuple[BudgetLineId, Code | None] | None, set[CaseId]] = {}
    for each in report.moved if moved is None else moved:
        spent = spent_on[each.commitment]
        kind = (each.line, spent.planned.type if spent.planned else None) if moved is None else None
        those, cases = waiting.setdefault(kind, []), behind.setdefault(kind, set())
        those.append(each)
        cases |= spent.cases
        if len(cases) >= report.below:
            days = [one.day.replace(day=1) for one in those]
            told.append(Period(first=min(days), last=max(days), moved=tuple(those)))
            del waiting[kind], behind[kind]
    return told, [each for those in waiting.values() for each in those]
