"""What a commitment is asked to become, and how far that was agreed to."""

from datetime import date
from typing import assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.commitment.facts import (
    AmendmentCertified,
    AmendmentRejected,
    AmendmentRequested,
    OrderLine,
)
from disbursement.domain.commitment.refusals import Stage
from events.money import Money
from events.values import Code, PersonId


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    amount: Money
    lines: tuple[OrderLine, ...]
    deliver_by: date | None
    reason: Code
    acts: tuple[tuple[Stage, PersonId], ...]

    @property
    def stage(self) -> Stage:
        """How far it was agreed to."""
        stage, _ = self.acts[-1]
        return stage


def _asked_for(event: AmendmentRequested) -> Amendment:
    return Amendment(
        number=event.amendment,
        amount=event.amount,
        lines=event.lines,
        deliver_by=event.deliver_by,
        reason=event.reason,
        acts=((Stage.REQUESTED, event.by),),
    )


def after(
    amendment: Amendment | None,
    event: AmendmentRequested | AmendmentCertified | AmendmentRejected,
) -> Amendment | None:
    """What then waits to be agreed to."""
    match event:
        case AmendmentRequested():
            return _asked_for(event)
        case AmendmentCertified():
            assert amendment is not None, "an amendment that nobody asked for"
            return replace(amendment, acts=(*amendment.acts, (Stage.CERTIFIED, event.by)))
        case AmendmentRejected():
            return None
        case _:
            assert_never(event)
