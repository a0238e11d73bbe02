"""What clients ask for: collections by id, filtered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from disbursement.domain.bank_answer import OpenLine
from disbursement.domain.bank_file import BankFile
from disbursement.domain.bank_file import Stage as Filed
from disbursement.domain.budget_line import BudgetLine
from disbursement.domain.commitment import Commitment
from disbursement.domain.commitment import Stage as CommitmentStage
from disbursement.domain.delegation import Delegation
from disbursement.domain.exchange_rate import Proposal, Rate, RateValue
from disbursement.domain.grant import Grant
from disbursement.domain.payment import BEFORE_THE_FILE, Payment, Stage
from disbursement.views.rows import Row, read
from events.service import Connection
from events.values import (
    AccountId,
    BankFileId,
    CaseId,
    Code,
    CommitmentId,
    GrantId,
    InvoiceId,
    PaymentId,
    PersonId,
    VendorId,
)


async def grants(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    among: Collection[GrantId] | None = None,
) -> list[Row[Grant]]:
    rows = await view.fetch(
        "select state, version from grant_view where ($1::text is null or grant_id > $1)"
        " and ($2::text[] is null or grant_id = any($2)) order by grant_id limit $3",
        after,
        among if among is None else list(among),
        limit,
    )
    return [Row(read(row["state"], Grant), row["version"]) for row in rows]


async def agreed(view: Connection, donor: Code, references: Collection[Code]) -> list[GrantId]:
    """The grants that this donor gave under these references."""
    rows = await view.fetch(
        "select grant_id from grant_view where state::jsonb ->> 'donor' = $1"
        " and state::jsonb ->> 'reference' = any($2) order by grant_id",
        donor,
        list(references),
    )
    return [GrantId(row["grant_id"]) for row in rows]


async def budget_lines(
    view: Connection, *, after: str | None, limit: int, grant: GrantId | None = None
) -> list[Row[BudgetLine]]:
    rows = await view.fetch(
        "select state, version from budget_line_view where ($1::text is null or line_id > $1)"
        " and ($2::text is null or grant_id = $2) order by line_id limit $3",
        after,
        grant,
        limit,
    )
    return [Row(read(row["state"], BudgetLine), row["version"]) for row in rows]


async def delegations(
    view: Connection, *, after: str | None, limit: int, person: PersonId | None = None
) -> list[Row[Delegation]]:
    rows = await view.fetch(
        "select state, version from delegation_view where ($1::text is null or delegation_id > $1)"
        " and ($2::text is null or person = $2) order by delegation_id limit $3",
        after,
        person,
        limit,
    )
    return [Row(read(row["state"], Delegation), row["version"]) for row in rows]


async def exchange_rates(view: Connection, *, after: str | None, limit: int) -> list[Rate]:
    """By pair, source and day; `after` is `base/quote/source/day`."""
    rows = await view.fetch(
        "select source, base, quote, day, value from exchange_rate_view"
        " where ($1::text is null or concat_ws('/', base, quote, source, day) > $1)"
        " order by concat_ws('/', base, quote, source, day) limit $2",
        after,
        limit,
    )
    return [
        Rate(
            base=Code(row["base"]),
            quote=Code(row["quote"]),
            value=RateValue(row["value"]),
            source=Code(row["source"]),
            date=row["day"],
        )
        for row in rows
    ]


async def proposed_rates(view: Connection, *, after: str | None, limit: int) -> list[Proposal]:
    """Those that nobody has confirmed, by pair and day; `after` is `rate/day`."""
    rows = await view.fetch(
        "select proposal from proposed_rate_view"
        " where ($1::text is null or concat_ws('/', rate_id, day) > $1)"
        " order by concat_ws('/', rate_id, day) limit $2",
        after,
        limit,
    )
    return [read(row["proposal"], Proposal) for row in rows]


SeenBy = tuple[PersonId, Code | None, datetime]
"""Who looks, at the cases of which organisation (None: of any), and when."""


class CommitmentFound(msgspec.Struct, frozen=True):
    state: Commitment
    version: int
    whose: bool
    """Whether who looks may know of its case."""


async def commitments(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    seen_by: SeenBy,
    case: CaseId | None = None,
    stage: str | None = None,
) -> list[CommitmentFound]:
    """By id, those that somebody may see."""
    person, of, now = seen_by
    rows = await view.fetch(
        "select state, version, whose from commitment_view,"
        " lateral (select may_know(case_id, $4, $5, $6) as whose) seen"
        " where ($1::text is null or commitment_id > $1)"
        " and ($2::text is null or case_id = $2 and whose) and ($3::text is null or stage = $3)"
        " and ($4::text is null or whose) order by commitment_id limit $7",
        after,
        case,
        stage,
        of,
        person,
        now,
        limit,
    )
    return [
        CommitmentFound(read(row["state"], Commitment), row["version"], row["whose"])
        for row in rows
    ]


NOT_PAID = (*BEFORE_THE_FILE, Stage.IN_FILE, Stage.INSTRUCTED, Stage.ACCEPTED)
"""While it is at one of these stages, the vendor waits."""


class PaymentFound(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in a list, and what it rests on."""

    payment: Payment
    version: int
    commitment: Commitment
    line: BudgetLine
    grant: Grant
    whose: bool
    """Whether who looks may know of its case."""


async def payments(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    seen_by: SeenBy,
    case: CaseId | None = None,
    vendor: VendorId | None = None,
    invoice: InvoiceId | None = None,
    stage: str | None = None,
    held: bool | None = None,
    overdue: bool | None = None,
    file: BankFileId | None = None,
) -> list[PaymentFound]:
    """By id, those that somebody may see."""
    person, of, now = seen_by
    rows = await view.fetch(
        "select p.state, p.version, c.state as commitment, b.state as line, g.state as of_grant,"
        " whose"
        " from payment_view p join commitment_view c using (commitment_id)"
        " join budget_line_view b on b.line_id = p.state::jsonb ->> 'budget_line'"
        " join grant_view g using (grant_id)"
        " cross join lateral (select may_know(p.case_id, $7, $8, $9) as whose) seen"
        " where ($1::text is null or payment_id > $1)"
        " and ($2::text is null or p.case_id = $2 and whose)"
        " and ($3::text is null or p.vendor_id = $3)"
        " and ($4::text is null or p.invoice_id = $4) and ($5::text is null or p.stage = $5)"
        " and ($6::boolean is null or (p.held and p.stage = any($12)) = $6)"
        " and ($11::boolean is null or (p.stage = any($12) and p.due < $13) = $11)"
        " and ($14::text is null or p.state::jsonb ->> 'file' = $14)"
        " and ($7::text is null or whose) order by payment_id limit $10",
        after,
        case,
        vendor,
        invoice,
        stage,
        held,
        of,
        person,
        now,
        limit,
        overdue,
        list(NOT_PAID),
        now.date().isoformat(),
        file,
    )
    return [
        PaymentFound(
            payment=read(row["state"], Payment),
            version=row["version"],
            commitment=read(row["commitment"], Commitment),
            line=read(row["line"], BudgetLine),
            grant=read(row["of_grant"], Grant),
            whose=row["whose"],
        )
        for row in rows
    ]


async def bank_files(
    view: Connection, *, after: str | None, limit: int, newest: bool = False
) -> list[Row[BankFile]]:
    """By id; `newest`: the last one first."""
    rows = await view.fetch(
        "select state, version from bank_file_view where ($1::text is null or"
        " case when $3 then file_id < $1 else file_id > $1 end)"
        " order by case when $3 then file_id end desc, file_id limit $2",
        after,
        limit,
        newest,
    )
    return [Row(read(row["state"], BankFile), row["version"]) for row in rows]


async def unsent_files(view: Connection) -> list[BankFile]:
    """Those that are sealed and not known to be with who carries the money, the oldest first."""
    rows = await view.fetch(
        "select state from bank_file_view where stage = any($1) order by file_id",
        [Filed.SEALED, Filed.LEAVING],
    )
    return [read(row["state"], BankFile) for row in rows]


class Declined(msgspec.Struct, frozen=True):
    """A payment, and an earlier one of the same order that a provider of mobile money declined."""

    payment: PaymentId
    declined: PaymentId
    provider: Code


async def declined_before(view: Connection, payments: Sequence[PaymentId]) -> list[Declined]:
    rows = await view.fetch(
        "select p.payment_id, d.payment_id as declined, wallet from payment_view p"
        " join payment_view d using (commitment_id) join account_fact a"
        " on a.account_id = d.account_id where p.payment_id = any($1) and d.stage = $2"
        " and wallet is not null order by p.payment_id, d.payment_id",
        payments,
        Stage.REJECTED,
    )
    return [
        Declined(PaymentId(row["payment_id"]), PaymentId(row["declined"]), Code(row["wallet"]))
        for row in rows
    ]


async def next_day(view: Connection, provider: Code | str, label: str, last4: str) -> date | None:
    """The first day of which no statement of our account with a provider counts; None: nothing was
    ever paid by it. Statements used to be named by the provider alone, without the account's label.
    """
    last = await view.fetchval(
        "select max(closed_on) from bank_statement_view where counts and account = $3"
        " and state::jsonb ->> 'reference' in ($1 || '-' || closed_on, $2 || '-' || closed_on)",
        provider,
        label,
        last4,
    )
    if last is not None:
        return date.fromordinal(last.toordinal() + 1)
    first: str | None = await view.fetchval(
        "select min(state::jsonb ->> 'paid_on') from payment_view"
        " join account_fact using (account_id) where wallet = $1",
        provider,
    )
    return date.fromisoformat(first) if first else None


class BankLine(msgspec.Struct, frozen=True):
    """A line of a bank's answer that fitted nothing."""

    answer: str
    line: OpenLine
    resolved: Code | None
    version: int
    proposed: Code | None = None
    proposed_by: PersonId | None = None


async def bank_lines(
    view: Connection, *, after: str | None, limit: int, resolved: bool
) -> list[BankLine]:
    """Open lines, or those that a person has dealt with; `after` is `answer/line`."""
    rows = await view.fetch(
        "select answer_id, state, resolved, version, proposed, proposed_by from bank_line_view"
        " where (resolved is not null) = $2"
        " and ($1::text is null or answer_id || '/' || lpad(line::text, 9, '0') > $1)"
        " order by answer_id || '/' || lpad(line::text, 9, '0') limit $3",
        after,
        resolved,
        limit,
    )
    return [
        BankLine(
            row["answer_id"],
            read(row["state"], OpenLine),
            row["resolved"],
            row["version"],
            row["proposed"],
            row["proposed_by"],
        )
        for row in rows
    ]


class AccountFacts(msgspec.Struct, frozen=True):
    """What is known here of a bank account: never its number."""

    account: AccountId
    last4: str
    active: bool
    active_since: Any


async def account_facts(view: Connection, account: AccountId) -> AccountFacts | None:
    row = await view.fetchrow(
        "select account_id, last4, active, active_since from account_fact where account_id = $1",
        account,
    )
    if row is None:
        return None
    return AccountFacts(row["account_id"], row["last4"], row["active"], row["active_since"])


class Outlived(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment that is not over, of a grant that is."""

    commitment: CommitmentId
    vendor: VendorId
    case: CaseId
    closes: date
    """The grant's last day."""


async def put_off(
    view: Connection, after: CommitmentId | None, limit: int
) -> list[tuple[CommitmentId, date]]:
    """Commitments that are not over, of grants that were extended; and until when."""
    rows = await view.fetch(
        "select commitment_id, (g.state::jsonb ->> 'closes')::date as closes"
        " from commitment_view c"
        " join budget_line_view on line_id = c.state::jsonb ->> 'budget_line'"
        " join grant_view g using (grant_id) where stage not in ($1, $2)"
        " and g.state::jsonb ->> 'closes' > c.state::jsonb -> 'window' ->> 'closes'"
        " and ($3::text is null or commitment_id > $3) order by commitment_id limit $4",
        CommitmentStage.LIQUIDATED,
        CommitmentStage.CANCELLED,
        after,
        limit,
    )
    return [(CommitmentId(row["commitment_id"]), row["closes"]) for row in rows]


async def outlived(
    view: Connection, today: date, after: CommitmentId | None, limit: int
) -> list[Outlived]:
    """Commitments that are not over, of grants that are."""
    rows = await view.fetch(
        "select commitment_id, vendor_id, case_id, (g.state::jsonb ->> 'closes')::date as closes"
        " from commitment_view c"
        " join budget_line_view on line_id = c.state::jsonb ->> 'budget_line'"
        " join grant_view g using (grant_id) where stage not in ($1, $2)"
        " and (g.state::jsonb ->> 'closes')::date < $3"
        " and ($4::text is null or commitment_id > $4) order by commitment_id limit $5",
        CommitmentStage.LIQUIDATED,
        CommitmentStage.CANCELLED,
        today,
        after,
        limit,
    )
    return [
        Outlived(
            commitment=CommitmentId(row["commitment_id"]),
            vendor=VendorId(row["vendor_id"]),
            case=CaseId(row["case_id"]),
            closes=row["closes"],
        )
        for row in rows
    ]
