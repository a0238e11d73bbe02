"""What a programme says that somebody decides by: the shape of a page, read.

Every amount, threshold and time limit is the programme's, never the code's. Other services hear
these parts as fields of `plans.programme_published.v2`, so that their names are a contract.
"""

from datetime import date
from enum import StrEnum

import msgspec

from events.money import Money
from events.values import Code


class ReturnType(StrEnum):
    VOLUNTARY = "voluntary"
    FORCED = "forced"
    HUMANITARIAN = "humanitarian"
    """Brought back from danger: rescued, out of a camp, home again after displacement."""


class FamilyRole(StrEnum):
    PRINCIPAL = "principal"
    ACCOMPANYING_ADULT = "accompanying_adult"
    ACCOMPANYING_CHILD = "accompanying_child"


class Dimension(StrEnum):
    """Which part of a life it helps to rebuild (Reintegration Handbook, module 1)."""

    ECONOMIC = "economic"
    SOCIAL = "social"
    PSYCHOSOCIAL = "psychosocial"


class Level(StrEnum):
    """Whom it is for: one case, several together, or a community with its returnees."""

    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"
    COMMUNITY = "community"


class Modality(StrEnum):
    """How assistance reaches somebody. A referral is somebody else's service: we pay nothing."""

    GOODS = "goods"
    SERVICE = "service"
    WAGE_SUBSIDY = "wage_subsidy"
    CASH = "cash"
    REFERRAL = "referral"


class OtherAssistance(StrEnum):
    """What becomes of an amount that somebody receives elsewhere for the same purpose."""

    DEDUCTED = "deducted"
    DECLARED = "declared"


class Eligibility(msgspec.Struct, frozen=True):
    returns: tuple[ReturnType, ...]
    countries: tuple[Code, ...]
    """ISO 3166-1 alpha-2; none named: any."""
    criteria: tuple[Code, ...]


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """What one person may receive. The first row that fits a person is the one that counts."""

    role: FamilyRole
    returns: tuple[ReturnType, ...]
    countries: tuple[Code, ...] = ()
    """ISO 3166-1 alpha-2; none named: any."""
    age_from: int = 0
    age_until: int | None = None
    """Whole years, both included. They end where the age brackets of intake do."""
    vulnerability: Code | None = None
    """Only for somebody of whom this was established; None: for anybody."""
    since: date | None = None
    until: date | None = None
    """For entitlements granted on these days, both included; None: without end."""
    total: Money
    cash_at_most: Money


class Instalments(msgspec.Struct, frozen=True, kw_only=True):
    """Paid in parts, each when its conditions are met: by periods, or by fixed shares."""

    each: Code | None = None
    """One instalment for each `week`, `month` or `term`; None: the parts say how many there are."""
    parts_percent: tuple[int, ...] = ()
    """The share of each part, together 100."""
    attendance_percent: int | None = None
    """The attendance in its own period that releases an instalment."""
    own_contribution_proved: bool = False
    """No part is released before the returnee's own share is proved."""
    monitoring_done: bool = False
    """No part after the first is released before a visit found the earlier ones in use."""


class Advance(msgspec.Struct, frozen=True):
    """Part of the price paid before delivery."""

    percent_at_most: int
    clear_within_days: int


class Months(msgspec.Struct, frozen=True):
    """How long an assistance by periods lasts."""

    at_least: int
    at_most: int


class Needed(StrEnum):
    """When a document is needed."""

    BEFORE_APPROVAL = "before_approval"
    BEFORE_COMMITMENT = "before_commitment"
    BEFORE_PAYMENT = "before_payment"
    AFTERWARDS = "afterwards"


class Assistance(msgspec.Struct, frozen=True, kw_only=True):
    """One type of assistance that a plan or a project may contain, and what it takes."""

    type: Code
    dimension: Dimension
    levels: tuple[Level, ...]
    modality: Modality
    at_most: Money | None
    """For one item; None for a referral."""
    at_most_each_month: Money | None = None
    months: Months | None = None
    own_contribution_percent: int | None = None
    """What the returnee or a lender brings at least, of what the programme pays: 100 matches it."""
    before_approval: tuple[Code, ...] = ()
    """The documents without which it is not approved; in the same way below."""
    before_commitment: tuple[Code, ...] = ()
    before_payment: tuple[Code, ...] = ()
    afterwards: tuple[Code, ...] = ()
    """Without them a plan is not completed."""
    instalments: Instalments | None = None
    advance: Advance | None = None
    wording_for_others: Code | None = None
    """What it is called where the case must not be guessed from it."""

    def needed(self, when: Needed) -> tuple[Code, ...]:
        """The documents without which that is not done."""
        papers: tuple[Code, ...] = getattr(self, when)
        return papers

    @property
    def papers(self) -> tuple[Code, ...]:
        """All documents that are asked for, at whatever stage."""
        return tuple(kind for when in Needed for kind in self.needed(when))


class PaidFrom(msgspec.Struct, frozen=True, kw_only=True):
    """Assistance of this type is paid from the budget line of this category."""

    type: Code
    category: Code


class Emergency(msgspec.Struct, frozen=True):
    """Help before any plan: of these types, up to this much for a case, decided on afterwards."""

    types: tuple[Code, ...]
    at_most: Money
    ratify_within_hours: int
    authorised_by: tuple[Code, ...]
    """Roles."""


class Collective(msgspec.Struct, frozen=True):
    """A project that several cases have shares in, each out of its own entitlement."""

    participants_at_least: int
    participants_at_most: int
    share_at_least_percent: int
    share_at_most_percent: int


class Community(msgspec.Struct, frozen=True):
    """A project for returnees and the people they live among; the grant pays for the latter."""

    at_most: Money
    """For a whole project."""
    host_share_at_least_percent: int
    host_share_at_most_percent: int
    budget_line: Code
    """The category of the budget line that such a project is paid from."""
    before_approval: tuple[Code, ...]
    """The documents that say what the community wants, such as its committee's minutes."""


class ApprovalBand(msgspec.Struct, frozen=True):
    up_to: Money | None
    """None: whatever the amount."""
    members: int
    """How many of the committee have to approve: the quorum."""


class Approval(msgspec.Struct, frozen=True):
    bands: tuple[ApprovalBand, ...]
    """By amount, lowest first; the last has no limit."""
    answer_within_days: int

    def quorum(self, amount: Money) -> int:
        """How many have to approve something of that amount."""
        return next(b.members for b in self.bands if b.up_to is None or amount <= b.up_to)


class BuyingBand(msgspec.Struct, frozen=True):
    """How to buy below an amount."""

    below: Money
    quotations: int
    waiver_by: Code | None
    waiver_for: tuple[Code, ...]
    written_working_days: int | None
    committee: bool


class Buying(msgspec.Struct, frozen=True):
    bands: tuple[BuyingBand, ...]
    added_up_over_days: int
    """Orders of one vendor, or for one case, count together over this time (red flag R4)."""


class Paying(msgspec.Struct, frozen=True):
    certifier_may_sign: bool
    """A small office's exception to D3: the certifying officer may be one of the signatories."""
    second_approval_from: Money
    invoice_tolerance_basis_points: int
    invoice_tolerance_at_most: Money
    pay_within_days: int
    call_back: bool
    account_wait_hours: int
    screening_at_most_days: int
    screening_again_at_release: bool


class Weight(msgspec.Struct, frozen=True):
    dimension: Dimension
    percent: int


class Survey(msgspec.Struct, frozen=True):
    """How sustainable a return has become, asked in rounds; a score by dimension, and together."""

    rounds_after_months: tuple[int, ...]
    """After arrival; 0: at arrival."""
    weights: tuple[Weight, ...]
    """Of the three dimensions in the composite score, together 100."""


class Complaints(msgspec.Struct, frozen=True):
    """In how many days a complaint is answered."""

    answer_within_days: int
    fraud_and_abuse_within_days: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All that a programme says that somebody decides by."""

    currency: Code
    organisation: Code
    """Who runs the programme: its people decide, partners propose (D10)."""
    kept_by: tuple[Code, ...]
    """The organisations that may keep a case; none named: any."""
    donor: Code
    grant: Code
    since: date
    until: date
    """As the grant was agreed on; `open_until` is what counts."""
    extended_until: date | None
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    one_programme_at_a_time: bool
    other_assistance: OtherAssistance
    pooling: bool
    """Whether a household may use its members' amounts together, each adult consenting."""
    restricted_by_default: bool
    """Whether a case is closed to all but those who work on it from its registration on."""
    break_glass_hours: int
    """For how long at most somebody else is let into a restricted case."""
    assistance: tuple[Assistance, ...]
    emergency: Emergency | None
    collective: Collective | None
    community: Community | None
    approval: Approval
    buying: Buying
    paying: Paying
    visits_after_months: tuple[int, ...]
    """After a payment."""
    survey: Survey | None
    small_cells_below: int
    """A figure that counts fewer people than this is not shown."""
    keep_years: int
    complaints: Complaints | None = None
    """None: as those who answer complaints have it for all."""

    @property
    def open_until(self) -> date:
        """The last day on which a case may be taken in."""
        return self.extended_until or self.until

    def assistance_of(self, kind: Code) -> Assistance | None:
        return next((a for a in self.assistance if a.type == kind), None)
