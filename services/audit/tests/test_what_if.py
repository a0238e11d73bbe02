"""What if a page had said something else: a history that never was, and acts judged by the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from specimens.histories import Teller

from audit.replay.history import Told
from audit.replay.what_if import BadPage, WhatIf
from events.envelope import open_entry
from events.values import ProgrammeId


def eur(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


def page(**said: Any) -> WhatIf:
    """A page that lets everything pass, but for what it says."""
    everything: dict[str, Any] = {
        "assistance": [{"type": "training", "at_most": eur(9000)}],
        "entitlements": [{"total": eur(9000)}],
        "approval": {"bands": [{"up_to": None, "members": 1}]},
        "buying": {"bands": [{"below": eur(9000), "quotations": 1}]},
    }
    published = {"currency": "EUR", **everything, **said}
    return WhatIf(ProgrammeId("prg_a"), {"plans.programme_published": published})


OF = {"programme": "prg_a"}
GRANTED = {**OF, "case": "cas_1", "shares": [{}, {}], "total": eur(1000)}
APPROVED = {
    **OF,
    "plan": "pla_1",
    "approvers": ["per_a"],
    "items": [{"item": "itm_1", "type": "training", "ceiling": eur(800)}],
    "total": eur(800),
}
SELECTED = {
    "sourcing": "src_1",
    "item": "itm_1",
    "amount": eur(700),
    "quotations": 1,
    "waived": None,
}
COUNTED = {"sourcing": "src_1", "value": eur(700)}
STORY: list[tuple[str, str, dict[str, Any]]] = [
    ("plans.programme_published", "prg_a", {**OF, "version": 1, "currency": "USD"}),
    ("intake.entitlement_granted", "cas_1", GRANTED),
    ("plans.plan_approved", "pla_1", APPROVED),
    ("vendors.vendor_selected", "src_1", SELECTED),
    ("vendors.award_counted", "ven_1", COUNTED),
]


def judged(what_if: WhatIf, story: list[tuple[str, str, dict[str, Any]]]) -> list[tuple[str, str]]:
    teller = Teller()
    for index, each in enumerate(story):
        _, entry = teller.tell("per_a", *each)
        what_if.rewrite(Told(index, open_entry(entry.raw), entry.raw))
    what_if.told()
    return [(each.rule, each.detail) for each in what_if.not_passed]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({}, []),
        ({"entitlements": [{"total": eur(499)}]}, [("entitlement_above", "1000.00 EUR for 2")]),
        ({"entitlements": [{"total": eur(500)}]}, []),
        ({"assistance": []}, [("not_offered", "training")]),
        (
            {"assistance": [{"type": "training", "at_most": eur(799)}]},
            [("item_above", "800.00 EUR, 799.00 EUR at most")],
        ),
        (
            {
                "approval": {
                    "bands": [{"up_to": eur(799), "members": 1}, {"up_to": None, "members": 2}]
                }
            },
            [("too_few_approved", "1 of 2")],
        ),
        (
            {"buying": {"bands": [{"below": eur(701), "quotations": 3}]}},
            [("too_few_offers", "1 of 3")],
        ),
        (
            {"buying": {"bands": [{"below": eur(700), "quotations": 3}]}},
            [("more_than_may_be_bought", "700.00 EUR")],
        ),
    ],
)
def test_which_acts_would_not_have_passed_under_another_page(
    said: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert judged(page(**said), STORY) == refused


def test_another_programmes_acts_are_not_judged() -> None:
    other = [
        (kind, stream, data | {"programme": "prg_b"} if "programme" in data else data)
        for kind, stream, data in STORY[1:]
    ]
    assert judged(page(assistance=[]), [STORY[0], *other]) == []


def test_the_page_stands_in_place_of_what_was_published_and_of_nothing_else() -> None:
    teller, what_if = Teller(), page()
    entries = [teller.tell("per_a", *each)[1] for each in STORY]
    made = [what_if.rewrite(Told(i, open_entry(e.raw), e.raw)) for i, e in enumerate(entries)]
    published = json.loads(bytes(made[0].envelope.data))
    assert (published["currency"], published["version"]) == ("EUR", 1)
    assert [told.envelope.data for told in made[1:]] == [e.envelope.data for e in entries[1:]]
    assert made[0].raw == entries[0].raw  # what was hashed is what was told


def test_a_page_of_a_programme_that_nobody_published_is_told() -> None:
    with pytest.raises(BadPage, match="nobody published prg_a"):
        judged(page(), [])


def test_what_is_no_page_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text("[]")
    with pytest.raises(BadPage, match="is no page"):
        WhatIf.read(tmp_path / "page.json")
