"""Lists loaded, vendors screened by the platform, matches decided: over HTTP, with the events."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest_asyncio
from services.vendors.tests import lists
from services.vendors.tests.desk import VendorDesk, ok, programme_published, refused, vendor_desk
from services.vendors.tests.people import NOON
from services.vendors.tests.test_api import OVENS, account_of

from events.io.http.trial import Caller
from events.roles import Role
from events.values import PaymentId, PersonId, VendorId
from homeward.postgres import Database
from vendors.domain.paid import (
    PaymentApproved,
    PaymentApprovedAgain,
    PaymentRequested,
    RefundApproved,
    RefundApprovedAgain,
    from_disbursement,
)
from vendors.domain.programme import published
from vendors.screening.asking import Asked
from vendors.screening.lists import read_list
from vendors.screening.work import Child

WHY = "Born 1981 in Mosul by the trade register; the listed man was born 1958 in Basra."
FALSE = {"verdict": "false_positive", "reason": "born_elsewhere", "reasoning": WHY}
TRUE = FALSE | {"verdict": "confirmed", "reason": "same_passport"}
LISTED_OWNER = {"name": "قسور تلحوني برزنجي", "latin_name": "Kaswar Talhouni Barzanji"}


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        yield there


async def load(
    desk: VendorDesk, content: bytes, key: str, who: Caller | None = None
) -> httpx.Response:
    """By who does not propose vendors."""
    who = who or desk.sign_in("karim", Role.VENDOR_APPROVER)
    headers = {
        "authorization": f"Bearer {who.token}",
        "content-type": "application/xml",
        "idempotency-key": key,
    }
    return await desk.trial.client.post("/v1/sanctions-lists", content=content, headers=headers)


async def in_force(desk: VendorDesk, content: bytes, key: str) -> None:
    """Loaded by one, and where it waits confirmed by another."""
    told = ok(await load(desk, content, key), 202)
    if told["proposed"] is not None:
        vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
        body = {"digest": told["proposed"]["list"]["digest"], "reason": "as_published"}
        ok(await vera.post(f"/v1/sanctions-lists/{told['source']}/confirm", body))


async def proposed(desk: VendorDesk, **changed: str) -> str:
    vendor: str = ok(await desk.nadia.post("/v1/vendors", OVENS | changed), 201)["vendor"]
    return vendor


async def waiting(desk: VendorDesk, vendor: str) -> list[dict[str, object]]:
    told = ok(await desk.karim.post(f"/v1/vendors/{vendor}/matches/reveal"))
    found: list[dict[str, object]] = told["waiting"]
    return found


async def test_a_list_is_loaded_with_its_version_and_date_and_once(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(), "k1")
    told = ok(await load(desk, lists.un(), "k2"), 202)
    assert told["source"] == "un"
    listed = told["in_force"]
    assert (listed["version"], listed["dated"]) == ("2026-02-27", "2026-02-27")
    assert (listed["entries"], listed["names"]) == (2, 7)
    assert ok(await load(desk, lists.un(), "k3"), 202) == told
    events = ["sanctions_list_proposed", "sanctions_list_confirmed", "sanctions_list_loaded"]
    assert await desk.told() == events
    entry = (await desk.trial.store.read(0, 10))[0]
    assert b"QASWAR" not in entry.raw
    assert b"Drenova" not in entry.raw


async def test_an_older_list_and_what_is_none_are_refused(desk: VendorDesk) -> None:
    await in_force(desk, lists.un("2026-02-27"), "k1")
    assert refused(await load(desk, lists.un("2026-02-20"), "k2")) == (422, "ListIsOlder")
    assert refused(await load(desk, lists.un("2031-01-01"), "k3")) == (422, "ListFromTheFuture")
    assert refused(await load(desk, b"<html/>", "k4")) == (422, "body_invalid")
    assert (await desk.told())[-1] == "sanctions_list_loaded"
    assert len(await desk.told()) == 3


async def test_every_vendor_is_screened_and_again_when_a_list_changes(desk: VendorDesk) -> None:
    vendor = await proposed(desk)
    assert await desk.screen() == 0  # there is no list yet
    await in_force(desk, lists.un(), "k1")
    assert await desk.screen() == 1
    assert await desk.screen() == 0
    screening = ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["screening"]
    assert screening == {
        "list_set": "un",
        "list_version": "2026-02-27",
        "on": NOON.date().isoformat(),
        "result": "clear",
    }
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=3))
    await in_force(desk, lists.un("2026-03-01", more=lists.ANOTHER_ENTITY), "k2")
    assert await desk.screen() == 1
    assert (await desk.told())[-4:] == [
        "vendor_searched",
        "sanctions_match_suspected",
        "vendor_screened",
        "vendor_suspended",
    ]
    (found,) = await waiting(desk, vendor)
    assert (found["entry"], found["listed_name"]) == ("QDe.903", "Al-Noor Ovens")


async def test_the_file_of_a_list_that_was_replaced_is_forgotten_after_a_day(
    desk: VendorDesk,
) -> None:
    await proposed(desk)
    days = ("2026-02-13", "2026-02-20", "2026-02-27")
    for day in days:
        await in_force(desk, lists.un(day), day)
        await desk.catch_up()
    assert await desk.screen() == 1
    assert await files(desk) == [*days]  # somebody may be loading it now
    await desk.tables.execute("update sanctions_file set kept = kept - interval '25 hours'")
    await desk.screen()
    assert await files(desk) == ["2026-02-20", "2026-02-27"]  # what was before may be so again


async def files(desk: VendorDesk) -> list[str]:
    rows = await desk.tables.fetch("select version from sanctions_file order by version")
    return [row["version"] for row in rows]


async def test_lists_of_all_publishers_are_searched_together(desk: VendorDesk) -> None:
    for number, content in enumerate((lists.un(), lists.EU.encode(), lists.OFAC.encode())):
        await in_force(desk, content, f"k{number}")
    for latin in ("Jaromil Krvavec", "Pham Vo Tien Dung"):
        await proposed(desk, kind="sole_trader", name=latin, latin_name=latin)
    assert await desk.screen() == 2
    told = await desk.told()
    assert told.count("sanctions_match_suspected") == 2


async def test_an_owner_is_screened_with_the_vendor(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    desk.trial.clock.advance(60)  # type: ignore[attr-defined]
    answer = await desk.nadia.post(f"/v1/vendors/{vendor}/owners", LISTED_OWNER, if_match=3)
    assert answer.headers["events"] == "vendors.vendor_owner_recorded.v1"
    desk.trial.clock.advance(60)  # type: ignore[attr-defined]
    assert await desk.screen() == 1
    (found,) = await waiting(desk, vendor)
    assert (found["entry"], found["owner"]) == ("QDi.901", True)
    for entry in await desk.trial.store.read(0, 100):
        assert b"Talhouni" not in entry.raw


async def test_a_person_who_did_not_propose_decides_with_a_reason(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    (found,) = await waiting(desk, vendor)
    path = f"/v1/vendors/{vendor}/matches/decide"
    false = FALSE | {"match": found["match"]}
    hasty = false | {"reasoning": "is another"}
    assert (await desk.karim.post(path, hasty, if_match=4)).status_code == 422
    assert refused(await desk.nadia.post(path, false, if_match=4)) == (409, "ActedAlready")
    answer = await desk.karim.post(path, false, if_match=4)
    assert ok(answer)["screening"]["result"] == "clear"
    assert answer.headers["events"] == (
        "vendors.sanctions_match_cleared.v1, vendors.vendor_screened.v1"
    )
    assert await waiting(desk, vendor) == []
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=6))
    await in_force(desk, lists.un("2026-03-01", more=lists.ANOTHER_ENTITY), "k2")
    assert await desk.screen() == 1
    assert ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["stage"] == "approved"


async def test_a_confirmed_match_debars_for_good(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    (found,) = await waiting(desk, vendor)
    path = f"/v1/vendors/{vendor}/matches/decide"
    assert (
        ok(await desk.karim.post(path, TRUE | {"match": found["match"]}, if_match=4))["stage"]
        == "debarred"
    )
    answer = await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=6)
    assert refused(answer) == (422, "Debarred")
    await in_force(desk, lists.un("2026-03-01"), "k2")
    assert await desk.screen() == 0


async def test_before_a_payment_is_released_its_vendor_is_screened_again(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    assert await desk.screen() == 0
    ivan, payment = PersonId("per_ivan"), PaymentId("pay_1")
    requested = PaymentRequested(by=ivan, at=NOON, payment=payment, vendor=VendorId(vendor))
    await desk.heard(from_disbursement, requested, "disbursement")
    assert await desk.screen() == 0
    refunded = (RefundApproved, RefundApprovedAgain)
    for approves in (PaymentApproved, PaymentApprovedAgain, *refunded):  # whoever is last
        desk.trial.clock.advance(60)  # type: ignore[attr-defined]
        approved = approves(by=ivan, at=desk.trial.clock.now(), payment=payment)
        await desk.heard(from_disbursement, approved, "disbursement")
        desk.trial.clock.advance(60)  # type: ignore[attr-defined]
        assert await desk.screen() == 1
        assert await desk.screen() == 0


async def test_who_pays_is_told_whether_it_is_clear_on_the_lists_of_this_instant(
    desk: VendorDesk,
) -> None:
    """No read model of anybody is asked: what was just loaded counts."""
    vendor = await proposed(desk)
    proposal = await desk.nadia.post("/v1/accounts", account_of(vendor))
    account = ok(proposal, 201)["account"]

    async def clear() -> bool:
        shown = await desk.payer.post(f"/v1/accounts/{account}/reveal", {"purpose": "payment"})
        said: bool = ok(shown)["clear_on_lists_in_force"]
        return said

    assert await clear(), "there is no list"
    await in_force(desk, lists.un(), "k1")
    assert not await clear(), "nobody has looked"
    await desk.screen()
    assert await clear()
    await in_force(desk, lists.un("2026-03-01", more=lists.ANOTHER_ENTITY), "k2")
    assert not await clear(), "nobody has looked on that one"
    await desk.screen()
    assert not await clear(), "what was found waits for a person"
    (found,) = await waiting(desk, vendor)
    decided = FALSE | {"match": found["match"]}
    tag = ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["version"]
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/matches/decide", decided, if_match=tag))
    assert await clear()


async def test_silence_is_seen(desk: VendorDesk) -> None:
    vendor = await proposed(desk)
    await desk.catch_up()
    standing = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))
    nothing: dict[str, object] = {"lists": [], "overdue": [], "undecided": [], "next": None}
    assert standing == {"at_most_days": 90, **nothing}
    desk.trial.clock.advance(91 * 86400)  # type: ignore[attr-defined]
    standing = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))
    assert [each["vendor"] for each in standing["overdue"]] == [vendor]
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    await desk.screen()
    standing = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))
    assert [each["in_force"]["version"] for each in standing["lists"]] == ["2026-02-27"]
    assert standing["overdue"] == []
    assert [each["vendor"] for each in standing["undecided"]] == [vendor]


async def test_silence_is_told_a_part_at_a_time_and_whole(desk: VendorDesk) -> None:
    vendors = [await proposed(desk, name=name) for name in ("Al-Noor", "Al-Waha")]
    await desk.catch_up()
    desk.trial.clock.advance(91 * 86400)  # type: ignore[attr-defined]
    auditor = desk.sign_in("hana", Role.AUDITOR)
    first = ok(await auditor.get("/v1/screening?limit=1"))
    second = ok(await auditor.get(f"/v1/screening?limit=1&cursor={first['next']}"))
    told = [each["vendor"] for part in (first, second) for each in part["overdue"]]
    assert told == sorted(vendors)
    assert second["next"] is None


async def silences(desk: VendorDesk) -> list[tuple[str, str]]:
    """What the platform finds that nobody has said; told once, however often it looks."""
    for _ in range(2):
        await desk.catch_up()
        await desk.screener().tell_silences()
    told = [entry.envelope for entry in await desk.trial.store.read(0, 1000)]
    found = [
        msgspec.json.decode(each.data)
        for each in told
        if each.type == "vendors.screening_silence_found.v1"
    ]
    return [(str(each["silence"]), str(each["since"])) for each in found]


async def test_that_a_vendor_was_not_screened_in_time_is_a_finding_once(desk: VendorDesk) -> None:
    await proposed(desk)
    assert await silences(desk) == []
    desk.trial.clock.advance(91 * 86400)  # type: ignore[attr-defined]
    assert await silences(desk) == [("not_screened", "2026-03-02")]
    await in_force(desk, lists.un(), "k1")
    await desk.screen()
    assert await silences(desk) == [("not_screened", "2026-03-02")]


async def test_that_nobody_decides_a_match_is_a_finding_once(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(more=lists.ANOTHER_ENTITY), "k1")
    await proposed(desk)
    await desk.screen()
    assert await silences(desk) == []
    desk.trial.clock.advance(31 * 86400)  # type: ignore[attr-defined]
    assert await silences(desk) == [("match_undecided", "2026-03-02")]


async def test_who_is_found_on_no_list_again_stays_approved_as_long_as_that_counts(
    desk: VendorDesk,
) -> None:
    await in_force(desk, lists.un(), "k1")
    vendor = await proposed(desk)
    await desk.screen()
    approved = ok(await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=3))
    assert approved["valid_until"] == "2026-05-31"
    desk.trial.clock.advance(31 * 86400)  # type: ignore[attr-defined]
    assert await desk.screen() == 1
    assert (await desk.told())[-1] == "vendor_approval_extended"
    karim = desk.sign_in("karim", Role.VENDOR_APPROVER)
    assert ok(await karim.get(f"/v1/vendors/{vendor}"))["valid_until"] == "2026-07-01"


async def test_who_is_shown_a_match_is_recorded(desk: VendorDesk) -> None:
    await in_force(desk, lists.un(), "k1")
    vendor = await proposed(desk)
    await waiting(desk, vendor)
    assert (await desk.told())[-1] == "personal_data_read"
    answer = await desk.samir.post(f"/v1/vendors/{vendor}/matches/reveal")
    assert answer.status_code == 403


async def test_names_are_compared_in_a_process_that_ends() -> None:
    child = Child()
    read = await child.read(lists.un())
    assert read.found is not None
    here = read_list(lists.un())
    assert [each.name for each in read.found.names] == [each.name for each in here.names]
    asked = Asked(read.found.names, (("قسور تلحوني", "Somebody Else"), ("Nobody Listed",)))
    found, nothing = await child.find(asked)
    assert [(hit.number, read.found.names[hit.listed].entry) for hit in found] == [(0, "QDi.901")]
    assert nothing == ()
    assert (await child.read(b"<html/>")).wrong == "its root element is html"
