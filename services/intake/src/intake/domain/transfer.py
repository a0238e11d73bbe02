"""A transfer: a case offered to another organisation, with a list of what is handed over.

    offered -> accepted       declined by the other, or withdrawn: both are the end

No case goes to another organisation of the platform, and nobody's name to any, unless the
returnee agreed that partners are told; for a restricted case the returnee agrees to this very
organisation on a paper of its own, and the offer is made to one person there. An offer that lacks
this when the case is restricted is void: there it is no longer seen. What is handed over is made
once, at acceptance; its digest stands in the facts, and every look at it is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Kind
from events.values import CaseId, Code, Digest, PersonId, TransferId
from intake.domain.case.asking import NoSuchCase, at
from intake.domain.case.handover import Going, may_go
from intake.domain.case.kinds import OPEN
from intake.domain.case.kinds import Stage as CaseStage
from intake.domain.case.state import Case
from intake.domain.consent import ConsentMissing, Scope


class Part(StrEnum):
    """What a package may hold."""

    CASE = "case"
    """Country and kind of return, stage, arrival: without a name."""
    HOUSEHOLD = "household"
    CONSENTS = "consents"
    ENTITLEMENT = "entitlement"
    IDENTITY = "identity"
    CONTACT = "contact"
    PROTECTION = "protection"
    HEALTH = "health"

    @property
    def kind(self) -> Kind | None:
        """The kind of personal values that it is; None: it says of nobody who they are."""
        return _KINDS.get(self)


_KINDS = {
    Part.IDENTITY: Kind.IDENTITY,
    Part.CONTACT: Kind.CONTACT,
    Part.PROTECTION: Kind.PROTECTION,
    Part.HEALTH: Kind.HEALTH,
}


class Stage(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TransferCommand(Command, frozen=True):
    organisation: Code


class OfferTransfer(TransferCommand, frozen=True):
    transfer: TransferId
    case: Case | None
    kept_by: tuple[Code, ...]
    """The organisations that may keep a case of its programme; none named: any."""
    to_organisation: Code
    to_office: Code
    to_person: PersonId | None
    outside: bool
    parts: tuple[Part, ...]
    agreed_on: Digest | None
    """The paper on which the returnee agrees to this very organisation."""


class OnTransfer(TransferCommand, frozen=True):
    """An act on a transfer that was offered, with its case as that stands."""

    case: Case


class AcceptTransfer(OnTransfer, frozen=True):
    package: Digest
    case_version: int
    """Of the case's history that the package is made of."""


class DeclineTransfer(OnTransfer, frozen=True):
    pass


class WithdrawTransfer(OnTransfer, frozen=True):
    pass


class ReadPackage(OnTransfer, frozen=True):
    people: tuple[PersonId, ...]


AnyTransferCommand = (
    OfferTransfer | AcceptTransfer | DeclineTransfer | WithdrawTransfer | ReadPackage
)


class CaseTransferOffered(Event, frozen=True, tag="intake.case_transfer_offered.v1"):
    """A case was offered to another organisation, with these parts of what is known of it."""

    transfer: TransferId
    case: CaseId
    from_organisation: Code
    to_organisation: Code
    to_office: Code
    to_person: PersonId | None
    outside: bool
    parts: tuple[Part, ...]
    agreed_on: Digest | None


class CaseTransferAccepted(Event, frozen=True, tag="intake.case_transfer_accepted.v1"):
    """Somebody of the other organisation took it; the package is theirs to read."""

    transfer: TransferId
    case: CaseId
    package: Digest
    case_version: int


class CaseTransferDeclined(Event, frozen=True, tag="intake.case_transfer_declined.v1"):
    """The other organisation does not take the case."""

    transfer: TransferId
    case: CaseId


class CaseTransferWithdrawn(Event, frozen=True, tag="intake.case_transfer_withdrawn.v1"):
    """The offer was taken back."""

    transfer: TransferId
    case: CaseId


class TransferPackageRead(Event, frozen=True, tag="intake.transfer_package_read.v1"):
    """Somebody of the receiving organisation was given the package."""

    transfer: TransferId
    case: CaseId
    people: tuple[PersonId, ...]
    """Whose values were in it."""
    kinds: tuple[Kind, ...]
    package: Digest


TransferEvent = (
    CaseTransferOffered
    | CaseTransferAccepted
    | CaseTransferDeclined
    | CaseTransferWithdrawn
    | TransferPackageRead
)


@dataclass(unsafe_hash=True)
class NoSuchTransfer(Rejected):
    """There is no such transfer, or it is neither from nor to you."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class TransferIsAt(Rejected):
    """The act needs the transfer at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class OwnOrganisation(Rejected):
    """A transfer goes to another organisation than the one that keeps the case."""

    organisation: Code


@dataclass(unsafe_hash=True)
class MayNotKeepIt(Rejected):
    """The programme names the organisations that may keep its cases."""

    organisation: Code
    kept_by: tuple[Code, ...]


class Transfer(State, frozen=True):
    id: TransferId
    case: CaseId
    from_organisation: Code
    to_organisation: Code
    to_office: Code
    to_person: PersonId | None
    outside: bool
    parts: tuple[Part, ...]
    offered_by: PersonId
    agreed_on: Digest | None = None
    stage: Stage = Stage.OFFERED
    accepted_by: PersonId | None = None
    package: Digest | None = None
    case_version: int | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of personal values that it hands over."""
        return tuple(sorted(part.kind for part in self.parts if part.kind))

    @property
    def going(self) -> Going:
        return Going(
            to_organisation=self.to_organisation,
            to_person=self.to_person,
            outside=self.outside,
            personal=bool(self.kinds),
            agreed_on=self.agreed_on,
        )

    def received_by(self, who: OnTransfer) -> bool:
        """Whether this is somebody to whom it was offered, or who has taken it."""
        return who.organisation == self.to_organisation and (
            who.by == self.accepted_by or self.going.open_to(who.by, who.case)
        )

    def known_to(self, who: OnTransfer) -> bool:
        """Whether it is theirs to see: those of the one side or the other."""
        if self.received_by(who):
            return True
        if who.organisation != self.from_organisation:
            return False
        if who.case.restricted and who.case.known_to(who.by, who.organisation, who.at):
            return True
        named = self.to_person is not None or who.case.restricted
        return not named or who.by == self.offered_by


def decide(command: AnyTransferCommand, transfer: Transfer | None) -> Sequence[TransferEvent]:
    if isinstance(command, OfferTransfer):
        return [_offer(command, transfer)]
    if transfer is None or not transfer.known_to(command):
        raise NoSuchTransfer(command.organisation)
    match command:
        case AcceptTransfer(by=by, at=when):
            _receives(command, transfer)
            return [
                CaseTransferAccepted(
                    by=by,
                    at=when,
                    transfer=transfer.id,
                    case=transfer.case,
                    package=command.package,
                    case_version=command.case_version,
                )
            ]
        case DeclineTransfer(by=by, at=when):
            _receives(command, transfer)
            return [CaseTransferDeclined(by=by, at=when, transfer=transfer.id, case=transfer.case)]
        case WithdrawTransfer(by=by, at=when):
            if command.organisation != transfer.from_organisation:
                raise NoSuchTransfer(command.organisation)
            _at(transfer, Stage.OFFERED)
            return [CaseTransferWithdrawn(by=by, at=when, transfer=transfer.id, case=transfer.case)]
        case ReadPackage():
            return [_read(command, transfer)]
        case _:
            assert_never(command)


def _offer(command: OfferTransfer, transfer: Transfer | None) -> CaseTransferOffered:
    if transfer is not None:
        raise TransferIsAt(transfer.stage, None)
    case = command.case
    if case is None or not case.known_to(command.by, command.organisation, command.at):
        raise NoSuchCase(command.organisation)
    at(case, *OPEN, CaseStage.SUSPENDED)
    if command.to_organisation == case.organisation:
        raise OwnOrganisation(command.to_organisation)
    if command.kept_by and not command.outside and command.to_organisation not in command.kept_by:
        raise MayNotKeepIt(command.to_organisation, command.kept_by)
    may_go(case, _going(command))
    return CaseTransferOffered(
        by=command.by,
        at=command.at,
        transfer=command.transfer,
        case=case.id,
        from_organisation=case.organisation,
        to_organisation=command.to_organisation,
        to_office=command.to_office,
        to_person=command.to_person,
        outside=command.outside,
        parts=tuple(sorted(set(command.parts))),
        agreed_on=command.agreed_on,
    )


def _going(command: OfferTransfer) -> Going:
    return Going(
        to_organisation=command.to_organisation,
        to_person=command.to_person,
        outside=command.outside,
        personal=any(part.kind for part in command.parts),
        agreed_on=command.agreed_on,
    )


def _receives(command: AcceptTransfer | DeclineTransfer, transfer: Transfer) -> None:
    if not transfer.received_by(command):
        raise NoSuchTransfer(command.organisation)
    _at(transfer, Stage.OFFERED)


def _read(command: ReadPackage, transfer: Transfer) -> TransferPackageRead:
    if not transfer.received_by(command):
        raise NoSuchTransfer(command.organisation)
    _at(transfer, Stage.ACCEPTED)
    assert transfer.package is not None, "it was made when the transfer was accepted"
    if transfer.kinds and Scope.PARTNERS not in command.case.consents:
        raise ConsentMissing(Scope.PARTNERS)
    return TransferPackageRead(
        by=command.by,
        at=command.at,
        transfer=transfer.id,
        case=transfer.case,
        people=command.people if transfer.kinds else (),
        kinds=transfer.kinds,
        package=transfer.package,
    )


def _at(transfer: Transfer, needed: Stage) -> None:
    if transfer.stage is not needed:
        raise TransferIsAt(transfer.stage, needed)


def evolve(transfer: Transfer | None, event: TransferEvent) -> Transfer:
    if isinstance(event, CaseTransferOffered):
        return Transfer(
            id=event.transfer,
            case=event.case,
            from_organisation=event.from_organisation,
            to_organisation=event.to_organisation,
            to_office=event.to_office,
            to_person=event.to_person,
            outside=event.outside,
            parts=event.parts,
            offered_by=event.by,
            agreed_on=event.agreed_on,
        )
    assert transfer is not None, "a fact about a transfer that nobody offered"
    match event:
        case CaseTransferAccepted():
            return replace(
                transfer,
                stage=Stage.ACCEPTED,
                accepted_by=event.by,
                package=event.package,
                case_version=event.case_version,
            )
        case CaseTransferDeclined():
            return replace(transfer, stage=Stage.DECLINED)
        case CaseTransferWithdrawn():
            return replace(transfer, stage=Stage.WITHDRAWN)
        case TransferPackageRead():
            return transfer
        case _:
            assert_never(event)


transfer = Decider(decide=decide, evolve=evolve)
