"""The public name of a vendor that is an organisation: told when it is approved, and once.

What is in an entry stays for ever. So nobody is named who may be a natural person, whom the law
lets ask for erasure: no sole trader, no landlord, and no employer, which may be either. Who
proposed the vendor has said what kind it is, and another person has looked at the papers that the
kind needs, before its name is told.
"""

from events.decider import Command, Event
from events.values import OrganisationName, VendorId
from vendors.domain.vendor.kinds import Kind

ORGANISATIONS = frozenset({Kind.COMPANY, Kind.SCHOOL, Kind.CLINIC, Kind.LENDER, Kind.PARTNER})
"""The kinds that are legal persons, whatever the country."""


class TellPublicName(Command, frozen=True):
    """The platform's, of a vendor that was approved."""

    name: OrganisationName


class OrganisationNamed(Event, frozen=True, tag="vendors.organisation_named.v1"):
    """How an approved vendor that is an organisation is called, for everybody to know."""

    vendor: VendorId
    name: OrganisationName


def named(command: TellPublicName, vendor: VendorId) -> OrganisationNamed:
    return OrganisationNamed(by=command.by, at=command.at, vendor=vendor, name=command.name)
