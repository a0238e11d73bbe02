"""From the second signature to the reconciled payment, through the local bank and its formats."""

from dataclasses import replace

import pytest
from lxml import etree
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.test_reconciliation import bank, grant, names

from disbursement.iso20022.pain001 import Message
from disbursement.settings import Account, BadDebtor, Debtor
from events.memory import FixedClock
from homeward.bank.desk import Desk

IQD_ACCOUNT = Account(currency="IQD", iban="IQ98NBIQ850123456789012", bic="NBIQIQBA")


async def through_the_bank(till: Cashier, desk: Desk) -> None:
    """The bank does all that is to be done, and it is all taken in."""
    assert isinstance(till.trial.clock, FixedClock)
    for _ in range(3):
        desk.tick()
        await till.bank_ear.take_all()
        await till.settle()
        till.trial.clock.advance(4)


@pytest.mark.parametrize("message", list(Message))
@pytest.mark.parametrize("mt940", [False, True])
async def test_a_payment_is_reconciled_in_every_format(
    *, till: Cashier, message: Message, mt940: bool
) -> None:
    till.gateways = replace(till.gateways, debtor=Debtor(message=message))
    payment = await chain.instructed(till)
    [file] = till.at_the_bank()
    assert etree.parse(file).getroot().nsmap[None].endswith(message)
    desk = Desk(till.folder, till.trial.clock, mt940=mt940)
    await through_the_bank(till, desk)
    desk.close()
    assert (await till.eva.get(payment)).json()["stage"] == "reconciled"
    assert names(await bank(till)) == []
    assert names(await grant(till)) == []
    assert (await till.hana.get("/v1/bank-lines")).json()["items"] == []


@pytest.mark.parametrize("mt940", [False, True])
async def test_a_payment_that_comes_back_is_known_in_every_format(
    *, till: Cashier, mt940: bool
) -> None:
    till.payees.name = "SIM-RETURN-AC04 Ovens"
    payment = await chain.instructed(till)
    desk = Desk(till.folder, till.trial.clock, mt940=mt940)
    await through_the_bank(till, desk)
    desk.close()
    assert (await till.eva.get(payment)).json()["stage"] == "returned"
    assert names(await bank(till)) == []


async def test_what_is_paid_in_a_currency_leaves_from_its_own_account(till: Cashier) -> None:
    till.gateways = replace(till.gateways, debtor=Debtor(accounts=(IQD_ACCOUNT,)))
    till.bank_ear.debtor = till.gateways.debtor
    payment = await chain.instructed(till)
    [file] = till.at_the_bank()
    assert "<IBAN>IQ98NBIQ850123456789012</IBAN>" in file.read_text().partition("CdtTrfTxInf")[0]
    desk = Desk(till.folder, till.trial.clock)
    await through_the_bank(till, desk)
    desk.close()
    assert (await till.eva.get(payment)).json()["stage"] == "reconciled"
    [side] = (await bank(till))["sides"]
    assert side["account"] == "9012"


def test_what_is_paid_in_another_currency_leaves_from_the_first() -> None:
    ours = Debtor(accounts=(IQD_ACCOUNT,))
    assert (ours.account("IQD").bic, ours.account("EUR").bic) == ("NBIQIQBA", ours.bic)
    assert IQD_ACCOUNT.iban not in repr(ours)


def test_one_currency_has_one_account() -> None:
    twice = (
        '{"name":"An Agency","country":"SK","town":"Bratislava","bic":"TATRSKBX",'
        '"iban":"SK3112000000198742637541","accounts":[%s,%s]}'
    )
    one = '{"currency":"IQD","iban":"IQ98NBIQ850123456789012","bic":"NBIQIQBA"}'
    with pytest.raises(BadDebtor):
        Debtor.read({"HOMEWARD_DEBTOR": twice % (one, one)})
