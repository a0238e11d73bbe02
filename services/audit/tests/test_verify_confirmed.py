"""What is paid for arrived on somebody else's word than who recorded it (S7)."""

from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.test_forged import WHOLE, altered
from services.audit.tests.test_verify_terms import said_of, told_after
from specimens.histories import EVIDENCE, Told

SIGNED = {"received_by": "returnee", "method": "signature", "document": EVIDENCE}
BY_CODE = {"received_by": "guardian", "method": "code", "code": "cod_1"}
SENT = SIGNED | {"received_by": "delegate", "authority": EVIDENCE}
MEMBERS = SENT | {"received_by": "committee", "signatures": 2}
PRINT = SIGNED | {"method": "thumbprint", "witnesses": ["per_omar", "per_rania"]}
ON = "2026-11-21"


def witnessed(witness: str, by: str, on: str = ON) -> Told:
    return (by, "disbursement.delivery_witnessed", "com_1", {"witness": witness, "date": on})


BOTH = (witnessed("per_omar", "per_omar"), witnessed("per_rania", "per_samir"))


def delivered(said: dict[str, Any], *words: Told, who: str = "per_dalia") -> list[Told]:
    story = altered("goods_received", who=who, confirmation=said, date=ON)
    return told_after("purchase_order_issued", *words, story=story)


def counselled(by: str, story: list[Told]) -> list[Told]:
    """Of the order it is known who counsels the case."""
    return [
        (who, name, stream, said | {"counsellor": by} if "tment_requested" in name else said)
        for who, name, stream, said in story
    ]


ALONE = SIGNED | {"witnesses": ["per_omar"]}


@pytest.mark.parametrize(
    "story",
    [
        WHOLE,
        delivered(SIGNED),
        delivered(BY_CODE),
        delivered(SENT | {"receiver": "per_omar"}),
        delivered(MEMBERS),
        delivered(PRINT, *BOTH),
        counselled("per_dalia", delivered(ALONE, *BOTH)),
    ],
    ids=["before", "signature", "code", "delegate", "committee", "thumbprint", "counsellor"],
)
def test_a_delivery_that_somebody_confirmed(story: list[Told], tmp_path: Path) -> None:
    assert said_of(story, tmp_path) == []


NOBODY: dict[str, list[Told]] = {
    "no word of anybody": altered("goods_received", received_by=None),
    "nothing said": delivered({}),
    "no paper": delivered(SIGNED | {"document": None}),
    "no code": delivered(BY_CODE | {"code": None}),
    "a code in place of a signature": delivered(BY_CODE | {"method": "signature"}),
    "the vendor": delivered(SIGNED | {"received_by": "vendor"}),
    "a delegate whom nobody sent": delivered(SENT | {"authority": None}),
    "one of a committee": delivered(MEMBERS | {"signatures": 1}),
    "a committee's code": delivered(MEMBERS | {"method": "code", "code": "cod_1"}),
    "the recorder": delivered(SENT | {"receiver": "per_dalia"}),
    "who sent the order": delivered(SENT | {"receiver": "per_hana"}),
    "a thumbprint that one saw": delivered(PRINT | {"witnesses": ["per_omar"]}, *BOTH),
    "witnesses who are silent": delivered(PRINT),
    "witnesses of another day": delivered(
        PRINT, BOTH[0], witnessed("per_rania", "per_samir", "2026-11-20")
    ),
    "a witness by the recorder's word": delivered(
        PRINT, BOTH[0], witnessed("per_rania", "per_dalia")
    ),
    "a witness with a part": delivered(
        PRINT | {"witnesses": ["per_omar", "per_hana"]}, *BOTH, witnessed("per_hana", "per_hana")
    ),
    "the counsellor alone": counselled("per_dalia", delivered(SIGNED)),
    "the counsellor as a witness": counselled("per_omar", delivered(PRINT, *BOTH)),
}


@pytest.mark.parametrize("story", NOBODY.values(), ids=NOBODY)
def test_what_nobody_confirmed_is_not_paid(story: list[Told], tmp_path: Path) -> None:
    found = said_of(story, tmp_path)
    assert ("rules", "the match rests on a delivery that nobody had confirmed") in found
    assert ("rules", "more than what was ordered, delivered and invoiced comes to") in found
    assert len(found) == 2
