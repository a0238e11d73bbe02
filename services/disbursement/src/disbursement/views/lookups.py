"""What a decision needs from elsewhere, looked up: it then travels in the command."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from disbursement.domain.budget_line import BudgetLine
from disbursement.domain.commitment import Funding, PlannedItem, SelectedVendor, Tolerance, Window
from disbursement.domain.delegation import Authority, Delegation, Mandate, Stage
from disbursement.domain.exchange_rate import Rate, RateTooOld, RateValue, cross
from disbursement.domain.grant import RATES_WITHIN_DAYS, Conversion, Grant
from disbursement.domain.payment import VendorAccount
from disbursement.views import counsellors, earmarks, following
from disbursement.views.rows import read
from events.money import Money
from events.service import Connection
from events.values import (
    AccountId,
    BudgetLineId,
    CaseId,
    Code,
    HolderId,
    ItemId,
    PersonId,
    PlanId,
    ProgrammeId,
    VendorId,
)

AT_ANY_TIME = 366 * 9999
EMERGENCY = "eme_"
"""What the id of an emergency begins with: it stands where a plan's does."""


class CaseOrganisations(msgspec.Struct, frozen=True):
    """Who may know of a case."""

    keeps: Code
    runs: Code
    """Runs its programme."""


async def planned_item(view: Connection, item: ItemId) -> PlannedItem | None:
    """The item of an approved plan; None when no approved plan holds it."""
    row = await view.fetchrow(
        "select plan_id, spec, case_id, programme_id, ceiling, arrived, use_by,"
        " coalesce(counsellors, array[counsellor]) as counsellors,"
        " w.case_id is not null as withdrawn,"
        " (select min(because) from halted_fact h where h.case_id = planned_item_fact.case_id)"
        " as halted from planned_item_fact"
        " left join arrival_fact using (case_id) left join withdrawn_fact w using (case_id)"
        " where item_id = $1",
        item,
    )
    if row is None:
        return None
    funds = await earmarks.of_item(view, item)
    return PlannedItem(
        plan=PlanId(row["plan_id"]),
        spec=row["spec"] and Code(row["spec"]),
        case=CaseId(row["case_id"]),
        programme=ProgrammeId(row["programme_id"]),
        ceiling=read(row["ceiling"], Money),
        counsellors=await _counsellors(view, row),
        budget_category=funds.category,
        to_earmark=funds.to_earmark,
        earmarked_on=funds.earmarked_on,
        arrived=row["arrived"],
        use_by=row["use_by"],
        withdrawn=row["withdrawn"],
        halted=row["halted"] and Code(row["halted"]),
        stopped=await following.stopped(view, item),
        emergency=row["plan_id"].startswith(EMERGENCY),
    )


async def _counsellors(view: Connection, row: Any) -> tuple[PersonId, ...]:
    """Of the item's plan first, then whoever else counsels the case, or did."""
    ever = await counsellors.ever(view, CaseId(row["case_id"]))
    of_plan = tuple(PersonId(person) for person in row["counsellors"])
    return tuple(dict.fromkeys((*of_plan, *sorted(ever))))


async def withdrawn(view: Connection, case: CaseId) -> bool:
    """Whether the returnee no longer agrees to be assisted."""
    return await view.fetchval("select true from withdrawn_fact where case_id = $1", case) or False


async def halted(view: Connection, case: CaseId) -> Code | None:
    """Why nothing is ordered for the case: it is suspended, or closed. None: it goes on."""
    because = await view.fetchval("select min(because) from halted_fact where case_id = $1", case)
    return because and Code(because)


async def released(view: Connection, item: ItemId, currency: str) -> Money | None:
    """What the item's instalments release so far; None when it is not paid in instalments."""
    row = await view.fetchrow(
        "select released, type = any(in_instalments) as gated from planned_item_fact p"
        " join programme_fact f on f.programme_id = p.programme_id"
        " and f.version = p.programme_version left join released_item_fact using (item_id)"
        " where item_id = $1",
        item,
    )
    if row is None or not row["gated"]:
        return None
    so_far: Money = read(row["released"], Money) if row["released"] else Money.zero(currency)
    return so_far


async def organisations(view: Connection, case: CaseId) -> CaseOrganisations | None:
    """Whose case it is; None as long as its registration was not heard of."""
    row = await view.fetchrow("select organisation, run_by from case_fact where case_id = $1", case)
    return CaseOrganisations(Code(row["organisation"]), Code(row["run_by"])) if row else None


async def selected_vendor(view: Connection, item: ItemId) -> SelectedVendor | None:
    row = await view.fetchrow(
        "select vendor_id, amount, collectors, approved_until, screened, clear"
        " from selection_fact left join vendor_fact using (vendor_id) where item_id = $1",
        item,
    )
    if row is None:
        return None
    return SelectedVendor(
        vendor=VendorId(row["vendor_id"]),
        amount=read(row["amount"], Money),
        collectors=tuple(PersonId(person) for person in row["collectors"]),
        approved_until=row["approved_until"],
        screened=row["screened"] if row["clear"] else None,
    )


async def tolerance(view: Connection, item: ItemId, currency: str) -> Tolerance:
    """The programme's, in the version under which the plan was approved; none without one."""
    text = await view.fetchval(
        "select tolerance from planned_item_fact join programme_fact f using (programme_id)"
        " where item_id = $1 and f.version = programme_version",
        item,
    )
    if text is None:
        return Tolerance(basis_points=0, at_most=Money.zero(currency))
    found: Tolerance = read(text, Tolerance)
    return found


async def funding(view: Connection, line: BudgetLineId, into: str, day: date) -> Funding | None:
    """The grant behind a budget line, and the day's rate between its currency and `into`, of the
    grant's own source alone.
    """
    row = await view.fetchrow(
        "select b.state as line, g.state as grant_state from budget_line_view b"
        " join grant_view g using (grant_id) where line_id = $1",
        line,
    )
    if row is None:
        return None
    grant: Grant = read(row["grant_state"], Grant)
    return Funding(
        category=read(row["line"], BudgetLine).category,
        currency=grant.currency,
        window=Window(opens=grant.opens, closes=grant.closes),
        rate=await young_rate_of(view, grant, into, day),
        closed=grant.closed,
    )


async def young_rate_of(view: Connection, grant: Grant, into: str, day: date) -> Rate | None:
    """The rate by the grant's own rule. Refused with `RateTooOld` where it has only older ones."""
    between, within = (grant.currency, into), grant.rates_within_days
    rate = await rate_of(view, *between, day, grant.rates, within_days=within)
    if rate is not None:
        return rate
    older = await rate_of(view, *between, day, grant.rates, within_days=AT_ANY_TIME)
    if older is None or grant.currency == into:
        return None
    raise RateTooOld(older.base, older.quote, older.date, within)


async def rate_by_rule(
    view: Connection, line: BudgetLineId, currency: str, day: date
) -> Rate | None:
    """At which the line's donor lets what was paid on that day be converted; None: there is none
    yet, or nothing to convert.
    """
    grant = await grant_of(view, line)
    if grant is None or currency == grant.currency:
        return None
    of_the_month = grant.conversion is Conversion.RATE_OF_THE_MONTH_PAID
    counts = day.replace(day=1) if of_the_month else day
    within = grant.rates_within_days
    rate = await rate_of(view, grant.currency, currency, counts, grant.rates, within_days=within)
    return None if rate is None or (of_the_month and rate.date < counts) else rate


async def grant_of(view: Connection, line: BudgetLineId) -> Grant | None:
    """The grant that the line is of, as it stands: it may have closed before its time."""
    text = await view.fetchval(
        "select g.state from budget_line_view join grant_view g using (grant_id)"
        " where line_id = $1",
        line,
    )
    return read(text, Grant) if text else None


async def rate_of(
    view: Connection,
    one: str,
    other: str,
    day: date,
    source: Code | None = None,
    *,
    within_days: int = RATES_WITHIN_DAYS,
) -> Rate | None:
    """The latest rate published for the day or before it, whichever way round it is told; without
    one, by a currency for which both are told. Vendors are chosen by the same rule.

    `source`: by whom; None: by anybody. `within_days`: older ones do not count.
    """
    since = day - timedelta(days=min(within_days, (day - date.min).days))
    row = await view.fetchrow(
        "select base, quote, value, source, day from exchange_rate_view"
        " where ((base = $1 and quote = $2) or (base = $2 and quote = $1)) and day between $5"
        " and $3 and ($4::text is null or source = $4)"
        " order by day desc, base = $1 desc, source limit 1",
        one,
        other,
        day,
        source,
        since,
    )
    return _rate(row) if row else await _crossed(view, one, other, (since, day), source)


async def rates_into(
    view: Connection, amounts: Iterable[Money], into: str, day: date, source: Code | None = None
) -> tuple[Rate, ...]:
    """The day's rates, as far as there are any, by which the amounts are told in one currency."""
    others = sorted({amount.currency for amount in amounts} - {into})
    found = [await rate_of(view, one, into, day, source) for one in others]
    return tuple(rate for rate in found if rate is not None)


async def newest_rate(
    view: Connection, one: str, other: str, *, besides: Rate | None = None
) -> Rate | None:
    """The newest there is between the two currencies, whoever told it and whichever way round;
    without one, by a third currency.
    """
    row = await view.fetchrow(
        "select base, quote, value, source, day from exchange_rate_view"
        " where ((base = $1 and quote = $2) or (base = $2 and quote = $1))"
        " and ($3::text is null or (source, day) <> ($3, $4::date))"
        " order by day desc, base = $1 desc, source limit 1",
        one,
        other,
        besides and besides.source,
        besides and besides.date,
    )
    return _rate(row) if row else await _crossed(view, one, other, (date.min, date.max), None)


async def _crossed(
    view: Connection, one: str, other: str, days: tuple[date, date], source: Code | None
) -> Rate | None:
    """By what one source told of both currencies for a third one."""
    rows = await view.fetch(
        "with latest as (select distinct on (base, source, quote) base, quote, value, source, day"
        " from exchange_rate_view where quote in ($1, $2)"
        " and day between $5 and $3 and ($4::text is null or source = $4)"
        " order by base, source, quote, day desc)"
        " select l.* from latest l join latest m using (base, source) where l.quote <> m.quote"
        " order by least(l.day, m.day) desc, source, base, l.quote = $1 desc limit 2",
        one,
        other,
        days[1],
        source,
        days[0],
    )
    return cross(_rate(rows[0]), _rate(rows[1])) if rows else None


def _rate(row: Any) -> Rate:
    return Rate(
        base=Code(row["base"]),
        quote=Code(row["quote"]),
        value=RateValue(row["value"]),
        source=Code(row["source"]),
        date=row["day"],
    )


async def vendor_account(
    view: Connection, vendor: VendorId, currency: str, account: AccountId | None = None
) -> VendorAccount | None:
    """The vendor's account in that currency to which one pays now; or the one that is named."""
    row = await view.fetchrow(
        "select account_id, vendor_id, currency, active, usable_from, approver, approved_until,"
        " clear, wallet,"
        " exists (select from payment_view p where p.account_id = a.account_id and p.was_paid)"
        " as was_paid from account_fact a left join vendor_fact using (vendor_id)"
        " where vendor_id = $1 and currency = $2"
        " and ($3::text is null or account_id = $3)"
        " order by active desc, active_since desc nulls last, account_id limit 1",
        vendor,
        currency,
        account,
    )
    if row is None:
        return None
    return VendorAccount(
        account=AccountId(row["account_id"]),
        vendor=VendorId(row["vendor_id"]),
        currency=Code(row["currency"]),
        approved_until=row["approved_until"],
        usable_from=row["usable_from"] if row["active"] else None,
        approver=PersonId(row["approver"]) if row["approver"] else None,
        first_payment=not row["was_paid"],
        clear=row["clear"] or False,
        wallet=row["wallet"] and Code(row["wallet"]),
    )


async def mandate(
    view: Connection,
    person: PersonId,
    authority: Authority,
    at: datetime,
    used: Money,
    *,
    rates: tuple[Rate, ...] = (),
) -> Mandate | None:
    """The person's widest delegation for this act on this day."""
    rows = await view.fetch(
        "select state from delegation_view where person = $1 and authority = $2 and stage = $3"
        " and $4 between starts and ends order by delegation_id",
        person,
        authority,
        Stage.CONFIRMED,
        at.date(),
    )
    held: list[Delegation] = [read(row["state"], Delegation) for row in rows]
    held = [d for d in held if d.limit.currency == used.currency] or held
    if not held:
        return None
    widest = max(held, key=lambda d: d.limit.minor)
    return Mandate(
        delegation=widest.id,
        person=widest.person,
        authority=widest.authority,
        limit=widest.limit,
        starts=widest.starts,
        ends=widest.ends,
        used=used,
        rates=rates,
    )


async def is_known(view: Connection, holder: HolderId) -> bool:
    """Whether a vendor or a project was heard of; people are spoken of by their case."""
    known: bool = await view.fetchval(
        "select case split_part($1, '_', 1)"
        " when 'ven' then exists (select from vendor_fact where vendor_id = $1)"
        " when 'prj' then exists (select from project_knowing where project_id = $1)"
        " else true end",
        holder,
    )
    return known
