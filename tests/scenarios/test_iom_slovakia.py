"""IOM Slovakia: an individual plan, made before or after return, and vendors paid directly.

The published nine steps (register, plan, contact after return, documents, feasibility, committee,
vendors paid, goods received, a visit after three months) are the demo's story; here is what
happens when something is in the way.
"""

from datetime import timedelta

from homeward.demo import people, planning
from homeward.demo.scene import paper
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


def test_who_claims_late_is_told_the_day_and_may_be_given_more_time(
    stage: Stage, new_case: NewCase
) -> None:
    late = new_case("lina")
    for act in (people.register, people.consent, people.admit):
        act(late)
    people.arrive(late, stage.today - timedelta(days=100))
    seen = planning.await_entitlement(late)
    assert seen["claim_by"] == (stage.today - timedelta(days=10)).isoformat()
    asked = {"case": late.case["case"]}
    stage.is_refused("lina", "drafted a plan", "plans/v1/plans", asked, "ClaimedTooLate")

    new_day = (stage.today + timedelta(days=30)).isoformat()
    more = {"claim_by": new_day, "use_by": (stage.today + timedelta(days=300)).isoformat()}
    more |= {"reason": "illness"}
    stage.does("petra", "proposed more time", f"{late.path}/propose-extension", more)
    own = f"{late.path}/approve-extension"
    stage.is_refused("petra", "approved it herself", own, {}, "ProposerCannotApprove")
    stage.does("juraj", "approved it", own)
    stage.awaits(
        "lina",
        f"plans/v1/entitlements/{late.case['case']}",
        lambda now: bool(now["claim_by"] == new_day),
        "plans to hear of the extension",
    )
    stage.does("lina", "drafted a plan", "plans/v1/plans", asked)


def test_who_did_not_depart_is_out_for_good(stage: Stage, new_case: NewCase) -> None:
    """An act that cannot be undone (RIAT: not departed is irreversible)."""
    stayed = new_case("lina")
    for act in (people.register, people.consent, people.admit):
        act(stayed)
    stage.does("petra", "confirmed that he stayed", f"{stayed.path}/confirm-non-departure")
    here = {"date": stage.today.isoformat(), "evidence": paper("boarding pass")}
    stage.is_refused("lina", "confirmed", f"{stayed.path}/confirm-arrival", here, "CaseIsAt")


def test_an_amendment_is_in_force_when_a_quorum_says_so_and_not_before(
    stage: Stage, new_case: NewCase
) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    planning.approve(salma)
    plan = f"plans/v1/plans/{salma.plan['plan']}"

    stage.does("lina", "began an amendment", f"{plan}/propose-amendment", PRICE_CHANGED)
    dearer: Json = {"item": salma.item("bread_oven"), "spec": "bread_oven"}
    dearer |= {"ceiling": money("1950.00 EUR")}
    changed = stage.does("lina", "raised the ceiling", f"{plan}/revise-item", dearer)
    assert changed["total"] == money("1850.00 EUR"), "the plan in force stays as it is"
    signature = {"signed_by": salma.case["returnee"], "method": "signature", "language": "ar"}
    signature |= {"digest": changed["amendment"]["digest"]}
    stage.does("lina", "recorded the signature", f"{plan}/sign", signature)
    stage.does("lina", "submitted it", f"{plan}/submit")
    stage.does("omar", "found it feasible", f"{plan}/confirm-feasibility")
    stage.is_refused("omar", "approved it too", f"{plan}/approve", {}, "forbidden")
    planning.approve(salma)
    assert salma.plan["total"] == money("1950.00 EUR")
    assert salma.plan["plan_version"] == 2


PRICE_CHANGED = {"reason": "price_changed"}


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
