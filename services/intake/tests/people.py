"""The people, the programme and the facts that intake's tests tell about."""

from datetime import UTC, date, datetime

from events.money import Money
from events.values import CaseId, Code, Digest, PersonId, ProgrammeId
from intake.domain.case.consenting import ConsentGiven
from intake.domain.case.eligibility import EligibilityConfirmed
from intake.domain.case.entitlement import EntitlementGranted
from intake.domain.case.household import GuardianAppointed, HouseholdMemberAdded
from intake.domain.case.kinds import GuardianBasis, Source
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.case.state import Share
from intake.domain.consent import Method, Scope
from intake.domain.people import AgeBracket, Relation, Sex
from intake.domain.programme import Eligibility, Entitlement, FamilyRole, ReturnType, Terms

LINA = PersonId("per_lina")
PETRA = PersonId("per_petra")
OMAR = PersonId("per_omar")
ARBEN = PersonId("per_arben")
ZAHRA = PersonId("per_zahra")
ALI = PersonId("per_ali")
YUSUF = PersonId("per_yusuf")

IOM = Code("iom")
NGO = Code("ngo_tirana")
OTHER_NGO = Code("ngo_other")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
CASE = CaseId("cas_1")
PAPER = Digest("a" * 64)
STAMP = Digest("b" * 64)

ALL_CRITERIA = (Code("identity_established"), Code("returned_or_about_to"))


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


def _amount(role: FamilyRole, units: int) -> Entitlement:
    return Entitlement(
        role=role,
        returns=(ReturnType.VOLUNTARY,),
        total=eur(units),
        cash_at_most=eur(units // 10),
    )


TERMS = Terms(
    programme=ProgrammeId("prg_iom_slovakia"),
    version=1,
    currency=Code("EUR"),
    organisation=IOM,
    since=date(2023, 1, 1),
    until=date(2027, 6, 30),
    eligibility=Eligibility(
        returns=(ReturnType.VOLUNTARY,),
        countries=(Code("IQ"), Code("AL")),
        criteria=ALL_CRITERIA,
    ),
    entitlements=(
        _amount(FamilyRole.PRINCIPAL, 2000),
        _amount(FamilyRole.ACCOMPANYING_CHILD, 1000),
    ),
    claim_within_days=90,
    use_within_months=12,
    keep_years=5,
)

registered = ReturneeRegistered(
    by=LINA,
    at=NOON,
    case=CASE,
    returnee=ZAHRA,
    programme=TERMS.programme,
    run_by=IOM,
    organisation=IOM,
    country_of_return=Code("IQ"),
    return_type=ReturnType.VOLUNTARY,
    office=Code("baghdad"),
    source=Source.COUNSELLOR,
    counsellor=LINA,
    language=Code("ar"),
    sex=Sex.FEMALE,
    age_bracket=AgeBracket.UNDER_60,
    is_child=False,
    name="زهراء",
)
a_child_of_hers = HouseholdMemberAdded(
    by=LINA,
    at=NOON,
    case=CASE,
    member=ALI,
    relation=Relation.CHILD,
    sex=Sex.MALE,
    age_bracket=AgeBracket.UNDER_12,
    name="علي",
)
she_is_his_guardian = GuardianAppointed(
    by=LINA, at=NOON, case=CASE, child=ALI, guardian=ZAHRA, basis=GuardianBasis.PARENT
)
consented = ConsentGiven(
    by=LINA,
    at=NOON,
    case=CASE,
    returnee=ZAHRA,
    scopes=(Scope.ASSISTANCE,),
    method=Method.SIGNATURE,
    language=Code("ar"),
    document=PAPER,
)
eligible = EligibilityConfirmed(
    by=PETRA, at=NOON, case=CASE, programme_version=1, criteria=ALL_CRITERIA
)
granted = EntitlementGranted(
    by=PETRA,
    at=NOON,
    case=CASE,
    programme=TERMS.programme,
    programme_version=1,
    total=eur(2000),
    cash_cap=eur(200),
    shares=(Share(ZAHRA, FamilyRole.PRINCIPAL, eur(2000), eur(200)),),
    claim_by=None,
    use_by=None,
)
