"""All that was played so far, in one bundle: the verifier finds it whole, and what was altered not.

What becomes of orders and payments beside the demo's straight way is told first, each of it once.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from services.audit.tests.logs import write_bundle

from audit import verify as verifier
from audit.verify import verify
from homeward.demo import buying, paying, people, planning, proving
from homeward.demo.scene import Setting
from homeward.demo.stage import Json, Stage, money
from homeward.stack import Stack
from tests.scenarios.conftest import NewCase
from tests.scenarios.money.purchase import KITS, Purchase
from tests.scenarios.money.test_bank import CAME_BACK
from tests.scenarios.money.test_cash import POCKET_MONEY, asked, given

RENT, ONE_MONTH = 524_200, 262_100
"""Two months of it in dinars, and one: 400.00 and 200.00 EUR at the month's rate."""
CREDIT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{day}T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>{name}</Id><CreDtTm>{day}T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>SK3112000000198742637541</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">0.000</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>
<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{name}</AcctSvcrRef><NtryDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def paid(purchase: Purchase, bill: Json) -> Json:
    """Requested, signed, booked by the bank; when the order has heard of it."""
    stage, payment = purchase.stage, purchase.requested(bill)
    paying.sign(stage, {}, payment)
    paying.pay(stage, payment)
    stage.awaits(
        "hana",
        purchase.order,
        lambda seen: bool(seen["invoices"][-1]["stage"] == "settled"),
        "the order to hear of it",
    )
    return payment


def from_bank(copy: Stack, name: str, content: str) -> None:
    """The bank leaves the file for us."""
    folder = copy.folder.path / "files" / "disbursement" / "bank" / "from_bank"
    (folder / f"{name}.part").write_text(content)
    (folder / f"{name}.part").rename(folder / f"{name}.xml")


def test_an_order_is_raised_and_paid(stage: Stage, purchase: Purchase) -> None:
    """To what was offered: one kit less was ordered at first."""
    buying.award(purchase.scene, purchase.told)
    line = purchase.told["lines"][0]
    few: Json = {"quotations": {purchase.vendor: purchase.costs(KITS - 1)}}
    few["lines"] = [line | {"quantity": KITS - 1}]
    path = purchase.order = paying.order(purchase.scene, purchase.told | few)
    more: Json = {"amount": money(purchase.costs(KITS)), "reason": "one_more_child"}
    more["lines"] = [line | {"line": 1, "unit_price": money(line["unit_price"])}]
    stage.does("hana", "asked for one more", f"{path}/amend", more)
    stage.does("jozef", "certified that", f"{path}/certify-amendment")
    stage.does("eva", "approved it", f"{path}/approve-amendment")
    purchase.delivered()
    paid(purchase, purchase.invoiced(purchase.bill()))


def test_a_payment_comes_back_and_is_made_anew(
    stage: Stage, purchase: Purchase, copy: Stack
) -> None:
    purchase.ordered()
    purchase.delivered()
    bill = purchase.invoiced(purchase.bill())
    payment = paid(purchase, bill)
    reference, name = payment["payment"].replace("_", "-"), f"BACK-{purchase.number}"
    back = {"message": name, "day": stage.today, "reference": reference, **payment["amount"]}
    from_bank(copy, name, CAME_BACK.format(**back))
    page = f"{paying.HOME}/payments/{payment['payment']}"
    stage.awaits("hana", page, lambda seen: bool(seen["stage"] == "returned"), "its return")
    stage.awaits(
        "hana",
        purchase.order,
        lambda seen: bool(seen["invoices"][-1]["stage"] == "matched"),
        "the order to hear of it",
    )
    paid(purchase, bill)


def test_what_the_vendor_owes_comes_back(stage: Stage, purchase: Purchase, copy: Stack) -> None:
    purchase.ordered()
    purchase.delivered()
    payment = paid(purchase, purchase.invoiced(purchase.bill()))
    one = money(purchase.costs(1))
    owed = {"payment": payment["payment"], "amount": one, "reason": "kit_taken_back"}
    recovery = stage.does("hana", "claimed one kit back", f"{paying.HOME}/recoveries", owed)
    path = f"{paying.HOME}/recoveries/{recovery['recovery']}"
    stage.does("eva", "approved that", f"{path}/approve")
    name = f"CREDIT-{purchase.number}"
    from_bank(copy, name, CREDIT.format(name=name, day=stage.today, **one))
    lines = stage.awaits(
        "hana",
        f"{paying.HOME}/bank-lines",
        lambda seen: any(each["amount"] == one for each in seen["items"]),
        "the bank's line",
    )
    [line] = [each for each in lines["items"] if each["amount"] == one]
    named = {"answer": line["answer"], "line": line["line"]}
    stage.does("hana", "named the line on which it came", f"{path}/receive", named)
    done = stage.does("eva", "named the same", f"{path}/receive", named)
    assert done["stage"] == "settled"


def test_rent_is_paid_half_in_advance(stage: Stage, new_case: NewCase) -> None:
    scene = new_case("lina")
    people.welcome(scene)
    home: Json = {"spec": "rent", "type": "temporary_housing", "ceiling": "420.00 EUR"}
    planning.plan(scene, [home | {"wording": "إيجار"}])
    planning.approve(scene)
    rent = Purchase(scene, 990)
    rent.told = {
        "item": "rent",
        "vendor": "traders",
        "committee": ["zuzana", "peter"],
        "budget_line": "basic_needs",
        "quotations": {
            "traders": f"{RENT}.000 IQD",
            "mills": f"{RENT + 500}.000 IQD",
            "ovens": f"{RENT + 900}.000 IQD",
        },
        "lines": [{"spec": "month", "quantity": 2, "unit_price": f"{ONE_MONTH}.000 IQD"}],
    }
    rent.ordered()
    offer = rent.invoiced(rent.bill("RENT-OFFER", 1, each=ONE_MONTH, pro_forma=True))
    let_be_paid = f"{rent.order}/invoices/{offer['invoice']}/approve-advance"
    half = {"amount": money(f"{ONE_MONTH}.000 IQD")}
    [offer] = stage.does("eva", "let half of it be paid", let_be_paid, half)["invoices"]
    paid(rent, offer)
    rent.delivered(2)
    rest = rent.invoiced(rent.bill("RENT", 2, each=ONE_MONTH))
    assert rest["payable"] == half["amount"]
    paid(rent, rest)


def test_cash_is_handed_over(stage: Stage, first_weeks: Setting, new_case: NewCase) -> None:
    scene = new_case("lina")
    scene.setting = first_weeks
    people.welcome(scene)
    planning.plan(scene, [POCKET_MONEY | {"ceiling": "50.00 EUR"}])
    planning.approve(scene)
    stage.awaits(
        "hana",
        f"{paying.HOME}/items/{scene.item('pocket_money')}",
        lambda seen: bool(seen["arrived"] and not seen["funds_wait"]),
        "disbursement to hear of the plan and the arrival, and to earmark its funds",
    )
    path, _ = asked(scene)
    stage.does("eva", "approved it", f"{path}/approve")
    assert given(scene, path)["stage"] == "confirmed"


@pytest.fixture(scope="module")
def bundle(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    trusted = proving.note_anchors(stage)
    proving.await_complete_log(stage)
    made = stage.does("elif", "took a copy of the log", "audit/v1/bundles")["bundle"]
    packed = stage.asks_for("elif", f"audit/v1/bundles/{made}/disclose", {"purpose": "audit"})
    path = tmp_path_factory.mktemp("verified") / "bundle.zip"
    path.write_bytes(packed)
    return path, trusted.key


def test_all_of_it_holds(bundle: tuple[Path, str]) -> None:
    report = verify(*bundle, whole=True)
    assert report.failures == []
    assert report.exit_code == 0


# The same entries, one thing in them altered, and signed anew


@pytest.fixture(scope="module")
def entries(bundle: tuple[Path, str]) -> list[bytes]:
    path, key = bundle
    report = verify(path, key)
    log = verifier.Log(verifier.Folder(path), report.size, report)
    return [log.entry(index) for index in range(report.size)]


def altered(entries: list[bytes], name: str, alter: Callable[[Json], Json]) -> list[bytes]:
    """Each event of that name."""
    return [
        verifier.WRITE.encode(alter(json.loads(entry))).encode()
        if f'"disbursement.{name}.v'.encode() in entry
        else entry
        for entry in entries
    ]


def by(person: str) -> Callable[[Json], Json]:
    return lambda event: event | {"actorid": person}


def telling(**data: object) -> Callable[[Json], Json]:
    return lambda event: event | {"data": event["data"] | data}


NOBODY = {"received_by": "nobody", "method": "signature"}
TENTH = {"percent_at_most": 10, "clear_within_days": 30}
ALTERED: dict[str, tuple[str, Callable[[Json], Json], str]] = {
    "nothing": ("no_such_event", by("per_hana"), ""),
    "raised by who certified it": (
        "commitment_amended",
        by("per_jozef"),
        "one person had two parts in its commitment",
    ),
    "delivered to nobody": (
        "goods_received",
        telling(confirmation=NOBODY),
        "a delivery that nobody had confirmed",
    ),
    "more in advance than may be": (
        "advance_approved",
        telling(rule=TENTH),
        "more than 10 % of the order paid in advance",
    ),
    "come back on a person's word": (
        "payment_returned",
        by("per_hana"),
        "came back on the word of per_hana alone",
    ),
    "claimed back by one alone": (
        "recovery_approved",
        by("per_hana"),
        "which nobody had approved to ask for",
    ),
    "more come back than the bank booked": (
        "recovery_received",
        telling(amount=money("1.000 IQD")),
        "and the bank did not book that",
    ),
    "cash confirmed by who handed it over": (
        "cash_hand_over_confirmed",
        by("per_olga"),
        "one person did what two must",
    ),
}


@pytest.mark.parametrize(("name", "alter", "what"), ALTERED.values(), ids=ALTERED)
def test_what_was_altered_does_not(
    entries: list[bytes], name: str, alter: Callable[[Json], Json], what: str, tmp_path: Path
) -> None:
    made = write_bundle(tmp_path, altered(entries, name, alter))
    failures = verify(made.folder, made.vkey).failures
    assert any(what in each.what for each in failures) if what else failures == []
