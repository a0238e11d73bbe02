"""The routes of intake, and which of its refusals are which status."""

from collections.abc import Collection
from datetime import datetime

from events.io.http import Api, Load, Problem, View, Who
from events.roles import Role
from events.values import CaseId
from intake import views
from intake.domain.case import case as cases
from intake.domain.case.adjusting import NothingProposed
from intake.domain.case.asking import CaseIsAt, NoSuchCase
from intake.domain.case.elsewhere import DeclaredAlready
from intake.domain.case.entitlement import GrantedAlready
from intake.domain.case.household import MemberAlready, NotInHousehold
from intake.domain.case.merging import CaseIsMerged, CaseIsNotMerged
from intake.domain.case.registering import RegisteredAlready
from intake.domain.case.state import Case
from intake.domain.case.travel import DepartedAlready
from intake.domain.confidence import ConfidentialRead
from intake.domain.duplicate import NoSuchPair, PairIs
from intake.domain.enrolment import UnderOtherProgramme, UnderProgrammeAlready
from intake.domain.pre_notification import NoSuchPreNotification, NoticeIs
from intake.domain.programme import Terms

api = Api("intake", read=ConfidentialRead)

UNKNOWN = {NoSuchCase, NoSuchPreNotification, NoSuchPair, NotInHousehold}
CONFLICTS = {
    CaseIsAt,
    CaseIsMerged,
    CaseIsNotMerged,
    DeclaredAlready,
    DepartedAlready,
    GrantedAlready,
    MemberAlready,
    NothingProposed,
    NoticeIs,
    PairIs,
    RegisteredAlready,
    UnderOtherProgramme,
    UnderProgrammeAlready,
}
SEES_ALL = {Role.AUDITOR, Role.SERVICE}
"""Those who read the unrestricted cases of every organisation, without a personal value."""


async def known(case: CaseId, me: Who, load: Load) -> Case:
    """The case, if there is one that the person may know of."""
    state: Case | None
    state, _ = await load.state(cases, case)
    if state is None or not sees(me, state, load.now):
        raise Problem("not_found", "There is no such case, or it is not yours to see.")
    return state


def sees(me: Who, case: Case, at: datetime) -> bool:
    """Whether the person may know of the case; of a restricted one nobody does by their role."""
    by_role = bool(me.roles & SEES_ALL) and not case.restricted
    return by_role or case.known_to(me.id, me.organisation, at)


async def seen_of(named: Collection[CaseId], me: Who, load: Load) -> frozenset[CaseId]:
    """Those of these cases that the person may know of."""
    found: set[CaseId] = set()
    for case in named:
        state, _ = await load.state(cases, case)
        if state is not None and sees(me, state, load.now):
            found.add(case)
    return frozenset(found)


async def terms_for(case: Case, view: View) -> Terms:
    """The terms that the case is pinned to; before it is, those that stand."""
    terms = await views.terms_of(view, case.programme, case.programme_version)
    assert terms is not None, "the case was registered under them"
    return terms
