"""Whose money a credit is two people say, as of any other line that names money."""

import pytest
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import MARTA, NOON
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_recovery import credited, owed_back

from disbursement.domain.bank_answer import (
    BankAnswerId,
    ResolveBankLine,
    SaidOtherwiseNow,
    bank_answer,
)
from events.values import Code


async def test_one_person_alone_makes_nothing_that_is_owed_vanish(till: Cashier) -> None:
    path = await owed_back(till)
    named = await credited(till)
    first = await till.does(till.hana, f"{path}/receive", named)
    assert (first["stage"], first["owed"]["amount"]) == ("approved", "420000.000")
    [line] = ok(await till.hana.get("/v1/bank-lines"))["items"]
    recovery_id = path.rpartition("/")[2]
    assert (line["proposed"], line["proposed_by"]) == (recovery_id, "per_hana")
    assert await till.tries(till.hana, f"{path}/receive", named) == (422, "ProposedByYou")
    beside = {"line": named["line"], "outcome": recovery_id}
    on_the_line = f"/v1/bank-answers/{named['answer']}/resolve"
    assert await till.tries(till.eva, on_the_line, beside) == (422, "ReceivedOnRecovery")
    assert (await on(till))["receivable"] == "300.00"
    assert (await till.does(till.eva, f"{path}/receive", named))["stage"] == "settled"
    assert "receivable" not in await on(till)


async def test_what_one_says_is_a_recoverys_another_says_is_something_else(till: Cashier) -> None:
    path = await owed_back(till)
    named = await credited(till)
    await till.does(till.hana, f"{path}/receive", named)
    on_the_line = f"/v1/bank-answers/{named['answer']}/resolve"
    gift = {"line": named["line"], "outcome": "from_the_donor"}
    await till.does(till.eva, on_the_line, gift)
    again = await till.does(till.hana, f"{path}/receive", named)
    assert again["stage"] == "approved", "they do not say the same"
    stream = BankAnswerId(named["answer"])
    late = ResolveBankLine(
        by=MARTA, at=NOON, line=named["line"], outcome=Code("rcv_other"), agrees=True
    )
    state, _ = await till.handler.load(bank_answer, stream)
    with pytest.raises(SaidOtherwiseNow):
        bank_answer.decide(late, state)
