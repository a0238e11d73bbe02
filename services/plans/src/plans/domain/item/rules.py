"""What an approved item answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from events.decider import Command
from events.money import Money, total
from events.values import Code, Digest, InstalmentId, PersonId
from plans.domain.good_standing import ConsentMissing
from plans.domain.item import refusals as no
from plans.domain.item.facts import (
    AttendanceRecorded,
    ConditionWaived,
    ContributionProved,
    InstalmentConditionMet,
    InstalmentsAgreed,
    InstalmentWithheld,
    ItemEvent,
    ItemMisuseReported,
    ItemReferred,
    ItemUseVerified,
    Part,
)
from plans.domain.item.kinds import Approved, Condition, Terms, Tie
from plans.domain.item.requests import (
    AgreeInstalments,
    AnyItemCommand,
    ProveContribution,
    RecordAttendance,
    ReferItem,
    ReportMisuse,
    VerifyUse,
    WaiveCondition,
    WithholdInstalment,
)
from plans.domain.item.state import CarriedOut, Instalment, Stage, evolve
from plans.domain.plan.refusals import PartnerMayOnlyPropose
from plans.domain.programme import Modality
from plans.domain.standing import Standing

MONTH = Code("month")
LONGEST = {Code("week"): 7, MONTH: 31, Code("term"): 184}
"""How many days the period of one instalment has at most."""
WHOLE = 10_000
"""Basis points."""


def decide(command: AnyItemCommand, item: CarriedOut | None) -> Sequence[ItemEvent]:
    approved, standing = command.approved, command.standing
    if approved is None or standing is None or not standing.reached_by(command.organisation):
        raise no.NoSuchApprovedItem(command.organisation)
    item = item or CarriedOut(id=approved.item, case=approved.case)
    match command:
        case ReportMisuse():
            return [_misuse(command, approved)]
        case VerifyUse():
            facts = [] if item.verified else [_verified(command, approved)]
            return _and_releases(facts, command, command.report, approved, item)
        case WithholdInstalment():
            return [_withheld(command, item, standing)]
        case _ if approved.over:
            raise no.ItemIsOver(approved.item)
        case _ if not standing.consented:
            raise ConsentMissing(standing.returnee)
        case AgreeInstalments():
            return [_agreed(command, approved, item)]
        case RecordAttendance():
            recorded = _attended(command, approved, item)
            return _and_releases([recorded], command, command.document, approved, item)
        case ProveContribution():
            proved = _contributed(command, approved, item)
            return _and_releases([proved], command, command.document, approved, item)
        case WaiveCondition():
            waived = _waived(command, item, standing)
            return _and_releases([waived], command, command.document, approved, item)
        case ReferItem():
            return [_referred(command, approved, item)]
        case _:
            assert_never(command)


# Agreeing


def _agreed(command: AgreeInstalments, approved: Approved, item: CarriedOut) -> InstalmentsAgreed:
    terms = command.terms
    if terms is None:
        raise no.PaidAtOnce(approved.type)
    if item.under_way:
        raise no.InstalmentsUnderWay(item.id)
    _as_many(command.parts, terms)
    _in_order(command.parts, terms)
    together = _affordable(command.parts, approved.ceiling, terms)
    return InstalmentsAgreed(
        by=command.by,
        at=command.at,
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        conditions=terms.conditions,
        attendance_percent=terms.attendance_percent,
        own_contribution=own_contribution(together, terms.own_contribution_percent),
        parts=command.parts,
        total=together,
        document=command.document,
    )


def own_contribution(grant: Money, percent: int) -> Money:
    """What somebody brings beside a grant: so many hundredths of it; 100 percent matches it."""
    return Money(-(-grant.minor * percent // 100), grant.currency)


def _as_many(parts: tuple[Part, ...], terms: Terms) -> None:
    number, least, most = len(parts), 1, terms.months_at_most
    if terms.shares_percent:
        least = most = len(terms.shares_percent)
    elif terms.each == MONTH:
        least = terms.months_at_least
    else:
        most = None
    if number < least or (most is not None and number > most):
        raise no.NumberOfInstalments(number, least, most)


def _in_order(parts: tuple[Part, ...], terms: Terms) -> None:
    for number, part in enumerate(parts):
        if part.until < part.since or (number and part.since <= parts[number - 1].until):
            raise no.InstalmentsOutOfOrder(part.instalment)
        each = terms.each
        if each is not None and (part.until - part.since).days >= LONGEST[each]:
            raise no.PeriodTooLong(part.instalment, each)


def _affordable(parts: tuple[Part, ...], ceiling: Money, terms: Terms) -> Money:
    for number, part in enumerate(parts):
        if part.amount.currency != ceiling.currency or part.amount.minor <= 0:
            raise no.InstalmentNotAnAmount(part.amount, ceiling)
        at_most = _at_most(number, ceiling, terms)
        if part.amount > at_most:
            raise no.AboveItsShare(part.instalment, part.amount, at_most)
    together = total((part.amount for part in parts), ceiling.currency)
    if together > ceiling:
        raise no.InstalmentsAboveCeiling(together, ceiling)
    return together


def _at_most(number: int, ceiling: Money, terms: Terms) -> Money:
    """The most that one part may be of."""
    if terms.shares_percent:
        return Money(-(-ceiling.minor * terms.shares_percent[number] // 100), ceiling.currency)
    if terms.each == MONTH and terms.at_most_each_month is not None:
        return terms.at_most_each_month
    return ceiling


# Releasing


def _attended(
    command: RecordAttendance, approved: Approved, item: CarriedOut
) -> AttendanceRecorded:
    part = _turn(command.instalment, item)
    _released_by(Condition.ATTENDANCE, item)
    if command.at.date() < part.until:
        raise no.PeriodNotOver(part.until)
    if not 0 <= command.attended <= command.held or command.held == 0:
        raise no.AttendedMoreThanHeld(command.held, command.attended)
    _independent(command.by, approved, item)
    if part.recorded_by == command.by:
        raise no.CorrectedByItsRecorder(command.by)
    _unused(command.document, item)
    return AttendanceRecorded(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        instalment=part.id,
        held=command.held,
        attended=command.attended,
        rate_basis_points=command.attended * WHOLE // command.held,
        document=command.document,
    )


def _contributed(
    command: ProveContribution, approved: Approved, item: CarriedOut
) -> ContributionProved:
    _released_by(Condition.OWN_CONTRIBUTION, item)
    _independent(command.by, approved, item)
    if command.amount.currency != approved.ceiling.currency or command.amount.minor <= 0:
        raise no.InstalmentNotAnAmount(command.amount, approved.ceiling)
    _unused(command.document, item)
    return ContributionProved(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        amount=command.amount,
        document=command.document,
    )


def _released_by(condition: Condition, item: CarriedOut) -> None:
    if condition not in item.conditions:
        raise no.OtherCondition(item.conditions)


def _unused(document: Digest, item: CarriedOut) -> None:
    if document in item.documents:
        raise no.DocumentCounted(document)


def _turn(instalment: InstalmentId, item: CarriedOut) -> Instalment:
    """The instalment, if it is its turn (S8)."""
    part = item.instalment(instalment)
    if part is None:
        raise no.NoSuchInstalment(instalment)
    if part.decided:
        raise no.InstalmentDecided(instalment)
    if item.next is not None and item.next != part:
        raise no.EarlierInstalmentOpen(item.next.id)
    return part


def _independent(person: PersonId, approved: Approved, item: CarriedOut) -> None:
    """Persons, not roles, are compared."""
    tie = tie_of(person, approved, item)
    if tie is not None and tie is not Tie.RECORDED_ATTENDANCE:
        raise no.TooClose(person, tie)


def tie_of(person: PersonId, approved: Approved, item: CarriedOut | None) -> Tie | None:
    """What ties this person to the item, if anything does."""
    if person == approved.drafter:
        return Tie.DRAFTED_THE_PLAN
    if person == approved.counsellor:
        return Tie.COUNSELS_THE_CASE
    if item is not None and person == item.agreed_by:
        return Tie.AGREED_THE_PARTS
    if item is not None and person in item.recorders:
        return Tie.RECORDED_ATTENDANCE
    return None


def _and_releases(
    facts: Sequence[ItemEvent],
    command: Command,
    evidence: Digest,
    approved: Approved,
    item: CarriedOut,
) -> Sequence[ItemEvent]:
    """These facts, and the instalments that they release, in their order (S8)."""
    told = list(facts)
    for fact in facts:
        item = evolve(item, fact)
    while (part := item.next) is not None and item.lacks(part) is None:
        released = item.released
        assert released is not None, "the part is one of those that were agreed"
        met = InstalmentConditionMet(
            by=command.by,
            at=command.at,
            instalment=part.id,
            item=item.id,
            plan=approved.plan,
            case=item.case,
            amount=part.amount,
            released=released + part.amount,
            evidence=evidence,
        )
        told.append(met)
        item = evolve(item, met)
    return told


# What fell short


def _waived(command: WaiveCondition, item: CarriedOut, standing: Standing) -> ConditionWaived:
    part = _short(command, item, standing)
    return ConditionWaived(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        instalment=part.id,
        reason=command.reason,
        document=command.document,
    )


def _withheld(
    command: WithholdInstalment, item: CarriedOut, standing: Standing
) -> InstalmentWithheld:
    part = _short(command, item, standing)
    return InstalmentWithheld(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        instalment=part.id,
        amount=part.amount,
        reason=command.reason,
    )


def _short(
    command: WaiveCondition | WithholdInstalment, item: CarriedOut, standing: Standing
) -> Instalment:
    if command.organisation != standing.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=standing.run_by)
    part = _turn(command.instalment, item)
    if part.stage is not Stage.SHORT:
        raise no.ConditionNotShort(part.id)
    if command.by in item.recorders:
        raise no.RecorderCannotDecide(command.by)
    return part


# Referred, used, misused


def _referred(command: ReferItem, approved: Approved, item: CarriedOut) -> ItemReferred:
    if approved.modality is not Modality.REFERRAL:
        raise no.NotAReferral(item.id)
    if item.referral is not None:
        raise no.ReferredAlready(item.referral)
    told = command.told
    if told is None or told.case != item.case:
        raise no.NoSuchReferral(command.referral)
    if told.item not in (None, item.id):
        raise no.ReferralForOtherItem(command.referral, told.item)
    if told.declined:
        raise no.ReferralWasDeclined(command.referral)
    return ItemReferred(
        by=command.by,
        at=command.at,
        item=item.id,
        plan=approved.plan,
        case=item.case,
        referral=command.referral,
    )


def _verified(command: VerifyUse, approved: Approved) -> ItemUseVerified:
    return ItemUseVerified(
        by=command.by,
        at=command.at,
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        visit=command.visit,
    )


def _misuse(command: ReportMisuse, approved: Approved) -> ItemMisuseReported:
    return ItemMisuseReported(
        by=command.by,
        at=command.at,
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        kind=command.kind,
        visit=command.visit,
    )
