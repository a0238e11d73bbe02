"""Matching: what two ways of writing one person have in common, and what only looks like it."""

from dataclasses import dataclass

import pytest
from bench.people.invented import Record, Split, records
from hypothesis import given, settings
from hypothesis import strategies as some

from events.spelling import MAX_PARTS, MAX_SKELETONS, spelt
from events.values import CaseId, PersonId
from intake.domain import duplicate
from intake.domain.duplicate import Agreement
from intake.domain.matching import agreement
from intake.domain.matching.agreement import Born, Name, Number
from intake.domain.matching.features import Known, blinding, featured
from intake.domain.matching.weighing import SUSPECT_FROM, score_of, weigh
from intake.domain.people import Sex
from intake.duplicates.batch import Entry, suspects

BLIND = blinding(b"k" * 32)
SAME = {Name.SAME, Name.LONG}


def names(one: str, other: str) -> Name:
    """How far two names agree."""
    return agreement.name(
        featured(Known(names=(one,)), BLIND), featured(Known(names=(other,)), BLIND)
    )


class TestNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            # Arabic and its Latin spellings
            ("محمد حسين", "Mohammed Hussein"),
            ("محمد حسين", "Muhamad Husayn"),
            ("Mohammed Hussein", "Muhamad Husain"),
            ("يوسف خالد", "Youssef Khaled"),
            ("يوسف خالد", "Jusuf Halid"),
            ("قاسم جمال", "Kassem Gamal"),
            ("عائشة داود", "Ayesha Dawood"),
            ("عبد الرحمن سعيد", "Abdulrahman Saeed"),
            ("عبدالرحمن سعيد", "Abd al-Rahman Said"),
            ("Abdurrahman Said", "Abdel Rahman Saïd"),
            ("زهراء الجبوري", "Zahra Al-Jubouri"),
            ("مُحَمَّد عَلِيّ", "محمد علي"),
            ("محمد بن سلمان", "Mohammed Salman"),
            # Urdu, which has letters and sounds of its own
            ("پرویز چوہدری", "Parvez Choudhury"),
            ("شازیہ بھٹی", "Shazia Bhatti"),
            ("Mohd Irfan", "محمد عرفان"),
            # Vietnamese with its tones and without
            ("Nguyễn Thị Ánh", "Nguyen Thi Anh"),
            ("Đặng Văn Hùng", "DANG VAN HUNG"),
            # Slovak marks, and the ending of women's surnames
            ("Zuzana Kováčová", "Zuzana Kovacova"),
            ("Zuzana Kováčová", "Zuzana Kovac"),
            ("Ľudmila Čonková", "Ludmila Conkova"),
            # Albanian, at home and in the spelling of its neighbours
            ("Xhevdet Hoxha", "Dzevdet Hodza"),
            ("Gëzim Gjoka", "Gezim Djoka"),
            ("Besnik Shehu", "Shehu, Besnik"),
        ],
    )
    def test_one_name_in_two_spellings(self, one: str, other: str) -> None:
        assert names(one, other) in SAME

    @pytest.mark.parametrize(
        ("one", "other", "level"),
        [
            ("Ali Hussein Mahmoud", "Omar Hussein Mahmoud", Name.KIN),
            ("علي حسين محمود", "Omar Hussein Mahmoud", Name.KIN),
            ("Arta Leka", "Blerta Leka", Name.KIN),
            ("Nguyễn Thị Lan", "Nguyễn Thị Linh", Name.KIN),
            ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", Name.ROUGH),
            ("Ali Hussein", "Hussein Ali", Name.REORDERED),
            ("Trần Văn Tú", "Tú Văn Trần", Name.LONG),
            ("Arta Leka", "Arta Shehu", Name.OWN),
            ("Suad Umar Ali", "Suad Umar Al-Mousawi", Name.MOST),
            ("Ali Hussein Mahmoud", "Ali Hussein", Name.FEWER),
            ("Nguyễn Thị Ánh", "Nguyen Anh", Name.FEWER),
            ("Mona", "Mona Karim", Name.ONE),
            ("Besnik Berisha", "Besnik Berihsa", Name.SAME),
            ("Trần Văn Trang", "Trần Văn Trung", Name.ROUGH),
            ("Hassan Karim", "Jozef Novák", Name.OTHER),
            ("محمد كريم", "محمود كريم", Name.KIN),
            ("123", "Mona Karim", Name.UNKNOWN),
        ],
    )
    def test_a_name_that_is_another_in_part(self, one: str, other: str, level: Name) -> None:
        assert names(one, other) is level
        assert names(other, one) is level

    def test_any_spelling_that_is_known_of_a_person_will_do(self) -> None:
        both = featured(Known(names=("محمد حسين", "Mohammed Hussain")), BLIND)
        latin = featured(Known(names=("Mohammed Hussain",)), BLIND)
        assert agreement.name(both, latin) is Name.SAME


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1988-05-12", "1988-05-12", Born.SAME),
        ("1988-05-12", "1988-12-05", Born.SWAPPED),
        ("1988-05-12", "1988-01-01", Born.YEAR),
        ("1988-05-12", "1988", Born.YEAR),
        ("1988-05-12", "1988-05", Born.YEAR),
        ("1988-01-01", "1988-01-01", Born.YEAR),
        ("1988-05-12", "1988-05-20", Born.YEAR_AND_PART),
        ("1988-05-12", "1985-05-12", Born.NEAR),
        ("1988", "1989", Born.NEAR),
        ("1989", "1990-06-01", Born.NEAR),
        ("1988-05-12", "1989-06-13", Born.OTHER),
        ("1988", "1994", Born.OTHER),
    ],
)
def test_dates_of_birth_as_far_as_they_are_known(one: str, other: str, level: Born) -> None:
    a, b = featured(Known(born=(one,)), BLIND), featured(Known(born=(other,)), BLIND)
    assert agreement.born(a, b) is level
    assert agreement.born(b, a) is level


@pytest.mark.parametrize(
    ("one", "other", "country"),
    [
        ("+964 770 000 0201", "0770 000 0201", "IQ"),
        ("+964 770 000 0201", "00964 770 0000201", "IQ"),
        ("٠٧٧٠٠٠٠٠٢٠١", "+9647700000201", "IQ"),
        ("+355 69 051 7070", "069 051 7070", "AL"),
        ("0905 846 425", "+421905846425", "SK"),
    ],
)
def test_a_telephone_however_it_is_dialled(one: str, other: str, country: str) -> None:
    a = featured(Known(phones=(one,), country=country), BLIND)
    b = featured(Known(phones=(other,), country=country), BLIND)
    assert agreement.phone(a, b) is Number.SAME


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("A 123-456", "a123456", Number.SAME),
        ("A123456", "A123457", Number.NEAR),
        ("A123456", "A132456", Number.OTHER),
    ],
)
def test_documents(one: str, other: str, level: Number) -> None:
    a, b = featured(Known(documents=(one,)), BLIND), featured(Known(documents=(other,)), BLIND)
    assert agreement.document(a, b) is level


@dataclass(frozen=True)
class Trap:
    says: str
    one: Known
    other: Known
    suspected: bool


def person(name: str, born: str, phone: str = "", document: str = "") -> Known:
    return Known(
        names=(name,),
        born=(born,) if born else (),
        phones=(phone,) if phone else (),
        documents=(document,) if document else (),
        country="IQ",
        sex=Sex.MALE,
    )


FAMILY = "+964 770 000 0201"
BROTHER = "Omar Hussein Mahmoud"
FATHER = "Hussein Mahmoud Karim"
ALI = person("Ali Hussein Mahmoud", "1988-05-12", FAMILY)


@pytest.mark.parametrize(
    "trap",
    [
        Trap("in another script", ALI, person("علي حسين محمود", "1988-05-12"), suspected=True),
        Trap("the year only", ALI, person("علي حسين محمود", "1988-01-01"), suspected=True),
        Trap("day and month swapped", ALI, person("Ali Hussein", "1988-12-05"), suspected=True),
        Trap("by the telephone", ALI, person("علي حسين", "", FAMILY), suspected=True),
        Trap(
            "one document, all else another",
            person("Ali Hussein", "1988-05-12", document="A1234567"),
            person("Karim Jassim", "1975-03-01", document="a 1234567"),
            suspected=True,
        ),
        Trap(
            "a brother", ALI, person("Omar Hussein Mahmoud", "1990-02-03", FAMILY), suspected=False
        ),
        Trap("a twin", ALI, person("Omar Hussein Mahmoud", "1988-05-12", FAMILY), suspected=False),
        Trap(
            "a father", ALI, person("Hussein Mahmoud Karim", "1960-01-01", FAMILY), suspected=False
        ),
        Trap("a namesake", ALI, person("Ali Hussein Mahmoud", "1971-09-30"), suspected=False),
        Trap("a common name alone", person("Ali", ""), person("Ali", ""), suspected=False),
        Trap(
            "a son by his father's name",
            person("Ali Hussein", "1988-05-12", FAMILY),
            person("Hussein Ali", "2010-07-01", FAMILY),
            suspected=False,
        ),
    ],
    ids=lambda trap: trap.says,
)
def test_who_is_suspected_and_who_only_looks_the_same(trap: Trap) -> None:
    weighed = weigh(featured(trap.one, BLIND), featured(trap.other, BLIND))
    assert (weighed.score >= SUSPECT_FROM) is trap.suspected, weighed


def test_it_says_in_what_they_agree() -> None:
    other = person("علي حسين محمود", "1988-01-01", "0770 000 0201")
    weighed = weigh(featured(ALI, BLIND), featured(other, BLIND))
    assert weighed.agreeing == (Agreement.NAME, Agreement.DATE_OF_BIRTH, Agreement.PHONE)


def test_bits_become_basis_points() -> None:
    assert [score_of(bits) for bits in (-40.0, -1.0, 0.0, 1.0, 40.0)] == [
        0,
        3333,
        5000,
        6667,
        10000,
    ]


# Properties

texts = some.text(max_size=40)
years = some.integers(1900, 2025).map(str)
people = some.builds(
    Known,
    names=some.lists(texts, max_size=2).map(tuple),
    born=some.lists(some.one_of(years, some.dates().map(str)), max_size=1).map(tuple),
    phones=some.lists(texts, max_size=1).map(tuple),
    documents=some.lists(texts, max_size=1).map(tuple),
    sex=some.sampled_from(Sex),
)


@given(people, people)
def test_who_is_asked_first_makes_no_difference(one: Known, other: Known) -> None:
    a, b = featured(one, BLIND), featured(other, BLIND)
    assert weigh(a, b) == weigh(b, a)


@given(people)
def test_nobody_agrees_more_with_another_than_with_themselves(one: Known) -> None:
    features = featured(one, BLIND)
    weighed = weigh(features, features)
    bits_for = set(weighed.agreeing)
    if one.documents and features.documents:
        assert Agreement.DOCUMENT in bits_for
    assert agreement.name(features, features) not in {Name.KIN, Name.OTHER, Name.OWN}


@given(texts)
def test_any_text_is_a_name_of_bounded_size(text: str) -> None:
    name = spelt(text)
    assert len(name.parts) <= MAX_PARTS
    assert all(1 <= len(part.skeletons) <= MAX_SKELETONS for part in name.parts)
    assert not name.parts or 0 <= name.own < len(name.parts)


@given(people)
@settings(max_examples=30)
def test_tokens_of_another_key_never_meet(one: Known) -> None:
    ours, theirs = featured(one, BLIND), featured(one, blinding(b"c" * 32))
    assert not set(ours.keys) & set(theirs.keys)


# Everybody against everybody


def test_the_search_of_all_books_says_the_same_as_weighing_each_two() -> None:
    made: list[Record] = records(Split.DEVELOPMENT, 150)
    entries = [
        Entry(
            duplicate.Known(PersonId(f"per_{at}"), CaseId(f"cas_{at}")),
            featured(record.known, BLIND),
        )
        for at, record in enumerate(made)
    ]
    expected = {
        (one.known.person, other.known.person): weigh(one.features, other.features)
        for at, one in enumerate(entries)
        for other in entries[at + 1 :]
        if set(one.features.keys) & set(other.features.keys)
        and weigh(one.features, other.features).score >= SUSPECT_FROM
    }
    found = {
        tuple(sorted((p.one.person, p.other.person), key=lambda it: int(it[4:]))): p.weighed
        for p in suspects(entries)
    }
    assert len(expected) > 20
    assert found == expected


def test_the_two_splits_of_invented_people_share_no_uncommon_name() -> None:
    def words(split: Split) -> set[str]:
        told = records(split, 400)
        return {w.casefold() for r in told for w in r.known.names[0].split() if not w.isascii()}

    shared = words(Split.DEVELOPMENT) & words(Split.HELD_OUT)
    assert len(shared) < 0.35 * len(words(Split.HELD_OUT))
