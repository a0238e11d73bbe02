"""A commitment is amended: less at once, and anything else when others have agreed to it.

    less                 -> amended
    more, other, later   -> requested -> certified -> amended
                                      -> rejected

What was delivered, invoiced or paid stands. What is added is converted at the commitment's own
rate, and reserved in the append that approves it.
"""

from disbursement.domain import delegation
from disbursement.domain.commitment import executing, invoicing
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_of_amendments as not_so
from disbursement.domain.commitment.amended import Amendment
from disbursement.domain.commitment.checks import (
    adds_up_to,
    may_be_bought_from,
    may_be_spent_on,
    must_be_earmarked,
    must_bear,
    must_come_in_time,
)
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import (
    AmendmentCertified,
    AmendmentRejected,
    AmendmentRequested,
    CommitmentAmended,
    CommitmentEvent,
    OrderLine,
)
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    AmendCommitment,
    ApproveAmendment,
    CertifyAmendment,
    ReduceOrder,
    RejectAmendment,
)
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.decider import Command
from events.money import Money, total
from events.values import DelegationId

AGREED = (Stage.APPROVED, Stage.ISSUED)
OPEN = (Stage.REQUESTED, Stage.CERTIFIED, *AGREED)


def amended(command: AmendCommitment, commitment: Commitment) -> list[CommitmentEvent]:
    """Less counts at once; anything else waits for those who certify and approve."""
    asked = Amendment(
        number=commitment.amendments + 1,
        amount=command.amount,
        lines=command.lines,
        deliver_by=command.deliver_by,
        reason=command.reason,
        acts=((Stage.REQUESTED, command.by),),
    )
    less = _is_less(asked, commitment)
    _may_ask(command, commitment, OPEN if less else AGREED)
    _stands(asked, commitment)
    if command.deliver_by is not None:
        must_come_in_time(command.deliver_by, command.at.date(), commitment.window)
    if less:
        return _counts(command, commitment, asked)
    _may_be_added(command, commitment)
    requested = AmendmentRequested(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        amendment=asked.number,
        amount=asked.amount,
        more=more_of(commitment, asked.amount),
        lines=asked.lines,
        deliver_by=asked.deliver_by,
        reason=asked.reason,
    )
    return [requested]


def reduced(command: ReduceOrder, commitment: Commitment) -> list[CommitmentEvent]:
    """What will not be delivered any more is taken off the order."""
    _may_ask(command, commitment, (Stage.ISSUED,))
    off: dict[int, int] = {}
    for part in command.lines:
        ordered = commitment.ordered(part.line)
        if part.line in off:
            raise no.LineTwice(part.line)
        if ordered is None:
            raise no.NoSuchLine(part.line)
        if part.quantity <= 0:
            raise no.QuantityNotAboveZero(part.line, part.quantity)
        if part.quantity > ordered.quantity:
            raise no.MoreThanOrdered(part.line, ordered.quantity, part.quantity)
        off[part.line] = part.quantity
    lines = _left(commitment, off)
    asked = Amendment(
        number=commitment.amendments + 1,
        amount=total(
            (line.unit_price * line.quantity for line in lines), commitment.amount.currency
        ),
        lines=lines,
        deliver_by=None,
        reason=command.reason,
        acts=(),
    )
    _stands(asked, commitment)
    return _counts(command, commitment, asked)


def certified(command: CertifyAmendment, commitment: Commitment) -> AmendmentCertified:
    waits = _waits_for(command, commitment, Stage.REQUESTED, Stage.CERTIFIED)
    under = _authority(command, commitment, waits, Authority.CERTIFY)
    return AmendmentCertified(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        amendment=waits.number,
        delegation=under,
    )


def approved(command: ApproveAmendment, commitment: Commitment) -> list[CommitmentEvent]:
    waits = _waits_for(command, commitment, Stage.CERTIFIED, Stage.APPROVED)
    if waits.number != command.amendment:
        raise not_so.AmendmentWaits(commitment.id, waits.number)
    under = _authority(command, commitment, waits, Authority.APPROVE)
    _stands(waits, commitment)
    return _counts(command, commitment, waits, under)


def rejected(command: RejectAmendment, commitment: Commitment) -> AmendmentRejected:
    waits = commitment.amendment
    if waits is None:
        raise not_so.NoAmendmentWaits(commitment.id)
    _has_no_other_part(command, commitment, None)
    return AmendmentRejected(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        amendment=waits.number,
        reason=command.reason,
    )


def more_of(commitment: Commitment, amount: Money) -> Money:
    """What is to be reserved in addition, in the grant's currency."""
    nothing = Money.zero(commitment.reserved.currency)
    return max(worth_of(commitment, amount) - worth_of(commitment, commitment.amount), nothing)


def worth_of(commitment: Commitment, amount: Money) -> Money:
    """In the grant's currency, at the commitment's own rate."""
    return convert(amount, commitment.reserved.currency, commitment.rate)


# Who may


def _may_ask(
    command: AmendCommitment | ReduceOrder, commitment: Commitment, at: tuple[Stage, ...]
) -> None:
    if commitment.stage not in at:
        raise no.CommitmentIsAt(commitment.stage, at[-1])
    if commitment.amendment is not None:
        raise not_so.AmendmentWaits(commitment.id, commitment.amendment.number)
    _has_no_other_part(command, commitment, Stage.REQUESTED)


def _waits_for(
    command: CertifyAmendment | ApproveAmendment, commitment: Commitment, at: Stage, to: Stage
) -> Amendment:
    waits = commitment.amendment
    if commitment.stage not in AGREED:
        raise no.CommitmentIsAt(commitment.stage, Stage.ISSUED)
    if waits is None:
        raise not_so.NoAmendmentWaits(commitment.id)
    if waits.stage is not at:
        raise no.CommitmentIsAt(waits.stage, at)
    if command.stopped is not None:
        raise no.ItemStopped(commitment.item, command.stopped)
    _has_no_other_part(command, commitment, to)
    return waits


def _has_no_other_part(command: Command, commitment: Commitment, part: Stage | None) -> None:
    """Who certified may certify again; nobody has two parts in a commitment and its amendments."""
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    asked = commitment.amendment.acts if commitment.amendment else ()
    mine = [stage for stage, person in (*commitment.acts, *asked) if person == command.by]
    for stage in mine:
        if part is None and stage is Stage.REQUESTED:
            raise no.ActedOnCommitment(command.by, stage)
        if part is not None and stage is not part:
            raise no.ActedOnCommitment(command.by, stage)


def _authority(
    command: CertifyAmendment | ApproveAmendment,
    commitment: Commitment,
    waits: Amendment,
    authority: Authority,
) -> DelegationId:
    """The limit is held against all that the order then comes to."""
    return delegation.require(
        command.mandate,
        person=command.by,
        authority=authority,
        amount=worth_of(commitment, waits.amount),
        at=command.at,
    )


# What


def _is_less(asked: Amendment, commitment: Commitment) -> bool:
    """Whether it takes something away, and changes nothing else."""
    if asked.amount.currency != commitment.amount.currency or asked.deliver_by is not None:
        return False
    before = {line.line: line for line in commitment.order.lines} if commitment.order else {}
    for line in asked.lines:
        was = before.get(line.line)
        if was is None or (line.spec, line.unit_price) != (was.spec, was.unit_price):
            return False
        if line.quantity > was.quantity:
            return False
    return asked.amount < commitment.amount


def _left(commitment: Commitment, off: dict[int, int]) -> tuple[OrderLine, ...]:
    assert commitment.order is not None, "an issued commitment has an order"
    return tuple(
        OrderLine(
            line=line.line,
            spec=line.spec,
            quantity=line.quantity - off.get(line.line, 0),
            unit_price=line.unit_price,
        )
        for line in commitment.order.lines
        if line.quantity > off.get(line.line, 0)
    )


def _stands(asked: Amendment, commitment: Commitment) -> None:
    """It is another order than before, adds up, and holds all that has come of it so far."""
    amount, order = asked.amount, commitment.order
    if order is None:
        if asked.lines or asked.deliver_by is not None:
            raise no.CommitmentIsAt(commitment.stage, Stage.ISSUED)
        if amount == commitment.amount:
            raise not_so.NothingAmended(commitment.id)
    elif asked.lines == order.lines and asked.deliver_by in (None, order.deliver_by):
        raise not_so.NothingAmended(commitment.id)
    for line in order.lines if order else ():
        _keeps(line, asked.lines, commitment)
    if amount.minor <= 0:
        raise no.AmountNotAboveZero(amount)
    if amount.currency != commitment.amount.currency:
        raise no.OrderNotAsCommitted(commitment.amount, amount)
    if order is not None:
        adds_up_to(amount, asked.lines)
    if amount < commitment.taken:
        raise not_so.BelowPaid(commitment.taken, amount)


def _keeps(was: OrderLine, lines: tuple[OrderLine, ...], commitment: Commitment) -> None:
    delivered, invoiced = commitment.received(was.line), commitment.invoiced(was.line)
    then = next((line for line in lines if line.line == was.line), None)
    quantity = then.quantity if then else 0
    if quantity < delivered:
        raise not_so.BelowDelivered(was.line, delivered, quantity)
    if quantity < invoiced:
        raise not_so.BelowInvoiced(was.line, invoiced, quantity)
    changed = then is not None and (then.spec, then.unit_price) != (was.spec, was.unit_price)
    if changed and (delivered or invoiced):
        raise not_so.GoodsStand(was.line)


def _may_be_added(command: AmendCommitment, commitment: Commitment) -> None:
    """What is bought in addition may be bought today, from this vendor, with this grant."""
    today, item = command.at.date(), commitment.item
    plan = may_be_spent_on(item, command.plan, today)
    selection = may_be_bought_from(command.selection, item, command.amount, today)
    if selection.vendor != commitment.vendor:
        raise no.VendorNotSelected(item)
    if command.funding is None:
        raise no.NoFunding(commitment.id)
    must_bear(command.funding, today)
    must_be_earmarked(plan, item, commitment.budget_line)


def _counts(
    command: Command,
    commitment: Commitment,
    asked: Amendment,
    under: DelegationId | None = None,
) -> list[CommitmentEvent]:
    """It counts from now on; what is then all paid for is over."""
    less = worth_of(commitment, commitment.amount) - worth_of(commitment, asked.amount)
    nothing = Money.zero(commitment.reserved.currency)
    fact = CommitmentAmended(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        item=commitment.item,
        amendment=asked.number,
        amount=asked.amount,
        more=more_of(commitment, asked.amount),
        released=min(max(less, nothing), commitment.reserved),
        lines=asked.lines,
        deliver_by=asked.deliver_by,
        reason=asked.reason,
        delegation=under,
    )
    events: list[CommitmentEvent] = [fact]
    then = evolve(commitment, fact)
    for each in invoicing.looked_at_again(command, then):
        events.append(each)
        then = evolve(then, each)
    return [*events, *executing.over(command, then)]
