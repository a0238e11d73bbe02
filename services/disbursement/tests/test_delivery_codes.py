"""A returnee confirms by a one-time code: few tries, a short life, and never who was shown it."""

import asyncio
from datetime import datetime, timedelta

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import (
    COMMITMENT,
    DALIA,
    HANA,
    LINA,
    NOON,
    PROGRAMME,
    RECEIPT,
)

from disbursement.domain import receiving
from disbursement.domain.delivery_code import (
    A_DAY,
    CODES_A_DAY,
    WRONG_IN_ALL,
    CodeExpired,
    CodeLocked,
    CodeUsed,
    CodeWrong,
    DeliveryCodeIssued,
    DeliveryCodeMistaken,
    DeliveryCodeShown,
    DeliveryCodeUsed,
    IssueCode,
    IssuedByAnother,
    KnowsTheCode,
    NoCodeIssued,
    NothingOrdered,
    ShowCode,
    TooManyCodes,
    TryCode,
    UseCode,
    delivery_codes,
)
from events.roles import Role
from events.scenario import scenario
from events.values import DeliveryCodeId, Digest, PersonId, ReceiptId

CODE = DeliveryCodeId("dco_1")
RIGHT, WRONG, OTHER = Digest("a" * 64), Digest("b" * 64), Digest("c" * 64)
MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)

issue = IssueCode(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    ordered=True,
    code=CODE,
    digest=RIGHT,
    expires=NOON + MONTH,
    tries=2,
)
issued = DeliveryCodeIssued(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    code=CODE,
    digest=RIGHT,
    expires=NOON + MONTH,
    tries=2,
)
shown = DeliveryCodeShown(by=LINA, at=NOON, commitment=COMMITMENT, code=CODE)
used = DeliveryCodeUsed(by=DALIA, at=NOON + HOUR, commitment=COMMITMENT, code=CODE, receipt=RECEIPT)


def mistaken(given: Digest, left: int) -> DeliveryCodeMistaken:
    return DeliveryCodeMistaken(
        by=DALIA, at=NOON + HOUR, commitment=COMMITMENT, code=CODE, given=given, left=left
    )


def tries(given: Digest, by: PersonId = DALIA) -> TryCode:
    at = NOON + HOUR
    return TryCode(by=by, at=at, digest=given, given_at=at, receipt=RECEIPT)


def uses(given: Digest, by: PersonId = DALIA) -> UseCode:
    at = NOON + HOUR
    return UseCode(by=by, at=at, digest=given, given_at=at, receipt=RECEIPT)


def test_a_code_is_issued_for_an_order_and_shown_to_who_tells_the_returnee() -> None:
    scenario(delivery_codes).when(issue).then(issued)
    scenario(delivery_codes).when(replace(issue, ordered=False)).then_rejected(
        NothingOrdered(COMMITMENT)
    )
    show = ShowCode(by=LINA, at=NOON)
    scenario(delivery_codes).given(issued).when(show).then(shown)
    scenario(delivery_codes).given(issued, shown).when(show).then()
    scenario(delivery_codes).when(show).then_rejected(NoCodeIssued(NOON))


def test_who_was_shown_the_code_records_nothing_with_it() -> None:
    told = scenario(delivery_codes).given(issued, shown)
    told.when(tries(RIGHT, by=LINA)).then_rejected(KnowsTheCode(LINA))
    told.when(uses(RIGHT, by=LINA)).then_rejected(KnowsTheCode(LINA))
    told.when(uses(RIGHT)).then(used)


def test_a_wrong_code_is_counted_and_too_many_lock_it() -> None:
    open_ = scenario(delivery_codes).given(issued)
    open_.when(tries(RIGHT)).then()
    open_.when(tries(WRONG)).then(mistaken(WRONG, 1))
    open_.when(uses(WRONG)).then_rejected(CodeWrong(CODE, 2))
    once = open_.given(mistaken(WRONG, 1))
    once.when(tries(WRONG)).then()  # the same again tells nobody anything new
    once.when(tries(OTHER)).then(mistaken(OTHER, 0))
    locked = once.given(mistaken(OTHER, 0))
    locked.when(tries(RIGHT)).then_rejected(CodeLocked(CODE))
    locked.when(uses(RIGHT)).then_rejected(CodeLocked(CODE))


def test_a_code_confirms_one_delivery() -> None:
    after = scenario(delivery_codes).given(issued, used)
    after.when(uses(RIGHT)).then()  # the same delivery, sent again
    second = replace(uses(RIGHT), receipt=ReceiptId("rec_2"))
    after.when(second).then_rejected(CodeUsed(CODE, RECEIPT))


def another(number: int, by: PersonId = HANA, at: datetime = NOON) -> DeliveryCodeIssued:
    return replace(issued, by=by, at=at, code=DeliveryCodeId(f"dco_{number}"), tries=20)


def test_an_order_has_few_codes_a_day() -> None:
    many = [another(n, at=NOON + n * HOUR) for n in range(CODES_A_DAY)]
    order = scenario(delivery_codes).given(*many)
    free = NOON + A_DAY
    early = replace(issue, at=free - HOUR)
    order.when(early).then_rejected(TooManyCodes(CODES_A_DAY, free))
    order.when(replace(early, by=LINA)).then_rejected(TooManyCodes(CODES_A_DAY, free))
    order.when(replace(issue, at=free)).then(replace(issued, at=free))


def test_after_many_wrong_codes_somebody_issues_the_next_who_had_no_part_in_them() -> None:
    wrong = [
        replace(mistaken(Digest(f"{n:064x}"), 19 - n), code=DeliveryCodeId(f"dco_{1 + n % 2}"))
        for n in range(WRONG_IN_ALL)
    ]
    few = scenario(delivery_codes).given(another(1), another(2), *wrong[:-1])
    later = replace(issue, at=NOON + HOUR, code=DeliveryCodeId("dco_3"))
    third = replace(issued, at=later.at, code=later.code)
    few.when(later).then(third)
    many = few.given(wrong[-1])
    for had_a_part in (HANA, DALIA):
        refusal = IssuedByAnother(had_a_part, WRONG_IN_ALL)
        many.when(replace(later, by=had_a_part)).then_rejected(refusal)
    by_another = replace(third, by=LINA)
    many.when(replace(later, by=LINA)).then(by_another)
    fourth = replace(later, code=DeliveryCodeId("dco_4"))
    many.given(by_another).when(fourth).then(replace(third, code=fourth.code))
    delivered = replace(used, code=DeliveryCodeId("dco_2"))
    many.given(delivered).when(later).then(third)


def test_a_code_expires() -> None:
    late = NOON + MONTH
    after = replace(uses(RIGHT), at=late, given_at=late)
    scenario(delivery_codes).given(issued).when(after).then_rejected(CodeExpired(CODE, late))


def test_the_next_code_ends_the_last_but_not_what_was_given_before_it() -> None:
    next_ = replace(issued, at=NOON + 2 * HOUR, code=DeliveryCodeId("dco_2"), digest=OTHER, tries=1)
    both = scenario(delivery_codes).given(issued, next_)
    both.when(replace(uses(RIGHT), at=NOON + 3 * HOUR)).then(replace(used, at=NOON + 3 * HOUR))
    now = NOON + 3 * HOUR
    both.when(replace(uses(RIGHT), at=now, given_at=now)).then_rejected(
        CodeWrong(DeliveryCodeId("dco_2"), 1)
    )


# Over HTTP


async def coded(till: Cashier) -> tuple[str, str]:
    """An order and its code, shown to Omar; the order's path and the digits."""
    path = await chain.ordered(till)
    omar = till.sign_in("omar", Role.RECEIVING_OFFICER)
    ok(await till.hana.post(f"{path}/delivery-codes"), 201)
    answer = await omar.post(f"{path}/delivery-codes/show")
    assert answer.headers["cache-control"] == "no-store"
    return path, answer.json()["digits"]


def by_code(digits: str, sacks: int = 10) -> dict[str, object]:
    body = {**chain.delivery(sacks), "method": "code", "code": digits}
    del body["document"]
    return body


def other_than(digits: str, by: int = 1) -> str:
    return f"{(int(digits) + by) % 1_000_000:06d}"


async def test_the_returnees_code_confirms_a_delivery_and_no_event_holds_it(till: Cashier) -> None:
    path, digits = await coded(till)
    told = await till.does(till.dalia, f"{path}/deliveries", by_code(digits))
    (receipt,) = told["receipts"]
    assert (receipt["method"], receipt["document"]) == ("code", None)
    assert (await till.told())[-2:] == ["goods_received", "delivery_code_used"]
    assert (await till.told()).count("delivery_code_shown") == 1
    for entry in await till.trial.store.read(0, 1000):
        assert f'"{digits}"'.encode() not in entry.raw
    stands = (await till.hana.get(f"{path}/delivery-codes")).json()
    assert stands["used"] == receipt["receipt"]


async def test_wrong_codes_are_counted_even_at_the_same_instant(till: Cashier) -> None:
    path, digits = await coded(till)
    tag = (await till.dalia.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(
            till.dalia.post(f"{path}/deliveries", by_code(other_than(digits, n)), if_match=tag)
            for n in range(1, 9)
        )
    )
    rules = [refused(answer)[1] for answer in answers]
    assert (rules.count("CodeWrong"), rules.count("CodeLocked")) == (5, 3)
    assert await till.tries(till.dalia, f"{path}/deliveries", by_code(digits)) == (
        422,
        "CodeLocked",
    )
    stands = (await till.hana.get(path)).json()
    assert stands["receipts"] == []


async def test_who_was_shown_the_code_does_not_record_with_it(till: Cashier) -> None:
    path, digits = await coded(till)
    omar = till.sign_in("omar", Role.RECEIVING_OFFICER)
    assert await till.tries(omar, f"{path}/deliveries", by_code(digits)) == (422, "KnowsTheCode")


async def test_a_code_that_is_not_given_or_not_there_is_refused(till: Cashier) -> None:
    path = await chain.ordered(till)
    body = by_code("123456")
    assert await till.tries(till.dalia, f"{path}/deliveries", body) == (422, "NoCodeIssued")
    del body["code"]
    assert await till.tries(till.dalia, f"{path}/deliveries", body) == (422, "CodeNotGiven")


async def test_a_request_that_is_sent_again_gets_its_first_answer(till: Cashier) -> None:
    path, digits = await coded(till)
    tag = (await till.dalia.get(path)).headers["etag"]
    sent = {"if_match": tag, "key": "once"}
    first = await till.dalia.post(f"{path}/deliveries", by_code(digits), **sent)
    again = await till.dalia.post(f"{path}/deliveries", by_code(digits), **sent)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


async def test_how_long_and_how_often_is_the_programmes_page_to_say(till: Cashier) -> None:
    strict = receiving.DeliveryTermsPublished(
        by=PersonId("per_petra"),
        at=NOON,
        programme=PROGRAMME,
        code_valid_days=3,
        code_tries=1,
        capture_within_days=7,
    )
    await till.heard(receiving.from_plans, strict)
    path, _ = await coded(till)
    stands = (await till.hana.get(f"{path}/delivery-codes")).json()
    assert (stands["tries_left"], stands["expires"]) == (1, "2026-03-05T12:00:00Z")
