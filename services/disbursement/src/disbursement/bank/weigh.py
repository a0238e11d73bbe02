"""What a bank says, weighed against what we know: commands, or lines that wait for a person.

Pure. A bank's word is a claim: it moves a payment only where the payment can move that way.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256

from disbursement.domain.bank_answer import BankAnswerId, Open, OpenLine, ResolveBankLine
from disbursement.domain.bank_file import file_of
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment import (
    NO_BANK_REFERENCE,
    Booked,
    KeepEarlyReturn,
    Payment,
    PaymentCommand,
    ReconcilePayment,
    RecordAcceptance,
    RecordExecution,
    RecordRejection,
    RecordReturn,
    Stage,
    payment,
    payment_of,
)
from disbursement.domain.payment.bank_says import EXECUTED, WITH_THE_BANK
from disbursement.domain.payment.facts import EarlyReturn, VendorPaid
from disbursement.domain.payment.refusals import BookedTwice, NotTheAmount
from disbursement.iso20022.answers import NO_REASON, BankAnswer, BankEntry, BankStatus, Direction
from disbursement.iso20022.answers import Status as Said
from events.decider import Rejected
from events.money import Money
from events.values import CODE, ID, SYSTEM, BudgetLineId, Code, PaymentId

A_DAY = timedelta(days=1)
"""A day begins earlier where the bank is."""
SENT_BACK = Code("sent_back")
"""What became of a line that waited for its payment to be seen."""
LATEST_VALUE = timedelta(days=31)
"""After the day on which the bank tells it: further ahead is no day of a booking."""


@dataclass
class Weighed:
    """What follows from one answer."""

    commands: list[tuple[PaymentId, PaymentCommand]] = field(default_factory=list)
    open_lines: list[OpenLine] = field(default_factory=list)
    matched: dict[int, list[PaymentId]] = field(default_factory=dict)
    """By line: the payments that a booked movement is, known before or not."""
    news: set[int] = field(default_factory=set)
    """The lines that told something new of a payment."""
    after_all: set[PaymentId] = field(default_factory=set)
    """The payments that were rejected before they were executed."""
    borne_out: list[tuple[BankAnswerId, ResolveBankLine]] = field(default_factory=list)
    """The lines of files before: returns that waited for the payment to be seen."""


@dataclass(frozen=True)
class Known:
    """What we know while we read: the payments, those of each file, and the rates of the days."""

    payments: dict[PaymentId, Payment]
    files: Mapping[str, Sequence[PaymentId]]
    """The payments of a file, by the file's message id."""
    rates: Mapping[tuple[BudgetLineId, str, date], Rate]
    """At which the grant of a line converts what was paid in a currency on a day."""
    at: datetime
    answer: BankAnswerId
    """The file that is read."""
    charge_percent: int = 0
    """As much of a payment the bank may keep of its return without saying that it does."""


def weigh(
    lines: Sequence[BankAnswer], known: Known, others: Collection[int] = frozenset()
) -> Weighed:
    """Weigh each line in turn; what is said of single payments goes before what is said of all.

    `others`: the lines of accounts that are not ours. They tell of no payment.
    """
    weighed = Weighed()
    numbered = list(enumerate(lines, start=1))
    single = [(n, line) for n, line in numbered if _reference(line) is not None]
    single.sort(key=lambda each: _came_back(each[1]))  # what left goes before what came back
    of_all = [(n, line) for n, line in numbered if _reference(line) is None]
    for number, line in (*single, *of_all):
        payments = Open.OTHER_ACCOUNT if number in others else _meant(line, known)
        if isinstance(payments, Open):
            _leave_open(weighed, number, line, payments)
            continue
        for one in payments:
            _weigh_one(weighed, number, line, known.payments[one], known)
    return weighed


def references(lines: Iterable[BankAnswer]) -> set[PaymentId]:
    """The payments that the lines may be about."""
    named = (_reference(line) for line in lines)
    ids = (payment_of(reference) for reference in named if reference is not None)
    return {one for one in ids if _is_id(one, "pay_")}


def files(lines: Iterable[BankAnswer]) -> set[str]:
    """The message ids of our files that the lines speak of as a whole, or by a group."""
    named = {_message(line) for line in lines if line.end_to_end_id is None}
    return {message for message in named if message and _is_id(file_of(message), "fil_")}


def _came_back(line: BankAnswer) -> bool:
    return isinstance(line, BankEntry) and line.direction is Direction.CREDIT


def _message(line: BankAnswer) -> str | None:
    if isinstance(line, BankStatus):
        return line.original_message_id.lower()
    return line.group.rpartition("-")[0].lower() if line.group else None


def _is_id(text: str, prefix: str) -> bool:
    """The bank may name anything at all, also another kind of ours."""
    return text.startswith(prefix) and re.fullmatch(ID, text) is not None


def _reference(line: BankAnswer) -> str | None:
    """Ours have no capitals: a bank that prints in capitals means the same one."""
    return line.end_to_end_id.lower() if line.end_to_end_id is not None else None


def _meant(line: BankAnswer, known: Known) -> Sequence[PaymentId] | Open:
    """The payments that a line speaks of, or why it speaks of none."""
    reference = _reference(line)
    if reference is not None:
        one = payment_of(reference)
        found = known.payments.get(one)
        ours = found is not None and found.end_to_end_id == reference
        return [one] if ours else Open.UNKNOWN_REFERENCE
    if isinstance(line, BankEntry):
        return _booked_together(line, known) if line.group else Open.NO_REFERENCE
    payments = known.files.get(_message(line) or "", ())
    if line.original_group_id is not None:
        payments = of_group(line.original_group_id, payments, known)
    return payments or Open.NO_REFERENCE


def of_group(group: str, payments: Sequence[PaymentId], known: Known) -> Sequence[PaymentId]:
    """Those of a file's payments in its group `…-1`, `…-2`: the groups are its currencies in order.

    All of them where the file has one group, whatever the bank calls it.
    """
    there = [known.payments[one] for one in payments if one in known.payments]
    currencies = sorted({each.amount.currency for each in there})
    if len(currencies) == 1:
        return payments
    number = group.rpartition("-")[2]
    if not number.isdecimal() or not 1 <= int(number) <= len(currencies):
        return ()
    meant = currencies[int(number) - 1]
    return [each.id for each in there if each.amount.currency == meant]


def _booked_together(line: BankEntry, known: Known) -> Sequence[PaymentId] | Open:
    """A batch in one sum: it is that of all its payments, or of those that were not rejected."""
    message, group = _message(line), line.group
    assert message is not None, "it has a group"
    assert group is not None, "it has a group"
    batch = of_group(group, known.files.get(message, ()), known)
    if not batch:
        return Open.UNKNOWN_REFERENCE
    there = [known.payments[one] for one in batch if one in known.payments]
    rest = [each for each in there if each.stage is not Stage.REJECTED]
    for some in (there, rest):
        if some and sum(each.amount.minor for each in some) == _minor(line, some[0]):
            return [each.id for each in some]
    return Open.OTHER_AMOUNT


def _minor(line: BankEntry, one: Payment) -> int | None:
    amount = line.amount
    same = amount is not None and amount.currency == one.amount.currency
    return amount.minor if same and amount is not None else None


def _weigh_one(
    weighed: Weighed, number: int, line: BankAnswer, stands: Payment, known: Known
) -> None:
    asked = _commands(number, line, stands, known)
    if isinstance(asked, Open):
        _leave_open(weighed, number, line, asked)
        return
    commands: list[PaymentCommand] = []
    for command in asked:
        try:
            facts = payment.decide(command, stands)
        except Rejected as no:
            _leave_open(weighed, number, line, _why(no))
            break
        if facts:
            commands.append(command)
            weighed.news.add(number)
            if isinstance(command, KeepEarlyReturn):
                _leave_open(weighed, number, line, Open.CONTRADICTS)
            if any(isinstance(fact, VendorPaid) and fact.after_rejection for fact in facts):
                weighed.after_all.add(stands.id)
            folded = payment.fold(facts, stands)
            assert folded is not None, "facts make a payment"
            stands = known.payments[stands.id] = folded
    else:
        if isinstance(line, BankEntry) and line.booked:
            weighed.matched.setdefault(number, []).append(stands.id)
        commands.extend(_with_its_return(weighed, stands, known))
    weighed.commands.extend((stands.id, command) for command in commands)


def _with_its_return(weighed: Weighed, stands: Payment, known: Known) -> list[PaymentCommand]:
    """The payment is seen: what was shown as sent back before that counts now."""
    back = stands.came_first
    if back is None or stands.stage not in EXECUTED:
        return []
    returned = _returned(back, known.at)
    try:
        facts = payment.decide(returned, stands)
    except Rejected:
        return []  # its line waits for a person as it is
    known.payments[stands.id] = payment.fold(facts, stands) or stands
    resolved = ResolveBankLine(
        by=SYSTEM, at=known.at, line=back.line, outcome=SENT_BACK, borne_out=True
    )
    weighed.borne_out.append((back.answer, resolved))
    return [returned]


def _why(no: Rejected) -> Open:
    match no:
        case NotTheAmount():
            return Open.OTHER_AMOUNT
        case BookedTwice():
            return Open.BOOKED_TWICE
        case _:
            return Open.CONTRADICTS


def _commands(
    number: int, line: BankAnswer, stands: Payment, known: Known
) -> list[PaymentCommand] | Open:
    if isinstance(line, BankStatus):
        return _of_status(line, stands, known)
    return _of_entry(number, line, stands, known)


def _of_status(line: BankStatus, stands: Payment, known: Known) -> list[PaymentCommand] | Open:
    at = known.at
    match line.status:
        case Said.PENDING | Said.PARTLY:
            return []
        case Said.ACCEPTED:
            return [RecordAcceptance(by=SYSTEM, at=at)]
        case Said.SETTLED:
            reference = code(line.message_id) or Code("pain.002")
            return [_executed(stands, known, stands.amount, at.date(), reference)]
        case Said.REJECTED:
            reason = next((found for r in line.reasons if (found := code(r))), Code(NO_REASON))
            return [RecordRejection(by=SYSTEM, at=at, reason=reason)]
        case Said.UNKNOWN:
            return Open.UNKNOWN_STATUS


def _of_entry(
    number: int, line: BankEntry, stands: Payment, known: Known
) -> list[PaymentCommand] | Open:
    at = known.at
    if not line.booked:
        return []
    amount = _amount(line, stands)
    if amount is None:
        return Open.NO_AMOUNT
    statement = code(line.statement) or Code("statement")
    reference = bank_ref(line.bank_reference)
    day = line.value_date or at.date()
    if not stands.requested_at.date() - A_DAY <= day <= at.date() + LATEST_VALUE:
        return Open.CONTRADICTS
    if line.direction is Direction.CREDIT:
        if line.return_reason is None or line.group is not None:
            return Open.CONTRADICTS
        back = EarlyReturn(
            answer=known.answer,
            line=number,
            amount=amount,
            charge=_kept(line, amount, stands, known),
            reason=code(line.return_reason) or Code(NO_REASON),
            statement=statement,
            entry=line.line,
            bank_ref=reference,
            value_date=day,
        )
        if stands.stage in (*WITH_THE_BANK, Stage.REJECTED):
            return [KeepEarlyReturn(by=SYSTEM, at=at, back=back)]
        return [_returned(back, at)]
    reconciled = ReconcilePayment(
        by=SYSTEM,
        at=at,
        statement=statement,
        line=line.line,
        bank_ref=reference,
        value_date=day,
    )
    return [_executed(stands, known, amount, day, reference), reconciled]


def _returned(back: EarlyReturn, at: datetime) -> RecordReturn:
    booked = Booked(
        statement=back.statement,
        line=back.entry,
        bank_ref=back.bank_ref,
        value_date=back.value_date,
    )
    return RecordReturn(
        by=SYSTEM,
        at=at,
        amount=back.amount,
        charge=back.charge,
        reason=back.reason,
        booked=booked,
    )


def _kept(line: BankEntry, came: Money, stands: Payment, known: Known) -> Money:
    """What the bank kept of what it sends back: as it says so itself, or as little as banks do."""
    nothing = Money.zero(stands.amount.currency)
    if came.currency != stands.amount.currency:
        return nothing
    kept = stands.amount - came
    told = line.instructed == stands.amount or line.charges == kept
    little = kept.minor * 100 <= known.charge_percent * stands.amount.minor
    return kept if kept > nothing and (told or little) else nothing


def _amount(line: BankEntry, stands: Payment) -> Money | None:
    """What the bank says of this payment: its own of a batch, and what was instructed where the
    account is in another currency.
    """
    if line.group is not None:
        return stands.amount
    told, instructed = line.amount, line.instructed
    elsewhere = told is not None and told.currency != stands.amount.currency
    if elsewhere and instructed is not None and instructed.currency == stands.amount.currency:
        return instructed
    return told


def bank_ref(told: str | None) -> Code:
    """The bank's reference as it is, or by its hash where it is no reference of ours' shape."""
    if told is None:
        return NO_BANK_REFERENCE
    return code(told) or Code(f"sha256:{sha256(told.encode()).hexdigest()[:40]}")


def _executed(
    stands: Payment, known: Known, amount: Money, day: date, reference: Code
) -> RecordExecution:
    """With the rate by the grant's rule; as long as there is none, with the one it was reserved
    at.
    """
    by_rule = known.rates.get((stands.budget_line, stands.amount.currency, day))
    rate = by_rule or stands.rate
    return RecordExecution(
        by=SYSTEM,
        at=known.at,
        amount=amount,
        value_date=day,
        bank_ref=reference,
        rate=rate,
        functional_amount=convert(stands.amount, stands.reserved.currency, rate),
        by_rule=by_rule is not None,
    )


def _leave_open(weighed: Weighed, number: int, line: BankAnswer, why: Open) -> None:
    """Once a line, also when it speaks of several payments."""
    if weighed.open_lines and weighed.open_lines[-1].line == number:
        return
    entry = line if isinstance(line, BankEntry) else None
    weighed.open_lines.append(
        OpenLine(
            line=number,
            why=why,
            reference=code(line.end_to_end_id),
            status=code(line.code) if isinstance(line, BankStatus) else None,
            amount=entry.amount if entry else None,
            value_date=entry.value_date if entry else None,
            bank_ref=bank_ref(entry.bank_reference) if entry else None,
        )
    )


def code(text: str | None) -> Code | None:
    """The bank's text where it is a reference or a code; not what might be words about people."""
    return Code(text) if text is not None and re.fullmatch(CODE, text) else None
