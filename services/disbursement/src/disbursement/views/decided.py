"""What this service decided: one row per aggregate, its state folded from its events so far."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from disbursement.domain import registry
from disbursement.domain.bank_answer import (
    BankLineLeftOpen,
    BankLineOutcomeProposed,
    BankLineResolved,
)
from disbursement.domain.bank_file import BankFile, bank_file
from disbursement.domain.budget_line import BudgetLine, budget_line
from disbursement.domain.commitment import Commitment, InvoiceReceived, commitment
from disbursement.domain.delegation import Delegation, delegation
from disbursement.domain.earmark import PlanEarmark, earmark
from disbursement.domain.exchange_rate import (
    ExchangeRateCorrected,
    ExchangeRatePublished,
    ExchangeRateWithdrawn,
    Proposal,
    RateEvent,
    proposed,
    rate_id,
)
from disbursement.domain.grant import Grant, grant
from disbursement.domain.item_ceiling import ItemEarmarked, ItemEarmarkFreed
from disbursement.domain.payment import (
    Payment,
    PaymentApproved,
    PaymentApprovedAgain,
    PaymentCertified,
    PaymentCounsellorsNamed,
    PaymentRequested,
    PaymentSigned,
    PaymentTermsSet,
    VendorPaid,
    payment,
)
from disbursement.views.rows import read, written
from events.decider import Decider
from events.service import Connection, Heard, View

Project = Callable[[Heard[Any], Connection], Awaitable[None]]


async def project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        prefix, _, _ = fact.envelope.subject.partition("_")
        if prefix in _projections:
            await _projections[prefix](fact, tables)


async def _folded(
    fact: Heard[Any], tables: Connection, decider: Decider[Any, Any, Any], kind: Any, find: str
) -> tuple[Any, int]:
    """The state after this fact and its version, from the row as it stands."""
    row = await tables.fetchrow(find, fact.envelope.subject)
    before = read(row["state"], kind) if row else None
    return decider.evolve(before, fact.event), int(fact.envelope.sequence)


async def _grant(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from grant_view where grant_id = $1"
    state, version = await _folded(fact, tables, grant, Grant, find)
    await tables.execute(
        "insert into grant_view (grant_id, version, state) values ($1, $2, $3)"
        " on conflict (grant_id) do update set version = excluded.version, state = excluded.state",
        state.id,
        version,
        written(state),
    )


async def _budget_line(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from budget_line_view where line_id = $1"
    state, version = await _folded(fact, tables, budget_line, BudgetLine, find)
    await tables.execute(
        "insert into budget_line_view (line_id, grant_id, version, state) values ($1, $2, $3, $4)"
        " on conflict (line_id) do update set version = excluded.version, state = excluded.state",
        state.id,
        state.grant,
        version,
        written(state),
    )


async def _delegation(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from delegation_view where delegation_id = $1"
    state, version = await _folded(fact, tables, delegation, Delegation, find)
    await tables.execute(
        "insert into delegation_view (delegation_id, person, authority, stage, starts, ends,"
        " version, state) values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict (delegation_id) do update set stage = excluded.stage,"
        " version = excluded.version, state = excluded.state",
        state.id,
        state.person,
        state.authority,
        state.stage,
        state.starts,
        state.ends,
        version,
        written(state),
    )


async def _rate(fact: Heard[RateEvent], tables: Connection) -> None:
    rate = fact.event.rate
    match fact.event:
        case ExchangeRatePublished() | ExchangeRateCorrected():
            await tables.execute(
                "insert into exchange_rate_view (source, base, quote, day, value)"
                " values ($1, $2, $3, $4, $5) on conflict (source, base, quote, day)"
                " do update set value = excluded.value",
                rate.source,
                rate.base,
                rate.quote,
                rate.date,
                rate.value,
            )
        case ExchangeRateWithdrawn():
            await tables.execute(
                "delete from exchange_rate_view where source = $1 and base = $2 and quote = $3"
                " and day = $4",
                rate.source,
                rate.base,
                rate.quote,
                rate.date,
            )
    await _proposed_rate(fact.event, tables)


async def _proposed_rate(event: RateEvent, tables: Connection) -> None:
    """What waits for another person, for the day."""
    rate = event.rate
    stream = rate_id(rate.source, rate.base, rate.quote)
    text = await tables.fetchval(
        "delete from proposed_rate_view where rate_id = $1 and day = $2 returning proposal",
        stream,
        rate.date,
    )
    waits = proposed(read(text, Proposal) if text else None, event)
    if waits is not None:
        await tables.execute(
            "insert into proposed_rate_view (rate_id, day, proposal) values ($1, $2, $3)",
            stream,
            rate.date,
            written(waits),
        )


async def _commitment(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from commitment_view where commitment_id = $1"
    state, version = await _folded(fact, tables, commitment, Commitment, find)
    await tables.execute(
        "insert into commitment_view (commitment_id, item_id, case_id, vendor_id, stage, currency,"
        " amount_minor, requested_on, version, state)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (commitment_id) do update"
        " set stage = excluded.stage, version = excluded.version, state = excluded.state",
        state.id,
        state.item,
        state.case,
        state.vendor,
        state.stage,
        state.reserved.currency,
        state.reserved.minor,
        fact.envelope.time.date(),
        version,
        written(state),
    )
    if isinstance(fact.event, InvoiceReceived):
        await tables.execute(
            "insert into invoice_view (invoice_id, commitment_id, vendor_id, number)"
            " values ($1, $2, $3, $4) on conflict do nothing",
            fact.event.invoice,
            state.id,
            state.vendor,
            fact.event.number,
        )


async def _payment(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from payment_view where payment_id = $1"
    state, version = await _folded(fact, tables, payment, Payment, find)
    await tables.execute(
        "insert into payment_view (payment_id, commitment_id, case_id, vendor_id, account_id,"
        " stage, currency, reserved_minor, requested_on, was_paid, version, state)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " on conflict (payment_id) do update set stage = excluded.stage,"
        " was_paid = payment_view.was_paid or excluded.was_paid,"
        " version = excluded.version, state = excluded.state",
        state.id,
        state.commitment,
        state.case,
        state.vendor,
        state.account,
        state.stage,
        state.reserved.currency,
        state.reserved.minor,
        fact.envelope.time.date(),
        isinstance(fact.event, VendorPaid),
        version,
        written(state),
    )
    await _duty(fact, tables)


async def _duty(fact: Heard[Any], tables: Connection) -> None:
    """Who did what, in a table that refuses one person twice."""
    event = fact.event
    match event:
        case PaymentTermsSet(terms=terms):
            await tables.execute(
                "update payment_duty set certifier_may_sign = $2, second_approval = $3"
                " where payment_id = $1",
                event.payment,
                terms.certifier_may_sign,
                terms.second_approval,
            )
            return
        case PaymentCounsellorsNamed(counsellors=counsellors):
            statement = "update payment_duty set counsellors = $2 where payment_id = $1"
            await tables.execute(statement, event.payment, list(counsellors))
            return
        case PaymentRequested(counsellor=counsellor):
            statement = (
                "insert into payment_duty (payment_id, requester, counsellors)"
                " values ($1, $2, array[$3])"
            )
            await tables.execute(statement, event.payment, fact.envelope.actorid, counsellor)
            return
        case PaymentCertified():
            statement = "update payment_duty set certifier = $2 where payment_id = $1"
        case PaymentApproved():
            statement = "update payment_duty set approver = $2 where payment_id = $1"
        case PaymentApprovedAgain():
            statement = "update payment_duty set second_approver = $2 where payment_id = $1"
        case PaymentSigned(signatory_no=1):
            statement = "update payment_duty set signatory_1 = $2 where payment_id = $1"
        case PaymentSigned():
            statement = "update payment_duty set signatory_2 = $2 where payment_id = $1"
        case _:
            return
    await tables.execute(statement, event.payment, fact.envelope.actorid)


async def _bank_file(fact: Heard[Any], tables: Connection) -> None:
    find = "select state from bank_file_view where file_id = $1"
    state, version = await _folded(fact, tables, bank_file, BankFile, find)
    await tables.execute(
        "insert into bank_file_view (file_id, stage, version, state) values ($1, $2, $3, $4)"
        " on conflict (file_id) do update set stage = excluded.stage,"
        " version = excluded.version, state = excluded.state",
        state.id,
        state.stage,
        version,
        written(state),
    )


async def _bank_answer(fact: Heard[Any], tables: Connection) -> None:
    event, version = fact.event, int(fact.envelope.sequence)
    match event:
        case BankLineLeftOpen(answer=answer, line=line):
            await tables.execute(
                "insert into bank_line_view (answer_id, line, why, version, state)"
                " values ($1, $2, $3, $4, $5)",
                answer,
                line.line,
                line.why,
                version,
                written(line),
            )
        case BankLineOutcomeProposed(answer=answer, line=number, outcome=outcome, by=by):
            await tables.execute(
                "update bank_line_view set proposed = $3, proposed_by = $4"
                " where answer_id = $1 and line = $2",
                answer,
                number,
                outcome,
                by,
            )
        case BankLineResolved(answer=answer, line=number, outcome=outcome):
            await tables.execute(
                "update bank_line_view set resolved = $3 where answer_id = $1 and line = $2",
                answer,
                number,
                outcome,
            )
    await tables.execute(
        "update bank_line_view set version = $2 where answer_id = $1",
        fact.envelope.subject,
        version,
    )


async def _item(fact: Heard[Any], tables: Connection) -> None:
    match fact.event:
        case ItemEarmarked(item=item, plan=plan, line=line, ceiling=ceiling):
            await tables.execute(
                "insert into earmark_view (item_id, plan_id, line_id, ceiling)"
                " values ($1, $2, $3, $4) on conflict (item_id) do update set"
                " plan_id = excluded.plan_id, line_id = excluded.line_id,"
                " ceiling = excluded.ceiling",
                item,
                plan,
                line,
                written(ceiling),
            )
        case ItemEarmarkFreed(item=item):
            await tables.execute("delete from earmark_view where item_id = $1", item)


async def _plan(fact: Heard[Any], tables: Connection) -> None:
    row = await tables.fetchrow(
        "select state from plan_earmark_view where plan_id = $1", fact.event.plan
    )
    state = earmark.evolve(read(row["state"], PlanEarmark) if row else None, fact.event)
    await tables.execute(
        "insert into plan_earmark_view (plan_id, short, state) values ($1, $2, $3)"
        " on conflict (plan_id) do update set short = excluded.short, state = excluded.state",
        state.id,
        bool(state.short),
        written(state),
    )


_projections: Mapping[str, Project] = {
    "gra": _grant,
    "bud": _budget_line,
    "del": _delegation,
    "rat": _rate,
    "com": _commitment,
    "pay": _payment,
    "fil": _bank_file,
    "ans": _bank_answer,
    "itm": _item,
    "ear": _plan,
}
"""By the prefix of the stream's id. What an item has committed is told by its commitments."""

view = View(
    "decided",
    {"disbursement": registry},
    project,
    (
        "grant_view",
        "budget_line_view",
        "delegation_view",
        "exchange_rate_view",
        "proposed_rate_view",
        "commitment_view",
        "invoice_view",
        "payment_view",
        "payment_duty",
        "bank_file_view",
        "bank_line_view",
        "earmark_view",
        "plan_earmark_view",
    ),
)
