"""Vendors, their bank accounts, quotations and awards."""
