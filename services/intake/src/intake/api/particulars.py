"""Recording what is known of somebody of a case. The values go into the vault."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Now, Who
from events.roles import Role
from events.values import CaseId, Code, PersonId
from intake.answers import CaseAnswer
from intake.api.routes import CONFLICTS, UNKNOWN, api
from intake.api.words import Country, Language, Line, Name, Number, Phone, Script, Words
from intake.domain.case import case as cases
from intake.domain.case.particulars import (
    IdentityDocument,
    RecordContact,
    RecordIdentity,
    RecordOwnWords,
    RecordProfile,
    Spelling,
    Subject,
    Through,
)
from intake.domain.people import AgeBracket, PartialDate, Sex

RECORDS = {Role.COUNSELLOR, Role.RECEIVING_OFFICER}


class SpellingBody(Body):
    name: Name
    script: Script

    def value(self) -> Spelling:
        return Spelling(self.name, self.script)


class DocumentBody(Body):
    kind: Code
    number: Number
    country: Country | None = None

    def value(self) -> IdentityDocument:
        return IdentityDocument(self.kind, self.number, self.country)


class ThroughBody(Body):
    name: Name
    phone: Phone | None = None

    def value(self) -> Through:
        return Through(self.name, self.phone)


Spellings = Annotated[tuple[SpellingBody, ...], Field(max_length=20)]
Documents = Annotated[tuple[DocumentBody, ...], Field(max_length=20)]
Codes = Annotated[tuple[Code, ...], Field(max_length=20)]


class RecordIdentityBody(Body):
    """All that is known of who somebody is; it replaces what was recorded before."""

    person: PersonId
    sex: Sex
    age_bracket: AgeBracket
    name: Name
    spellings: Spellings = ()
    date_of_birth: PartialDate | None = None
    documents: Documents = ()


@api.command(
    "/v1/cases/{case}/record-identity",
    answers=CaseAnswer,
    allows=RECORDS,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_identity(
    case: CaseId, body: RecordIdentityBody, me: Who, now: Now, do: Do
) -> Response:
    """Record who somebody is: names as papers and scripts have them, birth as far as known."""
    recorded = RecordIdentity(
        by=me.id,
        at=now,
        organisation=me.organisation,
        person=body.person,
        sex=body.sex,
        age_bracket=body.age_bracket,
        name=body.name,
        spellings=tuple(each.value() for each in body.spellings),
        date_of_birth=body.date_of_birth,
        documents=tuple(each.value() for each in body.documents),
    )
    return await do(Act(cases, case, recorded), answer=CaseAnswer.of)


class RecordContactBody(Body):
    """All that is known of how somebody is reached; it replaces what was recorded before."""

    person: PersonId
    language: Language
    phone: Phone | None = None
    through: ThroughBody | None = None
    """Somebody through whom they are reached."""
    address: Line | None = None


@api.command(
    "/v1/cases/{case}/record-contact",
    answers=CaseAnswer,
    allows=RECORDS,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_contact(
    case: CaseId, body: RecordContactBody, me: Who, now: Now, do: Do
) -> Response:
    """Record how somebody is reached, by telephone or through somebody, and in which language."""
    recorded = RecordContact(
        by=me.id,
        at=now,
        organisation=me.organisation,
        person=body.person,
        language=body.language,
        phone=body.phone,
        through=body.through.value() if body.through else None,
        address=body.address,
    )
    return await do(Act(cases, case, recorded), answer=CaseAnswer.of)


class RecordProfileBody(Body):
    """What figures and rules need of somebody; it replaces what was recorded before."""

    person: PersonId
    province: Code | None = None
    ethnicity: Code | None = None
    vulnerabilities: Codes = ()
    health: Codes = ()


@api.command(
    "/v1/cases/{case}/record-profile",
    answers=CaseAnswer,
    allows=RECORDS,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_profile(
    case: CaseId, body: RecordProfileBody, me: Who, now: Now, do: Do
) -> Response:
    """Record where somebody is from, and, protected, what makes their situation particular."""
    recorded = RecordProfile(
        by=me.id,
        at=now,
        organisation=me.organisation,
        person=body.person,
        province=body.province,
        ethnicity=body.ethnicity,
        vulnerabilities=body.vulnerabilities,
        health=body.health,
    )
    return await do(Act(cases, case, recorded), answer=CaseAnswer.of)


class RecordOwnWordsBody(Body):
    person: PersonId
    subject: Subject
    language: Language
    words: Words


@api.command(
    "/v1/cases/{case}/record-own-words",
    answers=CaseAnswer,
    allows=RECORDS,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_own_words(
    case: CaseId, body: RecordOwnWordsBody, me: Who, now: Now, do: Do
) -> Response:
    """Keep what somebody said, as they said it."""
    recorded = RecordOwnWords(
        by=me.id,
        at=now,
        organisation=me.organisation,
        person=body.person,
        subject=body.subject,
        language=body.language,
        words=body.words,
    )
    return await do(Act(cases, case, recorded), answer=CaseAnswer.of)
