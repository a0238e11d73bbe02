"""What the figures of a programme rest on, put together from the read models of follow-up."""

import msgspec

from events.service import Connection
from events.values import ProgrammeId
from plans.domain.indicators import Case, Item, Step
from plans.domain.survey import Scores
from plans.views.deliveries import deliveries_after
from plans.views.followed import followed_cases
from plans.views.visits import surveys_after

ALL = 1_000_000


class Visits(msgspec.Struct, frozen=True):
    made: int
    missed: int
    """And not made since."""


class Rests(msgspec.Struct, frozen=True, kw_only=True):
    cases: list[Case]
    items: list[Item]
    surveys: list[Scores]
    visits: Visits


async def figures_of(tables: Connection, programme: ProgrammeId) -> Rests:
    """All that the programme's figures are counted from."""
    followed = await followed_cases(programme, tables)
    counted = {each.case for each in followed}
    delivered = await deliveries_after(
        tables, programme=programme, case=None, after=None, limit=ALL
    )
    items = [
        Item(
            approved=row.approved,
            agreement=row.agreement,
            paid=row.paid,
            first_paid=row.first_paid,
        )
        for row in delivered
        if row.approved.case in counted
    ]
    surveys = await surveys_after(tables, programme=programme, case=None, after=None, limit=ALL)
    surveys = [each for each in surveys if each.case in counted]
    approvals = await tables.fetch("select case_id, approved_on from first_approval")
    approved_on = {row["case_id"]: row["approved_on"] for row in approvals}
    visited = await tables.fetch(
        "select case_id, made, missed from visit where case_id = any($1)", list(counted)
    )
    took = {
        Step.WITH_PLAN: set(approved_on),
        Step.ASSISTED: {i.approved.case for i in items if i.agreement.first_delivery is not None},
        Step.VISITED: {row["case_id"] for row in visited if row["made"]},
        Step.SURVEYED: {each.case for each in surveys},
    }
    cases = [
        Case(
            followed=each,
            steps=frozenset(step for step, them in took.items() if each.case in them),
            approved_on=approved_on.get(each.case),
        )
        for each in followed
    ]
    return Rests(
        cases=cases,
        items=items,
        surveys=surveys,
        visits=Visits(
            made=sum(row["made"] for row in visited),
            missed=sum(row["missed"] and not row["made"] for row in visited),
        ),
    )
