"""OCDS 1.1.5: each order as a contracting process, from the plan's item to the last payment.

One release tells all that is known of a process as of the cut-off. Nobody who was assisted is in
it, by no id; what was bought, and from whom, only as far as discretion allows.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from disbursement.domain.commitment import Stage
from disbursement.domain.commitment.receipts import Receipt
from disbursement.exports.discretion import Discretion
from disbursement.exports.publisher import Publisher
from disbursement.exports.report import Bought, Paid, Report, Sourcing
from events.money import Money

VERSION = "1.1"
WITHHELD = "withheld"
"""The supplier's name where it could give a case away."""
CATEGORIES = {"goods": "goods", "service": "services", "wage_subsidy": "services"}
"""By modality."""


def write(report: Report, publisher: Publisher) -> bytes:
    """The release package, in bytes that are the same whenever the report is the same."""
    say = Discretion(report)
    orders = list(released(report))
    package = {
        "uri": f"{publisher.home}/ocds/{report.grant.id}/{report.cut_off}.json",
        "version": VERSION,
        "publisher": {"name": publisher.name},
        "publishedDate": _stamp(report.as_of),
        "releases": [_Release(each, report, publisher, say).told() for each in orders],
    }
    return msgspec.json.format(msgspec.json.encode(package, order="deterministic"), indent=1)


def released(report: Report) -> Iterator[Bought]:
    """What was ordered; where it is told from a day on, what changed since."""
    for each in report.bought:
        if each.commitment.order is not None and (
            report.since is None or each.changed.date() >= report.since
        ):
            yield each


class _Release:
    """One order's release."""

    def __init__(
        self, bought: Bought, report: Report, publisher: Publisher, say: Discretion
    ) -> None:
        self._bought, self._report, self._publisher, self._say = bought, report, publisher, say
        self._commitment = bought.commitment
        self._us = {"id": publisher.iati, "name": publisher.name}
        vendor = say.vendor(bought)
        name = say.name(bought) or vendor or WITHHELD
        self._supplier = {"id": vendor or WITHHELD, "name": name}

    def told(self) -> dict[str, Any]:
        bought = self._bought
        sections: dict[str, Any] = {"planning": self._planning()}
        if bought.sourcing is not None:
            sections["tender"] = self._tender(bought.sourcing)
        sections["awards"] = [self._award()]
        sections["contracts"] = [self._contract()]
        return {
            "ocid": f"{self._publisher.ocds}-{self._commitment.id}",
            "id": f"{self._commitment.id}-{bought.facts}",
            "date": _stamp(bought.changed),
            "tag": list(self._tags()),
            "initiationType": "tender",
            "language": "en",
            "parties": [
                {**self._us, "roles": ["buyer", "procuringEntity", "payer"]},
                {**self._supplier, "roles": ["supplier", "payee"]},
                {"id": self._funder, "name": self._funder, "roles": ["funder"]},
            ],
            "buyer": self._us,
            **sections,
        }

    @property
    def _funder(self) -> str:
        return self._report.grant.donor

    def _tags(self) -> Iterator[str]:
        yield "planning"
        if self._bought.sourcing is not None:
            yield "tender"
        yield "award"
        yield "contract"
        if self._bought.amended:
            yield "contractAmendment"
        if self._commitment.receipts or self._bought.paid:
            yield "implementation"
        if self._bought.ended_early:
            yield "contractTermination"

    def _planning(self) -> dict[str, Any]:
        budget: dict[str, Any] = {
            "id": self._report.grant.reference,
            "description": self._report.categories[self._commitment.budget_line],
        }
        if self._bought.planned is not None:
            budget["amount"] = _value(self._bought.planned.ceiling)
        return {"budget": budget}

    def _tender(self, sourcing: Sourcing) -> dict[str, Any]:
        tender: dict[str, Any] = {
            "id": sourcing.id,
            "title": self._say.kind(self._bought),
            "status": "complete",
            "procuringEntity": self._us,
            "value": _value(sourcing.estimate),
            "procurementMethod": "selective" if len(sourcing.vendors) > 1 else "direct",
            "numberOfTenderers": len(sourcing.vendors),
            "tenderPeriod": {"startDate": _day(sourcing.requested)},
        }
        if sourcing.selected_on is not None:
            tender["tenderPeriod"]["endDate"] = _day(sourcing.selected_on)
        if sourcing.waived is not None:
            tender["procurementMethodRationale"] = sourcing.waived
        planned = self._bought.planned
        if planned is not None and planned.modality in CATEGORIES:
            tender["mainProcurementCategory"] = CATEGORIES[planned.modality]
        return tender

    def _award(self) -> dict[str, Any]:
        award = {
            "id": f"{self._commitment.id}-award",
            "title": self._say.kind(self._bought),
            "status": "active",
            "value": _value(self._commitment.amount),
            "suppliers": [self._supplier],
        }
        sourcing = self._bought.sourcing
        if sourcing is not None and sourcing.selected_on is not None:
            award["date"] = _day(sourcing.selected_on)
        return award

    def _contract(self) -> dict[str, Any]:
        order = self._commitment.order
        assert order is not None, "only what was ordered is released"
        return {
            "id": order.number,
            "awardID": f"{self._commitment.id}-award",
            "title": self._say.kind(self._bought),
            "status": self._status,
            "dateSigned": _day(order.issued),
            "period": {"startDate": _day(order.issued), "endDate": _day(order.deliver_by)},
            "value": _value(self._commitment.amount),
            **self._amendments(),
            "items": [
                {
                    "id": str(line.line),
                    "description": line.spec
                    if self._say.is_told(self._bought)
                    else self._say.kind(self._bought),
                    "quantity": line.quantity,
                    "unit": {"value": _value(line.unit_price)},
                }
                for line in order.lines
            ],
            "implementation": {
                "transactions": [self._transaction(each) for each in self._bought.paid],
                "milestones": [
                    {
                        "id": receipt.id,
                        "type": "delivery",
                        "status": "met" if _is_whole(receipt) else "partiallyMet",
                        "dateMet": _day(receipt.date),
                    }
                    for receipt in self._commitment.receipts
                ],
            },
        }

    def _amendments(self) -> dict[str, Any]:
        """Each change that counts; what stands above is as they left it."""
        told = [
            {"id": str(each.number), "date": _day(each.day), "rationale": each.reason}
            for each in self._bought.amended
        ]
        return {"amendments": told} if told else {}

    @property
    def _status(self) -> str:
        """`terminated` is for what is over, by delivery as well (the standard's contractStatus)."""
        if self._bought.ended_early:
            return "cancelled" if not self._commitment.receipts else "terminated"
        return "terminated" if self._commitment.stage is Stage.LIQUIDATED else "active"

    def _transaction(self, paid: Paid) -> dict[str, Any]:
        return {
            "id": paid.fact.payment,
            "date": _day(paid.fact.value_date),
            "value": _value(paid.fact.amount),
            "payer": self._us,
            "payee": self._supplier,
        }


def _is_whole(receipt: Receipt) -> bool:
    """Whether all of it arrived in good condition, and nobody says otherwise."""
    good = all(receipt.good(part.line) == part.quantity for part in receipt.lines)
    return good and receipt.dispute is None


def _value(amount: Money) -> dict[str, Any]:
    """The standard wants a number: the decimal digits as they are, by way of no float."""
    return {"amount": msgspec.Raw(amount.amount.encode()), "currency": amount.currency}


def _day(day: date) -> str:
    return _stamp(datetime.combine(day, time(), UTC))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
