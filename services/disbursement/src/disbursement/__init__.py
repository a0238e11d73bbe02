"""Grants, commitments, deliveries, invoices, payments and the bank."""
