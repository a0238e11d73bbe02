"""Vendors that may be somebody whom we know already; and what staff say of themselves."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Gateways, Load, NewIds, Now, Who
from events.io.http import Do as PlainDo
from events.roles import READERS, STAFF, Role
from events.values import Code, PersonId, SubjectId, VendorId
from vendors.api.declared import LatinName, Phone, api
from vendors.api.taking_part import Do
from vendors.api.vendors import VendorAnswer
from vendors.domain.duties import ActedAlready
from vendors.domain.likeness import DecideDuplicate, Likeness, NoSuchDuplicate, Same, Sign, Whose
from vendors.domain.particulars import Particulars, RecordParticulars, particulars, particulars_of
from vendors.domain.searching import Debarred
from vendors.domain.vendor import vendor
from vendors.domain.vendor.refusals import NoSuchVendor


class DuplicateBody(Body):
    other: SubjectId
    verdict: Same
    reason: Code


class ParticularsBody(Body):
    latin_name: LatinName
    phone: Phone | None = None
    account: Annotated[str, Field(min_length=4, max_length=40)] | None = None
    """The number of an account of theirs."""


class LikenessAnswer(Answer):
    other: SubjectId
    whose: Whose
    signs: tuple[Sign, ...]

    @classmethod
    def of(cls, likeness: Likeness) -> "LikenessAnswer":
        return cls(other=likeness.other, whose=likeness.whose, signs=likeness.signs)


class DuplicatesAnswer(Answer):
    vendor: VendorId
    waiting: tuple[LikenessAnswer, ...]
    dismissed: tuple[LikenessAnswer, ...]
    confirmed: tuple[SubjectId, ...]


class ParticularsAnswer(Answer):
    person: PersonId
    version: int

    @classmethod
    def of(cls, state: Particulars, version: int) -> "ParticularsAnswer":
        return cls(person=state.person, version=version)


@api.command(
    "/v1/vendors/{vendor_id}/duplicates/decide",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor, NoSuchDuplicate},
    conflicts={ActedAlready, Debarred},
)
async def decide_duplicate(
    *,
    vendor_id: VendorId,
    body: DuplicateBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    ids: NewIds,
    gateways: Gateways,
) -> Response:
    """Say whether the vendor is somebody whom we know already, and why."""
    state, _ = await load.state(vendor, vendor_id)
    waits = state is None or any(each.other == body.other for each in state.likenesses.waiting)
    decision = DecideDuplicate(
        by=me.id,
        at=now,
        other=body.other,
        verdict=body.verdict,
        reason=body.reason,
        found=() if waits else await gateways.alike(vendor_id, asked=ids.new("lik")),
    )
    return await do(Act(vendor, vendor_id, decision), answer=VendorAnswer.of)


@api.query(
    "/v1/vendors/{vendor_id}/duplicates",
    answers=DuplicatesAnswer,
    allows=READERS,
    unknown={NoSuchVendor},
)
async def read_duplicates(vendor_id: VendorId, load: Load) -> DuplicatesAnswer:
    """Read whom the vendor may be, and what was decided."""
    state, _ = await load.state(vendor, vendor_id)
    if state is None:
        raise NoSuchVendor
    known = state.likenesses
    return DuplicatesAnswer(
        vendor=state.id,
        waiting=tuple(LikenessAnswer.of(each) for each in known.waiting),
        dismissed=tuple(LikenessAnswer.of(each) for each in known.dismissed),
        confirmed=known.confirmed,
    )


@api.command("/v1/particulars", creates=ParticularsAnswer, allows=STAFF)
async def record_particulars(body: ParticularsBody, me: Who, now: Now, do: PlainDo) -> Response:
    """Say how you are called, reached and paid, so that vendors can be held against it."""
    record = RecordParticulars(
        by=me.id,
        at=now,
        person=me.id,
        latin_name=body.latin_name,
        phone=body.phone,
        number=body.account,
    )
    return await do(
        Act(particulars, particulars_of(me.id), record),
        answer=ParticularsAnswer.of,
        location=f"/v1/people/{me.id}/conflicts",
    )
