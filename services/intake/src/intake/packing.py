"""A transfer's package: the parts of a case that were offered, as bytes that anyone can check.

It is a pure function of the case's history up to the acceptance and of what the vault opens, so
nothing is kept beside the two. Each personal value comes with its disclosure, whose digest stands
in the entry that it came from; the salts in these make the package's own digest tell nothing.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from events.canonical import canonical, plain
from events.envelope import Entry
from events.latest import latest_of
from events.ports import Store
from events.values import Digest, PersonId
from intake.domain import registry
from intake.domain.case import case as cases
from intake.domain.case.state import Case
from intake.domain.transfer import Part, Transfer

FORMAT = "homeward case package 2"


async def packed(transfer: Transfer, case_version: int, store: Store) -> bytes:
    """The package's bytes: canonical JSON."""
    history = (await store.load(transfer.case))[:case_version]
    case: Case | None = cases.fold(registry.read_all(history))  # type: ignore[arg-type]
    assert case is not None, "the transfer was offered of it"
    package: dict[str, Any] = {
        "format": FORMAT,
        "transfer": transfer.id,
        "case": transfer.case,
        "case_version": case_version,
        "from_organisation": transfer.from_organisation,
        "to_organisation": transfer.to_organisation,
        "parts": transfer.parts,
    }
    for part, told in _TOLD.items():
        if part in transfer.parts:
            package[part] = told(case)
    if transfer.kinds:
        package["people"] = await _people(transfer, history, case, store)
    return canonical(package)


def digest_of(package: bytes) -> Digest:
    return Digest(hashlib.sha256(package).hexdigest())


def people_of(case: Case) -> tuple[PersonId, ...]:
    return tuple(member.person for member in case.household)


def _case(case: Case) -> Any:
    """Where a case stands, without a name."""
    names = ("programme", "stage", "country_of_return", "return_type", "arrival")
    return plain({name: getattr(case, name) for name in names})


_TOLD: Mapping[Part, Callable[[Case], Any]] = {
    Part.CASE: _case,
    Part.HOUSEHOLD: lambda case: plain(case.household),
    Part.CONSENTS: lambda case: sorted(case.consents),
    Part.ENTITLEMENT: lambda case: plain(case.entitlement),
}


async def _people(
    transfer: Transfer, history: Sequence[Entry], case: Case, store: Store
) -> list[dict[str, Any]]:
    """Of each person the latest values of the kinds that go along, and their disclosures."""
    people = []
    for person in people_of(case):
        held = await latest_of(person, history, registry, store)
        told = [each for _, each in sorted(held.items()) if each.disclosure.kind in transfer.kinds]
        people.append(
            {
                "person": person,
                "values": {each.disclosure.name: each.disclosure.value for each in told},
                "disclosures": [
                    {"event": each.event, "disclosure": each.disclosure.encoded} for each in told
                ],
            }
        )
    return people
