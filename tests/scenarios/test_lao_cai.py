"""Lào Cai: people who were trafficked come back over the border, to the province's own house.

All cases are restricted from registration on. Whoever arrives gets an emergency package before any
plan; a scholarship is paid to school, landlord, bus and shop, month by month as it is attended;
law, health and protection are asked of those whose they are. The figures are those that the
province reported for 2021 to 2025 (Báo Lào Cai).
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.io.system import SystemClock
from homeward.demo import helping, paying, people, planning
from homeward.demo.scene import Scene, Setting, paper
from homeward.demo.stage import Json, Stage, money
from homeward.demo.story import HOME
from tests.scenarios import scholarship
from tests.scenarios.acts import entries, facts, feed
from tests.scenarios.conftest import NewCase
from tests.scenarios.received import (
    CHILDREN,
    FROM_THE_PROVINCE,
    KINH,
    RECEIVED,
    Received,
    counted,
    receive,
)

TEAM = ["petra", "omar", "zuzana", "peter", "minh", "dalia"]
"""Who needs to know of a case to get it done; nobody else learns of it."""
CONSENTS = ["assistance", "vendors", "monitoring", "partners"]
BACK: dict[str, Any] = {"country": "VN", "office": "LaoCai", "language": "vi"}
BACK |= {"return": "humanitarian", "age": "18_24"}


def received(new_case: NewCase, name: str, **told: Any) -> Scene:
    """Registered at the border post, with those who need to know, and agreed to."""
    scene = new_case("linh", name=name, **BACK | told)
    people.register(scene)
    people.assign(scene, TEAM)
    people.consent(scene, CONSENTS)
    return scene


def settled(new_case: NewCase, name: str, **told: Any) -> Scene:
    """Received, found eligible, entitled, and home."""
    scene = received(new_case, name, **told)
    people.admit(scene)
    people.arrive(scene)
    return scene


# Before any plan

PACKAGE = {"type": "emergency_package", "spec": "basic_supplies", "ceiling": "80.00 USD"}
SUPPLIES: Json = {
    "item": "basic_supplies",
    "vendor": "shop",
    "waiver": "emergency",
    "budget_line": "first_days",
    "quotations": {"shop": "1950000 VND"},
    "lines": [{"spec": "basic_supplies", "quantity": 1, "unit_price": "1950000 VND"}],
    "delivered": [1],
    "invoice": {"number": "MT-101", "amount": "1950000 VND"},
}


def test_the_package_is_paid_to_the_shop_before_any_plan_and_ratified_in_time(
    stage: Stage, new_case: NewCase
) -> None:
    mai = received(new_case, "Giàng Thị Mai")
    assert mai.case["stage"] == "registered"
    helping.emergency(mai, {"needs": [PACKAGE], "authorised_by": "minh"})
    paying.buy(mai, SUPPLIES)

    (given,) = stage.reads("linh", "plans/v1/emergencies", case=mai.case["case"])["items"]
    assert given["stage"] == "ratified"
    assert given["approvers"] == ["per_zuzana", "per_peter"]
    which = {"emergency": given["emergency"]}
    (ratified,) = entries(stage, "plans", "emergency_assistance_ratified", **which)
    assert ratified["data"]["late"] is False
    assert len(mai.paid) == 1


def test_an_emergency_is_refused_by_name(stage: Stage, new_case: NewCase) -> None:
    """Over what the type or the case may have, of another type, or by who asked for it."""
    mai = received(new_case, "Vàng Thị Say")
    case, home = mai.case["case"], "plans/v1/emergencies"
    entitlement = f"plans/v1/entitlements/{case}"
    stage.awaits("linh", entitlement, lambda seen: bool(seen["consented"]), "the consent")
    doctor = {"type": "health_care", "spec": "health_service", "ceiling": "160.00 USD"}
    for need, rule in (
        (PACKAGE | {"ceiling": "200.01 USD"}, "AboveAtMost"),
        (doctor | {"ceiling": "300.01 USD"}, "AboveEmergencyLimit"),
        ({"type": "legal_aid", "spec": "advice", "ceiling": "50.00 USD"}, "NotForEmergencies"),
    ):
        stage.is_refused("linh", "asked for it", home, asks(case, need), rule)

    first, second = (
        stage.does("linh", "asked for help", home, asks(case, need))["emergency"]
        for need in (PACKAGE | {"ceiling": "150.00 USD"}, doctor)
    )
    act = f"{home}/{first}/authorise"
    stage.is_refused("linh", "authorised it herself", act, {}, "RequesterCannotAuthorise")
    stage.is_refused("petra", "authorised it", act, {}, "NotTheirsToAuthorise")
    stage.does("minh", "authorised it", act)
    more = f"{home}/{second}/authorise"
    stage.is_refused("minh", "authorised 10 USD too much", more, {}, "AboveEmergencyLimit")
    stage.is_refused("linh", "ratified it", f"{home}/{first}/ratify", {}, "forbidden")


def asks(case: str, need: Json) -> Json:
    return {"case": case, "items": [need | {"ceiling": money(need["ceiling"])}]}


def test_what_waits_to_be_ratified_says_until_when(stage: Stage, new_case: NewCase) -> None:
    """From then on it is in the list of what is overdue, and its authoriser may give no other."""
    mai = received(new_case, "Thào Thị Dợ")
    case = mai.case["case"]
    entitlement = f"plans/v1/entitlements/{case}"
    stage.awaits("linh", entitlement, lambda seen: bool(seen["consented"]), "the consent")
    asked = stage.does("linh", "asked for help", "plans/v1/emergencies", asks(case, PACKAGE))
    path = f"plans/v1/emergencies/{asked['emergency']}"
    given = stage.does("minh", "authorised it", f"{path}/authorise")
    left = datetime.fromisoformat(given["ratify_by"]) - SystemClock().now()
    assert timedelta(hours=71) < left < timedelta(hours=72)
    late = stage.reads("petra", "plans/v1/emergencies", case=case, overdue_only="true")
    assert late["items"] == []
    voted = stage.does("zuzana", "ratified it", f"{path}/ratify")
    assert voted["stage"] == "authorised", "one of two is no quorum"


# The scholarship


def test_school_landlord_bus_and_shop_are_paid_as_each_month_is_attended(
    stage: Stage, new_case: NewCase
) -> None:
    mai = scholarship.begin(settled(new_case, "Lý Thị Pà"), *scholarship.PROVIDERS)
    for spec in scholarship.PROVIDERS:
        released = scholarship.attends(mai, spec, month=1, there=18)
        assert released["released"] == money(scholarship.PROVIDERS[spec][3])
        payment = paying.buy_and_leave(mai, scholarship.order(mai, spec))
        vendor = mai.setting.vendors[scholarship.PROVIDERS[spec][0]]
        assert (payment["vendor"], payment["account"]) == (vendor["vendor"], vendor["account"])


def test_no_month_is_paid_before_it_was_attended(stage: Stage, new_case: NewCase) -> None:
    mai = scholarship.begin(settled(new_case, "Sùng Thị Chá"), "training_fee")
    scholarship.attends(mai, "training_fee", month=1, there=20)
    school = scholarship.order(mai, "training_fee")
    payment = paying.buy_and_leave(mai, school)
    paying.sign(stage, school, payment)
    paying.pay(stage, payment)

    next_month = school | {"invoice": scholarship.invoice(mai, "training_fee", 2)}
    commitment = f"{paying.HOME}/commitments/{payment['commitment']}"
    paying.deliver(mai, next_month | {"item": "training_fee, month 2"}, commitment)
    bill = paying.invoice(stage, next_month, commitment)
    asked = {"commitment": payment["commitment"], "invoice": bill["invoice"]}
    early = f"{paying.HOME}/payments"
    stage.is_refused("hana", "asked to pay for month 2", early, asked, "NotReleased")
    after = scholarship.attends(mai, "training_fee", month=2, there=16)
    assert after["released"] == money("240.00 USD"), "80 percent is enough"


def test_a_month_missed_is_waived_for_illness_or_not_paid_for_good(
    stage: Stage, new_case: NewCase
) -> None:
    mai = scholarship.begin(settled(new_case, "Hạng Thị Sua"), "training_fee")
    path = scholarship.item_of(mai, "training_fee")
    short = scholarship.attends(mai, "training_fee", month=1, there=15)
    assert short["released"] == money("0.00 USD")
    assert short["instalments"][0]["stage"] == "short"
    assert short["instalments"][0]["rate_basis_points"] == 7_500

    body = {"instalment": short["instalments"][0]["instalment"], "reason": "illness"}
    body |= {"document": paper("doctor's letter", mai.title)}
    stage.is_refused("linh", "let it pass", f"{path}/waive-condition", body, "forbidden")
    waived = stage.does("petra", "waived it", f"{path}/waive-condition", body)
    assert waived["released"] == money("120.00 USD")
    (told,) = entries(stage, "plans", "instalment_condition_waived", item=waived["item"])
    assert told["data"]["reason"] == "illness"

    gone = scholarship.attends(mai, "training_fee", month=2, there=4)
    body = {"instalment": gone["instalments"][1]["instalment"], "reason": "left_the_course"}
    withheld = stage.does("petra", "withheld it", f"{path}/withhold-instalment", body)
    assert withheld["released"] == money("120.00 USD"), "nothing more"
    assert withheld["instalments"][1]["stage"] == "withheld"


# Children

SCHOOL_THINGS = {"spec": "school_supplies", "type": "school_support", "ceiling": "150.00 USD"}
SCHOOL: Json = {
    "item": "school_supplies",
    "vendor": "shop",
    "waiver": "only_supplier",
    "budget_line": "scholarships",
    "quotations": {"shop": "3500000 VND"},
    "lines": [{"spec": "school_supplies", "quantity": 1, "unit_price": "3500000 VND"}],
    "delivered": [1],
    "invoice": {"number": "MT-102", "amount": "3500000 VND", "another": "another_child"},
}


def test_a_child_goes_to_school_again_as_the_guardian_agreed(
    stage: Stage, new_case: NewCase
) -> None:
    dua = new_case("linh", name="Giàng Thị Dua", **BACK | {"age": "12_17"})
    people.register(dua)
    people.assign(dua, TEAM)
    alone = {"scopes": CONSENTS, "method": "signature", "language": "vi"}
    alone |= {"document": paper("signed by the child")}
    consent = f"{dua.path}/give-consent"
    stage.is_refused("linh", "took her own consent", consent, alone, "GuardianNeeded")
    people.guardian(dua, "per_hoa")
    people.consent(dua, CONSENTS)
    people.admit(dua)
    people.arrive(dua)
    assert dua.case["entitlement"]["total"] == money("2600.00 USD"), "more than for an adult"

    planning.plan(dua, [SCHOOL_THINGS | {"wording": "Sách vở, quần áo"}])
    planning.approve(dua)
    paying.buy(dua, SCHOOL)
    (signed,) = entries(stage, "plans", "plan_signed_by_returnee", plan=dua.plan["plan"])
    assert signed["data"]["signed_by"] == "per_hoa"


# What others do


@pytest.mark.parametrize("service", ["legal", "health", "psychosocial", "protection"])
def test_handed_on_to_those_whose_it_is(stage: Stage, new_case: NewCase, service: str) -> None:
    """Offered, accepted by both, done; of what and to whom, the history says nothing."""
    mai = received(new_case, f"Má Thị {service.title()}")
    helping.refer(mai, {"service": service, "to": f"{service}_lao_cai", "hands_over": ["name"]})
    (made,) = entries(stage, "intake", "referral_made", case=mai.case["case"])
    assert (made["data"]["service"], made["data"]["to"]) == ("support", None)
    done = stage.reads("linh", f"intake/v1/referrals/{made['data']['referral']}")
    assert (done["stage"], done["accepted"]) == ("done", ["returnee", "service"])


def test_no_service_is_told_of_somebody_who_has_not_said_yes(
    stage: Stage, new_case: NewCase
) -> None:
    mai = received(new_case, "Cư Thị Máy")
    body = {"case": mai.case["case"], "service": "protection", "to": "police_lao_cai"}
    body |= {"answer_by": stage.today.isoformat(), "done_by": stage.today.isoformat()}
    body |= {"hands_over": ["name"]}
    offered = stage.does("linh", "offered a referral", "intake/v1/referrals", body)
    path = f"intake/v1/referrals/{offered['referral']}"
    yes = {"party": "service"}
    stage.is_refused("linh", "had the police agree", f"{path}/accept", yes, "ReturneeFirst")
    stage.is_refused("linh", "handed over the name", f"{path}/hand-over", {}, "ReturneeFirst")
    no = {"party": "returnee", "reason": "not_wanted"}
    assert stage.does("linh", "recorded her no", f"{path}/decline", no)["stage"] == "declined"


# Afterwards


def test_visits_are_due_by_the_programme_and_made_by_somebody_independent(
    stage: Stage, new_case: NewCase
) -> None:
    """One, three and six months after the payment; a month later each is missed, and seen so."""
    mai = settled(new_case, "Tẩn Mẩy")
    people.assign(mai, ["noor"])
    planning.plan(mai, [SCHOOL_THINGS | {"wording": "Sách học nghề"}])
    planning.approve(mai)
    paying.buy(mai, SCHOOL | {"invoice": SCHOOL["invoice"] | {"number": "MT-103"}})
    in_a_year = (stage.today + timedelta(days=365)).isoformat()
    listed = f"plans/v1/visits?case={mai.case['case']}&due_by={in_a_year}"
    visits = stage.awaits("noor", listed, lambda seen: len(seen["items"]) == 3, "the visits")
    assert sorted(each["months"] for each in visits["items"]) == [1, 3, 6]
    assert all(each["due"] < each["until"] and not each["missed"] for each in visits["items"])
    first = min(visits["items"], key=lambda each: int(each["months"]))

    path = f"plans/v1/visits/{first['visit']}"
    for close in ("linh", "dalia"):
        body = {"on": first["due"], "visitor": f"per_{close}"}
        stage.is_refused("noor", f"sent {close}", f"{path}/schedule", body, "VisitorTooClose")
    body = {"on": first["due"], "visitor": "per_minh"}
    stage.does("noor", "sent Minh", f"{path}/schedule", body)
    seen = {"on": stage.today.isoformat(), "outcome": "as_agreed", "findings": ["in_use"]}
    seen |= {"photos": [], "report": paper("visit", mai.title)}
    stage.is_refused("minh", "was there before", f"{path}/complete", seen, "VisitInTheFuture")


def test_a_survey_has_three_scores_and_one_of_them_together(
    stage: Stage, new_case: NewCase
) -> None:
    """Economic and social count for 30 percent each, psychosocial for 40."""
    mai = settled(new_case, "Nông Thị Lụa")
    people.assign(mai, ["noor"])
    points = {"economic": 1, "social": 3, "psychosocial": 2}
    body: Json = {"case": mai.case["case"], "round_months": 0, "instrument": "rss_2018"}
    body["answers"] = [
        {"question": f"q_{each}", "dimension": each, "points": got, "of": 4}
        for each, got in points.items()
    ]
    asked = stage.does_once_heard("noor", "asked her", "plans/v1/surveys", body, "NoSuchRound")
    scores = {each: asked[each] for each in (*points, "composite")}
    assert scores == {"economic": 2500, "social": 7500, "psychosocial": 5000, "composite": 5000}
    stage.is_refused("noor", "asked again", "plans/v1/surveys", body, "RoundDone")
    later = body | {"round_months": 6}
    stage.is_refused("noor", "asked too early", "plans/v1/surveys", later, "RoundNotDue")


# Who learns of it


def test_others_read_neutral_words_or_nothing_at_all(stage: Stage, new_case: NewCase) -> None:
    mai = scholarship.begin(settled(new_case, "Lò Thị Ún"), "training_fee")
    plan, case = f"plans/v1/plans/{mai.plan['plan']}", f"intake/v1/cases/{mai.case['case']}"
    for who in ("lina", "juraj", "sofia", "elif"):
        stage.finds_nothing(who, case)
        stage.finds_nothing(who, plan)
        stage.finds_nothing(who, scholarship.item_of(mai, "training_fee"))

    other = settled(new_case, "Phàn Tả Mẩy")
    planning.await_entitlement(other)
    begun = stage.does("linh", "drafted", "plans/v1/plans", {"case": other.case["case"]})
    telling: Json = {"type": "legal_aid", "spec": "witness_against_traffickers"}
    telling |= {"ceiling": money("100.00 USD"), "own_words": "Ra toà làm chứng"}
    path = f"plans/v1/plans/{begun['plan']}/propose-item"
    no = stage.is_refused("linh", "said what it is", path, telling, "WordingTellsTooMuch")
    assert no["facts"] == {"say": "advice"}

    need = stage.awaits(
        "nadia", f"vendors/v1/needs/{mai.item('training_fee')}", lambda _: True, "the need"
    )
    assert need["spec"] == "training_fee"
    for service in ("plans", "vendors", "disbursement"):
        assert not [
            each
            for each in feed(stage, service)
            if scholarship.OWN_WORDS in each or "traffick" in each
        ]


# In the books twice


def test_a_girl_registered_twice_is_one_when_people_say_so_and_two_again_by_another(
    stage: Stage, new_case: NewCase
) -> None:
    """Tones dropped, day and month swapped: suspected. Confirmed and merged by a person."""
    girl = {**BACK, "age": "12_17"}
    first = new_case("linh", name="Vừ Thị Xuân Hường", born="2011-03-09", **girl)
    second = new_case("thao", name="Vu Thi Xuan Huong", born="2011-09-03", **girl)
    people.register(first)
    people.register(second)
    for scene in (first, second):
        people.assign(scene, ["petra", "juraj"])
    pair = pair_of(stage, first, second)
    assert pair["stage"] == "suspected"
    assert {"name", "date_of_birth"} <= set(pair["agreeing"])

    merge, into = f"{second.path}/merge", {"into": first.case["case"]}
    stage.is_refused("petra", "merged unasked", merge, into, "NothingConfirmed")
    decide = f"intake/v1/duplicates/{pair['pair']}"
    stage.does("petra", "saw that she is one", f"{decide}/confirm", {"reason": "seen_in_person"})
    merged = stage.does("petra", "merged the cases", merge, into)
    assert merged["merged_into"] == first.case["case"]
    stage.is_refused("thao", "went on there", f"{second.path}/close", COMPLETED, "CaseIsMerged")
    assert stage.reads("petra", first.path)["took_in"] == [second.case["case"]]
    assert stage.reads("linh", first.path)["took_in"] == [], "the other case is not hers to know"

    apart = f"{second.path}/unmerge"
    stage.is_refused("petra", "took it back herself", apart, {}, "MergedByYou")
    stage.does("juraj", "took it back", apart)
    mistaken = {"reason": "confirmed_in_error"}
    stage.is_refused("petra", "dismissed it", f"{decide}/dismiss", mistaken, "ConfirmedByYou")
    stage.does("juraj", "dismissed it", f"{decide}/dismiss", mistaken)
    assert stage.reads("thao", second.path)["merged_into"] is None


COMPLETED = {"ground": "completed"}


def test_two_sisters_stay_two(stage: Stage, new_case: NewCase) -> None:
    """Who registered both does not decide; whoever may not know a case learns nothing of it."""
    girl = {**BACK, "born": "2004-05-21"}
    one = new_case("linh", name="Chảo Thị Mỷ Lan", **girl)
    other = new_case("linh", name="Chao Thi My Lan", **girl)
    for scene in (one, other):
        people.register(scene)
        people.assign(scene, ["petra"])
    pair = pair_of(stage, one, other)

    again = new_case("thao", name="Chảo Thị Mỷ Lan", **girl)
    people.register(again)
    assert again.case["suspected"] == [], "that there are restricted cases is not told either"

    decide = f"intake/v1/duplicates/{pair['pair']}/dismiss"
    sisters = {"reason": "family_member"}
    stage.is_refused("linh", "said they are two", decide, sisters, "RegisteredBoth")
    told = stage.does("petra", "heard that they are sisters", decide, sisters)
    assert told["stage"] == "dismissed"


def pair_of(stage: Stage, one: Scene, other: Scene) -> Json:
    """The pair of the two, which waits for a person: here for Petra, who may know of both."""
    cases = {one.case["case"], other.case["case"]}

    def of_both(seen: Json) -> list[Json]:
        pairs = seen["items"]
        return [pair for pair in pairs if {side["case"] for side in pair["sides"]} == cases]

    waiting = "intake/v1/duplicates?stage=suspected&limit=200"
    found = stage.awaits("petra", waiting, lambda seen: bool(of_both(seen)), "the suspicion")
    return of_both(found)[0]


# The figures


@pytest.fixture(scope="module")
def reported(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Received:
    """Everybody of the list, under a programme of their own: as its page says, by another name."""
    text = (HOME / "programmes" / "lao-cai.yaml").read_text(encoding="utf-8")
    page = tmp_path_factory.mktemp("lao-cai") / "lao-cai-2021-2025.yaml"
    page.write_text(text.replace("programme: lao-cai\n", f"programme: {page.stem}\n"), "utf-8")
    programme = str(people.publish_programme(stage, page)["programme"])
    return receive(stage, programme)


def test_the_figures_of_the_province_come_out_exactly(stage: Stage, reported: Received) -> None:
    programme = reported.programme
    assert counted(stage, programme, "child")["yes"] == (CHILDREN, "24.24")
    assert counted(stage, programme, "province")["lao_cai"] == (FROM_THE_PROVINCE, "37.88")
    minorities = counted(stage, programme, "ethnic_minority", majority="kinh")
    assert minorities == {"yes": (61, "92.42"), "no": (KINH, "7.58")}
    assert counted(stage, programme, "sex") == {"female": (RECEIVED, "100.00")}
    told = facts(stage, "intake", "protected_values_counted")
    opened = {each["characteristic"] for each in told if each["programme"] == programme}
    assert opened == {"ethnic_minority"}, "what is protected is opened on record, and only that"


def test_three_people_of_one_province_are_not_told_nor_can_they_be_computed(
    stage: Stage, reported: Received
) -> None:
    """3 of Yên Bái are fewer than 5. So the next smallest is left out too: 19 together."""
    found = counted(stage, reported.programme, "province")
    assert found["yen_bai"] == found["son_la"] == (None, None)
    assert found["lao_cai"][0] == 25
    assert found["ha_giang"][0] == 22


def test_nor_three_children_who_were_found_eligible(
    stage: Stage, setting: Setting, reported: Received
) -> None:
    """Three children and five others are eight: that is told, so the five are not."""
    criteria = {"criteria": setting.programme["policy"]["eligibility"]["criteria"]}
    for case in (*reported.cases[:3], *reported.cases[-5:]):
        stage.does("linh", "assigned Petra", f"{case}/assign", {"person": "per_petra"})
        stage.does("petra", "found it eligible", f"{case}/confirm-eligibility", criteria)
    asked = {"programme": reported.programme}
    by_country = f"intake/v1/indicators?programme={reported.programme}&by=country"
    stage.awaits("petra", by_country, lambda seen: bool(seen["eligible"] == 8), "the eight")
    by_child = stage.reads("petra", "intake/v1/indicators", by="child", **asked)
    eligible = {line["value"]: line["eligible"] for line in by_child["lines"]}
    assert eligible == {"yes": None, "no": None}, "or else it is 8 less 5"
