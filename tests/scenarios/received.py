"""The 66 people whom the province received from 2021 to 2025, as its report counts them."""

from itertools import product
from typing import Any, NamedTuple

from homeward.demo.scene import paper
from homeward.demo.stage import Json, Stage
from tests.scenarios.acts import uploads

RECEIVED, FROM_THE_PROVINCE, CHILDREN, KINH = 66, 25, 16, 5
GUARDIAN = "per_hoa"
FAMILIES = ("Lý", "Vàng", "Giàng", "Sùng", "Lò", "Hoàng", "Nông", "Thào", "Má", "Cư", "Hạng")
GIVEN = ("Mai", "Dua", "Chá", "Say", "Páo", "Sua")
HEADINGS = "mã hồ sơ,họ và tên,tuổi,giới tính,quốc gia,hình thức trở về,ngôn ngữ"


class Received(NamedTuple):
    """All of them."""

    programme: str
    cases: list[str]
    """Where each case is, in the order of the list."""


def the_list() -> bytes:
    """A line for each, as the House of Compassion has them, children first."""
    rows = [
        f"NA-{n:02},{family} Thị {given},{15 if n < CHILDREN else 22},nữ,vn,nhân đạo,vi"
        for n, (family, given) in enumerate(product(FAMILIES, GIVEN))
    ]
    return "\r\n".join([HEADINGS, *rows]).encode()


def province(number: int) -> str:
    """25 of the province; 22, 16 and 3 of others."""
    if number < FROM_THE_PROVINCE:
        return "lao_cai"
    return "ha_giang" if number < 47 else "son_la" if number < 63 else "yen_bai"


def receive(stage: Stage, programme: str) -> Received:
    """The list is imported, and each tells who they are."""
    where = f"intake/v1/imports?programme={programme}&office=LaoCai"
    batch = uploads(stage, "linh", where, the_list(), "text/csv; charset=utf-8")
    path = f"intake/v1/imports/{batch['batch']}"
    done = stage.awaits("linh", path, lambda seen: bool(seen["completed"]), "the import")
    assert (done["rows"], done["refused"], done["already"]) == (RECEIVED, 0, 0)
    listed = f"{path}/rows?limit={RECEIVED}"
    told = stage.awaits(
        "linh",
        listed,
        lambda seen: len([row for row in seen["items"] if row["case"]]) == RECEIVED,
        "the rows, and their cases as hers to know",
    )
    rows = sorted(told["items"], key=lambda row: int(row["row"]))
    cases = [f"intake/v1/cases/{row['case']}" for row in rows]
    for number, case in enumerate(cases):
        tell(stage, number, case)
    return Received(programme, cases)


def tell(stage: Stage, number: int, case: str) -> None:
    """What one of them, or a child's guardian, agreed to; where they are from, and of whom."""
    person = stage.reads("linh", case)["returnee"]
    body: Json = {"scopes": ["assistance"], "method": "signature", "language": "vi"}
    body["document"] = paper("consent", case)
    if number < CHILDREN:
        guardian = {"child": person, "guardian": GUARDIAN, "basis": "social_services"}
        stage.does("linh", "recorded the guardian", f"{case}/appoint-guardian", guardian)
        body |= {"method": "guardian", "guardian": GUARDIAN}
    stage.does("linh", "recorded the consent", f"{case}/give-consent", body)
    ethnicity = "kinh" if number >= RECEIVED - KINH else ("hmong", "thai")[number % 2]
    profile = {"person": person, "province": province(number), "ethnicity": ethnicity}
    stage.does("linh", "recorded the profile", f"{case}/record-profile", profile)


def counted(stage: Stage, programme: str, by: str, **more: str) -> dict[str, Any]:
    """The figures by one characteristic, when all are counted: number and percent of each value."""
    named = "".join(f"&{name}={value}" for name, value in more.items())
    figures = stage.awaits(
        "petra",
        f"intake/v1/indicators?programme={programme}&by={by}{named}",
        lambda seen: bool(
            seen["received"] == RECEIVED
            and "not_recorded" not in (line["value"] for line in seen["lines"])
        ),
        "all to be counted",
    )
    return {line["value"]: (line["received"], line["percent"]) for line in figures["lines"]}
