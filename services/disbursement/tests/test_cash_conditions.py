"""Cash needs what a payment needs of its item: instalments released (S8), and the papers seen."""

from msgspec.structs import asdict as as_fields
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, plan_approved, published, refused
from services.disbursement.tests.people import ITEM, LINA, NOON
from services.disbursement.tests.test_cash import (
    ItemWithModality,
    PlanTold,
    ask,
    body,
    from_plans,
    requested,
)
from services.disbursement.tests.test_instalments import releases

from disbursement.domain import following as told
from disbursement.domain import heard
from disbursement.domain.cash import cash
from disbursement.domain.commitment.refusals import PapersMissing
from events.scenario import scenario
from events.values import Code

GRANT = Code("start_up_grant")
LEASE, LETTER = Code("lease"), Code("admission_letter")


def test_none_is_asked_for_before_the_papers_were_seen() -> None:
    unseen = replace(ask, missing=(LEASE,))
    scenario(cash).when(unseen).then_rejected(PapersMissing(ITEM, (LEASE,)))
    scenario(cash).when(replace(ask, missing=())).then(requested)


# The same over HTTP


async def planned_as(till: Cashier, rules: heard.Assistance) -> str:
    """The item is cash, of a type for which the programme has these rules; the budget line."""
    line = await chain.funded(till)
    await till.heard(heard.from_plans, replace(published, version=2, assistance=(rules,)))
    one = ItemWithModality(**as_fields(replace(plan_approved.items[0], type=rules.type)))
    fields = as_fields(plan_approved) | {"items": (one,), "programme_version": 2}
    await till.heard(from_plans, PlanTold(**fields))
    return line


async def in_instalments(till: Cashier) -> str:
    return await planned_as(till, heard.Assistance(type=GRANT, instalments=heard.Instalments()))


async def test_cash_waits_for_its_instalment(till: Cashier) -> None:
    line = await in_instalments(till)
    before = await till.told()
    assert await till.tries(till.hana, "/v1/cash", body(line)) == (422, "NotReleased")
    assert await till.told() == before
    await releases(till, 150)
    await till.does(till.hana, "/v1/cash", body(line), status=201)
    more = await till.hana.post("/v1/cash", body(line))
    assert refused(more) == (422, "NotReleased")
    assert more.json()["facts"] == {
        "item": ITEM,
        "released": chain.eur(150),
        "drawn": chain.eur(100),
        "asked": chain.eur(100),
    }


async def test_cash_that_is_given_up_leaves_its_instalment_to_the_next(till: Cashier) -> None:
    line = await in_instalments(till)
    await releases(till, 100)
    stands = await till.does(till.hana, "/v1/cash", body(line), status=201)
    await till.does(till.hana, f"/v1/cash/{stands['cash']}/cancel", {"reason": "did_not_come"})
    await till.does(till.hana, "/v1/cash", body(line), status=201)


async def test_cash_waits_for_the_papers_of_a_commitment_and_of_a_payment(till: Cashier) -> None:
    papers = heard.Assistance(type=GRANT, before_commitment=(LEASE,), before_payment=(LETTER,))
    line = await planned_as(till, papers)
    answer = await till.hana.post("/v1/cash", body(line))
    assert refused(answer) == (422, "PapersMissing")
    assert answer.json()["facts"]["missing"] == [LETTER, LEASE]
    for paper, code in ((LEASE, 422), (LETTER, 201)):
        seen = told.DocumentRecorded(by=LINA, at=NOON, item=ITEM, kind=paper)
        await till.heard(told.from_plans, seen)
        assert (await till.hana.post("/v1/cash", body(line))).status_code == code
