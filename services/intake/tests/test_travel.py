"""Setting out, never setting out, being back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    PETRA,
    STAMP,
    TERMS,
    TODAY,
    consented,
    eligible,
    registered,
)

from events.scenario import scenario
from intake.domain.case import case
from intake.domain.case.asking import CaseIsAt, PartnerMayOnlyPropose, RegistrarCannotAssess
from intake.domain.case.kinds import OPEN, Stage
from intake.domain.case.travel import (
    ArrivalBeforeDeparture,
    ArrivalConfirmed,
    ConfirmArrival,
    ConfirmDeparture,
    ConfirmNonDeparture,
    DepartedAlready,
    DepartureConfirmed,
    DepartureInTheFuture,
    NonDepartureConfirmed,
)
from intake.domain.consent import ConsentMissing, Scope

YESTERDAY = TODAY - timedelta(days=1)

depart = ConfirmDeparture(by=LINA, at=NOON, organisation=IOM, date=YESTERDAY, evidence=STAMP)
departed = DepartureConfirmed(by=LINA, at=NOON, case=CASE, date=YESTERDAY, evidence=STAMP)
stay = ConfirmNonDeparture(by=PETRA, at=NOON, organisation=IOM)
stayed = NonDepartureConfirmed(by=PETRA, at=NOON, case=CASE)
arrive = ConfirmArrival(by=OMAR, at=NOON, organisation=IOM, terms=TERMS, date=TODAY, evidence=STAMP)
before = scenario(case).given(registered, consented, eligible)


class TestDeparture:
    def test_it_is_confirmed_with_evidence(self) -> None:
        before.when(depart).then(departed)

    def test_when_it_has_happened(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        before.when(replace(depart, date=tomorrow)).then_rejected(
            DepartureInTheFuture(tomorrow, TODAY)
        )

    def test_once(self) -> None:
        before.given(departed).when(depart).then_rejected(DepartedAlready(YESTERDAY))

    def test_not_without_consent(self) -> None:
        scenario(case).given(registered, eligible).when(depart).then_rejected(
            ConsentMissing(Scope.ASSISTANCE)
        )

    def test_nobody_arrives_before_it(self) -> None:
        early = replace(arrive, date=YESTERDAY - timedelta(days=1))
        before.given(departed).when(early).then_rejected(
            ArrivalBeforeDeparture(early.date, YESTERDAY)
        )


class TestNonDeparture:
    def test_it_ends_the_case(self) -> None:
        outcome = before.when(stay).then(stayed)
        assert outcome.state is not None
        assert outcome.state.stage is Stage.NOT_DEPARTED

    @pytest.mark.parametrize("act", [stay, depart, arrive], ids=lambda act: type(act).__name__)
    def test_it_is_final(self, act: ConfirmArrival) -> None:
        before.given(stayed).when(act).then_rejected(CaseIsAt(Stage.NOT_DEPARTED, OPEN))

    def test_not_of_somebody_who_left_or_is_back(self) -> None:
        before.given(departed).when(stay).then_rejected(DepartedAlready(YESTERDAY))
        back = ArrivalConfirmed(
            by=OMAR,
            at=NOON,
            case=CASE,
            date=TODAY,
            evidence=STAMP,
            claim_by=TERMS.claim_by(TODAY),
            use_by=TERMS.use_by(TODAY),
        )
        before.given(back).when(stay).then_rejected(
            CaseIsAt(Stage.ARRIVED, (Stage.REGISTERED, Stage.ELIGIBLE))
        )

    def test_who_works_on_the_case_does_not_end_it_so(self) -> None:
        before.when(replace(stay, by=LINA)).then_rejected(RegistrarCannotAssess(LINA))

    def test_nor_does_a_partner(self) -> None:
        of_partner = replace(registered, organisation=NGO)
        scenario(case).given(of_partner, consented).when(
            replace(stay, organisation=NGO)
        ).then_rejected(PartnerMayOnlyPropose(NGO, decides=IOM))
