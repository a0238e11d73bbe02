"""What is granted and planned: entitlements, assistance and its ceilings, cash, quorum, papers."""

from collections.abc import Iterable, Iterator

from audit.replay.what_if.page import Assistance, Page
from audit.replay.what_if.past import OF_PLANS, Act, Past
from audit.replay.what_if.telling import Said, more, text
from events.money import Money, NotMoney, total


def entitlement_above(act: Act, _: Past, page: Page) -> Said:
    """More for the household than the page has for so many people."""
    most = _most(act, [row.total for row in page.programme_says.entitlements])
    if act.money("total") > most:
        yield act.data["case"], more(act.money("total"), most)


def cash_over_cap(act: Act, _: Past, page: Page) -> Said:
    most = _most(act, [row.cash_at_most for row in page.programme_says.entitlements])
    if act.money("cash_cap") > most:
        yield act.data["case"], more(act.money("cash_cap"), most)


def _most(granted: Act, rows: Iterable[Money]) -> Money:
    """By the most generous row for everybody: of which row somebody is, the log does not tell."""
    return max(rows, default=_nothing(granted)) * len(granted.data["shares"])


def _nothing(act: Act) -> Money:
    return Money.zero(act.money("total").currency)


def not_in_programme(act: Act, _: Past, page: Page) -> Said:
    for item, _ceiling, assistance in _items(act, page):
        if assistance is None:
            yield item["item"], item["type"]


def above_at_most(act: Act, _: Past, page: Page) -> Said:
    for item, ceiling, assistance in _items(act, page):
        if assistance and assistance.at_most is not None and ceiling > assistance.at_most:
            yield item["item"], more(ceiling, assistance.at_most)


def too_few_approved(act: Act, _: Past, page: Page) -> Said:
    """The committee's quorum."""
    needed = page.programme_says.approval.quorum(act.money("total"))
    if len(act.data["approvers"]) < needed:
        yield act.stream, f"{len(act.data['approvers'])} of {needed}"


def above_cash_share(act: Act, past: Past, page: Page) -> Said:
    """Cash of the plan, against what the page lets the household have of it (A2)."""
    granted = past.last(act.data["case"], "intake.entitlement_granted")
    cash = [ceiling for item, ceiling, _ in _items(act, page) if item["modality"] == "cash"]
    if granted is not None and cash:
        asked = total(cash, cash[0].currency)
        most = _most(granted, [row.cash_at_most for row in page.programme_says.entitlements])
        if asked > most:
            yield act.stream, more(asked, most)


def documents_missing(act: Act, past: Past, page: Page) -> Said:
    """The papers without which the page has nothing approved."""
    for item, _, assistance in _items(act, page):
        if assistance is not None:
            yield from _wanting(item["item"], assistance.before_approval, past)


def papers_missing(act: Act, past: Past, page: Page) -> Said:
    """The papers without which the page has nothing certified, or no payment requested."""
    commitment = past.last(act.data["commitment"], "disbursement.commitment_requested")
    if commitment is None or not past.told(commitment.data["item"], *OF_PLANS):
        return  # what is not of a plan has its papers elsewhere
    item = commitment.data["item"]
    assistance = page.programme_says.assistance_of(past.type_of(item))
    if assistance is not None:
        paying = act.kind == "disbursement.payment_requested"
        asked = assistance.before_payment if paying else assistance.before_commitment
        yield from _wanting(item, asked, past)


def _wanting(item: str, asked: Iterable[str], past: Past) -> Said:
    seen = {each.data["kind"] for each in past.told(item, "plans.document_recorded")}
    missing = [kind for kind in asked if kind not in seen]
    if missing:
        yield item, ", ".join(missing)


def not_planned_as_cash(act: Act, past: Past, page: Page) -> Said:
    kind = past.type_of(act.data["item"])
    assistance = page.programme_says.assistance_of(kind)
    if assistance is None or assistance.modality != "cash":
        yield act.data["item"], kind


def no_emergencies(act: Act, _: Past, page: Page) -> Said:
    if page.programme_says.emergency is None:
        yield act.stream, text(act.money("total"))


def not_for_emergencies(act: Act, _: Past, page: Page) -> Said:
    rules = page.programme_says.emergency
    for item in act.data["items"] if rules else ():
        if rules and item["type"] not in rules.types:
            yield item["item"], item["type"]


def above_emergency_limit(act: Act, past: Past, page: Page) -> Said:
    """All that was given to the case before any plan."""
    rules = page.programme_says.emergency
    if rules is not None:
        before = (each.money("total") for each in past.told(act.data["case"], act.kind))
        together = total((act.money("total"), *before), rules.at_most.currency)
        if together > rules.at_most:
            yield act.stream, more(together, rules.at_most)


def _items(act: Act, page: Page) -> Iterator[tuple[dict[str, str], Money, Assistance | None]]:
    for item in act.data["items"]:
        ceiling = Money.from_wire(item["ceiling"])
        if ceiling.currency != _nothing(act).currency:
            raise NotMoney("a plan has one currency")
        yield item, ceiling, page.programme_says.assistance_of(item["type"])
