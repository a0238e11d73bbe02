"""What is bought from whom: offers for the value, in writing, by committee, within a tier."""

from collections.abc import Iterable
from datetime import timedelta

from audit.replay.what_if.page import Band, Page
from audit.replay.what_if.past import SEARCH, Act, Past
from audit.replay.what_if.telling import Said, more, text
from events.money import Money, total

WAIVED = "vendors.competition_waived"
TOGETHER = ("vendor", "case")


def formal_tender_needed(act: Act, past: Past, page: Page) -> Said:
    value = _value(act, past, page, TOGETHER)
    if page.programme_says.buying.band(value) is None:
        yield act.stream, text(value)


def too_few_quotations(act: Act, past: Past, page: Page) -> Said:
    band, waived = _too_few(act, past, page), past.last(act.stream, WAIVED)
    if band is not None and waived is None:
        yield act.stream, f"{act.data['quotations']} of {band.quotations}"


def waiver_not_allowed(act: Act, past: Past, page: Page) -> Said:
    """Fewer offers were enough for a reason that the page does not take."""
    band, waived = _too_few(act, past, page), past.last(act.stream, WAIVED)
    if band is not None and waived is not None and waived.data["reason"] not in band.waiver_for:
        yield act.stream, waived.data["reason"]


def _too_few(act: Act, past: Past, page: Page) -> Band | None:
    """The band of its value, if that asks for more offers than there were."""
    band = page.programme_says.buying.band(_value(act, past, page, TOGETHER))
    return band if band is not None and act.data["quotations"] < band.quotations else None


def not_asked_in_writing(act: Act, past: Past, page: Page) -> Said:
    value = _value(act, past, page, TOGETHER)
    band = page.programme_says.buying.band(value)
    asked = past.told(act.stream, "vendors.written_request_sent")
    if band is not None and band.written_working_days and not asked:
        yield act.stream, text(value)


def committee_has_not_agreed(act: Act, past: Past, page: Page) -> Said:
    value = _value(act, past, page, TOGETHER)
    band = page.programme_says.buying.band(value)
    if band is None or not band.committee:
        return
    needed = page.programme_says.approval.quorum(value)
    compared = past.last(act.stream, "vendors.quotations_compared")
    since = compared.index if compared else -1
    votes = [
        vote.data["vote"]
        for vote in past.told(act.stream, "vendors.award_voted")
        if vote.index > since
    ]
    if votes.count("in_favour") < needed or votes.count("against") >= needed:
        yield act.stream, f"{votes.count('in_favour')} of {needed} for {text(value)}"


def above_tier(act: Act, past: Past, page: Page) -> Said:
    seller = act.data["vendor"]
    known = past.last(seller, "vendors.vendor_proposed", "vendors.vendor_tier_changed")
    up_to = page.sells_up_to(known.data["tier"]) if known else None
    value = _value(act, past, page, ("vendor",))
    if up_to is not None and value > up_to:
        yield act.stream, more(value, up_to)


def _value(award: Act, past: Past, page: Page, together: Iterable[str]) -> Money:
    """What it is worth with what was awarded to the same lately, as long as the page counts (R4).

    As it was estimated: what counts is the value, not the offer that was taken.
    """
    asked = past.last(award.stream, SEARCH)
    estimate = asked.money("estimate") if asked else award.money("amount")
    since = award.day - timedelta(days=page.programme_says.buying.added_up_over_days)
    lately = {
        counted.data["sourcing"]: counted.money("value")
        for whose in together
        for counted in past.told(award.data[whose], "vendors.award_counted")
        if counted.day >= since and not _taken_back(counted, past)
    }
    lately.pop(award.stream, None)
    same = (value for value in lately.values() if value.currency == estimate.currency)
    return total((estimate, *same), estimate.currency)


def _taken_back(counted: Act, past: Past) -> bool:
    gone = past.last(counted.data["sourcing"], "vendors.award_uncounted")
    return gone is not None and gone.index > counted.index
