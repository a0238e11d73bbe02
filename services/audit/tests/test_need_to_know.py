"""The trail keeps what the services keep: who may not know of a case finds no line of it."""

import json

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, VENDOR, Told, case, told

from events.io.http.trial import Caller, Trial
from events.roles import Role

GONE = "2020-01-01T00:00:00Z"
RESTRICTED: list[Told] = [
    ("per_lina", "intake.case_restricted", "cas_2", {"case": "cas_2", "returnee": "per_salma"}),
    ("per_hana", "intake.access_requested", "acs_1", {"access": "acs_1", "case": "cas_2"}),
    *(
        (
            "per_lina",
            "intake.need_to_know_given",
            "cas_2",
            {"case": "cas_2", "person": person, "access": None, "until": until},
        )
        for person, until in (("per_petra", None), ("per_juraj", GONE), ("per_maria", None))
    ),
    (
        "per_lina",
        "intake.need_to_know_ended",
        "cas_2",
        {"case": "cas_2", "person": "per_maria", "access": None},
    ),
]
COMPLAINT: list[Told] = [
    ("per_ruth", "intake.complaint_received", "cmp_1", {"complaint": "cmp_1", "case": "cas_1"}),
    ("per_ruth", "intake.payment_hold_asked", "cmp_1", {"case": "cas_1"}),
    ("per_arben", "intake.personal_data_read", "rea_1", {"case": "cas_1", "purpose": "x"}),
    ("per_sofia", "intake.legal_hold_placed", "hol_1", {"hold": "hol_1", "case": "cas_1"}),
    ("per_system", "audit.finding_raised", "fnd_1", {"finding": "fnd_1", "case": "cas_1"}),
]
HIDDEN = ("cas_2", "pla_2", "itm_2", "com_2", "inv_2", "pay_2", "src_2")
BESIDE = ("prg_iom_slovakia", "ven_1", "bud_1", "per_lina", "per_jozef", "ngo_tirana")
"""What both cases have in common: their trails list what was done in each."""


@pytest.fixture
async def filled(desk: Desk, audit: Trial) -> Trial:
    await desk.keep(told(VENDOR, GRANT, case(1), case(2), RESTRICTED, COMPLAINT))
    await desk.publisher().publish()
    return audit


def hana(audit: Trial) -> Caller:
    return audit.sign_in("per_hana", Role.FINANCE_OFFICER, Role.PROGRAMME_MANAGER)


@pytest.mark.parametrize("key", [*HIDDEN, "acs_1", "cmp_1", "fnd_1"])
async def test_what_somebody_may_not_know_of_answers_as_what_never_was(
    filled: Trial, key: str
) -> None:
    answer, unknown = [await hana(filled).get(f"/v1/trail/{k}") for k in (key, "cas_nobodys")]
    assert answer.status_code == unknown.status_code == 404
    assert answer.json()["detail"] == unknown.json()["detail"]


@pytest.mark.parametrize("key", ["cas_1", "pay_1", *BESIDE])
async def test_no_other_trail_mentions_it(filled: Trial, key: str) -> None:
    answer = await hana(filled).get(f"/v1/trail/{key}")
    lines = json.dumps(answer.json()["lines"])
    assert "_1" in lines
    for name in (*HIDDEN, "acs_1", "cmp_1", "fnd_1", "restrict", "complaint", "let into"):
        assert name not in lines


async def test_nor_does_it_say_why_it_was_paid(filled: Trial) -> None:
    answer, unknown = [await hana(filled).get(f"/v1/trail/{k}/why") for k in ("pay_2", "pay_9")]
    assert answer.status_code == unknown.status_code == 404
    assert answer.json()["detail"] == unknown.json()["detail"]
    petra = filled.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    assert (await petra.get("/v1/trail/pay_2/why")).status_code == 200


async def test_who_needs_to_know_reads_it_as_long_as_they_do(filled: Trial) -> None:
    for person, status in (("petra", 200), ("lina", 200), ("juraj", 404), ("maria", 404)):
        who = filled.sign_in(f"per_{person}", Role.PROGRAMME_MANAGER)
        assert (await who.get("/v1/trail/pay_2")).status_code == status, person


async def test_people_of_another_organisation_read_of_no_case(filled: Trial) -> None:
    """Who runs the programme and who keeps the case do, nobody else."""
    keeper = filled.sign_in("per_blerta", Role.PROGRAMME_MANAGER, organisation="ngo_tirana")
    other = filled.sign_in("per_linh", Role.PROGRAMME_MANAGER, organisation="pacific_links")
    assert (await keeper.get("/v1/trail/pay_1")).status_code == 200
    assert (await other.get("/v1/trail/pay_1")).status_code == 404
    vendor = (await other.get("/v1/trail/ven_1")).json()
    assert vendor["lines"]
    assert "cas_" not in json.dumps(vendor["lines"])


async def test_the_confidential_lines_of_an_open_case_are_for_auditors(filled: Trial) -> None:
    elif_ = filled.sign_in("per_elif", Role.AUDITOR, organisation="external")
    types = {line["type"] for line in (await elif_.get("/v1/trail/cas_1")).json()["lines"]}
    shown = {line["type"] for line in (await hana(filled).get("/v1/trail/cas_1")).json()["lines"]}
    assert types - shown == {
        "intake.complaint_received.v1",
        "intake.payment_hold_asked.v1",
        "intake.personal_data_read.v1",
        "intake.legal_hold_placed.v1",
        "audit.finding_raised.v1",
    }


async def test_auditors_see_all(filled: Trial) -> None:
    elif_ = filled.sign_in("per_elif", Role.AUDITOR, organisation="external")
    for key in (*HIDDEN, "acs_1", "cmp_1", "fnd_1"):
        assert (await elif_.get(f"/v1/trail/{key}")).json()["lines"], key
