"""The one handler: load, fold, decide, append. The whole application layer is here."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from events.decider import Command, Decider, Event, Rejected, State
from events.envelope import Context, Entry
from events.ports import (
    Append,
    Claim,
    ClaimTaken,
    Clock,
    Conflict,
    Ids,
    Snapshot,
    Store,
    Unchanged,
)
from events.registry import Draft, Registry
from events.snapshots import freezer
from events.turns import Turns

C = TypeVar("C", bound=Command)
S = TypeVar("S", bound=State)
E = TypeVar("E", bound=Event)

ATTEMPTS = 8
"""How often a command is decided anew when another one got in between."""
TOGETHER = 20
"""So many acts are not loaded one by one any more."""
LONG = 200
"""A stream of so many events has a snapshot, renewed after as many more."""


class VersionMismatch(Exception):
    """The caller saw another version of the stream than the one that stands."""

    def __init__(self, seen: int, stands: int) -> None:
        super().__init__(f"saw version {seen}, it is at {stands}")
        self.seen = seen
        self.stands = stands


class KeyReused(Exception):
    """The idempotency key was used before for another request."""


@dataclass(frozen=True)
class Act(Generic[C, S, E]):
    """A command put to one aggregate. Several acts can be decided and stored as one."""

    decider: Decider[C, S, E]
    stream: str
    command: C
    claims: tuple[Claim, ...] = ()
    """Business keys that this act takes for ever, such as a vendor's invoice number."""
    new: bool = False
    """Its stream is believed to be empty; it is looked at only when that turns out wrong."""
    shared: bool = False
    """Many write to its stream at once, as to a budget line: they take turns."""


@dataclass(frozen=True)
class Done(Generic[S]):
    """What a command led to."""

    state: S
    """The state of the first act's aggregate, folded from its facts."""
    version: int
    """That aggregate's version."""
    position: int
    """The last position that was written, then or now; the head when nothing was."""
    answer: bytes | None
    """What `answer` made of the state, or what was stored when the request came first."""
    replayed: bool = False
    events: tuple[str, ...] = ()
    """The wire types of the facts that followed, in order; none on a replay."""


@dataclass(frozen=True)
class Once:
    """Makes a request happen once: a key of the client's, and what was asked under it."""

    key: str
    fingerprint: bytes
    scope: str = "idempotency"


@dataclass(frozen=True)
class _Loaded:
    state: Any
    version: int


@dataclass(frozen=True)
class _Asked:
    """How the acts are to be stored; see `Handler.do`."""

    context: Context
    seen: int | None
    once: Once | None
    answer: Callable[[Any, int], bytes] | None


@dataclass(frozen=True)
class Handler:
    """Puts commands to aggregates of one service."""

    registry: Registry
    store: Store
    clock: Clock
    ids: Ids
    turns: Turns = field(default_factory=Turns, compare=False)

    async def load(self, decider: Decider[Any, S, Any], stream: str) -> tuple[S | None, int]:
        """The aggregate's state and version; (None, 0) when there is none.

        A stream of another kind of aggregate is none: whoever names an id of one in the place of
        another learns as little as with an id that nobody has.
        """
        return await self._folded(decider, stream, await self.store.load(stream, limit=LONG))

    async def load_all(self, decider: Decider[Any, S, Any], streams: Sequence[str]) -> dict[str, S]:
        """The states of many aggregates of one kind, by stream; not of those that do not exist."""
        found: dict[str, S] = {}
        for stream, entries in (await self.store.load_all(streams, LONG)).items():
            state, _ = await self._folded(decider, stream, entries)
            if state is not None:
                found[stream] = state
        return found

    async def _folded(
        self, decider: Decider[Any, S, Any], stream: str, entries: Sequence[Entry]
    ) -> tuple[S | None, int]:
        if entries and not isinstance(self.registry.read(entries[0].envelope), decider.facts):
            return None, 0
        if len(entries) == LONG:
            return await self._load_long(decider, stream, entries)
        return decider.fold(self.registry.read_all(entries)), len(entries)

    async def _load_long(
        self, decider: Decider[Any, S, Any], stream: str, first: Sequence[Entry]
    ) -> tuple[S | None, int]:
        """From the last snapshot on; a new one is kept when that is a long way."""
        frozen = freezer(decider)
        kept = await self.store.snapshot(stream, frozen.code)
        if kept is None:
            state, since = decider.fold(self.registry.read_all(first)), len(first)
        else:
            state, since = frozen.thaw(kept.state), kept.version
        later = await self.store.load(stream, after=since)
        state, version = decider.fold(self.registry.read_all(later), state), since + len(later)
        if state is not None and (kept is None or len(later) >= LONG):
            image = frozen.freeze(state)
            if image is not None:
                await self.store.keep_snapshot(Snapshot(stream, version, frozen.code, image))
        return state, version

    async def do(
        self,
        act: Act[Any, S, Any],
        *others: Act[Any, Any, Any],
        context: Context,
        seen: int | None = None,
        once: Once | None = None,
        answer: Callable[[S, int], bytes] | None = None,
        new: bool = False,
    ) -> Done[S]:
        """Decide all acts on the state as it stands and store what follows, all or nothing.

        That holds for what they rest on and add nothing to as well: an act that comes to no facts
        still binds its stream to the version on which it was decided.

        A repetition is found by its claim, which the append refuses, or by asking for it when the
        domain refuses: so what is done for the first time never asks.

        `seen`: the version of the first act's stream that the caller looked at. `answer` makes
        the reply from the state and its version; it is stored with the claim of `once`, so that
        a repeat is answered alike. It must not hold a personal value. `new`: the first act's stream
        is believed to be empty; it is looked at only when that turns out wrong.

        Raises the domain's `Rejected`; `VersionMismatch`; `ClaimTaken` for a business key;
        `KeyReused`; `Conflict` when others kept getting in between; `Unavailable`.
        """
        acts = (act, *others)
        overtaken = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                believed = _believed_new(acts, first=new) if attempt == 1 else frozenset()
                return await self._in_turn(
                    acts,
                    _Asked(context=context, seen=seen, once=once, answer=answer),
                    dict.fromkeys(believed, _Loaded(None, 0)),
                )
            except Conflict:
                if attempt == ATTEMPTS:
                    raise
            except (Rejected, VersionMismatch, ClaimTaken) as refusal:
                held = await self.answered(once) if once is not None else None
                if held is not None:
                    return await self._replay(act, held)
                if not isinstance(refusal, ClaimTaken) or overtaken or attempt == ATTEMPTS:
                    raise
                overtaken = True  # another was faster: if a rule says no to this now, it speaks
        raise AssertionError("the loop above returns or raises")

    async def answered(self, once: Once) -> Claim | None:
        """What is held for a request that was done before; None: it never was. `KeyReused`."""
        held = await self.store.claim(once.scope, once.key)
        if held is not None and held.fingerprint != once.fingerprint:
            raise KeyReused(once.key)
        return held

    async def _replay(self, act: Act[Any, S, Any], held: Claim) -> Done[S]:
        state, version = await self.load(act.decider, act.stream)
        position = held.position or 0
        return Done(state, version, position, held.answer, replayed=True)  # type: ignore[arg-type]

    async def _in_turn(
        self, acts: Sequence[Act[Any, Any, Any]], asked: _Asked, loaded: dict[str, _Loaded]
    ) -> Done[Any]:
        """What is not shared is looked at before the turn comes, so that turns are short."""
        shared = [act.stream for act in acts if act.shared]
        if shared or len(acts) > TOGETHER:
            loaded |= await self._loaded([act for act in acts if not act.shared], loaded.keys())
        if not shared:
            return await self._attempt(acts, asked, loaded)
        async with self.turns.at(shared) as turns:
            left = {stream: turn.left for stream, turn in turns.items() if turn.left is not None}
            for turn in turns.values():
                turn.left = None
            try:
                told = loaded | left
                done = await self._attempt(acts, asked, told)
            except Rejected:
                if not left:
                    raise
                told = dict(loaded)  # what was left may have been overtaken by another process
                done = await self._attempt(acts, asked, told)
            for stream, turn in turns.items():
                turn.left = told[stream]
            return done

    async def _attempt(
        self, acts: Sequence[Act[Any, Any, Any]], asked: _Asked, loaded: dict[str, _Loaded]
    ) -> Done[Any]:
        """`loaded`: what was looked at already; in the end, all as it stands then."""
        context, seen, once, answer = asked.context, asked.seen, asked.once, asked.answer
        drafts: list[Draft] = []
        claims: list[Claim] = []
        for number, act in enumerate(acts):
            before = loaded.get(act.stream) or _Loaded(*await self.load(act.decider, act.stream))
            if number == 0 and seen is not None and seen != before.version:
                _say_if_hidden(act, before.state)
                raise VersionMismatch(seen, before.version)
            facts = act.decider.decide(act.command, before.state)
            for offset, fact in enumerate(facts, start=1):
                drafts.append(self._draft(fact, act.stream, before.version + offset, context))
            claims.extend(act.claims)
            state = act.decider.fold(facts, before.state)
            loaded[act.stream] = _Loaded(state, before.version + len(facts))
        first = loaded[acts[0].stream]
        body = answer(first.state, first.version) if answer else None
        if once is not None:
            claims.append(Claim(once.scope, once.key, once.fingerprint, body))
        if not drafts and not claims:
            return Done(first.state, first.version, await self.store.head(), body)
        added_to = {draft.stream for draft in drafts}
        rested_on = {act.stream for act in acts} - added_to
        unchanged = [Unchanged(each, loaded[each].version) for each in sorted(rested_on)]
        append = Append(tuple(drafts), tuple(claims), tuple(unchanged))
        positions = await self.store.append(append)
        last = positions[-1] if positions else await self.store.head()
        types = tuple(draft.type for draft in drafts)
        return Done(first.state, first.version, last, body, events=types)

    async def _loaded(
        self, acts: Sequence[Act[Any, Any, Any]], known: Collection[str]
    ) -> dict[str, _Loaded]:
        """What the acts are about, looked at all at once, but for what is known."""
        deciders = {act.stream: act.decider for act in acts if act.stream not in known}
        stored = await self.store.load_all(sorted(deciders), LONG)
        return {
            stream: _Loaded(*await self._folded(decider, stream, stored.get(stream, ())))
            for stream, decider in deciders.items()
        }

    def _draft(self, fact: Event, stream: str, version: int, context: Context) -> Draft:
        return self.registry.draft(
            fact,
            stream=stream,
            version=version,
            event_id=self.ids.event_id(),
            recorded=self.clock.now(),
            context=context,
            salt=self.ids.salt,
        )


def _say_if_hidden(act: Act[Any, S, Any], state: S | None) -> None:
    """Whoever may not know of a thing does not learn its version either."""
    try:
        act.decider.decide(act.command, state)
    except Rejected as no:
        if no.hides:
            raise


def _believed_new(acts: Sequence[Act[Any, Any, Any]], *, first: bool) -> frozenset[str]:
    """The streams that need not be looked at before the append does."""
    told = {act.stream for act in acts if act.new}
    return frozenset(told | {acts[0].stream} if first else told)


def fingerprint(*parts: bytes) -> bytes:
    """SHA-256 over the parts, each with its length before it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
