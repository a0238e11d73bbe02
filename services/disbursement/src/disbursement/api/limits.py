"""Under which delegation something is approved or signed, and what of it counts already."""

from disbursement.counting import Approved
from disbursement.domain.cumulative import Cumulative, cumulative
from disbursement.domain.delegation import Authority, Mandate
from disbursement.views import lookups
from events.io.http import Load, Now, View, Who


async def mandate_for(
    approved: Approved,
    *,
    me: Who,
    now: Now,
    load: Load,
    view: View,
    authority: Authority = Authority.APPROVE,
) -> Mandate | None:
    """What this person may approve, or sign, and what else of it there was in the case (D8)."""
    together, _ = await load.state(cumulative, approved.stream)
    currency = approved.amount.currency
    used = (together or Cumulative()).used(authority, currency, now, but=approved.of)
    return await lookups.mandate(view, me.id, authority, now, used)
