"""Sanctions lists over HTTP: loaded, confirmed or declined by another, withdrawn by two.

None of it is done by who proposes vendors.
"""

from datetime import date

from fastapi import Response

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Fault,
    Files,
    Gateways,
    Load,
    Now,
    Problem,
    Upload,
    View,
    Who,
)
from events.roles import Role
from events.values import Code, Digest, PersonId
from vendors.api.declared import api
from vendors.api.taking_part import Do
from vendors.domain.duties import ActedAlready
from vendors.domain.sanctions import (
    ConfirmSanctionsList,
    DeclineListWithdrawal,
    DeclineSanctionsList,
    ListNotInForce,
    ListNotProposed,
    ListVersion,
    NoSuchList,
    ProposeListWithdrawal,
    SanctionsListCommand,
    SanctionsListState,
    WithdrawalNotProposed,
    WithdrawSanctionsList,
    sanctions_list,
    stream_of,
)
from vendors.screening.keeping import Loaded, digest_of
from vendors.screening.lists import Source
from vendors.screening.loading import loading

LIST_MAX_BYTES = 48 * 2**20
"""OFAC's whole file has about thirty million bytes."""


class ListBody(Body):
    """Which version is meant, and why."""

    digest: Digest
    reason: Code


class ListVersionAnswer(Answer):
    version: Code
    dated: date
    digest: Digest
    entries: int
    names: int

    @classmethod
    def of(cls, told: ListVersion | None) -> "ListVersionAnswer | None":
        if told is None:
            return None
        return cls(
            version=told.version,
            dated=told.dated,
            digest=told.digest,
            entries=told.entries,
            names=told.names,
        )


class ProposedListAnswer(Answer):
    """It waits for another person."""

    list: ListVersionAnswer
    loaded_by: PersonId
    dropped: int | None
    """Entries in force that are not on it as they were; null: there is nothing to compare."""


class DoubtedListAnswer(Answer):
    """The list in force is said to be wrong: another person withdraws it."""

    said_by: PersonId
    reason: Code


class ListAnswer(Answer):
    source: Code
    in_force: ListVersionAnswer | None
    """What vendors are searched for on."""
    proposed: ProposedListAnswer | None
    withdrawal: DoubtedListAnswer | None

    @classmethod
    def of(cls, state: SanctionsListState, _: int = 0) -> "ListAnswer":
        waits, doubt = state.proposed, state.doubted
        shown = ListVersionAnswer.of(waits.list) if waits else None
        return cls(
            source=state.source,
            in_force=ListVersionAnswer.of(state.in_force),
            proposed=ProposedListAnswer(list=shown, loaded_by=waits.by, dropped=waits.dropped)
            if waits and shown
            else None,
            withdrawal=DoubtedListAnswer(said_by=doubt.by, reason=doubt.reason) if doubt else None,
        )


@api.command(
    "/v1/sanctions-lists",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    files=Files(("application/xml", "text/xml"), LIST_MAX_BYTES),
)
async def load_sanctions_list(
    *, file: Upload, me: Who, now: Now, do: Do, load: Load, view: View, gateways: Gateways
) -> Response:
    """Load a list as its publisher has it: the UN's, the EU's or OFAC's XML. All are screened.

    One that leaves out much of what is searched now, and a publisher's first, waits for another
    person (`proposed`).
    """
    read = await gateways.matcher.read(file.content)
    if read.found is None:
        detail = f"The file is no sanctions list that is known here: {read.wrong}."
        raise Problem("body_invalid", detail, errors=[Fault("", "not_a_list", detail)])
    state, _ = await load.state(sanctions_list, stream_of(read.found.source))
    act = await loading(read.found, state, view, by=me.id, at=now)
    return await do(act, answer=ListAnswer.of)


@api.command(
    "/v1/sanctions-lists/{source}/confirm",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchList},
    conflicts={ActedAlready, ListNotProposed},
)
async def confirm_sanctions_list(
    source: Code, body: ListBody, me: Who, now: Now, do: Do
) -> Response:
    """Say, as another than who loaded it, that the publisher made this version: it is in force."""
    told = ConfirmSanctionsList(by=me.id, at=now, digest=body.digest, reason=body.reason)
    return await _done(source, told, do)


@api.command(
    "/v1/sanctions-lists/{source}/decline",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchList},
    conflicts={ActedAlready, ListNotProposed},
)
async def decline_sanctions_list(
    source: Code, body: ListBody, me: Who, now: Now, do: Do
) -> Response:
    """Say, as another than who loaded it, that this version is not to be searched."""
    told = DeclineSanctionsList(by=me.id, at=now, digest=body.digest, reason=body.reason)
    return await _done(source, told, do)


@api.command(
    "/v1/sanctions-lists/{source}/propose-withdrawal",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchList},
    conflicts={ListNotInForce},
)
async def propose_list_withdrawal(
    source: Code, body: ListBody, me: Who, now: Now, do: Do
) -> Response:
    """Say that the list in force is wrong; it stays until another person withdraws it."""
    told = ProposeListWithdrawal(by=me.id, at=now, digest=body.digest, reason=body.reason)
    return await _done(source, told, do)


@api.command(
    "/v1/sanctions-lists/{source}/decline-withdrawal",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchList},
    conflicts={ActedAlready, ListNotInForce, WithdrawalNotProposed},
)
async def decline_list_withdrawal(
    source: Code, body: ListBody, me: Who, now: Now, do: Do
) -> Response:
    """Say, as another than who doubted it, that the list in force is right: it stays."""
    told = DeclineListWithdrawal(by=me.id, at=now, digest=body.digest, reason=body.reason)
    return await _done(source, told, do)


@api.command(
    "/v1/sanctions-lists/{source}/withdraw",
    answers=ListAnswer,
    if_match=False,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchList},
    conflicts={ActedAlready, ListNotInForce, WithdrawalNotProposed},
)
async def withdraw_sanctions_list(
    source: Code, body: ListBody, me: Who, now: Now, do: Do
) -> Response:
    """Withdraw a list that another person said is wrong: the one before is in force again."""
    told = WithdrawSanctionsList(by=me.id, at=now, digest=body.digest, reason=body.reason)
    return await _done(source, told, do)


async def in_force_now(load: Load) -> Digest | None:
    """The digest of all lists in force, as a search names it; None: there is none.

    From the history itself, for an act that cannot be taken back: no read model is behind it.
    """
    lists = []
    for source in sorted(Source):
        state, _ = await load.state(sanctions_list, stream_of(source))
        if state is not None and state.in_force is not None:
            stands = state.in_force
            lists.append(Loaded(source, stands.version, stands.digest))
    return digest_of(lists) if lists else None


async def _done(source: Code, command: SanctionsListCommand, do: Do) -> Response:
    return await do(Act(sanctions_list, stream_of(source), command), answer=ListAnswer.of)
