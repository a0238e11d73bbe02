"""Lists as their publishers write them."""

from datetime import date
from pathlib import Path

import pytest
from services.vendors.tests import lists

from vendors.screening.lists import NotAList, Source, read_list

SHARED = Path(__file__).parents[4] / "shared" / "data" / "sanctions"
REAL = SHARED / "un-consolidated-2026-02-27.xml"


def test_the_un_writes_several_names_into_one_field_and_remarks_beside_them() -> None:
    found = read_list(lists.un())
    assert (found.source, found.version, found.dated) == (
        Source.UN,
        "2026-02-27",
        date(2026, 2, 27),
    )
    assert found.entries == 2
    assert [(each.entry, each.name, each.weak, each.person) for each in found.names] == [
        ("QDi.901", "QASWAR TALHOUNI BARZANJI", False, True),
        ("QDi.901", "قسور تلحوني برزنجي", False, True),
        ("QDi.901", "Kaswar Talhuni", False, True),
        ("QDi.901", "Qasoor Talhooni", False, True),
        ("QDi.901", "Zubair", True, True),
        ("QDe.902", "Drenova Export Trust", False, False),
        ("QDe.902", "Drenova Eksport", False, False),
    ]


def test_the_eu_has_its_data_in_attributes() -> None:
    found = read_list(lists.EU.encode())
    assert (found.source, found.version) == (Source.EU, "2026-02-20:990001")
    assert [(each.entry, each.name, each.weak) for each in found.names] == [
        ("EU.900.1", "Jaromil Krvavec", False),
        ("EU.900.1", "Jaro Krvavec", True),
    ]


def test_ofac_lists_ships_too_which_sell_nothing_to_us() -> None:
    found = read_list(lists.OFAC.encode())
    assert (found.source, found.version) == (Source.OFAC, "2026-02-13")
    assert [(each.entry, each.name, each.weak, each.person) for each in found.names] == [
        ("90001", "Tien Dung PHAMVO", False, True),
        ("90001", "THE CARPENTER", True, True),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<html/>",
        b"<CONSOLIDATED_LIST/>",
        b'<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:00Z"/>',
        b'<!DOCTYPE l [<!ENTITY e "e">]><CONSOLIDATED_LIST>&e;</CONSOLIDATED_LIST>',
        b"<sdnList><Publish_Date>27/02/2026</Publish_Date></sdnList>",
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(NotAList):
        read_list(content)


@pytest.mark.skipif(not REAL.exists(), reason="the UN's real list is not on this machine")
def test_the_real_list_of_the_un() -> None:
    found = read_list(REAL.read_bytes())
    assert (found.version, found.entries) == ("2026-02-27", 1003)
    assert len({each.entry for each in found.names if each.person}) == 730
    assert len(found.names) > 4000
