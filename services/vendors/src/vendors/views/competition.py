"""On what terms vendors compete, in which country, and who lost to whom."""

from typing import Any

import msgspec

from events.canonical import canonical
from events.decider import Event
from events.registry import Registry
from events.service import Connection, Heard, View
from events.values import CaseId, Code, SourcingId, VendorId
from vendors.domain.programme import of_terms
from vendors.domain.sourcing.facts import (
    AwardTakenBack,
    QuotationReceived,
    QuotationsRequested,
    QuotationWithdrawn,
    VendorSelected,
)
from vendors.views.seen import SeenBy


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    country_of_return: Code | None = None


async def _project_terms(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into programme_terms (programme_id, version, terms) values ($1, $2, $3)"
        " on conflict do nothing",
        [
            (e.programme, e.version, canonical(e.terms).decode())
            for e in (heard.event for heard in batch)
        ],
    )


async def _project_countries(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into case_country (case_id, country) values ($1, $2) on conflict do nothing",
        [
            (e.case, e.country_of_return)
            for e in (heard.event for heard in batch)
            if e.country_of_return is not None
        ],
    )


async def country_of(case: str, tables: Connection) -> Code | None:
    """Where the returnee is, or the participants of the project."""
    country = await tables.fetchval(
        "select country from case_country where case_id = $1 or case_id in"
        " (select unnest(cases) from project_knowing where project_id = $1)"
        " order by case_id limit 1",
        case,
    )
    return country and Code(country)


async def _project_rivals(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case QuotationsRequested(sourcing=sourcing, case=case):
                await tables.execute(
                    "insert into competition (sourcing_id, case_id) values ($1, $2)"
                    " on conflict do nothing",
                    sourcing,
                    case,
                )
            case QuotationReceived(sourcing=sourcing, quotation=quotation, vendor=vendor):
                await tables.execute(
                    "insert into rival (sourcing_id, quotation_id, vendor_id) values ($1, $2, $3)"
                    " on conflict do nothing",
                    sourcing,
                    quotation,
                    vendor,
                )
            case QuotationWithdrawn(quotation=quotation):
                await tables.execute("delete from rival where quotation_id = $1", quotation)
            case AwardTakenBack(sourcing=sourcing):
                await tables.execute(
                    "update competition set winner = null, losers = '{}' where sourcing_id = $1",
                    sourcing,
                )
            case VendorSelected(sourcing=sourcing, vendor=vendor):
                await tables.execute(
                    "update competition set winner = $2, losers = coalesce((select"
                    " array_agg(vendor_id order by vendor_id) from rival where sourcing_id = $1"
                    " and vendor_id <> $2), '{}') where sourcing_id = $1",
                    sourcing,
                    vendor,
                )


class Lost(msgspec.Struct, frozen=True):
    """An award in which several vendors lost together."""

    sourcing: SourcingId
    winner: VendorId
    losers: tuple[VendorId, ...]


async def lost_together(
    tables: Connection, sourcing: SourcingId, *, seen_by: SeenBy, limit: int
) -> list[Lost]:
    """Other awards in which the vendors lost who lose in this one, or several who compete in it.

    Of an award that was made: those with the same losers. As long as there is none: those whose
    losers, two or more, all made an offer again.
    """
    person, of, now = seen_by
    rows = await tables.fetch(
        "select other.sourcing_id, other.winner, other.losers from competition this"
        " join competition other on other.sourcing_id <> this.sourcing_id"
        " and cardinality(other.losers) > 1 and case when this.winner is null then other.losers <@"
        " (select array_agg(vendor_id) from rival where sourcing_id = this.sourcing_id)"
        " else other.losers = this.losers end where this.sourcing_id = $1"
        " and ($3::text is null or may_know(other.case_id, $3, $2, $4))"
        " order by other.sourcing_id desc limit $5",
        sourcing,
        person,
        of,
        now,
        limit,
    )
    return [Lost(SourcingId(r[0]), VendorId(r[1]), tuple(map(VendorId, r[2]))) for r in rows]


views = (
    View("programme_terms", {"plans": of_terms}, _project_terms, ("programme_terms",)),
    View(
        "case_country",
        {"intake": Registry.of("intake", [ReturneeRegistered], foreign=True)},
        _project_countries,
        ("case_country",),
    ),
    View(
        "competition",
        {
            "vendors": Registry.of(
                "vendors",
                [
                    QuotationsRequested,
                    QuotationReceived,
                    QuotationWithdrawn,
                    VendorSelected,
                    AwardTakenBack,
                ],
            )
        },
        _project_rivals,
        ("competition", "rival"),
    ),
)
