"""Publishing programmes, and reading them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Do, Fault, Load, Now, Page, Paging, Problem, View, Who
from events.roles import READERS, Role
from events.values import ProgrammeId
from plans import page, views
from plans import programme as pages
from plans.answers import ProgrammeAnswer, ProposalAnswer
from plans.api.routes import api
from plans.domain import programme as programmes
from plans.domain.delivery_terms import PublishDeliveryTerms, delivery_terms, terms_of
from plans.domain.programme_proposal import (
    ProposePage,
    PublishProposed,
    proposal,
    proposal_of,
)


class ProgrammeBody(Body):
    """A programme's page, as YAML or JSON text or as the data itself: one of the two."""

    text: str | None = None
    page: dict[str, Any] | None = None


@api.command(
    "/v1/programme-proposals",
    answers=ProposalAnswer,
    allows={Role.PROGRAMME_MANAGER},
    if_match=False,
    conflicts={programmes.NotYourProgramme},
)
async def propose_programme(body: ProgrammeBody, me: Who, now: Now, do: Do, load: Load) -> Response:
    """Propose a programme's page; another person publishes it, just as it is."""
    read = await _read(body)
    stands, _ = await load.state(programmes.programme, read.id)
    programmes.programme.decide(_published(read, me, now, agreed=True), stands)  # which may refuse
    proposed = ProposePage(by=me.id, at=now, programme=read.id, digest=read.digest)
    return await do(
        Act(proposal, proposal_of(read.id), proposed),
        answer=ProposalAnswer.of,
        location=f"/v1/programme-proposals/{read.id}",
    )


@api.query("/v1/programme-proposals/{programme}", answers=ProposalAnswer, allows=READERS)
async def read_proposal(programme: ProgrammeId, load: Load) -> Response:
    """Read which page of a programme was proposed last, by its digest, and by whom."""
    return await load(proposal, proposal_of(programme), answer=ProposalAnswer.of)


@api.command(
    "/v1/programmes",
    answers=ProgrammeAnswer,
    allows={Role.PROGRAMME_MANAGER},
    if_match=False,
    conflicts={programmes.NotYourProgramme},
)
async def publish_programme(body: ProgrammeBody, me: Who, now: Now, do: Do, load: Load) -> Response:
    """Publish a page that another person proposed, as a new version; the same again is nothing."""
    read = await _read(body)
    terms = PublishDeliveryTerms(by=me.id, at=now, programme=read.id, terms=read.delivery_terms)
    stands, _ = await load.state(programmes.programme, read.id)
    is_new = stands is None or stands.latest.digest != read.digest
    agreed = PublishProposed(by=me.id, at=now, digest=read.digest)
    return await do(
        Act(programmes.programme, read.id, _published(read, me, now, agreed=is_new)),
        *((Act(proposal, proposal_of(read.id), agreed),) if is_new else ()),
        Act(delivery_terms, terms_of(read.id), terms),
        answer=ProgrammeAnswer.of,
        location=f"/v1/programmes/{read.id}",
    )


async def _read(body: ProgrammeBody) -> pages.Programme:
    """What the page says; the `Problem` tells its mistakes."""
    if body.text is not None and body.page is None:
        read = await asyncio.to_thread(pages.parse, body.text)
    elif body.page is not None and body.text is None:
        read = await asyncio.to_thread(pages.check, page.Page("programme", body.page, {}))
    else:
        raise Problem(
            "body_invalid", "Send either text or page.", errors=[Fault("", "either", "One of two.")]
        )
    if isinstance(read, list):
        raise _mistaken(read)
    return read


def _published(
    read: pages.Programme, me: Who, now: Now, *, agreed: bool
) -> programmes.PublishProgramme:
    return programmes.PublishProgramme(
        agreed=agreed,
        by=me.id,
        at=now,
        programme=read.id,
        organisation=me.organisation,
        digest=read.digest,
        policy=read.policy,
        vendors=read.vendors,
        paid_from=read.paid_from,
        findings=read.findings,
        offices=read.offices,
    )


def _mistaken(mistakes: Sequence[page.Mistake]) -> Problem:
    return Problem(
        "ProgrammeMistaken",
        str(mistakes[0]),
        status=422,
        title="The programme's page has mistakes",
        errors=[Fault(each.pointer, "mistake", str(each)) for each in mistakes[:50]],
    )


@api.query("/v1/programmes", answers=Page[ProgrammeAnswer], allows=READERS)
async def list_programmes(paging: Paging, view: View) -> Page[ProgrammeAnswer]:
    """List the programmes, each in the version that stands."""
    found = await views.programmes_after(view, after=paging.after, limit=paging.limit + 1)
    lines = [ProgrammeAnswer.at(each, each.latest) for each in found]
    return paging.of(lines, key=lambda line: line.programme)


@api.query("/v1/programmes/{programme}", answers=ProgrammeAnswer, allows=READERS)
async def read_programme(programme: ProgrammeId, load: Load) -> Response:
    """Read a programme in the version that stands."""
    return await load(programmes.programme, programme, answer=ProgrammeAnswer.of)


@api.query("/v1/programmes/{programme}/versions/{number}", answers=ProgrammeAnswer, allows=READERS)
async def read_programme_version(
    programme: ProgrammeId, number: int, load: Load
) -> ProgrammeAnswer:
    """Read one version of a programme."""
    state, _ = await load.state(programmes.programme, programme)
    if state is None or not 1 <= number <= state.latest.number:
        raise Problem("not_found", "There is no such version.")
    return ProgrammeAnswer.at(state, state.versions[number - 1])
