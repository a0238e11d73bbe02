"""A ministry brings displaced people home: the way back, the first days, school, work, neighbours.

The ministry's counsellor keeps the cases and IOM decides and pays. Nobody is lent money here: a
lender does that, and the grant matches what the returnee brings. What the host community gets of a
project is nobody's entitlement and has a budget line of its own.
"""

from io import BytesIO

import openpyxl

from homeward.demo import buying, ending, following, helping, paying, people, planning, sharing
from homeward.demo.scene import Setting, paper
from homeward.demo.stage import Json, Stage, money
from homeward.demo.story import HOME
from tests.scenarios import acts
from tests.scenarios.conftest import NewCase

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("ref", "الاسم", "dob", "sex", "country", "type of return", "language")
BURHAN = ("MOS-17", "برهان قاسم", "1984", "male", "IQ", "humanitarian", "ar")
SALMA = ("MOS-18", "سلمى رشيد", "14.5.1980", "female", "IQ", "إنساني", "ar")
NOBODY = ("MOS-19", "", "1990", "female", "IQ", "humanitarian", "ar")
MARYAM = {"name": "مريم", "relation": "child", "age": "5_11", "sex": "female"}
SAFA = {"name": "صفاء", "relation": "spouse", "age": "25_59", "sex": "female"}


def as_csv(*rows: tuple[str, ...]) -> bytes:
    return "".join(f"{','.join(row)}\r\n" for row in rows).encode()


def as_xlsx(*rows: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_list_of_families_is_tried_then_taken_and_taken_once(
    stage: Stage, setting: Setting, new_case: NewCase
) -> None:
    """What a dry run says is what happens; the wrong row is named, and the others stand."""
    where = f"intake/v1/imports?programme={setting.programme['programme']}&office=Mosul"
    rows = as_csv(HEADINGS, BURHAN, SALMA, NOBODY)
    tried = worked(stage, acts.uploads(stage, "huda", f"{where}&dry_run=true", rows, CSV))
    assert [(row["result"], row["case"]) for row in tried] == [
        ("taken", None),
        ("taken", None),
        ("refused", None),
    ]
    taken = worked(stage, acts.uploads(stage, "huda", where, rows, CSV))
    assert [row["result"] for row in taken] == ["taken", "taken", "refused"]
    assert taken[2]["faults"] == [{"field": "name", "reason": "missing"}]
    book = as_xlsx(HEADINGS, SALMA, BURHAN)
    again = worked(stage, acts.uploads(stage, "huda", where, book, XLSX))
    assert [row["result"] for row in again] == ["already", "already"]
    assert [row["case"] for row in again] == [taken[1]["case"], taken[0]["case"]]

    family = new_case("huda", name="برهان", household=(SAFA, MARYAM), **FROM_A_CAMP)
    family.case = stage.reads("huda", f"intake/v1/cases/{taken[0]['case']}")
    people.add_household(family)
    people.consent(family)
    people.admit(family)
    assert family.case["entitlement"]["total"] == money("3400.00 USD")


def worked(stage: Stage, sent: Json) -> list[Json]:
    """What became of each row, once all are worked off."""
    path = f"intake/v1/imports/{sent['batch']}"
    stage.awaits("huda", path, lambda seen: bool(seen["completed"]), "the rows to be worked off")
    rows: list[Json] = stage.awaits(
        "huda",
        f"{path}/rows",
        lambda seen: len(seen["items"]) == sent["rows"],
        "the list of the rows to be complete",
    )["items"]
    return rows


def test_the_way_home_is_paid_for_before_there_is_a_plan(stage: Stage, new_case: NewCase) -> None:
    """In an emergency; afterwards it counts like everything else."""
    family = new_case("huda", name="خالد يونس", **FROM_A_CAMP)
    people.register(family)
    people.consent(family)
    needs = {"type": "return_transport", "spec": "bus_home", "ceiling": "280.00 USD"}
    helping.emergency(family, {"authorised_by": "dalia", "needs": [needs]})
    paying.buy(family, BUS)
    people.admit(family)
    people.arrive(family)

    planning.await_entitlement(family)
    acts.becomes(family, "drawn", money("280.00 USD"))
    acts.becomes(family, "remaining", money("1520.00 USD"))
    again = [{**needs, "ceiling": money("330.00 USD")}]
    body = {"case": family.case["case"], "items": again}
    asked = stage.does("huda", "asked for another bus", "plans/v1/emergencies", body)
    path = f"plans/v1/emergencies/{asked['emergency']}/authorise"
    said = stage.is_refused("dalia", "authorised it", path, {}, "AboveEmergencyLimit")
    assert said["facts"]["together"] == money("610.00 USD"), "600 in all is the most"


FROM_A_CAMP = {"return": "humanitarian", "office": "Mosul", "sex": "male"}
BUS = {
    "item": "bus_home",
    "vendor": "buses",
    "waiver": "emergency",
    "budget_line": "returns",
    "quotations": {"buses": "360000.000 IQD"},
    "lines": [{"spec": "bus_seat", "quantity": 4, "unit_price": "90000.000 IQD"}],
    "delivered": [4],
    "invoice": {"number": "NB-3", "amount": "360000.000 IQD"},
}


def test_a_loan_is_a_lenders_and_the_grant_matches_what_the_carpenter_brings(
    stage: Stage, new_case: NewCase
) -> None:
    """60 percent follow his own contribution, 40 percent a visit that saw the tools in use."""
    khalid = new_case("huda", name="خالد يونس", **FROM_A_CAMP)
    people.welcome(khalid)
    planning.plan(khalid, [TOOLS, LOAN])
    planning.approve(khalid)
    lent = {"service": "lender", "to": "al_thiqa_microfinance", "item": "loan"}
    helping.refer(khalid, lent)
    tools = f"plans/v1/items/{khalid.item('carpentry_tools')}"
    following.instalments(
        khalid, {"item": "carpentry_tools", "amounts": ["480.00 USD", "320.00 USD"]}
    )
    following.contribution(khalid, {"item": "carpentry_tools", "amount": "799.00 USD"})
    assert stage.reads("huda", tools)["released"] == money("0.00 USD"), "a dollar is missing"
    rest = {"amount": money("1.00 USD"), "document": paper("the last dollar")}
    stage.does("dalia", "saw the last dollar", f"{tools}/prove-contribution", rest)
    assert stage.reads("huda", tools)["released"] == money("480.00 USD")

    buying.award(khalid, SIX_OF_TEN)
    commitment = paying.order(khalid, SIX_OF_TEN)
    paying.deliver(khalid, SIX_OF_TEN, commitment)
    first = paying.request(stage, commitment, paying.invoice(stage, SIX_OF_TEN, commitment))
    paying.sign(stage, SIX_OF_TEN, first)
    paying.pay(stage, first)
    paying.deliver(khalid, THE_REST, commitment)
    rest = paying.invoice(stage, THE_REST, commitment)
    body = {"commitment": commitment.rpartition("/")[2], "invoice": rest["invoice"]}
    stage.is_refused("hana", "asked for the rest", PAYMENTS, body, "NotReleased")

    visit = acts.visit_due(khalid)
    assert visit["item"] == khalid.item("carpentry_tools")
    noors = {"on": visit["due"], "visitor": "per_noor"}
    path = f"plans/v1/visits/{visit['visit']}"
    stage.does("noor", "will visit him", f"{path}/schedule", noors)
    in_use = acts.seen(visit["due"], "in_use")
    stage.is_refused("noor", "was there already", f"{path}/complete", in_use, "VisitInTheFuture")


PAYMENTS = f"{paying.HOME}/payments"
TOOLS = {"spec": "carpentry_tools", "type": "matching_grant", "ceiling": "800.00 USD"}
TOOLS |= {"wording": "عدد نجارة"}
LOAN = {"spec": "loan", "type": "microloan", "ceiling": "0.00 USD", "wording": "قرض صغير"}
SIX_OF_TEN: Json = {
    "item": "carpentry_tools",
    "vendor": "tools",
    "budget_line": "livelihoods",
    "quotations": {
        "tools": "1000000.000 IQD",
        "hadba": "1040000.000 IQD",
        "nineveh": "1065000.000 IQD",
    },
    "lines": [{"spec": "carpentry_tools", "quantity": 10, "unit_price": "100000.000 IQD"}],
    "delivered": [6],
    "invoice": {"number": "MT-20", "amount": "600000.000 IQD", "quantities": [6]},
}
THE_REST = SIX_OF_TEN | {
    "delivered": [4],
    "invoice": {"number": "MT-21", "amount": "400000.000 IQD", "quantities": [4]},
}


def test_a_child_goes_to_school_catches_up_and_has_a_uniform(
    stage: Stage, new_case: NewCase
) -> None:
    family = new_case("huda", name="خالد يونس", household=(MARYAM,), **FROM_A_CAMP)
    people.welcome(family)
    planning.plan(family, [each | {"for": "مريم"} for each in (ENROLMENT, CLASSES, UNIFORM)])
    planning.approve(family)
    months = {"item": "catch_up_classes", "amounts": ["60.00 USD"] * 3}
    following.instalments(family, months | {"attended": ["15 of 20", "14 of 20"]})
    classes = stage.reads("huda", f"plans/v1/items/{family.item('catch_up_classes')}")
    stages = [part["stage"] for part in classes["instalments"]]
    assert stages == ["released", "short", "open"], "75 percent are asked for"
    paying.buy(family, ENROLLED)

    plan = f"plans/v1/plans/{family.plan['plan']}"
    stage.is_refused("huda", "completed the plan", f"{plan}/complete", {}, "NotAllDone")
    for spec in ("catch_up_classes", "uniform_and_books"):
        body = {"item": family.item(spec), "reason": "returnee_asked"}
        stage.does("huda", f"cancelled {spec}", f"{plan}/cancel-item", body)
    ending.close(family, "completed")
    assert stage.reads("huda", family.path)["closed_for"] == "completed"


ENROLMENT = {"spec": "first_year", "type": "school_enrolment", "ceiling": "120.00 USD"}
ENROLMENT |= {"wording": "تسجيل في المدرسة"}
CLASSES = {"spec": "catch_up_classes", "type": "catch_up_classes", "ceiling": "180.00 USD"}
CLASSES |= {"wording": "دروس تقوية"}
UNIFORM = {"spec": "uniform_and_books", "type": "uniforms_and_supplies", "ceiling": "120.00 USD"}
UNIFORM |= {"wording": "زي مدرسي وكتب"}
ENROLLED = {
    "item": "first_year",
    "vendor": "school",
    "budget_line": "education",
    "quotations": {"school": "150000.000 IQD"},
    "lines": [{"spec": "school_year", "quantity": 1, "unit_price": "150000.000 IQD"}],
    "delivered": [1],
    "invoice": {"number": "AZ-1", "amount": "150000.000 IQD"},
}


def test_a_communitys_roof_is_its_hosts_too_and_has_a_budget_line_of_its_own(
    stage: Stage, new_case: NewCase
) -> None:
    hana = new_case("huda", name="هناء سالم", **FROM_A_CAMP)
    people.welcome(hana)
    planning.await_entitlement(hana)
    sharing.propose(hana, ROOF)
    path = sharing.project_of(hana)
    few = sharing.shares({hana: 80}, host=20)
    stage.is_refused("huda", "left few to hosts", f"{path}/set-shares", few, "HostShareOutOfBounds")
    sharing.share_out(hana, {hana: 20}, host=80)
    sharing.sign(hana, {hana: 20})
    stage.is_refused("huda", "sent it", f"{path}/submit", {}, "ProjectDocumentMissing")
    minutes = {"kind": "minutes_of_the_community_committee", "digest": paper("minutes")}
    stage.does("huda", "recorded the minutes", f"{path}/record-document", minutes)
    sharing.sign_and_submit(hana, {})
    sharing.approve(hana)

    assert hana.project["host_amount"] == money("960.00 USD")
    acts.becomes(hana, "drawn", money("240.00 USD"))
    buying.award(hana, ROOFING)
    other = {"item": hana.item("classroom_roof"), "amount": money("1500000.000 IQD")}
    other |= {"budget_line": hana.setting.lines["livelihoods"]}
    commit = f"{paying.HOME}/commitments"
    needs = f"{paying.HOME}/items/{other['item']}"
    stage.awaits("hana", needs, lambda seen: bool(seen["vendor"]), "the vendor")
    stage.is_refused("hana", "took another line", commit, other, "OtherBudgetLine")
    order = paying.order(hana, ROOFING)
    roofed = {
        "lines": [
            {"line": number, "quantity": line["quantity"]}
            for number, line in enumerate(ROOFING["lines"], start=1)
        ],
        "date": stage.today.isoformat(),
        "received_by": "returnee",
        "method": "signature",
        "document": paper("receipt", "roof"),
    }
    one = "one returnee signed for the community"
    stage.is_refused("dalia", one, f"{order}/deliveries", roofed, "NotTheReceiver")
    committee = {"received_by": "committee", "authority": paper("minutes"), "signatures": 3}
    signed = "recorded: three of the committee signed for the roof"
    stage.does("dalia", signed, f"{order}/deliveries", roofed | committee)


ROOF = {
    "level": "community",
    "items": [
        {"type": "community_rehabilitation", "spec": "classroom_roof", "ceiling": "1200.00 USD"}
    ],
    "documents": ["bill_of_quantities", "land_or_building_permit"],
}
ROOFING: Json = {
    "item": "classroom_roof",
    "vendor": "builders",
    "waiver": "only_supplier",
    "budget_line": "community_projects",
    "quotations": {"builders": "1500000.000 IQD"},
    "lines": [{"spec": "classroom_roof", "quantity": 1, "unit_price": "1500000.000 IQD"}],
}


def test_what_somebody_has_from_others_is_declared_and_deducted(
    stage: Stage, new_case: NewCase
) -> None:
    hana = new_case("huda", name="هناء سالم", **FROM_A_CAMP)
    people.welcome(hana)
    acts.becomes(hana, "total", money("1800.00 USD"))
    elsewhere: Json = {"person": hana.case["returnee"], "programme_elsewhere": "winter_cash"}
    declare = f"{hana.path}/declare-double-assistance"
    declared = stage.does("huda", "declared it", declare, elsewhere | {"amount": SIX_HUNDRED})
    assert declared["entitlement"]["total"] == money("1200.00 USD")
    acts.becomes(hana, "total", money("1200.00 USD"))
    stage.is_refused(
        "huda", "declared it again", declare, elsewhere | {"amount": SIX_HUNDRED}, "DeclaredAlready"
    )
    planning.plan(hana, [TOOLS])
    path = f"plans/v1/plans/{hana.plan['plan']}"
    assert hana.plan["total"] == money("800.00 USD")
    stage.does("omar", "returned it", f"{path}/return", {"reasons": ["price_unrealistic"]})
    more = {"type": "food_and_shelter", "spec": "stove", "ceiling": money("500.00 USD")}
    more |= {"own_words": "مدفأة"}
    stage.is_refused("huda", "asked for more", f"{path}/propose-item", more, "AboveEntitlement")


SIX_HUNDRED = money("600.00 USD")


def test_a_person_is_assisted_by_one_programme_at_a_time(
    stage: Stage, setting: Setting, new_case: NewCase
) -> None:
    """Who is known keeps their id; the second case waits until the first one is closed."""
    first = new_case("lina", name="هناء سالم", **FROM_A_CAMP)
    people.welcome(first)
    other = people.publish_programme(stage, HOME / "programmes" / "mrc-baghdad.yaml")
    second = new_case("lina", name="هناء سالم", **FROM_A_CAMP)
    known = {"case": first.case["case"], "person": first.case["returnee"]}
    body = people.registration(second.told, other) | {"known": known, "return_type": "voluntary"}
    second.case = stage.does("lina", "registered her again", "intake/v1/cases", body)
    assert second.case["returnee"] == first.case["returnee"]
    people.consent(second)
    criteria = {"criteria": other["policy"]["eligibility"]["criteria"]}
    eligible = f"{second.path}/confirm-eligibility"
    stage.is_refused("petra", "found her eligible", eligible, criteria, "UnderOtherProgramme")

    stage.does("lina", "closed the first", f"{first.path}/close", {"ground": "withdrawn"})
    assert stage.does("petra", "found her eligible", eligible, criteria)["stage"] == "eligible"


def test_a_households_shares_are_used_together_only_of_those_who_agree(
    stage: Stage, new_case: NewCase
) -> None:
    """The wife says yes herself; for the child her father does. Till then each has their own."""
    khalid = new_case("huda", name="خالد يونس", household=(SAFA, MARYAM), **FROM_A_CAMP)
    people.welcome(khalid)
    planning.await_entitlement(khalid)
    case = {"case": khalid.case["case"]}
    drafted = stage.does("huda", "drafted a plan", "plans/v1/plans", case)
    propose = f"plans/v1/plans/{drafted['plan']}/propose-item"
    stage.does("huda", "proposed tools for him", propose, ask(TOOLS, "1000.00 USD"))
    course = ask(COURSE, "1200.00 USD")
    said = stage.is_refused("huda", "proposed a course for him", propose, course, "AboveShare")
    assert said["facts"]["asked"] == money("2200.00 USD")
    assert said["facts"]["share"] == money("1800.00 USD")

    safa, maryam = khalid.household["صفاء"], khalid.household["مريم"]
    agrees = {"language": "ar", "document": paper("pooling")}
    pool = f"{khalid.path}/pool"
    safas = agrees | {"person": safa, "method": "signature"}
    stage.does("huda", "recorded that Safa agrees", pool, safas)
    stage.does_once_heard("huda", "proposed the course again", propose, course, "AboveShare")

    alone = agrees | {"person": maryam, "method": "signature"}
    stage.is_refused("huda", "had the child sign", pool, alone, "GuardianNeeded")
    hers = {"person": maryam}
    stage.does("huda", "proposed school for the child", propose, ask(CLASSES, "450.00 USD") | hers)
    stove = ask(STOVE, "300.00 USD") | hers
    stage.is_refused("huda", "proposed a stove from hers", propose, stove, "AboveShare")
    father = {"method": "guardian", "guardian": khalid.case["returnee"]}
    stage.does("huda", "recorded that her father agrees", pool, alone | father)

    back = {"scopes": ["pooling"]}
    stage.does("huda", "recorded that Khalid withdrew", f"{khalid.path}/withdraw-consent", back)
    mine = acts.entries(stage, "intake", "household_unpooled", **case)
    assert {each["data"]["person"] for each in mine} == {safa, maryam}, "all are out at once"


def ask(item: Json, ceiling: str) -> Json:
    """To propose it for so much."""
    body = {"type": item["type"], "spec": item["spec"], "own_words": item["wording"]}
    return body | {"ceiling": money(ceiling)}


COURSE = {"spec": "welding_course", "type": "vocational_course", "wording": "دورة لحام"}
STOVE = {"spec": "stove", "type": "food_and_shelter", "wording": "مدفأة"}
