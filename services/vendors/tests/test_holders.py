"""The holder of an account is called as its vendor is, or an approver says why not."""

import pytest
from msgspec.structs import replace
from services.vendors.tests.desk import VendorDesk, ok, refused
from services.vendors.tests.people import ACCOUNT, NADIA, NOON, OVENS, SAMIR, YUSUF
from services.vendors.tests.test_account import activated as active
from services.vendors.tests.test_account import approve, approved, called, proposal, proposed
from services.vendors.tests.test_api import account_of, approved_vendor, desk

from events.scenario import scenario
from events.values import Code
from vendors.domain.account import account
from vendors.domain.account.facts import HolderNameAccepted, HolderNameDiffers
from vendors.domain.account.kinds import Stage
from vendors.domain.account.refusals import AccountIsAt, HolderDiffers, NothingToAccept
from vendors.domain.account.requests import AcceptHolder
from vendors.domain.duties import ActedAlready, Duty
from vendors.holders import alike

__all__ = ["desk"]
NAMES = ["شركة النور للأفران", "Al-Noor Ovens"]

differs = HolderNameDiffers(by=NADIA, at=NOON, account=ACCOUNT, vendor=OVENS)
accept = AcceptHolder(by=YUSUF, at=NOON, reason=Code("trades_under_own_name"))
accepted = HolderNameAccepted(
    by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, reason=Code("trades_under_own_name")
)


def test_another_name_is_told_when_the_account_is_proposed() -> None:
    scenario(account).given().when(proposal(called_alike=False)).then(proposed(), differs)
    scenario(account).given().when(proposal()).then(proposed())


def test_it_is_not_approved_before_somebody_has_said_why() -> None:
    known = scenario(account).given(proposed(), differs, called)
    known.when(approve).then_rejected(HolderDiffers(OVENS))
    known.when(accept).then(accepted)
    known.given(accepted).when(approve).then(approved, active())


@pytest.mark.parametrize(("person", "duty"), [(NADIA, Duty.PROPOSED), (SAMIR, Duty.CALLED_BACK)])
def test_neither_who_proposed_nor_who_called_accepts_it(person: object, duty: Duty) -> None:
    known = scenario(account).given(proposed(), differs, called)
    known.when(replace(accept, by=person)).then_rejected(ActedAlready(person, duty))  # type: ignore[arg-type]


def test_only_what_differs_and_stands_is_accepted_and_once() -> None:
    scenario(account).given(proposed()).when(accept).then_rejected(NothingToAccept(OVENS))
    known = scenario(account).given(proposed(), differs)
    known.given(accepted).when(accept).then_rejected(NothingToAccept(OVENS))
    over = known.given(accepted, called, approved)
    over.when(accept).then_rejected(AccountIsAt(stage=Stage.APPROVED, needed=Stage.PROPOSED))


@pytest.mark.parametrize(
    ("holder", "may_be"),
    [
        ("Al-Noor Ovens", True),
        ("AL NOOR OVENS LLC", True),
        ("Ovens Al-Nour", True),
        ("شركة النور للافران", True),
        ("Alnoor Ovens", True),
        ("Hassan Jabbar Ali", False),
        ("حسن جبار علي", False),
        ("Tigris Trading", False),
        ("-", False),
    ],
)
def test_names_are_held_against_each_other_across_spellings(holder: str, may_be: bool) -> None:  # noqa: FBT001  a parameter
    assert alike(holder, NAMES) is may_be


async def test_over_http_the_proposer_is_told_and_the_approver_says_why(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    other = account_of(vendor, holder="Hassan Jabbar Ali")
    told = ok(await desk.nadia.post("/v1/accounts", other), 201)
    assert told["holder_differs"]
    path = f"/v1/accounts/{told['account']}"
    version = told["version"]
    said = {"source": "registration", "confirmed": True}
    ok(await desk.samir.post(f"{path}/call-back", said, if_match=version))
    refusal = await desk.yusuf.post(f"{path}/approve", if_match=version + 1)
    assert refused(refusal) == (409, "HolderDiffers")
    why = {"reason": "trades_under_own_name"}
    stands = ok(await desk.yusuf.post(f"{path}/accept-holder", why, if_match=version + 1))
    assert stands["holder_accepted"] == "trades_under_own_name"
    done = ok(await desk.yusuf.post(f"{path}/approve", if_match=version + 2))
    assert done["stage"] == "active"


async def test_an_owner_is_not_the_vendor(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    owner = {"name": "حسن جبار علي", "latin_name": "Hassan Jabbar Ali"}
    ok(await desk.nadia.post(f"/v1/vendors/{vendor}/owners", owner, if_match=3))
    other = account_of(vendor, holder="Hassan Jabbar Ali")
    assert ok(await desk.nadia.post("/v1/accounts", other), 201)["holder_differs"]
