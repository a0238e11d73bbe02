"""What the verifier holds an erasure to: another person's approval, each service's word, and that
what is missing was erased and what was erased is missing.
"""

import json
from pathlib import Path

import pytest
from services.audit.tests.logs import write_whole_bundle
from services.audit.tests.test_forged import WHOLE, signed
from specimens.histories import Told, told

from audit.verify import Kind, Report, verify
from events.personal import Disclosure
from events.personal import Kind as Personal

ABOUT = {"erasure": "era_1", "person": "per_amina", "kinds": ["identity"]}
REQUESTED: Told = ("per_lina", "intake.erasure_requested", "per_amina", ABOUT)
APPROVED: Told = (
    "per_sofia",
    "intake.erasure_approved",
    "per_amina",
    ABOUT | {"services": ["intake", "plans"]},
)
HERE: Told = ("per_system", "intake.subject_erased", "per_amina", ABOUT | {"disclosures": 1})
THERE: Told = ("per_system", "plans.subject_erased", "era_1", ABOUT | {"disclosures": 0})
COMPLETED: Told = ("per_system", "intake.erasure_completed", "per_amina", ABOUT)
LATER: Told = ("per_lina", "plans.plan_drafted", "pla_9", {"plan": "pla_9"})
ERASED = [REQUESTED, APPROVED, HERE, THERE, COMPLETED, LATER]


def test_an_erasure_that_went_as_it_should_holds(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *ERASED], tmp_path).failures


def test_a_service_that_never_told_of_it_is_named(tmp_path: Path) -> None:
    (failure,) = signed([*WHOLE, REQUESTED, APPROVED, HERE, COMPLETED, LATER], tmp_path).failures
    assert (failure.where, failure.what) == ("era_1", "told complete, and not told by plans")


def test_one_that_is_only_behind_is_not(tmp_path: Path) -> None:
    assert not signed([*WHOLE, REQUESTED, APPROVED, HERE, COMPLETED], tmp_path).failures


@pytest.mark.parametrize(
    "story",
    [
        [REQUESTED, HERE],
        [APPROVED, HERE],
        [THERE],
        [REQUESTED, ("per_lina", *APPROVED[1:]), HERE],
    ],
)
def test_nobody_is_erased_by_one_person_alone(story: list[Told], tmp_path: Path) -> None:
    (failure,) = signed([*WHOLE, *story], tmp_path).failures
    assert failure.what.startswith("erased without the approval of another")


OTHER = ABOUT | {"person": "per_zahra"}
MORE = ABOUT | {"kinds": ["health", "identity"]}
REFUSED: Told = ("per_sofia", "intake.erasure_refused", "per_amina", ABOUT)


@pytest.mark.parametrize(
    ("story", "what"),
    [
        ([REQUESTED, APPROVED, (*HERE[:3], OTHER)], "another person or other kinds"),
        ([REQUESTED, APPROVED, HERE, (*THERE[:3], OTHER)], "another person or other kinds"),
        ([REQUESTED, APPROVED, (*HERE[:3], MORE)], "another person or other kinds"),
        ([REQUESTED, APPROVED, (*HERE[:3], MORE), HERE], "another person or other kinds"),
        ([REQUESTED, (*APPROVED[:3], APPROVED[3] | OTHER)], "another person or other kinds"),
        ([HERE, REQUESTED, APPROVED], "before that was asked for and approved"),
        ([THERE, REQUESTED, APPROVED, HERE], "before that was asked for and approved"),
        ([APPROVED, REQUESTED, HERE], "before that was asked for and approved"),
        ([REQUESTED, REFUSED, APPROVED, HERE], "although it was refused"),
    ],
)
def test_erased_otherwise_than_was_approved(story: list[Told], what: str, tmp_path: Path) -> None:
    (failure,) = signed([*WHOLE, *story], tmp_path).failures
    assert failure.kind == "duties"
    assert what in failure.what


# Values that are missing, and values that are told

AMINA = Disclosure.make("name", Personal.IDENTITY, "Amina", b"a" * 16)
BORN = Disclosure.make("date_of_birth", Personal.IDENTITY, "1990-01-01", b"b" * 16)
REGISTERED: Told = (
    "per_lina",
    "intake.returnee_registered",
    "cas_7",
    {"case": "cas_7", "returnee": "per_amina", "_sd": [AMINA.digest, BORN.digest]},
)
STORY = [*WHOLE, REGISTERED, *ERASED]
AT = len(WHOLE)
"""The entry of the registration."""
IN_FULL = ABOUT | {"kinds": ["contact", "health", "identity", "protection"]}


def disclosing(story: list[Told], folder: Path, *lines: dict[str, object]) -> Report:
    """What is said of a bundle of the story to which somebody adds these disclosures."""
    bundle = write_whole_bundle(folder, [entry.raw for _, entry in told(story)])
    written = (json.dumps(line, sort_keys=True, separators=(",", ":")) for line in lines)
    if lines:
        (bundle.folder / "disclosures.jsonl").write_text("".join(f"{line}\n" for line in written))
    return verify(bundle.folder, bundle.vkey)


def test_a_value_that_was_erased_may_be_missing(tmp_path: Path) -> None:
    report = disclosing(STORY, tmp_path, {"entry": AT, "erased": AMINA.name})
    assert not report.failures


@pytest.mark.parametrize(
    ("story", "name"),
    [
        pytest.param([*WHOLE, REGISTERED], "name", id="claimed and not logged"),
        pytest.param([*WHOLE, REGISTERED, *ERASED], "phone", id="of another kind"),
        pytest.param([*WHOLE, REGISTERED, *ERASED], "nothing", id="of no kind"),
        pytest.param(
            [
                *WHOLE,
                REGISTERED,
                *((w, k, s, d | {"person": "per_zahra"}) for w, k, s, d in ERASED),
            ],
            "name",
            id="another person's",
        ),
    ],
)
def test_an_erasure_that_is_claimed_and_not_logged_is_caught(
    story: list[Told], name: str, tmp_path: Path
) -> None:
    report = disclosing(story, tmp_path, {"entry": AT, "erased": name})
    assert report.exit_code == Kind.ERASURE
    assert report.failures[0].what == f"{name} is missing, and no erasure in the log covers it"


def test_an_erasure_covers_nothing_that_was_told_after_it(tmp_path: Path) -> None:
    story = [*WHOLE, *ERASED[:-1], REGISTERED]
    report = disclosing(story, tmp_path, {"entry": len(story) - 1, "erased": "name"})
    assert report.exit_code == Kind.ERASURE


def test_what_was_erased_and_is_told_all_the_same_is_caught(tmp_path: Path) -> None:
    report = disclosing(STORY, tmp_path, {"entry": AT, "disclosure": AMINA.encoded})
    assert report.exit_code == Kind.ERASURE
    assert report.failures[0].what == f"name was erased by entry {AT + 3}, and is told"


def test_one_value_is_not_missing_twice(tmp_path: Path) -> None:
    gone = {"entry": AT, "erased": "name"}
    assert disclosing(STORY, tmp_path, gone, gone).exit_code == Kind.DISCLOSURE


def test_what_is_gone_is_counted_apart_from_what_is_only_withheld(tmp_path: Path) -> None:
    story = [*WHOLE, REGISTERED, *((w, k, s, IN_FULL | d) for w, k, s, d in ERASED)]
    whole = [(w, k, s, d | {"kinds": IN_FULL["kinds"]}) for w, k, s, d in story[AT + 1 :]]
    report = disclosing([*story[: AT + 1], *whole], tmp_path)
    assert not report.failures
    assert report.erased == 2
    assert "2 personal values that were erased, each by an entry that says so" in report.not_checked
