"""A vendor's invoices side by side: which of them look like one that came before (R1 to R3).

The same number is refused where it is claimed. What merely looks alike is a signal, not a proof: it
is suspected, and waits for a person. Each invoice is registered in the append that records it, so
that two recorded at the same instant know of one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from disbursement.domain.commitment.suspected import Alike, Likeness
from disbursement.domain.invoice_number import InvoiceNumber, blurred
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import CommitmentId, Digest, InvoiceId, VendorId

NEAR = timedelta(days=7)
"""The same amount within so many days may be the same invoice (R2)."""


class RegisterInvoice(Command, frozen=True):
    vendor: VendorId
    commitment: CommitmentId
    invoice: InvoiceId
    number: InvoiceNumber
    date: date
    amount: Money
    document: Digest
    replaces: InvoiceId | None
    seen: tuple[Alike, ...]
    """What it was found to look like when the command was made."""


class InvoiceRegistered(Event, frozen=True, tag="disbursement.invoice_registered.v1"):
    vendor: VendorId
    commitment: CommitmentId
    invoice: InvoiceId
    number: InvoiceNumber
    date: date
    amount: Money
    document: Digest
    replaces: InvoiceId | None


@dataclass(unsafe_hash=True)
class AnotherCameBetween(Rejected):
    """An invoice of the same vendor that looks alike was recorded at the same instant."""

    vendor: VendorId


class Registered(msgspec.Struct, frozen=True):
    invoice: InvoiceId
    blurred: str
    """Its number, as it looks at a glance."""
    date: date
    amount: Money
    document: Digest


class VendorInvoices(State, frozen=True):
    entries: tuple[Registered, ...] = ()
    """Those that no other one has replaced."""


def evolve(stands: VendorInvoices | None, event: InvoiceRegistered) -> VendorInvoices:
    before = (stands or VendorInvoices()).entries
    others = tuple(each for each in before if each.invoice != event.replaces)
    entry = Registered(
        event.invoice, blurred(event.number), event.date, event.amount, event.document
    )
    return replace(stands or VendorInvoices(), entries=(*others, entry))


def alike(stands: VendorInvoices | None, invoice: RegisterInvoice) -> tuple[Alike, ...]:
    """The vendor's other invoices that this one looks like, each with what is alike."""
    found = []
    look = blurred(invoice.number)
    for other in stands.entries if stands else ():
        if other.invoice in (invoice.replaces, invoice.invoice):
            continue
        by = (
            (Likeness.NUMBER, other.blurred == look),
            (Likeness.DOCUMENT, other.document == invoice.document),
            (
                Likeness.AMOUNT,
                other.amount == invoice.amount and abs(other.date - invoice.date) <= NEAR,
            ),
        )
        likeness = tuple(one for one, holds in by if holds)
        if likeness:
            found.append(Alike(invoice=other.invoice, by=likeness))
    return tuple(found)


def decide(command: RegisterInvoice, stands: VendorInvoices | None) -> Sequence[InvoiceRegistered]:
    if alike(stands, command) != command.seen:
        raise AnotherCameBetween(command.vendor)
    said = {name: getattr(command, name) for name in command.__struct_fields__ if name != "seen"}
    return [InvoiceRegistered(**said)]


vendor_invoices = Decider(decide=decide, evolve=evolve)


def register(vendor: VendorId) -> str:
    """The stream of a vendor's register."""
    return f"reg_{vendor}"
