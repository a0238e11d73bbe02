"""Matters: what is still open about a case, here and in the other services."""

import msgspec

from events.values import CashId, CommitmentId, InvoiceId, PlanId


class Matters(msgspec.Struct, frozen=True, kw_only=True):
    """Commitments not used up, invoices not paid, cash that is asked for and not confirmed, plans
    not ended, complaints not resolved.
    """

    commitments: tuple[CommitmentId, ...] = ()
    invoices: tuple[InvoiceId, ...] = ()
    cash: tuple[CashId, ...] = ()
    """Never written off: what was not handed over is given up, what was is confirmed."""
    plans: tuple[PlanId, ...] = ()
    shared: tuple[CommitmentId, ...] = ()
    """Of projects in which the case has a share: not used up, or an invoice under it not paid."""
    in_confidence: bool = False
    """Something is looked into, such as a complaint. Whoever closes a case may be whom it is
    about: they learn that it blocks, and no more."""

    def without(self, owed: "Matters") -> "Matters":
        """What is open beside these commitments and invoices."""
        return msgspec.structs.replace(
            self,
            commitments=tuple(c for c in self.commitments if c not in owed.commitments),
            invoices=tuple(i for i in self.invoices if i not in owed.invoices),
        )
