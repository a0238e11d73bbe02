"""A reading: somebody was shown who a vendor is or where it banks, and that is a fact too.

Each purpose shows what it needs and is open to those who have it: the service that writes the
bank file pays, the caller calls back, and who examines a vendor, or answers for a payment to it,
has to know its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Kind
from events.roles import Role
from events.values import AccountId, PersonId, VendorId
from vendors.domain.account.refusals import NoSuchAccount
from vendors.domain.account.state import Account
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.domain.vendor.state import Vendor

PAYER = PersonId("per_svc_disbursement")
"""The service that writes bank files."""


EXAMINERS = frozenset({Role.VENDOR_OFFICER, Role.VENDOR_APPROVER, Role.ACCOUNT_APPROVER})


PAYING = frozenset(
    {
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.AUDITOR,
    }
)
"""Who answers for payments, or looks into how others did."""


class Purpose(StrEnum):
    """What the values are needed for."""

    PAYMENT = "payment"
    CALL_BACK = "call_back"
    DUE_DILIGENCE = "due_diligence"
    PAYMENT_CHECK = "payment_check"
    AUDIT = "audit"
    """To be given the disclosures of a name, which prove it against the log."""

    def open_to(self, person: PersonId, roles: frozenset[Role]) -> bool:
        """Whether this person, in these roles, may read for this purpose."""
        match self:
            case Purpose.PAYMENT:
                return person == PAYER and Role.SERVICE in roles
            case Purpose.CALL_BACK:
                return Role.CALLBACK_CALLER in roles
            case Purpose.DUE_DILIGENCE:
                return not roles.isdisjoint(EXAMINERS)
            case Purpose.PAYMENT_CHECK:
                return not roles.isdisjoint(PAYING)
            case Purpose.AUDIT:
                return Role.AUDITOR in roles


NEVER_THE_NUMBER = frozenset({Purpose.PAYMENT_CHECK, Purpose.AUDIT})


class ReadPersonalData(Command, frozen=True):
    vendor: Vendor | None
    account: Account | None
    wants_account: bool
    purpose: Purpose
    roles: frozenset[Role]
    discloses: bool = False
    """Whether what is given can be shown to others, with proof: for an audit, and only then."""


class PersonalDataRead(Event, frozen=True, tag="vendors.personal_data_read.v1"):
    """Somebody was shown a vendor's values of these kinds."""

    person: VendorId
    account: AccountId | None
    """Whose number was shown too."""
    kinds: tuple[Kind, ...]
    purpose: Purpose


@dataclass(unsafe_hash=True)
class NotYourPurpose(Rejected):
    """Only who has this purpose reads for it."""

    purpose: Purpose


class Reading(State, frozen=True):
    person: VendorId
    account: AccountId | None
    purpose: Purpose


def decide(command: ReadPersonalData, reading: Reading | None) -> Sequence[PersonalDataRead]:
    assert reading is None, "each reading has an id of its own"
    if command.vendor is None:
        raise NoSuchVendor
    if command.wants_account and command.account is None:
        raise NoSuchAccount
    if not command.purpose.open_to(command.by, command.roles) or (
        command.wants_account and command.purpose in NEVER_THE_NUMBER
    ):
        raise NotYourPurpose(command.purpose)
    if command.discloses != (command.purpose is Purpose.AUDIT):
        raise NotYourPurpose(command.purpose)
    return [
        PersonalDataRead(
            by=command.by,
            at=command.at,
            person=command.vendor.id,
            account=command.account.id if command.account else None,
            kinds=(Kind.CONTACT, Kind.IDENTITY),
            purpose=command.purpose,
        )
    ]


def evolve(_: Reading | None, event: PersonalDataRead) -> Reading:
    return Reading(person=event.person, account=event.account, purpose=event.purpose)


reading = Decider(decide=decide, evolve=evolve)
