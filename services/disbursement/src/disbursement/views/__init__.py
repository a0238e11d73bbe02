"""Read models: what this service decided and what others told it; look-ups and lists on them."""

from disbursement.views import decided, following, ledger, told

views = (decided.view, ledger.view, told.view, following.view)
