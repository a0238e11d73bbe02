"""What stood on the bus in a service's name and is not its own: noted as it is refused, told once.

The log takes nothing of the bus but what its service has as well, so a forged entry is in no
checkpoint, and the true one of that position is. Others, who believe the bus, may have acted on it.
"""

import hashlib
import re
from dataclasses import dataclass

import msgspec

from audit.checking.telling import Teller
from audit.domain.findings import Severity
from audit.domain.forgery import RefuseForgery, forgery
from events.envelope import Entry
from events.service import Connection
from events.values import ID, SYSTEM, Code, Digest, ForgeryId, PaymentId

RULE = Code("forged_on_the_bus")


async def note(source: str, told: Entry, owners: Entry | None, log: Connection) -> None:
    """The log waits for what the service itself has there."""
    await log.execute(
        "insert into source_forged (source, position, told, stored, payment)"
        " values ($1, $2, $3, $4, $5) on conflict do nothing",
        source,
        told.position,
        told.digest.hex(),
        owners and owners.digest.hex(),
        _payment(told),
    )


def _payment(told: Entry) -> PaymentId | None:
    """The payment that it says it is of, for others may have taken it for true."""
    try:
        subject = told.envelope.subject
    except msgspec.MsgspecError:
        return None
    names = subject.startswith("pay_") and re.fullmatch(ID, subject)
    return PaymentId(subject) if names else None


def id_of(source: str, position: int, told: str) -> ForgeryId:
    said = f"{source} {position} {told}"
    return ForgeryId(f"fgy_{hashlib.sha256(said.encode()).hexdigest()[:32]}")


@dataclass(frozen=True)
class Forgeries:
    """Tells what was noted."""

    teller: Teller

    async def tell(self) -> None:
        log = self.teller.log
        rows = await log.fetch(
            "select source, position, told, stored, payment from source_forged where not closed"
            " order by source, position, told"
        )
        for source, position, told, stored, payment in rows:
            new = id_of(source, position, told)
            command = RefuseForgery(
                by=SYSTEM,
                at=self.teller.now,
                forgery=new,
                service=Code(source),
                position=position,
                told=Digest(told),
                stored=None if stored is None else Digest(stored),
            )
            await self.teller.do(forgery, new, command)
            about = None if payment is None else PaymentId(payment)
            await self.teller.raise_finding(RULE, Severity.HIGH, (), new, about)
            await log.execute(
                "update source_forged set closed = true"
                " where source = $1 and position = $2 and told = $3",
                source,
                position,
                told,
            )
