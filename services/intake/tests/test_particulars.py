"""What is known of people: names as papers have them, contact through others, their own words."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NOON,
    PAPER,
    YUSUF,
    ZAHRA,
    a_child_of_hers,
    consented,
    registered,
)

from events.personal import Kind
from events.registry import examine
from events.scenario import scenario
from events.values import Code
from intake.domain.case import case
from intake.domain.case.consenting import GiveConsent
from intake.domain.case.household import NotInHousehold
from intake.domain.case.particulars import (
    ContactRecorded,
    IdentityDocument,
    IdentityRecorded,
    NoWayToReach,
    OwnWordsRecorded,
    ProfileRecorded,
    RecordContact,
    RecordIdentity,
    RecordOwnWords,
    RecordProfile,
    Spelling,
    Subject,
    Through,
)
from intake.domain.case.registering import AgeContradictsDateOfBirth
from intake.domain.consent import ConsentMissing, GuardianNeeded, Method, Scope
from intake.domain.people import AgeBracket, PartialDate, Sex

SPELLINGS = (Spelling("Zahra Hussein", Code("Latn")), Spelling("Zahraa Husain", Code("Latn")))
PAPERS = (IdentityDocument(Code("laissez_passer"), "AB 123456", Code("IQ")),)
AUNT = Through("Umm Ali", "+964 770 000 0202")

record_identity = RecordIdentity(
    by=LINA,
    at=NOON,
    organisation=IOM,
    person=ZAHRA,
    sex=Sex.FEMALE,
    age_bracket=AgeBracket.UNDER_60,
    name="زهراء",
    spellings=SPELLINGS,
    date_of_birth=PartialDate("1988"),
    documents=PAPERS,
)
identity = IdentityRecorded(
    by=LINA,
    at=NOON,
    case=CASE,
    person=ZAHRA,
    sex=Sex.FEMALE,
    age_bracket=AgeBracket.UNDER_60,
    is_child=False,
    name="زهراء",
    spellings=SPELLINGS,
    date_of_birth=PartialDate("1988"),
    documents=PAPERS,
)
record_contact = RecordContact(
    by=LINA, at=NOON, organisation=IOM, person=ZAHRA, language=Code("ar"), through=AUNT
)
record_profile = RecordProfile(
    by=LINA,
    at=NOON,
    organisation=IOM,
    person=ZAHRA,
    province=Code("VN-02"),
    ethnicity=Code("hmong"),
)
record_words = RecordOwnWords(
    by=LINA,
    at=NOON,
    organisation=IOM,
    person=ZAHRA,
    subject=Subject.PLANS,
    language=Code("ar"),
    words="أريد أن أخيط.\nوأن أبيع في السوق.",
)
known = scenario(case).given(registered)


class TestIdentity:
    def test_several_scripts_and_spellings_a_partial_birthday_and_a_paper(self) -> None:
        known.when(record_identity).then(identity)

    def test_one_name_and_nothing_else_will_do(self) -> None:
        bare = replace(record_identity, spellings=(), date_of_birth=None, documents=())
        known.when(bare).then(replace(identity, spellings=None, date_of_birth=None, documents=None))

    def test_an_age_that_the_birthday_rules_out_is_refused(self) -> None:
        old = replace(record_identity, age_bracket=AgeBracket.OVER_60)
        known.when(old).then_rejected(AgeContradictsDateOfBirth(AgeBracket.OVER_60))

    def test_who_turns_out_to_be_a_child_needs_a_guardian_from_then_on(self) -> None:
        young = replace(
            identity, age_bracket=AgeBracket.UNDER_18, is_child=True, date_of_birth=None
        )
        signs = GiveConsent(
            by=LINA,
            at=NOON,
            organisation=IOM,
            scopes=(Scope.ASSISTANCE,),
            method=Method.SIGNATURE,
            language=Code("ar"),
            document=PAPER,
        )
        known.given(young).when(signs).then_rejected(GuardianNeeded(ZAHRA, None))

    def test_of_the_people_of_the_case(self) -> None:
        known.when(replace(record_identity, person=YUSUF)).then_rejected(NotInHousehold(YUSUF))
        of_ali = replace(record_identity, person=ALI, age_bracket=AgeBracket.UNDER_12)
        outcome = known.given(a_child_of_hers).when(replace(of_ali, date_of_birth=None))
        assert outcome.events


class TestContact:
    def test_through_somebody_whose_name_is_personal_too(self) -> None:
        known.when(record_contact).then(
            ContactRecorded(
                by=LINA, at=NOON, case=CASE, person=ZAHRA, language=Code("ar"), through=AUNT
            )
        )
        assert examine(ContactRecorded).personal["through"].kind is Kind.CONTACT

    def test_there_has_to_be_some_way(self) -> None:
        known.when(replace(record_contact, through=None)).then_rejected(NoWayToReach(ZAHRA))


class TestWhatIsProtected:
    def test_a_profile_says_where_from_and_protects_the_rest(self) -> None:
        known.given(consented).when(record_profile).then(
            ProfileRecorded(
                by=LINA,
                at=NOON,
                case=CASE,
                person=ZAHRA,
                province=Code("VN-02"),
                ethnicity=Code("hmong"),
            )
        )
        kinds = {name: mark.kind for name, mark in examine(ProfileRecorded).personal.items()}
        assert kinds == {
            "ethnicity": Kind.PROTECTION,
            "vulnerabilities": Kind.PROTECTION,
            "health": Kind.HEALTH,
        }

    def test_own_words_are_kept_as_they_were_said(self) -> None:
        known.given(consented).when(record_words).then(
            OwnWordsRecorded(
                by=LINA,
                at=NOON,
                case=CASE,
                person=ZAHRA,
                subject=Subject.PLANS,
                language=Code("ar"),
                words=record_words.words,
            )
        )

    @pytest.mark.parametrize("act", [record_profile, record_words])
    def test_not_without_consent(self, act: RecordProfile) -> None:
        known.when(act).then_rejected(ConsentMissing(Scope.ASSISTANCE))
