"""The Migrant Resource Centre in Baghdad: help for one person beside a share in a group's project.

Its page says that the levels of assistance do not exclude each other, that a returnee with care
duties is helped to work at or near home or given childcare, and names on-the-job training. What a
person draws, alone and with others, is one sum and stays within one entitlement.
"""

import pytest

from homeward.demo import buying, ending, following, paying, people, planning, sharing
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, Stage, money
from tests.scenarios import acts
from tests.scenarios.conftest import NewCase

SEWING = {"spec": "sewing_machine", "type": "home_based_activity", "ceiling": "900.00 EUR"}
SEWING |= {"wording": "ماكينة خياطة للعمل من البيت"}
PAPERS = ["business_plan", "licence_or_reason_why_none"]
GIRL = {"name": "سارة", "relation": "child", "age": "0_4", "sex": "female"}


def workshop(*items: tuple[str, str]) -> Json:
    lines = [
        {"type": "income_generating_activity", "spec": spec, "ceiling": ceiling}
        for spec, ceiling in items
    ]
    return {"level": "collective", "items": lines, "documents": PAPERS}


@pytest.fixture
def three(new_case: NewCase) -> list[Scene]:
    """Nour, Ali and Hadi are back, each with an entitlement of 2,400 EUR."""
    returned = [new_case("lina", name=name) for name in ("نور عبد الله", "علي كريم", "هادي صباح")]
    for each in returned:
        people.welcome(each)
        planning.await_entitlement(each)
    return returned


def test_a_parent_works_from_home_is_paid_for_and_the_case_is_closed(
    stage: Stage, new_case: NewCase
) -> None:
    """From the first contact to the end: home-based since a small child is at home."""
    nour = new_case("lina", name="نور عبد الله", household=(GIRL,))
    people.welcome(nour)
    planning.plan(nour, [SEWING])
    planning.approve(nour)
    paying.buy(nour, MACHINE)

    delivery = f"plans/v1/items/{nour.item('sewing_machine')}/delivery"
    seen = stage.awaits("lina", delivery, lambda told: bool(told["first_paid"]), "the payment")
    assert seen["as_agreed"]
    following.survey(nour, {"economic": 2, "social": 4, "psychosocial": 3})
    early = {"ground": "completed"}
    stage.is_refused("lina", "closed it", f"{nour.path}/close", early, "StillOpen")
    ending.close(nour, "completed")
    closed = stage.reads("lina", nour.path)
    assert (closed["stage"], closed["closed_for"]) == ("closed", "completed")
    (scores,) = stage.reads("lina", "plans/v1/surveys", case=nour.case["case"])["items"]
    assert scores["composite"] == 5800, "2/5 by 40, 4/5 by 30, 3/5 by 30 percent"


MACHINE = {
    "item": "sewing_machine",
    "vendor": "sewing",
    "budget_line": "livelihoods",
    "quotations": {
        "sewing": "1120000.000 IQD",
        "fabrics": "1150000.000 IQD",
        "rafidain": "1180000.000 IQD",
    },
    "lines": [{"spec": "sewing_machine", "quantity": 1, "unit_price": "1120000.000 IQD"}],
    "delivered": [1],
    "invoice": {"number": "DS-2026-9", "amount": "1120000.000 IQD"},
}


def test_one_person_has_a_plan_and_a_share_and_both_draw_on_the_same_entitlement(
    stage: Stage, three: list[Scene]
) -> None:
    nour, ali, _ = three
    planning.plan(nour, [SEWING])
    planning.approve(nour)
    sharing.propose(ali, workshop(("looms", "2400.00 EUR")))
    sharing.share_out(ali, {ali: 50, nour: 50})
    sharing.sign_and_submit(ali, {ali: 50, nour: 50})
    sharing.approve(ali)

    assert [each["amount"] for each in ali.project["shares"]] == [money("1200.00 EUR")] * 2
    acts.becomes(nour, "drawn", money("2100.00 EUR"))
    acts.becomes(nour, "remaining", money("300.00 EUR"))
    drawn = acts.facts(stage, "plans", "entitlement_drawn")
    hers = [each["amount"] for each in drawn if each["case"] == nour.case["case"]]
    assert hers == [money("900.00 EUR"), money("1200.00 EUR")]


def test_shares_come_to_a_hundred_percent_and_are_signed_by_each(
    stage: Stage, three: list[Scene]
) -> None:
    nour, ali, hadi = three
    sharing.propose(ali, workshop(("looms", "3000.00 EUR")))
    path = sharing.project_of(ali)
    for percents, rule in {
        (40, 30, 29): "SharesNotWhole",
        (40, 30, 31): "SharesNotWhole",
        (61, 30, 9): "ShareOutOfBounds",
        (50, 46, 4): "ShareOutOfBounds",
    }.items():
        body = sharing.shares(dict(zip(three, percents, strict=True)))
        stage.is_refused("lina", "shared it out", f"{path}/set-shares", body, rule)
    alone = sharing.shares({ali: 100})
    stage.is_refused("lina", "left it to one", f"{path}/set-shares", alone, "NumberOfParticipants")

    sharing.share_out(ali, {nour: 34, ali: 33, hadi: 33})
    sharing.sign(ali, {nour: 34, ali: 33})
    stage.is_refused("lina", "sent it without Hadi", f"{path}/submit", {}, "ShareNotSigned")


def test_nobody_draws_more_than_they_are_entitled_to(stage: Stage, three: list[Scene]) -> None:
    """With a plan of 900 EUR there are 1,500 left of 2,400; half of 3,200 is 1,600."""
    nour, ali, _ = three
    planning.plan(nour, [SEWING])
    planning.approve(nour)
    sharing.propose(ali, workshop(("looms", "3200.00 EUR")))
    sharing.share_out(ali, {ali: 50, nour: 50})
    sharing.sign(ali, {ali: 50, nour: 50})
    path = sharing.project_of(ali)
    stage.does("lina", "submitted the project", f"{path}/submit")
    stage.does("omar", "found it feasible", f"{path}/confirm-feasibility")
    stage.does("zuzana", "approved it", f"{path}/approve")
    said = stage.is_refused("peter", "approved it", f"{path}/approve", {}, "AboveEntitlement")

    assert said["facts"]["together"] == money("2500.00 EUR")
    assert said["facts"]["entitlement"] == money("2400.00 EUR")
    assert stage.reads("lina", path)["stage"] == "feasible"
    acts.becomes(ali, "drawn", money("0.00 EUR"))


def test_one_of_three_leaves_and_the_other_two_agree_anew(stage: Stage, three: list[Scene]) -> None:
    """Nothing was ordered yet; nobody's share grows unasked."""
    nour, ali, hadi = three
    shares = {nour: 40, ali: 30, hadi: 30}
    sharing.propose(nour, workshop(("looms", "2000.00 EUR"), ("van_hire", "1000.00 EUR")))
    sharing.share_out(nour, shares)
    sharing.sign_and_submit(nour, shares)
    sharing.approve(nour)
    path = sharing.project_of(nour)

    left = {"case": hadi.case["case"], "reason": "own_wish", "document": paper("letter", "Hadi")}
    nour.project = stage.does("lina", "recorded that Hadi left", f"{path}/withdraw-share", left)
    assert nour.project["stage"] == "short"
    assert [each["basis_points"] for each in nour.project["shares"]] == [4000, 3000]
    acts.becomes(hadi, "drawn", money("0.00 EUR"))
    stage.is_refused("lina", "went on with two", f"{path}/submit", {}, "SharesNotWhole")

    sharing.share_out(nour, {nour: 60, ali: 40})
    sharing.sign_and_submit(nour, {nour: 60, ali: 40})
    sharing.approve(nour)
    acts.becomes(nour, "drawn", money("1800.00 EUR"))
    acts.becomes(ali, "drawn", money("1200.00 EUR"))


def test_above_five_thousand_euros_three_of_the_committee_have_to_agree(
    stage: Stage, three: list[Scene]
) -> None:
    nour, ali, hadi = three
    shares = {nour: 34, ali: 33, hadi: 33}
    sharing.propose(nour, workshop(("bakery", "5400.00 EUR")))
    sharing.share_out(nour, shares)
    sharing.sign_and_submit(nour, shares)
    approve = f"{sharing.project_of(nour)}/approve"
    stage.is_refused("lina", "approved her own", approve, {}, "forbidden")
    for member in ("zuzana", "peter"):
        assert stage.does(member, "approved it", approve)["stage"] == "feasible"
    assert stage.does("alena", "approved it", approve)["stage"] == "approved"


def test_childcare_is_paid_by_the_month_so_that_a_parent_can_attend(
    stage: Stage, new_case: NewCase
) -> None:
    nour = new_case("lina", name="نور عبد الله", household=(GIRL,))
    people.welcome(nour)
    planning.plan(nour, [COURSE, NURSERY])
    planning.approve(nour)
    following.instalments(
        nour, {"item": "nursery_place", "amounts": ["100.00 EUR"] * 2, "attended": ["18 of 20"]}
    )
    buying.award(nour, MONTHS)
    commitment = paying.order(nour, MONTHS)
    paying.deliver(nour, MONTHS, commitment)
    both = paying.invoice(stage, MONTHS, commitment)
    body = {"commitment": commitment.rpartition("/")[2], "invoice": both["invoice"]}
    pay = f"{paying.HOME}/payments"
    stage.is_refused("hana", "asked for both months", pay, body, "NotReleased")

    item = f"plans/v1/items/{nour.item('nursery_place')}"
    second = stage.reads("lina", item)["instalments"][1]
    now = following.attend(nour, "nursery_place", second, "13 of 20")
    assert now["released"] == money("200.00 EUR"), "60 percent are enough for a child"
    asked = stage.does_once_heard("hana", "asked for both months", pay, body, "NotReleased")
    assert asked["amount"] == money("262100.000 IQD")

    account = stage.reads("nadia", f"vendors/v1/accounts/{asked['account']}")
    assert account["wallet"] == "mobile_money", "the nursery has no account at a bank"
    paying.sign(stage, MONTHS, asked)
    paid = paying.pay(stage, asked)
    assert (paid["stage"], paid["end_to_end_id"]) == (
        "reconciled",
        asked["payment"].replace("_", "-"),
    )


COURSE = {"spec": "accounting_course", "type": "vocational_course", "ceiling": "600.00 EUR"}
COURSE |= {"wording": "دورة محاسبة"}
NURSERY = {"spec": "nursery_place", "type": "childcare", "ceiling": "200.00 EUR"}
NURSERY |= {"wording": "حضانة للطفلة"}
MONTHS = {
    "item": "nursery_place",
    "vendor": "nursery",
    "waiver": "only_supplier",
    "budget_line": "psychosocial",
    "quotations": {"nursery": "262100.000 IQD"},
    "lines": [{"spec": "nursery_month", "quantity": 2, "unit_price": "131050.000 IQD"}],
    "delivered": [2],
    "invoice": {"number": "RY-7", "amount": "262100.000 IQD"},
}


def test_on_the_job_training_is_a_wage_subsidy_that_attendance_releases_to_the_employer(
    stage: Stage, new_case: NewCase
) -> None:
    hadi = new_case("lina", name="هادي صباح", sex="male")
    people.welcome(hadi)
    planning.plan(hadi, [TRAINING])
    planning.approve(hadi)
    item = f"plans/v1/items/{hadi.item('tailor_training')}"
    following.instalments(
        hadi,
        {
            "item": "tailor_training",
            "amounts": ["300.00 EUR"] * 2,
            "attended": ["22 of 24", "12 of 24"],
        },
    )
    seen = stage.reads("lina", item)
    assert [part["stage"] for part in seen["instalments"]] == ["released", "short"]
    assert seen["released"] == money("300.00 EUR"), "half of the days are too few"
    part = {"instalment": seen["instalments"][1]["instalment"]}
    why = {"reason": "illness", "document": paper("doctor's note")}
    stage.is_refused("lina", "waived it", f"{item}/waive-condition", part | why, "forbidden")
    withheld = stage.does(
        "petra", "withheld it", f"{item}/withhold-instalment", part | {"reason": WITHOUT_REASON}
    )
    assert withheld["released"] == money("300.00 EUR")
    paying.buy(hadi, WAGES)


WITHOUT_REASON = "absent_without_reason"
TRAINING = {"spec": "tailor_training", "type": "on_the_job_training", "ceiling": "600.00 EUR"}
TRAINING |= {"wording": "تدريب عند خياط"}
WAGES = {
    "item": "tailor_training",
    "vendor": "tailor",
    "waiver": "only_supplier",
    "budget_line": "training",
    "quotations": {"tailor": "786300.000 IQD"},
    "lines": [{"spec": "month_of_training", "quantity": 2, "unit_price": "393150.000 IQD"}],
    "delivered": [1],
    "invoice": {"number": "DS-T-1", "amount": "393150.000 IQD", "quantities": [1]},
}
