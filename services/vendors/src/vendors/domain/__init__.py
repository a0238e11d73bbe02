"""The rules of vendors: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from vendors.domain.account.facts import AccountEvent
from vendors.domain.documents import DocumentKept, DocumentRead
from vendors.domain.erased import SubjectErased
from vendors.domain.interest import InterestEvent
from vendors.domain.particulars import StaffParticularsRecorded
from vendors.domain.purchases import AwardCounted, AwardUncounted
from vendors.domain.reading import PersonalDataRead
from vendors.domain.sanctions import SanctionsListEvent
from vendors.domain.sourcing.facts import SourcingEvent
from vendors.domain.vendor.facts import VendorEvent

registry = Registry.of(
    "vendors",
    [
        *get_args(VendorEvent),
        *get_args(AccountEvent),
        *get_args(SourcingEvent),
        *get_args(InterestEvent),
        StaffParticularsRecorded,
        AwardCounted,
        AwardUncounted,
        *get_args(SanctionsListEvent),
        PersonalDataRead,
        DocumentKept,
        DocumentRead,
        SubjectErased,
    ],
)
"""The events that vendors emits."""
