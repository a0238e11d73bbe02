"""A provider that falls silent in the middle of a file."""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import ACCOUNT, NADIA, NOON
from services.disbursement.tests.test_mobile_money import Provider, Wallet, provider, wallet
from services.disbursement.tests.test_refused_files import MILLS_ACCOUNT, two_released

from disbursement.domain.heard import WalletDeclared, from_vendors
from events.values import Code

__all__ = ["provider", "wallet"]


async def test_the_rest_of_the_file_is_put_and_asked_about_and_nothing_is_sent_twice(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    two = await two_released(till)
    for account in (ACCOUNT, MILLS_ACCOUNT):
        declared = WalletDeclared(by=NADIA, at=NOON, account=account, provider=Code("zaincash"))
        await till.heard(from_vendors, declared)
        till.payees.wallets[account] = Code("zaincash")
    provider.falls_silent_at = chain.reference(two.ovens)
    ok(await till.hana.post("/v1/bank-files", two.body(two.ovens, two.mills)), 201)
    for _ in range(3):
        await till.settle()
        await wallet.asks()
    await provider.carries_out()
    provider.clock.advance(2)
    await wallet.asks()
    assert await wallet.stands(two.mills) == "reconciled", "the provider speaks of this one"
    assert await wallet.stands(two.ovens) == "in_file", "silence decides nothing"
    provider.falls_silent_at = None
    await till.settle()
    await wallet.asks()
    assert await wallet.stands(two.ovens) == "reconciled"
    assert len(await provider.carries_out()) == 2
