"""The folder shared with the bank, and what the vendors service shows of a payee."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from disbursement.gateways import (
    FROM_BANK,
    SEALED,
    TAKEN,
    TO_BANK,
    UPLOADED,
    LocalBankFolder,
    PayeeErased,
    VendorsPayees,
)
from disbursement.iso20022.pain001 import Bank, BankAccount, Member, Party, Scheme
from disbursement.iso20022.schema import FILE_MAX_BYTES
from events.values import AccountId, BankFileId, Digest

ACCOUNT, FILE = AccountId("acc_1"), BankFileId("fil_1")


def test_what_is_written_once_is_never_written_over(tmp_path: Path) -> None:
    folder = LocalBankFolder(tmp_path)
    assert folder.sealed("fil_1") is None
    assert folder.seal("fil_1", b"first") == b"first"
    assert folder.seal("fil_1", b"second") == b"first"
    assert folder.sealed("fil_1") == b"first"
    assert folder.hand_over("fil-1", b"first") == b"first"
    assert folder.hand_over("fil-1", b"second") == b"first"
    assert (tmp_path / TO_BANK / "fil-1.xml").read_bytes() == b"first"


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    folder = LocalBankFolder(tmp_path)
    folder.seal("fil_1", b"first")
    folder.seal("fil_1", b"second")
    assert [path.name for path in (tmp_path / SEALED).iterdir()] == ["fil_1.xml"]


def test_the_banks_files_come_by_name_and_are_put_away_by_their_hash(tmp_path: Path) -> None:
    folder = LocalBankFolder(tmp_path)
    for name in ("b.xml", "a.xml", ".c.xml", ".d.xml.part", "notes.txt"):
        (tmp_path / FROM_BANK / name).write_text(name)
    assert folder.answers() == ["a.xml", "b.xml"]
    assert folder.read("a.xml") == b"a.xml"
    folder.put_away("a.xml", Digest("a" * 64))
    assert folder.answers() == ["b.xml"]
    assert (tmp_path / TAKEN / f"{'a' * 64}.xml").read_text() == "a.xml"


def test_only_a_file_is_read_and_not_an_endless_one(tmp_path: Path) -> None:
    folder = LocalBankFolder(tmp_path)
    (tmp_path / FROM_BANK / "folder.xml").mkdir()
    os.mkfifo(tmp_path / FROM_BANK / "pipe.xml")
    with (tmp_path / FROM_BANK / "large.xml").open("wb") as large:
        large.truncate(FILE_MAX_BYTES + 1)
    for name in folder.answers():
        with pytest.raises(OSError, match=r"no file|too large"):
            folder.read(name)


class Shows:
    """The vendors service, as far as a payee is asked for."""

    def __init__(self, **shown: Any) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._shown = {
            "account": ACCOUNT,
            "vendor": "ven_1",
            "scheme": "iban",
            "country": "IQ",
            "currency": "IQD",
            "bank": "NBIQIQBA",
            "vendor_country": "IQ",
            "clear_on_lists_in_force": True,
            "holder": "شركة النور للأفران",
            "number": "IQ98NBIQ850123456789012",
            "latin_name": "Al-Noor Ovens",
            "town": "Baghdad",
        } | shown

    async def post(self, service: str, path: str, body: Any, *, key: str) -> Any:
        self.asked.append((service, path, body, key))
        return self._shown


async def test_a_payee_is_asked_for_to_pay_it_once_per_file() -> None:
    vendors = Shows()
    payee = await VendorsPayees(vendors).payee(ACCOUNT, FILE)
    assert payee.creditor == Party("Al-Noor Ovens", "IQ", "Baghdad")
    assert payee.account == BankAccount(Scheme.IBAN, "IQ98NBIQ850123456789012")
    assert payee.bank == Bank(bic="NBIQIQBA")
    assert vendors.asked == [
        ("vendors", "/v1/accounts/acc_1/reveal", {"purpose": "payment"}, "fil_1.acc_1")
    ]


async def test_a_name_without_a_latin_form_gets_one() -> None:
    payee = await VendorsPayees(Shows(latin_name=None)).payee(ACCOUNT, FILE)
    assert payee.creditor.name.isascii()
    assert payee.creditor.name


async def test_a_bank_without_a_bic_goes_by_its_name_and_country() -> None:
    shown = Shows(bank="Vietcombank", scheme="bban", country="VN", number="0071001234567")
    payee = await VendorsPayees(shown).payee(ACCOUNT, FILE)
    assert payee.bank == Bank(name="Vietcombank", country="VN")
    assert payee.account == BankAccount(Scheme.BBAN, "0071001234567")


@pytest.mark.parametrize(
    ("country", "branch", "written"),
    [
        ("IN", "SBIN0004321", {"member": Member("SBIN0004321", "INFSC")}),
        ("BD", "010261234", {"member": Member("010261234")}),
        ("IQ", "Karrada_2", {"branch": "Karrada 2"}),
    ],
    ids=["a clearing that ISO knows", "one that it does not", "the bank's own word"],
)
async def test_a_branch_goes_by_what_its_country_clears_under(
    country: str, branch: str, written: dict[str, Any]
) -> None:
    shown = Shows(bank="The Bank", scheme="bban", country=country, branch=branch)
    payee = await VendorsPayees(shown).payee(ACCOUNT, FILE)
    assert payee.bank == Bank(name="The Bank", country=country, **written)


@pytest.mark.parametrize("clear", [True, False])
async def test_vendors_says_whether_the_payee_is_clear_as_the_file_is_written(
    *, clear: bool
) -> None:
    payee = await VendorsPayees(Shows(clear_on_lists_in_force=clear)).payee(ACCOUNT, FILE)
    assert payee.clear is clear


@pytest.mark.parametrize("gone", ["number", "town"])
async def test_nothing_is_paid_to_who_was_erased(gone: str) -> None:
    with pytest.raises(PayeeErased):
        await VendorsPayees(Shows(**{gone: None})).payee(ACCOUNT, FILE)


def test_the_same_file_that_is_uploaded_by_several_at_once_is_kept_whole(tmp_path: Path) -> None:
    folder, content = LocalBankFolder(tmp_path), b"a statement" * 1000
    digest = Digest(hashlib.sha256(content).hexdigest())
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda _: folder.keep(digest, content), range(100)))
    assert folder.kept(digest) == content
    assert [each.name for each in (tmp_path / UPLOADED).iterdir()] == [digest]
