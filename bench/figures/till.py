"""A payment requested over HTTP, as a service does it: what `http_vs_bare` measures."""

from fastapi import Response

from bench.figures.domain import Payment, RequestPayment, payment
from events.handler import Act
from events.io.http import Answer, Api, Body, Do, NewIds, Now, Who
from events.money import Money
from events.roles import Role
from events.values import Digest, InvoiceId, PaymentId, VendorId

api = Api("bench")


class RequestPaymentBody(Body):
    invoice: InvoiceId
    vendor: VendorId
    amount: Money
    evidence: Digest


class PaymentAnswer(Answer):
    payment: PaymentId
    amount: Money
    version: int

    @classmethod
    def of(cls, state: Payment, version: int) -> "PaymentAnswer":
        return cls(payment=state.id, amount=state.amount, version=version)


@api.command("/v1/payments", creates=PaymentAnswer, allows={Role.FINANCE_OFFICER})
async def request_payment(
    body: RequestPaymentBody, me: Who, now: Now, do: Do, ids: NewIds
) -> Response:
    """Request a payment."""
    made = PaymentId(ids.new("pay"))
    request = RequestPayment(
        by=me.id,
        at=now,
        payment=made,
        invoice=body.invoice,
        vendor=body.vendor,
        amount=body.amount,
        evidence=body.evidence,
    )
    return await do(Act(payment, made, request), answer=PaymentAnswer.of)
