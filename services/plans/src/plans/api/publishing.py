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
from plans.answers import ProgrammeAnswer
from plans.api.routes import api
from plans.domain import programme as programmes
from plans.domain.delivery_terms import PublishDeliveryTerms, delivery_terms, terms_of


class ProgrammeBody(Body):
    """A programme's page, as YAML or JSON text or as the data itself: one of the two."""

    text: str | None = None
    page: dict[str, Any] | None = None


@api.command(
    "/v1/programmes",
    answers=ProgrammeAnswer,
    allows={Role.PROGRAMME_MANAGER},
    if_match=False,
    conflicts={programmes.NotYourProgramme},
)
async def publish_programme(body: ProgrammeBody, me: Who, now: Now, do: Do) -> Response:
    """Publish a programme's page; when it says something new, as a new version."""
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
    published = programmes.PublishProgramme(
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
    terms = PublishDeliveryTerms(by=me.id, at=now, programme=read.id, terms=read.delivery_terms)
    return await do(
        Act(programmes.programme, read.id, published),
        Act(delivery_terms, terms_of(read.id), terms),
        answer=ProgrammeAnswer.of,
        location=f"/v1/programmes/{read.id}",
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
