"""Who has a conflict of interest with a vendor or a case has no part in paying for it (D6)."""

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import CASE, ITEM, NOON, OVENS
from services.disbursement.tests.test_recovery import owed_back

from disbursement.domain.conflict import (
    ConflictOfInterestCleared,
    ConflictOfInterestDeclared,
    from_vendors,
)
from disbursement.domain.payment import payment as of_payment
from disbursement.letting_go import let_go_what_is_explained
from events.values import CaseId, ConflictId, PersonId, VendorId

KARIM = PersonId("per_karim")
CONFLICT, ANOTHER = ConflictId("cof_1"), ConflictId("cof_2")
REFUSED = (422, "ConflictDeclared")


async def too_near(
    till: Cashier,
    person: str,
    *,
    vendor: VendorId | None = None,
    case: CaseId | None = None,
    conflict: ConflictId = CONFLICT,
) -> None:
    declared = ConflictOfInterestDeclared(
        by=KARIM, at=NOON, conflict=conflict, vendor=vendor, case=case, person=PersonId(person)
    )
    await till.heard(from_vendors, declared)


async def test_they_do_not_ask_for_a_commitment(till: Cashier) -> None:
    line = await chain.funded(till)
    await too_near(till, "per_hana", vendor=OVENS)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    assert refused(await till.hana.post("/v1/commitments", asked)) == REFUSED


async def test_they_do_not_certify_it_nor_record_what_was_delivered(till: Cashier) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    await too_near(till, "per_jozef", case=CASE)
    assert await till.tries(till.jozef, f"{path}/certify") == REFUSED


@pytest.mark.parametrize("near", [{"vendor": OVENS}, {"case": CASE}])
async def test_they_do_not_certify_a_payment_and_the_page_says_so(
    till: Cashier, near: dict[str, str]
) -> None:
    payment = await chain.requested(till)
    await too_near(till, "per_jozef", **near)  # type: ignore[arg-type]
    evidence = await chain.seen(till, payment)
    assert await till.tries(till.jozef, f"{payment}/certify", evidence) == REFUSED
    (certify, *_) = ok(await till.jozef.get(payment))["you"]
    assert (certify["may"], certify["rule"]) == (False, "ConflictDeclared")


async def test_they_neither_sign_nor_send_it(till: Cashier) -> None:
    payment = await chain.released(till)
    await too_near(till, "per_hana", vendor=OVENS)
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == REFUSED


async def test_they_claim_nothing_back_from_it_nor_give_anything_up(till: Cashier) -> None:
    recovery = await owed_back(till)
    await too_near(till, "per_hana", vendor=OVENS)
    proposed = await till.tries(till.hana, f"{recovery}/propose-write-off", {"reason": "gone"})
    assert proposed == REFUSED


async def test_once_it_is_cleared_what_waited_for_it_goes_on_by_itself(till: Cashier) -> None:
    payment = await chain.requested(till)
    await till.does(till.jozef, f"{payment}/certify", await chain.seen(till, payment))
    await too_near(till, "per_jozef", vendor=OVENS)
    await too_near(till, "per_jozef", case=CASE, conflict=ANOTHER)
    await let_go_what_is_explained(till.handler, till.tables)
    assert await held_for(till, payment) == ["conflict_declared"]
    await till.heard(from_vendors, cleared(CONFLICT))
    await let_go_what_is_explained(till.handler, till.tables)
    assert await held_for(till, payment) == ["conflict_declared"]
    await till.heard(from_vendors, cleared(ANOTHER))
    await let_go_what_is_explained(till.handler, till.tables)
    await till.settle()
    assert await held_for(till, payment) == []
    assert (await till.told())[-1] == "payment_hold_lifted"


async def held_for(till: Cashier, payment: str) -> list[str]:
    state, _ = await till.handler.load(of_payment, payment.rpartition("/")[2])
    assert state is not None
    return [str(each) for each in state.holds]


def cleared(conflict: ConflictId) -> ConflictOfInterestCleared:
    return ConflictOfInterestCleared(by=KARIM, at=NOON, conflict=conflict)


async def test_others_go_on_and_cleared_they_do_too(till: Cashier) -> None:
    payment = await chain.requested(till)
    await too_near(till, "per_jozef", vendor=OVENS)
    ok(await till.eva.get(payment))
    await till.heard(from_vendors, cleared(CONFLICT))
    await let_go_what_is_explained(till.handler, till.tables)
    assert (await chain.released(till, payment)) == payment
