"""Who takes part: whoever has a conflict of interest with a vendor or a case does nothing for it.

It is asked of the person's own history at each command (D6), so that no list lags behind it.
"""

from typing import Annotated

from events.io.http import Asked
from events.io.http.asked import Given
from events.io.http.do import Doer
from events.values import CaseId, VendorId
from vendors.domain.account import account
from vendors.domain.interest import interest, stream_of, takes_part


class PartDoer(Doer):
    """Puts the commands of whoever takes part."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._handler, self._person = asked.desk.handler, asked.me.id

    async def takes_part(self, *vendors: VendorId, case: CaseId | None = None) -> None:
        """The person may act on what is these vendors', or the case's; `ConflictDeclared`."""
        interests, _ = await self._handler.load(interest, stream_of(self._person))
        takes_part(interests, vendors=vendors, case=case)


async def _doer(asked: Asked) -> PartDoer:
    do = PartDoer(asked)
    vendor_id, account_id = (asked.parameters.get(name) for name in ("vendor_id", "account_id"))
    if account_id is not None:
        state, _ = await asked.desk.handler.load(account, account_id)
        vendor_id = state.vendor if state else None
    if vendor_id is not None:
        await do.takes_part(vendor_id)
    return do


Do = Annotated[PartDoer, Given(_doer)]
"""The library's, for commands on vendors and their accounts."""
