"""The rows of an import until they are worked off: sealed, in the database, and then gone.

They are sealed with AES-256-GCM under a key of this service that the database never sees; what a
backup keeps of a deleted row is of no use without the key of its epoch.
"""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.service import Connection
from events.values import ImportId
from intake.importing.sheets import Line

NONCE_BYTES = 12
ORPHAN = timedelta(hours=1)
"""Rows whose import was never recorded are of a request that broke off."""

_lines = msgspec.json.Decoder(list[Line])


@dataclass(frozen=True)
class Spool:
    """Holds rows, each import's by itself."""

    tables: Connection
    key: bytes

    async def put(self, batch: ImportId, lines: Sequence[Line], now: datetime) -> None:
        nonce = os.urandom(NONCE_BYTES)
        told = zlib.compress(msgspec.json.encode(lines))
        sealed = nonce + AESGCM(self.key).encrypt(nonce, told, batch.encode())
        await self.tables.execute(
            "insert into import_spool (batch_id, sealed, received_at) values ($1, $2, $3)",
            batch,
            sealed,
            now,
        )

    async def waiting(self) -> Sequence[ImportId]:
        """The imports that hold rows, the oldest first."""
        rows = await self.tables.fetch("select batch_id from import_spool order by batch_id")
        return [ImportId(row["batch_id"]) for row in rows]

    async def lines(self, batch: ImportId) -> list[Line] | None:
        """The rows; None when the key that they were sealed under is gone."""
        sealed = await self.tables.fetchval(
            "select sealed from import_spool where batch_id = $1", batch
        )
        try:
            told = AESGCM(self.key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], batch.encode()
            )
        except InvalidTag:
            return None
        return _lines.decode(zlib.decompress(told))

    async def drop(self, batch: ImportId) -> None:
        await self.tables.execute("delete from import_spool where batch_id = $1", batch)

    async def drop_orphan(self, batch: ImportId, now: datetime) -> None:
        """Drop rows that no import was recorded for, once nobody can be about to record it."""
        await self.tables.execute(
            "delete from import_spool where batch_id = $1 and received_at < $2",
            batch,
            now - ORPHAN,
        )
