"""Payments over HTTP: each act names the evidence that was on the page."""

from typing import Any

from fastapi import Response

from disbursement.answers import (
    AccountTold,
    BudgetTold,
    CommitmentAnswer,
    PaymentAnswer,
    PaymentLine,
    PaymentPage,
    ScreeningTold,
    YourAct,
    rate_told,
)
from disbursement.api.reach import Do, Sight, only_of, sight, without_whose
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.domain.budget_line import budget_line
from disbursement.domain.commitment import (
    Commitment,
    Invoice,
    SubmitInvoice,
    commitment,
    must_be_payable,
    open_invoice,
)
from disbursement.domain.commitment.refusals import NoSuchCommitment
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.evidence import evidence_of
from disbursement.domain.grant import grant
from disbursement.domain.item_ceiling import (
    DrawInstalments,
    GiveBackInstalments,
    item_ceiling,
)
from disbursement.domain.payment import (
    ApprovePayment,
    CancelPayment,
    CertifyPayment,
    HoldPayment,
    Payment,
    ReleasePaymentFromHold,
    RequestPayment,
    SignPayment,
    Stage,
    VendorAccount,
    may_sign,
    payment,
)
from disbursement.domain.payment.refusals import NoSuchPayment
from disbursement.domain.screened import Search
from disbursement.views import conflicts, following, holds, lists, lookups, screened
from events.canonical import plain
from events.decider import Rejected
from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, Page, Paging, View, Who
from events.ports import Claim
from events.roles import READERS, Role
from events.values import CaseId, CommitmentId, Digest, InvoiceId, PaymentId, PersonId, VendorId

DUTY = "payment_duty"
"""The claims' scope by which a person has one duty in a payment: the database refuses a second."""
ROLES = {
    Authority.CERTIFY: Role.CERTIFYING_OFFICER,
    Authority.APPROVE: Role.APPROVING_OFFICER,
    Authority.SIGN: Role.SIGNATORY,
}


class RequestPaymentBody(Body):
    commitment: CommitmentId
    invoice: InvoiceId


class EvidenceBody(Body):
    evidence: Digest
    """What you saw: `evidence` of the payment's page."""


def duty(payment_id: PaymentId, person: PersonId) -> tuple[Claim, ...]:
    """One person, one duty in one payment (D2, D3)."""
    return (Claim(DUTY, f"{payment_id}/{person}"),)


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
    await do.about(of.case, of.vendor)
    invoice, payable = open_invoice(of, body.invoice)
    new = PaymentId(ids.new("pay"))
    account = await lookups.vendor_account(view, of.vendor, payable.currency)
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
        evidence=_stands(of, invoice, account),
        counsellors=tuple(sorted(of.counsellors)),
        collectors=of.collectors,
        recorders=tuple(sorted({receipt.recorded_by for receipt in of.receipts})),
        waits=await holds.waits(view, of.case),
    )
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
        Act(payment, new, requested, duty(new, me.id)),
        Act(commitment, of.id, submitted),
        Act(item_ceiling, of.item, drawn),
        answer=PaymentAnswer.of,
    )


def _stands(of: Commitment, invoice: Invoice, account: VendorAccount | None) -> Digest:
    """What the evidence comes to with the account that would be paid to now."""
    payable = account is not None and None not in (account.usable_from, account.approved_until)
    return evidence_of(of, invoice, account.account if account and payable else None).digest


class _Around:
    """A payment and what it rests on, as it stands now, for one person."""

    def __init__(self, me: Who, now: Now, load: Load, view: View) -> None:
        self.me, self.now, self._load, self._view = me, now, load, view
        self.state: Payment
        self.commitment: Commitment
        self.account: VendorAccount | None
        self.stands: Digest
        self.search: Search | None

    async def look(self, payment_id: PaymentId) -> "_Around":
        state, _ = await self._load.state(payment, payment_id)
        if state is None:
            raise NoSuchPayment
        of, _ = await self._load.state(commitment, state.commitment)
        assert of is not None, "the payment was requested on it"
        invoice = of.invoice(state.invoice)
        assert invoice is not None, "the payment was requested for it"
        self.state, self.commitment = state, of
        self.account = await lookups.vendor_account(self._view, state.vendor, state.amount.currency)
        self.stands = _stands(of, invoice, self.account)
        self.search = await screened.search(self._view, state.vendor, state.item)
        return self

    async def mandate(self, authority: Authority) -> Mandate | None:
        state = self.state
        used = await lookups.paid_lately(
            self._view, state.vendor, state.case, state.reserved.currency, self.now, but=state.id
        )
        return await lookups.mandate(self._view, self.me.id, authority, self.now, used)

    async def act(
        self, authority: Authority, seen: Digest
    ) -> CertifyPayment | ApprovePayment | SignPayment:
        """The command by which this person would certify, approve or sign on what they saw."""
        by, at, mandate = self.me.id, self.now, await self.mandate(authority)
        match authority:
            case Authority.CERTIFY:
                return CertifyPayment(
                    by=by, at=at, evidence=seen, stands=self.stands, mandate=mandate
                )
            case Authority.APPROVE:
                return ApprovePayment(
                    by=by, at=at, evidence=seen, stands=self.stands, mandate=mandate
                )
            case Authority.SIGN:
                return SignPayment(
                    by=by,
                    at=at,
                    evidence=seen,
                    stands=self.stands,
                    mandate=mandate,
                    account=self.account,
                    search=self.search,
                )

    async def yours(self) -> tuple[YourAct, ...]:
        """Each act that carries a payment to its release: may this person do it now?"""
        return tuple([await self._your(authority) for authority in Authority])

    async def _your(self, authority: Authority) -> YourAct:
        command = await self.act(authority, self.state.evidence)
        mandate = command.mandate
        held: dict[str, Any] = {
            "delegation": mandate.delegation if mandate else None,
            "limit": mandate.limit if mandate else None,
        }
        if ROLES[authority] not in self.me.roles:
            needs = f"This is for a {ROLES[authority].replace('_', ' ')}."
            return YourAct(act=authority, may=False, rule="RoleNeeded", because=needs, **held)
        state = self.state
        try:
            await conflicts.takes_part(
                self._view, self.me.id, vendors=(state.vendor,), cases=(state.case,)
            )
            may_sign(command, state)
        except Rejected as refusal:
            title = (type(refusal).__doc__ or "").partition("\n")[0]
            return YourAct(
                act=authority,
                may=False,
                rule=refusal.rule,
                because=title,
                facts=plain(refusal.facts()),
                **held,
            )
        return YourAct(act=authority, may=True, **held)

    async def page(self, seen: Sight) -> dict[str, Any]:
        """All that stands beside the payment on its page; as far as they see it."""
        state = self.state
        _, version = await self._load.state(commitment, state.commitment)
        planned = await lookups.planned_item(self._view, state.item)
        stands = CommitmentAnswer.of(self.commitment, version)
        return {
            "evidence_stands": self.stands,
            "screening": self._screening(),
            "ceiling": planned.ceiling if planned else None,
            "commitment_stands": stands if seen.whose else without_whose(stands),
            "account_stands": await self._account() if seen.funding else None,
            "budget": await self._budget() if seen.funding else None,
            "rate": rate_told(state.rate),
            "you": await self.yours(),
        }

    def _screening(self) -> ScreeningTold | None:
        if self.search is None:
            return None
        holds = self.search.is_newer_than(self.state.approved_at)
        return ScreeningTold(clear_at=self.search.clear_at, since_approval=holds)

    async def _account(self) -> AccountTold | None:
        account = await lists.account_facts(self._view, self.state.account)
        if account is None:
            return None
        return AccountTold(
            account=account.account,
            last4=account.last4,
            active=account.active,
            active_since=account.active_since,
        )

    async def _budget(self) -> BudgetTold:
        line, _ = await self._load.state(budget_line, self.state.budget_line)
        assert line is not None, "funds were reserved on it"
        of, _ = await self._load.state(grant, line.grant)
        assert of is not None, "the line was established under it"
        return BudgetTold(
            line=line.id,
            grant_reference=of.reference,
            category=line.category,
            ceiling=line.ceiling,
            reserved=line.reserved,
            spent=line.spent,
            available=line.available,
        )


async def _authorise(around: _Around, authority: Authority, seen: Digest, do: Do) -> Response:
    """Certify, approve or sign: one duty of one person, under the delegation that it rests on."""
    command, payment_id = await around.act(authority, seen), around.state.id
    return await do(
        Act(payment, payment_id, command, duty(payment_id, around.me.id)),
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
    around = await _Around(me, now, load, view).look(payment_id)
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
    around = await _Around(me, now, load, view).look(payment_id)
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
    around = await _Around(me, now, load, view).look(payment_id)
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
    payment_id: PaymentId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Stop a payment for a while: nobody signs it and it goes into no file."""
    held = HoldPayment(by=me.id, at=now, reason=body.reason)
    return await do(Act(payment, payment_id, held), answer=PaymentAnswer.of)


@api.command(
    "/v1/payments/{payment_id}/release-from-hold",
    answers=PaymentAnswer,
    allows={Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def release_payment_from_hold(
    *, payment_id: PaymentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Let a held payment go on, as long as what it rests on is not in dispute and still matches."""
    state, _ = await load.state(payment, payment_id)
    of, _ = await load.state(commitment, state.commitment) if state else (None, 0)
    if state is not None and of is not None and (invoice := of.invoice(state.invoice)):
        must_be_payable(of, invoice)
    released = ReleasePaymentFromHold(by=me.id, at=now, reason=body.reason)
    return await do(Act(payment, payment_id, released), answer=PaymentAnswer.of)


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
    cancelled = CancelPayment(by=me.id, at=now, reason=body.reason)
    given_back = GiveBackInstalments(by=me.id, at=now, item=state.item, payment=payment_id)
    return await do(
        Act(payment, payment_id, cancelled),
        Act(item_ceiling, state.item, given_back),
        answer=PaymentAnswer.of,
    )


@api.query(
    "/v1/payments/{payment_id}", answers=PaymentPage, allows=READERS, unknown={NoSuchPayment}
)
async def read_payment(
    payment_id: PaymentId, me: Who, now: Now, load: Load, view: View
) -> Response:
    """Read a payment with all its evidence, and what you may do about it."""
    around = await _Around(me, now, load, view).look(payment_id)
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
) -> Page[PaymentLine]:
    """List the payments that you may see: of a case, a vendor, an invoice, at a stage, held."""
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
    )
    lines = [(row, PaymentLine.line(row, funding=of is None)) for row in rows]
    answers = [line if row.whose else without_whose(line) for row, line in lines]
    return page.of(answers, key=lambda answer: answer.payment)
