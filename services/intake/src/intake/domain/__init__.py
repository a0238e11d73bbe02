"""The rules of intake: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from intake.domain.access import AccessEvent
from intake.domain.batch import ImportEvent
from intake.domain.case import CaseEvent
from intake.domain.comparing import PairCompared
from intake.domain.complaint.facts import ComplaintEvent
from intake.domain.complaint.reading import ComplaintRead
from intake.domain.confidence import ConfidentialRead
from intake.domain.duplicate import PairEvent
from intake.domain.enrolment import EnrolmentEvent
from intake.domain.figures import ProtectedCounted
from intake.domain.likeness import VendorLookedFor
from intake.domain.pre_notification import PreNotificationEvent
from intake.domain.protected_reading import ProtectedReadEvent
from intake.domain.reading import PersonalDataRead
from intake.domain.referral import ReferralEvent
from intake.domain.search import SearchEvent
from intake.domain.subject import SubjectEvent
from intake.domain.transfer import TransferEvent

registry = Registry.of(
    "intake",
    [
        *get_args(CaseEvent),
        *get_args(PairEvent),
        *get_args(SearchEvent),
        PersonalDataRead,
        PairCompared,
        *get_args(SubjectEvent),
        *get_args(EnrolmentEvent),
        *get_args(PreNotificationEvent),
        *get_args(ComplaintEvent),
        ComplaintRead,
        ConfidentialRead,
        *get_args(ProtectedReadEvent),
        *get_args(AccessEvent),
        *get_args(TransferEvent),
        *get_args(ImportEvent),
        *get_args(ReferralEvent),
        ProtectedCounted,
        VendorLookedFor,
    ],
)
"""The events that intake emits."""
