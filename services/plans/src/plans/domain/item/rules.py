"""What an approved item answers to a request."""

from collections.abc import Sequence
from typing import assert_never

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
from plans.domain.item.state import CarriedOut, Instalment, Stage
from plans.domain.plan.refusals import PartnerMayOnlyPropose
from plans.domain.programme import Modality
from plans.domain.standing import Standing

LONGEST = {Code("week"): 7, Code("month"): 31, Code("term"): 184}
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
            return [] if item.verified else [_verified(command, approved)]
        case WithholdInstalment():
            return [_withheld(command, item, standing)]
        case _ if not standing.consented:
            raise ConsentMissing(standing.returnee)
        case AgreeInstalments():
            return [_agreed(command, approved, item)]
        case RecordAttendance():
            return _attended(command, approved, item)
        case ProveContribution():
            return _contributed(command, approved, item)
        case WaiveCondition():
            return _waived(command, approved, item, standing)
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
    number, most = len(command.parts), terms.parts_at_most
    if number < terms.parts_at_least or (most is not None and number > most):
        raise no.NumberOfInstalments(number, terms.parts_at_least, most)
    _in_order(command.parts, terms)
    return InstalmentsAgreed(
        by=command.by,
        at=command.at,
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        condition=terms.condition,
        percent=terms.percent,
        parts=command.parts,
        total=_affordable(command.parts, approved.ceiling),
        document=command.document,
    )


def _in_order(parts: tuple[Part, ...], terms: Terms) -> None:
    for number, part in enumerate(parts):
        if part.until < part.since or (number and part.since <= parts[number - 1].until):
            raise no.InstalmentsOutOfOrder(part.instalment)
        each = terms.each
        if each is not None and (part.until - part.since).days >= LONGEST[each]:
            raise no.PeriodTooLong(part.instalment, each)


def _affordable(parts: tuple[Part, ...], ceiling: Money) -> Money:
    for part in parts:
        if part.amount.currency != ceiling.currency or part.amount.minor <= 0:
            raise no.InstalmentNotAnAmount(part.amount, ceiling)
    together = total((part.amount for part in parts), ceiling.currency)
    if together > ceiling:
        raise no.InstalmentsAboveCeiling(together, ceiling)
    return together


# Releasing


def _attended(
    command: RecordAttendance, approved: Approved, item: CarriedOut
) -> Sequence[ItemEvent]:
    part = _turn(command.instalment, item, Condition.ATTENDANCE)
    if command.at.date() < part.until:
        raise no.PeriodNotOver(part.until)
    if not 0 <= command.attended <= command.held or command.held == 0:
        raise no.AttendedMoreThanHeld(command.held, command.attended)
    _independent(command.by, approved, item)
    if part.recorded_by == command.by:
        raise no.CorrectedByItsRecorder(command.by)
    _unused(command.document, item)
    recorded = AttendanceRecorded(
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
    if command.attended * 100 < item.percent * command.held:
        return [recorded]
    return [recorded, _met(command, approved, item, part, command.document)]


def _contributed(
    command: ProveContribution, approved: Approved, item: CarriedOut
) -> Sequence[ItemEvent]:
    part = _turn(command.instalment, item, Condition.OWN_CONTRIBUTION)
    _independent(command.by, approved, item)
    if command.amount.currency != part.amount.currency or command.amount.minor <= 0:
        raise no.InstalmentNotAnAmount(command.amount, approved.ceiling)
    _unused(command.document, item)
    proved = ContributionProved(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        instalment=part.id,
        amount=command.amount,
        document=command.document,
    )
    together = part.contributed + command.amount if part.contributed else command.amount
    if together.minor * 100 < part.amount.minor * item.percent:
        return [proved]
    return [proved, _met(command, approved, item, part, command.document)]


def _unused(document: Digest, item: CarriedOut) -> None:
    if any(document in part.documents for part in item.instalments):
        raise no.DocumentCounted(document)


def _turn(instalment: InstalmentId, item: CarriedOut, condition: Condition | None) -> Instalment:
    """The instalment, if it is its turn (S8)."""
    part = item.instalment(instalment)
    if part is None:
        raise no.NoSuchInstalment(instalment)
    if condition is not None and item.condition is not condition:
        assert item.condition is not None, "it was agreed with the instalments"
        raise no.OtherCondition(item.condition)
    if part.decided:
        raise no.InstalmentDecided(instalment)
    for each in item.instalments[: item.instalments.index(part)]:
        if not each.decided:
            raise no.EarlierInstalmentOpen(each.id)
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


def _met(
    command: RecordAttendance | ProveContribution | WaiveCondition,
    approved: Approved,
    item: CarriedOut,
    part: Instalment,
    evidence: Digest,
) -> InstalmentConditionMet:
    released = item.released
    assert released is not None, "the part is one of those that were agreed"
    return InstalmentConditionMet(
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


# What fell short


def _waived(
    command: WaiveCondition, approved: Approved, item: CarriedOut, standing: Standing
) -> Sequence[ItemEvent]:
    part = _short(command, item, standing)
    waived = ConditionWaived(
        by=command.by,
        at=command.at,
        item=item.id,
        case=item.case,
        instalment=part.id,
        reason=command.reason,
    )
    return [waived, _met(command, approved, item, part, part.documents[-1])]


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
    part = _turn(command.instalment, item, None)
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
