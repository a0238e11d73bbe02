"""What ends before its time: commitments rejected and expired, lines revised, grants closed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.people import (
    COMMITMENT,
    DOCUMENT,
    EVA,
    GRANT,
    HANA,
    INVOICE,
    ITEM,
    JOZEF,
    LINA,
    LINE,
    MARIA,
    NOON,
    PAYMENT,
    RECEIPT,
    TODAY,
    TOMAS,
    WINDOW,
    approved,
    certified,
    delivered_and_invoiced,
    eur,
    invoiced,
    matched,
    on_order,
    requested,
    sacks,
)
from services.disbursement.tests.test_commitment import (
    in_payment,
    liquidated,
    settled,
    submitted,
)

from disbursement.domain.budget_line import (
    BudgetLineEstablished,
    BudgetRevised,
    CeilingInUse,
    CeilingNotAboveZero,
    FundsReserved,
    NotTheGrantsCurrency,
    ReviseBudgetLine,
    budget_line,
)
from disbursement.domain.commitment import (
    CancelCommitment,
    CommitmentCancelled,
    CommitmentExpired,
    CommitmentRejected,
    Condition,
    DisputedLine,
    ExpireCommitment,
    GoodsReceived,
    InvoiceReopened,
    Outcome,
    ReceiptDisputeResolved,
    RejectCommitment,
    Stage,
    commitment,
)
from disbursement.domain.commitment.refusals import (
    ActedOnCommitment,
    CommitmentIsAt,
    CounsellorOfTheCase,
    DeliveredAndOwed,
    GrantStillBearsIt,
)
from disbursement.domain.grant import (
    CloseGrant,
    Conversion,
    EndProposedByYou,
    GrantClosed,
    GrantEndProposed,
    GrantNotOpen,
    GrantOpened,
    NoSuchGrant,
    grant,
)
from disbursement.expiring import Expirer
from events.money import Money
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, Code, ReceiptId

AFTER = datetime(2027, 1, 1, 0, 5, tzinfo=UTC)
TOO_DEAR = Code("too_dear")

# Rejected

reject = RejectCommitment(by=JOZEF, at=NOON, reason=TOO_DEAR)


def over(by: Any, at: datetime, reason: str) -> CommitmentCancelled:
    return CommitmentCancelled(
        by=by,
        at=at,
        commitment=COMMITMENT,
        budget_line=LINE,
        item=ITEM,
        reason=Code(reason),
        released=eur(1000),
    )


def test_who_would_certify_or_approve_may_say_no_and_all_of_it_goes_back() -> None:
    why = CommitmentRejected(by=JOZEF, at=NOON, commitment=COMMITMENT, reason=TOO_DEAR)
    ended = scenario(commitment).given(requested).when(reject)
    assert ended.then(why, over(JOZEF, NOON, "rejected")).state
    assert ended.state
    assert (ended.state.stage, ended.state.ended) == (Stage.CANCELLED, "rejected")
    scenario(commitment).given(requested, certified).when(replace(reject, by=EVA)).then(
        replace(why, by=EVA), over(EVA, NOON, "rejected")
    )


def test_nobody_rejects_what_they_have_a_part_in_or_what_is_approved() -> None:
    scenario(commitment).given(requested).when(replace(reject, by=HANA)).then_rejected(
        ActedOnCommitment(HANA, Stage.REQUESTED)
    )
    scenario(commitment).given(requested).when(replace(reject, by=LINA)).then_rejected(
        CounsellorOfTheCase(LINA)
    )
    scenario(commitment).given(requested, certified, approved).when(
        replace(reject, by=MARIA)
    ).then_rejected(CommitmentIsAt(Stage.APPROVED, Stage.REQUESTED))


# Cancelled

cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("returnee_left"))
owed = DeliveredAndOwed(COMMITMENT, 1)
everything = (DisputedLine(line=1, quantity=1), DisputedLine(line=2, quantity=10))
taken_back = ReceiptDisputeResolved(
    by=TOMAS,
    at=NOON,
    commitment=COMMITMENT,
    receipt=RECEIPT,
    outcome=Outcome.REDUCED,
    lines=everything,
    document=DOCUMENT,
)
returned = InvoiceReopened(
    by=SYSTEM,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    restored=eur(1000),
)


def sacks_alone(number: int, **changes: Any) -> GoodsReceived:
    """Without the oven."""
    arrived = sacks(number, **changes)
    return replace(arrived, lines=arrived.lines[1:])


def test_what_was_delivered_is_owed_whoever_would_cancel_it() -> None:
    for history in ((*on_order, sacks(4)), delivered_and_invoiced):
        stands = scenario(commitment).given(*history)
        stands.when(cancel).then_rejected(owed)
        stands.when(replace(cancel, by=EVA)).then_rejected(owed)


def test_what_was_delivered_is_owed_again_when_the_bank_sends_its_payment_back() -> None:
    paid = (*in_payment, settled, liquidated)
    scenario(commitment).given(*paid, returned).when(cancel).then_rejected(owed)
    rejected = replace(returned, restored=eur(0))
    scenario(commitment).given(*in_payment, rejected).when(cancel).then_rejected(owed)


def test_what_was_taken_back_or_came_broken_is_not_owed() -> None:
    broken = sacks_alone(4, condition=Condition.DAMAGED)
    for history in ((*on_order, sacks(10), taken_back), (*on_order, broken)):
        scenario(commitment).given(*history).when(cancel).then(over(HANA, NOON, "returnee_left"))


def test_the_rest_is_cancelled_once_what_was_delivered_is_paid() -> None:
    part = replace(settled, reserved=eur(857))
    paid = (*on_order, sacks(5), invoiced(5), matched(5), submitted, part)
    rest = replace(over(HANA, NOON, "returnee_left"), released=eur(143))
    scenario(commitment).given(*paid).when(cancel).then(rest)
    two_more = sacks_alone(2, receipt=ReceiptId("rec_2"))
    more_owed = DeliveredAndOwed(COMMITMENT, 2)
    scenario(commitment).given(*paid, two_more).when(cancel).then_rejected(more_owed)


# Expired

expire = ExpireCommitment(by=SYSTEM, at=AFTER, closes=WINDOW.closes)


def test_when_its_grant_has_closed_what_was_not_delivered_goes_back() -> None:
    why = CommitmentExpired(by=SYSTEM, at=AFTER, commitment=COMMITMENT, closed=WINDOW.closes)
    for history in ((requested,), on_order):
        scenario(commitment).given(*history).when(expire).then(why, over(SYSTEM, AFTER, "expired"))


def test_nothing_expires_on_the_grants_last_day() -> None:
    last = replace(expire, at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    scenario(commitment).given(*on_order).when(last).then_rejected(
        GrantStillBearsIt(COMMITMENT, WINDOW.closes)
    )


def test_a_grant_that_closed_early_ends_what_it_would_have_borne() -> None:
    early = replace(expire, at=NOON + timedelta(days=1), closes=TODAY)
    why = CommitmentExpired(by=SYSTEM, at=early.at, commitment=COMMITMENT, closed=TODAY)
    scenario(commitment).given(*on_order).when(early).then(why, over(SYSTEM, early.at, "expired"))
    scenario(commitment).given(*on_order).when(replace(early, at=NOON)).then_rejected(
        GrantStillBearsIt(COMMITMENT, TODAY)
    )


def test_what_was_delivered_is_owed_and_does_not_expire() -> None:
    scenario(commitment).given(*on_order, sacks(4)).when(expire).then_rejected(
        DeliveredAndOwed(COMMITMENT, 1)
    )


def test_what_is_over_does_not_expire() -> None:
    ended = over(HANA, NOON, "mistaken")
    scenario(commitment).given(requested, ended).when(expire).then_rejected(
        CommitmentIsAt(Stage.CANCELLED, Stage.REQUESTED)
    )


async def test_the_platform_lets_expire_what_is_due_and_asked_again_does_nothing(
    till: Cashier,
) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    expirer = Expirer(till.handler, till.tables)
    await expirer.expire()
    assert "commitment_expired" not in await till.told()
    await till.trial.clock.sleep((AFTER - till.trial.clock.now()) / timedelta(seconds=1))
    await expirer.expire()
    await till.settle()
    await expirer.expire()
    assert (await till.told()).count("commitment_expired") == 1
    maria = till.sign_in("maria", Role.GRANT_MANAGER)
    assert (await maria.get(path)).json()["ended"] == "expired"
    assert (await maria.get(f"/v1/budget-lines/{line}")).json()["available"] == chain.eur(5000)


async def test_closing_a_grant_early_ends_its_commitments_on_the_day_after(till: Cashier) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    (told,) = (await till.maria.get("/v1/grants")).json()["items"]
    await till.does(till.maria, f"/v1/grants/{told['grant']}/close")
    await till.does(till.tomas, f"/v1/grants/{told['grant']}/close")
    expirer = Expirer(till.handler, till.tables)
    await expirer.expire()
    await till.settle()
    assert "commitment_expired" not in await till.told()
    till.it_is(NOON + timedelta(days=1))
    await expirer.expire()
    await till.settle()
    maria = till.sign_in("maria", Role.GRANT_MANAGER)
    assert (await maria.get(path)).json()["ended"] == "expired"
    assert (await maria.get(f"/v1/budget-lines/{line}")).json()["available"] == chain.eur(5000)


async def test_a_rejected_commitment_gives_its_funds_back(till: Cashier) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    answer = await till.does(till.jozef, f"{path}/reject", {"reason": "too_dear"})
    assert (answer["stage"], answer["ended"]) == ("cancelled", "rejected")
    stands = (await till.maria.get(f"/v1/budget-lines/{line}")).json()
    assert stands["available"] == chain.eur(5000)


# Budget lines and grants

established = BudgetLineEstablished(
    by=MARIA, at=NOON, line=LINE, grant=GRANT, category=Code("start"), ceiling=eur(1500)
)
reserved = FundsReserved(by=HANA, at=NOON, line=LINE, commitment=COMMITMENT, amount=eur(1000))


def revise(ceiling: Money) -> ReviseBudgetLine:
    return ReviseBudgetLine(by=MARIA, at=NOON, line=LINE, ceiling=ceiling)


def test_a_budget_line_is_revised_to_no_less_than_is_in_use() -> None:
    line = scenario(budget_line).given(established, reserved)
    line.when(revise(eur(1000))).then(
        BudgetRevised(by=MARIA, at=NOON, line=LINE, before=eur(1500), ceiling=eur(1000))
    )
    line.when(revise(eur(1500))).then()
    line.when(revise(eur(999))).then_rejected(CeilingInUse(LINE, eur(1000), eur(999)))
    line.when(revise(eur(0))).then_rejected(CeilingNotAboveZero(eur(0)))
    line.when(revise(Money(9, "IQD"))).then_rejected(NotTheGrantsCurrency("IQD", "EUR"))


opened = GrantOpened(
    by=MARIA,
    at=NOON,
    grant=GRANT,
    donor=Code("AMIF"),
    reference=Code("SK-2023-AVRR"),
    currency=Code("EUR"),
    opens=date(2026, 1, 1),
    closes=date(2026, 12, 31),
    conversion=Conversion.RATE_OF_THE_DAY_PAID,
    rates=Code("UNORE"),
)
close = CloseGrant(by=MARIA, at=NOON)


def test_a_grant_is_closed_by_two_once_and_before_its_time() -> None:
    asked = GrantEndProposed(by=MARIA, at=NOON, grant=GRANT, until=None)
    closed = GrantClosed(by=TOMAS, at=NOON, grant=GRANT, closes=TODAY)
    agree = replace(close, by=TOMAS)
    scenario(grant).given(opened).when(close).then(asked)
    scenario(grant).given(opened, asked).when(close).then_rejected(EndProposedByYou(MARIA))
    scenario(grant).given(opened, asked).when(agree).then(closed)
    scenario(grant).given(opened, asked, closed).when(close).then_rejected(
        GrantNotOpen(GRANT, date(2026, 1, 1), TODAY)
    )
    scenario(grant).when(close).then_rejected(NoSuchGrant())


async def test_nothing_new_is_committed_from_a_grant_that_was_closed(till: Cashier) -> None:
    line = await chain.funded(till)
    (told,) = (await till.maria.get("/v1/grants")).json()["items"]
    await till.does(till.maria, f"/v1/grants/{told['grant']}/close")
    answer = await till.does(till.tomas, f"/v1/grants/{told['grant']}/close")
    assert answer["closes"] == till.trial.clock.now().date().isoformat()
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    at_once = await till.hana.post("/v1/commitments", asked)
    assert (at_once.status_code, at_once.json()["code"]) == (422, "GrantIsClosed")


async def test_what_a_line_is_revised_to_is_what_there_is(till: Cashier) -> None:
    line = await chain.funded(till)
    revise_it = f"/v1/budget-lines/{line}/revise"
    revised = await till.does(till.maria, revise_it, {"ceiling": chain.eur(900)})
    assert revised["available"] == chain.eur(900)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    refused = await till.hana.post("/v1/commitments", asked)
    assert refused.json()["code"] == "NotEnoughFunds"
    raised = {"ceiling": chain.eur(1000)}
    await till.does(till.maria, revise_it, raised)
    await till.does(till.tomas, f"/v1/budget-lines/{line}/confirm", raised)
    await chain.committed(till, line)
