"""An account number that is on file is nobody's else; one that came to nothing is free again."""

from services.vendors.tests.desk import VendorDesk, ok, refused
from services.vendors.tests.test_api import (
    OVENS,
    account_of,
    active_account,
    approved_vendor,
    desk,  # noqa: F401
)

HOLDER = OVENS | {
    "name": "مخبز دجلة",
    "latin_name": "Tigris Bakery",
    "phone": "+964 790 000 0202",
}


async def test_a_number_that_was_mistyped_is_not_its_holders_loss(
    desk: VendorDesk,  # noqa: F811
) -> None:
    """As long as it waits nobody else has it; the call-back says no, and its holder may."""
    mistaken = await approved_vendor(desk)
    first = ok(await desk.nadia.post("/v1/accounts", account_of(mistaken)), 201)["account"]
    holder = await approved_vendor(desk, HOLDER)
    waits = await desk.nadia.post("/v1/accounts", account_of(holder))
    assert refused(waits) == (409, "AccountOnFile")
    assert waits.json()["facts"] == {"stage": "proposed"}
    no = {"source": "registration", "confirmed": False}
    ok(await desk.samir.post(f"/v1/accounts/{first}/call-back", no, if_match=1))
    await active_account(desk, holder, holder=HOLDER["name"])
    again = account_of(mistaken, replaces=first)
    assert refused(await desk.nadia.post("/v1/accounts", again)) == (409, "AccountOnFile")


async def test_a_frozen_accounts_number_is_proposed_anew_by_its_vendor_alone(
    desk: VendorDesk,  # noqa: F811
) -> None:
    vendor = await approved_vendor(desk)
    frozen = await active_account(desk, vendor)
    ok(await desk.nadia.post(f"/v1/accounts/{frozen}/freeze", {"reason": "mistake"}, if_match=4))
    other = await approved_vendor(desk, HOLDER)
    answer = await desk.nadia.post("/v1/accounts", account_of(other))
    assert refused(answer) == (409, "AccountOnFile")
    assert answer.json()["facts"] == {"stage": "frozen"}
    anew = account_of(vendor, replaces=frozen)
    second = ok(await desk.nadia.post("/v1/accounts", anew), 201)["account"]
    no = {"source": "registration", "confirmed": False}
    ok(await desk.samir.post(f"/v1/accounts/{second}/call-back", no, if_match=1))
    answer = await desk.nadia.post("/v1/accounts", account_of(other))
    assert refused(answer) == (409, "AccountOnFile"), "it is still the number of who was paid on it"
    third = ok(await desk.nadia.post("/v1/accounts", anew), 201)["account"]
    called = {"source": "registration", "confirmed": True}
    ok(await desk.samir.post(f"/v1/accounts/{third}/call-back", called, if_match=1))
    ok(await desk.yusuf.post(f"/v1/accounts/{third}/approve", if_match=2))
    early = await desk.yusuf.post(f"/v1/accounts/{third}/activate", if_match=3)
    assert refused(early) == (422, "CoolingOff")
