"""Who reads what is bought for whom: people of the organisations of a case, and of a restricted one
those who need to know of it.

Who buys and who pays acts for every organisation. Of a restricted case they are shown what is
bought, from whom and for how much, and not whose it is: neither the case nor its counsellor.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Response
from pydantic import BaseModel

from events.handler import Act
from events.io.http import Asked, Now, Problem, View, Who
from events.io.http.asked import Given
from events.knowing import may_know
from events.roles import Role
from events.values import CaseId, Code
from vendors.api.taking_part import PartDoer
from vendors.domain.sourcing import sourcing

ANSWER_FOR_PURCHASES = frozenset(
    {
        Role.VENDOR_OFFICER,
        Role.VENDOR_APPROVER,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.AUDITOR,
        Role.SERVICE,
    }
)
"""They buy or pay, or examine who does, across all cases."""
WHOSE = frozenset({"case", "counsellors"})
"""The fields that say whose something is."""

A = TypeVar("A", bound=BaseModel)


def only_of(me: Who) -> Code | None:
    """The organisation whose cases this person may read; None: everybody's."""
    return None if me.roles & ANSWER_FOR_PURCHASES else me.organisation


async def sees_whose(case: CaseId, me: Who, now: Now, view: View) -> bool:
    """Whether this person is told whose it is; who may not read of it is refused as by unknown."""
    reach = only_of(me)
    whose = await may_know(view, case, organisation=reach, person=me.id, now=now)
    if not whose and reach is not None:
        raise Problem("not_found", "There is no such thing, or it is not yours to see.")
    return whose


def told(answer: A, *, whose: bool) -> A:
    """The answer, or the same without whose it is."""
    if whose:
        return answer
    return answer.model_copy(update=dict.fromkeys(WHOSE & type(answer).model_fields.keys()))


class SightedDoer(PartDoer):
    """Puts commands for who may know of the case, and answers with what they may see of it."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._me, self._now, self._view = asked.me, asked.now, asked.desk.view
        self._whose = False

    async def about(self, case: CaseId) -> None:
        """It is this case's: refused as unknown to who may not know of it."""
        if self._view is not None:
            self._whose = await sees_whose(case, self._me, self._now, self._view)
        await self.takes_part(case=case)

    async def __call__(
        self, act: Act[Any, Any, Any], *others: Any, answer: Callable[..., Any], **more: Any
    ) -> Response:
        def seen(state: Any, version: int) -> Any:
            return told(answer(state, version), whose=self._whose)

        return await super().__call__(act, *others, answer=seen, **more)


async def _doer(asked: Asked) -> SightedDoer:
    do, sourcing_id = SightedDoer(asked), asked.parameters.get("sourcing_id")
    state, _ = await asked.desk.handler.load(sourcing, sourcing_id) if sourcing_id else (None, 0)
    if state is not None:
        await do.about(state.case)
        await do.takes_part(*(offer.vendor for offer in state.quotations))
    return do


Do = Annotated[SightedDoer, Given(_doer, reads_views=True)]
"""The library's, for commands on sourcings."""
