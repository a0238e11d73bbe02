"""Zahra's request to be erased, and what follows from it, that tests tell about."""

from datetime import date

from services.intake.tests.people import IOM, LINA, NOON, PAPER, TODAY, ZAHRA

from events.personal import Kind
from events.values import SYSTEM, Code, CommitmentId, ErasureId, PersonId, SubjectId
from intake.domain.subject.erasing import (
    SERVICES,
    ApproveErasure,
    ErasureApproved,
    ErasureConfirmed,
    ErasureRequested,
    RequestErasure,
    SubjectErased,
)
from intake.domain.subject.kinds import Ground, IdentityCheck, Keeping
from intake.domain.subject.state import KeptFacts, Obligations

SOFIA = PersonId("per_sofia")
ELIF = PersonId("per_elif")
SUBJECT = SubjectId(ZAHRA)
ERASURE = ErasureId("era_1")
ALL = tuple(sorted(Kind))
STALL = CommitmentId("com_1")
FOR_TEN_YEARS = KeptFacts(basis=Keeping.ACCOUNTING_LAW, until=date(2036, 12, 31))
OWED = Obligations(open=(STALL,), any=True)
PAID = Obligations(any=True)

request = RequestErasure(
    by=LINA,
    at=NOON,
    erasure=ERASURE,
    person=SUBJECT,
    kinds=ALL,
    ground=Ground.CONSENT_WITHDRAWN,
    identity_check=IdentityCheck.DOCUMENT_SEEN,
    evidence=PAPER,
    received=TODAY,
)
asked = ErasureRequested(
    by=LINA,
    at=NOON,
    erasure=ERASURE,
    person=SUBJECT,
    kinds=ALL,
    ground=Ground.CONSENT_WITHDRAWN,
    identity_check=IdentityCheck.DOCUMENT_SEEN,
    evidence=PAPER,
    received=TODAY,
    answer_by=date(2026, 4, 2),
)
approve = ApproveErasure(
    by=SOFIA,
    at=NOON,
    organisation=IOM,
    run_by=(IOM,),
    kinds=ALL,
    obligations=Obligations(),
    kept_facts=None,
)
approved = ErasureApproved(
    by=SOFIA,
    at=NOON,
    erasure=ERASURE,
    person=SUBJECT,
    kinds=ALL,
    kept=(),
    kept_facts=None,
    services=SERVICES,
)
erased = SubjectErased(
    by=SYSTEM,
    at=NOON,
    erasure=ERASURE,
    person=SUBJECT,
    kinds=ALL,
    disclosures=3,
    ground=Ground.CONSENT_WITHDRAWN,
    requested_by=LINA,
    approvers=(SOFIA,),
)


def confirmed(service: str, disclosures: int = 0) -> ErasureConfirmed:
    return ErasureConfirmed(
        by=SYSTEM,
        at=NOON,
        erasure=ERASURE,
        person=SUBJECT,
        service=Code(service),
        disclosures=disclosures,
    )
