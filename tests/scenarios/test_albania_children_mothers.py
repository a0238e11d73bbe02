"""Children and mothers who came back to Albania: every case is known only to who needs to know it.

An organisation in Tirana keeps the cases and hands them over to the state's social service. What
is paid for is called by words that tell nothing, and who asks after a case that is not theirs
finds none.
"""

import hashlib
import json
from functools import partial
from pathlib import Path

import httpx

from audit.verify import open_disclosure
from homeward.demo import buying, ending, paying, people, planning, proving, sharing, story
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, Stage, money
from tests.scenarios.acts import begun, entries, feed
from tests.scenarios.conftest import NewCase
from tests.scenarios.listening import routes

KNOW = ("petra", "omar", "zuzana", "peter", "dalia")
"""Who is assigned to a case to decide on it and to bring what was bought."""
DO_NOT = ("nadia", "hana", "arben", "lina", "elif")
"""They buy, they pay, they counsel others beside her, or look at everything: not at this."""
HER: Json = {
    "name": "Mirjeta Vranisht",
    "born": "1991-04-17",
    "country": "AL",
    "office": "Tirana",
    "language": "sq",
    "return": "humanitarian",
}
SON: Json = {"relation": "child", "sex": "male", "age": "5_11", "name": "Besjan Vranisht"}
GUARDIAN = "per_guardian_of_the_state"
GOODS: Json = {"spec": "household_goods", "type": "family_needs", "ceiling": "600.00 EUR"}
CARE: Json = {"spec": "health_service", "type": "psychological_care", "ceiling": "300.00 EUR"}
PURCHASE: Json = {
    "item": "household_goods",
    "vendor": "furniture",
    "budget_line": "families",
    "committee": ["zuzana", "peter"],
    "quotations": {"furniture": "52000.00 ALL", "market": "54500.00 ALL", "home": "57000.00 ALL"},
    "lines": [{"spec": "household_goods", "quantity": 1, "unit_price": "52000.00 ALL"}],
    "delivered": [1],
    "invoice": {"number": "2026/101", "amount": "52000.00 ALL", "another": "another_family"},
}
TO_THE_STATE: Json = {
    "to": "state_social_service",
    "office": "Tirana",
    "person": "elira",
    "parts": ["case", "household", "consents", "entitlement", "identity", "contact"],
}


def a_mother(new_case: NewCase) -> Scene:
    return begun(new_case("blerta", household=(SON,), **HER), known_to=KNOW)


def with_a_plan(her: Scene, *items: Json) -> Scene:
    planning.plan(her, [item | {"wording": "Dy shtretër dhe një tavolinë"} for item in items])
    planning.approve(her)
    return her


def test_a_child_alone_is_spoken_for_by_the_guardian_that_the_state_named(
    stage: Stage, new_case: NewCase
) -> None:
    arta = new_case("arben", **HER | {"name": "Arta Lekaj", "born": "2012", "age": "12_17"})
    people.register(arta)
    consent = {"scopes": ["assistance"], "method": "signature", "language": "sq"}
    consent |= {"document": paper("her own signature")}
    give = f"{arta.path}/give-consent"
    stage.is_refused("arben", "took her own consent", give, consent, "GuardianNeeded")
    people.guardian(arta, GUARDIAN)
    other = consent | {"method": "guardian", "guardian": "per_an_uncle"}
    stage.is_refused("arben", "took an uncle's consent", give, other, "NotTheGuardian")

    people.assign(arta, list(KNOW))
    for act in (people.consent, people.admit, people.arrive):
        act(arta)
    assert arta.case["entitlement"]["total"] == money("3500.00 EUR")
    with_a_plan(arta, CARE)
    assert arta.plan["stage"] == "approved"
    (signed,) = entries(stage, "plans", "plan_signed_by_returnee", plan=arta.plan["plan"])
    assert signed["data"]["signed_by"] == GUARDIAN


def test_a_mother_and_her_child_each_have_a_share_of_their_own(
    stage: Stage, new_case: NewCase
) -> None:
    her = a_mother(new_case)
    mother, son = her.case["household"]
    assert son["guardian"] == mother["person"]
    shares = {each["person"]: each["total"] for each in her.case["entitlement"]["shares"]}
    assert shares == {mother["person"]: money("3000.00 EUR"), son["person"]: money("2500.00 EUR")}
    assert her.case["entitlement"]["cash_cap"] == money("0.00 EUR")
    together = {"person": son["person"], "method": "guardian", "guardian": mother["person"]}
    together |= {"language": "sq", "document": paper("pooling")}
    stage.is_refused("blerta", "pooled", f"{her.path}/pool", together, "PoolingNotAllowed")


def test_who_need_not_know_of_a_case_finds_none(stage: Stage, new_case: NewCase) -> None:
    """Restricted from registration on, by the programme."""
    her = with_a_plan(a_mother(new_case), GOODS)
    assert her.case["restricted"]
    plan = f"plans/v1/plans/{her.plan['plan']}"
    for who in DO_NOT:
        for path in (her.path, plan):
            stage.finds_nothing(who, path)
        for listed in ("intake/v1/cases", "plans/v1/plans"):
            assert her.case["case"] not in str(stage.reads(who, listed, limit=200))
    person = f"{her.path}/people/{her.case['returnee']}"
    stage.finds_nothing("arben", person, purpose="assistance")
    stage.finds_nothing("arben", f"{person}/protection", purpose="protection")


OTHERS = ("nadia", "hana", "jozef", "maria", "juraj", "noor", "ruth", "linh", "huda", "arben")
"""They buy, pay, lead, visit, hear complaints, or work for another organisation."""


def test_nothing_that_others_read_in_any_service_says_that_it_is_there(
    stage: Stage, new_case: NewCase
) -> None:
    """Bought for and about to be paid: the chain knows what and how much, and not for whom."""
    her = with_a_plan(a_mother(new_case), GOODS)
    told = PURCHASE | {"invoice": {"number": "2026/909", "amount": "52000.00 ALL"}}
    payment = paying.buy_and_leave(her, told)
    case = her.case["case"]
    (sourcing,) = stage.reads("blerta", "vendors/v1/sourcings", case=case)["items"]
    known = {
        "case": case,
        "person": her.case["returnee"],
        "plan": her.plan["plan"],
        "item": her.item("household_goods"),
        "sourcing_id": sourcing["sourcing"],
        "commitment_id": payment["commitment"],
        "payment_id": payment["payment"],
        "line": her.setting.lines["families"],
        "programme": her.setting.programme["programme"],
        "organisation": "ngo_tirana",
    }
    paths = list(routes(known))
    assert f"audit/v1/trail/{case}" in paths
    with httpx.Client(timeout=120.0) as client:
        read = partial(_read, client, stage)
        for who in OTHERS:
            for path in paths:
                assert case not in read(who, path), f"{who} {path}"
        assert case in read("blerta", f"disbursement/v1/payments/{payment['payment']}")
        assert case in read("elif", "audit/v1/trail/ngo_tirana")


def _read(client: httpx.Client, stage: Stage, who: str, path: str) -> str:
    """All that the answer says, beside which path was asked for."""
    service, _, rest = path.partition("/")
    where = f"{stage.world.services[service]}/{rest}"
    answer = client.get(where, headers=stage.authorization(who))
    return answer.text if answer.is_success else ""


def test_the_glass_is_broken_by_two_people_and_in_sight_of_a_third(
    stage: Stage, new_case: NewCase
) -> None:
    her = a_mother(new_case)
    words = "Her brother-in-law called: he knows the street."
    body = {"case": her.case["case"], "reason": "danger_to_life", "words": words}
    asked = stage.does("arben", "asked to be let in", "intake/v1/accesses", body)
    path = f"intake/v1/accesses/{asked['access']}"
    stage.finds_nothing("arben", her.path)
    too_long = {"hours": 25}
    stage.is_refused("petra", "let him in for longer", f"{path}/grant", too_long, "TooLong")
    stage.does("petra", "let him in for the night", f"{path}/grant", {"hours": 12})
    stage.awaits("arben", her.path, lambda _: True, "his being let in")
    person = f"{her.path}/people/{her.case['returnee']}/protection"
    stage.reads("arben", person, purpose="vital_interests")

    stage.awaits(
        "sofia",
        "intake/v1/accesses?stage=granted",
        lambda seen: any(each["access"] == asked["access"] for each in seen["items"]),
        "the officer to see the access",
    )
    assert stage.reads("sofia", f"{path}/words")["words"] == words
    stage.does("arben", "needed it no longer", f"{path}/end")
    stage.finds_nothing("arben", her.path)
    (read,) = entries(stage, "intake", "protected_data_read", case=her.case["case"])
    assert (read["actorid"], read["data"]["purpose"]) == ("per_arben", "vital_interests")


def test_whatever_is_read_of_what_protects_her_is_read_by_name(
    stage: Stage, new_case: NewCase
) -> None:
    her = a_mother(new_case)
    profile = {"person": her.case["returnee"], "vulnerabilities": ["single_parent"]}
    profile |= {"health": ["sleepless"]}
    stage.does("blerta", "recorded it", f"{her.path}/record-profile", profile)
    person = f"{her.path}/people/{her.case['returnee']}"
    for purpose in ("health_care", "best_interests"):
        seen = stage.reads("blerta", f"{person}/protection", purpose=purpose)
        assert seen["values"]["health"] == ["sleepless"]
    assert stage.reads("omar", person, purpose="delivery")["values"]["name"] == HER["name"]

    reads = entries(stage, "intake", "protected_data_read", case=her.case["case"])
    purposes = [each["data"]["purpose"] for each in reads]
    assert purposes == ["health_care", "best_interests"]
    (delivery,) = entries(stage, "intake", "personal_data_read", case=her.case["case"])
    assert delivery["actorid"] == "per_omar"


def test_what_leaves_the_vault_gives_nobody_away(stage: Stage, new_case: NewCase) -> None:
    """The words are the programme's, in every history that a service tells."""
    her = begun(
        new_case("blerta", household=(SON | {"name": "Ylli Kuqi"},), **HER | {"name": "Vera Kuqi"}),
        known_to=KNOW,
    )
    planning.await_entitlement(her)
    drafted = stage.does("blerta", "drafted", "plans/v1/plans", {"case": her.case["case"]})
    item = CARE | {"ceiling": money(CARE["ceiling"]), "spec": "trauma_therapy"}
    propose = f"plans/v1/plans/{drafted['plan']}/propose-item"
    stage.is_refused("blerta", "called it by its name", propose, item, "WordingTellsTooMuch")
    words = "Ajo nuk fle që nga kampi"
    plain = item | {"spec": "health_service", "own_words": words}
    stage.does("blerta", "called it a health service", propose, plain)
    body = {"case": her.case["case"], "service": "psychosocial", "to": "a_clinic_for_trauma"}
    day = stage.today.isoformat()
    body |= {"hands_over": [], "answer_by": day, "done_by": day}
    stage.does("blerta", "referred her", "intake/v1/referrals", body)

    told = {source: "\n".join(feed(stage, source)) for source in proving.SOURCES}
    for source, history in told.items():
        for revealing in ("Kuqi", "kampi", "trauma", "conflict_zone", "war_zone"):
            assert revealing not in history, f"{source} tells of {revealing}"
    for source in ("vendors", "disbursement"):
        assert CARE["type"] not in told[source], "what she is given is nothing to who buys and pays"
    assert her.case["case"] in told["intake"], "it was looked for where she is spoken of"


def test_what_she_no_longer_agrees_to_stops(stage: Stage, new_case: NewCase) -> None:
    her = with_a_plan(a_mother(new_case), GOODS)
    buying.award(her, PURCHASE)
    people.consent(her, ["partners"])
    offered = ending.offer(her, TO_THE_STATE)
    accept = f"intake/v1/transfers/{offered['transfer']}/accept"
    withdraw = f"{her.path}/withdraw-consent"

    stage.does("blerta", "recorded that nobody else is told", withdraw, {"scopes": ["partners"]})
    stage.is_refused("elira", "took the case", accept, {}, "ConsentMissing")
    stage.does("blerta", "recorded that no shop is told", withdraw, {"scopes": ["vendors"]})
    person = f"{her.path}/people/{her.case['returnee']}"
    stage.is_not_shown("dalia", person, "ConsentMissing", purpose="delivery")

    stage.does("blerta", "recorded that she wants no help", withdraw, {"scopes": ["assistance"]})
    stage.awaits(
        "blerta",
        f"plans/v1/plans/{her.plan['plan']}",
        lambda seen: bool(seen["stage"] == "suspended"),
        "her plan to rest",
    )
    item = her.item("household_goods")
    order = {"item": item, "budget_line": her.setting.lines["families"]}
    order |= {"amount": money("52000.00 ALL")}
    stage.awaits("hana", f"disbursement/v1/items/{item}", lambda seen: bool(seen["vendor"]), "it")
    stage.is_refused("hana", "ordered", "disbursement/v1/commitments", order, "AssistanceWithdrawn")


def test_a_complaint_about_the_counsellor_goes_past_the_counsellor(
    stage: Stage, new_case: NewCase
) -> None:
    her = a_mother(new_case)
    words = "Ajo më tha se pa para nuk ka shtretër"
    body = {"programme": her.setting.programme["programme"], "case": her.case["case"]}
    body |= {"category": "abuse", "channel": "visit", "language": "sq", "words": words}
    body |= {"complainant": her.case["returnee"], "named": ["per_blerta"]}
    taken = stage.does("dalia", "listened to her", "intake/v1/complaints", body)
    path = f"intake/v1/complaints/{taken['complaint']}"
    for who in ("blerta", "arben", "petra"):
        stage.is_not_shown(who, path, "NoSuchComplaint")
        stage.is_not_shown(who, f"{path}/words", "NoSuchComplaint")

    stage.awaits("blerta", f"{her.path}/open-matters", lambda m: bool(m["in_confidence"]), "it")
    close, why = f"{her.path}/close", {"ground": "withdrawn"}
    stage.is_refused("blerta", "closed the case", close, why, "StillOpen")
    to_her = {"handler": "per_blerta"}
    stage.is_refused("ruth", "gave it to her", f"{path}/assign", to_her, "PartyCannotHandle")
    stage.does("ruth", "took it up", f"{path}/assign", {})
    assert stage.reads("ruth", f"{path}/words")["words"] == words
    answer = {"outcome": "upheld", "answer": "Një tjetër do t'ju këshillojë."}
    stage.does("ruth", "answered her", f"{path}/resolve", answer)
    (read,) = entries(stage, "intake", "complaint_read", complaint=taken["complaint"])
    assert read["actorid"] == "per_ruth"
    assert words not in "".join(feed(stage, "intake"))


def test_the_state_takes_a_case_over_with_what_she_agreed_to_and_no_more(
    stage: Stage, new_case: NewCase
) -> None:
    her = a_mother(new_case)
    offer: Json = {"case": her.case["case"], "to_organisation": "state_social_service"}
    offer |= {"to_office": "Tirana", "to_person": "per_elira", "parts": TO_THE_STATE["parts"]}
    agreed = {"agreed_on": paper("agreed to the state")}
    transfers = "intake/v1/transfers"
    stage.is_refused("blerta", "offered it", transfers, offer | agreed, "ConsentMissing")
    people.consent(her, ["partners"])
    stage.is_refused("blerta", "offered it unsigned", transfers, offer, "AgreementNeeded")
    nobody = offer | agreed | {"to_person": None}
    stage.is_refused("blerta", "offered it to anybody", transfers, nobody, "ReceiverNotNamed")
    abroad = offer | agreed | {"to_organisation": "pacific_links"}
    stage.is_refused("blerta", "offered it to others", transfers, abroad, "MayNotKeepIt")

    transfer = stage.does("blerta", "offered it", transfers, offer | agreed)
    path = f"{transfers}/{transfer['transfer']}"
    stage.finds_nothing("elira", her.path)
    stage.does("elira", "took it over", f"{path}/accept")
    package = stage.downloads("elira", f"{path}/package")
    (moved,) = entries(stage, "intake", "case_transferred", case=her.case["case"])
    assert moved["data"]["package"] == hashlib.sha256(package).hexdigest()
    assert HER["name"].encode() in package
    assert b"basis" not in package, "why the case is restricted was not offered"
    assert len(entries(stage, "intake", "transfer_package_read", case=her.case["case"])) == 1
    assert stage.reads("elira", her.path)["organisation"] == "state_social_service"
    stage.finds_nothing("blerta", her.path)
    stage.is_not_shown("blerta", f"{path}/package", "NoSuchTransfer")


def test_a_case_is_closed_when_nothing_is_owed_and_opened_again_by_two(
    stage: Stage, new_case: NewCase
) -> None:
    her = with_a_plan(a_mother(new_case), GOODS)
    buying.award(her, PURCHASE)
    order = paying.order(her, PURCHASE)
    stage.awaits(
        "blerta", f"{her.path}/open-matters", lambda seen: bool(seen["commitments"]), "the order"
    )
    why = {"ground": "withdrawn"}
    stage.is_refused("blerta", "closed it", f"{her.path}/close", why, "StillOpen")
    paying.deliver(her, PURCHASE, order)
    payment = paying.request(stage, order, paying.invoice(stage, PURCHASE, order))
    paying.sign(stage, PURCHASE, payment)
    paying.pay(stage, payment)
    ending.close(her, "completed")
    assert her.case["stage"] == "closed"

    again = {"reason": "returnee_came_back"}
    stage.does("petra", "proposed to go on", f"{her.path}/propose-reopening", again)
    reopen = f"{her.path}/reopen"
    stage.is_refused("petra", "opened it herself", reopen, {}, "ProposerCannotReopen")
    stage.finds_nothing("juraj", her.path)
    people.assign(her, ["juraj"])
    assert stage.does("juraj", "opened it", reopen)["stage"] == "arrived"


def test_a_mother_is_erased_and_what_was_paid_for_her_is_still_proved(
    stage: Stage, new_case: NewCase, tmp_path: Path
) -> None:
    trusted = proving.note_anchors(stage)
    her = with_a_plan(a_mother(new_case), GOODS)
    buy = PURCHASE | {"invoice": PURCHASE["invoice"] | {"number": "2026/102"}}
    paying.buy(her, buy)
    mother, son = (each["person"] for each in her.case["household"])
    body = {"person": mother, "ground": "consent_withdrawn", "evidence": paper("her request")}
    body |= {"identity_check": "known_in_person", "received": stage.today.isoformat()}
    stage.does("blerta", "recorded her request", "intake/v1/erasures", body)
    subject = f"intake/v1/subjects/{mother}"
    stage.awaits("sofia", f"{subject}/obligations", lambda seen: not seen["open"], "the payment")
    approval: Json = {"kinds": ["identity", "contact", "protection", "health"]}
    approval |= {"facts": {"basis": "accounting_law", "until": "2040-12-31"}}
    stage.does("sofia", "approved it", f"{subject}/approve-erasure", approval)
    stage.awaits(
        "sofia",
        subject,
        lambda seen: bool(seen["erasure"]["stage"] == "completed"),
        "every service to have erased her",
    )

    shown = stage.reads("blerta", f"{her.path}/people/{mother}", purpose="assistance")
    assert shown["values"] == {}
    assert "identity" in shown["erased"]
    hers = stage.reads("blerta", f"plans/v1/plans/{her.plan['plan']}/own-words")
    assert hers["words"] == {}
    his = stage.reads("blerta", f"{her.path}/people/{son}", purpose="assistance")
    assert his["values"]["name"] == SON["name"], "her son did not ask to be forgotten"
    proving.await_complete_log(stage)
    proving.verify_offline(stage, trusted, her.paid[0], tmp_path)
    vendors = story.told("albania-children-mothers")["vendors"]
    assert vendors[PURCHASE["vendor"]]["latin_name"] not in named(tmp_path)


def named(copies: Path) -> set[str]:
    """Who was paid, as far as the copies tell it: nobody who has to do with a restricted case."""
    told = (path.read_text().splitlines() for path in copies.rglob("disclosures.jsonl"))
    lines = (json.loads(line) for each in told for line in each)
    return {str(open_disclosure(line["disclosure"])[1]) for line in lines}


def test_a_neighbourhood_does_something_together_in_which_nobody_is_told_apart(
    stage: Stage, new_case: NewCase
) -> None:
    """What the community has belongs to nobody's entitlement; no restricted case is named in it."""
    her = a_mother(new_case)
    new = {"programme": her.setting.programme["programme"], "level": "community"}
    project = stage.does("blerta", "began a project", "plans/v1/projects", new)
    share = {"case": her.case["case"], "basis_points": 2000}
    body = {"shares": [share], "host_basis_points": 8000}
    path = f"plans/v1/projects/{project['project']}"
    planning.await_entitlement(her)
    stage.is_refused("blerta", "named her", f"{path}/set-shares", body, "RestrictedCase")

    told: Json = {"level": "community", "host": 100}
    told["items"] = [
        {"type": "cohesion_activity", "spec": "community_activity", "ceiling": "900.00 EUR"}
    ]
    told["documents"] = ["minutes_of_the_community_committee"]
    wall = new_case("blerta", **HER)
    sharing.project(wall, told)
    (approved,) = entries(stage, "plans", "project_approved", total=money("900.00 EUR"))
    assert approved["data"]["shares"] == []
    assert not entries(stage, "plans", "entitlement_drawn", drawn_for=approved["data"]["project"])
