"""What was ordered is held against what was planned: one person writes the order's lines."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, plan_approved

from disbursement.domain import heard
from events.values import Code


@pytest.mark.parametrize(
    ("spec", "as_planned"), [("bread_oven", True), ("sewing_machine", False), (None, None)]
)
async def test_who_signs_sees_when_the_order_is_for_something_else(
    till: Cashier, *, spec: str | None, as_planned: bool | None
) -> None:
    payment = await chain.requested(till)
    [item] = plan_approved.items
    planned = replace(item, spec=Code(spec) if spec else None)
    await till.heard(heard.from_plans, replace(plan_approved, items=(planned,)))
    page = ok(await till.jozef.get(payment))
    assert (page["planned_as"], page["as_planned"]) == (spec, as_planned)
