"""Who may read what: a partner organisation reaches its own cases and no funding (D10)."""

from disbursement.views import lookups
from events.io.http import Problem, View, Who
from events.roles import Role
from events.values import CaseId, Code

ANSWER_FOR_MONEY = frozenset(
    {
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.AUDITOR,
        Role.SERVICE,
    }
)
"""They answer for money, or examine who does, across all cases; funding is read by them alone."""


def only_of(me: Who) -> Code | None:
    """The organisation whose cases this person may read; None: everybody's."""
    return None if me.roles & ANSWER_FOR_MONEY else me.organisation


async def reaches(case: CaseId, me: Who, view: View) -> bool:
    """Refuse a case of another organisation as unknown; else, whether the person sees its funding.

    People of the organisation that runs the programme do, those of a partner do not.
    """
    if me.roles & ANSWER_FOR_MONEY:
        return True
    whose = await lookups.organisations(view, case)
    if whose is None or me.organisation not in (whose.keeps, whose.runs):
        raise Problem("not_found", "There is no such thing, or it is not yours to see.")
    return me.organisation == whose.runs
