"""Intake over HTTP: what is answered, what becomes fact, and what nobody else gets to see."""

from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import ALL_CRITERIA, NGO, PAPER, STAMP, TERMS

from events.io.http.trial import Caller
from events.roles import Role

ZAHRA: dict[str, Any] = {
    "programme": TERMS.programme,
    "country_of_return": "IQ",
    "return_type": "voluntary",
    "office": "baghdad",
    "language": "ar",
    "sex": "female",
    "age_bracket": "25_59",
    "name": "زهراء حسين",
    "date_of_birth": "1988",
    "phone": "+964 770 000 0201",
}
ALI = {"relation": "child", "sex": "male", "age_bracket": "5_11", "name": "علي حسين"}
CONSENT = {
    "scopes": ["assistance", "vendors"],
    "method": "signature",
    "language": "ar",
    "document": PAPER,
}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
def arben(world: World) -> Caller:
    return world.intake.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")


async def registered(world: World, who: Caller, **changed: object) -> str:
    """A case; its path."""
    answer = await world.says(who, "/v1/cases", ZAHRA | changed)
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    return path


async def done(world: World, who: Caller, path: str, body: object = None) -> dict[str, Any]:
    answer = await world.says(who, path, body)
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def test_from_registration_to_arrival(world: World, lina: Caller, petra: Caller) -> None:
    path = await registered(world, lina)
    case = await done(world, lina, f"{path}/add-member", ALI)
    mother, child = case["household"]
    guardian = {"child": child["person"], "guardian": mother["person"], "basis": "parent"}
    await done(world, lina, f"{path}/appoint-guardian", guardian)
    await done(world, lina, f"{path}/give-consent", CONSENT)
    await done(world, petra, f"{path}/confirm-eligibility", {"criteria": ALL_CRITERIA})
    case = await done(world, petra, f"{path}/grant-entitlement")
    assert case["entitlement"]["total"] == {"amount": "3000.00", "currency": "EUR"}
    arrival = {"date": "2025-12-31", "evidence": STAMP}
    case = await done(world, lina, f"{path}/confirm-arrival", arrival)
    assert (case["stage"], case["entitlement"]["use_by"]) == ("arrived", "2026-12-31")
    assert await world.told() == [
        "returnee_registered",
        "household_member_added",
        "guardian_appointed",
        "consent_given",
        "eligibility_confirmed",
        "programme_entered",
        "programme_entered",
        "entitlement_granted",
        "arrival_confirmed",
    ]
    (line,) = (await lina.get("/v1/cases?stage=arrived&office=baghdad")).json()["items"]
    assert line == case


async def test_personal_values_are_in_the_vault_and_nowhere_else(
    world: World, lina: Caller
) -> None:
    path = await registered(world, lina)
    await done(world, lina, f"{path}/add-member", ALI)
    for entry in await world.store.read(0, 100):
        for value in (ZAHRA["name"], ZAHRA["phone"], ALI["name"]):
            assert value.encode() not in entry.raw
    for row in await world.store.pool.fetch("select * from case_file, es_claim"):
        assert ZAHRA["name"] not in str(tuple(row))
    assert ZAHRA["name"] not in (await lina.get(path)).text


class TestWhoSomebodyIs:
    async def test_the_office_reads_it_for_a_purpose_and_that_is_recorded(
        self, world: World, lina: Caller
    ) -> None:
        path = await registered(world, lina)
        case = await done(world, lina, f"{path}/give-consent", CONSENT)
        answer = await lina.get(f"{path}/people/{case['returnee']}?purpose=assistance")
        assert answer.status_code == 200, answer.text
        assert answer.json()["values"] == {
            "name": ZAHRA["name"],
            "date_of_birth": "1988",
            "phone": ZAHRA["phone"],
        }
        assert (await world.told())[-1] == "personal_data_read"
        last = (await world.store.read(0, 100))[-1].envelope
        assert last.actorid == "per_lina"

    async def test_each_person_of_a_household_is_read_alone(
        self, world: World, lina: Caller
    ) -> None:
        path = await registered(world, lina)
        await done(world, lina, f"{path}/give-consent", CONSENT)
        case = await done(world, lina, f"{path}/add-member", ALI)
        child = case["household"][1]["person"]
        answer = await lina.get(f"{path}/people/{child}?purpose=assistance")
        assert answer.json()["values"] == {"name": ALI["name"]}

    async def test_a_service_reads_it_for_what_was_agreed_to(
        self, world: World, lina: Caller
    ) -> None:
        path = await registered(world, lina)
        case = await done(world, lina, f"{path}/give-consent", CONSENT)
        disbursement = world.intake.sign_in(
            "per_svc_disbursement", Role.SERVICE, organisation="homeward", office=None
        )
        person = f"{path}/people/{case['returnee']}"
        assert (await disbursement.get(f"{person}?purpose=delivery")).status_code == 200
        refused = await disbursement.get(f"{person}?purpose=monitoring")
        assert (refused.status_code, refused.json()["code"]) == (422, "ConsentMissing")
        await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["vendors"]})
        refused = await disbursement.get(f"{person}?purpose=delivery")
        assert (refused.status_code, refused.json()["code"]) == (422, "ConsentMissing")
        assert (await world.told()).count("personal_data_read") == 1

    async def test_a_partners_machine_reads_nobody(self, world: World, lina: Caller) -> None:
        """It is not one of the platform's services, whatever organisation it speaks for."""
        path = await registered(world, lina)
        case = await done(world, lina, f"{path}/give-consent", CONSENT)
        for organisation in ("iom", "ngo_other"):
            theirs = world.intake.sign_in(
                "per_svc_form", Role.PARTNER_SYSTEM, organisation=organisation
            )
            person = f"{path}/people/{case['returnee']}?purpose=delivery"
            for page in (path, "/v1/cases", person, "/v1/events", "/v1/complaints"):
                assert (await theirs.get(page)).status_code == 403, page

    async def test_others_do_not_read_it(
        self, world: World, lina: Caller, petra: Caller, arben: Caller
    ) -> None:
        path = await registered(world, lina)
        case = await done(world, lina, f"{path}/give-consent", CONSENT)
        person = f"{path}/people/{case['returnee']}?purpose=assistance"
        tirana = world.intake.sign_in("per_x", Role.COUNSELLOR, office="tirana")
        assert (await tirana.get(person)).json()["code"] == "NotYourOffice"
        assert (await arben.get(person)).status_code == 404
        assert (await petra.get(person)).status_code == 403
        no_purpose = await lina.get(f"{path}/people/{case['returnee']}")
        assert no_purpose.status_code == 400
        nobody = await lina.get(f"{path}/people/per_nobody?purpose=assistance")
        assert nobody.status_code == 404
        assert "personal_data_read" not in await world.told()


class TestOrganisations:
    async def test_a_partner_sees_its_own_cases_and_no_other(
        self, world: World, lina: Caller, petra: Caller, arben: Caller
    ) -> None:
        ours = await registered(world, lina)
        theirs = await registered(world, arben, country_of_return="AL", office="tirana")
        assert (await arben.get(ours)).status_code == 404
        assert (await arben.get(theirs)).status_code == 200
        (line,) = (await arben.get("/v1/cases")).json()["items"]
        assert line["organisation"] == NGO
        assert len((await petra.get("/v1/cases")).json()["items"]) == 2
        answer = await arben.post(f"{ours}/give-consent", CONSENT, if_match=1)
        assert (answer.status_code, answer.json()["code"]) == (404, "NoSuchCase")

    async def test_who_runs_the_programme_decides_on_a_partners_case(
        self, world: World, petra: Caller, arben: Caller
    ) -> None:
        path = await registered(world, arben, country_of_return="AL", office="tirana")
        await done(world, arben, f"{path}/give-consent", CONSENT)
        own = world.intake.sign_in("per_boss", Role.PROGRAMME_MANAGER, organisation=NGO)
        criteria = {"criteria": ALL_CRITERIA}
        answer = await world.says(own, f"{path}/confirm-eligibility", criteria)
        assert (answer.status_code, answer.json()["code"]) == (422, "PartnerMayOnlyPropose")
        case = await done(world, petra, f"{path}/confirm-eligibility", criteria)
        assert case["stage"] == "eligible"


async def test_withdrawn_consent_stops_what_rests_on_it(
    world: World, lina: Caller, petra: Caller
) -> None:
    path = await registered(world, lina)
    await done(world, lina, f"{path}/give-consent", CONSENT)
    await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["assistance"]})
    answer = await world.says(petra, f"{path}/confirm-eligibility", {"criteria": ALL_CRITERIA})
    assert (answer.status_code, answer.json()["code"]) == (422, "ConsentMissing")
    assert answer.json()["facts"] == {"scope": "assistance"}


async def test_a_case_stays_under_the_version_it_was_found_eligible_by(
    world: World, lina: Caller, petra: Caller
) -> None:
    path = await registered(world, lina)
    await done(world, lina, f"{path}/give-consent", CONSENT)
    await done(world, petra, f"{path}/confirm-eligibility", {"criteria": ALL_CRITERIA})
    meaner = tuple(replace(each, total=each.cash_at_most) for each in TERMS.entitlements)
    await world.is_published(replace(TERMS, version=2, entitlements=meaner))
    case = await done(world, petra, f"{path}/grant-entitlement")
    assert (case["programme_version"], case["entitlement"]["total"]["amount"]) == (1, "2000.00")
    (programme,) = (await lina.get("/v1/programmes")).json()["items"]
    assert programme["version"] == 2


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "two\nlines"}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"date_of_birth": "1988-13"}, "/date_of_birth"),
        ({"phone": "call me"}, "/phone"),
        ({"country_of_return": "Iraq"}, "/country_of_return"),
        ({"age_bracket": "young"}, "/age_bracket"),
        ({"programme": "iom-slovakia"}, "/programme"),
        ({"surname": "X"}, "/surname"),
    ],
)
async def test_bad_input_names_the_field_and_writes_nothing(
    world: World, lina: Caller, change: dict[str, object], pointer: str
) -> None:
    answer = await lina.post("/v1/cases", ZAHRA | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await world.told() == []


@pytest.mark.parametrize("name", ["Mona", "زهراء حسين", "Nguyễn Thị Ánh", "Gjoka, Besnik", "ﷴ"])
async def test_names_are_taken_as_people_have_them(world: World, lina: Caller, name: str) -> None:
    path = await registered(world, lina, name=name, date_of_birth=None)
    case = await done(world, lina, f"{path}/give-consent", CONSENT)
    answer = await lina.get(f"{path}/people/{case['returnee']}?purpose=assistance")
    assert answer.json()["values"]["name"] == name


async def test_a_programme_that_nobody_published(lina: Caller, world: World) -> None:
    answer = await lina.post("/v1/cases", ZAHRA | {"programme": "prg_other"})
    assert answer.status_code == 404
    assert await world.told() == []
