"""Asking the witnesses of the log's policy to cosign: https://c2sp.org/tlog-witness."""

import asyncio
import base64
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from audit.domain.note import BadNote, VerifierKey, only_by, read_signers
from audit.domain.policy import BadPolicy, Party, Policy

TIMEOUT_SECONDS = 3.0
OK, BEHIND = 200, 409
ANSWER_MAX = 1 << 18

Prove = Callable[[int], Sequence[bytes]]
"""The consistency proof from the tree of that size to the one that is to be cosigned."""

_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n", re.ASCII)

log = logging.getLogger("homeward.audit")


def read_policy(path: Path, ours: Sequence[VerifierKey]) -> Policy:
    """The log's policy; without the file no witness is asked. `BadPolicy`."""
    try:
        policy = Policy.parse(path.read_bytes())
    except FileNotFoundError:
        return Policy()
    if policy.logs and not any(each.key in ours for each in policy.logs):
        raise BadPolicy(f"{path} is for other logs: it does not name {ours[0]}")
    return policy


class Witnesses:
    """Those whom the policy names, and how far each of them has come."""

    def __init__(self, policy: Policy, client: httpx.AsyncClient) -> None:
        self._policy = policy
        self._client = client
        self._sizes: dict[str, int] = {}

    async def cosigned(self, note: str, size: int, prove: Prove) -> str | None:
        """The note with every cosignature that was given; None when they are not enough."""
        asked = [
            self._ask(name, witness, note, size, prove)
            for name, witness in self._policy.witnesses.items()
            if witness.url
        ]
        whole = note + "".join(await asyncio.gather(*asked))
        keys = [witness.key for witness in self._policy.witnesses.values()]
        _, cosigners = read_signers(whole.encode(), keys)
        if self._policy.met(cosigners):
            return whole
        log.warning("%d witnesses cosigned %d: not enough to publish it", len(cosigners), size)
        return None

    async def _ask(self, name: str, witness: Party, note: str, size: int, prove: Prove) -> str:
        """The witness's line; nothing when it gives none, whatever it does instead."""
        url = f"{str(witness.url).rstrip('/')}/add-checkpoint"
        for _ in range(2):  # it may have come further than we know, or begun anew: it tells
            old = self._sizes.get(name, 0)
            hashes = await asyncio.to_thread(prove, old)
            lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in hashes)
            try:
                body = f"old {old}\n{lines}\n{note}"
                answer = await self._client.post(url, content=body, timeout=TIMEOUT_SECONDS)
            except httpx.HTTPError as error:
                log.warning("the witness %s is away: %r", name, error)
                return ""
            if answer.status_code == OK and len(answer.content) <= ANSWER_MAX:
                self._sizes[name] = size
                return _line(name, witness.key, note, answer.text)
            told = _SIZE.fullmatch(answer.text)
            if answer.status_code != BEHIND or told is None or int(told[1]) > size:
                log.error("the witness %s refuses %d: %s", name, size, answer.text[:200])
                return ""
            self._sizes[name] = int(told[1])
        return ""


def _line(name: str, key: VerifierKey, note: str, lines: str) -> str:
    """What the key that we know the witness by signed; nothing of others, nothing that is bad."""
    text = note.rpartition("\n\n")[0]
    try:
        return only_by(f"{text}\n\n{lines}".encode(), [key])[len(text) + 2 :]
    except BadNote as bad:
        log.warning("the witness %s answered what is no cosignature: %s", name, bad)
        return ""
