"""A case stays under the programme's version that it was found eligible by."""

from dataclasses import dataclass

from events.decider import Rejected
from events.values import ProgrammeId
from intake.domain.case.state import Case
from intake.domain.programme import Terms


@dataclass(unsafe_hash=True)
class OtherProgramme(Rejected):
    """These are the terms of another programme, or of a version that is not this case's."""

    programme: ProgrammeId
    version: int


def pinned(terms: Terms, case: Case) -> Terms:
    """The terms, if they are the case's, or `OtherProgramme`."""
    if terms.programme != case.programme or case.programme_version not in (None, terms.version):
        raise OtherProgramme(terms.programme, terms.version)
    return terms
