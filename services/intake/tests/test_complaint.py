"""Complaints: who takes them, who may know of them, who handles them, by when."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.people import CASE, IOM, LINA, NGO, NOON, OMAR, TERMS

from events.decider import Rejected
from events.scenario import scenario
from events.values import SYSTEM, Code, ComplaintId, PersonId
from intake.complaint_secret import proof_of, secret_of
from intake.data import CATEGORIES
from intake.domain.complaint import complaint
from intake.domain.complaint.facts import (
    ComplaintAcknowledged,
    ComplaintAnswerRead,
    ComplaintAssigned,
    ComplaintEscalated,
    ComplaintRecategorised,
    ComplaintReceived,
    ComplaintResolved,
    PaymentHoldAsked,
    PaymentHoldEnded,
)
from intake.domain.complaint.kinds import Channel, Deadline, Outcome, Stage
from intake.domain.complaint.reading import ComplaintRead, ReadComplaint, reading
from intake.domain.complaint.rules import (
    AcknowledgeComplaint,
    AssignComplaint,
    ComplaintIsAt,
    Confided,
    EscalateComplaint,
    HandledByAnother,
    NoSuchComplaint,
    PartyCannotHandle,
    ReadAnswer,
    RecategoriseComplaint,
    ReceiveComplaint,
    ResolveComplaint,
    TakenUpByOneselfOnly,
)

RUTH = PersonId("per_ruth")
BRUNO = PersonId("per_bruno")
KARIM = PersonId("per_karim")
SOMEBODY = PersonId("per_somebody")
CMP = ComplaintId("cmp_1")
GENEVA, BAGHDAD = Code("geneva"), Code("baghdad")
FRAUD, DELAY = CATEGORIES[Code("fraud")], CATEGORIES[Code("delay")]
SECRET = secret_of(CMP, b"a key of the service")
PROOF = proof_of(CMP, SECRET)

receive = ReceiveComplaint(
    by=LINA,
    at=NOON,
    complaint=CMP,
    complainant=SOMEBODY,
    anonymous=True,
    programme=TERMS.programme,
    run_by=IOM,
    case=None,
    channel=Channel.PHONE,
    handling=DELAY,
    kept_from=(BAGHDAD,),
    language=Code("ar"),
    proof=PROOF,
    words="I have waited for eight weeks",
)
received = ComplaintReceived(
    by=LINA,
    at=NOON,
    complaint=CMP,
    complainant=SOMEBODY,
    anonymous=True,
    programme=TERMS.programme,
    run_by=IOM,
    case=None,
    channel=Channel.PHONE,
    category=DELAY.category,
    apart=False,
    kept_from=(BAGHDAD,),
    language=Code("ar"),
    acknowledge_by=NOON + timedelta(days=5),
    answer_by=NOON + timedelta(days=20),
    proof=PROOF,
    words="I have waited for eight weeks",
    named=(),
)
of_fraud = replace(received, category=FRAUD.category, apart=True)
ruth: dict[str, Any] = {
    "by": RUTH,
    "at": NOON,
    "organisation": IOM,
    "office": GENEVA,
    "officer": True,
    "named": (KARIM,),
}
take_up = AssignComplaint(**ruth, handler=RUTH)
acknowledge = AcknowledgeComplaint(**ruth)
resolve = ResolveComplaint(**ruth, outcome=Outcome.UPHELD, answer="You were right; it is paid.")
recategorise = RecategoriseComplaint(**ruth, handling=FRAUD)
assigned = ComplaintAssigned(by=RUTH, at=NOON, complaint=CMP, handler=RUTH)
acknowledged = ComplaintAcknowledged(by=RUTH, at=NOON, complaint=CMP)
resolved = ComplaintResolved(
    by=RUTH,
    at=NOON,
    complaint=CMP,
    complainant=SOMEBODY,
    case=None,
    outcome=Outcome.UPHELD,
    answer="You were right; it is paid.",
)
ACTS = pytest.mark.parametrize(
    "act", [take_up, acknowledge, recategorise, resolve], ids=lambda act: type(act).__name__
)


def late(days: int) -> EscalateComplaint:
    return EscalateComplaint(by=SYSTEM, at=NOON + timedelta(days=days))


class TestReception:
    def test_it_is_promised_when_it_will_be_answered(self) -> None:
        scenario(complaint).when(receive).then(received)

    def test_about_money_open_payments_of_the_case_are_asked_to_wait(self) -> None:
        about_case = replace(receive, case=CASE, handling=CATEGORIES[Code("payment")])
        outcome = scenario(complaint).when(about_case)
        assert outcome.events is not None
        assert outcome.events[1:] == [PaymentHoldAsked(by=LINA, at=NOON, case=CASE)]

    def test_with_the_answer_they_need_not_wait_any_more(self) -> None:
        hold = PaymentHoldAsked(by=LINA, at=NOON, case=CASE)
        about_case = replace(received, case=CASE)
        ended = PaymentHoldEnded(by=RUTH, at=NOON, case=CASE)
        for given, then in (((about_case, hold), [ended]), ((about_case,), [])):
            outcome = scenario(complaint).given(*given, assigned).when(resolve)
            assert outcome.events is not None
            assert outcome.events[1:] == then

    def test_about_something_else_nothing_waits(self) -> None:
        outcome = scenario(complaint).when(replace(receive, case=CASE))
        assert outcome.events == [replace(received, case=CASE)]


class TestHandling:
    def test_an_officer_takes_it_up_acknowledges_and_answers(self) -> None:
        given = scenario(complaint).given(received)
        given.when(take_up).then(assigned)
        given.given(assigned).when(acknowledge).then(acknowledged)
        given.given(assigned, acknowledged).when(acknowledge).then()
        given.given(assigned, acknowledged).when(resolve).then(resolved)

    def test_it_may_be_given_to_somebody_else_who_then_handles_it(self) -> None:
        to_omar = replace(take_up, handler=OMAR)
        given_to_omar = replace(assigned, handler=OMAR)
        by_omar = replace(resolve, by=OMAR, office=BAGHDAD, officer=False)
        given = scenario(complaint).given(received)
        given.when(to_omar).then(given_to_omar)
        given.given(given_to_omar).when(by_omar).then(replace(resolved, by=OMAR))

    def test_only_who_handles_it_answers(self) -> None:
        given = scenario(complaint).given(received)
        for act in (acknowledge, resolve, recategorise):
            given.when(act).then_rejected(HandledByAnother(None))
            given.given(replace(assigned, handler=BRUNO)).when(act).then_rejected(
                HandledByAnother(BRUNO)
            )

    def test_another_officer_takes_it_over_only_after_a_deadline(self) -> None:
        of_bruno = replace(assigned, handler=BRUNO)
        given = scenario(complaint).given(received, of_bruno)
        given.when(take_up).then_rejected(HandledByAnother(BRUNO))
        outcome = given.when(late(6))
        assert outcome.events
        given.given(*outcome.events).when(take_up).then(assigned)

    @ACTS
    def test_an_answered_one_is_over(self, act: Confided) -> None:
        given = scenario(complaint).given(received, assigned, resolved)
        given.when(act).then_rejected(ComplaintIsAt(Stage.RESOLVED))  # type: ignore[arg-type]

    def test_who_complains_does_not_handle_it(self) -> None:
        theirs = replace(received, complainant=OMAR)
        scenario(complaint).given(theirs).when(replace(take_up, handler=OMAR)).then_rejected(
            PartyCannotHandle(OMAR)
        )

    def test_who_is_complained_about_does_not_handle_it(self) -> None:
        scenario(complaint).given(received).when(replace(take_up, handler=KARIM)).then_rejected(
            PartyCannotHandle(KARIM)
        )

    def test_it_may_turn_out_to_be_about_fraud(self) -> None:
        given = scenario(complaint).given(received, assigned)
        given.when(recategorise).then(
            ComplaintRecategorised(
                by=RUTH, at=NOON, complaint=CMP, category=FRAUD.category, apart=True
            )
        )
        given.when(replace(recategorise, handling=DELAY)).then()


class TestConfidence:
    @ACTS
    def test_who_is_complained_about_has_no_such_complaint(self, act: Confided) -> None:
        accused = replace(act, by=KARIM)
        for fact in (received, of_fraud):
            given = scenario(complaint).given(fact)
            given.when(accused).then_rejected(NoSuchComplaint())  # type: ignore[arg-type]

    @ACTS
    def test_of_fraud_their_office_has_no_such_complaint(self, act: Confided) -> None:
        of_baghdad = replace(act, by=BRUNO, office=BAGHDAD)
        given = scenario(complaint).given(of_fraud)
        given.when(of_baghdad).then_rejected(NoSuchComplaint())  # type: ignore[arg-type]

    def test_of_a_delay_their_office_may_know(self) -> None:
        of_baghdad = replace(take_up, by=BRUNO, office=BAGHDAD, handler=BRUNO)
        scenario(complaint).given(received).when(of_baghdad).then(
            replace(assigned, by=BRUNO, handler=BRUNO)
        )

    def test_fraud_is_given_to_nobody(self) -> None:
        scenario(complaint).given(of_fraud).when(replace(take_up, handler=OMAR)).then_rejected(
            TakenUpByOneselfOnly(OMAR)
        )

    @pytest.mark.parametrize("change", [{"organisation": NGO}, {"officer": False}])
    def test_others_have_no_such_complaint(self, change: dict[str, object]) -> None:
        scenario(complaint).given(received).when(replace(take_up, **change)).then_rejected(
            NoSuchComplaint()
        )

    def test_its_words_are_read_by_who_may_know_of_it_and_that_is_a_fact(self) -> None:
        stands = complaint.fold([of_fraud])
        read = ReadComplaint(**ruth, complaint=stands)
        scenario(reading).when(read).then(
            ComplaintRead(by=RUTH, at=NOON, complaint=CMP, complainant=SOMEBODY)
        )
        for refused in (replace(read, by=KARIM), replace(read, office=BAGHDAD)):
            scenario(reading).when(refused).then_rejected(NoSuchComplaint())


class TestDeadlines:
    def test_a_passed_one_is_told_once(self) -> None:
        unacknowledged = ComplaintEscalated(
            by=SYSTEM,
            at=NOON + timedelta(days=6),
            complaint=CMP,
            deadline=Deadline.ACKNOWLEDGE,
            due=NOON + timedelta(days=5),
        )
        given = scenario(complaint).given(received)
        given.when(late(5)).then()
        given.when(late(6)).then(unacknowledged)
        given.given(unacknowledged).when(late(6)).then()
        outcome = given.given(unacknowledged).when(late(21))
        assert outcome.events is not None
        assert [fact.deadline for fact in outcome.events] == [Deadline.ANSWER]  # type: ignore[union-attr]

    def test_a_kept_one_is_not(self) -> None:
        given = scenario(complaint).given(received, assigned, acknowledged)
        given.when(late(6)).then()
        given.given(resolved).when(late(99)).then()


class TestTheSecret:
    def test_it_reads_how_the_complaint_stands(self) -> None:
        scenario(complaint).given(received).when(ReadAnswer(by=LINA, at=NOON, proof=PROOF)).then(
            ComplaintAnswerRead(by=LINA, at=NOON, complaint=CMP)
        )

    def test_dictated_over_a_telephone_it_is_the_same(self) -> None:
        assert proof_of(CMP, SECRET.upper().replace("-", " ")) == PROOF

    @pytest.mark.parametrize("fact", [received, replace(received, proof=None)])
    def test_another_one_reads_nothing(self, fact: ComplaintReceived) -> None:
        wrong = ReadAnswer(by=LINA, at=NOON, proof=proof_of(CMP, secret_of(CMP, b"another")))
        refused: Rejected = NoSuchComplaint()
        scenario(complaint).given(fact).when(wrong).then_rejected(refused)
