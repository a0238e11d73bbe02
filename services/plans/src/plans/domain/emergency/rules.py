"""What an emergency answers to a request."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import assert_never

from events.money import Money, total
from events.values import Code
from plans.domain.emergency import refusals as no
from plans.domain.emergency.facts import (
    EmergencyAuthorised,
    EmergencyConflictDeclared,
    EmergencyDeclined,
    EmergencyEvent,
    EmergencyItemIntended,
    EmergencyNotRatified,
    EmergencyRatified,
    EmergencyRequested,
    EmergencyWordsRecorded,
    ObjectionRecorded,
    RatificationRecorded,
)
from plans.domain.emergency.refusals import Stage
from plans.domain.emergency.requests import (
    AnyEmergencyCommand,
    AuthoriseEmergency,
    DeclareEmergencyConflict,
    DeclineEmergency,
    ObjectToEmergency,
    RatifyEmergency,
    RequestEmergency,
    Wanted,
)
from plans.domain.emergency.state import Help
from plans.domain.good_standing import open_and_consented, reached, used_in_time
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.refusals import (
    AboveAtMost,
    NotAnAmount,
    NotInProgramme,
    OtherCurrency,
    PartnerMayOnlyPropose,
)
from plans.domain.programme import Emergency, Modality
from plans.domain.shares import NotOfTheHousehold
from plans.domain.standing import Standing
from plans.domain.wording import worded_for_others


def decide(command: AnyEmergencyCommand, help_: Help | None) -> Sequence[EmergencyEvent]:
    if isinstance(command, RequestEmergency):
        return _request(command, help_)
    if help_ is None or not help_.reached_by(command.organisation):
        raise no.NoSuchEmergency(command.organisation)
    match command:
        case DeclareEmergencyConflict():
            return _declare(command, help_)
        case DeclineEmergency():
            return [_decline(command, help_)]
        case AuthoriseEmergency():
            return [_authorise(command, help_)]
        case RatifyEmergency():
            return _ratify(command, help_)
        case ObjectToEmergency():
            return _object(command, help_)
        case _:
            assert_never(command)


def _request(command: RequestEmergency, help_: Help | None) -> Sequence[EmergencyEvent]:
    if help_ is not None:
        raise no.EmergencyIsAt(help_.stage, None)
    standing = reached(command.standing, command.organisation)
    open_and_consented(standing)
    used_in_time(standing, command.at)
    rules = command.rules
    if rules is None or command.approval is None:
        raise no.NoEmergencies(Code(standing.programme))
    items = tuple(_item(wanted, rules, restricted=standing.restricted) for wanted in command.wanted)
    together = total((i.ceiling for i in items), rules.at_most.currency)
    if together > rules.at_most:
        raise no.AboveEmergencyLimit(together, rules.at_most)
    requested = EmergencyRequested(
        by=command.by,
        at=command.at,
        emergency=command.emergency,
        case=standing.case,
        returnee=standing.returnee,
        programme=standing.programme,
        programme_version=command.programme_version,
        run_by=standing.run_by,
        organisation=standing.organisation,
        counsellor=standing.counsellor,
        items=items,
        total=together,
        quorum=command.approval.quorum(together),
        authorised_by=rules.authorised_by,
        ratify_within_hours=rules.ratify_within_hours,
    )
    return [requested, *_intended(command, standing), *_words(command, standing)]


def _intended(command: RequestEmergency, standing: Standing) -> Iterator[EmergencyItemIntended]:
    """It is said for whom an item is that is not for the principal applicant."""
    for wanted in command.wanted:
        person = wanted.person or standing.returnee
        if person not in standing.household:
            raise NotOfTheHousehold(person)
        if person != standing.returnee:
            yield EmergencyItemIntended(
                by=command.by,
                at=command.at,
                emergency=command.emergency,
                case=standing.case,
                item=wanted.item,
                person=person,
            )


def _item(wanted: Wanted, rules: Emergency, *, restricted: bool) -> ApprovedItem:
    assistance, ceiling = wanted.assistance, wanted.ceiling
    if assistance is None or assistance.type != wanted.type:
        raise NotInProgramme(wanted.type)
    if wanted.type not in rules.types:
        raise no.NotForEmergencies(wanted.type, rules.types)
    worded_for_others(wanted.spec, assistance, restricted=restricted)
    if ceiling.currency != rules.at_most.currency:
        raise OtherCurrency(Code(ceiling.currency), Code(rules.at_most.currency))
    nothing = Money.zero(ceiling.currency)
    if (ceiling == nothing) != (assistance.modality is Modality.REFERRAL) or ceiling < nothing:
        raise NotAnAmount(ceiling)
    if ceiling > rules.at_most:
        raise no.AboveEmergencyLimit(ceiling, rules.at_most)
    if assistance.at_most is not None and ceiling > assistance.at_most:
        raise AboveAtMost(ceiling, assistance.at_most)
    return ApprovedItem(
        item=wanted.item,
        type=wanted.type,
        dimension=assistance.dimension,
        modality=assistance.modality,
        spec=wanted.spec,
        ceiling=ceiling,
    )


def _words(command: RequestEmergency, standing: Standing) -> Iterator[EmergencyWordsRecorded]:
    if command.own_words is not None:
        yield EmergencyWordsRecorded(
            by=command.by,
            at=command.at,
            emergency=command.emergency,
            case=standing.case,
            returnee=standing.returnee,
            words=command.own_words,
        )


def _declare(command: DeclareEmergencyConflict, help_: Help) -> Sequence[EmergencyConflictDeclared]:
    if help_.stage not in (Stage.REQUESTED, Stage.AUTHORISED):
        raise no.EmergencyIsAt(help_.stage, Stage.AUTHORISED)
    by, at = command.by, command.at
    if by in help_.conflicts:
        return []
    return [EmergencyConflictDeclared(by=by, at=at, emergency=help_.id, case=help_.case, person=by)]


def _may_authorise(command: AuthoriseEmergency | DeclineEmergency, help_: Help) -> None:
    if help_.stage is not Stage.REQUESTED:
        raise no.EmergencyIsAt(help_.stage, Stage.REQUESTED)
    if command.roles.isdisjoint(help_.roles):
        raise no.NotTheirsToAuthorise(command.by, help_.roles)
    if command.by == help_.requester:
        raise no.RequesterCannotAuthorise(command.by)
    if command.by in help_.conflicts:
        raise no.InConflict(command.by)


def _decline(command: DeclineEmergency, help_: Help) -> EmergencyDeclined:
    _may_authorise(command, help_)
    return EmergencyDeclined(
        by=command.by, at=command.at, emergency=help_.id, case=help_.case, reason=command.reason
    )


def _authorise(command: AuthoriseEmergency, help_: Help) -> EmergencyAuthorised:
    _may_authorise(command, help_)
    open_and_consented(command.standing)
    used_in_time(command.standing, command.at)
    for overdue in command.overdue:
        raise no.RatificationOverdue(overdue)
    return EmergencyAuthorised(
        by=command.by,
        at=command.at,
        emergency=help_.id,
        case=help_.case,
        returnee=help_.returnee,
        programme=help_.programme,
        programme_version=help_.programme_version,
        items=help_.items,
        total=help_.total,
        drafter=help_.requester,
        counsellor=help_.counsellor,
        ratify_by=command.at + timedelta(hours=help_.ratify_within_hours),
    )


# Afterwards


def _ratify(command: RatifyEmergency, help_: Help) -> Sequence[EmergencyEvent]:
    """Late is better than never: the fact says so, and nothing else happens by time."""
    _may_decide(command, help_)
    by, at = command.by, command.at
    vote = RatificationRecorded(by=by, at=at, emergency=help_.id, case=help_.case, member=by)
    approvers = (*help_.approvers, by)
    if len(approvers) < help_.quorum:
        return [vote]
    assert help_.ratify_by is not None, "it was authorised"
    late = at > help_.ratify_by
    ratified = EmergencyRatified(
        by=by, at=at, emergency=help_.id, case=help_.case, approvers=approvers, late=late
    )
    return [vote, ratified]


def _object(command: ObjectToEmergency, help_: Help) -> Sequence[EmergencyEvent]:
    _may_decide(command, help_)
    by, at, reason = command.by, command.at, command.reason
    vote = ObjectionRecorded(
        by=by, at=at, emergency=help_.id, case=help_.case, member=by, reason=reason
    )
    if not help_.one_no_short:
        return [vote]
    committed = total(command.committed.values(), help_.total.currency)
    ended = EmergencyNotRatified(
        by=by,
        at=at,
        emergency=help_.id,
        case=help_.case,
        reason=reason,
        committed=committed,
        freed=max(help_.total - committed, Money.zero(help_.total.currency)),
    )
    return [vote, ended]


def _may_decide(command: RatifyEmergency | ObjectToEmergency, help_: Help) -> None:
    if help_.stage is not Stage.AUTHORISED:
        raise no.EmergencyIsAt(help_.stage, Stage.AUTHORISED)
    if command.organisation != help_.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=help_.run_by)
    if command.by in (help_.requester, help_.authoriser, help_.counsellor):
        raise no.PartOfIt(command.by)
    if command.by in help_.conflicts:
        raise no.InConflict(command.by)
    if command.by in (*help_.approvers, *help_.opponents):
        raise no.SaidAlready(command.by)
