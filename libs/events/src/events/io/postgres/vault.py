"""The vault: personal values, sealed; what is destroyed here is gone from every old backup too.

A value is sealed with AES-256-GCM under a key of its person and kind, for one tenant, person,
event and field and no other. The person's keys are kept wrapped under the key of an epoch, which
the database never sees. Erasing a person deletes their keys and values, and no key
is made for them again. Re-wrapping under a new epoch and destroying the old epoch's key makes the
copies in old backups unreadable.

Sealing a short value costs less than handing it to a thread would, so it is done in place.
"""

import hashlib
import os
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.personal import Disclosure, Kind
from events.ports import PersonErased
from events.registry import Draft

NONCE_BYTES = 12
KEY_BYTES = 32
CACHED_KEYS = 10_000
FEW_KEYS = 4
"""So many are made one by one: a person has no more kinds."""
REWRAP_BATCH = 1_000
ERASED = "HW001"
"""The database's word for a key of what was erased; see migrations/0003_erased.sql."""
OWN = "service"
"""In the place of a person, for the keys that are the service's own."""


class BadEpochKey(ValueError):
    """An epoch's key is not 32 bytes."""


@dataclass(frozen=True)
class Sealed:
    """A disclosure as it lies in the database."""

    event_id: str
    name: str
    key: UUID
    value: bytes


class EpochKeys:
    """The key that new keys are wrapped under, and earlier ones that are still in use.

    An epoch is named by the digest of its key, so that nobody has to keep numbers.
    """

    def __init__(self, current: bytes, *earlier: bytes) -> None:
        if any(len(key) != KEY_BYTES for key in (current, *earlier)):
            raise BadEpochKey(f"an epoch key has {KEY_BYTES} bytes")
        self._ciphers = {epoch_of(key): AESGCM(key) for key in (current, *earlier)}
        self.current = epoch_of(current)

    def wrap(self, key: bytes, about: bytes) -> bytes:
        return _encrypt(self._ciphers[self.current], key, about)

    def unwrap(self, epoch: str, wrapped: bytes, about: bytes) -> bytes | None:
        """None when the epoch's key is gone. `InvalidTag` when the wrap was tampered with."""
        cipher = self._ciphers.get(epoch)
        return None if cipher is None else _decrypt(cipher, wrapped, about)


def epoch_of(key: bytes) -> str:
    """The epoch's name."""
    return hashlib.sha256(b"homeward epoch" + key).hexdigest()[:16]


def _encrypt(cipher: AESGCM, value: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, value, about)


def _decrypt(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)


class Vault:
    """Seals and opens; the tables es_key and es_disclosure are its own."""

    def __init__(self, pool: asyncpg.Pool, epochs: EpochKeys, tenant: str) -> None:
        self._pool = pool
        self._epochs = epochs
        self._tenant = tenant
        self._keys: OrderedDict[tuple[str, Kind], tuple[UUID, AESGCM]] = OrderedDict()

    async def seal(self, drafts: Iterable[Draft]) -> tuple[Sealed, ...]:
        """The drafts' disclosures, sealed; keys that are wanting are made."""
        drafts, sealed = list(drafts), []
        await self._make_keys(drafts)
        for draft in drafts:
            for disclosure in draft.disclosures:
                assert draft.person is not None, "a personal value that is about nobody"
                key, cipher = await self._key(draft.person, disclosure.kind)
                about = self._about(draft.person, draft.event_id, disclosure.name)
                value = _encrypt(cipher, disclosure.encoded.encode("ascii"), about)
                sealed.append(Sealed(draft.event_id, disclosure.name, key, value))
        return tuple(sealed)

    def forget(self, drafts: Iterable[Draft]) -> None:
        """The keys of these people are no longer what we think they are."""
        for draft in drafts:
            for kind in Kind:
                self._keys.pop((draft.person or "", kind), None)

    async def open(self, event_ids: Sequence[str]) -> dict[str, list[Disclosure]]:
        """What can still be opened, by event. `InvalidTag` when a value was tampered with."""
        rows = await self._pool.fetch(
            "select d.event_id::text, d.name, d.sealed, k.person, k.kind, k.epoch, k.wrapped"
            " from es_disclosure d join es_key k on k.id = d.key"
            " where d.event_id = any ($1::uuid[]) order by d.event_id, d.name",
            event_ids,
        )
        opened: dict[str, list[Disclosure]] = {}
        for row in rows:
            person, kind = row["person"], Kind(row["kind"])
            key = self._epochs.unwrap(row["epoch"], row["wrapped"], self._about(person, kind))
            if key is not None:
                about = self._about(person, row["event_id"], row["name"])
                encoded = _decrypt(AESGCM(key), row["sealed"], about).decode("ascii")
                disclosure = Disclosure(row["name"], kind, encoded)
                opened.setdefault(row["event_id"], []).append(disclosure)
        return opened

    async def erase(
        self,
        person: str,
        kinds: Collection[Kind],
        also: Sequence[Callable[[Any], Awaitable[None]]] = (),
    ) -> int:
        """Destroy the person's keys of these kinds, and with them the values; how many there were.

        `also` does its part in the same transaction.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            erased: int = await connection.fetchval("select es_erase($1, $2)", person, list(kinds))
            for each in also:
                await each(connection)
        for kind in kinds:
            self._keys.pop((person, kind), None)
        return erased

    async def erased(self, person: str) -> frozenset[Kind]:
        """The kinds that were erased of this person."""
        rows = await self._pool.fetch("select kind from es_erased where person = $1", person)
        return frozenset(Kind(row["kind"]) for row in rows)

    async def own_key(self, purpose: str, at_first: bytes) -> bytes:
        """A key of the service's own, kept like those of people and re-wrapped with them.

        `at_first`: what it is when nobody asked before.
        """
        return (await self._kept_key(OWN, purpose, at_first))[1]

    async def left_behind(self) -> int:
        """How many keys are wrapped under an epoch other than the current one."""
        query = "select count(*) from es_key where epoch <> $1"
        left: int = await self._pool.fetchval(query, self._epochs.current)
        return left

    async def rewrap(self) -> int:
        """Put every key under the current epoch's; how many there were.

        Thereafter the earlier epochs' keys can be destroyed. A key of an epoch whose key is gone
        already is left as it is.
        """
        moved, last = 0, UUID(int=0)
        while rows := await self._pool.fetch(
            "select id, person, kind, epoch, wrapped from es_key"
            " where id > $1 and epoch <> $2 order by id limit $3",
            last,
            self._epochs.current,
            REWRAP_BATCH,
        ):
            wraps: dict[UUID, bytes] = {}
            for row in rows:
                about = self._about(row["person"], row["kind"])
                key = self._epochs.unwrap(row["epoch"], row["wrapped"], about)
                if key is not None:
                    wraps[row["id"]] = self._epochs.wrap(key, about)
            await self._pool.execute(
                "select es_rewrap($1, $2, $3)",
                list(wraps),
                self._epochs.current,
                list(wraps.values()),
            )
            moved, last = moved + len(wraps), rows[-1]["id"]
        return moved

    async def _make_keys(self, drafts: Iterable[Draft]) -> None:
        """In one go the keys of people who have none yet: a batch may be about many.

        Whose key is there already, or was erased, is found out for each by itself.
        """
        wanted = {
            (draft.person, disclosure.kind): AESGCM.generate_key(8 * KEY_BYTES)
            for draft in drafts
            for disclosure in draft.disclosures
            if draft.person is not None and (draft.person, disclosure.kind) not in self._keys
        }
        if len(wanted) <= FEW_KEYS:
            return
        wraps = [self._epochs.wrap(key, self._about(*whose)) for whose, key in wanted.items()]
        try:
            rows = await self._pool.fetch(
                "insert into es_key (id, person, kind, epoch, wrapped)"
                " select id, person, kind, $5, wrapped from"
                " unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])"
                " as made (id, person, kind, wrapped) order by person, kind"
                " on conflict (person, kind) do nothing returning id, person, kind",
                [uuid.UUID(bytes=os.urandom(16), version=4) for _ in wanted],
                [person for person, _ in wanted],
                [kind for _, kind in wanted],
                wraps,
                self._epochs.current,
            )
        except asyncpg.PostgresError as error:
            if error.sqlstate != ERASED:
                raise
            return
        for row in rows:
            whose = row["person"], Kind(row["kind"])
            self._keep(*whose, (row["id"], AESGCM(wanted[whose])))

    def _keep(self, person: str, kind: Kind, key: tuple[UUID, AESGCM]) -> None:
        self._keys[person, kind] = key
        if len(self._keys) > CACHED_KEYS:
            self._keys.popitem(last=False)

    async def _key(self, person: str, kind: Kind) -> tuple[UUID, AESGCM]:
        held = self._keys.get((person, kind))
        if held is None:
            held = await self._stored_key(person, kind)
            self._keep(person, kind, held)
        return held

    async def _stored_key(self, person: str, kind: Kind) -> tuple[UUID, AESGCM]:
        fresh = AESGCM.generate_key(8 * KEY_BYTES)
        try:
            id_, key = await self._kept_key(person, kind, fresh)
        except asyncpg.PostgresError as error:
            if error.sqlstate == ERASED:
                raise PersonErased(person, kind) from None
            raise
        return id_, AESGCM(key)

    async def _kept_key(self, person: str, kind: str, fresh: bytes) -> tuple[UUID, bytes]:
        """The key that is kept; `fresh` from now on when there is none."""
        about = self._about(person, kind)
        async with self._pool.acquire() as connection:
            await connection.execute(
                "insert into es_key (id, person, kind, epoch, wrapped) values ($1, $2, $3, $4, $5)"
                " on conflict (person, kind) do nothing",
                uuid.UUID(bytes=os.urandom(16), version=4),
                person,
                kind,
                self._epochs.current,
                self._epochs.wrap(fresh, about),
            )
            row = await connection.fetchrow(
                "select id, epoch, wrapped from es_key where person = $1 and kind = $2",
                person,
                kind,
            )
        if row is None:  # erased in between
            return await self._kept_key(person, kind, fresh)
        key = self._epochs.unwrap(row["epoch"], row["wrapped"], about)
        if key is None:
            raise BadEpochKey(f"the key of epoch {row['epoch']} is not at hand")
        return row["id"], key

    def _about(self, *parts: str) -> bytes:
        """What a seal is good for: additional authenticated data, each part with its length."""
        named = [part.encode() for part in (self._tenant, *parts)]
        return b"".join(len(part).to_bytes(4, "big") + part for part in named)
