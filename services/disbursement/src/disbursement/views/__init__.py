"""Read models: what this service decided and what others told it; look-ups and lists on them."""

from disbursement.views import (
    account_changes,
    cash,
    conflicts,
    counsellors,
    decided,
    exchanged,
    exports,
    findings,
    first_payments,
    following,
    holds,
    ledger,
    paying,
    receivers,
    reconciliation,
    recoveries,
    screened,
    told,
    wrong_rates,
)
from events import knowing

views = (
    cash.view,
    decided.view,
    exchanged.view,
    ledger.view,
    exports.view,
    reconciliation.view,
    recoveries.view,
    wrong_rates.view,
    told.view,
    following.view,
    holds.view,
    account_changes.view,
    findings.view,
    conflicts.view,
    counsellors.view,
    receivers.view,
    screened.view,
    paying.view,
    first_payments.view,
    knowing.cases,
    knowing.projects,
)
HEAR_OTHERS = tuple(
    (view.name, source) for view in views for source in view.hears if source != "disbursement"
)
"""The read models of what others told, each with a service that it hears."""
