"""Conflicts of interest: whoever is too near takes no part, until somebody else has cleared it."""

import pytest
from services.vendors.tests.people import FLOUR, KARIM, NADIA, NOON, OVENS, SAMIR

from events.scenario import scenario
from events.values import CaseId, Code, ConflictId
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.interest import (
    ClearConflict,
    ConflictCleared,
    ConflictDeclared,
    ConflictOfInterestCleared,
    ConflictOfInterestDeclared,
    ConflictWithNothing,
    DeclareConflict,
    NoSuchConflict,
    OnesOwnConflict,
    Relation,
    interest,
    takes_part,
)

HERS = ConflictId("cof_1")
AGAIN = ConflictId("cof_2")
CASE = CaseId("cas_1")
NO_RELATIVE = Code("namesake")

of_nadias_cousin = ConflictOfInterestDeclared(
    by=SAMIR,
    at=NOON,
    conflict=HERS,
    vendor=OVENS,
    case=None,
    person=NADIA,
    relation=Relation.RELATIVE,
)
cleared = ConflictOfInterestCleared(
    by=KARIM, at=NOON, conflict=HERS, vendor=OVENS, case=None, person=NADIA, reason=NO_RELATIVE
)


def declares(conflict: ConflictId = HERS) -> DeclareConflict:
    return DeclareConflict(
        by=SAMIR,
        at=NOON,
        conflict=conflict,
        person=NADIA,
        vendor=OVENS,
        case=None,
        relation=Relation.RELATIVE,
    )


def test_whoever_knows_of_it_declares_it() -> None:
    scenario(interest).given().when(declares()).then(of_nadias_cousin)


def test_declared_again_it_stays_one() -> None:
    scenario(interest).given(of_nadias_cousin).when(declares(AGAIN)).then()


def test_it_is_with_a_vendor_or_a_case() -> None:
    command = DeclareConflict(
        by=NADIA,
        at=NOON,
        conflict=HERS,
        person=NADIA,
        vendor=None,
        case=None,
        relation=Relation.FRIEND,
    )
    scenario(interest).given().when(command).then_rejected(ConflictWithNothing())


def test_a_third_person_clears_it() -> None:
    command = ClearConflict(by=KARIM, at=NOON, conflict=HERS, reason=NO_RELATIVE)
    scenario(interest).given(of_nadias_cousin).when(command).then(cleared)


def test_nobody_clears_their_own() -> None:
    command = ClearConflict(by=NADIA, at=NOON, conflict=HERS, reason=NO_RELATIVE)
    scenario(interest).given(of_nadias_cousin).when(command).then_rejected(OnesOwnConflict(NADIA))


def test_nor_what_they_declared_of_another() -> None:
    command = ClearConflict(by=SAMIR, at=NOON, conflict=HERS, reason=NO_RELATIVE)
    refusal = ActedAlready(SAMIR, Duty.DECLARED_CONFLICT)
    scenario(interest).given(of_nadias_cousin).when(command).then_rejected(refusal)


def test_it_is_cleared_once() -> None:
    command = ClearConflict(by=KARIM, at=NOON, conflict=HERS, reason=NO_RELATIVE)
    facts = (of_nadias_cousin, cleared)
    scenario(interest).given(*facts).when(command).then_rejected(ConflictCleared(HERS))
    scenario(interest).given().when(command).then_rejected(NoSuchConflict(HERS))


def test_cleared_it_can_be_declared_anew() -> None:
    again = ConflictOfInterestDeclared(
        by=SAMIR,
        at=NOON,
        conflict=AGAIN,
        vendor=OVENS,
        case=None,
        person=NADIA,
        relation=Relation.RELATIVE,
    )
    scenario(interest).given(of_nadias_cousin, cleared).when(declares(AGAIN)).then(again)


def test_it_stands_in_the_way_of_that_vendor_alone() -> None:
    hers = interest.fold([of_nadias_cousin])
    takes_part(hers, vendors=(FLOUR,), case=CASE)
    with pytest.raises(ConflictDeclared):
        takes_part(hers, vendors=(FLOUR, OVENS))


def test_a_conflict_with_a_vendor_is_none_with_every_case() -> None:
    """What is about no case is not about the case that nobody named."""
    takes_part(interest.fold([of_nadias_cousin]), vendors=(), case=None)
    takes_part(None, vendors=(OVENS,), case=CASE)


def test_cleared_it_stands_in_the_way_of_nothing() -> None:
    takes_part(interest.fold([of_nadias_cousin, cleared]), vendors=(OVENS,))
