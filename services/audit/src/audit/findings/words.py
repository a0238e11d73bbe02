"""What each rule says, for people who have never read one."""

from events.values import Code

SAID = {
    "invoice_twice": "The vendor's invoice number, or the paper itself, was paid for before.",
    "split_orders": (
        "Orders from one vendor for one case, each just under a threshold, are together above it."
    ),
    "near_the_limit": "Again and again, nearly all that the approver may approve, for one vendor.",
    "shared_account": (
        "The vendor's account seems to be that of another vendor, a colleague or a returnee."
    ),
    "account_just_changed": "The first payment to an account that has just replaced another.",
    "vendor_just_approved": "The vendor's first order came within days of its approval.",
    "delivered_before_ordered": "What is to be paid was delivered before it was ordered.",
    "delivered_after_paid": "It was paid before it was delivered, and no advance was allowed.",
    "nobody_was_met": "Nothing says that anybody has ever met the returnee.",
    "vendor_and_cash": "For one item of a plan a vendor is paid, and cash is given as well.",
    "two_sides": "One person did what takes two.",
    "chose_own_offers": "Who collected the offers also chose the vendor.",
    "dominating_pair": (
        "The same two people let through nearly all of one vendor's payments, and few of others'."
    ),
    "after_hours": "One person acted on many payments in one night.",
    "alike_quotations": "Offers of different vendors look as if they came from one hand.",
    "made_up_amounts": "The first digits of the vendor's amounts are not as amounts come about.",
    "went_on_regardless": (
        "It was let go or paid, though a finding about it was not reviewed, or was irregular."
    ),
    "entry_unreadable": "An entry is not as its service tells such things.",
    "stream_broken": "In a history an event is missing, or comes out of turn.",
    "position_misstated": "An event says that it stands where it does not.",
    "foreign_event": "An event came in the history of another service.",
    "event_twice": "An event is in the log twice.",
    "time_went_back": "A service recorded an event at an earlier time than one before it.",
    "source_gap": "Events of a service are missing in the log.",
    "forged_on_the_bus": "Somebody told an event in a service's name that it does not have.",
    "never_stored": "The log has an entry in a service's name that the service has never stored.",
    "store_differs": "What a service has stored is not what the log has of it.",
}


def in_words(rule: Code) -> str:
    return SAID.get(rule, rule.replace("_", " "))
