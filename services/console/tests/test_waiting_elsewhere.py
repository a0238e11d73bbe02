"""What waits at vendors and plans: lists and matches to decide on, plans without money."""

import html
import re
from collections.abc import AsyncIterator, Callable

import pytest
from services.console.tests.counter import Window, window_before
from services.plans.tests import test_funds as plans
from services.plans.tests.conftest import World, world  # noqa: F401  its fixture
from services.vendors.tests import lists
from services.vendors.tests.desk import VendorDesk, programme_published, vendor_desk
from services.vendors.tests.test_screening_api import in_force, load, proposed

from events.roles import Role
from homeward.postgres import Database
from vendors.domain.programme import published
from vendors.main import service

WHY = "Born 1981 in Mosul by the trade register; the listed man was born 1958 in Basra."


@pytest.fixture
async def desk(make_migrated: Callable[..., Database]) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(make_migrated(service.migrations)) as there:
        await there.heard(published, programme_published)
        yield there


@pytest.fixture
async def window(desk: VendorDesk) -> AsyncIterator[Window]:
    async with window_before("vendors", desk.trial) as window:
        yield window


async def test_a_sanctions_list_waits_for_another_person(desk: VendorDesk, window: Window) -> None:
    await load(desk, lists.un(), "k1")
    await desk.catch_up()
    window.sits_down(desk.karim)
    page = await window.get("/waiting")
    assert "UN, 2 entries" in page.text
    for act in ("confirm-list", "decline-list"):
        assert f"/waiting/{act}" not in page.text, "karim loaded it"
    window.sits_down(desk.sign_in("vera", Role.VENDOR_APPROVER))
    page = await window.get("/waiting")
    assert "/waiting/decline-list" in page.text
    done = await window.press(page, "/waiting/confirm-list")
    assert "The publisher made it: done" in done.text
    await desk.catch_up()
    assert "No list and no match waits." in (await window.get("/waiting")).text
    assert "sanctions_list_confirmed" in await desk.told()


async def test_a_possible_match_is_decided_by_another_than_who_proposed(
    desk: VendorDesk, window: Window
) -> None:
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    look, decide = f"/vendors/{vendor}/matches", f"/vendors/{vendor}/matches/decide"
    window.sits_down(desk.sign_in("elif", Role.AUDITOR))
    page = await window.get("/waiting")
    assert "a possible match waits for a decision" in page.text
    assert look not in page.text, "an auditor decides nothing"
    chosen = {"verdict": "false_positive", "reason": "other_identity", "reasoning": WHY}
    for who in (desk.nadia, desk.karim):
        window.sits_down(who)
        page = await window.get("/waiting")
        found = await window.press(page, look)
        assert "Al-Noor Ovens" in found.text
        assert "QDe.903" in found.text
        assert (await desk.told())[-1] == "personal_data_read"
        decided = await window.press(found, decide, **chosen)
        if who is desk.nadia:
            assert "(ActedAlready)" in decided.text
            assert WHY in html.unescape(decided.text), "what was typed stays"
    assert "Decide on the match: done" in decided.text
    await desk.catch_up()
    assert "No list and no match waits." in (await window.get("/waiting")).text
    assert "sanctions_match_cleared" in await desk.told()
    for entry in await desk.trial.store.read(0, 100):
        assert b"Mosul" not in entry.raw


async def test_a_match_is_not_decided_without_its_reasons(desk: VendorDesk, window: Window) -> None:
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    window.sits_down(desk.karim)
    assert (await window.get(f"/vendors/{vendor}/matches")).status_code in (404, 405)
    found = await window.press(await window.get("/waiting"), f"/vendors/{vendor}/matches")
    decide = f"/vendors/{vendor}/matches/decide"
    chosen = {"verdict": "false_positive", "reason": "other_identity", "reasoning": WHY}
    for changed in ({"verdict": "maybe"}, {"reason": "so"}, {"match": "x"}, {"csrf": "guessed"}):
        said = await window.press(found, decide, **(chosen | changed))
        assert "did not come from a page of yours" in said.text
    short = await window.press(found, decide, **(chosen | {"reasoning": "no"}))
    assert "(body_invalid)" in short.text
    assert "sanctions_match_cleared" not in await desk.told()


async def test_a_plan_whose_money_is_not_there_waits_for_who_approved_it(world: World) -> None:  # noqa: F811
    zuzana = world.plans.sign_in("per_zuzana", Role.COMMITTEE_MEMBER)
    _, lacking, plan = await plans.in_force(world, zuzana)
    await plans.told(world, plans.refused(plan, lacking["item"]))
    async with window_before("plans", world.plans) as window:
        window.sits_down(zuzana)
        page = (await window.get("/waiting")).text
        assert "the money for it is not there" in page
        assert re.search(r"1,850\.00 EUR", page), "what is asked for"
        window.sits_down(world.plans.sign_in("per_milan", Role.COMMITTEE_MEMBER))
        assert "is there." in (await window.get("/waiting")).text
