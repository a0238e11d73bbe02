"""Who may know of a case, as intake tells it: of a restricted one, only who needs to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TELLING = (
    "intake.returnee_registered.v1",
    "intake.case_transferred.v1",
    "intake.case_restricted.v1",
    "intake.case_unrestricted.v1",
    "intake.need_to_know_given.v1",
    "intake.need_to_know_ended.v1",
)
"""The events that say who may know of a case."""

Reader = tuple[str, str | None, datetime | None]
"""Who was let in, by which access, until when."""


@dataclass
class Known:
    """A case and those who may know of it."""

    keeps: str
    runs: str
    counsellor: str
    restricted: bool = False
    readers: list[Reader] = field(default_factory=list)

    def to(self, person: str, organisation: str, at: datetime) -> bool:
        """Whether this person, of that organisation, may know of the case."""
        return organisation in (self.keeps, self.runs) and (
            not self.restricted
            or person == self.counsellor
            or any(who == person and (not end or at < end) for who, _, end in self.readers)
        )


def known(told: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Known]:
    """By case: each event's type and data, in order. A case nobody registered is not among them."""
    cases: dict[str, Known] = {}
    for kind, data in told:
        if kind == "intake.returnee_registered.v1":
            cases[data["case"]] = Known(data["organisation"], data["run_by"], data["counsellor"])
        elif case := cases.get(data["case"]):
            _goes_on(case, kind.split(".")[1], data)
    return cases


def _goes_on(case: Known, kind: str, data: Mapping[str, Any]) -> None:
    match kind:
        case "case_transferred" if not data["outside"]:
            case.keeps, case.counsellor = data["to_organisation"], data["counsellor"]
        case "case_restricted" | "case_unrestricted":
            case.restricted, case.readers = kind == "case_restricted", []
        case "need_to_know_given":
            until = data["until"] and datetime.fromisoformat(data["until"])
            case.readers.append((data["person"], data["access"], until))
        case "need_to_know_ended":
            gone = (data["person"], data["access"])
            case.readers = [each for each in case.readers if each[:2] != gone]
