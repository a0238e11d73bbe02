"""When something happened, which is not always when somebody said so.

An entry's `time` is when the act was done: when the delivery was entered, the bank's answer read.
Some events tell a day or an instant of their own, on which the thing itself happened: by that one
they count as of an instant, and into a period. `recordedtime` is when it became known.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from events.envelope import Envelope

TELLS = {
    "intake.departure_confirmed": "date",
    "intake.arrival_confirmed": "date",
    "intake.erasure_requested": "received",
    "plans.monitoring_visit_completed": "on",
    "vendors.vendor_screened": "on",
    "vendors.written_request_sent": "sent_on",
    "disbursement.goods_received": "date",
    "disbursement.capture_taken": "happened_at",
    "disbursement.vendor_paid": "value_date",
    "disbursement.payment_reconciled": "value_date",
}
"""By kind of event, the field that tells it."""


def happened(envelope: Envelope) -> datetime:
    """In UTC; the end of the day where a day is told, and never later than the act itself."""
    acted = envelope.time.astimezone(UTC)
    name = TELLS.get(envelope.type.rpartition(".v")[0])
    if name is None:
        return acted
    data: Mapping[str, Any] = msgspec.json.decode(envelope.data)
    told = data.get(name)
    return acted if not isinstance(told, str) else min(acted, _instant(told) or acted)


def _instant(told: str) -> datetime | None:
    try:
        if len(told) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(told), time.max, UTC)
        return datetime.fromisoformat(told).astimezone(UTC)
    except ValueError:
        return None
