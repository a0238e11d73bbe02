"""Vendors are compared: with each other, with those on the staff who said how they are reached and
paid, and, by intake, with returnees.

What is compared is opened from the vault, turned into tokens under a key of the service's own and
forgotten again. The tokens of somebody who is erased go with their keys. Intake is asked as a
service, and answers with ids alone; of restricted cases it says nothing.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
from anyascii import anyascii

from events.decider import Event
from events.erasure import Ordered
from events.handler import Act
from events.ports import Store
from events.registry import Registry
from events.service import Connection, Effect, Heard
from events.values import SYSTEM, AccountId, ConflictId, PersonId, SubjectId, VendorId
from vendors.domain.account.facts import BankAccountProposed
from vendors.domain.dossier import VendorIdentified
from vendors.domain.identifiers import PhoneWrong, called
from vendors.domain.interest import DeclareConflict, Relation, interest, stream_of
from vendors.domain.likeness import Likeness, Sign, SuspectDuplicates, Whose
from vendors.domain.particulars import StaffParticularsRecorded, particulars_of
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorContactRecorded, VendorProposed

_WORD = re.compile(r"[a-z0-9]+")
TOLD_APART_BY = (
    VendorProposed,
    VendorContactRecorded,
    VendorIdentified,
    BankAccountProposed,
    StaffParticularsRecorded,
)
SEVERAL = 2
"""One word is no name to know somebody by."""
TOO_COMMON = 50
"""What so many share tells nothing."""
NAMES = ("name", "latin_name")
ASKED_MAX = 20

Told = tuple[Event, Mapping[str, Any]]
"""A fact, and what the vault still says of it."""


class Described(msgspec.Struct, frozen=True):
    """A vendor as intake is asked about it."""

    vendor: VendorId
    names: tuple[str, ...]
    phones: tuple[str, ...]


class Returnees(Protocol):
    """Who of the returnees somebody may be; the intake service knows."""

    async def like(self, one: Described, key: str) -> Sequence[PersonId]:
        """`key`: another for each time that is asked. `Unavailable`."""
        ...


@dataclass(frozen=True)
class IntakesReturnees:
    """Asks the intake service, under this service's own identity; there it is recorded."""

    peers: Any

    async def like(self, one: Described, key: str) -> Sequence[PersonId]:
        body = {"vendor": one.vendor, "names": one.names, "phones": one.phones}
        answer = await self.peers.post("intake", "/v1/likenesses", body, key=key)
        return [PersonId(each) for each in answer["people"]]


@dataclass(frozen=True)
class Comparer:
    """Compares the vendors of one service."""

    store: Store
    registry: Registry
    tables: Connection
    returnees: Returnees
    key: bytes = field(repr=False)

    async def compare(
        self, one: VendorId, *, asked: str, account: AccountId | None = None
    ) -> tuple[Likeness, ...]:
        """Whom the vendor may be, as it stands in the vault now; `Unavailable`.

        `asked` is another each time. `account`: one of the vendor's that no view may know yet.
        """
        accounts = {*await self._accounts(one), *((account,) if account else ())}
        told = await self._told(one, sorted(accounts))
        await self._keep(one, told)
        found = await self._sharing(one, told)
        described = Described(one, _said(told, NAMES), _said(told, ("phone",)))
        people = await self.returnees.like(described, asked) if described.names else ()
        of_intake = [
            Likeness(SubjectId(each), Whose.RETURNEE, (Sign.PARTICULARS,)) for each in people
        ]
        return (*found, *of_intake)

    async def compare_staff(self, person: PersonId) -> Sequence[tuple[VendorId, Likeness]]:
        """The vendors that share particulars with somebody on the staff."""
        stream = particulars_of(person)
        told = await self._told(stream, ())
        await self._keep(person, told)
        found = await self._sharing(person, told)
        return [
            (VendorId(each.other), Likeness(SubjectId(person), Whose.STAFF, each.signs))
            for each in found
            if each.whose is Whose.VENDOR
        ]

    async def _accounts(self, one: VendorId) -> Sequence[str]:
        rows = await self.tables.fetch("select account_id from account where vendor_id = $1", one)
        return [row["account_id"] for row in rows]

    async def _told(self, stream: str, others: Sequence[str]) -> list[Told]:
        entries = [e for each in (stream, *others) for e in await self.store.load(each)]
        facts = [(e.envelope.id, self.registry.read(e.envelope)) for e in entries]
        kept = [(i, fact) for i, fact in facts if isinstance(fact, TOLD_APART_BY)]
        opened = await self.store.disclosures([i for i, _ in kept])
        return [(fact, {d.name: d.value for d in opened.get(i, ())}) for i, fact in kept]

    async def _keep(self, subject: str, told: Sequence[Told]) -> None:
        """Its tokens, in the place of those before."""
        await self.tables.execute("delete from subject_sign where subject_id = $1", subject)
        await self.tables.executemany(
            "insert into subject_sign (subject_id, sign, token) values ($1, $2, $3)"
            " on conflict do nothing",
            [(subject, sign, token) for sign, token in self._tokens(told)],
        )

    async def _sharing(self, subject: str, told: Sequence[Told]) -> list[Likeness]:
        tokens = self._tokens(told)
        rows = await self.tables.fetch(
            "select subject_id, array_agg(distinct sign order by sign) as signs from ("
            " select s.subject_id, s.sign, count(*) over (partition by s.token) as sharing"
            " from subject_sign s join unnest($2::text[], $3::text[]) as asked (sign, token)"
            " on s.sign = asked.sign and s.token = asked.token where s.subject_id <> $1"
            ") rare where sharing <= $4 group by subject_id order by subject_id",
            subject,
            [sign for sign, _ in tokens],
            [token for _, token in tokens],
            TOO_COMMON,
        )
        return [
            Likeness(
                SubjectId(row["subject_id"]),
                Whose.VENDOR if row["subject_id"].startswith("ven_") else Whose.STAFF,
                tuple(Sign(each) for each in row["signs"]),
            )
            for row in rows
        ]

    def _tokens(self, told: Sequence[Told]) -> list[tuple[Sign, str]]:
        return sorted(
            {
                (sign, hmac.digest(self.key, f"{sign}\n{value}".encode(), hashlib.sha256).hex())
                for fact, values in told
                for sign, value in signs_of(fact, values)
            }
        )


def _said(told: Sequence[Told], names: Collection[str]) -> tuple[str, ...]:
    """The last values of these names, each once, no more than intake is asked for."""
    values = (str(v) for _, said in told for n, v in said.items() if n in names and v)
    return tuple(dict.fromkeys(values))[-ASKED_MAX:]


def signs_of(fact: Event, values: Mapping[str, Any]) -> Iterable[tuple[Sign, str]]:
    """What somebody can be recognised by, in one form however it is written."""
    for name in NAMES:
        words = _WORD.findall(anyascii(str(values.get(name) or "")).lower())
        if len(words) >= SEVERAL:
            yield Sign.NAME, " ".join(sorted(words))
    if values.get("phone"):
        try:
            yield Sign.PHONE, called(str(values["phone"]))
        except PhoneWrong:
            yield Sign.PHONE, str(values["phone"])
    if values.get("number"):
        number = str(values["number"]).replace(" ", "").upper()
        match fact:
            case VendorIdentified(numbered=numbered, country=country):
                yield Sign.NUMBER, f"{numbered}\n{country}\n{number}"
            case _:
                yield Sign.ACCOUNT, number


def conflict_found(person: PersonId, one: VendorId) -> ConflictId:
    """The same for the same two, so that it is declared once."""
    told = hashlib.sha256(f"{person}\n{one}".encode()).hexdigest()
    return ConflictId(f"cof_{told[:26]}")


async def look(fact: Heard[Any], given: Any) -> Iterable[Act[Any, Any, Any]]:
    """Whom this vendor, or which vendors this person, may be: somebody has to decide."""
    event, at, comparer = fact.event, fact.envelope.time, given.comparer
    if isinstance(event, StaffParticularsRecorded):
        found = await comparer.compare_staff(event.person)
    else:
        account = event.account if isinstance(event, BankAccountProposed) else None
        asked = fact.envelope.id
        alike = await comparer.compare(event.vendor, asked=asked, account=account)
        found = [(event.vendor, each) for each in alike]
    acts: list[Act[Any, Any, Any]] = []
    for one, likeness in found:
        suspect = SuspectDuplicates(by=SYSTEM, at=at, found=(likeness,))
        acts.append(Act(vendor, one, suspect))
        if likeness.whose is Whose.STAFF:
            person = PersonId(likeness.other)
            declared = DeclareConflict(
                by=SYSTEM,
                at=at,
                conflict=conflict_found(person, one),
                person=person,
                vendor=one,
                case=None,
                relation=Relation.SAME_PARTICULARS,
            )
            acts.append(Act(interest, stream_of(person), declared))
    return acts


async def purge(ordered: Ordered, tables: Connection) -> None:
    """Whoever is erased is recognised by nothing any more."""
    await tables.execute("delete from subject_sign where subject_id = $1", ordered.person)


effects = (Effect("compare_vendors", {"vendors": Registry.of("vendors", TOLD_APART_BY)}, look),)
