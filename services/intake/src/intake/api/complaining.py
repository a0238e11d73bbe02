"""Complaints over HTTP: taken from anybody, handled in confidence, answered."""

from typing import Annotated

import msgspec
from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import (
    Body,
    Do,
    Fault,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    Request,
    Reveal,
    View,
    Who,
)
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.personal import Kind
from events.roles import STAFF, Role
from events.values import CaseId, Code, ComplaintId, PersonId, ProgrammeId
from intake import views
from intake.api.confidence import confided, named_in
from intake.api.routes import api, known
from intake.api.words import Language
from intake.complaint_answers import (
    AnswerAnswer,
    CategoryAnswer,
    ComplaintAnswer,
    ReceiptAnswer,
    WordsAnswer,
)
from intake.complaint_secret import proof_of, secret_of
from intake.data import CATEGORIES
from intake.domain.complaint import complaint as complaints
from intake.domain.complaint import rules as ask
from intake.domain.complaint.kinds import Channel, Handling, Outcome
from intake.domain.complaint.reading import ReadComplaint, reading
from intake.domain.complaint.state import Complaint
from intake.views.complaints import complaints_after

TAKES = STAFF | {Role.PARTNER_SYSTEM}
"""Anybody on the platform may take a complaint; a machine for the people who use a form."""
HANDLES = STAFF
"""Whoever a complaint is assigned to handles it; the domain knows who that is."""
UNKNOWN = {ask.NoSuchComplaint}
CONFLICTS = {ask.ComplaintIsAt, ask.HandledByAnother}

Words = Annotated[str, Field(min_length=1, max_length=8_000, pattern=r"\S")]
Secret = Annotated[str, Field(min_length=24, max_length=64, pattern="^[A-Za-z0-9 -]+$")]


def handling(category: Code) -> Handling:
    """What the category asks for; a problem that names the field when there is none such."""
    found = CATEGORIES.get(category)
    if found is None:
        raise Problem(
            "body_invalid",
            f"category is one of {', '.join(sorted(CATEGORIES))}.",
            errors=[Fault("/category", "unknown_category", "There is no such category.")],
        )
    return found


class ReceiveComplaintBody(Body):
    programme: ProgrammeId
    category: Code
    channel: Channel
    language: Language
    words: Words
    """What happened, as it was said."""
    anonymous: bool = False
    complainant: PersonId | None = None
    """The person who complains, where they are known here by an id."""
    case: CaseId | None = None
    named: Annotated[tuple[PersonId, ...], Field(max_length=20)] = ()
    """The people complained about."""
    offices: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Their offices. The office that keeps the case is always among them, and each office that
    keeps a case which somebody named here counsels."""


@api.command("/v1/complaints", creates=ReceiptAnswer, allows=TAKES)
async def receive_complaint(
    *,
    body: ReceiveComplaintBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    view: View,
    load: Load,
    gateways: Gateways,
) -> Response:
    """Take a complaint. An anonymous one is answered with a secret that reads the answer later."""
    category = handling(body.category)
    if body.anonymous and body.complainant is not None:
        raise Problem(
            "body_invalid",
            "Nobody is named as the complainant of an anonymous complaint.",
            errors=[Fault("/complainant", "anonymous", "Leave it out.")],
        )
    case = await known(body.case, me, load) if body.case is not None else None
    version = case.programme_version if case and case.programme == body.programme else None
    terms = await views.terms_of(view, body.programme, version)
    if terms is None:
        raise Problem("not_found", "No such programme is published, or not yet known here.")
    offices = {*body.offices, *await views.offices_of(view, body.named)}
    complaint, key = ComplaintId(ids.new("cmp")), gateways.key("complaint_secret")
    received = ask.ReceiveComplaint(
        by=me.id,
        at=now,
        complaint=complaint,
        complainant=body.complainant or PersonId(ids.new("per")),
        anonymous=body.anonymous,
        programme=terms.programme,
        run_by=terms.organisation,
        case=body.case,
        channel=body.channel,
        handling=category.under(terms.complaints),
        kept_from=(*offices, case.office) if case else tuple(offices),
        language=body.language,
        proof=proof_of(complaint, secret_of(complaint, key)) if body.anonymous else None,
        words=body.words,
        named=body.named,
    )
    said = await do(Act(complaints, complaint, received), answer=ReceiptAnswer.of)
    return _with_secret(said, key) if body.anonymous else said


def _with_secret(said: Response, key: bytes) -> Response:
    """The answer as it was stored, and the secret, which never is."""
    receipt = msgspec.json.decode(said.body)
    receipt["secret"] = secret_of(ComplaintId(receipt["complaint"]), key)
    headers = {name: value for name, value in said.headers.items() if "content" not in name}
    headers["Cache-Control"] = "no-store"
    return json_response(msgspec.json.encode(receipt), said.status_code, headers)


@api.query("/v1/complaint-categories", answers=Page[CategoryAnswer], allows=TAKES)
async def list_complaint_categories(
    view: View, programme: ProgrammeId | None = None
) -> Page[CategoryAnswer]:
    """List what a complaint may be about, with the days that are promised, or a programme does."""
    terms = await views.terms_of(view, programme) if programme else None
    promised = terms.complaints if terms else None
    told = (CategoryAnswer.of(each.under(promised)) for each in CATEGORIES.values())
    return Page(items=tuple(told))


class AssignComplaintBody(Body):
    handler: PersonId | None = None
    """Who handles it from now on, if not you. Fraud and abuse are taken up, not given."""


@api.command(
    "/v1/complaints/{complaint}/assign",
    answers=ComplaintAnswer,
    allows=HANDLES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def assign_complaint(
    complaint: ComplaintId, body: AssignComplaintBody, me: Who, do: Do, asked: Request
) -> Response:
    """Take a complaint up, or give it to somebody."""
    assigned = ask.AssignComplaint(
        handler=body.handler or me.id, **await confided(asked, complaint)
    )
    return await do(Act(complaints, complaint, assigned), answer=ComplaintAnswer.of)


@api.command(
    "/v1/complaints/{complaint}/acknowledge",
    answers=ComplaintAnswer,
    allows=HANDLES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def acknowledge_complaint(complaint: ComplaintId, do: Do, asked: Request) -> Response:
    """Record that the complainant was told that it is looked into."""
    acknowledged = ask.AcknowledgeComplaint(**await confided(asked, complaint))
    return await do(Act(complaints, complaint, acknowledged), answer=ComplaintAnswer.of)


class RecategoriseComplaintBody(Body):
    category: Code


@api.command(
    "/v1/complaints/{complaint}/recategorise",
    answers=ComplaintAnswer,
    allows=HANDLES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def recategorise_complaint(
    complaint: ComplaintId, body: RecategoriseComplaintBody, do: Do, asked: Request
) -> Response:
    """Record that it is about something else than it seemed."""
    changed = ask.RecategoriseComplaint(
        handling=handling(body.category), **await confided(asked, complaint)
    )
    return await do(Act(complaints, complaint, changed), answer=ComplaintAnswer.of)


class ResolveComplaintBody(Body):
    outcome: Outcome
    answer: Words
    """What the complainant is told."""


@api.command(
    "/v1/complaints/{complaint}/resolve",
    answers=ComplaintAnswer,
    allows=HANDLES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def resolve_complaint(
    complaint: ComplaintId, body: ResolveComplaintBody, do: Do, asked: Request
) -> Response:
    """Answer a complaint, which ends it."""
    resolved = ask.ResolveComplaint(
        outcome=body.outcome, answer=body.answer, **await confided(asked, complaint)
    )
    return await do(Act(complaints, complaint, resolved), answer=ComplaintAnswer.of)


class ReadAnswerBody(Body):
    secret: Secret


@api.command(
    "/v1/complaints/{complaint}/read-answer",
    answers=AnswerAnswer,
    allows=TAKES,
    if_match=False,
    unknown=UNKNOWN,
)
async def read_answer(
    complaint: ComplaintId, body: ReadAnswerBody, me: Who, now: Now, asked: Request
) -> Response:
    """Read how a complaint stands, and its answer, by its secret. The read is recorded first."""
    proof = proof_of(complaint, body.secret)
    shown = ask.ReadAnswer(by=me.id, at=now, proof=proof)
    store = asked.desk.handler.store
    done = await asked.desk.handler.do(Act(complaints, complaint, shown), context=asked.context)
    said = await store.disclosures([each.envelope.id for each in await store.load(complaint)])
    words = [d.value for of_one in said.values() for d in of_one if d.name == "answer"]
    answer = AnswerAnswer.of(done.state, words[0] if words else None)
    return json_response(encode(answer), 200, {"Cache-Control": "no-store"})


@api.query("/v1/complaints", answers=Page[ComplaintAnswer], allows=HANDLES)
async def list_complaints(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    asked: Request,
    case: CaseId | None = None,
    category: Code | None = None,
    open: bool | None = None,  # noqa: A002  the parameter's name
    overdue: bool | None = None,
) -> Page[ComplaintAnswer]:
    """List the complaints that you handle or, as a complaints officer, may know of."""
    lines: list[ComplaintAnswer] = []
    after, wanted = paging.after, paging.limit + 1
    while len(lines) < wanted:
        found = await complaints_after(
            view,
            after=after,
            limit=wanted,
            person=me.id,
            office=me.office,
            officer_of=me.organisation if Role.COMPLAINTS_OFFICER in me.roles else None,
            now=now,
            case=case,
            category=category,
            is_open=open,
            overdue=bool(overdue),
        )
        named = await named_in(asked, [row.received_event for row in found])
        shown = (row for row in found if me.id not in named[row.received_event])
        lines += [ComplaintAnswer.at(row.complaint, row.version, now) for row in shown]
        if len(found) < wanted:
            break
        after = found[-1].complaint.id
    return paging.of(lines, key=lambda line: line.complaint)


@api.query("/v1/complaints/{complaint}", answers=ComplaintAnswer, allows=HANDLES, unknown=UNKNOWN)
async def read_complaint(complaint: ComplaintId, now: Now, load: Load, asked: Request) -> Response:
    """Read how a complaint stands, without a word of it."""
    state: Complaint | None
    state, _ = await load.state(complaints, complaint)
    who = ask.AcknowledgeComplaint(**await confided(asked, complaint))
    if state is None or not ask.known_to(state, who):
        raise ask.NoSuchComplaint
    return await load(
        complaints, complaint, answer=lambda it, version: ComplaintAnswer.at(it, version, now)
    )


@api.query("/v1/complaints/{complaint}/words", answers=WordsAnswer, allows=HANDLES, unknown=UNKNOWN)
async def read_complaint_words(
    complaint: ComplaintId, load: Load, ids: NewIds, reveal: Reveal, asked: Request
) -> Response:
    """Read what a complaint says. The read is recorded before it is answered."""
    state: Complaint | None
    state, _ = await load.state(complaints, complaint)
    read = ReadComplaint(complaint=state, **await confided(asked, complaint))
    if state is None:
        raise ask.NoSuchComplaint
    values = await reveal(
        Act(reading, ids.new("rea"), read),
        streams=[complaint],
        person=state.complainant,
        kinds={Kind.PROTECTION},
    )
    words = WordsAnswer(
        complaint=complaint,
        complainant=None if state.anonymous else state.complainant,
        words=values.get("words"),
        named=tuple(values.get("named") or ()),
        answer=values.get("answer"),
        erased=await reveal.erased(state.complainant),
    )
    return json_response(encode(words), 200, {"Cache-Control": "no-store"})
