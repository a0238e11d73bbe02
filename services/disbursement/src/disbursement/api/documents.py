"""Documents over HTTP: invoices, receipts, signatures, photos, whatever an act cites by its digest.

A document of a case is for who may know of the case. One without a case, such as a vendor's
invoice, is for those who answer for money. It is about somebody or something that is known here.
"""

from disbursement.api.reach import only_of
from disbursement.api.routes import api
from disbursement.domain.documents import DocumentKept, DocumentRead
from disbursement.views import lookups
from events.io.http import Asked, Documents, declare_documents
from events.knowing import may_know
from events.roles import READERS, Role
from events.values import CaseId, HolderId


async def knows(asked: Asked, holder: HolderId, case: CaseId | None) -> bool:
    reach, view = only_of(asked.me), asked.desk.view
    if view is None or not await lookups.is_known(view, holder):
        return False
    if case is None:
        return reach is None
    return await may_know(view, case, organisation=reach, person=asked.me.id, now=asked.now)


documents = Documents(
    kept=DocumentKept,
    read=DocumentRead,
    keeps=frozenset(
        {
            Role.FINANCE_OFFICER,
            Role.FIELD_OFFICER,
            Role.RECEIVING_OFFICER,
            Role.COUNSELLOR,
            Role.CERTIFYING_OFFICER,
            Role.APPROVING_OFFICER,
        }
    ),
    shown_to=READERS,
    knows=knows,
)
declare_documents(api, documents)
