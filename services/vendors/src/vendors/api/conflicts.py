"""Conflicts of interest over HTTP: declared by staff, cleared by somebody else."""

from fastapi import Response

from events.handler import Act
from events.io.http import Answer, Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.roles import STAFF, Role
from events.values import CaseId, Code, ConflictId, PersonId, VendorId
from vendors.api.declared import ReasonBody, api
from vendors.api.reach import ANSWER_FOR_PURCHASES, only_of, sees_whose
from vendors.domain.interest import (
    ClearConflict,
    Conflict,
    ConflictCleared,
    DeclareConflict,
    Interests,
    NoSuchConflict,
    OfAnother,
    Relation,
    interest,
    stream_of,
)
from vendors.domain.vendor import vendor
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.views.conflicts import conflicts_after, runs

LOOKS_INTO = frozenset({Role.VENDOR_APPROVER, Role.PROGRAMME_MANAGER, Role.AUDITOR})
"""Who reads the conflicts of others, besides those whose they are."""


class ConflictBody(Body):
    vendor: VendorId | None = None
    case: CaseId | None = None
    relation: Relation
    person: PersonId | None = None
    """Who has it; None: whoever declares it."""


class ConflictAnswer(Answer):
    conflict: ConflictId
    person: PersonId
    vendor: VendorId | None
    case: CaseId | None
    """None: it is about a vendor, or about a restricted case that is not yours to know."""
    relation: Relation
    declared_by: PersonId
    cleared: Code | None
    """For which reason; None: it stands."""

    @classmethod
    def of(cls, person: PersonId, conflict: Conflict, *, whose: bool) -> "ConflictAnswer":
        return cls(
            conflict=conflict.id,
            person=person,
            vendor=conflict.vendor,
            case=conflict.case if whose else None,
            relation=conflict.relation,
            declared_by=conflict.declared_by,
            cleared=conflict.cleared,
        )


class InterestsAnswer(Answer):
    person: PersonId
    conflicts: tuple[ConflictAnswer, ...]
    version: int

    @classmethod
    def of(cls, state: Interests, version: int) -> "InterestsAnswer":
        """Without cases: which they are is told in the list, to who may know of them."""
        told = tuple(ConflictAnswer.of(state.person, c, whose=False) for c in state.conflicts)
        return cls(person=state.person, conflicts=told, version=version)


@api.command(
    "/v1/conflicts",
    creates=InterestsAnswer,
    allows=STAFF,
    unknown={NoSuchVendor},
)
async def declare_conflict(
    *, body: ConflictBody, me: Who, now: Now, do: Do, load: Load, ids: NewIds, view: View
) -> Response:
    """Declare that you are too near to a vendor or a case to act for it; or that another is, if you
    are of who runs the case, or buy or pay for everybody.
    """
    if body.vendor is not None and (await load.state(vendor, body.vendor))[0] is None:
        raise NoSuchVendor
    if body.case is not None:
        await sees_whose(body.case, me, now, view)
    person = body.person or me.id
    if person != me.id and not await _tells_of_others(body.case, me, view):
        raise OfAnother(person)
    declared = DeclareConflict(
        by=me.id,
        at=now,
        conflict=ConflictId(ids.new("cof")),
        person=person,
        vendor=body.vendor,
        case=body.case,
        relation=body.relation,
    )
    return await do(
        Act(interest, stream_of(person), declared),
        answer=InterestsAnswer.of,
        location=f"/v1/people/{person}/conflicts",
    )


async def _tells_of_others(case: CaseId | None, me: Who, view: View) -> bool:
    """A partner organisation stops nobody's work at another one's desk (D10)."""
    if me.roles & ANSWER_FOR_PURCHASES:
        return True
    if case is None and me.roles.isdisjoint(LOOKS_INTO):
        return False
    return await runs(view, me.organisation, case)


@api.command(
    "/v1/people/{person_id}/conflicts/{conflict_id}/clear",
    answers=InterestsAnswer,
    allows={Role.VENDOR_APPROVER, Role.PROGRAMME_MANAGER},
    unknown={NoSuchConflict},
    conflicts={ConflictCleared},
)
async def clear_conflict(
    *,
    person_id: PersonId,
    conflict_id: ConflictId,
    body: ReasonBody,
    me: Who,
    now: Now,
    do: Do,
) -> Response:
    """Say why a conflict that another person has, and another declared, is none any more."""
    cleared = ClearConflict(by=me.id, at=now, conflict=conflict_id, reason=body.reason)
    return await do(Act(interest, stream_of(person_id), cleared), answer=InterestsAnswer.of)


@api.query("/v1/people/{person_id}/conflicts", answers=InterestsAnswer, allows=STAFF | LOOKS_INTO)
async def read_conflicts(person_id: PersonId, me: Who, load: Load) -> Response:
    """Read the conflicts of interest of one person: your own, or as one who looks into them."""
    if me.id != person_id and me.roles.isdisjoint(LOOKS_INTO):
        raise Problem("not_found", "There is no such thing, or it is not yours to see.")
    return await load(
        interest,
        stream_of(person_id),
        answer=InterestsAnswer.of,
        at_first=Interests(person=person_id),
    )


@api.query("/v1/conflicts", answers=Page[ConflictAnswer], allows=LOOKS_INTO)
async def list_conflicts(
    *,
    me: Who,
    now: Now,
    view: View,
    page: Paging,
    vendor: VendorId | None = None,
    standing: bool | None = None,
) -> Page[ConflictAnswer]:
    """List the conflicts of interest by id: with a vendor, standing or cleared."""
    rows = await conflicts_after(
        view,
        after=page.after,
        limit=page.limit + 1,
        seen_by=(me.id, only_of(me), now),
        vendor=vendor,
        standing=standing,
    )
    answers = [ConflictAnswer.of(p, conflict, whose=whose) for p, conflict, whose in rows]
    return page.of(answers, key=lambda answer: answer.conflict)
