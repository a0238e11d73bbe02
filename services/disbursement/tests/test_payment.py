"""A payment: five people, one evidence, and limits to what each may sign."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.disbursement.tests.payment_asks import (
    approve,
    certify,
    request,
    sign,
)
from services.disbursement.tests.people import (
    ACCOUNT,
    DALIA,
    EVA,
    EVIDENCE,
    HANA,
    IVAN,
    JOZEF,
    LINA,
    MARTA,
    NADIA,
    NOON,
    OTHER,
    OVENS,
    USABLE,
    YUSUF,
    eur,
    mandate,
    payment_approved,
    payment_certified,
    payment_requested,
    released,
    signed_by_ivan,
    signed_by_marta,
)

from disbursement.domain.delegation import (
    AboveLimit,
    Authority,
    LimitInOtherCurrency,
    Mandate,
    NoMandate,
)
from disbursement.domain.payment import (
    ApprovePayment,
    CertifyPayment,
    Stage,
    payment,
)
from disbursement.domain.payment.refusals import (
    AccountApproverCannotSign,
    AccountNotUsable,
    AccountOfAnother,
    ActedAlready,
    CollectorCannotApprove,
    CounsellorNeverActs,
    EvidenceChanged,
    NoSuchPayment,
    PaymentIsAt,
    PreparedIt,
    RecorderCannotApprove,
    VendorNotPayable,
)
from events.money import Money
from events.scenario import scenario
from events.values import Code, PersonId

# Requested


def test_a_matched_invoice_is_asked_to_be_paid() -> None:
    scenario(payment).given().when(request()).then(payment_requested)


def test_a_payment_is_requested_once() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(request())
        .then_rejected(PaymentIsAt(Stage.REQUESTED, None))
    )


def test_without_a_usable_account_nobody_is_paid() -> None:
    scenario(payment).given().when(request(account=None)).then_rejected(
        AccountNotUsable(None, None)
    )


def test_a_frozen_account_is_not_paid_to() -> None:
    frozen = replace(USABLE, usable_from=None)
    scenario(payment).given().when(request(account=frozen)).then_rejected(
        AccountNotUsable(ACCOUNT, None)
    )


def test_an_account_is_not_paid_to_before_its_cooling_off_is_over() -> None:
    soon = NOON.replace(day=3)
    cooling = replace(USABLE, usable_from=soon)
    scenario(payment).given().when(request(account=cooling)).then_rejected(
        AccountNotUsable(ACCOUNT, soon)
    )


@pytest.mark.parametrize("until", [None, date(2026, 3, 1)], ids=["suspended", "not screened"])
def test_a_vendor_whose_approval_is_over_is_not_paid(until: date | None) -> None:
    gone = replace(USABLE, approved_until=until)
    refusal = VendorNotPayable(OVENS, until)
    scenario(payment).given().when(request(account=gone)).then_rejected(refusal)
    approved = scenario(payment).given(payment_requested, payment_certified, payment_approved)
    approved.when(sign(MARTA, gone)).then_rejected(refusal)


def test_an_account_in_another_currency_than_the_invoice_is_not_paid_to() -> None:
    dollars = replace(USABLE, currency=Code("USD"))
    scenario(payment).given().when(request(account=dollars)).then_rejected(
        AccountOfAnother(ACCOUNT, OVENS, Code("USD"))
    )


def test_the_counsellor_of_the_case_requests_no_payment() -> None:
    scenario(payment).given().when(request(by=LINA)).then_rejected(CounsellorNeverActs(LINA))


# Certified, approved, signed twice: each by another person


def test_another_person_certifies() -> None:
    scenario(payment).given(payment_requested).when(certify(JOZEF)).then(payment_certified)


def test_a_third_person_approves() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA))
        .then(payment_approved)
    )


def test_two_more_people_sign() -> None:
    approved = scenario(payment).given(payment_requested, payment_certified, payment_approved)
    approved.when(sign(MARTA)).then(signed_by_marta)
    approved.given(signed_by_marta).when(sign(IVAN)).then(signed_by_ivan)


@pytest.mark.parametrize("person", [HANA, JOZEF, EVA, MARTA])
def test_whoever_has_acted_does_not_sign(person: PersonId) -> None:
    acted = {
        HANA: Stage.REQUESTED,
        JOZEF: Stage.CERTIFIED,
        EVA: Stage.APPROVED,
        MARTA: Stage.SIGNED,
    }
    (
        scenario(payment)
        .given(payment_requested, payment_certified, payment_approved, signed_by_marta)
        .when(sign(person))
        .then_rejected(ActedAlready(person, acted[person]))
    )


def test_the_requester_does_not_certify() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(HANA))
        .then_rejected(ActedAlready(HANA, Stage.REQUESTED))
    )


def test_who_certified_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(JOZEF))
        .then_rejected(ActedAlready(JOZEF, Stage.CERTIFIED))
    )


def test_the_counsellor_of_the_case_never_acts() -> None:
    requested = scenario(payment).given(payment_requested)
    requested.when(certify(LINA)).then_rejected(CounsellorNeverActs(LINA))
    requested.given(payment_certified).when(approve(LINA)).then_rejected(CounsellorNeverActs(LINA))
    requested.given(payment_certified, payment_approved).when(sign(LINA)).then_rejected(
        CounsellorNeverActs(LINA)
    )


def test_who_prepared_what_is_paid_has_no_say_in_its_payment() -> None:
    """Olga asked for the order, and Hana, who asks for the payment, works with her (D2)."""
    olga = PersonId("per_olga")
    story = scenario(payment).given(payment_requested)
    for act in (certify(olga), approve(olga), sign(olga)):
        prepared = replace(act, preparers=frozenset({olga}))
        story.when(prepared).then_rejected(PreparedIt(olga))
        if isinstance(act, CertifyPayment):
            story = story.given(payment_certified)
        if isinstance(act, ApprovePayment):
            story = story.given(payment_approved)


def test_who_recorded_the_delivery_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(DALIA))
        .then_rejected(RecorderCannotApprove(DALIA))
    )


def test_who_collected_the_quotations_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(NADIA))
        .then_rejected(CollectorCannotApprove(NADIA))
    )


def test_who_approved_the_account_does_not_sign_the_first_payment_to_it() -> None:
    approved = scenario(payment).given(payment_requested, payment_certified, payment_approved)
    approved.when(sign(YUSUF)).then_rejected(AccountApproverCannotSign(YUSUF, ACCOUNT))
    approved.when(sign(YUSUF, replace(USABLE, first_payment=False))).then(
        replace(signed_by_marta, by=YUSUF)
    )


def test_no_stage_is_left_out() -> None:
    requested = scenario(payment).given(payment_requested)
    requested.when(approve(EVA)).then_rejected(PaymentIsAt(Stage.REQUESTED, Stage.CERTIFIED))
    requested.when(sign(MARTA)).then_rejected(PaymentIsAt(Stage.REQUESTED, Stage.APPROVED))
    scenario(payment).given(*released).when(sign(PersonId("per_third"))).then_rejected(
        PaymentIsAt(Stage.RELEASED, Stage.APPROVED)
    )
    scenario(payment).given().when(certify(JOZEF)).then_rejected(NoSuchPayment())


# The evidence


def test_nobody_certifies_what_they_did_not_see() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(JOZEF, seen=OTHER))
        .then_rejected(EvidenceChanged(seen=OTHER, stands=EVIDENCE))
    )


def test_nobody_certifies_what_no_longer_stands() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(JOZEF, stands=OTHER))
        .then_rejected(EvidenceChanged(seen=EVIDENCE, stands=OTHER))
    )


def test_each_act_names_the_evidence() -> None:
    assert {event.evidence for event in released if event is not payment_requested} == {EVIDENCE}


# Authority


def test_without_a_delegation_nobody_certifies() -> None:
    command = CertifyPayment(by=JOZEF, at=NOON, evidence=EVIDENCE, stands=EVIDENCE, mandate=None)
    (
        scenario(payment)
        .given(payment_requested)
        .when(command)
        .then_rejected(NoMandate(JOZEF, Authority.CERTIFY))
    )


@pytest.mark.parametrize(
    "held",
    [
        mandate(JOZEF, Authority.APPROVE),
        mandate(EVA, Authority.SIGN),
        mandate(EVA, Authority.APPROVE, ends=date(2026, 3, 1)),
    ],
    ids=["somebody else's", "for another act", "over since yesterday"],
)
def test_a_delegation_counts_for_its_person_its_act_and_its_time(held: Mandate) -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, held))
        .then_rejected(NoMandate(EVA, Authority.APPROVE))
    )


def test_nobody_approves_above_their_limit() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, mandate(EVA, Authority.APPROVE, limit=eur(999))))
        .then_rejected(AboveLimit(eur(999), eur(0), eur(1000)))
    )


def test_a_limit_counts_what_the_vendor_had_in_the_case_over_90_days() -> None:
    held = mandate(EVA, Authority.APPROVE, limit=eur(1500), used=eur(501))
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, held))
        .then_rejected(AboveLimit(eur(1500), eur(501), eur(1000)))
    )


def test_a_limit_in_another_currency_says_nothing() -> None:
    dollars = Money(900_000, "USD")
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, mandate(EVA, Authority.APPROVE, limit=dollars)))
        .then_rejected(LimitInOtherCurrency(dollars, eur(1000)))
    )
