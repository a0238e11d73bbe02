"""What people let pass and the audit service finds: nothing goes on before somebody has looked."""

import time

from homeward.demo import paying
from homeward.demo.stage import Json, Stage
from tests.scenarios.money.purchase import Purchase

AUDIT = "audit/v1/findings"
PAID = "disbursement.vendor_paid"
LOGGED_SECONDS = 120
STEPS = (
    "audit.finding_raised",
    "audit.finding_reviewed",
    "disbursement.payment_held",
    "disbursement.payment_released_from_hold",
    PAID,
)


def finding_about(stage: Stage, payment: Json) -> Json:
    """The grave one that nobody has reviewed, as soon as the audit service has raised it. Who plays
    this at night may have done much at that hour, which is a light one.
    """
    path = f"{AUDIT}?payment={payment['payment']}&is_open=true"
    told = stage.awaits("elif", path, lambda seen: bool(grave(seen)), "a finding")
    assert len(grave(told)) == 1, told["items"]
    return grave(told)[0]


def grave(told: Json) -> list[Json]:
    return [dict(each) for each in told["items"] if each["severity"] == "high"]


def billed_twice(purchase: Purchase) -> tuple[Json, Json]:
    """Two invoices on one paper: Jozef, who is asked, says that the second is another."""
    stage = purchase.stage
    purchase.ordered()
    purchase.delivered(4)
    bill = purchase.bill(kits=2)
    first = purchase.requested(purchase.invoiced(bill))
    again = purchase.bill(f"AGAIN-{purchase.number}", kits=2) | {"document": bill["document"]}
    second = purchase.invoiced(again)
    purchase.not_paid(second, "InvoiceSuspected")
    of, why = f"{purchase.order}/invoices/{second['invoice']}", {"reason": "another_delivery"}
    stage.does("jozef", "said it was another", f"{of}/clear-suspicion", why)
    return first, purchase.requested(purchase.stands(second))


def test_one_paper_paid_for_twice_waits_until_an_auditor_has_said_what_it_was(
    stage: Stage, purchase: Purchase
) -> None:
    first, payment = billed_twice(purchase)
    page = f"{paying.HOME}/payments/{payment['payment']}"
    found = finding_about(stage, payment)
    assert (found["rule"], found["severity"]) == ("invoice_twice", "high")
    assert found["people"] == ["per_hana"]
    held = stage.awaits("eva", page, lambda seen: bool(seen["held"]), "the payment to be held")
    assert held["held"] == "finding"

    seen = {"evidence": held["evidence"]}
    stage.is_refused("jozef", "certified it", f"{page}/certify", seen, "PaymentIsHeld")
    go_on, reviewed = f"{page}/release-from-hold", f"{AUDIT}/{found['finding']}/review"
    told = stage.is_refused(
        "eva", "let it go on", go_on, {"reason": "in_order"}, "FindingNotReviewed"
    )
    assert told["facts"]["finding"] == found["finding"]
    stage.is_not_shown("hana", f"{AUDIT}/{found['finding']}", "forbidden")

    stage.does("elif", "said what it was", reviewed, {"outcome": "mistake"})
    stage.does_once_heard(
        "eva", "let it go on", go_on, {"reason": "two_deliveries"}, "FindingNotReviewed"
    )
    paying.sign(stage, {}, stage.reads("jozef", page))
    paying.pay(stage, payment)
    assert stage.reads("hana", f"{paying.HOME}/payments/{first['payment']}")["held"] is None

    assert told_of(stage, payment, found) == [
        ("per_system", "audit.finding_raised"),
        ("per_system", "disbursement.payment_held"),
        ("per_elif", "audit.finding_reviewed"),
        ("per_eva", "disbursement.payment_released_from_hold"),
        ("per_system", "disbursement.vendor_paid"),
    ]


def told_of(stage: Stage, payment: Json, found: Json) -> list[tuple[str, str]]:
    """Who did what about the finding and the hold, as the trail has it, once it is paid."""
    end = time.monotonic() + LOGGED_SECONDS
    while PAID not in map(_kind, lines := trail_of(stage, payment["payment"])):
        assert time.monotonic() < end, "the log has no such payment"
        time.sleep(0.2)
    of = (payment["payment"], found["finding"])
    return [
        (line["who"], _kind(line))
        for line in lines
        if line["stream"] in of and _kind(line) in STEPS
    ]


def trail_of(stage: Stage, key: str) -> list[Json]:
    """All of it, page by page."""
    lines: list[Json] = []
    after: int | None = -1
    while after is not None:
        page = stage.reads("elif", f"audit/v1/trail/{key}", after=after)
        lines += page["lines"]
        after = page["next"]
    return lines


def _kind(line: Json) -> str:
    return str(line["type"]).rpartition(".v")[0]
