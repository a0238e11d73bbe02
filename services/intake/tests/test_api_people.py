"""What is known of people over HTTP: recorded, read back, and in no event."""

from typing import Any

import pytest
from services.intake.tests.conftest import World
from services.intake.tests.test_api import CONSENT, ZAHRA, done, registered

from events.io.http.trial import Caller
from events.roles import Role

IDENTITY = {
    "sex": "female",
    "age_bracket": "25_59",
    "name": "زهراء حسين",
    "spellings": [
        {"name": "Zahra Hussein", "script": "Latn"},
        {"name": "زہرا حسین", "script": "Arab"},
    ],
    "date_of_birth": "1988-07",
    "documents": [{"kind": "laissez_passer", "number": "AB 123456", "country": "IQ"}],
}
CONTACT: dict[str, Any] = {
    "language": "ar",
    "through": {"name": "أم علي", "phone": "+964 770 000 0202"},
}
PROFILE = {"province": "IQ-BG", "ethnicity": "yazidi", "vulnerabilities": ["single_parent"]}
WORDS = {"subject": "plans", "language": "ar", "words": "أريد أن أخيط.\nوأن أبيع في السوق."}
ACTS: list[tuple[str, dict[str, Any]]] = [
    ("record-identity", IDENTITY),
    ("record-contact", CONTACT),
    ("record-profile", PROFILE),
    ("record-own-words", WORDS),
]


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


async def consented(world: World, lina: Caller) -> tuple[str, dict[str, Any]]:
    path = await registered(world, lina)
    return path, await done(world, lina, f"{path}/give-consent", CONSENT)


async def values(lina: Caller, path: str, person: str) -> dict[str, Any]:
    answer = await lina.get(f"{path}/people/{person}?purpose=assistance")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["values"]
    return found


async def test_it_is_read_back_as_it_was_recorded(world: World, lina: Caller) -> None:
    path, case = await consented(world, lina)
    person = case["returnee"]
    for act, body in ACTS:
        await done(world, lina, f"{path}/{act}", {"person": person} | body)
    assert await values(lina, path, person) == {
        "name": IDENTITY["name"],
        "spellings": IDENTITY["spellings"],
        "date_of_birth": "1988-07",
        "documents": IDENTITY["documents"],
        "through": CONTACT["through"],
    }
    assert (await world.told())[-5:] == [
        "identity_recorded",
        "contact_recorded",
        "profile_recorded",
        "own_words_recorded",
        "personal_data_read",
    ]


async def test_a_record_replaces_the_one_before_it_as_a_whole(world: World, lina: Caller) -> None:
    path, case = await consented(world, lina)
    person = case["returnee"]
    bare = {"person": person, "sex": "female", "age_bracket": "25_59", "name": "Zahra"}
    await done(world, lina, f"{path}/record-identity", {"person": person} | IDENTITY)
    await done(world, lina, f"{path}/record-identity", bare)
    assert await values(lina, path, person) == {"name": "Zahra", "phone": ZAHRA["phone"]}


async def test_registration_takes_it_all_at_once(world: World, lina: Caller) -> None:
    path = await registered(
        world, lina, **CONTACT, **{k: IDENTITY[k] for k in ("spellings", "documents")}
    )
    case = await done(world, lina, f"{path}/give-consent", CONSENT)
    assert (await world.told())[:3] == [
        "returnee_registered",
        "identity_recorded",
        "contact_recorded",
    ]
    found = await values(lina, path, case["returnee"])
    assert found["spellings"] == IDENTITY["spellings"]
    assert found["through"] == CONTACT["through"]


async def test_no_word_of_it_is_in_an_event_a_view_or_the_case(world: World, lina: Caller) -> None:
    path, case = await consented(world, lina)
    for act, body in ACTS:
        await done(world, lina, f"{path}/{act}", {"person": case["returnee"]} | body)
    secret = (
        "Zahra Hussein",
        "AB 123456",
        CONTACT["through"]["name"],
        "yazidi",
        "single_parent",
        "أخيط",
    )
    stored = [entry.raw.decode() for entry in await world.store.read(0, 100)]
    viewed = [str(tuple(row)) for row in await world.store.pool.fetch("select * from case_file")]
    for value in secret:
        assert not [text for text in (*stored, *viewed) if value in text], value
        assert value not in (await lina.get(path)).text


async def test_protected_values_are_not_read_with_the_others(world: World, lina: Caller) -> None:
    path, case = await consented(world, lina)
    person = case["returnee"]
    for act, body in ACTS[2:]:
        await done(world, lina, f"{path}/{act}", {"person": person} | body)
    assert set(await values(lina, path, person)) == {"name", "date_of_birth", "phone"}


@pytest.mark.parametrize(
    ("act", "change", "pointer"),
    [
        (
            "record-identity",
            {"spellings": [{"name": "Z", "script": "latin"}]},
            "/spellings/0/script",
        ),
        ("record-identity", {"spellings": [{"name": "", "script": "Latn"}]}, "/spellings/0/name"),
        ("record-identity", {"date_of_birth": "31.12.1988"}, "/date_of_birth"),
        ("record-identity", {"documents": [{"kind": "passport"}]}, "/documents/0/number"),
        ("record-identity", {"age_bracket": "adult"}, "/age_bracket"),
        ("record-contact", {"through": {"phone": "+964 770 000"}}, "/through/name"),
        ("record-contact", {"phone": "none"}, "/phone"),
        ("record-contact", {"language": "Arabic"}, "/language"),
        ("record-profile", {"ethnicity": "two words"}, "/ethnicity"),
        ("record-profile", {"vulnerabilities": ["not a code"]}, "/vulnerabilities/0"),
        ("record-own-words", {"words": ""}, "/words"),
        ("record-own-words", {"subject": "weather"}, "/subject"),
        ("record-own-words", {"person": "Zahra"}, "/person"),
    ],
)
async def test_bad_input_names_the_field_and_writes_nothing(
    world: World, lina: Caller, act: str, change: dict[str, object], pointer: str
) -> None:
    path, case = await consented(world, lina)
    before = await world.told()
    body = {"person": case["returnee"]} | dict(ACTS)[act] | change
    answer = await world.says(lina, f"{path}/{act}", body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await world.told() == before


async def test_a_contact_that_reaches_nobody(world: World, lina: Caller) -> None:
    path, case = await consented(world, lina)
    nothing = {"person": case["returnee"], "language": "ar"}
    answer = await world.says(lina, f"{path}/record-contact", nothing)
    assert (answer.status_code, answer.json()["code"]) == (422, "NoWayToReach")


async def test_after_consent_is_withdrawn_nothing_protected_is_recorded(
    world: World, lina: Caller
) -> None:
    path, case = await consented(world, lina)
    await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["assistance"]})
    for act, body in ACTS[2:]:
        answer = await world.says(lina, f"{path}/{act}", {"person": case["returnee"]} | body)
        assert (answer.status_code, answer.json()["code"]) == (422, "ConsentMissing")
