"""The people, the programme and the facts that the tests of plans tell about."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from events.money import Money, total
from events.values import CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.facts import (
    AnswerExpected,
    AssistanceItemProposed,
    FeasibilityConfirmed,
    PlanDrafted,
    PlanSigned,
    PlanSubmitted,
)
from plans.domain.plan.kinds import Method
from plans.domain.plan.state import Item, digest
from plans.domain.programme import Assistance, Dimension, Level, Modality
from plans.domain.shares import Share
from plans.domain.standing import Entitled, Standing

PROGRAMME_FILE = Path(__file__).parents[3] / "programmes" / "iom-slovakia.yaml"

LINA = PersonId("per_lina")
OMAR = PersonId("per_omar")
ZUZANA = PersonId("per_zuzana")
PETER = PersonId("per_peter")
MILAN = PersonId("per_milan")
PETRA = PersonId("per_petra")
JURAJ = PersonId("per_juraj")
ARBEN = PersonId("per_arben")
ZAHRA = PersonId("per_zahra")

IOM = Code("iom")
NGO = Code("ngo_tirana")
OTHER_NGO = Code("ngo_other")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CASE = CaseId("cas_1")
PLAN = PlanId("pla_1")
OVEN = ItemId("itm_oven")
KIT = ItemId("itm_kit")


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


def _kind(
    name: str, modality: Modality, at_most: Money | None, say: str | None = None
) -> Assistance:
    return Assistance(
        type=Code(name),
        dimension=Dimension.ECONOMIC,
        levels=(Level.INDIVIDUAL,),
        modality=modality,
        at_most=at_most,
        wording_for_others=Code(say) if say else None,
    )


BUSINESS = _kind("micro_business", Modality.GOODS, eur(2000))
NEEDS = _kind("basic_needs", Modality.GOODS, eur(1500))
POCKET = _kind("pocket_money", Modality.CASH, eur(500))
COUNSELLING = _kind("counselling", Modality.REFERRAL, None)
MEDICAL = _kind("medical_help", Modality.SERVICE, eur(800), say="health_service")


def entitled(
    amount: Money, cash: Money | None = None, *others: tuple[PersonId, Money], of: PersonId = ZAHRA
) -> Entitled:
    """So much for the principal applicant, cash of it; and what others of the household bring."""
    cash = cash or eur(0)
    shares = [Share(of, amount, cash), *(Share(person, each, eur(0)) for person, each in others)]
    return Entitled(
        total=total((each.total for each in shares), amount.currency),
        cash_cap=cash,
        shares=tuple(shares),
    )


standing = Standing(
    case=CASE,
    returnee=ZAHRA,
    programme=ProgrammeId("prg_iom_slovakia"),
    run_by=IOM,
    organisation=IOM,
    office=Code("baghdad"),
    counsellor=LINA,
    signs=ZAHRA,
    consented=True,
    eligible_under=1,
    entitled=entitled(eur(3000), eur(300)),
    claim_by=date(2026, 5, 1),
    use_by=date(2027, 1, 31),
)

drafted = PlanDrafted(
    by=LINA,
    at=NOON,
    plan=PLAN,
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    programme_version=1,
    run_by=IOM,
    organisation=IOM,
    counsellor=LINA,
    quorum=2,
    currency=Code("EUR"),
)
an_oven = AssistanceItemProposed(
    by=LINA,
    at=NOON,
    plan=PLAN,
    returnee=ZAHRA,
    item=OVEN,
    assistance=BUSINESS.type,
    dimension=BUSINESS.dimension,
    modality=BUSINESS.modality,
    spec=Code("bread_oven"),
    ceiling=eur(1850),
)
THE_OVEN = Item(
    item=OVEN,
    type=BUSINESS.type,
    dimension=BUSINESS.dimension,
    modality=BUSINESS.modality,
    spec=Code("bread_oven"),
    ceiling=eur(1850),
)
AS_SIGNED = digest(PLAN, CASE, (THE_OVEN,))
"""The digest of the plan with its oven, as it lay before her when she signed."""

signed = PlanSigned(
    by=LINA,
    at=NOON,
    plan=PLAN,
    version_signed=1,
    signed_by=ZAHRA,
    method=Method.SIGNATURE,
    language=Code("ar"),
    digest=AS_SIGNED,
    witness=None,
)
submitted = PlanSubmitted(by=LINA, at=NOON, plan=PLAN, case=CASE, digest=AS_SIGNED, total=eur(1850))
expected = AnswerExpected(
    by=LINA,
    at=NOON,
    plan=PLAN,
    case=CASE,
    version=1,
    quorum=2,
    answer_by=NOON + timedelta(days=7),
)
feasible = FeasibilityConfirmed(by=OMAR, at=NOON, plan=PLAN, case=CASE)
