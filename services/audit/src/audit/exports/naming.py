"""What a copy of the log may tell of persons: who the vendors are that were paid.

Each name as the log has its digest (RFC 9901), so that the verifier can hold it against the entry
that it stands in. The vendors service gives it to the auditor, under the auditor's own token, and
has each reading on record; here nothing is kept of it. Of a vendor that has to do with a restricted
case nothing is asked: its name would tell where somebody was helped.
"""

from collections.abc import Iterable

import msgspec

from audit.domain.bundle import Bundle, NamesNobody, NameWithheld
from audit.domain.kinds import OF_A_CASE, kind
from audit.exports import asked
from audit.exports.grant import data
from audit.exports.packing import line
from audit.log import mentions, table
from events.io.peers import OnBehalf, PeerRefused
from events.service import Connection
from events.values import Code, VendorId

DISCLOSED = "disclosures.jsonl"
PAID = "disbursement.vendor_paid"
SOURCE = "vendors"


class _Disclosure(msgspec.Struct):
    position: int
    disclosure: str


class _Disclosed(msgspec.Struct):
    disclosures: list[_Disclosure]


async def names_of_vendors(
    bundle: Bundle, purpose: str, others: OnBehalf, log: Connection
) -> bytes:
    """The lines of `disclosures.jsonl`, one for each value that an entry of the copy has a digest
    of. `NamesNobody`, `NameWithheld`, `Unavailable`.
    """
    if bundle.grant is not None:
        raise NamesNobody(bundle.grant)
    told = []
    for vendor in await _may_be_named(bundle.size, log):
        path, body = f"/v1/vendors/{vendor}/disclose", {"purpose": purpose}
        try:
            given = await others.post(SOURCE, path, body, key=f"{bundle.id}.{vendor}")
        except PeerRefused as refused:
            code = Code(str(refused.problem.get("code")))
            raise NameWithheld(VendorId(vendor), code) from None
        for each in msgspec.convert(given, _Disclosed).disclosures:
            entry = await table.index_of(log, SOURCE, each.position)
            if entry is not None and entry < bundle.size:
                told.append({"entry": entry, "disclosure": each.disclosure})
    return b"".join(map(line, told))


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
