"""Erasing a person here, and hearing that the others have."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from events.erasure import Ordered
from events.handler import Act
from events.personal import Kind
from events.registry import Registry
from events.service import Connection, Erasing, Heard, Policy
from events.values import SYSTEM, Code, PersonId
from intake.domain.subject import heard, subject
from intake.domain.subject.erasing import ConfirmErased, ErasureApproved, RecordErased
from intake.duplicates import index

MATCHED = {Kind.IDENTITY, Kind.CONTACT}


def _record(ordered: Ordered, at: datetime, disclosures: int) -> Act[Any, Any, Any]:
    recorded = RecordErased(by=SYSTEM, at=at, kinds=ordered.kinds, disclosures=disclosures)
    return Act(subject, ordered.person, recorded)


async def _forget_duplicates(ordered: Ordered, tables: Connection) -> None:
    """The blind index was made of identity and contact values."""
    if MATCHED.intersection(ordered.kinds):
        await index.forget(tables, PersonId(ordered.person))


erasing = Erasing(
    hears={"intake": Registry.of("intake", [ErasureApproved])},
    record=_record,
    purges=(_forget_duplicates,),
)


def confirm(fact: Heard[Any]) -> Iterator[Act[Any, Any, Any]]:
    """Another service has erased what it held: one less to wait for."""
    said = fact.event
    confirmed = ConfirmErased(
        by=SYSTEM,
        at=fact.envelope.time,
        erasure=said.erasure,
        service=Code(fact.envelope.service),
        disclosures=said.disclosures,
    )
    yield Act(subject, said.person, confirmed)


policies = (Policy("confirm_erasures", heard.erased, confirm),)
