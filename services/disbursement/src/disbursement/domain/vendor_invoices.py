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


class LookAround(Command, frozen=True):
    """One of them is to be paid, or goes on: nothing that looks like it came meanwhile."""

    vendor: VendorId
    invoice: InvoiceId
    seen: tuple[InvoiceId, ...]
    """Those that look like it, as they were when the command was made."""


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
    commitment: CommitmentId
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
        invoice=event.invoice,
        commitment=event.commitment,
        blurred=blurred(event.number),
        date=event.date,
        amount=event.amount,
        document=event.document,
    )
    return replace(stands or VendorInvoices(), entries=(*others, entry))


def alike(stands: VendorInvoices | None, invoice: RegisterInvoice) -> tuple[Alike, ...]:
    """The vendor's other invoices that this one looks like, each with what is alike."""
    new = Registered(
        invoice=invoice.invoice,
        commitment=invoice.commitment,
        blurred=blurred(invoice.number),
        date=invoice.date,
        amount=invoice.amount,
        document=invoice.document,
    )
    found = []
    for other in stands.entries if stands else ():
        if other.invoice in (invoice.replaces, invoice.invoice):
            continue
        if likeness := _likeness(new, other):
            found.append(Alike(invoice=other.invoice, by=likeness))
    return tuple(found)


def _likeness(one: Registered, other: Registered) -> tuple[Likeness, ...]:
    near = one.amount == other.amount and abs(one.date - other.date) <= NEAR
    by = (
        (Likeness.NUMBER, one.blurred == other.blurred),
        (Likeness.DOCUMENT, one.document == other.document),
        (Likeness.AMOUNT, near),
    )
    return tuple(likeness for likeness, holds in by if holds)


def around(stands: VendorInvoices | None, invoice: InvoiceId) -> tuple[Registered, ...]:
    """The vendor's other invoices that look like that one, whichever came first."""
    entries = stands.entries if stands else ()
    own = next((each for each in entries if each.invoice == invoice), None)
    if own is None:
        return ()
    return tuple(each for each in entries if each is not own and _likeness(own, each))


def decide(
    command: RegisterInvoice | LookAround, stands: VendorInvoices | None
) -> Sequence[InvoiceRegistered]:
    if isinstance(command, LookAround):
        if tuple(each.invoice for each in around(stands, command.invoice)) != command.seen:
            raise AnotherCameBetween(command.vendor)
        return []
    if alike(stands, command) != command.seen:
        raise AnotherCameBetween(command.vendor)
    said = {name: getattr(command, name) for name in command.__struct_fields__ if name != "seen"}
    return [InvoiceRegistered(**said)]


vendor_invoices = Decider(decide=decide, evolve=evolve)


def register(vendor: VendorId) -> str:
    """The stream of a vendor's register."""
    return f"reg_{vendor}"
