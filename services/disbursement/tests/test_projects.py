"""What several share in is ordered and paid like an item of a plan; nobody's counsellor acts."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain, payment_asks
from services.disbursement.tests.cashier import Cashier, ok, refused, selected
from services.disbursement.tests.commitment_asks import approve, certify, issue, request
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    FUNDING,
    HANA,
    JOZEF,
    LINA,
    MARTA,
    NOON,
    PAYMENT,
    PLANNED,
    PROGRAMME,
    approved,
    certified,
    payment_approved,
    payment_certified,
    payment_requested,
    requested,
    signed_by_marta,
)
from services.disbursement.tests.people import eur as euros

from disbursement.domain import heard
from disbursement.domain.commitment import CounsellorsNamed, commitment
from disbursement.domain.commitment import refusals as no
from disbursement.domain.heard import Share
from disbursement.domain.payment import PaymentCounsellorsNamed, payment
from disbursement.domain.payment.refusals import CounsellorNeverActs
from events.roles import Role
from events.scenario import scenario
from events.values import Code, ItemId, PersonId, ProjectId

SARA = PersonId("per_sara")
BOTH = (LINA, SARA)
BAKERY = ItemId("itm_bakery")
PROJECT = ProjectId("prj_1")

named = CounsellorsNamed(by=HANA, at=NOON, commitment=COMMITMENT, counsellors=BOTH)
named_too = PaymentCounsellorsNamed(by=HANA, at=NOON, payment=PAYMENT, counsellors=BOTH)
project_approved = heard.ProjectApproved(
    by=PersonId("per_zuzana"),
    at=NOON,
    project=PROJECT,
    programme=PROGRAMME,
    programme_version=1,
    run_by=Code("iom"),
    organisation=Code("iom"),
    items=(heard.ApprovedItem(item=BAKERY, ceiling=euros(2000)),),
    budget_line=None,
    use_by=date(2027, 2, 1),
    drafter=LINA,
    counsellors=BOTH,
    shares=(Share(CASE),),
)
BUDGET_LINES_NAMED = heard.BudgetLinesNamed(
    by=PersonId("per_zuzana"),
    at=NOON,
    programme=PROGRAMME,
    version=1,
    grant=Code("SK-2023-AVRR"),
    lines=(heard.PaidFrom(type=Code("business_start"), category=Code("business_start")),),
)
he_left = heard.ProjectShareWithdrawn(by=LINA, at=NOON, project=PROJECT, stops_orders=True)


# Counsellors


def test_all_counsellors_of_a_project_are_named() -> None:
    shared = replace(PLANNED, counsellors=BOTH)
    scenario(commitment).when(request(plan=shared)).then(requested, named)


def test_none_of_the_counsellors_has_a_part_in_its_orders() -> None:
    shared = replace(PLANNED, counsellors=BOTH)
    scenario(commitment).when(request(by=SARA, plan=shared)).then_rejected(
        no.CounsellorOfTheCase(SARA)
    )
    story = scenario(commitment).given(requested, named)
    for person in BOTH:
        story.when(certify(person)).then_rejected(no.CounsellorOfTheCase(person))
    story.when(certify(JOZEF)).then(certified)
    story.given(certified).when(approve(SARA)).then_rejected(no.CounsellorOfTheCase(SARA))
    story.given(certified, approved).when(issue(by=SARA)).then_rejected(
        no.CounsellorOfTheCase(SARA)
    )


def test_none_of_the_counsellors_has_a_part_in_its_payments() -> None:
    asked = replace(payment_asks.request(), counsellors=BOTH)
    scenario(payment).when(asked).then(payment_requested, named_too)
    scenario(payment).when(replace(asked, by=SARA)).then_rejected(CounsellorNeverActs(SARA))
    story = scenario(payment).given(payment_requested, named_too)
    story.when(payment_asks.certify(SARA)).then_rejected(CounsellorNeverActs(SARA))
    signing = story.given(payment_certified, payment_approved)
    signing.when(payment_asks.sign(SARA)).then_rejected(CounsellorNeverActs(SARA))
    signing.when(payment_asks.sign(MARTA)).then(signed_by_marta)


def test_a_communitys_project_is_paid_from_the_line_that_the_programme_names() -> None:
    villages = replace(PLANNED, budget_category=Code("community_projects"))
    scenario(commitment).when(request(plan=villages)).then_rejected(
        no.OtherBudgetLine(FUNDING.category, Code("community_projects"))
    )
    right = replace(FUNDING, category=Code("community_projects"))
    scenario(commitment).when(request(plan=villages, funding=right)).then(requested)


# The chain


async def heard_of(till: Cashier) -> str:
    """Funded, the project approved and a vendor selected for its bakery; the line's id."""
    line = await chain.funded(till)
    await till.heard(heard.from_plans, project_approved)
    await till.heard(heard.from_vendors, replace(selected, item=BAKERY))
    return line


async def test_a_projects_item_goes_from_commitment_to_the_bank(till: Cashier) -> None:
    line = await heard_of(till)
    committed = await chain.committed(till, line, BAKERY)
    stands = ok(await till.hana.get(f"/v1/commitments/{committed}"))
    assert (stands["plan"], stands["case"]) == (PROJECT, PROJECT)
    await chain.on_file(till, paper="receipt", case=PROJECT)
    paid = await chain.requested(till, await chain.matched(till, commitment=committed))
    assert (
        ok(await till.hana.get(await chain.instructed(till, await chain.released(till, paid))))[
            "stage"
        ]
        == "instructed"
    )


async def test_a_project_whose_money_is_kept_is_paid_and_counted_under_the_same_id(
    till: Cashier,
) -> None:
    """What is kept for it, and what its payments add up to, are two things of one project."""
    line = await chain.funded(till)
    await till.heard(heard.from_plans, BUDGET_LINES_NAMED)
    item = heard.ApprovedItem(item=BAKERY, ceiling=euros(2000), type=Code("business_start"))
    await till.heard(heard.from_plans, replace(project_approved, items=(item,)))
    await till.heard(heard.from_vendors, replace(selected, item=BAKERY))
    await till.settle()
    assert ok(await till.maria.get(f"/v1/budget-lines/{line}"))["earmarked"] == chain.eur(2000)
    committed = await chain.committed(till, line, BAKERY)
    paid = await chain.requested(till, await chain.matched(till, commitment=committed))
    assert ok(await till.hana.get(paid))["stage"] == "requested"
    assert (await till.told()).count("payment_counted") == len(("vendor", "project"))


@pytest.mark.parametrize(
    "stops",
    [
        he_left,
        heard.ProjectCancelled(by=LINA, at=NOON, project=PROJECT),
        heard.ProjectRejected(by=LINA, at=NOON, project=PROJECT),
    ],
)
async def test_nothing_is_committed_for_a_project_that_is_short_or_over(
    till: Cashier, stops: heard.ProjectShareWithdrawn
) -> None:
    line = await heard_of(till)
    await till.heard(heard.from_plans, stops)
    asked = {"item": BAKERY, "budget_line": line, "amount": chain.MONEY}
    assert refused(await till.hana.post("/v1/commitments", asked)) == (422, "PlanNotApproved")
    await till.heard(heard.from_plans, project_approved)
    assert await chain.committed(till, line, BAKERY)


async def test_who_leaves_once_the_money_is_spent_stops_nothing(till: Cashier) -> None:
    line = await heard_of(till)
    await till.heard(heard.from_plans, replace(he_left, stops_orders=False))
    assert await chain.committed(till, line, BAKERY)


async def test_a_participants_counsellor_requests_nothing_over_http(till: Cashier) -> None:
    line = await heard_of(till)
    sara = till.sign_in("sara", Role.FINANCE_OFFICER)
    asked = {"item": BAKERY, "budget_line": line, "amount": chain.MONEY}
    assert refused(await sara.post("/v1/commitments", asked)) == (422, "CounsellorOfTheCase")
