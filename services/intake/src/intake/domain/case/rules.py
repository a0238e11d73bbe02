"""What a case answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from events.money import total
from events.values import PersonId
from intake.domain.case import refusals as no
from intake.domain.case.facts import (
    ArrivalConfirmed,
    CaseEvent,
    ConsentGiven,
    ConsentWithdrawn,
    EligibilityConfirmed,
    EligibilityDenied,
    EntitlementGranted,
    GuardianAppointed,
    HouseholdMemberAdded,
    ReturneeRegistered,
    Share,
)
from intake.domain.case.kinds import Stage
from intake.domain.case.requests import (
    AddHouseholdMember,
    AnyCaseCommand,
    AppointGuardian,
    CaseCommand,
    ConfirmArrival,
    ConfirmEligibility,
    DenyEligibility,
    GiveConsent,
    GrantEntitlement,
    RegisterReturnee,
    WithdrawConsent,
)
from intake.domain.case.state import Case, Member
from intake.domain.consent import (
    ConsentMissing,
    GuardianNeeded,
    Method,
    NotTheGuardian,
    Scope,
    WitnessNeeded,
)
from intake.domain.people import brackets_possible
from intake.domain.programme import Terms

OPEN = (Stage.REGISTERED, Stage.ELIGIBLE, Stage.ARRIVED)


def decide(command: AnyCaseCommand, case: Case | None) -> Sequence[CaseEvent]:
    if isinstance(command, RegisterReturnee):
        return [_register(command, case)]
    if case is None or not case.reached_by(command.organisation):
        raise no.NoSuchCase(command.organisation)
    _at(case, *OPEN)
    match command:
        case AddHouseholdMember():
            return [_add_member(command, case)]
        case AppointGuardian():
            return [_appoint(command, case)]
        case GiveConsent():
            return [_consent(command, case)]
        case WithdrawConsent():
            return _withdraw(command, case)
        case ConfirmEligibility():
            return [_confirm_eligibility(command, case)]
        case DenyEligibility():
            return [_deny_eligibility(command, case)]
        case GrantEntitlement():
            return [_grant(command, case)]
        case ConfirmArrival():
            return [_arrive(command, case)]
        case _:
            assert_never(command)


# The household


def _register(command: RegisterReturnee, case: Case | None) -> ReturneeRegistered:
    if case is not None:
        raise no.RegisteredAlready(case.id)
    _open(command.terms, command)
    _age_fits(command)
    return ReturneeRegistered(
        by=command.by,
        at=command.at,
        case=command.case,
        returnee=command.returnee,
        programme=command.terms.programme,
        run_by=command.terms.organisation,
        organisation=command.organisation,
        country_of_return=command.country_of_return,
        return_type=command.return_type,
        office=command.office,
        source=command.source,
        counsellor=command.counsellor,
        language=command.language,
        sex=command.sex,
        age_bracket=command.age_bracket,
        is_child=command.age_bracket.is_child,
        name=command.name,
        date_of_birth=command.date_of_birth,
        phone=command.phone,
    )


def _add_member(command: AddHouseholdMember, case: Case) -> HouseholdMemberAdded:
    if case.member(command.member) is not None:
        raise no.MemberAlready(command.member)
    if case.entitlement is not None:
        raise no.HouseholdIsSettled
    _age_fits(command)
    return HouseholdMemberAdded(
        by=command.by,
        at=command.at,
        case=case.id,
        member=command.member,
        relation=command.relation,
        sex=command.sex,
        age_bracket=command.age_bracket,
        name=command.name,
        date_of_birth=command.date_of_birth,
    )


def _age_fits(command: RegisterReturnee | AddHouseholdMember) -> None:
    born = command.date_of_birth
    if born and command.age_bracket not in brackets_possible(born, command.at.date()):
        raise no.AgeContradictsDateOfBirth(command.age_bracket)


def _appoint(command: AppointGuardian, case: Case) -> GuardianAppointed:
    if not _of(case, command.child).is_child:
        raise no.NotAChild(command.child)
    guardian = case.member(command.guardian)
    if guardian is not None and guardian.is_child:
        raise no.ChildAsGuardian(command.guardian)
    return GuardianAppointed(
        by=command.by,
        at=command.at,
        case=case.id,
        child=command.child,
        guardian=command.guardian,
        basis=command.basis,
    )


def _of(case: Case, person: PersonId) -> Member:
    member = case.member(person)
    if member is None:
        raise no.NotInHousehold(person)
    return member


# Consent


def _consent(command: GiveConsent, case: Case) -> ConsentGiven:
    returnee = case.household[0]
    if returnee.is_child and command.method is not Method.GUARDIAN:
        raise GuardianNeeded(child=returnee.person, guardian=returnee.guardian)
    if command.method is Method.GUARDIAN and (
        command.guardian is None or command.guardian != returnee.guardian
    ):
        raise NotTheGuardian(person=returnee.person, guardian=command.guardian)
    if command.method is Method.THUMBPRINT and command.witness in (None, command.by):
        raise WitnessNeeded(recorded_by=command.by, witness=command.witness)
    return ConsentGiven(
        by=command.by,
        at=command.at,
        case=case.id,
        returnee=case.returnee,
        scopes=tuple(sorted(set(command.scopes))),
        method=command.method,
        language=command.language,
        document=command.document,
        witness=command.witness,
        guardian=command.guardian,
    )


def _withdraw(command: WithdrawConsent, case: Case) -> Sequence[CaseEvent]:
    held = tuple(sorted(case.consents & set(command.scopes)))
    if not held:
        return []
    return [
        ConsentWithdrawn(
            by=command.by, at=command.at, case=case.id, returnee=case.returnee, scopes=held
        )
    ]


def _consented(case: Case, scope: Scope) -> None:
    if scope not in case.consents:
        raise ConsentMissing(scope)


# Eligibility, entitlement, arrival


def _confirm_eligibility(command: ConfirmEligibility, case: Case) -> EligibilityConfirmed:
    _at(case, Stage.REGISTERED)
    _may_assess(command, case)
    _consented(case, Scope.ASSISTANCE)
    terms = _terms(command.terms, case)
    _open(terms, command)
    eligibility = terms.eligibility
    if case.return_type not in eligibility.returns or (
        eligibility.countries and case.country_of_return not in eligibility.countries
    ):
        raise no.NotForThisReturn(case.return_type, case.country_of_return)
    missing = tuple(c for c in eligibility.criteria if c not in command.criteria)
    if missing:
        raise no.CriteriaMissing(missing)
    return EligibilityConfirmed(
        by=command.by,
        at=command.at,
        case=case.id,
        programme_version=terms.version,
        criteria=eligibility.criteria,
    )


def _deny_eligibility(command: DenyEligibility, case: Case) -> EligibilityDenied:
    _at(case, Stage.REGISTERED)
    _may_assess(command, case)
    return EligibilityDenied(by=command.by, at=command.at, case=case.id, reason=command.reason)


def _grant(command: GrantEntitlement, case: Case) -> EntitlementGranted:
    _at(case, Stage.ELIGIBLE, Stage.ARRIVED)
    _may_assess(command, case)
    _consented(case, Scope.ASSISTANCE)
    terms = _terms(command.terms, case)
    if case.entitlement is not None:
        raise no.GrantedAlready(terms.version)
    for member in case.household:
        if member.is_child and member.guardian is None:
            raise no.ChildWithoutGuardian(member.person)
    shares = tuple(_share(member, case, terms) for member in case.household)
    return EntitlementGranted(
        by=command.by,
        at=command.at,
        case=case.id,
        programme=terms.programme,
        programme_version=terms.version,
        total=total((s.total for s in shares), terms.currency),
        cash_cap=total((s.cash_at_most for s in shares), terms.currency),
        shares=shares,
        claim_by=case.arrival and terms.claim_by(case.arrival),
        use_by=case.arrival and terms.use_by(case.arrival),
    )


def _share(member: Member, case: Case, terms: Terms) -> Share:
    for amount in terms.entitlements:
        if amount.role is member.role and case.return_type in amount.returns:
            return Share(member.person, member.role, amount.total, amount.cash_at_most)
    raise no.NoEntitlementFor(member.role, case.return_type)


def _arrive(command: ConfirmArrival, case: Case) -> ArrivalConfirmed:
    _at(case, Stage.ELIGIBLE)
    _consented(case, Scope.ASSISTANCE)
    terms = _terms(command.terms, case)
    if command.date > command.at.date():
        raise no.ArrivalInTheFuture(command.date, command.at.date())
    return ArrivalConfirmed(
        by=command.by,
        at=command.at,
        case=case.id,
        date=command.date,
        evidence=command.evidence,
        claim_by=terms.claim_by(command.date),
        use_by=terms.use_by(command.date),
    )


def _at(case: Case, *needed: Stage) -> None:
    if case.stage not in needed:
        raise no.CaseIsAt(case.stage, needed)


def _may_assess(command: CaseCommand, case: Case) -> None:
    if command.organisation != case.run_by:
        raise no.PartnerMayOnlyPropose(command.organisation, decides=case.run_by)
    if command.by in (case.registrar, case.counsellor):
        raise no.RegistrarCannotAssess(command.by)


def _terms(terms: Terms, case: Case) -> Terms:
    pinned = case.programme_version
    if terms.programme != case.programme or pinned not in (None, terms.version):
        raise no.OtherProgramme(terms.programme, terms.version)
    return terms


def _open(terms: Terms, command: CaseCommand) -> None:
    if not terms.since <= command.at.date() <= terms.until:
        raise no.ProgrammeNotOpen(terms.since, terms.until)
