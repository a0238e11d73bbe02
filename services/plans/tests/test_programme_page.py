"""A programme's page: read into policy, or every mistake with its line and what to write."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from services.plans.tests.people import PROGRAMME_FILE, eur

from events.money import Money
from events.values import Code, ProgrammeId
from plans.domain.programme import Collective, Level, Modality
from plans.page import Mistake, Page
from plans.programme import Programme, check, load, parse

TEXT = PROGRAMME_FILE.read_text(encoding="utf-8")


def mistakes(old: str, new: str) -> list[str]:
    """What is said of the shipped page with one thing changed in it."""
    assert TEXT.count(old) >= 1, old
    read = parse(TEXT.replace(old, new, 1), "p.yaml")
    assert isinstance(read, list)
    return [str(each) for each in read]


def line_of(words: str) -> int:
    return TEXT[: TEXT.index(words)].count("\n") + 1


def read() -> Programme:
    programme = load(PROGRAMME_FILE)
    assert isinstance(programme, Programme), programme
    return programme


@pytest.mark.parametrize("file", sorted(PROGRAMME_FILE.parent.glob("*.yaml")), ids=lambda f: f.stem)
def test_no_shipped_programme_has_a_mistake(file: Path) -> None:
    programme = load(file)
    assert isinstance(programme, Programme), programme
    assert programme.id == ProgrammeId(f"prg_{file.stem.replace('-', '_')}")


def test_what_the_page_of_iom_slovakia_comes_to() -> None:
    programme = read()
    policy = programme.policy
    assert programme.id == ProgrammeId("prg_iom_slovakia")
    assert (policy.currency, policy.organisation, policy.since) == ("EUR", "iom", date(2023, 1, 1))
    assert (policy.claim_within_days, policy.use_within_months) == (90, 12)
    assert sum((e.total for e in policy.entitlements), eur(0)) == eur(4000)
    course = policy.assistance_of(Code("vocational_course"))
    assert course
    assert course.instalments
    assert (course.modality, course.at_most) == (Modality.SERVICE, eur(1500))
    assert (course.instalments.attendance_percent, course.before_approval) == (
        80,
        ("admission_letter", "fee_schedule"),
    )
    assert [band.below for band in policy.buying.bands] == [eur(150), eur(1500), eur(15000)]
    assert policy.buying.bands[1].waiver_for[-1] == "returnees_school"
    assert policy.paying.invoice_tolerance_basis_points == 200
    assert policy.paying.invoice_tolerance_at_most == eur(20)
    assert not policy.paying.certifier_may_sign
    assert policy.approval.quorum(eur(2000)) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "below: 1500 EUR",
            "below: 1500",
            'buying.bands[1].below  "1500" has no currency; write it as "1500 EUR"',
        ),
        (
            "total: 2000 EUR",
            "total: 2000 USD",
            (
                'entitlement.per_person[0].total  "2000 USD" is not in EUR, as all amounts of this'
                " programme are"
            ),
        ),
        (
            "total: 2000 EUR",
            "total: 2000.005 EUR",
            'entitlement.per_person[0].total  "2000.005 EUR" has too many decimals for EUR',
        ),
        (
            "modality: referral",
            "modality: refferal",
            (
                'assistance.counselling.modality  "refferal" is not right; write goods, service,'
                " wage subsidy, cash or referral"
            ),
        ),
        (
            "claim_within: 90 days after arrival",
            "claim_within: soon",
            (
                'entitlement.claim_within  "soon" is not right; write a number of days, such as 90'
                " days after arrival"
            ),
        ),
        (
            "from: 2023-01-01",
            "from: 2023-02-30",
            (
                'funded_by.from  "2023-02-30" is not right; write a date as year-month-day, such as'
                " 2027-06-30"
            ),
        ),
        ("until: 2027-06-30", "until: 2022-06-30", "funded_by.until  is not after from"),
        ("run_by: iom", "run_bye: iom", "run_bye  is not known here; write run_by"),
        ("currency: EUR", "currency: XXQ", 'funded_by.currency  "XXQ" is not an ISO 4217 currency'),
        (
            "members: 2",
            "members: 1",
            "approval.committee.quorum[0].members  1 is not right; write how",
        ),
        ("cash_at_most: 0 EUR", "cash_at_most: 2001 EUR", "is more than total; write less"),
        ("below: 1500 EUR", "below: 100 EUR", "is not above the band before; sort them"),
        ("total: 2000 EUR", "total: 0 EUR", "is nothing; write an amount above zero"),
        ("at_most: 500 EUR", "at_most: 0.00 EUR", "is nothing; write an amount above zero"),
        ("below: 150 EUR", "below: 0 EUR", "is nothing; write an amount above zero"),
        ("    at_most: 500 EUR\n", "", "assistance.legal_aid  lacks at_most"),
        (", waiver_by: programme manager", "", "buying.bands[1]  waiver_by is a dependency of"),
        (
            "until: 2027-06-30",
            "until: 2027-06-30, extended_until: 2027-06-30",
            "funded_by.extended_until  is not after until",
        ),
        (
            "standard: {up_to: 15000 EUR",
            "standard: {up_to: 5 EUR",
            "is not above basic's; write",
        ),
        ("basic: {up_to: 1500 EUR}", "basic: {up_to: 0 EUR}", "is nothing; write an amount above"),
        ("first_payment: 2000 EUR at most", "first_payment: 2000 EUR", 'first_payment  "2000 EUR"'),
        ("{members: 2}", "{up_to: 5 EUR, members: 2}", "quorum[0].up_to  is the last and has a"),
        ("{members: 2}", "{members: 2}, {members: 3}", "quorum[0]  lacks up_to"),
        (
            "{members: 2}",
            "{up_to: 9 EUR, members: 2}, {up_to: 9 EUR, members: 2}, {members: 3}",
            "quorum[1].up_to  is not above the one before",
        ),
        ("{members: 2}", "{up_to: 9 EUR, members: 3}, {members: 2}", "quorum[1].members  is fewer"),
        (
            "instalments: {each: month, when",
            "instalments: {each: month, parts: [60 percent, 40 percent], when",
            "assistance.vocational_course.instalments  has either each or parts; keep one",
        ),
        (
            "{each: month, when: attendance at least 80 percent}",
            "{parts: [60 percent, 30 percent], when: monitoring visit done}",
            "vocational_course.instalments.parts  do not add up to 100 percent",
        ),
        (
            "{each: month, when: attendance at least 80 percent}",
            "{parts: [60 percent, 40 percent], when: attendance at least 80 percent}",
            "vocational_course.instalments.when  has attendance, which needs each",
        ),
        (
            "{each: month, when: attendance at least 80 percent}",
            "{each: month, when: [own contribution proved]}",
            "vocational_course.instalments  waits for own_contribution",
        ),
        (
            "{each: month, when: attendance at least 80 percent}",
            "{each: month, when: it is time}",
            'vocational_course.instalments.when  "it is time" is not right; write attendance at',
        ),
        (
            "before_approval: [employment contract]",
            "before_approval: [invoice]",
            'job_placement.before_approval[0]  "invoice" is not right; write a document that',
        ),
        ("at_most: 800 EUR", "at_most: 800 EUR\n    lasts: 3 to 9 months", "needs instalments for"),
        (
            "open to the offices in charge",
            "restricted from registration",
            "assistance.micro_business  lacks wording_for_others, as all cases are restricted",
        ),
        ("economic: 34 percent", "economic: 35 percent", "weights  do not add up to 100 percent"),
    ],
)
def test_a_mistake_has_its_line_and_what_to_write_instead(old: str, new: str, said: str) -> None:
    told = mistakes(old, new)
    where, _, _ = next((each for each in told if said in each), str(told)).partition("  ")
    assert "lacks" in said or "needs" in said or where == f"p.yaml:{line_of(old)}", told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = TEXT.replace("below: 1500 EUR", "below: 1500").replace("run_by: iom\n", "")
    read = parse(text, "p.yaml")
    assert isinstance(read, list)
    assert [(each.path, each.line) for each in read] == [
        ("the page", 4),
        ("buying.bands[1].below", line_of("below: 1500") - 1),
    ]


PROJECTS = """
collective: {participants: 2 to 15, share: 5 to 60 percent}
community:
  at_most: 9000 EUR
  host_share: 30 to 100 percent
  paid_from: community_projects
  before_approval: [minutes of the community committee]
emergency:
  types: [basic_needs]
  at_most: 300 EUR
  ratify_within: 72 hours
  authorised_by: [counsellor, field officer]
"""
WITH_PROJECTS = (
    TEXT.replace(
        "    modality: goods\n",
        "    level: [individual, collective, community]\n    modality: goods\n",
        1,
    ).replace("    afterwards: [monitoring note]\n", "")
    + PROJECTS
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "share: 5 to 60",
            "share: 5 to 6",
            "collective.share  and participants cannot come to 100",
        ),
        ("share: 5 to 60", "share: 51 to 60", "collective.share  and participants cannot come"),
        ("2 to 15", "1 to 15", 'collective.participants  "1 to 15" is not right; write how few'),
        ("30 to 100", "30 to 20", "community.host_share  ends before it begins"),
        ("[basic_needs]", "[bread]", 'emergency.types[0]  "bread" is no type of assistance'),
        ("[basic_needs]", "[counselling]", 'emergency.types[0]  "counselling" is not paid for one'),
        ("field officer]", "cook]", 'emergency.authorised_by[1]  "cook" is not right; write couns'),
        ("individual, collective, community", "individual", "collective  has no type of"),
        (
            "    at_most: 2000 EUR\n",
            "    at_most: 2000 EUR\n    before_payment: [photographs]\n",
            "assistance.micro_business.before_payment  is kept to for one case only",
        ),
    ],
)
def test_projects_and_emergencies_have_their_mistakes_too(old: str, new: str, said: str) -> None:
    read = parse(WITH_PROJECTS.replace(old, new, 1), "p.yaml")
    assert isinstance(read, list)
    assert any(said in str(each) for each in read), [str(each) for each in read]


def test_a_page_with_projects_and_emergencies() -> None:
    read = parse(WITH_PROJECTS)
    assert isinstance(read, Programme), read
    policy = read.policy
    assert policy.collective == Collective(2, 15, 5, 60)
    assert policy.community
    assert policy.community.budget_line == "community_projects"
    assert policy.emergency
    assert policy.emergency.authorised_by == ("counsellor", "field_officer")
    assert policy.assistance[0].levels == (Level.INDIVIDUAL, Level.COLLECTIVE, Level.COMMUNITY)


def test_either_each_type_that_costs_money_names_its_budget_line_or_none_does() -> None:
    forgot = parse(TEXT.replace("    paid_from: business\n", ""))
    assert isinstance(forgot, list)
    assert [m.path for m in forgot] == ["assistance.micro_business"]
    assert "lacks paid_from" in forgot[0].text
    ours = parse(TEXT.replace("modality: referral", "modality: referral\n    paid_from: business"))
    assert isinstance(ours, list)
    assert "take paid_from out" in ours[0].text
    none = parse("\n".join(row for row in TEXT.split("\n") if "    paid_from:" not in row))
    assert isinstance(none, Programme)
    assert none.paid_from == ()


def test_a_type_of_a_level_needs_the_rules_for_that_level() -> None:
    read = parse(WITH_PROJECTS.replace(PROJECTS, ""), "p.yaml")
    assert isinstance(read, list)
    assert [each.path for each in read] == ["assistance.micro_business.level"] * 2


@pytest.mark.parametrize(
    ("ages", "span"),
    [("under 18", (0, 17)), ("18 and over", (18, None)), ("12 to 17", (12, 17))],
)
def test_ages_are_written_as_people_say_them(ages: str, span: tuple[int, int | None]) -> None:
    read = parse(TEXT.replace("{for: principal,", f"{{for: principal, ages: {ages},"))
    assert isinstance(read, Programme), read
    first = read.policy.entitlements[0]
    assert (first.age_from, first.age_until) == span


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "is not YAML"),
        ("", "is empty"),
        ("a: 1\na: 2\n", "stands there twice"),
        ("a: &x [1]\nb: {<<: *y}\n", "is not YAML"),
        ("[" * 5000, "is not YAML"),
        ("\x00", "is not YAML"),
        ("just words", '"just words" is not right; write parts with their names'),
        ("a: &a [*a]", "programme:1  a  is over 20 levels deep, or a part of itself"),
        ("&a {b: *a}", "or a part of itself"),
        ("[" * 150 + "]" * 150, "is over 20 levels deep"),
        ('title: "\\ud83d"', "title  holds U+0000 or half of a surrogate pair"),
        ('"\\0": a', "holds U+0000"),
        ('title: "\\U00110000"', "is not YAML"),
        ('title: "\\UFFFFFFFF"', "is not YAML"),
        (f"%YAML 1.{'9' * 5000}\n--- a", "is not YAML"),
    ],
)
def test_what_is_no_programme_at_all(text: str, said: str) -> None:
    read = parse(text)
    assert isinstance(read, list)
    assert said in str(read[0])


def test_a_small_page_cannot_be_blown_up() -> None:
    bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{this}: &{this} [{','.join(['*' + last] * 10)}]\n"
        for last, this in zip("abcdefgh", "bcdefghi", strict=True)
    )
    read = parse(bomb)
    assert isinstance(read, list)
    assert "more than 5000 parts" in str(read[0])


def test_norway_is_a_country() -> None:
    read = parse(TEXT.replace("countries: any", "countries: [NO, IQ]"))
    assert isinstance(read, Programme)
    assert read.policy.eligibility.countries == ("NO", "IQ")


def test_layout_and_comments_do_not_count_but_words_do() -> None:
    as_json = msgspec.json.encode(yaml.load(TEXT, Loader=_Texts)).decode()
    assert parse(as_json) == read()
    assert parse("# a remark\n" + TEXT) == read()
    other = parse(TEXT.replace("90 days after arrival", "60 days after arrival"))
    assert isinstance(other, Programme)
    assert other.digest != read().digest


class _Texts(yaml.SafeLoader):
    """YAML as the page's reader takes it: whole numbers and texts."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, words) for tag, words in resolvers if tag == "tag:yaml.org,2002:int"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: \xe9\n")
    for name, said in (("none.yaml", "cannot be read"), ("latin.yaml", "is not UTF-8")):
        read = load(tmp_path / name)
        assert isinstance(read, list)
        assert said in str(read[0])


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@given(st.data())
def test_whatever_one_part_is_replaced_by_the_answer_is_a_list_of_mistakes_or_a_programme(
    data: st.DataObject,
) -> None:
    page = yaml.load(TEXT, Loader=_Texts)
    inside = page
    while isinstance(inside, dict | list) and inside:
        steps = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        step = data.draw(st.sampled_from(steps))
        if data.draw(st.booleans()) or not isinstance(inside[step], dict | list):
            inside[step] = data.draw(_json)
            break
        inside = inside[step]
    read = check(Page("p", page, {}))
    assert isinstance(read, Programme) or (read and all(isinstance(m, Mistake) for m in read))


def test_money_keeps_the_currencys_decimals() -> None:
    text = TEXT.replace("EUR", "IQD").replace("below: 150 IQD", "below: 150.5 IQD")
    read = parse(text)
    assert isinstance(read, Programme)
    assert read.policy.buying.bands[0].below == Money(150_500, "IQD")
