"""Documents over HTTP: what a programme asks for at a stage, reports and photos of visits.

A document is of a case, and for who may know of it; or of a project, and for whom that is.
"""

from events.io.http import Asked, Documents, declare_documents
from events.roles import READERS, Role
from events.values import CaseId, HolderId
from plans.api.routes import SEES_ALL, api, hides
from plans.api.routes import knows as knows_case
from plans.domain.documents import DocumentKept, DocumentRead
from plans.domain.project import project


async def knows(asked: Asked, holder: HolderId, case: CaseId | None) -> bool:
    me, view = asked.me, asked.desk.view
    if view is None:
        return False
    if case is not None:
        return await knows_case(me, case, asked.now, view)
    state, _ = await asked.desk.handler.load(project, holder)
    if state is None or await hides(state, me, asked.now, view):
        return False
    return bool(me.roles & SEES_ALL) or state.reached_by(me.organisation)


declare_documents(
    api,
    Documents(
        kept=DocumentKept,
        read=DocumentRead,
        keeps=frozenset(
            {
                Role.COUNSELLOR,
                Role.RECEIVING_OFFICER,
                Role.FIELD_OFFICER,
                Role.PROGRAMME_MANAGER,
                Role.COMMITTEE_MEMBER,
                Role.MONITORING_OFFICER,
            }
        ),
        shown_to=READERS,
        knows=knows,
    ),
)
