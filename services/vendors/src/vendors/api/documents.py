"""Documents over HTTP: quotations, registrations, licences, what a vendor is examined by.

A document of a case is for who may know of the case. One without a case is for those who buy or
pay, or examine who does.
"""

from events.io.http import Asked, Documents, Load, declare_documents, not_on_file
from events.knowing import may_know
from events.roles import READERS, Role
from events.values import CaseId, Digest, HolderId, VendorId
from vendors.api.declared import api
from vendors.api.reach import only_of
from vendors.domain.documents import DocumentKept, DocumentRead
from vendors.domain.vendor import vendor


async def knows(asked: Asked, holder: HolderId, case: CaseId | None) -> bool:
    if holder.startswith("ven_"):
        proposed, _ = await asked.desk.handler.load(vendor, holder)
        if proposed is None:
            return False
    reach, view = only_of(asked.me), asked.desk.view
    if case is None:
        return reach is None
    return view is not None and await may_know(
        view, case, organisation=reach, person=asked.me.id, now=asked.now
    )


declare_documents(
    api,
    Documents(
        kept=DocumentKept,
        read=DocumentRead,
        keeps=frozenset({Role.VENDOR_OFFICER, Role.VENDOR_APPROVER, Role.ACCOUNT_APPROVER}),
        shown_to=READERS,
        knows=knows,
    ),
)


async def papers_wanting(vendor_id: VendorId, load: Load) -> tuple[Digest, ...]:
    """What of the papers in the vendor's dossier is not on file."""
    state, _ = await load.state(vendor, vendor_id)
    papers = state.dossier.papers if state else ()
    return await not_on_file(load, (each.document for each in papers))
