"""Checks that several of a commitment's rules begin with."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.facts import OrderLine, ReceivedLine
from disbursement.domain.commitment.matching import InvoicedLine
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.state import Commitment, Invoice
from events.money import Money

Lines: TypeAlias = Sequence[OrderLine | ReceivedLine | InvoicedLine]


def must_be_at(commitment: Commitment, needed: Stage) -> None:
    if commitment.stage is not needed:
        raise no.CommitmentIsAt(commitment.stage, needed)


def numbered_once(lines: Lines) -> None:
    seen: set[int] = set()
    for line in lines:
        if line.line in seen or line.quantity <= 0:
            raise no.LinesNotInOrder(line.line)
        seen.add(line.line)
    if not seen:
        raise no.LinesNotInOrder(0)


def in_order(day: date, earliest: date, latest: date) -> None:
    if not earliest <= day <= latest:
        raise no.DateOutOfOrder(day, earliest, latest)


def must_be_payable(commitment: Commitment, invoice: Invoice) -> Money:
    """What is payable of the invoice: it matches, is like no other, and rests on no dispute."""
    if invoice.payable is None:
        raise no.InvoiceNotMatched(invoice.id, tuple(invoice.exceptions))
    if invoice.alike:
        raise no.InvoiceSuspected(invoice.id)
    for receipt in commitment.receipts:
        if receipt.dispute is not None and receipt.id in invoice.receipts:
            raise no.DeliveryInDispute(receipt.id)
    return invoice.payable
