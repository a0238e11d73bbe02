"""What a person uploads counts for nothing until another one, who had no part in it, has compared
it with the bank's own site and confirmed it: all of the file in one act. What the bank's own
channel says needs nobody.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import (
    DOCUMENT,
    EVA,
    HANA,
    MARIA,
    NOON,
    OVENS,
    eur,
)
from services.disbursement.tests.test_conflicts import too_near
from services.disbursement.tests.test_exchanging import upload
from services.disbursement.tests.test_reconciliation import charge, entry, statement

from disbursement.domain.bank_answer import (
    AnswerReadAlready,
    AnswerUploadedAlready,
    BankAnswerConfirmed,
    BankAnswerDeclined,
    BankAnswerRead,
    BankAnswerUploaded,
    ConfirmBankAnswer,
    ConfirmedByAParty,
    ConfirmedByItsUploader,
    DeclineBankAnswer,
    LinesTold,
    NothingToConfirm,
    ReadBankAnswer,
    StatementDoesNotAddUp,
    TellsOtherwiseNow,
    UploadBankAnswer,
    answer_id,
    bank_answer,
)
from disbursement.domain.bank_statement import Kind, StatementTold, Sum
from disbursement.gateways import UPLOADED
from events.io.http.trial import Caller
from events.roles import Role
from events.scenario import scenario
from events.values import Code, PersonId

ANSWER = answer_id(DOCUMENT)
Said = Callable[[str], str]
one_line = LinesTold(taken=1, unchanged=0, left_open=0)
upload_it = UploadBankAnswer(by=HANA, at=NOON, answer=ANSWER, file_hash=DOCUMENT, outcome=one_line)
uploaded = BankAnswerUploaded(by=HANA, at=NOON, answer=ANSWER, file_hash=DOCUMENT, outcome=one_line)
read_it = ReadBankAnswer(
    by=MARIA, at=NOON, answer=ANSWER, file_hash=DOCUMENT, lines=1, open_lines=()
)
read = BankAnswerRead(by=MARIA, at=NOON, answer=ANSWER, file_hash=DOCUMENT, lines=1)
confirm = ConfirmBankAnswer(
    by=MARIA, at=NOON, read=read_it, parties=frozenset({HANA, EVA}), as_seen=True
)
confirmed = BankAnswerConfirmed(by=MARIA, at=NOON, answer=ANSWER)
decline = DeclineBankAnswer(by=MARIA, at=NOON, reason=Code("wrong_file"))
declined = BankAnswerDeclined(by=MARIA, at=NOON, answer=ANSWER, reason=Code("wrong_file"))


def test_another_person_confirms_it_once_and_then_it_is_read() -> None:
    waits = scenario(bank_answer).given(uploaded)
    waits.when(confirm).then(confirmed, read)
    waits.when(replace(confirm, by=EVA)).then_rejected(ConfirmedByAParty(EVA))
    waits.when(replace(confirm, by=HANA)).then_rejected(ConfirmedByItsUploader(HANA))
    waits.when(replace(confirm, as_seen=False)).then_rejected(TellsOtherwiseNow(ANSWER))
    done = waits.given(confirmed, read)
    done.when(confirm).then_rejected(NothingToConfirm(ANSWER))
    done.when(decline).then_rejected(NothingToConfirm(ANSWER))
    done.when(upload_it).then_rejected(AnswerReadAlready(ANSWER))


def test_another_person_declines_it_and_it_may_be_uploaded_again() -> None:
    waits = scenario(bank_answer).given(uploaded)
    waits.when(decline).then(declined)
    waits.when(replace(decline, by=HANA)).then_rejected(ConfirmedByItsUploader(HANA))
    waits.when(upload_it).then_rejected(AnswerUploadedAlready(ANSWER))
    over = waits.given(declined)
    over.when(confirm).then_rejected(NothingToConfirm(ANSWER))
    over.when(upload_it).then(uploaded)
    over.given(uploaded).when(confirm).then(confirmed, read)


def test_who_uploaded_a_declined_file_does_not_confirm_it_when_another_uploads_it_again() -> None:
    by_olga = replace(uploaded, by=PersonId("per_olga"))
    again = scenario(bank_answer).given(uploaded, declined, by_olga)
    for uploader in (HANA, by_olga.by):
        refusal = ConfirmedByItsUploader(uploader)
        again.when(replace(confirm, by=uploader, parties=frozenset())).then_rejected(refusal)
        again.when(replace(decline, by=uploader)).then_rejected(refusal)
    again.when(confirm).then(confirmed, read)


def test_what_the_bank_brings_itself_counts_whoever_uploaded_it_before() -> None:
    scenario(bank_answer).given(uploaded).when(read_it).then(read)
    scenario(bank_answer).given(uploaded, declined).when(read_it).then(read)
    scenario(bank_answer).given(uploaded, read).when(confirm).then_rejected(
        NothingToConfirm(ANSWER)
    )
    scenario(bank_answer).given(read).when(read_it).then()


def test_what_was_uploaded_and_read_long_ago_stays_read() -> None:
    scenario(bank_answer).given(read, uploaded).when(confirm).then_rejected(
        NothingToConfirm(ANSWER)
    )


def test_a_statement_that_does_not_add_up_is_not_uploaded() -> None:
    told = StatementTold(
        statement=1,
        kind=Kind.STATEMENT,
        reference=Code("S-1"),
        account=Code("7541"),
        opening=eur(100),
        closing=eur(50),
        closed_on=NOON.date(),
        sum=Sum.DOES_NOT,
        again=False,
    )
    wrong = replace(upload_it, statements=(told,))
    scenario(bank_answer).when(wrong).then_rejected(StatementDoesNotAddUp(1, Code("S-1")))
    right = replace(upload_it, statements=(replace(told, sum=Sum.ADDS_UP),))
    scenario(bank_answer).when(right).then(uploaded)


# Over HTTP


def rejected(path: str) -> str:
    return chain.status(path, "RJCT")


def another(till: Cashier) -> Caller:
    """A finance officer who had no part in any payment."""
    return till.sign_in("amal", Role.FINANCE_OFFICER)


async def confirming(till: Cashier, who: Caller, answer: str) -> tuple[int, str]:
    """Somebody confirms what was seen, and is refused."""
    return await till.tries(who, f"{answer}/confirm", await till.seen(answer))


async def brought(till: Cashier, content: str) -> str:
    """Hana uploads it: the file's path."""
    told = ok(await upload(till, till.hana, content), 201)
    assert told["stage"] == "uploaded"
    return f"/v1/bank-answers/{told['answer']}"


async def stage(till: Cashier, payment: str) -> str:
    return str(ok(await till.hana.get(payment))["stage"])


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        (chain.booked, "instructed", "reconciled"),
        (rejected, "instructed", "rejected"),
        (chain.came_back, "reconciled", "returned"),
    ],
)
async def test_nothing_counts_before_another_person_confirms_it(
    till: Cashier, said: Said, before: str, after: str
) -> None:
    path = await chain.instructed(till)
    if said is chain.came_back:
        await till.bank_says("1.xml", chain.booked(path))
    history = await till.told()
    answer = await brought(till, said(path))
    assert await till.told() == [*history, "bank_answer_uploaded"]
    assert await stage(till, path) == before
    assert await confirming(till, till.hana, answer) == (
        422,
        "ConfirmedByItsUploader",
    )
    marta = till.sign_in("marta", Role.SIGNATORY, Role.FINANCE_OFFICER)
    for party in (till.eva, marta):
        assert await confirming(till, party, answer) == (
            422,
            "ConfirmedByAParty",
        )
    assert await stage(till, path) == before
    told = await till.does(another(till), f"{answer}/confirm", await till.seen(answer))
    assert (told["stage"], told["confirmed_by"]) == ("read", "per_amal")
    assert await stage(till, path) == after
    assert await confirming(till, till.maria, answer) == (
        409,
        "NothingToConfirm",
    )


async def test_a_grant_manager_confirms_where_everybody_else_had_a_part(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    for nobody in (till.marta, till.elif_, till.jozef):
        assert (await nobody.post(f"{answer}/confirm", await till.seen(answer))).status_code == 403
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert await stage(till, path) == "reconciled"


async def test_who_has_a_conflict_with_the_vendor_does_not_confirm_it(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    await too_near(till, "per_maria", vendor=OVENS)
    assert await confirming(till, till.maria, answer) == (
        422,
        "ConflictDeclared",
    )
    assert await stage(till, path) == "instructed"


async def whole_statement(till: Cashier) -> tuple[str, str]:
    """A payment, a charge that fits nothing, and both balances: the payment, and the file."""
    path = await chain.instructed(till)
    told = statement(entry(path), charge(), opening="5000000.000", closing="3599987.500")
    return path, await brought(till, told)


async def test_a_whole_statement_is_confirmed_in_one_act(till: Cashier) -> None:
    path, answer = await whole_statement(till)
    told = await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert told["open_lines"] == [2]
    assert await stage(till, path) == "reconciled"
    [side] = ok(await till.elif_.get("/v1/bank-reconciliation"))["sides"]
    assert side["on_statement"]["amount"] == "-1400012.500"


async def test_the_second_person_sees_all_that_would_follow(till: Cashier) -> None:
    path, answer = await whole_statement(till)
    told = ok(await till.maria.get(f"{answer}/preview"))
    assert told["outcome"] == {"taken": 1, "unchanged": 0, "left_open": 1}
    oven = {"amount": "1400000.000", "currency": "IQD"}
    assert told["sums"] == [{"stage": "reconciled", "payments": 1, "amount": oven}]
    [one] = told["payments"]
    assert (one["payment"], one["stage"]) == (path.rpartition("/")[2], "reconciled")
    [of_account] = told["statements"]
    assert of_account["opening"]["amount"] == "5000000.000"
    assert of_account["closing"]["amount"] == "3599987.500"
    assert (of_account["sum"], of_account["gap"]) == ("adds_up", None)
    [line] = told["open_lines"]
    assert (line["line"], line["why"]) == (2, "no_reference")
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    gone = await till.maria.get(f"{answer}/preview")
    assert refused(gone) == (404, "NothingToConfirm")


async def test_the_second_person_sees_where_the_statement_before_it_ended(till: Cashier) -> None:
    first = statement(charge(), opening="100.000", closing="87.500")
    await till.bank_says("1.xml", first)
    forged = statement(charge(), opening="1000.000", closing="987.500", name="STMT-2")
    answer = await brought(till, forged)
    [told] = ok(await till.maria.get(f"{answer}/preview"))["statements"]
    assert told["gap"] == {"amount": "912.500", "currency": "IQD"}


async def test_of_what_is_declined_nothing_counts_and_nothing_is_unexplained(
    till: Cashier,
) -> None:
    path, answer = await whole_statement(till)
    because = {"reason": "not_from_the_bank"}
    own = await till.tries(till.hana, f"{answer}/decline", because)
    assert own == (422, "ConfirmedByItsUploader")
    told = await till.does(till.eva, f"{answer}/decline", because)
    assert told["stage"] == "declined"
    assert await stage(till, path) == "instructed"
    assert ok(await till.hana.get("/v1/bank-lines"))["items"] == []
    seen = ok(await till.elif_.get("/v1/bank-reconciliation"))
    assert seen["statements"] == []
    assert [each["differences"] for each in seen["sides"]] == [[]]
    [listed] = ok(await till.elif_.get("/v1/bank-answers"))["items"]
    assert (listed["stage"], listed["declined"]) == ("declined", "not_from_the_bank")
    assert await listed_as(till, "uploaded") == []
    assert "bank_answer_declined" in await till.told()


async def listed_as(till: Cashier, at: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await till.hana.get(f"/v1/bank-answers?stage={at}"))["items"]
    return items


async def test_who_confirms_sees_who_declined_the_same_file_before(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    because = {"reason": "not_from_the_bank"}
    await till.does(till.eva, f"{answer}/decline", because)
    ok(await upload(till, another(till), chain.booked(path)), 201)
    seen = ok(await till.maria.get(f"{answer}/preview"))
    [before] = seen["declines"]
    assert (before["by"], before["reason"]) == ("per_eva", "not_from_the_bank")
    stands = ok(await till.maria.get(answer))
    assert (stands["uploaded_by"], stands["declines"]) == ("per_amal", seen["declines"])
    assert stands["uploaders"] == ["per_hana", "per_amal"]
    assert await confirming(till, till.hana, answer) == (422, "ConfirmedByItsUploader")
    assert await stage(till, path) == "instructed"
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert await stage(till, path) == "reconciled"


async def test_what_waits_is_listed_until_it_is_confirmed(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    [listed] = await listed_as(till, "uploaded")
    assert (listed["uploaded_by"], listed["confirmed_by"]) == ("per_hana", None)
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert await listed_as(till, "uploaded") == []
    [listed] = await listed_as(till, "read")
    assert (listed["uploaded_by"], listed["confirmed_by"]) == ("per_hana", "per_maria")
    assert listed["lines"] == 1


async def test_what_the_banks_channel_says_needs_nobody(till: Cashier) -> None:
    """Also the very file that a person uploaded, or had declined."""
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    await till.does(till.maria, f"{answer}/decline", {"reason": "wrong_file"})
    await till.bank_says("1.xml", chain.booked(path))
    assert await stage(till, path) == "reconciled"
    stands = ok(await till.hana.get(answer))
    assert (stands["stage"], stands["confirmed_by"]) == ("read", None)


async def test_what_does_not_add_up_is_refused_and_nothing_is_kept(till: Cashier) -> None:
    path = await chain.instructed(till)
    before = await till.told()
    wrong = statement(entry(path), opening="100.000", closing="50.000")
    assert refused(await upload(till, till.hana, wrong)) == (422, "StatementDoesNotAddUp")
    assert await till.told() == before
    assert list((till.folder / UPLOADED).iterdir()) == []


async def test_it_is_confirmed_as_it_was_uploaded_or_not_at_all(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.status(path, "RJCT"))
    [kept] = (till.folder / UPLOADED).iterdir()
    kept.write_text(chain.booked(path), "utf-8")
    assert await confirming(till, till.maria, answer) == (
        409,
        "UploadNotKept",
    )
    assert await stage(till, path) == "instructed"
    await till.does(till.maria, f"{answer}/decline", {"reason": "wrong_file"})
    await brought(till, chain.status(path, "RJCT"))
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert await stage(till, path) == "rejected"


async def test_what_is_confirmed_is_what_was_seen(till: Cashier) -> None:
    """A file tells of a payment that is not at the bank yet: nothing would follow, as is shown."""
    path = await chain.released(till)
    answer = await brought(till, chain.booked(path))
    seen = await till.seen(answer)
    await chain.instructed(till, path)
    assert await till.tries(till.maria, f"{answer}/confirm", seen) == (409, "TellsOtherwiseNow")
    assert await stage(till, path) == "instructed"
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    assert await stage(till, path) == "reconciled"


async def test_of_two_who_confirm_at_the_same_instant_one_does(till: Cashier) -> None:
    path = await chain.instructed(till)
    answer = await brought(till, chain.booked(path))
    tag, body = (await till.maria.get(answer)).headers["etag"], await till.seen(answer)
    both = await asyncio.gather(
        *(who.post(f"{answer}/confirm", body, if_match=tag) for who in (till.maria, another(till)))
    )
    await till.settle()
    first, second = sorted(each.status_code for each in both)
    assert first == 200
    assert second in (409, 412)
    assert (await till.told()).count("vendor_paid") == 1
    assert (await till.told()).count("bank_answer_read") == 1


async def test_while_it_waits_nothing_takes_the_payments_place(till: Cashier) -> None:
    path = await chain.instructed(till)
    await brought(till, rejected(path))
    of = f"/v1/commitments/{ok(await till.hana.get(path))['commitment']}"
    [invoice] = ok(await till.hana.get(of))["invoices"]
    again = {"commitment": of.rpartition("/")[2], "invoice": invoice["invoice"]}
    assert refused(await till.hana.post("/v1/payments", again)) == (409, "InvoiceUnderPayment")
