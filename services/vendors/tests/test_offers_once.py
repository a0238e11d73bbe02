"""An offer is for one purchase: the papers of one win no other one (R3)."""

from msgspec.structs import replace
from services.vendors.tests.desk import BREAD, VendorDesk, ok, plan_approved, refused
from services.vendors.tests.people import eur
from services.vendors.tests.test_api import (
    approved_vendor,
    desk,  # noqa: F401
    offer,
)

from events.values import Code, ItemId
from vendors.domain.need import PlannedItem, approved

SALT = ItemId("itm_salt")


async def asked(desk: VendorDesk, item: ItemId) -> str:  # noqa: F811
    sourcing = ok(await desk.nadia.post("/v1/sourcings", {"item": item}), 201)["sourcing"]
    return f"/v1/sourcings/{sourcing}"


async def test_the_offers_of_one_purchase_win_no_other_one(
    desk: VendorDesk,  # noqa: F811
) -> None:
    vendor = await approved_vendor(desk)
    small = (
        PlannedItem(SALT, Code("basic_needs"), Code("salt"), eur(50)),
        PlannedItem(BREAD, Code("basic_needs"), Code("bread"), eur(50)),
    )
    await desk.heard(approved, replace(plan_approved, items=small))
    quotation = await offer(desk, vendor, "9.000", "a")
    one, other = await asked(desk, SALT), await asked(desk, BREAD)
    first = ok(await desk.nadia.post(f"{one}/quotations", quotation, if_match=2))
    answer = await desk.nadia.post(f"{other}/quotations", quotation, if_match=2)
    assert refused(answer) == (422, "OfferedForAnother")
    assert answer.json()["facts"] == {"item": SALT}
    again = await asked(desk, SALT)
    ok(await desk.nadia.post(f"{again}/quotations", quotation, if_match=2))
    for path, stands in ((one, first), (again, ok(await desk.nadia.get(again)))):
        [mistaken] = stands["quotations"]
        gone = {"quotation": mistaken["quotation"], "reason": "wrong_purchase"}
        tag = (await desk.nadia.get(path)).headers["etag"]
        ok(await desk.nadia.post(f"{path}/withdraw-quotation", gone, if_match=tag))
    ok(await desk.nadia.post(f"{other}/quotations", quotation, if_match=2))
