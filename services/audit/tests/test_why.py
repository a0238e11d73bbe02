"""Why was this paid: no line too many and none too few, and the offline verifier says the same."""

from pathlib import Path

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.logs import write_bundle
from specimens.histories import GRANT, VENDOR, Told, case, project, told

from audit import verify
from audit.log.logged import Logged
from audit.trail.why import Part, Why, explain
from events.io.http.trial import Trial
from events.roles import Role

WHOLE = [*VENDOR, *GRANT, *case()]


def explained(story: list[Told]) -> Why | None:
    part = Part()
    part.take(
        [
            Logged(index, source, entry.envelope.type, entry.envelope.subject, (), entry.raw)
            for index, (source, entry) in enumerate(told(story))
        ]
    )
    part.chosen["itm_1"] = "src_1"
    return explain(part, "pay_1")


def said(why: Why | None) -> list[tuple[str, list[str], list[str]]]:
    """Each cause, what happened for it, and under which authority."""
    assert why is not None, "it was paid"
    return [
        (
            cause.said,
            [why.told[index].type for index in cause.entries],
            [f"{each.said} {len(each.entries)}" for each in cause.under],
        )
        for cause in why.causes
    ]


SAID = said(explained(WHOLE))


def needed() -> set[int]:
    why = explained(WHOLE)
    assert why is not None
    return set(why.told)


@pytest.mark.parametrize("index", sorted(needed()))
def test_every_line_is_needed(index: int) -> None:
    without = explained(WHOLE[:index] + WHOLE[index + 1 :])
    assert without is None or said(without) != SAID


def test_no_line_is_missing() -> None:
    """Nothing else that happened, all of it left out, would make it another answer."""
    kept = [
        each
        for index, each in enumerate(WHOLE)
        if index in needed() or each[1].endswith("commitment_requested")  # names the plan
    ]
    assert len(kept) < len(WHOLE)
    assert said(explained(kept)) == SAID


def test_what_was_not_paid_has_no_why() -> None:
    assert explained(WHOLE[:-1]) is None


@pytest.mark.parametrize("story", [WHOLE, [*VENDOR, *GRANT, *project()]], ids=["plan", "project"])
async def test_the_offline_verifier_says_the_same(
    desk: Desk, audit: Trial, tmp_path: Path, story: list[Told]
) -> None:
    entries = told(story)
    await desk.keep(entries)
    await desk.publisher().publish()
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    why = (await elif_.get("/v1/trail/pay_1/why")).json()
    lines = {line["index"]: line for line in why["lines"]}
    assert all(line["proven"] for line in lines.values())

    bundle = write_bundle(tmp_path / "bundle", [entry.raw for _, entry in entries])
    report = verify.verify(bundle.folder, bundle.vkey, why="pay_1")
    because = [line for line in report.why if "because" in line]
    under = [line.strip() for line in report.why[1:] if "because" not in line]
    assert len(because) == len(why["causes"])
    for line, cause in zip(because, why["causes"], strict=True):
        numbers = ", ".join(map(str, cause["entries"]))
        assert f"because   {cause['said']} " in line
        assert f" {numbers} " in line
        assert line.rstrip().endswith(cause["more"])
    assert under == [each["said"] for cause in why["causes"] for each in cause["under"]]
    given = [each["entries"] for cause in why["causes"] for each in cause["under"]]
    assert all(
        [lines[index]["type"].split(".")[1] for index in each]
        == ["delegation_granted", "delegation_confirmed"]
        for each in given
    )
    assert set(lines) == {
        index
        for cause in why["causes"]
        for each in (cause, *cause["under"])
        for index in each["entries"]
    }
