"""The generated catalogue, schemas and samples say what the classes say."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import jsonschema
import msgspec
import pytest

from events.catalogue import markdown, sample, sample_entry, schema
from events.decider import Event
from events.envelope import open_entry
from events.money import Money
from events.personal import Identity
from events.registry import Registry
from events.values import Digest, ItemId, PersonId, VendorId


class Way(StrEnum):
    GOODS = "goods"
    SERVICE = "service"


class Line(msgspec.Struct, frozen=True):
    item: ItemId
    amount: Money


class Ordered(Event, frozen=True, tag="toy.ordered.v1"):
    """Goods were ordered from a vendor."""

    about: ClassVar[str] = "buyer"

    buyer: PersonId
    vendor: VendorId | None
    lines: tuple[Line, ...]
    way: Way
    day: date
    document: Digest
    name: Identity[str]


TOY = Registry.of("toy", [Ordered])
(ORDERED,) = TOY


def test_the_catalogue_names_each_event_and_says_what_is_personal() -> None:
    page = markdown([TOY])
    assert "### `toy.ordered.v1`" in page
    assert "Goods were ordered from a vendor." in page
    assert "| `name` | text | personal, identity, about `buyer` |" in page
    assert "| `lines` | list of Line | public |" in page
    assert "| `way` | `goods`, `service` | public |" in page


def test_a_sample_entry_fits_its_schema_and_reads_back() -> None:
    entry = sample_entry(TOY, ORDERED)
    jsonschema.validate(msgspec.json.decode(entry), schema(TOY))
    back = TOY.read(open_entry(entry))
    made = sample(ORDERED)
    assert isinstance(made, Ordered)
    assert back == msgspec.structs.replace(made, name=None)


def test_the_schema_refuses_a_personal_value_in_an_entry() -> None:
    entry = msgspec.json.decode(sample_entry(TOY, ORDERED))
    entry["data"]["name"] = "Zahra"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(entry, schema(TOY))
