"""Who may do the next step, and on what they saw."""

from datetime import timedelta

import httpx

from events.io.system import SystemIds
from homeward.demo import buying, paying
from homeward.demo.stage import Stage, money
from tests.scenarios.money.purchase import Purchase


def test_what_is_ordered_for_an_item_is_not_ordered_again(stage: Stage, purchase: Purchase) -> None:
    """A second claim on one entitlement: the item's ceiling holds for both together."""
    purchase.ordered()
    again = {"item": purchase.scene.item("school_kit"), "amount": money(purchase.costs(5))}
    again |= {"budget_line": purchase.scene.setting.lines["basic_needs"]}
    path = f"{paying.HOME}/commitments"
    stage.is_refused("hana", "committed it again", path, again, "AboveItemCeiling")


def test_who_is_let_do_the_next_step_too_does_not_do_it_on_their_own(
    stage: Stage, purchase: Purchase
) -> None:
    """Hana may certify, by a delegation that two gave her: not what she asked for herself."""
    given = {
        "person": "per_hana",
        "authority": "certify",
        "limit": money("5000.00 EUR"),
        "starts": stage.today.isoformat(),
        "ends": (stage.today + timedelta(days=30)).isoformat(),
    }
    path = f"{paying.HOME}/delegations"
    hers = stage.does("maria", "let Hana certify", path, given)["delegation"]
    stage.is_refused("tomas", "confirmed it", f"{path}/{hers}/confirm", {}, "DelegationIsAt")
    stage.does("hana", "took it on", f"{path}/{hers}/accept")
    stage.does("tomas", "confirmed it", f"{path}/{hers}/confirm")
    own = given | {"person": "per_maria"}
    stage.is_refused("maria", "let herself certify", path, own, "DelegationToOneself")

    buying.award(purchase.scene, purchase.told)
    purchase.order = paying.order(purchase.scene, purchase.told | {"people_who_should_not": True})
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    page = f"{paying.HOME}/payments/{payment['payment']}"
    seen = {"evidence": payment["evidence"]}
    stage.is_refused("hana", "certified it herself", f"{page}/certify", seen, "ActedAlready")
    stage.does("tomas", "took it from her", f"{path}/{hers}/revoke")


def test_nobody_certifies_a_page_that_changed_while_they_read_it(
    stage: Stage, purchase: Purchase
) -> None:
    """Jozef reads the page; Eva stops the payment; what he then sends is for the page he read."""
    purchase.ordered()
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    page = f"{paying.HOME}/payments/{payment['payment']}"
    service, _, rest = page.partition("/")
    there = f"{stage.world.services[service]}/{rest}"
    read = httpx.get(there, headers=stage.authorization("jozef"))
    stage.does("eva", "stopped it", f"{page}/hold", {"reason": "asked_the_vendor"})
    stage.does("eva", "let it go on", f"{page}/release-from-hold", {"reason": "answered"})

    late = httpx.post(
        f"{there}/certify",
        json={"evidence": read.json()["evidence"]},
        headers={
            "If-Match": read.headers["ETag"],
            "Idempotency-Key": SystemIds().new("key"),
            **stage.authorization("jozef"),
        },
    )
    assert late.status_code == httpx.codes.PRECONDITION_FAILED, late.text
    assert stage.reads("jozef", page)["stage"] == "requested"
    stage.does("jozef", "certified what he reads now", f"{page}/certify", read_now(stage, page))


def read_now(stage: Stage, page: str) -> dict[str, str]:
    return {"evidence": stage.reads("jozef", page)["evidence"]}
