"""What the checks have to say becomes events of this service, and findings where others are."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from audit.domain.difference import LOG, FindDifference, Kind, difference
from audit.domain.finding import RaiseFinding, finding
from audit.domain.findings import Severity
from audit.domain.findings.parameters import Parameters
from audit.log import table
from audit.log.logged import BrokenLog
from events.decider import Decider
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, DifferenceId, FindingId, PaymentId, PersonId

CHECKER = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("checking"),
)
RULE = Code("store_differs")
NEVER_STORED = Code("never_stored")
"""The rule, and the kind of difference, of an entry that its service's store never had."""


def id_of(service: str, kind: str, position: int | None) -> DifferenceId:
    """The same difference has the same id, whoever comes upon it."""
    told = f"{service} {kind} {position}"
    return DifferenceId(f"dif_{hashlib.sha256(told.encode()).hexdigest()[:32]}")


@dataclass(frozen=True)
class Teller:
    """Puts what was found to this service's aggregates, as the platform."""

    handler: Handler
    log: Connection
    parameters: Parameters = field(default_factory=Parameters)

    @property
    def now(self) -> datetime:
        return self.handler.clock.now()

    async def do(self, decider: Decider[Any, Any, Any], stream: str, command: Any) -> bool:
        """Whether anything was new."""
        context = Context(actor=CHECKER, correlation=stream)
        done = await self.handler.do(Act(decider, stream, command), context=context)
        return bool(done.events)

    async def differs(
        self,
        service: Code,
        kind: Kind,
        first: int | None = None,
        *,
        last: int | None = None,
        entry: int | None = None,
        stream: str = "",
        never_stored: bool = False,
    ) -> None:
        """Tell a difference, unless it stands already; it is a finding as well."""
        new = id_of(service, NEVER_STORED if never_stored else kind, first)
        command = FindDifference(
            by=SYSTEM,
            at=self.now,
            difference=new,
            service=service,
            kind=kind,
            position=first,
            last=first if last is None else last,
            entry=entry,
            never_stored=never_stored,
        )
        if await self.do(difference, new, command):
            payment = PaymentId(stream) if stream.startswith("pay_") else None
            # An entry of the log that was changed is none to cite.
            cited = () if entry is None or service.startswith(LOG) else (entry,)
            rule = NEVER_STORED if never_stored else RULE
            await self.raise_finding(rule, Severity.HIGH, cited, new, payment)

    async def unless_broken(self, attempt: Callable[[], Awaitable[object]]) -> None:
        """Do it; where the log's copy is not what was signed, tell that, and leave it as it is."""
        try:
            await patiently(attempt)
        except BrokenLog as broken:
            await self.differs(broken.part, broken.kind, broken.at)

    async def raise_finding(
        self,
        rule: Code,
        severity: Severity,
        entries: tuple[int, ...],
        about: str,
        payment: PaymentId | None = None,
    ) -> None:
        """Ask for a second look at what was found under the id `about`; once."""
        new = FindingId(f"fnd_{hashlib.sha256(f'{rule} {about}'.encode()).hexdigest()[:32]}")
        people = await table.actors_at(self.log, entries)
        command = RaiseFinding(
            by=SYSTEM,
            at=self.now,
            finding=new,
            rule=rule,
            severity=severity,
            entries=entries,
            people=tuple(PersonId(each) for each in people if each != SYSTEM),
            review_by=self.now + timedelta(days=self.parameters.review_days(severity)),
            payment=payment,
        )
        await self.do(finding, new, command)
