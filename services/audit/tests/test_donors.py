"""A donor looks at what was done with its grants: all of that, nothing else, and nobody's name."""

import json

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_need_to_know import RESTRICTED
from specimens.histories import GRANT, OTHER_GRANT, VENDOR, Told, case, told

from audit.domain.merkle import BadProof
from audit.domain.note import parse_keys
from audit.domain.proof import check_leaf
from events.io.http.trial import Caller, Trial
from events.roles import Role

MONEY = ("gra_1", "bud_1", "com_1", "inv_1", "pay_1")
OF_PEOPLE = ("cas_", "pla_", "itm_", "ven_", "acc_", "src_", "prg_", "per_salma", "INV23", "PO-1")
"""What tells whom it was for, what they got or where."""


def of_the_other(story: list[Told]) -> list[Told]:
    """The same, paid from the other grant."""
    return json.loads(json.dumps(story).replace('"bud_1"', '"bud_2"'))  # type: ignore[no-any-return]


@pytest.fixture
async def filled(desk: Desk, audit: Trial) -> Trial:
    """Case 2 is restricted; case 3 is paid by another donor."""
    stories = [*case(1), *case(2), *of_the_other(case(3)), *RESTRICTED]
    await desk.keep(told(VENDOR, GRANT, OTHER_GRANT, stories))
    await desk.publisher().publish()
    return audit


@pytest.fixture
def dana(audit: Trial) -> Caller:
    return donor(audit)


def donor(audit: Trial, *references: str, organisation: str = "AMIF") -> Caller:
    grants = list(references or ["SK-2023-AVRR"])
    return audit.sign_in("per_dana", Role.DONOR, organisation=organisation, grants=grants)


@pytest.mark.parametrize("key", MONEY)
async def test_it_reads_what_was_done_with_its_money(filled: Trial, dana: Caller, key: str) -> None:
    lines = (await dana.get(f"/v1/trail/{key}")).json()["lines"]
    assert lines
    assert {line["service"] for line in lines} == {"disbursement"}
    told_of = json.dumps(lines)
    assert not [name for name in OF_PEOPLE if name in told_of]
    assert not [name for name in ("gra_2", "bud_2", "com_3", "pay_3") if name in told_of]


async def test_the_trail_of_the_grant_is_all_of_it_and_no_other_payment(
    filled: Trial, dana: Caller
) -> None:
    lines = (await dana.get("/v1/trail/gra_1")).json()["lines"]
    streams = {line["stream"] for line in lines}
    assert streams == {"gra_1", "bud_1", "com_1", "com_2", "pay_1", "pay_2"}
    elif_ = filled.sign_in("per_elif", Role.AUDITOR, organisation="external")
    for stream in streams - {"bud_1"}:
        whole = (await elif_.get(f"/v1/trail/{stream}")).json()["lines"]
        own = {line["index"] for line in whole if line["stream"] == stream}
        assert own <= {line["index"] for line in lines}, stream


async def test_a_payment_for_a_restricted_case_is_told_as_any_other(
    filled: Trial, dana: Caller
) -> None:
    """Else it would tell which are restricted."""

    async def said(number: int) -> list[tuple[object, ...]]:
        lines = (await dana.get(f"/v1/trail/pay_{number}")).json()["lines"]
        kinds = ([name.partition("_")[0] for name in line["names"]] for line in lines)
        return [(line["said"], line["who"], of) for line, of in zip(lines, kinds, strict=True)]

    assert await said(1) == await said(2)
    assert any("2,423,500.500 IQD" in str(line[0]) for line in await said(2))


@pytest.mark.parametrize(
    "key", ["cas_1", "pla_1", "itm_1", "ven_1", "acc_1", "src_1", "prg_iom_slovakia", "del_1"]
)
async def test_what_is_not_its_money_answers_as_what_never_was(
    filled: Trial, dana: Caller, key: str
) -> None:
    answer, unknown = [await dana.get(f"/v1/trail/{each}") for each in (key, "pay_9")]
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert answer.json()["detail"] == unknown.json()["detail"]


@pytest.mark.parametrize("key", ["gra_2", "bud_2", "com_3", "pay_3", "per_hana", "5b" * 32])
async def test_nor_does_another_donors_grant(filled: Trial, dana: Caller, key: str) -> None:
    assert (await dana.get(f"/v1/trail/{key}")).status_code == 404
    assert (await dana.get(f"/v1/trail/{key}/why")).status_code == 404


async def test_a_reference_is_its_donors_alone(filled: Trial) -> None:
    for who in (
        donor(filled, "AL-GCERF-2023"),
        donor(filled, "SK-2023-AVRR", organisation="GCERF"),
        filled.sign_in("per_dana", Role.DONOR, organisation="AMIF"),
    ):
        assert (await who.get("/v1/trail/gra_1")).status_code == 404
    theirs = donor(filled, "AL-GCERF-2023", organisation="GCERF")
    assert (await theirs.get("/v1/trail/pay_3")).status_code == 200
    assert (await theirs.get("/v1/trail/pay_1")).status_code == 404


async def test_why_it_was_paid_is_told_as_far_as_the_money_goes(
    filled: Trial, dana: Caller
) -> None:
    """The restricted case's, too; how much else it rests on is said."""
    answers = [(await dana.get(f"/v1/trail/pay_{n}/why")).json() for n in (1, 2)]
    for why in answers:
        assert why["causes"][0]["said"] == "the bank confirmed it"
        assert "marta (signatory) and ivan (signatory) signed and released it" in {
            cause["said"] for cause in why["causes"]
        }
        # how the vendor was chosen, the account, the vendor, the plan twice, the entitlement, the
        # registration
        assert why["untold"] == 7
        assert not [name for name in OF_PEOPLE if name in json.dumps(why)]
    one, other = ([cause["said"] for cause in why["causes"]] for why in answers)
    assert one == other


async def test_each_line_has_a_receipt_that_verifies(
    filled: Trial, dana: Caller, desk: Desk
) -> None:
    keys = parse_keys((await filled.client.get("/log/vkey")).text)
    lines = (await dana.get("/v1/trail/pay_2")).json()["lines"]
    assert lines
    for line in lines:
        receipt = (await dana.get(line["receipt"])).text
        proven = check_leaf(receipt, bytes.fromhex(line["leaf"]), keys)
        assert (proven.index, line["proven"]) == (line["index"], True)
        with pytest.raises(BadProof):
            check_leaf(receipt, bytes(32), keys)


async def test_no_receipt_and_no_entry_of_what_is_not_its_own(
    filled: Trial, dana: Caller, desk: Desk
) -> None:
    lines = (await dana.get("/v1/trail/gra_1")).json()["lines"]
    theirs = {line["index"] for line in lines}
    for index in range(await desk.size()):
        status = 200 if index in theirs else 404
        assert (await dana.get(f"/v1/log/proof?index={index}")).status_code == status
        assert (await dana.get(f"/v1/log/entries/{index}")).status_code == 403


async def test_of_the_log_it_reads_figures_and_hashes(filled: Trial, dana: Caller) -> None:
    log = (await dana.get("/v1/log")).json()
    assert log["size"] == log["entries"] > 0
    proof = await dana.get(f"/v1/log/consistency?old=1&new={log['size']}")
    assert proof.status_code == 200


async def test_a_long_trail_comes_in_pages(
    filled: Trial, dana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("gra_1", "bud_1", "pay_1"):
        whole = (await dana.get(f"/v1/trail/{key}")).json()["lines"]
        with monkeypatch.context() as patch:
            patch.setattr("audit.trail.sight.PAGE_LINES", 2)
            after, found = -1, []
            while after is not None:
                page = (await dana.get(f"/v1/trail/{key}?after={after}")).json()
                found += page["lines"]
                after = page["next"]
        assert found == whole


async def test_it_has_the_bundles_of_its_grant(filled: Trial, dana: Caller) -> None:
    elif_ = filled.sign_in("per_elif", Role.AUDITOR, organisation="external")
    paths = ("/v1/grants/gra_1/bundles", "/v1/grants/gra_2/bundles", "/v1/bundles")
    taken = [(await elif_.post(path, {})).json()["bundle"] for path in paths]
    answers = [await dana.get(f"/v1/bundles/{each}") for each in (*taken, "bun_none")]
    assert [each.status_code for each in answers] == [200, 404, 404, 404]
    assert len({each.json()["detail"] for each in answers[1:]}) == 1
