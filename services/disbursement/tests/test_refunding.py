"""What is the vendor's own goes back by the rules of payments, each of them by its name."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests.people import (
    DELEGATION,
    EVA,
    HANA,
    IVAN,
    JOZEF,
    LINA,
    MARTA,
    NOON,
    PAYMENT,
    TODAY,
    TOMAS,
    USABLE,
    YUSUF,
    eur,
    mandate,
)
from services.disbursement.tests.test_recovery import (
    ANSWER,
    RECOVERY,
    approved,
    asked,
    executed,
    received,
)

from disbursement.domain.delegation import Authority, NoMandate
from disbursement.domain.payment import Found, MayStop, Terms
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment import refusals as no
from disbursement.domain.payment.waiting import SUSPENDED
from disbursement.domain.recovery import (
    ApproveRefund,
    PayRefund,
    RecoveryStopped,
    RefundApproved,
    RefundApprovedAgain,
    RefundOwed,
    RefundPaid,
    RefundSigned,
    RefundTermsSet,
    SignRefund,
    Stage,
    recovery,
)
from disbursement.domain.recovery.refusals import RecoveryIsAt
from disbursement.domain.screened import NotScreenedSinceApproval, Search
from events.decider import Rejected
from events.scenario import scenario
from events.values import AccountId, ConflictId, FindingId

THEIRS = received.amount
stopped = RecoveryStopped(
    by=HANA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=asked.commitment,
    functional_amount=eur(200),
)
owed = RefundOwed(
    by=HANA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=asked.commitment,
    amount=THEIRS,
    functional_amount=eur(100),
)
terms = Terms(certifier_may_sign=False, second_approval=True, together=eur(100), due=TODAY)
by_two = RefundTermsSet(by=EVA, at=NOON, recovery=RECOVERY, terms=terms)
agreed = RefundApproved(
    by=EVA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=asked.commitment,
    functional_amount=eur(100),
    delegation=DELEGATION,
)
agreed_again = RefundApprovedAgain(
    by=TOMAS, at=NOON, recovery=RECOVERY, payment=PAYMENT, delegation=DELEGATION
)
signed = RefundSigned(
    by=MARTA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    signatory_no=1,
    delegation=DELEGATION,
)
signed_again = replace(signed, by=IVAN, signatory_no=2)
theirs = (asked, approved, received, stopped, owed)
agreed_on = (*theirs, agreed)
may_go = (*agreed_on, signed, signed_again)
searched = Search(clear_at=NOON, counts_for=timedelta(days=90))
assert executed is not None
rests: Any = {"at": NOON, "of": executed, "stops": MayStop(account=USABLE)}
agree = ApproveRefund(by=EVA, mandate=mandate(EVA, Authority.APPROVE), **rests)
sign = SignRefund(by=MARTA, mandate=mandate(MARTA, Authority.SIGN), search=searched, **rests)
line: Any = {"answer": ANSWER, "line": 9, "amount": THEIRS}
pay = PayRefund(by=HANA, search=searched, **line, **rests)


def test_one_approves_it_two_sign_it_and_it_is_found_on_the_banks_statement() -> None:
    scenario(recovery).given(*theirs).when(agree).then(agreed)
    scenario(recovery).given(*agreed_on).when(sign).then(signed)
    second = replace(sign, by=IVAN, mandate=mandate(IVAN, Authority.SIGN))
    scenario(recovery).given(*agreed_on, signed).when(second).then(signed_again)
    went = RefundPaid(
        by=HANA,
        at=NOON,
        recovery=RECOVERY,
        payment=PAYMENT,
        commitment=asked.commitment,
        budget_line=asked.budget_line,
        functional_amount=eur(100),
        paid=eur(100),
        **line,
    )
    scenario(recovery).given(*may_go).when(pay).then(went)


def test_where_the_programme_has_two_approve_such_a_payment_two_approve_it() -> None:
    large = replace(agree, terms=terms)
    scenario(recovery).given(*theirs).when(large).then(by_two, agreed)
    once = (*theirs, by_two, agreed)
    too_early = RecoveryIsAt(Stage.REFUND_APPROVED_ONCE, Stage.REFUND_APPROVED)
    scenario(recovery).given(*once).when(sign).then_rejected(too_early)
    second = replace(agree, by=TOMAS, mandate=mandate(TOMAS, Authority.APPROVE))
    scenario(recovery).given(*once).when(second).then(agreed_again)
    scenario(recovery).given(*once, agreed_again).when(sign).then(signed)


def test_it_does_not_go_before_two_have_signed() -> None:
    for history, stage in (
        (agreed_on, Stage.REFUND_APPROVED),
        ((*agreed_on, signed), Stage.REFUND_SIGNED),
    ):
        too_early = RecoveryIsAt(stage, Stage.REFUND_RELEASED)
        scenario(recovery).given(*history).when(pay).then_rejected(too_early)


@pytest.mark.parametrize(
    ("history", "act", "person", "as_what"),
    [
        ((*theirs, by_two, agreed), agree, EVA, Paying.APPROVED_ONCE),
        (agreed_on, sign, EVA, Paying.APPROVED),
        ((*agreed_on, signed), sign, MARTA, Paying.SIGNED),
        (may_go, pay, EVA, Paying.APPROVED),
        (may_go, pay, IVAN, Paying.RELEASED),
    ],
)
def test_each_act_is_another_persons(history: Any, act: Any, person: Any, as_what: Any) -> None:
    same = replace(act, by=person)
    scenario(recovery).given(*history).when(same).then_rejected(no.ActedAlready(person, as_what))


each_act = pytest.mark.parametrize(
    ("history", "act"), [(theirs, agree), (agreed_on, sign), (may_go, pay)]
)


@each_act
def test_and_none_is_a_counsellors(history: Any, act: Any) -> None:
    by_lina = replace(act, by=LINA)
    scenario(recovery).given(*history).when(by_lina).then_rejected(no.CounsellorNeverActs(LINA))


@each_act
@pytest.mark.parametrize(
    ("stands", "refusal"),
    [
        ({"case_halted": SUSPENDED}, no.CaseStillHalted(SUSPENDED)),
        ({"asked_by_intake": True}, no.StillAskedByIntake()),
        ({"account": None}, no.AccountNotUsable(None, None)),
        (
            {"account": replace(USABLE, approved_until=None)},
            no.VendorNotPayable(USABLE.vendor, None),
        ),
        (
            {"account_to_be": AccountId("acc_new")},
            no.AccountChangePending(USABLE.account, AccountId("acc_new")),
        ),
        ({"conflict": ConflictId("cnf_1")}, no.ConflictStillDeclared(ConflictId("cnf_1"))),
        ({"found": Found(FindingId("fnd_1"))}, no.FindingNotReviewed(FindingId("fnd_1"))),
    ],
    ids=["case", "intake", "no account", "vendor", "account change", "conflict", "finding"],
)
def test_what_stops_a_payment_stops_it(
    history: Any, act: Any, stands: dict[str, Any], refusal: Rejected
) -> None:
    now = replace(act, stops=MayStop(**{"account": USABLE, **stands}))
    scenario(recovery).given(*history).when(now).then_rejected(refusal)


@pytest.mark.parametrize(("history", "act"), [(agreed_on, sign), (may_go, pay)])
def test_the_vendor_is_looked_for_again_since_it_was_approved(history: Any, act: Any) -> None:
    before = NOON - timedelta(minutes=1)
    late = replace(act, search=replace(searched, clear_at=before))
    refusal = NotScreenedSinceApproval(USABLE.vendor, before, NOON)
    scenario(recovery).given(*history).when(late).then_rejected(refusal)
    scenario(recovery).given(*theirs, replace(agreed, at=before)).when(
        replace(sign, search=replace(searched, clear_at=before))
    ).then(signed)


def test_nobody_signs_for_an_account_that_they_approved_and_nothing_was_paid_to() -> None:
    own = replace(sign, by=YUSUF, mandate=mandate(YUSUF, Authority.SIGN))
    refusal = no.AccountApproverCannotSign(YUSUF, USABLE.account)
    scenario(recovery).given(*agreed_on).when(own).then_rejected(refusal)
    paid_before = MayStop(account=replace(USABLE, first_payment=False))
    scenario(recovery).given(*agreed_on).when(replace(own, stops=paid_before)).then(
        replace(signed, by=YUSUF)
    )


def test_it_is_approved_and_signed_within_a_delegation() -> None:
    for history, act, authority in (
        (theirs, agree, Authority.APPROVE),
        (agreed_on, sign, Authority.SIGN),
    ):
        nobody = replace(act, by=JOZEF, mandate=None)
        refusal = NoMandate(JOZEF, authority)
        scenario(recovery).given(*history).when(nobody).then_rejected(refusal)
