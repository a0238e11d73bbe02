"""The vendors' desk over HTTP: what is asked, what is answered, what is then on record."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.vendors.tests.desk import (
    BREAD,
    CASE,
    OVEN,
    VendorDesk,
    ok,
    plan_approved,
    programme_published,
    refused,
    registered,
    vendor_desk,
)
from services.vendors.tests.people import LINA, NOON, eur

from events import knowing
from events.personal import digest_of
from events.roles import Role
from events.values import Code, ItemId, PersonId, ProgrammeId, ProjectId
from homeward.postgres import Database
from vendors.domain.need import (
    PlannedItem,
    ProjectApproved,
    ProjectCancelled,
    ProjectRejected,
    ProjectShareWithdrawn,
    Share,
    approved,
)
from vendors.domain.programme import Paying, published
from vendors.domain.reading import PersonalDataRead, Purpose

IBAN = "IQ98NBIQ850123456789012"
OVENS = {
    "kind": "company",
    "country": "IQ",
    "name": "شركة النور للأفران",
    "latin_name": "Al-Noor Ovens",
    "town": "Baghdad",
    "phone": "+964 790 000 0101",
}
CLEAR = {"list_set": "UN", "list_version": "2026-02-27", "on": "2026-03-02", "result": "clear"}


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        await there.heard(knowing.from_intake, registered, "intake")
        await there.heard(approved, plan_approved)
        yield there


async def proposed_vendor(desk: VendorDesk, told: dict[str, Any] = OVENS) -> str:
    """A vendor in whose file a phone number stood before anything else was asked."""
    vendor: str = ok(await desk.nadia.post("/v1/vendors", told), 201)["vendor"]
    desk.trial.clock.advance(60)  # type: ignore[attr-defined]
    return vendor


async def approved_vendor(desk: VendorDesk, told: dict[str, Any] = OVENS) -> str:
    vendor = await proposed_vendor(desk, told)
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/screenings", CLEAR, if_match=1))
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=2))
    return vendor


def account_of(vendor: str, number: str = IBAN, **changed: Any) -> dict[str, Any]:
    return {
        "vendor": vendor,
        "scheme": "iban",
        "country": "IQ",
        "currency": "IQD",
        "bank": "NBIQIQBA",
        "holder": "شركة النور للأفران",
        "number": number,
    } | changed


async def active_account(desk: VendorDesk, vendor: str, **changed: Any) -> str:
    told = account_of(vendor, **changed)
    account: str = ok(await desk.nadia.post("/v1/accounts", told), 201)["account"]
    called = {"source": "registration", "confirmed": True}
    ok(await desk.samir.post(f"/v1/accounts/{account}/call-back", called, if_match=1))
    answer = ok(await desk.yusuf.post(f"/v1/accounts/{account}/approve", if_match=2))
    assert answer["stage"] == "active"
    return account


async def test_from_proposal_to_an_active_account(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    await active_account(desk, vendor)
    assert await desk.told() == [
        "vendor_proposed",
        "vendor_screened",
        "vendor_approved",
        "bank_account_proposed",
        "bank_account_callback_verified",
        "bank_account_approved",
        "bank_account_activated",
    ]
    shown = ok(await desk.karim.get(f"/v1/vendors/{vendor}"))
    assert (shown["stage"], shown["valid_until"]) == ("approved", "2026-05-31")


async def test_no_entry_and_no_answer_holds_a_personal_value(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    history = b"".join(e.raw for e in await desk.trial.store.read(0, 100))
    answers = [
        await desk.karim.get(p) for p in (f"/v1/vendors/{vendor}", f"/v1/accounts/{account}")
    ]
    for text in (history.decode(), *(answer.text for answer in answers)):
        for value in ("النور", "Noor", "790 000", "0123456789012", IBAN):
            assert value not in text


async def test_the_payer_is_shown_what_a_transfer_needs_and_it_is_recorded(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    answer = await desk.payer.post(f"/v1/accounts/{account}/reveal", {"purpose": "payment"})
    assert answer.headers["cache-control"] == "no-store"
    assert ok(answer) == {
        "account": account,
        "vendor": vendor,
        "scheme": "iban",
        "country": "IQ",
        "currency": "IQD",
        "bank": "NBIQIQBA",
        "branch": None,
        "wallet": None,
        "vendor_country": "IQ",
        "holder": "شركة النور للأفران",
        "number": IBAN,
        "clear_on_lists_in_force": True,
        "name": "شركة النور للأفران",
        "latin_name": "Al-Noor Ovens",
        "town": "Baghdad",
        "phone": "+964 790 000 0101",
        "erased": [],
    }
    read = (await desk.trial.events())[-1]
    assert (await desk.told())[-1] == "personal_data_read"
    assert read.by == "per_svc_disbursement"


async def test_who_has_no_such_purpose_is_shown_nothing(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    hana, before = desk.sign_in("hana", Role.FINANCE_OFFICER), await desk.told()
    for path in (f"/v1/accounts/{account}/reveal", f"/v1/vendors/{vendor}/reveal"):
        answer = await hana.post(path, {"purpose": "payment"})
        assert refused(answer) == (422, "NotYourPurpose")
    assert await desk.told() == before
    nowhere = await desk.payer.post("/v1/accounts/acc_none/reveal", {"purpose": "payment"})
    assert refused(nowhere) == (404, "NoSuchAccount")


async def test_who_answers_for_a_payment_is_shown_the_vendor_but_no_account(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    jozef = desk.sign_in("jozef", Role.CERTIFYING_OFFICER)
    purpose = {"purpose": "payment_check"}
    shown = ok(await jozef.post(f"/v1/vendors/{vendor}/reveal", purpose))
    assert shown["latin_name"] == "Al-Noor Ovens"
    assert (await desk.told())[-1] == "personal_data_read"
    answer = await jozef.post(f"/v1/accounts/{account}/reveal", purpose)
    assert refused(answer) == (422, "NotYourPurpose")
    lina = desk.sign_in("lina", Role.COUNSELLOR)
    answer = await lina.post(f"/v1/vendors/{vendor}/reveal", purpose)
    assert refused(answer) == (422, "NotYourPurpose")


async def test_an_auditor_is_given_the_name_so_that_it_can_be_proven_and_no_number(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    elif_ = desk.sign_in("elif", Role.AUDITOR)
    answer = await elif_.post(f"/v1/vendors/{vendor}/disclose", {"purpose": "audit"})
    assert answer.headers["cache-control"] == "no-store"
    given = ok(answer)["disclosures"]
    assert {each["field"] for each in given} == {"name", "latin_name", "town"}
    entries = {entry.position: entry for entry in await desk.trial.store.read(0, 99)}
    for each in given:
        entry = entries[each["position"]].envelope
        assert entry.id == each["event"]
        assert digest_of(each["disclosure"]) in msgspec.json.decode(entry.data)["_sd"]
    read = (await desk.trial.events())[-1]
    assert isinstance(read, PersonalDataRead)
    assert (read.by, read.purpose, read.account) == ("per_elif", Purpose.AUDIT, None)


async def test_nobody_else_is_given_it_and_an_audit_is_shown_nothing_else(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    elif_ = desk.sign_in("elif", Role.AUDITOR)
    before = await desk.told()
    path = f"/v1/vendors/{vendor}/disclose"
    assert refused(await desk.nadia.post(path, {"purpose": "audit"}))[0] == 403
    for where, purpose in (
        (path, "payment_check"),
        (f"/v1/vendors/{vendor}/reveal", "audit"),
        (f"/v1/accounts/{account}/reveal", "audit"),
    ):
        answer = await elif_.post(where, {"purpose": purpose})
        assert refused(answer) == (422, "NotYourPurpose")
    assert await desk.told() == before


async def test_the_caller_is_shown_the_number_on_file(desk: VendorDesk) -> None:
    vendor = await proposed_vendor(desk)
    shown = ok(await desk.samir.post(f"/v1/vendors/{vendor}/reveal", {"purpose": "call_back"}))
    [contact] = shown["contacts"]
    assert (contact["source"], contact["by"]) == ("registration", "per_nadia")
    assert contact["phone"] == "+964 790 000 0101"


async def test_a_number_that_the_accounts_proposer_put_on_file_is_shown_and_not_called(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    path = f"/v1/vendors/{vendor}/contacts"
    tag = (await desk.nadia.get(f"/v1/vendors/{vendor}")).headers["etag"]
    theirs = {"source": "registration", "phone": "+964 790 999 9999"}
    assert refused(await desk.nadia.post(path, theirs, if_match=tag)) == (422, "RegisteredOnce")
    ok(await desk.nadia.post(path, theirs | {"source": "site_visit"}, if_match=tag))
    desk.trial.clock.advance(60)  # type: ignore[attr-defined]
    opened = await desk.nadia.post("/v1/accounts", account_of(vendor))
    account = ok(opened, 201)["account"]
    shown = ok(await desk.samir.post(f"/v1/vendors/{vendor}/reveal", {"purpose": "call_back"}))
    assert [each["phone"] for each in shown["contacts"]] == [
        "+964 790 000 0101",
        "+964 790 999 9999",
    ]
    called = {"source": "site_visit", "confirmed": True}
    answer = await desk.samir.post(f"/v1/accounts/{account}/call-back", called, if_match=1)
    assert refused(answer) == (422, "ContactNotOnFile")


async def test_a_wrong_person_is_refused_by_the_rules_name(desk: VendorDesk) -> None:
    both = desk.sign_in("nadia", Role.VENDOR_OFFICER, Role.VENDOR_APPROVER)
    vendor = await proposed_vendor(desk)
    ok(await desk.karim.post(f"/v1/vendors/{vendor}/screenings", CLEAR, if_match=1))
    answer = await both.post(f"/v1/vendors/{vendor}/approve", if_match=2)
    assert refused(answer) == (422, "ActedAlready")
    assert answer.json()["facts"] == {"person": "per_nadia", "duty": "proposed"}


async def test_an_account_number_is_on_file_once_whoever_has_it(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    await active_account(desk, vendor)
    other = ok(await desk.nadia.post("/v1/vendors", OVENS), 201)["vendor"]
    written_otherwise = account_of(other, "iq98 nbiq 8501 2345 6789 012")
    answer = await desk.nadia.post("/v1/accounts", written_otherwise)
    assert refused(answer) == (409, "AccountOnFile")
    assert "NBIQ" not in answer.text
    assert answer.json()["facts"] == {"stage": "active"}


async def test_a_second_account_names_the_first_waits_and_takes_its_place(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    first = await active_account(desk, vendor)
    new = account_of(vendor, "IQ20CBIQ861800101010500")
    answer = await desk.nadia.post("/v1/accounts", new)
    assert refused(answer) == (409, "SayWhatItReplaces")
    second = ok(await desk.nadia.post("/v1/accounts", new | {"replaces": first}), 201)["account"]
    called = {"source": "registration", "confirmed": True}
    ok(await desk.samir.post(f"/v1/accounts/{second}/call-back", called, if_match=1))
    ok(await desk.yusuf.post(f"/v1/accounts/{second}/approve", if_match=2))
    early = await desk.yusuf.post(f"/v1/accounts/{second}/activate", if_match=3)
    assert refused(early) == (422, "CoolingOff")
    desk.trial.clock.advance(72 * 3600)  # type: ignore[attr-defined]
    yusuf = desk.sign_in("yusuf", Role.ACCOUNT_APPROVER)
    ok(await yusuf.post(f"/v1/accounts/{second}/activate", if_match=3))
    assert (await desk.told())[-2:] == ["bank_account_activated", "bank_account_replaced"]
    assert ok(await yusuf.get(f"/v1/accounts/{first}"))["stage"] == "replaced"


async def test_an_account_does_not_replace_another_vendors(desk: VendorDesk) -> None:
    first = await active_account(desk, await approved_vendor(desk))
    other = ok(await desk.nadia.post("/v1/vendors", OVENS), 201)["vendor"]
    new = account_of(other, "IQ20CBIQ861800101010500", replaces=first)
    assert refused(await desk.nadia.post("/v1/accounts", new)) == (404, "NoSuchAccount")


async def offer(desk: VendorDesk, vendor: str, dinars: str, number: str) -> dict[str, Any]:
    return {
        "vendor": vendor,
        "total": {"amount": dinars, "currency": "IQD"},
        "document": await desk.on_file(vendor, number),
        "valid_until": "2026-04-01",
    }


async def compared(desk: VendorDesk, path: str) -> None:
    """Nadia ranks the offers as they came in: each was dearer than the one before."""
    stands = await desk.nadia.get(path)
    ranking = [each["quotation"] for each in stands.json()["quotations"]]
    tag = stands.headers["etag"]
    ok(await desk.nadia.post(f"{path}/compare", {"ranking": ranking}, if_match=tag))


async def test_a_vendor_is_selected_among_three_offers(desk: VendorDesk) -> None:
    winner = await approved_vendor(desk)
    others = [await proposed_vendor(desk), await proposed_vendor(desk)]
    ok(await desk.nadia.get(f"/v1/needs/{OVEN}"))
    sourcing = ok(await desk.nadia.post("/v1/sourcings", {"item": OVEN}), 201)["sourcing"]
    path = f"/v1/sourcings/{sourcing}"
    prices = ("2423500.500", "2600000.000", "2710000.000")
    for seen, (vendor, price) in enumerate(zip([winner, *others], prices, strict=True), start=1):
        quotation = await offer(desk, vendor, price, str(seen))
        ok(await desk.nadia.post(f"{path}/quotations", quotation, if_match=seen + 1))
    await compared(desk, path)
    own = await desk.nadia.post(f"{path}/select", {"vendor": winner}, if_match=6)
    assert refused(own) == (422, "ActedAlready")
    answer = ok(await desk.karim.post(f"{path}/select", {"vendor": winner}, if_match=6))
    assert answer["stage"] == "awarded"
    await desk.catch_up()
    listed = ok(await desk.karim.get("/v1/sourcings?case=cas_1"))["items"]
    assert [item["sourcing"] for item in listed] == [sourcing]


async def test_what_was_awarded_lately_for_the_case_counts_together(desk: VendorDesk) -> None:
    """The flour alone (100 EUR) needs one offer; after the oven (1,000 EUR) it needs three."""
    vendor = await approved_vendor(desk)
    others = [await proposed_vendor(desk), await proposed_vendor(desk)]
    bread = ok(await desk.nadia.post("/v1/sourcings", {"item": BREAD}), 201)["sourcing"]
    quotation = await offer(desk, vendor, "130000.000", "a")
    ok(await desk.nadia.post(f"/v1/sourcings/{bread}/quotations", quotation, if_match=2))
    oven = ok(await desk.nadia.post("/v1/sourcings", {"item": OVEN}), 201)["sourcing"]
    for seen, other in enumerate([vendor, *others], start=1):
        quotation = await offer(desk, other, f"24{seen}0000.000", str(seen))
        ok(await desk.nadia.post(f"/v1/sourcings/{oven}/quotations", quotation, if_match=seen + 1))
    await compared(desk, f"/v1/sourcings/{oven}")
    ok(await desk.karim.post(f"/v1/sourcings/{oven}/select", {"vendor": vendor}, if_match=6))
    answer = await desk.karim.post(f"/v1/sourcings/{bread}/select", {"vendor": vendor}, if_match=3)
    assert refused(answer) == (422, "TooFewQuotations")
    assert answer.json()["facts"]["value"] == {"amount": "1100.00", "currency": "EUR"}


async def test_an_item_is_awarded_once(desk: VendorDesk) -> None:
    vendor, salt = await approved_vendor(desk), ItemId("itm_salt")
    small = (PlannedItem(salt, Code("basic_needs"), Code("salt"), eur(50)),)
    await desk.heard(approved, replace(plan_approved, items=small))
    statuses = []
    for _ in range(2):
        sourcing = ok(await desk.nadia.post("/v1/sourcings", {"item": salt}), 201)["sourcing"]
        path = f"/v1/sourcings/{sourcing}"
        quotation = await offer(desk, vendor, "9.000", "a")
        ok(await desk.nadia.post(f"{path}/quotations", quotation, if_match=2))
        answer = await desk.karim.post(f"{path}/select", {"vendor": vendor}, if_match=3)
        statuses.append(answer.status_code)
    assert statuses == [200, 409]
    assert refused(answer) == (409, "AwardedAlready")


async def test_a_projects_item_is_looked_for_as_long_as_orders_may_be_placed(
    desk: VendorDesk,
) -> None:
    project = ProjectId("prj_1")
    by: dict[str, Any] = {"by": LINA, "at": NOON, "project": project}
    bakery = ProjectApproved(
        **by,
        programme=programme_published.programme,
        programme_version=1,
        items=(PlannedItem(ItemId("itm_bakery"), Code("business"), Code("ovens"), eur(1000)),),
        drafter=LINA,
        counsellors=(LINA, PersonId("per_sara")),
        run_by=Code("iom"),
        organisation=Code("iom"),
        shares=(Share(CASE),),
    )
    await desk.heard(approved, bakery)
    need = ok(await desk.nadia.get("/v1/needs/itm_bakery"))
    assert (need["case"], need["counsellors"]) == (project, ["per_lina", "per_sara"])
    ok(await desk.nadia.post("/v1/sourcings", {"item": "itm_bakery"}), 201)
    assert (await desk.told())[-3:-1] == ["quotations_requested", "counsellors_named"]
    await desk.heard(approved, ProjectShareWithdrawn(**by, stops_orders=False))
    assert ok(await desk.nadia.get("/v1/needs/itm_bakery"))
    for over in (
        ProjectShareWithdrawn(**by, stops_orders=True),
        ProjectCancelled(**by),
        ProjectRejected(**by),
    ):
        await desk.heard(approved, over)
        answer = await desk.nadia.post("/v1/sourcings", {"item": "itm_bakery"})
        assert refused(answer) == (422, "ItemNotApproved")
        await desk.heard(approved, bakery)


async def test_no_vendor_is_looked_for_without_an_approved_plan(desk: VendorDesk) -> None:
    answer = await desk.nadia.post("/v1/sourcings", {"item": "itm_unheard"})
    assert refused(answer) == (422, "ItemNotApproved")
    assert refused(await desk.nadia.get("/v1/needs/itm_unheard")) == (404, "not_found")


async def test_without_a_programme_there_is_no_rule_to_approve_by(database: Database) -> None:
    async with vendor_desk(database) as desk:
        vendor = await proposed_vendor(desk)
        ok(await desk.karim.post(f"/v1/vendors/{vendor}/screenings", CLEAR, if_match=1))
        answer = await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=2)
        assert refused(answer) == (422, "NoProgrammeInForce")
        assert refused(await desk.karim.get("/v1/diligence")) == (422, "NoProgrammeInForce")


async def test_the_strictest_programme_holds_for_every_vendor(desk: VendorDesk) -> None:
    other = replace(
        programme_published,
        programme=ProgrammeId("prg_other"),
        paying=Paying(account_wait_hours=24, screening_at_most_days=30, call_back=False),
    )
    await desk.heard(published, other)
    shown = ok(await desk.karim.get("/v1/diligence"))
    assert shown == {"account_wait_hours": 72, "screening_at_most_days": 30, "call_back": True}
    later = replace(
        other, version=2, paying=Paying(account_wait_hours=96, screening_at_most_days=60)
    )
    await desk.heard(published, later)
    shown = ok(await desk.karim.get("/v1/diligence"))
    assert shown == {"account_wait_hours": 96, "screening_at_most_days": 60, "call_back": True}


async def test_vendors_and_accounts_are_listed_by_pages(desk: VendorDesk) -> None:
    vendors = [await proposed_vendor(desk) for _ in range(3)]
    await desk.catch_up()
    first = ok(await desk.karim.get("/v1/vendors?limit=2"))
    rest = ok(await desk.karim.get(f"/v1/vendors?limit=2&cursor={first['next']}"))
    assert [v["vendor"] for v in first["items"] + rest["items"]] == sorted(vendors)
    assert ok(await desk.karim.get("/v1/vendors?stage=approved"))["items"] == []
    account = ok(await desk.nadia.post("/v1/accounts", account_of(vendors[0])), 201)["account"]
    await desk.catch_up()
    listed = ok(await desk.karim.get(f"/v1/accounts?vendor={vendors[0]}"))["items"]
    assert [a["account"] for a in listed] == [account]
    assert listed[0]["last4"] == "9012"


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "Iraq"},
        {"latin_name": "شركة"},
        {"latin_name": "'-/"},
        {"town": "!!!"},
        {"town": "_"},
        {"town": "\u200f"},
        {"town": "بغداد"},
        {"town": " "},
        {"town": "(-)"},
        {"town": ""},
        {"phone": "790"},
        {"kind": "friend"},
        {"name": ""},
        {"unknown": 1},
    ],
)
async def test_a_malformed_proposal_is_refused_whole(
    desk: VendorDesk, wrong: dict[str, Any]
) -> None:
    answer = await desk.nadia.post("/v1/vendors", OVENS | wrong)
    assert refused(answer) == (422, "body_invalid")
    assert await desk.told() == []


async def test_the_wrong_role_does_nothing(desk: VendorDesk) -> None:
    lina = desk.sign_in("lina", Role.COUNSELLOR)
    assert refused(await lina.post("/v1/vendors", OVENS)) == (403, "forbidden")


async def test_accounts_are_told_to_who_keeps_vendors_or_answers_for_money(
    desk: VendorDesk,
) -> None:
    vendor = await approved_vendor(desk)
    account = await active_account(desk, vendor)
    hana = desk.sign_in("hana", Role.FINANCE_OFFICER)
    lina = desk.sign_in("lina", Role.COUNSELLOR)
    for path in (f"/v1/accounts/{account}", f"/v1/accounts?vendor={vendor}"):
        assert (await hana.get(path)).status_code == 200
        assert refused(await lina.get(path)) == (403, "forbidden")
    assert (await lina.get(f"/v1/vendors/{vendor}")).status_code == 200
