"""What a payment rests on is one digest: whatever of it changes voids what was signed."""

from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    ok,
    plan_approved,
    refused,
    screened,
)
from services.disbursement.tests.people import (
    ACCOUNT,
    INVOICE,
    ITEM,
    delivered_and_invoiced,
    eur,
    iqd,
    sacks,
)

from disbursement.domain import heard
from disbursement.domain.commitment import commitment
from disbursement.domain.evidence import evidence_of
from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import AccountId, Code


@dataclass(frozen=True)
class Rest:
    """What stands when somebody looks."""

    history: tuple[Any, ...] = delivered_and_invoiced
    account: AccountId | None = ACCOUNT
    ceiling: Money | None = eur(2000)  # noqa: RUF009
    clear: bool = True

    @property
    def digest(self) -> str:
        state = commitment.fold(self.history)
        assert state is not None
        invoice = state.invoice(INVOICE)
        assert invoice is not None
        found = evidence_of(
            state, invoice, account=self.account, ceiling=self.ceiling, clear=self.clear
        )
        return found.digest


def with_changed(place: int, **fields: Any) -> tuple[Any, ...]:
    history = list(delivered_and_invoiced)
    history[place] = replace(history[place], **fields)
    return tuple(history)


@pytest.mark.parametrize(
    "other",
    [
        Rest(account=None),
        Rest(ceiling=eur(1999)),
        Rest(ceiling=None),
        Rest(clear=False),
        Rest(history=with_changed(3, number=Code("PO-119"))),
        Rest(history=with_changed(4, lines=sacks(9).lines)),
        Rest(history=with_changed(5, document="0" * 64)),
        Rest(history=with_changed(6, payable=iqd(1))),
    ],
    ids=["account", "ceiling", "plan", "screening", "order", "delivery", "invoice", "amount"],
)
def test_each_part_of_it_makes_another_digest(other: Rest) -> None:
    assert other.digest != Rest().digest
    assert Rest().digest == Rest().digest


cheaper = replace(plan_approved, items=(heard.ApprovedItem(item=ITEM, ceiling=eur(1500)),))
on_a_list = replace(screened, result=Code("match"))


@pytest.mark.parametrize(
    ("source", "news"),
    [(heard.from_plans, cheaper), (heard.from_vendors, on_a_list)],
    ids=["the plan's ceiling", "the vendor's screening"],
)
@pytest.mark.parametrize("signed", [False, True], ids=["requested", "released"])
async def test_an_edit_voids_what_was_signed(
    till: Cashier, source: Registry, news: Event, *, signed: bool
) -> None:
    payment = await (chain.released(till) if signed else chain.requested(till))
    evidence = await chain.seen(till, payment)
    await till.heard(source, news)
    page = ok(await till.jozef.get(payment))
    assert page["evidence_stands"] != evidence["evidence"]
    if not signed:
        said = await till.tries(till.jozef, f"{payment}/certify", evidence)
        assert said == (409, "EvidenceChanged")
    body = {"payments": [payment.rpartition("/")[2]]}
    wrong = (409, "EvidenceChanged" if signed else "PaymentIsAt")
    assert refused(await till.hana.post("/v1/bank-files", body)) == wrong
    assert till.at_the_bank() == []
