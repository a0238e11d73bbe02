"""Reading the ledger: its postings, the trial balance, and budget against actual."""

from datetime import date
from typing import Annotated

from pydantic import Field

from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import api
from disbursement.domain.grant import Grant, grant
from disbursement.ledger import OUT, SPENT, Account
from disbursement.views import ledger, lists
from events.io.http import Answer, Load, Page, Paging, Problem, View
from events.money import Money, total
from events.values import BudgetLineId, CommitmentId, GrantId

WHOLE_GRANT = 1000
"""Budget lines that are read at once: a grant has a dozen."""


class PostingAnswer(Answer):
    position: int
    """Of the fact in this service's history."""
    number: int
    day: date
    budget_line: BudgetLineId
    commitment: CommitmentId
    account: Account
    amount: Money
    """Debit above zero, credit below, in the grant's currency."""


@api.query("/v1/grants/{grant_id}/ledger", answers=Page[PostingAnswer], allows=ANSWER_FOR_MONEY)
async def read_ledger(grant_id: GrantId, view: View, page: Paging) -> Page[PostingAnswer]:
    """Read a grant's postings in the order of history."""
    position, number = page.numbers(2)
    lines = await ledger.postings(view, grant_id, after=(position, number), limit=page.limit + 1)
    answers = [
        PostingAnswer(
            position=line.position,
            number=line.number,
            day=line.day,
            budget_line=line.budget_line,
            commitment=line.commitment,
            account=line.account,
            amount=line.amount,
        )
        for line in lines
    ]
    return page.of(answers, key=lambda a: f"{a.position:020}/{a.number:04}")


class BalanceAnswer(Answer):
    budget_line: BudgetLineId
    account: Account
    debit: Money
    credit: Money
    balance: Money


class TrialBalanceAnswer(Answer):
    grant: GrantId
    until: int | None
    lines: tuple[BalanceAnswer, ...]
    debit: Money
    credit: Money
    balanced: bool
    """Whether debit equals credit: it does after every fact, or we are wrong."""


@api.query(
    "/v1/grants/{grant_id}/trial-balance", answers=TrialBalanceAnswer, allows=ANSWER_FOR_MONEY
)
async def read_trial_balance(
    grant_id: GrantId,
    load: Load,
    view: View,
    until: Annotated[int | None, Field(ge=0, le=2**53)] = None,
) -> TrialBalanceAnswer:
    """Read what stands on each account, now or as it was after the fact at a position."""
    currency = (await known(grant_id, load)).currency
    found = await ledger.balances(view, grant_id, until=until)
    debit = total((each.debit for each in found), currency)
    credit = total((each.credit for each in found), currency)
    return TrialBalanceAnswer(
        grant=grant_id,
        until=until,
        lines=tuple(
            BalanceAnswer(
                budget_line=each.budget_line,
                account=each.account,
                debit=each.debit,
                credit=each.credit,
                balance=each.amount,
            )
            for each in found
        ),
        debit=debit,
        credit=credit,
        balanced=debit == credit,
    )


class BudgetLineActual(Answer):
    """One budget line, all in the donor's currency."""

    line: BudgetLineId
    category: str
    ceiling: Money
    committed: Money
    """Reserved for orders that are not paid yet."""
    expense: Money
    """What was delivered, at the rate at which its funds were reserved, and what a bank charged."""
    paid: Money
    """What was paid, by the grant's conversion rule: at the rates of when it was paid."""
    without_rate: tuple[Money, ...]
    """Paid in a currency for which the rule has no rate; not within `paid` before it has one."""
    corrected: int
    """Of how many payments the rate was found wrong after they had been converted at it."""
    paid_in_ledger: Money
    """What left bank and cash and did not come back, as it is booked."""
    between: Money
    """The ledger's less the rule's: what waits for a rate, and what came at another than is
    booked.
    """
    available: Money


class BudgetAnswer(Answer):
    grant: GrantId
    currency: str
    conversion: str
    rates: str
    lines: tuple[BudgetLineActual, ...]


@api.query("/v1/grants/{grant_id}/budget", answers=BudgetAnswer, allows=ANSWER_FOR_MONEY)
async def read_budget(grant_id: GrantId, load: Load, view: View) -> BudgetAnswer:
    """Read budget against actual by budget line, in the donor's currency and by its rule."""
    of = await known(grant_id, load)
    rows = await lists.budget_lines(view, after=None, limit=WHOLE_GRANT, grant=grant_id)
    paid = {each.budget_line: each for each in await ledger.actuals(view, of)}
    balances = await ledger.balances(view, grant_id)
    nothing = Money.zero(of.currency)
    lines = []
    for line in (row.state for row in rows):
        actual = paid.get(line.id)
        by_rule = actual.paid if actual else nothing
        mine = [each for each in balances if each.budget_line == line.id]
        in_ledger = -total((b.amount for b in mine if b.account in OUT), of.currency)
        lines.append(
            BudgetLineActual(
                line=line.id,
                category=line.category,
                ceiling=line.ceiling,
                committed=line.reserved,
                expense=total((b.amount for b in mine if b.account in SPENT), of.currency),
                paid=by_rule,
                without_rate=actual.without_rate if actual else (),
                corrected=actual.corrected if actual else 0,
                paid_in_ledger=in_ledger,
                between=in_ledger - by_rule,
                available=line.available,
            )
        )
    return BudgetAnswer(
        grant=grant_id,
        currency=of.currency,
        conversion=of.conversion,
        rates=of.rates,
        lines=tuple(lines),
    )


async def known(grant_id: GrantId, load: Load) -> Grant:
    state, _ = await load.state(grant, grant_id)
    if state is None:
        raise Problem("not_found", "There is no such grant.")
    return state
