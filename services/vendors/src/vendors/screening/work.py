"""Work on names, in a process of its own that ends: see `vendors.screening.child`."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Protocol

import msgspec

from events.ports import Unavailable
from vendors.screening.asking import Answered, Asked, Read

AT_MOST_SECONDS = 300.0


class Matcher(Protocol):
    """Reads lists and compares names."""

    async def read(self, content: bytes) -> Read: ...
    async def find(self, asked: Asked) -> Answered: ...


class InProcess:
    """In this process, for tests and for commands that end anyway."""

    async def read(self, content: bytes) -> Read:
        from vendors.screening import child  # noqa: PLC0415  large

        return child.read(content)

    async def find(self, asked: Asked) -> Answered:
        from vendors.screening import child  # noqa: PLC0415  large

        return child.find(asked)


@dataclass(frozen=True)
class Child:
    """In a process of its own: its memory is gone when it has answered. `Unavailable`."""

    at_most_seconds: float = AT_MOST_SECONDS

    async def read(self, content: bytes) -> Read:
        told = await self._ask("read", content)
        return msgspec.json.decode(told, type=Read)

    async def find(self, asked: Asked) -> Answered:
        told = await self._ask("find", msgspec.json.encode(asked))
        return msgspec.json.decode(told, type=Answered)

    async def _ask(self, what: str, content: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "vendors.screening.child",
            what,
            env=_without_secrets(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self.at_most_seconds):
                told, _ = await process.communicate(content)
        except TimeoutError:
            raise Unavailable("comparing names took too long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Unavailable(f"comparing names ended with {process.returncode}")
        return told


def _without_secrets() -> dict[str, str]:
    return {name: told for name, told in os.environ.items() if not name.startswith("HOMEWARD_")}
