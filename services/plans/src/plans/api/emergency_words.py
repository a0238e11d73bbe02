"""What the returnee said of an emergency: read for a purpose, and the read is recorded."""

from fastapi import Response

from events.handler import Act
from events.io.http import Answer, Load, NewIds, Request, Reveal, View, Who
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.personal import Kind
from events.roles import Role
from events.values import EmergencyId, PersonId
from plans import views
from plans.api.routes import api, knows
from plans.domain.emergency import emergency as emergencies
from plans.domain.emergency.reading import ReadEmergencyWords, emergency_reading
from plans.domain.emergency.refusals import NoSuchEmergency


class EmergencyWordsAnswer(Answer):
    """What the returnee said they need; None when nothing was said, or it was erased."""

    emergency: EmergencyId
    returnee: PersonId
    words: str | None
    erased: tuple[Kind, ...]
    """The kinds that were erased of this person: nobody has them any more."""


@api.query(
    "/v1/emergencies/{emergency}/own-words",
    answers=EmergencyWordsAnswer,
    allows={Role.COUNSELLOR, Role.RECEIVING_OFFICER},
    unknown={NoSuchEmergency},
)
async def read_emergency_words(
    *,
    emergency: EmergencyId,
    me: Who,
    load: Load,
    view: View,
    ids: NewIds,
    reveal: Reveal,
    asked: Request,
) -> Response:
    """Read what the returnee said they need. The read is recorded before it is answered."""
    state, _ = await load.state(emergencies, emergency)
    if state is None or not await knows(me, state.case, load.now, view):
        raise NoSuchEmergency(me.organisation)
    standing = await views.standing_of(state.case, view)
    assert standing is not None, "it was asked for on it"
    read = ReadEmergencyWords(
        by=me.id,
        at=asked.now,
        emergency=emergency,
        standing=standing,
        organisation=me.organisation,
        office=me.office,
    )
    values = await reveal(
        Act(emergency_reading, ids.new("rea"), read),
        streams=[emergency],
        person=state.returnee,
        kinds={Kind.PROTECTION},
    )
    answer = EmergencyWordsAnswer(
        emergency=emergency,
        returnee=state.returnee,
        words=values.get("words"),
        erased=await reveal.erased(state.returnee),
    )
    return json_response(encode(answer), 200, {"Cache-Control": "no-store"})
