"""Whether somebody whom another service pays is a returnee: ids are told, and nothing of them."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Do, Gateways, Load, NewIds, Now, View, Who
from events.roles import Role
from events.values import PersonId, VendorId
from intake.api.routes import api, sees
from intake.domain.case import case as cases
from intake.domain.likeness import LookForVendor, look
from intake.domain.matching.features import Known, featured
from intake.duplicates.index import look_up

ASKED_MAX = 20

Words = Annotated[str, Field(min_length=1, max_length=140)]


class LikenessBody(Body):
    vendor: VendorId
    names: Annotated[tuple[Words, ...], Field(min_length=1, max_length=ASKED_MAX)]
    phones: Annotated[tuple[Words, ...], Field(max_length=ASKED_MAX)] = ()


class LikenessesAnswer(Answer):
    people: tuple[PersonId, ...]
    """Who the vendor may be; nobody of a restricted case."""


@api.command("/v1/likenesses", answers=LikenessesAnswer, if_match=False, allows={Role.SERVICE})
async def look_for_vendor(
    *,
    body: LikenessBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
    gateways: Gateways,
) -> Response:
    """Look for a vendor among the returnees by its names and telephones; it is recorded."""
    features = featured(Known(names=body.names, phones=body.phones), gateways.blind)
    people: dict[PersonId, None] = {}
    for suspicion in await look_up(view, features):
        state, _ = await load.state(cases, suspicion.known.case)
        if state is not None and sees(me, state, now):
            people[suspicion.known.person] = None
    told = LikenessesAnswer(people=tuple(people))
    looked = LookForVendor(by=me.id, at=now, vendor=body.vendor, found=len(people))
    return await do(Act(look, ids.new("lik"), looked), answer=lambda _, __: told)
