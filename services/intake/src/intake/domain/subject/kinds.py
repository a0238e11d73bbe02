"""The words in which erasures and holds are told, each with the law it comes from."""

from enum import StrEnum

from events.personal import Kind


class Ground(StrEnum):
    """Why the data subject may ask for it: GDPR article 17(1), (a) to (e)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTED = "objected"
    UNLAWFUL = "unlawful"
    LEGAL_OBLIGATION = "legal_obligation"


class IdentityCheck(StrEnum):
    """How we know that who asks is who it is about (article 12(6))."""

    DOCUMENT_SEEN = "document_seen"
    KNOWN_IN_PERSON = "known_in_person"
    CALLED_BACK = "called_back"
    GUARDIAN = "guardian"


class LegalBasis(StrEnum):
    """Why nothing is erased."""

    IDENTITY_NOT_ESTABLISHED = "identity_not_established"
    MANIFESTLY_UNFOUNDED = "manifestly_unfounded"
    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_INTEREST = "public_interest"
    LEGAL_CLAIMS = "legal_claims"

    @property
    def law(self) -> str:
        return _BASES[self]


_BASES = {
    LegalBasis.IDENTITY_NOT_ESTABLISHED: "GDPR article 12(6): we could not be sure who was asking",
    LegalBasis.MANIFESTLY_UNFOUNDED: "GDPR article 12(5)(b): the request is manifestly unfounded",
    LegalBasis.LEGAL_OBLIGATION: "GDPR article 17(3)(b): the law obliges us to keep it",
    LegalBasis.PUBLIC_INTEREST: "GDPR article 17(3)(b): a task in the public interest needs it",
    LegalBasis.LEGAL_CLAIMS: "GDPR article 17(3)(e): legal claims need it",
}


class Delay(StrEnum):
    """Why an answer takes up to two months longer (article 12(3))."""

    COMPLEX = "complex"
    MANY_REQUESTS = "many_requests"


class Reason(StrEnum):
    """What a legal hold is for."""

    AUDIT = "audit"
    CLAIM = "claim"
    INVESTIGATION = "investigation"
    OPEN_PAYMENT = "open_payment"
    RETENTION = "retention"

    @property
    def law(self) -> str:
        return _HOLDS[self]


_HOLDS = {
    Reason.AUDIT: "GDPR article 17(3)(b): an audit that the law or the grant requires",
    Reason.CLAIM: "GDPR article 17(3)(e): a legal claim",
    Reason.INVESTIGATION: "GDPR article 17(3)(e): an investigation",
    Reason.OPEN_PAYMENT: "GDPR article 17(3)(b): a payment that is not finished",
    Reason.RETENTION: "GDPR article 17(3)(b): a period for which the law obliges us to keep it",
}


class Keeping(StrEnum):
    """Why facts about money are kept, without a name."""

    ACCOUNTING_LAW = "accounting_law"
    GRANT_AGREEMENT = "grant_agreement"

    @property
    def law(self) -> str:
        return _KEEPING[self]


_KEEPING = {
    Keeping.ACCOUNTING_LAW: "GDPR article 17(3)(b): accounting law",
    Keeping.GRANT_AGREEMENT: "GDPR article 17(3)(b): the control of public money by the donor",
}


class Stage(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    APPROVED = "approved"
    COMPLETED = "completed"


NEEDED_TO_PAY = frozenset({Kind.IDENTITY, Kind.CONTACT})
"""What deliveries and payments need. Nothing waits for the other kinds: protection goes first."""

IN_WORDS = {
    Kind.IDENTITY: "who you are: name, date of birth, documents",
    Kind.CONTACT: "how you are reached: telephone, address, people who pass on a message",
    Kind.PROTECTION: "what you told us of yourself and of dangers to you, in your own words",
    Kind.HEALTH: "what concerns your health",
}
