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
    SERVICE = "service"


STAFF = frozenset(Role) - {Role.AUDITOR, Role.SERVICE}
"""Everybody who has a part in some chain of assistance."""

READERS = frozenset(Role)
"""Everybody with a token."""
