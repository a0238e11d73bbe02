"""The steps of the chain as people take them over HTTP, to begin a test anywhere along it."""

import hashlib
from typing import Any

from services.disbursement.tests.cashier import BEFORE, Cashier, ok
from services.disbursement.tests.people import CASE, ITEM, OVENS

from events.io.http.trial import Caller
from events.roles import Role
from events.values import ItemId

PAPER = b"%PDF-1.7 what the returnee signed"
DOCUMENT = hashlib.sha256(PAPER).hexdigest()
ANOTHER = b"%PDF-1.7 the paper of a second delivery"
BILL = b"%PDF-1.7 what the vendor wants"
MONEY = {"amount": "1400000.000", "currency": "IQD"}
OVEN = {"amount": "1000000.000", "currency": "IQD"}
SACK = {"amount": "40000.000", "currency": "IQD"}
LINES = [
    {"line": 1, "spec": "bread_oven", "quantity": 1, "unit_price": OVEN},
    {"line": 2, "spec": "flour_50kg", "quantity": 10, "unit_price": SACK},
]


def eur(units: int) -> dict[str, str]:
    return {"amount": f"{units}.00", "currency": "EUR"}


ANOTHERS = hashlib.sha256(ANOTHER).hexdigest()
BILLED = hashlib.sha256(BILL).hexdigest()


def delivery(sacks: int) -> dict[str, Any]:
    return {
        "lines": [{"line": 1, "quantity": 1}, {"line": 2, "quantity": sacks}],
        "date": "2026-03-02",
        "received_by": "returnee",
        "method": "signature",
        "document": DOCUMENT,
    }


def more_sacks(sacks: int) -> dict[str, Any]:
    lines = [{"line": 2, "quantity": sacks}]
    return {**delivery(sacks), "lines": lines, "document": ANOTHERS}


def invoice(sacks: int, number: str = "INV-2231", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "date": "2026-03-02",
        "amount": {"amount": f"{1_000_000 + sacks * 40_000}.000", "currency": "IQD"},
        "lines": [
            {"line": 1, "quantity": 1, "unit_price": OVEN},
            {"line": 2, "quantity": sacks, "unit_price": SACK},
        ],
        "document": BILLED,
        **changes,
    }


async def on_file(
    till: Cashier,
    content: bytes = PAPER,
    paper: str = "invoice",
    *,
    about: str = OVENS,
    **case: str,
) -> str:
    """A paper from a vendor is put on file: what acts cite it by."""
    kept = ok(await till.hana.put_on_file(content, about=about, paper=paper, **case), 201)
    await till.settle()
    digest: str = kept["document"]
    return digest


async def funded(
    till: Cashier, ceiling: int = 5000, published: str = "2026-03-01", **terms: Any
) -> str:
    """A grant with one budget line, its source's rate of the day `published`, the delegations, the
    papers; the line's id.
    """
    for registry, event in BEFORE:
        await till.heard(registry, event)
    await on_file(till, BILL)
    for content in (PAPER, ANOTHER):
        await on_file(till, content, paper="receipt", case=CASE)
    opening = {
        "donor": "AMIF",
        "reference": "SK-2023-AVRR",
        "currency": "EUR",
        "opens": "2026-01-01",
        "closes": "2026-12-31",
        **terms,
    }
    grant = (await till.does(till.maria, "/v1/grants", opening, status=201))["grant"]
    line = await established(till, grant, "business_start", eur(ceiling))
    rate = {
        "base": "EUR",
        "quote": "IQD",
        "value": "1400",
        "source": terms.get("rates", "UNORE"),
        "date": published,
    }
    await publish(till, rate)
    for person, authority in (
        ("jozef", "certify"),
        ("eva", "approve"),
        ("marta", "sign"),
        ("ivan", "sign"),
    ):
        await empowered(till, person, authority)
    return line


ROLE_OF = {
    "certify": Role.CERTIFYING_OFFICER,
    "approve": Role.APPROVING_OFFICER,
    "sign": Role.SIGNATORY,
}


async def empowered(till: Cashier, name: str, authority: str, limit: int = 5000) -> Caller:
    """Maria gives them authority up to so many EUR, they take it on, Tomas confirms it."""
    given = {
        "person": f"per_{name}",
        "authority": authority,
        "limit": eur(limit),
        "starts": "2026-01-01",
        "ends": "2026-12-31",
    }
    held = (await till.does(till.maria, "/v1/delegations", given, status=201))["delegation"]
    who = till.sign_in(name, ROLE_OF[authority])
    await till.does(who, f"/v1/delegations/{held}/accept")
    await till.does(till.tomas, f"/v1/delegations/{held}/confirm")
    return who


async def established(till: Cashier, grant: str, category: str, ceiling: dict[str, str]) -> str:
    """Maria proposes a budget line, Tomas confirms it; its id."""
    body = {"grant": grant, "category": category, "ceiling": ceiling}
    line: str = (await till.does(till.maria, "/v1/budget-lines", body, status=201))["line"]
    await till.does(till.tomas, f"/v1/budget-lines/{line}/confirm", {"ceiling": ceiling})
    return line


async def publish(till: Cashier, rate: dict[str, str]) -> None:
    """Hana proposes a rate, however far off the newest one it is; Maria confirms it."""
    asked = rate | {"far_because": "compared_with_publisher"}
    proposed = await till.does(till.hana, "/v1/exchange-rates", asked, status=201)
    seen = {"date": rate["date"], "value": rate["value"]}
    await till.does(till.maria, f"/v1/exchange-rates/{proposed['rate']}/confirm", seen)


async def correct(till: Cashier, rate: str, day: str, value: str | None) -> None:
    """Hana proposes what should have been published for the day, Maria confirms it."""
    seen = {"date": day, "value": value}
    wrong = {"reason": "typing_mistake", "far_because": "compared_with_publisher"}
    await till.does(till.hana, f"/v1/exchange-rates/{rate}/correct", seen | wrong)
    await till.does(till.maria, f"/v1/exchange-rates/{rate}/confirm", seen)


async def committed(till: Cashier, line: str, item: ItemId = ITEM) -> str:
    """A commitment for the oven and ten sacks of flour, requested by Hana."""
    asked = {"item": item, "budget_line": line, "amount": MONEY}
    commitment: str = (await till.does(till.hana, "/v1/commitments", asked, status=201))[
        "commitment"
    ]
    return commitment


async def ordered(till: Cashier, commitment: str | None = None) -> str:
    """The order is with the vendor; the commitment's path."""
    path = f"/v1/commitments/{commitment or await committed(till, await funded(till))}"
    await till.does(till.jozef, f"{path}/certify")
    await till.does(till.eva, f"{path}/approve")
    order = {"lines": LINES, "deliver_by": "2026-03-20"}
    await till.does(till.hana, f"{path}/issue-order", order)
    return path


async def matched(
    till: Cashier, sacks: int = 10, commitment: str | None = None, **bill: Any
) -> str:
    """Delivered and invoiced in agreement; the commitment's path."""
    path = await ordered(till, commitment)
    if commitment is None:
        await till.does(till.dalia, f"{path}/deliveries", delivery(sacks))
    else:
        await delivered(till, path, sacks)
    await till.does(till.hana, f"{path}/invoices", invoice(sacks, **bill))
    return path


async def delivered(till: Cashier, path: str, sacks: int) -> None:
    """So many sacks, and the oven, against a paper that was signed for them alone."""
    signed = f"%PDF-1.7 signed for {path}".encode()
    stands = ok(await till.hana.get(path))
    document = await on_file(till, signed, paper="receipt", case=stands["case"])
    arrived = delivery(sacks) | {"document": document}
    await till.does(till.dalia, f"{path}/deliveries", arrived)


async def requested(till: Cashier, commitment: str | None = None) -> str:
    """Hana asks that the last invoice be paid; the payment's path."""
    commitment = commitment or await matched(till)
    stands = (await till.hana.get(commitment)).json()
    asked = {
        "commitment": stands["commitment"],
        "invoice": stands["invoices"][-1]["invoice"],
    }
    payment = (await till.does(till.hana, "/v1/payments", asked, status=201))["payment"]
    return f"/v1/payments/{payment}"


async def seen(till: Cashier, payment: str) -> dict[str, str]:
    """The evidence on the payment's page."""
    return {"evidence": (await till.eva.get(payment)).json()["evidence"]}


async def released(till: Cashier, payment: str | None = None) -> str:
    """Certified, approved and signed by two; the payment's path."""
    payment = payment or await requested(till)
    evidence = await seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", evidence)
    await till.does(till.eva, f"{payment}/approve", evidence)
    await till.does(till.marta, f"{payment}/sign", evidence)
    await till.does(till.ivan, f"{payment}/sign", evidence)
    return payment


async def instructed(till: Cashier, payment: str | None = None) -> str:
    """With the bank; the payment's path."""
    payment = payment or await released(till)
    body = {"payments": [payment.rpartition("/")[2]]}
    await till.does(till.hana, "/v1/bank-files", body, status=201)
    return payment


async def money_came(till: Cashier, path: str, line: dict[str, Any]) -> Any:
    """Two finance officers name the bank's line on which it came; the recovery's path."""
    await till.does(till.hana, f"{path}/receive", line)
    return await till.does(till.sign_in("olga", Role.FINANCE_OFFICER), f"{path}/receive", line)


async def refund_released(till: Cashier, path: str) -> None:
    """What is the vendor's own is approved and signed by two; the recovery's path."""
    await till.does(till.eva, f"{path}/approve-refund")
    await till.does(till.marta, f"{path}/sign-refund")
    await till.does(till.ivan, f"{path}/sign-refund")


# What a bank writes

PAIN_002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-03-02T13:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
{group}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}-1</OrgnlPmtInfId>{one}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""
TX = (
    "<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
    "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>"
)
CAMT_054 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-03-04T09:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>{message}-N</Id><CreDtTm>2026-03-04T09:00:00Z</CreDtTm>
<Ntry><Amt Ccy="IQD">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<ValDt><Dt>2026-03-04</Dt></ValDt><AcctSvcrRef>{bank_ref}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><AcctSvcrRef>{bank_ref}</AcctSvcrRef><EndToEndId>{reference}</EndToEndId>
</Refs><Amt Ccy="IQD">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{returned}</TxDtls>
</NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


def reference(payment: str) -> str:
    return payment.rpartition("/")[2].replace("_", "-")


def status(payment: str, said: str, *, message: str = "ST-1") -> str:
    one = TX.format(reference=reference(payment), status=said)
    return PAIN_002.format(message=message, file="x", group="", one=one)


def booked(
    payment: str,
    *,
    amount: str = "1400000.000",
    message: str = "NT-1",
    bank_ref: str = "BANK-77",
) -> str:
    return CAMT_054.format(
        message=message,
        bank_ref=bank_ref,
        amount=amount,
        direction="DBIT",
        reference=reference(payment),
        returned="",
    )


def came_back(
    payment: str,
    *,
    amount: str = "1400000.000",
    message: str = "RT-1",
    bank_ref: str = "BANK-99",
) -> str:
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    return CAMT_054.format(
        message=message,
        bank_ref=bank_ref,
        amount=amount,
        direction="CRDT",
        reference=reference(payment),
        returned=back,
    )
