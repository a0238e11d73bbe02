"""The people and rules that the tests of this service tell about."""

from datetime import UTC, datetime

from events.money import Money
from events.values import AccountId, CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId, VendorId
from vendors.domain.need import Need
from vendors.domain.programme import Band, Buying, Diligence
from vendors.domain.vendor.kinds import Kind
from vendors.domain.vendor_rules import VendorKind, VendorRules

NADIA = PersonId("per_nadia")
KARIM = PersonId("per_karim")
SAMIR = PersonId("per_samir")
YUSUF = PersonId("per_yusuf")
LINA = PersonId("per_lina")
PETRA = PersonId("per_petra")

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

OVENS = VendorId("ven_ovens")
FLOUR = VendorId("ven_flour")
STEEL = VendorId("ven_steel")
ACCOUNT = AccountId("acc_1")
OTHER_ACCOUNT = AccountId("acc_2")

NO_PAPERS = tuple(VendorKind(Code(kind), ()) for kind in Kind)
"""A programme that asks nobody for papers."""
STRICT = Diligence(
    account_wait_hours=72, screening_at_most_days=90, vendor_rules=(VendorRules(NO_PAPERS),)
)


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


BUYING = Buying(
    bands=(
        Band(below=eur(150), quotations=1, waiver_by=None, waiver_for=()),
        Band(
            below=eur(1500),
            quotations=3,
            waiver_by=Code("programme_manager"),
            waiver_for=(Code("only_supplier"), Code("emergency")),
        ),
        Band(below=eur(15_000), quotations=3, waiver_by=None, waiver_for=()),
    ),
    added_up_over_days=30,
)


def need(ceiling: Money) -> Need:
    return Need(
        item=ItemId("itm_oven"),
        case=CaseId("cas_1"),
        plan=PlanId("pla_1"),
        programme=ProgrammeId("prg_iom_slovakia"),
        programme_version=1,
        spec=Code("bread_oven"),
        estimate=ceiling,
        counsellors=(LINA,),
        buying=BUYING,
    )
