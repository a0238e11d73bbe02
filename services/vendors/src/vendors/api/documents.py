"""Documents over HTTP: quotations, registrations, licences, what a vendor is examined by.

A document of a case is for who may know of the case. One without a case is for those who buy or
pay, or examine who does.
"""

from events.io.http import Asked, Documents
from events.knowing import may_know
from events.roles import READERS, Role
from events.values import CaseId, HolderId
from vendors.api.declared import api
from vendors.api.reach import only_of
from vendors.domain.documents import DocumentKept, DocumentRead


async def knows(asked: Asked, _: HolderId, case: CaseId | None) -> bool:
    reach, view = only_of(asked.me), asked.desk.view
    if case is None:
        return reach is None
    return view is not None and await may_know(
        view, case, organisation=reach, person=asked.me.id, now=asked.now
    )


api.documents(
    Documents(
        kept=DocumentKept,
        read=DocumentRead,
        keeps=frozenset({Role.VENDOR_OFFICER, Role.VENDOR_APPROVER, Role.ACCOUNT_APPROVER}),
        shown_to=READERS,
        knows=knows,
    )
)
