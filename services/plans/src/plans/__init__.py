"""Programmes and reintegration plans: drafted, signed, found feasible, approved."""
