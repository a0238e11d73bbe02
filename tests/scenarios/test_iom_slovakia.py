"""IOM Slovakia: an individual plan, made before or after return, and vendors paid directly.

The published nine steps (register, plan, contact after return, documents, feasibility, committee,
vendors paid, goods received, a visit after three months) are the demo's story; here is what
happens when something is in the way.
"""

from datetime import timedelta

from homeward.demo import buying, ending, following, paying, people, planning
from homeward.demo.scene import Scene, Setting, paper
from homeward.demo.stage import Json, Stage, money
from tests.scenarios import acts
from tests.scenarios.conftest import NewCase

KIT = {"spec": "school_kit", "type": "basic_needs", "ceiling": "150.00 EUR", "wording": "لوازم"}
OVEN = {"spec": "bread_oven", "type": "micro_business", "ceiling": "1850.00 EUR", "wording": "فرن"}


def test_a_plan_that_was_returned_is_changed_signed_again_and_approved(
    stage: Stage, new_case: NewCase
) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    plan = f"plans/v1/plans/{salma.plan['plan']}"

    why = {"reasons": ["price_unrealistic"]}
    stage.does("omar", "gave it back", f"{plan}/return", why)
    cheaper: Json = {"item": salma.item("bread_oven"), "spec": "bread_oven"}
    cheaper |= {"ceiling": money("1600.00 EUR")}
    stage.does("lina", "lowered the ceiling", f"{plan}/revise-item", cheaper)
    stage.is_refused("lina", "sent it on unsigned", f"{plan}/submit", {}, "NotSigned")

    planning.sign_and_submit(salma)
    planning.approve(salma)
    assert salma.plan["stage"] == "approved"
    assert salma.plan["total"] == money("1600.00 EUR")


def test_who_claims_late_is_told_the_day_and_may_be_given_more_time(
    stage: Stage, new_case: NewCase
) -> None:
    late = new_case("lina")
    for act in (people.register, people.consent, people.admit):
        act(late)
    people.arrive(late, stage.today - timedelta(days=100))
    seen = planning.await_entitlement(late)
    assert seen["claim_by"] == (stage.today - timedelta(days=10)).isoformat()
    asked = {"case": late.case["case"]}
    stage.is_refused("lina", "drafted a plan", "plans/v1/plans", asked, "ClaimedTooLate")

    new_day = (stage.today + timedelta(days=30)).isoformat()
    more = {"claim_by": new_day, "use_by": (stage.today + timedelta(days=300)).isoformat()}
    more |= {"reason": "illness"}
    stage.does("petra", "proposed more time", f"{late.path}/propose-extension", more)
    own = f"{late.path}/approve-extension"
    stage.is_refused("petra", "approved it herself", own, {}, "ProposerCannotApprove")
    stage.does("juraj", "approved it", own)
    stage.awaits(
        "lina",
        f"plans/v1/entitlements/{late.case['case']}",
        lambda now: bool(now["claim_by"] == new_day),
        "plans to hear of the extension",
    )
    stage.does("lina", "drafted a plan", "plans/v1/plans", asked)


def test_who_did_not_depart_is_out_for_good(stage: Stage, new_case: NewCase) -> None:
    """An act that cannot be undone (RIAT: not departed is irreversible)."""
    stayed = new_case("lina")
    for act in (people.register, people.consent, people.admit):
        act(stayed)
    stage.does("petra", "confirmed that he stayed", f"{stayed.path}/confirm-non-departure")
    here = {"date": stage.today.isoformat(), "evidence": paper("boarding pass")}
    stage.is_refused("lina", "confirmed", f"{stayed.path}/confirm-arrival", here, "CaseIsAt")


def test_an_amendment_is_in_force_when_a_quorum_says_so_and_not_before(
    stage: Stage, new_case: NewCase
) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    planning.approve(salma)
    plan = f"plans/v1/plans/{salma.plan['plan']}"

    stage.does("lina", "began an amendment", f"{plan}/propose-amendment", PRICE_CHANGED)
    dearer: Json = {"item": salma.item("bread_oven"), "spec": "bread_oven"}
    dearer |= {"ceiling": money("1950.00 EUR")}
    changed = stage.does("lina", "raised the ceiling", f"{plan}/revise-item", dearer)
    assert changed["total"] == money("1850.00 EUR"), "the plan in force stays as it is"
    signature = {"signed_by": salma.case["returnee"], "method": "signature", "language": "ar"}
    signature |= {"digest": changed["amendment"]["digest"]}
    stage.does("lina", "recorded the signature", f"{plan}/sign", signature)
    stage.does("lina", "submitted it", f"{plan}/submit")
    stage.does("omar", "found it feasible", f"{plan}/confirm-feasibility")
    stage.is_refused("omar", "approved it too", f"{plan}/approve", {}, "forbidden")
    planning.approve(salma)
    assert salma.plan["total"] == money("1950.00 EUR")
    assert salma.plan["plan_version"] == 2


PRICE_CHANGED = {"reason": "price_changed"}


def test_nothing_is_planned_once_consent_is_withdrawn(stage: Stage, new_case: NewCase) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.await_entitlement(salma)
    body = {"scopes": ["assistance"]}
    stage.does("lina", "recorded the withdrawal", f"{salma.path}/withdraw-consent", body)
    stage.awaits(
        "lina",
        f"plans/v1/entitlements/{salma.case['case']}",
        lambda seen: not seen["consented"],
        "plans to hear of it",
    )
    body = {"case": salma.case["case"]}
    stage.is_refused("lina", "drafted a plan", "plans/v1/plans", body, "ConsentMissing")


def test_a_whole_case_from_a_seat_on_a_charter_to_its_closure(
    stage: Stage, setting: Setting, new_case: NewCase
) -> None:
    """Announced without a name, registered, gone, back, paid for, asked how it is, closed."""
    seat = announced(stage, setting)
    salma = new_case("lina", name="سميرة جواد")
    taken = people.registration(salma.told, setting.programme) | {"pre_notification": seat}
    salma.case = stage.does("lina", "registered who has the seat", "intake/v1/cases", taken)
    people.consent(salma)
    people.admit(salma)
    weeks = stage.today - timedelta(days=30)
    left = {"date": weeks.isoformat(), "evidence": paper("boarding list")}
    stage.does("lina", "confirmed the departure", f"{salma.path}/confirm-departure", left)
    early = {"date": (weeks - timedelta(days=1)).isoformat(), "evidence": paper("stamp")}
    arrive = f"{salma.path}/confirm-arrival"
    stage.is_refused("lina", "had her back before", arrive, early, "ArrivalBeforeDeparture")
    people.arrive(salma, weeks)
    planning.plan(salma, [KIT])
    planning.approve(salma)
    paying.buy(salma, A_KIT)

    following.survey(salma, {"economic": 1, "social": 3, "psychosocial": 3})
    visit = acts.visit_due(salma)
    assert (visit["months"], visit["item"]) == (3, salma.item("school_kit"))
    noors = {"on": visit["due"], "visitor": "per_noor"}
    stage.does("noor", "will visit her", f"plans/v1/visits/{visit['visit']}/schedule", noors)
    linas = noors | {"visitor": "per_lina"}
    path = f"plans/v1/visits/{visit['visit']}/schedule"
    stage.is_refused("noor", "sent the counsellor", path, linas, "VisitorTooClose")
    ending.close(salma, "completed")
    closed = stage.reads("lina", salma.path)
    assert (closed["stage"], closed["closed_for"]) == ("closed", "completed")


def announced(stage: Stage, setting: Setting) -> str:
    """A seat on a charter, for somebody who will return to Iraq of their own will."""
    body = {
        "programme": setting.programme["programme"],
        "country_of_return": "IQ",
        "return_type": "voluntary",
        "office": "Baghdad",
        "departure": stage.today.isoformat(),
        "flight": "charter_7",
    }
    made = stage.does("petra", "announced somebody", "intake/v1/pre-notifications", body)
    return str(made["pre_notification"])


A_KIT = {
    "item": "school_kit",
    "vendor": "traders",
    "budget_line": "basic_needs",
    "quotations": {
        "traders": "190000.000 IQD",
        "mills": "195000.000 IQD",
        "ovens": "196000.000 IQD",
    },
    "lines": [{"spec": "school_kit", "quantity": 1, "unit_price": "190000.000 IQD"}],
    "delivered": [1],
    "invoice": {"number": "F-2026-40", "amount": "190000.000 IQD"},
}


def test_a_seat_on_a_charter_is_taken_up_once_and_as_announced(
    stage: Stage, setting: Setting, new_case: NewCase
) -> None:
    seat = announced(stage, setting)
    first = new_case("lina", name="نادية فرج")
    taken = people.registration(first.told, setting.programme) | {"pre_notification": seat}
    forced = taken | {"return_type": "forced"}
    cases = "intake/v1/cases"
    stage.is_refused("lina", "registered another return", cases, forced, "NotAsAnnounced")
    case = stage.does("lina", "registered her", cases, taken)["case"]
    notice = stage.reads("lina", f"intake/v1/pre-notifications/{seat}")
    assert (notice["stage"], notice["case"]) == ("taken_up", case)
    stage.is_refused("lina", "gave the seat twice", cases, taken, "NoticeIs")


def approved(new_case: NewCase, *items: Json) -> Scene:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, list(items))
    planning.approve(salma)
    return salma


def test_nothing_new_is_committed_while_a_plan_rests(stage: Stage, new_case: NewCase) -> None:
    salma = approved(new_case, KIT)
    plan = f"plans/v1/plans/{salma.plan['plan']}"
    stage.does("lina", "let it rest", f"{plan}/suspend", {"reason": "returnee_away"})
    commit: Json = {"item": salma.item("school_kit"), "amount": money("190000.000 IQD")}
    commit |= {"budget_line": salma.setting.lines["basic_needs"]}
    path = f"{paying.HOME}/commitments"
    stage.awaits("hana", f"{paying.HOME}/items/{commit['item']}", lambda _: True, "the item")
    stage.is_refused(
        "hana", "asked to commit", path, commit, "ItemStopped", not_yet="VendorNotSelected"
    )
    stage.is_refused("lina", "resumed it", f"{plan}/resume", {}, "forbidden")
    stage.does("omar", "said that it goes on", f"{plan}/resume")
    stage.is_refused(
        "hana", "asked to commit", path, commit, "VendorNotSelected", not_yet="ItemStopped"
    )
    buying.award(salma, A_KIT)
    paying.order(salma, A_KIT)


def test_cancelling_a_plan_frees_what_no_order_holds(stage: Stage, new_case: NewCase) -> None:
    salma = approved(new_case, KIT, OVEN)
    acts.becomes(salma, "remaining", money("0.00 EUR"))
    buying.award(salma, A_KIT)
    paying.order(salma, A_KIT)
    delivery = f"plans/v1/items/{salma.item('school_kit')}/delivery"
    stage.awaits("lina", delivery, lambda seen: bool(seen["lines"]), "plans to hear of the order")
    plan = f"plans/v1/plans/{salma.plan['plan']}"
    kit = {"item": salma.item("school_kit"), "reason": "returnee_asked"}
    stage.is_refused("lina", "gave up the kit", f"{plan}/cancel-item", kit, "MoneyCommitted")
    reason = {"reason": "returnee_asked"}
    stage.is_refused("lina", "cancelled it alone", f"{plan}/cancel", reason, "forbidden")
    stage.does("petra", "cancelled the plan", f"{plan}/cancel", reason)

    left = stage.reads("lina", f"plans/v1/entitlements/{salma.case['case']}")
    held = stage.reads("hana", f"{paying.HOME}/items/{salma.item('school_kit')}")["offer"]
    assert held == money("190000.000 IQD"), "144.98 EUR at the month's rate"
    assert left["drawn"] == money("144.98 EUR")


def test_a_plan_that_is_taken_back_is_decided_on_no_more(stage: Stage, new_case: NewCase) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    plan = f"plans/v1/plans/{salma.plan['plan']}"
    stage.does("zuzana", "approved it", f"{plan}/approve")
    stage.does("lina", "took it back", f"{plan}/withdraw", {"reason": "returnee_asked"})
    stage.is_refused("peter", "approved it", f"{plan}/approve", {}, "PlanIsAt")
    acts.becomes(salma, "drawn", money("0.00 EUR"))
    planning.plan(salma, [KIT])


def test_who_declares_a_conflict_has_no_vote_and_the_one_given_is_void(
    stage: Stage, new_case: NewCase
) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    plan = f"plans/v1/plans/{salma.plan['plan']}"
    stage.does("zuzana", "approved it", f"{plan}/approve")
    stage.does("zuzana", "knows the family", f"{plan}/declare-conflict")
    stage.is_refused("zuzana", "approved it again", f"{plan}/approve", {}, "HasConflict")
    assert stage.does("peter", "approved it", f"{plan}/approve")["stage"] == "feasible"
    assert stage.does("alena", "approved it", f"{plan}/approve")["stage"] == "approved"
    (passed,) = [
        each
        for each in acts.facts(stage, "plans", "plan_approved")
        if each["plan"] == salma.plan["plan"]
    ]
    assert passed["approvers"] == ["per_peter", "per_alena"]


def test_a_split_committee_waits_for_a_third_member(stage: Stage, new_case: NewCase) -> None:
    salma = new_case("lina")
    people.welcome(salma)
    planning.plan(salma, [OVEN])
    plan = f"plans/v1/plans/{salma.plan['plan']}"
    no = {"reason": "not_sustainable"}
    stage.does("zuzana", "approved it", f"{plan}/approve")
    assert stage.does("peter", "rejected it", f"{plan}/reject", no)["stage"] == "feasible"
    stage.is_refused("peter", "changed his mind", f"{plan}/approve", {}, "VotedAlready")
    assert stage.does("alena", "rejected it", f"{plan}/reject", no)["stage"] == "rejected"


def test_who_was_registered_twice_is_worked_on_in_one_case(stage: Stage, new_case: NewCase) -> None:
    """Suspected by the platform, decided by a person, merged by another act, and taken back."""
    zainab = {"born": "1986-11-03", "phone": "+964 770 000 0999"}
    one = new_case("lina", name="Zainab Al-Obaidi", **zainab)
    two = new_case("lina", name="زينب العبيدي", **zainab)
    people.register(one)
    people.register(two)
    suspected = suspected_of(one, two)
    assert {"name", "phone"} <= set(suspected["agreeing"])
    pair = f"intake/v1/duplicates/{suspected['pair']}"
    why = {"reason": "seen_in_person"}
    merge = f"{two.path}/merge"
    into = {"into": one.case["case"]}
    stage.is_refused("lina", "said it was one", f"{pair}/confirm", why, "RegisteredBoth")
    stage.is_refused("petra", "merged them unasked", merge, into, "NothingConfirmed")
    stage.does("petra", "found that they are one", f"{pair}/confirm", why)
    merged = stage.does("petra", "went on in the first", merge, into)
    assert merged["merged_into"] == one.case["case"]
    assert stage.reads("lina", one.path)["took_in"] == [two.case["case"]]
    body = {"scopes": ["monitoring"]}
    stage.is_refused(
        "lina", "worked on the second", f"{two.path}/withdraw-consent", body, "CaseIsMerged"
    )
    stage.is_refused("petra", "took it back", f"{two.path}/unmerge", {}, "MergedByYou")
    assert stage.does("juraj", "took it back", f"{two.path}/unmerge")["merged_into"] is None


def suspected_of(one: Scene, two: Scene) -> Json:
    """The pair of these two that waits for a person, once the platform has seen it."""
    both = {one.case["case"], two.case["case"]}

    def is_it(pair: Json) -> bool:
        return {side["case"] for side in pair["sides"]} == both

    waits = "intake/v1/duplicates?stage=suspected&limit=200"
    seen = one.stage.awaits("petra", waits, lambda told: any(map(is_it, told["items"])), "the pair")
    return next(pair for pair in seen["items"] if is_it(pair))
