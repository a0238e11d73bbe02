"""What a copy of the log may tell of persons: who the vendors are that were paid.

Each name as the log has its digest (RFC 9901), so that the verifier can hold it against the entry
that it stands in. The vendors service gives it to the auditor, under the auditor's own token, and
has each reading on record; here nothing is kept of it. Of a vendor that has to do with a restricted
case nothing is asked: its name would tell where somebody was helped.

What the log has a digest of and the service does not give is told to be erased, as the verifier
reads it: where no erasure in the log covers it, that is a failure there.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import msgspec

from audit.domain.bundle import Bundle, NamesNobody, NameWithheld
from audit.domain.kinds import OF_A_CASE, kind
from audit.exports import asked
from audit.exports.grant import data
from audit.exports.packing import line
from audit.log import erasures, mentions, table
from audit.log.logged import Logged
from events.io.peers import OnBehalf, PeerRefused
from events.service import Connection
from events.values import Code, VendorId

DISCLOSED = "disclosures.jsonl"
PAID = "disbursement.vendor_paid"
SOURCE = "vendors"
GIVEN = frozenset({"name", "latin_name", "town"})
"""What the vendors service tells of a vendor: never how it is reached."""


class _Disclosure(msgspec.Struct):
    position: int
    field: str
    disclosure: str


class _Disclosed(msgspec.Struct):
    disclosures: list[_Disclosure]


@dataclass(frozen=True)
class Names:
    """What goes with a copy of the log."""

    lines: bytes = b""
    """Of `disclosures.jsonl`, one for each value that an entry of the copy has a digest of."""
    missing: int = 0
    """How many of them were not given, though the log tells of no erasure."""


async def names_of_vendors(
    bundle: Bundle, purpose: str, others: OnBehalf, log: Connection
) -> Names:
    """`NamesNobody`, `NameWithheld`, `Unavailable`."""
    if bundle.grant is not None:
        raise NamesNobody(bundle.grant)
    told, missing = list[dict[str, object]](), 0
    for vendor in await _may_be_named(bundle.size, log):
        path, body = f"/v1/vendors/{vendor}/disclose", {"purpose": purpose}
        try:
            given = await others.post(SOURCE, path, body, key=f"{bundle.id}.{vendor}")
        except PeerRefused as refused:
            code = Code(str(refused.problem.get("code")))
            raise NameWithheld(VendorId(vendor), code) from None
        disclosed = msgspec.convert(given, _Disclosed).disclosures
        gone = await erasures.erased(log, SOURCE, [vendor])
        for entry in await table.of_streams(log, [vendor]):
            if entry.source != SOURCE or entry.index >= bundle.size:
                continue
            here = [each for each in disclosed if str(each.position) == entry.envelope.position]
            told += [{"entry": entry.index, "disclosure": each.disclosure} for each in here]
            for name, erased in _absent(entry, {each.field for each in here}, gone):
                told.append({"entry": entry.index, "erased": name})
                missing += not erased
    return Names(b"".join(map(line, told)), missing)


def _absent(
    entry: Logged, given: AbstractSet[str], gone: erasures.Erasures
) -> list[tuple[str, bool]]:
    """What of the entry was not given and had to be, and whether it was erased. A digest does not
    tell of which value it is: those that may have been erased come first, and what is never given
    counts as if the entry had it.
    """
    sealed = erasures.sealed(entry)
    erased = sealed.erased(gone, int(entry.envelope.position))
    due = sorted((name not in erased, name) for name in sealed.kinds.keys() & GIVEN - given)
    absent = sealed.digests - len(given) - len(sealed.kinds.keys() - GIVEN)
    return [(name, not stands) for stands, name in due[: max(absent, 0)]]


async def _may_be_named(size: int, log: Connection) -> list[str]:
    """Those that the log of that size tells to have been paid, but for who is of a restricted case
    by all that the log tells now.
    """
    paid = {str(data(entry)["vendor"]) for entry in await table.of_type(log, PAID, size)}
    cases = await asked.restricted_cases(log)
    things = [name for name in await mentions.of_cases(log, cases) if kind(name) in OF_A_CASE]
    return sorted(paid - await _vendors_named_with([*cases, *things], log))


async def _vendors_named_with(names: Iterable[str], log: Connection) -> set[str]:
    """The vendors that stand in an entry with one of these."""
    beside = await mentions.named_with(log, sorted(set(names)))
    return {name for name in beside if kind(name) == "ven"}
