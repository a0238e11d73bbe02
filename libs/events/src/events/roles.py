"""The roles that people and machines hold. A role opens a route; the domain compares persons."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may be allowed to do. One person may hold several roles."""

    COUNSELLOR = "counsellor"
    RECEIVING_OFFICER = "receiving_officer"
    COMMITTEE_MEMBER = "committee_member"
    PROGRAMME_MANAGER = "programme_manager"
    VENDOR_OFFICER = "vendor_officer"
    VENDOR_APPROVER = "vendor_approver"
    CALLBACK_CALLER = "callback_caller"
    ACCOUNT_APPROVER = "account_approver"
    FIELD_OFFICER = "field_officer"
    FINANCE_OFFICER = "finance_officer"
    CERTIFYING_OFFICER = "certifying_officer"
    APPROVING_OFFICER = "approving_officer"
    SIGNATORY = "signatory"
    GRANT_MANAGER = "grant_manager"
    MONITORING_OFFICER = "monitoring_officer"
    COMPLAINTS_OFFICER = "complaints_officer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    AUDITOR = "auditor"
    DONOR = "donor"
    """Somebody of who gave the money, for the grants that their token names: reads, alone."""
    SERVICE = "service"
    """One of the platform's own services."""
    PARTNER_SYSTEM = "partner_system"
    """A machine of somebody else's: a partner's registration, a public form. It sends, and reads
    only what it sent."""


MACHINES = frozenset({Role.SERVICE, Role.PARTNER_SYSTEM})
OUTSIDERS = frozenset({Role.AUDITOR, Role.DONOR})
"""People who look on: they have no part in what they look at."""
STAFF = frozenset(Role) - MACHINES - OUTSIDERS
"""Everybody who has a part in some chain of assistance."""

READERS = frozenset(Role) - {Role.PARTNER_SYSTEM, Role.DONOR}
"""Everybody with a token but the machines of others, and donors: what they read is said by name."""
