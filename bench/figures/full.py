"""Ours in `http_vs_bare`: the whole command, durable, one process of a service's HTTP.

Started with a port, a database and a public key in base64 that signs the callers' tokens.
"""

import asyncio
import base64
import sys
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.figures.domain import registry
from bench.figures.till import api
from events.handler import Handler
from events.io.http import Desk
from events.io.http.server import Server
from events.io.http.trial import ISSUER
from events.io.identity import Tokens
from events.io.postgres import EpochKeys, open_store
from events.io.system import SystemClock, SystemIds


class OneKey:
    def __init__(self, encoded: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded))

    async def key(self, _kid: str) -> Any:
        return self._key

    def stands(self, _kid: str, key: Any) -> bool:
        return key is self._key


async def main(port: int, database: str, public_key: str) -> None:
    clock = SystemClock()
    async with open_store(database, EpochKeys(b"k" * 32)) as store:
        desk = Desk(
            handler=Handler(registry, store, clock, SystemIds()),
            tokens=Tokens(issuer=ISSUER, keys=OneKey(public_key), clock=clock),
            view=store.pool,
        )
        await Server(api.app(desk), "127.0.0.1", port).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
