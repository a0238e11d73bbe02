"""Sanctions lists: which version of each is searched, since when, by whose act.

    proposed -> in force -> withdrawn
             -> declined

What a list says of others is no event of ours: the version, its date, the file's digest and how
many it names are. The names are kept beside the history, and can be loaded again from the file.

Nobody alone takes names away. A list that leaves out more than a share of the entries of the one
in force waits until another person confirms or declines it; what several lists leave out counts
together until then. So does the first of a publisher, which nothing can be held against, unless the
operator loads it and it is as long as such lists are: on a list of one name everybody is clear.
Whoever loaded a wrong one, two persons withdraw it: then the one before is in force again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import SYSTEM, Code, Digest, PersonId
from vendors.domain.duties import Duty, nobody_twice

DROPPED_PERCENT = 10
"""Of the entries in force, how many may be left out without a second person."""

FIRST_AT_LEAST = 300
"""Entries of a publisher's first list. Of those that are read here the UN's is the shortest, with
about a thousand; a file of some tens is cut off, or somebody's own."""


class ListVersion(msgspec.Struct, frozen=True):
    """A list as its publisher made it on some day."""

    version: Code
    dated: date
    """When the publisher made it."""
    digest: Digest
    """Of the file as it was published."""
    entries: int
    """How many persons and entities are on it."""
    names: int
    """Under how many names."""


class Compared(msgspec.Struct, frozen=True):
    """A list held against the one that is in force."""

    against: Digest
    added: int
    """Entries that are new."""
    dropped: int
    """Entries in force of which a name or all of it is not there any more."""


# Requests


class LoadSanctionsList(Command, frozen=True):
    source: Code
    list: ListVersion
    compared: Compared | None
    """None: there is nothing to hold it against."""


class ConfirmSanctionsList(Command, frozen=True):
    digest: Digest
    reason: Code


class DeclineSanctionsList(Command, frozen=True):
    digest: Digest
    reason: Code


class ProposeListWithdrawal(Command, frozen=True):
    digest: Digest
    reason: Code


class DeclineListWithdrawal(Command, frozen=True):
    digest: Digest
    reason: Code


class WithdrawSanctionsList(Command, frozen=True):
    digest: Digest
    reason: Code


SanctionsListCommand = (
    LoadSanctionsList
    | ConfirmSanctionsList
    | DeclineSanctionsList
    | ProposeListWithdrawal
    | DeclineListWithdrawal
    | WithdrawSanctionsList
)


# Facts


class SanctionsListLoaded(Event, frozen=True, tag="vendors.sanctions_list_loaded.v1"):
    """From now on vendors are searched for on this version."""

    source: Code
    """Who publishes it: un, eu, ofac."""
    version: Code
    dated: date
    """When the publisher made it."""
    digest: Digest
    """Of the file as it was published."""
    entries: int
    """How many persons and entities are on it."""
    names: int
    """Under how many names."""


class SanctionsListCompared(Event, frozen=True, tag="vendors.sanctions_list_compared.v1"):
    """A list was held against the one in force before it took its place."""

    source: Code
    digest: Digest
    against: Digest
    added: int
    dropped: int


class SanctionsListProposed(Event, frozen=True, tag="vendors.sanctions_list_proposed.v1"):
    """This version leaves out much, or nothing can be held against it: it waits for another person
    and is not searched.
    """

    source: Code
    version: Code
    dated: date
    digest: Digest
    entries: int
    names: int
    dropped: int | None
    """Of the entries in force; None: there was nothing to hold it against."""


class SanctionsListConfirmed(Event, frozen=True, tag="vendors.sanctions_list_confirmed.v1"):
    """Another person found that the publisher really made this version."""

    source: Code
    digest: Digest
    reason: Code


class SanctionsListDeclined(Event, frozen=True, tag="vendors.sanctions_list_declined.v1"):
    """Another person found that this version is not to be searched: it waits no more."""

    source: Code
    digest: Digest
    reason: Code


class SanctionsListWithdrawalProposed(
    Event, frozen=True, tag="vendors.sanctions_list_withdrawal_proposed.v1"
):
    """Somebody says that the list in force is wrong; another person decides."""

    source: Code
    digest: Digest
    reason: Code


class SanctionsListWithdrawalDeclined(
    Event, frozen=True, tag="vendors.sanctions_list_withdrawal_declined.v1"
):
    """Another person found that the list in force is right: it stays."""

    source: Code
    digest: Digest
    reason: Code


class SanctionsListWithdrawn(Event, frozen=True, tag="vendors.sanctions_list_withdrawn.v1"):
    """Two persons found that it was wrong: nobody is searched for on it any more."""

    source: Code
    digest: Digest
    reason: Code


SanctionsListEvent = (
    SanctionsListLoaded
    | SanctionsListCompared
    | SanctionsListProposed
    | SanctionsListConfirmed
    | SanctionsListDeclined
    | SanctionsListWithdrawalProposed
    | SanctionsListWithdrawalDeclined
    | SanctionsListWithdrawn
)


# Refusals


@dataclass(unsafe_hash=True)
class ListIsOlder(Rejected):
    """A later version of this list is loaded already."""

    dated: date
    stands: date


@dataclass(unsafe_hash=True)
class ListFromTheFuture(Rejected):
    """A list is loaded after it was made."""

    dated: date


@dataclass(unsafe_hash=True)
class NoSuchList(Rejected):
    """Nothing of this publisher was ever loaded."""


@dataclass(unsafe_hash=True)
class ListNotProposed(Rejected):
    """This version does not wait for another person's word."""

    digest: Digest


@dataclass(unsafe_hash=True)
class ListNotInForce(Rejected):
    """This version is not the one that is searched."""

    digest: Digest


@dataclass(unsafe_hash=True)
class WithdrawalNotProposed(Rejected):
    """Nobody has said yet that this version is wrong: one proposes, another decides."""

    digest: Digest


# State


class Proposed(msgspec.Struct, frozen=True):
    list: ListVersion
    by: PersonId
    dropped: int | None


class Doubted(msgspec.Struct, frozen=True):
    """The list in force is said to be wrong."""

    by: PersonId
    reason: Code


class SanctionsListState(State, frozen=True):
    source: Code
    in_force: ListVersion | None = None
    before: ListVersion | None = None
    """What was in force before it, and is again if it is withdrawn."""
    dropped: int = 0
    """Entries that single persons left out since two agreed on a list."""
    proposed: Proposed | None = None
    doubted: Doubted | None = None
    withdrawn: tuple[Digest, ...] = ()
    declined: tuple[Digest, ...] = ()

    @property
    def files(self) -> tuple[Digest, ...]:
        """Of which versions the names are kept."""
        waits = self.proposed.list if self.proposed else None
        return tuple(each.digest for each in (self.in_force, self.before, waits) if each)


def stream_of(source: str) -> str:
    """Each publisher's list is one stream."""
    return f"lst_{source}"


def decide(
    command: SanctionsListCommand, state: SanctionsListState | None
) -> Sequence[SanctionsListEvent]:
    if isinstance(command, LoadSanctionsList):
        return _load(command, state)
    if state is None:
        raise NoSuchList
    match command:
        case ConfirmSanctionsList():
            return _confirm(command, state)
        case DeclineSanctionsList():
            _another_decides(command, state)
            return [SanctionsListDeclined(source=state.source, **_of(command))]
        case ProposeListWithdrawal():
            return _doubt(command, state)
        case DeclineListWithdrawal():
            _another_answers(command, state)
            return [SanctionsListWithdrawalDeclined(source=state.source, **_of(command))]
        case WithdrawSanctionsList():
            return _withdraw(command, state)


def _load(
    command: LoadSanctionsList, state: SanctionsListState | None
) -> Sequence[SanctionsListEvent]:
    by, at, source, new = command.by, command.at, command.source, command.list
    if new.dated > at.date():
        raise ListFromTheFuture(new.dated)
    stands = state.in_force if state else None
    if stands is not None and stands.digest == new.digest:
        return []
    if stands is not None and new.dated < stands.dated:
        raise ListIsOlder(dated=new.dated, stands=stands.dated)
    compared = command.compared
    if _needs_another(command, state):
        if state is not None and state.proposed is not None and state.proposed.list == new:
            return []
        dropped = compared.dropped if compared else None
        told = msgspec.structs.asdict(new)
        return [SanctionsListProposed(by=by, at=at, source=source, dropped=dropped, **told)]
    if compared is None:
        return [_in_force(command, source, new)]
    told = msgspec.structs.asdict(compared)
    held = SanctionsListCompared(by=by, at=at, source=source, digest=new.digest, **told)
    return [held, _in_force(command, source, new)]


def _needs_another(command: LoadSanctionsList, state: SanctionsListState | None) -> bool:
    """Somebody refused it before; it is a first, short or by hand; or it leaves out too much."""
    new, compared = command.list, command.compared
    if state is not None and new.digest in (*state.withdrawn, *state.declined):
        return True
    if state is None or (state.in_force is None and not state.withdrawn):
        return command.by != SYSTEM or new.entries < FIRST_AT_LEAST
    stands = state.in_force
    if stands is None or compared is None or compared.against != stands.digest:
        return True
    return (state.dropped + compared.dropped) * 100 > stands.entries * DROPPED_PERCENT


def _confirm(
    command: ConfirmSanctionsList, state: SanctionsListState
) -> Sequence[SanctionsListEvent]:
    waits = _another_decides(command, state)
    confirmed = SanctionsListConfirmed(source=state.source, **_of(command))
    return [confirmed, _in_force(command, state.source, waits.list)]


def _another_decides(
    command: ConfirmSanctionsList | DeclineSanctionsList, state: SanctionsListState
) -> Proposed:
    """What waits, if it is this version and somebody else loaded it."""
    waits = state.proposed
    if waits is None or waits.list.digest != command.digest:
        raise ListNotProposed(command.digest)
    nobody_twice(command.by, ((Duty.LOADED_LIST, waits.by),))
    return waits


def _doubt(
    command: ProposeListWithdrawal, state: SanctionsListState
) -> Sequence[SanctionsListEvent]:
    if state.in_force is None or state.in_force.digest != command.digest:
        raise ListNotInForce(command.digest)
    if state.doubted is not None:
        return []
    return [SanctionsListWithdrawalProposed(source=state.source, **_of(command))]


def _withdraw(
    command: WithdrawSanctionsList, state: SanctionsListState
) -> Sequence[SanctionsListEvent]:
    _another_answers(command, state)
    withdrawn = SanctionsListWithdrawn(source=state.source, **_of(command))
    if state.before is None:
        return [withdrawn]
    return [withdrawn, _in_force(command, state.source, state.before)]


def _another_answers(
    command: WithdrawSanctionsList | DeclineListWithdrawal, state: SanctionsListState
) -> None:
    """This version is in force, and somebody else said that it is wrong."""
    if state.in_force is None or state.in_force.digest != command.digest:
        raise ListNotInForce(command.digest)
    if state.doubted is None:
        raise WithdrawalNotProposed(command.digest)
    nobody_twice(command.by, ((Duty.PROPOSED_WITHDRAWAL, state.doubted.by),))


def _of(
    command: ConfirmSanctionsList
    | DeclineSanctionsList
    | ProposeListWithdrawal
    | DeclineListWithdrawal
    | WithdrawSanctionsList,
) -> dict[str, Any]:
    """Who says when, of which version, and why."""
    return msgspec.structs.asdict(command)


def _in_force(command: Command, source: Code, new: ListVersion) -> SanctionsListLoaded:
    told = msgspec.structs.asdict(new)
    return SanctionsListLoaded(by=command.by, at=command.at, source=source, **told)


def evolve(state: SanctionsListState | None, event: SanctionsListEvent) -> SanctionsListState:
    state = state or SanctionsListState(source=event.source)
    match event:
        case SanctionsListLoaded():
            return replace(
                state, in_force=_told(event), before=state.in_force, proposed=None, doubted=None
            )
        case SanctionsListCompared():
            return replace(state, dropped=state.dropped + event.dropped)
        case SanctionsListProposed():
            return replace(state, proposed=Proposed(_told(event), event.by, event.dropped))
        case SanctionsListConfirmed():
            return replace(state, dropped=0)
        case SanctionsListDeclined():
            return replace(state, proposed=None, declined=(*state.declined, event.digest))
        case SanctionsListWithdrawalDeclined():
            return replace(state, doubted=None)
        case SanctionsListWithdrawalProposed():
            return replace(state, doubted=Doubted(event.by, event.reason))
        case SanctionsListWithdrawn():
            withdrawn = (*state.withdrawn, event.digest)
            # What is told next is that the one before is loaded again: nothing stands before it.
            return replace(state, in_force=None, doubted=None, withdrawn=withdrawn)


def _told(event: SanctionsListLoaded | SanctionsListProposed) -> ListVersion:
    return ListVersion(event.version, event.dated, event.digest, event.entries, event.names)


sanctions_list = Decider(decide=decide, evolve=evolve)
