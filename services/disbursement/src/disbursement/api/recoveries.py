"""Recoveries over HTTP: what vendors owe back, what came of it, what is given up."""

from datetime import date
from typing import Any

from fastapi import Response
from msgspec.structs import replace

from disbursement.api.limits import mandate_for
from disbursement.api.reach import ANSWER_FOR_MONEY, Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.counting import Approved
from disbursement.domain.bank_answer import BankAnswerId, ResolveBankLine, bank_answer
from disbursement.domain.commitment import (
    ClaimAdvance,
    DropClaim,
    claimed,
    commitment,
)
from disbursement.domain.cumulative import Kind
from disbursement.domain.delegation import Mandate
from disbursement.domain.payment import Payment, payment
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment.refusals import NoSuchPayment
from disbursement.domain.recovery import (
    PAID_TWICE,
    ApproveRecovery,
    InitiateRecovery,
    ReceiveRecovery,
    Recovery,
    RecoveryCommand,
    RecoveryId,
    RejectRecovery,
    Stage,
    WithdrawRecovery,
    recovery,
    recovery_of,
    refunding,
)
from disbursement.domain.recovery.refusals import NoSuchRecovery
from disbursement.views import recoveries
from events.handler import Act
from events.io.http import Answer, Body, Load, Now, Page, Paging, View, Who
from events.money import Money
from events.roles import Role
from events.values import Code, CommitmentId, PaymentId, PersonId, VendorId

OVER = (
    Stage.WRITTEN_OFF,
    Stage.REVERSAL_PROPOSED,
    Stage.REJECTED,
    Stage.STOPPED,
    Stage.WITHDRAWN,
    *refunding.WAITS,
    Stage.REFUNDED,
)
"""Nothing is owed by the vendor any more."""


class InitiateRecoveryBody(Body):
    payment: PaymentId
    amount: Money
    reason: Code


class ReceivedBody(Body):
    answer: BankAnswerId
    """The bank's answer, and the line of it, on which the money came."""
    line: int


class RefundAct(Answer):
    act: Paying
    person: PersonId


class RecoveryAnswer(Answer):
    recovery: RecoveryId
    payment: PaymentId
    vendor: VendorId
    commitment: CommitmentId
    amount: Money
    functional_amount: Money
    """In the grant's currency."""
    received: Money
    owed: Money
    reason: Code
    stage: Stage
    refund: Money | None
    """What the vendor had paid back, and is theirs: the bank returned the payment as well."""
    refund_acts: tuple[RefundAct, ...]
    """Who approved and signed that it goes back."""
    refund_due: date | None
    """The last day on which it is to be with the vendor; None: nobody has approved it."""
    earlier: Money
    """What came of the payment, or was given up, by recoveries before this one."""
    version: int

    @classmethod
    def of(cls, state: Recovery, version: int) -> "RecoveryAnswer":
        return cls(
            recovery=state.id,
            payment=state.payment,
            vendor=state.vendor,
            commitment=state.commitment,
            amount=state.amount,
            functional_amount=state.functional_amount,
            received=state.received,
            owed=Money.zero(state.amount.currency) if state.stage in OVER else state.owed,
            reason=state.reason,
            stage=state.stage,
            refund=state.came if state.stage in refunding.WAITS else None,
            refund_acts=tuple(RefundAct(act=act, person=who) for act, who in state.refund_acts),
            refund_due=state.refund_terms.due if state.refund_terms else None,
            earlier=state.earlier_gone,
            version=version,
        )


@api.command(
    "/v1/recoveries",
    creates=RecoveryAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def initiate_recovery(
    body: InitiateRecoveryBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Ask that money of an executed payment be claimed back from the vendor."""
    state, _ = await load.state(payment, body.payment)
    if state is None:
        raise NoSuchPayment
    await do.on(state)
    of, _ = await load.state(commitment, state.commitment)
    asked = InitiateRecovery(
        by=me.id,
        at=now,
        payment=state,
        amount=body.amount,
        reason=body.reason,
        took=of.took(state.id, state.reserved) if of else None,
        kept=await _kept(state, load),
    )
    claim = ClaimAdvance(by=me.id, at=now, payment=state.id, amount=body.amount)
    return await do(
        Act(recovery, recovery_of(state.id), asked),
        Act(commitment, state.commitment, claim),
        answer=RecoveryAnswer.of,
    )


@api.command(
    "/v1/recoveries/{recovery_id}/approve",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_recovery(
    *, recovery_id: RecoveryId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve that the vendor owes it back."""
    counts = await counts_of(recovery_id, Kind.OWED_BACK, load)
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    state = await known(recovery_id, load)
    of = await paid(state, do, load)
    kept = await _kept(of, load)
    approved = ApproveRecovery(by=me.id, at=now, mandate=mandate, of=of, kept=kept)
    claim = ClaimAdvance(by=me.id, at=now, payment=state.payment, amount=state.amount)
    return await does(
        do,
        recovery_id,
        approved,
        Act(commitment, state.commitment, claim),
        *counts.counted(mandate, now),
        under=mandate,
    )


@api.command(
    "/v1/recoveries/{recovery_id}/reject",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_recovery(
    *, recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Say that the vendor does not owe it."""
    state = await known(recovery_id, load)
    dropped = DropClaim(by=me.id, at=now, payment=state.payment)
    rejected = RejectRecovery(by=me.id, at=now, reason=body.reason)
    return await does(do, recovery_id, rejected, Act(commitment, state.commitment, dropped))


@api.command(
    "/v1/recoveries/{recovery_id}/withdraw",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_recovery(
    *, recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Let an advance stand that was claimed back: the vendor delivers for it, and pays nothing. Or
    take back, before anything of it came, what was approved by mistake.
    """
    state = await known(recovery_id, load)
    on, _ = await load.state(commitment, state.commitment)
    advance = claimed.advance_of(on, state.payment) if on else None
    of_advance = advance is not None and claimed.of(advance) == state.owed
    nothing_came = not state.received and state.reason != PAID_TWICE
    mistake = nothing_came and not of_advance
    all_of = None if mistake else state.owed
    dropped = DropClaim(by=me.id, at=now, payment=state.payment, all_of=all_of)
    of = await paid(state, do, load)
    withdrawn = WithdrawRecovery(by=me.id, at=now, of=of, reason=body.reason, by_mistake=mistake)
    return await does(do, recovery_id, withdrawn, Act(commitment, state.commitment, dropped))


@api.command(
    "/v1/recoveries/{recovery_id}/receive",
    answers=RecoveryAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def receive_recovery(
    *,
    recovery_id: RecoveryId,
    body: ReceivedBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Name the open line of the statement on which money of it came: it has come, and that line is
    dealt with, when another person says the same.
    """
    state = await known(recovery_id, load)
    said_on, _ = await load.state(bank_answer, body.answer)
    said = said_on.said_of(body.line) if said_on else None
    agrees = said is not None and said.outcome == Code(recovery_id)
    credit = await recoveries.credit(view, body.answer, body.line)
    into, worth = state.functional_amount.currency, None
    if credit is not None:
        worth = await recoveries.worth(view, credit, state.budget_line, into, now.date())
    came = ReceiveRecovery(
        by=me.id,
        at=now,
        answer=body.answer,
        line=body.line,
        amount=credit.amount if credit else None,
        in_grants_currency=worth,
        agreed=agrees,
    )
    dealt_with = ResolveBankLine(
        by=me.id, at=now, line=body.line, outcome=Code(recovery_id), agrees=agrees
    )
    return await do(
        Act(recovery, recovery_id, came),
        Act(bank_answer, body.answer, dealt_with),
        answer=RecoveryAnswer.of,
    )


async def _kept(of: Payment, load: Load) -> Money:
    """Of payments of its invoice that the bank sent back: what the vendor had paid back itself."""
    on, _ = await load.state(commitment, of.commitment)
    kept = Money.zero(of.amount.currency)
    for before in claimed.paid_in_place_of(on, of.id) if on else ():
        state, _ = await load.state(recovery, recovery_of(before))
        if state is not None and state.came is not None:
            kept += state.came
    return kept


async def known(recovery_id: RecoveryId, load: Load) -> Recovery:
    state, _ = await load.state(recovery, recovery_id)
    if state is None:
        raise NoSuchRecovery
    return state


async def paid(owed: Recovery, do: Do, load: Load) -> Payment:
    """The payment of which it is owed back, with whoever counsels its case, or did (D7)."""
    of, _ = await load.state(payment, owed.payment)
    assert of is not None, "it is owed back of it"
    return replace(of, named=of.counsellors | do.counsellors)


async def does(
    do: Do,
    recovery_id: RecoveryId,
    command: RecoveryCommand,
    *others: Act[Any, Any, Any],
    under: Mandate | None = None,
) -> Response:
    return await do(
        Act(recovery, recovery_id, command),
        *others,
        answer=RecoveryAnswer.of,
        delegation=under.delegation if under else None,
    )


async def counts_of(recovery_id: RecoveryId, kind: Kind, load: Load) -> Approved:
    """All of it; of what is given up, what did not come."""
    state, _ = await load.state(recovery, recovery_id)
    of, _ = await load.state(payment, state.payment) if state else (None, 0)
    if state is None or of is None:
        raise NoSuchRecovery
    amount = state.functional_amount
    if kind is Kind.WRITTEN_OFF:
        amount = state.share(amount, state.owed)
    which = f"{state.id}.{len(state.earlier) + 1}" if state.earlier else state.id
    return Approved(kind=kind, vendor=state.vendor, case=of.case, of=which, amount=amount)


@api.query("/v1/recoveries/{recovery_id}", answers=RecoveryAnswer, allows=ANSWER_FOR_MONEY)
async def read_recovery(recovery_id: RecoveryId, load: Load) -> Response:
    """Read what is owed back of a payment."""
    return await load(recovery, recovery_id, answer=RecoveryAnswer.of)


@api.query("/v1/recoveries", answers=Page[RecoveryAnswer], allows=ANSWER_FOR_MONEY)
async def list_recoveries(
    *,
    view: View,
    page: Paging,
    stage: Stage | None = None,
    vendor: VendorId | None = None,
    refund: bool = False,
) -> Page[RecoveryAnswer]:
    """List recoveries by id: at a stage, of a vendor; `refund`: where we owe the vendor."""
    stages = refunding.WAITS if refund else tuple(Stage)
    rows = await recoveries.recoveries(
        view,
        after=page.after,
        limit=page.limit + 1,
        stages=[each for each in stages if stage in (None, each)],
        vendor=vendor,
    )
    answers = [RecoveryAnswer.of(row.state, row.version) for row in rows]
    return page.of(answers, key=lambda answer: answer.recovery)
