"""Whom a checkpoint has to be cosigned by: https://c2sp.org/tlog-policy, to the letter.

The same file is for the log, which asks the witnesses at their addresses, and for whoever verifies.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from audit.domain.note import (
    COSIGNED_ED25519,
    COSIGNED_MLDSA44,
    ED25519,
    VerifierKey,
)

NONE = "none"

_OCTETS = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_COUNT = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class BadPolicy(ValueError):
    """It is not a policy. The message says in which line, and why."""


@dataclass(frozen=True)
class Party:
    """A log or a witness: its key, and where it is asked, if that is told."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """Met when so many of its members are."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """The logs, the witnesses, and how many of these it takes."""

    logs: tuple[Party, ...] = ()
    witnesses: Mapping[str, Party] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, text: bytes) -> "Policy":
        """Read the file; `BadPolicy`."""
        if not _OCTETS.fullmatch(text):
            raise BadPolicy("a control character that is neither tab nor newline")
        if text and not text.endswith(b"\n"):
            raise BadPolicy("a last line that is not ended")
        reading = _Reading()
        for number, line in enumerate(text.decode(errors="surrogateescape").split("\n"), start=1):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words[0] and not words[0].startswith("#"):
                try:
                    reading.take(*words)
                except ValueError as bad:
                    raise BadPolicy(f"line {number}: {bad}") from None
        if reading.quorum is None:
            raise BadPolicy("there is no quorum line")
        return cls(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)

    def met(self, cosigners: AbstractSet[VerifierKey]) -> bool:
        """Whether the holders of these keys are enough."""
        return self.quorum == NONE or self._met(self.quorum, cosigners)

    def _met(self, name: str, cosigners: AbstractSet[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in cosigners
        group = self.groups[name]
        return sum(self._met(each, cosigners) for each in group.members) >= group.needed


class _Reading:
    """What the lines so far have told."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, what: str, *words: str) -> None:
        kinds: dict[str, tuple[Callable[..., None], range]] = {
            "log": (self._log, range(1, 3)),
            "witness": (self._witness, range(2, 4)),
            "group": (self._group, range(3, 1000)),
            "quorum": (self._quorum, range(1, 2)),
        }
        if what not in kinds:
            raise BadPolicy(f"{what} is none of {', '.join(kinds)}")
        read, count = kinds[what]
        if len(words) not in count:
            raise BadPolicy(f"{what} with {len(words)} words after it")
        read(*words)

    def _log(self, vkey: str, url: str | None = None) -> None:
        log = Party(VerifierKey.parse(vkey), url)
        if log.key.kind not in (ED25519, COSIGNED_MLDSA44):
            raise BadPolicy("a log signs with a key of type 0x01 or 0x06")
        if log.key.public in {each.key.public for each in self.logs}:
            raise BadPolicy("the same log again")
        self.logs.append(log)

    def _witness(self, name: str, vkey: str, url: str | None = None) -> None:
        witness = Party(VerifierKey.parse(vkey), url)
        if witness.key.kind not in (COSIGNED_ED25519, COSIGNED_MLDSA44):
            raise BadPolicy("a witness signs with a key of type 0x04 or 0x06")
        if witness.key.public in {each.key.public for each in self.witnesses.values()}:
            raise BadPolicy("the same witness again")
        self._is_new(name)
        self.witnesses[name] = witness

    def _group(self, name: str, count: str, *members: str) -> None:
        self._is_new(name)
        for each in members:
            self._is_known(each)
            if each in self._members:
                raise BadPolicy(f"{each} is in a group already")
            self._members.add(each)
        needed = {"any": 1, "all": len(members)}.get(count)
        if needed is None:
            needed = int(count) if _COUNT.fullmatch(count) else 0
        if not 1 <= needed <= len(members):
            raise BadPolicy(f"{count} of {len(members)}")
        self.groups[name] = Group(needed, members)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise BadPolicy("a second quorum")
        if name != NONE:
            self._is_known(name)
        self.quorum = name

    def _is_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BadPolicy(f"{name} is taken")

    def _is_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadPolicy(f"{name} is not defined above")
