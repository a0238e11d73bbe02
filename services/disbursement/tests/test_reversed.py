"""What was given up is owed again, when the vendor delivers or pays after all: two people undo the
loss, as two people took it.
"""

from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import (
    COMMITMENT,
    DELEGATION,
    EVA,
    HANA,
    INVOICE,
    IVAN,
    JOZEF,
    NOON,
    PAYMENT,
    TOMAS,
    eur,
    iqd,
    mandate,
    with_the_bank,
)
from services.disbursement.tests.people import paid as vendor_paid
from services.disbursement.tests.test_advances import (
    HALF_OF_IT,
    advanced,
    half_paid,
    recovered,
)
from services.disbursement.tests.test_claimed_back import (
    HALF,
    all_of_it,
    another_invoice,
    asked,
    dropped,
    final,
)
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_payment_and_bank import returned
from services.disbursement.tests.test_recovery import (
    RECOVERY,
    approver,
    ask,
    credited,
    executed,
    may,
    owed,
    proposed,
    receive,
    received,
)
from services.disbursement.tests.test_recovery import asked as initiated

from disbursement.domain.commitment import (
    ClaimAdvanceAgain,
    CommitmentCancelled,
    DropClaim,
    commitment,
    judging,
)
from disbursement.domain.commitment.advanced import AdvanceClaimedAgain
from disbursement.domain.delegation import Authority
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment import payment
from disbursement.domain.recovery import (
    DeclineReversal,
    ProposeReversal,
    RecoveryWrittenOff,
    ReversalDeclined,
    ReversalProposed,
    ReverseWriteOff,
    Stage,
    WriteOffReversed,
    recovery,
)
from disbursement.domain.recovery import refusals as no
from events.scenario import scenario
from events.values import Code, PersonId

assert executed is not None
given_up = RecoveryWrittenOff(
    by=TOMAS,
    at=NOON,
    recovery=RECOVERY,
    commitment=COMMITMENT,
    amount=iqd(280_000),
    functional_amount=eur(200),
    delegation=DELEGATION,
)
lost = (*owed, received, proposed, given_up)
"""A third of what was owed had come."""
propose = ProposeReversal(by=HANA, at=NOON, reason=Code("it_came"), of=executed)
reversal_proposed = ReversalProposed(by=HANA, at=NOON, recovery=RECOVERY, reason=Code("it_came"))
reverse = ReverseWriteOff(by=TOMAS, at=NOON, mandate=may, of=executed)
undone = WriteOffReversed(
    by=TOMAS,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=COMMITMENT,
    amount=iqd(280_000),
    functional_amount=eur(200),
    delegation=DELEGATION,
)


def test_one_person_proposes_that_it_is_owed_again_and_another_says_so() -> None:
    scenario(recovery).given(*lost).when(propose).then(reversal_proposed)
    waits = scenario(recovery).given(*lost, reversal_proposed)
    waits.when(reverse).then(undone)
    own = replace(reverse, by=HANA, mandate=mandate(HANA, Authority.APPROVE))
    waits.when(own).then_rejected(no.ActedOnRecovery(HANA))


@pytest.mark.parametrize("person", [JOZEF, EVA, IVAN])
def test_nobody_makes_a_loss_of_their_own_payment_disappear(person: PersonId) -> None:
    own = replace(reverse, by=person, mandate=mandate(person, Authority.APPROVE))
    waits = scenario(recovery).given(*lost, reversal_proposed)
    waits.when(own).then_rejected(no.HadAPartInThePayment(person))


def test_only_what_was_given_up_and_is_with_the_vendor_is_owed_again() -> None:
    early = no.RecoveryIsAt(Stage.APPROVED, Stage.WRITTEN_OFF)
    scenario(recovery).given(*owed).when(propose).then_rejected(early)
    not_asked = no.RecoveryIsAt(Stage.WRITTEN_OFF, Stage.REVERSAL_PROPOSED)
    scenario(recovery).given(*lost).when(reverse).then_rejected(not_asked)
    back = payment.fold((*with_the_bank, vendor_paid, returned))
    assert back is not None
    came_back = no.NothingWasPaid(Paying.RETURNED)
    scenario(recovery).given(*lost).when(replace(propose, of=back)).then_rejected(came_back)
    waits = scenario(recovery).given(*lost, reversal_proposed)
    waits.when(replace(reverse, of=back)).then_rejected(came_back)


def test_what_is_declined_stays_given_up() -> None:
    decline = DeclineReversal(by=TOMAS, at=NOON, reason=Code("nothing_came"))
    waits = scenario(recovery).given(*lost, reversal_proposed)
    declined = ReversalDeclined(by=TOMAS, at=NOON, recovery=RECOVERY, reason=Code("nothing_came"))
    waits.when(decline).then(declined)
    waits.when(replace(decline, by=HANA)).then_rejected(no.ActedOnRecovery(HANA))
    stands = scenario(recovery).given(*lost, reversal_proposed, declined)
    stands.when(propose).then(reversal_proposed)


def test_nothing_more_is_claimed_while_it_waits_and_it_counts_as_gone() -> None:
    waits = (*lost, reversal_proposed)
    open_ = no.RecoveryIsAt(Stage.REVERSAL_PROPOSED, None)
    scenario(recovery).given(*waits).when(ask).then_rejected(open_)
    state = recovery.fold(waits)
    assert state is not None
    assert state.gone == initiated.amount


def test_then_it_is_received_as_if_it_had_never_been_given_up() -> None:
    rest = replace(receive, line=3, amount=iqd(280_000))
    settled = replace(
        received,
        line=3,
        amount=iqd(280_000),
        functional_amount=eur(200),
        received=eur(200),
        restored=eur(200),
        settled=True,
    )
    scenario(recovery).given(*lost, reversal_proposed, undone).when(rest).then(settled)


# On the order

again = ClaimAdvanceAgain(by=TOMAS, at=NOON, payment=PAYMENT, amount=iqd(200_000))
claimed_again = AdvanceClaimedAgain(
    by=TOMAS,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    amount=iqd(200_000),
)
gone = (*asked, recovered(200_000))
"""Of an advance of 700,000, 200,000 were asked back and given up."""


def test_the_order_waits_for_it_again_and_then_for_goods() -> None:
    scenario(commitment).given(*gone).when(again).then(claimed_again)
    stands = commitment.fold((*gone, claimed_again))
    assert stands is not None
    assert (stands.gone, stands.claimed_back, stands.outstanding) == (
        iqd(0),
        iqd(200_000),
        iqd(500_000),
    )
    assert stands.left == iqd(1_200_000)
    drop = DropClaim(by=TOMAS, at=NOON, payment=PAYMENT, all_of=iqd(200_000))
    scenario(commitment).given(*gone, claimed_again).when(drop).then(dropped)
    stands = commitment.fold((*gone, claimed_again, dropped))
    assert stands is not None
    assert (stands.outstanding, stands.left) == (iqd(700_000), iqd(1_400_000))


def test_no_more_of_it_than_was_given_up_and_nothing_of_an_order_that_is_over() -> None:
    more = replace(again, amount=iqd(900_000))
    scenario(commitment).given(*gone).when(more).then(claimed_again)
    scenario(commitment).given(*advanced).when(again).then()
    over = CommitmentCancelled(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        item=initiated.item,
        budget_line=initiated.budget_line,
        released=eur(500),
        reason=Code("vendor_gave_up"),
    )
    scenario(commitment).given(*gone, over).when(again).then()


def test_what_the_order_has_not_counted_as_given_up_yet_is_not_claimed_again() -> None:
    early = judging.NotCountedYet(COMMITMENT, iqd(200_000))
    scenario(commitment).given(*asked).when(again).then_rejected(early)


# The same over HTTP, with ledger and bank


async def lost_advance(till: Cashier) -> tuple[str, str, Any]:
    """Half of the order was paid in advance, claimed, and given up: order, recovery, who did."""
    order = await half_paid(till)
    [paid] = ok(await till.hana.get("/v1/payments"))["items"]
    body = {"payment": paid["payment"], "reason": "vendor_closed", **HALF_OF_IT}
    told = ok(await till.hana.post("/v1/recoveries", body), 201)
    await till.settle()
    path = f"/v1/recoveries/{told['recovery']}"
    await till.does(till.eva, f"{path}/approve")
    await till.does(till.hana, f"{path}/propose-write-off", {"reason": "vendor_closed"})
    ulla = await approver(till)
    await till.does(ulla, f"{path}/write-off")
    return order, path, ulla


async def owed_again(till: Cashier, path: str, ulla: Any) -> dict[str, Any]:
    await till.does(till.hana, f"{path}/propose-reversal", {"reason": "it_came"})
    refusal = (422, "HadAPartInThePayment")
    assert await till.tries(till.eva, f"{path}/reverse-write-off") == refusal
    told: dict[str, Any] = await till.does(ulla, f"{path}/reverse-write-off")
    return told


async def test_a_vendor_that_delivers_after_all_is_paid_the_rest_and_the_loss_is_none(
    till: Cashier,
) -> None:
    order, path, ulla = await lost_advance(till)
    bill = await all_of_it(till, order)
    assert bill["exceptions"] == ["over_order"]
    stands = ok(await till.hana.get(order))
    assert stands["advance_given_up"] == HALF
    assert (await on(till))["written_off"] == "500.00"

    told = await owed_again(till, path, ulla)
    assert (told["stage"], told["owed"]) == ("approved", HALF)
    accounts = await on(till)
    assert (accounts["receivable"], "written_off" in accounts) == ("500.00", False)
    assert (await final(till, order))["exceptions"] == ["over_order"]

    await till.does(ulla, f"{path}/withdraw", {"reason": "it_came"})
    bill = await final(till, order)
    assert (bill["exceptions"], bill["payable"], bill["set_off"]) == ([], HALF, HALF)
    assert await on(till) == {"expense": "1000.00", "payable": "-500.00", "bank": "-500.00"}

    await another_invoice(till, order, bill)
    rest = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("9.xml", chain.booked(rest, amount="700000.000", bank_ref="BANK-9"))
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    assert ok(await till.hana.get(order))["stage"] == "liquidated"
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    assert (line["spent"], line["reserved"]) == (chain.eur(1000), chain.eur(0))
    assert till.refusals() == []


async def test_a_vendor_that_pays_after_all_owes_nothing_and_the_order_has_it_again(
    till: Cashier,
) -> None:
    order, path, ulla = await lost_advance(till)
    line = await credited(till, "700000.000")
    assert await till.tries(till.hana, f"{path}/receive", line) == (409, "RecoveryIsAt")
    await owed_again(till, path, ulla)
    stands = await chain.money_came(till, path, line)
    assert (stands["stage"], stands["owed"]["amount"]) == ("settled", "0.000")
    assert await on(till) == {"commitments": "1000.00", "reserve_for_commitments": "-1000.00"}
    bill = await all_of_it(till, order)
    assert (bill["exceptions"], bill["payable"]) == ([], chain.MONEY)
    assert till.refusals() == []


async def test_of_an_order_that_is_over_the_money_is_there_for_the_item(till: Cashier) -> None:
    order, path, ulla = await lost_advance(till)
    await till.does(till.hana, f"{order}/cancel", {"reason": "vendor_gave_up"})
    line = await credited(till, "700000.000")
    await owed_again(till, path, ulla)
    await chain.money_came(till, path, line)
    assert await on(till) == {}
    [budget] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    assert (budget["spent"], budget["available"]) == (chain.eur(0), chain.eur(5000))
    assert till.refusals() == []
