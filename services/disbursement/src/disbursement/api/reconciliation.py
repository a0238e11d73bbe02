"""Reconciliation: facts, ledger and statements held against each other, by grant and by account.

Each difference has a name, an amount and its lines; `unexplained` is what they do not come to. It
is zero, or we are wrong.
"""

from collections.abc import Iterable
from datetime import date

from disbursement.api.ledger import known
from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import api
from disbursement.domain.bank_statement import Sum
from disbursement.domain.payment import Stage
from disbursement.ledger import Account
from disbursement.views import ledger, recoveries
from disbursement.views import reconciliation as sides
from disbursement.views.reconciliation import Break, Difference, Paid
from events.io.http import Answer, Load, Paging, View
from events.money import Money, total
from events.values import Code, GrantId, PaymentId

WITH_THE_BANK = (Stage.IN_FILE, Stage.INSTRUCTED, Stage.ACCEPTED)
IN_THE_LEDGER = (Break.LEDGER_BEHIND, Break.LEDGER_DIFFERS)


class PlaceAnswer(Answer):
    """Lines of a bank's file."""

    answer: str
    statement: int
    first: int
    last: int


class DifferenceAnswer(Answer):
    kind: Break
    amount: Money
    payment: PaymentId | None
    lines: tuple[PlaceAnswer, ...]
    why: Code | None
    """Why the line waits for a person."""
    outcome: Code | None
    """What a person said of it."""

    @classmethod
    def of(cls, told: Difference) -> "DifferenceAnswer":
        return cls(
            kind=told.kind,
            amount=told.amount,
            payment=told.payment,
            lines=tuple(
                PlaceAnswer(
                    answer=each.answer,
                    statement=each.statement,
                    first=each.first,
                    last=each.last,
                )
                for each in told.lines
            ),
            why=told.why,
            outcome=told.outcome,
        )


class WaitingAnswer(Answer):
    """The bank has it and has not said what came of it: unknown, however long that lasts."""

    payment: PaymentId
    amount: Money
    stage: Stage
    since: date


class SideAnswer(Answer):
    """By the facts and on the statements, in one currency; below zero where money left."""

    account: str | None
    """Its last four; None for payments that no statement shows."""
    by_events: Money
    on_statement: Money
    differences: tuple[DifferenceAnswer, ...]
    unexplained: Money


class GrantReconciliation(Answer):
    grant: GrantId
    by_events: Money
    in_ledger: Money
    """On the ledger's bank account."""
    differences: tuple[DifferenceAnswer, ...]
    """Between these two."""
    unexplained: Money
    sides: tuple[SideAnswer, ...]
    waiting: tuple[WaitingAnswer, ...]


@api.query(
    "/v1/grants/{grant_id}/reconciliation", answers=GrantReconciliation, allows=ANSWER_FOR_MONEY
)
async def reconcile_grant(grant_id: GrantId, load: Load, view: View) -> GrantReconciliation:
    """Hold a grant's payments against the ledger, and against the bank's statements."""
    currency = (await known(grant_id, load)).currency
    paid = await sides.payments(view, grant_id)
    balances = await ledger.balances(view, grant_id)
    in_ledger = total((b.amount for b in balances if b.account is Account.BANK), currency)
    left = (p.functional for p in paid if p.functional is not None)
    by_events = total((*left, *await recoveries.came_back(view, grant_id)), currency)
    differences = [d for p in paid for d in sides.breaks(p) if d.kind in IN_THE_LEDGER]
    explained = total((each.amount for each in differences), currency)
    return GrantReconciliation(
        grant=grant_id,
        by_events=by_events,
        in_ledger=in_ledger,
        differences=_told(differences),
        unexplained=in_ledger - by_events - explained,
        sides=tuple(
            _side(account, currency, [p for p in paid if _of(p) == (account, currency)])
            for account, currency in _places(_of(p) for p in paid)
        ),
        waiting=_waiting(paid),
    )


class StatementAnswer(Answer):
    answer: str
    statement: int
    reference: Code | None
    account: Code | None
    closed_on: date | None
    opening: Money | None
    closing: Money | None
    sum: Sum
    gap: Money | None
    """Between the closing balance of the statement before and this opening balance."""


class BankReconciliation(Answer):
    """All accounts as they stand, and a part of their statements at a time."""

    statements: tuple[StatementAnswer, ...]
    next: str | None
    """The cursor of the statements that follow."""
    gaps: tuple[StatementAnswer, ...]
    """On the first page, as what follows: statements that do not begin where those before ended."""
    sides: tuple[SideAnswer, ...]
    waiting: tuple[WaitingAnswer, ...]


@api.query("/v1/bank-reconciliation", answers=BankReconciliation, allows=ANSWER_FOR_MONEY)
async def reconcile_accounts(view: View, page: Paging) -> BankReconciliation:
    """Hold all that the statements of each account show against our payments.

    The statements come by account and day, a part at a time; all else on the first page.
    """
    told = list(told_in_turn(await sides.statements(view)))
    names = [_name(each) for each in told]
    begin = names.index(page.after) + 1 if page.after in names else 0
    part = page.of(told[begin : begin + page.limit + 1], key=_name)
    if page.after is not None:
        return BankReconciliation(
            statements=part.items, next=part.next, gaps=(), sides=(), waiting=()
        )
    paid, moved = await sides.payments(view), await sides.moved(view)
    unmatched = await sides.unmatched(view)
    shown = {(each.account, each.amount.currency): each.amount for each in moved}
    return BankReconciliation(
        statements=part.items,
        next=part.next,
        gaps=tuple(each for each in told if each.gap),
        sides=tuple(
            _side(
                account,
                currency,
                [p for p in paid if _of(p) == (account, currency)],
                shown.get((account, currency), Money.zero(currency)),
                [
                    each.difference
                    for each in unmatched
                    if (each.account, each.difference.amount.currency) == (account, currency)
                ],
            )
            for account, currency in _places((*shown, *(_of(p) for p in paid)))
        ),
        waiting=_waiting(paid),
    )


def _name(told: StatementAnswer) -> str:
    return f"{told.answer}/{told.statement}"


Place = tuple[str | None, str]


def _of(paid: Paid) -> Place:
    return paid.account, paid.amount.currency


def _places(told: Iterable[Place]) -> list[Place]:
    return sorted(set(told), key=lambda place: (place[0] or "", place[1]))


def _side(
    account: str | None,
    currency: str,
    paid: list[Paid],
    on_statement: Money | None = None,
    others: Iterable[Difference] = (),
) -> SideAnswer:
    """Without `on_statement`, of these payments alone."""
    by_events = total((each.by_events for each in paid), currency)
    shown = on_statement or total((each.on_statement for each in paid), currency)
    ours = [d for p in paid for d in sides.breaks(p) if d.kind not in IN_THE_LEDGER]
    differences = [*ours, *others]
    explained = total((each.amount for each in differences), currency)
    return SideAnswer(
        account=account,
        by_events=by_events,
        on_statement=shown,
        differences=_told(differences),
        unexplained=shown - by_events - explained,
    )


def _told(differences: Iterable[Difference]) -> tuple[DifferenceAnswer, ...]:
    return tuple(DifferenceAnswer.of(each) for each in differences)


def _waiting(paid: Iterable[Paid]) -> tuple[WaitingAnswer, ...]:
    return tuple(
        WaitingAnswer(payment=p.payment, amount=p.amount, stage=p.stage, since=p.since)
        for p in paid
        if p.stage in WITH_THE_BANK
    )


def told_in_turn(shown: Iterable[sides.Shown]) -> Iterable[StatementAnswer]:
    """By account and day, with what is missing between one and the next."""
    before: dict[Place, Money] = {}
    for each in shown:
        told = each.told
        place = (told.account, told.opening.currency if told.opening else "")
        last, gap = before.get(place), None
        if last is not None and told.opening is not None:
            gap = told.opening - last
        yield StatementAnswer(
            answer=each.answer,
            statement=told.statement,
            reference=told.reference,
            account=told.account,
            closed_on=told.closed_on,
            opening=told.opening,
            closing=told.closing,
            sum=told.sum,
            gap=gap,
        )
        if told.closing is not None:
            before[told.account, told.closing.currency] = told.closing
