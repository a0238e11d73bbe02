"""Grants and delegations of authority."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from disbursement.api.donors import Gave
from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.delegation import (
    AcceptDelegation,
    Authority,
    ConfirmDelegation,
    Delegation,
    GrantDelegation,
    NoSuchDelegation,
    RevokeDelegation,
    Stage,
    delegation,
)
from disbursement.domain.exchange_rate import Source
from disbursement.domain.grant import (
    RATES_WITHIN_DAYS,
    CloseGrant,
    Conversion,
    ExtendGrant,
    Grant,
    OpenGrant,
    grant,
)
from disbursement.views import lists
from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    View,
    Who,
)
from events.money import Money
from events.ports import Claim
from events.roles import Role
from events.values import Code, DelegationId, GrantId, PersonId

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]


REFERENCE = "grant_reference"
"""What is claimed for ever: a grant's reference, by which programmes name whose money pays, whoever
gave it."""


class OpenGrantBody(Body):
    donor: Code
    reference: Code
    currency: Currency
    opens: date
    closes: date
    conversion: Conversion = Conversion.RATE_OF_THE_DAY_PAID
    rates: Source = Source.UNORE
    rates_within_days: Annotated[int, Field(ge=1, le=366)] = RATES_WITHIN_DAYS
    """How old a rate may be on the day for which it counts."""


class ProposedEndAnswer(Answer):
    until: date | None
    """Its last day; None: the day on which another person agrees."""
    by: PersonId


class GrantAnswer(Answer):
    grant: GrantId
    donor: Code
    reference: Code
    currency: Code
    opens: date
    closes: date
    conversion: Conversion
    rates: Code
    """Whose published rates count."""
    rates_within_days: int
    proposed: ProposedEndAnswer | None
    """What one grant manager said of its end; another one has to say the same."""
    version: int

    @classmethod
    def of(cls, state: Grant, version: int) -> "GrantAnswer":
        waits = state.proposed
        return cls(
            grant=state.id,
            donor=state.donor,
            reference=state.reference,
            currency=state.currency,
            opens=state.opens,
            closes=state.closes,
            conversion=state.conversion,
            rates=state.rates,
            rates_within_days=state.rates_within_days,
            proposed=ProposedEndAnswer(until=waits.until, by=waits.by) if waits else None,
            version=version,
        )


@api.command("/v1/grants", creates=GrantAnswer, allows={Role.GRANT_MANAGER}, conflicts=CONFLICTS)
async def open_grant(body: OpenGrantBody, me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Open a grant: a donor's money, its window and its conversion rule."""
    new = GrantId(ids.new("gra"))
    opened = OpenGrant(
        by=me.id,
        at=now,
        grant=new,
        donor=body.donor,
        reference=body.reference,
        currency=Code(body.currency),
        opens=body.opens,
        closes=body.closes,
        conversion=body.conversion,
        rates=Code(body.rates),
        rates_within_days=body.rates_within_days,
    )
    once = Claim(REFERENCE, body.reference.casefold())
    return await do(Act(grant, new, opened, claims=(once,)), answer=GrantAnswer.of)


@api.command(
    "/v1/grants/{grant_id}/close",
    answers=GrantAnswer,
    allows={Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def close_grant(grant_id: GrantId, me: Who, now: Now, do: Do) -> Response:
    """Close a grant before its time, when another grant manager says the same: that day is its
    last.
    """
    closed = CloseGrant(by=me.id, at=now)
    return await do(Act(grant, grant_id, closed), answer=GrantAnswer.of)


class ExtendGrantBody(Body):
    closes: date
    """Its last day from then on."""


@api.command(
    "/v1/grants/{grant_id}/extend",
    answers=GrantAnswer,
    allows={Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def extend_grant(
    grant_id: GrantId, body: ExtendGrantBody, me: Who, now: Now, do: Do
) -> Response:
    """Let a grant end later, as its donor agreed, also one that was closed before its time: when
    another grant manager says the same. What is ordered from it may come until then.
    """
    extended = ExtendGrant(by=me.id, at=now, closes=body.closes)
    return await do(Act(grant, grant_id, extended), answer=GrantAnswer.of)


@api.query("/v1/grants/{grant_id}", answers=GrantAnswer, allows=ANSWER_FOR_MONEY | {Role.DONOR})
async def read_grant(grant_id: GrantId, load: Load, gave: Gave) -> Response:
    """Read a grant; donors, one that they gave."""
    gave.must_know(grant_id)
    return await load(grant, grant_id, answer=GrantAnswer.of)


@api.query("/v1/grants", answers=Page[GrantAnswer], allows=ANSWER_FOR_MONEY | {Role.DONOR})
async def list_grants(view: View, page: Paging, gave: Gave) -> Page[GrantAnswer]:
    """List grants by id; for donors, those that they gave."""
    rows = await lists.grants(view, after=page.after, limit=page.limit + 1, among=gave.grants)
    return page.of([GrantAnswer.of(r.state, r.version) for r in rows], key=lambda a: a.grant)


class GrantDelegationBody(Body):
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date


class DelegationAnswer(Answer):
    delegation: DelegationId
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date
    given_by: PersonId
    stage: Stage
    version: int

    @classmethod
    def of(cls, state: Delegation, version: int) -> "DelegationAnswer":
        return cls(
            delegation=state.id,
            person=state.person,
            authority=state.authority,
            limit=state.limit,
            starts=state.starts,
            ends=state.ends,
            given_by=state.given_by,
            stage=state.stage,
            version=version,
        )


@api.command("/v1/delegations", creates=DelegationAnswer, allows={Role.GRANT_MANAGER})
async def grant_delegation(
    *, body: GrantDelegationBody, me: Who, now: Now, do: Do, ids: NewIds, own: Gateways
) -> Response:
    """Give somebody else authority to certify, approve or sign, up to a limit, for a time."""
    new = DelegationId(ids.new("del"))
    given = GrantDelegation(
        by=me.id,
        at=now,
        delegation=new,
        person=body.person,
        authority=body.authority,
        limit=body.limit,
        starts=body.starts,
        ends=body.ends,
        most=own.delegated.most(body.authority, body.limit.currency),
    )
    return await do(Act(delegation, new, given), answer=DelegationAnswer.of)


ROLE_OF = {
    Authority.CERTIFY: Role.CERTIFYING_OFFICER,
    Authority.APPROVE: Role.APPROVING_OFFICER,
    Authority.SIGN: Role.SIGNATORY,
}
"""In which role somebody uses the authority that they were given."""


@api.command(
    "/v1/delegations/{delegation_id}/accept",
    answers=DelegationAnswer,
    allows=frozenset(ROLE_OF.values()),
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def accept_delegation(delegation_id: DelegationId, me: Who, now: Now, do: Do) -> Response:
    """Take on a delegation that somebody gave you; then a third person confirms it."""
    opened = tuple(each for each, role in ROLE_OF.items() if role in me.roles)
    accepted = AcceptDelegation(by=me.id, at=now, opened=opened)
    return await do(Act(delegation, delegation_id, accepted), answer=DelegationAnswer.of)


@api.command(
    "/v1/delegations/{delegation_id}/confirm",
    answers=DelegationAnswer,
    allows={Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_delegation(
    *, delegation_id: DelegationId, me: Who, now: Now, do: Do, load: Load, own: Gateways
) -> Response:
    """Confirm a delegation that somebody else gave to a third person, who accepted it."""
    state, _ = await load.state(delegation, delegation_id)
    if state is None:
        raise NoSuchDelegation
    most = own.delegated.most(state.authority, state.limit.currency)
    confirmed = ConfirmDelegation(by=me.id, at=now, most=most)
    return await do(Act(delegation, delegation_id, confirmed), answer=DelegationAnswer.of)


@api.command(
    "/v1/delegations/{delegation_id}/revoke",
    answers=DelegationAnswer,
    allows={Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def revoke_delegation(delegation_id: DelegationId, me: Who, now: Now, do: Do) -> Response:
    """Take a delegation back."""
    revoked = RevokeDelegation(by=me.id, at=now)
    return await do(Act(delegation, delegation_id, revoked), answer=DelegationAnswer.of)


@api.query("/v1/delegations/{delegation_id}", answers=DelegationAnswer, allows=ANSWER_FOR_MONEY)
async def read_delegation(delegation_id: DelegationId, load: Load) -> Response:
    """Read a delegation."""
    return await load(delegation, delegation_id, answer=DelegationAnswer.of)


@api.query("/v1/delegations", answers=Page[DelegationAnswer], allows=ANSWER_FOR_MONEY)
async def list_delegations(
    view: View, page: Paging, person: PersonId | None = None
) -> Page[DelegationAnswer]:
    """List delegations by id, those of one person or all."""
    rows = await lists.delegations(view, after=page.after, limit=page.limit + 1, person=person)
    answers = [DelegationAnswer.of(r.state, r.version) for r in rows]
    return page.of(answers, key=lambda a: a.delegation)
