"""How a case stands, as intake's facts tell it: what a decision about its plan rests on."""

from datetime import date

import msgspec

from events.money import Money
from events.values import CaseId, Code, PersonId, ProgrammeId


class Entitled(msgspec.Struct, frozen=True):
    """The most that the household may receive."""

    total: Money
    cash_cap: Money


class Standing(msgspec.Struct, frozen=True):
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    """The organisation that decides."""
    organisation: Code
    """The organisation that keeps the case."""
    counsellor: PersonId
    signs: PersonId | None
    """Who signs for the case: the returnee or, for a child, the guardian, if there is one yet."""
    consented: bool
    eligible_under: int | None
    """The programme's version that the case was found eligible by."""
    entitled: Entitled | None
    claim_by: date | None
    use_by: date | None

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the case at all (D10)."""
        return organisation in (self.organisation, self.run_by)
