"""What an event says in plain words: every event of every service, as a reader meets it."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from audit.log.logged import Logged
from audit.trail.words import in_words

SERVICES = Path(__file__).parents[2]
RAW = re.compile(
    r"[\[\]{}]|<|None|True|False|Ellipsis|\d{4}-\d{2}-\d{2}|\ba [aeio]|\b(\w+) \1\b|\b[a-z]{3} 01"
)
"""What a sentence for people does not hold: parts of programs, days of machines, broken ids."""


def logged(raw: bytes) -> Logged:
    return Logged.opened(0, "demo", raw.strip())


def golden() -> Iterator[Path]:
    for service in ("intake", "plans", "vendors", "disbursement", "audit"):
        yield from sorted((SERVICES / service / "tests/golden").glob("*.json"))


@pytest.mark.parametrize("path", list(golden()), ids=lambda path: path.stem)
def test_every_event_is_told_in_words_for_people(path: Path) -> None:
    said = in_words(logged(path.read_bytes()))
    assert not RAW.search(said), said


def told(kind: str, data: object) -> str:
    [path] = (SERVICES / "disbursement/tests/golden").glob(f"disbursement.{kind}.v1.json")
    entry = msgspec.json.decode(path.read_bytes())
    return in_words(logged(msgspec.json.encode(entry | {"data": data})))


def test_an_id_stands_whole() -> None:
    amount = {"amount": "419.720", "currency": "IQD"}
    of = {"vendor": "ven_01m8a", "case": "cas_01m8b", "amount": amount, "authority": "sign"}
    said = told("counted_under_limit", of)
    assert said == "counted 419.720 IQD under the limit to sign for ven_01m8a in cas_01m8b"


def test_of_a_part_only_what_is_named_is_told() -> None:
    terms = {"due": "2026-12-22", "second_approval": False, "certifier_may_sign": False}
    said = told("payment_terms_set", {"terms": terms})
    assert said == "set the programme's terms: to be paid by 22 December 2026"
    assert told("payment_terms_set", {"terms": None}).endswith("to be paid by …")


def test_a_person_has_a_name_and_an_instant_its_zone() -> None:
    limit = {"amount": "5000.00", "currency": "EUR"}
    of = {"person": "per_marta", "authority": "sign", "limit": limit}
    said = told("delegation_granted", of)
    assert said == "gave Marta authority to sign up to 5,000.00 EUR"
    assert told("delivery_code_issued", {"expires": "2026-11-29T10:39:43.513463Z"}).endswith(
        "29 November 2026, 10:39 UTC"
    )
