"""Consent: to what, given how. Nothing stands that was not consented to, or no longer is."""

from dataclasses import dataclass
from enum import StrEnum

from events.decider import Rejected
from events.values import PersonId


class Scope(StrEnum):
    """What people consent to, each by itself (GDPR article 7, IOM Data Protection principle 5)."""

    ASSISTANCE = "assistance"
    """That the case is handled at all. Without it nothing is decided, planned or ordered."""
    VENDORS = "vendors"
    """That whoever delivers is told for whom."""
    PARTNERS = "partners"
    """That partner organisations are told. Without it nothing is handed over to one."""
    MONITORING = "monitoring"
    """To be visited and asked afterwards. Without it neither is recorded."""
    POOLING = "pooling"
    """That the household's entitlements are used together."""


class Method(StrEnum):
    """How a person who may not write agrees, so that it can be shown later."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"
    GUARDIAN = "guardian"


@dataclass(unsafe_hash=True)
class ConsentMissing(Rejected):
    """The person has not consented to this, or no longer does (S1)."""

    scope: Scope


@dataclass(unsafe_hash=True)
class WitnessNeeded(Rejected):
    """A thumbprint is witnessed by somebody other than the one who records it."""

    recorded_by: PersonId
    witness: PersonId | None


@dataclass(unsafe_hash=True)
class GuardianNeeded(Rejected):
    """For a child the appointed guardian consents, and nobody else (S13)."""

    child: PersonId
    guardian: PersonId | None


@dataclass(unsafe_hash=True)
class NotTheGuardian(Rejected):
    """This person was not appointed guardian of the one who consents."""

    person: PersonId
    guardian: PersonId | None


@dataclass(unsafe_hash=True)
class GuardianWorksOnCase(Rejected):
    """Who registered a case, counsels it or writes this down speaks for no child of it."""

    person: PersonId
