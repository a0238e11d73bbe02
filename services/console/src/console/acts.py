"""Which act a payment waits for, and whether this person may do it.

The disbursement service decides, and says on a payment's page what the reader may do and which
rule forbids it. In the queue, where it says nothing of that, the person's role and earlier acts
tell well enough what to put first.
"""

from dataclasses import dataclass
from typing import Any

from console.sessions import Person

CERTIFY, APPROVE, SIGN = "certify", "approve", "sign"
AT_STAGE = {
    "requested": CERTIFY,
    "certified": APPROVE,
    "approved_once": APPROVE,
    "approved": SIGN,
    "signed": SIGN,
}
"""By the stage that a payment is at, the act that it waits for."""
ROLE = {CERTIFY: "certifying_officer", APPROVE: "approving_officer", SIGN: "signatory"}
WAITING = {stage: ROLE[act] for stage, act in AT_STAGE.items()} | {"released": "finance_officer"}
"""By the stage that a payment is at, the role that it waits for."""
SHOWN_WHEN_HELD = frozenset({"finance_officer", "certifying_officer", "approving_officer"})
"""Those for whom a held payment is something to do."""
RELEASE, PUT_IN_FILE = "Look into the hold", "Put into a bank file"
PUTS_IN_FILE = frozenset({"finance_officer", "signatory"})
"""Those who gather released payments into a file for the bank."""
ASKS_FOR_NAMES = frozenset({"finance_officer", "auditor", *ROLE.values()})
"""Those who may be told a vendor's name in order to check a payment."""
LABEL = {CERTIFY: "Certify", APPROVE: "Approve", SIGN: "Sign"}
MEANING = {
    CERTIFY: "You certify that funds, purpose and eligibility are right.",
    APPROVE: "You approve what was certified.",
    SIGN: "You sign; with the second signature the payment goes to the bank.",
}


@dataclass(frozen=True)
class Offer:
    """The one act that a payment waits for, as it stands for this person."""

    act: str
    label: str
    meaning: str
    may: bool
    rule: str | None
    because: str | None
    limit: dict[str, str] | None
    """Up to which amount they may, when a delegation says so."""


def offer(payment: dict[str, Any]) -> Offer | None:
    """Out of what the service says of its reader; None when the payment waits for nobody."""
    act = AT_STAGE.get(payment["stage"])
    yours = next((each for each in payment["you"] if each["act"] == act), None)
    if act is None or yours is None:
        return None
    return Offer(
        act,
        LABEL[act],
        MEANING[act],
        yours["may"],
        yours["rule"],
        yours["because"],
        yours["limit"],
    )


def waits_for(payment: dict[str, Any], person: Person) -> str | None:
    """What this person is to do about it, as the queue says it; None when it is for others."""
    if payment["held"] is not None:
        return RELEASE if person.roles & SHOWN_WHEN_HELD else None
    if WAITING.get(payment["stage"]) not in person.roles:
        return None
    act = AT_STAGE.get(payment["stage"])
    if act is None:
        return PUT_IN_FILE
    acted = any(done["person"] == person.id for done in payment["acts"])
    return None if acted else LABEL[act]
