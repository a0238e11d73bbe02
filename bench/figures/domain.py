"""A payment's first act, of the size that our events have: what the append figures store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from events.decider import Command, Decider, Event, Rejected, State
from events.envelope import Actor, Context
from events.money import Money
from events.registry import Registry
from events.values import Code, Digest, InvoiceId, PaymentId, PersonId, VendorId

HANA = PersonId("per_hana")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVIDENCE = Digest("5f" * 32)


class RequestPayment(Command, frozen=True):
    payment: PaymentId
    invoice: InvoiceId
    vendor: VendorId
    amount: Money
    evidence: Digest


class PaymentRequested(Event, frozen=True, tag="bench.payment_requested.v1"):
    payment: PaymentId
    invoice: InvoiceId
    vendor: VendorId
    amount: Money
    evidence: Digest


@dataclass(unsafe_hash=True)
class PaymentExists(Rejected):
    """There is such a payment already."""


class Payment(State, frozen=True):
    id: PaymentId
    amount: Money


def decide(command: RequestPayment, payment: Payment | None) -> Sequence[PaymentRequested]:
    if payment is not None:
        raise PaymentExists
    return [
        PaymentRequested(
            by=command.by,
            at=command.at,
            payment=command.payment,
            invoice=command.invoice,
            vendor=command.vendor,
            amount=command.amount,
            evidence=command.evidence,
        )
    ]


def evolve(payment: Payment | None, event: PaymentRequested) -> Payment:
    assert payment is None
    return Payment(id=event.payment, amount=event.amount)


payment = Decider(decide=decide, evolve=evolve)
registry = Registry.of("bench", [PaymentRequested])
context = Context(
    actor=Actor(id=HANA, role=Code("finance_officer"), organisation=Code("iom")),
    correlation="cor_01jd0000000000000000000000",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)


def request(payment: PaymentId) -> RequestPayment:
    return RequestPayment(
        by=HANA,
        at=NOON,
        payment=payment,
        invoice=InvoiceId("inv_01jd0000000000000000000000"),
        vendor=VendorId("ven_01jd0000000000000000000000"),
        amount=Money(2_423_500_500, "IQD"),
        evidence=EVIDENCE,
    )
