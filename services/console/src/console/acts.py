"""What a person may do about a payment now, and where they may not, the rule that says why.

The services decide; this only spares people from pressing in vain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console.sessions import Person

CERTIFY, APPROVE, SIGN = "certify", "approve", "sign"
AT_STAGE = {"requested": CERTIFY, "certified": APPROVE, "approved": SIGN, "signed": SIGN}
"""By the stage that a payment is at, the act that it waits for."""
ROLE = {CERTIFY: "certifying_officer", APPROVE: "approving_officer", SIGN: "signatory"}
LABEL = {CERTIFY: "Certify", APPROVE: "Approve", SIGN: "Sign"}
MEANING = {
    CERTIFY: "You certify that funds, purpose and eligibility are right.",
    APPROVE: "You approve what was certified.",
    SIGN: "You sign; with the second signature the payment goes to the bank.",
}


@dataclass(frozen=True)
class Payment:
    """A payment as the page needs it."""

    id: str
    stage: str
    evidence: str
    acts: tuple[tuple[str, str], ...]
    """Stage and person, in order."""
    counsellor: str | None
    recorders: tuple[str, ...]
    collectors: tuple[str, ...]
    held: str | None


@dataclass(frozen=True)
class Offer:
    """The one act that the payment waits for."""

    act: str
    label: str
    meaning: str
    refusals: tuple[str, ...]
    """Why this person may not; empty when they may."""

    @property
    def open(self) -> bool:
        return not self.refusals


def offer(payment: Payment, person: Person) -> Offer | None:
    """What the payment waits for, seen by this person; None when it waits for nobody's act."""
    act = AT_STAGE.get(payment.stage)
    if act is None:
        return None
    return Offer(act, LABEL[act], MEANING[act], tuple(_refusals(act, payment, person)))


def waits_for(payment: Payment, person: Person) -> bool:
    found = offer(payment, person)
    return found is not None and found.open


def _refusals(act: str, payment: Payment, person: Person) -> Iterator[str]:
    if ROLE[act] not in person.roles:
        yield f"This is for a {ROLE[act].replace('_', ' ')}."
    if payment.held is not None:
        yield f"The payment is on hold: {payment.held}."
    for stage, who in payment.acts:
        if who == person.id:
            yield f"ActedAlready: you {_DID.get(stage, stage)} it; each act is another person's."
    if person.id == payment.counsellor:
        yield "CounsellorNeverActs: you are the case's counsellor."
    if act == APPROVE and person.id in payment.recorders:
        yield "RecorderCannotApprove: you recorded the delivery."
    if act == APPROVE and person.id in payment.collectors:
        yield "CollectorCannotApprove: you collected the quotations."


_DID = {
    "requested": "requested",
    "certified": "certified",
    "approved": "approved",
    "signed": "signed",
    "released": "signed",
}
