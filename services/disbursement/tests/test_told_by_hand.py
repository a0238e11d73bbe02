"""One person alone says that the bank rejected or returned a payment: nothing is paid in its place
before another person has seen it at the bank, too. What the bank's own channel says needs nobody.
"""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import (
    COMMITMENT,
    DOCUMENT,
    EVA,
    HANA,
    IVAN,
    NOON,
    PAYMENT,
    requested,
)
from services.disbursement.tests.test_exchanging import upload

from disbursement.domain.bank_answer import (
    BankAnswerConfirmed,
    BankAnswerRead,
    BankAnswerUploaded,
    ConfirmBankAnswer,
    ConfirmedByItsUploader,
    Failure,
    FailuresLeftUnconfirmed,
    LinesTold,
    NothingToConfirm,
    ReleaserCannotConfirm,
    answer_id,
    bank_answer,
)
from disbursement.domain.commitment import ConfirmFailure, UploadFailure, commitment
from disbursement.domain.commitment.unconfirmed import FailureConfirmed, FailureUploaded
from events.roles import Role
from events.scenario import scenario

ANSWER = answer_id(DOCUMENT)
Said = Callable[[str], str]
read = BankAnswerRead(by=HANA, at=NOON, answer=ANSWER, file_hash=DOCUMENT, lines=1)
uploaded = BankAnswerUploaded(
    by=HANA,
    at=NOON,
    answer=ANSWER,
    file_hash=DOCUMENT,
    outcome=LinesTold(taken=1, unchanged=0, left_open=0),
)
left = FailuresLeftUnconfirmed(
    by=HANA,
    at=NOON,
    answer=ANSWER,
    failures=(Failure(commitment=COMMITMENT, payment=PAYMENT),),
)
confirm = ConfirmBankAnswer(by=EVA, at=NOON, releasers=frozenset({IVAN}))
confirmed = BankAnswerConfirmed(by=EVA, at=NOON, answer=ANSWER)


def test_another_person_confirms_it_once() -> None:
    waits = scenario(bank_answer).given(read, uploaded, left)
    waits.when(confirm).then(confirmed)
    waits.when(replace(confirm, by=HANA)).then_rejected(ConfirmedByItsUploader(HANA))
    waits.when(replace(confirm, by=IVAN)).then_rejected(ReleaserCannotConfirm(IVAN))
    waits.given(confirmed).when(confirm).then_rejected(NothingToConfirm(ANSWER))


def test_what_nobody_doubts_is_not_confirmed() -> None:
    nothing = NothingToConfirm(ANSWER)
    scenario(bank_answer).given(read).when(confirm).then_rejected(nothing)
    scenario(bank_answer).given(read, uploaded).when(confirm).then_rejected(nothing)


def test_a_failure_is_told_and_confirmed_once() -> None:
    tell = UploadFailure(by=HANA, at=NOON, payment=PAYMENT, answer=ANSWER)
    told = FailureUploaded(by=HANA, at=NOON, commitment=COMMITMENT, payment=PAYMENT, answer=ANSWER)
    see = ConfirmFailure(by=EVA, at=NOON, payment=PAYMENT, answer=ANSWER)
    seen = FailureConfirmed(by=EVA, at=NOON, commitment=COMMITMENT, payment=PAYMENT, answer=ANSWER)
    stands = scenario(commitment).given(requested)
    stands.when(see).then()
    stands.when(tell).then(told)
    stands.given(told).when(tell).then()
    stands.given(told).when(see).then(seen)


# Over HTTP


def rejected(path: str) -> str:
    return chain.status(path, "RJCT")


async def told_by_hand(till: Cashier, said: Said) -> tuple[str, str]:
    """Hana alone says so: the order's path, and the answer's."""
    path = await chain.instructed(till)
    if said is chain.came_back:
        await till.bank_says("1.xml", chain.booked(path))
    told = ok(await upload(till, till.hana, said(path)), 201)
    assert told["unconfirmed"] == [path.rpartition("/")[2]]
    of = ok(await till.hana.get(path))["commitment"]
    return f"/v1/commitments/{of}", f"/v1/bank-answers/{told['answer']}"


async def pays_again(till: Cashier, of: str) -> tuple[int, str]:
    [invoice] = ok(await till.hana.get(of))["invoices"]
    again = {"commitment": of.rpartition("/")[2], "invoice": invoice["invoice"]}
    answer = await till.hana.post("/v1/payments", again)
    await till.settle()
    return (201, "") if answer.status_code == 201 else refused(answer)


@pytest.mark.parametrize("said", [rejected, chain.came_back])
async def test_nothing_is_paid_in_its_place_before_another_person_confirms_it(
    till: Cashier, said: Said
) -> None:
    of, answer = await told_by_hand(till, said)
    assert await pays_again(till, of) == (409, "FailureUnconfirmed")
    reason = {"reason": "returnee_left"}
    assert await till.tries(till.hana, f"{of}/cancel", reason) == (409, "FailureUnconfirmed")
    assert await till.tries(till.hana, f"{answer}/confirm") == (422, "ConfirmedByItsUploader")
    marta = till.sign_in("marta", Role.SIGNATORY, Role.FINANCE_OFFICER)
    assert await till.tries(marta, f"{answer}/confirm") == (422, "ReleaserCannotConfirm")
    assert (await answers(till))[0]["unconfirmed"] == 1, "the newest is the first"
    told = await till.does(till.eva, f"{answer}/confirm")
    assert told["unconfirmed"] == []
    assert [each["unconfirmed"] for each in await answers(till)] == [0] * len(await answers(till))
    assert await pays_again(till, of) == (201, "")
    assert await till.tries(till.eva, f"{answer}/confirm") == (409, "NothingToConfirm")


async def answers(till: Cashier) -> list[dict[str, object]]:
    items: list[dict[str, object]] = ok(await till.hana.get("/v1/bank-answers"))["items"]
    return items


async def test_what_the_banks_channel_says_needs_nobody(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", rejected(path))
    of = f"/v1/commitments/{ok(await till.hana.get(path))['commitment']}"
    assert await pays_again(till, of) == (201, "")


async def test_what_was_paid_is_told_by_one_person_as_before(till: Cashier) -> None:
    """Nothing is paid a second time for it."""
    path = await chain.instructed(till)
    told = ok(await upload(till, till.hana, chain.booked(path)), 201)
    assert told["unconfirmed"] == []


async def test_a_second_payment_at_the_same_instant_is_no_way_around_it(till: Cashier) -> None:
    path = await chain.instructed(till)
    of = f"/v1/commitments/{ok(await till.hana.get(path))['commitment']}"
    [invoice] = ok(await till.hana.get(of))["invoices"]
    again = {"commitment": of.rpartition("/")[2], "invoice": invoice["invoice"]}
    told, asked = await asyncio.gather(
        upload(till, till.hana, rejected(path)), till.hana.post("/v1/payments", again)
    )
    assert told.status_code == 201
    assert asked.status_code in (409, 412)
    assert (await till.told()).count("payment_requested") == 1
    assert await pays_again(till, of) == (409, "FailureUnconfirmed")
