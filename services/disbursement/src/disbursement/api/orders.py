"""Orders on paper over HTTP: made as a document of the vendor's, on file like every other."""

import asyncio

from fastapi import Response

from disbursement.api.documents import documents
from disbursement.api.reach import Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.commitment import Stage, commitment
from disbursement.domain.commitment.refusals import CommitmentIsAt, NoSuchCommitment
from disbursement.gateways import PayeeErased
from disbursement.orders import Buyer, Language
from events.documents import Media
from events.io.http import Body, DocumentAnswer, Filing, Gateways, Load
from events.personal import Kind
from events.ports import PersonErased
from events.roles import Role
from events.values import Code, CommitmentId, HolderId

PAPER = Code("purchase_order")


class OrderPaperBody(Body):
    commitment: CommitmentId
    language: Language = Language.ENGLISH
    """Beside English."""


@api.command(
    "/v1/order-papers",
    creates=DocumentAnswer,
    allows={Role.FINANCE_OFFICER, Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def print_order(
    *,
    body: OrderPaperBody,
    do: Do,
    load: Load,
    filing: Filing,
    gateways: Gateways,
) -> Response:
    """Make the order's paper, a PDF on file under its digest; made again, it is the same one."""
    of, _ = await load.state(commitment, body.commitment)
    if of is None:
        raise NoSuchCommitment
    await do.shows(of.case, of.vendor)
    if of.order is None:
        raise CommitmentIsAt(of.stage, Stage.ISSUED)
    try:
        vendor = await gateways.payees.addressee(of.vendor, of.id)
    except PayeeErased:
        raise PersonErased(of.vendor, Kind.IDENTITY) from None
    from disbursement.orders.paper import order_paper  # noqa: PLC0415  only who prints pays for it

    us = gateways.debtor
    buyer = Buyer(us.name, f"{us.town}, {us.country}")
    content = await asyncio.to_thread(order_paper, of, vendor, buyer, body.language)
    holder = HolderId(of.vendor)
    return await filing.keep_ours(do, documents, content, Media.PDF, about=holder, paper=PAPER)
