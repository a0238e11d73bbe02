"""Payments over HTTP: each act names the evidence that was on the page."""

from fastapi import Response
from msgspec.structs import replace

from disbursement.answers import PaymentAnswer, PaymentLine, PaymentPage
from disbursement.api.bank import stopping
from disbursement.api.officer import Around
from disbursement.api.reach import LETS_GO, Do, only_of, sight, without_whose
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.api.terms import counted_first, terms_of, to_be_paid
from disbursement.counting import counted, uncounted
from disbursement.domain.commitment import (
    Commitment,
    GoOnPaying,
    SubmitInvoice,
    commitment,
    open_invoice,
)
from disbursement.domain.commitment.refusals import NoSuchCommitment
from disbursement.domain.delegation import Authority
from disbursement.domain.item_ceiling import (
    DrawInstalments,
    GiveBackInstalments,
    item_ceiling,
)
from disbursement.domain.payment import (
    CancelPayment,
    HoldPayment,
    Payment,
    ReleasePaymentFromHold,
    RequestPayment,
    Stage,
    payment,
)
from disbursement.domain.payment.refusals import NoSuchPayment
from disbursement.domain.payment.waiting import from_the_first
from disbursement.domain.rolling import SecondApprovalNeeded
from disbursement.domain.vendor_invoices import AnotherCameBetween
from disbursement.standing import evidence, standing
from disbursement.suspicion import suspicion
from disbursement.views import following, holds, lists, lookups
from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, Page, Paging, View, Who
from events.ports import Claim
from events.roles import READERS, Role
from events.values import (
    BankFileId,
    CaseId,
    CommitmentId,
    Digest,
    InvoiceId,
    PaymentId,
    PersonId,
    VendorId,
)

DUTY = "payment_duty"
"""The claims' scope by which a person has one duty in a payment: the database refuses a second."""


class RequestPaymentBody(Body):
    commitment: CommitmentId
    invoice: InvoiceId


class EvidenceBody(Body):
    evidence: Digest
    """What you saw: `evidence` of the payment's page."""


def duty(payment_id: PaymentId, person: PersonId, *, also_signs: bool = False) -> tuple[Claim, ...]:
    """One person, one duty in one payment (D2, D3); in a small office who certified also signs."""
    return (Claim(DUTY, f"{payment_id}/{person}" + ("/signs" if also_signs else "")),)


@api.command(
    "/v1/payments",
    creates=PaymentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def request_payment(
    *, body: RequestPaymentBody, me: Who, now: Now, do: Do, load: Load, view: View, ids: NewIds
) -> Response:
    """Ask that a matched invoice be paid to the vendor's account.

    What was delivered is owed whatever becomes of the case; while that rests, has ended or is
    looked into, the payment is held from the first, as open ones are (S10).
    """
    of, _ = await load.state(commitment, body.commitment)
    if of is None:
        raise NoSuchCommitment
    await do.on(of)
    new = PaymentId(ids.new("pay"))
    try:
        return await _request(of, body.invoice, new, me=me, now=now, do=do, load=load, view=view)
    except (SecondApprovalNeeded, AnotherCameBetween):  # at the same instant: look again
        return await _request(of, body.invoice, new, me=me, now=now, do=do, load=load, view=view)


async def _request(
    of: Commitment,
    invoice_id: InvoiceId,
    new: PaymentId,
    *,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    invoice, payable = open_invoice(of, invoice_id)
    account = await lookups.vendor_account(view, of.vendor, payable.currency)
    suspected = await suspicion(of, invoice, by=me.id, at=now, load=load)
    requested = RequestPayment(
        by=me.id,
        at=now,
        payment=new,
        commitment=of.id,
        invoice=invoice.id,
        item=of.item,
        case=of.case,
        vendor=of.vendor,
        budget_line=of.budget_line,
        account=account,
        amount=payable,
        reserved=of.share_of(invoice),
        rate=of.rate,
        evidence=(await evidence(of, invoice, account, view)).digest,
        counsellors=tuple(sorted(of.counsellors | do.counsellors)),
        collectors=of.collectors,
        recorders=tuple(sorted({receipt.recorded_by for receipt in of.receipts})),
        waits=from_the_first(
            await lookups.halted(view, of.case),
            asked_by_intake=await holds.asked(view, of.case),
            suspected=suspected.is_open,
        ),
    )
    asked = to_be_paid(requested, invoice, of)
    terms, counting = await terms_of(asked, load=load, view=view)
    submitted = SubmitInvoice(
        by=me.id,
        at=now,
        invoice=invoice.id,
        payment=new,
        amount=payable,
        missing=await following.missing_to_pay(view, of.item),
    )
    reserved = requested.reserved
    drawn = DrawInstalments(
        by=me.id,
        at=now,
        item=of.item,
        payment=new,
        amount=reserved,
        released=await lookups.released(view, of.item, reserved.currency),
    )
    return await do(
        Act(payment, new, replace(requested, terms=terms), duty(new, me.id)),
        Act(commitment, of.id, submitted),
        Act(item_ceiling, of.item, drawn),
        *await counted_first(requested, load=load, view=view),
        *counting,
        *suspected.looks,
        answer=PaymentAnswer.of,
    )


async def _authorise(around: Around, authority: Authority, seen: Digest, do: Do) -> Response:
    """Certify, approve or sign: one duty of one person, under the delegation that it rests on."""
    command, state = await around.act(authority, seen), around.state
    also_signs = authority is Authority.SIGN and state.may_also_sign(command.by)
    claims = duty(state.id, command.by, also_signs=also_signs)
    return await do(
        Act(payment, state.id, command, claims),
        Act(
            commitment,
            state.commitment,
            GoOnPaying(by=command.by, at=command.at, invoice=state.invoice, payment=state.id),
        ),
        *counted(state, state.reserved, command.mandate, command.at),
        answer=PaymentAnswer.of,
        delegation=command.mandate.delegation if command.mandate else None,
    )


@api.command(
    "/v1/payments/{payment_id}/certify",
    answers=PaymentAnswer,
    allows={Role.CERTIFYING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def certify_payment(
    *,
    payment_id: PaymentId,
    body: EvidenceBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Certify that funds, purpose and eligibility are right for the evidence seen."""
    around = await Around(me, now, load, view).look(payment_id)
    return await _authorise(around, Authority.CERTIFY, body.evidence, do)


@api.command(
    "/v1/payments/{payment_id}/approve",
    answers=PaymentAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_payment(
    *,
    payment_id: PaymentId,
    body: EvidenceBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Approve a certified payment, on the evidence seen."""
    around = await Around(me, now, load, view).look(payment_id)
    return await _authorise(around, Authority.APPROVE, body.evidence, do)


@api.command(
    "/v1/payments/{payment_id}/sign",
    answers=PaymentAnswer,
    allows={Role.SIGNATORY},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def sign_payment(
    *,
    payment_id: PaymentId,
    body: EvidenceBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Sign an approved payment, on the evidence seen; the second signature releases it."""
    around = await Around(me, now, load, view).look(payment_id)
    return await _authorise(around, Authority.SIGN, body.evidence, do)


@api.command(
    "/v1/payments/{payment_id}/hold",
    answers=PaymentAnswer,
    allows={
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
    },
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def hold_payment(
    *, payment_id: PaymentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Stop a payment for a while: nobody signs it and it goes into no file; out of one that has not
    left it is taken.
    """
    state, _ = await load.state(payment, payment_id)
    file, stops = stopping(state, body.reason, me.id, now)
    held = HoldPayment(by=me.id, at=now, reason=body.reason, out_of=file)
    return await do(Act(payment, payment_id, held), *stops, answer=PaymentAnswer.of)


@api.command(
    "/v1/payments/{payment_id}/release-from-hold",
    answers=PaymentAnswer,
    allows=LETS_GO,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def release_payment_from_hold(
    *, payment_id: PaymentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let a held payment in which you have no part go on, once nothing stands that it waits for."""
    state, _ = await load.state(payment, payment_id)
    if state is None:
        raise NoSuchPayment
    looked = await standing(state, by=me.id, at=now, load=load, view=view)
    released = ReleasePaymentFromHold(
        by=me.id, at=now, reason=body.reason, standing=looked.standing
    )
    goes_on = GoOnPaying(by=me.id, at=now, invoice=state.invoice, payment=payment_id)
    return await do(
        Act(payment, payment_id, released),
        Act(commitment, state.commitment, goes_on),
        *looked.binds,
        answer=PaymentAnswer.of,
    )


@api.command(
    "/v1/payments/{payment_id}/cancel",
    answers=PaymentAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_payment(
    *, payment_id: PaymentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Give a payment up before the bank knows of it; its invoice is open again."""
    state, _ = await load.state(payment, payment_id)
    if state is None:
        raise NoSuchPayment
    file, stops = stopping(state, body.reason, me.id, now)
    cancelled = CancelPayment(by=me.id, at=now, reason=body.reason, out_of=file)
    given_back = GiveBackInstalments(by=me.id, at=now, item=state.item, payment=payment_id)
    return await do(
        Act(payment, payment_id, cancelled),
        Act(item_ceiling, state.item, given_back),
        *uncounted(state, me.id, now),
        *stops,
        answer=PaymentAnswer.of,
    )


@api.query(
    "/v1/payments/{payment_id}", answers=PaymentPage, allows=READERS, unknown={NoSuchPayment}
)
async def read_payment(
    payment_id: PaymentId, me: Who, now: Now, load: Load, view: View
) -> Response:
    """Read a payment with all its evidence, and what you may do about it."""
    around = await Around(me, now, load, view).look(payment_id)
    seen = await sight(around.state.case, me, now, view)
    beside = await around.page(seen)

    def page(state: Payment, version: int) -> PaymentPage:
        full = PaymentPage.page(state, version, beside)
        return full if seen.whose else without_whose(full)

    return await load(payment, payment_id, answer=page)


@api.query("/v1/payments", answers=Page[PaymentLine], allows=READERS)
async def list_payments(
    *,
    me: Who,
    now: Now,
    view: View,
    page: Paging,
    case: CaseId | None = None,
    vendor: VendorId | None = None,
    invoice: InvoiceId | None = None,
    stage: Stage | None = None,
    held: bool | None = None,
    overdue: bool | None = None,
    file: BankFileId | None = None,
) -> Page[PaymentLine]:
    """List the payments that you may see: of a case, vendor, invoice, bank file; held, overdue."""
    of = only_of(me)
    rows = await lists.payments(
        view,
        after=page.after,
        limit=page.limit + 1,
        seen_by=(me.id, of, now),
        case=case,
        vendor=vendor,
        invoice=invoice,
        stage=stage,
        held=held,
        overdue=overdue,
        file=file,
    )
    lines = [(row, PaymentLine.line(row, funding=of is None)) for row in rows]
    answers = [line if row.whose else without_whose(line) for row, line in lines]
    return page.of(answers, key=lambda answer: answer.payment)
