"""Money that went on although a finding about it stood: found once for each thing that was done."""

from datetime import timedelta
from typing import Any

import pytest
from services.audit.tests.stories import MONDAY, Auditor, Cash, Purchase, Told, vendor

from audit.domain.findings import Severity

ONE = Purchase()
ASKED = MONDAY + timedelta(days=7)
LATER, PAID = ASKED + timedelta(hours=8), MONDAY + timedelta(days=9)


def finding(
    *, of: str = "pay_1", after: timedelta = timedelta(hours=5), severity: str = "high"
) -> list[Told]:
    told: dict[str, Any] = {"finding": "fnd_1", "payment": of, "severity": severity}
    return [Told("audit.finding_raised", "fnd_1", "per_system", ASKED + after, told)]


def review(outcome: str, after: timedelta = timedelta(hours=6)) -> list[Told]:
    told = {"finding": "fnd_1", "outcome": outcome}
    return [Told("audit.finding_reviewed", "fnd_1", "per_elif", ASKED + after, told)]


def disbursed(act: str, by: str = "per_alma", **data: str) -> list[Told]:
    data = {"payment": "pay_1", "reason": "all_is_well"} | data
    return [Told(f"disbursement.payment_{act}", "pay_1", by, LATER, data)]


LET_GO = disbursed("released_from_hold")


def cited(*between: list[Told], by: Auditor | None = None) -> list[list[str]]:
    """What each finding goes by, where that happened between the last signature and the bank."""
    auditor = by or Auditor()
    *before, paid = ONE.story()
    found = auditor.hears(vendor(), before, *between, [paid])
    assert {each.rule for each in found} <= {"went_on_regardless"}
    return [auditor.cited(each) for each in found]


def test_what_an_auditor_found_irregular_is_let_go_and_paid() -> None:
    against = ["finding_raised", "finding_reviewed"]
    expected = [[*against, "payment_released_from_hold"], [*against, "vendor_paid"]]
    assert cited(finding(), review("irregularity"), LET_GO) == expected
    assert cited(finding(), review("suspected_fraud"), LET_GO) == expected


def test_it_is_grave_and_names_the_payment() -> None:
    auditor = Auditor()
    (one,) = auditor.hears(vendor(), list(ONE.story())[:-1], finding(), LET_GO)
    assert (one.rule, one.severity) == ("went_on_regardless", Severity.HIGH)
    assert (one.payment, one.case, one.vendor) == ("pay_1", "cas_1", "ven_1")


def test_what_nobody_has_reviewed_is_let_go_and_paid() -> None:
    assert cited(finding(), LET_GO) == [
        ["finding_raised", "payment_released_from_hold"],
        ["finding_raised", "vendor_paid"],
    ]
    assert cited(finding()) == [["finding_raised", "vendor_paid"]]


def test_a_review_that_comes_when_it_was_let_go_is_too_late() -> None:
    late = review("explained", after=timedelta(hours=9))
    assert cited(finding(), LET_GO, late) == [["finding_raised", "payment_released_from_hold"]]


@pytest.mark.parametrize("outcome", ["explained", "mistake"])
def test_what_was_reviewed_may_go_on(outcome: str) -> None:
    assert cited(finding(), review(outcome), LET_GO) == []


def test_the_platform_lifts_what_was_explained_and_nothing_else() -> None:
    lifted = disbursed("hold_lifted", by="per_system", reason="finding")
    assert cited(finding(), review("explained"), lifted) == []
    assert len(cited(finding(), review("irregularity"), lifted)) == 2
    other = disbursed("hold_lifted", by="per_system", reason="case_suspended")
    assert cited(finding(), review("irregularity"), other) == [
        ["finding_raised", "finding_reviewed", "vendor_paid"]
    ]


def test_it_takes_a_moment_until_who_pays_has_heard_of_it() -> None:
    at_once = finding(after=timedelta(hours=8, seconds=-60))
    assert cited(at_once, LET_GO, review("explained", after=timedelta(hours=9))) == []


def test_what_had_gone_to_the_bank_before_could_not_be_held() -> None:
    sent = disbursed("instructed")
    assert cited(sent, finding(after=timedelta(hours=9))) == []
    assert cited(finding(after=timedelta(hours=7)), sent) == [["finding_raised", "vendor_paid"]]


@pytest.mark.parametrize("severity", ["medium", "low"])
def test_nothing_waits_for_a_finding_that_is_not_grave(severity: str) -> None:
    assert cited(finding(severity=severity), LET_GO) == []


def test_a_finding_about_another_payment_is_none_about_this() -> None:
    assert cited(finding(of="pay_2"), LET_GO) == []


def test_cash_is_handed_over_in_spite_of_a_finding() -> None:
    auditor, cash = Auditor(), Cash()
    *before, given, confirmed = cash.story()
    told = {"finding": "fnd_1", "severity": "high"}
    at = given.at - timedelta(minutes=5)
    about = [
        Told("audit.finding_raised", "fnd_1", "per_system", at, told | {"payment": None}),
        Told("audit.finding_named_cash", "fnd_1", "per_system", at, told | {"cash": cash.id}),
    ]
    (one,) = auditor.hears(before, about, [given, confirmed])
    assert (one.rule, one.cash) == ("went_on_regardless", cash.id)
    assert auditor.cited(one) == ["finding_raised", "cash_handed_over"]


def test_a_finding_about_a_finding_leads_to_no_third() -> None:
    """Raised, it stands as any other; only what people do after that is found again."""
    auditor = Auditor()
    before = list(ONE.story())[:-1]
    assert len(auditor.hears(vendor(), before, finding(), LET_GO)) == 1
    told = {"finding": "fnd_2", "payment": "pay_1", "severity": "high"}
    again = Told("audit.finding_raised", "fnd_2", "per_system", LATER, told)
    assert auditor.hears([again], review("irregularity", after=timedelta(hours=20))) == []
    seen = Told("audit.finding_reviewed", "fnd_2", "per_elif", LATER, {"finding": "fnd_2"})
    explained = Told(seen.kind, seen.stream, seen.by, PAID, seen.data | {"outcome": "explained"})
    assert auditor.hears([explained]) == []
