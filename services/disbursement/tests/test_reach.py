"""A partner organisation's people see what was done in their own cases, and no funding (D10)."""

import json
from typing import Any

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused, registered
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON, OVENS, PROGRAMME

from disbursement.domain import heard
from events import knowing
from events.io.http.trial import Caller
from events.roles import Role
from events.values import Code, PersonId

NGO = Code("ngo_tirana")
OTHER = Code("ngo_tunis")
FUNDING = (
    "/v1/grants",
    "/v1/budget-lines",
    "/v1/delegations",
    "/v1/bank-files",
    "/v1/bank-lines",
)


def arben(till: Cashier, *roles: Role) -> Caller:
    return till.sign_in("arben", *(roles or (Role.COUNSELLOR,)), organisation=NGO)


async def kept_by_the_ngo(till: Cashier) -> None:
    """The case is the partner's; the programme is run by IOM."""
    await till.heard(heard.from_intake, replace(registered, organisation=NGO))


async def test_a_partner_reads_nothing_of_the_cases_of_others(till: Cashier) -> None:
    payment = await chain.requested(till)
    commitment = (await till.hana.get(payment)).json()["commitment"]
    for path in (payment, f"/v1/commitments/{commitment}", f"/v1/items/{ITEM}"):
        assert refused(await arben(till).get(path)) == (404, "not_found"), path
    for path in ("/v1/payments", "/v1/commitments"):
        assert ok(await arben(till).get(path))["items"] == []
        assert len(ok(await till.lina.get(path))["items"]) == 1


async def test_a_partner_records_no_delivery_in_the_cases_of_others(till: Cashier) -> None:
    path = await chain.ordered(till)
    before = await till.told()
    for role in (Role.COUNSELLOR, Role.FIELD_OFFICER):
        said = await arben(till, role).post(f"{path}/deliveries", chain.delivery(10), if_match=4)
        assert refused(said) == (404, "not_found")
    assert await till.told() == before


async def test_a_partner_reads_its_own_cases_without_their_funding(till: Cashier) -> None:
    await kept_by_the_ngo(till)
    payment = await chain.requested(till)
    page = ok(await arben(till).get(payment))
    assert (page["budget"], page["account_stands"]) == (None, None)
    assert ok(await arben(till).get(f"/v1/commitments/{page['commitment']}"))["item"] == ITEM
    assert ok(await arben(till).get(f"/v1/items/{ITEM}"))["case"] == page["case"]
    for path in ("/v1/payments", "/v1/commitments"):
        assert len(ok(await arben(till).get(path))["items"]) == 1


async def test_another_partner_does_not(till: Cashier) -> None:
    await kept_by_the_ngo(till)
    payment = await chain.requested(till)
    other = till.sign_in("amel", Role.COUNSELLOR, organisation=OTHER)
    assert refused(await other.get(payment)) == (404, "not_found")
    assert ok(await other.get("/v1/payments"))["items"] == []


async def test_who_runs_the_programme_reads_all_of_its_cases(till: Cashier) -> None:
    await kept_by_the_ngo(till)
    payment = await chain.requested(till)
    page = ok(await till.lina.get(payment))
    assert page["budget"]["reserved"] == chain.eur(1000)
    assert page["account_stands"]["last4"] == "9012"
    assert len(ok(await till.lina.get("/v1/payments"))["items"]) == 1


async def test_an_auditor_from_outside_reads_all(till: Cashier) -> None:
    payment = await chain.requested(till)
    elif_ = till.sign_in("elif", Role.AUDITOR, organisation="external")
    assert ok(await elif_.get(payment))["budget"]["reserved"] == chain.eur(1000)
    assert len(ok(await elif_.get("/v1/payments"))["items"]) == 1


async def test_funding_is_read_by_who_answers_for_money(till: Cashier) -> None:
    await chain.funded(till)
    for path in FUNDING:
        assert (await till.hana.get(path)).status_code == 200, path
        for who in (arben(till), till.lina):
            assert refused(await who.get(path)) == (403, "forbidden"), path


async def test_a_case_that_was_not_heard_of_is_nobodys(till: Cashier) -> None:
    """Until its registration has come in, only who answers for money reads what rests on it."""
    payment = await chain.requested(till)
    await till.tables.execute("delete from case_knowing")
    assert refused(await till.lina.get(payment)) == (404, "not_found")
    assert ok(await till.hana.get(payment))["case"] is None


# Restricted cases

restricted = knowing.CaseRestricted(by=LINA, at=NOON, case=CASE)


def let_in(name: str) -> knowing.NeedToKnowGiven:
    person = PersonId(f"per_{name}")
    return knowing.NeedToKnowGiven(
        by=LINA, at=NOON, case=CASE, person=person, until=None, access=None
    )


def says_whose(told: Any) -> bool:
    return any(word in json.dumps(told) for word in (CASE, PROGRAMME))


async def test_a_restricted_case_is_not_there_for_who_need_not_know(till: Cashier) -> None:
    payment = await chain.requested(till)
    commitment = (await till.hana.get(payment)).json()["commitment"]
    await till.heard(knowing.from_intake, restricted)
    omar, dalia = till.sign_in("omar", Role.RECEIVING_OFFICER), till.dalia
    for path in (payment, f"/v1/commitments/{commitment}", f"/v1/items/{ITEM}"):
        assert refused(await omar.get(path)) == (404, "not_found"), path
    for path in ("/v1/payments", "/v1/commitments", f"/v1/payments?case={CASE}"):
        assert ok(await omar.get(path))["items"] == [], path
    bring = f"/v1/commitments/{commitment}/deliveries"
    assert refused(await dalia.post(bring, chain.delivery(1), if_match=8)) == (404, "not_found")


async def test_who_pays_for_a_restricted_case_is_not_told_whose_it_is(till: Cashier) -> None:
    payment = await chain.requested(till)
    page = ok(await till.hana.get(payment))
    assert says_whose(page)
    await till.heard(knowing.from_intake, restricted)
    elif_ = till.sign_in("elif", Role.AUDITOR, organisation="external")
    for who in (till.hana, till.jozef, elif_):
        for path in (
            payment,
            f"/v1/commitments/{page['commitment']}",
            f"/v1/items/{ITEM}",
            "/v1/payments",
            "/v1/commitments",
        ):
            told = ok(await who.get(path))
            assert not says_whose(told), path
            assert OVENS in json.dumps(told), path
        for path in (f"/v1/payments?case={CASE}", f"/v1/commitments?case={CASE}"):
            assert ok(await who.get(path))["items"] == []
    seen = {"evidence": page["evidence"]}
    certified = ok(await till.jozef.post(f"{payment}/certify", seen, if_match=2))
    assert (certified["stage"], certified["case"]) == ("certified", None)


async def test_who_needs_to_know_of_it_sees_all(till: Cashier) -> None:
    payment = await chain.requested(till)
    await till.heard(knowing.from_intake, restricted)
    await till.heard(knowing.from_intake, let_in("hana"))
    for who in (till.lina, till.hana):
        assert ok(await who.get(payment))["case"] == CASE
        assert len(ok(await who.get(f"/v1/payments?case={CASE}"))["items"]) == 1
    await till.heard(knowing.from_intake, knowing.CaseUnrestricted(by=LINA, at=NOON, case=CASE))
    assert ok(await till.jozef.get(payment))["case"] == CASE
