"""What was exported; and what others told that reports need, as it stands."""

from collections.abc import Collection, Sequence
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from disbursement.domain import reported as told
from disbursement.domain.export import (
    Export,
    ExportEvent,
    Format,
    GrantExported,
    GrantPeriodExported,
    export,
)
from disbursement.exports.report import Offer, Planned, Sourcing, Wording
from disbursement.views.rows import Row, read, written
from events.money import Money
from events.registry import Registry
from events.service import Connection, Heard, View
from events.values import (
    CaseId,
    Code,
    Digest,
    GrantId,
    ItemId,
    OrganisationName,
    ProgrammeId,
    SourcingId,
    VendorId,
)


async def project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case GrantExported() | GrantPeriodExported() as exported:
                state = export.evolve(None, exported)
                await tables.execute(
                    "insert into export_view (export_id, grant_id, version, state)"
                    " values ($1, $2, $3, $4) on conflict (export_id) do nothing",
                    state.id,
                    state.grant,
                    int(fact.envelope.sequence),
                    written(state),
                )
            case told.ProgrammePublished() as programme:
                await _programme(programme, tables)
            case (
                told.PlanApproved()
                | told.PlanAmendmentApproved()
                | told.EmergencyAuthorised()
                | told.ProjectApproved()
            ):
                await _items(fact.event, tables)
            case told.OrganisationNamed(vendor=vendor, name=name):
                await tables.execute(
                    "insert into reported_vendor (vendor_id, name) values ($1, $2)"
                    " on conflict (vendor_id) do update set name = excluded.name",
                    vendor,
                    name,
                )
            case told.ErasedByVendors(person=person):
                await tables.execute("delete from reported_vendor where vendor_id = $1", person)
            case _:
                await _sourcing(fact, tables)


async def _programme(event: told.ProgrammePublished, tables: Connection) -> None:
    wording = Wording(
        programme=event.programme,
        countries=event.eligibility.countries,
        below=event.small_cells_below,
        for_others=tuple(
            (kind.type, kind.wording_for_others)
            for kind in event.assistance
            if kind.wording_for_others is not None
        ),
    )
    await tables.execute(
        "insert into reported_programme (programme_id, version, state) values ($1, $2, $3)"
        " on conflict (programme_id) do update"
        " set version = excluded.version, state = excluded.state"
        " where reported_programme.version < excluded.version",
        event.programme,
        event.version,
        written(wording),
    )


async def _items(event: told.Approval, tables: Connection) -> None:
    await tables.executemany(
        "insert into reported_item (item_id, programme_id, type, modality, ceiling)"
        " values ($1, $2, $3, $4, $5) on conflict (item_id) do update"
        " set type = excluded.type, modality = excluded.modality, ceiling = excluded.ceiling",
        [
            (each.item, event.programme, each.type, each.modality, written(each.ceiling))
            for each in event.items
            if each.type is not None and each.modality is not None
        ],
    )


async def _sourcing(fact: Heard[Any], tables: Connection) -> None:
    event, day = fact.event, fact.envelope.time.date()
    match event:
        case told.QuotationsRequested():
            begun = Sourcing(id=event.sourcing, requested=day, estimate=event.estimate)
            await tables.execute(
                "insert into reported_sourcing (sourcing_id, item_id, state) values ($1, $2, $3)"
                " on conflict (sourcing_id) do nothing",
                event.sourcing,
                event.item,
                written(begun),
            )
        case told.QuotationReceived():
            offer = Offer(
                quotation=event.quotation,
                vendor=event.vendor,
                total=event.total,
                document=event.document,
                day=day,
            )
            for state in await _sourcings(tables, sourcing=event.sourcing):
                await _keep(tables, replace(state, offers=(*state.offers, offer)))
        case told.CompetitionWaived(sourcing=sourcing, reason=reason):
            for state in await _sourcings(tables, sourcing=sourcing):
                await _keep(tables, replace(state, waived=reason))
        case told.AwardTakenBack(item=item):
            for state in await _sourcings(tables, item=item):
                await _keep(tables, replace(state, selected=None, selected_on=None))
        case told.VendorSelected(item=item, vendor=vendor):
            for state in (await _sourcings(tables, item=item))[:1]:
                await _keep(tables, replace(state, selected=vendor, selected_on=day))


async def _sourcings(
    tables: Connection, *, sourcing: SourcingId | None = None, item: ItemId | None = None
) -> list[Sourcing]:
    """This one, or those for an item, the last one first."""
    rows = await tables.fetch(
        "select state from reported_sourcing where sourcing_id = $1 or item_id = $2"
        " order by sourcing_id desc",
        sourcing,
        item,
    )
    return [read(row["state"], Sourcing) for row in rows]


async def _keep(tables: Connection, state: Sourcing) -> None:
    await tables.execute(
        "update reported_sourcing set state = $2 where sourcing_id = $1", state.id, written(state)
    )


class Whereabouts(msgspec.Struct, frozen=True):
    """What is known of an item beside its commitment."""

    planned: Planned
    sourcing: Sourcing | None


async def whereabouts(view: Connection, items: Sequence[ItemId]) -> dict[ItemId, Whereabouts]:
    """How items stand in their plans, and the last sourcing in which a vendor was selected."""
    rows = await view.fetch(
        "select distinct on (item_id) item_id, programme_id, type, modality, ceiling, s.state"
        " from reported_item left join reported_sourcing s using (item_id)"
        " where item_id = any($1) order by item_id, sourcing_id desc",
        list(items),
    )
    return {
        ItemId(row["item_id"]): Whereabouts(
            planned=Planned(
                programme=ProgrammeId(row["programme_id"]),
                type=Code(row["type"]),
                modality=Code(row["modality"]),
                ceiling=read(row["ceiling"], Money),
            ),
            sourcing=read(row["state"], Sourcing) if row["state"] else None,
        )
        for row in rows
    }


class People(msgspec.Struct, frozen=True):
    """Whom a commitment is for."""

    cases: frozenset[CaseId]
    restricted: bool
    """Whether one of them is; what was not heard of is nobody's to know."""


async def people(view: Connection, abouts: Collection[CaseId]) -> dict[CaseId, People]:
    """The cases behind what commitments call their case: itself, or those who share a project.

    A project without shares is a community's; it counts as one.
    """
    shared = await view.fetch(
        "select project_id, cases from project_knowing where project_id = any($1)", list(abouts)
    )
    cases = {about: frozenset({about}) for about in abouts}
    cases |= {CaseId(row["project_id"]): frozenset(map(CaseId, row["cases"])) for row in shared}
    communities = {about for about, those in cases.items() if not those}
    cases |= {about: frozenset({about}) for about in communities}
    known = await view.fetch(
        "select case_id from case_knowing where not restricted and case_id = any($1)",
        sorted(frozenset().union(*cases.values())),
    )
    open_ = communities.union(CaseId(row["case_id"]) for row in known)
    return {about: People(those, restricted=not those <= open_) for about, those in cases.items()}


async def names(
    view: Connection, vendors: Collection[VendorId]
) -> dict[VendorId, OrganisationName]:
    """How those of these vendors are called that are organisations."""
    rows = await view.fetch(
        "select vendor_id, name from reported_vendor where vendor_id = any($1) order by vendor_id",
        sorted(vendors),
    )
    return {VendorId(row["vendor_id"]): OrganisationName(row["name"]) for row in rows}


async def wordings(view: Connection, programmes: Sequence[ProgrammeId]) -> list[Wording]:
    """What these programmes say of what is told, in their latest version."""
    rows = await view.fetch(
        "select state from reported_programme where programme_id = any($1) order by programme_id",
        list(programmes),
    )
    return [read(row["state"], Wording) for row in rows]


async def exports(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    grant: GrantId | None,
    reports_on: Collection[GrantId] | None = None,
) -> list[Row[Export]]:
    """What was exported, by id; of one grant, if it is named; only reports for the donors of these
    grants, if there are any.
    """
    rows = await view.fetch(
        "select state, version from export_view where ($1::text is null or export_id > $1)"
        " and ($2::text is null or grant_id = $2)"
        " and ($3::text[] is null or grant_id = any($3) and state::jsonb ->> 'format' = $4)"
        " order by export_id limit $5",
        after,
        grant,
        reports_on if reports_on is None else list(reports_on),
        Format.DONOR_REPORT,
        limit,
    )
    return [Row(read(row["state"], Export), row["version"]) for row in rows]


async def keep_file(tables: Connection, digest: Digest, content: bytes) -> None:
    """Keep the bytes of an export; the same bytes are kept once."""
    await tables.execute(
        "insert into export_file (digest, content) values ($1, $2) on conflict do nothing",
        digest,
        content,
    )


async def file_of(tables: Connection, digest: Digest) -> bytes | None:
    """The bytes with this digest."""
    content: bytes | None = await tables.fetchval(
        "select content from export_file where digest = $1", digest
    )
    return content


own = Registry.of("disbursement", list(get_args(ExportEvent)))
view = View(
    "exports",
    {"disbursement": own, "plans": told.from_plans, "vendors": told.from_vendors},
    project,
    (
        "export_view",
        "reported_item",
        "reported_programme",
        "reported_sourcing",
        "reported_vendor",
    ),
)
