"""People and households: consent, entitlement, arrival."""
