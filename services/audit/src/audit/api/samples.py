"""Samples over HTTP: auditors draw them; who has the file draws them again."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from audit.api.declared import api
from audit.api.exports import AUDITORS, UNKNOWN, ZIP, CutOff, kept_file
from audit.api.recording import Record
from audit.domain import sample as domain
from audit.domain.reading import What
from audit.domain.sampling.sizes import CONFIDENCE_AT_LEAST, CONFIDENCE_AT_MOST, SIZE_AT_MOST
from audit.exports import acts
from audit.exports import view as exports_view
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
    Problem,
    View,
    Who,
)
from events.money import Money
from events.values import Code, Digest, GrantId, SampleId

BANDS_AT_MOST = 20

Percent = Annotated[int | None, Field(ge=CONFIDENCE_AT_LEAST, le=CONFIDENCE_AT_MOST)]
BasisPoints = Annotated[int | None, Field(ge=0, lt=10_000)]


class DrawSampleBody(Body):
    population: domain.Population
    method: domain.Method
    seed: Code | None = None
    """Without one, the root of the log that is drawn from: nobody chose that."""
    items: Annotated[int | None, Field(ge=1, le=SIZE_AT_MOST)] = None
    """How many; or it follows from what comes next."""
    confidence_percent: Percent = None
    materiality: Money | None = None
    """Of monetary units: what may be wrong at most."""
    expected: Money | None = None
    tolerable_basis_points: BasisPoints = None
    """Of random items: how many of 10,000 may deviate."""
    expected_basis_points: BasisPoints = None
    grant: GrantId | None = None
    since: date | None = None
    until: date | None = None
    currency: Annotated[Code | None, Field(pattern="^[A-Z]{3}$")] = None
    stratified_by: domain.Stratum | None = None
    bands: Annotated[tuple[Money, ...], Field(max_length=BANDS_AT_MOST, strict=False)] = ()
    """The amounts with which the second band begins, the third, and so on."""
    cut_off: CutOff = None

    def drawing(self, root: Digest) -> domain.Drawing:
        """What is asked for; without a seed of its own, by the root of the log."""
        return domain.Drawing(
            population=self.population,
            method=self.method,
            seed=self.seed or Code(root),
            size=domain.Size(
                items=self.items,
                confidence_percent=self.confidence_percent,
                materiality=self.materiality,
                expected=self.expected,
                tolerable_basis_points=self.tolerable_basis_points,
                expected_basis_points=self.expected_basis_points,
            ),
            grant=self.grant,
            since=self.since,
            until=self.until,
            currency=self.currency,
            stratified_by=self.stratified_by,
            bands=self.bands,
        )


class SampleAnswer(Answer):
    sample: SampleId
    cut_off: int
    root: Digest
    population: domain.Population
    method: domain.Method
    seed: Code
    population_digest: Digest
    """SHA-256 of the population's file: with it and the seed anybody draws the same."""
    population_items: int
    population_value: Money | None
    interval: Money | None
    start: Money | None
    asked: int | None
    """How many items were asked for, if that was said."""
    items: int
    """How many were drawn: fewer where there are no more, or where one item was hit twice."""
    worksheet_digest: Digest
    stratified_by: domain.Stratum | None
    grant: GrantId | None
    since: date | None
    until: date | None

    @classmethod
    def of(cls, sample: domain.Sample, _version: int = 0) -> "SampleAnswer":
        drawing, outcome = sample.drawing, sample.outcome
        return cls(
            sample=sample.id,
            cut_off=sample.cut_off,
            root=sample.root,
            population=drawing.population,
            method=drawing.method,
            seed=drawing.seed,
            population_digest=outcome.population_digest,
            population_items=outcome.population_items,
            population_value=outcome.population_value,
            interval=outcome.interval,
            start=outcome.start,
            asked=drawing.size.items,
            items=outcome.items,
            worksheet_digest=outcome.worksheet_digest,
            stratified_by=drawing.stratified_by,
            grant=drawing.grant,
            since=drawing.since,
            until=drawing.until,
        )


@api.command("/v1/samples", creates=SampleAnswer, allows=AUDITORS, unknown=UNKNOWN)
async def draw_items(
    *, body: DrawSampleBody, me: Who, now: Now, do: Do, ids: NewIds, log: View, files: Gateways
) -> Response:
    """Draw items at random or by monetary unit, out of the log as it was signed.

    The seed, what was drawn from and what was drawn are in an event: nobody draws until they like
    what they see without everybody seeing that.
    """
    who = acts.Asked(by=me.id, at=now, cut_off=body.cut_off)
    act = await acts.sample(SampleId(ids.new("smp")), who, body.drawing, log, files)
    return await do(act, answer=SampleAnswer.of)


@api.query("/v1/samples", answers=Page[SampleAnswer], allows=AUDITORS)
async def list_samples(view: View, page: Paging) -> Page[SampleAnswer]:
    """List samples by id."""
    found = await exports_view.samples(view, after=page.after, limit=page.limit + 1)
    return page.of([SampleAnswer.of(each) for each in found], key=lambda each: each.sample)


@api.query("/v1/samples/{sample}", answers=SampleAnswer, allows=AUDITORS)
async def read_sample(sample: SampleId, load: Load) -> Response:
    """Read what was drawn, from what, and by which seed."""
    return await load(domain.sample, sample, answer=SampleAnswer.of)


@api.query("/v1/samples/{sample}/file", gives=(ZIP,), allows=AUDITORS)
async def read_sample_file(
    sample: SampleId, load: Load, files: Gateways, record: Record
) -> Response:
    """The worksheet with its receipts, and all that it takes to draw the same again, as a zip."""
    state, _ = await load.state(domain.sample, sample)
    if state is None:
        raise Problem("not_found", "There is no such sample.")
    await record.all_of(What.COPY, state.id, 0, state.cut_off - 1)
    return kept_file(files, state.file, f"sample-{state.id}.zip")
