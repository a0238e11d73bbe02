"""Benches: each measures ours against a named baseline in the same run."""
