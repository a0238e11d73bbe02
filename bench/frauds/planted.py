"""The frauds, each by its definition in the design of the audit log, and each another time."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from bench.frauds.cash import HandOver
from bench.frauds.honest import FREE, Life
from bench.frauds.purchase import Doubt, Offer, Purchase, cents, document, raised
from bench.frauds.world import BEGIN, DAYS, Office, Vendor


def plant(life: Life, times: int) -> None:
    """Each kind so often."""
    for kind, planter in KINDS.items():
        for scheme in range(times):
            for each in planter(life, scheme):
                each.planted, each.scheme = kind, scheme


def _office(life: Life) -> Office:
    (office,) = life.rng.choices(life.offices, (0.4, 0.35, 0.15, 0.1))
    return office


def _new(life: Life, office: Office | None = None, **said: object) -> Purchase:
    """A purchase like any other, for a case of its own."""
    office = office or _office(life)
    day = BEGIN + timedelta(days=life.rng.randint(30, DAYS - 90))
    case, _ = life.case(office, day - timedelta(days=30))
    return life.purchase(office, case, day, **said)  # type: ignore[arg-type]


def _busy(life: Life, office: Office, kind: str | None = None) -> Vendor:
    """A vendor that has been one for long."""
    early = [
        v
        for v in office.vendors
        if v.approved.date() < BEGIN and not v.changes and kind in (None, v.kind)
    ]
    return life.rng.choice(early)


def _fresh(life: Life, office: Office, kind: str = FREE) -> Vendor:
    """A vendor of the fraud's own, in business before it begins."""
    new = life.vendor(office, office.vendors[0].country, kind)
    new.changes.clear()
    new.approved = office.working(BEGIN - timedelta(days=life.rng.randint(90, 500)), life.rng)
    new.ready = BEGIN
    new.size = 0  # nobody else buys there
    office.vendors.append(new)
    return new


def invoice_number_twice(life: Life, _: int) -> list[Purchase]:
    """The same bill again, its number written a little differently, for another case."""
    before = life.rng.choice(life.purchases)
    number = before.parts[0].number
    ways = (number, number.lower(), number.replace("-", " "), number.replace("/", "-"))
    return [_billed_again(life, before, number=life.rng.choice(ways))]


def invoice_paper_twice(life: Life, _: int) -> list[Purchase]:
    """The same paper again, from the same vendor or another one."""
    before = life.rng.choice(life.purchases)
    return [_billed_again(life, before, paper=True)]


def _billed_again(
    life: Life, before: Purchase, number: str | None = None, *, paper: bool = False
) -> Purchase:
    office = before.office
    later = before.parts[0].asked.date() + timedelta(days=life.rng.randint(3, 150))
    case, _ = life.case(office, later - timedelta(days=40))
    same = before.vendor if number or life.rng.random() < 0.5 else _busy(life, office)
    again = life.purchase(office, case, later, vendor=same, amount=before.parts[0].amount, parts=1)
    for part in again.parts:
        part.pro_forma, part.corrects = False, None
        part.number = number or part.number
        part.document = before.parts[0].document if paper else part.document
    return again


def split_orders(life: Life, _: int) -> list[Purchase]:
    """What needs more offers is bought in parts, each just under the threshold, within weeks."""
    office = _office(life)
    limit = life.rng.choice([each for each in office.limits()[:-1] if each])
    vendor = _busy(life, office)
    first = _priced(life, office, vendor, limit)
    made = [first]
    for _ in range(life.rng.randint(1, 2)):
        day = first.at.date() + timedelta(days=life.rng.randint(1, 18))
        amount = _share(life, limit, 0.86, 0.999)
        made.append(life.purchase(office, first.case, day, vendor=vendor, amount=amount, parts=1))
    return _sized(made)


def _priced(life: Life, office: Office, vendor: Vendor, limit: Decimal) -> Purchase:
    return _new(life, office, vendor=vendor, amount=_share(life, limit, 0.86, 0.999), parts=1)


def _share(life: Life, of: Decimal, least: float, most: float) -> Decimal:
    return cents(of * Decimal(life.rng.uniform(least, most)))


def _sized(made: list[Purchase]) -> list[Purchase]:
    """The ceiling is what one had approved for it."""
    for each in made:
        each.ceiling = max(each.ceiling, each.amount)
    return made


def near_the_limit(life: Life, _: int) -> list[Purchase]:
    """A vendor and an approver: again and again 90 to 100 percent of what the approver may."""
    office = _office(life)
    approver = life.rng.choice([each for each in office.approvers if each.limit < 10_000])
    vendor, day = _fresh(life, office), BEGIN + timedelta(days=life.rng.randint(40, DAYS - 150))
    made = []
    for _ in range(life.rng.randint(3, 8)):
        case, _begun = life.case(office, day - timedelta(days=30))
        amount = _share(life, approver.limit, 0.9, 1)
        each = life.purchase(office, case, day, vendor=vendor, amount=amount, parts=1)
        each.approver = approver
        made.append(each)
        day += timedelta(days=life.rng.randint(1, 14))
    return _sized(made)


def shared_account(life: Life, _: int) -> list[Purchase]:
    """The vendor is paid on the account of somebody else; it was noticed and let be."""
    office = _office(life)
    made = _new(life, office, vendor=_fresh(life, office))
    return [made]


def account_just_changed(life: Life, _: int) -> list[Purchase]:
    """The bank details changed at most 30 days before the payment."""
    office = _office(life)
    vendor = _fresh(life, office)
    made = _new(life, office, vendor=vendor)
    asked = made.parts[0].asked
    changed = asked - timedelta(days=life.rng.uniform(3, 30))
    vendor.changes.append((changed, f"{vendor.account}_2"))
    for part in made.parts:
        part.account = vendor.account_at(part.asked)
    return [made]


def vendor_just_approved(life: Life, _: int) -> list[Purchase]:
    """Approved days before its first order."""
    office = _office(life)
    vendor = _fresh(life, office)
    made = _new(life, office, vendor=vendor)
    vendor.approved = made.at - timedelta(hours=life.rng.uniform(6, 6 * 24))
    return [made]


def delivered_before_ordered(life: Life, _: int) -> list[Purchase]:
    made = _new(life)
    first = made.parts[0]
    first.delivered = (made.ordered - timedelta(days=life.rng.randint(1, 25))).date()
    return [made]


def delivered_after_paid(life: Life, _: int) -> list[Purchase]:
    """Paid first; delivered later, if that."""
    made = _new(life, parts=1)
    made.advance = False
    part = made.parts[0]
    part.asked = made.office.after(made.ordered, 30, life.rng)
    life.decided(made, part)
    part.delivered = part.paid + timedelta(days=life.rng.randint(1, 45))
    part.told = made.office.at(part.delivered, 15)
    return [made]


def _new_cash(life: Life) -> HandOver:
    """Cash like any other, for a case of its own."""
    office = _office(life)
    day = BEGIN + timedelta(days=life.rng.randint(30, DAYS - 90))
    case, _ = life.case(office, day - timedelta(days=30))
    return life.hand_over(office, case, day)


def nobody_was_met(life: Life, scheme: int) -> list[Purchase | HandOver]:
    """Paid, or given in cash, for somebody with whom nobody ever sat."""
    made = _new_cash(life) if scheme % 2 else _new(life)
    made.met = False
    life.unmet.add(made.case)
    return [made]


def vendor_and_cash(life: Life, _: int) -> list[Purchase | HandOver]:
    """What a vendor delivers is given in cash as well, before or after."""
    made = _new(life)
    day = made.at.date() + timedelta(days=life.rng.randint(-20, 60))
    return [made, life.hand_over(made.office, made.case, day, item=f"itm_{made.number}")]


def two_sides(life: Life, scheme: int) -> list[Purchase | HandOver]:
    """One person on both sides of a control, another control each time."""
    if (control := scheme % 10) >= 7:
        cash = _new_cash(life)
        _join_cash(cash, control)
        return [cash]
    made = _new(life)
    _join(made, control)
    return [made]


def _join_cash(made: HandOver, control: int) -> None:
    match control:
        case 7:
            made.requester = made.approver.person
        case 8:
            made.giver = made.requester
        case _:
            made.witness = made.giver


def _join(made: Purchase, control: int) -> None:
    match control:
        case 0:
            made.requester = made.certifier.person
        case 1:
            made.certifier = made.approver
        case 2:
            made.receiver = made.approver.person
        case 3:
            made.signatories = (made.approver, made.signatories[1])
        case 4:
            made.commitment_approver = made.commitment_certifier
        case 5:
            made.requester = made.signatories[0].person
        case _:
            made.requester = made.approver.person


def chose_own_offers(life: Life, _: int) -> list[Purchase]:
    """Who collected the offers selected among them."""
    made = _new(life)
    made.selector = made.offers[0].by
    return [made]


def dominating_pair(life: Life, _: int) -> list[Purchase]:
    """Where many could, the same two certify and approve nearly all for one vendor."""
    office = life.rng.choice([each for each in life.offices if not each.is_small])
    certifier = life.rng.choice([each for each in office.certifiers if each.limit > 10_000])
    approver = life.rng.choice([each for each in office.approvers if each.limit > 10_000])
    vendor, made = _fresh(life, office), []
    for _ in range(life.rng.randint(15, 40)):
        each = _new(life, office, vendor=vendor)
        if life.rng.random() < 0.93:
            each.certifier, each.approver = certifier, approver
        made.append(each)
    return made


def after_hours(life: Life, _: int) -> list[Purchase]:
    """Somebody works off a heap of payments in one night; what is paid for is there."""
    office = _office(life)
    night = BEGIN + timedelta(days=life.rng.randint(60, DAYS - 60))
    owl = life.rng.choice([each for each in office.approvers if each.limit > 10_000])
    moment = office.at(night, life.rng.uniform(22, 25))
    made = []
    for _ in range(life.rng.randint(5, 12)):
        case, _begun = life.case(office, night - timedelta(days=60))
        each = life.purchase(office, case, night - timedelta(days=30), parts=1)
        part = each.parts[0]
        each.approver = owl
        part.asked = office.after(moment - timedelta(days=4), 20, life.rng)
        part.account = each.vendor.account_at(part.asked)
        part.told = min(part.told, part.asked - timedelta(hours=1))
        part.delivered = min(part.delivered, part.told.date())
        life.decided(each, part)
        before = min(part.acts[0], moment - timedelta(hours=2))
        after = [office.after(moment, 14, life.rng)]
        after.append(office.after(after[0], 9, life.rng))
        part.acts = [before, moment, *after]
        part.paid = (after[-1] + timedelta(days=2)).date()
        moment += timedelta(minutes=life.rng.uniform(2, 20))
        made.append(each)
    return made


def alike_quotations(life: Life, scheme: int) -> list[Purchase]:
    """The rivals' offers come from one hand: on one paper, or the price raised by some percent.

    A price to the cent, as it is with tax; of a round price everything is a round percentage.
    """
    office = _office(life)
    low, high = office.limits()[0], office.limits()[1]
    amount = cents(life.rng.uniform(float(low), float(high) * 0.7)) + Decimal("0.03")
    made = _new(life, office, vendor=_busy(life, office), amount=amount, parts=1)
    mine = next(each for each in made.offers if each.vendor == made.vendor.name)
    rivals = [each.vendor for each in made.offers if each is not mine]
    made.offers = [
        mine,
        *(Offer(each, made.amount, document(life.rng), mine.by) for each in rivals),
    ]
    for rival in made.offers[1:]:
        rival.total = raised(office, made.amount, life.rng.randint(2, 25))
        if scheme % 2:
            rival.total = cents(made.amount * Decimal(life.rng.uniform(1.02, 1.25)))
    if scheme % 2:
        made.offers[-1].document = made.offers[life.rng.randint(0, 1)].document
    return _sized([made])


def made_up_amounts(life: Life, _: int) -> list[Purchase]:
    """Amounts that somebody thought of: any first digit is as good as another."""
    office = life.rng.choice([each for each in life.offices if not each.is_small])
    vendor, made = _fresh(life, office), []
    for _ in range(life.rng.randint(110, 150)):
        digits = life.rng.randint(100, 999)
        amount = cents(digits * Decimal(10) ** life.rng.choice((-1, -1, 0)))
        if office.local == "IQD":
            amount = cents(Decimal(digits * life.rng.choice((100, 1000))) / Decimal("1310.5"))
        made.append(_new(life, office, vendor=vendor, amount=max(amount, Decimal(10)), parts=1))
    return _sized(made)


def went_on_regardless(life: Life, scheme: int) -> list[Purchase]:
    """A grave finding holds the payment. Nobody has said what it was, or that it is irregular; it
    is let go, or the hold is passed by, and it is paid.
    """
    made = _new(life)
    outcome = (None, "irregularity", "suspected_fraud")[scheme % 3]
    made.doubt = Doubt(outcome, let_go=scheme % 2 == 0)
    return [made]


Planter = Callable[[Life, int], Sequence[Purchase | HandOver]]
KINDS: dict[str, Planter] = {
    each.__name__: each
    for each in (
        invoice_number_twice,
        invoice_paper_twice,
        split_orders,
        near_the_limit,
        shared_account,
        account_just_changed,
        vendor_just_approved,
        delivered_before_ordered,
        delivered_after_paid,
        nobody_was_met,
        vendor_and_cash,
        two_sides,
        chose_own_offers,
        dominating_pair,
        after_hours,
        alike_quotations,
        made_up_amounts,
        went_on_regardless,
    )
}
