"""Read models: what this service decided and what others told it; look-ups and lists on them."""

from disbursement.views import decided, following, ledger, reconciliation, told

views = (decided.view, ledger.view, reconciliation.view, told.view, following.view)
