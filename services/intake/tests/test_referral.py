"""Referrals: offered, answered by both, what is handed over, and what nobody else reads of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    PAPER,
    TERMS,
    TODAY,
    YUSUF,
    ZAHRA,
    a_child_of_hers,
    consented,
    registered,
)

from events.io.http.trial import Caller
from events.roles import Role
from events.scenario import scenario
from events.values import Code, PersonId, ReferralId
from intake.domain.case import case as cases
from intake.domain.case.asking import CaseIsAt
from intake.domain.case.household import NotInHousehold
from intake.domain.case.kinds import OPEN
from intake.domain.case.kinds import Stage as CaseStage
from intake.domain.case.state import Case
from intake.domain.consent import ConsentMissing, Scope
from intake.domain.referral import (
    AcceptReferral,
    AnswersForItself,
    CompleteReferral,
    DaysOutOfOrder,
    DeclineReferral,
    Handed,
    HandOver,
    NoSuchReferral,
    NothingToHandOver,
    OfferReferral,
    Outcome,
    Party,
    Reason,
    Referral,
    ReferralAccepted,
    ReferralCompleted,
    ReferralDeclined,
    ReferralHandedOver,
    ReferralIsAt,
    ReferralMade,
    ReturneeFirst,
    Service,
    Stage,
    referral,
)

REF = ReferralId("ref_1")
CLINIC = Code("clinic_mosul")
DRITA = PersonId("per_drita")
to_partners = replace(consented, scopes=(Scope.ASSISTANCE, Scope.PARTNERS))


def case_of(*facts: Any) -> Case:
    case = cases.fold([registered, a_child_of_hers, *facts])
    assert case is not None
    return case


ZAHRAS = case_of(to_partners)
offer = OfferReferral(
    by=LINA,
    at=NOON,
    referral=REF,
    case=ZAHRAS,
    person=ZAHRA,
    service=Service.HEALTH,
    to=CLINIC,
    hands_over=(Handed.PHONE, Handed.NAME),
    answer_by=TODAY + timedelta(days=7),
    done_by=TODAY + timedelta(days=30),
    words="a first examination",
)
made = ReferralMade(
    by=LINA,
    at=NOON,
    referral=REF,
    case=CASE,
    person=ZAHRA,
    service=Service.HEALTH,
    to=CLINIC,
    hands_over=(Handed.NAME, Handed.PHONE),
    answer_by=TODAY + timedelta(days=7),
    done_by=TODAY + timedelta(days=30),
    item=None,
    words="a first examination",
)
lina: dict[str, Any] = {"by": LINA, "at": NOON, "case": ZAHRAS, "organisation": IOM}
drita: dict[str, Any] = lina | {"by": DRITA, "organisation": CLINIC}
she_accepts = AcceptReferral(**lina, party=Party.RETURNEE)
they_accept = AcceptReferral(**drita, party=Party.SERVICE)
hand_over = HandOver(**lina)
complete = CompleteReferral(**drita, outcome=Outcome.HELPED)
accepted_by_her = ReferralAccepted(by=LINA, at=NOON, referral=REF, case=CASE, party=Party.RETURNEE)
accepted_by_them = ReferralAccepted(by=DRITA, at=NOON, referral=REF, case=CASE, party=Party.SERVICE)
handed_over = ReferralHandedOver(
    by=LINA, at=NOON, referral=REF, case=CASE, person=ZAHRA, handed=(Handed.NAME, Handed.PHONE)
)
done = ReferralCompleted(
    by=DRITA, at=NOON, referral=REF, case=CASE, item=None, outcome=Outcome.HELPED
)


class TestOffer:
    def test_what_would_be_handed_over_is_agreed_on_with_it(self) -> None:
        scenario(referral).when(offer).then(made)

    def test_a_child_is_handed_on_to_a_school(self) -> None:
        to_school = replace(offer, person=ALI, service=Service.SCHOOL)
        scenario(referral).when(to_school).then(replace(made, person=ALI, service=Service.SCHOOL))

    def test_nobody_else_is(self) -> None:
        scenario(referral).when(replace(offer, person=YUSUF)).then_rejected(NotInHousehold(YUSUF))

    def test_without_consent_to_assistance_nobody_is_handed_on(self) -> None:
        scenario(referral).when(replace(offer, case=case_of())).then_rejected(
            ConsentMissing(Scope.ASSISTANCE)
        )

    def test_without_consent_to_partners_nothing_goes_with_it(self) -> None:
        alone = replace(offer, case=case_of(consented))
        scenario(referral).when(alone).then_rejected(ConsentMissing(Scope.PARTNERS))
        nameless = replace(alone, hands_over=())
        scenario(referral).when(nameless).then(replace(made, hands_over=()))

    def test_not_out_of_a_case_that_is_over(self) -> None:
        over = replace(ZAHRAS, stage=CaseStage.INELIGIBLE)
        scenario(referral).when(replace(offer, case=over)).then_rejected(
            CaseIsAt(CaseStage.INELIGIBLE, OPEN)
        )

    @pytest.mark.parametrize(
        ("answer", "end"), [(-1, 30), (8, 7)], ids=["in the past", "done before the answer"]
    )
    def test_days_in_their_order(self, answer: int, end: int) -> None:
        answer_by, done_by = (TODAY + timedelta(days=days) for days in (answer, end))
        wrong = replace(offer, answer_by=answer_by, done_by=done_by)
        scenario(referral).when(wrong).then_rejected(DaysOutOfOrder(TODAY, answer_by, done_by))

    @pytest.mark.parametrize("service", [Service.HEALTH, Service.PROTECTION])
    def test_of_a_restricted_case_it_says_neither_what_it_is_nor_to_whom(
        self, service: Service
    ) -> None:
        in_secret = replace(offer, service=service, case=replace(ZAHRAS, restricted=True))
        scenario(referral).when(in_secret).then(
            replace(
                made,
                service=Service.SUPPORT,
                to=None,
                confided_service=service,
                confided_to=CLINIC,
            )
        )


class TestAnswers:
    def test_first_the_returnee_then_the_service_then_it_is_done(self) -> None:
        given = scenario(referral).given(made)
        given.when(she_accepts).then(accepted_by_her)
        given.given(accepted_by_her).when(she_accepts).then()
        given.given(accepted_by_her).when(they_accept).then(accepted_by_them)
        given.given(accepted_by_her, accepted_by_them).when(complete).then(done)

    def test_no_service_is_told_of_somebody_who_has_not_said_yes(self) -> None:
        given = scenario(referral).given(made)
        given.when(they_accept).then_rejected(NoSuchReferral())
        on_their_behalf = replace(they_accept, by=LINA, organisation=IOM)
        given.when(on_their_behalf).then_rejected(ReturneeFirst(()))
        given.when(hand_over).then_rejected(ReturneeFirst(()))

    @pytest.mark.parametrize("party", Party)
    def test_either_may_decline_which_ends_it(self, party: Party) -> None:
        decline = DeclineReferral(**lina, party=party, reason=Reason.TOO_FAR)
        declined = ReferralDeclined(
            by=LINA, at=NOON, referral=REF, case=CASE, party=party, reason=Reason.TOO_FAR
        )
        given = scenario(referral).given(made, accepted_by_her)
        given.when(decline).then(declined)
        for act in (they_accept, decline, hand_over):
            given.given(declined).when(act).then_rejected(
                ReferralIsAt(Stage.DECLINED, Stage.OFFERED)
            )

    @pytest.mark.parametrize("act", [they_accept, complete])
    def test_once_its_case_is_restricted_the_service_knows_of_none(self, act: Any) -> None:
        secret = replace(ZAHRAS, restricted=True)
        theirs = replace(act, by=DRITA, organisation=CLINIC, case=secret)
        given = scenario(referral).given(made, accepted_by_her)
        given.when(theirs).then_rejected(NoSuchReferral())
        ours = replace(complete, by=LINA, organisation=IOM, case=secret)
        given.given(accepted_by_them).when(ours).then(replace(done, by=LINA))

    def test_the_service_does_not_answer_for_the_returnee(self) -> None:
        scenario(referral).given(made, accepted_by_her).when(
            replace(they_accept, party=Party.RETURNEE)
        ).then_rejected(AnswersForItself(CLINIC))

    def test_it_is_not_done_before_both_have_accepted(self) -> None:
        scenario(referral).given(made, accepted_by_her).when(complete).then_rejected(
            ReferralIsAt(Stage.OFFERED, Stage.ACCEPTED)
        )

    @pytest.mark.parametrize("act", [she_accepts, hand_over, complete])
    def test_for_others_there_is_none(self, act: Any) -> None:
        scenario(referral).given(made).when(replace(act, organisation=NGO)).then_rejected(
            NoSuchReferral()
        )
        scenario(referral).when(act).then_rejected(NoSuchReferral())


class TestHandingOver:
    given = scenario(referral).given(made, accepted_by_her)

    def test_what_was_agreed_on_is_recorded(self) -> None:
        outcome = self.given.when(hand_over).then(handed_over)
        assert outcome.state is not None
        assert outcome.state.handed == (Handed.NAME, Handed.PHONE)

    @pytest.mark.parametrize("scope", [Scope.ASSISTANCE, Scope.PARTNERS])
    def test_not_when_consent_was_withdrawn_since(self, scope: Scope) -> None:
        since = replace(ZAHRAS, consents=ZAHRAS.consents - {scope})
        self.given.when(replace(hand_over, case=since)).then_rejected(ConsentMissing(scope))

    def test_not_by_the_service_itself(self) -> None:
        self.given.when(replace(hand_over, by=DRITA, organisation=CLINIC)).then_rejected(
            AnswersForItself(CLINIC)
        )

    def test_not_when_nothing_was_to_go_with_it(self) -> None:
        nameless = replace(made, hands_over=())
        scenario(referral).given(nameless, accepted_by_her).when(hand_over).then_rejected(
            NothingToHandOver(())
        )


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ((made,), made.answer_by),
        ((made, accepted_by_her), made.answer_by),
        ((made, accepted_by_her, accepted_by_them), made.done_by),
        ((made, accepted_by_her, accepted_by_them, done), None),
    ],
)
def test_what_is_waited_for_is_overdue_on_the_day_after(facts: Any, due: date | None) -> None:
    state: Referral | None = referral.fold(facts)
    assert state is not None
    assert state.due == due
    assert not state.overdue(due or date.max)
    assert state.overdue(date.max) is (due is not None)


# Over HTTP

RETURNEE: dict[str, Any] = {
    "programme": TERMS.programme,
    "country_of_return": "IQ",
    "return_type": "voluntary",
    "office": "baghdad",
    "language": "ar",
    "sex": "female",
    "age_bracket": "25_59",
    "name": "زهراء حسين",
    "phone": "+964 770 000 0201",
}
TO_A_CLINIC: dict[str, Any] = {
    "service": "health",
    "to": "clinic_mosul",
    "hands_over": ["name", "phone"],
    "answer_by": "2026-03-09",
    "done_by": "2026-04-02",
    "words": "a first examination",
}


async def acts(world: World, who: Caller, path: str, body: object = None) -> dict[str, Any]:
    said = await world.says(who, path, body)
    assert said.status_code in {200, 201}, said.text
    answered: dict[str, Any] = said.json()
    return answered


class TestOverHttp:
    @pytest.fixture
    def counsellor(self, world: World) -> Caller:
        return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")

    @pytest.fixture
    def clinic(self, world: World) -> Caller:
        return world.intake.sign_in(
            "per_drita", Role.COUNSELLOR, organisation=CLINIC, office="mosul"
        )

    async def offered(self, world: World, who: Caller) -> tuple[str, str]:
        """A case and a referral of it: their paths."""
        case = await acts(world, who, "/v1/cases", RETURNEE)
        path = f"/v1/cases/{case['case']}"
        agreed = {"scopes": ["assistance", "partners"], "method": "signature"}
        papers = {"language": "ar", "document": PAPER}
        await acts(world, who, f"{path}/give-consent", agreed | papers)
        made = await acts(world, who, "/v1/referrals", TO_A_CLINIC | {"case": case["case"]})
        return path, f"/v1/referrals/{made['referral']}"

    async def test_from_the_offer_to_its_end(
        self, world: World, counsellor: Caller, clinic: Caller
    ) -> None:
        _, path = await self.offered(world, counsellor)
        await acts(world, counsellor, f"{path}/accept", {"party": "returnee"})
        handed = await counsellor.post(f"{path}/hand-over")
        assert handed.headers["cache-control"] == "no-store"
        assert handed.json()["values"] == {k: RETURNEE[k] for k in ("name", "phone")}
        await acts(world, clinic, f"{path}/accept", {"party": "service"})
        ended = await acts(world, clinic, f"{path}/complete", {"outcome": "helped"})
        assert (ended["stage"], ended["handed"]) == ("done", ["name", "phone"])
        assert (await world.told())[-5:] == [
            "referral_made",
            "referral_accepted",
            "referral_handed_over",
            "referral_accepted",
            "referral_completed",
        ]

    async def test_a_number_that_is_no_longer_held_true_is_not_handed_over(
        self, world: World, counsellor: Caller
    ) -> None:
        case, path = await self.offered(world, counsellor)
        person = (await counsellor.get(case)).json()["returnee"]
        await acts(world, counsellor, f"{path}/accept", {"party": "returnee"})
        moved = {"person": person, "language": "ar", "address": "12 Mutanabbi Street"}
        await acts(world, counsellor, f"{case}/record-contact", moved)
        handed = await counsellor.post(f"{path}/hand-over")
        assert handed.json()["values"] == {"name": RETURNEE["name"]}

    async def test_the_service_sees_what_is_to_it_and_no_case(
        self, world: World, counsellor: Caller, clinic: Caller
    ) -> None:
        case, path = await self.offered(world, counsellor)
        other = world.intake.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO)
        assert (await clinic.get("/v1/referrals")).json()["items"] == [], "she has not said yes"
        assert (await clinic.get(path)).json()["code"] == "NoSuchReferral"
        await acts(world, counsellor, f"{path}/accept", {"party": "returnee"})
        (line,) = (await clinic.get("/v1/referrals")).json()["items"]
        assert path.endswith(line["referral"])
        assert (await clinic.get(path)).status_code == 200
        assert (await clinic.get(case)).status_code == 404
        assert (await other.get("/v1/referrals")).json()["items"] == []
        assert (await other.get(path)).json()["code"] == "NoSuchReferral"
        for stale in (1, 9):
            said = await other.post(f"{path}/accept", {"party": "service"}, if_match=stale)
            assert (said.status_code, said.json()["code"]) == (404, "NoSuchReferral")
        await acts(world, counsellor, f"{case}/restrict", {"basis": "threat"})
        assert (await clinic.get("/v1/referrals")).json()["items"] == []
        assert (await clinic.get(path)).json()["code"] == "NoSuchReferral"
        assert (await counsellor.get(path)).status_code == 200

    async def test_what_is_asked_for_is_in_the_vault_and_nowhere_else(
        self, world: World, counsellor: Caller
    ) -> None:
        await self.offered(world, counsellor)
        for table in ("es_event", "es_claim", "referral_file"):
            for row in await world.store.pool.fetch(f"select * from {table}"):
                assert "first examination" not in str(tuple(row))

    async def test_withdrawn_consent_stops_handing_over(
        self, world: World, counsellor: Caller
    ) -> None:
        case, path = await self.offered(world, counsellor)
        await acts(world, counsellor, f"{path}/accept", {"party": "returnee"})
        await acts(world, counsellor, f"{case}/withdraw-consent", {"scopes": ["partners"]})
        said = await counsellor.post(f"{path}/hand-over")
        assert (said.status_code, said.json()["code"]) == (422, "ConsentMissing")
        assert "referral_handed_over" not in await world.told()

    async def test_what_is_overdue_is_listed(self, world: World, counsellor: Caller) -> None:
        case, _ = await self.offered(world, counsellor)
        assert (await counsellor.get("/v1/referrals?overdue=true")).json()["items"] == []
        await world.store.pool.execute("update referral_file set due = '2026-03-01'")
        (line,) = (await counsellor.get("/v1/referrals?overdue=true&stage=offered")).json()["items"]
        assert case.endswith(line["case"])
