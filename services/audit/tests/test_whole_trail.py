"""A trail has how the vendor was chosen, the cash that was handed over and what was recovered, also
where a line names that alone; and of a restricted case these are for who needs to know.
"""

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_need_to_know import RESTRICTED
from specimens.histories import GRANT, VENDOR, Told, case, told

from audit.log import mentions
from events.io.http.trial import Trial
from events.roles import Role

SOURCED = {"sourcing": "src_2"}
OFFER = {**SOURCED, "quotation": "quo_2", "vendor": "ven_9"}
CHOSEN: list[Told] = [
    (
        "per_nadia",
        "vendors.quotations_requested",
        "src_2",
        {**SOURCED, "item": "itm_2", "case": "cas_2", "plan": "pla_2", "counsellor": "per_lina"},
    ),
    ("per_nadia", "vendors.competition_terms_named", "src_2", SOURCED),
    ("per_nadia", "vendors.written_request_sent", "src_2", SOURCED),
    ("per_nadia", "vendors.quotation_received", "src_2", OFFER),
    ("per_karim", "vendors.quotations_compared", "src_2", {**SOURCED, "ranking": ["quo_2"]}),
    ("per_karim", "vendors.competition_waived", "src_2", SOURCED),
    ("per_peter", "vendors.award_voted", "src_2", {**SOURCED, "quotation": "quo_2"}),
]
PLANNED = {"item": "itm_7", "case": "cas_2", "plan": "pla_2"}
CASH = {"cash": "csh_2"}
HANDED: list[Told] = [
    ("per_lina", "plans.assistance_item_proposed", "pla_2", PLANNED),
    (
        "per_hana",
        "disbursement.cash_requested",
        "csh_2",
        {**CASH, "item": "itm_7", "case": "cas_2", "budget_line": "bud_1"},
    ),
    ("per_hana", "disbursement.cash_terms_set", "csh_2", CASH),
    ("per_eva", "disbursement.cash_approved", "csh_2", CASH | {"delegation": "del_2"}),
    ("per_hana", "disbursement.cash_handed_over", "csh_2", CASH),
    ("per_dalia", "disbursement.cash_hand_over_confirmed", "csh_2", CASH | {"item": "itm_7"}),
]
BACK = {"recovery": "rcv_2"}
RECOVERED: list[Told] = [
    (
        "per_hana",
        "disbursement.recovery_initiated",
        "rcv_2",
        {**BACK, "payment": "pay_2", "vendor": "ven_1", "commitment": "com_2", "item": "itm_2"},
    ),
    ("per_eva", "disbursement.recovery_rejected", "rcv_2", {**BACK, "reason": "not_owed"}),
]
LOSER: Told = ("per_nadia", "vendors.vendor_proposed", "ven_9", {"vendor": "ven_9"})
ALL = [*CHOSEN, *HANDED, *RECOVERED]


SELECTED = next(n for n, each in enumerate(case(2)) if "vendor_selected" in each[1])
STORY = [*case(2)[:SELECTED], *CHOSEN, *case(2)[SELECTED:], *HANDED, *RECOVERED]
OPEN = [LOSER, *VENDOR, *GRANT, *case(1), *STORY]


@pytest.fixture
async def filled(desk: Desk, audit: Trial) -> Trial:
    await desk.keep(told(OPEN))
    await desk.publisher().publish()
    return audit


@pytest.fixture
async def restricted(desk: Desk, audit: Trial) -> Trial:
    await desk.keep(told(OPEN, RESTRICTED))
    await desk.publisher().publish()
    return audit


def kinds(story: list[Told]) -> set[str]:
    return {f"{kind}.v1" for _, kind, _, _ in story}


@pytest.mark.parametrize(
    ("key", "has"),
    [
        ("cas_2", ALL),
        ("pla_2", ALL),
        ("itm_2", [*CHOSEN, *RECOVERED]),
        ("itm_7", HANDED),
        ("csh_2", HANDED),
        ("com_2", [*CHOSEN, *RECOVERED]),
        ("pay_2", [*CHOSEN, *RECOVERED]),
        ("rcv_2", [*CHOSEN, *RECOVERED]),
        ("src_2", [*CHOSEN, *RECOVERED]),
    ],
)
async def test_a_trail_lacks_nothing(filled: Trial, key: str, has: list[Told]) -> None:
    elif_ = filled.sign_in("per_elif", Role.AUDITOR, organisation="external")
    lines = (await elif_.get(f"/v1/trail/{key}")).json()["lines"]
    theirs = {line["type"] for line in lines}
    assert kinds(has) <= theirs
    assert not (kinds(ALL) - kinds(has) - kinds(case())) & theirs, "what else the case had"
    streams = {line["stream"] for line in lines}
    assert {"cas_2", "pla_2"} <= streams
    assert not streams & {"cas_1", "pay_1", "src_1", "ven_9"}, "who only made an offer"


@pytest.mark.parametrize("key", ["rcv_2", "csh_2", "src_2"])
async def test_of_a_restricted_case_they_are_for_who_needs_to_know(
    restricted: Trial, key: str
) -> None:
    hana = restricted.sign_in("per_hana", Role.FINANCE_OFFICER, Role.PROGRAMME_MANAGER)
    assert (await hana.get(f"/v1/trail/{key}")).status_code == 404
    for beside in ("per_eva", "per_hana", "per_karim", "per_nadia", "bud_1", "ven_1"):
        lines = (await hana.get(f"/v1/trail/{beside}")).json()["lines"]
        assert lines, beside
        assert not [line for line in lines if key in (line["stream"], *line["names"])], beside
    petra = restricted.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    assert (await petra.get(f"/v1/trail/{key}")).status_code == 200


async def test_who_rejected_the_recovery_of_an_open_case_is_told(filled: Trial) -> None:
    hana = filled.sign_in("per_hana", Role.FINANCE_OFFICER, Role.PROGRAMME_MANAGER)
    lines = (await hana.get("/v1/trail/rcv_2")).json()["lines"]
    assert kinds(RECOVERED) <= {line["type"] for line in lines}


async def test_a_recovery_is_of_its_payments_case(restricted: Trial, desk: Desk) -> None:
    """So that what an auditor reads of it is recorded as protected."""
    rows = await mentions.cases_of(desk.store.pool, ["rcv_2", "csh_2", "src_2", "rcv_1"])
    assert sorted(rows) == [
        *(("csh_2", "cas_2"), ("rcv_1", "cas_1"), ("rcv_2", "cas_2"), ("src_2", "cas_2"))
    ]
