"""What other services tell of vendors, cases and plans becomes a fact here, where it may forbid."""

from collections.abc import Iterator
from typing import Any

from disbursement.domain import conflict, following, heard
from disbursement.domain.news import Of, TakeDown, What, news, news_of
from disbursement.views.reached import TAKES_NEWS
from events.handler import Act
from events.registry import Registry
from events.service import Heard, Policy
from events.values import SYSTEM, Code, PersonId, PlanId

ASSISTANCE = Code("assistance")
"""The scope of consent without which nothing is done for somebody."""

from_vendors = Registry.of(
    "vendors",
    [
        heard.VendorSuspended,
        heard.VendorDebarred,
        heard.VendorScreened,
        heard.BankAccountProposed,
        heard.BankAccountFrozen,
        heard.BankAccountReplaced,
        heard.AwardTakenBack,
        conflict.ConflictOfInterestDeclared,
    ],
    foreign=True,
)
from_intake = Registry.of(
    "intake",
    [
        heard.CaseSuspended,
        heard.CaseClosed,
        heard.CaseTransferred,
        heard.ConsentWithdrawn,
        heard.PaymentHoldAsked,
    ],
    foreign=True,
)
from_plans = Registry.of(
    "plans",
    [
        heard.PlanAmendmentApproved,
        heard.ProjectShareWithdrawn,
        heard.ProjectCancelled,
        heard.ProjectRejected,
        following.PlanSuspended,
        following.PlanCancelled,
        following.PlanCompleted,
        following.ItemCancelled,
        following.EmergencyNotRatified,
    ],
    foreign=True,
)


def take_down(fact: Heard[Any]) -> Iterator[Act[Any, Any, Any]]:
    """One fact for each of whom it is told."""
    for what, of in _told(fact.event):
        command = TakeDown(
            by=SYSTEM,
            at=fact.envelope.time,
            of=of,
            what=what,
            source=Code(fact.envelope.type.partition(".")[0]),
            position=fact.position,
            person=_person(fact.event),
        )
        yield Act(news, news_of(of.subject), command)


def _person(event: Any) -> PersonId | None:
    return event.person if isinstance(event, conflict.ConflictOfInterestDeclared) else None


def _told(event: Any) -> Iterator[tuple[What, Of]]:
    yield from _of_vendors(event)
    yield from _of_cases(event)
    yield from _of_plans(event)


def _of_vendors(event: Any) -> Iterator[tuple[What, Of]]:
    match event:
        case heard.VendorSuspended(vendor=vendor):
            yield What.VENDOR_SUSPENDED, Of(vendor=vendor)
        case heard.VendorDebarred(vendor=vendor):
            yield What.VENDOR_DEBARRED, Of(vendor=vendor)
        case heard.VendorScreened(vendor=vendor):
            yield What.VENDOR_SCREENED, Of(vendor=vendor)
        case heard.BankAccountProposed(replaces=account) if account is not None:
            yield What.ACCOUNT_CHANGE_PROPOSED, Of(account=account)
        case heard.BankAccountFrozen(account=account):
            yield What.ACCOUNT_FROZEN, Of(account=account)
        case heard.BankAccountReplaced(account=account):
            yield What.ACCOUNT_REPLACED, Of(account=account)
        case heard.AwardTakenBack(item=item):
            yield What.AWARD_TAKEN_BACK, Of(item=item)
        case conflict.ConflictOfInterestDeclared(vendor=vendor, case=case):
            if vendor is not None:
                yield What.CONFLICT_DECLARED, Of(vendor=vendor)
            if case is not None:
                yield What.CONFLICT_DECLARED, Of(case=case)


def _of_cases(event: Any) -> Iterator[tuple[What, Of]]:
    match event:
        case heard.CaseSuspended(case=case):
            yield What.CASE_SUSPENDED, Of(case=case)
        case heard.CaseClosed(case=case):
            yield What.CASE_CLOSED, Of(case=case)
        case heard.CaseTransferred(case=case, outside=False):
            yield What.CASE_TRANSFERRED, Of(case=case)
        case heard.PaymentHoldAsked(case=case):
            yield What.ASKED_BY_INTAKE, Of(case=case)
        case heard.ConsentWithdrawn(case=case, scopes=scopes) if ASSISTANCE in scopes:
            yield What.ASSISTANCE_WITHDRAWN, Of(case=case)


def _of_plans(event: Any) -> Iterator[tuple[What, Of]]:
    match event:
        case heard.PlanAmendmentApproved(items=items, dropped=dropped):
            for item in dict.fromkeys((*(each.item for each in items), *dropped)):
                yield What.PLAN_AMENDED, Of(item=item)
        case (
            following.PlanSuspended(plan=plan)
            | following.PlanCancelled(plan=plan)
            | following.PlanCompleted(plan=plan)
        ):
            yield What.PLAN_STOPPED, Of(plan=plan)
        case following.EmergencyNotRatified(emergency=emergency):
            yield What.PLAN_STOPPED, Of(plan=PlanId(emergency))
        case heard.ProjectCancelled(project=project) | heard.ProjectRejected(project=project):
            yield What.PLAN_STOPPED, Of(plan=PlanId(project))
        case heard.ProjectShareWithdrawn(project=project, stops_orders=True):
            yield What.PLAN_STOPPED, Of(plan=PlanId(project))
        case following.ItemCancelled(item=item):
            yield What.ITEM_STOPPED, Of(item=item)


policies = (
    Policy(
        TAKES_NEWS,
        {"vendors": from_vendors, "intake": from_intake, "plans": from_plans},
        take_down,
    ),
)
