"""What goes wrong with a vendor, an account or a case stops the payments not yet at the bank.

So does what is found of a payment, or of cash; an invoice that looks like another, and one that
another payment has settled. A commitment whose award was taken back, or in which somebody with a
conflict of interest had a part, goes no further.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from disbursement.counting import given_up
from disbursement.domain import registry
from disbursement.domain.bank_file import Fault, StopBankFile, bank_file
from disbursement.domain.cash import HoldCash, cash
from disbursement.domain.commitment import (
    CommitmentCancelled,
    InvoiceReceived,
    InvoiceSettled,
    StopCommitment,
    commitment,
)
from disbursement.domain.commitment.suspected import (
    DuplicateInvoiceCleared,
    DuplicateInvoiceSuspected,
    InvoiceRejected,
)
from disbursement.domain.heard import FindingNamedCash, FindingRaised, from_audit
from disbursement.domain.news import NewsHeard, What
from disbursement.domain.payment import (
    HoldIfOpen,
    LiftHold,
    PaymentHeld,
    Reason,
    payment,
)
from disbursement.domain.vendor_invoices import InvoiceRegistered
from disbursement.gateways import Gateways
from disbursement.views.findings import GRAVE
from disbursement.views.lookalikes import Like
from disbursement.views.open import OpenPayment
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, Code

HOLDS = frozenset(What) & frozenset(Reason)
"""The news that is a reason to wait: the two share the word."""
STOPS = frozenset({Code(What.AWARD_TAKEN_BACK), Code(What.CONFLICT_DECLARED)})
"""The news after which commitments go no further."""

Acts = Iterable[Act[Any, Any, Any]]


async def hold(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Hold the open payments to that vendor or account, or for that case; the one whose invoice a
    payment has settled that the bank had rejected; and what a grave finding is about.
    """
    event, now = fact.event, gateways.clock.now()
    match event:
        case NewsHeard(what=what) if what in HOLDS:
            found = await gateways.stoppable.payments(fact)
            held = HoldIfOpen(by=SYSTEM, at=now, reason=Code(what))
            return _hold(found, held)
        case InvoiceSettled(displaced=displaced) if displaced is not None:
            found = await gateways.stoppable.payment(displaced, fact.position)
            return _hold(
                found, HoldIfOpen(by=SYSTEM, at=now, reason=Reason.SETTLED_BY_ANOTHER.code)
            )
        case FindingRaised(severity=severity, payment=found) if severity == GRAVE and found:
            held = HoldIfOpen(by=SYSTEM, at=now, reason=Reason.FINDING.code)
            in_file = await gateways.stoppable.in_file(found)
            return [Act(payment, found, held), *_stop_files(in_file, held)]
        case FindingNamedCash(severity=severity, cash=named, finding=finding) if severity == GRAVE:
            return [Act(cash, named, HoldCash(by=SYSTEM, at=now, finding=finding))]
        case _:
            return []


def _hold(found: Sequence[OpenPayment], held: HoldIfOpen) -> Acts:
    return [*(Act(payment, each.payment, held) for each in found), *_stop_files(found, held)]


def _stop_files(found: Sequence[OpenPayment], held: HoldIfOpen) -> Acts:
    """As long as a file has not left its payments come out of it; these are then held."""
    files = dict.fromkeys(each.file for each in found if each.file is not None)
    for file in files:
        faults = tuple(
            Fault(payment=each.payment, reason=held.reason) for each in found if each.file == file
        )
        yield Act(bank_file, file, StopBankFile(by=SYSTEM, at=held.at, faults=faults))


async def stop(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Cancel what rests on an award that was taken back, or on somebody with a conflict.

    What is cancelled counts under no limit any more.
    """
    event, now = fact.event, gateways.clock.now()
    match event:
        case NewsHeard(what=what) if Code(what) in STOPS:
            stopped = StopCommitment(
                by=SYSTEM, at=now, reason=Code(what), ordered_too=what is What.AWARD_TAKEN_BACK
            )
            found = await gateways.stoppable.commitments(fact)
            return [Act(commitment, each.commitment, stopped) for each in found]
        case CommitmentCancelled(reason=reason, commitment=over) if reason in STOPS:
            of = await gateways.stoppable.commitment(over, fact.position)
            return given_up(over, of.vendor, of.case, SYSTEM, now)
        case _:
            return []


async def hold_alike(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Hold the open payments of invoices that a new one looks like, or is the same paper as.

    When a person has decided on it, or it was corrected, they wait for it no longer.
    """
    match fact.event:
        case DuplicateInvoiceSuspected(invoice=new, alike=alike):
            known = tuple(each.invoice for each in alike if each.invoice is not None)
            like = Like(new, known)
        case InvoiceRegistered(invoice=new, document=document):
            like = Like(new, document=document)
        case _:
            return await _no_longer_alike(fact, gateways)
    held = HoldIfOpen(by=SYSTEM, at=gateways.clock.now(), reason=Reason.LOOKS_ALIKE.code)
    found = await gateways.stoppable.alike(fact.position, like)
    return [Act(payment, each, held) for each in found]


async def _no_longer_alike(fact: Heard[Any], gateways: Gateways) -> Acts:
    match fact.event:
        case DuplicateInvoiceCleared() | InvoiceRejected():
            pass
        case InvoiceReceived(replaces=corrected) if corrected is not None:
            pass
        case PaymentHeld(reason=reason) if reason == Reason.LOOKS_ALIKE.code:
            pass  # it was decided on in the moment in which the payment was requested
        case _:
            return []
    lifted = LiftHold(by=SYSTEM, at=gateways.clock.now(), reason=Reason.LOOKS_ALIKE.code)
    found = await gateways.stoppable.no_longer_alike(fact.position)
    return [Act(payment, each, lifted) for each in found]


effects = (
    Effect("hold_open_payments", {"disbursement": registry, "audit": from_audit}, hold),
    Effect("stop_commitments", {"disbursement": registry}, stop),
    Effect("hold_what_looks_alike", {"disbursement": registry}, hold_alike),
)
