"""IOM Slovakia: an individual plan, made before or after return, and vendors paid directly.

The published nine steps (register, plan, contact after return, documents, feasibility, committee,
vendors paid, goods received, a visit after three months) are the demo's story; here is what
happens when something is in the way.
"""

from datetime import timedelta

from homeward.demo import people, planning
from homeward.demo.stage import Json, Stage, money
from tests.scenarios.conftest import NewCase

OVEN = {"spec": "bread_oven", "type": "micro_business", "ceiling": "1850.00 EUR", "wording": "فرن"}


def test_a_plan_that_was_returned_is_changed_signed_again_and_approved(
    stage: Stage, new_case: NewCase
) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    plan = f"plans/v1/plans/{salma.plan['plan']}"

    why = {"reasons": ["price_unrealistic"]}
    stage.does("omar", "gave it back", f"{plan}/return", why)
    cheaper: Json = {"item": salma.item("bread_oven"), "spec": "bread_oven"}
    cheaper |= {"ceiling": money("1600.00 EUR")}
    stage.does("lina", "lowered the ceiling", f"{plan}/revise-item", cheaper)
    stage.is_refused("lina", "sent it on unsigned", f"{plan}/submit", {}, "NotSigned")

    planning.sign_and_submit(salma)
    planning.approve(salma)
    assert salma.plan["stage"] == "approved"
    assert salma.plan["total"] == money("1600.00 EUR")


def test_who_claims_after_the_last_day_is_told_which_day_that_was(
    stage: Stage, new_case: NewCase
) -> None:
    late = new_case("lina")
    for act in (people.register, people.consent, people.admit):
        act(late)
    people.arrive(late, stage.today - timedelta(days=100))
    seen = planning.await_entitlement(late)
    assert seen["claim_by"] == (stage.today - timedelta(days=10)).isoformat()
    body = {"case": late.case["case"]}
    stage.is_refused("lina", "drafted a plan", "plans/v1/plans", body, "ClaimedTooLate")


def test_nothing_is_planned_once_consent_is_withdrawn(stage: Stage, new_case: NewCase) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.await_entitlement(salma)
    body = {"scopes": ["assistance"]}
    stage.does("lina", "recorded the withdrawal", f"{salma.path}/withdraw-consent", body)
    stage.awaits(
        "lina",
        f"plans/v1/entitlements/{salma.case['case']}",
        lambda seen: not seen["consented"],
        "plans to hear of it",
    )
    body = {"case": salma.case["case"]}
    stage.is_refused("lina", "drafted a plan", "plans/v1/plans", body, "ConsentMissing")
