"""Who may receive for a case, as intake tells it; for a community's project, its committee."""

from typing import Any

from disbursement.domain import receiving as told
from disbursement.domain.commitment import Receivers
from disbursement.domain.delivery_terms import DeliveryTerms
from events.service import Connection, Heard, View
from events.values import CaseId, ItemId, PersonId, ProgrammeId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case told.ReturneeRegistered(case=case, is_child=True):
                await tables.execute(
                    "insert into child_case (case_id) values ($1) on conflict do nothing", case
                )
            case told.GuardianAppointed(case=case, guardian=guardian):
                await tables.execute(
                    "insert into case_guardian (case_id, person_id) values ($1, $2)"
                    " on conflict do nothing",
                    case,
                    guardian,
                )
            case told.DeliveryTermsPublished() as terms:
                await tables.execute(
                    "insert into delivery_terms (programme_id, code_valid_days, code_tries,"
                    " capture_within_days) values ($1, $2, $3, $4)"
                    " on conflict (programme_id) do update set"
                    " code_valid_days = excluded.code_valid_days,"
                    " code_tries = excluded.code_tries,"
                    " capture_within_days = excluded.capture_within_days",
                    terms.programme,
                    terms.code_valid_days,
                    terms.code_tries,
                    terms.capture_within_days,
                )


async def may_receive(tables: Connection, case: CaseId, item: ItemId) -> Receivers:
    """For this case, or this project: only a community's has a budget line of its own."""
    row = await tables.fetchrow(
        "select exists (select from child_case where case_id = $1) as child,"
        " array(select person_id from case_guardian where case_id = $1) as guardians,"
        " exists (select from planned_item_fact where item_id = $2"
        " and budget_category is not null) as community",
        case,
        item,
    )
    return Receivers(
        child=row["child"],
        guardians=frozenset(PersonId(person) for person in row["guardians"]),
        community=row["community"],
    )


async def delivery_terms(tables: Connection, programme: ProgrammeId) -> DeliveryTerms:
    """How the programme wants deliveries confirmed, as it stands now."""
    row = await tables.fetchrow(
        "select code_valid_days, code_tries, capture_within_days from delivery_terms"
        " where programme_id = $1",
        programme,
    )
    return DeliveryTerms(**row) if row else DeliveryTerms()


view = View(
    "receivers",
    {"intake": told.from_intake, "plans": told.from_plans},
    _project,
    ("child_case", "case_guardian", "delivery_terms"),
)
