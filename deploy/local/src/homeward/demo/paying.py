"""The third part of the story: from the donor's money to a payment that the bank confirmed."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from homeward.demo import papers
from homeward.demo.buying import award
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, Stage, money, shown

AUTHORITIES = {"jozef": "certify", "eva": "approve", "marta": "sign", "ivan": "sign"}
HOME = "disbursement/v1"
PRINTED_IN = {each: each for each in ("ar", "vi", "sq", "sk")}
"""The languages that orders are printed in, beside English."""
COMMITTEE_SIGNS = 3
"""How many of a community's committee sign for what they receive."""
COMMITTEE_MINUTES = "minutes_of_the_community_committee"
CARRIERS = {
    False: ("the bank", "the bank's file (pain.001)"),
    True: ("the provider", "requests to the provider of mobile money (GSMA 1.2)"),
}
"""Who carries the money, and what is put into: by whether the account is a wallet."""


def open_grant(stage: Stage, told: Json) -> Json:
    """A donor's grant with its budget lines: their ids by category."""
    body = {
        "donor": told["donor"],
        "reference": told["name"],
        "currency": told["currency"],
        "opens": told["from"].isoformat(),
        "closes": told["until"].isoformat(),
    }
    grant = stage.does("maria", f"opened the grant {told['name']}", f"{HOME}/grants", body)["grant"]
    lines = {}
    for category, ceiling in told["budget_lines"].items():
        body = {"grant": grant, "category": category, "ceiling": money(ceiling)}
        what = f"proposed {category.replace('_', ' ')}, {shown(ceiling)}"
        line = stage.does("maria", what, f"{HOME}/budget-lines", body)["line"]
        seen = {"ceiling": money(ceiling)}
        stage.does("tomas", "confirmed it", f"{HOME}/budget-lines/{line}/confirm", seen)
        lines[category] = line
    return lines


def delegate(stage: Stage, limit: str, to: Mapping[str, str] = AUTHORITIES) -> None:
    """Who may certify, approve and sign, up to so much: given, accepted, confirmed by a third."""
    for person, authority in to.items():
        body = {
            "person": f"per_{person}",
            "authority": authority,
            "limit": money(limit),
            "starts": stage.today.isoformat(),
            "ends": (stage.today + timedelta(days=90)).isoformat(),
        }
        what = f"let {person.title()} {authority} up to {shown(limit)}"
        given = stage.does("maria", what, f"{HOME}/delegations", body)["delegation"]
        stage.does(person, "took it on", f"{HOME}/delegations/{given}/accept")
        stage.does("tomas", "confirmed it", f"{HOME}/delegations/{given}/confirm")


def publish_rates(stage: Stage, rates: Iterable[Json]) -> None:
    """The month's rates, each an event with its source and date."""
    for told in rates:
        body = {"base": told["from"], "quote": told["to"], "value": told["rate"]}
        body |= {"source": told["source"], "date": stage.today.replace(day=1).isoformat()}
        what = f"proposed 1 {told['from']} = {told['rate']} {told['to']}"
        rate = stage.does("maria", what, f"{HOME}/exchange-rates", body)["rate"]
        seen = {"date": body["date"], "value": body["value"]}
        stage.does("tomas", "confirmed it", f"{HOME}/exchange-rates/{rate}/confirm", seen)


def buy(scene: Scene, told: Json) -> None:
    """The whole chain of one item: award, order, delivery, invoice, payment."""
    payment = buy_and_leave(scene, told)
    sign(scene.stage, told, payment)
    scene.paid.append(pay(scene.stage, payment)["payment"])


def buy_and_leave(scene: Scene, told: Json) -> Json:
    """From the award to a payment that is requested and waits for others."""
    award(scene, told)
    commitment = order(scene, told)
    deliver(scene, told, commitment)
    return request(scene.stage, commitment, invoice(scene.stage, told, commitment))


def order(scene: Scene, buy: Json) -> str:
    """Reserve the funds and send the order: requested, certified, approved, issued."""
    stage, lines = scene.stage, scene.setting.lines
    item, total = scene.item(buy["item"]), buy["quotations"][buy["vendor"]]
    stage.awaits(
        "hana",
        f"{HOME}/items/{item}",
        lambda seen: bool(
            seen["vendor"]
            and (seen["arrived"] or seen["plan"].startswith("eme_"))
            and not seen["funds_wait"]
        ),
        "disbursement to hear of the plan, the arrival and the vendor, and to earmark its funds",
    )
    body = {"item": item, "budget_line": lines[buy["budget_line"]], "amount": money(total)}
    commitment = stage.does("hana", f"asked to commit {shown(total)}", f"{HOME}/commitments", body)
    path = f"{HOME}/commitments/{commitment['commitment']}"
    if buy.get("people_who_should_not"):
        stage.is_refused(
            "hana", "tried to certify it too", f"{path}/certify", {}, "ActedOnCommitment"
        )
    stage.does("jozef", "certified funds and purpose", f"{path}/certify")
    stage.does("eva", "approved the commitment", f"{path}/approve")
    body = {"deliver_by": (stage.today + timedelta(days=14)).isoformat(), "lines": _lines(buy)}
    stage.does("hana", "sent the order to the vendor", f"{path}/issue-order", body)
    language = PRINTED_IN.get(scene.language, "en")
    asked = {"commitment": commitment["commitment"], "language": language}
    stage.does("hana", "printed it, in English and beside that", f"{HOME}/order-papers", asked)
    return path


def _lines(buy: Json) -> list[Json]:
    return [
        {
            "line": number,
            "spec": line["spec"],
            "quantity": line["quantity"],
            "unit_price": money(line["unit_price"]),
        }
        for number, line in enumerate(buy["lines"], start=1)
    ]


def deliver(scene: Scene, buy: Json, path: str) -> None:
    """Whoever it is for receives it and signs: the returnee, a child's guardian, the committee."""
    stage, received = scene.stage, buy["delivered"]
    confirmation = _signed(scene, buy, path)
    who = f"the {confirmation['received_by']}"
    ordered = [line["quantity"] for line in buy["lines"]]
    what = f"{who} received all of it and signed"
    if received != ordered:
        what = f"{who} received {sum(received)} of {sum(ordered)} and signed"
    body = {
        "date": stage.today.isoformat(),
        "method": "signature",
        "lines": [{"line": n, "quantity": q} for n, q in enumerate(received, start=1) if q],
    }
    stage.does("dalia", f"recorded: {what}", f"{path}/deliveries", body | confirmation)


def _signed(scene: Scene, buy: Json, path: str) -> Json:
    """Who received it, with the paper that they signed; a committee with the minutes naming it."""
    where, words = ("dalia", "disbursement"), (buy["item"], path, str(buy["delivered"]))
    if scene.for_the_community(buy["item"]):
        return {
            "received_by": "committee",
            "signatures": COMMITTEE_SIGNS,
            "authority": papers.of_the_project(scene, where, COMMITTEE_MINUTES),
            "document": papers.of_the_project(scene, where, "receipt", *words),
        }
    who = "returnee" if scene.guardian is None else "guardian"
    whose = papers.of_the_project if scene.of_the_project(buy["item"]) else papers.of_the_returnee
    return {"received_by": who, "document": whose(scene, where, "receipt", *words)}


def invoice(stage: Stage, buy: Json, path: str) -> Json:
    """The vendor's invoice; one that does not match is corrected. The one that matched.

    `another`: why it is none that came before, should it look like one.
    """
    first = buy["invoice"]
    quantities = first.get("quantities") or [line["quantity"] for line in buy["lines"]]
    commitment = _invoiced(stage, path, buy, first, quantities, replaces=None)
    bill: Json = commitment["invoices"][-1]
    if bill["alike"] and "another" in first:
        why, which = {"reason": first["another"]}, f"{path}/invoices/{bill['invoice']}"
        commitment = stage.does(
            "jozef", "looked at both: it is another", f"{which}/clear-suspicion", why
        )
        bill = commitment["invoices"][-1]
    if "fails" not in first:
        return bill
    assert first["fails"] in bill["exceptions"], bill
    body = {"commitment": commitment["commitment"], "invoice": bill["invoice"]}
    stage.is_refused(
        "hana", "asked to pay it all the same", f"{HOME}/payments", body, "InvoiceNotMatched"
    )
    again = buy["corrected_invoice"]
    commitment = _invoiced(stage, path, buy, again, buy["delivered"], replaces=bill["invoice"])
    corrected: Json = commitment["invoices"][-1]
    return corrected


def _invoiced(
    stage: Stage, path: str, buy: Json, bill: Json, quantities: list[int], *, replaces: str | None
) -> Json:
    lines = [
        {"line": line["line"], "quantity": quantity, "unit_price": line["unit_price"]}
        for line, quantity in zip(_lines(buy), quantities, strict=True)
    ]
    vendor = stage.reads("hana", path)["vendor"]
    body = {
        "number": bill["number"],
        "date": stage.today.isoformat(),
        "amount": money(bill["amount"]),
        "document": papers.of_the_vendor(
            stage, ("hana", "disbursement"), vendor, "invoice", bill["number"]
        ),
        "lines": lines,
        "replaces": replaces,
    }
    what = f"received invoice {bill['number']}, {shown(bill['amount'])}"
    return stage.does("hana", what, f"{path}/invoices", body)


def request(stage: Stage, path: str, bill: Json) -> Json:
    """Hana asks that the matched invoice be paid."""
    body = {"commitment": path.rpartition("/")[2], "invoice": bill["invoice"]}
    return stage.does("hana", f"asked to pay {shown(bill['payable'])}", f"{HOME}/payments", body)


def sign(stage: Stage, told: Json, payment: Json) -> None:
    """Certified by a second person, approved by a third, signed by two others."""
    page = f"{HOME}/payments/{payment['payment']}"
    seen = {"evidence": payment["evidence"]}
    if told.get("people_who_should_not"):
        stage.is_refused("hana", "tried to certify it", f"{page}/certify", seen, "ActedAlready")
        other = {"evidence": paper("another page")}
        what = "tried to certify what he did not see"
        stage.is_refused("jozef", what, f"{page}/certify", other, "EvidenceChanged")
    stage.does("jozef", "certified the payment", f"{page}/certify", seen)
    stage.does("eva", "approved it", f"{page}/approve", seen)
    release(stage, payment, again=bool(told.get("people_who_should_not")))


def release(stage: Stage, payment: Json, *, again: bool = False) -> None:
    """Signed by two, after the platform has looked for the vendor once more.

    `again`: who signed first tries to be the second as well.
    """
    page = f"{HOME}/payments/{payment['payment']}"
    seen = {"evidence": payment["evidence"]}
    stage.awaits(
        "marta",
        page,
        lambda stands: bool(stands["screening"]["since_approval"]),
        "the platform to look for the vendor once more",
    )
    stage.does("marta", "signed it", f"{page}/sign", seen)
    if again:
        stage.is_refused("marta", "tried to sign it again", f"{page}/sign", seen, "ActedAlready")
    stage.does("ivan", "signed it, which releases it", f"{page}/sign", seen)


def pay(stage: Stage, payment: Json) -> Json:
    """Into the bank's file, or the provider's whose wallet it is; then nothing of ours says that it
    is paid, only they do.
    """
    body = {"payments": [payment["payment"]]}
    account = stage.reads("ivan", f"vendors/v1/accounts/{payment['account']}")
    by, file = CARRIERS[account["wallet"] is not None]
    stage.does("ivan", f"put it into {file}", f"{HOME}/bank-files", body)
    page = f"{HOME}/payments/{payment['payment']}"
    stage.awaits(
        "hana",
        page,
        lambda seen: seen["stage"] in ("paid", "reconciled"),
        f"{by} to pay",
    )
    amount = shown(payment["amount"])
    stage.tells(by, f"accepted the file and booked {amount}", "VendorPaid")
    paid = stage.awaits(
        "hana", page, lambda seen: bool(seen["stage"] == "reconciled"), "reconciliation"
    )
    stage.tells(f"{by}'s notice", "has the line; the payment is reconciled", "PaymentReconciled")
    return paid
