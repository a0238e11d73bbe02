"""Under which delegation something is approved or signed, and what of it counts already."""

from typing import Any

from disbursement.counting import Approved
from disbursement.domain.cumulative import Cumulative, CumulativeId, cumulative
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
    currency = approved.amount.currency
    around: dict[str, Any] = {"me": me, "now": now, "load": load, "view": view}
    return await mandate_in(approved.stream, authority, currency, but=approved.of, **around)


async def mandate_in(
    stream: CumulativeId,
    authority: Authority,
    currency: str,
    *,
    but: str,
    me: Who,
    now: Now,
    load: Load,
    view: View,
) -> Mandate | None:
    """What this person may do with an authority, and what else was done with it in the stream."""
    together = (await load.state(cumulative, stream))[0] or Cumulative()
    before = (each.amount for each in together.counted)
    rates = await lookups.rates_into(view, before, currency, now.date())
    used = together.used(authority, currency, now, but=but, rates=rates)
    return await lookups.mandate(view, me.id, authority, now, used, rates=rates)
