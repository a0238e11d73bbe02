"""Handover: the case goes to the organisation that accepted its transfer.

It is a part of accepting an `intake.domain.transfer`, stored with it or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Code, Digest, PersonId, TransferId
from intake.domain.case.asking import CaseCommand, NoSuchCase, at, consented
from intake.domain.case.kinds import OPEN, Ground, Stage
from intake.domain.case.lifecycle import CaseClosed, may_be_closed
from intake.domain.case.state import Case
from intake.domain.consent import Scope
from intake.domain.matters import Matters


class TakeOver(CaseCommand, frozen=True):
    """By somebody of the receiving organisation, who counsels the case from here on."""

    transfer: TransferId
    from_organisation: Code
    to_office: Code
    package: Digest
    personal: bool
    """Whether the package says who people are."""
    outside: bool
    """The organisation goes on by its own rules: here the case ends."""
    open: Matters


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


def decide(command: Request, case: Case | None) -> Sequence[CaseTransferred | CaseClosed]:
    if case is None:
        raise NoSuchCase(command.organisation)
    at(case, *OPEN, Stage.SUSPENDED)
    if case.organisation != command.from_organisation:
        raise KeptElsewhere(case.organisation)
    if command.personal:
        consented(case, Scope.PARTNERS)
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
