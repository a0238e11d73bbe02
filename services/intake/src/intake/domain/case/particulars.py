"""Particulars: what is known of somebody of the household, beyond what it took to register them.

Each record replaces the one of its sort before it, as a whole. The values are in the vault; the
facts carry only what rules and figures need: an age bracket, a province, a language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Event, Rejected
from events.personal import Contact, Health, Identity, Protection
from events.values import CaseId, Code, PersonId
from intake.domain.case.asking import CaseCommand, consented
from intake.domain.case.household import member_of
from intake.domain.case.registering import age_fits
from intake.domain.case.state import Case
from intake.domain.consent import Scope
from intake.domain.people import AgeBracket, PartialDate, Sex


class Spelling(msgspec.Struct, frozen=True):
    """The name as another paper or another script has it."""

    name: str
    script: Code
    """ISO 15924: Arab, Latn."""


class IdentityDocument(msgspec.Struct, frozen=True):
    kind: Code
    number: str
    country: Code | None = None
    """ISO 3166-1 alpha-2 of the state that issued it."""


class Through(msgspec.Struct, frozen=True):
    """Somebody through whom a person without a telephone is reached."""

    name: str
    phone: str | None = None


class Subject(StrEnum):
    """What somebody speaks of in their own words."""

    RETURN = "return"
    NEEDS = "needs"
    PLANS = "plans"
    OTHER = "other"


class RecordIdentity(CaseCommand, frozen=True):
    person: PersonId
    sex: Sex
    age_bracket: AgeBracket
    name: str
    spellings: tuple[Spelling, ...] = ()
    date_of_birth: PartialDate | None = None
    documents: tuple[IdentityDocument, ...] = ()


class RecordContact(CaseCommand, frozen=True):
    person: PersonId
    language: Code
    phone: str | None = None
    through: Through | None = None
    address: str | None = None


class RecordProfile(CaseCommand, frozen=True):
    person: PersonId
    province: Code | None = None
    ethnicity: Code | None = None
    vulnerabilities: tuple[Code, ...] = ()
    health: tuple[Code, ...] = ()


class RecordOwnWords(CaseCommand, frozen=True):
    person: PersonId
    subject: Subject
    language: Code
    words: str


Request = RecordIdentity | RecordContact | RecordProfile | RecordOwnWords


class IdentityRecorded(Event, frozen=True, tag="intake.identity_recorded.v1"):
    """Who somebody is, as far as it is known now: a name may be one word, a birthday a year."""

    about: ClassVar[str | None] = "person"
    case: CaseId
    person: PersonId
    sex: Sex
    age_bracket: AgeBracket
    is_child: bool
    name: Identity[str]
    spellings: Identity[tuple[Spelling, ...]] = None
    date_of_birth: Identity[PartialDate] = None
    documents: Identity[tuple[IdentityDocument, ...]] = None


class ContactRecorded(Event, frozen=True, tag="intake.contact_recorded.v1"):
    """How somebody is reached: by telephone, or through somebody else, and in which language."""

    about: ClassVar[str | None] = "person"
    case: CaseId
    person: PersonId
    language: Code
    phone: Contact[str] = None
    through: Contact[Through] = None
    address: Contact[str] = None


class ProfileRecorded(Event, frozen=True, tag="intake.profile_recorded.v1"):
    """What figures and the programme's rules need to know of somebody, protected as it must be."""

    about: ClassVar[str | None] = "person"
    case: CaseId
    person: PersonId
    province: Code | None
    ethnicity: Protection[Code] = None
    vulnerabilities: Protection[tuple[Code, ...]] = None
    health: Health[tuple[Code, ...]] = None


class OwnWordsRecorded(Event, frozen=True, tag="intake.own_words_recorded.v1"):
    """What somebody said, kept as they said it, in their language."""

    about: ClassVar[str | None] = "person"
    case: CaseId
    person: PersonId
    subject: Subject
    language: Code
    words: Protection[str]


Fact = IdentityRecorded | ContactRecorded | ProfileRecorded | OwnWordsRecorded


@dataclass(unsafe_hash=True)
class NoWayToReach(Rejected):
    """A contact is a telephone number, an address or somebody through whom they are reached."""

    person: PersonId


def decide(command: Request, case: Case) -> Sequence[Fact]:
    member_of(case, command.person)
    match command:
        case RecordIdentity():
            return [_identity(command, case)]
        case RecordContact():
            return [_contact(command, case)]
        case RecordProfile():
            return [_profile(command, case)]
        case RecordOwnWords():
            return [_own_words(command, case)]
        case _:
            assert_never(command)


def _identity(command: RecordIdentity, case: Case) -> IdentityRecorded:
    age_fits(command.age_bracket, command.date_of_birth, command.at.date())
    return IdentityRecorded(
        by=command.by,
        at=command.at,
        case=case.id,
        person=command.person,
        sex=command.sex,
        age_bracket=command.age_bracket,
        is_child=command.age_bracket.is_child,
        name=command.name,
        spellings=command.spellings or None,
        date_of_birth=command.date_of_birth,
        documents=command.documents or None,
    )


def _contact(command: RecordContact, case: Case) -> ContactRecorded:
    if not (command.phone or command.through or command.address):
        raise NoWayToReach(command.person)
    return ContactRecorded(
        by=command.by,
        at=command.at,
        case=case.id,
        person=command.person,
        language=command.language,
        phone=command.phone,
        through=command.through,
        address=command.address,
    )


def _profile(command: RecordProfile, case: Case) -> ProfileRecorded:
    consented(case, Scope.ASSISTANCE)
    return ProfileRecorded(
        by=command.by,
        at=command.at,
        case=case.id,
        person=command.person,
        province=command.province,
        ethnicity=command.ethnicity,
        vulnerabilities=command.vulnerabilities or None,
        health=command.health or None,
    )


def _own_words(command: RecordOwnWords, case: Case) -> OwnWordsRecorded:
    consented(case, Scope.ASSISTANCE)
    return OwnWordsRecorded(
        by=command.by,
        at=command.at,
        case=case.id,
        person=command.person,
        subject=command.subject,
        language=command.language,
        words=command.words,
    )


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case IdentityRecorded():
            return case.with_member(
                event.person,
                lambda m: replace(m, is_child=event.is_child, age_bracket=event.age_bracket),
            )
        case ContactRecorded() | ProfileRecorded() | OwnWordsRecorded():
            return case
        case _:
            assert_never(event)
