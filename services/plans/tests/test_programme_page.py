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
from plans.domain.programme import Modality
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


def test_the_shipped_programme_has_no_mistake() -> None:
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
    assert policy.approval.members == 2


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
        ("members: 2", "members: 1", "approval.committee.members  1 is not right; write how many"),
        ("cash_at_most: 0 EUR", "cash_at_most: 2001 EUR", "is more than total; write less"),
        ("below: 1500 EUR", "below: 100 EUR", "is not above the band before; sort them"),
        ("total: 2000 EUR", "total: 0 EUR", "is nothing; write an amount above zero"),
        ("at_most: 500 EUR", "at_most: 0.00 EUR", "is nothing; write an amount above zero"),
        ("below: 150 EUR", "below: 0 EUR", "is nothing; write an amount above zero"),
        ("    at_most: 500 EUR\n", "", "assistance.legal_aid  lacks at_most"),
        (", waiver_by: programme manager", "", "buying.bands[1]  waiver_by is a dependency of"),
    ],
)
def test_a_mistake_has_its_line_and_what_to_write_instead(old: str, new: str, said: str) -> None:
    where, _, _ = next(told for told in mistakes(old, new) if said in told).partition("  ")
    assert "lacks" in said or where == f"p.yaml:{line_of(old)}"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = TEXT.replace("below: 1500 EUR", "below: 1500").replace("run_by: iom\n", "")
    read = parse(text, "p.yaml")
    assert isinstance(read, list)
    assert [(each.path, each.line) for each in read] == [
        ("the page", 4),
        ("buying.bands[1].below", line_of("below: 1500") - 1),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "is not YAML"),
        ("", "is empty"),
        ("a: 1\na: 2\n", "stands there twice"),
        ("a: &x [1]\nb: {<<: *y}\n", "is not YAML"),
        ("[" * 5000, "is not YAML"),
        ("\x00", "is not YAML"),
        ("just words", '"just words" is not right'),
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
    other = parse(TEXT.replace("12 months after arrival", "6 months after arrival"))
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
