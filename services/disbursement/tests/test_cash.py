"""Cash, where a programme allows it: a list, two people, what the returnee signed, and a cap."""

from typing import Any

import pytest
from msgspec.structs import asdict as as_fields
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, plan_approved, refused
from services.disbursement.tests.people import (
    CASE,
    DELEGATION,
    DOCUMENT,
    EVA,
    FUNDING,
    HANA,
    ITEM,
    IVAN,
    JOZEF,
    LINA,
    LINE,
    NOON,
    OTHER,
    PLANNED,
    TOMAS,
    eur,
    iqd,
    mandate,
)
from services.disbursement.tests.test_ledger import on

from disbursement.domain import heard, planned_cash
from disbursement.domain.cash import (
    ActedOnCash,
    ApproveCash,
    CancelCash,
    CashApproved,
    CashCancelled,
    CashEvent,
    CashHandedOver,
    CashHandOverConfirmed,
    CashHandOverDisputed,
    CashHandOverWitnessed,
    CashIsAt,
    CashRequested,
    ChildGetsNoCash,
    ConfirmHandOver,
    DisputeHandOver,
    HandOverCash,
    NotPlannedAsCash,
    Proof,
    RequestCash,
    SawAnotherList,
    Stage,
    cash,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.delegation import AboveLimit, Authority, NoMandate
from disbursement.domain.payment import AboutCase
from events.documents import CitedNotOnFile
from events.io.http.trial import Caller
from events.registry import Registry
from events.roles import Role
from events.scenario import scenario
from events.values import CashId, Code, PersonId

CASH = CashId("csh_1")
ask = RequestCash(
    by=HANA,
    at=NOON,
    cash=CASH,
    list_no=Code("2026-03"),
    item=ITEM,
    amount=iqd(140_000),
    budget_line=LINE,
    plan=PLANNED,
    planned_as_cash=True,
    funding=FUNDING,
    child=False,
    stops=AboutCase(),
)
requested = CashRequested(
    by=HANA,
    at=NOON,
    cash=CASH,
    list_no=Code("2026-03"),
    item=ITEM,
    case=CASE,
    budget_line=LINE,
    amount=iqd(140_000),
    reserved=eur(100),
    counsellors=(LINA,),
)
approve = ApproveCash(
    by=EVA, at=NOON, mandate=mandate(EVA, Authority.APPROVE), stopped=None, stops=AboutCase()
)
approved = CashApproved(by=EVA, at=NOON, cash=CASH, delegation=DELEGATION)
hand_over = HandOverCash(
    by=TOMAS,
    at=NOON,
    proof=Proof.SIGNATURE,
    document=DOCUMENT,
    stopped=None,
    stops=AboutCase(),
)
handed_over = CashHandedOver(
    by=TOMAS,
    at=NOON,
    cash=CASH,
    list_no=Code("2026-03"),
    proof=Proof.SIGNATURE,
    document=DOCUMENT,
)
confirm = ConfirmHandOver(by=JOZEF, at=NOON, document=DOCUMENT)
confirmed = CashHandOverConfirmed(
    by=JOZEF,
    at=NOON,
    cash=CASH,
    item=ITEM,
    budget_line=LINE,
    amount=iqd(140_000),
    reserved=eur(100),
)
cancelled = CashCancelled(
    by=HANA,
    at=NOON,
    cash=CASH,
    item=ITEM,
    budget_line=LINE,
    released=eur(100),
    reason=Code("did_not_come"),
)


def test_cash_is_asked_for_on_a_list() -> None:
    scenario(cash).when(ask).then(requested)


def test_what_is_planned_as_goods_is_not_handed_over_as_cash() -> None:
    goods = replace(ask, planned_as_cash=False)
    scenario(cash).when(goods).then_rejected(NotPlannedAsCash(ITEM))


def test_a_child_is_handed_none() -> None:
    scenario(cash).when(replace(ask, child=True)).then_rejected(ChildGetsNoCash(CASE))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"plan": None}, no.PlanNotApproved(ITEM)),
        ({"plan": replace(PLANNED, arrived=None)}, no.ArrivalNotConfirmed(ITEM)),
        ({"plan": replace(PLANNED, withdrawn=True)}, no.AssistanceWithdrawn(CASE)),
        ({"amount": iqd(0)}, no.AmountNotAboveZero(iqd(0))),
        ({"by": LINA}, ActedOnCash(LINA)),
    ],
)
def test_cash_needs_what_a_commitment_needs(changes: dict[str, Any], rule: Exception) -> None:
    scenario(cash).when(replace(ask, **changes)).then_rejected(rule)  # type: ignore[arg-type]


def test_another_person_approves_it_under_a_delegation() -> None:
    scenario(cash).given(requested).when(approve).then(approved)
    own = replace(approve, by=HANA, mandate=mandate(HANA, Authority.APPROVE))
    scenario(cash).given(requested).when(own).then_rejected(ActedOnCash(HANA))
    none = replace(approve, mandate=None)
    scenario(cash).given(requested).when(none).then_rejected(NoMandate(EVA, Authority.APPROVE))
    small = replace(approve, mandate=mandate(EVA, Authority.APPROVE, limit=eur(99)))
    above = AboveLimit(eur(99), eur(0), eur(100))
    scenario(cash).given(requested).when(small).then_rejected(above)


def test_one_hands_it_over_and_another_confirms_to_have_seen_it() -> None:
    scenario(cash).given(requested, approved).when(hand_over).then(handed_over)
    scenario(cash).given(requested, approved, handed_over).when(confirm).then(confirmed)


def test_the_list_with_the_signature_is_there_to_be_read() -> None:
    unseen = replace(hand_over, wanting=(DOCUMENT,))
    refusal = CitedNotOnFile((DOCUMENT,))
    scenario(cash).given(requested, approved).when(unseen).then_rejected(refusal)


@pytest.mark.parametrize("person", [HANA, EVA, LINA])
def test_nobody_hands_over_what_they_asked_for_approved_or_planned(person: PersonId) -> None:
    own = replace(hand_over, by=person)
    scenario(cash).given(requested, approved).when(own).then_rejected(ActedOnCash(person))


@pytest.mark.parametrize("person", [HANA, EVA, LINA, TOMAS])
def test_who_handed_it_over_is_not_the_second_person(person: PersonId) -> None:
    own = replace(confirm, by=person)
    done = (requested, approved, handed_over)
    scenario(cash).given(*done).when(own).then_rejected(ActedOnCash(person))


@pytest.mark.parametrize(
    ("history", "act"),
    [((requested,), approve), ((requested, approved), hand_over)],
    ids=["approved", "handed over"],
)
def test_none_is_approved_or_handed_over_for_what_does_not_go_on(
    history: tuple[CashEvent, ...], act: ApproveCash | HandOverCash
) -> None:
    """The item was given up, its plan stopped, the case rests, consent was withdrawn (S10)."""
    stopped = replace(act, stopped=Code("item_cancelled"))
    refusal = no.ItemStopped(ITEM, Code("item_cancelled"))
    scenario(cash).given(*history).when(stopped).then_rejected(refusal)


IVAN_SAW = replace(confirm, by=IVAN)
thumbprint = replace(handed_over, proof=Proof.THUMBPRINT)
witnessed = CashHandOverWitnessed(by=IVAN, at=NOON, cash=CASH, document=DOCUMENT)


def test_two_people_see_a_thumbprint_put_before_it_counts() -> None:
    given = (requested, approved, thumbprint)
    scenario(cash).given(*given).when(IVAN_SAW).then(witnessed)
    scenario(cash).given(*given, witnessed).when(IVAN_SAW).then_rejected(ActedOnCash(IVAN))
    scenario(cash).given(*given, witnessed).when(confirm).then(confirmed)
    own = replace(confirm, by=TOMAS)
    scenario(cash).given(*given, witnessed).when(own).then_rejected(ActedOnCash(TOMAS))


dispute = DisputeHandOver(by=LINA, at=NOON, reason=Code("she_says_that_she_got_nothing"))
disputed = CashHandOverDisputed(by=LINA, at=NOON, cash=CASH, reason=dispute.reason)


def test_what_was_told_as_handed_over_is_disputed_by_another_until_it_is_confirmed() -> None:
    given = (requested, approved, handed_over)
    scenario(cash).given(*given).when(dispute).then(disputed)
    own = replace(dispute, by=TOMAS)
    scenario(cash).given(*given).when(own).then_rejected(ActedOnCash(TOMAS))
    late = CashIsAt(Stage.CONFIRMED, Stage.HANDED_OVER)
    scenario(cash).given(*given, confirmed).when(dispute).then_rejected(late)
    early = CashIsAt(Stage.APPROVED, Stage.HANDED_OVER)
    scenario(cash).given(requested, approved).when(dispute).then_rejected(early)


def test_what_is_disputed_counts_when_another_saw_it() -> None:
    given = (requested, approved, handed_over, disputed)
    scenario(cash).given(*given).when(confirm).then(confirmed)
    theirs = (requested, approved, handed_over, replace(disputed, by=JOZEF))
    scenario(cash).given(*theirs).when(confirm).then_rejected(ActedOnCash(JOZEF))


def test_what_is_disputed_is_given_up_by_neither_who_gave_it_nor_who_disputes_it() -> None:
    given = (requested, approved, handed_over, replace(disputed, by=JOZEF))
    back = CancelCash(by=HANA, at=NOON, reason=Code("back_in_the_till"))
    scenario(cash).given(*given).when(back).then(replace(cancelled, reason=back.reason))
    for person in (TOMAS, JOZEF):
        own = replace(back, by=person)
        scenario(cash).given(*given).when(own).then_rejected(ActedOnCash(person))


def test_both_saw_the_same_list() -> None:
    other = replace(confirm, document=OTHER)
    done = (requested, approved, handed_over)
    scenario(cash).given(*done).when(other).then_rejected(SawAnotherList(DOCUMENT, OTHER))


def test_it_is_handed_over_once_and_given_up_only_before() -> None:
    done = (requested, approved, handed_over, confirmed)
    again = replace(hand_over, by=PersonId("per_ulla"))
    scenario(cash).given(*done).when(again).then_rejected(CashIsAt(Stage.CONFIRMED, Stage.APPROVED))
    cancel = CancelCash(by=HANA, at=NOON, reason=Code("did_not_come"))
    scenario(cash).given(*done).when(cancel).then_rejected(
        CashIsAt(Stage.CONFIRMED, Stage.APPROVED)
    )
    scenario(cash).given(requested, approved).when(cancel).then(cancelled)


# The same over HTTP, with the budget line, the item and the ledger


async def planned(till: Cashier, modality: str = "cash", *, version: int = 1) -> str:
    """The item's plan gives it as cash, under that version of the page; the budget line."""
    line = await chain.funded(till)
    one = ItemWithModality(item=ITEM, ceiling=eur(2000), modality=Code(modality))
    told = as_fields(plan_approved) | {"items": (one,), "programme_version": version}
    await till.heard(from_plans, PlanTold(**told))
    return line


class ItemWithModality(heard.ApprovedItem, frozen=True):
    modality: Code = planned_cash.CASH


class PlanTold(heard.PlanApproved, frozen=True, tag="plans.plan_approved.v1"):
    """As plans tells it, with what each of the views here reads of it."""

    items: tuple[ItemWithModality, ...]


from_plans = Registry.of("plans", [PlanTold], foreign=True)


def body(line: str, amount: str = "140000.000") -> dict[str, Any]:
    money = {"amount": amount, "currency": "IQD"}
    return {"list_no": "2026-03", "item": ITEM, "amount": money, "budget_line": line}


def witness(till: Cashier, name: str) -> Caller:
    return till.sign_in(name, Role.FINANCE_OFFICER)


async def test_cash_goes_from_the_list_to_the_ledger(till: Cashier) -> None:
    line = await planned(till)
    stands = await till.does(till.hana, "/v1/cash", body(line), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    unread = {"proof": "thumbprint", "document": DOCUMENT}
    refusal = await till.tries(witness(till, "olga"), f"{path}/hand-over", unread)
    assert refusal == (422, "CitedNotOnFile")
    signed = unread | {"document": chain.DOCUMENT}
    await till.does(witness(till, "olga"), f"{path}/hand-over", signed)
    assert await on(till) == {"commitments": "100.00", "reserve_for_commitments": "-100.00"}
    seen = {"document": chain.DOCUMENT}
    stands = await till.does(witness(till, "petra"), f"{path}/confirm", seen)
    assert stands["stage"] == "witnessed"
    stands = await till.does(till.dalia, f"{path}/confirm", seen)
    assert stands["stage"] == "confirmed"
    assert await on(till) == {"expense": "100.00", "cash": "-100.00"}
    [budget] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert (budget["reserved"], budget["spent"]) == (chain.eur(0), chain.eur(100))
    [of_list] = ok(await till.elif_.get("/v1/cash?list_no=2026-03&stage=confirmed"))["items"]
    assert (of_list["cash"], of_list["case"]) == (stands["cash"], None)
    assert (of_list["second_approval"], of_list["together"]) == (False, chain.eur(100))
    assert till.refusals() == []


async def test_what_she_signed_is_for_one_line_and_about_her_case(till: Cashier) -> None:
    line = await planned(till)
    paths = []
    for _ in range(2):
        stands = await till.does(till.hana, "/v1/cash", body(line), status=201)
        paths.append(f"/v1/cash/{stands['cash']}")
        await till.does(till.eva, f"{paths[-1]}/approve")
    olga = witness(till, "olga")
    bill = await chain.on_file(till, b"%PDF-1.7 what a vendor wants")
    theirs = {"proof": "signature", "document": bill}
    assert await till.tries(olga, f"{paths[0]}/hand-over", theirs) == (422, "CitedNotOnFile")
    signed = {"proof": "signature", "document": chain.DOCUMENT}
    await till.does(olga, f"{paths[0]}/hand-over", signed)
    assert await till.tries(olga, f"{paths[1]}/hand-over", signed) == (422, "SignedForAnother")
    await till.does(olga, f"{paths[1]}/hand-over", signed | {"document": chain.ANOTHERS})


async def test_cash_that_never_reached_her_goes_back_to_the_line(till: Cashier) -> None:
    line = await planned(till)
    stands = await till.does(till.hana, "/v1/cash", body(line), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    signed = {"proof": "signature", "document": chain.DOCUMENT}
    await till.does(witness(till, "olga"), f"{path}/hand-over", signed)
    why = {"reason": "she_says_that_she_got_nothing"}
    assert (await till.does(till.lina, f"{path}/dispute", why))["stage"] == "disputed"
    back = {"reason": "back_in_the_till"}
    refusal = await till.tries(witness(till, "olga"), f"{path}/cancel", back)
    assert refusal == (422, "ActedOnCash")
    assert (await till.does(till.hana, f"{path}/cancel", back))["stage"] == "cancelled"
    [budget] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert (budget["reserved"], budget["spent"]) == (chain.eur(0), chain.eur(0))
    assert await on(till) == {}


async def test_no_more_cash_is_asked_for_than_the_plan_has_for_it(till: Cashier) -> None:
    line = await planned(till)
    most = body(line, "2800000.000")
    await till.does(till.hana, "/v1/cash", most, status=201)
    once_more = refused(await till.hana.post("/v1/cash", body(line)))
    assert once_more == (422, "AboveItemCeiling")


async def test_what_is_given_up_is_free_again(till: Cashier) -> None:
    line = await planned(till)
    stands = await till.does(till.hana, "/v1/cash", body(line), status=201)
    await till.does(till.hana, f"/v1/cash/{stands['cash']}/cancel", {"reason": "did_not_come"})
    [budget] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert budget["reserved"] == chain.eur(0)
    assert await on(till) == {}
    await till.does(till.hana, "/v1/cash", body(line, "2800000.000"), status=201)
    assert till.refusals() == []


async def test_goods_are_not_handed_over_as_cash(till: Cashier) -> None:
    line = await planned(till, "goods")
    said = refused(await till.hana.post("/v1/cash", body(line)))
    assert said == (422, "NotPlannedAsCash")
