"""Items of approved plans, as far as disbursement has heard of them."""

from datetime import date

from disbursement.api.reach import sight
from disbursement.api.routes import api
from disbursement.domain.earmark import Lack
from disbursement.views import earmarks, lookups
from events.io.http import Answer, Now, Problem, View, Who
from events.money import Money
from events.roles import READERS
from events.values import CaseId, Code, ItemId, PlanId, VendorId


class ShortAnswer(Answer):
    """What an item asks of its budget line, and what the line had left."""

    item: ItemId
    category: Code
    because: Lack
    asked: Money
    available: Money | None


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
    paid_from: Code | None
    """The category of the budget line that pays for it; None: any."""
    funds_wait: bool
    """Whether nothing may be committed until funds are earmarked for all of its plan."""
    short: tuple[ShortAnswer, ...]
    """What budget lines do not have of what the plan asks for; for who answers for money."""


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
        paid_from=planned.budget_category,
        funds_wait=planned.to_earmark and planned.earmarked_on is None,
        short=await _short(view, item) if seen.funding else (),
    )


async def _short(view: View, item: ItemId) -> tuple[ShortAnswer, ...]:
    return tuple(
        ShortAnswer(
            item=each.item,
            category=each.category,
            because=each.because,
            asked=each.asked,
            available=each.available,
        )
        for each in (await earmarks.of_item(view, item)).short
    )
