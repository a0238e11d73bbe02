"""One programme at a time, announcements and departures, over HTTP: the answer and the facts."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import ALL_CRITERIA, PAPER, STAMP, TERMS
from services.intake.tests.test_api import ALI, CONSENT, ZAHRA, done, registered

from events.io.http.trial import Caller
from events.roles import Role
from events.values import ProgrammeId
from intake.answers import CaseAnswer
from intake.domain.case import case as cases

OTHER = replace(TERMS, programme=ProgrammeId("prg_mrc_baghdad"), one_programme_at_a_time=True)
CRITERIA = {"criteria": ALL_CRITERIA}
NOTICE: dict[str, Any] = {
    "programme": TERMS.programme,
    "country_of_return": "IQ",
    "return_type": "voluntary",
    "office": "baghdad",
    "departure": "2026-03-13",
    "flight": "XC7031",
}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
def juraj(world: World) -> Caller:
    return world.intake.sign_in("per_juraj", Role.PROGRAMME_MANAGER)


async def two_cases(world: World, lina: Caller) -> tuple[str, str]:
    """Of one person, under two programmes of which one stands alone; consent in both."""
    await world.is_published(OTHER)
    one = await registered(world, lina)
    case = await done(world, lina, f"{one}/give-consent", CONSENT)
    known = {"case": case["case"], "person": case["returnee"]}
    other = await registered(world, lina, programme=OTHER.programme, known=known)
    again = await done(world, lina, f"{other}/give-consent", CONSENT)
    assert again["returnee"] == case["returnee"]
    return one, other


class TestOneProgramme:
    async def test_the_second_is_refused_and_nothing_of_it_stays(
        self, world: World, lina: Caller, petra: Caller
    ) -> None:
        one, other = await two_cases(world, lina)
        await done(world, petra, f"{one}/confirm-eligibility", CRITERIA)
        before = await world.told()
        answer = await world.says(petra, f"{other}/confirm-eligibility", CRITERIA)
        assert (answer.status_code, answer.json()["code"]) == (409, "UnderOtherProgramme")
        assert TERMS.programme not in answer.text, "the other case may be known to few"
        assert await world.told() == before
        assert (await petra.get(other)).json()["stage"] == "registered"

    async def test_of_two_at_the_same_moment_one_is_refused(
        self, world: World, lina: Caller, petra: Caller, juraj: Caller
    ) -> None:
        paths = await two_cases(world, lina)
        answers = await asyncio.gather(
            *(
                who.post(f"{path}/confirm-eligibility", CRITERIA, if_match=2)
                for who, path in zip((petra, juraj), paths, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert (await world.told()).count("programme_entered") == 1

    async def test_when_the_first_case_ends_the_second_may_begin(
        self, world: World, lina: Caller, petra: Caller
    ) -> None:
        one, other = await two_cases(world, lina)
        await done(world, petra, f"{one}/confirm-eligibility", CRITERIA)
        await done(world, petra, f"{one}/confirm-non-departure")
        assert (await world.told())[-2:] == ["non_departure_confirmed", "programme_left"]
        case = await done(world, petra, f"{other}/confirm-eligibility", CRITERIA)
        assert case["stage"] == "eligible"

    async def test_a_closed_case_lets_its_people_go_and_reopened_takes_them_back(
        self, world: World, lina: Caller, petra: Caller, juraj: Caller
    ) -> None:
        one, other = await two_cases(world, lina)
        await done(world, petra, f"{one}/confirm-eligibility", CRITERIA)
        await done(world, petra, f"{one}/close", {"ground": "withdrawn"})
        await done(world, petra, f"{other}/confirm-eligibility", CRITERIA)
        reason = {"reason": "returnee_came_back"}
        await done(world, petra, f"{one}/propose-reopening", reason)
        answer = await world.says(juraj, f"{one}/reopen")
        assert (answer.status_code, answer.json()["code"]) == (409, "UnderOtherProgramme")
        await done(world, petra, f"{other}/close", {"ground": "withdrawn"})
        assert (await done(world, juraj, f"{one}/reopen"))["stage"] == "eligible"
        assert (await world.told())[-1] == "programme_entered"

    async def test_who_joins_a_household_later_is_under_its_programme_too(
        self, world: World, lina: Caller, petra: Caller
    ) -> None:
        one, _ = await two_cases(world, lina)
        await done(world, petra, f"{one}/confirm-eligibility", CRITERIA)
        case = await done(world, lina, f"{one}/add-member", ALI)
        ali = {"case": case["case"], "person": case["household"][1]["person"]}
        third = await registered(world, lina, programme=OTHER.programme)
        await done(world, lina, f"{third}/give-consent", CONSENT)
        await done(world, petra, f"{third}/confirm-eligibility", CRITERIA)
        answer = await world.says(lina, f"{third}/add-member", ALI | {"known": ali})
        assert (answer.status_code, answer.json()["code"]) == (409, "UnderOtherProgramme")
        left = {"member": ali["person"], "reason": "family_separated"}
        await done(world, lina, f"{one}/remove-member", left)
        case = await done(world, lina, f"{third}/add-member", ALI | {"known": ali})
        assert case["household"][1]["person"] == ali["person"]

    async def test_who_is_known_by_a_case_that_one_cannot_see_is_not_known(
        self, world: World, lina: Caller
    ) -> None:
        one, _ = await two_cases(world, lina)
        case = (await lina.get(one)).json()
        stranger = world.intake.sign_in("per_x", Role.COUNSELLOR, organisation="ngo_other")
        known = {"case": case["case"], "person": case["returnee"]}
        answer = await stranger.post("/v1/cases", ZAHRA | {"known": known})
        assert answer.status_code == 404


class TestAnnounced:
    async def announced(self, world: World, who: Caller) -> str:
        answer = await world.says(who, "/v1/pre-notifications", NOTICE)
        assert answer.status_code == 201, answer.text
        assert await world.told() == ["pre_notification_made"]
        notice: str = answer.json()["pre_notification"]
        return notice

    async def test_the_registration_takes_it_up_once(self, world: World, lina: Caller) -> None:
        notice = await self.announced(world, lina)
        path = await registered(world, lina, pre_notification=notice)
        assert (await world.told())[1:] == ["returnee_registered", "pre_notification_taken_up"]
        (line,) = (await lina.get("/v1/pre-notifications?stage=taken_up")).json()["items"]
        assert (line["pre_notification"], path) == (notice, f"/v1/cases/{line['case']}")
        await done(world, lina, f"{path}/restrict", {"basis": "threat"})
        petra = world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        one = f"/v1/pre-notifications/{notice}"
        for who, case in ((lina, line["case"]), (petra, None)):
            assert (await who.get(one)).json()["case"] == case
            (line,) = (await who.get("/v1/pre-notifications?stage=taken_up")).json()["items"]
            assert line["case"] == case
        before = await world.told()
        again = await world.says(lina, "/v1/cases", ZAHRA | {"pre_notification": notice})
        assert (again.status_code, again.json()["code"]) == (409, "NoticeIs")
        assert await world.told() == before

    async def test_a_case_of_another_country_does_not(self, world: World, lina: Caller) -> None:
        notice = await self.announced(world, lina)
        body = ZAHRA | {"pre_notification": notice, "country_of_return": "AL"}
        answer = await world.says(lina, "/v1/cases", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "NotAsAnnounced")
        assert await world.told() == ["pre_notification_made"]

    async def test_it_is_withdrawn(self, world: World, lina: Caller) -> None:
        notice = await self.announced(world, lina)
        page = await done(world, lina, f"/v1/pre-notifications/{notice}/withdraw")
        assert page["stage"] == "withdrawn"
        assert (await world.told())[-1] == "pre_notification_withdrawn"

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": "Zahra"}, "/name"),
            ({"departure": "tomorrow"}, "/departure"),
            ({"country_of_return": "IRQ"}, "/country_of_return"),
            ({"flight": "a charter"}, "/flight"),
        ],
    )
    async def test_it_takes_no_name_and_names_what_is_bad(
        self, world: World, lina: Caller, change: dict[str, object], pointer: str
    ) -> None:
        answer = await lina.post("/v1/pre-notifications", NOTICE | change)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
        assert await world.told() == []


async def entitled(world: World, lina: Caller, petra: Caller) -> tuple[str, dict[str, Any]]:
    path = await registered(world, lina)
    await done(world, lina, f"{path}/give-consent", CONSENT)
    await done(world, petra, f"{path}/confirm-eligibility", CRITERIA)
    return path, await done(world, petra, f"{path}/grant-entitlement")


class TestEntitlement:
    async def test_other_amounts_by_two_people(
        self, world: World, lina: Caller, petra: Caller, juraj: Caller
    ) -> None:
        path, case = await entitled(world, lina, petra)
        amount = {
            "person": case["returnee"],
            "total": {"amount": "2500.00", "currency": "EUR"},
            "cash_at_most": {"amount": "200.00", "currency": "EUR"},
        }
        body = {"amounts": [amount], "reason": "price_rise"}
        case = await done(world, petra, f"{path}/propose-adjustment", body)
        assert case["adjustment"]["proposed_by"] == "per_petra"
        refused = await world.says(petra, f"{path}/approve-adjustment")
        assert (refused.status_code, refused.json()["code"]) == (422, "ProposerCannotApprove")
        case = await done(world, juraj, f"{path}/approve-adjustment")
        assert case["entitlement"]["total"]["amount"] == "2500.00"
        assert (await world.told())[-2:] == [
            "entitlement_adjustment_proposed",
            "entitlement_adjusted",
        ]
        none = await world.says(juraj, f"{path}/approve-adjustment")
        assert (none.status_code, none.json()["code"]) == (409, "NothingProposed")

    async def test_more_time_by_two_people(self, world: World, lina: Caller, petra: Caller) -> None:
        path, _ = await entitled(world, lina, petra)
        arrival = {"date": "2025-12-31", "evidence": STAMP}
        await done(world, lina, f"{path}/confirm-arrival", arrival)
        body = {"claim_by": "2026-03-31", "use_by": "2027-03-31", "reason": "illness"}
        await done(world, lina, f"{path}/propose-extension", body)
        case = await done(world, petra, f"{path}/approve-extension")
        assert case["entitlement"]["use_by"] == "2027-03-31"
        assert (await world.told())[-1] == "entitlement_extended"

    async def test_pooling_is_each_persons_own(
        self, world: World, lina: Caller, petra: Caller
    ) -> None:
        path, _ = await entitled(world, lina, petra)
        brother = ALI | {"relation": "sibling", "age_bracket": "25_59"}
        case = await done(world, lina, f"{path}/add-member", brother)
        person = case["household"][1]["person"]
        agrees = {"person": person, "method": "signature", "language": "ar", "document": PAPER}
        answer = await world.says(lina, f"{path}/pool", agrees)
        assert answer.json()["facts"] == {"scope": "pooling"}
        await done(world, lina, f"{path}/give-consent", CONSENT | {"scopes": ["pooling"]})
        case = await done(world, lina, f"{path}/pool", agrees)
        assert [member["pooled"] for member in case["household"]] == [False, True]
        case = await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["pooling"]})
        assert [member["pooled"] for member in case["household"]] == [False, False]
        assert (await world.told())[-2:] == ["consent_withdrawn", "household_unpooled"]

    async def test_what_is_declared_elsewhere_is_told(
        self, world: World, lina: Caller, petra: Caller
    ) -> None:
        path, case = await entitled(world, lina, petra)
        body = {
            "person": case["returnee"],
            "programme_elsewhere": "eurp",
            "amount": {"amount": "615.00", "currency": "EUR"},
        }
        case = await done(world, lina, f"{path}/declare-double-assistance", body)
        assert case["declared"][0]["amount"]["amount"] == "615.00"
        again = await world.says(lina, f"{path}/declare-double-assistance", body)
        assert (again.status_code, again.json()["code"]) == (409, "DeclaredAlready")

    @pytest.mark.parametrize(
        ("act", "body", "pointer"),
        [
            ("propose-adjustment", {"amounts": [], "reason": "price_rise"}, "/amounts"),
            (
                "propose-adjustment",
                {"amounts": [{"person": "per_1", "total": 1}], "reason": "price_rise"},
                "/amounts/0/total",
            ),
            ("propose-extension", {"claim_by": "soon"}, "/claim_by"),
            ("declare-double-assistance", {"amount": {"amount": "1"}}, "/amount"),
            ("pool", {"person": "per_1", "method": "nod"}, "/method"),
            ("unpool", {}, "/person"),
            ("remove-member", {"member": "per_1", "reason": "none"}, "/reason"),
            ("confirm-departure", {"date": "2026-02-30", "evidence": STAMP}, "/date"),
            ("grant-entitlement", {"established": [{"person": "per_1"}]}, "/established/0"),
        ],
    )
    async def test_bad_input_names_the_field_and_writes_nothing(
        self,
        *,
        world: World,
        lina: Caller,
        petra: Caller,
        act: str,
        body: object,
        pointer: str,
    ) -> None:
        path, _ = await entitled(world, lina, petra)
        before = await world.told()
        who = petra if act.startswith("grant") else lina
        answer = await world.says(who, f"{path}/{act}", body)
        assert answer.status_code == 422
        pointers = [error["pointer"] for error in answer.json()["errors"]]
        assert [each for each in pointers if each.startswith(pointer)], pointers
        assert await world.told() == before


async def test_departure_then_arrival(world: World, lina: Caller, petra: Caller) -> None:
    path, _ = await entitled(world, lina, petra)
    left = {"date": "2025-12-30", "evidence": STAMP}
    case = await done(world, lina, f"{path}/confirm-departure", left)
    assert case["departure"] == "2025-12-30"
    early = await world.says(
        lina, f"{path}/confirm-arrival", {"date": "2025-12-29", "evidence": STAMP}
    )
    assert early.json()["code"] == "ArrivalBeforeDeparture"
    case = await done(
        world, lina, f"{path}/confirm-arrival", {"date": "2025-12-31", "evidence": STAMP}
    )
    assert (case["stage"], case["departure"]) == ("arrived", "2025-12-30")
    again = await world.says(petra, f"{path}/confirm-non-departure")
    assert (again.status_code, again.json()["code"]) == (409, "CaseIsAt")


async def test_the_view_of_the_cases_equals_a_replay(
    world: World, lina: Caller, petra: Caller, juraj: Caller
) -> None:
    one, _ = await two_cases(world, lina)
    await done(world, petra, f"{one}/confirm-eligibility", CRITERIA)
    await done(world, lina, f"{one}/add-member", ALI)
    await done(world, lina, f"{one}/withdraw-consent", {"scopes": ["vendors"]})
    registry = world.intake.registry
    for line in (await lina.get("/v1/cases")).json()["items"]:
        entries = await world.store.load(line["case"])
        told: list[Any] = registry.read_all(entries)
        state = cases.fold(told)
        assert state is not None
        assert line == CaseAnswer.of(state, len(entries)).model_dump(mode="json")
