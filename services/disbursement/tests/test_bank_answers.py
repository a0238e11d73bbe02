"""What the bank says is a claim: it moves a payment where it can, once; the rest is for people."""

from hashlib import sha256

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import NOON, paid, with_the_bank

from disbursement.bank.weigh import Known, weigh
from disbursement.domain.bank_answer import BankAnswerId, Open
from disbursement.domain.payment import payment
from disbursement.gateways import FROM_BANK, SEALED, TAKEN
from disbursement.iso20022.answers import BankStatus, Status
from events.memory import FixedClock
from events.values import Digest, PaymentId
from homeward.bank.desk import Desk


async def stage(till: Cashier, path: str) -> str:
    told: str = (await till.hana.get(path)).json()["stage"]
    return told


async def open_lines(till: Cashier) -> list[dict[str, object]]:
    told: list[dict[str, object]] = (await till.hana.get("/v1/bank-lines")).json()["items"]
    return told


async def after(till: Cashier, event: str) -> list[str]:
    """What followed on the last fact of that kind."""
    told = await till.told()
    return told[len(told) - told[::-1].index(event) :]


async def test_the_same_file_twice_changes_nothing(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    before = await till.told()
    await till.bank_says("2-the-same-again.xml", chain.booked(path))
    assert await till.told() == before


async def test_the_same_booking_in_another_file_pays_nobody_twice(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path, message="NT-1"))
    await till.bank_says("2.xml", chain.booked(path, message="NT-2"))
    told = await till.told()
    assert told.count("vendor_paid") == told.count("funds_spent") == 1
    assert told.count("payment_reconciled") == told.count("invoice_settled") == 1
    assert await open_lines(till) == []


async def test_a_second_booking_under_another_reference_waits_for_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    await till.bank_says("2.xml", chain.booked(path, message="NT-2", bank_ref="BANK-78"))
    [line] = await open_lines(till)
    assert (line["why"], line["reference"]) == ("booked_twice", chain.reference(path))
    assert (line["bank_ref"], line["value_date"]) == ("BANK-78", "2026-03-04")
    assert line["amount"] == chain.MONEY
    assert (await till.told()).count("vendor_paid") == 1


async def test_a_bank_that_tells_of_one_booking_over_and_over_pays_once(till: Cashier) -> None:
    till.payees.name = "SIM-TWICE Ovens"
    path = await chain.instructed(till)
    clock = FixedClock(NOON)
    bank = Desk(till.folder, clock)
    for _ in range(3):
        bank.tick()
        clock.advance(1)
    bank.close()
    await till.bank_ear.take_all()
    await till.settle()
    told = await till.told()
    assert told.count("bank_answer_read") == 4, "a status, two notices and the statement"
    assert told.count("vendor_paid") == told.count("payment_reconciled") == 1
    assert await open_lines(till) == []
    assert await stage(till, path) == "reconciled"


async def test_a_reference_that_is_none_of_ours_shape_is_still_told_from_another(
    till: Cashier,
) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path, bank_ref="REF 1 (Basra)"))
    await till.bank_says("2.xml", chain.booked(path, message="NT-2", bank_ref="REF 1 (Basra)"))
    assert await open_lines(till) == []
    await till.bank_says("3.xml", chain.booked(path, message="NT-3", bank_ref="REF 2 (Basra)"))
    assert [line["why"] for line in await open_lines(till)] == ["booked_twice"]
    for entry in await till.trial.store.read(0, 1000):
        assert b"Basra" not in entry.raw


async def test_pending_says_nothing_and_accepted_pays_nobody(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(path, "PDNG"))
    assert await stage(till, path) == "instructed"
    await till.bank_says("2.xml", chain.status(path, "ACSP", message="ST-2"))
    assert await stage(till, path) == "accepted"
    assert "vendor_paid" not in await till.told()


async def test_a_settled_status_is_the_banks_confirmation(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(path, "ACSC"))
    assert await stage(till, path) == "paid"
    await till.bank_says("2.xml", chain.booked(path))
    assert await stage(till, path) == "reconciled"


async def test_a_rejected_payment_opens_its_invoice_and_keeps_its_funds(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(path, "RJCT"))
    page = (await till.hana.get(path)).json()
    assert page["stage"] == "rejected"
    assert page["commitment_stands"]["invoices"][0]["stage"] == "matched"
    assert page["budget"]["reserved"] == chain.eur(1000)
    assert page["budget"]["spent"] == chain.eur(0)


async def test_what_was_rejected_is_paid_by_a_new_payment_with_a_new_reference(
    till: Cashier,
) -> None:
    first = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(first, "RJCT"))
    commitment = (await till.hana.get(first)).json()["commitment"]
    second = await chain.requested(till, f"/v1/commitments/{commitment}")
    await chain.instructed(till, await chain.released(till, second))
    assert chain.reference(second) != chain.reference(first)
    await till.bank_says("2.xml", chain.booked(second))
    assert await stage(till, second) == "reconciled"
    assert await stage(till, first) == "rejected"


async def test_a_late_success_counts_and_holds_the_payment_that_took_its_place(
    till: Cashier,
) -> None:
    first = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(first, "RJCT"))
    commitment = (await till.hana.get(first)).json()["commitment"]
    second = await chain.released(
        till, await chain.requested(till, f"/v1/commitments/{commitment}")
    )
    await till.bank_says("2.xml", chain.booked(first))
    assert await stage(till, first) == "reconciled"
    assert (await till.hana.get(second)).json()["held"] == "invoice_settled_by_another_payment"
    body = {"payments": [second.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsHeld")
    assert (await till.told()).count("funds_spent") == 1
    seen = {"reason": "seen"}
    let_go = await till.tries(till.tomas, f"{second}/release-from-hold", seen)
    assert let_go == (409, "InvoiceAlreadyPaid")
    await till.does(till.hana, f"{second}/cancel", {"reason": "paid_already"})


async def test_an_invoice_that_the_bank_paid_twice_is_told_to_be_owed_back(till: Cashier) -> None:
    first = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(first, "RJCT"))
    commitment = (await till.hana.get(first)).json()["commitment"]
    second = await chain.requested(till, f"/v1/commitments/{commitment}")
    await chain.instructed(till, await chain.released(till, second))
    await till.bank_says("2.xml", chain.booked(second))
    await till.bank_says("3.xml", chain.booked(first, message="NT-2"))
    told = await till.told()
    assert told.count("vendor_paid") == 2
    assert told.count("invoice_settled") == told.count("invoice_paid_again") == 1
    assert told.count("funds_spent") == 1
    assert told.count("funds_spent_beyond") == 1
    assert till.refusals() == []


@pytest.mark.parametrize("day", ["2099-01-01", "2026-03-03", "1900-01-01"])
async def test_money_that_comes_back_on_an_impossible_day_waits_for_a_person(
    till: Cashier, day: str
) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    told = chain.came_back(path).replace("<ValDt><Dt>2026-03-04", f"<ValDt><Dt>{day}")
    await till.bank_says("2.xml", told)
    assert await stage(till, path) == "reconciled"
    assert [line["why"] for line in await open_lines(till)] == ["contradicts"]


async def test_a_return_under_another_reference_is_a_second_one_and_waits(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    await till.bank_says("2.xml", chain.came_back(path))
    await till.bank_says("3.xml", chain.came_back(path, message="RT-2"))
    assert await open_lines(till) == []
    await till.bank_says("4.xml", chain.came_back(path, message="RT-3", bank_ref="BANK-100"))
    assert [line["why"] for line in await open_lines(till)] == ["booked_twice"]
    assert (await till.told()).count("payment_returned") == 1


async def test_money_that_comes_back_restores_the_commitment_once(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    await till.bank_says("2.xml", chain.came_back(path))
    await till.bank_says("3.xml", chain.came_back(path, message="RT-2"))
    page = (await till.hana.get(path)).json()
    assert page["stage"] == "returned"
    assert page["commitment_stands"]["stage"] == "issued"
    assert page["commitment_stands"]["reserved"] == chain.eur(1000)
    assert page["budget"]["reserved"] == chain.eur(1000)
    assert page["budget"]["spent"] == chain.eur(0)
    assert page["budget"]["available"] == chain.eur(4000)
    assert (await till.told()).count("funds_restored") == 1


async def test_a_partial_booking_waits_for_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path, amount="700000.000"))
    assert await stage(till, path) == "instructed"
    [line] = await open_lines(till)
    assert (line["why"], line["reference"]) == ("other_amount", chain.reference(path))
    assert line["amount"] == {"amount": "700000.000", "currency": "IQD"}


async def test_a_line_about_none_of_our_payments_waits_for_a_person(till: Cashier) -> None:
    await chain.funded(till)
    await till.bank_says("1.xml", chain.booked("/v1/payments/pay_unknown"))
    [line] = await open_lines(till)
    assert line["why"] == "unknown_reference"
    answer = f"/v1/bank-answers/{line['answer']}"
    charge = {"line": 1, "outcome": "bank_charge"}
    said = await till.does(till.hana, f"{answer}/resolve", charge)
    assert said["open_lines"] == [1], "it names money: one person alone gives nothing up"
    [line] = await open_lines(till)
    assert (line["proposed"], line["proposed_by"]) == ("bank_charge", "per_hana")
    assert await till.tries(till.hana, f"{answer}/resolve", charge) == (422, "ProposedByYou")
    other = await till.does(till.eva, f"{answer}/resolve", {"line": 1, "outcome": "paid_by_us"})
    assert other["open_lines"] == [1], "they do not say the same"
    await till.does(till.hana, f"{answer}/resolve", charge)
    done = await till.does(till.eva, f"{answer}/resolve", charge)
    assert done["open_lines"] == []
    assert await open_lines(till) == []
    resolved = (await till.hana.get("/v1/bank-lines?resolved=true")).json()["items"]
    assert [each["outcome"] for each in resolved] == ["bank_charge"]
    again = await till.tries(till.hana, f"{answer}/resolve", {"line": 1, "outcome": "x"})
    assert again == (409, "LineNotOpen")


async def test_a_booking_of_what_was_never_sent_waits_for_a_person(till: Cashier) -> None:
    path = await chain.released(till)
    await till.bank_says("1.xml", chain.booked(path))
    assert await stage(till, path) == "released"
    [line] = await open_lines(till)
    assert line["why"] == "unknown_reference"


async def test_a_rejection_of_what_was_paid_waits_for_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    await till.bank_says("2.xml", chain.status(path, "RJCT"))
    assert await stage(till, path) == "reconciled"
    [line] = await open_lines(till)
    assert (line["why"], line["status"]) == ("contradicts", "RJCT")


def test_what_contradicts_all_payments_of_a_file_is_one_open_line() -> None:
    settled = payment.fold((*with_the_bank, paid))
    assert settled is not None
    both = {one: replace(settled, id=one) for one in (PaymentId("pay_1"), PaymentId("pay_2"))}
    told = BankStatus("ST-1", "fil-1", None, None, Status.REJECTED, "RJCT", ())
    weighed = weigh([told], Known(both, {"fil-1": tuple(both)}, {}, NOON, BankAnswerId("ans_1")))
    assert [(line.line, line.why) for line in weighed.open_lines] == [(1, Open.CONTRADICTS)]
    assert weighed.commands == []


async def test_a_status_that_nobody_knows_waits_for_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(path, "WXYZ"))
    assert await stage(till, path) == "instructed"
    [line] = await open_lines(till)
    assert line["why"] == "unknown_status"


async def test_a_file_that_is_no_answer_is_told_and_stops_nobody(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("0-broken.xml", "<Document>")
    await till.bank_says("1.xml", chain.booked(path))
    [line] = await open_lines(till)
    assert line["why"] == "not_readable"
    assert await stage(till, path) == "reconciled"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(("1400000.000", "1E9999999"), id="an amount that is a bomb"),
        pytest.param(("<Amt ", "<Xmt "), id="no amount at all"),
        pytest.param(("DBIT", "BOTH"), id="neither in nor out"),
    ],
)
async def test_a_broken_answer_waits_for_a_person_and_the_next_is_taken(
    till: Cashier, broken: tuple[str, str]
) -> None:
    path = await chain.instructed(till)
    (till.folder / FROM_BANK / "1.xml").write_text(chain.booked(path).replace(*broken))
    await till.bank_says("2.xml", chain.booked(path))
    assert [line["why"] for line in await open_lines(till)] == ["not_readable"]
    assert await stage(till, path) == "reconciled"


async def test_what_is_no_file_waits_for_a_person_and_the_next_is_taken(till: Cashier) -> None:
    path = await chain.instructed(till)
    bank = till.folder / FROM_BANK
    (bank / "1-folder.xml").mkdir()
    (bank / "2-closed.xml").write_text("<x/>")
    (bank / "2-closed.xml").chmod(0)
    (bank / "3-nowhere.xml").symlink_to(bank / "nowhere")
    await till.bank_says("4.xml", chain.booked(path))
    assert await stage(till, path) == "reconciled"
    assert {line["why"] for line in await open_lines(till)} == {"not_readable"}
    told = await till.told()
    await till.bank_ear.take_all()
    assert await till.told() == told


@pytest.mark.parametrize("named", ["file", "commitment"])
async def test_a_reference_to_another_kind_of_ours_waits_for_a_person(
    till: Cashier, named: str
) -> None:
    path = await chain.instructed(till)
    other = f"/v1/x/{(await till.hana.get(path)).json()[named]}"
    whole = chain.PAIN_002.format(
        message="ST-1", file=chain.reference(path), group="<GrpSts>RJCT</GrpSts>", one=""
    )
    await till.bank_says("1.xml", whole)
    await till.bank_says("2.xml", chain.booked(other))
    assert {line["why"] for line in await open_lines(till)} == {
        "no_reference",
        "unknown_reference",
    }
    assert await stage(till, path) == "instructed"


async def test_what_was_taken_is_put_away_and_not_read_again(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    assert list((till.folder / FROM_BANK).glob("*.xml")) == []
    [kept] = (till.folder / TAKEN).iterdir()
    assert kept.stem == sha256(kept.read_bytes()).hexdigest()


async def test_once_the_bank_has_answered_only_the_hash_of_its_file_is_kept(till: Cashier) -> None:
    path = await chain.instructed(till)
    sealed = till.folder / SEALED
    assert len(list(sealed.iterdir())) == 1
    await till.bank_says("0.xml", chain.booked("/v1/payments/pay_unknown"))
    assert len(list(sealed.iterdir())) == 1, "an answer about something else"
    await till.bank_says("1.xml", chain.status(path, "ACSP"))
    assert list(sealed.iterdir()) == []
    file = (await till.hana.get(path)).json()["file"]
    [sent] = till.at_the_bank()
    told = (await till.hana.get(f"/v1/bank-files/{file}")).json()
    assert told["file_hash"] == sha256(sent.read_bytes()).hexdigest()


async def test_a_file_whose_sending_is_not_recorded_is_kept_though_the_bank_has_answered(
    till: Cashier,
) -> None:
    path = await chain.released(till)
    body = {"payments": [path.rpartition("/")[2]]}
    file = ok(await till.hana.post("/v1/bank-files", body), 201)["file"]
    till.gateways.bank.seal(file, b"<the file/>")
    (till.folder / FROM_BANK / "1.xml").write_text(chain.status(path, "ACSP"))
    await till.bank_ear.take_all()
    assert (await till.told())[-1] == "payment_accepted_by_bank"
    assert till.gateways.bank.sealed(file) == b"<the file/>"


async def test_a_mistake_of_ours_over_one_answer_is_told_and_keeps_no_other_waiting(
    till: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await chain.instructed(till)
    real = till.bank_ear.take

    async def mistaken(content: bytes) -> Digest:
        if content == b"<mistake/>":
            raise AssertionError("ours")
        return await real(content)

    monkeypatch.setattr(till.bank_ear, "take", mistaken)
    (till.folder / FROM_BANK / "1.xml").write_text("<mistake/>")
    (till.folder / FROM_BANK / "2.xml").write_text(chain.booked(path))
    with pytest.raises(AssertionError, match="ours"):
        await till.bank_ear.take_all()
    await till.settle()
    assert await stage(till, path) == "reconciled"
    assert [left.name for left in (till.folder / FROM_BANK).glob("*.xml")] == ["1.xml"]


@pytest.mark.parametrize(("said", "then"), [("ACCP", "accepted"), ("RJCT", "rejected")])
async def test_what_is_said_of_the_whole_file_is_said_of_each_payment(
    till: Cashier, said: str, then: str
) -> None:
    path = await chain.instructed(till)
    file = (await till.hana.get(path)).json()["file"].replace("_", "-")
    group = f"<GrpSts>{said}</GrpSts>"
    await till.bank_says(
        "1.xml", chain.PAIN_002.format(message="ST-1", file=file, group=group, one="")
    )
    assert await stage(till, path) == then


async def test_what_is_said_of_one_payment_goes_before_what_is_said_of_all(till: Cashier) -> None:
    path = await chain.instructed(till)
    file = (await till.hana.get(path)).json()["file"].replace("_", "-")
    one = chain.TX.format(reference=chain.reference(path), status="RJCT")
    told = chain.PAIN_002.format(message="ST-1", file=file, group="<GrpSts>ACCP</GrpSts>", one=one)
    await till.bank_says("1.xml", told)
    assert await stage(till, path) == "rejected"
    assert "payment_accepted_by_bank" not in await till.told()


async def test_the_rate_of_the_day_it_was_paid_makes_the_exchange_difference(
    till: Cashier,
) -> None:
    path = await chain.instructed(till)
    rate = {
        "base": "EUR",
        "quote": "IQD",
        "value": "1390",
        "source": "UNORE",
        "date": "2026-03-03",
    }
    await chain.publish(till, rate)
    await till.bank_says("1.xml", chain.booked(path))
    page = (await till.hana.get(path)).json()
    assert page["functional_amount"] == {"amount": "1007.19", "currency": "EUR"}
    line = (await till.hana.get(f"/v1/budget-lines/{page['budget_line']}")).json()
    assert line["spent"] == chain.eur(1000)
    assert line["exchange_difference"] == {"amount": "7.19", "currency": "EUR"}


async def test_no_other_source_s_rate_is_worth_anything_to_a_grant(till: Cashier) -> None:
    path = await chain.instructed(till)
    rate = {"base": "EUR", "quote": "IQD", "value": "1", "source": "ECB", "date": "2026-03-03"}
    await chain.publish(till, rate)
    await till.bank_says("1.xml", chain.booked(path))
    page = (await till.hana.get(path)).json()
    assert page["functional_amount"] == {"amount": "1000.00", "currency": "EUR"}


async def test_a_booking_on_another_s_account_moves_no_payment(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = chain.booked(path)
    for iban in ("DE89370400440532013000", "SK3112000000198742637541"):
        account = f"<Ntfctn><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        await till.bank_says(f"{iban}.xml", told.replace("<Ntfctn>", account))
        stages = (
            (await till.hana.get(path)).json()["stage"],
            [line["why"] for line in await open_lines(till)],
        )
        assert stages == (
            ("instructed", ["other_account"])
            if iban.startswith("DE")
            else ("reconciled", ["other_account"])
        )


@pytest.mark.parametrize("day", ["1990-01-01", "2026-02-27", "2099-01-01"])
async def test_a_booking_on_a_day_that_cannot_be_waits_for_a_person(
    till: Cashier, day: str
) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path).replace("2026-03-04", day))
    [line] = await open_lines(till)
    assert (line["why"], line["value_date"]) == ("contradicts", day)
    assert (await till.hana.get(path)).json()["stage"] == "instructed"


async def test_nothing_that_the_bank_writes_is_kept_but_references_and_codes(
    till: Cashier,
) -> None:
    path = await chain.instructed(till)
    told = chain.booked(path).replace(chain.reference(path), "Mr Ahmad of Basra")
    await till.bank_says("1.xml", told)
    [line] = await open_lines(till)
    assert line["reference"] is None
    for entry in await till.trial.store.read(0, 1000):
        assert b"Ahmad" not in entry.raw
