"""An event in plain words: who did what, for people who have never seen a wire type."""

import re
from datetime import date
from types import EllipsisType
from typing import Any

import msgspec

from audit.table import Logged

SAID = {
    "intake.returnee_registered": "registered the returnee",
    "intake.household_member_added": "added a member of the household",
    "intake.guardian_appointed": "recorded who answers for the child",
    "intake.consent_given": "recorded the returnee's consent",
    "intake.consent_withdrawn": "recorded that consent was withdrawn",
    "intake.eligibility_confirmed": "found the returnee eligible",
    "intake.eligibility_denied": "found the returnee not eligible",
    "intake.entitlement_granted": "granted up to {total}, "
    "programme {programme} v{programme_version}",
    "intake.household_member_removed": "took somebody out of the household: {reason}",
    "intake.identity_recorded": "recorded who somebody is, as far as it is known",
    "intake.contact_recorded": "recorded how somebody is reached",
    "intake.profile_recorded": "recorded what makes somebody's situation particular",
    "intake.own_words_recorded": "kept what somebody said in their own words, of {subject}",
    "intake.household_pooled": "recorded that somebody's share is used with the returnee's",
    "intake.household_unpooled": "recorded that somebody's share is their own again",
    "intake.vulnerability_established": "found what an amount of the programme rests on",
    "intake.double_assistance_declared": "declared {amount} received from {programme_elsewhere}",
    "intake.entitlement_adjustment_proposed": "proposed an entitlement of {total}: {reason}",
    "intake.entitlement_adjusted": "set the entitlement to {total}: {reason}",
    "intake.entitlement_adjustment_refused": "left the entitlement as it was",
    "intake.entitlement_extension_proposed": "proposed time until {use_by}: {reason}",
    "intake.entitlement_extended": "gave time until {use_by}: {reason}",
    "intake.entitlement_extension_refused": "left the dates as they were",
    "intake.departure_confirmed": "confirmed the departure on {date}",
    "intake.non_departure_confirmed": "confirmed that the returnee did not leave",
    "intake.arrival_confirmed": "confirmed the arrival on {date}",
    "intake.duplicate_suspected": "saw that the person may be in the books twice",
    "intake.duplicate_confirmed": "found that two entries are one person: {reason}",
    "intake.duplicate_dismissed": "found that two entries are two people: {reason}",
    "intake.duplicate_search_started": "began a search for people who are in the books twice",
    "intake.duplicate_search_completed": "compared {compared} entries: "
    "{suspected} new suspected pairs",
    "intake.case_merged": "merged the case into {into}",
    "intake.case_unmerged": "took the case out of {into} again",
    "intake.case_took_in": "took in the case {other}",
    "intake.case_gave_back": "gave back the case {other}",
    "intake.case_restricted": "restricted the case to those who need to know of it",
    "intake.case_unrestricted": "lifted the restriction of the case",
    "intake.need_to_know_given": "let {person} know of the case",
    "intake.need_to_know_ended": "ended that {person} knows of the case",
    "intake.access_requested": "asked to be let into the case: {reason}",
    "intake.access_granted": "let {person} into the case until {until}",
    "intake.access_refused": "did not let {person} into the case",
    "intake.access_ended": "ended the access of {person}",
    "intake.access_words_read": "read why somebody asks to be let in",
    "intake.protected_data_read": "read protected data, for {purpose}",
    "intake.case_suspended": "suspended the case: {reason}",
    "intake.case_resumed": "let the case go on: {stage}",
    "intake.write_off_approved": "gave up what is owed: {ground}",
    "intake.case_closed": "closed the case: {reason}",
    "intake.case_reopening_proposed": "proposed to open the case again: {reason}",
    "intake.case_reopened": "opened the case again: {stage}",
    "intake.case_transfer_offered": "offered the case to {to_organisation}",
    "intake.case_transfer_accepted": "accepted the transfer of the case",
    "intake.case_transfer_declined": "declined the transfer of the case",
    "intake.case_transfer_withdrawn": "took back the offer of the case",
    "intake.transfer_package_read": "read what was handed over with the case",
    "intake.case_transferred": "took the case over from {from_organisation}",
    "intake.programme_entered": "took the person under {programme}",
    "intake.programme_left": "let the person leave {programme}",
    "intake.pre_notification_made": "announced somebody for {departure}",
    "intake.pre_notification_taken_up": "took up the announcement with {case}",
    "intake.pre_notification_withdrawn": "withdrew the announcement",
    "intake.personal_data_read": "read personal data, for {purpose}",
    "intake.complaint_received": "took a complaint, to be answered by {answer_by}",
    "intake.complaint_assigned": "put the complaint into somebody's hands",
    "intake.complaint_acknowledged": "told the complainant that it is looked into",
    "intake.complaint_recategorised": "found that the complaint is about something else",
    "intake.complaint_escalated": "found the complaint overdue: {deadline}",
    "intake.complaint_resolved": "answered the complaint: {outcome}",
    "intake.complaint_answer_read": "showed the complainant how the complaint stands",
    "intake.complaint_read": "read what the complaint says",
    "intake.payment_hold_asked": "asked that open payments for the case wait",
    "intake.legal_hold_placed": "placed a legal hold, for {reason}",
    "intake.legal_hold_lifted": "lifted a legal hold",
    "intake.erasure_requested": "recorded the request to be erased, to be answered by {answer_by}",
    "intake.erasure_deadline_extended": "put the answer off until {answer_by}",
    "intake.erasure_refused": "refused to erase: {legal_basis}",
    "intake.erasure_approved": "approved the erasure",
    "intake.subject_erased": "destroyed the keys of the person's values, {disclosures} of them",
    "intake.erasure_confirmed": "heard that {service} has erased what it held",
    "intake.erasure_completed": "completed the erasure: {disclosures} values",
    "plans.subject_erased": "destroyed the keys of the person's values, {disclosures} of them",
    "vendors.subject_erased": "destroyed the keys of the person's values, {disclosures} of them",
    "disbursement.subject_erased": "found {disclosures} values of the person to destroy",
    "intake.import_received": "sent a file of {rows} rows to register people from",
    "intake.import_rows_worked": "had some rows of the file worked off",
    "intake.import_completed": "had the whole file worked off: {taken} taken, {already} there "
    "already, {refused} refused",
    "intake.import_abandoned": "could not have the rest of the file worked off: {reason}",
    "intake.referral_made": "offered a referral to {service}, to be answered by {answer_by}",
    "intake.referral_accepted": "recorded that the {party} accepts the referral",
    "intake.referral_declined": "recorded that the {party} declines the referral: {reason}",
    "intake.referral_handed_over": "handed over to the service what was agreed on",
    "intake.referral_completed": "recorded what came of the referral: {outcome}",
    "plans.programme_published": "published the programme, version {version}",
    "plans.plan_drafted": "began the plan",
    "plans.assistance_item_proposed": "proposed {spec}, at most {ceiling}",
    "plans.assistance_item_revised": "changed {spec}, at most {ceiling}",
    "plans.assistance_item_removed": "took an item out of the plan",
    "plans.plan_signed_by_returnee": "recorded the returnee's signature on the plan",
    "plans.plan_submitted": "sent the plan to the receiving office: {total}",
    "plans.feasibility_confirmed": "found the plan feasible",
    "plans.feasibility_declined": "found the plan not feasible",
    "plans.approval_recorded": "voted for the plan",
    "plans.entitlement_drawn": "drew {amount} of the entitlement",
    "plans.entitlement_released": "gave {amount} of the entitlement back",
    "plans.plan_approved": "approved the plan: {total}",
    "plans.plan_rejected": "rejected the plan: {reason}",
    "plans.answer_expected": "asked for an answer by {answer_by}",
    "plans.rejection_recorded": "voted against the plan: {reason}",
    "plans.plan_returned_unanswered": "returned the plan, unanswered since {answer_by}",
    "plans.plan_withdrawn": "took the plan back: {reason}",
    "plans.document_recorded": "recorded a document: {kind}",
    "plans.plan_amendment_proposed": "began version {to_version} of the plan: {reason}",
    "plans.plan_amendment_approved": "approved version {to_version} of the plan: {total}",
    "plans.plan_amendment_rejected": "rejected version {to_version} of the plan: {reason}",
    "plans.plan_amendment_withdrawn": "took version {to_version} of the plan back: {reason}",
    "plans.plan_suspended": "suspended the plan: {reason}",
    "plans.plan_resumed": "resumed the plan",
    "plans.item_cancelled": "cancelled an item: {reason}",
    "plans.plan_cancelled": "cancelled the plan: {reason}; {freed} is free again",
    "plans.plan_completed": "completed the plan; it cost {committed}",
    "plans.plan_returned_for_revision": "returned the plan for revision",
    "plans.conflict_declared": "declared a conflict of interest",
    "plans.instalments_agreed": "agreed the item's instalments: {total}",
    "plans.attendance_recorded": "recorded attendance: {attended} of {held}",
    "plans.own_contribution_proved": "recorded the returnee's own contribution: {amount}",
    "plans.instalment_condition_waived": "waived an instalment's condition: {reason}",
    "plans.instalment_condition_met": "released an instalment: {amount}, {released} so far",
    "plans.instalment_withheld": "withheld an instalment of {amount}: {reason}",
    "plans.item_referred": "referred the item to somebody else's service",
    "plans.item_use_verified": "saw the item in use",
    "plans.item_misuse_reported": "reported misuse: {kind}",
    "plans.project_proposed": "began the project",
    "plans.project_item_proposed": "proposed {spec} for the project, at most {ceiling}",
    "plans.project_item_removed": "took an item out of the project",
    "plans.project_shares_set": "said who is to have which share of the project",
    "plans.project_share_signed": "recorded a participant's signature on the project",
    "plans.project_document_recorded": "recorded a paper for the project: {kind}",
    "plans.project_submitted": "sent the project to the receiving office: {total}",
    "plans.project_feasibility_confirmed": "found the project feasible",
    "plans.project_returned_for_revision": "returned the project for revision",
    "plans.project_conflict_declared": "declared a conflict of interest",
    "plans.project_approval_recorded": "voted for the project",
    "plans.project_rejection_recorded": "voted against the project: {reason}",
    "plans.project_approved": "approved the project: {total}",
    "plans.project_rejected": "rejected the project: {reason}",
    "plans.project_share_withdrawn": "recorded that a participant left the project: {reason}",
    "plans.project_cancelled": "gave the project up: {reason}",
    "plans.project_handed_over": "handed over what the project bought",
    "plans.personal_data_read": "read personal data, for {purpose}",
    "vendors.vendor_proposed": "proposed the vendor",
    "vendors.vendor_screened": "screened the vendor against {list_set}: {result}",
    "vendors.vendor_approved": "approved the vendor",
    "vendors.vendor_contact_recorded": "recorded how the vendor is reached",
    "vendors.vendor_suspended": "suspended the vendor: {reason}",
    "vendors.vendor_reinstated": "reinstated the vendor until {valid_until}",
    "vendors.bank_account_proposed": "proposed the account ending {last4}",
    "vendors.bank_account_callback_verified": "called the vendor back about the account",
    "vendors.bank_account_verification_failed": "called back about the account, in vain",
    "vendors.bank_account_approved": "approved the account",
    "vendors.bank_account_activated": "activated the account ending {last4}",
    "vendors.bank_account_replaced": "replaced the account by another",
    "vendors.bank_account_frozen": "froze the account: {reason}",
    "vendors.quotations_requested": "asked for quotations for {spec}, about {estimate}",
    "vendors.quotation_received": "received a quotation over {total}",
    "vendors.competition_waived": "waived competition: {reason}",
    "vendors.vendor_selected": "selected the vendor: {amount}",
    "vendors.personal_data_read": "read personal data, for {purpose}",
    "disbursement.grant_opened": "opened the grant {reference} of {donor}",
    "disbursement.budget_line_established": "established the budget line {category}: {ceiling}",
    "disbursement.delegation_granted": "gave {person} authority to {authority} up to {limit}",
    "disbursement.delegation_confirmed": "confirmed the authority",
    "disbursement.delegation_revoked": "took the authority back",
    "disbursement.exchange_rate_published": "published an exchange rate",
    "disbursement.funds_reserved": "reserved {amount} of the budget line",
    "disbursement.funds_released": "gave {amount} back to the budget line",
    "disbursement.funds_spent": "booked {paid} as spent",
    "disbursement.funds_restored": "booked {paid} as not spent",
    "disbursement.item_committed": "set {amount} aside for the item",
    "disbursement.item_released": "let {amount} of the item go",
    "disbursement.instalments_drawn": "drew {amount} of what the item's instalments released",
    "disbursement.instalments_given_back": "gave {amount} of the item's instalments back",
    "disbursement.commitment_requested": "asked to commit {amount}",
    "disbursement.commitment_certified": "certified that the funds are there, under {delegation}",
    "disbursement.commitment_approved": "approved the commitment, under {delegation}",
    "disbursement.purchase_order_issued": "sent order {number}",
    "disbursement.goods_received": "recorded the delivery of {date}: {lines}",
    "disbursement.invoice_received": "recorded invoice {number}: {amount}{replaces}",
    "disbursement.three_way_match_passed": "found that order, delivery and invoice agree",
    "disbursement.three_way_match_failed": "found that order, delivery and invoice do not agree",
    "disbursement.invoice_submitted": "put the invoice forward for payment",
    "disbursement.invoice_reopened": "opened the invoice again",
    "disbursement.invoice_settled": "settled the invoice",
    "disbursement.invoice_paid_again": "noticed that the invoice was paid twice",
    "disbursement.commitment_liquidated": "closed the commitment; {released} goes back",
    "disbursement.commitment_cancelled": "cancelled the commitment: {reason}",
    "disbursement.payment_requested": "asked to pay {amount}, evidence {evidence}",
    "disbursement.payment_certified": "certified the payment, "
    "evidence {evidence}, under {delegation}",
    "disbursement.payment_approved": "approved the payment, "
    "evidence {evidence}, under {delegation}",
    "disbursement.payment_signed": "signed the payment, signatory {signatory_no}, "
    "evidence {evidence}, under {delegation}",
    "disbursement.payment_held": "held the payment: {reason}",
    "disbursement.payment_released_from_hold": "let the payment go on: {reason}",
    "disbursement.payment_cancelled": "cancelled the payment: {reason}",
    "disbursement.payment_put_in_file": "put the payment into the bank's file",
    "disbursement.bank_file_prepared": "prepared a file for the bank",
    "disbursement.bank_file_sealed": "sealed the file for the bank",
    "disbursement.bank_file_refused": "found that the file for the bank cannot be written",
    "disbursement.payment_taken_out_of_file": "took the payment out of that file",
    "disbursement.bank_file_sent": "handed the file to the bank",
    "disbursement.payment_instructed": "instructed the bank",
    "disbursement.payment_accepted_by_bank": "learned that the bank accepted the instruction",
    "disbursement.payment_rejected_by_bank": "learned that the bank rejected the payment: {reason}",
    "disbursement.vendor_paid": "learned that the bank paid {amount} on {value_date}",
    "disbursement.payment_returned": "learned that the money came back: {reason}",
    "disbursement.payment_reconciled": "reconciled it with the statement, line {line}",
    "disbursement.bank_answer_read": "read an answer of the bank",
    "disbursement.bank_line_left_open": "left a line of the bank's answer to a person",
    "disbursement.bank_line_resolved": "resolved a line of the bank's answer: {outcome}",
    "audit.bundle_exported": "took a copy of the log, {size} entries",
}
"""What is not here yet is said in the words of its type. Fields in braces are public ones."""

DIGEST = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIELD = re.compile(r"\{(\w+)\}")


def in_words(entry: Logged) -> str:
    """What happened, as the end of a sentence that begins with who did it."""
    kind = entry.type.rpartition(".v")[0]
    data: dict[str, Any] = msgspec.json.decode(entry.envelope.data)
    said = SAID.get(kind, kind.partition(".")[2].replace("_", " "))
    return FIELD.sub(lambda match: _told(data.get(match[1], ...), match[1]), said)


def _told(value: Any, name: str) -> str:
    match value:
        case _ if name == "replaces":
            return ", a corrected one" if isinstance(value, str) else ""
        case [*lines] if name == "lines":
            return f"{sum(line['quantity'] for line in lines)} in all"
        case str(digest) if DIGEST.fullmatch(digest):
            return f"{digest[:4]}…"
        case str(day) if DAY.fullmatch(day):
            return f"{int(day[8:])} {date.fromisoformat(day):%B %Y}"
        case {"amount": str(amount), "currency": str(currency)}:
            whole, dot, rest = amount.partition(".")
            return f"{int(whole):,}{dot}{rest} {currency}"
        case None | EllipsisType():
            return "…"
        case str(name) if name.startswith("del_"):
            return f"delegation {name}"
        case str(name) if name.startswith("prg_"):
            return name.removeprefix("prg_").replace("_", "-")
    return str(value).removeprefix("per_").replace("_", " ")
