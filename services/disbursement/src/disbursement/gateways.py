"""The outside world: who is paid on which account, and the folder shared with the bank."""

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol

import msgspec

from disbursement.domain.exchange_rate import FAR_OFF_PERCENT
from disbursement.exports.publisher import Publisher
from disbursement.iso20022.pain001 import Bank, BankAccount, Member, Party, Scheme
from disbursement.iso20022.references import latin
from disbursement.iso20022.schema import FILE_MAX_BYTES
from disbursement.mobile_money.answers import Answer, Done
from disbursement.mobile_money.orders import Order
from disbursement.mobile_money.provider import Balance, Entry, GsmaProvider
from disbursement.orders import Addressee
from disbursement.settings import Debtor, Delegated, Wallets, files_wait, rates_within_percent
from disbursement.stopping import Stoppable
from events.io.peers import PeerRefused
from events.ports import Clock
from events.values import (
    AccountId,
    BankFileId,
    Code,
    CommitmentId,
    Digest,
    VendorId,
)

SEALED = "sealed"
"""Where files are written before the bank may see them."""
TO_BANK = "to_bank"
FROM_BANK = "from_bank"
TAKEN = "from_bank/taken"
"""What the bank left and we have taken in, by its hash."""
UPLOADED = "from_bank/uploaded"
"""What people uploaded, by its hash: nothing of it counts before another person confirms it."""
ANSWERS = (".xml", ".sta", ".mt940", ".940", ".json")
"""How the names of a bank's answers end."""
NAME_MAX = 140
TOWN_MAX = 35


@dataclass(frozen=True)
class Payee:
    """Whom a transfer goes to. It lives as long as the writing of a file."""

    creditor: Party
    account: BankAccount
    bank: Bank
    wallet: Code | None = None
    """The provider of mobile money that keeps the account; None: a bank does."""
    clear: bool = True
    """Looked for on the sanctions lists that are in force at this instant, and nobody waits for a
    decision on what was found.
    """


class Payees(Protocol):
    """Where names and account numbers are asked for when a file is written."""

    async def payee(self, account: AccountId, file: BankFileId) -> Payee:
        """Who is behind the account; `PayeeErased`, `Unavailable`."""
        ...

    async def addressee(self, vendor: VendorId, order: CommitmentId) -> Addressee:
        """Whom an order goes to; `PayeeErased`, `Unavailable`."""
        ...


class BankFolder(Protocol):
    """The files that are exchanged with the bank. What is written once is never written over."""

    def sealed(self, name: str) -> bytes | None:
        """What was written under that name before, out of the bank's sight."""
        ...

    def seal(self, name: str, content: bytes) -> bytes:
        """Write it under that name unless that was done; the content that stands."""
        ...

    def hand_over(self, name: str, content: bytes) -> bytes:
        """Put it where the bank takes it, unless that was done; the content that stands."""
        ...

    def forget(self, name: str) -> None:
        """The bank has the file: keep no copy of what was sealed under that name."""
        ...

    def answers(self) -> Sequence[str]:
        """The names of what the bank has left for us, in their order."""
        ...

    def read(self, name: str) -> bytes:
        """What the bank wrote. `OSError` when that is no file, or too large, or closed to us."""
        ...

    def lay(self, name: str, content: bytes) -> None:
        """Somebody who answers otherwise than by files has answered: lay it among the bank's."""
        ...

    def put_away(self, name: str, digest: Digest) -> None:
        """It was taken in: keep it, by its hash, where it is not looked at again."""
        ...

    def keep(self, digest: Digest, content: bytes) -> None:
        """A person uploaded it: keep it, by its hash, where nothing is taken in by itself."""
        ...

    def kept(self, digest: Digest) -> bytes | None:
        """What a person uploaded; None where it is not here any more."""
        ...


class MobileMoney(Protocol):
    """A provider of mobile money."""

    @property
    def wallets(self) -> Wallets:
        """Our own account there."""
        ...

    async def pay(self, order: Order) -> Answer:
        """Put the request, unless it has come already; what is known of it then. `Unavailable`."""
        ...

    async def ask(self, reference: str) -> Answer | None:
        """What became of the request; None: it never came. `Unavailable`."""
        ...

    async def balance(self) -> Balance:
        """What is on our account now. `Unavailable`."""
        ...

    async def entries(self, since: datetime) -> tuple[Entry, ...]:
        """All that our account's statement shows of what began since then. `Unavailable`."""
        ...

    async def transaction(self, reference: str) -> Done:
        """One that our account's statement names. `Unavailable`."""
        ...


@dataclass(frozen=True)
class Gateways:
    """What effects are given."""

    payees: Payees
    bank: BankFolder
    debtor: Debtor
    clock: Clock
    stoppable: Stoppable
    providers: Mapping[str, MobileMoney] = field(default_factory=dict)
    """Of mobile money, by their names on vendors' wallets."""
    publisher: Publisher = field(default_factory=Publisher)
    delegated: Delegated = field(default_factory=Delegated)
    rates_within_percent: int = FAR_OFF_PERCENT
    """So far from the newest one may a rate be that nobody asks why."""
    files_wait: timedelta = timedelta(0)
    """So long a sealed file waits for what the rules find of its payments."""


class _Revealed(msgspec.Struct):
    """What the vendors service shows for a payment."""

    scheme: Scheme
    country: str
    vendor_country: str
    bank: str | None = None
    branch: str | None = None
    wallet: Code | None = None
    clear_on_lists_in_force: bool = False
    holder: str | None = None
    number: str | None = None
    latin_name: str | None = None
    town: str | None = None


class PayeeErased(Exception):
    """The vendor's name or number is no longer there: nothing can be paid to it."""


@dataclass(frozen=True)
class VendorsPayees:
    """Asks the vendors service, under this service's own identity; there it is recorded."""

    peers: Any

    async def payee(self, account: AccountId, file: BankFileId) -> Payee:
        try:
            answer = await self.peers.post(
                "vendors",
                f"/v1/accounts/{account}/reveal",
                {"purpose": "payment"},
                key=f"{file}.{account}",
            )
        except PeerRefused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            raise PayeeErased(account) from None
        shown = msgspec.convert(answer, _Revealed)
        name = shown.latin_name or latin(shown.holder or "", NAME_MAX)
        if not name or not shown.number or not shown.town:
            raise PayeeErased(account)
        return Payee(
            creditor=Party(name, shown.vendor_country, latin(shown.town, TOWN_MAX)),
            account=BankAccount(shown.scheme, shown.number),
            bank=_bank(shown.bank, shown.country, shown.branch),
            wallet=shown.wallet,
            clear=shown.clear_on_lists_in_force,
        )

    async def addressee(self, vendor: VendorId, order: CommitmentId) -> Addressee:
        path, key = f"/v1/vendors/{vendor}/reveal", f"{order}.{vendor}"
        shown = await self.peers.post("vendors", path, {"purpose": "payment"}, key=key)
        named = {name: shown.get(name) for name in ("name", "latin_name", "town")}
        if not named["name"]:
            raise PayeeErased(vendor)
        return Addressee(vendor, **{name: said or "" for name, said in named.items()})


BIC_LENGTHS = (8, 11)
BRANCH_MAX = 35
CLEARED_BY_BRANCH = {"BD": None, "GH": None, "IN": "INFSC", "KE": None, "LK": None}
"""Where payments clear by a number of the branch; and ISO's code for that clearing, if any."""


def _bank(bank: str | None, country: str, branch: str | None) -> Bank:
    """A BIC where it has the form of one (ISO 9362); else the bank by the name it has here."""
    member, named = None, None
    if branch is not None and country in CLEARED_BY_BRANCH:
        member = Member(branch, CLEARED_BY_BRANCH[country])
    elif branch is not None:
        named = latin(branch, BRANCH_MAX)
    if bank is not None and len(bank) in BIC_LENGTHS and bank.isalnum() and bank.isupper():
        return Bank(bic=bank, member=member, branch=named)
    return Bank(name=bank or "NOTPROVIDED", country=country, member=member, branch=named)


@dataclass(frozen=True)
class LocalBankFolder:
    """A folder on this machine, as host-to-host channels of banks are.

    The files name people and accounts: only this user may read them.
    """

    root: Path

    def __post_init__(self) -> None:
        for name in (SEALED, TO_BANK, FROM_BANK, TAKEN, UPLOADED):
            (self.root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (SEALED, TAKEN, UPLOADED):
            (self.root / name).chmod(0o700)

    def sealed(self, name: str) -> bytes | None:
        with suppress(FileNotFoundError):
            return (self.root / SEALED / f"{name}.xml").read_bytes()
        return None

    def seal(self, name: str, content: bytes) -> bytes:
        return _write_once(self.root / SEALED / f"{name}.xml", content)

    def hand_over(self, name: str, content: bytes) -> bytes:
        return _write_once(self.root / TO_BANK / f"{name}.xml", content)

    def forget(self, name: str) -> None:
        (self.root / SEALED / f"{name}.xml").unlink(missing_ok=True)

    def answers(self) -> Sequence[str]:
        names = (path.name for path in (self.root / FROM_BANK).iterdir())
        return sorted(name for name in names if name.lower().endswith(ANSWERS) and name[0] != ".")

    def read(self, name: str) -> bytes:
        path = self.root / FROM_BANK / name
        stands = path.stat()
        if not stat.S_ISREG(stands.st_mode):
            raise OSError(errno.EINVAL, "no file")
        if stands.st_size > FILE_MAX_BYTES:
            raise OSError(errno.EFBIG, "too large for an answer of a bank")
        return path.read_bytes()

    def lay(self, name: str, content: bytes) -> None:
        _write_once(self.root / FROM_BANK / name, content)

    def put_away(self, name: str, digest: Digest) -> None:
        left = self.root / FROM_BANK / name
        left.replace(self.root / TAKEN / f"{digest}{left.suffix.lower()}")

    def keep(self, digest: Digest, content: bytes) -> None:
        path = self.root / UPLOADED / digest
        if self.kept(digest) not in (None, content):
            path.unlink(missing_ok=True)  # by now it is something else
        _write_once(path, content)

    def kept(self, digest: Digest) -> bytes | None:
        with suppress(FileNotFoundError):
            return (self.root / UPLOADED / digest).read_bytes()
        return None


def _write_once(path: Path, content: bytes) -> bytes:
    """The file appears whole or not at all, and a file that is there stays as it is."""
    with NamedTemporaryFile(dir=path.parent, prefix=".") as draft:  # its owner's alone
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return path.read_bytes()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return content


def bank_root(data: Path) -> Path:
    """Where the exchange with the bank is, in the service's data folder."""
    return data / "bank"


def providers(running: Any) -> Mapping[str, MobileMoney]:
    """Those that the environment names."""
    named = Wallets.read(os.environ)
    return {each.provider: GsmaProvider(each, running.client, running.clock) for each in named}


def gateways(running: Any) -> Gateways:
    """The real ones."""
    return Gateways(
        payees=VendorsPayees(running.peers),
        bank=LocalBankFolder(bank_root(running.settings.data)),
        debtor=Debtor.read(os.environ),
        clock=running.clock,
        stoppable=Stoppable(running.store.pool, running.clock),
        providers=providers(running),
        publisher=Publisher.read(os.environ),
        delegated=Delegated.read(os.environ),
        rates_within_percent=rates_within_percent(os.environ),
        files_wait=files_wait(os.environ),
    )
