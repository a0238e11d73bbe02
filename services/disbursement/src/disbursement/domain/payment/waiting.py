"""What a payment waits for, when each reason is over, and who says that it need not wait longer.

Whatever holds a payment is a `Reason` here, or a word that a person chose. `RULES` says of each
what keeps it up. A held payment is not let go while any of them stands, whichever it is held for;
nor is one put in a file, which is the last instant at which it can be stopped: the news that will
hold it may still be on its way.

What stops any money to a vendor stops a refund too, which is never held and asks when it is acted
on (`must_not_be_stopped`); what stops any money for a case stops cash (`may_be_given`).

It is let go by somebody without a part in it. By itself it goes on (`LiftHold`) only where a person
has decided just that elsewhere: on a finding, a conflict of interest, or an invoice that looked
like its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from disbursement.domain.commitment.checks import must_be_payable, must_be_under
from disbursement.domain.commitment.invoices import Invoice
from disbursement.domain.commitment.judging import InvoiceSuspected
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.payment import refusals as no
from disbursement.domain.payment.account import VendorAccount, usable
from disbursement.domain.payment.refusals import Stage
from disbursement.domain.payment.state import Payment
from events.decider import Rejected
from events.money import Money
from events.values import AccountId, Code, ConflictId, FindingId, PersonId, VendorId


class Reason(StrEnum):
    """Why a payment waits. What other services told has the word of the news (`news.What`)."""

    SETTLED_BY_ANOTHER = "invoice_settled_by_another_payment"
    CASE_SUSPENDED = "case_suspended"
    CASE_CLOSED = "case_closed"
    ASKED_BY_INTAKE = "asked_by_intake"
    VENDOR_SUSPENDED = "vendor_suspended"
    VENDOR_DEBARRED = "vendor_debarred"
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_REPLACED = "account_replaced"
    ACCOUNT_CHANGE_PROPOSED = "account_change_proposed"
    CONFLICT_DECLARED = "conflict_declared"
    DELIVERY_DISPUTED = "delivery_disputed"
    LOOKS_ALIKE = "another_invoice_looks_like_it"
    FINDING = "finding"
    NOT_CLEAR_ON_LISTS = "not_clear_on_lists_in_force"
    """The vendor, as its file was written."""
    EARLIER_UNKNOWN = "earlier_payment_unknown"
    """What was asked of a provider for the same invoice is not known to have come to nothing."""
    PAYEE_ERASED = "payee_erased"
    NO_BANK_TAKES_IT = "no_bank_takes_it"
    NO_PROVIDER = "no_provider"

    @property
    def code(self) -> Code:
        """As events tell it."""
        return Code(self.value)


class Found(msgspec.Struct, frozen=True):
    """A grave finding about it."""

    finding: FindingId
    outcome: Code | None = None
    """What a person said that it was, if not that it was in order; None: nobody has reviewed it."""


class AboutCase(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands, at this instant, with all that may stop any money for a case."""

    case_halted: Code | None = None
    """The case rests (suspended) or has ended (closed)."""
    asked_by_intake: bool = False
    conflict: ConflictId | None = None
    """Somebody who had a part in it has a conflict of interest with the case, or the vendor."""


class MayStop(AboutCase, frozen=True, kw_only=True):
    """The same with all that may stop any money to a vendor."""

    account: VendorAccount | None
    """The one that it is to be paid to."""
    account_to_be: AccountId | None = None
    """Proposed in the place of that one, and neither active nor given up."""
    found: Found | None = None


class Standing(MayStop, frozen=True, kw_only=True):
    """The same with all that a payment may wait for."""

    commitment: Commitment
    suspected: bool = False
    """A later invoice looks like its own, and nobody has decided on it."""


SUSPENDED, CLOSED = Code("suspended"), Code("closed")
"""What halts a case."""


def from_the_first(
    case_halted: Code | None, *, asked_by_intake: bool, suspected: bool
) -> Code | None:
    """Why a payment that is requested now waits at once; what was delivered is owed anyway."""
    if case_halted is not None:
        closed = case_halted == CLOSED
        return (Reason.CASE_CLOSED if closed else Reason.CASE_SUSPENDED).code
    if asked_by_intake:
        return Reason.ASKED_BY_INTAKE.code
    return Reason.LOOKS_ALIKE.code if suspected else None


class ToVendor(Protocol):
    """What goes to a vendor: a payment, or a refund."""

    @property
    def vendor(self) -> VendorId: ...

    @property
    def amount(self) -> Money: ...


# What keeps each reason up

Rule = Callable[[Payment, Standing, datetime], None]
"""Refuses, by name, while the reason stands."""


def _invoice(payment: Payment, stands: Standing) -> Invoice:
    invoice = stands.commitment.invoice(payment.invoice)
    assert invoice is not None, "the payment was requested for it"
    return invoice


def _invoice_is_its_own(payment: Payment, stands: Standing, _: datetime) -> None:
    """For ever: what another payment settled is not paid again."""
    must_be_under(_invoice(payment, stands), payment.id)


def _case_goes_on(_: object, stands: AboutCase, __: datetime) -> None:
    """Until it is resumed (S10)."""
    if stands.case_halted == SUSPENDED:
        raise no.CaseStillHalted(SUSPENDED)


def _end_was_looked_at(payment: Payment, stands: Standing, _: datetime) -> None:
    """A case that has ended may stay so, and what was delivered is owed: a person says that."""
    seen = Reason.CASE_CLOSED.code in (*payment.holds, *payment.let_go)
    if stands.case_halted == CLOSED and not seen:
        raise no.CaseStillHalted(CLOSED)


def _intake_has_looked(_: object, stands: AboutCase, __: datetime) -> None:
    if stands.asked_by_intake:
        raise no.StillAskedByIntake


def _vendor_is_payable(to: ToVendor, stands: MayStop, at: datetime) -> None:
    """Until it is reinstated; an account that is frozen or replaced never is payable again."""
    usable(stands.account, to.vendor, to.amount.currency, at)


def _account_is_its_own(payment: Payment, stands: Standing, _: datetime) -> None:
    account = stands.account
    if account is not None and account.account != payment.account:
        raise no.AccountOfAnother(account.account, account.vendor, account.currency)


def _account_stays(_: ToVendor, stands: MayStop, __: datetime) -> None:
    """Until the other account was not confirmed, or frozen."""
    if stands.account is not None and stands.account_to_be is not None:
        raise no.AccountChangePending(stands.account.account, stands.account_to_be)


def _nobody_is_too_near(_: object, stands: AboutCase, __: datetime) -> None:
    """Until another person has cleared it (D6)."""
    if stands.conflict is not None:
        raise no.ConflictStillDeclared(stands.conflict)


def _invoice_is_payable(payment: Payment, stands: Standing, _: datetime) -> None:
    """Until the dispute is settled; then if the invoice still matches what arrived."""
    must_be_payable(stands.commitment, _invoice(payment, stands))


def _nothing_looks_like_it(payment: Payment, stands: Standing, _: datetime) -> None:
    if stands.suspected:
        raise InvoiceSuspected(payment.invoice)


def _finding_was_reviewed(_: ToVendor, stands: MayStop, __: datetime) -> None:
    must_be_reviewed(stands.found)


def must_be_reviewed(found: Found | None) -> None:
    """Never again, where a rule was broken or fraud is suspected: then it is given up."""
    if found is None:
        return
    if found.outcome is None:
        raise no.FindingNotReviewed(found.finding)
    raise no.FoundIrregular(found.finding, found.outcome)


def _as_a_person_says(_: Payment, __: Standing, ___: datetime) -> None:
    """The next file tells whether it was mended: where not, the payment is held again."""


RULES: Mapping[Reason, Rule] = {
    Reason.SETTLED_BY_ANOTHER: _invoice_is_its_own,
    Reason.CASE_SUSPENDED: _case_goes_on,
    Reason.CASE_CLOSED: _end_was_looked_at,
    Reason.ASKED_BY_INTAKE: _intake_has_looked,
    Reason.VENDOR_SUSPENDED: _vendor_is_payable,
    Reason.VENDOR_DEBARRED: _vendor_is_payable,
    Reason.ACCOUNT_FROZEN: _vendor_is_payable,
    Reason.ACCOUNT_REPLACED: _account_is_its_own,
    Reason.ACCOUNT_CHANGE_PROPOSED: _account_stays,
    Reason.CONFLICT_DECLARED: _nobody_is_too_near,
    Reason.DELIVERY_DISPUTED: _invoice_is_payable,
    Reason.LOOKS_ALIKE: _nothing_looks_like_it,
    Reason.FINDING: _finding_was_reviewed,
    Reason.NOT_CLEAR_ON_LISTS: _as_a_person_says,
    Reason.EARLIER_UNKNOWN: _as_a_person_says,
    Reason.PAYEE_ERASED: _as_a_person_says,
    Reason.NO_BANK_TAKES_IT: _as_a_person_says,
    Reason.NO_PROVIDER: _as_a_person_says,
}


def must_not_wait(payment: Payment, stands: Standing, at: datetime) -> None:
    """Nothing for which a payment waits stands now."""
    for rule in dict.fromkeys(RULES.values()):
        rule(payment, stands, at)


def waits_for(payment: Payment, stands: Standing, at: datetime) -> Reason | None:
    """What it would be held for; None: nothing, or what passes without a person, as an approval of
    the vendor that is renewed.
    """
    for reason, rule in RULES.items():
        try:
            rule(payment, stands, at)
        except no.AccountNotUsable:
            return Reason.ACCOUNT_FROZEN
        except no.VendorNotPayable as lapsed:
            return None if lapsed.until else Reason.VENDOR_SUSPENDED
        except Rejected:
            return reason
    return None


STOP_ANY = (_case_goes_on, _intake_has_looked, _nobody_is_too_near)
"""Those of them that are about the case or people."""
STOP_A_VENDORS = (_vendor_is_payable, _account_stays, _finding_was_reviewed)
"""Those that are about the vendor and what was found, and not about one invoice."""


def may_be_given(stands: AboutCase, at: datetime) -> None:
    """Nothing stands now that stops any money for the case. That it has ended does not: what is
    owed is owed, and a person looks at it in any case.
    """
    for rule in STOP_ANY:
        rule(None, stands, at)


def must_not_be_stopped(to: ToVendor, stands: MayStop, at: datetime) -> None:
    """Nor anything that stops any money to a vendor."""
    may_be_given(stands, at)
    for rule in STOP_A_VENDORS:
        rule(to, stands, at)


def may_let_go(person: PersonId, payment: Payment) -> None:
    """Somebody who neither acted on it nor is the counsellor of the case."""
    has_no_part(person, payment.acts, payment.counsellors)


def has_no_part(
    person: PersonId, acts: Sequence[tuple[Stage, PersonId]], counsellors: Collection[PersonId]
) -> None:
    """Each act by another person, and none by a counsellor of the case (D2, D3, D7)."""
    for stage, acted in acts:
        if acted == person:
            raise no.ActedAlready(person, stage)
    if person in counsellors:
        raise no.CounsellorNeverActs(person)
