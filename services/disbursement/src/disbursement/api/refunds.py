"""Refunds over HTTP: what vendors had paid back of a payment that the bank returned as well.

Money to a vendor, by the rules of payments: approved by two where a payment of that amount is, then
signed by two, stopped by what stops a payment.
"""

from typing import Any

import msgspec
from fastapi import Response

from disbursement.api.limits import mandate_for
from disbursement.api.payments import duty
from disbursement.api.reach import Do
from disbursement.api.recoveries import ReceivedBody, RecoveryAnswer, known, paid
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.api.terms import Asked, Counting, terms_of
from disbursement.counting import Approved
from disbursement.domain.bank_answer import ResolveBankLine, bank_answer
from disbursement.domain.commitment import RefundBeside, commitment
from disbursement.domain.cumulative import Kind
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.payment import MayStop, Payment, Terms
from disbursement.domain.recovery import (
    ApproveRefund,
    PayRefund,
    Recovery,
    RecoveryCommand,
    RecoveryId,
    SignRefund,
    Stage,
    recovery,
)
from disbursement.domain.rolling import SecondApprovalNeeded
from disbursement.standing import may_stop_refund
from disbursement.views import recoveries, screened
from events.handler import Act
from events.io.http import Load, Now, View, Who
from events.roles import Role
from events.values import Code, PaymentId

REFUNDED = Code("refund_paid")
"""What became of the bank's line."""


class _Looked(msgspec.Struct, frozen=True):
    """A refund and what it rests on, as it stands now."""

    owed: Recovery
    of: Payment
    stops: MayStop

    @property
    def counts(self) -> Approved:
        """With what is paid to the vendor in the case."""
        owed, case = self.owed, self.of.case
        return Approved(
            kind=Kind.PAID,
            vendor=owed.vendor,
            case=case,
            of=owed.id,
            amount=owed.came_to,
            commitment=owed.commitment,
        )


async def _look(recovery_id: RecoveryId, do: Do, load: Load, view: View) -> _Looked:
    owed = await known(recovery_id, load)
    of = await paid(owed, do, load)
    stops = await may_stop_refund(of, owed, load=load, view=view)
    if stops.account is not None:
        do.rests_on(stops.account.account)
    return _Looked(owed, of, stops)


@api.command(
    "/v1/recoveries/{recovery_id}/approve-refund",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_refund(
    *, recovery_id: RecoveryId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve that the vendor gets back what it had paid back of a payment that was returned; where
    that is much, as the first of two or as the second.

    It counts with what is paid to the vendor and for the case, and is stopped by what stops that.
    """
    looked = await _look(recovery_id, do, load, view)
    try:
        return await _approve(looked, me=me, now=now, do=do, load=load, view=view)
    except SecondApprovalNeeded:  # at the same instant: look again
        return await _approve(looked, me=me, now=now, do=do, load=load, view=view)


async def _approve(
    looked: _Looked, *, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    owed = looked.owed
    terms: Terms | None = None
    counting: Counting = ()
    if owed.stage is Stage.REFUND_OWED:
        asked = Asked(
            by=me.id,
            at=now,
            of=owed.id,
            item=owed.item,
            case=looked.of.case,
            vendor=owed.vendor,
            budget_line=owed.budget_line,
            reserved=owed.came_to,
            owed_from=owed.refund_owed_on or now.date(),
        )
        terms, counting = await terms_of(asked, load=load, view=view)
    mandate = await mandate_for(looked.counts, me=me, now=now, load=load, view=view)
    approved = ApproveRefund(
        by=me.id, at=now, of=looked.of, stops=looked.stops, mandate=mandate, terms=terms
    )
    return await _authorised(do, looked, approved, mandate, *counting)


@api.command(
    "/v1/recoveries/{recovery_id}/sign-refund",
    answers=RecoveryAnswer,
    allows={Role.SIGNATORY},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def sign_refund(
    *, recovery_id: RecoveryId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Sign an approved refund; the second signature lets it go to the vendor."""
    looked = await _look(recovery_id, do, load, view)
    mandate = await mandate_for(
        looked.counts, me=me, now=now, load=load, view=view, authority=Authority.SIGN
    )
    signed = SignRefund(
        by=me.id,
        at=now,
        of=looked.of,
        stops=looked.stops,
        mandate=mandate,
        search=await screened.search(view, looked.owed.vendor, looked.owed.item),
    )
    return await _authorised(do, looked, signed, mandate)


async def _authorised(
    do: Do,
    looked: _Looked,
    command: ApproveRefund | SignRefund,
    mandate: Mandate | None,
    *counting: Act[Any, Any, Any],
) -> Response:
    """One duty of one person, under the delegation that it rests on."""
    of = looked.owed.id
    return await do(
        Act(recovery, of, command, duty(PaymentId(of), command.by)),
        _beside(looked, command),
        *looked.counts.counted(mandate, command.at),
        *counting,
        answer=RecoveryAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )


@api.command(
    "/v1/recoveries/{recovery_id}/refund",
    answers=RecoveryAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def pay_refund(
    *,
    recovery_id: RecoveryId,
    body: ReceivedBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Name the open line of the statement on which it went out; that line is dealt with."""
    looked = await _look(recovery_id, do, load, view)
    owed = looked.owed
    into, worth = owed.functional_amount.currency, None
    debit = await recoveries.debit(view, body.answer, body.line)
    if debit is not None:
        worth = await recoveries.worth(view, debit, owed.budget_line, into, now.date())
    paid = PayRefund(
        by=me.id,
        at=now,
        of=looked.of,
        stops=looked.stops,
        search=await screened.search(view, owed.vendor, owed.item),
        answer=body.answer,
        line=body.line,
        amount=debit.amount if debit else None,
        in_grants_currency=worth,
    )
    dealt_with = ResolveBankLine(by=me.id, at=now, line=body.line, outcome=REFUNDED, borne_out=True)
    return await do(
        Act(recovery, recovery_id, paid),
        _beside(looked, paid),
        Act(bank_answer, body.answer, dealt_with),
        answer=RecoveryAnswer.of,
    )


def _beside(looked: _Looked, command: RecoveryCommand) -> Act[Any, Any, Any]:
    """The order says whether it goes with its invoice."""
    of = looked.of
    beside = RefundBeside(by=command.by, at=command.at, invoice=of.invoice, payment=of.id)
    return Act(commitment, of.commitment, beside)
