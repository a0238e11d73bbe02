"""Documents over HTTP: put on file once, given out to who may know of them, gone with a person."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from events import documents
from events.documents import LIMIT_BYTES, document_id
from events.io.documents.tidying import tidy
from events.io.http import Api, Asked, Documents, Load, declare_documents, not_on_file
from events.io.http.models import Answer
from events.io.http.trial import Caller, Trial, trial
from events.memory import FixedClock, MemoryDocuments
from events.personal import Kind
from events.registry import Registry
from events.roles import Role
from events.values import CaseId, Digest, HolderId

INVOICE = b"%PDF-1.7\n" + b"one oven " * 100_000
ABOUT = {"about": "ven_ovens", "paper": "invoice"}
RECEIPT = {"about": "per_rana", "paper": "receipt", "case": "cas_rana"}


class DocumentKept(documents.DocumentKept, frozen=True, tag="bakery.document_kept.v1"):
    pass


class DocumentRead(documents.DocumentRead, frozen=True, tag="bakery.document_read.v1"):
    pass


bakery = Registry.of("bakery", [DocumentKept, DocumentRead])


async def not_hers(asked: Asked, _: HolderId, case: CaseId | None) -> bool:
    """Everybody knows of everything, but of the case of Rana only Lina does."""
    return case != "cas_rana" or asked.me.id == "per_lina"


api = Api("bakery")
declare_documents(
    api,
    Documents(
        kept=DocumentKept,
        read=DocumentRead,
        keeps=frozenset({Role.COUNSELLOR}),
        shown_to=frozenset({Role.COUNSELLOR, Role.AUDITOR}),
        knows=not_hers,
    ),
)


class Wanting(Answer):
    wanting: tuple[Digest, ...]


@api.query("/v1/wanting/{first}/{second}", answers=Wanting, allows={Role.COUNSELLOR})
async def which_are_wanting(first: Digest, second: Digest, load: Load) -> Wanting:
    """Tell which of two documents is not on file."""
    return Wanting(wanting=await not_on_file(load, (first, second)))


@pytest.fixture
def store() -> MemoryDocuments:
    return MemoryDocuments(FixedClock())


@pytest.fixture
async def desk(store: MemoryDocuments) -> AsyncIterator[Trial]:
    async with trial(api, bakery, documents=store) as running:
        yield running


@pytest.fixture
def lina(desk: Trial) -> Caller:
    return desk.sign_in("per_lina", Role.COUNSELLOR)


@pytest.fixture
def omar(desk: Trial) -> Caller:
    return desk.sign_in("per_omar", Role.COUNSELLOR)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def test_a_document_is_kept_under_its_digest_and_read_back(lina: Caller, desk: Trial) -> None:
    kept = await lina.put_on_file(INVOICE, **ABOUT)
    assert kept.status_code == 201, kept.text
    assert kept.headers["location"] == f"/v1/documents/{digest(INVOICE)}"
    assert kept.json() == {
        "document": digest(INVOICE),
        "size": len(INVOICE),
        "media": "application/pdf",
    }
    read = await lina.get(kept.headers["location"])
    assert read.content == INVOICE
    assert read.headers["content-type"] == "application/pdf"
    assert read.headers["content-disposition"].startswith('attachment; filename="invoice-')
    assert read.headers["cache-control"] == "no-store"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert [type(fact) for fact in await desk.events()] == [DocumentKept, DocumentRead]


async def test_it_lies_sealed_and_its_key_is_in_no_event(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    await lina.put_on_file(INVOICE, **ABOUT)
    ((name, sealed),) = store.held.items()
    assert name == digest(sealed)
    assert b"one oven" not in sealed
    (entry,) = await desk.store.read(0, 9)
    (key,) = (await desk.store.disclosures([entry.envelope.id]))[entry.envelope.id]
    assert (key.name, key.kind) == ("identity_key", Kind.IDENTITY)
    assert str(key.value).encode() not in entry.raw


async def test_what_is_sent_again_is_kept_once(
    lina: Caller, omar: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    first = await lina.put_on_file(INVOICE, key="k1", **ABOUT)
    repeated = await lina.put_on_file(INVOICE, key="k1", **ABOUT)
    another = await omar.put_on_file(INVOICE, **ABOUT)
    assert (repeated.status_code, repeated.json()) == (201, first.json())
    assert (another.status_code, another.json()) == (201, first.json())
    assert len(await desk.events()) == len(store.held) == 1


async def test_two_who_send_it_at_once_keep_it_once(
    lina: Caller, omar: Caller, desk: Trial
) -> None:
    said = await asyncio.gather(*(who.put_on_file(INVOICE, **ABOUT) for who in (lina, omar) * 5))
    assert {each.status_code for each in said} == {201}
    assert len(await desk.events()) == 1


async def test_a_key_of_another_document_is_refused(lina: Caller) -> None:
    await lina.put_on_file(INVOICE, key="k1", **ABOUT)
    said = await lina.put_on_file(INVOICE + b".", key="k1", **ABOUT)
    assert code(said) == (422, "idempotency_key_reused")


NOT_AS_TOLD = (422, "document_not_as_told")


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ((INVOICE, "image/png"), NOT_AS_TOLD),
        ((b"MZ\x90\0" + bytes(100), "application/pdf"), NOT_AS_TOLD),
        ((b"", "application/pdf"), NOT_AS_TOLD),
        ((b"<html>", "text/html"), (415, "media_type_unsupported")),
        ((b"%PDF-" + bytes(LIMIT_BYTES), "application/pdf"), (413, "body_too_large")),
    ],
    ids=["another type", "a program", "nothing", "a page", "too large"],
)
async def test_what_is_no_document_is_refused_and_nothing_is_kept(
    sent: tuple[bytes, str],
    refused: tuple[int, str],
    lina: Caller,
    desk: Trial,
    store: MemoryDocuments,
) -> None:
    content, media = sent
    assert code(await lina.put_on_file(content, media, **ABOUT)) == refused
    assert (store.held, await desk.events()) == ({}, [])


async def test_one_of_25_megabytes_is_taken_and_given_in_parts(lina: Caller) -> None:
    content = b"%PDF-" + bytes(LIMIT_BYTES - 5)

    async def sent() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1 << 20):
            yield content[start : start + (1 << 20)]

    headers = {"authorization": f"Bearer {lina.token}", "idempotency-key": "k1"}
    headers |= {"content-type": "application/pdf"}
    said = await lina.client.post("/v1/documents", params=ABOUT, content=sent(), headers=headers)
    assert said.status_code == 201, said.text
    assert (await lina.get(said.headers["location"])).content == content


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"paper": "invoice"}, "about"),
        ({"about": "cas_1", "paper": "invoice"}, "about"),
        ({"about": "ven_1", "paper": "an invoice"}, "paper"),
        ({"about": "per_rana", "paper": "receipt"}, "case"),
        ({**ABOUT, "kind": "secret"}, "kind"),
    ],
)
async def test_what_is_wrong_about_it_is_named(
    query: dict[str, str], wrong: str, lina: Caller, desk: Trial
) -> None:
    said = await lina.put_on_file(INVOICE, **query)
    assert code(said) == (400, "query_invalid")
    assert [fault["parameter"] for fault in said.json()["errors"]] == [wrong]
    assert await desk.events() == []


# Who may know of it


async def test_who_may_not_know_of_a_case_neither_sends_nor_reads_for_it(
    lina: Caller, omar: Caller, desk: Trial
) -> None:
    assert code(await omar.put_on_file(INVOICE, **RECEIPT)) == (404, "not_found")
    path = (await lina.put_on_file(INVOICE, **RECEIPT)).headers["location"]
    assert code(await omar.get(path)) == (404, "not_found")
    assert (await lina.get(path)).content == INVOICE
    assert [fact.by for fact in await desk.events()] == ["per_lina", "per_lina"]


async def test_the_same_paper_about_two_is_each_ones_own(
    lina: Caller, omar: Caller, store: MemoryDocuments
) -> None:
    await lina.put_on_file(INVOICE, **RECEIPT)
    path = (await lina.put_on_file(INVOICE, **ABOUT)).headers["location"]
    assert len(store.held) == 2
    assert (await omar.get(path)).content == INVOICE


async def test_what_is_not_on_file_is_not_found(lina: Caller) -> None:
    for name in ("0" * 64, "x", "0" * 63, digest(INVOICE).upper()):
        assert code(await lina.get(f"/v1/documents/{name}")) == (404, "not_found")


async def test_it_is_told_which_of_those_cited_are_wanting(lina: Caller) -> None:
    await lina.put_on_file(INVOICE, **ABOUT)
    other = digest(b"another")
    said = await lina.get(f"/v1/wanting/{digest(INVOICE)}/{other}")
    assert said.json() == {"wanting": [other]}


# What an erasure and a crash leave


async def test_with_whom_it_is_about_it_is_gone_for_good(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    path = (await lina.put_on_file(INVOICE, **RECEIPT)).headers["location"]
    before = dict(store.held)
    await desk.store.erase("per_rana", (Kind.IDENTITY,))
    assert code(await lina.get(path)) == (410, "document_erased")
    assert code(await lina.put_on_file(INVOICE, **RECEIPT)) == (409, "person_erased")
    assert store.held == before, "sealed bytes that nobody opens, until they are tidied away"


async def test_only_its_own_kind_is_erased_with_it(lina: Caller, desk: Trial) -> None:
    path = (await lina.put_on_file(INVOICE, **RECEIPT, kind="health")).headers["location"]
    await desk.store.erase("per_rana", (Kind.IDENTITY,))
    assert (await lina.get(path)).content == INVOICE
    await desk.store.erase("per_rana", (Kind.HEALTH,))
    assert code(await lina.get(path)) == (410, "document_erased")


async def tidied(desk: Trial, store: MemoryDocuments) -> int:
    clock: Any = desk.clock
    clock.at += timedelta(hours=2)
    return await tidy(store, desk.store, bakery, clock)


async def test_what_belongs_to_a_document_stays(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    path = (await lina.put_on_file(INVOICE, **ABOUT)).headers["location"]
    assert await tidied(desk, store) == 0
    assert len(store.held) == 1
    assert path == f"/v1/documents/{digest(INVOICE)}"


async def test_what_a_crash_left_behind_is_tidied_away_and_sent_again(
    lina: Caller, desk: Trial, store: MemoryDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise RuntimeError("the process ends between the store and the event")

    with monkeypatch.context() as broken:
        broken.setattr(type(desk.store), "append", dies)
        assert (await lina.put_on_file(INVOICE, key="k1", **ABOUT)).status_code == 500
    assert (len(store.held), await desk.events()) == (1, [])
    assert (await lina.put_on_file(INVOICE, key="k1", **ABOUT)).status_code == 201
    assert len(store.held) == 2
    assert await tidied(desk, store) == 1
    (kept,) = await desk.events()
    assert isinstance(kept, DocumentKept)
    assert list(store.held) == [kept.sealed]


async def test_what_was_erased_is_tidied_away(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    await lina.put_on_file(INVOICE, **RECEIPT)
    await desk.store.erase("per_rana", (Kind.IDENTITY,))
    assert await tidied(desk, store) == 1
    assert store.held == {}


async def test_what_is_on_its_way_is_left_alone(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    async def part() -> AsyncIterator[bytes]:
        yield b"sealed"

    await store.put(Digest(digest(b"sealed")), part(), 6)
    assert await tidy(store, desk.store, bakery, desk.clock) == 0


# What is not ready, and what is wrong


async def test_a_store_that_is_down_is_a_503_both_ways(
    lina: Caller, desk: Trial, store: MemoryDocuments
) -> None:
    path = (await lina.put_on_file(INVOICE, **ABOUT)).headers["location"]
    store.is_down = True
    assert code(await lina.get(path)) == (503, "unavailable")
    assert code(await lina.put_on_file(INVOICE + b".", **ABOUT)) == (503, "unavailable")
    assert len(await desk.events()) == 1, "nobody was given it, and nothing else is on file"


async def test_a_stored_object_that_was_changed_is_never_given_out(
    lina: Caller, store: MemoryDocuments
) -> None:
    path = (await lina.put_on_file(b"%PDF-1.7 small and short", **ABOUT)).headers["location"]
    ((name, sealed),) = store.held.items()
    store.held[name] = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert (await lina.get(path)).status_code == 500


def test_a_documents_id_is_its_digests_beginning() -> None:
    assert document_id(Digest("ab" * 32)) == "doc_" + "ab" * 24
