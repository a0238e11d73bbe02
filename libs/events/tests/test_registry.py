"""The registry: names on the wire, public and personal fields, old versions."""

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import msgspec
import pytest

from events.canonical import canonical
from events.decider import Event
from events.envelope import Actor, Context, open_entry
from events.money import Money
from events.personal import Contact, Disclosure, Identity, Kind, digest_of
from events.registry import BadEvent, Draft, Registry, UnknownEvent
from events.values import CaseId, Code, PersonId

ANA = PersonId("per_ana")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CONTEXT = Context(
    actor=Actor(id=ANA, role=Code("counsellor"), organisation=Code("iom"), office=Code("Baghdad")),
    correlation="0192f0c1-0000-7000-8000-000000000001",
)


class Registered(Event, frozen=True, tag="toy.registered.v1"):
    about: ClassVar[str] = "returnee"

    case: CaseId
    returnee: PersonId
    total: Money
    name: Identity[str]
    phone: Contact[str]


registered = Registered(
    by=ANA,
    at=NOON,
    case=CaseId("cas_1"),
    returnee=PersonId("per_r1"),
    total=Money(200_000, "EUR"),
    name="Zahra Ḥusayn",
    phone=None,
)
TOY = Registry.of("toy", [Registered])


def draft(event: Event, registry: Registry = TOY) -> Draft:
    return registry.draft(
        event,
        stream="cas_1",
        version=1,
        event_id="0192f0c1-0000-7000-8000-000000000002",
        recorded=NOON,
        context=CONTEXT,
        salt=lambda: b"0123456789abcdef",
    )


def test_an_entry_is_a_canonical_cloudevent() -> None:
    entry = draft(registered).at(7)
    plain = msgspec.json.decode(entry)
    assert canonical(plain) == entry
    assert plain["specversion"] == "1.0"
    assert plain["type"] == "toy.registered.v1"
    assert plain["source"] == "/homeward/toy"
    assert plain["subject"] == "cas_1"
    assert (plain["sequence"], plain["position"]) == ("1", "7")
    assert plain["actorid"] == "per_ana"
    for name, value in plain.items():
        assert name.isalnum(), f"CloudEvents 1.0 section 3.1: {name}"
        assert name == "data" or isinstance(value, str)


def test_a_personal_value_is_in_the_vault_and_only_its_digest_in_the_entry() -> None:
    made = draft(registered)
    assert "Zahra" not in made.at(1).decode()
    (disclosure,) = made.disclosures
    assert (disclosure.name, disclosure.kind) == ("name", Kind.IDENTITY)
    assert disclosure.value == "Zahra Ḥusayn"
    assert made.person == "per_r1"
    assert msgspec.json.decode(made.at(1))["data"]["_sd"] == [disclosure.digest]


def test_the_digest_is_the_one_of_rfc_9901() -> None:
    """The worked example of RFC 9901 (SD-JWT), section 4.2.3."""
    encoded = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest_of(encoded) == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
    assert Disclosure("family_name", Kind.IDENTITY, encoded).value == "Möbius"


def test_what_is_read_back_is_what_was_said_but_for_the_personal_values() -> None:
    back = TOY.read(open_entry(draft(registered).at(3)))
    assert back == msgspec.structs.replace(registered, name=None)


@pytest.mark.parametrize("case", ["", "cas 1", "cas_1\u0301", "cas_" + 49 * "1"])
def test_what_could_not_be_read_again_is_not_written(case: str) -> None:
    """An event stays for ever: whoever came to it would stand still."""
    with pytest.raises(msgspec.ValidationError, match="case"):
        draft(msgspec.structs.replace(registered, case=CaseId(case)))


def test_who_acts_is_who_the_event_says() -> None:
    with pytest.raises(BadEvent, match="per_ben"):
        draft(msgspec.structs.replace(registered, by=PersonId("per_ben")))


def test_a_name_twice_is_refused() -> None:
    class Again(Event, frozen=True, tag="toy.registered.v1"):
        case: CaseId

    with pytest.raises(BadEvent, match="twice"):
        Registry.of("toy", [Registered, Again])


def test_an_event_of_another_service_is_refused() -> None:
    with pytest.raises(BadEvent, match="not an event of other"):
        Registry.of("other", [Registered])


@pytest.mark.parametrize("tag", ["registered", "toy.Registered.v1", "toy.registered.v0", "toy.x"])
def test_a_name_that_is_not_a_wire_type_is_refused(tag: str) -> None:
    cls = msgspec.defstruct(
        "Odd", [("case", CaseId)], bases=(Event,), tag=tag, frozen=True, kw_only=True
    )
    with pytest.raises(BadEvent, match="tag"):
        Registry.of("toy", [cast("type[Event]", cls)])


@pytest.mark.parametrize("hint", [str, str | None, float, dict[str, str], tuple[str, ...], Any])
def test_a_field_that_is_neither_public_nor_personal_is_refused(hint: Any) -> None:
    cls = msgspec.defstruct(
        "Loose", [("note", hint)], bases=(Event,), tag="toy.loose.v1", frozen=True, kw_only=True
    )
    with pytest.raises(BadEvent, match="neither public"):
        Registry.of("toy", [cast("type[Event]", cls)])


def test_personal_fields_without_a_person_are_refused() -> None:
    class Nobody(Event, frozen=True, tag="toy.nobody.v1"):
        case: CaseId
        name: Identity[str]

    with pytest.raises(BadEvent, match="about"):
        Registry.of("toy", [Nobody])


class Moved(Event, frozen=True, tag="toy.moved.v3"):
    case: CaseId
    country: Code


def _v1(data: dict[str, Any]) -> dict[str, Any]:
    return {"case": data["case"], "land": data["to"]}


def _v2(data: dict[str, Any]) -> dict[str, Any]:
    return {"case": data["case"], "country": data["land"]}


def test_an_old_version_is_read_through_every_upcaster() -> None:
    class MovedFirst(Event, frozen=True, tag="toy.moved.v1"):
        case: CaseId
        to: Code

    old = Registry.of("toy", [MovedFirst])
    new = Registry.of("toy", [Moved], upcasters={"toy.moved.v1": _v1, "toy.moved.v2": _v2})
    entry = draft(MovedFirst(by=ANA, at=NOON, case=CaseId("cas_1"), to=Code("IQ")), old).at(1)
    assert new.read(open_entry(entry)) == Moved(
        by=ANA, at=NOON, case=CaseId("cas_1"), country=Code("IQ")
    )


def test_an_unknown_event_is_said_to_be_unknown() -> None:
    with pytest.raises(UnknownEvent, match=r"toy\.registered\.v1"):
        Registry.of("toy", [Moved]).read(open_entry(draft(registered).at(1)))
