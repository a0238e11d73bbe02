"""A purchase on its terms over HTTP; two awards at the same instant, on the real store."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.vendors.tests.desk import (
    CASE,
    OVEN,
    PROGRAMME,
    VendorDesk,
    ok,
    plan_approved,
    refused,
    registered,
    vendor_desk,
)
from services.vendors.tests.people import BUYING, LINA, NOON, eur
from services.vendors.tests.test_competing import TERMS

from events.decider import Event
from events.io.postgres import EpochKeys, open_store
from events.money import Money
from events.registry import Registry
from events.roles import Role
from events.values import CaseId, Code, CommitmentId, ItemId, PersonId, PlanId, ProgrammeId
from homeward.postgres import Database
from vendors.domain.need import PlannedItem, approved
from vendors.domain.paid import ItemCommitted, ItemReleased, on_items
from vendors.domain.programme import Paying
from vendors.domain.terms import Quorum
from vendors.main import service

FLOUR, SALT, SOAP = ItemId("itm_flour"), ItemId("itm_salt"), ItemId("itm_soap")
OTHER = CaseId("cas_2")
DAY = 24 * 3600
LETTER = b"%PDF-1.7 the letter that asks for offers"


class BandTold(msgspec.Struct, frozen=True):
    below: Money
    quotations: int
    waiver_by: Code | None
    waiver_for: tuple[Code, ...]
    written_working_days: int | None
    committee: bool


class BuyingTold(msgspec.Struct, frozen=True):
    bands: tuple[BandTold, ...]
    added_up_over_days: int


class ApprovalTold(msgspec.Struct, frozen=True):
    bands: tuple[Quorum, ...]


class Published(Event, frozen=True, tag="plans.programme_published.v2"):
    """As the plans service writes it, as far as vendors reads it."""

    programme: ProgrammeId
    version: int
    buying: BuyingTold
    approval: ApprovalTold
    paying: Paying


published = Published(
    by=PersonId("per_petra"),
    at=NOON,
    programme=PROGRAMME,
    version=1,
    buying=BuyingTold(
        bands=tuple(
            BandTold(
                below=band.below,
                quotations=band.quotations,
                waiver_by=band.waiver_by,
                waiver_for=band.waiver_for,
                written_working_days=demand.written_working_days,
                committee=demand.committee,
            )
            for band, demand in zip(BUYING.bands, TERMS.demands, strict=True)
        ),
        added_up_over_days=30,
    ),
    approval=ApprovalTold(bands=(Quorum(up_to=None, members=2),)),
    paying=Paying(account_wait_hours=72, screening_at_most_days=90),
)


class Registered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    run_by: Code
    organisation: Code
    counsellor: PersonId
    country_of_return: Code


def planned(item: ItemId, euros: int) -> PlannedItem:
    return PlannedItem(item, Code("basic_needs"), Code("goods"), eur(euros))


@pytest_asyncio.fixture
async def desk(make_migrated: Callable[..., Database]) -> AsyncIterator[VendorDesk]:
    database = make_migrated(service.migrations)
    async with (
        open_store(database.app, EpochKeys(b"k" * 32)) as store,
        vendor_desk(database, store=store) as there,
    ):
        await there.heard(Registry.of("plans", [Published], foreign=True), published)
        of_people = Registry.of("intake", [Registered], foreign=True)
        for case in (CASE, OTHER):
            person = Registered(
                by=registered.by,
                at=NOON,
                case=case,
                run_by=Code("iom"),
                organisation=Code("ngo_tirana"),
                counsellor=registered.counsellor,
                country_of_return=Code("IQ"),
            )
            await there.heard(of_people, person, "intake")
        here = replace(
            plan_approved, items=(planned(OVEN, 2000), planned(FLOUR, 100), planned(SOAP, 50))
        )
        there_too = replace(
            plan_approved, case=OTHER, plan=PlanId("pla_2"), items=(planned(SALT, 100),)
        )
        for plan in (here, there_too):
            await there.heard(approved, plan)
        yield there


async def vendor(desk: VendorDesk) -> str:
    body = {
        "kind": "company",
        "country": "IQ",
        "name": "Al-Noor Ovens",
        "latin_name": "Al-Noor Ovens",
        "town": "Baghdad",
        "phone": "+964 790 000 0101",
    }
    new: str = ok(await desk.nadia.post("/v1/vendors", body), 201)["vendor"]
    clear = {"list_set": "UN", "list_version": "1", "on": "2026-03-02", "result": "clear"}
    await does(desk.karim, f"/v1/vendors/{new}/screenings", clear)
    await does(desk.karim, f"/v1/vendors/{new}/approve")
    return new


async def does(who: Any, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Somebody acts on what they have just read, and it succeeds."""
    return ok(await tries(who, path, body))


async def tries(who: Any, path: str, body: dict[str, Any] | None = None) -> Any:
    tag = (await who.get(path.rpartition("/")[0])).headers["etag"]
    return await who.post(path, body or {}, if_match=tag)


async def asked(desk: VendorDesk, item: ItemId, *vendors: str) -> str:
    """Each of them has made an offer; the sourcing's path."""
    begun = ok(await desk.nadia.post("/v1/sourcings", {"item": item}), 201)
    path = f"/v1/sourcings/{begun['sourcing']}"
    for number, each in enumerate(vendors, start=1):
        offer = {
            "vendor": each,
            "total": {"amount": f"{40 + number}.00", "currency": "EUR"},
            "document": await desk.on_file(each, item),
            "valid_until": "2026-04-01",
        }
        await does(desk.nadia, f"{path}/quotations", offer)
    return path


async def compared(desk: VendorDesk, path: str) -> str:
    """Ranked as they came; the recommended offer."""
    offers = [each["quotation"] for each in ok(await desk.nadia.get(path))["quotations"]]
    await does(desk.nadia, f"{path}/compare", {"ranking": offers})
    return str(offers[0])


async def test_a_large_purchase_is_asked_in_writing_waited_for_and_voted_on(
    desk: VendorDesk,
) -> None:
    vendors = [await vendor(desk) for _ in range(3)]
    path = await asked(desk, OVEN, *vendors)
    recommended = await compared(desk, path)
    chosen = {"vendor": vendors[0]}
    answer = await tries(desk.karim, f"{path}/select", chosen)
    assert refused(answer) == (422, "NotAskedInWriting")
    document = hashlib.sha256(LETTER).hexdigest()
    letter = {"sent_on": "2026-03-02", "document": document}
    told = (await does(desk.nadia, f"{path}/written-request", letter))["terms"]
    assert told == {
        "working_days": 5,
        "asked_on": "2026-03-02",
        "not_before": "2026-03-09",
        "votes": 2,
    }
    answer = await tries(desk.karim, f"{path}/select", chosen)
    assert refused(answer) == (422, "DecidedTooSoon")
    desk.trial.clock.advance(7 * DAY)  # type: ignore[attr-defined]
    karim = desk.sign_in("karim", Role.VENDOR_APPROVER)
    answer = await tries(karim, f"{path}/select", chosen)
    assert refused(answer) == (422, "CommitteeHasNotAgreed")
    for name in ("zuzana", "peter"):
        member = desk.sign_in(name, Role.COMMITTEE_MEMBER)
        await does(member, f"{path}/vote", {"quotation": recommended, "vote": "in_favour"})
    answer = await tries(karim, f"{path}/select", chosen)
    assert refused(answer) == (422, "CitedNotOnFile")
    assert answer.json()["facts"] == {"documents": [document]}
    nadia = desk.sign_in("nadia", Role.VENDOR_OFFICER)
    ok(await nadia.put_on_file(LETTER, about=vendors[0], paper="written_request"), 201)
    assert (await does(karim, f"{path}/select", chosen))["stage"] == "awarded"
    assert (await desk.told())[-6:] == [
        "award_voted",
        "award_voted",
        "document_kept",
        "vendor_selected",
        "award_counted",
        "award_counted",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same_vendor"),
    [(FLOUR, SALT, True), (FLOUR, ItemId("itm_tea"), False)],
    ids=["of one vendor for two cases", "of two vendors for one case"],
)
async def test_two_awards_at_the_same_instant_do_not_split_a_purchase(
    desk: VendorDesk, one: ItemId, other: ItemId, *, same_vendor: bool
) -> None:
    """Each is 100 EUR, for which one offer is enough; together they are 200, which needs three."""
    if not same_vendor:
        more = replace(plan_approved, plan=PlanId("pla_3"), items=(planned(other, 100),))
        await desk.heard(approved, more)
    vendors = [await vendor(desk)]
    vendors.append(vendors[0] if same_vendor else await vendor(desk))
    paths = [
        await asked(desk, item, each) for item, each in zip((one, other), vendors, strict=True)
    ]
    answers = await asyncio.gather(
        *(
            tries(desk.karim, f"{path}/select", {"vendor": each})
            for path, each in zip(paths, vendors, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    (late,) = [answer for answer in answers if answer.is_error]
    assert refused(late) == (422, "TooFewQuotations")
    assert late.json()["facts"]["value"] == {"amount": "200.00", "currency": "EUR"}


async def test_that_the_same_vendors_lost_before_is_seen_before_the_next_award(
    desk: VendorDesk,
) -> None:
    winner, *losers = [await vendor(desk) for _ in range(3)]
    first = await asked(desk, FLOUR, winner, *losers)
    await compared(desk, first)
    await does(desk.karim, f"{first}/select", {"vendor": winner})
    second = await asked(desk, SALT, *losers, winner)
    await desk.catch_up()
    seen = ok(await desk.karim.get(f"{second}/rivals"))["lost_together"]
    assert seen == [
        {"sourcing": first.rpartition("/")[2], "winner": winner, "losers": sorted(losers)}
    ]
    elsewhere = desk.trial.sign_in("per_linh", Role.COUNSELLOR, organisation="pacific_links")
    assert refused(await elsewhere.get(f"{second}/rivals")) == (404, "not_found")


async def test_a_suspended_vendors_offer_is_dead_and_a_withdrawn_one_is_gone(
    desk: VendorDesk,
) -> None:
    vendors = [await vendor(desk) for _ in range(3)]
    path = await asked(desk, FLOUR, *vendors)
    await does(desk.karim, f"/v1/vendors/{vendors[2]}/suspend", {"reason": "moved"})
    offers = [each["quotation"] for each in ok(await desk.nadia.get(path))["quotations"]]
    answer = await tries(desk.nadia, f"{path}/compare", {"ranking": offers})
    assert refused(answer) == (422, "RankingNotOfAll")
    gone = {"quotation": offers[1], "reason": "sold_out"}
    stands = await does(desk.nadia, f"{path}/withdraw-quotation", gone)
    assert [each["quotation"] for each in stands["quotations"]] == [offers[0], offers[2]]
    assert (await does(desk.karim, f"{path}/select", {"vendor": vendors[0]}))["stage"] == "awarded"


async def test_a_search_that_was_given_up_may_begin_again(desk: VendorDesk) -> None:
    first = await asked(desk, FLOUR)
    assert (await does(desk.nadia, f"{first}/cancel", {"reason": "not_needed"}))[
        "stage"
    ] == "cancelled"
    again = await asked(desk, FLOUR, await vendor(desk))
    assert again != first


async def awarded(desk: VendorDesk, item: ItemId, to: str) -> str:
    path = await asked(desk, item, to)
    await does(desk.karim, f"{path}/select", {"vendor": to})
    await desk.catch_up()
    return path


def holds(item: ItemId, commitment: str = "com_1") -> ItemCommitted:
    return ItemCommitted(
        by=LINA, at=NOON, item=item, commitment=CommitmentId(commitment), amount=eur(90)
    )


async def test_an_award_is_taken_back_by_another_and_the_item_is_free_again(
    desk: VendorDesk,
) -> None:
    fell_away, other = await vendor(desk), await vendor(desk)
    path = await awarded(desk, SOAP, fell_away)
    reason = {"reason": "never_delivered"}
    own = await tries(desk.karim, f"{path}/take-back", reason)
    assert refused(own) == (422, "ActedAlready")
    assert (await does(desk.nadia, f"{path}/take-back", reason))["stage"] == "taken_back"
    await desk.catch_up()
    again = await awarded(desk, SOAP, other)
    assert ok(await desk.nadia.get(again))["stage"] == "awarded"
    third = await asked(desk, SOAP, fell_away)
    refusal = refused(await tries(desk.karim, f"{third}/select", {"vendor": fell_away}))
    assert refusal == (409, "AwardedAlready"), "the item is free for one award, not for two"


async def test_what_was_taken_back_counts_with_no_other_award(desk: VendorDesk) -> None:
    """Two of 100 EUR to one vendor would need three offers: the first is not there any more."""
    seller = await vendor(desk)
    path = await awarded(desk, FLOUR, seller)
    await does(desk.nadia, f"{path}/take-back", {"reason": "never_delivered"})
    await desk.catch_up()
    await awarded(desk, SALT, seller)


async def test_as_soon_as_money_is_committed_the_award_stands(desk: VendorDesk) -> None:
    path = await awarded(desk, FLOUR, await vendor(desk))
    reason = {"reason": "never_delivered"}
    await desk.heard(on_items, holds(FLOUR), "disbursement")
    answer = await tries(desk.nadia, f"{path}/take-back", reason)
    assert refused(answer) == (409, "CommittedAlready")
    assert answer.json()["facts"] == {"commitments": ["com_1"]}
    given_up = ItemReleased(
        by=LINA, at=NOON, item=FLOUR, commitment=CommitmentId("com_1"), amount=eur(90)
    )
    await desk.heard(on_items, given_up, "disbursement")
    assert (await does(desk.nadia, f"{path}/take-back", reason))["stage"] == "taken_back"


async def test_of_two_who_take_it_back_and_award_anew_one_award_stands(desk: VendorDesk) -> None:
    """A new award for the item waits until it is seen that the former was taken back."""
    seller = await vendor(desk)
    path = await awarded(desk, SOAP, seller)
    other = await vendor(desk)
    rivals = [await asked(desk, SOAP, other), await asked(desk, SOAP, await vendor(desk))]
    await does(desk.nadia, f"{path}/take-back", {"reason": "never_delivered"})
    offers = [ok(await desk.nadia.get(each))["quotations"][0]["vendor"] for each in rivals]
    for each, offered in zip(rivals, offers, strict=True):
        early = await tries(desk.karim, f"{each}/select", {"vendor": offered})
        assert refused(early) == (409, "AwardedAlready")
    await desk.catch_up()
    answers = await asyncio.gather(
        *(
            tries(desk.karim, f"{each}/select", {"vendor": offered})
            for each, offered in zip(rivals, offers, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
