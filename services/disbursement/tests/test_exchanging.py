"""Where no channel connects us with a bank a person carries the files: a sealed file downloaded, an
answer uploaded. An answer counts once, whoever brings it.
"""

import hashlib
from typing import Any

import httpx
import msgspec
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import NOON

from disbursement.gateways import SEALED
from disbursement.mobile_money.answers import Answer, Done
from disbursement.mobile_money.statement import Line, Statement
from events.io.http.trial import Caller


async def upload(
    till: Cashier, who: Caller, content: str | bytes, media: str = "application/xml", **headers: str
) -> httpx.Response:
    sent = {
        "authorization": f"Bearer {who.token}",
        "content-type": media,
        "idempotency-key": who.ids.event_id(),
    }
    body = content.encode() if isinstance(content, str) else content
    answer = await who.client.post("/v1/bank-answers", content=body, headers=sent | headers)
    await till.settle()
    return answer


async def file_of(till: Cashier) -> str:
    [file] = (await till.hana.get("/v1/bank-files")).json()["items"]
    name: str = file["file"]
    return name


# Down


async def test_the_file_is_downloaded_byte_for_byte_and_that_is_recorded(till: Cashier) -> None:
    await chain.instructed(till)
    file = await file_of(till)
    told = (await till.hana.get(f"/v1/bank-files/{file}")).json()
    answer = await till.hana.get(f"/v1/bank-files/{file}/content")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == told["file_hash"]
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["cache-control"] == "no-store"
    assert f'filename="{told["message_id"]}.xml"' in answer.headers["content-disposition"]
    assert (await till.told())[-1] == "bank_file_downloaded"


async def test_who_puts_nothing_into_files_downloads_none(till: Cashier) -> None:
    await chain.instructed(till)
    path = f"/v1/bank-files/{await file_of(till)}/content"
    for who in (till.jozef, till.eva, till.elif_, till.maria):
        assert (await who.get(path)).status_code == 403
    assert "bank_file_downloaded" not in await till.told()


async def test_no_copy_is_kept_once_the_bank_has_answered(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    answer = await till.hana.get(f"/v1/bank-files/{await file_of(till)}/content")
    assert refused(answer) == (404, "NoCopyKept")
    assert refused(await till.hana.get("/v1/bank-files/fil_9/content")) == (404, "NoSuchBankFile")


async def test_a_file_that_is_not_what_was_sealed_goes_to_nobody(till: Cashier) -> None:
    await chain.instructed(till)
    file = await file_of(till)
    sealed = till.folder / SEALED / f"{file}.xml"
    sealed.write_bytes(sealed.read_bytes().replace(b"Al-Noor", b"Al-Nuur"))
    answer = await till.hana.get(f"/v1/bank-files/{file}/content")
    assert refused(answer) == (422, "SealedOtherwise")
    assert b"Al-Nuur" not in answer.content


# Up: what counts of it is told in test_told_by_hand


async def confirmed(till: Cashier, content: str | bytes) -> dict[str, Any]:
    """Hana uploads it, and Maria confirms it."""
    told = ok(await upload(till, till.hana, content), 201)
    answer = f"/v1/bank-answers/{told['answer']}"
    return await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))


async def test_the_same_file_counts_once_whoever_brings_it(till: Cashier) -> None:
    path = await chain.instructed(till)
    ok(await upload(till, till.hana, chain.booked(path)), 201)
    again = await upload(till, till.hana, chain.booked(path))
    assert refused(again) == (409, "AnswerUploadedAlready")
    [listed] = ok(await till.eva.get("/v1/bank-answers"))["items"]
    answer = f"/v1/bank-answers/{listed['answer']}"
    await till.does(till.maria, f"{answer}/confirm", await till.seen(answer))
    before = await till.told()
    again = await upload(till, till.hana, chain.booked(path))
    assert refused(again) == (409, "AnswerReadAlready")
    await till.bank_says("1.xml", chain.booked(path))
    assert await till.told() == before


async def test_what_came_from_the_bank_is_not_taken_again_from_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    again = await upload(till, till.hana, chain.booked(path))
    assert refused(again) == (409, "AnswerReadAlready")
    [listed] = (await till.eva.get("/v1/bank-answers")).json()["items"]
    assert (listed["uploaded_by"], listed["outcome"]) == (None, None)


async def test_a_double_submit_is_one_upload(till: Cashier) -> None:
    path = await chain.instructed(till)
    first = await upload(till, till.hana, chain.booked(path), **{"idempotency-key": "one"})
    second = await upload(till, till.hana, chain.booked(path), **{"idempotency-key": "one"})
    assert ok(first, 201) == ok(second, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert (await till.told()).count("bank_answer_uploaded") == 1


async def test_each_line_tells_something_new_or_nothing_or_fits_nothing(till: Cashier) -> None:
    path = await chain.instructed(till)
    first = await confirmed(till, chain.booked(path, message="NT-1"))
    assert first["outcome"] == {"taken": 1, "unchanged": 0, "left_open": 0}
    same = ok(await upload(till, till.hana, chain.booked(path, message="NT-2")), 201)
    assert same["outcome"] == {"taken": 0, "unchanged": 1, "left_open": 0}
    told = await confirmed(till, chain.booked("/v1/payments/pay_9", message="NT-3"))
    assert told["outcome"] == {"taken": 0, "unchanged": 0, "left_open": 1}
    [line] = (await till.hana.get("/v1/bank-lines")).json()["items"]
    assert line["why"] == "unknown_reference"


async def test_what_we_write_of_providers_ourselves_nobody_brings(till: Cashier) -> None:
    path = await chain.instructed(till)
    done = Done("tx-1", "completed", "1400000.000", "IQD")
    ours = Answer(provider="nobody", account="x", reference=chain.reference(path), done=done)
    back = Line(
        reference="tx-2",
        amount="1400000.000",
        currency="IQD",
        of=chain.reference(path),
        came_back=True,
    )
    shown = Statement(
        provider="nobody",
        account="x",
        day=NOON.date(),
        over=True,
        opening=None,
        closing=None,
        currency=None,
        lines=(back,),
    )
    for content in (ours.content(), msgspec.json.encode(shown)):
        answer = await upload(till, till.hana, content)
        assert refused(answer) == (422, "NotABankAnswer")
    assert ok(await till.eva.get(path))["stage"] == "instructed"


async def test_what_is_no_answer_of_a_bank_is_refused_and_leaves_nothing(till: Cashier) -> None:
    before = await till.told()
    for content in ("", "<html/>", "%PDF-1.7", '<?xml version="1.0"?><a', b"\x00\xff", ":20:x"):
        answer = await upload(till, till.hana, content)
        assert refused(answer) == (422, "NotABankAnswer"), content
    answer = await upload(till, till.hana, "<a/>", media="application/pdf")
    assert refused(answer) == (415, "media_type_unsupported")
    for who in (till.eva, till.marta, till.elif_):
        assert (await upload(till, who, "<a/>")).status_code == 403
    assert await till.told() == before


async def test_the_payments_of_a_file_are_found_by_it(till: Cashier) -> None:
    path = await chain.instructed(till)
    file = await file_of(till)
    [found] = (await till.hana.get(f"/v1/payments?file={file}")).json()["items"]
    assert found["payment"] == path.rpartition("/")[2]
    assert (await till.hana.get("/v1/payments?file=fil_9")).json()["items"] == []
    [newest] = (await till.hana.get("/v1/bank-files?newest=true")).json()["items"]
    assert newest["file"] == file
