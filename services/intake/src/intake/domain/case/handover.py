"""Handover: the case goes to the organisation that accepted its transfer.

It is a part of accepting an `intake.domain.transfer`, stored with it or not at all. Whoever
counsels a case can find out who is in it, whatever its package says: within the platform none
goes anywhere without consent to partners. What was agreed to is asked of the case as it stands
both when it is offered and when it is taken over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Code, Digest, PersonId, TransferId
from intake.domain.case.asking import CaseCommand, NoSuchCase, at, consented
from intake.domain.case.kinds import OPEN, Ground, Stage
from intake.domain.case.lifecycle import CaseClosed, may_be_closed
from intake.domain.case.state import Case
from intake.domain.consent import GuardianWorksOnCase, Scope
from intake.domain.matters import Matters


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """Where a case goes, and what was agreed on that."""

    to_organisation: Code
    to_person: PersonId | None
    outside: bool
    """The organisation goes on by its own rules: here the case ends."""
    personal: bool
    """Whether what is handed over says who people are."""
    agreed_on: Digest | None
    """The paper on which the returnee agrees to this very organisation."""

    def open_to(self, person: PersonId, case: Case) -> bool:
        """Whether somebody of that organisation may know that it was offered.

        An offer that was made without what a restricted case needs is void once it is one.
        """
        if case.restricted:
            return self.agreed_on is not None and person == self.to_person
        return self.to_person in (None, person)


class TakeOver(CaseCommand, frozen=True):
    """By somebody of the receiving organisation, who counsels the case from here on."""

    transfer: TransferId
    from_organisation: Code
    to_office: Code
    package: Digest
    going: Going
    open: Matters

    @property
    def outside(self) -> bool:
        return self.going.outside


Request = TakeOver


class CaseTransferred(Event, frozen=True, tag="intake.case_transferred.v1"):
    """Another organisation took the case over, with what was consented to."""

    case: CaseId
    transfer: TransferId
    from_organisation: Code
    to_organisation: Code
    to_office: Code
    counsellor: PersonId
    package: Digest
    """SHA-256 of what was handed over."""
    outside: bool


Fact = CaseTransferred


@dataclass(unsafe_hash=True)
class KeptElsewhere(Rejected):
    """The case is not with the organisation that offers it any more."""

    organisation: Code


@dataclass(unsafe_hash=True)
class AgreementNeeded(Rejected):
    """A restricted case goes only where its returnee agreed that it goes, shown by a paper."""

    to_organisation: Code


@dataclass(unsafe_hash=True)
class ReceiverNotNamed(Rejected):
    """A restricted case is offered to one person of the other organisation."""

    to_organisation: Code


def may_go(case: Case, going: Going) -> None:
    """What is handed over was consented to, for a restricted case in so many words."""
    if case.restricted or going.personal or not going.outside:
        consented(case, Scope.PARTNERS)
    if case.restricted and going.agreed_on is None:
        raise AgreementNeeded(going.to_organisation)
    if case.restricted and going.to_person is None:
        raise ReceiverNotNamed(going.to_organisation)


def decide(command: Request, case: Case | None) -> Sequence[CaseTransferred | CaseClosed]:
    if case is None or not command.going.open_to(command.by, case):
        raise NoSuchCase(command.organisation)
    at(case, *OPEN, Stage.SUSPENDED)
    if case.organisation != command.from_organisation:
        raise KeptElsewhere(case.organisation)
    may_go(case, command.going)
    for member in case.household:
        if member.guardian == command.by:
            raise GuardianWorksOnCase(command.by)
    taken = CaseTransferred(
        by=command.by,
        at=command.at,
        case=case.id,
        transfer=command.transfer,
        from_organisation=case.organisation,
        to_organisation=command.organisation,
        to_office=command.to_office,
        counsellor=command.by,
        package=command.package,
        outside=command.outside,
    )
    if not command.outside:
        return [taken]
    may_be_closed(command.open, Ground.TRANSFERRED)
    ended = CaseClosed(by=command.by, at=command.at, case=case.id, reason=Ground.TRANSFERRED)
    return [taken, ended]


def evolve(case: Case, event: Fact) -> Case:
    if event.outside:
        return case
    return replace(
        case,
        organisation=event.to_organisation,
        office=event.to_office,
        counsellor=event.counsellor,
    )
