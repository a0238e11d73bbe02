"""A sealed file leaves when nothing stands against it, and until then it can be stopped.

What goes to wallets is written and its provider away, as long as it may be: what happens meanwhile
counts.
"""

from collections.abc import AsyncIterator
from dataclasses import replace as with_
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    cashier,
    ok,
    refused,
    screened,
    searched,
    vendor_suspended,
)
from services.disbursement.tests.people import (
    CASE,
    DOCUMENT,
    FILE,
    HANA,
    LINA,
    NADIA,
    NOON,
    PAYMENT,
    put_in_file,
    released,
    with_the_bank,
)
from services.disbursement.tests.test_bank_files import (
    leaving,
    let_leave,
    prepared,
    sealed,
    send,
    sent,
)
from services.disbursement.tests.test_mobile_money import Provider, Wallet, provider, wallet
from services.disbursement.tests.test_same_instant import Interrupted

from disbursement.domain import heard
from disbursement.domain.bank_file import (
    BankFileDownloaded,
    BankFileIsAt,
    BankFileKeptBack,
    BankFileRefused,
    DownloadBankFile,
    Fault,
    KeepBankFileBack,
    NoCopyKept,
    NoSuchBankFile,
    StopBankFile,
    TakeOutOfBankFile,
    bank_file,
)
from disbursement.domain.bank_file import Stage as Filed
from disbursement.domain.payment import (
    CancelPayment,
    HoldPayment,
    PaymentCancelled,
    PaymentHeld,
    PaymentTakenOutOfFile,
    payment,
)
from disbursement.domain.payment.refusals import PaymentIsAt, Stage
from disbursement.mobile_money.provider import GsmaProvider, NotAuthorised
from disbursement.mobile_money.sending import NotTaken
from disbursement.settings import BadWait, files_wait
from events.decider import Event
from events.registry import Registry
from events.scenario import scenario
from events.values import SYSTEM, BankFileId, Code, Digest, FindingId, PaymentId
from homeward.postgres import Database

__all__ = ["provider", "wallet"]


# Between who stops a file and who hands it over one append decides

fault = Fault(payment=PAYMENT, reason=Code("vendor_suspended"))
stop = StopBankFile(by=SYSTEM, at=NOON, faults=(fault,))
take_out = TakeOutOfBankFile(by=HANA, at=NOON, faults=(fault,))
stopped = BankFileRefused(by=SYSTEM, at=NOON, file=FILE, payments=(PAYMENT,), faults=(fault,))


def test_a_sealed_file_is_stopped_or_leaves_and_never_both() -> None:
    in_time = scenario(bank_file).given(prepared, sealed)
    in_time.when(stop).then(stopped)
    in_time.when(take_out).then(replace(stopped, by=HANA))
    in_time.given(stopped).when(let_leave).then_rejected(BankFileIsAt(Filed.REFUSED, Filed.SEALED))
    for gone, stage in (((leaving,), Filed.LEAVING), ((leaving, sent), Filed.SENT)):
        too_late = in_time.given(*gone)
        too_late.when(stop).then()
        too_late.when(take_out).then_rejected(BankFileIsAt(stage, Filed.SEALED))


def test_nothing_leaves_that_was_not_sealed_or_is_sent_that_was_not_let_leave() -> None:
    scenario(bank_file).given(prepared).when(let_leave).then_rejected(
        BankFileIsAt(Filed.PREPARED, Filed.SEALED)
    )
    scenario(bank_file).given(prepared, sealed).when(send).then_rejected(
        BankFileIsAt(Filed.SEALED, Filed.LEAVING)
    )
    scenario(bank_file).given().when(send).then_rejected(NoSuchBankFile())


def test_what_nobody_took_is_as_it_was_when_it_was_sealed() -> None:
    back = BankFileKeptBack(by=SYSTEM, at=NOON, file=FILE)
    left = scenario(bank_file).given(prepared, sealed, leaving)
    left.when(KeepBankFileBack(by=SYSTEM, at=NOON)).then(back)
    left.given(back).when(stop).then(stopped)
    left.given(back).when(let_leave).then(leaving)
    left.given(sent).when(KeepBankFileBack(by=SYSTEM, at=NOON)).then()


def test_nobody_carries_a_file_to_the_bank_that_may_still_be_stopped() -> None:
    take = DownloadBankFile(by=HANA, at=NOON, file_hash=DOCUMENT)
    taken = BankFileDownloaded(by=HANA, at=NOON, file=FILE, file_hash=DOCUMENT)
    scenario(bank_file).given(prepared, sealed).when(take).then_rejected(NoCopyKept(Filed.SEALED))
    scenario(bank_file).given(prepared, sealed, leaving).when(take).then(taken)


# A person stops what is in a file that has not left

taken_out = PaymentTakenOutOfFile(by=HANA, at=NOON, payment=PAYMENT, file=FILE)
LOOK = Code("look")


def test_what_is_in_a_file_that_is_stopped_with_it_is_held_or_given_up() -> None:
    in_file = scenario(payment).given(*released, put_in_file)
    held = PaymentHeld(by=HANA, at=NOON, payment=PAYMENT, reason=LOOK)
    in_file.when(HoldPayment(by=HANA, at=NOON, reason=LOOK, out_of=FILE)).then(taken_out, held)
    given_up = in_file.when(CancelPayment(by=HANA, at=NOON, reason=LOOK, out_of=FILE)).events or ()
    assert [type(each) for each in given_up] == [PaymentTakenOutOfFile, PaymentCancelled]


def test_and_out_of_no_other_file_and_not_when_the_bank_has_it() -> None:
    other = HoldPayment(by=HANA, at=NOON, reason=LOOK, out_of=BankFileId("fil_2"))
    scenario(payment).given(*released, put_in_file).when(other).then_rejected(
        PaymentIsAt(Stage.IN_FILE, Stage.RELEASED)
    )
    late = replace(other, out_of=FILE)
    scenario(payment).given(*with_the_bank).when(late).then_rejected(
        PaymentIsAt(Stage.INSTRUCTED, Stage.RELEASED)
    )


# The provider is away


@pytest.fixture
def store() -> Interrupted:
    return Interrupted()


@pytest_asyncio.fixture
async def till(database: Database, tmp_path: Path, store: Interrupted) -> AsyncIterator[Cashier]:
    async with cashier(database, tmp_path, store) as there:
        yield there


async def waiting(wallet: Wallet, provider: Provider) -> str:
    """A wallet payment in a sealed file, while its provider is away; its path."""
    provider.is_away = True
    path = await wallet.instructed()
    assert (await stands(wallet.till, path))[:2] == ("in_file", None)
    return path


async def stands(till: Cashier, path: str) -> tuple[str, str | None, str | None]:
    page = ok(await till.hana.get(path))
    return page["stage"], page["held"], page["file"]


async def comes_back(provider: Provider, wallet: Wallet) -> list[object]:
    """What the provider has carried out once it is there again."""
    provider.is_away = False
    await wallet.till.settle()
    return [*await provider.carries_out()]


News = tuple[Registry, Event]
suspended: News = (heard.from_vendors, vendor_suspended)
frozen: News = (heard.from_vendors, account_frozen)
case_suspended: News = (heard.from_intake, heard.CaseSuspended(by=LINA, at=NOON, case=CASE))
NEWS = [
    (suspended, "vendor_suspended"),
    (frozen, "account_frozen"),
    (case_suspended, "case_suspended"),
]


async def test_what_waits_for_its_provider_goes_when_that_is_back(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    path = await waiting(wallet, provider)
    assert len(till.away) == 1
    assert len(await comes_back(provider, wallet)) == 1
    assert (await stands(till, path))[0] == "instructed"
    assert till.away == []


async def test_a_sealed_file_waits_for_what_the_rules_find(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    till.gateways = with_(till.gateways, files_wait=timedelta(seconds=30))
    path = await wallet.instructed()
    assert (await stands(till, path))[0] == "in_file"
    till.it_is(NOON + timedelta(seconds=29))
    await till.settle()
    assert [*await provider.carries_out()] == []
    till.it_is(NOON + timedelta(seconds=30))
    await till.settle()
    assert (await stands(till, path))[0] == "instructed"


@pytest.mark.parametrize(("told", "seconds"), [({}, 30), ({"HOMEWARD_FILES_WAIT_SECONDS": "0"}, 0)])
def test_how_long_it_waits_is_a_setting(told: dict[str, str], seconds: int) -> None:
    assert files_wait(told) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["-1", "soon", "1.5", "100000"])
def test_a_wait_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadWait):
        files_wait({"HOMEWARD_FILES_WAIT_SECONDS": text})


@pytest.mark.parametrize(("news", "held"), NEWS, ids=[held for _, held in NEWS])
async def test_what_was_told_while_the_provider_was_away_counts(
    till: Cashier, provider: Provider, wallet: Wallet, news: News, held: str
) -> None:
    path = await waiting(wallet, provider)
    await till.heard(*news)
    assert await stands(till, path) == ("released", held, None)
    assert await comes_back(provider, wallet) == []


@pytest.mark.parametrize(("news", "held"), NEWS, ids=[held for _, held in NEWS])
async def test_also_when_nothing_but_the_read_models_has_heard_it(
    till: Cashier, provider: Provider, wallet: Wallet, news: News, held: str
) -> None:
    """Whatever should have stopped the file did not: it is asked in the moment before it leaves."""
    path = await waiting(wallet, provider)
    await till.heard(*news, view="told")
    assert await comes_back(provider, wallet) == []
    assert await stands(till, path) == ("released", held, None)


async def test_a_grave_finding_stops_it(till: Cashier, provider: Provider, wallet: Wallet) -> None:
    path = await waiting(wallet, provider)
    found = heard.FindingRaised(
        by=NADIA,
        at=NOON,
        finding=FindingId("fnd_1"),
        severity=Code("high"),
        payment=PaymentId(path.rpartition("/")[2]),
    )
    await till.heard(heard.from_audit, found)
    assert await stands(till, path) == ("released", "finding", None)
    assert await comes_back(provider, wallet) == []


async def test_a_sanctions_list_on_which_nobody_looked_for_the_vendor_stops_it(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    path = await waiting(wallet, provider)
    loaded = heard.SanctionsListLoaded(
        by=NADIA, at=NOON, source=Code("un"), digest=Digest("2" * 64)
    )
    await till.heard(heard.of_searches, loaded)
    assert await comes_back(provider, wallet) == []
    assert await stands(till, path) == ("released", "not_clear_on_lists_in_force", None)


async def test_a_person_holds_it(till: Cashier, provider: Provider, wallet: Wallet) -> None:
    path = await waiting(wallet, provider)
    await till.does(till.eva, f"{path}/hold", {"reason": "stop_it"})
    assert await stands(till, path) == ("released", "stop_it", None)
    assert await comes_back(provider, wallet) == []
    await till.does(till.tomas, f"{path}/release-from-hold", {"reason": "seen"})
    await chain.instructed(till, path)
    assert len(await provider.carries_out()) == 1


async def test_a_person_gives_it_up(till: Cashier, provider: Provider, wallet: Wallet) -> None:
    path = await waiting(wallet, provider)
    await till.does(till.hana, f"{path}/cancel", {"reason": "stop_it"})
    assert (await stands(till, path))[0] == "cancelled"
    assert await comes_back(provider, wallet) == []


async def test_a_person_disputes_what_it_is_for(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    path = await waiting(wallet, provider)
    order = f"/v1/commitments/{ok(await till.hana.get(path))['commitment']}"
    receipt = ok(await till.hana.get(order))["receipts"][0]["receipt"]
    said = {"receipt": receipt, "reason": "damaged", "lines": [{"line": 1, "quantity": 1}]}
    await till.does(till.lina, f"{order}/dispute-delivery", said)
    assert await stands(till, path) == ("released", "delivery_disputed", None)
    assert await comes_back(provider, wallet) == []


async def test_who_stops_a_file_as_it_leaves_is_in_time_or_told_that_it_is_too_late(
    till: Cashier, provider: Provider, wallet: Wallet, store: Interrupted
) -> None:
    path = await waiting(wallet, provider)

    async def hold() -> tuple[int, str]:
        tag = (await till.eva.get(path)).headers["etag"]
        said = await till.eva.post(f"{path}/hold", {"reason": "stop_it"}, if_match=tag)
        return (200, "") if said.status_code == 200 else refused(said)

    async def holds() -> None:
        assert (await hold())[0] == 200

    store.comes_before("bank_file_leaving", holds)
    assert await comes_back(provider, wallet) == []
    assert await stands(till, path) == ("released", "stop_it", None)
    assert "bank_file_leaving" not in await till.told()

    await till.does(till.tomas, f"{path}/release-from-hold", {"reason": "seen"})
    late: list[tuple[int, str]] = []

    async def holds_too_late() -> None:
        late.append(await hold())

    store.comes_before("bank_file_sent", holds_too_late)
    await chain.instructed(till, path)
    assert late == [(409, "BankFileIsAt")]
    assert len(await provider.carries_out()) == 1


async def test_news_in_the_moment_in_which_it_leaves_is_known(
    till: Cashier, provider: Provider, wallet: Wallet, store: Interrupted
) -> None:
    path = await waiting(wallet, provider)
    store.comes_before("bank_file_leaving", lambda: till.news_alone(*suspended))
    assert await comes_back(provider, wallet) == []
    assert "bank_file_leaving" not in await till.told()
    assert await stands(till, path) == ("released", "vendor_suspended", None)


# Our key is none any more


async def test_who_is_refused_at_the_door_tells_it_and_the_file_stays_where_it_can_be_stopped(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    ours = provider.ours
    wrong = replace(ours.wallets, key="expired")
    guessing = GsmaProvider(wrong, provider.client, provider.clock)
    till.gateways = with_(till.gateways, providers={"zaincash": guessing})
    path = await wallet.instructed()
    assert [type(each) for each in till.away] == [NotAuthorised]
    assert "bank_file_leaving" not in await till.told()
    till.gateways = with_(till.gateways, providers={"zaincash": ours})
    await till.settle()
    assert (await stands(till, path))[0] == "instructed"


async def test_what_is_refused_for_want_of_authority_is_kept_back_and_put_again_later(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    path = await wallet.instructed("SIM-REFUSE-clientAuthorisationError")
    assert [type(each) for each in till.away] == [NotAuthorised]
    await till.settle()
    assert [type(each) for each in till.away] == [NotTaken]
    provider.clock.advance(31)
    await till.settle()
    provider.clock.advance(31)
    await till.settle()
    assert [type(each) for each in till.away] == [NotTaken]
    assert (await till.told()).count("bank_file_kept_back") == 2
    await till.does(till.eva, f"{path}/hold", {"reason": "no_contract"})
    assert await stands(till, path) == ("released", "no_contract", None)


# An invoice is paid anew


async def declined(till: Cashier, wallet: Wallet, provider: Provider) -> str:
    """A payment that its provider declined, and another one for the invoice, signed; its path."""
    first = await wallet.instructed("SIM-FAIL-requestDeclined")
    await provider.carries_out()
    await wallet.asks()
    order = f"/v1/commitments/{ok(await till.hana.get(first))['commitment']}"
    again = await chain.requested(till, order)
    evidence = await chain.seen(till, again)
    await till.does(till.jozef, f"{again}/certify", evidence)
    await till.does(till.eva, f"{again}/approve", evidence)
    at = provider.clock.now() + timedelta(seconds=1)
    await till.heard(heard.of_searches, replace(searched, at=at))
    await till.heard(heard.from_vendors, replace(screened, at=at))
    provider.clock.advance(2)
    await till.does(till.marta, f"{again}/sign", evidence)
    await till.does(till.ivan, f"{again}/sign", evidence)
    return again


async def test_what_came_to_nothing_is_paid_anew_once_the_provider_says_so_again(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    again = await declined(till, wallet, provider)
    await chain.instructed(till, again)
    assert (await stands(till, again))[0] == "instructed"


async def test_what_the_provider_carried_out_after_all_is_not_paid_anew(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    again = await declined(till, wallet, provider)
    provider.book._db.execute("update request set status = 'completed', error = null")
    await chain.instructed(till, again)
    assert (await stands(till, again))[:2] == ("released", "earlier_payment_unknown")
    await till.bank_ear.take_all()
    await till.settle()
    assert (await till.told()).count("vendor_paid") == 1
    let_go = await till.tries(till.tomas, f"{again}/release-from-hold", {"reason": "seen"})
    assert let_go == (409, "InvoiceAlreadyPaid")
    assert len(await provider.carries_out()) == 1


async def test_as_long_as_nobody_can_say_what_became_of_it_nothing_is_paid_anew_by_the_bank_either(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    again = await declined(till, wallet, provider)
    till.payees.wallets.clear()  # by now the account is one at a bank
    provider.is_away = True
    await chain.instructed(till, again)
    assert (await stands(till, again))[:2] == ("released", "earlier_payment_unknown")
    assert till.at_the_bank() == []
    provider.is_away = False
    await till.does(till.tomas, f"{again}/release-from-hold", {"reason": "provider_is_back"})
    await chain.instructed(till, again)
    assert len(till.at_the_bank()) == 1
