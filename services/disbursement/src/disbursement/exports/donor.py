"""The donor's report: budget against actual by budget line, each payment, and what proves it.

A zip of CSV files with hashtags and of `report.json`, which says what they are of. All that was
paid is in it, so that it adds up to the ledger; of restricted cases the words are neutral.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from disbursement.exports import dictionary
from disbursement.exports.discretion import Discretion
from disbursement.exports.report import Bought, Cause, Given, Line, Moved, Paid, Report
from disbursement.exports.tables import Number, csv_of
from events.money import Money, total
from events.tables import told
from events.values import CaseId, Code

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest date: the files say themselves of when they are."""


def write(report: Report) -> bytes:
    """The zip, in bytes that are the same whenever the report is the same."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(report).items():
            archive.writestr(zipfile.ZipInfo(name, BEGINNING), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def files(report: Report) -> dict[str, bytes]:
    """Each of its files, by name."""
    say = Discretion(report)
    return {
        "report.json": _about(report),
        "budget.csv": _budget(report),
        "payments.csv": _payments(report, say),
        "documents.csv": _documents(report, say),
        "dictionary.csv": _dictionary(report),
    }


def _about(report: Report) -> bytes:
    grant = report.grant
    about = {
        "grant": grant.id,
        "donor": grant.donor,
        "reference": grant.reference,
        "currency": grant.currency,
        "opens": grant.opens,
        "closes": grant.closes,
        "conversion": grant.conversion,
        "rates": grant.rates,
        "cut_off": report.cut_off,
        "as_of": report.as_of,
        "figures_not_shown_below": report.below,
        "since": report.since,
    }
    return msgspec.json.format(msgspec.json.encode(about), indent=1)


def _dictionary(report: Report) -> bytes:
    currency = report.grant.currency
    return csv_of(dictionary.headed(dictionary.ITSELF, currency), dictionary.rows(currency))


# Budget against actual


def _budget(report: Report) -> bytes:
    columns = dictionary.headed(dictionary.BUDGET, report.grant.currency)
    return csv_of(columns, _budget_rows(report))


def _budget_rows(report: Report) -> Iterator[Sequence[object]]:
    people = {line.id: len(_cases(report, line)) for line in report.lines}
    shown = told(people, below=report.below).of
    for line in report.lines:
        count = shown[line.id]
        cases = None if count is None else Number(str(count))
        yield [*_sums(line.category, [line], report), cases]
    yield [*_sums("all", report.lines, report), None]


def _sums(name: str, lines: Sequence[Line], report: Report) -> list[object]:
    here = {line.id for line in lines}
    paid = [each for each in _paid(report) if each.fact.budget_line in here]
    given = [each for each in report.given if each.handed_over and each.cash.budget_line in here]

    def summed(amounts: Iterator[Money]) -> Number:
        return Number(total(amounts, report.grant.currency).amount)

    worth = [*(each.by_rule for each in paid), *(each.by_rule for each in given)]
    amounts = [*(each.fact.amount for each in paid), *(each.cash.amount for each in given)]
    corrected = [*(each.corrected_on for each in paid), *(each.corrected_on for each in given)]
    without = sorted(
        f"{amount!r}" for amount, each in zip(amounts, worth, strict=True) if each is None
    )
    by_rule = total((each for each in worth if each is not None), report.grant.currency)
    in_ledger = total((line.paid for line in lines), report.grant.currency)
    return [
        name,
        summed(line.ceiling for line in lines),
        summed(line.earmarked for line in lines),
        summed(line.committed for line in lines),
        summed(line.expense for line in lines),
        summed(line.owed_back for line in lines),
        summed(line.given_up for line in lines),
        summed(line.left_over for line in lines),
        summed(line.available for line in lines),
        Number(by_rule.amount),
        "; ".join(without),
        Number(str(sum(day is not None for day in corrected))),
        Number((in_ledger - by_rule).amount),
        Number(in_ledger.amount),
        summed(line.exchange_difference for line in lines),
    ]


def _paid(report: Report) -> Iterator[Paid]:
    for bought in report.bought:
        yield from bought.paid


def _cases(report: Report, line: Line) -> frozenset[CaseId]:
    """For whom something was paid from the line."""
    bought = (
        each.cases for each in report.bought if each.paid and each.commitment.budget_line == line.id
    )
    given = (
        each.cases for each in report.given if each.handed_over and each.cash.budget_line == line.id
    )
    return frozenset[CaseId]().union(*bought, *given)


# Each payment


def _payments(report: Report, say: Discretion) -> bytes:
    columns = dictionary.headed(dictionary.PAYMENTS, report.grant.currency)
    return csv_of(columns, _payment_rows(report, say))


def _payment_rows(report: Report, say: Discretion) -> Iterator[Sequence[object]]:
    for bought in report.bought:
        for paid in bought.paid:
            if _is_told(report, paid.fact.value_date):
                yield _payment(report, say, bought, paid)
    spent_on = report.spent_on
    for moved in report.moved:
        if moved.cause not in (Cause.PAYMENT, Cause.RETURN) and _is_told(report, moved.day):
            yield _other(report, say, spent_on[moved.commitment], moved)


def _is_told(report: Report, day: date) -> bool:
    """Whether the report tells one by one what was paid on that day; its sums are of the whole."""
    return report.since is None or day >= report.since


def _other(
    report: Report, say: Discretion, spent: Bought | Given, moved: Moved
) -> Sequence[object]:
    """What moved beside the payments that stand: a recovery, cash that was handed over."""
    return [
        moved.cause,
        spent.id if isinstance(spent, Given) else None,
        report.categories[moved.line],
        say.kind(spent),
        _number(spent),
        None,
        say.vendor(spent),
        say.name(spent),
        moved.day,
        *_in_cash(spent),
        Number(moved.amount.amount),
        None,
    ]


def _in_cash(spent: Bought | Given) -> Sequence[object]:
    """Amount, currency and worth by the rule of what was handed over, and when that was corrected;
    of a recovery these are in the row of its payment.
    """
    if isinstance(spent, Bought):
        return [None] * 4
    amount, worth = spent.cash.amount, spent.by_rule
    told = Number(worth.amount) if worth is not None else None
    return [Number(amount.amount), amount.currency, told, spent.corrected_on]


def _number(spent: Bought | Given) -> Code | None:
    """Of the order, or of the list on which cash was handed over."""
    if isinstance(spent, Given):
        return spent.cash.list_no
    return spent.commitment.order.number if spent.commitment.order else None


def _payment(report: Report, say: Discretion, bought: Bought, paid: Paid) -> Sequence[object]:
    fact, commitment, vendor = paid.fact, bought.commitment, say.vendor(bought)
    invoice = commitment.invoice(fact.invoice)
    return [
        Cause.PAYMENT,
        fact.payment,
        report.categories[fact.budget_line],
        say.kind(bought),
        commitment.order.number if commitment.order else None,
        invoice.number if invoice and vendor else None,
        vendor,
        say.name(bought),
        fact.value_date,
        Number(fact.amount.amount),
        fact.amount.currency,
        Number(paid.by_rule.amount) if paid.by_rule is not None else None,
        paid.corrected_on,
        Number(fact.functional_amount.amount),
        fact.bank_ref,
    ]


# What proves it


def _documents(report: Report, say: Discretion) -> bytes:
    columns = dictionary.headed(dictionary.DOCUMENTS, report.grant.currency)
    return csv_of(columns, _document_rows(report, say))


def _document_rows(report: Report, say: Discretion) -> Iterator[Sequence[object]]:
    for bought in report.bought:
        order = bought.commitment.order
        for paid in (each for each in bought.paid if _is_told(report, each.fact.value_date)):
            number = order.number if order else None
            for kind, id_, day, digest in _papers(bought, paid, named=bool(say.vendor(bought))):
                yield [paid.fact.payment, number, kind, id_, day, digest]
    for given in report.given:
        day, cash = given.handed_over, given.cash
        if day is not None and _is_told(report, day):
            yield [cash.id, cash.list_no, "cash_list", cash.list_no, day, cash.document]


def _papers(bought: Bought, paid: Paid, *, named: bool) -> Iterator[Sequence[object]]:
    """From the offer to the bank; `named`: whether the vendor's own numbers may be told."""
    commitment = bought.commitment
    if bought.sourcing is not None:
        for offer in bought.sourcing.offers:
            yield "quotation", offer.quotation, offer.day, offer.document
    if commitment.order is not None:
        yield "order", commitment.order.number, commitment.order.issued, None
    invoice = commitment.invoice(paid.fact.invoice)
    if invoice is not None:
        for receipt in commitment.receipts:
            if receipt.id in invoice.receipts:
                yield "delivery", receipt.id, receipt.date, receipt.confirmation.document
        number = invoice.number if named else invoice.id
        yield "invoice", number, invoice.date, invoice.document
    if paid.instructed is not None:
        sent = paid.instructed
        yield "bank_file", sent.file, sent.at.date(), sent.file_hash
