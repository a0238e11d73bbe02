"""The rules that look at cash: what is planted is found and names it; its honest twin is not."""

import pytest
from services.audit.tests.stories import RULES, Auditor, Cash, Told, page, vendor
from services.audit.tests.test_findings import ONE, TWO, found

from audit.domain.findings import Severity

CASH = Cash()


def test_honest_cash_has_no_findings() -> None:
    assert (
        found(vendor(), ONE.story(), CASH.story(), CASH.but(number=6, item="itm_6").story()) == []
    )


def test_cash_for_somebody_whom_nobody_met_names_the_cash() -> None:
    auditor = Auditor()
    (one,) = auditor.hears(
        page({"review_days": RULES["review_days"] | {"high": 5}}), CASH.but(met=False).story()
    )
    assert (one.rule, one.severity, one.review_days) == ("nobody_was_met", Severity.HIGH, 5)
    assert (one.cash, one.case, one.payment, one.vendor) == ("csh_5", "cas_5", None, None)
    assert auditor.cited(one) == ["cash_requested"]


@pytest.mark.parametrize(
    ("changed", "cited"),
    [
        (CASH.but(approver="per_hana"), ["cash_requested", "cash_approved"]),
        (CASH.but(giver="per_eva"), ["cash_approved", "cash_handed_over"]),
        (CASH.but(witness="per_jozef"), ["cash_handed_over", "cash_hand_over_confirmed"]),
    ],
)
def test_one_person_at_two_steps_of_cash(changed: Cash, cited: list[str]) -> None:
    auditor = Auditor()
    (one,) = auditor.hears(changed.story())
    assert (one.rule, one.cash) == ("two_sides", "csh_5")
    assert auditor.cited(one) == cited


def test_cash_for_what_a_vendor_is_paid_for_as_well() -> None:
    auditor = Auditor()
    beside = CASH.but(item="itm_1", on=TWO.on)
    (one,) = auditor.hears(vendor(), ONE.story(), beside.story())
    assert (one.rule, one.cash, one.payment) == ("vendor_and_cash", "csh_5", None)
    assert auditor.cited(one) == ["commitment_requested", "cash_requested"]
    (other,) = Auditor().hears(vendor(), CASH.but(item="itm_1").story(), ONE.story())
    assert (other.rule, other.cash, other.payment) == ("vendor_and_cash", None, "pay_1")


def test_what_was_cancelled_is_given_once() -> None:
    beside = CASH.but(item="itm_1", on=TWO.on)
    cancelled = Told(
        "disbursement.commitment_cancelled",
        "com_1",
        "per_hana",
        TWO.on,
        {"commitment": "com_1", "item": "itm_1"},
    )
    assert found(vendor(), list(ONE.story())[:3], [cancelled], beside.story()) == []
    story = list(CASH.but(item="itm_1").story())
    assert found(vendor(), story[:4], [beside.cancelled()], ONE.story()) == []
