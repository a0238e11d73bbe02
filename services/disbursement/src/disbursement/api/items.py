"""Items of approved plans, as far as disbursement has heard of them."""

from datetime import date

from disbursement.api.reach import sight
from disbursement.api.routes import api
from disbursement.views import lookups
from events.io.http import Answer, Now, Problem, View, Who
from events.money import Money
from events.roles import READERS
from events.values import CaseId, ItemId, PlanId, VendorId


class ItemAnswer(Answer):
    """What a commitment for this item would rest on."""

    item: ItemId
    plan: PlanId
    case: CaseId | None
    """None: it is restricted, and whose it is not yours to know."""
    ceiling: Money
    arrived: date | None
    """None: the returnee's arrival is not confirmed, so nothing may be committed (S3)."""
    vendor: VendorId | None
    """None: no vendor is selected yet."""
    offer: Money | None


@api.query("/v1/items/{item}", answers=ItemAnswer, allows=READERS)
async def read_item(item: ItemId, me: Who, now: Now, view: View) -> ItemAnswer:
    """Read what is known here of an approved plan's item, its case and its vendor."""
    planned = await lookups.planned_item(view, item)
    if planned is None:
        raise Problem("not_found", "No approved plan that is known here has this item.")
    seen = await sight(planned.case, me, now, view)
    selection = await lookups.selected_vendor(view, item)
    return ItemAnswer(
        item=item,
        plan=planned.plan,
        case=planned.case if seen.whose else None,
        ceiling=planned.ceiling,
        arrived=planned.arrived,
        vendor=selection.vendor if selection else None,
        offer=selection.amount if selection else None,
    )
