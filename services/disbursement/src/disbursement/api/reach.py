"""Who reads what: a partner organisation reaches its own cases and no funding (D10), and of a
restricted case nobody is told who need not know of it.

Who answers for money acts on all that is to be paid. Of a restricted case they are shown item,
vendor and amounts, and not whose it is: neither the case nor the programme.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Response
from pydantic import BaseModel

from disbursement.domain.cash import cash
from disbursement.domain.commitment import Commitment, commitment
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.news import LookAtNews, Subject, news, news_of
from disbursement.domain.payment import Payment, payment
from disbursement.domain.recovery import recovery
from disbursement.views import HEAR_OTHERS, conflicts, counsellors, lookups
from disbursement.views.reached import Seen, seen
from events.handler import Act
from events.io.http import Asked, Now, Problem, View, Who
from events.io.http.asked import Given
from events.io.http.do import Doer
from events.knowing import may_know
from events.roles import Role
from events.values import CaseId, Code, PersonId, VendorId

ANSWER_FOR_MONEY = frozenset(
    {
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.AUDITOR,
        Role.SERVICE,
    }
)
"""They answer for money, or examine who does, across all cases; funding is read by them alone."""
LETS_GO = ANSWER_FOR_MONEY - {Role.FINANCE_OFFICER, Role.AUDITOR, Role.SERVICE}
"""They let go on what is held."""
WHOSE = frozenset({"case", "programme"})
"""The fields that say whose something is."""

A = TypeVar("A", bound=BaseModel)


class Sight(msgspec.Struct, frozen=True):
    """What somebody sees of what was done for a case."""

    whose: bool
    """Whose it is."""
    funding: bool
    """Where it is paid from. A partner's people do not, people of who runs the programme do."""


def only_of(me: Who) -> Code | None:
    """The organisation whose cases this person may read; None: everybody's."""
    return None if me.roles & ANSWER_FOR_MONEY else me.organisation


async def sight(case: CaseId, me: Who, now: Now, view: View) -> Sight:
    """What this person sees of the case's; what is not theirs to know is refused as unknown."""
    reach = only_of(me)
    whose = await may_know(view, case, organisation=reach, person=me.id, now=now)
    if reach is None:
        return Sight(whose=whose, funding=True)
    if not whose:
        raise Problem("not_found", "There is no such thing, or it is not yours to see.")
    of = await lookups.organisations(view, case)
    return Sight(whose=True, funding=of is not None and me.organisation == of.runs)


def without_whose(answer: A) -> A:
    """The same, and not whose it is."""
    return answer.model_copy(update=dict.fromkeys(WHOSE & type(answer).model_fields.keys()))


class SightedDoer(Doer):
    """Puts commands for who may know of the case, and answers with what they may see of it.

    With each goes a look at the news of what it rests on: whatever was told that the read models
    did not hold yet when they were asked, it is refused.
    """

    def __init__(self, asked: Asked, reached: Seen) -> None:
        super().__init__(asked)
        self._me, self._now, self._view = asked.me, asked.now, asked.desk.view
        self._whose = False
        self._looks = LookAtNews(by=asked.me.id, at=asked.now, seen=reached)
        self.counsellors: frozenset[PersonId] = frozenset()
        """Whoever counsels the case that it is about, or did (D7)."""
        self._subjects: dict[Subject, None] = {}

    def rests_on(self, *subjects: Subject | None) -> None:
        """What is told of these may forbid it."""
        self._subjects |= {each: None for each in subjects if each is not None}

    async def on(self, of: Commitment | Payment) -> None:
        """It is about this commitment or payment."""
        if isinstance(of, Payment):
            self.rests_on(of.item, of.account)
        else:
            self.rests_on(of.item, of.plan)
        await self.about(of.case, of.vendor)

    async def about(self, case: CaseId, vendor: VendorId | None) -> None:
        """It is this case's: refused as unknown to who may not know of it, and by name to who has
        a conflict of interest with the case or with the vendor (None: there is none yet).
        """
        self.rests_on(case, vendor)
        await self.shows(case, vendor)

    async def shows(self, case: CaseId, vendor: VendorId | None) -> None:
        """The same of what only tells what stands already: no news forbids that."""
        if self._view is not None:
            self._whose = (await sight(case, self._me, self._now, self._view)).whose
            self.counsellors = await counsellors.ever(self._view, case)
            vendors = () if vendor is None else (vendor,)
            await conflicts.takes_part(self._view, self._me.id, vendors=vendors, cases=(case,))

    async def __call__(
        self, act: Act[Any, Any, Any], *others: Any, answer: Callable[..., Any], **more: Any
    ) -> Response:
        def told(state: Any, version: int) -> Any:
            full = answer(state, version)
            return full if self._whose else without_whose(full)

        if act.decider in (commitment, payment, cash) and self.counsellors:
            # In the same append and before it: who came since is known to it.
            name = NameCounsellors(by=self._me.id, at=self._now, counsellors=self.counsellors)
            act, others = Act(act.decider, act.stream, name), (act, *others)
        looks = [Act(news, news_of(subject), self._looks) for subject in self._subjects]
        return await super().__call__(act, *others, *looks, answer=told, **more)


async def _doer(asked: Asked) -> SightedDoer:
    view, handler = asked.desk.view, asked.desk.handler
    do = SightedDoer(asked, () if view is None else await seen(view, HEAR_OTHERS, handler.clock))
    commitment_id, payment_id, recovery_id = (
        asked.parameters.get(name) for name in ("commitment_id", "payment_id", "recovery_id")
    )
    owed, _ = await handler.load(recovery, recovery_id) if recovery_id else (None, 0)
    payment_id = owed.payment if owed else payment_id
    committed, _ = await handler.load(commitment, commitment_id) if commitment_id else (None, 0)
    paid, _ = await handler.load(payment, payment_id) if payment_id else (None, 0)
    if state := committed or paid:
        await do.on(state)
    return do


Do = Annotated[SightedDoer, Given(_doer, reads_views=True)]
"""The library's, for commands on commitments, payments, and what is owed back of one."""
