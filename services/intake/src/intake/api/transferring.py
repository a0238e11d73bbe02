"""Transfers: a case offered to another organisation, accepted there, its package read there."""

from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    Request,
    View,
    Who,
)
from events.roles import Role
from events.values import CaseId, Code, Digest, PersonId, TransferId
from intake import views
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.domain import transfer as ask
from intake.domain.case import case as cases
from intake.domain.case import handover
from intake.domain.case.lifecycle import StillOpen
from intake.domain.case.state import Case
from intake.domain.transfer import transfer as transfers
from intake.packing import digest_of, packed, people_of

HANDS_OVER = {Role.COUNSELLOR, Role.PROGRAMME_MANAGER}
TRANSFER_CONFLICTS = CONFLICTS | {ask.TransferIsAt, handover.KeptElsewhere, StillOpen}
TRANSFER_UNKNOWN = UNKNOWN | {ask.NoSuchTransfer}


class TransferAnswer(Answer):
    transfer: TransferId
    case: CaseId
    from_organisation: Code
    to_organisation: Code
    to_office: Code
    to_person: PersonId | None
    outside: bool
    parts: tuple[ask.Part, ...]
    stage: ask.Stage
    accepted_by: PersonId | None
    package: Digest | None
    version: int

    @classmethod
    def of(cls, state: ask.Transfer, version: int) -> "TransferAnswer":
        return cls(
            transfer=state.id,
            case=state.case,
            from_organisation=state.from_organisation,
            to_organisation=state.to_organisation,
            to_office=state.to_office,
            to_person=state.to_person,
            outside=state.outside,
            parts=state.parts,
            stage=state.stage,
            accepted_by=state.accepted_by,
            package=state.package,
            version=version,
        )


class PackageAnswer(Answer):
    """A case as it was handed over. The parts that were not offered are absent."""

    format: str
    transfer: TransferId
    case: CaseId
    case_version: int
    from_organisation: Code
    to_organisation: Code
    parts: tuple[ask.Part, ...]
    people: tuple[dict[str, Any], ...] = ()
    """Of each person the values that go along, and the disclosures that prove them."""


class OfferTransferBody(Body):
    case: CaseId
    to_organisation: Code
    to_office: Code
    to_person: PersonId | None = None
    """Who there may take it; needed for a restricted case."""
    outside: bool = False
    """A government's service that goes on by its own rules: here the case is closed."""
    parts: Annotated[tuple[ask.Part, ...], Field(min_length=1, max_length=8)]
    """What is handed over."""
    agreed_on: Digest | None = None
    """The paper on which the returnee agrees to this very organisation."""


@api.command(
    "/v1/transfers",
    creates=TransferAnswer,
    allows=HANDS_OVER,
    conflicts=TRANSFER_CONFLICTS,
    unknown=TRANSFER_UNKNOWN,
)
async def offer_transfer(
    *, body: OfferTransferBody, me: Who, now: Now, do: Do, load: Load, ids: NewIds, view: View
) -> Response:
    """Offer a case to another organisation, with the list of what is handed over."""
    case = await known(body.case, me, load)
    terms = await terms_for(case, view)
    transfer = TransferId(ids.new("trf"))
    offered = ask.OfferTransfer(
        by=me.id,
        at=now,
        organisation=me.organisation,
        transfer=transfer,
        case=case,
        kept_by=terms.kept_by,
        to_organisation=body.to_organisation,
        to_office=body.to_office,
        to_person=body.to_person,
        outside=body.outside,
        parts=body.parts,
        agreed_on=body.agreed_on,
    )
    return await do(Act(transfers, transfer, offered), answer=TransferAnswer.of)


@api.command(
    "/v1/transfers/{transfer}/accept",
    answers=TransferAnswer,
    allows=HANDS_OVER,
    conflicts=TRANSFER_CONFLICTS,
    unknown=TRANSFER_UNKNOWN,
)
async def accept_transfer(
    *, transfer: TransferId, me: Who, now: Now, do: Do, load: Load, view: View, asked: Request
) -> Response:
    """Take a case over for your organisation: you counsel it from here on."""
    state, who = await _seen(transfer, me, load)
    _, version = await load.state(cases, state.case)
    package = digest_of(await packed(state, version, asked.desk.handler.store))
    accepted = ask.AcceptTransfer(package=package, case_version=version, **who)
    taken = handover.TakeOver(
        by=me.id,
        at=now,
        organisation=me.organisation,
        transfer=transfer,
        from_organisation=state.from_organisation,
        to_office=state.to_office,
        package=package,
        going=state.going,
        open=await views.open_matters(state.case, view),
    )
    return await do(
        Act(transfers, transfer, accepted),
        Act(cases, state.case, taken),
        answer=TransferAnswer.of,
    )


@api.command(
    "/v1/transfers/{transfer}/decline",
    answers=TransferAnswer,
    allows=HANDS_OVER,
    conflicts=TRANSFER_CONFLICTS,
    unknown=TRANSFER_UNKNOWN,
)
async def decline_transfer(transfer: TransferId, me: Who, do: Do, load: Load) -> Response:
    """Do not take a case over."""
    _, who = await _seen(transfer, me, load)
    declined = ask.DeclineTransfer(**who)
    return await do(Act(transfers, transfer, declined), answer=TransferAnswer.of)


@api.command(
    "/v1/transfers/{transfer}/withdraw",
    answers=TransferAnswer,
    allows=HANDS_OVER,
    conflicts=TRANSFER_CONFLICTS,
    unknown=TRANSFER_UNKNOWN,
)
async def withdraw_transfer(transfer: TransferId, me: Who, do: Do, load: Load) -> Response:
    """Take an offer back before it is accepted."""
    _, who = await _seen(transfer, me, load)
    withdrawn = ask.WithdrawTransfer(**who)
    return await do(Act(transfers, transfer, withdrawn), answer=TransferAnswer.of)


@api.query(
    "/v1/transfers/{transfer}",
    answers=TransferAnswer,
    allows=HANDS_OVER,
    unknown=TRANSFER_UNKNOWN,
)
async def read_transfer(transfer: TransferId, me: Who, load: Load) -> Response:
    """Read a transfer from or to your organisation."""
    await _seen(transfer, me, load)
    return await load(transfers, transfer, answer=TransferAnswer.of)


@api.query("/v1/transfers", answers=Page[TransferAnswer], allows=HANDS_OVER)
async def list_transfers(
    *, me: Who, now: Now, paging: Paging, view: View, stage: ask.Stage | None = None
) -> Page[TransferAnswer]:
    """List the transfers from and to your organisation that are yours to see."""
    found = await views.transfers_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        person=me.id,
        organisation=me.organisation,
        now=now,
        stage=stage,
    )
    lines = [TransferAnswer.of(row.transfer, row.version) for row in found]
    return paging.of(lines, key=lambda line: line.transfer)


@api.query(
    "/v1/transfers/{transfer}/package",
    answers=PackageAnswer,
    allows=HANDS_OVER,
    unknown=TRANSFER_UNKNOWN,
)
async def read_package(transfer: TransferId, me: Who, load: Load, asked: Request) -> Response:
    """Read what was handed over: the very bytes of the digest. The read is recorded first."""
    _, who = await _seen(transfer, me, load)
    read = ask.ReadPackage(people=people_of(who["case"]), **who)
    handler = asked.desk.handler
    done = await handler.do(Act(transfers, transfer, read), context=asked.context)
    assert done.state.case_version is not None, "a package that is read was made"
    package = await packed(done.state, done.state.case_version, handler.store)
    if digest_of(package) != done.state.package:
        raise Problem("not_found", "Something that was in the package has been erased since.")
    headers = {"Cache-Control": "no-store", "Digest": f"sha-256={done.state.package}"}
    return Response(package, media_type="application/json", headers=headers)


async def _seen(transfer: TransferId, me: Who, load: Load) -> tuple[ask.Transfer, dict[str, Any]]:
    """The transfer, if it is theirs to see; and what an act on it is decided with."""
    state: ask.Transfer | None
    case: Case | None
    state, _ = await load.state(transfers, transfer)
    if state is None:
        raise ask.NoSuchTransfer(me.organisation)
    case, _ = await load.state(cases, state.case)
    assert case is not None, "a transfer is of a case"
    who: dict[str, Any] = {
        "by": me.id,
        "at": load.now,
        "organisation": me.organisation,
        "case": case,
    }
    if not state.known_to(ask.OnTransfer(**who)):
        raise ask.NoSuchTransfer(me.organisation)
    return state, who
