"""Account numbers where there is no IBAN: each country's form, its branches, its checks."""

import pytest
from msgspec.structs import replace
from services.vendors.tests.test_account import approved_vendor, proposal

from events.scenario import scenario
from events.values import Code
from vendors.domain.account import account
from vendors.domain.account.facts import BankBranchNamed
from vendors.domain.account.requests import ProposeAccount
from vendors.domain.numbering import NUMBERED, BranchNeeded, BranchWrong, at_branch
from vendors.domain.numbers import AccountNumberWrong, Scheme, blinded, normalised


@pytest.mark.parametrize(
    ("country", "bank", "right", "wrong"),
    [
        ("VN", "BFTVVNVX", "0071 0012 3456 7", "0071?A"),
        ("NG", "011", "0000014579", "0000014578"),
        ("NG", "FBNINGLA", "0000014578", "00000145"),
        ("GM", None, "ANYTHING1", "?"),
    ],
)
def test_a_number_is_checked_as_its_country_writes_it(
    country: str, bank: str | None, right: str, wrong: str
) -> None:
    keeper = Code(bank) if bank else None
    assert normalised(Scheme.BBAN, Code(country), right, bank=keeper) == right.replace(" ", "")
    with pytest.raises(AccountNumberWrong):
        normalised(Scheme.BBAN, Code(country), wrong, bank=keeper)


def test_of_a_country_without_a_published_standard_no_rule_is_made_up() -> None:
    assert normalised(Scheme.BBAN, Code("KE"), "01A2", bank=Code("KCBLKENX")) == "01A2"
    at_branch(Code("KE"), None)
    assert all(each.standard for each in NUMBERED.values())


IN_INDIA = replace(
    proposal("30012345678"),
    scheme=Scheme.BBAN,
    country=Code("IN"),
    currency=Code("INR"),
    bank=Code("SBININBB"),
)


def named(command: ProposeAccount) -> BankBranchNamed:
    assert command.branch is not None
    return BankBranchNamed(
        by=command.by,
        at=command.at,
        account=command.account,
        vendor=approved_vendor.id,
        branch=command.branch,
    )


def test_where_accounts_are_known_by_their_branch_it_is_named() -> None:
    refusal = BranchNeeded(Code("IN"), Code("ifsc"))
    scenario(account).when(IN_INDIA).then_rejected(refusal)
    wrong = replace(IN_INDIA, branch=Code("SBIN1001"))
    scenario(account).when(wrong).then_rejected(BranchWrong(Code("IN"), Code("ifsc")))
    right = replace(IN_INDIA, branch=Code("SBIN0000300"))
    facts = account.decide(right, None)
    assert facts[1:] == [named(right)]
    state = account.fold(facts)
    assert state
    assert state.branch == "SBIN0000300"


def test_the_same_number_at_another_branch_is_another_account() -> None:
    here, there = (
        blinded(b"k", Scheme.BBAN, Code("IN"), Code("SBININBB"), "30012345678", branch=Code(branch))
        for branch in ("SBIN0000300", "SBIN0000301")
    )
    assert here != there
