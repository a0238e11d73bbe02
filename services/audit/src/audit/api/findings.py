"""Findings over HTTP: auditors read them, and a person says what each was."""

from datetime import datetime

from fastapi import Response

from audit.api.declared import api
from audit.api.recording import Record
from audit.domain import finding as domain
from audit.domain.findings import Severity
from audit.domain.reading import What
from audit.findings import view as findings_view
from audit.findings import words
from audit.log import proofs, table
from audit.trail.words import in_words
from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Gateways,
    Load,
    Now,
    Page,
    Paging,
    Problem,
    View,
    Who,
)
from events.roles import Role
from events.values import CaseId, CashId, Code, FindingId, PaymentId, PersonId, VendorId

REVIEWERS = frozenset({Role.AUDITOR})


class FindingAnswer(Answer):
    finding: FindingId
    rule: Code
    said: str
    """What the rule says, in plain words. A signal, never proof."""
    severity: Severity
    payment: PaymentId | None
    cash: CashId | None
    case: CaseId | None
    vendor: VendorId | None
    entries: tuple[int, ...]
    """The evidence, by its indices in the log; told, with receipts, under `/evidence`."""
    people: tuple[PersonId, ...]
    raised_at: datetime
    review_by: datetime
    overdue: bool
    outcome: domain.Outcome | None
    reviewed_by: PersonId | None

    @classmethod
    def of(cls, finding: domain.Finding, _version: int = 0) -> "FindingAnswer":
        return cls(
            finding=finding.id,
            rule=finding.rule,
            said=words.in_words(finding.rule),
            severity=finding.severity,
            payment=finding.payment,
            cash=finding.cash,
            case=finding.case,
            vendor=finding.vendor,
            entries=finding.entries,
            people=finding.people,
            raised_at=finding.raised_at,
            review_by=finding.review_by,
            overdue=finding.overdue,
            outcome=finding.outcome,
            reviewed_by=finding.reviewed_by,
        )


class ReviewBody(Body):
    outcome: domain.Outcome


@api.query("/v1/findings", answers=Page[FindingAnswer], allows=REVIEWERS, in_confidence=True)
async def list_findings(
    *,
    view: View,
    page: Paging,
    rule: Code | None = None,
    severity: Severity | None = None,
    payment: PaymentId | None = None,
    case: CaseId | None = None,
    vendor: VendorId | None = None,
    is_open: bool | None = None,
    overdue: bool | None = None,
) -> Page[FindingAnswer]:
    """List findings: of a rule, a severity, a payment, case or vendor; not reviewed; overdue."""
    rows = await findings_view.findings(
        view,
        after=page.after,
        limit=page.limit + 1,
        rule=rule,
        severity=severity,
        payment=payment,
        case=case,
        vendor=vendor,
        is_open=is_open,
        overdue=overdue,
    )
    return page.of([FindingAnswer.of(each) for each in rows], key=lambda each: each.finding)


@api.query("/v1/findings/{finding}", answers=FindingAnswer, allows=REVIEWERS, in_confidence=True)
async def read_finding(finding: FindingId, load: Load) -> Response:
    """One finding, its evidence and what a person said of it."""
    return await load(domain.finding, finding, answer=FindingAnswer.of)


class EvidenceLine(Answer):
    """An entry that the finding goes by."""

    index: int
    happened_at: datetime
    who: str
    said: str
    """In plain words, what they did."""
    type: str
    stream: str
    receipt: str | None
    """Its proof (c2sp.org/tlog-proof), as soon as a checkpoint covers it."""


class EvidenceAnswer(Answer):
    finding: FindingId
    said: str
    lines: tuple[EvidenceLine, ...]
    """In the order of the log."""


@api.query("/v1/findings/{finding}/evidence", answers=EvidenceAnswer, allows=REVIEWERS)
async def read_evidence(
    finding: FindingId, load: Load, log: View, files: Gateways, record: Record
) -> EvidenceAnswer:
    """What a finding goes by, entry by entry in plain words, each with its receipt."""
    found, _ = await load.state(domain.finding, finding)
    if found is None:
        raise Problem("not_found", "No rule has found this.")
    cited = await table.at(log, found.entries)
    await record.shown(What.ENTRIES, finding, cited)
    return EvidenceAnswer(
        finding=finding,
        said=words.in_words(found.rule),
        lines=tuple(
            EvidenceLine(
                index=entry.index,
                happened_at=entry.envelope.time,
                who=entry.envelope.actorid,
                said=in_words(entry),
                type=entry.type,
                stream=entry.stream,
                receipt=proofs.receipt(entry, files),
            )
            for entry in cited
        ),
    )


@api.command(
    "/v1/findings/{finding}/review",
    answers=FindingAnswer,
    allows=REVIEWERS,
    conflicts={domain.ReviewedAlready},
    unknown={domain.NoSuchFinding},
)
async def review_finding(
    finding: FindingId, body: ReviewBody, me: Who, now: Now, do: Do
) -> Response:
    """Say what it was; nobody does who did something of what it cites."""
    reviewed = domain.ReviewFinding(by=me.id, at=now, outcome=body.outcome)
    return await do(Act(domain.finding, finding, reviewed), answer=FindingAnswer.of)
