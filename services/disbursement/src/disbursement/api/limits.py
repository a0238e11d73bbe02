"""Under which delegation something is approved, and what of its kind counts under it already."""

from disbursement.counting import Approved
from disbursement.domain.cumulative import Cumulative, cumulative
from disbursement.domain.delegation import Authority, Mandate
from disbursement.views import lookups
from events.io.http import Load, Now, View, Who


async def mandate_for(
    approved: Approved, *, me: Who, now: Now, load: Load, view: View
) -> Mandate | None:
    """What this person may approve, and what else of it there was in the case (D8)."""
    together, _ = await load.state(cumulative, approved.stream)
    currency = approved.amount.currency
    used = (together or Cumulative()).used(Authority.APPROVE, currency, now, but=approved.of)
    return await lookups.mandate(view, me.id, Authority.APPROVE, now, used)
