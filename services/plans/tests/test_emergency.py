"""Help before any plan: who may give it, how much, and that others decide on it afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.plans.tests.people import (
    BUSINESS,
    CASE,
    IOM,
    LINA,
    MEDICAL,
    MILAN,
    NEEDS,
    NGO,
    NOON,
    OMAR,
    PETER,
    ZAHRA,
    ZUZANA,
    eur,
    standing,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, DrawerId, EmergencyId, ItemId
from plans.domain import good_standing as why
from plans.domain.drawing import EntitlementDrawn, HoldEntitlement, drawing
from plans.domain.emergency import emergency
from plans.domain.emergency import refusals as no
from plans.domain.emergency import requests as ask
from plans.domain.emergency.facts import (
    EmergencyAuthorised,
    EmergencyConflictDeclared,
    EmergencyDeclined,
    EmergencyNotRatified,
    EmergencyRatified,
    EmergencyRequested,
    EmergencyWordsRecorded,
    ObjectionRecorded,
    RatificationRecorded,
)
from plans.domain.emergency.refusals import Stage
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.kinds import Rejection
from plans.domain.plan.refusals import (
    NotInProgramme,
    OtherCurrency,
    PartnerMayOnlyPropose,
)
from plans.domain.programme import Approval, Emergency
from plans.domain.programme.policy import ApprovalBand
from plans.domain.standing import Halt
from plans.domain.wording import WordingTellsTooMuch

HELP = EmergencyId("eme_1")
OTHER = EmergencyId("eme_2")
FOOD = ItemId("itm_food")
FIELD, COUNSELS = Code("field_officer"), Code("counsellor")
RULES = Emergency(
    types=(NEEDS.type, MEDICAL.type),
    at_most=eur(300),
    ratify_within_hours=72,
    authorised_by=(FIELD,),
)
TWO = Approval(bands=(ApprovalBand(up_to=None, members=2),), answer_within_days=7)
food = ask.Wanted(
    item=FOOD, type=NEEDS.type, assistance=NEEDS, spec=Code("food_parcel"), ceiling=eur(120)
)
FOOD_PARCEL = ApprovedItem(
    FOOD, NEEDS.type, NEEDS.dimension, NEEDS.modality, Code("food_parcel"), eur(120)
)
new = replace(standing, eligible_under=None, entitled=None, claim_by=None, use_by=None)
"""A case that was registered, and agreed, and of which nothing else is known yet."""

request = ask.RequestEmergency(
    by=LINA,
    at=NOON,
    organisation=IOM,
    emergency=HELP,
    standing=new,
    programme_version=1,
    rules=RULES,
    approval=TWO,
    wanted=(food,),
)
authorise = ask.AuthoriseEmergency(
    by=OMAR, at=NOON, organisation=IOM, roles=frozenset({FIELD}), standing=new, overdue=()
)
decline = ask.DeclineEmergency(
    by=OMAR,
    at=NOON,
    organisation=IOM,
    roles=frozenset({FIELD}),
    reason=Rejection.OUTSIDE_PROGRAMME,
)
ratify = ask.RatifyEmergency(by=ZUZANA, at=NOON, organisation=IOM)
object_ = ask.ObjectToEmergency(
    by=ZUZANA, at=NOON, organisation=IOM, reason=Rejection.OUTSIDE_PROGRAMME
)

requested = EmergencyRequested(
    by=LINA,
    at=NOON,
    emergency=HELP,
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    programme_version=1,
    run_by=IOM,
    organisation=IOM,
    counsellor=LINA,
    items=(FOOD_PARCEL,),
    total=eur(120),
    quorum=2,
    authorised_by=(FIELD,),
    ratify_within_hours=72,
)
authorised = EmergencyAuthorised(
    by=OMAR,
    at=NOON,
    emergency=HELP,
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    programme_version=1,
    items=(FOOD_PARCEL,),
    total=eur(120),
    drafter=LINA,
    counsellor=LINA,
    ratify_by=NOON + timedelta(hours=72),
)
zuzanas_yes = RatificationRecorded(by=ZUZANA, at=NOON, emergency=HELP, case=CASE, member=ZUZANA)
zuzanas_no = ObjectionRecorded(
    by=ZUZANA,
    at=NOON,
    emergency=HELP,
    case=CASE,
    member=ZUZANA,
    reason=Rejection.OUTSIDE_PROGRAMME,
)
given = (requested, authorised)


class TestConflicts:
    declare = ask.DeclareEmergencyConflict(by=ZUZANA, at=NOON, organisation=IOM)
    declared = EmergencyConflictDeclared(
        by=ZUZANA, at=NOON, emergency=HELP, case=CASE, person=ZUZANA
    )

    def test_who_declared_one_does_not_decide(self) -> None:
        scenario(emergency).given(*given).when(self.declare).then(self.declared)
        later = scenario(emergency).given(*given, self.declared)
        for vote in (ratify, object_):
            later.when(vote).then_rejected(no.InConflict(ZUZANA))
        later.when(self.declare).then()

    @pytest.mark.parametrize("vote", [zuzanas_yes, zuzanas_no])
    def test_a_vote_given_before_is_void(
        self, vote: RatificationRecorded | ObjectionRecorded
    ) -> None:
        peters = ratify if vote is zuzanas_yes else object_
        outcome = (
            scenario(emergency).given(*given, vote, self.declared).when(replace(peters, by=PETER))
        )
        assert outcome.events is not None
        assert [type(each) for each in outcome.events] == [type(vote)]

    def test_nor_does_its_declarer_authorise(self) -> None:
        scenario(emergency).given(requested, replace(self.declared, by=OMAR, person=OMAR)).when(
            authorise
        ).then_rejected(no.InConflict(OMAR))

    def test_what_was_decided_is_past_it(self) -> None:
        gone = EmergencyDeclined(
            by=OMAR, at=NOON, emergency=HELP, case=CASE, reason=Rejection.OUTSIDE_PROGRAMME
        )
        scenario(emergency).given(requested, gone).when(self.declare).then_rejected(
            no.EmergencyIsAt(Stage.DECLINED, Stage.AUTHORISED)
        )


class TestAsking:
    def test_it_is_asked_for_before_anything_else_is_known_of_the_case(self) -> None:
        scenario(emergency).when(request).then(requested)

    def test_what_the_returnee_said_is_a_fact_of_its_own(self) -> None:
        words = EmergencyWordsRecorded(
            by=LINA, at=NOON, emergency=HELP, case=CASE, returnee=ZAHRA, words="we are hungry"
        )
        said = replace(request, own_words="we are hungry")
        scenario(emergency).when(said).then(requested, words)

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"rules": None}, no.NoEmergencies(Code(standing.programme))),
            ({"standing": None}, why.NoSuchCase(IOM)),
            ({"organisation": Code("ngo_other")}, why.NoSuchCase(Code("ngo_other"))),
            ({"standing": replace(new, consented=False)}, why.ConsentMissing(ZAHRA)),
            (
                {"standing": replace(new, halted=frozenset({Halt.CLOSED}))},
                why.CaseIsHalted(Halt.CLOSED),
            ),
        ],
    )
    def test_only_where_it_may_be(self, change: dict[str, Any], refusal: Rejected) -> None:
        scenario(emergency).when(replace(request, **change)).then_rejected(refusal)

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            (
                {"type": BUSINESS.type, "assistance": BUSINESS},
                no.NotForEmergencies(BUSINESS.type, RULES.types),
            ),
            ({"assistance": None}, NotInProgramme(NEEDS.type)),
            ({"ceiling": eur(301)}, no.AboveEmergencyLimit(eur(301), eur(300))),
            ({"ceiling": Money(1, "IQD")}, OtherCurrency(Code("IQD"), Code("EUR"))),
            (
                {"type": MEDICAL.type, "assistance": MEDICAL},
                WordingTellsTooMuch(Code("health_service")),
            ),
        ],
    )
    def test_only_what_the_programme_names(self, change: dict[str, Any], refusal: Rejected) -> None:
        wanted = (replace(food, **change),)
        scenario(emergency).when(replace(request, wanted=wanted)).then_rejected(refusal)

    def test_together_within_its_limit(self) -> None:
        more = replace(food, item=ItemId("itm_bed"), ceiling=eur(181))
        scenario(emergency).when(replace(request, wanted=(food, more))).then_rejected(
            no.AboveEmergencyLimit(eur(301), eur(300))
        )


class TestAuthorising:
    def test_one_other_person_in_a_role_that_the_programme_names(self) -> None:
        scenario(emergency).given(requested).when(authorise).then(authorised)

    def test_not_who_asked(self) -> None:
        scenario(emergency).given(requested).when(replace(authorise, by=LINA)).then_rejected(
            no.RequesterCannotAuthorise(LINA)
        )

    def test_not_in_another_role(self) -> None:
        scenario(emergency).given(requested).when(
            replace(authorise, roles=frozenset({COUNSELS}))
        ).then_rejected(no.NotTheirsToAuthorise(OMAR, (FIELD,)))

    def test_not_while_another_one_is_overdue(self) -> None:
        scenario(emergency).given(requested).when(
            replace(authorise, overdue=(OTHER,))
        ).then_rejected(no.RatificationOverdue(OTHER))

    def test_not_twice(self) -> None:
        scenario(emergency).given(*given).when(authorise).then_rejected(
            no.EmergencyIsAt(Stage.AUTHORISED, Stage.REQUESTED)
        )

    def test_or_it_is_declined(self) -> None:
        scenario(emergency).given(requested).when(decline).then(
            EmergencyDeclined(
                by=OMAR, at=NOON, emergency=HELP, case=CASE, reason=Rejection.OUTSIDE_PROGRAMME
            )
        )


class TestAfterwards:
    def test_others_say_that_it_was_right(self) -> None:
        scenario(emergency).given(*given).when(ratify).then(zuzanas_yes)
        ratified = EmergencyRatified(
            by=PETER, at=NOON, emergency=HELP, case=CASE, approvers=(ZUZANA, PETER), late=False
        )
        (
            scenario(emergency)
            .given(*given, zuzanas_yes)
            .when(replace(ratify, by=PETER))
            .then(replace(zuzanas_yes, by=PETER, member=PETER), ratified)
        )

    def test_late_is_told_as_late(self) -> None:
        after = authorised.ratify_by + timedelta(seconds=1)
        outcome = scenario(emergency).given(*given, zuzanas_yes)
        (_, ratified) = emergency.decide(
            replace(ratify, by=PETER, at=after), outcome.when(ratify).state
        )
        assert isinstance(ratified, EmergencyRatified)
        assert ratified.late

    @pytest.mark.parametrize("person", [LINA, OMAR])
    def test_who_had_a_part_in_it_does_not_decide(self, person: Any) -> None:
        for act in (ratify, object_):
            scenario(emergency).given(*given).when(replace(act, by=person)).then_rejected(
                no.PartOfIt(person)
            )

    def test_nor_a_partner(self) -> None:
        of_ngo = (replace(requested, organisation=NGO), authorised)
        scenario(emergency).given(*of_ngo).when(replace(ratify, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, IOM)
        )

    def test_one_person_has_one_vote(self) -> None:
        for vote in (zuzanas_yes, zuzanas_no):
            for act in (ratify, object_):
                scenario(emergency).given(*given, vote).when(act).then_rejected(
                    no.SaidAlready(ZUZANA)
                )

    def test_one_no_is_not_enough_and_the_quorums_last_ends_it(self) -> None:
        scenario(emergency).given(*given).when(object_).then(zuzanas_no)
        held = replace(object_, by=PETER, committed={FOOD: eur(100)})
        scenario(emergency).given(*given, zuzanas_no).when(held).then(
            replace(zuzanas_no, by=PETER, member=PETER),
            EmergencyNotRatified(
                by=PETER,
                at=NOON,
                emergency=HELP,
                case=CASE,
                reason=Rejection.OUTSIDE_PROGRAMME,
                committed=eur(100),
                freed=eur(20),
            ),
        )

    def test_where_the_votes_are_split_a_third_person_decides(self) -> None:
        peters_yes = replace(zuzanas_yes, by=PETER, member=PETER)
        split = scenario(emergency).given(*given, zuzanas_no, peters_yes)
        split.when(replace(ratify, by=MILAN)).then(
            replace(zuzanas_yes, by=MILAN, member=MILAN),
            EmergencyRatified(
                by=MILAN,
                at=NOON,
                emergency=HELP,
                case=CASE,
                approvers=(PETER, MILAN),
                late=False,
            ),
        )


class TestDrawing:
    """What all emergencies of a case hold together stays within the programme's limit."""

    def hold(self, drawer: str, amount: Money, *, granted: bool = False) -> HoldEntitlement:
        return HoldEntitlement(
            by=OMAR,
            at=NOON,
            case=CASE,
            drawn_for=DrawerId(drawer),
            amount=amount,
            cash=eur(0),
            entitled=standing.entitled if granted else None,
            pool=standing.pool,
            emergencies_at_most=eur(300),
        )

    drew = EntitlementDrawn(
        by=OMAR,
        at=NOON,
        case=CASE,
        drawn_for=DrawerId("eme_1"),
        amount=eur(200),
        cash=eur(0),
    )

    def test_before_anything_is_granted(self) -> None:
        scenario(drawing).when(self.hold("eme_1", eur(200))).then(self.drew)
        scenario(drawing).given(self.drew).when(self.hold("eme_2", eur(101))).then_rejected(
            no.AboveEmergencyLimit(eur(301), eur(300))
        )

    def test_what_a_plan_holds_counts_once_there_is_an_entitlement(self) -> None:
        plans_part = replace(self.drew, drawn_for=DrawerId("pla_1"), amount=eur(2900))
        scenario(drawing).given(plans_part).when(
            self.hold("eme_1", eur(200), granted=True)
        ).then_rejected(why.AboveEntitlement(eur(3100), eur(3000)))
