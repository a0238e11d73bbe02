"""Names across scripts: who may be one, and who only has a name in common. All are invented."""

import pytest

from vendors.screening.child import romanise
from vendors.screening.lists import Listed
from vendors.screening.names import Index

CROWD = (
    "Muhammad Ali Hassan",
    "Ahmad Muhammad Ibrahim",
    "Ali Hussein Jassim",
    "Omar Khalid Rahman",
    "Nguyen Van Minh",
    "Nguyen Thi Lan",
    "Agron Hoxha",
    "Ivan Petrov",
)
"""Others on the list: so some words are common on it."""


def likeness(listed: str, asked: str, *, weak: bool = False) -> bool:
    names = [Listed(f"C{n}", each, False, True) for n, each in enumerate(CROWD)]
    spellings = romanise(listed)
    index = Index([*names, Listed("L", listed, weak, True, spellings)], romanise)
    return any(found.listed.entry == "L" for found in index.find(asked))


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        # Latin
        ("QASWAR TALHOUNI BARZANJI", "Kaswar Talhuni Barzanji"),
        ("QASWAR TALHOUNI BARZANJI", "Barzanji, Qaswar Talhouni"),
        ("QASWAR TALHOUNI BARZANJI", "Qaswar Talhouni"),
        ("Abd al-Rahman Talhuni", "Abdulrahman Talhouni"),
        ("WALIZAI SHINWARI", "Wali Zai Shinwari"),
        # Arabic, Persian and Urdu letters
        ("QASWAR TALHUNI", "قسور تلحوني"),
        ("قسور تلحوني", "Qaswar Talhuni"),
        ("يوسف الزهراني", "Youssef Al-Zahrani"),
        ("عبد القادر مزراق", "Abdelkader Mezrag"),
        ("غلام شینواری", "Ghulam Shinwari"),
        # Cyrillic
        ("ZAURBEK GUCHANOV", "Заурбек Гучанов"),
        # Vietnamese, Slovak and Albanian marks
        ("PHAM TIEN DUNG", "Phạm Tiến Dũng"),
        ("Jaromil Krvavec", "Jaromíl Krvavec"),
        ("Gjergj Drenova", "Djerdj Drenova"),
    ],
)
def test_one_name_in_two_writings(listed: str, asked: str) -> None:
    assert likeness(listed, asked)


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("QASWAR TALHOUNI BARZANJI", "Muhammad Ali"),
        ("QASWAR TALHOUNI BARZANJI", "Barzan Jamil Nuri"),
        ("QASWAR TALHOUNI BARZANJI", "محمد علي حسن"),
        ("PHAM TIEN DUNG", "Phạm Thị Hoa"),
        ("Jaromil Krvavec", "Jaromil Novák"),
        ("Gjergj Drenova", "Arben Drenova Market"),
        ("يوسف الزهراني", "يوسف الجبوري"),
    ],
)
def test_a_word_in_common_is_not_a_name(listed: str, asked: str) -> None:
    assert not likeness(listed, asked)


def test_a_nickname_alone_that_identifies_nobody_is_not_looked_for() -> None:
    assert likeness("Zubair", "Zubair")
    assert not likeness("Zubair", "Zubair", weak=True)


@pytest.mark.parametrize("text", ["", " ", "123", "--", "😀", "ـــ"])
def test_a_text_without_a_letter_is_nobody(text: str) -> None:
    assert not likeness("QASWAR TALHUNI", text)
