"""Which acts are held against a page, by which of its rules; and what no rule here decides."""

from collections.abc import Mapping

from audit.replay.what_if import accounts, buying, delivering, paying, planning
from audit.replay.what_if.telling import Rule

APPROVED: tuple[Rule, ...] = (planning.not_in_programme, planning.above_at_most)
COMMITTEE: tuple[Rule, ...] = (*APPROVED, planning.too_few_approved)
PLAN: tuple[Rule, ...] = (*COMMITTEE, planning.above_cash_share, planning.documents_missing)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "intake.entitlement_granted": (planning.entitlement_above, planning.cash_over_cap),
    "plans.plan_approved": PLAN,
    "plans.plan_amendment_approved": PLAN,
    "plans.project_approved": COMMITTEE,
    "plans.emergency_assistance_authorised": (
        planning.no_emergencies,
        planning.not_for_emergencies,
        planning.above_emergency_limit,
        *APPROVED,
    ),
    "vendors.vendor_selected": (
        buying.formal_tender_needed,
        buying.too_few_quotations,
        buying.waiver_not_allowed,
        buying.not_asked_in_writing,
        buying.committee_has_not_agreed,
        buying.above_tier,
    ),
    "vendors.bank_account_approved": (accounts.account_is_at,),
    "vendors.bank_account_activated": (accounts.cooling_off,),
    "disbursement.commitment_requested": (delivering.other_budget_line,),
    "disbursement.commitment_certified": (planning.papers_missing,),
    "disbursement.goods_received": (
        delivering.code_expired,
        delivering.code_locked,
        delivering.captured_too_late,
    ),
    "disbursement.three_way_match_passed": (delivering.invoice_not_matched,),
    "disbursement.advance_approved": (
        delivering.advance_not_allowed,
        delivering.above_advance_cap,
    ),
    "disbursement.cash_requested": (planning.not_planned_as_cash,),
    "disbursement.cash_handed_over": (paying.second_approval_needed,),
    "disbursement.payment_requested": (accounts.account_not_usable, planning.papers_missing),
    "disbursement.first_payment_counted": (paying.first_payment_capped,),
    "disbursement.payment_signed": (
        paying.second_approval_needed,
        paying.acted_already,
        paying.not_screened_since_approval,
    ),
}
"""By the act that would have been refused."""
OF_ALL = frozenset({"vendors.bank_account_approved", "vendors.bank_account_activated"})
"""Acts that serve every programme."""

NOT_JUDGED: Mapping[str, str] = {
    "eligibility and the amount for each person": (
        "return, age and vulnerability of a person are personal values; the log has their digests"
    ),
    "limits of a share, pooling, declared assistance": (
        "which person of the household an item is for is decided with amounts that are personal"
    ),
    "working days between a written request and the award": (
        "the calendar of the office's country is no entry"
    ),
    "by which role something was waived, authorised or approved": (
        "an entry names one role of a person, who may have several"
    ),
    "instalments, attendance, months, own contributions": (
        "the page decides how many there are, and what is agreed on differs from then on"
    ),
    "projects' shares and numbers of participants": "agreed with people, not by the page alone",
    "how long a screening counts": "searches extend it, and what they find people decide on",
    "orders against what is left of them": (
        "what earlier invoices took would itself be another sum"
    ),
    "the window of the grant, time limits, reminders": (
        "they let an act wait or lapse, and refuse none that was done"
    ),
    "findings": "signals for a person to look at; they refuse nothing",
}
"""What a page says beside that, and why no rule here says what it would have refused."""
