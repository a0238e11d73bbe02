"""Cash, where the page gives some: a list, two people, the returnee's signature, and a cap."""

import pytest

from homeward.demo import papers, paying, people, planning
from homeward.demo.scene import Scene, Setting, paper
from homeward.demo.stage import Json, Stage, money
from tests.scenarios.conftest import NewCase

CASH = f"{paying.HOME}/cash"
POCKET_MONEY = {"spec": "pocket_money", "type": "pocket_money", "wording": "مصروف"}
TWENTY = "26210.000 IQD"
"""20.00 EUR at the month's rate."""


@pytest.fixture(scope="module")
def setting(first_weeks: Setting) -> Setting:
    """It gives 50 EUR in cash at most; two people approve from 25 EUR on."""
    return first_weeks


@pytest.fixture
def salma(new_case: NewCase) -> Scene:
    """A returnee whose approved plan has 50 EUR of cash in it; its funds are kept for it."""
    scene = new_case("lina")
    people.welcome(scene)
    planning.plan(scene, [POCKET_MONEY | {"ceiling": "50.00 EUR"}])
    planning.approve(scene)
    scene.stage.awaits(
        "hana",
        f"{paying.HOME}/items/{scene.item('pocket_money')}",
        lambda seen: bool(seen["arrived"] and not seen["funds_wait"]),
        "disbursement to hear of the plan and the arrival, and to earmark its funds",
    )
    return scene


def asks(scene: Scene, amount: str = TWENTY) -> Json:
    """A line of a list, as it is asked for."""
    item, line = scene.item("pocket_money"), scene.setting.lines["pocket_money"]
    return {"list_no": "2026-11", "item": item, "amount": money(amount), "budget_line": line}


def asked(scene: Scene) -> tuple[str, Json]:
    """Hana asks for twenty euros; where it is, and how it stands."""
    told = scene.stage.does("hana", "put her on the list", CASH, asks(scene))
    return f"{CASH}/{told['cash']}", told


def signed_list(scene: Scene, path: str) -> str:
    """The list as the returnee signed it, on file."""
    return papers.of_the_returnee(scene, ("olga", "disbursement"), "receipt", "cash list", path)


def given(scene: Scene, path: str) -> Json:
    """Olga hands it over, Jozef was there."""
    document = signed_list(scene, path)
    handed = {"proof": "signature", "document": document}
    scene.stage.does("olga", "handed it over", f"{path}/hand-over", handed)
    return scene.stage.does("jozef", "was there", f"{path}/confirm", {"document": document})


def test_a_plan_has_no_more_cash_in_it_than_the_page_gives(stage: Stage, new_case: NewCase) -> None:
    scene = new_case("lina")
    people.welcome(scene)
    planning.await_entitlement(scene)
    case = {"case": scene.case["case"]}
    plan = stage.does("lina", "drafted a plan", "plans/v1/plans", case)["plan"]
    above: Json = {"type": "pocket_money", "spec": "pocket_money", "own_words": "مصروف"}
    above |= {"ceiling": money("50.01 EUR")}
    path = f"plans/v1/plans/{plan}/propose-item"
    stage.is_refused("lina", "proposed more than 50 EUR", path, above, "AboveCashCap")


def test_cash_is_handed_over_before_two_people_against_her_signature(
    stage: Stage, salma: Scene
) -> None:
    line = f"{paying.HOME}/budget-lines/{salma.setting.lines['pocket_money']}"
    before = stage.reads("maria", line)
    path, told = asked(salma)
    assert (told["second_approval"], told["together"]) == (False, money("20.00 EUR"))
    stage.is_refused("hana", "approved it herself", f"{path}/approve", {}, "forbidden")
    early = {"proof": "signature", "document": paper("no list")}
    stage.is_refused("olga", "handed it over at once", f"{path}/hand-over", early, "CashIsAt")

    stage.does("eva", "approved it", f"{path}/approve")
    hand_over, confirm = f"{path}/hand-over", f"{path}/confirm"
    stage.is_refused("olga", "has no list", hand_over, early, "CitedNotOnFile")
    document = signed_list(salma, path)
    signed = {"proof": "signature", "document": document}
    stage.is_refused("hana", "handed it over herself", hand_over, signed, "ActedOnCash")
    stage.does("olga", "handed it over", hand_over, signed)
    seen = {"document": document}
    stage.is_refused("olga", "was the second person, too", confirm, seen, "ActedOnCash")
    other = {"document": paper("another list")}
    stage.is_refused("jozef", "saw another list", confirm, other, "SawAnotherList")
    done = stage.does("jozef", "saw it handed over and signed", confirm, seen)
    assert [act["person"] for act in done["acts"]] == [
        "per_hana",
        "per_eva",
        "per_olga",
        "per_jozef",
    ]

    spent = money("20.00 EUR")
    stage.awaits(
        "maria",
        line,
        lambda now: bool(
            in_cents(now["spent"]) - in_cents(before["spent"]) == in_cents(spent)
            and now["reserved"] == before["reserved"]
        ),
        "the budget line to have spent it",
    )
    too_much = asks(salma, "52420.000 IQD")
    stage.is_refused("hana", "asked for 40 EUR more", CASH, too_much, "AboveItemCeiling")


def test_the_second_half_of_it_is_approved_by_two_and_by_nobody_twice(
    stage: Stage, salma: Scene
) -> None:
    first, _ = asked(salma)
    path, told = asked(salma)
    assert (told["second_approval"], told["together"]) == (True, money("40.00 EUR"))
    once = stage.does("eva", "approved it", f"{path}/approve")
    assert once["stage"] == "approved_once"
    signed = {"proof": "signature", "document": signed_list(salma, path)}
    stage.is_refused("olga", "handed it over", f"{path}/hand-over", signed, "CashIsAt")
    stage.is_refused("eva", "approved it again", f"{path}/approve", {}, "ActedOnCash")
    stage.does("alma", "approved it as the second", f"{path}/approve")
    assert given(salma, path)["stage"] == "confirmed"

    stage.does("eva", "approved the first half, which is small", f"{first}/approve")
    assert given(salma, first)["stage"] == "confirmed"


def in_cents(amount: Json) -> int:
    return int(amount["amount"].replace(".", ""))
